//! `math`.

mod integer;

use crate::python::native::{NativeDef, Parser};
use crate::python::object::Module;
use crate::python::types::float::must_be_real;
use crate::python::types::int::convert::from_float;
use crate::python::types::number::float::nearest;
use crate::python::types::number::special;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::syntax::symbol::Symbol;
use integer::{comb, factorial, fold, isqrt, perm};
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive};
use std::rc::Rc;

/// One argument, a real number.
macro_rules! real {
    ($name:literal, $function:expr, $help:literal) => {
        NativeDef::new($name, "(x, /)", Parser::One, |vm, args| one(vm, args, $function), $help)
    };
}

static FUNCTIONS: &[NativeDef] = &[
    real!(
        "sqrt",
        |x| domain(x >= 0.0 || x.is_nan(), x.sqrt()),
        "Return the square root of x."
    ),
    real!("cbrt", |x| Ok(x.cbrt()), "Return the cube root of x."),
    real!("exp", |x| range(x, x.exp()), "Return e raised to the power of x."),
    real!("exp2", |x| range(x, x.exp2()), "Return 2 raised to the power of x."),
    real!("expm1", |x| range(x, x.exp_m1()), "Return exp(x)-1."),
    real!(
        "log1p",
        |x| domain(x > -1.0 || x.is_nan(), x.ln_1p()),
        "Return the natural logarithm of 1+x (base e)."
    ),
    real!(
        "sin",
        |x| domain(!x.is_infinite(), x.sin()),
        "Return the sine of x (measured in radians)."
    ),
    real!(
        "cos",
        |x| domain(!x.is_infinite(), x.cos()),
        "Return the cosine of x (measured in radians)."
    ),
    real!(
        "tan",
        |x| domain(!x.is_infinite(), x.tan()),
        "Return the tangent of x (measured in radians)."
    ),
    real!(
        "asin",
        |x| domain(x.abs() <= 1.0 || x.is_nan(), x.asin()),
        "Return the arc sine (measured in radians) of x."
    ),
    real!(
        "acos",
        |x| domain(x.abs() <= 1.0 || x.is_nan(), x.acos()),
        "Return the arc cosine (measured in radians) of x."
    ),
    real!(
        "atan",
        |x| Ok(x.atan()),
        "Return the arc tangent (measured in radians) of x."
    ),
    real!("sinh", |x| range(x, x.sinh()), "Return the hyperbolic sine of x."),
    real!("cosh", |x| range(x, x.cosh()), "Return the hyperbolic cosine of x."),
    real!("tanh", |x| Ok(x.tanh()), "Return the hyperbolic tangent of x."),
    real!(
        "asinh",
        |x| Ok(libm::asinh(x)),
        "Return the inverse hyperbolic sine of x."
    ),
    real!(
        "acosh",
        |x| domain(x >= 1.0 || x.is_nan(), libm::acosh(x)),
        "Return the inverse hyperbolic cosine of x."
    ),
    real!(
        "atanh",
        |x| domain(x.abs() < 1.0 || x.is_nan(), libm::atanh(x)),
        "Return the inverse hyperbolic tangent of x."
    ),
    real!("erf", |x| Ok(libm::erf(x)), "Error function at x."),
    real!("erfc", |x| Ok(libm::erfc(x)), "Complementary error function at x."),
    real!("gamma", gamma, "Gamma function at x."),
    real!(
        "lgamma",
        |x| domain(!(x <= 0.0 && x == x.floor()) || x.is_infinite(), special::lgamma(x)),
        "Natural logarithm of absolute value of Gamma function at x."
    ),
    real!(
        "degrees",
        |x| Ok(x * (180.0 / std::f64::consts::PI)),
        "Convert angle x from radians to degrees."
    ),
    real!(
        "radians",
        |x| Ok(x * (std::f64::consts::PI / 180.0)),
        "Convert angle x from degrees to radians."
    ),
    real!("fabs", |x| Ok(x.abs()), "Return the absolute value of the float x."),
    real!(
        "ulp",
        |x| Ok(ulp(x)),
        "Return the value of the least significant bit of the float x."
    ),
    NativeDef::new(
        "isnan",
        "(x, /)",
        Parser::One,
        |vm, args| test(vm, args, f64::is_nan),
        "Return True if x is a NaN (not a number), and False otherwise.",
    ),
    NativeDef::new(
        "isinf",
        "(x, /)",
        Parser::One,
        |vm, args| test(vm, args, f64::is_infinite),
        "Return True if x is a positive or negative infinity, and False otherwise.",
    ),
    NativeDef::new(
        "isfinite",
        "(x, /)",
        Parser::One,
        |vm, args| test(vm, args, f64::is_finite),
        "Return True if x is neither an infinity nor a NaN, and False otherwise.",
    ),
    NativeDef::new(
        "floor",
        "(x, /)",
        Parser::One,
        |vm, args| whole(vm, args, "__floor__", f64::floor),
        "Return the floor of x as an Integral.",
    ),
    NativeDef::new(
        "ceil",
        "(x, /)",
        Parser::One,
        |vm, args| whole(vm, args, "__ceil__", f64::ceil),
        "Return the ceiling of x as an Integral.",
    ),
    NativeDef::new(
        "trunc",
        "(x, /)",
        Parser::One,
        trunc,
        "Truncates the Real x to the nearest Integral toward 0.",
    ),
    NativeDef::new(
        "log",
        "(x, base=None, /)",
        Parser::Unpack,
        log,
        "Return the logarithm of x to the given base.",
    ),
    NativeDef::new(
        "log2",
        "(x, /)",
        Parser::One,
        |vm, args| logarithm(vm, args, f64::log2),
        "Return the base 2 logarithm of x.",
    ),
    NativeDef::new(
        "log10",
        "(x, /)",
        Parser::One,
        |vm, args| logarithm(vm, args, f64::log10),
        "Return the base 10 logarithm of x.",
    ),
    NativeDef::new(
        "pow",
        "(x, y, /)",
        Parser::Clinic,
        pow,
        "Return x**y (x to the power of y).",
    ),
    NativeDef::new(
        "fmod",
        "(x, y, /)",
        Parser::Clinic,
        |vm, args| {
            two(vm, args, |x, y| {
                domain(!(x.is_infinite() || y == 0.0) || x.is_nan() || y.is_nan(), x % y)
            })
        },
        "Return fmod(x, y), according to platform C.",
    ),
    NativeDef::new(
        "remainder",
        "(x, y, /)",
        Parser::Clinic,
        |vm, args| {
            two(vm, args, |x, y| {
                domain(!(x.is_infinite() || y == 0.0), libm::remainder(x, y))
            })
        },
        "Difference between x and the closest integer multiple of y.",
    ),
    NativeDef::new(
        "atan2",
        "(y, x, /)",
        Parser::Clinic,
        |vm, args| two(vm, args, |y, x| Ok(y.atan2(x))),
        "Return the arc tangent (measured in radians) of y/x.",
    ),
    NativeDef::new(
        "copysign",
        "(x, y, /)",
        Parser::Clinic,
        |vm, args| two(vm, args, |x, y| Ok(x.copysign(y))),
        "Return a float with the magnitude (absolute value) of x but the sign of y.",
    ),
    NativeDef::new(
        "nextafter",
        "(x, y, /)",
        Parser::Clinic,
        |vm, args| two(vm, args, |x, y| Ok(libm::nextafter(x, y))),
        "Return the next floating-point value after x towards y.",
    ),
    NativeDef::new("ldexp", "(x, i, /)", Parser::Clinic, ldexp, "Return x * (2**i)."),
    NativeDef::new(
        "frexp",
        "(x, /)",
        Parser::One,
        frexp,
        "Return the mantissa and exponent of x, as pair (m, e).",
    ),
    NativeDef::new(
        "modf",
        "(x, /)",
        Parser::One,
        modf,
        "Return the fractional and integer parts of x.",
    ),
    NativeDef::new(
        "hypot",
        "(*coordinates)",
        Parser::Unpack,
        hypot,
        "Multidimensional Euclidean distance from the origin to a point.",
    ),
    NativeDef::new(
        "dist",
        "(p, q, /)",
        Parser::Clinic,
        dist,
        "Return the Euclidean distance between two points p and q.",
    ),
    NativeDef::new(
        "fsum",
        "(seq, /)",
        Parser::One,
        fsum,
        "Return an accurate floating-point sum of values in the iterable seq.",
    ),
    NativeDef::new(
        "prod",
        "(iterable, /, *, start=1)",
        Parser::Clinic,
        prod,
        "Calculate the product of all the elements in the input iterable.",
    ),
    NativeDef::new(
        "isclose",
        "(a, b, *, rel_tol=1e-09, abs_tol=0.0)",
        Parser::Clinic,
        isclose,
        "Determine whether two floating-point numbers are close in value.",
    ),
    NativeDef::new("factorial", "(n, /)", Parser::One, factorial, "Find n!."),
    NativeDef::new(
        "gcd",
        "(*integers)",
        Parser::Unpack,
        |vm, args| fold(vm, args, BigInt::from(0), |x, y| x.gcd(y)),
        "Greatest Common Divisor.",
    ),
    NativeDef::new(
        "lcm",
        "(*integers)",
        Parser::Unpack,
        |vm, args| fold(vm, args, BigInt::from(1), |x, y| x.lcm(y)),
        "Least Common Multiple.",
    ),
    NativeDef::new(
        "comb",
        "(n, k, /)",
        Parser::Clinic,
        comb,
        "Number of ways to choose k items from n items without repetition and without order.",
    ),
    NativeDef::new(
        "perm",
        "(n, k=None, /)",
        Parser::Clinic,
        perm,
        "Number of ways to choose k items from n items without repetition and with order.",
    ),
    NativeDef::new(
        "isqrt",
        "(n, /)",
        Parser::One,
        isqrt,
        "Return the integer part of the square root of the input.",
    ),
];

