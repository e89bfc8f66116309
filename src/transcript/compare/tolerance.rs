//! Numbers that need not agree in every digit: bounds given by the user, doctestplus's
//! FLOAT_CMP and pytest's NUMBER.

use super::printed::Number;

/// How far a number may be from the recorded one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bounds {
    pub absolute: Option<f64>,
    pub relative: Option<f64>,
    /// In units of float32's last place.
    pub ulps: Option<u32>,
}

impl Bounds {
    /// Whether any bound is given.
    pub fn any(&self) -> bool {
        self.absolute.is_some() || self.relative.is_some() || self.ulps.is_some()
    }

    /// Whether `got` is near enough to `want`.
    pub fn allow(&self, want: &Number<'_>, got: &Number<'_>) -> bool {
        if want.value == got.value || (want.value.is_nan() && got.value.is_nan()) {
            return true;
        }
        let distance = (want.value - got.value).abs();
        let bound = self.absolute.unwrap_or(0.0) + self.relative.unwrap_or(0.0) * want.value.abs();
        distance <= bound
            || self
                .ulps
                .is_some_and(|most| ulps(want.value as f32, got.value as f32) <= most)
    }
}

/// Distance of two float32 numbers in units of the last place.
pub fn ulps(one: f32, other: f32) -> u32 {
    let ordered = |x: f32| {
        let bits = x.to_bits() as i32;
        i64::from(if bits < 0 { i32::MIN.wrapping_sub(bits) } else { bits })
    };
    if one.is_nan() || other.is_nan() {
        return u32::MAX;
    }
    u32::try_from((ordered(one) - ordered(other)).unsigned_abs()).unwrap_or(u32::MAX)
}

/// doctestplus's FLOAT_CMP: `want` and `got` agree when all but their floating point numbers does,
/// and these do within 1e-5 relative and 1e-8 absolute.
pub fn float_cmp(want: &str, got: &str, alike: impl Fn(&str, &str) -> bool) -> bool {
    let (want, wanted) = split_numbers(want);
    let (got, came) = split_numbers(got);
    let near = |(want, got): (&f64, &f64)| {
        (want.is_nan() && got.is_nan()) || want == got || (got - want).abs() <= 1e-8 + 1e-5 * want.abs()
    };
    alike(&want, &got) && wanted.len() == came.len() && wanted.iter().zip(&came).all(near)
}

/// The text with every floating point number as `0.0`, blanks before it swallowed, and the numbers.
fn split_numbers(text: &str) -> (String, Vec<f64>) {
    let mut plain = String::new();
    let mut numbers = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let before = plain.chars().next_back();
        let blanks = text[at..].len() - text[at..].trim_start().len();
        let free = blanks > 0 || before.is_none_or(|c| c.is_whitespace() || "*+,<=([".contains(c));
        let start = at + blanks;
        match floating(&text[start..]).filter(|_| free) {
            Some(length) => {
                numbers.push(parse(&text[start..start + length]));
                plain.push_str("0.0");
                at = start + length;
            }
            None => {
                let c = text[at..].chars().next().unwrap_or(' ');
                plain.push(c);
                at += c.len_utf8();
            }
        }
    }
    (plain, numbers)
}

fn parse(text: &str) -> f64 {
    text.parse().unwrap_or(f64::NAN)
}

/// Length of the floating point number that a text begins with, if it may end there.
fn floating(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let word = &text[at..];
    if word.starts_with("nan") || word.starts_with("inf") {
        at += 3;
    } else {
        let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let whole = digits(at);
        at += whole;
        let point = bytes.get(at) == Some(&b'.');
        let fraction = if point { digits(at + 1) } else { 0 };
        at += usize::from(point) + fraction;
        let mut exponent = false;
        if whole + fraction > 0 && matches!(bytes.get(at), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
            let count = digits((at + 1 + sign).min(bytes.len()));
            exponent = count > 0;
            at += if exponent { 1 + sign + count } else { 0 };
        }
        if whole + fraction == 0 || !(point || exponent) {
            return None;
        }
    }
    let next = text[at..].chars().next();
    next.is_none_or(|c| c.is_whitespace() || "*+,<=([>j)]}".contains(c))
        .then_some(at)
}

/// pytest's NUMBER: `got` with each number that is within the precision `want` is written in
/// written as in `want`, when both have as many numbers.
pub fn number(want: &str, got: &str) -> String {
    let (wanted, came) = (places(want), places(got));
    if wanted.len() != came.len() {
        return got.to_string();
    }
    let mut written = got.to_string();
    for (want_place, got_place) in wanted.iter().zip(&came).rev() {
        let (want, got) = (&want[want_place.clone()], &got[got_place.clone()]);
        let fraction = want
            .split(['e', 'E'])
            .next()
            .and_then(|digits| digits.split_once('.'))
            .map(|(_, f)| f.len());
        let exponent: i32 = want
            .split_once(['e', 'E'])
            .and_then(|(_, e)| e.parse().ok())
            .unwrap_or(0);
        // an integer stays text unless the recorded number is one with a point
        let Some(fraction) = fraction else { continue };
        let most = 10f64.powi(exponent - fraction as i32);
        if (parse(want) - parse(got)).abs() <= most {
            written.replace_range(got_place.clone(), want);
        }
    }
    written
}

/// The places of pytest's numbers: digits with a point or an exponent or neither.
fn places(text: &str) -> Vec<std::ops::Range<usize>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        let mut end = at + usize::from(matches!(bytes[at], b'+' | b'-'));
        let digits = |from: usize| {
            bytes[from.min(bytes.len())..]
                .iter()
                .take_while(|b| b.is_ascii_digit())
                .count()
        };
        let whole = digits(end);
        let point = bytes.get(end + whole) == Some(&b'.');
        let fraction = if point { digits(end + whole + 1) } else { 0 };
        if whole + fraction == 0 {
            at += 1;
            continue;
        }
        end += whole + usize::from(point) + fraction;
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            let count = digits(end + 1 + sign);
            end += if count > 0 { 1 + sign + count } else { 0 };
        }
        found.push(start..end);
        at = end;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn float_cmp_reads_as_doctestplus_does() {
        let equal = |want: &str, got: &str| float_cmp(want, got, |one, other| one == other);
        assert!(equal("tensor([1., 2.])", "tensor([1.0000,   2.0000])"));
        assert!(!equal("2", "2."));
        assert!(!equal("1e-7", "0.0"));
        assert!(equal("1e-9", "2e-9"));
        assert!(!equal("0.3245", "0.3244"));
        assert!(equal("-0.", "0."));
    }

    #[test]
    fn distances_in_units_of_the_last_place() {
        assert_eq!(ulps(1.0, f32::from_bits(1f32.to_bits() + 3)), 3);
        assert_eq!(ulps(0.0, -0.0), 0);
    }
}
