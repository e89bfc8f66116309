//! Puts the arguments of a call into the order of a signature, or raises what CPython 3.11 raises.

use super::{NativeFunction, NativeKind, ParameterKind, Parser, Signature};
use crate::python::object::{CallArgs, Dict};
use crate::python::value::{R, Raised, Value};
use crate::python::vm::Vm;
use crate::syntax::symbol::Symbol;
use smallvec::SmallVec;

/// One value a parameter.
pub type Window = SmallVec<[Value; 8]>;

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// Calls a native function with arguments as they came. `args` includes `self` of a method.
#[inline]
pub fn call_native(vm: &mut Vm, native: &NativeFunction, args: CallArgs<'_>) -> R<Value> {
    if native.kind == NativeKind::New {
        check_class(vm, native, args.positional)?;
    }
    let signature = native.signature();
    let given = args.positional.len();
    if args.names.is_empty() && signature.simple && given <= signature.positional && given >= signature.required {
        if native.kind == NativeKind::Method {
            check_receiver(vm, native, args.positional)?;
        }
        if given == signature.positional {
            return (native.def.function)(vm, args.positional);
        }
        let mut window: Window = args.positional.iter().cloned().collect();
        window.resize(signature.positional, Value::Unset);
        return (native.def.function)(vm, &window);
    }
    if let Some(body) = native.body() {
        let body = body.clone();
        if native.kind == NativeKind::Method {
            check_receiver(vm, native, args.positional)?;
        }
        if !args.names.is_empty() || given > signature.positional || given < signature.required {
            bind(vm, native, args)?;
        }
        return vm.call_args(&body, args);
    }
    let window = bind(vm, native, args)?;
    (native.def.function)(vm, &window)
}

/// `descriptor 'append' for 'list' objects doesn't apply to a 'int' object`
#[inline]
fn check_receiver(vm: &mut Vm, native: &NativeFunction, positional: &[Value]) -> R<()> {
    let Some(owner) = native.owner.upgrade() else {
        return Ok(());
    };
    let Some(receiver) = positional.first() else {
        let name = native.def.name;
        return Err(if native.def.parser == Parser::Wrapper {
            vm.type_error(format!(
                "descriptor '{name}' of '{}' object needs an argument",
                owner.name()
            ))
        } else {
            vm.type_error(format!("unbound method {}.{name}() needs an argument", owner.name()))
        });
    };
    if vm.is_instance(receiver, &owner) {
        return Ok(());
    }
    let (name, kind) = (native.def.name, vm.type_name(receiver));
    Err(if native.def.parser == Parser::Wrapper {
        vm.type_error(format!(
            "descriptor '{name}' requires a '{}' object but received a '{kind}'",
            owner.name()
        ))
    } else {
        vm.type_error(format!(
            "descriptor '{name}' for '{}' objects doesn't apply to a '{kind}' object",
            owner.name()
        ))
    })
}

/// `int.__new__(A): A is not a subtype of int`
#[inline]
fn check_class(vm: &mut Vm, native: &NativeFunction, positional: &[Value]) -> R<()> {
    let Some(owner) = native.owner.upgrade() else {
        return Ok(());
    };
    let Some(first) = positional.first() else {
        let title = owner.shown_name();
        return Err(vm.type_error(format!("{title}.__new__(): not enough arguments")));
    };
    if first.as_class().is_some_and(|class| class.is_subclass_of(&owner)) {
        return Ok(());
    }
    let title = owner.shown_name();
    match first.as_class() {
        Some(class) => {
            let name = class.shown_name();
            Err(vm.type_error(format!("{title}.__new__({name}): {name} is not a subtype of {title}")))
        }
        None => {
            let kind = vm.type_name(first);
            Err(vm.type_error(format!("{title}.__new__(X): X is not a type object ({kind})")))
        }
    }
}