/// Builds the module.
pub fn build(vm: &mut Vm) -> R<Rc<Module>> {
    let module = Module::new("math");
    vm.define_functions(&module, FUNCTIONS);
    module.set("pi", Value::float(std::f64::consts::PI));
    module.set("e", Value::float(std::f64::consts::E));
    module.set("tau", Value::float(std::f64::consts::TAU));
    module.set("inf", Value::float(f64::INFINITY));
    module.set("nan", Value::float(f64::NAN));
    module.set("__doc__", Value::str("Mathematical functions of real numbers."));
    Ok(module)
}

/// What keeps a function from having a value.
enum Fault {
    Domain,
    Range,
}

fn domain(holds: bool, value: f64) -> Result<f64, Fault> {
    if holds { Ok(value) } else { Err(Fault::Domain) }
}

/// Infinite results of finite arguments are out of range.
fn range(x: f64, value: f64) -> Result<f64, Fault> {
    if value.is_infinite() && x.is_finite() {
        Err(Fault::Range)
    } else {
        Ok(value)
    }
}

fn finish(vm: &mut Vm, outcome: Result<f64, Fault>) -> R<Value> {
    match outcome {
        Ok(value) => Ok(Value::float(value)),
        Err(Fault::Domain) => Err(vm.value_error("math domain error")),
        Err(Fault::Range) => Err(vm.overflow_error("math range error")),
    }
}

