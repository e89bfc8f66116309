//! The operators of tensors: each is a row whose function goes straight to an op.

use crate::array::{ErrorKind, Scalar};
use crate::autograd::Tensor;
use crate::ops::op::{FUNCTION, HIDDEN, INPLACE, METHOD, NUMBERS, ONLY_INPLACE};
use crate::ops::{Arg, Args, Op, Overload};
use crate::python::class::slot::Slot;
use crate::python::native::ClassItem;
use crate::python::object::CallArgs;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::torch::bind::{convert, matching};
use crate::torch::{machine, object, overrides};
use smallvec::{SmallVec, smallvec};
use std::cell::{Cell, OnceCell};
use std::rc::Rc;

/// An op that is looked up at its first use.
pub struct Lazy {
    name: &'static str,
    found: fn() -> &'static std::thread::LocalKey<Found>,
}

/// What a row has found out: its op, and the overloads for two tensors, a tensor and a number, a number and a tensor.
pub struct Found {
    op: Cell<Option<&'static Op>>,
    overloads: [OnceCell<Option<Rc<Chosen>>>; 3],
}

/// An overload with the defaults of the arguments behind the first two.
struct Chosen {
    overload: &'static Overload,
    rest: SmallVec<[Arg; 1]>,
}

impl Found {
    const fn new() -> Found {
        Found {
            op: Cell::new(None),
            overloads: [const { OnceCell::new() }; 3],
        }
    }
}

macro_rules! lazy {
    ($name:literal) => {
        Lazy {
            name: $name,
            found: || {
                thread_local! { static FOUND: Found = const { Found::new() }; }
                &FOUND
            },
        }
    };
}

impl Lazy {
    fn get(&self) -> Option<&'static Op> {
        (self.found)().with(|found| {
            if let Some(op) = found.op.get() {
                return Some(op);
            }
            let op = crate::ops::find(self.name);
            found.op.set(op);
            op
        })
    }

    /// The overload for these two arguments; a row asks with the same forms always.
    #[inline]
    fn choose(&self, forms: u32, args: &Args) -> Option<Rc<Chosen>> {
        let (a, b) = (args.get(0), args.get(1));
        let kind = match (a, b) {
            (Arg::Tensor(_), Arg::Tensor(_)) => 0,
            (Arg::Tensor(_), _) => 1,
            _ => 2,
        };
        (self.found)().with(|found| {
            let place = found.overloads.get(kind)?;
            place.get_or_init(|| self.search(forms, a, b)).clone()
        })
    }

    /// No overload takes the arguments, or there is no such op.
    #[cold]
    fn nothing_fits(&self, vm: &mut Vm) -> R<Value> {
        match self.get() {
            Some(_) => Ok(Value::NotImplemented),
            None => Err(vm.unsupported(&format!("the operator of '{}'", self.name))),
        }
    }

    #[cold]
    fn search(&self, forms: u32, a: &Arg, b: &Arg) -> Option<Rc<Chosen>> {
        let overload = overload_for(self.get()?, forms, a, b)?;
        let rest = match overload.parsed().params.len() > 2 {
            true => convert::defaults(overload).0.into_iter().skip(2).collect(),
            false => SmallVec::new(),
        };
        Some(Rc::new(Chosen { overload, rest }))
    }
}

/// Puts an operand behind the arguments: a tensor, or a number as the wrapped number that it is. False for anything
/// else. (Made in place: moving an argument that was just written stalls.)
#[inline(always)]
fn operand(vm: &mut Vm, value: &Value, args: &mut Args) -> R<bool> {
    match value {
        Value::Float(bits) => args.0.push(Arg::Scalar(Scalar::Float(bits.get()))),
        Value::Int(number) => args.0.push(Arg::Scalar(Scalar::Int(*number))),
        _ => match object::as_tensor(value) {
            Some(tensor) => args.0.push(Arg::Tensor(tensor.clone())),
            None if matching::is_number(value) => args.0.push(Arg::Scalar(convert::scalar(vm, value)?)),
            None => return Ok(false),
        },
    }
    Ok(true)
}

