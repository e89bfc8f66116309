//! The engine of elementwise operations: walks operands of any dtype and strides in step, hands kernels plain slices.
//!
//! Contiguous operands whose dtype is the kernel's lane are passed as they are; all others go through a small buffer, a
//! block at a time. Large results are split among threads.

use super::array::{Array, Dims, same_sizes};
use super::dtype::Dtype;
use super::error::Result;
use super::lane::{self, Lane};
use super::layout;
use super::promote::Operand;
use super::scalar::Scalar;
use smallvec::SmallVec;

/// Lanes that pass through a buffer at once: small enough for the first-level cache.
const BLOCK: usize = 2048;

/// Elements that one task takes when a large result is split among threads.
pub(in crate::array) const TASK: usize = 32_768;

/// Runs `task` on ranges that together cover `0..count`, on all cores when there is enough to do.
pub(in crate::array) fn split(count: usize, grain: usize, task: &(dyn Fn(std::ops::Range<usize>) + Sync)) {
    #[cfg(feature = "threads")]
    if count >= 2 * grain {
        use std::sync::atomic::{AtomicUsize, Ordering};
        let next = AtomicUsize::new(0);
        let work = || loop {
            let start = next.fetch_add(1, Ordering::Relaxed).saturating_mul(grain);
            if start >= count {
                return;
            }
            task(start..(start + grain).min(count));
        };
        // This thread works too: it need not wait for others to wake up.
        let helpers = (rayon::current_num_threads() - 1).min(count.div_ceil(grain) - 1);
        if helpers == 0 {
            return work();
        }
        rayon::in_place_scope(|scope| {
            for _ in 0..helpers {
                scope.spawn(|_| work());
            }
            work();
        });
        return;
    }
    let _ = grain;
    task(0..count);
}

/// A strided operand with its dimensions merged where that changes nothing; strides in bytes.
#[derive(Clone)]
pub(in crate::array) struct Strided {
    pub pointer: *mut u8,
    pub dtype: Dtype,
    pub sizes: Dims,
    pub strides: Dims,
}

// SAFETY: tasks on other threads read inputs, which nobody writes meanwhile, and write disjoint parts of the output; all
// end before the call that started them returns, so the storages stay alive.
unsafe impl Sync for Strided {}
// SAFETY: as above.
unsafe impl Send for Strided {}

impl Strided {
    /// The elements of an array in the order that `order` (outermost first) puts its dimensions.
    fn new(array: &Array, sizes: &[i64], order: &[usize]) -> Strided {
        let element = array.dtype().size() as i64;
        let lead = sizes.len() - array.dim();
        let mut merged = Strided {
            pointer: array.data_pointer(),
            dtype: array.dtype(),
            sizes: Dims::new(),
            strides: Dims::new(),
        };
        for &d in order {
            let size = sizes[d];
            let expanded = d < lead || (array.sizes()[d - lead] == 1 && size != 1);
            let stride = if expanded {
                0
            } else {
                array.strides()[d - lead] * element
            };
            if size == 1 {
                continue;
            }
            match (merged.sizes.last_mut(), merged.strides.last_mut()) {
                (Some(last_size), Some(last_stride)) if *last_stride == size * stride => {
                    *last_size *= size;
                    *last_stride = stride;
                }
                _ => {
                    merged.sizes.push(size);
                    merged.strides.push(stride);
                }
            }
        }
        if merged.sizes.is_empty() {
            merged.sizes.push(1);
            merged.strides.push(element);
        }
        merged
    }

    /// One run with no gaps.
    fn is_dense(&self) -> bool {
        self.sizes.len() == 1 && self.strides[0] == self.dtype.size() as i64
    }

    fn is_constant(&self) -> bool {
        self.strides.iter().all(|&stride| stride == 0)
    }