fn one(vm: &mut Vm, args: &[Value], function: fn(f64) -> Result<f64, Fault>) -> R<Value> {
    let [x] = args else { return Ok(Value::None) };
    let x = must_be_real(vm, x)?;
    finish(vm, function(x))
}

fn two(vm: &mut Vm, args: &[Value], function: fn(f64, f64) -> Result<f64, Fault>) -> R<Value> {
    let [x, y] = args else { return Ok(Value::None) };
    let (x, y) = (must_be_real(vm, x)?, must_be_real(vm, y)?);
    finish(vm, function(x, y))
}

fn test(vm: &mut Vm, args: &[Value], function: fn(f64) -> bool) -> R<Value> {
    let [x] = args else { return Ok(Value::None) };
    Ok(Value::bool(function(must_be_real(vm, x)?)))
}

fn gamma(x: f64) -> Result<f64, Fault> {
    if x == f64::NEG_INFINITY || (x == x.floor() && x <= 0.0) {
        return Err(Fault::Domain);
    }
    // the product of whole numbers is exact where it fits
    if x == x.floor() && x <= 23.0 {
        return Ok((2..x as u64).fold(1.0, |product, factor| product * factor as f64));
    }
    range(x, special::gamma(x))
}

fn ulp(x: f64) -> f64 {
    let x = x.abs();
    if !x.is_finite() {
        return x;
    }
    let next = f64::from_bits(x.to_bits() + 1);
    if next.is_infinite() {
        x - f64::from_bits(x.to_bits() - 1)
    } else {
        next - x
    }
}

