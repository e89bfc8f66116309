//! Floats as text: the shortest digits that read back, or a given number of correctly rounded ones.

use super::{FormatError, LONGEST, Result};

/// No float has more significant decimal digits than this; what lies beyond is zeros.
const MOST_SIGNIFICANT: usize = 770;
/// No float has more decimals than this.
const MOST_DECIMALS: usize = 1080;

/// The presentation of a float.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `repr`: shortest digits.
    Shortest,
    /// `e`: one digit, point, decimals, exponent.
    Exponent(usize),
    /// `f`: a number of decimals.
    Fixed(usize),
    /// `g`: significant digits, exponent when it is shorter.
    General(usize),
}

/// Details of a float's presentation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// `#`: keep the point and trailing zeros.
    pub alternate: bool,
    /// Write `.0` after a whole number, as `repr` does.
    pub whole_as_float: bool,
    /// `z`: what rounds to zero has no sign.
    pub no_negative_zero: bool,
    /// `E`, `F`, `G`.
    pub upper: bool,
}

/// Digits without leading zeros, and where the point stands: the value is `0.digits * 10^point`.
struct Decimal {
    digits: String,
    point: i64,
}

impl Decimal {
    /// Reads what Rust's `{:e}` writes.
    fn from_scientific(text: &str) -> Decimal {
        let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
        Decimal {
            digits,
            point: exponent.parse::<i64>().unwrap_or(0) + 1,
        }
    }

    fn shortest(x: f64) -> Decimal {
        // The shortest form tells how many digits read back; among those, the exact conversion rounds ties to even.
        let count = Decimal::from_scientific(&format!("{x:e}")).digits.len();
        Decimal::significant(x, count)
    }

    /// Rounded to `count` significant digits, half to even on the exact value.
    fn significant(x: f64, count: usize) -> Decimal {
        let mut decimal = Decimal::from_scientific(&format!("{x:.*e}", count.clamp(1, MOST_SIGNIFICANT) - 1));
        decimal.trim();
        decimal
    }

    /// Rounded to `decimals` digits after the point.
    fn fixed(x: f64, decimals: usize) -> Decimal {
        let text = format!("{x:.*}", decimals.min(MOST_DECIMALS));
        let whole = text.find('.').unwrap_or(text.len());
        let all: String = text.chars().filter(char::is_ascii_digit).collect();
        let leading = all.bytes().take_while(|&b| b == b'0').count();
        if leading == all.len() {
            return Decimal {
                digits: String::from("0"),
                point: 1,
            };
        }
        let mut decimal = Decimal {
            digits: all[leading..].to_string(),
            point: whole as i64 - leading as i64,
        };
        decimal.trim();
        decimal
    }

    fn trim(&mut self) {
        let kept = self.digits.trim_end_matches('0').len().max(1);
        self.digits.truncate(kept);
        if self.digits == "0" {
            self.point = 1;
        }
    }

    fn is_zero(&self) -> bool {
        self.digits == "0"
    }
}

/// `repr(x)`.
pub fn repr(x: f64) -> String {
    let details = Details {
        whole_as_float: true,
        ..Details::default()
    };
    signed(x, Style::Shortest, details).unwrap_or_default()
}

/// The text with its `-`, without a `+`.
pub fn signed(x: f64, style: Style, details: Details) -> Result<String> {
    let (negative, text) = parts(x, style, details)?;
    Ok(if negative { format!("-{text}") } else { text })
}

/// Sign and text of the magnitude.
pub fn parts(x: f64, style: Style, details: Details) -> Result<(bool, String)> {
    if !x.is_finite() {
        let text = if x.is_nan() { "nan" } else { "inf" };
        let text = if details.upper {
            text.to_ascii_uppercase()
        } else {
            text.to_string()
        };
        return Ok((x < 0.0, text));
    }
    let magnitude = x.abs();
    let (decimal, exponential, shown) = match style {
        Style::Shortest => {
            let decimal = Decimal::shortest(magnitude);
            let exponential = decimal.point <= -4 || decimal.point > 16;
            (decimal, exponential, 0)
        }
        Style::Exponent(decimals) => {
            let count = decimals.saturating_add(1);
            (Decimal::significant(magnitude, count), true, count as i64)
        }
        Style::Fixed(decimals) => {
            let decimal = Decimal::fixed(magnitude, decimals);
            let shown = decimal
                .point
                .saturating_add(i64::try_from(decimals).unwrap_or(i64::MAX));
            (decimal, false, shown)
        }
        Style::General(precision) => {
            let precision = precision.max(1);
            let decimal = Decimal::significant(magnitude, precision);
            let room = precision as i64 - i64::from(details.whole_as_float);
            let exponential = decimal.point <= -4 || decimal.point > room;
            (
                decimal,
                exponential,
                if details.alternate { precision as i64 } else { 0 },
            )
        }
    };
    if shown > LONGEST as i64 {
        return Err(FormatError::memory());
    }
    let negative = x.is_sign_negative() && !(details.no_negative_zero && decimal.is_zero());
    Ok((negative, written(&decimal, exponential, shown, details)))
}

