//! Products of matrices and vectors.

use super::array::{Array, Dims};
use super::copy;
use super::dtype::Dtype;
use super::error::{self, Result};
use super::lane::Lane;
use super::layout;
use super::reduce::SharedSlice;
use super::unary::unsupported;
use super::{elementwise, reduce};
use num_complex::Complex;
use std::ops::{Add, Mul};

/// Products below this many multiplications stay in a loop of our own: the library's packing would cost more.
const SMALL: usize = 8 * 8 * 8;

/// One operand as strided numbers: element (row, column) is at `row * row_stride + column * column_stride`.
#[derive(Clone, Copy)]
pub(in crate::array) struct Matrix<T> {
    pub pointer: *const T,
    pub row_stride: isize,
    pub column_stride: isize,
}

pub(in crate::array) trait Product: Lane + Add<Output = Self> + Mul<Output = Self> {
    /// `out[rows, columns] = a[rows, inner] * b[inner, columns]`, out row-major; added to `out` if `adds`.
    ///
    /// # Safety
    /// The matrices are in bounds.
    unsafe fn multiply(out: &mut [Self], a: Matrix<Self>, b: Matrix<Self>, shape: [usize; 3], adds: bool) {
        // SAFETY: the caller vouches.
        unsafe { loops(out, a, b, shape, adds, |x, y, sum| sum + x * y) }
    }
}

/// The plain loop, row by row over the right operand so that the innermost loop runs along memory.
///
/// # Safety
/// The matrices are in bounds.
unsafe fn loops<T: Lane>(
    out: &mut [T],
    a: Matrix<T>,
    b: Matrix<T>,
    [_, inner, columns]: [usize; 3],
    adds: bool,
    step: impl Fn(T, T, T) -> T,
) {
    if columns == 0 {
        return;
    }
    for (i, row) in out.chunks_mut(columns).enumerate() {
        if !adds {
            row.fill(T::default());
        }
        for k in 0..inner {
            // SAFETY: indices stay below the shape, which the caller vouches for.
            unsafe {
                let x = *a
                    .pointer
                    .offset(i as isize * a.row_stride + k as isize * a.column_stride);
                let from = b.pointer.offset(k as isize * b.row_stride);
                for (j, sum) in row.iter_mut().enumerate() {
                    *sum = step(x, *from.offset(j as isize * b.column_stride), *sum);
                }
            }
        }
    }
}

macro_rules! product {
    ($($t:ty: $zero:expr, $one:expr;)*) => {$(
        impl Product for $t {
            unsafe fn multiply(out: &mut [Self], a: Matrix<Self>, b: Matrix<Self>, shape: [usize; 3], adds: bool) {
                let [rows, inner, columns] = shape;
                if rows * inner * columns <= SMALL {
                    // SAFETY: the caller vouches.
                    return unsafe { loops(out, a, b, shape, adds, |x, y, sum| sum + x * y) };
                }
                #[cfg(feature = "threads")]
                let parallelism = if rows * inner * columns > 1 << 18 { gemm::Parallelism::Rayon(0) } else { gemm::Parallelism::None };
                #[cfg(not(feature = "threads"))]
                let parallelism = gemm::Parallelism::None;
                // SAFETY: the caller vouches for the operands, and `out` holds rows * columns elements.
                unsafe {
                    gemm::gemm(
                        rows, columns, inner, out.as_mut_ptr(), 1, columns as isize, adds,
                        a.pointer, a.column_stride, a.row_stride, b.pointer, b.column_stride, b.row_stride,
                        if adds { $one } else { $zero }, $one, false, false, false, parallelism,
                    );
                }
            }
        }
    )*};
}
product! {
    f32: 0.0, 1.0;
    f64: 0.0, 1.0;
    Complex<f32>: Complex::new(0.0, 0.0), Complex::new(1.0, 0.0);
    Complex<f64>: Complex::new(0.0, 0.0), Complex::new(1.0, 0.0);
}

impl Product for i64 {
    unsafe fn multiply(out: &mut [Self], a: Matrix<Self>, b: Matrix<Self>, shape: [usize; 3], adds: bool) {
        // SAFETY: the caller vouches.
        unsafe { loops(out, a, b, shape, adds, |x, y, sum| sum.wrapping_add(x.wrapping_mul(y))) }
    }
}

/// The array in the lane type, strides kept where it is one already and none is 0.
fn in_lane<T: Lane>(a: &Array) -> Result<Array> {
    if a.dtype() == T::DTYPE {
        Ok(a.clone())
    } else {
        copy::as_lane::<T>(a)
    }
}