    /// Calls `visit(pointer, stride, first, count)` for the runs that make up elements `start..start + count`.
    fn runs(&self, start: usize, count: usize, mut visit: impl FnMut(*mut u8, isize, usize, usize)) {
        let last = self.sizes.len() - 1;
        let (inner, stride) = (self.sizes[last] as usize, self.strides[last] as isize);
        if last == 0 {
            visit(self.pointer.wrapping_offset(start as isize * stride), stride, 0, count);
            return;
        }
        let mut index: SmallVec<[usize; 8]> = SmallVec::from_elem(0, last);
        let (mut rest, mut column) = (start / inner, start % inner);
        let mut offset = 0isize;
        for d in (0..last).rev() {
            index[d] = rest % self.sizes[d] as usize;
            rest /= self.sizes[d] as usize;
            offset += index[d] as isize * self.strides[d] as isize;
        }
        let mut done = 0;
        loop {
            let run = (inner - column).min(count - done);
            visit(
                self.pointer.wrapping_offset(offset + column as isize * stride),
                stride,
                done,
                run,
            );
            done += run;
            if done == count {
                return;
            }
            column = 0;
            for d in (0..last).rev() {
                index[d] += 1;
                offset += self.strides[d] as isize;
                if index[d] < self.sizes[d] as usize {
                    break;
                }
                offset -= self.strides[d] as isize * self.sizes[d] as isize;
                index[d] = 0;
            }
        }
    }
}

/// An input of the engine.
pub(in crate::array) enum Source {
    Constant(Scalar),
    Strided(Strided),
}

impl Source {
    fn new(operand: Operand, sizes: &[i64], order: &[usize]) -> Source {
        match operand {
            Operand::Number(number) => Source::Constant(number),
            Operand::Array(array) => Source::Strided(Strided::new(array, sizes, order)),
        }
    }

    /// True when kernels can read the memory itself.
    fn is_direct<T: Lane>(&self) -> bool {
        matches!(self, Source::Strided(strided) if strided.dtype == T::DTYPE && strided.is_dense())
    }

    /// Lanes `start..start + lanes.len()`, converted straight into `lanes`.
    fn read_into<T: Lane>(&self, start: usize, lanes: &mut [T]) {
        match self {
            Source::Constant(number) => lanes.fill(T::from_scalar(*number)),
            Source::Strided(strided) => strided.runs(start, lanes.len(), |pointer, stride, first, run| {
                // SAFETY: the run lies within the operand.
                unsafe { lane::load(strided.dtype, pointer, stride, &mut lanes[first..first + run]) }
            }),
        }
    }

    /// Lanes `start..start + count`: the memory itself where possible, else `buffer`.
    fn read<'b, T: Lane>(&'b self, start: usize, count: usize, buffer: &'b mut Buffer<T>) -> &'b [T] {
        match self {
            Source::Constant(number) => buffer.constant(count, || T::from_scalar(*number)),
            Source::Strided(strided) if strided.dtype == T::DTYPE && strided.is_dense() => {
                // SAFETY: the operand is one dense run of this type, and `start + count` is within its elements.
                unsafe { std::slice::from_raw_parts(strided.pointer.cast::<T>().cast_const().add(start), count) }
            }
            Source::Strided(strided) if strided.is_constant() => buffer.constant(count, || {
                let mut one = [T::default()];
                // SAFETY: reads the operand's only element.
                unsafe { lane::load(strided.dtype, strided.pointer, 0, &mut one) };
                one[0]
            }),
            Source::Strided(strided) => {
                let lanes = buffer.lanes(count);
                strided.runs(start, count, |pointer, stride, first, run| {
                    // SAFETY: the run lies within the operand.
                    unsafe { lane::load(strided.dtype, pointer, stride, &mut lanes[first..first + run]) }
                });
                lanes
            }
        }
    }
}

/// Scratch lanes of one operand in one task.
struct Buffer<T> {
    lanes: Vec<T>,
    constant: usize,
}

impl<T: Lane> Buffer<T> {
    fn new() -> Self {
        Buffer {
            lanes: Vec::new(),
            constant: 0,
        }
    }

