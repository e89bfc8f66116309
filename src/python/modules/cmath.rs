//! `cmath`: functions of complex numbers, by the formulas whose rounding CPython shows (Kahan's branch cuts).

use crate::python::native::{NativeDef, Parser};
use crate::python::object::Module;
use crate::python::types::complex::to_complex;
use crate::python::types::float::must_be_real;
use crate::python::types::number::complex::Pair;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use std::f64::consts::{E, LN_2, LN_10, PI, TAU};
use std::rc::Rc;

/// Beyond it sums of squares are scaled down first.
const LARGE: f64 = f64::MAX / 4.0;
/// Below it results lose digits: numbers are scaled by 2**53 first.
const SMALL: f64 = f64::MIN_POSITIVE;
/// `exp` overflows beyond it.
const LOG_LARGE: f64 = 708.396_418_532_264_1;

/// What keeps a function from having a value.
#[derive(Clone, Copy)]
enum Fault {
    Domain,
    Range,
}

type Answer = Result<Pair, Fault>;

/// One argument, a complex answer.
macro_rules! complex {
    ($name:literal, $function:expr, $help:literal) => {
        NativeDef::new($name, "(z, /)", Parser::One, |vm, args| one(vm, args, $function), $help)
    };
}

/// One argument, a bool.
macro_rules! test {
    ($name:literal, $function:expr, $help:literal) => {
        NativeDef::new(
            $name,
            "(z, /)",
            Parser::One,
            |vm, args| {
                let (re, im) = argument(vm, args)?;
                let test: fn(f64, f64) -> bool = $function;
                Ok(Value::bool(test(re, im)))
            },
            $help,
        )
    };
}

static FUNCTIONS: &[NativeDef] = &[
    complex!("acos", acos, "Return the arc cosine of z."),
    complex!("acosh", acosh, "Return the inverse hyperbolic cosine of z."),
    complex!("asin", asin, "Return the arc sine of z."),
    complex!("asinh", asinh, "Return the inverse hyperbolic sine of z."),
    complex!("atan", atan, "Return the arc tangent of z."),
    complex!("atanh", atanh, "Return the inverse hyperbolic tangent of z."),
    complex!("cos", cos, "Return the cosine of z."),
    complex!("cosh", cosh, "Return the hyperbolic cosine of z."),
    complex!("exp", exp, "Return the exponential value e**z."),
    complex!("log10", log10, "Return the base-10 logarithm of z."),
    complex!("sin", sin, "Return the sine of z."),
    complex!("sinh", sinh, "Return the hyperbolic sine of z."),
    complex!("sqrt", |z| Ok(sqrt(z)), "Return the square root of z."),
    complex!("tan", tan, "Return the tangent of z."),
    complex!("tanh", tanh, "Return the hyperbolic tangent of z."),
    test!(
        "isfinite",
        |re, im| re.is_finite() && im.is_finite(),
        "Return True if both the real and imaginary parts of z are finite, else False."
    ),
    test!(
        "isinf",
        |re, im| re.is_infinite() || im.is_infinite(),
        "Checks if the real or imaginary part of z is infinite."
    ),
    test!(
        "isnan",
        |re, im| re.is_nan() || im.is_nan(),
        "Checks if the real or imaginary part of z not a number (NaN)."
    ),
    NativeDef::new(
        "log",
        "(z, base=None, /)",
        Parser::Clinic,
        log_to_base,
        "Return the logarithm of z to the given base, e by default.",
    ),
    NativeDef::new(
        "phase",
        "(z, /)",
        Parser::One,
        |vm, args| {
            let (re, im) = argument(vm, args)?;
            Ok(Value::float(im.atan2(re)))
        },
        "Return argument, also known as the phase angle, of a complex.",
    ),
    NativeDef::new(
        "polar",
        "(z, /)",
        Parser::One,
        polar,
        "Convert a complex from rectangular coordinates to polar coordinates.",
    ),
    NativeDef::new(
        "rect",
        "(r, phi, /)",
        Parser::Clinic,
        rect,
        "Convert from polar coordinates to rectangular coordinates.",
    ),
    NativeDef::new(
        "isclose",
        "(a, b, *, rel_tol=1e-09, abs_tol=0.0)",
        Parser::Clinic,
        isclose,
        "Determine whether two complex numbers are close in value.",
    ),
];

