//! Order: sorting, selecting by rank, counting equal elements, finding places.

pub mod histogram;
mod introsort;
pub mod rank;
pub mod search;
pub mod sorting;
pub mod unique;

pub use histogram::{bincount, histc};
pub use rank::{kthvalue, median, median_dim, mode, nanmedian, nanmedian_dim, quantile};
pub use search::searchsorted;
pub use sorting::{argsort, sort, topk};
pub use unique::{unique, unique_consecutive, unique_dim};

use super::lane::Lane;

/// Lanes that sort by an unsigned key: nan above all numbers, both zeros alike.
pub(in crate::array) trait Keyed: Lane {
    fn key(self) -> u64;
}

impl Keyed for i64 {
    #[inline(always)]
    fn key(self) -> u64 {
        self as u64 ^ 1 << 63
    }
}

impl Keyed for f32 {
    #[inline(always)]
    fn key(self) -> u64 {
        if self.is_nan() {
            return u32::MAX as u64;
        }
        // Adding 0 turns -0 into 0.
        let bits = (self + 0.0).to_bits();
        (if bits >> 31 == 1 { !bits } else { bits | 1 << 31 }) as u64
    }
}

impl Keyed for f64 {
    #[inline(always)]
    fn key(self) -> u64 {
        if self.is_nan() {
            return u64::MAX;
        }
        let bits = (self + 0.0).to_bits();
        if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
    }
}

/// The stable ascending (or descending) order of a row.
pub(in crate::array) fn order<T: Keyed>(row: &[T], descending: bool) -> Vec<u32> {
    let flip = |key: u64| if descending { !key } else { key };
    if size_of::<T>() == 4 {
        let mut keys: Vec<u64> = row
            .iter()
            .enumerate()
            .map(|(i, &x)| (flip(x.key()) & u32::MAX as u64) << 32 | i as u64)
            .collect();
        keys.sort_unstable();
        return keys.into_iter().map(|key| key as u32).collect();
    }
    let mut keys: Vec<(u64, u32)> = row
        .iter()
        .enumerate()
        .map(|(i, &x)| (flip(x.key()), i as u32))
        .collect();
    keys.sort_unstable();
    keys.into_iter().map(|(_, i)| i).collect()
}
