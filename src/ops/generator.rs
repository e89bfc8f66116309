//! Which generator a random op draws from.

use super::argument::{Arg, Args};
use crate::array::random::Generator;
use std::cell::RefCell;
use std::rc::Rc;

/// A generator that Python objects and ops share.
pub type SharedGenerator = Rc<RefCell<Generator>>;

thread_local! {
    static DEFAULT: RefCell<SharedGenerator> = RefCell::new(from_system());
}

/// A generator seeded by the operating system, as an unseeded session's is.
pub fn from_system() -> SharedGenerator {
    let mut generator = Generator::default();
    generator.seed_from_system();
    Rc::new(RefCell::new(generator))
}

/// `torch.default_generator` of this thread's session.
pub fn default_generator() -> SharedGenerator {
    DEFAULT.with_borrow(Clone::clone)
}

/// Gives the thread another default generator: a session starts.
pub fn set_default_generator(generator: SharedGenerator) {
    let old = DEFAULT.replace(generator);
    drop(old);
}

impl Args {
    /// The generator given at a position (`Arg::Foreign` of a `SharedGenerator`), else the default one.
    pub fn generator(&self, at: usize) -> SharedGenerator {
        match self.get(at) {
            Arg::Foreign(object) => object
                .clone()
                .downcast::<RefCell<Generator>>()
                .unwrap_or_else(|_| default_generator()),
            _ => default_generator(),
        }
    }
}
