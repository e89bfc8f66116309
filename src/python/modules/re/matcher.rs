//! The matcher: tries the ways a pattern can match one after the other, on a stack of its own, so that neither long
//! texts nor nested patterns use up the machine's. It can be interrupted.

use super::charset::Alphabet;
use super::charset::Single;
use super::program::{Program, Step, below};
use super::tree::{Greed, Place};
use crate::python::value::R;

/// No position.
pub const NONE: usize = usize::MAX;

/// How many steps are taken between two looks at the interrupt flag.
const PATIENCE: u32 = 1 << 13;

/// A text by character positions.
pub trait Subject {
    /// The character at a position before the end.
    fn at(&self, index: usize) -> char;
}

impl Subject for [u8] {
    #[inline(always)]
    fn at(&self, index: usize) -> char {
        self.get(index).map_or('\0', |&byte| char::from(byte))
    }
}

impl Subject for [char] {
    #[inline(always)]
    fn at(&self, index: usize) -> char {
        self.get(index).copied().unwrap_or('\0')
    }
}

/// What a match must be.
#[derive(Clone, Copy)]
pub struct Demand {
    /// It ends where the text ends.
    pub whole: bool,
    /// It is not empty, at the position where the search begins.
    pub advance: bool,
}

/// Where a match was found: slots 0 and 1 are the whole match.
pub struct Found {
    pub slots: Vec<usize>,
    /// The group closed last, 0 for none.
    pub last_group: usize,
}

/// A choice to come back to, or a note of what to undo on the way back.
enum Back {
    Try {
        step: usize,
        at: usize,
    },
    /// A run that may give characters back down to `low`.
    Shrink {
        step: usize,
        low: usize,
        at: usize,
    },
    /// A run that may take more characters.
    Grow {
        step: usize,
        at: usize,
        left: u32,
    },
    /// Another round of a lazy loop.
    Again {
        step: usize,
        at: usize,
    },
    Slot {
        slot: usize,
        old: usize,
        last_group: usize,
    },
    Round {
        number: usize,
        old: Round,
    },
}

/// How often a loop has begun its body, and where it did last.
#[derive(Clone, Copy)]
struct Round {
    count: u32,
    began: usize,
}

pub struct Matcher<'a, S: Subject + ?Sized> {
    program: &'a Program,
    text: &'a S,
    /// Nothing is seen beyond.
    end: usize,
    slots: Vec<usize>,
    last_group: usize,
    rounds: Vec<Round>,
    /// For each fence: the height of the stack and the position where it began.
    fences: Vec<(usize, usize)>,
    stack: Vec<Back>,
    patience: u32,
    poll: &'a mut dyn FnMut() -> R<()>,
}

impl<'a, S: Subject + ?Sized> Matcher<'a, S> {
    pub fn new(program: &'a Program, text: &'a S, end: usize, poll: &'a mut dyn FnMut() -> R<()>) -> Self {
        Matcher {
            program,
            text,
            end,
            slots: vec![NONE; program.groups * 2],
            last_group: 0,
            rounds: vec![Round { count: 0, began: NONE }; program.loops],
            fences: vec![(0, 0); program.fences],
            stack: Vec::new(),
            patience: PATIENCE,
            poll,
        }
    }

    /// The first match that begins at `start` or, for a search, later.
    pub fn find(&mut self, start: usize, search: bool, demand: Demand) -> R<Option<Found>> {
        let mut at = start;
        let mut demand = demand;
        while at <= self.end {
            if search && let Some(first) = &self.program.first {
                while at < self.end && !first.holds(self.text.at(at)) {
                    at += 1;
                }
                if at >= self.end {
                    return Ok(None);
                }
                if at > start {
                    demand.advance = false;
                }
            }
            if let Some(end) = self.run(at, demand)? {
                let mut slots = std::mem::take(&mut self.slots);
                if let [first, last, ..] = slots.as_mut_slice() {
                    (*first, *last) = (at, end);
                }
                return Ok(Some(Found {
                    slots,
                    last_group: self.last_group,
                }));
            }
            if !search {
                break;
            }
            self.be_patient()?;
            demand.advance = false;
            at += 1;
        }
        Ok(None)
    }

    #[inline(always)]
    fn be_patient(&mut self) -> R<()> {
        self.patience -= 1;
        if self.patience == 0 {
            self.patience = PATIENCE;
            (self.poll)()?;
        }
        Ok(())
    }

