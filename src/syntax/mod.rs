//! From text to syntax tree: layout pass, pest grammar, tree, syntax errors.

pub mod ast;
pub mod symbol;
