//! Transcripts: examples found in text, run in an engine, compared, reported, updated.
//!
//! A [`Document`] keeps the text and byte ranges into it, so that an update rewrites only
//! recorded output, and memory stays linear in the size of the file.

pub mod adopt;
pub mod assumed;
pub mod compare;
pub mod directive;
pub mod export;
pub mod find;
pub mod render;
pub mod replay;
pub mod report;
pub mod review;
pub mod update;

use directive::Directives;
use std::borrow::Cow;
use std::ops::Range;

/// The grammar of `grammar/transcript.pest`.
pub(crate) mod grammar {
    #[derive(pest_derive::Parser)]
    #[grammar = "../grammar/transcript.pest"]
    pub struct Grammar;
}

/// How a document's text holds its examples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A recorded session, perhaps with prose around it: `.txt`, `.pycon` and all unknown names.
    Session,
    Markdown,
    Rst,
    /// The string literals of a Python file.
    Docstrings,
    /// A Jupyter notebook with stored outputs.
    Notebook,
}

impl Format {
    /// The format that a file's name tells.
    pub fn of(name: &str) -> Format {
        match name
            .rsplit_once('.')
            .map(|(_, extension)| extension.to_ascii_lowercase())
            .as_deref()
        {
            Some("md" | "markdown" | "mkd") => Format::Markdown,
            Some("rst") => Format::Rst,
            Some("py" | "pyi") => Format::Docstrings,
            Some("ipynb") => Format::Notebook,
            _ => Format::Session,
        }
    }

    /// Whether a folder's file of that name is looked into.
    pub fn is_known(name: &str) -> bool {
        let known = ["txt", "pycon", "md", "markdown", "mkd", "rst", "py", "pyi", "ipynb"];
        name.rsplit_once('.')
            .is_some_and(|(_, extension)| known.contains(&extension.to_ascii_lowercase().as_str()))
    }
}

/// A text with examples in it.
#[derive(Debug)]
pub struct Document {
    /// What reports call it: the path as given.
    pub name: String,
    pub text: String,
    pub format: Format,
    pub blocks: Vec<Block>,
    /// What could not be read as meant; the rest still runs.
    pub problems: Vec<Problem>,
    /// From a header line `# torch: 1.8`.
    pub torch: Option<(u32, u32)>,
    /// From a header line `# adopt`: its random values were never seeded.
    pub adopt: bool,
}

/// Examples that share a namespace.
#[derive(Debug, Default)]
pub struct Block {
    /// The function or class whose docstring it is; empty otherwise.
    pub name: String,
    pub examples: Vec<Example>,
}

/// One statement with its recorded output: byte ranges of whole lines in the document's text.
#[derive(Clone, Debug, Default)]
pub struct Example {
    /// Line of the prompt, from 1.
    pub line: usize,
    /// How many bytes stand before the prompt in each of its lines.
    pub margin: usize,
    /// The lines with prompts.
    pub source: Range<usize>,
    /// The lines of recorded output, without blank lines at their end.
    pub output: Range<usize>,
    /// The end of `output` when the lines after it are a remark by the author, not output.
    pub without_remark: Option<usize>,
    /// Output runs to the next prompt, whatever blank lines it holds.
    pub whole: bool,
    pub directives: Directives,
    /// A notebook's cell: the source, without prompts, and the recorded output.
    pub cell: Option<Box<(String, String)>>,
}

/// Something in a document that cannot be read as meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// From 1.
    pub line: usize,
    pub message: String,
}

impl Document {
    /// The examples of all blocks.
    pub fn examples(&self) -> impl Iterator<Item = &Example> {
        self.blocks.iter().flat_map(|block| &block.examples)
    }

    /// The statement without prompts and margin, lines joined by `\n`.
    pub fn source(&self, example: &Example) -> String {
        if let Some(cell) = &example.cell {
            return cell.0.clone();
        }
        let lines = self.text.get(example.source.clone()).unwrap_or_default().lines();
        let stripped = lines.map(|line| {
            let line = line.get(example.margin..).unwrap_or_default();
            find::without_prompt(line)
        });
        stripped.collect::<Vec<_>>().join("\n")
    }

    /// Whether IPython ran the example: in a notebook, or behind `In [1]:`.
    pub fn by_ipython(&self, example: &Example) -> bool {
        let lines = || self.text.get(example.source.clone()).unwrap_or_default();
        example.cell.is_some()
            || lines()
                .get(example.margin..)
                .is_some_and(|line| line.starts_with("In ["))
    }

    /// The recorded output without margin, lines joined by `\n`, with no line end at the end.
    pub fn expected(&self, example: &Example) -> Cow<'_, str> {
        self.dedented(example, example.output.clone())
    }

    /// The recorded output without the author's remark under it, if there seems to be one.
    pub fn expected_without_remark(&self, example: &Example) -> Option<Cow<'_, str>> {
        let end = example.without_remark?;
        Some(self.dedented(example, example.output.start..end))
    }

    fn dedented(&self, example: &Example, range: Range<usize>) -> Cow<'_, str> {
        if let Some(cell) = &example.cell {
            return Cow::Owned(cell.1.clone());
        }
        let text = self.text.get(range).unwrap_or_default();
        let text = find::without_out_mark(
            text.get(example.margin..)
                .filter(|text| text.starts_with("Out["))
                .unwrap_or(text),
        );
        let text = text.strip_suffix('\n').unwrap_or(text);
        let text = text.strip_suffix('\r').unwrap_or(text);
        if example.margin == 0 && !text.contains('\r') {
            return Cow::Borrowed(text);
        }
        let cut = |line: &str| find::without_margin(line, example.margin).to_string();
        Cow::Owned(text.lines().map(cut).collect::<Vec<_>>().join("\n"))
    }
}
