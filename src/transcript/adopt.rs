//! `--adopt`: sessions whose random values were never seeded.
//!
//! The document is run once to see which printed tensors show which draws, unchanged (the
//! engine tells by storage and version, so it does not matter through which name or view a
//! tensor is printed, nor how much later). A common seed that gives the recorded numbers is
//! taken; otherwise the draws take the printed numbers at the statement that draws them.
//!
//! Printed numbers are rounded, and so is what follows from them. How far is measured, not
//! guessed: the run is repeated with the adopted numbers moved to the ends of their rounding
//! intervals at random, which gives for every printed number downstream the length of its
//! gradient against the rounding, whatever was computed. A recorded number within four such
//! lengths (and its own rounding) is `equal within rounding`; a number that nothing adopted
//! flows into must be equal char for char.

use super::compare::{self, Judgement, Ran, Verdict, printed};
use super::replay::{FileReport, Options, Outcomes, Runner, run, setup};
use super::{Document, Example};
use crate::session::{Adoption, Observed, OpenError, Setup};
use std::collections::BTreeMap;

/// Seeds that people use, tried first.
const SEEDS: [u64; 13] = [0, 1, 42, 123, 1234, 2020, 2021, 2022, 2023, 2024, 2025, 2026, 2];
/// The seed of values that no transcript shows, and another one to see what depends on them.
const HIDDEN: [u64; 2] = [1_000_003, 2_000_003];
/// How far beyond their rounding the adopted numbers are moved to measure what depends on them,
/// so that the effect stands out from the rounding of what is printed.
const STRETCH: f64 = 32.0;
const MEASUREMENTS: u64 = 8;
/// Multiples of the measured length that are still rounding.
const LENGTHS: f64 = 4.0;

/// What the draws of one block take.
#[derive(Clone, Debug, Default)]
pub struct BlockPlan {
    /// A seed that draws the recorded numbers: nothing is adopted then.
    pub seed: Option<u64>,
    /// Number and half a unit of its last digit, by draw and storage position.
    elements: BTreeMap<(usize, i64), (f64, f64)>,
}

impl BlockPlan {
    /// The adoptions, each number moved by `scale` halves of its last digit up or down.
    fn adoptions(&self, scale: f64, signs: &mut Signs) -> Vec<Adoption> {
        let moved = |(&(draw, element), &(value, half)): (&(usize, i64), &(f64, f64))| {
            let value = if scale == 0.0 {
                value
            } else {
                value + scale * half * signs.next()
            };
            Adoption { draw, element, value }
        };
        self.elements.iter().map(moved).collect()
    }

    fn draws(&self) -> usize {
        let mut draws: Vec<usize> = self.elements.keys().map(|(draw, _)| *draw).collect();
        draws.dedup();
        draws.len()
    }
}

/// +1 or -1 in an order that is the same every time.
struct Signs(u64);

impl Signs {
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        if self.0.count_ones() & 1 == 0 { 1.0 } else { -1.0 }
    }
}

/// One run: for each example what it produced (None if it did not run) and what was observed.
type Run = Vec<(Option<Ran>, Observed)>;

/// A document with the means to run it.
struct Trial<'a> {
    document: &'a Document,
    runner: &'a mut Runner,
    options: &'a Options,
}

impl Trial<'_> {
    fn run(&mut self, setup_of: &dyn Fn(usize) -> Setup) -> Result<Run, OpenError> {
        let mut seen = Vec::new();
        run(
            self.document,
            self.runner,
            setup_of,
            &self.options.rules,
            &mut |_| true,
            &mut |_, ran, runner| {
                seen.push((ran, runner.engine().observed()));
            },
        )?;
        Ok(seen)
    }

    fn base(&self, seed: u64) -> Setup {
        Setup {
            seed: Some(seed),
            observe: true,
            ..setup(self.document, self.options)
        }
    }

    /// A run with the plan; numbers moved by `scale`, values never shown drawn from `seed`.
    fn adopted(&mut self, plan: &[BlockPlan], scale: f64, turn: u64, seed: u64) -> Result<Run, OpenError> {
        let base = self.base(seed);
        let setup_of = |block: usize| {
            let mut signs = Signs(0x9e37_79b9_7f4a_7c15 ^ (turn + 1).wrapping_mul(0x2545_f491_4f6c_dd1d));
            let plan = plan.get(block).cloned().unwrap_or_default();
            Setup {
                seed: plan.seed.or(base.seed),
                adoptions: plan.adoptions(scale, &mut signs),
                ..base.clone()
            }
        };
        self.run(&setup_of)
    }

    /// Looks for what the draws of each block show.
    fn plan(&mut self) -> Result<(Vec<BlockPlan>, Run), OpenError> {
        let base = self.base(HIDDEN[0]);
        let mut seen = self.run(&|_| base.clone())?;
        let mut plan = vec![BlockPlan::default(); self.document.blocks.len()];
        learn(self.document, &seen, &mut plan);
        if plan.iter().all(|block| block.elements.is_empty()) {
            return Ok((plan, seen));
        }
        if self.options.seed.is_none() {
            for seed in SEEDS {
                let base = self.base(seed);
                let trial = self.run(&|_| base.clone())?;
                note_seed(self.document, &trial, seed, &mut plan);
                if plan
                    .iter()
                    .all(|block| block.seed.is_some() || block.elements.is_empty())
                {
                    break;
                }
            }
        }
        // adopted numbers may lead where the first run did not get: look again
        for _ in 0..3 {
            let before: usize = plan.iter().map(|block| block.elements.len()).sum();
            seen = self.adopted(&plan, 0.0, 0, HIDDEN[0])?;
            learn(self.document, &seen, &mut plan);
            if plan.iter().map(|block| block.elements.len()).sum::<usize>() == before {
                break;
            }
        }
        Ok((plan, seen))
    }
}

