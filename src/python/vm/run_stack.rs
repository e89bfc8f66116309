//! The registers of all frames: pieces of memory that never move, so that native functions
//! can be given a slice of them while they call back.

use crate::python::value::Value;

/// Values in the first piece; later ones are larger.
const FIRST: usize = 4 * 1024;

/// The stack. Registers that no frame uses are unset.
pub(crate) struct Stack {
    segments: Vec<(*mut Value, usize)>,
    /// Emptied segments kept for the next overflow.
    spare: Vec<(*mut Value, usize)>,
    /// The end of the current frame's registers.
    pub top: *mut Value,
    limit: *mut Value,
}

fn allocate(size: usize) -> (*mut Value, usize) {
    let values: Box<[Value]> = (0..size).map(|_| Value::Unset).collect();
    (Box::into_raw(values).cast::<Value>(), size)
}

impl Stack {
    pub fn new() -> Stack {
        let first = allocate(FIRST);
        // SAFETY: one past the end of the allocation
        let limit = unsafe { first.0.add(first.1) };
        Stack {
            segments: vec![first],
            spare: Vec::new(),
            top: first.0,
            limit,
        }
    }

    /// Where the first frame's registers begin.
    pub fn bottom(&self) -> *mut Value {
        self.segments.first().map_or(std::ptr::null_mut(), |segment| segment.0)
    }

    /// Whether a window of `count` registers from `base` fits the current segment.
    #[inline(always)]
    pub fn fits(&self, base: *mut Value, count: usize) -> bool {
        (self.limit as usize).wrapping_sub(base as usize) / size_of::<Value>() >= count
    }

    /// Registers between `base` and the top; none when `base` begins a new segment, which the top has not reached.
    #[inline(always)]
    pub fn used_from(&self, base: *mut Value) -> usize {
        let (top, base) = (self.top as usize, base as usize);
        if top > self.limit as usize {
            return 0;
        }
        top.saturating_sub(base) / size_of::<Value>()
    }

    /// Begins a new segment of at least `count` registers and moves `given` values there.
    #[cold]
    pub fn overflow(&mut self, base: *mut Value, given: usize, count: usize) -> *mut Value {
        let last = self.segments.last().map_or(FIRST, |segment| segment.1);
        let segment = match self.spare.pop() {
            Some(spare) if spare.1 >= count => spare,
            _ => allocate((last * 2).max(count * 2)),
        };
        self.segments.push(segment);
        // SAFETY: both windows are live, `given <= count` fits the new segment
        unsafe {
            self.limit = segment.0.add(segment.1);
            for at in 0..given {
                *segment.0.add(at) = std::mem::take(&mut *base.add(at));
            }
        }
        segment.0
    }

    /// Leaves the newest segment.
    #[cold]
    pub fn retreat(&mut self) {
        if self.segments.len() > 1
            && let Some(segment) = self.segments.pop()
        {
            self.spare.push(segment);
        }
        if let Some(segment) = self.segments.last() {
            // SAFETY: one past the end of a live allocation
            self.limit = unsafe { segment.0.add(segment.1) };
        }
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        for (start, size) in self.segments.drain(..).chain(self.spare.drain(..)) {
            // SAFETY: made by `allocate` with this size
            drop(unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(start, size)) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_move_to_a_new_segment_and_back() {
        let mut stack = Stack::new();
        let bottom = stack.bottom();
        assert!(stack.fits(bottom, FIRST));
        assert!(!stack.fits(bottom, FIRST + 1));
        // SAFETY: the first registers of the first segment, which nobody else uses
        unsafe {
            *bottom = Value::str("an argument that has its text elsewhere");
            *bottom.add(1) = Value::Int(7);
        }
        for _ in 0..2 {
            let moved = stack.overflow(bottom, 2, FIRST * 3);
            assert!(stack.fits(moved, FIRST * 3));
            // SAFETY: the two values given along stand at the start of the new segment
            unsafe {
                assert_eq!((*moved).as_str(), Some("an argument that has its text elsewhere"));
                assert_eq!((*moved.add(1)).as_int(), Some(7));
                assert!((*bottom).is_unset());
                *bottom = std::mem::take(&mut *moved);
                *bottom.add(1) = std::mem::take(&mut *moved.add(1));
            }
            stack.retreat();
            assert!(!stack.fits(bottom, FIRST + 1));
        }
        // SAFETY: as above; registers that no frame uses are unset
        unsafe {
            *bottom = Value::Unset;
            *bottom.add(1) = Value::Unset;
        }
    }
}