/// Multiplies batches: `a` [batch, n, k], `b` [batch, k, m] (batch strides may be 0) into a new [batch, n, m].
fn batches<T: Product>(a: &Array, b: &Array) -> Result<Array> {
    let (a, b) = (in_lane::<T>(a)?, in_lane::<T>(b)?);
    let (&[batch, rows, inner], &[_, _, columns]) = (a.sizes(), b.sizes()) else {
        return error::runtime("batch1 must be a 3D tensor");
    };
    let out = Array::unfilled(&[batch, rows, columns], T::DTYPE)?;
    let result = out.fresh_slice_mut::<T>();
    if inner == 0 || result.is_empty() {
        result.fill(T::default());
        return Ok(out);
    }
    let area = (rows * columns) as usize;
    let shape = [rows as usize, inner as usize, columns as usize];
    struct Operands<T>(*const T, *const T);
    // SAFETY: operands are only read while the tasks run.
    unsafe impl<T> Sync for Operands<T> {}
    impl<T> Operands<T> {
        fn get(&self) -> (*const T, *const T) {
            (self.0, self.1)
        }
    }
    let operands = Operands(
        a.data_pointer().cast::<T>().cast_const(),
        b.data_pointer().cast::<T>().cast_const(),
    );
    let steps = |m: &Array| -> [isize; 3] { [0, 1, 2].map(|d| m.strides()[d] as isize) };
    let (sa, sb) = (steps(&a), steps(&b));
    let shared = SharedSlice::new(result);
    let grain = if batch == 1 {
        1
    } else {
        ((1 << 18) / (area * inner as usize)).max(1)
    };
    elementwise::split(batch as usize, grain, &|range| {
        let (pa, pb) = operands.get();
        for i in range {
            let step = i as isize;
            // SAFETY: both views' elements are in bounds of their storages; each batch writes its own part.
            unsafe {
                T::multiply(
                    shared.part(i * area, area),
                    Matrix {
                        pointer: pa.offset(step * sa[0]),
                        row_stride: sa[1],
                        column_stride: sa[2],
                    },
                    Matrix {
                        pointer: pb.offset(step * sb[0]),
                        row_stride: sb[1],
                        column_stride: sb[2],
                    },
                    shape,
                    false,
                );
            }
        }
    });
    Ok(out)
}

fn multiply(a: &Array, b: &Array, name: &str) -> Result<Array> {
    let dtype = a.dtype();
    let result = match dtype {
        Dtype::Float64 => batches::<f64>(a, b)?,
        Dtype::Float32 | Dtype::Float16 | Dtype::BFloat16 => batches::<f32>(a, b)?,
        Dtype::Complex64 => batches::<Complex<f32>>(a, b)?,
        Dtype::Complex128 => batches::<Complex<f64>>(a, b)?,
        Dtype::Bool if a.numel() == 0 || b.numel() == 0 => batches::<i64>(a, b)?,
        Dtype::Bool => return unsupported(name, dtype),
        _ => batches::<i64>(a, b)?,
    };
    copy::into_dtype(result, dtype)
}

/// C++'s name of a dtype, as messages on mismatches spell it.
pub fn cpp_name(dtype: Dtype) -> &'static str {
    match dtype {
        Dtype::Bool => "bool",
        Dtype::Uint8 => "unsigned char",
        Dtype::Int8 => "signed char",
        Dtype::Int16 => "short int",
        Dtype::Int32 => "int",
        Dtype::Int64 => "long int",
        Dtype::Float16 => "c10::Half",
        Dtype::BFloat16 => "c10::BFloat16",
        Dtype::Float32 => "float",
        Dtype::Float64 => "double",
        Dtype::Complex64 => "c10::complex<float>",
        Dtype::Complex128 => "c10::complex<double>",
    }
}

fn same_dtype(a: &Array, b: &Array) -> Result<()> {
    if a.dtype() != b.dtype() {
        return error::runtime(format!(
            "expected m1 and m2 to have the same dtype, but got: {} != {}",
            cpp_name(a.dtype()),
            cpp_name(b.dtype())
        ));
    }
    Ok(())
}

/// The same elements with a leading batch dimension of 1.
fn one_batch(a: &Array) -> Array {
    let mut sizes: Dims = smallvec::smallvec![1];
    let mut strides: Dims = smallvec::smallvec![0];
    sizes.extend_from_slice(a.sizes());
    strides.extend_from_slice(a.strides());
    a.view(sizes, strides, a.offset())
}

/// The product of two matrices [n, k] and [k, m].
pub fn mm(a: &Array, b: &Array) -> Result<Array> {
    if a.dim() != 2 {
        return error::runtime(format!("mm: self must be a matrix, got {}-D tensor", a.dim()));
    }
    if b.dim() != 2 {
        return error::runtime(format!("mm: mat2 must be a matrix, got {}-D tensor", b.dim()));
    }
    if a.sizes()[1] != b.sizes()[0] {
        return error::runtime(format!(
            "mm: mat1 and mat2 shapes cannot be multiplied ({}x{} and {}x{})",
            a.sizes()[0],
            a.sizes()[1],
            b.sizes()[0],
            b.sizes()[1]
        ));
    }
    same_dtype(a, b)?;
    let product = multiply(&one_batch(a), &one_batch(b), "addmm_impl_cpu_")?;
    Ok(reduce::reshape_fresh(product, &[a.sizes()[0], b.sizes()[1]]))
}

