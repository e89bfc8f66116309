//! `__torch_function__`: classes that take over the operations called with their instances.

use super::object::{self, TensorObject};
use crate::autograd::Tensor;
use crate::ops::{Arg, Args};
use crate::python::class::ClassRef;
use crate::python::native::{NativeDef, Parser};
use crate::python::object::{CallArgs, Dict, Foreign, Object};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::syntax::symbol::Symbol;
use std::rc::Rc;

/// Where the function that is called can be found, for handlers that are given it.
#[derive(Clone, Copy)]
pub enum Called<'a> {
    /// `torch.name`, or the function of a namespace: `linalg_inv`.
    Function(&'a str),
    /// `torch.Tensor.name`
    Method(&'a str),
    /// `torch.Tensor.name_`
    InPlace(&'a str),
    /// What reads an attribute of `torch.Tensor`.
    Getter(&'a str),
}

/// How a class takes part, remembered by class: looked up once.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Handling {
    /// Not at all: `torch.Tensor` itself, parameters, and whatever is no tensor.
    Plain,
    /// By `torch.Tensor`'s own handler: results become instances of the class.
    Converts,
    /// By a handler of its own.
    Own,
}

/// The class of an argument that may have a handler.
fn candidate(torch: &object::Torch, value: &Value) -> Option<ClassRef> {
    match value.obj()? {
        Object::Foreign(_) => {
            let class = value.as_foreign::<TensorObject>()?.class();
            (!class.same(&torch.classes.tensor)).then(|| class.clone())
        }
        Object::Instance(instance) => Some(instance.class()),
        _ => None,
    }
}

fn handling(torch: &object::Torch, class: &ClassRef) -> Handling {
    if let Some((_, known)) = torch.handlers.borrow().iter().find(|(seen, _)| seen.same(class)) {
        return *known;
    }
    let name = Symbol::new("__torch_function__");
    let handler = class
        .full_mro()
        .iter()
        .find_map(|base| Some((base.clone(), base.own(name)?)));
    let found = match handler {
        None if class.is_subclass_of(&torch.classes.tensor) => Handling::Converts,
        None => Handling::Plain,
        Some((base, _)) if base.same(&torch.classes.tensor) => Handling::Converts,
        Some((_, value)) if is_disabled(&value) => Handling::Plain,
        Some(_) => Handling::Own,
    };
    torch.handlers.borrow_mut().push((class.clone(), found));
    found
}

fn is_disabled(value: &Value) -> bool {
    matches!(value.obj(), Some(Object::Native(function)) if function.def.name == "_disabled_torch_function_impl")
}

/// The classes with handlers among some arguments, subclasses first; empty for nearly every call.
fn overloaded(torch: &object::Torch, values: &[Value], found: &mut Vec<(Value, ClassRef, Handling)>) {
    for value in values {
        if let Some(items) = value.as_tuple() {
            overloaded(torch, items, found);
            continue;
        }
        if let Some(list) = value.as_list() {
            overloaded(torch, &list.snapshot(), found);
            continue;
        }
        let Some(class) = candidate(torch, value) else { continue };
        let how = handling(torch, &class);
        if how == Handling::Plain || found.iter().any(|(_, seen, _)| seen.same(&class)) {
            continue;
        }
        let at = found
            .iter()
            .position(|(_, seen, _)| class.is_subclass_of(seen))
            .unwrap_or(found.len());
        found.insert(at, (value.clone(), class, how));
    }
}

/// True if a value might have a handler: a quick look that lets nearly every call go on.
#[inline]
fn worth_looking(value: &Value) -> bool {
    match value.obj() {
        Some(Object::Foreign(_)) => value.as_foreign::<TensorObject>().is_some_and(TensorObject::is_special),
        Some(Object::Instance(_) | Object::Tuple(_) | Object::List(_)) => true,
        _ => false,
    }
}

/// What a handler among the arguments makes of a call; None where there is none, as usual. `plain` is the call itself.
#[inline]
pub fn intercept(
    vm: &mut Vm,
    called: Called<'_>,
    args: CallArgs<'_>,
    plain: impl FnOnce(&mut Vm) -> R<Value>,
) -> R<Option<Value>> {
    if !args.positional.iter().chain(args.keywords).any(worth_looking) {
        return Ok(None);
    }
    hand_over(vm, called, args, plain)
}

/// As `intercept`, for an operator.
#[inline]
pub fn intercept_pair(
    vm: &mut Vm,
    called: Called<'_>,
    a: &Value,
    b: &Value,
    plain: impl FnOnce(&mut Vm) -> R<Value>,
) -> R<Option<Value>> {
    if !(worth_looking(a) || worth_looking(b)) {
        return Ok(None);
    }
    hand_over(vm, called, CallArgs::positional(&[a.clone(), b.clone()]), plain)
}

#[cold]
fn hand_over(
    vm: &mut Vm,
    called: Called<'_>,
    args: CallArgs<'_>,
    plain: impl FnOnce(&mut Vm) -> R<Value>,
) -> R<Option<Value>> {
    let torch = &object::torch(vm);
    if !torch.handlers_enabled.get() {
        return Ok(None);
    }
    let mut found = Vec::new();
    overloaded(torch, args.positional, &mut found);
    overloaded(torch, args.keywords, &mut found);
    let Some((_, first, _)) = found.first() else {
        return Ok(None);
    };
    if found
        .iter()
        .all(|(_, class, how)| *how == Handling::Converts && first.is_subclass_of(class))
    {
        let class = first.clone();
        let before = torch.handlers_enabled.replace(false);
        let result = plain(vm);
        torch.handlers_enabled.set(before);
        return convert(vm, &result?, &class).map(Some);
    }
    let (function, shown) = function_of(vm, torch, called)?;
    let types = Value::tuple(
        found
            .iter()
            .map(|(_, class, _)| Value::class(class))
            .collect::<Vec<_>>(),
    );
    let kwargs = Dict::new();
    for (name, value) in args.names.iter().zip(args.keywords) {
        kwargs.set_symbol(*name, value.clone());
    }
    let given = [
        function,
        types,
        Value::tuple(args.positional.to_vec()),
        Value::dict(kwargs),
    ];
    for (_, class, _) in &found {
        let handler = vm.get_attr(&Value::class(class), Symbol::new("__torch_function__"))?;
        let answer = vm.call(&handler, &given)?;
        if !matches!(answer, Value::NotImplemented) {
            return Ok(Some(answer));
        }
    }
    let mut text =
        format!("Multiple dispatch failed for '{shown}'; all __torch_function__ handlers returned NotImplemented:\n\n");
    for (value, class, _) in &found {
        let kind = if object::as_tensor(value).is_some() {
            "tensor subclass"
        } else {
            "object of"
        };
        text += &format!("  - {kind} {}\n", vm.repr(&Value::class(class))?);
    }
    text += "\nFor more information, try re-running with TORCH_LOGS=not_implemented";
    Err(vm.type_error(text))
}

/// The function that a handler is given, and what messages call it.
fn function_of(vm: &mut Vm, torch: &Rc<object::Torch>, called: Called<'_>) -> R<(Value, String)> {
    match called {
        Called::Method(name) => {
            let class = Value::class(&torch.classes.tensor);
            Ok((vm.get_attr(&class, Symbol::new(name))?, format!("torch.Tensor.{name}")))
        }
        Called::InPlace(name) => {
            let class = Value::class(&torch.classes.tensor);
            let found = vm.get_attr(&class, Symbol::new(&format!("{name}_")))?;
            Ok((found, format!("torch.Tensor.{name}_")))
        }
        Called::Getter(name) => {
            let member = vm.get_attr(&Value::class(&torch.classes.tensor), Symbol::new(name))?;
            let getter = vm.get_attr(&member, Symbol::new("__get__"))?;
            Ok((getter, format!("torch.Tensor.{name}.__get__")))
        }
        Called::Function(name) => {
            for prefix in ["linalg", "special", "fft"] {
                if let Some(own) = name.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_')) {
                    let module = vm.import_module(&format!("torch.{prefix}"))?;
                    return Ok((vm.get_attr(&module, Symbol::new(own))?, format!("torch.{name}")));
                }
            }
            // what stands in the module may be written in Python and take other arguments
            let is_op = |value: &Value| match value.obj() {
                Some(Object::Callable(callable)) => callable.as_any().is::<super::function::OpFunction>(),
                _ => false,
            };
            let module = Value::object(Object::Module(torch.module.clone()));
            let found = vm.find_attr(&module, Symbol::new(name))?.filter(is_op);
            let found = found.or_else(|| super::function::any_function(name));
            Ok((found.unwrap_or_default(), format!("torch.{name}")))
        }
    }
}

/// The tensors of a result as instances of a class.
pub fn convert(vm: &mut Vm, result: &Value, class: &ClassRef) -> R<Value> {
    if let Some(tensor) = object::as_tensor(result) {
        if vm.class_of(result).is_subclass_of(class) {
            return Ok(result.clone());
        }
        let tensor = tensor.clone();
        return as_subclass(vm, &tensor, class);
    }
    let items = match (result.as_tuple(), result.as_list()) {
        (Some(items), _) => items.to_vec(),
        (_, Some(list)) => list.snapshot(),
        _ => return Ok(result.clone()),
    };
    if !items.iter().any(|item| object::as_tensor(item).is_some()) {
        return Ok(result.clone());
    }
    let mut converted = Vec::new();
    for item in &items {
        converted.push(convert(vm, item, class)?);
    }
    if result.as_list().is_some() {
        return Ok(Value::list(converted));
    }
    let kind = vm.class_of(result);
    if kind.same(&vm.types.tuple) {
        return Ok(Value::tuple(converted));
    }
    vm.call(&Value::class(&kind), &[Value::tuple(converted)])
}

/// `tensor.as_subclass(cls)`
pub fn as_subclass(vm: &mut Vm, tensor: &Tensor, class: &ClassRef) -> R<Value> {
    let Some(overload) = crate::ops::find("alias").and_then(|op| op.overloads.first()) else {
        return Err(vm.unsupported("'as_subclass'"));
    };
    let args = Args(smallvec::smallvec![Arg::Tensor(tensor.clone())]);
    let alias = super::machine::run(vm, || overload.call_one(args))?;
    Ok(object::wrap_as(vm, alias, class))
}

/// `torch.Tensor.__torch_function__`: runs the function as if there were no handlers, and converts what it gives.
pub fn default_handler(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [class, function, types, given, kwargs] = args else {
        return Ok(Value::None);
    };
    let Some(class) = class.as_class().cloned() else {
        return Ok(Value::None);
    };
    let types = vm.collect(types)?;
    if !types
        .iter()
        .all(|kind| kind.as_class().is_some_and(|kind| class.is_subclass_of(kind)))
    {
        return Ok(Value::NotImplemented);
    }
    let result = without_handlers(vm, function, given, kwargs)?;
    convert(vm, &result, &class)
}

fn without_handlers(vm: &mut Vm, function: &Value, args: &Value, kwargs: &Value) -> R<Value> {
    let positional = match args {
        Value::Unset | Value::None => Vec::new(),
        args => vm.collect(args)?,
    };
    let (names, keywords) = super::keywords(kwargs);
    let torch = object::torch(vm);
    let before = torch.handlers_enabled.replace(false);
    let result = vm.call_args(
        function,
        CallArgs {
            positional: &positional,
            names: &names,
            keywords: &keywords,
        },
    );
    torch.handlers_enabled.set(before);
    result
}

/// Functions of `torch._C`.
pub static FUNCTIONS: &[NativeDef] = &[
    NativeDef::new(
        "_disabled_torch_function_impl",
        "(cls, func, types, args=(), kwargs=None)",
        Parser::Def,
        |vm, args| match args {
            [_, function, _, given, kwargs] => without_handlers(vm, function, given, kwargs),
            _ => Ok(Value::None),
        },
        "",
    ),
    NativeDef::new(
        "_set_torch_function_enabled",
        "(mode, /)",
        Parser::One,
        |vm, args| {
            let mode = !matches!(args.first(), Some(Value::False));
            Ok(Value::bool(object::torch(vm).handlers_enabled.replace(mode)))
        },
        "",
    ),
    NativeDef::new(
        "_has_torch_function",
        "(values, /)",
        Parser::One,
        |vm, args| {
            let torch = object::torch(vm);
            let values = match args.first() {
                Some(values) => vm.collect(values)?,
                None => Vec::new(),
            };
            let mut found = Vec::new();
            overloaded(&torch, &values, &mut found);
            Ok(Value::bool(torch.handlers_enabled.get() && !found.is_empty()))
        },
        "",
    ),
];