    fn lanes(&mut self, count: usize) -> &mut [T] {
        if self.lanes.len() < count {
            self.lanes.resize(count, T::default());
        }
        &mut self.lanes[..count]
    }

    fn constant(&mut self, count: usize, value: impl FnOnce() -> T) -> &[T] {
        if self.constant < count {
            let value = value();
            self.lanes(count).fill(value);
            self.constant = count;
        }
        &self.lanes[..count]
    }
}

/// The order of dimensions, outermost first, in which the output's memory runs.
fn memory_order(out: &Array) -> SmallVec<[usize; 8]> {
    let mut order: SmallVec<[usize; 8]> = (0..out.dim()).collect();
    if !out.is_contiguous() {
        order.sort_by_key(|&d| std::cmp::Reverse(out.strides()[d].unsigned_abs()));
    }
    order
}

/// Writes blocks of the output: directly where it is dense and of the lane's type. `whole` says that no input needs a
/// buffer, so that a block may be as large as a task.
fn drive<R: Lane>(out: &Array, whole: bool, fill: &(dyn Fn(usize, &mut [R], &mut Scratch) + Sync)) {
    let order = memory_order(out);
    let target = Strided::new(out, out.sizes(), &order);
    let direct = target.is_dense() && target.dtype == R::DTYPE;
    let limit = if whole && direct { TASK } else { BLOCK };
    split(out.numel(), TASK, &|range| {
        let target = &target;
        let mut scratch = Scratch::default();
        let mut lanes: Vec<R> = if direct {
            Vec::new()
        } else {
            vec![R::default(); BLOCK.min(range.len())]
        };
        let mut start = range.start;
        while start < range.end {
            let count = limit.min(range.end - start);
            if direct {
                // SAFETY: tasks have disjoint ranges of one dense run of this type.
                let block = unsafe { std::slice::from_raw_parts_mut(target.pointer.cast::<R>().add(start), count) };
                fill(start, block, &mut scratch);
            } else {
                fill(start, &mut lanes[..count], &mut scratch);
                target.runs(start, count, |pointer, stride, first, run| {
                    // SAFETY: the run lies within the output, and tasks have disjoint ranges.
                    unsafe { lane::store(target.dtype, pointer, stride, &lanes[first..first + run]) }
                });
            }
            start += count;
        }
    });
}

/// Buffers of up to three inputs of one task, typed on first use.
#[derive(Default)]
struct Scratch([Option<Box<dyn std::any::Any>>; 3]);

impl Scratch {
    fn get<T: Lane>(slot: &mut Option<Box<dyn std::any::Any>>) -> &mut Buffer<T> {
        let fresh = slot.as_ref().is_none_or(|buffer| !buffer.is::<Buffer<T>>());
        if fresh {
            *slot = Some(Box::new(Buffer::<T>::new()));
        }
        match slot.as_mut().and_then(|buffer| buffer.downcast_mut()) {
            Some(buffer) => buffer,
            // The slot was just given this type.
            None => unreachable!(),
        }
    }
}

pub(in crate::array) type Kernel1<'k, A, R> = &'k (dyn Fn(&mut [R], &[A]) + Sync);
pub(in crate::array) type Kernel2<'k, A, B, R> = &'k (dyn Fn(&mut [R], &[A], &[B]) + Sync);
pub(in crate::array) type Kernel3<'k, A, B, C, R> = &'k (dyn Fn(&mut [R], &[A], &[B], &[C]) + Sync);

/// Fills `out`, whose sizes the operand broadcasts to.
pub(in crate::array) fn run1<A: Lane, R: Lane>(out: &Array, a: Operand, kernel: Kernel1<A, R>) {
    if out.numel() <= TASK
        && let (Operand::Array(a), Some(result)) = (a, direct::<R>(out))
        && same_sizes(a.sizes(), out.sizes())
        && let Some(a) = a.as_slice::<A>()
    {
        return kernel(result, a);
    }
    let order = memory_order(out);
    let a = Source::new(a, out.sizes(), &order);
    drive::<R>(out, a.is_direct::<A>(), &|start, block, scratch| {
        let [x, ..] = &mut scratch.0;
        let n = block.len();
        kernel(block, a.read(start, n, Scratch::get(x)));
    });
}

