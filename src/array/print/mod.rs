//! Arrays as text, by PyTorch's rules.

mod number;

use super::array::Array;
use super::copy;
use super::dtype::Dtype;
use super::error::Result;
use super::scalar::Scalar;
use smallvec::SmallVec;

pub use number::python_float;

/// `torch.set_printoptions`, a session's.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct PrintOptions {
    /// Digits after the point.
    pub precision: usize,
    /// More elements than this are summarised; may be infinite.
    pub threshold: f64,
    /// Elements shown at each end of a summarised dimension.
    pub edgeitems: usize,
    /// Characters a line; a line holds at least one element.
    pub linewidth: usize,
    /// Scientific notation always or never; None decides by the values.
    pub sci_mode: Option<bool>,
}

impl Default for PrintOptions {
    fn default() -> Self {
        PrintOptions {
            precision: 4,
            threshold: 1000.0,
            edgeitems: 3,
            linewidth: 80,
            sci_mode: None,
        }
    }
}

/// How the numbers of one array are written: the same width for all.
struct Formatter {
    floating: bool,
    int_mode: bool,
    sci_mode: bool,
    precision: usize,
    width: usize,
}

impl Formatter {
    /// Floats: whole numbers get a bare point, a wide range scientific notation.
    fn of_floats(values: impl Iterator<Item = f64> + Clone, options: &PrintOptions) -> Formatter {
        let mut formatter = Formatter {
            floating: true,
            int_mode: true,
            sci_mode: false,
            precision: options.precision,
            width: 1,
        };
        let finite = values.filter(|x| x.is_finite() && *x != 0.0);
        let (mut min, mut max, mut any) = (f64::INFINITY, 0.0f64, false);
        for x in finite.clone() {
            any = true;
            min = min.min(x.abs());
            max = max.max(x.abs());
            formatter.int_mode &= x == x.ceil();
        }
        if !any {
            return formatter;
        }
        formatter.sci_mode = options
            .sci_mode
            .unwrap_or(max / min > 1000.0 || max > 1.0e8 || min < 1.0e-4);
        let mut text = String::new();
        for x in finite {
            text.clear();
            if formatter.sci_mode {
                number::scientific(&mut text, x, options.precision);
            } else if formatter.int_mode {
                number::fixed(&mut text, x, 0);
                text.push('.');
            } else {
                number::fixed(&mut text, x, options.precision);
            }
            formatter.width = formatter.width.max(text.len());
        }
        formatter
    }

    fn of_others(values: impl Iterator<Item = usize>) -> Formatter {
        Formatter {
            floating: false,
            int_mode: false,
            sci_mode: false,
            precision: 0,
            width: values.max().unwrap_or(1).max(1),
        }
    }

    /// Appends `x`, right-aligned.
    fn float(&self, out: &mut String, x: f64) {
        let start = out.len();
        if self.sci_mode {
            number::scientific(out, x, self.precision);
        } else if self.int_mode {
            number::fixed(out, x, 0);
            if x.is_finite() {
                out.push('.');
            }
        } else {
            number::fixed(out, x, self.precision);
        }
        self.align(out, start);
    }

    fn align(&self, out: &mut String, start: usize) {
        let missing = self.width.saturating_sub(out.len() - start);
        if missing > 0 {
            const BLANKS: &str = "                                ";
            let mut left = missing;
            while left > 0 {
                let part = left.min(BLANKS.len());
                out.insert_str(start, &BLANKS[..part]);
                left -= part;
            }
        }
    }
}

/// The elements that are shown, in order.
enum Shown {
    Bools(Vec<bool>),
    Ints(Vec<i64>),
    Floats(Vec<f64>),
    Complex(Vec<(f64, f64)>),
}

struct Printer<'a> {
    options: &'a PrintOptions,
    /// Sizes of the whole array.
    sizes: &'a [i64],
    summarize: bool,
    shown: Shown,
    first: Formatter,
    second: Option<Formatter>,
    /// The next shown element.
    at: usize,
    out: String,
}

