//! The generator's state as PyTorch's 5056 bytes: `torch.get_rng_state()`.
//!
//! Little-endian: the seed (8 bytes), `left` (4), seeded (4), `next` (8), 624 words of 8 bytes, three doubles of a former
//! recipe of which the second holds the waiting normal, its flag (8), the waiting float normal (4) and its flag (4).

use super::super::error::{self, Result};
use super::Generator;
use super::mersenne::{Mersenne, N};

/// Bytes of a saved state.
pub const STATE_SIZE: usize = 5056;

impl Generator {
    pub fn state(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(STATE_SIZE);
        bytes.extend(self.seed.to_le_bytes());
        bytes.extend(self.engine.left.to_le_bytes());
        bytes.extend(1u32.to_le_bytes());
        bytes.extend((self.engine.next as u64).to_le_bytes());
        for &word in &self.engine.state {
            bytes.extend((word as u64).to_le_bytes());
        }
        bytes.extend(0f64.to_le_bytes());
        bytes.extend(self.next_normal.unwrap_or(0.0).to_le_bytes());
        bytes.extend(0f64.to_le_bytes());
        bytes.extend((self.next_normal.is_some() as u64).to_le_bytes());
        bytes.extend(self.next_float_normal.unwrap_or(0.0).to_le_bytes());
        bytes.extend((self.next_float_normal.is_some() as u32).to_le_bytes());
        bytes
    }

    pub fn set_state(&mut self, bytes: &[u8]) -> Result<()> {
        if bytes.len() != STATE_SIZE && bytes.len() != STATE_SIZE - 8 {
            return error::runtime("Expected either a CPUGeneratorImplStateLegacy of size 5048 or a CPUGeneratorImplState of size 5056 but found the input RNG state size to be "
                .to_string()
                + &bytes.len().to_string());
        }
        let word = |at: usize| -> u64 {
            bytes
                .get(at..at + 8)
                .and_then(|b| b.try_into().ok())
                .map_or(0, u64::from_le_bytes)
        };
        let half = |at: usize| -> u32 {
            bytes
                .get(at..at + 4)
                .and_then(|b| b.try_into().ok())
                .map_or(0, u32::from_le_bytes)
        };
        let (left, next) = (half(8), word(16));
        if half(12) == 0 || left == 0 || left > N as u32 || next > N as u64 {
            return error::runtime("Invalid mt19937 state");
        }
        let mut state = [0u32; N];
        for (i, slot) in state.iter_mut().enumerate() {
            *slot = word(24 + i * 8) as u32;
        }
        self.seeded = true;
        self.engine = Mersenne {
            state,
            left,
            next: next as u32,
        };
        self.seed = word(0);
        let normals = 24 + N * 8;
        self.next_normal = (word(normals + 24) as u32 != 0).then(|| f64::from_bits(word(normals + 8)));
        self.next_float_normal = (half(normals + 36) != 0).then(|| f32::from_bits(half(normals + 32)));
        Ok(())
    }
}