/// Fills `out` with the operand's elements by way of one lane.
pub(in crate::array) fn convert<T: Lane>(out: &Array, source: Operand) {
    let source = Source::new(source, out.sizes(), &memory_order(out));
    drive::<T>(out, true, &|start, block, _| source.read_into(start, block));
}

/// Results up to this many elements are computed by way of buffers on the stack.
const SMALL: usize = 64;

/// The operand's lanes for a small contiguous result: the memory itself where possible, else `buffer`.
fn small_lanes<'a, T: Lane>(operand: Operand<'a>, out: &Array, buffer: &'a mut [T; SMALL]) -> &'a [T] {
    let count = out.numel();
    match operand {
        Operand::Number(number) => buffer[..count].fill(T::from_scalar(number)),
        Operand::Array(array) => {
            if same_sizes(array.sizes(), out.sizes())
                && let Some(slice) = array.as_slice::<T>()
            {
                return slice;
            }
            let order: SmallVec<[usize; 8]> = (0..out.dim()).collect();
            Strided::new(array, out.sizes(), &order).runs(0, count, |pointer, stride, first, run| {
                // SAFETY: the run lies within the operand.
                unsafe { lane::load(array.dtype(), pointer, stride, &mut buffer[first..first + run]) }
            });
        }
    }
    &buffer[..count]
}

/// A contiguous copy of a large operand whose memory runs across that of a contiguous output: copying goes tile by tile,
/// reading row by row would not.
fn straightened(out: &Array, operand: Operand) -> Option<Array> {
    let Operand::Array(array) = operand else { return None };
    let crosses = out.numel() >= 2 * TASK
        && out.is_contiguous()
        && !array.is_contiguous()
        && array.sizes() == out.sizes()
        && array.strides().last().is_some_and(|&stride| stride > 1)
        && array.strides().contains(&1);
    if !crosses {
        return None;
    }
    let copied = Array::unfilled(array.sizes(), array.dtype()).ok()?;
    copy_strided(&copied, array);
    Some(copied)
}

/// Fills `out`, whose sizes the operands broadcast to.
pub(in crate::array) fn run2<A: Lane, B: Lane, R: Lane>(out: &Array, a: Operand, b: Operand, kernel: Kernel2<A, B, R>) {
    if out.numel() <= TASK
        && let Some(result) = direct::<R>(out)
    {
        if let (Operand::Array(a), Operand::Array(b)) = (a, b)
            && same_sizes(a.sizes(), out.sizes())
            && same_sizes(b.sizes(), out.sizes())
            && let (Some(a), Some(b)) = (a.as_slice::<A>(), b.as_slice::<B>())
        {
            return kernel(result, a, b);
        }
        if !result.is_empty() && result.len() <= SMALL {
            let (mut x, mut y) = ([A::default(); SMALL], [B::default(); SMALL]);
            return kernel(result, small_lanes(a, out, &mut x), small_lanes(b, out, &mut y));
        }
    }
    if out.numel() == 0 {
        return;
    }
    let (dense_a, dense_b) = (straightened(out, a), straightened(out, b));
    let a = dense_a.as_ref().map_or(a, Operand::Array);
    let b = dense_b.as_ref().map_or(b, Operand::Array);
    let order = memory_order(out);
    let (a, b) = (Source::new(a, out.sizes(), &order), Source::new(b, out.sizes(), &order));
    let whole = a.is_direct::<A>() && b.is_direct::<B>();
    drive::<R>(out, whole, &|start, block, scratch| {
        let [x, y, _] = &mut scratch.0;
        let n = block.len();
        kernel(
            block,
            a.read(start, n, Scratch::get(x)),
            b.read(start, n, Scratch::get(y)),
        );
    });
}

