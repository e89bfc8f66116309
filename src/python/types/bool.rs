//! `bool`.

use crate::python::class::slot::Slot;
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;

pub static ITEMS: &[ClassItem] = &[
    ClassItem::New(NativeDef::new("__new__", "(cls, x=False, /)", Parser::Unpack, new, "")),
    ClassItem::special(Slot::Repr, repr),
    ClassItem::special(Slot::And, |_, args| logic(args, |a, b| a & b)),
    ClassItem::special(Slot::RAnd, |_, args| logic(args, |a, b| a & b)),
    ClassItem::special(Slot::Or, |_, args| logic(args, |a, b| a | b)),
    ClassItem::special(Slot::ROr, |_, args| logic(args, |a, b| a | b)),
    ClassItem::special(Slot::Xor, |_, args| logic(args, |a, b| a ^ b)),
    ClassItem::special(Slot::RXor, |_, args| logic(args, |a, b| a ^ b)),
];

fn new(vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => _class, x);
    Ok(Value::bool(!x.is_unset() && vm.truth(x)?))
}

fn repr(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    take!(args => this);
    Ok(Value::str(if matches!(this, Value::True) { "True" } else { "False" }))
}

/// Two truths give a truth, a truth and an integer an integer.
fn logic(args: &[Value], operation: fn(i64, i64) -> i64) -> R<Value> {
    take!(args => a, b);
    let is_bool = |value: &Value| matches!(value, Value::True | Value::False);
    match (a.as_int(), b.as_int()) {
        (Some(x), Some(y)) if is_bool(a) && is_bool(b) => Ok(Value::bool(operation(x, y) != 0)),
        (Some(x), Some(y)) => Ok(Value::Int(operation(x, y))),
        _ => match (a.as_bigint(), b.as_bigint()) {
            (Some(x), Some(y)) => {
                // the truth is 0 or 1: only the lowest bits meet
                let one = num_bigint::BigInt::from(1);
                Ok(Value::big(match operation(1, 1) + 2 * operation(0, 1) {
                    1 => x & y,
                    3 => x | y,
                    2 => x ^ y,
                    _ => one,
                }))
            }
            _ => Ok(Value::NotImplemented),
        },
    }
}