/// Builds the module.
pub fn build(vm: &mut Vm) -> R<Rc<Module>> {
    let module = Module::new("cmath");
    vm.define_functions(&module, FUNCTIONS);
    for (name, value) in [
        ("pi", PI),
        ("e", E),
        ("tau", TAU),
        ("inf", f64::INFINITY),
        ("nan", f64::NAN),
    ] {
        module.set(name, Value::float(value));
    }
    module.set("infj", Value::complex(0.0, f64::INFINITY));
    module.set("nanj", Value::complex(0.0, f64::NAN));
    module.set("__doc__", Value::str("Mathematical functions of complex numbers."));
    Ok(module)
}

fn argument(vm: &mut Vm, args: &[Value]) -> R<Pair> {
    to_complex(vm, args.first().unwrap_or(&Value::None))
}

fn finish(vm: &mut Vm, answer: Answer) -> R<Value> {
    match answer {
        Ok((re, im)) => Ok(Value::complex(re, im)),
        Err(Fault::Domain) => Err(vm.value_error("math domain error")),
        Err(Fault::Range) => Err(vm.overflow_error("math range error")),
    }
}

fn one(vm: &mut Vm, args: &[Value], function: fn(Pair) -> Answer) -> R<Value> {
    let z = argument(vm, args)?;
    finish(vm, function(z))
}

fn finite((re, im): Pair) -> bool {
    re.is_finite() && im.is_finite()
}

/// Infinite results of finite arguments are out of range.
fn in_range(z: Pair, value: Pair) -> Answer {
    if finite(z) && (value.0.is_infinite() || value.1.is_infinite()) {
        return Err(Fault::Range);
    }
    Ok(value)
}

fn huge((re, im): Pair) -> bool {
    re.abs() > LARGE || im.abs() > LARGE
}

/// `f(z)` as `-i g(iz)`.
fn turned(z: Pair, function: fn(Pair) -> Answer) -> Answer {
    let (re, im) = function((-z.1, z.0))?;
    Ok((im, -re))
}

fn sqrt((re, im): Pair) -> Pair {
    if re == 0.0 && im == 0.0 {
        return (0.0, im);
    }
    if im.is_infinite() {
        return (f64::INFINITY, im);
    }
    if !finite((re, im)) {
        return match (re.is_infinite(), re > 0.0) {
            (true, true) => (re, if im.is_nan() { im } else { 0f64.copysign(im) }),
            (true, false) => (if im.is_nan() { im } else { 0.0 }, f64::INFINITY.copysign(im)),
            _ => (f64::NAN, f64::NAN),
        };
    }
    let (x, y) = (re.abs(), im.abs());
    let s = if x < SMALL && y < SMALL {
        let up = 2f64.powi(53);
        let x = x * up;
        (x + x.hypot(y * up)).sqrt() * 2f64.powi(-27)
    } else {
        let x = x / 8.0;
        2.0 * (x + x.hypot(y / 8.0)).sqrt()
    };
    let d = y / (2.0 * s);
    if re >= 0.0 {
        (s, d.copysign(im))
    } else {
        (d, s.copysign(im))
    }
}

fn exp(z: Pair) -> Answer {
    let (re, im) = z;
    if !re.is_finite() && im.is_finite() {
        if re.is_nan() {
            return Ok((re, if im == 0.0 { im } else { f64::NAN }));
        }
        if im == 0.0 {
            return Ok((re.exp(), im));
        }
        let size = re.exp();
        return Ok((size.copysign(im.cos()), size.copysign(im.sin())));
    }
    if im.is_infinite() && (re.is_finite() || re > 0.0) {
        return if re.is_infinite() {
            Ok((re, f64::NAN))
        } else {
            Err(Fault::Domain)
        };
    }
    if re == f64::NEG_INFINITY {
        return Ok((0.0, 0.0));
    }
    let value = if re > LOG_LARGE {
        let size = (re - 1.0).exp();
        (size * im.cos() * E, size * im.sin() * E)
    } else {
        let size = re.exp();
        (size * im.cos(), size * im.sin())
    };
    in_range(z, value)
}

