//! How older PyTorch versions and IPython print the same values: a recorded text in such a form
//! is said again in today's, so that its numbers can be compared and adopted.

use super::printed::{Token, tokens};
use std::borrow::Cow;
use std::fmt::Write;

/// A recorded text in today's form.
#[derive(Clone, Debug, PartialEq)]
pub struct Dialect {
    /// Who prints so, for the verdict's cause.
    pub name: &'static str,
    pub text: String,
    /// A tensor is shown without `grad_fn=` and `requires_grad=`.
    hides_grad: bool,
}

/// The forms that a recorded text may have today: none when it is in no older form that we know.
/// `ipython` says that IPython printed it.
pub fn forms(recorded: &str, ipython: bool) -> Vec<Dialect> {
    let mut forms = Vec::new();
    let of = |name, text, hides_grad| Dialect { name, text, hides_grad };
    // a reduction gave a vector of one element before there were tensors without dimensions
    for scalars in [false, true] {
        let Some(text) = legacy_text(recorded, scalars) else {
            break;
        };
        forms.push(of("printed as PyTorch 0.3 did", text, true));
    }
    if !forms.is_empty() {
        return forms;
    }
    if padded(recorded) {
        forms.push(of("printed as PyTorch 0.4 did", recorded.to_string(), true));
    }
    if recorded.contains(", dtype=torch.bool") {
        let text = recorded.replace(", dtype=torch.bool", "");
        forms.push(of("printed as PyTorch 1.2 did", text, false));
    }
    if recorded.contains("j)") && recorded.contains("tensor(") {
        forms.push(of("printed as PyTorch 1.6 did", without_parentheses(recorded), false));
    }
    if recorded.contains("Backward") {
        forms.push(of("the nodes have their older names", recorded.to_string(), false));
    }
    if ipython {
        forms.push(of("printed as IPython does", recorded.to_string(), false));
    }
    forms
}

impl Dialect {
    /// Today's output without what this form leaves out.
    pub fn spoken<'a>(&self, actual: &'a str) -> Cow<'a, str> {
        if self.hides_grad {
            without_grad(actual)
        } else {
            actual.into()
        }
    }
}

/// A text as [`super::within`] compares it across dialects: `<X at 0x...>`, `<X object at 0x...>`
/// and `<torch.autograd.function.X object at 0x...>` are one, and so are `<class 'X'>` and `X`.
pub fn plain(text: &str) -> String {
    let text = text
        .replace(" object at 0x", " at 0x")
        .replace("torch.autograd.function.", "");
    match text
        .trim()
        .strip_prefix("<class '")
        .and_then(|rest| rest.strip_suffix("'>"))
    {
        Some(name) => name.rsplit('.').next().unwrap_or(name).to_string(),
        None => text,
    }
}

/// Whether two parts of a printed value agree across versions: nodes by their names without digits.
pub fn same_node(one: &Token<'_>, other: &Token<'_>) -> bool {
    match (one, other) {
        (Token::Other(one), Token::Other(other)) => match (node(one), node(other)) {
            (Some(one), Some(other)) => one == other,
            _ => false,
        },
        _ => false,
    }
}

/// `AddBackward0`, `AddBackward` and `ThAddBackward` as `Add`; nodes that were renamed as today.
fn node(name: &str) -> Option<&str> {
    let stem = name
        .trim_end_matches(|c: char| c.is_ascii_digit())
        .strip_suffix("Backward")?;
    Some(match stem {
        "ThnnConv2D" | "MkldnnConvolution" | "ThnnConvDepthwise2D" | "SlowConv3D" => "Convolution",
        "Threshold" => "Relu",
        "MaxPool2D" | "MaxPool2DWithIndices" => "MaxPool2DWithIndices",
        "NllLossNd" => "NllLoss",
        stem => stem
            .strip_prefix("Th")
            .filter(|rest| rest.starts_with(char::is_uppercase))
            .unwrap_or(stem),
    })
}

/// 0.4 kept a place for the sign before numbers of which none is negative.
fn padded(text: &str) -> bool {
    let Some(at) = text.find("tensor(") else { return false };
    let text = &text[at..];
    let digit = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
    !text.contains("-")
        && !text.contains("grad")
        && text.split('[').any(|rest| rest.strip_prefix(' ').is_some_and(digit))
}

/// Complex elements without the parentheses that 1.6 put around each.
fn without_parentheses(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('(') {
        let inner = &rest[start + 1..];
        let number = |inner: &str| {
            inner
                .bytes()
                .all(|byte| byte.is_ascii_digit() || b"+-.ej".contains(&byte))
        };
        plain.push_str(&rest[..start]);
        match inner
            .split_once(')')
            .filter(|(inner, _)| inner.ends_with('j') && number(inner))
        {
            Some((inner, behind)) => {
                plain.push_str(inner);
                rest = behind;
            }
            None => {
                plain.push('(');
                rest = inner;
            }
        }
    }
    plain + rest
}