    /// Matches at one position; the end of the match.
    fn run(&mut self, start: usize, demand: Demand) -> R<Option<usize>> {
        let program = self.program;
        let (mut step, mut at) = (0usize, start);
        loop {
            self.be_patient()?;
            let Some(current) = program.steps.get(step) else {
                return Ok(None);
            };
            let next = match current {
                Step::Char(c) => (at < self.end && self.text.at(at) == *c).then(|| (step + 1, at + 1)),
                Step::One(single) => (at < self.end && single.holds(self.text.at(at))).then(|| (step + 1, at + 1)),
                Step::Run { single, min, max, how } => self.take_run(step, at, single, (*min, *max), *how),
                Step::Jump(target) => Some((*target, at)),
                Step::Split { other } => {
                    self.stack.push(Back::Try { step: *other, at });
                    Some((step + 1, at))
                }
                Step::Save(slot) => {
                    self.save(*slot, at);
                    Some((step + 1, at))
                }
                Step::At(place, alphabet) => self.is_at(*place, *alphabet, at).then_some((step + 1, at)),
                Step::Reference { group, fold } => self.repeated(*group, *fold, at).map(|at| (step + 1, at)),
                Step::Enter(number) => {
                    self.set_round(*number, Round { count: 0, began: NONE });
                    Some((step + 1, at))
                }
                Step::Loop { .. } => self.next_round(step, current, at),
                Step::Fence(fence) => {
                    self.begin(*fence, at);
                    Some((step + 1, at))
                }
                Step::FenceEnd(fence) => {
                    self.commit(*fence);
                    Some((step + 1, at))
                }
                Step::Look { fence, back, negate } => {
                    self.begin(*fence, at);
                    match (at.checked_sub(*back), negate) {
                        (Some(from), None) => Some((step + 1, from)),
                        (Some(from), Some(other)) => {
                            self.stack.push(Back::Try { step: *other, at });
                            Some((step + 1, from))
                        }
                        (None, None) => None,
                        (None, Some(other)) => Some((*other, at)),
                    }
                }
                Step::LookEnd { fence, negate: false } => Some((step + 1, self.commit(*fence))),
                Step::LookEnd { fence, negate: true } => {
                    let (height, _) = self.fences.get(*fence).copied().unwrap_or_default();
                    self.undo(height);
                    None
                }
                Step::IfGroup { group, other } => {
                    Some((if self.span(*group).is_some() { step + 1 } else { *other }, at))
                }
                Step::Match => {
                    if !(demand.whole && at != self.end || demand.advance && at == start) {
                        self.stack.clear();
                        return Ok(Some(at));
                    }
                    None
                }
            };
            match next.or_else(|| self.back()) {
                Some(next) => (step, at) = next,
                None => return Ok(None),
            }
        }
    }

    fn span(&self, group: usize) -> Option<(usize, usize)> {
        match self.slots.get(group * 2..group * 2 + 2) {
            Some(&[start, end]) if start != NONE && end != NONE => Some((start, end)),
            _ => None,
        }
    }

    fn save(&mut self, slot: usize, at: usize) {
        if let Some(place) = self.slots.get_mut(slot) {
            self.stack.push(Back::Slot {
                slot,
                old: *place,
                last_group: self.last_group,
            });
            *place = at;
            if slot % 2 == 1 {
                self.last_group = slot / 2;
            }
        }
    }

    fn set_round(&mut self, number: usize, round: Round) {
        if let Some(place) = self.rounds.get_mut(number) {
            self.stack.push(Back::Round { number, old: *place });
            *place = round;
        }
    }

    fn begin(&mut self, fence: usize, at: usize) {
        if let Some(place) = self.fences.get_mut(fence) {
            *place = (self.stack.len(), at);
        }
    }

    /// Forgets the choices since the fence began, but not what is to be undone; its position.
    fn commit(&mut self, fence: usize) -> usize {
        let (height, at) = self.fences.get(fence).copied().unwrap_or_default();
        let mut kept = height;
        for index in height..self.stack.len() {
            if matches!(self.stack.get(index), Some(Back::Slot { .. } | Back::Round { .. })) {
                self.stack.swap(kept, index);
                kept += 1;
            }
        }
        self.stack.truncate(kept);
        at
    }

    /// Takes back everything since the stack had this height, the choices unseen.
    fn undo(&mut self, height: usize) {
        while self.stack.len() > height {
            match self.stack.pop() {
                Some(Back::Slot { slot, old, last_group }) => self.restore_slot(slot, old, last_group),
                Some(Back::Round { number, old }) => self.restore_round(number, old),
                _ => {}
            }
        }
    }

    fn restore_slot(&mut self, slot: usize, old: usize, last_group: usize) {
        if let Some(place) = self.slots.get_mut(slot) {
            *place = old;
        }
        self.last_group = last_group;
    }

    fn restore_round(&mut self, number: usize, old: Round) {
        if let Some(place) = self.rounds.get_mut(number) {
            *place = old;
        }
    }

