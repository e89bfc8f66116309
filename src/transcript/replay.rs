//! Running a document's examples and judging what they print.

use super::compare::{self, Judgement, Mode, Ran, Rules, Verdict};
use super::directive::Flags;
use super::{Document, Example, Problem, adopt, find, render::Renderer};
use crate::session::{Engine, EngineChoice, Fed, Kept, Limits, OpenError, Setup, Stopped, Warnings};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Instant;

/// How a replay is done.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub rules: Rules,
    pub limits: Limits,
    /// Whose wording messages have; a document's header is asked where this is None.
    pub torch: Option<(u32, u32)>,
    pub seed: Option<u64>,
    /// Random tensors take the numbers that the transcript shows.
    pub adopt: bool,
    /// Stop a file after that many differences.
    pub max_differences: Option<usize>,
    /// Which examples are judged; all when empty.
    pub selection: Vec<Selector>,
    /// Outcomes that are equal need no texts: nobody will show them.
    pub brief: bool,
    /// A document written again keeps every output that is recorded, and gets those that are not.
    pub only_new: bool,
}

/// Chooses examples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// The example whose lines include this one, from `FILE:LINE`.
    Line(String, usize),
    /// `-k`: words that the place or the source must hold, with `and`, `or`, `not`.
    Words(String),
}

impl Selector {
    fn takes(&self, document: &Document, id: &str, example: &Example, source: &str) -> bool {
        match self {
            Selector::Line(name, line) => {
                let last = example.line + source.lines().count().max(1);
                document.name == *name && (example.line..last).contains(line)
            }
            Selector::Words(words) => words.split(" or ").any(|all| {
                all.split(" and ").all(|word| match word.trim().strip_prefix("not ") {
                    Some(word) => !(id.contains(word.trim()) || source.contains(word.trim())),
                    None => id.contains(word.trim()) || source.contains(word.trim()),
                })
            }),
        }
    }
}

/// What became of one example.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Line of the prompt, from 1.
    pub line: usize,
    /// `path::block#number`, numbers from 1 within the block.
    pub id: String,
    pub source: String,
    pub expected: String,
    pub actual: String,
    pub judgement: Judgement,
    /// Something worth saying though it is no difference.
    pub note: Option<String>,
    pub seconds: f64,
}

/// What became of one document.
#[derive(Clone, Debug, Default)]
pub struct FileReport {
    pub name: String,
    pub outcomes: Vec<Outcome>,
    pub problems: Vec<Problem>,
    /// What was found out about the whole file: a seed, adopted tensors.
    pub notes: Vec<String>,
    pub seconds: f64,
}

impl FileReport {
    /// How many outcomes have that verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.outcomes
            .iter()
            .filter(|outcome| outcome.judgement.verdict == verdict)
            .count()
    }
}

/// An engine together with the sink that keeps what it writes.
pub struct Runner {
    engine: Box<dyn Engine>,
    kept: Rc<RefCell<Kept>>,
}

impl Runner {
    pub fn open(choice: &EngineChoice) -> Result<Runner, OpenError> {
        let kept = Rc::new(RefCell::new(Kept::default()));
        Ok(Runner {
            engine: choice.open(&Setup::default(), kept.clone())?,
            kept,
        })
    }

    pub fn engine(&mut self) -> &mut dyn Engine {
        self.engine.as_mut()
    }

    pub fn reset(&mut self, setup: &Setup) -> Result<(), OpenError> {
        self.kept.borrow_mut().take();
        self.engine.reset(setup)
    }

    /// Runs one statement.
    pub fn statement(&mut self, source: &str) -> Ran {
        let blank = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
        if source.lines().all(blank) {
            return Ran::default();
        }
        let answer = match self.engine.feed(source, true) {
            Fed::Done(answer) => answer,
            Fed::Incomplete => Default::default(),
        };
        Ran {
            pieces: self.kept.borrow_mut().take(),
            answer,
        }
    }

    /// Runs a notebook's cell: all its statements, of which only the last one shows its value.
    pub fn cell(&mut self, source: &str) -> Ran {
        let source = find::notebook::without_magics(source);
        let (body, last) = find::notebook::last_expression(&source);
        if !body.trim().is_empty() {
            let answer = self.engine.run("<stdin>", body);
            if answer != Default::default() || last.is_empty() {
                return Ran {
                    pieces: self.kept.borrow_mut().take(),
                    answer,
                };
            }
        }
        self.statement(last)
    }
}

/// How a document's namespace is set up.
pub fn setup(document: &Document, options: &Options) -> Setup {
    let warnings = if shows_warnings(&document.name) {
        Warnings::Always
    } else if compare::mentions_warning(&document.text) {
        Warnings::Default
    } else {
        Warnings::Never
    };
    let prelude = if options.adopt || document.adopt {
        super::assumed::imports(document)
    } else {
        vec![]
    };
    Setup {
        prelude,
        seed: options.seed,
        torch: options.torch.or(document.torch),
        warnings,
        limits: options.limits,
        ..Setup::default()
    }
}

