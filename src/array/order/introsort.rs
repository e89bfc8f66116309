//! Unstable sorting and selection that leave equal elements where C++'s standard library (as GCC ships it) leaves them:
//! PyTorch's topk, mode and medians report the places of such elements.

/// A sort key and the place it came from.
pub(super) type Item = (u64, u32);

/// Ranges up to this length are left to insertion.
const SMALL: usize = 16;

fn less(a: Item, b: Item) -> bool {
    a.0 < b.0
}

fn depth_limit(n: usize) -> u32 {
    2 * n.checked_ilog2().unwrap_or(0)
}

/// Sorts by key.
pub(super) fn sort(v: &mut [Item]) {
    // Right-hand parts wait on a stack; each keeps the depth it may still go.
    let mut waiting = vec![(0, v.len(), depth_limit(v.len()))];
    while let Some((first, mut last, mut depth)) = waiting.pop() {
        while last - first > SMALL {
            if depth == 0 {
                partial_sort(&mut v[first..last], last - first);
                break;
            }
            depth -= 1;
            let cut = partition(v, first, last);
            waiting.push((cut, last, depth));
            last = cut;
        }
    }
    let head = v.len().min(SMALL);
    insertion_sort(&mut v[..head]);
    for i in head..v.len() {
        sink(v, i);
    }
}

/// Puts the element of rank `nth` in its place, smaller ones before it.
pub(super) fn nth_element(v: &mut [Item], nth: usize) {
    let (mut first, mut last, mut depth) = (0, v.len(), depth_limit(v.len()));
    if nth >= last {
        return;
    }
    while last - first > 3 {
        if depth == 0 {
            heap_select(&mut v[first..last], nth + 1 - first);
            v.swap(first, nth);
            return;
        }
        depth -= 1;
        let cut = partition(v, first, last);
        if cut <= nth {
            first = cut;
        } else {
            last = cut;
        }
    }
    insertion_sort(&mut v[first..last]);
}

/// Puts the `middle` smallest elements in order at the front.
pub(super) fn partial_sort(v: &mut [Item], middle: usize) {
    heap_select(v, middle);
    for last in (1..middle).rev() {
        let value = v[last];
        v[last] = v[0];
        sift(v, 0, last, value);
    }
}

/// Partitions `first..last` around the median of three; returns where the right part begins.
fn partition(v: &mut [Item], first: usize, last: usize) -> usize {
    let (a, b, c) = (first + 1, first + (last - first) / 2, last - 1);
    let median = if less(v[a], v[b]) {
        if less(v[b], v[c]) {
            b
        } else if less(v[a], v[c]) {
            c
        } else {
            a
        }
    } else if less(v[a], v[c]) {
        a
    } else if less(v[b], v[c]) {
        c
    } else {
        b
    };
    v.swap(first, median);
    let pivot = v[first];
    let (mut low, mut high) = (first + 1, last);
    loop {
        while less(v[low], pivot) {
            low += 1;
        }
        high -= 1;
        while less(pivot, v[high]) {
            high -= 1;
        }
        if low >= high {
            return low;
        }
        v.swap(low, high);
        low += 1;
    }
}

fn insertion_sort(v: &mut [Item]) {
    for i in 1..v.len() {
        if less(v[i], v[0]) {
            v[..=i].rotate_right(1);
        } else {
            sink(v, i);
        }
    }
}

/// Moves element `i` down to its place among sorted ones, of which one is not larger.
fn sink(v: &mut [Item], i: usize) {
    let value = v[i];
    let mut at = i;
    while at > 0 && less(value, v[at - 1]) {
        v[at] = v[at - 1];
        at -= 1;
    }
    v[at] = value;
}

/// A heap of the `middle` smallest elements at the front.
fn heap_select(v: &mut [Item], middle: usize) {
    if middle == 0 {
        return;
    }
    for parent in (0..middle / 2).rev() {
        let value = v[parent];
        sift(v, parent, middle, value);
    }
    for i in middle..v.len() {
        if less(v[i], v[0]) {
            let value = v[i];
            v[i] = v[0];
            sift(v, 0, middle, value);
        }
    }
}

/// Fills the hole of a heap of `length` elements with the larger children, then lets `value` rise from the bottom.
fn sift(v: &mut [Item], top: usize, length: usize, value: Item) {
    let mut hole = top;
    let mut child = top;
    while length > 0 && child < (length - 1) / 2 {
        child = 2 * (child + 1);
        if less(v[child], v[child - 1]) {
            child -= 1;
        }
        v[hole] = v[child];
        hole = child;
    }
    if length >= 2 && length.is_multiple_of(2) && child == (length - 2) / 2 {
        child = 2 * (child + 1);
        v[hole] = v[child - 1];
        hole = child - 1;
    }
    while hole > top {
        let parent = (hole - 1) / 2;
        if !less(v[parent], value) {
            break;
        }
        v[hole] = v[parent];
        hole = parent;
    }
    v[hole] = value;
}

/// PyTorch's own quick select, behind kthvalue: puts the element of rank `k` in its place.
pub(super) fn quick_select(v: &mut [Item], k: usize) {
    if v.is_empty() {
        return;
    }
    let greater = |a: Item, b: Item| a.0 > b.0;
    let (mut left, mut right) = (0usize, v.len() - 1);
    while left < right {
        if right == left + 1 {
            if greater(v[left], v[right]) {
                v.swap(left, right);
            }
            return;
        }
        v.swap(left + (right - left) / 2, left + 1);
        for (a, b) in [(left + 1, right), (left, right), (left + 1, left)] {
            if greater(v[a], v[b]) {
                v.swap(a, b);
            }
        }
        let pivot = v[left];
        let (mut i, mut j) = (left + 1, right);
        loop {
            i += 1;
            while greater(pivot, v[i]) {
                i += 1;
            }
            j -= 1;
            while greater(v[j], pivot) {
                j -= 1;
            }
            if j < i {
                break;
            }
            v.swap(i, j);
        }
        v.swap(left, j);
        if j <= k {
            left = i;
        }
        if j >= k {
            right = j.saturating_sub(1);
        }
    }
}