/// Fills `out`, whose sizes the operands broadcast to.
pub(in crate::array) fn run3<A: Lane, B: Lane, C: Lane, R: Lane>(
    out: &Array,
    a: Operand,
    b: Operand,
    c: Operand,
    kernel: Kernel3<A, B, C, R>,
) {
    let order = memory_order(out);
    let a = Source::new(a, out.sizes(), &order);
    let b = Source::new(b, out.sizes(), &order);
    let c = Source::new(c, out.sizes(), &order);
    let whole = a.is_direct::<A>() && b.is_direct::<B>() && c.is_direct::<C>();
    drive::<R>(out, whole, &|start, block, scratch| {
        let [x, y, z] = &mut scratch.0;
        let n = block.len();
        kernel(
            block,
            a.read(start, n, Scratch::get(x)),
            b.read(start, n, Scratch::get(y)),
            c.read(start, n, Scratch::get(z)),
        );
    });
}

/// The output as one slice where kernels can write it at once.
fn direct<R: Lane>(out: &Array) -> Option<&mut [R]> {
    (out.dtype() == R::DTYPE && out.is_contiguous()).then(|| out.fresh_slice_mut::<R>())
}

/// A new array for a result of these operands: broadcast sizes, their memory order.
pub(in crate::array) fn result(operands: &[Operand], dtype: Dtype) -> Result<Array> {
    let arrays: SmallVec<[&Array; 3]> = operands
        .iter()
        .filter_map(|operand| match operand {
            Operand::Array(array) => Some(*array),
            Operand::Number(_) => None,
        })
        .collect();
    let mut sizes = Dims::new();
    for (i, array) in arrays.iter().enumerate() {
        sizes = if i == 0 {
            array.sizes().into()
        } else {
            layout::broadcast_sizes(&sizes, array.sizes())?
        };
    }
    layout::result_like(&sizes, dtype, &arrays)
}

/// Copies elements of the same dtype between any strides, bytes as they are; `source` broadcasts to `out`.
pub(in crate::array) fn copy_strided(out: &Array, source: &Array) {
    match out.dtype().size() {
        1 => copy_words::<u8>(out, source),
        2 => copy_words::<u16>(out, source),
        4 => copy_words::<u32>(out, source),
        8 => copy_words::<u64>(out, source),
        _ => copy_words::<[u64; 2]>(out, source),
    }
}

/// Rows and columns that a transposing copy takes at once.
const TILE: usize = 16;

/// Writes `height` rows of `width` elements each, row r from the r-th elements of `width` source rows.
///
/// # Safety
/// All of them are in bounds, and nobody else touches the target.
unsafe fn transpose_strip<W: Copy>(
    (to, to_row): (*mut W, usize),
    (from, from_row): (*const W, usize),
    (height, width): (usize, usize),
) {
    // SAFETY: as the caller vouches.
    unsafe {
        let mut tile = [[*from; TILE]; TILE];
        for first in (0..width).step_by(TILE) {
            let columns = TILE.min(width - first);
            if height == TILE && columns == TILE {
                for c in 0..TILE {
                    let source = from.add((first + c) * from_row);
                    for (r, row) in tile.iter_mut().enumerate() {
                        row[c] = *source.add(r);
                    }
                }
            } else {
                for c in 0..columns {
                    let source = from.add((first + c) * from_row);
                    for (r, row) in tile.iter_mut().take(height).enumerate() {
                        row[c] = *source.add(r);
                    }
                }
            }
            for (r, row) in tile.iter().take(height).enumerate() {
                std::ptr::copy_nonoverlapping(row.as_ptr(), to.add(r * to_row + first), columns);
            }
        }
    }
}