/// The product of a matrix [n, k] and a vector [k].
pub fn mv(a: &Array, v: &Array) -> Result<Array> {
    if a.dim() != 2 || v.dim() != 1 {
        return error::runtime(format!(
            "vector + matrix @ vector expected, got {}, {}, {}",
            1,
            a.dim(),
            v.dim()
        ));
    }
    if a.sizes()[1] != v.sizes()[0] {
        return error::runtime(format!(
            "size mismatch, got input ({}), mat ({}x{}), vec ({})",
            a.sizes()[0],
            a.sizes()[0],
            a.sizes()[1],
            v.sizes()[0]
        ));
    }
    if a.dtype() != v.dtype() {
        return error::runtime(format!(
            "addmv input tensors must have the same dtype, but got {}, {}, and {}",
            v.dtype().scalar_type(),
            a.dtype().scalar_type(),
            v.dtype().scalar_type()
        ));
    }
    let matrix = v.view(
        [1, v.sizes()[0], 1].as_slice().into(),
        [0, v.strides()[0], 1].as_slice().into(),
        v.offset(),
    );
    let product = multiply(&one_batch(a), &matrix, "addmv_impl_cpu")?;
    Ok(reduce::reshape_fresh(product, &[a.sizes()[0]]))
}

/// The inner product of two vectors, without conjugation.
pub fn dot(a: &Array, b: &Array) -> Result<Array> {
    inner(a, b, "dot", false)
}

/// The inner product of two vectors, the first conjugated.
pub fn vdot(a: &Array, b: &Array) -> Result<Array> {
    inner(a, b, "dot", true)
}

fn inner(a: &Array, b: &Array, name: &str, conjugate: bool) -> Result<Array> {
    if a.dim() != 1 || b.dim() != 1 {
        return error::runtime(format!(
            "1D tensors expected, but got {}D and {}D tensors",
            a.dim(),
            b.dim()
        ));
    }
    if a.dtype() != b.dtype() {
        return error::runtime(format!(
            "{name} : expected both vectors to have same dtype, but found {} and {}",
            a.dtype().scalar_type(),
            b.dtype().scalar_type()
        ));
    }
    let (n, m) = (a.numel(), b.numel());
    if n != m {
        return error::runtime(format!(
            "inconsistent tensor size, expected tensor [{n}] and src [{m}] to have the same number of elements, but got {n} and {m} elements respectively"
        ));
    }
    let conjugated = if conjugate { super::unary::conj(a)? } else { a.clone() };
    let row = conjugated.view(
        [1, 1, n as i64].as_slice().into(),
        [0, 0, conjugated.strides()[0]].as_slice().into(),
        conjugated.offset(),
    );
    let column = b.view(
        [1, n as i64, 1].as_slice().into(),
        [0, b.strides()[0], 1].as_slice().into(),
        b.offset(),
    );
    let product = multiply(&row, &column, name)?;
    Ok(reduce::reshape_fresh(product, &[]))
}

/// The products of batches of matrices [b, n, k] and [b, k, m].
pub fn bmm(a: &Array, b: &Array) -> Result<Array> {
    if a.dim() != 3 {
        return error::runtime("batch1 must be a 3D tensor");
    }
    if b.dim() != 3 {
        return error::runtime("batch2 must be a 3D tensor");
    }
    let (batch, inner) = (a.sizes()[0], a.sizes()[2]);
    if b.sizes()[0] != batch || b.sizes()[1] != inner {
        return error::runtime(format!(
            "Expected size for first two dimensions of batch2 tensor to be: [{batch}, {inner}] but got: [{}, {}].",
            b.sizes()[0],
            b.sizes()[1]
        ));
    }
    if a.dtype() != b.dtype() {
        return error::runtime(format!(
            "expected scalar type {} but found {}",
            a.dtype().scalar_type(),
            b.dtype().scalar_type()
        ));
    }
    multiply(a, b, "bmm")
}

/// The outer product of two vectors.
pub fn outer(a: &Array, b: &Array) -> Result<Array> {
    for (name, v) in [("self", a), ("vec2", b)] {
        if v.dim() != 1 {
            return error::runtime(format!("outer: Expected 1-D argument {name}, but got {}-D", v.dim()));
        }
    }
    let column = a.view(
        [a.sizes()[0], 1].as_slice().into(),
        [a.strides()[0], 0].as_slice().into(),
        a.offset(),
    );
    super::binary::mul(&column, b)
}