/// The full binder.
pub fn bind(vm: &mut Vm, native: &NativeFunction, args: CallArgs<'_>) -> R<Window> {
    if native.kind == NativeKind::Method {
        check_receiver(vm, native, args.positional)?;
    }
    let signature = native.signature();
    // a receiver is not counted in messages
    let hidden = usize::from(native.kind != NativeKind::Function && native.kind != NativeKind::Static);
    let positional = args.positional.get(hidden.min(args.positional.len())..).unwrap_or(&[]);
    check_counts(vm, native, signature, hidden, positional.len(), args)?;
    let mut window: Window = SmallVec::from_elem(Value::Unset, signature.parameters.len());
    let mut rest = Vec::new();
    let slots = window.as_mut_slice();
    for (at, value) in args.positional.iter().enumerate() {
        match slots.get_mut(at) {
            Some(slot) if at < signature.positional => *slot = value.clone(),
            _ => rest.push(value.clone()),
        }
    }
    if let Some(slot) = signature.varargs.and_then(|at| slots.get_mut(at)) {
        *slot = Value::tuple(rest);
    }
    let extra = signature.varkeywords.map(|_| Dict::new());
    let mut unknown = None;
    for (name, value) in args.names.iter().zip(args.keywords) {
        let at = signature
            .parameters
            .iter()
            .position(|p| p.name == *name && matches!(p.kind, ParameterKind::Positional | ParameterKind::KeywordOnly));
        match (at.and_then(|at| slots.get_mut(at)), &extra) {
            (Some(slot), _) if slot.is_unset() => *slot = value.clone(),
            (Some(_), _) => return Err(given_twice(vm, native, signature, hidden, *name, at)),
            (None, Some(extra)) => {
                extra.set_symbol(*name, value.clone());
            }
            // argument parsers in C look for missing arguments first
            (None, None) if matches!(native.def.parser, Parser::Clinic | Parser::Keywords) => {
                unknown = unknown.or(Some(*name));
            }
            (None, None) => return Err(unknown_keyword(vm, native, signature, *name)),
        }
    }
    if let (Some(at), Some(extra)) = (signature.varkeywords, extra)
        && let Some(slot) = slots.get_mut(at)
    {
        *slot = Value::dict(extra);
    }
    let missing: Vec<usize> = signature
        .parameters
        .iter()
        .zip(window.iter())
        .enumerate()
        .filter(|(_, (parameter, value))| parameter.required && value.is_unset())
        .map(|(at, _)| at)
        .collect();
    if let Some(&first) = missing.first() {
        return Err(missing_argument(vm, native, signature, hidden, first, &missing));
    }
    if let Some(name) = unknown {
        return Err(unknown_keyword(vm, native, signature, name));
    }
    Ok(window)
}