/// Each printed tensor that shows a draw, with the recorded tensor in its place:
/// `f(block, draw, [(element, recorded number, half a unit of its last digit, index among the shown)])`.
fn shown(document: &Document, seen: &Run, mut f: impl FnMut(usize, usize, &Example, &[(i64, f64, f64)])) {
    let mut runs = seen.iter();
    for (number, block) in document.blocks.iter().enumerate() {
        let mut seeded: Vec<bool> = Vec::new();
        for example in &block.examples {
            let Some((_, observed)) = runs.next() else { return };
            seeded.extend(observed.draws.iter().map(|draw| draw.seeded));
            if observed.printed.iter().all(|one| one.origin.is_none()) {
                continue;
            }
            let recorded = document.expected(example);
            let mut forms = compare::dialect::forms(&recorded, false)
                .into_iter()
                .map(|form| form.text);
            // an older form that shows as many numbers as a tensor of today has
            let fits = |text: &str| {
                let tensors = printed::tensors(text);
                let printed = &observed.printed;
                (tensors.len() == printed.len()).then_some(tensors)
            };
            let Some(recorded) = fits(&recorded).or_else(|| forms.find_map(|text| fits(&text))) else {
                continue;
            };
            for (recorded, printed) in recorded.iter().zip(&observed.printed) {
                let Some(origin) = &printed.origin else { continue };
                let Some(positions) = recorded.positions(&printed.shape) else {
                    continue;
                };
                if seeded.get(origin.draw) != Some(&false) {
                    continue;
                }
                let element = |index: &Vec<i64>| {
                    origin.offset
                        + index
                            .iter()
                            .zip(&origin.strides)
                            .map(|(at, stride)| at * stride)
                            .sum::<i64>()
                };
                let elements = positions.iter().zip(&recorded.elements);
                let elements: Vec<_> = elements
                    .map(|(index, (_, value, half))| (element(index), *value, *half))
                    .collect();
                f(number, origin.draw, example, &elements);
            }
        }
    }
}

/// Adds to the plan what a run shows; what is known stays.
fn learn(document: &Document, seen: &Run, plan: &mut [BlockPlan]) {
    shown(document, seen, |block, draw, _, elements| {
        if let Some(block) = plan.get_mut(block).filter(|block| block.seed.is_none()) {
            for (element, value, half) in elements {
                block.elements.entry((draw, *element)).or_insert((*value, *half));
            }
        }
    });
}

/// Notes the seed for the blocks in which the run printed the recorded numbers of all shown draws.
fn note_seed(document: &Document, trial: &Run, seed: u64, plan: &mut [BlockPlan]) {
    let mut verdicts: Vec<(usize, bool)> = vec![(0, true); plan.len()];
    let ran = document.examples().zip(trial);
    let texts: BTreeMap<usize, &Ran> = ran
        .filter_map(|(one, (ran, _))| Some((one.line, ran.as_ref()?)))
        .collect();
    shown(document, trial, |block, _, example, elements| {
        let Some((numbers, agree)) = verdicts.get_mut(block) else {
            return;
        };
        *numbers += elements.len();
        let same = |ran: &&Ran| compare::same_session_text(&document.expected(example), &ran.text(false));
        *agree &= texts.get(&example.line).is_some_and(same);
    });
    for (plan, (numbers, agree)) in plan.iter_mut().zip(verdicts) {
        // two numbers alone may agree by chance where they are small integers
        if agree && numbers > 2 && plan.seed.is_none() {
            plan.seed = Some(seed);
            plan.elements.clear();
        }
    }
}

