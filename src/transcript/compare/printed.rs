//! Printed values: a flat run of tokens, and the tensors in it.

use super::super::grammar::{Grammar, Rule};
use pest::Parser;

/// A number as printed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number<'a> {
    pub text: &'a str,
    pub value: f64,
    /// Half a unit of the last printed digit; 0 for integers.
    pub half: f64,
}

/// A part of a printed value. Blanks and line ends are none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Token<'a> {
    Number(Number<'a>),
    /// `...` in a summary.
    Dots,
    Other(&'a str),
}

impl Token<'_> {
    /// Whether both are the same, numbers by their texts.
    pub fn same_text(&self, other: &Token<'_>) -> bool {
        match (self, other) {
            (Token::Number(one), Token::Number(other)) => one.text == other.text,
            (Token::Dots, Token::Dots) => true,
            (Token::Other(one), Token::Other(other)) => one == other,
            _ => false,
        }
    }
}

/// The tokens of a text.
pub fn tokens(text: &str) -> Vec<Token<'_>> {
    let Ok(mut pairs) = Grammar::parse(Rule::printed, text) else {
        return vec![Token::Other(text)];
    };
    let inner = pairs.next().map(|printed| printed.into_inner());
    let token = |pair: pest::iterators::Pair<'_, Rule>| {
        let text = &text[pair.as_span().start()..pair.as_span().end()];
        match pair.as_rule() {
            Rule::number => Some(Token::Number(number(text))),
            Rule::dots => Some(Token::Dots),
            Rule::EOI => None,
            _ => Some(Token::Other(text)),
        }
    };
    inner.into_iter().flatten().filter_map(token).collect()
}

fn number(text: &str) -> Number<'_> {
    let bare = text.strip_suffix('j').unwrap_or(text);
    let value = bare.parse().unwrap_or(f64::NAN);
    let (digits, exponent) = match bare.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.parse().unwrap_or(0)),
        None => (bare, 0),
    };
    let half = match digits.split_once('.') {
        // `2.` prints an element of a tensor that holds whole numbers only
        Some((_, "")) if exponent == 0 => 0.0,
        Some((_, fraction)) => 0.5 * 10f64.powi(exponent - fraction.len() as i32),
        None => 0.0,
    };
    Number { text, value, half }
}

/// A tensor as printed, perhaps in summary.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PrintedTensor {
    /// For each shown number its index in every dimension, counted from the end where negative,
    /// its value and half a unit of its last digit.
    pub elements: Vec<(Vec<i64>, f64, f64)>,
}

impl PrintedTensor {
    /// Positions of the shown elements in a tensor of that shape, row by row, or None when they don't fit it.
    pub fn positions(&self, shape: &[i64]) -> Option<Vec<Vec<i64>>> {
        let place = |index: &Vec<i64>| {
            let mut full = Vec::with_capacity(shape.len());
            for (at, size) in index.iter().zip(shape) {
                let at = if *at < 0 { at + size } else { *at };
                full.push(Some(at).filter(|at| (0..*size).contains(at))?);
            }
            (index.len() == shape.len()).then_some(full)
        };
        let positions: Vec<Vec<i64>> = self
            .elements
            .iter()
            .map(|(index, ..)| place(index))
            .collect::<Option<_>>()?;
        let summary = self.elements.iter().any(|(index, ..)| index.iter().any(|at| *at < 0));
        let count: i64 = shape.iter().product();
        (summary || count == positions.len() as i64).then_some(positions)
    }
}

/// A level of brackets while a tensor is read.
#[derive(Default)]
struct Level {
    next: i64,
    /// Items after `...`, and where the elements of these begin.
    after: Option<(i64, usize)>,
}

/// The tensors of real numbers in a printed text, in order.
pub fn tensors(text: &str) -> Vec<PrintedTensor> {
    let tokens = tokens(text);
    let mut found = Vec::new();
    let mut at = 0;
    while at + 1 < tokens.len() {
        if tokens[at] == Token::Other("tensor") && tokens[at + 1] == Token::Other("(") {
            let mut tensor = PrintedTensor::default();
            at = read(&tokens, at + 2, &mut tensor);
            found.push(tensor);
        } else {
            at += 1;
        }
    }
    found
}

/// Reads from behind `tensor(`; returns the place of the first token behind the numbers.
fn read(tokens: &[Token<'_>], mut at: usize, tensor: &mut PrintedTensor) -> usize {
    let mut levels: Vec<Level> = Vec::new();
    while let Some(token) = tokens.get(at) {
        match token {
            Token::Other("[") => {
                if let Some(outer) = levels.last_mut() {
                    outer.next += 1;
                }
                levels.push(Level::default());
            }
            Token::Other("]") => {
                let depth = levels.len() - usize::from(!levels.is_empty());
                if let Some(Level {
                    next,
                    after: Some((first, from)),
                }) = levels.pop()
                {
                    for (index, ..) in tensor.elements.iter_mut().skip(from) {
                        if let Some(own) = index.get_mut(depth).filter(|own| **own >= first) {
                            *own -= next;
                        }
                    }
                }
                if levels.is_empty() {
                    return at + 1;
                }
            }
            Token::Number(number) => {
                let outer = levels.len().saturating_sub(1);
                let mut index: Vec<i64> = levels[..outer.min(levels.len())]
                    .iter()
                    .map(|level| level.next - 1)
                    .collect();
                if let Some(level) = levels.last_mut() {
                    index.push(level.next);
                    level.next += 1;
                }
                tensor.elements.push((index, number.value, number.half));
                if levels.is_empty() {
                    return at + 1;
                }
            }
            Token::Dots => {
                if let Some(level) = levels.last_mut() {
                    level.after = Some((level.next, tensor.elements.len()));
                }
            }
            Token::Other(",") if !levels.is_empty() => {}
            // names (True, False), or no tensor after all
            Token::Other(_) if levels.is_empty() => return at,
            Token::Other(_) => {}
        }
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_know_their_precision() {
        let tokens = tokens("tensor(7.5644, grad_fn=<SumBackward0>) 1e-05 -2. 3 1.5+2.5j x2");
        let numbers: Vec<(f64, f64)> = tokens
            .iter()
            .filter_map(|token| {
                if let Token::Number(n) = token {
                    Some((n.value, n.half))
                } else {
                    None
                }
            })
            .collect();
        assert_eq!(
            numbers,
            [
                (7.5644, 0.00005),
                (1e-5, 0.0),
                (-2.0, 0.0),
                (3.0, 0.0),
                (1.5, 0.05),
                (2.5, 0.05)
            ]
        );
    }

    #[test]
    fn summaries_count_from_the_end() {
        let one = &tensors("tensor([[1., 2., ..., 9.],\n        ...,\n        [3., 4., ..., 8.]])")[0];
        let positions = one.positions(&[10, 7]).unwrap();
        assert_eq!(positions, [[0, 0], [0, 1], [0, 6], [9, 0], [9, 1], [9, 6]]);
        assert_eq!(
            tensors("(tensor(1.5), tensor([], size=(0, 2)), tensor([2, 3]))").len(),
            3
        );
        assert_eq!(
            tensors("tensor([[1., 2.], [3., 4.]])")[0]
                .positions(&[2, 2])
                .unwrap()
                .len(),
            4
        );
        assert_eq!(tensors("tensor([1., 2.])")[0].positions(&[3]), None);
    }
}
