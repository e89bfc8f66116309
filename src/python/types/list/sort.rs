//! Sorting with comparisons that may run Python code and raise: short runs by binary insertion, longer
//! ones merged, stable, as CPython orders even inconsistent answers of `<` for lists below 64 items.

use crate::python::class::Compare;
use crate::python::object::Object;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use std::cmp::Ordering;

/// What is ordered: the key, and the item that travels with it (Unset when the key is the item).
type Entry = (Value, Value);

/// Sorts `items`, by the answers of `key` unless it is None.
pub fn sorted(vm: &mut Vm, items: Vec<Value>, key: &Value, reverse: bool) -> R<Vec<Value>> {
    let keyed = !(key.is_none() || key.is_unset());
    let mut entries: Vec<Entry> = Vec::with_capacity(items.len());
    for item in items {
        if keyed {
            vm.step()?;
            entries.push((vm.call(key, std::slice::from_ref(&item))?, item));
        } else {
            entries.push((item, Value::Unset));
        }
    }
    if reverse {
        entries.reverse();
    }
    if !sort_plain(vm, &mut entries)? {
        sort_by_less(vm, &mut entries)?;
    }
    if reverse {
        entries.reverse();
    }
    Ok(entries
        .into_iter()
        .map(|(key, item)| if keyed { item } else { key })
        .collect())
}

/// Sorts keys that are all small integers, all floats without NaN, or all strings; whether it did.
fn sort_plain(vm: &mut Vm, entries: &mut Vec<Entry>) -> R<bool> {
    let plain_str = |value: &Value| match value {
        Value::Obj(object) => matches!(&**object, Object::Str(_)),
        _ => false,
    };
    if entries.iter().all(|(key, _)| matches!(key, Value::Int(_))) {
        let number = |entry: &Entry| if let Value::Int(i) = entry.0 { i } else { 0 };
        sort_known(vm, entries, |a, b| number(a).cmp(&number(b)))?;
        return Ok(true);
    }
    if entries
        .iter()
        .all(|(key, _)| matches!(key, Value::Float(bits) if !bits.get().is_nan()))
    {
        let number = |entry: &Entry| entry.0.as_float().unwrap_or(0.0);
        sort_known(vm, entries, |a, b| {
            number(a).partial_cmp(&number(b)).unwrap_or(Ordering::Equal)
        })?;
        return Ok(true);
    }
    if entries.iter().all(|(key, _)| plain_str(key)) {
        sort_known(vm, entries, |a, b| a.0.as_str().cmp(&b.0.as_str()))?;
        return Ok(true);
    }
    Ok(false)
}

/// Entries sorted at once, between two looks at the limits.
const AT_ONCE: usize = 1 << 16;

/// Sorts by an order that runs no Python code.
fn sort_known(vm: &mut Vm, entries: &mut Vec<Entry>, order: impl Fn(&Entry, &Entry) -> Ordering + Copy) -> R<()> {
    if entries.len() <= AT_ONCE {
        entries.sort_by(order);
        return Ok(());
    }
    let mut runs = Vec::new();
    let mut rest = std::mem::take(entries);
    while !rest.is_empty() {
        vm.poll()?;
        let mut run = rest.split_off(rest.len().saturating_sub(AT_ONCE));
        run.sort_by(order);
        runs.push(run);
    }
    runs.reverse();
    while runs.len() > 1 {
        let mut merged = Vec::with_capacity(runs.len().div_ceil(2));
        let mut pairs = runs.into_iter();
        while let Some(left) = pairs.next() {
            merged.push(match pairs.next() {
                Some(right) => merge(vm, left, right, |_, b, a| Ok(order(b, a) == Ordering::Less))?,
                None => left,
            });
        }
        runs = merged;
    }
    *entries = runs.pop().unwrap_or_default();
    Ok(())
}

fn less(vm: &mut Vm, a: &Entry, b: &Entry) -> R<bool> {
    let answer = vm.compare(Compare::Lt, &a.0, &b.0)?;
    vm.truth(&answer)
}

fn sort_by_less(vm: &mut Vm, entries: &mut Vec<Entry>) -> R<()> {
    if entries.len() < 2 {
        return Ok(());
    }
    if entries.len() < 64 {
        let run = count_run(vm, entries)?;
        return insert_sorted(vm, entries, run);
    }
    // bottom-up: runs of at least `shortest`, then merges of neighbours
    let shortest = minimum_run(entries.len());
    let mut runs: Vec<Vec<Entry>> = Vec::new();
    let mut rest = std::mem::take(entries);
    while !rest.is_empty() {
        let mut natural = count_run(vm, &mut rest)?;
        let length = natural.max(shortest).min(rest.len());
        let tail = rest.split_off(length);
        natural = natural.min(rest.len());
        insert_sorted(vm, &mut rest, natural)?;
        runs.push(std::mem::replace(&mut rest, tail));
        while let [.., a, b] = runs.as_slice() {
            if a.len() > b.len() {
                break;
            }
            merge_last(vm, &mut runs)?;
        }
    }
    while runs.len() > 1 {
        merge_last(vm, &mut runs)?;
    }
    *entries = runs.pop().unwrap_or_default();
    Ok(())
}

/// CPython's least run: between 32 and 64, so that the number of runs is near a power of two.
fn minimum_run(mut n: usize) -> usize {
    let mut odd = 0;
    while n >= 64 {
        odd |= n & 1;
        n >>= 1;
    }
    n + odd
}

/// Length of the run at the start; a strictly descending one is turned round.
fn count_run(vm: &mut Vm, entries: &mut [Entry]) -> R<usize> {
    let [first, second, ..] = &*entries else {
        return Ok(entries.len());
    };
    let descending = less(vm, second, first)?;
    let mut length = 2;
    while let (Some(before), Some(next)) = (entries.get(length - 1), entries.get(length)) {
        if less(vm, next, before)? != descending {
            break;
        }
        length += 1;
    }
    if descending {
        entries[..length].reverse();
    }
    Ok(length)
}

/// Sorts by binary insertion; the first `sorted` entries are in order.
fn insert_sorted(vm: &mut Vm, entries: &mut [Entry], sorted: usize) -> R<()> {
    for at in sorted.max(1)..entries.len() {
        let (mut low, mut high) = (0, at);
        while low < high {
            let middle = low + (high - low) / 2;
            if less(vm, &entries[at], &entries[middle])? {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        entries[low..=at].rotate_right(1);
    }
    Ok(())
}

fn merge_last(vm: &mut Vm, runs: &mut Vec<Vec<Entry>>) -> R<()> {
    if let (Some(right), Some(left)) = (runs.pop(), runs.pop()) {
        runs.push(merge(vm, left, right, less)?);
    }
    Ok(())
}

/// Two sorted runs as one; of equal entries the left comes first.
fn merge(
    vm: &mut Vm,
    left: Vec<Entry>,
    right: Vec<Entry>,
    less: impl Fn(&mut Vm, &Entry, &Entry) -> R<bool>,
) -> R<Vec<Entry>> {
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        vm.step()?;
        let from_right = less(vm, b, a)?;
        merged.extend(if from_right { right.next() } else { left.next() });
    }
    merged.extend(left);
    merged.extend(right);
    Ok(merged)
}