impl Printer<'_> {
    fn element(&mut self) {
        let at = self.at;
        self.at += 1;
        match &self.shown {
            Shown::Bools(values) => {
                let start = self.out.len();
                self.out.push_str(if values.get(at).copied().unwrap_or_default() {
                    "True"
                } else {
                    "False"
                });
                self.first.align(&mut self.out, start);
            }
            Shown::Ints(values) => {
                let start = self.out.len();
                number::integer(&mut self.out, values.get(at).copied().unwrap_or_default());
                self.first.align(&mut self.out, start);
            }
            Shown::Floats(values) => {
                let value = values.get(at).copied().unwrap_or_default();
                self.first.float(&mut self.out, value);
            }
            Shown::Complex(values) => {
                let (re, im) = values.get(at).copied().unwrap_or_default();
                self.first.float(&mut self.out, re);
                if let Some(second) = &self.second {
                    let mut text = String::new();
                    second.float(&mut text, im);
                    let text = text.trim_start();
                    if !text.starts_with(['+', '-']) {
                        self.out.push('+');
                    }
                    self.out.push_str(text);
                    self.out.push('j');
                }
            }
        }
    }

    fn vector(&mut self, indent: usize, size: usize) {
        let edge = self.options.edgeitems;
        let mut length = self.first.width + 2;
        if let Some(second) = &self.second {
            length += second.width + 1;
        }
        let per_line = (self.options.linewidth.saturating_sub(indent) / length).max(1);
        self.out.push('[');
        let folded = self.summarize && (edge == 0 || size > 2 * edge);
        let count = if !folded {
            size
        } else if edge == 0 {
            1
        } else {
            2 * edge + 1
        };
        for i in 0..count {
            if i > 0 {
                if i % per_line == 0 {
                    self.out.push_str(",\n");
                    self.blanks(indent + 1);
                } else {
                    self.out.push_str(", ");
                }
            }
            if folded && i == edge {
                self.out.push_str(if edge == 0 { "..." } else { " ..." });
            } else {
                self.element();
            }
        }
        self.out.push(']');
    }

    fn blanks(&mut self, count: usize) {
        self.out.extend(std::iter::repeat_n(' ', count));
    }

    /// Prints the whole array. A stack of indices instead of recursion: dimensions are the user's.
    fn print(&mut self, indent: usize) {
        let dim = self.sizes.len();
        if dim == 0 {
            return self.element();
        }
        let edge = self.options.edgeitems as i64;
        let folded = |d: usize| self.summarize && self.sizes[d] > 2 * edge;
        let folds: SmallVec<[bool; 8]> = (0..dim).map(folded).collect();
        let counts: SmallVec<[i64; 8]> = (0..dim)
            .map(|d| if folds[d] { 2 * edge + 1 } else { self.sizes[d] })
            .collect();
        let mut index: SmallVec<[i64; 8]> = SmallVec::new();
        index.resize(dim - 1, 0);
        if dim > 1 {
            self.out.push('[');
        }
        // The innermost dimension whose bracket is open.
        let mut open = 0;
        'items: loop {
            // Descend to a vector, or stop at an ellipsis on the way.
            while open < dim - 1 && !(folds[open] && index[open] == edge) {
                open += 1;
                if open < dim - 1 {
                    self.out.push('[');
                }
            }
            if open == dim - 1 {
                self.vector(indent + dim - 1, self.sizes[dim - 1] as usize);
            } else {
                self.out.push_str("...");
            }
            // The dimension whose next item comes: at an ellipsis the one that holds it.
            let mut d = if open == dim - 1 { dim - 1 } else { open + 1 };
            loop {
                if d == 0 {
                    return;
                }
                d -= 1;
                index[d] += 1;
                if index[d] < counts[d] {
                    self.out.push(',');
                    self.out.extend(std::iter::repeat_n('\n', dim - 1 - d));
                    self.blanks(indent + d + 1);
                    index[d + 1..].fill(0);
                    open = d;
                    continue 'items;
                }
                self.out.push(']');
            }
        }
    }
}

/// The elements of a summarised array that are shown, as a view of rows to visit: offsets in elements.
fn shown_offsets(array: &Array, edge: usize, summarize: bool) -> Vec<i64> {
    let mut offsets = vec![0i64];
    for (&size, &stride) in array.sizes().iter().zip(array.strides()) {
        let edge = edge as i64;
        let picks: Vec<i64> = if summarize && size > 2 * edge {
            (0..edge).chain(size - edge..size).collect()
        } else {
            (0..size).collect()
        };
        offsets = offsets
            .iter()
            .flat_map(|&o| picks.iter().map(move |&i| o + i * stride))
            .collect();
    }
    offsets
}

fn shown(array: &Array, edge: usize, summarize: bool) -> Result<Shown> {
    let dtype = array.dtype();
    let small = if summarize {
        let offsets = shown_offsets(array, edge, summarize);
        super::index::gather_offsets(array, &offsets)?
    } else {
        array.clone()
    };
    Ok(if dtype == Dtype::Bool {
        Shown::Bools(copy::lanes::<bool>(&small)?.into_owned())
    } else if dtype.is_integer() {
        Shown::Ints(copy::lanes::<i64>(&small)?.into_owned())
    } else if dtype.is_complex() {
        let values = copy::lanes::<num_complex::Complex<f64>>(&small)?;
        Shown::Complex(values.iter().map(|z| (z.re, z.im)).collect())
    } else {
        Shown::Floats(copy::lanes::<f64>(&small)?.into_owned())
    })
}

