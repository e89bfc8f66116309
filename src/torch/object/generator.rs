//! `torch.Generator`

use super::torch;
use crate::array::Array;
use crate::ops::generator::{SharedGenerator, default_generator};
use crate::parser;
use crate::python::class::ClassRef;
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::object::{CallArgs, Foreign, Object};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::torch::{machine, object};
use num_traits::ToPrimitive;
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

/// A generator as an object.
pub struct GeneratorObject {
    pub class: ClassRef,
    pub generator: SharedGenerator,
}

impl Foreign for GeneratorObject {
    fn class(&self) -> &ClassRef {
        &self.class
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn identity(&self) -> Option<usize> {
        Some(Rc::as_ptr(&self.generator) as usize)
    }
}

pub fn object(class: &ClassRef, generator: SharedGenerator) -> Value {
    Value::object(Object::Foreign(Box::new(GeneratorObject {
        class: class.clone(),
        generator,
    })))
}

/// The generator behind a value; the default one behind None.
pub fn of_value(value: &Value) -> SharedGenerator {
    value
        .as_foreign::<GeneratorObject>()
        .map_or_else(default_generator, |object| object.generator.clone())
}

pub static ITEMS: &[ClassItem] = &[
    ClassItem::New(NativeDef::new(
        "__new__",
        "(cls, *args, **kwargs)",
        Parser::Free,
        new,
        "",
    )),
    ClassItem::method(
        "manual_seed",
        "(self, seed, /)",
        Parser::One,
        manual_seed,
        "Sets the seed.",
    ),
    ClassItem::method(
        "initial_seed",
        "(self, /)",
        Parser::NoArgs,
        initial_seed,
        "The seed it was started with.",
    ),
    ClassItem::method(
        "seed",
        "(self, /)",
        Parser::NoArgs,
        seed,
        "Seeds from the operating system and gives the seed.",
    ),
    ClassItem::method(
        "get_state",
        "(self, /)",
        Parser::NoArgs,
        get_state,
        "The state as a tensor of bytes.",
    ),
    ClassItem::method(
        "set_state",
        "(self, state, /)",
        Parser::One,
        set_state,
        "Puts a state back.",
    ),
    ClassItem::method(
        "clone_state",
        "(self, /)",
        Parser::NoArgs,
        clone_state,
        "Another generator in the same state.",
    ),
    ClassItem::getter(
        "device",
        |vm, _| Ok(super::device::object(vm, "cpu", None)),
        "Where it draws.",
    ),
];

fn new(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [class, given, keywords] = args else {
        return Ok(Value::None);
    };
    let (names, values) = super::super::keywords(keywords);
    let positional = vm.collect(given)?;
    let parser = parser!("Generator(Device device=None)");
    let call = CallArgs {
        positional: &positional,
        names: &names,
        keywords: &values,
    };
    let (_, matched) = parser.parse(vm, call)?;
    if let Some(device) = matched.first().filter(|device| !device.is_unset()) {
        super::device::check(vm, device)?;
    }
    let class = class
        .as_class()
        .cloned()
        .unwrap_or_else(|| torch(vm).classes.generator.clone());
    Ok(object(
        &class,
        Rc::new(RefCell::new(crate::array::random::Generator::default())),
    ))
}

/// A seed as 64 bits; negative ones wrap.
pub fn seed_of(vm: &mut Vm, value: &Value, function: &str) -> R<u64> {
    let number = match value.as_bigint() {
        Some(number) => number,
        None => {
            let kind = vm.type_name(value);
            return Err(vm.type_error(format!("{function} expected a long, but got {kind}")));
        }
    };
    match (number.to_i64(), number.to_u64()) {
        (Some(signed), _) => Ok(signed as u64),
        (None, Some(unsigned)) => Ok(unsigned),
        (None, None) => Err(vm.runtime_error("Overflow when unpacking long long")),
    }
}

fn manual_seed(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, seed] = args else { return Ok(Value::None) };
    let seed = seed_of(vm, seed, "manual_seed")?;
    of_value(this).borrow_mut().manual_seed(seed);
    Ok(this.clone())
}

/// An unsigned number.
pub fn unsigned(number: u64) -> Value {
    Value::big(num_bigint::BigInt::from(number))
}

fn initial_seed(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let generator = args.first().map_or_else(default_generator, of_value);
    let seed = generator.borrow().initial_seed();
    Ok(unsigned(seed))
}

fn seed(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let generator = args.first().map_or_else(default_generator, of_value);
    let seed = generator.borrow_mut().seed_from_system();
    Ok(unsigned(seed))
}

/// The state of a generator as a tensor.
pub fn state_of(vm: &mut Vm, generator: &SharedGenerator) -> R<Value> {
    let state = generator.borrow().state();
    let array = machine::run(vm, || Array::from_vec(&[state.len() as i64], &state))?;
    Ok(object::wrap(vm, array.into()))
}

/// Puts a state into a generator.
pub fn put_state(vm: &mut Vm, generator: &SharedGenerator, state: &Value) -> R<()> {
    let Some(tensor) = object::as_tensor(state).cloned() else {
        let kind = vm.type_name(state);
        return Err(vm.type_error(format!("expected a torch.ByteTensor, but got {kind}")));
    };
    machine::run(vm, || {
        let array = crate::array::copy::contiguous(&tensor.array())?;
        match array.as_slice::<u8>() {
            Some(bytes) => generator.borrow_mut().set_state(bytes),
            None => crate::array::error::type_error("RNG state must be a torch.ByteTensor"),
        }
    })
}

fn get_state(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let generator = args.first().map_or_else(default_generator, of_value);
    state_of(vm, &generator)
}

fn set_state(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, state] = args else { return Ok(Value::None) };
    put_state(vm, &of_value(this), state)?;
    Ok(this.clone())
}

fn clone_state(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let generator = args.first().map_or_else(default_generator, of_value);
    let copy = generator.borrow().clone();
    let class = torch(vm).classes.generator.clone();
    Ok(object(&class, Rc::new(RefCell::new(copy))))
}
