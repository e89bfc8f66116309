//! The texts of call errors. Each stands here once.

use super::matching::{Mismatch, keyword};
use super::signature::{Kind, Signature};
use crate::python::object::{CallArgs, Object};
use crate::python::value::{R, Raised, Value};
use crate::python::vm::Vm;

/// Why one signature does not match.
#[cold]
pub fn mismatch(vm: &mut Vm, signature: &Signature, args: CallArgs<'_>, mismatch: Mismatch) -> Raised {
    let name = &signature.name;
    let text = match mismatch {
        Mismatch::Raised => return Raised,
        Mismatch::TooMany => too_many(signature, args.positional.len()),
        Mismatch::Missing(at) => {
            let missing: Vec<String> = signature
                .params
                .iter()
                .skip(at)
                .filter(|param| param.default.is_none())
                .map(|param| format!("\"{}\"", param.name))
                .collect();
            // PyTorch has the plural the wrong way round
            let plural = if missing.len() == 1 { "s" } else { "" };
            format!(
                "{name}() missing {} required positional argument{plural}: {}",
                missing.len(),
                missing.join(", ")
            )
        }
        Mismatch::Type {
            param,
            value,
            position,
            element,
        } => {
            let Some(param) = signature.params.get(param) else {
                return Raised;
            };
            let (what, wanted) = (param.name, param.kind.text());
            match (position, element) {
                (None, _) => {
                    let kind = vm.type_name(&value);
                    format!("{name}(): argument '{what}' must be {wanted}, not {kind}")
                }
                (Some(position), Some((0, item))) if super::matching::items(&value).is_some() => {
                    let kind = vm.type_name(&item);
                    format!(
                        "{name}(): argument '{what}' (position {}) must be {wanted}, but found element of type {kind} at pos 0",
                        position + 1
                    )
                }
                (Some(_), Some((at, item))) if at > 0 => {
                    let kind = vm.type_name(&item);
                    format!(
                        "{name}(): argument '{what}' failed to unpack the object at pos {} with error \"type must be {wanted},but got {kind}\"",
                        at + 1
                    )
                }
                (Some(position), _) => {
                    let kind = vm.type_name(&value);
                    format!(
                        "{name}(): argument '{what}' (position {}) must be {wanted}, not {kind}",
                        position + 1
                    )
                }
            }
        }
        Mismatch::Keywords => bad_keyword(signature, args),
    };
    vm.type_error(text)
}

/// `add() takes 2 positional arguments but 4 were given`
pub fn too_many(signature: &Signature, given: usize) -> String {
    let (name, most, least) = (&signature.name, signature.max_positional, signature.min_args);
    let verb = if given == 1 { "was" } else { "were" };
    if least != most {
        return format!("{name}() takes from {least} to {most} positional arguments but {given} {verb} given");
    }
    let plural = if most == 1 { "" } else { "s" };
    format!("{name}() takes {most} positional argument{plural} but {given} {verb} given")
}

fn bad_keyword(signature: &Signature, args: CallArgs<'_>) -> String {
    let name = &signature.name;
    for keyword in args.names {
        let found = signature
            .params
            .iter()
            .position(|param| param.name == *keyword || param.aliases.contains(&keyword.text()));
        match found {
            None => return format!("{name}() got an unexpected keyword argument '{keyword}'"),
            Some(at) if at < args.positional.len() => {
                return format!("{name}() got multiple values for argument '{keyword}'");
            }
            Some(_) => {}
        }
    }
    "invalid keyword arguments".to_string()
}

