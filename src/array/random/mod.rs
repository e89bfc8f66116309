//! Random numbers: the sequences of PyTorch's CPU generator, call for call.

mod discrete;
mod mersenne;
mod normal;
mod permutation;
mod positive;
mod state;
mod uniform;

pub use discrete::{bernoulli_, bernoulli_from_, binomial, geometric_, multinomial, poisson, random_, random_between_};
pub use mersenne::Mersenne;
pub use normal::{log_normal_, normal_};
pub use permutation::randperm;
pub use positive::{cauchy_, dirichlet, exponential_, standard_gamma};
pub use uniform::uniform_;

use super::array::Array;
use super::copy;
use super::error::Result;
use super::lane::Lane;
use rand::TryRng;
use smallvec::SmallVec;
use std::convert::Infallible;

/// The seed of a generator that nobody seeded yet, as PyTorch's.
pub const DEFAULT_SEED: u64 = 67_280_421_310_721;

/// `torch.Generator`: the engine, its seed, and the second half of the last pair of normals.
#[derive(Clone)]
pub struct Generator {
    engine: Mersenne,
    seed: u64,
    next_normal: Option<f64>,
    next_float_normal: Option<f32>,
}

impl Default for Generator {
    fn default() -> Self {
        Generator::new(DEFAULT_SEED)
    }
}

impl Generator {
    pub fn new(seed: u64) -> Generator {
        Generator {
            engine: Mersenne::new(seed as u32),
            seed,
            next_normal: None,
            next_float_normal: None,
        }
    }

    /// Starts over with a seed: `manual_seed`.
    pub fn manual_seed(&mut self, seed: u64) {
        *self = Generator::new(seed);
    }

    /// A seed from the operating system, put in place: `seed()`.
    pub fn seed_from_system(&mut self) -> u64 {
        let seed: u64 = rand::random::<u64>() & 0x1f_ffff_ffff_ffff;
        self.manual_seed(seed);
        seed
    }

    pub fn initial_seed(&self) -> u64 {
        self.seed
    }

    /// 32 random bits.
    #[inline]
    pub fn random(&mut self) -> u32 {
        self.engine.next()
    }

    /// 64 random bits; the first draw is the high half.
    #[inline]
    pub fn random64(&mut self) -> u64 {
        let high = self.engine.next() as u64;
        high << 32 | self.engine.next() as u64
    }

    /// Uniform in [0, 1) of 24 bits.
    #[inline]
    pub(in crate::array) fn uniform_f32(&mut self) -> f32 {
        (self.random() & 0xff_ffff) as f32 * (1.0 / 16_777_216.0)
    }

    /// Uniform in [0, 1) of 53 bits.
    #[inline]
    pub(in crate::array) fn uniform_f64(&mut self) -> f64 {
        (self.random64() & 0x1f_ffff_ffff_ffff) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// A standard normal of a pair made by Box and Muller's method; the other waits for the next call.
    pub(in crate::array) fn normal_f64(&mut self) -> f64 {
        if let Some(waiting) = self.next_normal.take() {
            return waiting;
        }
        let u1 = self.uniform_f64();
        let u2 = self.uniform_f64();
        let radius = (-2.0 * (-u2).ln_1p()).sqrt();
        let theta = 2.0 * std::f64::consts::PI * u1;
        self.next_normal = Some(radius * theta.sin());
        radius * theta.cos()
    }
}

impl TryRng for Generator {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.random())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.random64())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(4) {
            let word = self.random().to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        Ok(())
    }
}

/// Fills an array in the order of its memory with values drawn one after the other.
pub(in crate::array) fn fill_serially<T: Lane>(target: &Array, mut draw: impl FnMut() -> T) -> Result<()> {
    super::layout::assert_no_internal_overlap(target)?;
    let mut order: SmallVec<[usize; 8]> = (0..target.dim()).collect();
    order.sort_by_key(|&d| std::cmp::Reverse(target.strides()[d].unsigned_abs()));
    let view = target.view(
        order.iter().map(|&d| target.sizes()[d]).collect(),
        order.iter().map(|&d| target.strides()[d]).collect(),
        target.offset(),
    );
    if view.dtype() == T::DTYPE && view.is_contiguous() {
        for x in view.fresh_slice_mut::<T>() {
            *x = draw();
        }
        return Ok(());
    }
    let values = Array::unfilled(view.sizes(), T::DTYPE)?;
    for x in values.fresh_slice_mut::<T>() {
        *x = draw();
    }
    copy::copy_into(&view, &values)
}
