//! Tensors from nothing, or like others.

pub mod factory;
pub mod like;
pub mod range;
pub mod window;

/// A factory's schema: `head` and the options that all factories take, in their fixed order after it.
#[macro_export]
macro_rules! factory {
    ($head:literal) => {
        concat!(
            $head,
            ", *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor"
        )
    };
    ($head:literal, $dtype:literal) => {
        concat!(
            $head,
            ", *, ScalarType? dtype=",
            $dtype,
            ", Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor"
        )
    };
}

/// As `factory!`, for `*_like` functions, which take a memory format too.
#[macro_export]
macro_rules! like {
    ($head:literal) => {
        concat!(
            $head,
            ", *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor"
        )
    };
}
