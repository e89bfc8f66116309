//! The instructions: 8 bytes each.

/// One instruction.
#[derive(Clone, Copy, Debug)]
pub enum Instruction {
    Nop,
}