fn check_counts(
    vm: &mut Vm,
    native: &NativeFunction,
    signature: &Signature,
    hidden: usize,
    given: usize,
    args: CallArgs<'_>,
) -> R<()> {
    let name = native.def.name;
    let keywords = args.names.len();
    let most = signature.positional.saturating_sub(hidden);
    let least = signature.required.saturating_sub(hidden);
    let unbounded = signature.varargs.is_some();
    let takes_keywords = signature.varkeywords.is_some()
        || signature
            .parameters
            .iter()
            .skip(hidden)
            .any(|p| matches!(p.kind, ParameterKind::Positional | ParameterKind::KeywordOnly));
    // a function of a module is called by both names, one of `builtins` by its own; a class method by the
    // class it was called on
    let qualified = match (native.kind, args.positional.first().and_then(Value::as_class)) {
        (NativeKind::Function, _) if native.module != "builtins" => format!("{}.{name}", native.module),
        (NativeKind::ClassMethod, Some(class)) => format!("{}.{name}", class.name()),
        _ => native.qualname(),
    };
    match native.def.parser {
        Parser::NoArgs | Parser::One | Parser::Tuple | Parser::Unpack | Parser::Wrapper | Parser::Clinic
            if keywords > 0 && !takes_keywords =>
        {
            let shown = match native.def.parser {
                Parser::Wrapper => format!("wrapper {name}"),
                _ if constructs(native) => constructor_name(native),
                _ => qualified,
            };
            return Err(vm.type_error(format!("{shown}() takes no keyword arguments")));
        }
        Parser::NoArgs if given > 0 => {
            return Err(vm.type_error(format!("{qualified}() takes no arguments ({given} given)")));
        }
        Parser::One if given != 1 => {
            return Err(vm.type_error(format!("{qualified}() takes exactly one argument ({given} given)")));
        }
        Parser::Wrapper if !unbounded && (given < least || given > most) => {
            let text = if least == most {
                format!("expected {most} argument{}, got {given}", plural(most))
            } else if given < least {
                format!("expected at least {least} argument{}, got {given}", plural(least))
            } else {
                format!("expected at most {most} argument{}, got {given}", plural(most))
            };
            return Err(vm.type_error(text));
        }
        Parser::Unpack => return check_unpacked(vm, native, least, most, given, unbounded),
        Parser::Clinic if !takes_keywords => return check_unpacked(vm, native, least, most, given, unbounded),
        Parser::Tuple if !unbounded && (given < least || given > most) => {
            let (how, count) = how_many(least, most, given);
            let text = format!(
                "{}() takes {how} {count} argument{} ({given} given)",
                shown(native),
                plural(count)
            );
            return Err(vm.type_error(text));
        }
        Parser::Clinic | Parser::Keywords if !unbounded => {
            let all = most + signature.keyword_only;
            let name = shown(native);
            if given + keywords > all && signature.varkeywords.is_none() {
                let required = signature.parameters.iter().skip(hidden).filter(|p| p.required).count();
                let how = if required == all { "exactly" } else { "at most" };
                let what = if given == 0 { "keyword " } else { "" };
                let text = format!(
                    "{name}() takes {how} {all} {what}argument{} ({} given)",
                    plural(all),
                    given + keywords
                );
                return Err(vm.type_error(text));
            }
            if given > most {
                let text = if most == 0 {
                    format!("{name}() takes no positional arguments")
                } else {
                    let how = if least == most { "exactly" } else { "at most" };
                    format!(
                        "{name}() takes {how} {most} positional argument{} ({given} given)",
                        plural(most)
                    )
                };
                return Err(vm.type_error(text));
            }
            let only = signature.positional_only().saturating_sub(hidden);
            let needed = only.min(least);
            if given < needed {
                let how = if needed == most { "exactly" } else { "at least" };
                let text = format!(
                    "{name}() takes {how} {needed} positional argument{} ({given} given)",
                    plural(needed)
                );
                return Err(vm.type_error(text));
            }
        }
        Parser::Def if !unbounded && args.positional.len() > signature.positional => {
            let (least, most) = (signature.required, signature.positional);
            let given = args.positional.len();
            let takes = if least == most {
                format!("{most} positional argument{}", plural(most))
            } else {
                format!("from {least} to {most} positional arguments")
            };
            let verb = if given == 1 { "was" } else { "were" };
            let qualified = native.qualname();
            return Err(vm.type_error(format!("{qualified}() takes {takes} but {given} {verb} given")));
        }
        _ => {}
    }
    Ok(())
}

/// `__new__` and `__init__`: a message calls them by their class.
fn constructs(native: &NativeFunction) -> bool {
    native.kind == NativeKind::New || native.def.name == "__init__"
}

/// The name a message shows: the type's for a constructor, the bare one otherwise.
fn shown(native: &NativeFunction) -> String {
    if constructs(native) {
        constructor_name(native)
    } else {
        native.def.name.to_string()
    }
}

fn constructor_name(native: &NativeFunction) -> String {
    native
        .owner
        .upgrade()
        .map_or_else(|| native.def.name.to_string(), |owner| owner.name().to_string())
}