/// `max() received an invalid combination of arguments - got ...`
#[cold]
pub fn invalid_combination(vm: &mut Vm, signatures: &[Signature], args: CallArgs<'_>) -> Raised {
    let name = signatures.first().map_or("", |signature| signature.name.as_str());
    let listed: Vec<&Signature> = signatures.iter().filter(|signature| !signature.deprecated).collect();
    let mut text = format!("{name}() received an invalid combination of arguments - ");
    let keywords = keyword_order(args);
    if let [only] = listed.as_slice() {
        let unmatched = unmatched_keywords(only, args, &keywords);
        if !unmatched.is_empty() {
            text += &format!("got unrecognized keyword arguments: {}", unmatched.join(", "));
        } else {
            let got = if counts_match(only, args) {
                compared(vm, only, args)
            } else {
                described(vm, args, &keywords)
            };
            text += &format!("got {got}, but expected {}", only.text);
        }
        return vm.type_error(text);
    }
    text += &format!("got {}, but expected one of:\n", described(vm, args, &keywords));
    for signature in listed {
        text += &format!(" * {}\n", signature.text);
        if counts_match(signature, args) {
            let unmatched = unmatched_keywords(signature, args, &keywords);
            if unmatched.is_empty() {
                let shown = compared(vm, signature, args);
                text += &format!("      didn't match because some of the arguments have invalid types: {shown}\n");
            } else {
                text += &format!(
                    "      didn't match because some of the keywords were incorrect: {}\n",
                    unmatched.join(", ")
                );
            }
        }
    }
    vm.type_error(text)
}

/// The words of a signature's text between commas: PyTorch reads its candidates back from their text, where `*` and
/// an empty list count as a parameter, and a parameter with a default has `None` as its name.
fn words(signature: &Signature) -> Vec<(&str, &str)> {
    let inside = signature.text.trim_start_matches('(').trim_end_matches(')');
    inside
        .split(", ")
        .map(|word| word.rsplit_once(' ').map_or((word, word), |(kind, name)| (kind, name)))
        .collect()
}

fn counts_match(signature: &Signature, args: CallArgs<'_>) -> bool {
    words(signature).len() == args.positional.len() + args.names.len()
}

fn unmatched_keywords<'a>(signature: &Signature, args: CallArgs<'a>, order: &[usize]) -> Vec<&'a str> {
    let words = words(signature);
    let start = words.len().saturating_sub(args.names.len());
    order
        .iter()
        .filter_map(|&at| args.names.get(at).map(|name| name.text()))
        .filter(|name| !words.iter().skip(start).any(|word| word.1 == *name))
        .collect()
}

/// `(Tensor, dim=str)`; keywords alone keep their comma, as in PyTorch.
fn described(vm: &mut Vm, args: CallArgs<'_>, order: &[usize]) -> String {
    let mut parts: Vec<String> = args
        .positional
        .iter()
        .map(|value| vm.type_name(value).to_string())
        .collect();
    for &at in order {
        if let (Some(name), Some(value)) = (args.names.get(at), args.keywords.get(at)) {
            parts.push(format!("{name}={}", vm.type_name(value)));
        }
    }
    let comma = if args.positional.is_empty() && !parts.is_empty() {
        ", "
    } else {
        ""
    };
    format!("({}{comma})", parts.join(", "))
}

/// As `described`, types that don't fit between exclamation marks.
fn compared(vm: &mut Vm, signature: &Signature, args: CallArgs<'_>) -> String {
    let words = words(signature);
    let mut parts = Vec::new();
    for at in 0..args.positional.len() + args.names.len() {
        let (kind, name) = words.get(at).copied().unwrap_or(("", ""));
        let value = match args.positional.get(at) {
            Some(value) => Some(value),
            None => args
                .names
                .iter()
                .position(|given| given.text() == name)
                .and_then(|at| args.keywords.get(at)),
        };
        let Some(value) = value else { continue };
        let shown = type_text(vm, value);
        let plain = vm.type_name(value);
        let fits = match kind {
            "float" => matches!(&*plain, "float" | "int" | "long"),
            "int" => matches!(&*plain, "int" | "long"),
            kind => kind == &*plain,
        };
        let prefix = if at >= args.positional.len() {
            format!("{name}=")
        } else {
            String::new()
        };
        parts.push(if fits {
            format!("{prefix}{shown}")
        } else {
            format!("!{prefix}{shown}!")
        });
    }
    let comma = if args.positional.is_empty() && !parts.is_empty() {
        ", "
    } else {
        ""
    };
    format!("({}{comma})", parts.join(", "))
}