/// The plan alone: for writing a document again.
pub fn plan(document: &Document, runner: &mut Runner, options: &Options) -> Result<Vec<BlockPlan>, OpenError> {
    Ok(Trial {
        document,
        runner,
        options,
    }
    .plan()?
    .0)
}

/// The set-up of a block under its plan.
pub fn setup_with(plan: &BlockPlan, base: &Setup) -> Setup {
    Setup {
        seed: plan.seed.or(base.seed).or(Some(HIDDEN[0])),
        adoptions: plan.adoptions(0.0, &mut Signs(1)),
        observe: true,
        ..base.clone()
    }
}

/// Replays a document with adopted random values.
pub fn replay(document: &Document, runner: &mut Runner, options: &Options) -> Result<FileReport, OpenError> {
    let mut trial = Trial {
        document,
        runner,
        options,
    };
    let (plan, seen) = trial.plan()?;
    let examples: Vec<&Example> = document.examples().collect();
    let mut judgements: Vec<Judgement> = examples
        .iter()
        .zip(&seen)
        .map(|(example, (ran, _))| match ran {
            Some(ran) => compare::judge(document, example, ran, &options.rules),
            None => Judgement::because(Verdict::Skipped, "not run"),
        })
        .collect();
    for ((example, (ran, _)), judgement) in examples.iter().zip(&seen).zip(&mut judgements) {
        if let (Some(ran), Verdict::Different) = (ran, judgement.verdict)
            && let Some(better) = published(document, example, ran)
        {
            *judgement = better;
        }
    }
    let open = |judgements: &[Judgement]| judgements.iter().any(|one| one.verdict == Verdict::Different);
    let adopts = plan.iter().any(|block| !block.elements.is_empty());
    if adopts && open(&judgements) {
        let mut near = Vec::new();
        for turn in 0..3 {
            near.push(trial.adopted(&plan, 1.0, turn, HIDDEN[0])?);
        }
        let mut far = Vec::new();
        for turn in 0..MEASUREMENTS {
            far.push(trial.adopted(&plan, STRETCH, 10 + turn, HIDDEN[0])?);
        }
        for (at, example) in examples.iter().enumerate() {
            if judgements[at].verdict != Verdict::Different {
                continue;
            }
            let of = |runs: &[Run]| {
                runs.iter()
                    .map(|run| run.get(at).and_then(|(ran, _)| ran.clone()))
                    .collect::<Vec<_>>()
            };
            if let Some(ran) = seen.get(at).and_then(|(ran, _)| ran.as_ref())
                && let Some(judgement) = rounded(document, example, ran, &of(&near), &of(&far))
            {
                judgements[at] = judgement;
            }
        }
    }
    let drew = seen
        .iter()
        .any(|(_, observed)| observed.draws.iter().any(|draw| !draw.seeded));
    if drew && open(&judgements) {
        let other = trial.adopted(&plan, 0.0, 0, HIDDEN[1])?;
        for (at, example) in examples.iter().enumerate() {
            let (Some((Some(ran), _)), Some((Some(again), _))) = (seen.get(at), other.get(at)) else {
                continue;
            };
            if judgements[at].verdict == Verdict::Different && hidden(document, example, ran, again) {
                judgements[at] = Judgement::because(
                    Verdict::Unchecked,
                    "depends on random values that the transcript never shows",
                );
            }
        }
    }
    let mut outcomes = Outcomes::new(document, options);
    for ((example, (ran, _)), judgement) in examples.iter().zip(&seen).zip(judgements) {
        outcomes.push(example, ran.as_ref(), judgement, 0.0);
    }
    outcomes.report.notes = notes(document, &plan);
    Ok(outcomes.report)
}

fn notes(document: &Document, plan: &[BlockPlan]) -> Vec<String> {
    let assumed = super::assumed::imports(document);
    let mut notes: Vec<String> = assumed
        .iter()
        .map(|one| format!("taken as done before: {one}"))
        .collect();
    for (block, plan) in document.blocks.iter().zip(plan) {
        let of = if block.name.is_empty() {
            String::new()
        } else {
            format!(" in {}", block.name)
        };
        match (plan.seed, plan.draws()) {
            (Some(seed), _) => notes.push(format!("the random values{of} are those of torch.manual_seed({seed})")),
            (None, 0) => {}
            (None, 1) => notes.push(format!("1 random tensor{of} takes its recorded numbers")),
            (None, count) => notes.push(format!("{count} random tensors{of} take their recorded numbers")),
        }
    }
    notes
}