fn how_many(least: usize, most: usize, given: usize) -> (&'static str, usize) {
    if least == most {
        ("exactly", most)
    } else if given < least {
        ("at least", least)
    } else {
        ("at most", most)
    }
}

fn check_unpacked(
    vm: &mut Vm,
    native: &NativeFunction,
    least: usize,
    most: usize,
    given: usize,
    unbounded: bool,
) -> R<()> {
    let name = shown(native);
    if given < least {
        let how = if least == most && !unbounded { "" } else { "at least " };
        return Err(vm.type_error(format!(
            "{name} expected {how}{least} argument{}, got {given}",
            plural(least)
        )));
    }
    if given > most && !unbounded {
        let how = if least == most { "" } else { "at most " };
        return Err(vm.type_error(format!(
            "{name} expected {how}{most} argument{}, got {given}",
            plural(most)
        )));
    }
    Ok(())
}

fn given_twice(
    vm: &mut Vm,
    native: &NativeFunction,
    signature: &Signature,
    hidden: usize,
    name: Symbol,
    at: Option<usize>,
) -> Raised {
    let place = at.unwrap_or(0) + 1 - hidden.min(at.unwrap_or(0));
    let function = shown(native);
    match native.def.parser {
        Parser::Def => vm.type_error(format!(
            "{}() got multiple values for argument '{name}'",
            native.qualname()
        )),
        _ if signature.parameters.len() > place => vm.type_error(format!(
            "argument for {function}() given by name ('{name}') and position ({place})"
        )),
        _ => vm.type_error(format!(
            "argument for {function}() given by name ('{name}') and position ({place})"
        )),
    }
}

fn unknown_keyword(vm: &mut Vm, native: &NativeFunction, signature: &Signature, name: Symbol) -> Raised {
    match native.def.parser {
        Parser::Def => {
            let function = native.qualname();
            let only: Vec<&str> = signature
                .parameters
                .iter()
                .filter(|p| p.kind == ParameterKind::PositionalOnly && p.name == name)
                .map(|p| p.name.text())
                .collect();
            if only.is_empty() {
                vm.type_error(format!("{function}() got an unexpected keyword argument '{name}'"))
            } else {
                vm.type_error(format!(
                    "{function}() got some positional-only arguments passed as keyword arguments: '{}'",
                    only.join(", ")
                ))
            }
        }
        _ => vm.type_error(format!(
            "'{name}' is an invalid keyword argument for {}()",
            shown(native)
        )),
    }
}

fn missing_argument(
    vm: &mut Vm,
    native: &NativeFunction,
    signature: &Signature,
    hidden: usize,
    first: usize,
    missing: &[usize],
) -> Raised {
    if native.def.parser == Parser::Def {
        let name_at = |at: &usize| signature.parameters.get(*at).map_or("", |p| p.name.text());
        let positional: Vec<&str> = missing
            .iter()
            .filter(|at| **at < signature.positional)
            .map(name_at)
            .collect();
        let (kind, names) = if positional.is_empty() {
            ("keyword-only", missing.iter().map(name_at).collect())
        } else {
            ("positional", positional)
        };
        return vm.type_error(missing_text(&native.qualname(), kind, &names));
    }
    let name = signature.parameters.get(first).map_or("", |p| p.name.text());
    let place = first + 1 - hidden.min(first);
    vm.type_error(format!(
        "{}() missing required argument '{name}' (pos {place})",
        shown(native)
    ))
}

/// `f() missing 2 required positional arguments: 'a' and 'b'`
pub fn missing_text(function: &str, kind: &str, names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
    let list = match quoted.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first, second] => format!("{first} and {second}"),
        [start @ .., last] => format!("{}, and {last}", start.join(", ")),
    };
    format!(
        "{function}() missing {} required {kind} argument{}: {list}",
        names.len(),
        plural(names.len())
    )
}
