//! `torch.utils`, written in Python.

/// The texts, by module.
pub(super) static SOURCES: &[(&str, &str)] = &[("torch.utils.hooks", include_str!("hooks.py"))];