/// Whether a transcript of that name records warnings.
pub fn shows_warnings(name: &str) -> bool {
    name.rsplit(['/', '\\']).next().unwrap_or(name).contains(".warnings.")
}

/// Runs all examples of a document in order, block by block in fresh namespaces set up by `setup_of`. `before` is
/// asked before each whether to go on; `after` gets what it produced, None if it did not run.
pub fn run(
    document: &Document,
    runner: &mut Runner,
    setup_of: &dyn Fn(usize) -> Setup,
    rules: &Rules,
    before: &mut dyn FnMut(&Example) -> bool,
    after: &mut dyn FnMut(&Example, Option<Ran>, &mut Runner),
) -> Result<(), OpenError> {
    for (number, block) in document.blocks.iter().enumerate() {
        let setup = setup_of(number);
        runner.reset(&setup)?;
        for statement in &setup.prelude {
            runner.statement(statement);
        }
        let mut over = false;
        for example in &block.examples {
            let go_on = before(example);
            let skipped = example.directives.flags(rules.flags).has(Flags::SKIP);
            if over || skipped || !go_on {
                after(example, None, runner);
                continue;
            }
            let source = document.source(example);
            let ran = if example.cell.is_some() {
                runner.cell(&source)
            } else {
                runner.statement(&source)
            };
            over = ran.answer.exit.is_some();
            if ran.answer.stopped == Some(Stopped::Died) {
                // what stood before is lost, but the rest still runs where it can
                runner.reset(&setup)?;
            }
            after(example, Some(ran), runner);
        }
    }
    Ok(())
}

/// Runs the document and writes it again to `write`, statement by statement.
pub fn print(
    document: &Document,
    runner: &mut Runner,
    options: &Options,
    write: &mut dyn FnMut(&str) -> std::io::Result<()>,
) -> Result<(), PrintError> {
    let with_warnings = shows_warnings(&document.name);
    let renderer = RefCell::new(Renderer::new(document));
    let write = RefCell::new(write);
    let failed = RefCell::new(None);
    let put = |text: &str| {
        if failed.borrow().is_none()
            && let Err(error) = (*write.borrow_mut())(text)
        {
            *failed.borrow_mut() = Some(error);
        }
    };
    let notebook = document.format == super::Format::Notebook;
    let mut cells = Vec::new();
    let plan = if options.adopt || document.adopt {
        adopt::plan(document, runner, options)?
    } else {
        vec![]
    };
    let base = setup(document, options);
    run(
        document,
        runner,
        &|block| {
            plan.get(block)
                .map_or_else(|| base.clone(), |plan| adopt::setup_with(plan, &base))
        },
        &options.rules,
        &mut |example| {
            if !notebook {
                put(&renderer.borrow_mut().statement(example));
            }
            failed.borrow().is_none()
        },
        &mut |example, ran, _| {
            let recorded = match &example.cell {
                Some(cell) => !cell.1.is_empty(),
                None => !example.output.is_empty(),
            };
            let kept = options.only_new && recorded;
            if notebook {
                if let Some(ran) = ran.filter(|_| !kept) {
                    let error = ran.answer.error.as_deref().map(compare::doctest::own_lines);
                    let printed = Ran {
                        answer: Default::default(),
                        ..ran
                    };
                    cells.push((example.line, printed.text(false), error));
                }
                return;
            }
            match ran {
                Some(ran) if !kept => put(&renderer.borrow_mut().output(example, &ran.text(with_warnings))),
                _ => put(&renderer.borrow_mut().kept(example)),
            }
        },
    )?;
    if notebook {
        put(&find::notebook::updated(&document.text, &cells).map_err(PrintError::Document)?);
    } else {
        put(&renderer.borrow_mut().rest());
    }
    match failed.into_inner() {
        Some(error) => Err(PrintError::Write(error)),
        None => Ok(()),
    }
}

/// Why a document could not be written again.
#[derive(Debug)]
pub enum PrintError {
    Open(OpenError),
    Write(std::io::Error),
    Document(String),
}

impl From<OpenError> for PrintError {
    fn from(error: OpenError) -> PrintError {
        PrintError::Open(error)
    }
}

/// Runs a document and judges every example.
pub fn replay(document: &Document, runner: &mut Runner, options: &Options) -> Result<FileReport, OpenError> {
    let started = Instant::now();
    let mut report = if options.adopt || document.adopt {
        adopt::replay(document, runner, options)?
    } else {
        judged(document, runner, options, &setup(document, options))?
    };
    cascades(&mut report);
    if options.torch.is_none() && document.torch.is_none() && report.count(Verdict::Different) > 0 {
        older_wording(document, runner, options, &mut report)?;
    }
    report.problems = document.problems.clone();
    report.seconds = started.elapsed().as_secs_f64();
    Ok(report)
}

