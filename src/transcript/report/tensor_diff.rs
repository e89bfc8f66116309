//! Where two printed tensors differ, element by element.

use super::super::compare::{printed, tolerance};

/// One line about the largest difference between the tensors in two texts, or None when they
/// hold no tensors of one shape.
pub fn of(expected: &str, actual: &str) -> Option<String> {
    let (wanted, came) = (printed::tensors(expected), printed::tensors(actual));
    if wanted.is_empty() || wanted.len() != came.len() {
        return None;
    }
    let mut most: Option<(f64, Vec<i64>, f64, f64)> = None;
    let (mut different, mut all) = (0, 0);
    for (wanted, came) in wanted.iter().zip(&came) {
        if wanted.elements.len() != came.elements.len() {
            return None;
        }
        for ((index, want, _), (other, got, _)) in wanted.elements.iter().zip(&came.elements) {
            if index != other {
                return None;
            }
            all += 1;
            if want == got || (want.is_nan() && got.is_nan()) {
                continue;
            }
            different += 1;
            let off = (want - got).abs();
            let off = if off.is_nan() { f64::INFINITY } else { off };
            if most.as_ref().is_none_or(|(largest, ..)| off > *largest) {
                most = Some((off, index.clone(), *want, *got));
            }
        }
    }
    let (off, index, want, got) = most?;
    let relative = if want != 0.0 {
        format!(", relative {:.2e}", off / want.abs())
    } else {
        String::new()
    };
    let ulps = tolerance::ulps(want as f32, got as f32);
    let index: Vec<String> = index.iter().map(i64::to_string).collect();
    Some(format!(
        "{different} of {all} elements differ, most at [{}]: {want} recorded, {got} came (absolute {off:.2e}{relative}, {ulps} ulp)",
        index.join(", ")
    ))
}
