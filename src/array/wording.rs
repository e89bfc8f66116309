//! Which PyTorch's words messages use. A message whose wording changed over time stands
//! in all its wordings at the one place that raises it and asks here.

use std::cell::Cell;

thread_local! {
    static VERSION: Cell<(u32, u32)> = const { Cell::new(CURRENT) };
}

/// The version whose words are the default.
pub const CURRENT: (u32, u32) = (2, 15);

/// Chooses a version for this thread: `--torch 1.8`.
pub fn set(version: (u32, u32)) {
    VERSION.set(version);
}

pub fn version() -> (u32, u32) {
    VERSION.get()
}

/// True when the chosen version is `major.minor` or older.
pub fn at_most(major: u32, minor: u32) -> bool {
    VERSION.get() <= (major, minor)
}