fn copy_words<W: Copy>(out: &Array, source: &Array) {
    let order = memory_order(out);
    let lead = out.dim() - source.dim();
    // Both operands' dimensions merged together: (size, output stride, source stride), outermost first, in elements.
    let mut dims: SmallVec<[(i64, i64, i64); 8]> = SmallVec::new();
    for &d in &order {
        let size = out.sizes()[d];
        if size == 1 {
            continue;
        }
        let expanded = d < lead || source.sizes()[d - lead] == 1;
        let (to, from) = (out.strides()[d], if expanded { 0 } else { source.strides()[d - lead] });
        match dims.last_mut() {
            Some((last, last_to, last_from)) if *last_to == size * to && *last_from == size * from => {
                (*last, *last_to, *last_from) = (*last * size, to, from);
            }
            _ => dims.push((size, to, from)),
        }
    }
    let (inner, to_step, from_step) = dims.pop().unwrap_or((1, 1, 1));
    let rows: i64 = dims.iter().map(|dim| dim.0).product();
    struct Ends<W>(*mut W, *const W);
    // SAFETY: tasks write disjoint rows, and what they read is not written meanwhile.
    unsafe impl<W> Sync for Ends<W> {}
    impl<W> Ends<W> {
        fn get(&self) -> (*mut W, *const W) {
            (self.0, self.1)
        }
    }
    let ends = Ends(
        out.data_pointer().cast::<W>(),
        source.data_pointer().cast::<W>().cast_const(),
    );
    if let Some(&(columns, to_row, 1)) = dims.last()
        && to_step == 1
        && from_step > 1
        && columns.min(inner) >= TILE as i64
    {
        dims.pop();
        return split(
            (rows / columns) as usize * (columns as usize).div_ceil(TILE),
            (TASK / (TILE * inner as usize)).max(1),
            &|range| {
                let strips = (columns as usize).div_ceil(TILE);
                for at in range {
                    let (mut rest, strip) = ((at / strips) as i64, at % strips * TILE);
                    let (to, from) = ends.get();
                    let (mut at_to, mut at_from) = ((strip as i64 * to_row) as isize, strip as isize);
                    for &(size, to_stride, from_stride) in dims.iter().rev() {
                        at_to += (rest % size * to_stride) as isize;
                        at_from += (rest % size * from_stride) as isize;
                        rest /= size;
                    }
                    let height = TILE.min(columns as usize - strip);
                    // SAFETY: the strip's elements lie within the arrays, and strips are disjoint.
                    unsafe {
                        transpose_strip(
                            (to.offset(at_to), to_row as usize),
                            (from.offset(at_from), from_step as usize),
                            (height, inner as usize),
                        );
                    }
                }
            },
        );
    }
    split(rows as usize, (TASK / inner.max(1) as usize).max(1), &|range| {
        let (to, from) = ends.get();
        let (mut at_to, mut at_from) = (0isize, 0isize);
        let mut index: SmallVec<[i64; 8]> = SmallVec::from_elem(0, dims.len());
        let mut rest = range.start as i64;
        for (d, &(size, to_stride, from_stride)) in dims.iter().enumerate().rev() {
            index[d] = rest % size;
            rest /= size;
            at_to += (index[d] * to_stride) as isize;
            at_from += (index[d] * from_stride) as isize;
        }
        for _ in range {
            // SAFETY: rows and their elements lie within the arrays.
            unsafe {
                let (to, from) = (to.offset(at_to), from.offset(at_from));
                if to_step == 1 && from_step == 1 {
                    std::ptr::copy_nonoverlapping(from, to, inner as usize);
                } else if to_step == 1 && from_step == 0 {
                    std::slice::from_raw_parts_mut(to, inner as usize).fill(*from);
                } else {
                    for i in 0..inner as isize {
                        *to.offset(i * to_step as isize) = *from.offset(i * from_step as isize);
                    }
                }
            }
            for (d, &(size, to_stride, from_stride)) in dims.iter().enumerate().rev() {
                index[d] += 1;
                at_to += to_stride as isize;
                at_from += from_stride as isize;
                if index[d] < size {
                    break;
                }
                index[d] = 0;
                at_to -= (size * to_stride) as isize;
                at_from -= (size * from_stride) as isize;
            }
        }
    });
}
