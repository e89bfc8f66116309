//! The grammar of `grammar/python.pest`, as a parser.
#![allow(missing_docs)]

#[derive(pest_derive::Parser)]
#[grammar = "../grammar/python.pest"]
pub struct Grammar;
