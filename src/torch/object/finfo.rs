//! `torch.finfo` and `torch.iinfo`: the limits of dtypes.

use super::torch;
use crate::array::{Dtype, promote};
use crate::foreign;
use crate::parser;
use crate::python::class::ClassRef;
use crate::python::class::slot::Slot;
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::object::{CallArgs, Object};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;

/// The limits of one dtype.
pub struct Info {
    pub class: ClassRef,
    pub dtype: Dtype,
}

foreign!(Info);

struct Floats {
    bits: i64,
    eps: f64,
    max: f64,
    smallest_normal: f64,
    resolution: f64,
}

fn floats(dtype: Dtype) -> Floats {
    match dtype.to_real() {
        Dtype::Float16 => Floats {
            bits: 16,
            eps: 0.0009765625,
            max: 65504.0,
            smallest_normal: 6.103515625e-05,
            resolution: 0.001,
        },
        Dtype::BFloat16 => Floats {
            bits: 16,
            eps: 0.0078125,
            max: 3.3895313892515355e38,
            smallest_normal: f64::from(f32::MIN_POSITIVE),
            resolution: 0.01,
        },
        Dtype::Float64 => Floats {
            bits: 64,
            eps: f64::EPSILON,
            max: f64::MAX,
            smallest_normal: f64::MIN_POSITIVE,
            resolution: 1e-15,
        },
        _ => Floats {
            bits: 32,
            eps: f64::from(f32::EPSILON),
            max: f64::from(f32::MAX),
            smallest_normal: f64::from(f32::MIN_POSITIVE),
            resolution: 1e-6,
        },
    }
}

/// Bits, least and greatest value.
fn integers(dtype: Dtype) -> (i64, i64, i64) {
    match dtype {
        Dtype::Uint8 => (8, 0, 255),
        Dtype::Int8 => (8, -128, 127),
        Dtype::Int16 => (16, i64::from(i16::MIN), i64::from(i16::MAX)),
        Dtype::Int32 => (32, i64::from(i32::MIN), i64::from(i32::MAX)),
        Dtype::Int64 => (64, i64::MIN, i64::MAX),
        _ => (8, 0, 1),
    }
}

fn dtype_of(this: Option<&Value>) -> Dtype {
    this.and_then(|this| this.as_foreign::<Info>())
        .map_or(Dtype::Float32, |info| info.dtype)
}

fn float(this: &Value, read: impl FnOnce(Floats) -> f64) -> R<Value> {
    Ok(Value::float(read(floats(dtype_of(Some(this))))))
}

pub static FINFO: &[ClassItem] = &[
    ClassItem::New(NativeDef::new(
        "__new__",
        "(cls, *args, **kwargs)",
        Parser::Free,
        new_finfo,
        "",
    )),
    ClassItem::special(Slot::Repr, repr_finfo),
    ClassItem::getter("bits", |_, this| Ok(Value::Int(floats(dtype_of(Some(this))).bits)), ""),
    ClassItem::getter("eps", |_, this| float(this, |f| f.eps), ""),
    ClassItem::getter("max", |_, this| float(this, |f| f.max), ""),
    ClassItem::getter("min", |_, this| float(this, |f| -f.max), ""),
    ClassItem::getter("tiny", |_, this| float(this, |f| f.smallest_normal), ""),
    ClassItem::getter("smallest_normal", |_, this| float(this, |f| f.smallest_normal), ""),
    ClassItem::getter("resolution", |_, this| float(this, |f| f.resolution), ""),
    ClassItem::getter(
        "dtype",
        |_, this| Ok(Value::str(dtype_of(Some(this)).to_real().name())),
        "",
    ),
];

pub static IINFO: &[ClassItem] = &[
    ClassItem::New(NativeDef::new(
        "__new__",
        "(cls, *args, **kwargs)",
        Parser::Free,
        new_iinfo,
        "",
    )),
    ClassItem::special(Slot::Repr, repr_iinfo),
    ClassItem::getter("bits", |_, this| Ok(Value::Int(integers(dtype_of(Some(this))).0)), ""),
    ClassItem::getter("min", |_, this| Ok(Value::Int(integers(dtype_of(Some(this))).1)), ""),
    ClassItem::getter("max", |_, this| Ok(Value::Int(integers(dtype_of(Some(this))).2)), ""),
    ClassItem::getter("dtype", |_, this| Ok(Value::str(dtype_of(Some(this)).name())), ""),
];

fn argument(vm: &mut Vm, args: &[Value], parser: &crate::torch::bind::Parser) -> R<Option<Dtype>> {
    let [_, given, keywords] = args else { return Ok(None) };
    let (names, values) = super::super::keywords(keywords);
    let positional = vm.collect(given)?;
    let call = CallArgs {
        positional: &positional,
        names: &names,
        keywords: &values,
    };
    let (_, matched) = parser.parse(vm, call)?;
    Ok(matched.first().and_then(|value| super::dtype::of_value(vm, value)))
}

fn new_finfo(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let parser = parser!("finfo(ScalarType type)", "finfo()");
    let dtype = argument(vm, args, &parser)?.unwrap_or_else(promote::default_dtype);
    if !dtype.is_differentiable() {
        return Err(vm.type_error(
            "torch.finfo() requires a floating point input type. Use torch.iinfo to handle 'torch.finfo'",
        ));
    }
    let class = torch(vm).classes.finfo.clone();
    Ok(Value::object(Object::Foreign(Box::new(Info { class, dtype }))))
}

fn new_iinfo(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let parser = parser!("iinfo(ScalarType type)");
    let dtype = argument(vm, args, &parser)?.unwrap_or(Dtype::Int64);
    if dtype.is_differentiable() {
        return Err(
            vm.type_error("torch.iinfo() requires an integer input type. Use torch.finfo to handle 'torch.iinfo'")
        );
    }
    if dtype == Dtype::Bool {
        return Err(vm.type_error("torch.bool is not supported by torch.iinfo"));
    }
    let class = torch(vm).classes.iinfo.clone();
    Ok(Value::object(Object::Foreign(Box::new(Info { class, dtype }))))
}

/// As C++ streams print a number: six significant digits.
fn six_digits(number: f64) -> String {
    let shown = format!("{number:.5e}");
    let (digits, exponent) = shown.split_once('e').unwrap_or((&shown, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-5..6).contains(&exponent) {
        let places = (5 - exponent).max(0) as usize;
        let plain = format!("{number:.places$}");
        return match plain.contains('.') {
            true => plain.trim_end_matches('0').trim_end_matches('.').to_string(),
            false => plain,
        };
    }
    let digits = digits.trim_end_matches('0').trim_end_matches('.');
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

fn repr_finfo(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let dtype = dtype_of(args.first());
    let info = floats(dtype);
    Ok(Value::str(format!(
        "finfo(resolution={}, min={}, max={}, eps={}, smallest_normal={}, tiny={}, dtype={})",
        six_digits(info.resolution),
        six_digits(-info.max),
        six_digits(info.max),
        six_digits(info.eps),
        six_digits(info.smallest_normal),
        six_digits(info.smallest_normal),
        dtype.to_real().name()
    )))
}

fn repr_iinfo(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let dtype = dtype_of(args.first());
    let (_, min, max) = integers(dtype);
    Ok(Value::str(format!(
        "iinfo(min={min}, max={max}, dtype={})",
        dtype.name()
    )))
}
