//! `abs`, `divmod`, `pow`, `round`, `sum`, `min`, `max`.

use crate::python::class::{Binary, Compare, Slot};
use crate::python::native::{NativeDef, Parser};
use crate::python::types::take;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;

pub static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "abs",
        "(x, /)",
        Parser::One,
        abs,
        "Return the absolute value of the argument.",
    ),
    NativeDef::new(
        "divmod",
        "(x, y, /)",
        Parser::Clinic,
        divmod,
        "Return the tuple (x//y, x%y).  Invariant: div*y + mod == x.",
    ),
    NativeDef::new(
        "pow",
        "(base, exp, mod=None)",
        Parser::Clinic,
        pow,
        "Equivalent to base**exp with 2 arguments or base**exp % mod with 3 arguments.",
    ),
    NativeDef::new(
        "round",
        "(number, ndigits=None)",
        Parser::Clinic,
        round,
        "Round a number to a given precision in decimal digits.",
    ),
    NativeDef::new(
        "sum",
        "(iterable, /, start=0)",
        Parser::Clinic,
        sum,
        "Return the sum of a 'start' value (default: 0) plus an iterable of numbers",
    ),
    NativeDef::new(
        "min",
        "(*args, **kwargs)",
        Parser::Keywords,
        |vm, args| extreme(vm, args, "min", Compare::Lt),
        "With a single iterable argument, return its smallest item.",
    ),
    NativeDef::new(
        "max",
        "(*args, **kwargs)",
        Parser::Keywords,
        |vm, args| extreme(vm, args, "max", Compare::Gt),
        "With a single iterable argument, return its biggest item.",
    ),
];

fn abs(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => x);
    match vm.call_slot(x, Slot::Abs, &[])? {
        Some(answer) => Ok(answer),
        None => {
            let class = vm.type_name(x);
            Err(vm.type_error(format!("bad operand type for abs(): '{class}'")))
        }
    }
}

fn divmod(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => x, y);
    vm.binary(Binary::DivMod, x, y)
}

fn pow(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => base, exponent, modulus);
    vm.power(base, exponent, &modulus.or(Value::None))
}

fn round(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => number, digits);
    let given = [digits.clone()];
    let given: &[Value] = if digits.is_unset() || digits.is_none() {
        &[]
    } else {
        &given
    };
    match vm.call_slot(number, Slot::Round, given)? {
        Some(answer) => Ok(answer),
        None => {
            let class = vm.type_name(number);
            Err(vm.type_error(format!("type {class} doesn't define __round__ method")))
        }
    }
}

fn sum(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => iterable, start);
    let mut total = start.or(Value::Int(0));
    let refused = if total.as_str().is_some() {
        Some("sum() can't sum strings [use ''.join(seq) instead]")
    } else if total.as_bytes().is_some() {
        Some("sum() can't sum bytes [use b''.join(seq) instead]")
    } else if total.as_bytearray().is_some() {
        Some("sum() can't sum bytearray [use b''.join(seq) instead]")
    } else {
        None
    };
    let iterator = vm.iter(iterable)?;
    if let Some(message) = refused {
        return Err(vm.type_error(message));
    }
    let mut count = 0u32;
    while let Some(item) = vm.next(&iterator)? {
        total = match (&total, &item) {
            (Value::Int(a), Value::Int(b)) => match a.checked_add(*b) {
                Some(sum) => Value::Int(sum),
                None => vm.binary(Binary::Add, &total, &item)?,
            },
            (Value::Float(a), Value::Float(b)) => Value::float(a.get() + b.get()),
            (Value::Float(a), Value::Int(b)) => Value::float(a.get() + *b as f64),
            _ => vm.binary(Binary::Add, &total, &item)?,
        };
        count = count.wrapping_add(1);
        if count.is_multiple_of(1024) {
            vm.poll()?;
        }
    }
    Ok(total)
}

fn extreme(vm: &mut Vm, args: &[Value], name: &str, wins: Compare) -> R<Value> {
    take!(args => positional, keywords);
    let positional = positional.as_tuple().unwrap_or(&[]);
    let (mut key, mut default) = (Value::None, Value::Unset);
    if positional.is_empty() {
        return Err(vm.type_error(format!("{name} expected at least 1 argument, got 0")));
    }
    if let Some(keywords) = keywords.as_dict() {
        for (keyword, value) in keywords.pairs() {
            match keyword.as_str() {
                Some("key") => key = value,
                Some("default") => default = value,
                other => {
                    let keyword = other.unwrap_or("").to_string();
                    return Err(vm.type_error(format!("'{keyword}' is an invalid keyword argument for {name}()")));
                }
            }
        }
    }
    let iterator = match positional {
        [iterable] => vm.iter(iterable)?,
        _ if !default.is_unset() => {
            return Err(vm.type_error(format!(
                "Cannot specify a default for {name}() with multiple positional arguments"
            )));
        }
        several => vm.iter(&Value::tuple(several.to_vec()))?,
    };
    let mut best: Option<(Value, Value)> = None;
    while let Some(item) = vm.next(&iterator)? {
        let measure = if key.is_none() {
            item.clone()
        } else {
            vm.call(&key, std::slice::from_ref(&item))?
        };
        let better = match &best {
            None => true,
            Some((_, least)) => {
                let answer = vm.compare(wins, &measure, least)?;
                vm.truth(&answer)?
            }
        };
        if better {
            best = Some((item, measure));
        }
    }
    match best {
        Some((item, _)) => Ok(item),
        None if !default.is_unset() => Ok(default),
        None => Err(vm.value_error(format!("{name}() arg is an empty sequence"))),
    }
}
