//! Random numbers: the sequences of PyTorch's CPU generator, call for call.

mod discrete;
mod mersenne;
mod normal;
mod permutation;
mod positive;
mod state;
mod uniform;
pub mod watch;

pub use mersenne::Mersenne;

use super::array::Array;
use super::copy;
use super::dtype::Dtype;
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
    /// Someone asked for this seed or state: the numbers can be had again.
    seeded: bool,
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
            seeded: false,
        }
    }

    /// Starts over with a seed: `manual_seed`.
    pub fn manual_seed(&mut self, seed: u64) {
        *self = Generator::new(seed);
        self.seeded = true;
    }

    /// Whether someone asked for this seed or state.
    pub fn was_seeded(&self) -> bool {
        self.seeded
    }

    /// A seed from the operating system, put in place: `seed()`.
    pub fn seed_from_system(&mut self) -> u64 {
        let seed: u64 = rand::random::<u64>() & 0x1f_ffff_ffff_ffff;
        *self = Generator::new(seed);
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

/// The recipes, each of which tells the watch what it drew: those that fill an array in place, and
/// those that make one.
macro_rules! recipes {
    (in place: $($module:ident::$name:ident($($argument:ident: $kind:ty),*);)*) => {
        $(pub fn $name(target: &Array, $($argument: $kind,)* generator: &mut Generator) -> Result<()> {
            $module::$name(target, $($argument,)* generator)?;
            watch::drawn(target, generator);
            Ok(())
        })*
    };
    (made: $($module:ident::$name:ident($($argument:ident: $kind:ty),*);)*) => {
        $(pub fn $name($($argument: $kind,)* generator: &mut Generator) -> Result<Array> {
            let made = $module::$name($($argument,)* generator)?;
            watch::drawn(&made, generator);
            Ok(made)
        })*
    };
}

recipes! { in place:
    discrete::bernoulli_(p: f64);
    discrete::bernoulli_from_(p: &Array);
    discrete::geometric_(p: f64);
    discrete::random_();
    discrete::random_between_(low: i64, high: i64);
    normal::normal_(mean: f64, std: f64);
    normal::log_normal_(mean: f64, std: f64);
    positive::exponential_(lambda: f64);
    positive::cauchy_(median: f64, sigma: f64);
    uniform::uniform_(from: f64, to: f64);
}

recipes! { made:
    discrete::binomial(counts: &Array, probabilities: &Array);
    discrete::multinomial(weights: &Array, n: i64, replacement: bool);
    discrete::poisson(rates: &Array);
    permutation::randperm(n: i64, dtype: Dtype);
    positive::dirichlet(alpha: &Array);
    positive::standard_gamma(alpha: &Array);
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