/// Writes digits up to position `shown` (counted from the first digit, zeros appended) or as many as there are.
fn written(decimal: &Decimal, exponential: bool, shown: i64, details: Details) -> String {
    let point = if exponential { 1 } else { decimal.point };
    let count = decimal.digits.len() as i64;
    let mut end = count.max(shown);
    if !exponential {
        end = end.max(if details.whole_as_float { point + 1 } else { point });
    }
    let mut out = String::with_capacity(end.max(0) as usize + 8);
    let zeros = |out: &mut String, n: i64| out.extend(std::iter::repeat_n('0', n.max(0) as usize));
    let from_digits = |out: &mut String, start: i64, stop: i64| {
        let (start, stop) = (start.clamp(0, count) as usize, stop.clamp(0, count) as usize);
        out.push_str(decimal.digits.get(start..stop).unwrap_or(""));
    };
    if point <= 0 {
        out.push_str("0.");
        zeros(&mut out, -point);
        from_digits(&mut out, 0, count);
        zeros(&mut out, end - count);
    } else {
        from_digits(&mut out, 0, point);
        zeros(&mut out, point.min(end) - count);
        out.push('.');
        from_digits(&mut out, point, count);
        zeros(&mut out, end - count.max(point));
    }
    if out.ends_with('.') && !details.alternate {
        out.pop();
    }
    if exponential {
        let exponent = decimal.point - 1;
        out.push(if details.upper { 'E' } else { 'e' });
        out.push(if exponent < 0 { '-' } else { '+' });
        out.push_str(&format!("{:02}", exponent.abs()));
    }
    out
}

/// `float.hex`.
pub fn hex(x: f64) -> String {
    if !x.is_finite() {
        return repr(x);
    }
    let sign = if x.is_sign_negative() { "-" } else { "" };
    let bits = x.to_bits();
    let mantissa = bits & ((1 << 52) - 1);
    match (bits >> 52) & 0x7ff {
        0 if mantissa == 0 => format!("{sign}0x0.0p+0"),
        0 => format!("{sign}0x0.{mantissa:013x}p-1022"),
        biased => format!("{sign}0x1.{mantissa:013x}p{:+}", biased as i64 - 1023),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repr_is_shortest() {
        for (x, text) in [
            (1e16, "1e+16"),
            (1e15, "1000000000000000.0"),
            (1e-5, "1e-05"),
            (0.0001, "0.0001"),
            (-0.0, "-0.0"),
            (0.1, "0.1"),
            (f64::INFINITY, "inf"),
            (1.5e300, "1.5e+300"),
            (123456.789, "123456.789"),
            (100.0, "100.0"),
            (5e-324, "5e-324"),
        ] {
            assert_eq!(repr(x), text);
        }
    }

    #[test]
    fn rounding_is_half_even_on_the_exact_value() {
        let fixed = |x, n| signed(x, Style::Fixed(n), Details::default()).unwrap();
        assert_eq!(fixed(0.5, 0), "0");
        assert_eq!(fixed(1.5, 0), "2");
        assert_eq!(fixed(2.5, 0), "2");
        assert_eq!(fixed(0.125, 2), "0.12");
        assert_eq!(fixed(2.675, 2), "2.67");
        assert_eq!(fixed(1e22, 1), "10000000000000000000000.0");
        assert_eq!(fixed(0.0, 3), "0.000");
        assert_eq!(fixed(0.001, 1), "0.0");
        let general = |x, n, alternate| {
            signed(
                x,
                Style::General(n),
                Details {
                    alternate,
                    ..Details::default()
                },
            )
            .unwrap()
        };
        assert_eq!(general(0.0001, 6, false), "0.0001");
        assert_eq!(general(0.00001, 6, false), "1e-05");
        assert_eq!(general(123456789.0, 6, false), "1.23457e+08");
        assert_eq!(general(0.0, 6, true), "0.00000");
        assert_eq!(general(100000.0, 6, true), "100000.");
        let exponent = |x, n| signed(x, Style::Exponent(n), Details::default()).unwrap();
        assert_eq!(exponent(0.0, 6), "0.000000e+00");
        assert_eq!(exponent(12345.678, 1), "1.2e+04");
        assert_eq!(exponent(9.96, 1), "1.0e+01");
    }

    #[test]
    fn hexadecimal() {
        assert_eq!(hex(1.0), "0x1.0000000000000p+0");
        assert_eq!(hex(-0.1), "-0x1.999999999999ap-4");
        assert_eq!(hex(0.0), "0x0.0p+0");
    }
}
