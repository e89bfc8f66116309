//! (floor under construction)

pub mod format;
