//! The element types, their names and kinds, and the Rust types that hold them.

use half::{bf16, f16};
use num_complex::Complex;

/// An element type of PyTorch.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum Dtype {
    Bool,
    Uint8,
    Int8,
    Int16,
    Int32,
    Int64,
    Float16,
    BFloat16,
    Float32,
    Float64,
    Complex64,
    Complex128,
}

impl Dtype {
    pub const ALL: [Dtype; 12] = [
        Dtype::Bool,
        Dtype::Uint8,
        Dtype::Int8,
        Dtype::Int16,
        Dtype::Int32,
        Dtype::Int64,
        Dtype::Float16,
        Dtype::BFloat16,
        Dtype::Float32,
        Dtype::Float64,
        Dtype::Complex64,
        Dtype::Complex128,
    ];

    /// Bytes of one element.
    pub const fn size(self) -> usize {
        match self {
            Dtype::Bool | Dtype::Uint8 | Dtype::Int8 => 1,
            Dtype::Int16 | Dtype::Float16 | Dtype::BFloat16 => 2,
            Dtype::Int32 | Dtype::Float32 => 4,
            Dtype::Int64 | Dtype::Float64 | Dtype::Complex64 => 8,
            Dtype::Complex128 => 16,
        }
    }

    /// The name in `torch.`: `float32`.
    pub const fn name(self) -> &'static str {
        match self {
            Dtype::Bool => "bool",
            Dtype::Uint8 => "uint8",
            Dtype::Int8 => "int8",
            Dtype::Int16 => "int16",
            Dtype::Int32 => "int32",
            Dtype::Int64 => "int64",
            Dtype::Float16 => "float16",
            Dtype::BFloat16 => "bfloat16",
            Dtype::Float32 => "float32",
            Dtype::Float64 => "float64",
            Dtype::Complex64 => "complex64",
            Dtype::Complex128 => "complex128",
        }
    }

    /// The name that messages from C++ use: `Float`, `Long`, `ComplexDouble`.
    pub const fn scalar_type(self) -> &'static str {
        match self {
            Dtype::Bool => "Bool",
            Dtype::Uint8 => "Byte",
            Dtype::Int8 => "Char",
            Dtype::Int16 => "Short",
            Dtype::Int32 => "Int",
            Dtype::Int64 => "Long",
            Dtype::Float16 => "Half",
            Dtype::BFloat16 => "BFloat16",
            Dtype::Float32 => "Float",
            Dtype::Float64 => "Double",
            Dtype::Complex64 => "ComplexFloat",
            Dtype::Complex128 => "ComplexDouble",
        }
    }

    /// float16, bfloat16, float32, float64.
    pub const fn is_floating_point(self) -> bool {
        matches!(self, Dtype::Float16 | Dtype::BFloat16 | Dtype::Float32 | Dtype::Float64)
    }

    pub const fn is_complex(self) -> bool {
        matches!(self, Dtype::Complex64 | Dtype::Complex128)
    }

    /// Integers, without bool.
    pub const fn is_integer(self) -> bool {
        matches!(
            self,
            Dtype::Uint8 | Dtype::Int8 | Dtype::Int16 | Dtype::Int32 | Dtype::Int64
        )
    }

    /// Integers and bool: what PyTorch calls `isIntegralType(includeBool=true)`.
    pub const fn is_integral(self) -> bool {
        self.is_integer() || matches!(self, Dtype::Bool)
    }

    /// Only these can require grad.
    pub const fn is_differentiable(self) -> bool {
        self.is_floating_point() || self.is_complex()
    }

    /// float32 of complex64, float64 of complex128, itself otherwise.
    pub const fn to_real(self) -> Dtype {
        match self {
            Dtype::Complex64 => Dtype::Float32,
            Dtype::Complex128 => Dtype::Float64,
            other => other,
        }
    }

    /// complex64 of float32 (and of the half types), complex128 of float64, itself if complex.
    pub const fn to_complex(self) -> Dtype {
        match self {
            Dtype::Float64 | Dtype::Complex128 => Dtype::Complex128,
            _ => Dtype::Complex64,
        }
    }
}

/// A Rust type that holds the elements of one dtype.
pub trait Element: Copy + PartialEq + Send + Sync + std::fmt::Debug + 'static {
    const DTYPE: Dtype;
}

macro_rules! elements {
    ($($rust:ty => $dtype:ident),*) => { $(impl Element for $rust { const DTYPE: Dtype = Dtype::$dtype; })* };
}

elements!(
    bool => Bool, u8 => Uint8, i8 => Int8, i16 => Int16, i32 => Int32, i64 => Int64, f16 => Float16, bf16 => BFloat16,
    f32 => Float32, f64 => Float64, Complex<f32> => Complex64, Complex<f64> => Complex128
);

/// Runs `$body` with `$T` standing for the Rust type of the dtype `$dtype`.
#[macro_export]
macro_rules! for_dtype {
    ($dtype:expr, $T:ident => $body:expr) => {
        match $dtype {
            $crate::array::dtype::Dtype::Bool => {
                type $T = bool;
                $body
            }
            $crate::array::dtype::Dtype::Uint8 => {
                type $T = u8;
                $body
            }
            $crate::array::dtype::Dtype::Int8 => {
                type $T = i8;
                $body
            }
            $crate::array::dtype::Dtype::Int16 => {
                type $T = i16;
                $body
            }
            $crate::array::dtype::Dtype::Int32 => {
                type $T = i32;
                $body
            }
            $crate::array::dtype::Dtype::Int64 => {
                type $T = i64;
                $body
            }
            $crate::array::dtype::Dtype::Float16 => {
                type $T = half::f16;
                $body
            }
            $crate::array::dtype::Dtype::BFloat16 => {
                type $T = half::bf16;
                $body
            }
            $crate::array::dtype::Dtype::Float32 => {
                type $T = f32;
                $body
            }
            $crate::array::dtype::Dtype::Float64 => {
                type $T = f64;
                $body
            }
            $crate::array::dtype::Dtype::Complex64 => {
                type $T = num_complex::Complex<f32>;
                $body
            }
            $crate::array::dtype::Dtype::Complex128 => {
                type $T = num_complex::Complex<f64>;
                $body
            }
        }
    };
}