/// The overload of a binary operator for two arguments: of those with one of these forms the first whose parameters
/// take them, one that takes numbers as such before one that takes them for tensors.
fn overload_for(op: &'static Op, forms: u32, a: &Arg, b: &Arg) -> Option<&'static Overload> {
    use crate::ops::schema::Kind;
    let fits = |arg: &Arg, kind: Kind, numbers: bool| match arg {
        Arg::Tensor(_) => kind == Kind::Tensor,
        _ => kind == Kind::Scalar || (kind == Kind::Tensor && numbers),
    };
    let takes = |overload: &&Overload, numbers: bool| {
        let params = &overload.parsed().params;
        overload.is(forms)
            && !overload.is(HIDDEN)
            && match params.as_slice() {
                [first, second, rest @ ..] => {
                    fits(a, first.kind, numbers)
                        && fits(b, second.kind, numbers)
                        && rest.iter().all(|p| p.default.is_some())
                }
                _ => false,
            }
    };
    op.overloads.iter().find(|overload| takes(overload, false)).or_else(|| {
        op.overloads
            .iter()
            .find(|overload| takes(overload, overload.is(NUMBERS)))
    })
}

/// TypeErrors of an operator let the other side try.
fn or_not_implemented(vm: &mut Vm, result: crate::array::Result<Tensor>) -> R<Value> {
    match result {
        Ok(tensor) => Ok(object::wrap(vm, tensor)),
        Err(error) if error.kind() == ErrorKind::TypeError => Ok(Value::NotImplemented),
        // also one that a hook raised
        Err(error) if error.kind() == ErrorKind::Raised && vm.caught(&vm.exceptions.type_error.clone()) => {
            Ok(Value::NotImplemented)
        }
        Err(error) => Err(machine::raise(vm, &error)),
    }
}

/// `op(a, b)` with one of them a tensor.
fn binary(vm: &mut Vm, op: &Lazy, a: &Value, b: &Value) -> R<Value> {
    let called = overrides::Called::Method(op.name);
    match overrides::intercept_pair(vm, called, a, b, |vm| binary_plainly(vm, op, a, b))? {
        Some(answer) => Ok(answer),
        None => binary_plainly(vm, op, a, b),
    }
}

fn binary_plainly(vm: &mut Vm, op: &Lazy, a: &Value, b: &Value) -> R<Value> {
    let mut args = Args(SmallVec::new());
    if !(operand(vm, a, &mut args)? && operand(vm, b, &mut args)?) {
        return Ok(Value::NotImplemented);
    }
    let Some(chosen) = op.choose(FUNCTION | METHOD, &args) else {
        return op.nothing_fits(vm);
    };
    args.0.extend(chosen.rest.iter().cloned());
    let result = machine::quiet(vm, || chosen.overload.call_one_with(&args));
    or_not_implemented(vm, result)
}

fn in_place(vm: &mut Vm, op: &Lazy, a: &Value, b: &Value) -> R<Value> {
    let called = overrides::Called::InPlace(op.name);
    match overrides::intercept_pair(vm, called, a, b, |vm| in_place_plainly(vm, op, a, b))? {
        Some(answer) => Ok(answer),
        None => in_place_plainly(vm, op, a, b),
    }
}

fn in_place_plainly(vm: &mut Vm, op: &Lazy, a: &Value, b: &Value) -> R<Value> {
    let mut args = Args(SmallVec::new());
    if !(operand(vm, a, &mut args)? && operand(vm, b, &mut args)?) {
        return Ok(Value::NotImplemented);
    }
    let Some(chosen) = op.choose(INPLACE | ONLY_INPLACE, &args) else {
        return op.nothing_fits(vm);
    };
    args.0.extend(chosen.rest.iter().cloned());
    let result = machine::quiet(vm, || chosen.overload.call_in_place(args));
    or_not_implemented(vm, result)
}

fn unary(vm: &mut Vm, op: &Lazy, args: &[Value]) -> R<Value> {
    let (called, given) = (overrides::Called::Method(op.name), CallArgs::positional(args));
    match overrides::intercept(vm, called, given, |vm| unary_plainly(vm, op, args))? {
        Some(answer) => Ok(answer),
        None => unary_plainly(vm, op, args),
    }
}

fn unary_plainly(vm: &mut Vm, op: &Lazy, args: &[Value]) -> R<Value> {
    let (Some(found), Some(tensor)) = (op.get(), object::receiver(args)) else {
        return Err(vm.unsupported(&format!("the operator of '{}'", op.name)));
    };
    let Some(overload) = found.overloads.first() else {
        return Ok(Value::None);
    };
    let tensor = tensor.clone();
    let result = machine::run(vm, || overload.call_one(Args(smallvec![Arg::Tensor(tensor)])))?;
    Ok(object::wrap(vm, result))
}

macro_rules! row {
    (binary $dunder:literal, $op:literal) => {
        ClassItem::slot(
            $dunder,
            "(self, value, /)",
            |vm, args| {
                static OP: Lazy = lazy!($op);
                match args {
                    [a, b] => binary(vm, &OP, a, b),
                    _ => Ok(Value::NotImplemented),
                }
            },
            "",
        )
    };
    (reflected $dunder:literal, $op:literal) => {
        ClassItem::slot(
            $dunder,
            "(self, value, /)",
            |vm, args| {
                static OP: Lazy = lazy!($op);
                match args {
                    [a, b] => binary(vm, &OP, b, a),
                    _ => Ok(Value::NotImplemented),
                }
            },
            "",
        )
    };
    (inplace $dunder:literal, $op:literal) => {
        ClassItem::slot(
            $dunder,
            "(self, value, /)",
            |vm, args| {
                static OP: Lazy = lazy!($op);
                match args {
                    [a, b] => in_place(vm, &OP, a, b),
                    _ => Ok(Value::NotImplemented),
                }
            },
            "",
        )
    };
    (unary $dunder:literal, $op:literal) => {
        ClassItem::slot(
            $dunder,
            "(self, /)",
            |vm, args| {
                static OP: Lazy = lazy!($op);
                unary(vm, &OP, args)
            },
            "",
        )
    };
}

pub static ITEMS: &[ClassItem] = &[
    row!(binary "__add__", "add"),
    row!(binary "__radd__", "add"),
    row!(inplace "__iadd__", "add"),
    row!(binary "__sub__", "sub"),
    row!(binary "__rsub__", "rsub"),
    row!(inplace "__isub__", "sub"),
    row!(binary "__mul__", "mul"),
    row!(binary "__rmul__", "mul"),
    row!(inplace "__imul__", "mul"),
    row!(binary "__truediv__", "div"),
    ClassItem::special(Slot::RTrueDiv, reflected_division),
    row!(inplace "__itruediv__", "div"),
    row!(binary "__div__", "div"),
    row!(binary "__floordiv__", "floor_divide"),
    row!(reflected "__rfloordiv__", "floor_divide"),
    row!(inplace "__ifloordiv__", "floor_divide"),
    row!(binary "__mod__", "remainder"),
    row!(reflected "__rmod__", "remainder"),
    row!(inplace "__imod__", "remainder"),
    ClassItem::special(Slot::Pow, power),
    ClassItem::special(Slot::RPow, reflected_power),
    row!(inplace "__ipow__", "pow"),
    row!(binary "__matmul__", "matmul"),
    row!(reflected "__rmatmul__", "matmul"),
    row!(binary "__and__", "bitwise_and"),
    row!(binary "__rand__", "bitwise_and"),
    row!(inplace "__iand__", "bitwise_and"),
    row!(binary "__or__", "bitwise_or"),
    row!(binary "__ror__", "bitwise_or"),
    row!(inplace "__ior__", "bitwise_or"),
    row!(binary "__xor__", "bitwise_xor"),
    row!(binary "__rxor__", "bitwise_xor"),
    row!(inplace "__ixor__", "bitwise_xor"),
    row!(binary "__lshift__", "bitwise_left_shift"),
    row!(reflected "__rlshift__", "bitwise_left_shift"),
    row!(inplace "__ilshift__", "bitwise_left_shift"),
    row!(binary "__rshift__", "bitwise_right_shift"),
    row!(reflected "__rrshift__", "bitwise_right_shift"),
    row!(inplace "__irshift__", "bitwise_right_shift"),
    row!(binary "__eq__", "eq"),
    row!(binary "__ne__", "ne"),
    row!(binary "__lt__", "lt"),
    row!(binary "__le__", "le"),
    row!(binary "__gt__", "gt"),
    row!(binary "__ge__", "ge"),
    row!(unary "__neg__", "neg"),
    row!(unary "__abs__", "abs"),
    ClassItem::special(Slot::Pos, positive),
    ClassItem::special(Slot::Invert, invert),
];

static MUL: Lazy = lazy!("mul");
static RECIPROCAL: Lazy = lazy!("reciprocal");
static POW: Lazy = lazy!("pow");
static POSITIVE: Lazy = lazy!("positive");
static BITWISE_NOT: Lazy = lazy!("bitwise_not");

/// `2 / x` is `x.reciprocal() * 2`.
fn reflected_division(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, other] = args else {
        return Ok(Value::NotImplemented);
    };
    if object::as_tensor(other).is_none() && !matching::is_number(other) {
        return Ok(Value::NotImplemented);
    }
    let inverse = unary(vm, &RECIPROCAL, std::slice::from_ref(this))?;
    binary(vm, &MUL, &inverse, other)
}

fn power(vm: &mut Vm, args: &[Value]) -> R<Value> {
    match args {
        [a, b, ..] => binary(vm, &POW, a, b),
        _ => Ok(Value::NotImplemented),
    }
}

fn reflected_power(vm: &mut Vm, args: &[Value]) -> R<Value> {
    match args {
        [a, b, ..] => binary(vm, &POW, b, a),
        _ => Ok(Value::NotImplemented),
    }
}

/// The same tensor: `+x` gives it back.
fn positive(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some(tensor) = object::receiver(args) else {
        return Ok(Value::None);
    };
    if tensor.dtype() == crate::array::Dtype::Bool {
        return Err(vm.runtime_error("The `+` operator, on a bool tensor is not supported."));
    }
    if POSITIVE.get().is_some() {
        return unary(vm, &POSITIVE, args);
    }
    Ok(args.first().cloned().unwrap_or_default())
}

fn invert(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some(tensor) = object::receiver(args) else {
        return Ok(Value::None);
    };
    if !tensor.dtype().is_integral() {
        return Err(vm.type_error("~ (operator.invert) is only implemented on integer and Boolean-type tensors"));
    }
    unary(vm, &BITWISE_NOT, args)
}
