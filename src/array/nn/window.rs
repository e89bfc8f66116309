//! How a kernel's window slides over one to three spatial dimensions.

/// Lists have one number a spatial dimension, front first; missing ones in front count as absent.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    pub kernel: [usize; 3],
    pub stride: [usize; 3],
    /// Negative where a crop is asked for.
    pub padding: [isize; 3],
    pub dilation: [usize; 3],
}

/// Up to three numbers behind as many of `absent` as are missing.
fn three<T: Copy>(list: &[i64], absent: T, of: impl Fn(i64) -> T) -> [T; 3] {
    let mut numbers = [absent; 3];
    for (slot, &number) in numbers.iter_mut().rev().zip(list.iter().rev()) {
        *slot = of(number);
    }
    numbers
}

/// The sizes of up to three spatial dimensions.
pub(super) fn spatial(sizes: &[i64]) -> [usize; 3] {
    three(sizes, 1, |size| size.max(0) as usize)
}

impl Window {
    pub fn new(kernel: &[i64], stride: &[i64], padding: &[i64], dilation: &[i64]) -> Window {
        let positive = |number: i64| number.max(1) as usize;
        Window {
            kernel: three(kernel, 1, |number| number.max(0) as usize),
            stride: three(stride, 1, positive),
            padding: three(padding, 0, |number| number as isize),
            dilation: three(dilation, 1, positive),
        }
    }

    /// The elements of one window.
    pub(super) fn area(&self) -> usize {
        self.kernel.iter().product()
    }

    /// True if the window is one element that visits each in turn.
    pub(super) fn is_identity(&self) -> bool {
        self.area() == 1 && self.stride == [1; 3] && self.padding == [0; 3]
    }

    /// The positions `o` of `0..out` for which `o * stride + k * dilation - padding` lies in `0..size`, and that number
    /// for `o = 0`.
    pub(super) fn reach(&self, axis: usize, k: usize, size: usize, out: usize) -> (std::ops::Range<usize>, isize) {
        let first = (k * self.dilation[axis]) as isize - self.padding[axis];
        let stride = self.stride[axis] as isize;
        let start = if first >= 0 { 0 } else { (-first + stride - 1) / stride };
        let left = size as isize - first;
        let end = if left <= 0 { 0 } else { (left + stride - 1) / stride };
        let end = (end as usize).min(out);
        ((start as usize).min(end)..end, first)
    }
}
