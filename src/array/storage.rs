//! Untyped memory shared by arrays, with its version counter.

use super::block::Block;
use super::error::{self, Result};
use std::cell::{Cell, UnsafeCell};

/// Small storages live inside the struct: one allocation fewer a small operation.
const INLINE_WORDS: usize = 8;

enum Buffer {
    Inline([u64; INLINE_WORDS]),
    Heap(Block),
}

/// Bytes that views share. Memory is 8-byte aligned and initialised.
pub struct Storage {
    /// Counts in-place writes: PyTorch's version counter.
    version: Cell<u32>,
    bytes: Cell<usize>,
    buffer: UnsafeCell<Buffer>,
}

impl Storage {
    /// Zeroed memory of so many bytes. Errors as PyTorch's allocator does when there is too little.
    pub fn new(bytes: usize) -> Result<Storage> {
        Ok(Storage {
            version: Cell::new(0),
            bytes: Cell::new(bytes),
            buffer: UnsafeCell::new(Self::buffer(bytes, Block::zeroed)?),
        })
    }

    /// Memory for a result that a kernel fills whole before anybody reads it: large buffers are not zeroed, which would
    /// cost as much as a simple kernel itself.
    #[inline]
    pub(in crate::array) fn unfilled(bytes: usize) -> Result<Storage> {
        Ok(Storage {
            version: Cell::new(0),
            bytes: Cell::new(bytes),
            buffer: UnsafeCell::new(Self::buffer(bytes, Block::unfilled)?),
        })
    }

    #[inline(always)]
    fn buffer(bytes: usize, allocate: fn(usize) -> Option<Block>) -> Result<Buffer> {
        if bytes <= INLINE_WORDS * 8 {
            return Ok(Buffer::Inline([0; INLINE_WORDS]));
        }
        Self::heap(bytes, allocate)
    }

    #[inline(never)]
    fn heap(bytes: usize, allocate: fn(usize) -> Option<Block>) -> Result<Buffer> {
        let block = if bytes <= limit() {
            allocate(bytes.div_ceil(8))
        } else {
            None
        };
        match block {
            Some(block) => Ok(Buffer::Heap(block)),
            None => out_of_memory(bytes),
        }
    }

    /// Its size in bytes.
    pub fn len(&self) -> usize {
        self.bytes.get()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Grows or shrinks, keeping the bytes that fit: `resize_`.
    pub fn resize(&self, bytes: usize) -> Result<()> {
        let mut fresh = Self::buffer(bytes, Block::zeroed)?;
        let kept = bytes.min(self.len());
        let target = match &mut fresh {
            Buffer::Inline(words) => words.as_mut_ptr().cast::<u8>(),
            Buffer::Heap(block) => block.pointer(),
        };
        // SAFETY: both buffers hold at least `kept` bytes and are distinct; no slice of the old one is alive,
        // since array functions never hold one across a resize and a storage stays on its thread.
        unsafe {
            std::ptr::copy_nonoverlapping(self.pointer(), target, kept);
            *self.buffer.get() = fresh;
        }
        self.bytes.set(bytes);
        Ok(())
    }

    /// Where the bytes start. Stable until `resize` or, for small storages, until the struct moves (it never does inside its `Rc`).
    pub fn pointer(&self) -> *mut u8 {
        // SAFETY: only the address is taken; the storage is not Sync, so nobody replaces the buffer meanwhile.
        unsafe {
            match &mut *self.buffer.get() {
                Buffer::Inline(words) => words.as_mut_ptr().cast(),
                Buffer::Heap(block) => block.pointer(),
            }
        }
    }

    pub fn version(&self) -> u32 {
        self.version.get()
    }

    pub fn set_version(&self, version: u32) {
        self.version.set(version);
    }
}

thread_local! {
    static MOST: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// Bounds what one storage of this thread may take, in bytes; None leaves it to the machine.
pub fn set_limit(bytes: Option<usize>) {
    MOST.set(bytes.unwrap_or(usize::MAX));
}

/// What one storage may take: the session's bound, and the machine's memory, as an allocator that refuses to overcommit.
fn limit() -> usize {
    machine_limit().min(MOST.get())
}

fn machine_limit() -> usize {
    static LIMIT: std::sync::OnceLock<usize> = std::sync::OnceLock::new();
    *LIMIT.get_or_init(|| {
        let total = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("MemTotal:"))?;
            line.split_whitespace().nth(1)?.parse::<usize>().ok()
        });
        total.map_or(1 << 36, |kib| kib << 10)
    })
}

#[cold]
fn out_of_memory<T>(bytes: usize) -> Result<T> {
    error::runtime(format!(
        "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate {bytes} bytes. Error code 12 (Cannot allocate memory)"
    ))
}