    /// The last choice not yet tried.
    fn back(&mut self) -> Option<(usize, usize)> {
        loop {
            match self.stack.pop()? {
                Back::Slot { slot, old, last_group } => self.restore_slot(slot, old, last_group),
                Back::Round { number, old } => self.restore_round(number, old),
                Back::Try { step, at } => return Some((step, at)),
                Back::Shrink { step, low, at } => {
                    let mut at = at - 1;
                    if let Some(Step::Char(c)) = self.program.steps.get(step) {
                        // only where the next character fits
                        while at > low && (at >= self.end || self.text.at(at) != *c) {
                            at -= 1;
                        }
                    }
                    if at > low {
                        self.stack.push(Back::Shrink { step, low, at });
                    }
                    return Some((step, at));
                }
                Back::Grow { step, at, left } => {
                    let Some(Step::Run { single, .. }) = self.program.steps.get(step) else {
                        continue;
                    };
                    if left > 0 && at < self.end && single.holds(self.text.at(at)) {
                        let left = if left == u32::MAX { left } else { left - 1 };
                        self.stack.push(Back::Grow { step, at: at + 1, left });
                        return Some((step + 1, at + 1));
                    }
                }
                Back::Again { step, at } => {
                    if let Some(Step::Loop { number, .. }) = self.program.steps.get(step) {
                        let count = self.rounds.get(*number).map_or(0, |round| round.count);
                        self.set_round(
                            *number,
                            Round {
                                count: count.saturating_add(1),
                                began: at,
                            },
                        );
                        return Some((step + 1, at));
                    }
                }
            }
        }
    }

    fn take_run(
        &mut self,
        step: usize,
        at: usize,
        single: &Single,
        (min, max): (u32, u32),
        how: Greed,
    ) -> Option<(usize, usize)> {
        let wanted = if how == Greed::Lazy { min } else { max };
        let room = self.end - at;
        let most = at + (wanted as usize).min(room);
        let mut end = at;
        match single {
            Single::Any(true) => end = most,
            _ => {
                while end < most && single.holds(self.text.at(end)) {
                    end += 1;
                }
            }
        }
        let low = at + min as usize;
        if end < low {
            return None;
        }
        match how {
            Greed::Greedy if end > low => self.stack.push(Back::Shrink {
                step: step + 1,
                low,
                at: end,
            }),
            Greed::Lazy if max > min => self.stack.push(Back::Grow {
                step,
                at: end,
                left: if max == u32::MAX { max } else { max - min },
            }),
            _ => {}
        }
        Some((step + 1, end))
    }

    fn next_round(&mut self, step: usize, current: &Step, at: usize) -> Option<(usize, usize)> {
        let &Step::Loop {
            number,
            min,
            max,
            lazy,
            exit,
        } = current
        else {
            return None;
        };
        let round = self.rounds.get(number).copied()?;
        let next = Round {
            count: round.count.saturating_add(1),
            began: at,
        };
        if round.count < min {
            self.set_round(
                number,
                Round {
                    began: round.began,
                    ..next
                },
            );
            return Some((step + 1, at));
        }
        // a round that took nothing is the last one
        if !below(round.count, max) || round.began == at {
            return Some((exit, at));
        }
        if lazy {
            self.stack.push(Back::Again { step, at });
            return Some((exit, at));
        }
        self.set_round(number, next);
        self.stack.push(Back::Try { step: exit, at });
        Some((step + 1, at))
    }

    fn repeated(&self, group: usize, fold: Option<Alphabet>, at: usize) -> Option<usize> {
        let (start, end) = self.span(group)?;
        let length = end.checked_sub(start)?;
        if self.end - at < length {
            return None;
        }
        let same = (0..length).all(|i| {
            let (a, b) = (self.text.at(start + i), self.text.at(at + i));
            match fold {
                Some(alphabet) => alphabet.fold(a) == alphabet.fold(b),
                None => a == b,
            }
        });
        same.then_some(at + length)
    }

    fn is_at(&self, place: Place, alphabet: Alphabet, at: usize) -> bool {
        let word = |index: usize| super::charset::CategoryKind::Word.holds(self.text.at(index), alphabet);
        let boundary = || {
            let (before, after) = (at > 0 && word(at - 1), at < self.end && word(at));
            before != after
        };
        match place {
            Place::TextStart => at == 0,
            Place::LineStart => at == 0 || self.text.at(at - 1) == '\n',
            Place::TextEnd => at == self.end,
            Place::LineEnd => at == self.end || self.text.at(at) == '\n',
            Place::LastLineEnd => at == self.end || (at + 1 == self.end && self.text.at(at) == '\n'),
            Place::Boundary => self.end > 0 && boundary(),
            Place::NoBoundary => self.end > 0 && !boundary(),
        }
    }
}