/// What a published session may differ in without being wrong: the layout of numbers that are
/// equal in all digits it shows, a value that it leaves out.
fn published(document: &Document, example: &Example, ran: &Ran) -> Option<Judgement> {
    let full = document.expected(example);
    if full.trim().is_empty() && ran.answer.error.is_none() {
        return Some(Judgement::because(Verdict::Unchecked, "nothing is recorded"));
    }
    let text = ran.text(compare::mentions_warning(&full));
    let shorter = document.expected_without_remark(example);
    let same = |expected: &str| {
        compare::within(expected, &text, |_, want, got| {
            want.value == got.value || (want.half > got.half && (want.value - got.value).abs() <= want.half)
        })
    };
    let layout = [Some(full), shorter]
        .into_iter()
        .flatten()
        .any(|expected| same(&expected));
    let near = |want: &printed::Number<'_>, got: &printed::Number<'_>| {
        want.value == got.value || (want.half > got.half && (want.value - got.value).abs() <= want.half)
    };
    let forms = compare::dialect::forms(&document.expected(example), document.by_ipython(example));
    let older = forms.iter().find(|form| compare::dialect::agree(form, &text, near));
    let why = if layout {
        Some("only the layout of numbers differs")
    } else {
        older.map(|form| form.name)
    };
    Some(Judgement::because(Verdict::WithinRounding, why?))
}

/// The judgement of a difference that the rounding of adopted numbers explains, or None.
fn rounded(
    document: &Document,
    example: &Example,
    ran: &Ran,
    near: &[Option<Ran>],
    far: &[Option<Ran>],
) -> Option<Judgement> {
    let text = ran.text(false);
    let lengths = lengths(&text, far, STRETCH).or_else(|| lengths(&text, near, 1.0));
    let full = document.expected(example);
    let shorter = document.expected_without_remark(example);
    for expected in [Some(full), shorter].into_iter().flatten() {
        if let Some(lengths) = &lengths {
            let within = compare::within(&expected, &text, |place, want, got| {
                let length = lengths.get(place).copied().unwrap_or(0.0);
                let most = LENGTHS * length + want.half + got.half;
                length > 0.0 && (want.value - got.value).abs() <= most * (1.0 + 1e-9)
            });
            if within {
                return Some(Judgement::because(
                    Verdict::WithinRounding,
                    "within the rounding of the recorded numbers",
                ));
            }
        }
        // a comparison or a rounded text that tips within the rounding
        let tips = near
            .iter()
            .flatten()
            .any(|other| compare::same_session_text(&expected, &other.text(false)));
        if tips {
            return Some(Judgement::because(
                Verdict::WithinRounding,
                "a digit that was not recorded decides it",
            ));
        }
    }
    None
}

/// For each number in a printed text how far it moves when adopted numbers move by their rounding
/// (root mean square over the runs), or None when the runs print other things than numbers differently.
fn lengths(text: &str, runs: &[Option<Ran>], scale: f64) -> Option<Vec<f64>> {
    let normal = compare::normal(text);
    let base = printed::tokens(&normal);
    let numbers = |tokens: &[printed::Token<'_>]| {
        let number = |token: &printed::Token<'_>| {
            if let printed::Token::Number(n) = token {
                Some(n.value)
            } else {
                None
            }
        };
        tokens.iter().filter_map(number).collect::<Vec<f64>>()
    };
    let own = numbers(&base);
    let mut squares = vec![0.0; own.len()];
    let mut count = 0;
    for ran in runs.iter().flatten() {
        let text = compare::normal(&ran.text(false));
        let tokens = printed::tokens(&text);
        let alike = tokens.len() == base.len()
            && tokens.iter().zip(&base).all(|(one, other)| {
                matches!((one, other), (printed::Token::Number(_), printed::Token::Number(_))) || one.same_text(other)
            });
        if !alike {
            continue;
        }
        count += 1;
        for (sum, (value, own)) in squares.iter_mut().zip(numbers(&tokens).iter().zip(&own)) {
            *sum += ((value - own) / scale).powi(2);
        }
    }
    (count > 0).then(|| squares.into_iter().map(|sum| (sum / f64::from(count)).sqrt()).collect())
}

/// Whether only values that were never shown make the difference: the numbers change with the
/// seed, and everything else agrees.
fn hidden(document: &Document, example: &Example, ran: &Ran, again: &Ran) -> bool {
    let (text, other) = (ran.text(false), again.text(false));
    if compare::same_session_text(&text, &other) {
        return false;
    }
    let full = document.expected(example);
    let shorter = document.expected_without_remark(example);
    let mut expected = [Some(full), shorter].into_iter().flatten();
    expected.any(|expected| compare::within(&expected, &text, |_, _, _| true))
        || !compare::within(&text, &other, |_, _, _| true)
}