fn whole(vm: &mut Vm, args: &[Value], dunder: &str, rounded: fn(f64) -> f64) -> R<Value> {
    let [x] = args else { return Ok(Value::None) };
    if x.is_int() {
        return Ok(x.clone());
    }
    if let Value::Float(bits) = x {
        return from_float(vm, rounded(bits.get()));
    }
    if let Some(method) = vm.find_attr(x, Symbol::new(dunder))? {
        return vm.call(&method, &[]);
    }
    let x = must_be_real(vm, x)?;
    from_float(vm, rounded(x))
}

fn trunc(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [x] = args else { return Ok(Value::None) };
    match vm.find_attr(x, Symbol::new("__trunc__"))? {
        Some(method) => vm.call(&method, &[]),
        None => {
            let class = vm.type_name(x);
            Err(vm.type_error(format!("type {class} doesn't define __trunc__ method")))
        }
    }
}

/// The logarithm of a number of any size, through its leading bits.
fn big_log(number: &BigInt, function: fn(f64) -> f64) -> f64 {
    match number.to_f64() {
        Some(float) if float.is_finite() => function(float),
        _ => {
            // a mantissa below one, as frexp leaves it
            let bits = number.bits();
            let mantissa = nearest(number, -(bits as i64), false);
            function(mantissa) + bits as f64 * function(2.0)
        }
    }
}

fn log_of(vm: &mut Vm, x: &Value, function: fn(f64) -> f64) -> R<f64> {
    if let Some(number) = x.as_bigint().filter(|_| x.is_int()) {
        if !number.is_positive() {
            return Err(vm.value_error("math domain error"));
        }
        return Ok(big_log(&number, function));
    }
    let x = must_be_real(vm, x)?;
    if x <= 0.0 {
        return Err(vm.value_error("math domain error"));
    }
    Ok(function(x))
}

fn logarithm(vm: &mut Vm, args: &[Value], function: fn(f64) -> f64) -> R<Value> {
    let [x] = args else { return Ok(Value::None) };
    Ok(Value::float(log_of(vm, x, function)?))
}

fn log(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [x, base] = args else { return Ok(Value::None) };
    let number = log_of(vm, x, f64::ln)?;
    if base.is_unset() {
        return Ok(Value::float(number));
    }
    let base = log_of(vm, base, f64::ln)?;
    if base == 0.0 {
        return Err(vm.zero_division_error("float division by zero"));
    }
    Ok(Value::float(number / base))
}

fn pow(vm: &mut Vm, args: &[Value]) -> R<Value> {
    two(vm, args, |x, y| {
        let value = x.powf(y);
        if value.is_nan() && !x.is_nan() && !y.is_nan() {
            return Err(Fault::Domain);
        }
        if value.is_infinite() && x.is_finite() && y.is_finite() {
            return Err(if x == 0.0 { Fault::Domain } else { Fault::Range });
        }
        Ok(value)
    })
}

fn ldexp(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [x, exponent] = args else { return Ok(Value::None) };
    let x = must_be_real(vm, x)?;
    let exponent = match exponent.as_bigint() {
        Some(exponent) => exponent
            .to_i64()
            .unwrap_or(if exponent.is_negative() { i64::MIN } else { i64::MAX }),
        None => return Err(vm.type_error("Expected an int as second argument to ldexp.")),
    };
    let value = libm::ldexp(x, exponent.clamp(-5000, 5000) as i32);
    finish(vm, range(x, value))
}