/// The natural logarithm.
fn log((re, im): Pair) -> Answer {
    let (x, y) = (re.abs(), im.abs());
    let size = if x.is_infinite() || y.is_infinite() {
        f64::INFINITY
    } else if huge((re, im)) {
        (x / 2.0).hypot(y / 2.0).ln() + LN_2
    } else if x < SMALL && y < SMALL {
        if x == 0.0 && y == 0.0 {
            return Err(Fault::Domain);
        }
        let up = 2f64.powi(53);
        (x * up).hypot(y * up).ln() - 53.0 * LN_2
    } else {
        let length = x.hypot(y);
        if (0.71..=1.73).contains(&length) {
            let (most, least) = if x > y { (x, y) } else { (y, x) };
            ((most - 1.0) * (most + 1.0) + least * least).ln_1p() / 2.0
        } else {
            length.ln()
        }
    };
    Ok((size, im.atan2(re)))
}

fn log10(z: Pair) -> Answer {
    let (re, im) = log(z)?;
    Ok((re / LN_10, im / LN_10))
}

fn log_to_base(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let z = argument(vm, args)?;
    let value = match log(z) {
        Ok(value) => value,
        fault => return finish(vm, fault),
    };
    match args.get(1) {
        Some(base) if !base.is_unset() => {
            let base = to_complex(vm, base)?;
            let quotient = log(base)
                .and_then(|base| crate::python::types::number::complex::divide(value, base).ok_or(Fault::Domain));
            finish(vm, quotient)
        }
        _ => finish(vm, Ok(value)),
    }
}

/// Logarithm of the size of a huge number, twice it.
fn log_twice((re, im): Pair) -> f64 {
    (re / 2.0).hypot(im / 2.0).ln() + LN_2 * 2.0
}

fn acos(z: Pair) -> Answer {
    let (re, im) = z;
    if huge(z) {
        let size = log_twice(z);
        let size = if re < 0.0 {
            -size.copysign(im)
        } else {
            size.copysign(-im)
        };
        return Ok((im.abs().atan2(re), size));
    }
    let (a, b) = (sqrt((1.0 - re, -im)), sqrt((1.0 + re, im)));
    Ok((2.0 * a.0.atan2(b.0), libm::asinh(b.0 * a.1 - b.1 * a.0)))
}

fn acosh(z: Pair) -> Answer {
    let (re, im) = z;
    if huge(z) {
        return Ok((log_twice(z), im.atan2(re)));
    }
    let (a, b) = (sqrt((re - 1.0, im)), sqrt((re + 1.0, im)));
    Ok((libm::asinh(a.0 * b.0 + a.1 * b.1), 2.0 * a.1.atan2(b.0)))
}

fn asin(z: Pair) -> Answer {
    turned(z, asinh)
}

fn asinh(z: Pair) -> Answer {
    let (re, im) = z;
    if huge(z) {
        let size = log_twice(z);
        let size = if im >= 0.0 {
            size.copysign(re)
        } else {
            -size.copysign(-re)
        };
        return Ok((size, im.atan2(re.abs())));
    }
    let (a, b) = (sqrt((1.0 + im, -re)), sqrt((1.0 - im, re)));
    Ok((libm::asinh(a.0 * b.1 - b.0 * a.1), im.atan2(a.0 * b.0 - a.1 * b.1)))
}

fn atan(z: Pair) -> Answer {
    turned(z, atanh)
}

fn atanh(z: Pair) -> Answer {
    let (re, im) = z;
    if re < 0.0 || re == 0.0 && re.is_sign_negative() {
        let (re, im) = atanh((-re, -im))?;
        return Ok((-re, -im));
    }
    let y = im.abs();
    if re > LARGE.sqrt() || y > LARGE.sqrt() {
        let length = (re / 2.0).hypot(im / 2.0);
        return Ok((re / 4.0 / length / length, -(PI / 2.0).copysign(-im)));
    }
    if re == 1.0 && y < SMALL.sqrt() {
        if y == 0.0 {
            return Err(Fault::Domain);
        }
        return Ok((
            -(y.sqrt() / y.hypot(2.0).sqrt()).ln(),
            (2f64.atan2(-y) / 2.0).copysign(im),
        ));
    }
    Ok((
        (4.0 * re / ((1.0 - re) * (1.0 - re) + y * y)).ln_1p() / 4.0,
        -(-2.0 * im).atan2((1.0 - re) * (1.0 + re) - y * y) / 2.0,
    ))
}

