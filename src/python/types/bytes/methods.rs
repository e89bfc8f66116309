//! Splitting, stripping, padding, replacing and joining bytes.

use super::search::{last_position, position};
use super::text::is_blank;
use super::{like, required};
use crate::python::format::LONGEST;
use crate::python::types::{int, iterable_items};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;

fn pad(vm: &mut Vm, args: &[Value], name: &str, left_share: fn(usize, usize) -> usize) -> R<Value> {
    take!(args => this, width, fill);
    let bytes = required(vm, this)?;
    let width = vm.index(width)?.max(0) as usize;
    let fill = match super::bytes_like(fill) {
        _ if fill.is_unset() => b' ',
        Some(fill) if fill.len() == 1 => fill.first().copied().unwrap_or(b' '),
        _ => {
            let class = vm.type_name(fill);
            return Err(vm.type_error(format!(
                "{name}() argument 2 must be a byte string of length 1, not {class}"
            )));
        }
    };
    if width > LONGEST {
        return Err(vm.memory_error(""));
    }
    let missing = width.saturating_sub(bytes.len());
    let left = left_share(missing, width);
    let mut out = vec![fill; left];
    out.extend(bytes);
    out.extend(std::iter::repeat_n(fill, missing - left));
    Ok(like(this, out))
}

pub(super) fn ljust(vm: &mut Vm, args: &[Value]) -> R<Value> {
    pad(vm, args, "ljust", |_, _| 0)
}

pub(super) fn rjust(vm: &mut Vm, args: &[Value]) -> R<Value> {
    pad(vm, args, "rjust", |missing, _| missing)
}

pub(super) fn center(vm: &mut Vm, args: &[Value]) -> R<Value> {
    pad(vm, args, "center", |missing, width| missing / 2 + (missing & width & 1))
}

pub(super) fn zfill(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, width);
    let mut bytes = required(vm, this)?;
    let width = vm.index(width)?.max(0) as usize;
    if width > LONGEST {
        return Err(vm.memory_error(""));
    }
    let missing = width.saturating_sub(bytes.len());
    let at = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    bytes.splice(at..at, std::iter::repeat_n(b'0', missing));
    Ok(like(this, bytes))
}

fn stripped(vm: &mut Vm, args: &[Value], left: bool, right: bool) -> R<Value> {
    take!(args => this, set);
    let bytes = required(vm, this)?;
    let set = if set.is_unset() || set.is_none() {
        None
    } else {
        Some(required(vm, set)?)
    };
    let stays = |byte: &u8| !set.as_ref().map_or_else(|| is_blank(byte), |set| set.contains(byte));
    let start = if left {
        bytes.iter().position(stays).unwrap_or(bytes.len())
    } else {
        0
    };
    let stop = if right {
        bytes.iter().rposition(stays).map_or(start, |at| at + 1)
    } else {
        bytes.len()
    };
    Ok(like(this, bytes.get(start..stop.max(start)).unwrap_or(&[]).to_vec()))
}

pub(super) fn strip(vm: &mut Vm, args: &[Value]) -> R<Value> {
    stripped(vm, args, true, true)
}

pub(super) fn lstrip(vm: &mut Vm, args: &[Value]) -> R<Value> {
    stripped(vm, args, true, false)
}

pub(super) fn rstrip(vm: &mut Vm, args: &[Value]) -> R<Value> {
    stripped(vm, args, false, true)
}

/// Pieces between separators, at most `most` splits.
fn pieces(bytes: &[u8], separator: &[u8], most: usize, from_right: bool) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    let mut rest = bytes;
    while out.len() < most {
        let found = if from_right {
            last_position(rest, separator)
        } else {
            position(rest, separator)
        };
        let Some(at) = found else { break };
        let (before, after) = (&rest[..at], &rest[at + separator.len()..]);
        out.push(if from_right { after } else { before }.to_vec());
        rest = if from_right { before } else { after };
    }
    out.push(rest.to_vec());
    if from_right {
        out.reverse();
    }
    out
}

/// Words between blanks, at most `most` splits.
fn words(bytes: &[u8], most: usize, from_right: bool) -> Vec<Vec<u8>> {
    let mut reversed: Vec<u8> = bytes.to_vec();
    if from_right {
        reversed.reverse();
    }
    let trimmed = |bytes: &mut &[u8]| {
        let start = bytes.iter().position(|byte| !is_blank(byte)).unwrap_or(bytes.len());
        *bytes = &bytes[start..];
    };
    let mut rest = reversed.as_slice();
    let mut out = Vec::new();
    trimmed(&mut rest);
    while !rest.is_empty() {
        if out.len() >= most {
            let end = rest.iter().rposition(|byte| !is_blank(byte)).map_or(0, |at| at + 1);
            out.push(rest[..end].to_vec());
            break;
        }
        let end = rest.iter().position(is_blank).unwrap_or(rest.len());
        out.push(rest[..end].to_vec());
        rest = &rest[end..];
        trimmed(&mut rest);
    }
    if from_right {
        out.reverse();
        out.iter_mut().for_each(|word| word.reverse());
    }
    out
}