fn frexp(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [x] = args else { return Ok(Value::None) };
    let x = must_be_real(vm, x)?;
    let (mantissa, exponent) = if x.is_finite() { libm::frexp(x) } else { (x, 0) };
    Ok(Value::tuple(vec![Value::float(mantissa), Value::int(exponent.into())]))
}

fn modf(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [x] = args else { return Ok(Value::None) };
    let x = must_be_real(vm, x)?;
    let part = if x.is_infinite() {
        0f64.copysign(x)
    } else {
        x.fract().copysign(x)
    };
    Ok(Value::tuple(vec![Value::float(part), Value::float(x.trunc())]))
}

fn reals(vm: &mut Vm, values: &[Value]) -> R<Vec<f64>> {
    values.iter().map(|value| must_be_real(vm, value)).collect()
}

fn hypot(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [coordinates] = args else { return Ok(Value::None) };
    let parts = reals(vm, coordinates.as_tuple().unwrap_or_default())?;
    Ok(Value::float(special::length(&parts)))
}

fn dist(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [p, q] = args else { return Ok(Value::None) };
    let (p, q) = (vm.collect(p)?, vm.collect(q)?);
    if p.len() != q.len() {
        return Err(vm.value_error("both points must have the same number of dimensions"));
    }
    let (p, q) = (reals(vm, &p)?, reals(vm, &q)?);
    let parts: Vec<f64> = p.iter().zip(&q).map(|(x, y)| x - y).collect();
    Ok(Value::float(special::length(&parts)))
}

/// Shewchuk's exact sum: partial sums that do not overlap.
fn fsum(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [items] = args else { return Ok(Value::None) };
    let items = vm.collect(items)?;
    let mut partials: Vec<f64> = Vec::new();
    let mut special = 0.0;
    for x in reals(vm, &items)? {
        if !x.is_finite() {
            special += x;
            continue;
        }
        let mut x = x;
        let mut kept = Vec::with_capacity(partials.len() + 1);
        for mut y in partials.drain(..) {
            if x.abs() < y.abs() {
                std::mem::swap(&mut x, &mut y);
            }
            let high = x + y;
            let low = y - (high - x);
            if low != 0.0 {
                kept.push(low);
            }
            x = high;
        }
        kept.push(x);
        partials = kept;
    }
    if special != 0.0 || special.is_nan() {
        return Ok(Value::float(special));
    }
    let mut rest = partials.into_iter().rev();
    let mut high = rest.next().unwrap_or(0.0);
    let mut low = 0.0;
    let mut rest = rest.peekable();
    for y in rest.by_ref() {
        let x = high;
        high = x + y;
        low = y - (high - x);
        if low != 0.0 {
            break;
        }
    }
    // round half to even where the rest decides
    if let Some(next) = rest.peek()
        && ((low < 0.0 && *next < 0.0) || (low > 0.0 && *next > 0.0))
    {
        let y = low * 2.0;
        let x = high + y;
        if y == x - high {
            high = x;
        }
    }
    Ok(Value::float(high))
}

fn prod(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [items, start] = args else { return Ok(Value::None) };
    let mut product = start.or(Value::int(1));
    let iterator = vm.iter(items)?;
    while let Some(item) = vm.next(&iterator)? {
        product = vm.binary(crate::python::class::Binary::Mul, &product, &item)?;
    }
    Ok(product)
}

fn isclose(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [a, b, relative, absolute] = args else {
        return Ok(Value::None);
    };
    let (a, b) = (must_be_real(vm, a)?, must_be_real(vm, b)?);
    let relative = if relative.is_unset() {
        1e-9
    } else {
        must_be_real(vm, relative)?
    };
    let absolute = if absolute.is_unset() {
        0.0
    } else {
        must_be_real(vm, absolute)?
    };
    if relative < 0.0 || absolute < 0.0 {
        return Err(vm.value_error("tolerances must be non-negative"));
    }
    if a == b {
        return Ok(Value::True);
    }
    if a.is_infinite() || b.is_infinite() {
        return Ok(Value::False);
    }
    let apart = (a - b).abs();
    Ok(Value::bool(
        apart <= (relative * b).abs() || apart <= (relative * a).abs() || apart <= absolute,
    ))
}