/// A tensor's text without `, grad_fn=<...>` and `, requires_grad=True`.
fn without_grad(text: &str) -> Cow<'_, str> {
    if !text.contains("grad") {
        return text.into();
    }
    let mut plain = text.replace(", requires_grad=True", "");
    while let Some(start) = plain.find(", grad_fn=<")
        && let Some(length) = plain[start..].find('>')
    {
        plain.replace_range(start..=start + length, "");
    }
    plain.into()
}

/// The text with every tensor in the form of 0.3 in today's form, or None when it holds none.
/// A vector of one element is a tensor without dimensions if `scalars`.
fn legacy_text(text: &str, scalars: bool) -> Option<String> {
    let mut today = String::new();
    let mut rest = text;
    let mut found = false;
    while !rest.is_empty() {
        if let Some((length, tensor)) = Legacy::read(rest) {
            found |= !scalars || tensor.sizes == [1];
            tensor.write(&mut today, scalars)?;
            today.push('\n');
            rest = &rest[length..];
            continue;
        }
        let length = rest.find('\n').map_or(rest.len(), |at| at + 1);
        today.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    found.then_some(today)
}

/// Length of the tensor in the form of 0.3 that a text begins with, its last line's end included.
pub fn legacy_length(text: &str) -> Option<usize> {
    // cheap for all other texts: it begins with a blank line, a number, a slice or a title
    let first = text.trim_start();
    let may = first.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '(')
        || first.starts_with("Variable containing")
        || first.starts_with("Parameter containing")
        || first.starts_with("[torch.");
    let head = &text[..text.len() - first.len()];
    if !may || head.bytes().filter(|byte| *byte == b'\n').count() > 1 {
        return None;
    }
    Legacy::read(text).map(|(length, _)| length)
}

/// A tensor as PyTorch printed it before 0.4: rows of numbers, then type and size.
#[derive(Debug, Default)]
struct Legacy<'a> {
    numbers: Vec<&'a str>,
    /// What all numbers are to be multiplied with: `1.00000e-02 *` as `-02`.
    exponent: Option<&'a str>,
    dtype: &'static str,
    sizes: Vec<usize>,
}

/// Rows that a transcript shows in full.
const MOST_LINES: usize = 400;

impl<'a> Legacy<'a> {
    fn read(text: &'a str) -> Option<(usize, Legacy<'a>)> {
        let mut tensor = Legacy::default();
        let mut at = 0;
        for (number, line) in text.split_inclusive('\n').take(MOST_LINES).enumerate() {
            at += line.len();
            let line = line.trim();
            let title = line.ends_with(" containing:") || line.ends_with(" containing:[torch.FloatTensor of size 1]");
            if line.is_empty() || (number <= 1 && title) || is_slice(line) {
                continue;
            }
            if let Some(end) = line.strip_prefix("[torch.") {
                tensor.end(end)?;
                let count: usize = tensor.sizes.iter().product();
                return (count == tensor.numbers.len()).then_some((at, tensor));
            }
            if let Some(scale) = line.strip_suffix(" *").and_then(|scale| scale.strip_prefix("1.00000e")) {
                tensor.exponent = Some(scale);
                continue;
            }
            for word in line.split_whitespace() {
                word.parse::<f64>().ok()?;
                tensor.numbers.push(word);
            }
        }
        None
    }

    /// Reads `FloatTensor of size 2x3]`, also `(2,3)]`, with a device perhaps.
    fn end(&mut self, text: &str) -> Option<()> {
        let (kind, size) = text.strip_suffix(']')?.split_once(" of size ")?;
        self.dtype = match kind.rsplit('.').next()?.strip_suffix("Tensor")? {
            "Float" | "Long" => "",
            "Double" => ", dtype=torch.float64",
            "Int" => ", dtype=torch.int32",
            "Short" => ", dtype=torch.int16",
            "Char" => ", dtype=torch.int8",
            "Byte" => ", dtype=torch.uint8",
            "Half" => ", dtype=torch.float16",
            _ => return None,
        };
        let size = size.split(" (GPU").next()?.trim_matches(['(', ')']);
        for one in size.split([',', 'x']).map(str::trim).filter(|one| !one.is_empty()) {
            self.sizes.push(one.parse().ok()?);
        }
        Some(())
    }