/// The elements in brackets, `indent` being the column where the text starts: PyTorch's `_tensor_str`.
pub fn contents(array: &Array, options: &PrintOptions, indent: usize) -> Result<String> {
    super::random::watch::printed(array);
    if array.numel() == 0 {
        return Ok("[]".to_string());
    }
    let summarize = array.numel() as f64 > options.threshold;
    let shown = shown(array, options.edgeitems, summarize)?;
    let (first, second) = match &shown {
        Shown::Bools(values) => (
            Formatter::of_others(values.iter().map(|&x| if x { 4 } else { 5 })),
            None,
        ),
        Shown::Ints(values) => (
            Formatter::of_others(values.iter().map(|&x| number::integer_width(x))),
            None,
        ),
        Shown::Floats(values) => (Formatter::of_floats(values.iter().copied(), options), None),
        Shown::Complex(values) => (
            Formatter::of_floats(values.iter().map(|z| z.0), options),
            Some(Formatter::of_floats(values.iter().map(|z| z.1), options)),
        ),
    };
    debug_assert!(first.width > 0 || first.floating);
    let mut printer = Printer {
        options,
        sizes: array.sizes(),
        summarize,
        shown,
        first,
        second,
        at: 0,
        out: String::new(),
    };
    printer.print(indent);
    Ok(printer.out)
}

/// `tensor(...)` with its suffixes. `extra` holds those of the caller, ready: `grad_fn=<AddBackward0>`,
/// `requires_grad=True`. The dtype is shown where it is not what the elements look like.
pub fn repr(array: &Array, options: &PrintOptions, prefix: &str, extra: &[&str]) -> Result<String> {
    let indent = prefix.len();
    let default = super::promote::default_dtype();
    let mut suffixes: SmallVec<[String; 4]> = SmallVec::new();
    let dtype = array.dtype();
    let size = || format!("size={}", tuple(array.sizes()));
    let named = || format!("dtype=torch.{}", dtype.name());
    if array.numel() == 0 {
        if array.dim() != 1 {
            suffixes.push(size());
        }
        if dtype != default {
            suffixes.push(named());
        }
    } else {
        if options.edgeitems == 0 {
            suffixes.push(size());
        }
        let complex = if default == Dtype::Float64 {
            Dtype::Complex128
        } else {
            Dtype::Complex64
        };
        if ![default, complex, Dtype::Int64, Dtype::Bool].contains(&dtype) {
            suffixes.push(named());
        }
    }
    let mut text = format!("{prefix}{}", contents(array, options, indent)?);
    let tail = text.rfind('\n').map_or(0, |at| at + 1);
    let mut last_line = text.len() - tail + 2;
    for suffix in suffixes.iter().map(String::as_str).chain(extra.iter().copied()) {
        let length = suffix.chars().count();
        if last_line + length + 2 > options.linewidth {
            text.push_str(",\n");
            text.extend(std::iter::repeat_n(' ', indent));
            text.push_str(suffix);
            last_line = indent + length;
        } else {
            text.push_str(", ");
            text.push_str(suffix);
            last_line += length + 2;
        }
    }
    text.push(')');
    Ok(text)
}

/// `(2, 3)`, `(2,)`, `()`.
pub fn tuple(sizes: &[i64]) -> String {
    let items: Vec<String> = sizes.iter().map(i64::to_string).collect();
    match items.as_slice() {
        [one] => format!("({one},)"),
        many => format!("({})", many.join(", ")),
    }
}

/// One element as Python prints the number: what `item()` shows.
pub fn scalar(value: Scalar) -> String {
    match value {
        Scalar::Bool(true) => "True".into(),
        Scalar::Bool(false) => "False".into(),
        Scalar::Int(i) => i.to_string(),
        Scalar::Float(f) => python_float(f),
        Scalar::Complex(re, im) => {
            let trimmed = |x: f64| {
                python_float(x)
                    .strip_suffix(".0")
                    .map(str::to_string)
                    .unwrap_or(python_float(x))
            };
            if re == 0.0 && re.is_sign_positive() {
                format!("{}j", trimmed(im))
            } else {
                let sign = if im.is_sign_negative() && !im.is_nan() { "" } else { "+" };
                format!("({}{sign}{}j)", trimmed(re), trimmed(im))
            }
        }
    }
}