/// `list of [int, int]`, `tuple of (int,)`; the plain name of other types.
fn type_text(vm: &mut Vm, value: &Value) -> String {
    let name = vm.type_name(value).to_string();
    let items = match value.obj() {
        Some(Object::List(list)) => list.snapshot(),
        Some(Object::Tuple(items)) => items.to_vec(),
        _ => return name,
    };
    let mut kinds: Vec<String> = items.iter().map(|item| vm.type_name(item).to_string()).collect();
    if name == "tuple" {
        if kinds.len() == 1 {
            kinds.push(String::new());
        }
        return format!("tuple of ({})", kinds.join(", ").trim_end_matches(' '));
    }
    format!("list of [{}]", kinds.join(", "))
}

/// The places of the keywords in the order in which C++'s hash map of them is walked: it shows in messages.
fn keyword_order(args: CallArgs<'_>) -> Vec<usize> {
    const BUCKETS: u64 = 13;
    let mut walk: Vec<(u64, usize)> = Vec::new();
    for (at, name) in args.names.iter().enumerate() {
        let bucket = murmur(name.text().as_bytes()) % BUCKETS;
        let place = walk.iter().position(|entry| entry.0 == bucket).unwrap_or(0);
        walk.insert(place, (bucket, at));
    }
    walk.into_iter().map(|entry| entry.1).collect()
}

/// libstdc++'s hash of a string: 64-bit MurmurHash2 with its seed.
fn murmur(bytes: &[u8]) -> u64 {
    const MULTIPLIER: u64 = 0xc6a4_a793_5bd1_e995;
    const SEED: u64 = 0xc70f_6907;
    let mut hash = SEED ^ (bytes.len() as u64).wrapping_mul(MULTIPLIER);
    let mix = |word: u64| {
        let word = word.wrapping_mul(MULTIPLIER);
        (word ^ (word >> 47)).wrapping_mul(MULTIPLIER)
    };
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let word = chunk
            .iter()
            .rev()
            .fold(0u64, |word, byte| (word << 8) | u64::from(*byte));
        hash = (hash ^ mix(word)).wrapping_mul(MULTIPLIER);
    }
    let rest = chunks.remainder();
    if !rest.is_empty() {
        let word = rest
            .iter()
            .rev()
            .fold(0u64, |word, byte| (word << 8) | u64::from(*byte));
        hash = (hash ^ word).wrapping_mul(MULTIPLIER);
    }
    hash = (hash ^ (hash >> 47)).wrapping_mul(MULTIPLIER);
    hash ^ (hash >> 47)
}

/// The warning for a deprecated candidate, once.
#[cold]
pub fn warn_deprecated(vm: &mut Vm, used: &Signature, all: &[Signature]) -> R<()> {
    let mut text = format!(
        "This overload of {} is deprecated:\n\t{}{}",
        used.name, used.name, used.text
    );
    let others: Vec<&Signature> = all.iter().filter(|signature| !signature.deprecated).collect();
    if !others.is_empty() {
        text += "\nConsider using one of the following signatures instead:";
        for other in others {
            text += &format!("\n\t{}{}", other.name, other.text);
        }
    }
    crate::torch::warning::warn_once(vm, &text)
}

/// True for a value that a keyword of this name was given.
pub fn is_given(args: CallArgs<'_>, signature: &Signature, at: usize) -> bool {
    at < args.positional.len()
        || signature
            .params
            .get(at)
            .is_some_and(|param| keyword(args, param).is_some())
}

/// The kind of a parameter, for callers that convert by themselves.
pub fn kind_of(signature: &Signature, at: usize) -> Option<Kind> {
    signature.params.get(at).map(|param| param.kind)
}
