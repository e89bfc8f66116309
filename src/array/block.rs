//! Blocks of memory for large storages, kept for a while after use.
//!
//! The system hands out fresh pages one fault at a time, which costs several times what a simple kernel does with them. A
//! thread therefore keeps some of the large blocks that it gives up, and takes them again for arrays of about that size.

use std::alloc::{Layout, alloc, alloc_zeroed, dealloc};
use std::cell::RefCell;

/// Blocks from here on are kept; smaller ones the allocator itself finds again quickly.
const LARGE_WORDS: usize = (256 << 10) / 8;

/// What a thread keeps in all, and in one block.
const KEPT_WORDS: usize = (128 << 20) / 8;

/// Memory of 8-byte words.
pub(super) struct Block {
    pointer: *mut u8,
    words: usize,
}

/// Blocks given up, the latest last.
#[derive(Default)]
struct Kept {
    blocks: Vec<Block>,
    words: usize,
}

thread_local! {
    static KEPT: RefCell<Kept> = RefCell::default();
}

impl Kept {
    /// A block of at least so many words, and at most an eighth more.
    fn take(&mut self, words: usize) -> Option<Block> {
        let fits = |block: &Block| block.words >= words && block.words - words <= words / 8;
        let at = self.blocks.iter().rposition(fits)?;
        let block = self.blocks.remove(at);
        self.words -= block.words;
        Some(block)
    }

    /// Takes a block back; the oldest go where there are too many.
    fn keep(&mut self, block: Block) {
        self.words += block.words;
        self.blocks.push(block);
        while self.words > KEPT_WORDS && !self.blocks.is_empty() {
            let oldest = self.blocks.remove(0);
            self.words -= oldest.words;
            oldest.free();
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        for block in self.blocks.drain(..) {
            block.free();
        }
    }
}

impl Block {
    /// Memory with any content. None if there is too little.
    pub fn unfilled(words: usize) -> Option<Block> {
        if let Some(block) = Block::again(words) {
            return Some(block);
        }
        // SAFETY: callers ask for more than 0 words.
        Block::from_system(words, |layout| unsafe { alloc(layout) })
    }

    /// Memory of zeros. None if there is too little.
    pub fn zeroed(words: usize) -> Option<Block> {
        if let Some(block) = Block::again(words) {
            // SAFETY: the block holds so many words.
            unsafe { std::ptr::write_bytes(block.pointer, 0, words * 8) };
            return Some(block);
        }
        // SAFETY: callers ask for more than 0 words.
        Block::from_system(words, |layout| unsafe { alloc_zeroed(layout) })
    }

    fn again(words: usize) -> Option<Block> {
        if words < LARGE_WORDS {
            return None;
        }
        KEPT.try_with(|kept| kept.borrow_mut().take(words)).ok().flatten()
    }

    fn from_system(words: usize, allocate: impl FnOnce(Layout) -> *mut u8) -> Option<Block> {
        debug_assert!(words > 0);
        let pointer = allocate(Layout::array::<u64>(words).ok()?);
        (!pointer.is_null()).then_some(Block { pointer, words })
    }

    /// Where the words start, 8-byte aligned.
    pub fn pointer(&self) -> *mut u8 {
        self.pointer
    }

    /// Gives the memory back to the system.
    fn free(self) {
        if let Ok(layout) = Layout::array::<u64>(self.words) {
            // SAFETY: allocated with this layout, and freed here only: `forget` keeps `drop` away.
            unsafe { dealloc(self.pointer, layout) };
        }
        std::mem::forget(self);
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        let block = Block {
            pointer: self.pointer,
            words: self.words,
        };
        if self.words < LARGE_WORDS || self.words > KEPT_WORDS {
            return block.free();
        }
        let mut block = Some(block);
        // While the thread ends there is no list any more.
        let _ = KEPT.try_with(|kept| block.take().map(|block| kept.borrow_mut().keep(block)));
        if let Some(block) = block {
            block.free();
        }
    }
}
