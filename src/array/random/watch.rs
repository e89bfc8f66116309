//! What a session drew at random and which arrays it printed, for whoever compares it with a
//! transcript: an unseeded draw can then take the numbers that the transcript shows.
//!
//! One watch a thread, off unless a session turns it on; the only cost otherwise is a flag.

use super::super::array::Array;
use super::super::copy;
use super::super::scalar::Scalar;
use super::Generator;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

/// A random array, right after it was filled. Draws count from 0 in the order of drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct Draw {
    pub shape: Vec<i64>,
    /// The session had set the seed itself: such values can be drawn again and are never adopted.
    pub seeded: bool,
}

/// An array whose value was printed.
#[derive(Clone, Debug, PartialEq)]
pub struct Printed {
    pub shape: Vec<i64>,
    /// The draw whose elements it shows unchanged, if so.
    pub origin: Option<Origin>,
}

/// Which elements of a draw a printed array shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    /// Number of the draw.
    pub draw: usize,
    /// Position of the printed array's first element, from the draw's first element on.
    pub offset: i64,
    /// Strides of the printed array, in elements.
    pub strides: Vec<i64>,
}

/// One element that a draw takes from elsewhere.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adoption {
    /// Number of the draw.
    pub draw: usize,
    /// Position of the element, from the draw's first element on.
    pub element: i64,
    pub value: f64,
}

/// Everything logged since the last look.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observed {
    pub draws: Vec<Draw>,
    pub printed: Vec<Printed>,
}

#[derive(Default)]
struct Watch {
    adoptions: HashMap<usize, Vec<(i64, f64)>>,
    /// Each draw as it is in memory, and a copy of what it was when drawn.
    drawn: Vec<Option<(Array, Array)>>,
    observed: Observed,
}

thread_local! {
    static ON: Cell<bool> = const { Cell::new(false) };
    static WATCH: RefCell<Watch> = RefCell::default();
}

/// Begins to log, with nothing drawn yet; draws take these numbers.
pub fn start(adoptions: &[Adoption]) {
    let mut watch = Watch::default();
    for adoption in adoptions {
        watch
            .adoptions
            .entry(adoption.draw)
            .or_default()
            .push((adoption.element, adoption.value));
    }
    WATCH.set(watch);
    ON.set(true);
}

/// Ends the log and forgets it.
pub fn stop() {
    if ON.replace(false) {
        WATCH.take();
    }
}

/// What was logged since the last look.
pub fn take() -> Observed {
    if !ON.get() {
        return Observed::default();
    }
    WATCH.with_borrow_mut(|watch| std::mem::take(&mut watch.observed))
}

/// To be called by every recipe right after it filled `target`.
#[inline]
pub(in crate::array) fn drawn(target: &Array, generator: &Generator) {
    if ON.get() {
        WATCH.with_borrow_mut(|watch| watch.drawn(target, generator.was_seeded()));
    }
}

/// To be called whenever an array's value is printed.
#[inline]
pub(in crate::array) fn printed(array: &Array) {
    if ON.get() {
        WATCH.with_borrow_mut(|watch| watch.printed(array));
    }
}

impl Watch {
    fn drawn(&mut self, target: &Array, seeded: bool) {
        let number = self.drawn.len();
        self.observed.draws.push(Draw {
            shape: target.sizes().to_vec(),
            seeded,
        });
        if !target.is_contiguous() {
            self.drawn.push(None);
            return;
        }
        for (element, value) in self.adoptions.remove(&number).unwrap_or_default() {
            if (0..target.numel() as i64).contains(&element) {
                let place = target.view(Default::default(), Default::default(), target.offset() + element);
                copy::fill_(&place, Scalar::Float(value)).ok();
            }
        }
        self.drawn
            .push(copy::clone(target).ok().map(|kept| (target.clone(), kept)));
    }

    fn printed(&mut self, array: &Array) {
        let known = self
            .drawn
            .iter()
            .enumerate()
            .rev()
            .filter_map(|(at, drawn)| Some((at, drawn.as_ref()?)));
        let origin = known
            .filter(|(_, (memory, _))| Rc::ptr_eq(memory.storage(), array.storage()))
            .find_map(|(draw, (memory, kept))| {
                let offset = array.offset() - memory.offset();
                shows(array, memory, kept, offset).then(|| Origin {
                    draw,
                    offset,
                    strides: array.strides().to_vec(),
                })
            });
        self.observed.printed.push(Printed {
            shape: array.sizes().to_vec(),
            origin,
        });
    }
}

/// Whether `array` lies within the draw and still holds what was drawn.
fn shows(array: &Array, memory: &Array, kept: &Array, offset: i64) -> bool {
    let last: i64 = array
        .sizes()
        .iter()
        .zip(array.strides())
        .map(|(size, stride)| (size - 1) * stride)
        .sum();
    let inside = offset >= 0 && last >= 0 && offset + last < memory.numel() as i64;
    if array.numel() == 0 || array.dtype() != memory.dtype() || !inside || array.strides().iter().any(|s| *s < 0) {
        return false;
    }
    let was = kept.view(array.sizes().into(), array.strides().into(), kept.offset() + offset);
    copy::elements(array) == copy::elements(&was)
}

#[cfg(test)]
mod tests {
    use super::super::super::dtype::Dtype;
    use super::super::uniform_;
    use super::*;

    #[test]
    fn draws_take_numbers_and_views_show_them() {
        let mut generator = Generator::default();
        start(&[Adoption {
            draw: 0,
            element: 1,
            value: 0.25,
        }]);
        let array = Array::zeros(&[2, 2], Dtype::Float32).unwrap();
        uniform_(&array, 0.0, 1.0, &mut generator).unwrap();
        assert_eq!(copy::elements(&array)[1], Scalar::Float(0.25));
        let row = array.view([2].as_slice().into(), [1].as_slice().into(), 2);
        printed(&row);
        copy::fill_(&array, Scalar::Float(0.0)).unwrap();
        printed(&row);
        let seen = take();
        assert_eq!(
            seen.draws,
            [Draw {
                shape: vec![2, 2],
                seeded: false
            }]
        );
        assert_eq!(
            seen.printed[0].origin,
            Some(Origin {
                draw: 0,
                offset: 2,
                strides: vec![1]
            })
        );
        assert_eq!(seen.printed[1].origin, None);
        stop();
        assert_eq!(take(), Observed::default());
    }
}