/// Cosine and sine of an angle; a whole argument that is real needs none of an infinite one.
fn turn(im: f64) -> Result<(f64, f64), Fault> {
    if im.is_infinite() {
        return Err(Fault::Domain);
    }
    Ok((im.cos(), im.sin()))
}

fn cosh(z: Pair) -> Answer {
    let (re, im) = z;
    if im == 0.0 && re.is_infinite() {
        return Ok((f64::INFINITY, im * re.signum()));
    }
    let (cos, sin) = turn(im)?;
    if re.is_finite() && re.abs() > LOG_LARGE {
        let less = re - 1f64.copysign(re);
        return in_range(z, (cos * less.cosh() * E, sin * less.sinh() * E));
    }
    in_range(z, (cos * re.cosh(), sin * re.sinh()))
}

fn sinh(z: Pair) -> Answer {
    let (re, im) = z;
    if im == 0.0 && re.is_infinite() {
        return Ok((re, im));
    }
    let (cos, sin) = turn(im)?;
    if re.is_finite() && re.abs() > LOG_LARGE {
        let less = re - 1f64.copysign(re);
        return in_range(z, (cos * less.sinh() * E, sin * less.cosh() * E));
    }
    in_range(z, (cos * re.sinh(), sin * re.cosh()))
}

fn tanh(z: Pair) -> Answer {
    let (re, im) = z;
    if im.is_infinite() && re.is_finite() {
        return Err(Fault::Domain);
    }
    if re.abs() > 354.198_209_266_132_05 {
        return Ok((1f64.copysign(re), 4.0 * im.sin() * im.cos() * (-2.0 * re.abs()).exp()));
    }
    let (x, y) = (re.tanh(), im.tan());
    let narrow = 1.0 / re.cosh();
    let product = x * y;
    let below = 1.0 + product * product;
    Ok((x * (1.0 + y * y) / below, ((y / below) * narrow) * narrow))
}

fn cos((re, im): Pair) -> Answer {
    cosh((-im, re))
}

fn sin(z: Pair) -> Answer {
    turned(z, sinh)
}

fn tan(z: Pair) -> Answer {
    turned(z, tanh)
}

fn polar(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let z = argument(vm, args)?;
    let length = z.0.hypot(z.1);
    if length.is_infinite() && finite(z) {
        return finish(vm, Err(Fault::Range));
    }
    Ok(Value::tuple(vec![Value::float(length), Value::float(z.1.atan2(z.0))]))
}

fn rect(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [r, phi] = args else { return Ok(Value::None) };
    let (r, phi) = (must_be_real(vm, r)?, must_be_real(vm, phi)?);
    if phi == 0.0 {
        return Ok(Value::complex(r, r * phi));
    }
    if phi.is_infinite() && r != 0.0 && !r.is_nan() {
        return finish(vm, Err(Fault::Domain));
    }
    Ok(Value::complex(r * phi.cos(), r * phi.sin()))
}

fn isclose(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [a, b, relative, absolute] = args else {
        return Ok(Value::None);
    };
    let (a, b) = (to_complex(vm, a)?, to_complex(vm, b)?);
    let relative = must_be_real(vm, &relative.or(Value::float(1e-9)))?;
    let absolute = must_be_real(vm, &absolute.or(Value::float(0.0)))?;
    if relative < 0.0 || absolute < 0.0 {
        return Err(vm.value_error("tolerances must be non-negative"));
    }
    if a == b {
        return Ok(Value::True);
    }
    let infinite = |z: Pair| z.0.is_infinite() || z.1.is_infinite();
    if infinite(a) || infinite(b) {
        return Ok(Value::False);
    }
    let apart = (a.0 - b.0).hypot(a.1 - b.1);
    Ok(Value::bool(
        apart <= relative * b.0.hypot(b.1) || apart <= relative * a.0.hypot(a.1) || apart <= absolute,
    ))
}
