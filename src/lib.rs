//! gradshell: Python with PyTorch imported, as far as a prompt session sees it.
//!
//! The floors, lowest first; each imports only floors below its own (see `ARCHITECTURE.md`).

#![deny(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

// pest's generated parser names it
extern crate alloc;

pub mod array;
pub mod autograd;
pub mod ops;
pub mod python;
pub mod session;
pub mod syntax;
pub mod torch;
pub mod transcript;

#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
pub mod repl;