    fn write(&self, today: &mut String, scalars: bool) -> Option<()> {
        let scalar = scalars && self.sizes == [1];
        let sizes = if scalar { &[][..] } else { &self.sizes[..] };
        today.push_str("tensor(");
        let mut blocks = Vec::new();
        let mut inner = 1;
        for size in sizes.iter().rev() {
            inner *= size;
            blocks.push(inner);
        }
        for (at, number) in self.numbers.iter().enumerate() {
            let opened = blocks.iter().filter(|block| at % **block == 0).count();
            if at > 0 {
                today.push_str(", ");
            }
            (0..opened).for_each(|_| today.push('['));
            match self.exponent {
                Some(exponent) => write!(today, "{number}e{exponent}").ok()?,
                None => today.push_str(number),
            }
            let closed = blocks.iter().filter(|block| (at + 1) % **block == 0).count();
            (0..closed).for_each(|_| today.push(']'));
        }
        today.push_str(self.dtype);
        today.push(')');
        Some(())
    }
}

/// `(0 ,.,.) =` above a slice of a tensor with three and more dimensions.
fn is_slice(line: &str) -> bool {
    let Some(inner) = line
        .strip_suffix('=')
        .map(str::trim)
        .and_then(|line| line.strip_prefix('(')?.strip_suffix(')'))
    else {
        return false;
    };
    inner.split(',').all(|part| {
        let part = part.trim();
        part == "." || part.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Whether a recorded text and today's output agree token by token, numbers where `near` says so.
pub fn agree(
    dialect: &Dialect,
    actual: &str,
    near: impl Fn(&super::printed::Number<'_>, &super::printed::Number<'_>) -> bool,
) -> bool {
    let expected = plain(&super::normal(&dialect.text));
    let actual = plain(&super::normal(&dialect.spoken(actual)));
    let (wanted, got) = (tokens(&expected), tokens(&actual));
    wanted.len() == got.len()
        && wanted.iter().zip(&got).all(|pair| match pair {
            (Token::Number(wanted), Token::Number(got)) => wanted.text == got.text || near(wanted, got),
            (wanted, got) => wanted.same_text(got) || same_node(wanted, got),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tensors_of_0_3_are_read() {
        let old = "Variable containing:\n 1  1\n 2  3\n[torch.FloatTensor of size 2x2]\n";
        assert_eq!(legacy_length(old), Some(old.len()));
        let today = &forms(old, false)[0];
        assert_eq!(today.text, "tensor([[1, 1], [2, 3]])\n");
        let cube = "\n(0 ,.,.) = \n  1  2\n\n(1 ,.,.) = \n  3  4\n[torch.LongTensor of size 2x1x2]\n";
        assert_eq!(forms(cube, false)[0].text, "tensor([[[1, 2]], [[3, 4]]])\n");
        let scaled = "1.00000e-02 *\n  1.5000\n[torch.DoubleTensor of size 1]";
        let texts: Vec<String> = forms(scaled, false).into_iter().map(|form| form.text).collect();
        assert_eq!(
            texts,
            [
                "tensor([1.5000e-02], dtype=torch.float64)\n",
                "tensor(1.5000e-02, dtype=torch.float64)\n"
            ]
        );
        assert_eq!(legacy_length(" 1  1\n[torch.FloatTensor of size 2x2]"), None);
        assert!(forms("tensor([1., 2.])", false).is_empty());
    }

    #[test]
    fn nodes_and_objects_agree_across_versions() {
        let exact = |_: &super::super::printed::Number<'_>, _: &super::super::printed::Number<'_>| false;
        let agrees = |old: &str, new: &str, ipython| forms(old, ipython).iter().any(|form| agree(form, new, exact));
        assert!(agrees(
            "tensor(5., grad_fn=<SumBackward>)",
            "tensor(5., grad_fn=<SumBackward0>)",
            false
        ));
        assert!(agrees(
            "<ThMulBackward object at 0x7f0011223344>",
            "<MulBackward0 object at 0x7fabcdef0011>",
            false
        ));
        assert!(!agrees(
            "tensor(5., grad_fn=<MeanBackward1>)",
            "tensor(5., grad_fn=<SumBackward0>)",
            false
        ));
        assert!(agrees(
            "<AddBackward0 at 0x7f0011223344>",
            "<AddBackward0 object at 0x7fabcdef0011>",
            true
        ));
        assert!(agrees("tensor([True], dtype=torch.bool)", "tensor([True])", false));
        assert!(agrees(
            "tensor([(1.+3.j), (2.+4.j)])",
            "tensor([1.+3.j, 2.+4.j])",
            false
        ));
        assert!(agrees("AccumulateGrad", "<class 'AccumulateGrad'>", true));
        assert!(agrees(
            "tensor([ 1.,  2.])",
            "tensor([1., 2.], grad_fn=<MulBackward0>)",
            false
        ));
        assert!(!agrees(
            "tensor([1., 2.])",
            "tensor([1., 2.], grad_fn=<MulBackward0>)",
            false
        ));
    }
}
