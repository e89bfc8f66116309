//! Binds the arguments of a call to the parameters of a function made by `def`.

use super::Vm;
use crate::python::native::bind::missing_text;
use crate::python::object::{Dict, Function};
use crate::python::value::{R, Raised, Value};
use crate::syntax::symbol::Symbol;

impl Vm {
    /// Fills `window` (one register a parameter) from the arguments.
    pub(super) fn bind_arguments(
        &mut self,
        function: &Function,
        positional: impl ExactSizeIterator<Item = Value>,
        names: &[Symbol],
        keywords: Vec<Value>,
        window: &mut [Value],
    ) -> R<()> {
        let shape = function.code.parameters;
        let parameters = function.code.locals.get(..shape.count()).unwrap_or(&[]);
        let places = shape.positional as usize;
        let given = positional.len();
        let named = places + shape.keyword_only as usize;
        let mut extra = Vec::new();
        for (at, value) in positional.enumerate() {
            match window.get_mut(at) {
                Some(place) if at < places => *place = value,
                _ => extra.push(value),
            }
        }
        let mut surplus = given > places;
        if shape.varargs {
            if let Some(place) = window.get_mut(named) {
                *place = Value::tuple(std::mem::take(&mut extra));
            }
            surplus = false;
        }
        let rest = shape.varkeywords.then(Dict::new);
        for (name, value) in names.iter().zip(keywords) {
            let only = shape.positional_only as usize;
            let at = parameters
                .iter()
                .take(named)
                .skip(only)
                .position(|parameter| parameter == name)
                .map(|at| at + only);
            match (at.and_then(|at| window.get_mut(at)), &rest) {
                (Some(place), _) if place.is_unset() => *place = value,
                (Some(_), _) => {
                    let function = self.function_name(function);
                    return Err(self.type_error(format!("{function}() got multiple values for argument '{name}'")));
                }
                (None, Some(rest)) => {
                    rest.set_symbol(*name, value);
                }
                (None, None) => return Err(self.unexpected_keyword(function, *name, names, only)),
            }
        }
        if let (Some(rest), Some(place)) = (rest, window.get_mut(named + usize::from(shape.varargs))) {
            *place = Value::dict(rest);
        }
        if surplus {
            return Err(self.too_many(function, given, window));
        }
        self.fill_defaults(function, given, window)
    }

    fn fill_defaults(&mut self, function: &Function, given: usize, window: &mut [Value]) -> R<()> {
        let shape = function.code.parameters;
        let places = shape.positional as usize;
        let parameters = &function.code.locals;
        let defaults = function.data.defaults.borrow().clone();
        if given < places {
            let first_default = places.saturating_sub(defaults.len());
            let mut missing: Vec<&str> = Vec::new();
            for (at, place) in window.iter_mut().enumerate().take(places) {
                if !place.is_unset() {
                    continue;
                }
                match at.checked_sub(first_default).and_then(|at| defaults.get(at)) {
                    Some(value) => *place = value.clone(),
                    None => missing.extend(parameters.get(at).map(|name| name.text())),
                }
            }
            if !missing.is_empty() {
                let name = self.function_name(function);
                return Err(self.type_error(missing_text(&name, "positional", &missing)));
            }
        }
        let keyword_only = shape.keyword_only as usize;
        if keyword_only > 0 {
            let defaults = function.data.kwdefaults.borrow().clone();
            let mut missing: Vec<&str> = Vec::new();
            for (at, place) in window.iter_mut().enumerate().skip(places).take(keyword_only) {
                if !place.is_unset() {
                    continue;
                }
                let Some(name) = parameters.get(at) else { continue };
                match defaults.as_ref().and_then(|defaults| defaults.get_symbol(*name)) {
                    Some(value) => *place = value,
                    None => missing.push(name.text()),
                }
            }
            if !missing.is_empty() {
                let name = self.function_name(function);
                return Err(self.type_error(missing_text(&name, "keyword-only", &missing)));
            }
        }
        Ok(())
    }

    fn function_name(&self, function: &Function) -> String {
        function.data.qualname.borrow().as_str().unwrap_or("?").to_string()
    }

    #[cold]
    fn unexpected_keyword(&mut self, function: &Function, name: Symbol, names: &[Symbol], only: usize) -> Raised {
        let title = self.function_name(function);
        let clash: Vec<&str> = function
            .code
            .locals
            .iter()
            .take(only)
            .filter(|parameter| names.contains(parameter))
            .map(|parameter| parameter.text())
            .collect();
        if clash.is_empty() {
            self.type_error(format!("{title}() got an unexpected keyword argument '{name}'"))
        } else {
            let list = clash.join(", ");
            self.type_error(format!(
                "{title}() got some positional-only arguments passed as keyword arguments: '{list}'"
            ))
        }
    }

    #[cold]
    fn too_many(&mut self, function: &Function, given: usize, window: &[Value]) -> Raised {
        let shape = function.code.parameters;
        let places = shape.positional as usize;
        let least = places - function.data.defaults.borrow().len().min(places);
        let title = self.function_name(function);
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        let takes = if least == places {
            format!("{places} positional argument{}", plural(places))
        } else {
            format!("from {least} to {places} positional arguments")
        };
        let only = window
            .iter()
            .skip(places)
            .take(shape.keyword_only as usize)
            .filter(|value| !value.is_unset())
            .count();
        let text = if only > 0 {
            format!(
                "{title}() takes {takes} but {given} positional argument{} (and {only} keyword-only argument{}) were given",
                plural(given),
                plural(only)
            )
        } else {
            let verb = if given == 1 { "was" } else { "were" };
            format!("{title}() takes {takes} but {given} {verb} given")
        };
        self.type_error(text)
    }
}