/// One plain run with its judgements.
pub fn judged(
    document: &Document,
    runner: &mut Runner,
    options: &Options,
    setup: &Setup,
) -> Result<FileReport, OpenError> {
    let mut outcomes = Outcomes::new(document, options);
    let differences = std::cell::Cell::new(0);
    let started = std::cell::Cell::new(Instant::now());
    run(
        document,
        runner,
        &|_| setup.clone(),
        &options.rules,
        &mut |_| {
            started.set(Instant::now());
            options.max_differences.is_none_or(|most| differences.get() < most)
        },
        &mut |example, ran, _| {
            let judgement = match &ran {
                Some(ran) => compare::judge(document, example, ran, &options.rules),
                None => Judgement::because(Verdict::Skipped, "not run"),
            };
            if outcomes.push(example, ran.as_ref(), judgement, started.get().elapsed().as_secs_f64()) {
                differences.set(differences.get() + 1);
            }
        },
    )?;
    Ok(outcomes.report)
}

/// Collects outcomes, leaving out what the selection leaves out.
pub struct Outcomes<'d> {
    document: &'d Document,
    options: &'d Options,
    ids: std::collections::HashMap<usize, String>,
    pub report: FileReport,
}

impl<'d> Outcomes<'d> {
    pub fn new(document: &'d Document, options: &'d Options) -> Outcomes<'d> {
        let mut ids = std::collections::HashMap::new();
        for block in &document.blocks {
            for (index, example) in block.examples.iter().enumerate() {
                let number = index + 1;
                ids.insert(example.line, format!("{}::{}#{number}", document.name, block.name));
            }
        }
        Outcomes {
            document,
            options,
            ids,
            report: FileReport {
                name: document.name.clone(),
                ..FileReport::default()
            },
        }
    }

    /// Notes an outcome; tells whether it is a difference that counts.
    pub fn push(&mut self, example: &Example, ran: Option<&Ran>, judgement: Judgement, seconds: f64) -> bool {
        let source = self.document.source(example);
        let id = self.ids.get(&example.line).cloned().unwrap_or_default();
        let selection = &self.options.selection;
        if !selection.is_empty()
            && !selection
                .iter()
                .any(|one| one.takes(self.document, &id, example, &source))
        {
            return false;
        }
        let different = judgement.verdict == Verdict::Different;
        if self.options.brief && judgement.verdict == Verdict::Equal {
            let (expected, actual) = Default::default();
            let line = example.line;
            let (source, id, note) = Default::default();
            self.report.outcomes.push(Outcome {
                line,
                id,
                source,
                expected,
                actual,
                judgement,
                note,
                seconds,
            });
            return false;
        }
        let expected = self.document.expected(example).into_owned();
        let with_warnings = shows_warnings(&self.document.name) || compare::mentions_warning(&expected);
        let actual = ran.map(|ran| ran.text(with_warnings)).unwrap_or_default();
        let actual = actual.trim_end_matches('\n').to_string();
        let line = example.line;
        self.report.outcomes.push(Outcome {
            line,
            id,
            source,
            expected,
            actual,
            judgement,
            note: None,
            seconds,
        });
        different
    }
}

/// A name that is missing because the statement that should have made it went wrong: say where.
fn cascades(report: &mut FileReport) {
    let mut failed: Vec<(usize, String)> = Vec::new();
    for outcome in &mut report.outcomes {
        if outcome.judgement.verdict != Verdict::Different {
            continue;
        }
        let missing = outcome
            .actual
            .rsplit_once("NameError: name '")
            .and_then(|(_, rest)| rest.split('\'').next());
        let cause = missing.and_then(|name| failed.iter().find(|(_, source)| mentions(source, name)));
        let root = cause.map_or(outcome.line, |(line, _)| *line);
        if cause.is_some() {
            outcome.judgement.cause = Some(format!("follows from line {root}"));
        }
        failed.push((root, outcome.source.clone()));
    }
}

/// Whether a source holds a name as a whole word.
fn mentions(source: &str, name: &str) -> bool {
    source
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .any(|word| word == name)
}

/// Differences that an older PyTorch's wording explains count as equal, and say so.
fn older_wording(
    document: &Document,
    runner: &mut Runner,
    options: &Options,
    report: &mut FileReport,
) -> Result<(), OpenError> {
    let raises = |outcome: &Outcome| {
        outcome.expected.contains(compare::TRACEBACK) && outcome.actual.contains(compare::TRACEBACK)
    };
    let open = |outcome: &Outcome| outcome.judgement.verdict == Verdict::Different && raises(outcome);
    if !report.outcomes.iter().any(open) {
        return Ok(());
    }
    let older = Setup {
        torch: Some((1, 8)),
        ..setup(document, options)
    };
    let again = judged(document, runner, options, &older)?;
    for (outcome, other) in report.outcomes.iter_mut().zip(again.outcomes) {
        if open(outcome) && other.judgement.verdict == Verdict::Equal {
            outcome.judgement = Judgement::equal();
            outcome.note = Some("the wording of PyTorch 1.8".into());
        }
    }
    Ok(())
}

/// The rules' mode asks doctest's strict reading of a document.
pub fn strict(mode: Mode) -> bool {
    mode == Mode::Doctest
}