fn split_by(vm: &mut Vm, args: &[Value], from_right: bool) -> R<Value> {
    take!(args => this, separator, most);
    let bytes = required(vm, this)?;
    let most = if most.is_unset() {
        usize::MAX
    } else {
        usize::try_from(vm.index(most)?).unwrap_or(usize::MAX)
    };
    let parts = if separator.is_unset() || separator.is_none() {
        words(&bytes, most, from_right)
    } else {
        let separator = required(vm, separator)?;
        if separator.is_empty() {
            return Err(vm.value_error("empty separator"));
        }
        pieces(&bytes, &separator, most, from_right)
    };
    Ok(Value::list(parts.into_iter().map(|part| like(this, part)).collect()))
}

pub(super) fn split(vm: &mut Vm, args: &[Value]) -> R<Value> {
    split_by(vm, args, false)
}

pub(super) fn rsplit(vm: &mut Vm, args: &[Value]) -> R<Value> {
    split_by(vm, args, true)
}

pub(super) fn split_lines(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, keep_ends);
    let bytes = required(vm, this)?;
    let keep_ends = !keep_ends.is_unset() && int::as_c_bool(vm, keep_ends)?;
    let (mut out, mut rest) = (Vec::new(), bytes.as_slice());
    while !rest.is_empty() {
        let end = rest
            .iter()
            .position(|byte| matches!(byte, b'\n' | b'\r'))
            .unwrap_or(rest.len());
        let after = (end + if rest[end..].starts_with(b"\r\n") { 2 } else { 1 }).min(rest.len());
        out.push(like(this, rest[..if keep_ends { after } else { end }].to_vec()));
        rest = &rest[after..];
    }
    Ok(Value::list(out))
}

fn parts(vm: &mut Vm, args: &[Value], from_right: bool) -> R<Value> {
    take!(args => this, separator);
    let bytes = required(vm, this)?;
    let separator = required(vm, separator)?;
    if separator.is_empty() {
        return Err(vm.value_error("empty separator"));
    }
    let found = if from_right {
        last_position(&bytes, &separator)
    } else {
        position(&bytes, &separator)
    };
    let three = match found {
        Some(at) => [
            bytes[..at].to_vec(),
            separator.clone(),
            bytes[at + separator.len()..].to_vec(),
        ],
        None if from_right => [Vec::new(), Vec::new(), bytes],
        None => [bytes, Vec::new(), Vec::new()],
    };
    Ok(Value::tuple(three.map(|part| like(this, part))))
}

pub(super) fn partition(vm: &mut Vm, args: &[Value]) -> R<Value> {
    parts(vm, args, false)
}

pub(super) fn rpartition(vm: &mut Vm, args: &[Value]) -> R<Value> {
    parts(vm, args, true)
}

pub(super) fn remove_prefix(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, prefix);
    let (bytes, prefix) = (required(vm, this)?, required(vm, prefix)?);
    Ok(like(
        this,
        bytes.strip_prefix(prefix.as_slice()).unwrap_or(&bytes).to_vec(),
    ))
}

pub(super) fn remove_suffix(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, suffix);
    let (bytes, suffix) = (required(vm, this)?, required(vm, suffix)?);
    Ok(like(
        this,
        bytes.strip_suffix(suffix.as_slice()).unwrap_or(&bytes).to_vec(),
    ))
}

pub(super) fn replace(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, old, new, count);
    let (bytes, old, new) = (required(vm, this)?, required(vm, old)?, required(vm, new)?);
    let mut left = if count.is_unset() {
        usize::MAX
    } else {
        usize::try_from(vm.index(count)?).unwrap_or(usize::MAX)
    };
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at <= bytes.len() {
        if left > 0 && bytes[at..].starts_with(&old) {
            out.extend_from_slice(&new);
            left -= 1;
            at += old.len();
            if !old.is_empty() {
                continue;
            }
        }
        if out.len() > LONGEST {
            return Err(vm.memory_error(""));
        }
        out.extend(bytes.get(at));
        at += 1;
    }
    Ok(like(this, out))
}

pub(super) fn join(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, iterable);
    let separator = required(vm, this)?;
    let Some(items) = iterable_items(vm, iterable)? else {
        return Err(vm.type_error("can only join an iterable"));
    };
    let mut out = Vec::new();
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.extend_from_slice(&separator);
        }
        match super::bytes_like(item) {
            Some(bytes) => out.extend(bytes),
            None => {
                let class = vm.type_name(item);
                let message = format!("sequence item {at}: expected a bytes-like object, {class} found");
                return Err(vm.type_error(message));
            }
        }
    }
    Ok(like(this, out))
}

pub(super) fn translate(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this, table, delete);
    let bytes = required(vm, this)?;
    let table = if table.is_none() {
        None
    } else {
        Some(required(vm, table)?)
    };
    if table.as_ref().is_some_and(|table| table.len() != 256) {
        return Err(vm.value_error("translation table must be 256 characters long"));
    }
    let delete = if delete.is_unset() {
        Vec::new()
    } else {
        required(vm, delete)?
    };
    let kept = bytes.into_iter().filter(|byte| !delete.contains(byte));
    let map = |byte: u8| {
        table
            .as_ref()
            .and_then(|table| table.get(byte as usize).copied())
            .unwrap_or(byte)
    };
    Ok(like(this, kept.map(map).collect()))
}

pub(super) fn make_trans(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => from, to);
    let (from, to) = (required(vm, from)?, required(vm, to)?);
    if from.len() != to.len() {
        return Err(vm.value_error("maketrans arguments must have same length"));
    }
    let mut table: Vec<u8> = (0..=255).collect();
    for (a, b) in from.into_iter().zip(to) {
        table[a as usize] = b;
    }
    Ok(Value::bytes(table))
}