/// `torch.matmul`: vectors, matrices and broadcast batches of them.
pub fn matmul(a: &Array, b: &Array) -> Result<Array> {
    match (a.dim(), b.dim()) {
        (0, _) | (_, 0) => error::runtime(format!(
            "both arguments to matmul need to be at least 1D, but they are {}D and {}D",
            a.dim(),
            b.dim()
        )),
        (1, 1) => dot(a, b),
        (2, 1) => mv(a, b),
        (1, 2) => {
            let row = a.view(
                [1, a.sizes()[0]].as_slice().into(),
                [0, a.strides()[0]].as_slice().into(),
                a.offset(),
            );
            let product = mm(&row, b)?;
            Ok(reduce::reshape_fresh(product, &[b.sizes()[1]]))
        }
        (2, 2) => mm(a, b),
        _ => batched(a, b),
    }
}

fn batched(a: &Array, b: &Array) -> Result<Array> {
    // Vectors become matrices for the time being.
    let (a_vector, b_vector) = (a.dim() == 1, b.dim() == 1);
    let a2 = if a_vector { one_batch(a) } else { a.clone() };
    let b2 = if b_vector {
        b.view(
            [b.sizes()[0], 1].as_slice().into(),
            [b.strides()[0], 0].as_slice().into(),
            b.offset(),
        )
    } else {
        b.clone()
    };
    let (da, db) = (a2.dim(), b2.dim());
    let (rows, inner) = (a2.sizes()[da - 2], a2.sizes()[da - 1]);
    let columns = b2.sizes()[db - 1];
    if b2.sizes()[db - 2] != inner {
        // The message depends on the kernel that PyTorch folds the product into.
        if db <= 2 {
            let folded: i64 = a2.sizes()[..da - 1].iter().product();
            return if b_vector {
                error::runtime(format!(
                    "size mismatch, got input ({folded}), mat ({folded}x{inner}), vec ({})",
                    b.sizes()[0]
                ))
            } else {
                error::runtime(format!(
                    "mm: mat1 and mat2 shapes cannot be multiplied ({folded}x{inner} and {}x{columns})",
                    b2.sizes()[db - 2]
                ))
            };
        }
        let batch = layout::broadcast_sizes(&a2.sizes()[..da - 2], &b2.sizes()[..db - 2])?;
        return error::runtime(format!(
            "Expected size for first two dimensions of batch2 tensor to be: [{}, {inner}] but got: [{}, {}].",
            batch.iter().product::<i64>(),
            batch.iter().product::<i64>(),
            b2.sizes()[db - 2]
        ));
    }
    let batch = layout::broadcast_sizes(&a2.sizes()[..da - 2], &b2.sizes()[..db - 2])?;
    if a.dtype() != b.dtype() {
        if db <= 2 {
            same_dtype(a, b)?;
        }
        return error::runtime(format!(
            "expected scalar type {} but found {}",
            a.dtype().scalar_type(),
            b.dtype().scalar_type()
        ));
    }
    let mut result: Dims = batch.clone();
    if !a_vector {
        result.push(rows);
    }
    if !b_vector {
        result.push(columns);
    }
    // A single right matrix: fold the batches of the left one into rows.
    if db == 2 {
        if b_vector {
            let folded = copy::contiguous(a)?;
            let count: i64 = batch.iter().product::<i64>() * rows;
            let folded = folded.view(
                [count, inner].as_slice().into(),
                [inner, 1].as_slice().into(),
                folded.offset(),
            );
            return Ok(reduce::reshape_fresh(mv(&folded, b)?, &result));
        }
        let folded = copy::contiguous(&a2)?;
        let count: i64 = batch.iter().product::<i64>() * rows;
        let folded = folded.view(
            [count, inner].as_slice().into(),
            [inner, 1].as_slice().into(),
            folded.offset(),
        );
        return Ok(reduce::reshape_fresh(mm(&folded, &b2)?, &result));
    }
    let spread = |m: &Array, d: usize| -> Result<Array> {
        let mut sizes = batch.clone();
        sizes.extend_from_slice(&m.sizes()[d - 2..]);
        let expanded = layout::expand(m, &sizes)?;
        let count: i64 = batch.iter().product();
        let flat: Dims = [count, sizes[batch.len()], sizes[batch.len() + 1]].as_slice().into();
        match layout::view_strides(expanded.sizes(), expanded.strides(), &flat) {
            Some(strides) => Ok(expanded.view(flat, strides, expanded.offset())),
            None => Ok(reduce::reshape_fresh(copy::to_contiguous(&expanded)?, &flat)),
        }
    };
    let product = multiply(&spread(&a2, da)?, &spread(&b2, db)?, "bmm")?;
    Ok(reduce::reshape_fresh(product, &result))
}
