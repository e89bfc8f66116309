//! `Did you mean`: the nearest name, by the distance CPython 3.11 measures.

use crate::python::class::Slot;
use crate::python::object::{CallArgs, Object};
use crate::python::value::Value;
use crate::python::vm::Vm;
use std::rc::Rc;

const MOVE: usize = 2;
const CASE: usize = 1;
/// Longer names are not compared.
const MAX_LENGTH: usize = 40;
/// More candidates are not looked at.
const MAX_CANDIDATES: usize = 750;

impl Vm {
    /// The name an AttributeError or NameError may have meant.
    pub(super) fn suggestion(&mut self, exception: &Value) -> Option<String> {
        let Some(Object::Exception(inner)) = exception.obj() else {
            return None;
        };
        let class = inner.class();
        let name = inner.field(self.names.name)?;
        let name = name.as_str()?;
        if class.is_subclass_of(&self.exceptions.attribute_error) {
            let object = inner.field(self.names.obj)?;
            let candidates = self.directory(&object)?;
            return nearest(name, &candidates);
        }
        if class.is_subclass_of(&self.exceptions.name_error) {
            let mut last = inner.traceback.borrow().clone()?;
            loop {
                let next = last.next.borrow().clone();
                match next {
                    Some(next) => last = next,
                    None => break,
                }
            }
            let locals: Vec<String> = if last.code.kind == crate::python::code::CodeKind::Module {
                Vec::new()
            } else {
                last.code.locals.iter().map(|name| name.text().to_string()).collect()
            };
            let keys = |dict: &Rc<crate::python::object::Dict>| -> Vec<String> {
                dict.keys()
                    .iter()
                    .filter_map(|key| key.as_str().map(str::to_string))
                    .collect()
            };
            let (globals, builtins) = (keys(&last.code.globals), keys(&self.builtins.dict));
            return nearest(name, &locals)
                .or_else(|| nearest(name, &globals))
                .or_else(|| nearest(name, &builtins));
        }
        None
    }

    /// `dir(object)` as texts.
    fn directory(&mut self, object: &Value) -> Option<Vec<String>> {
        let class = self.class_of(object);
        if let Some(method) = class.slot(Slot::Dir)
            && !matches!(method.obj(), Some(Object::Native(_)))
        {
            let listed = self.call_with_receiver(&method, object.clone(), CallArgs::positional(&[]));
            let items = listed.and_then(|listed| self.collect(&listed));
            let Ok(items) = items else {
                self.take_exception();
                return None;
            };
            let mut names: Vec<String> = items
                .iter()
                .filter_map(|item| item.as_str().map(str::to_string))
                .collect();
            names.sort();
            return Some(names);
        }
        let mut names: Vec<String> = self
            .attribute_names(object)
            .into_iter()
            .map(|name| name.text().to_string())
            .collect();
        names.sort();
        names.dedup();
        Some(names)
    }
}

fn nearest(name: &str, candidates: &[String]) -> Option<String> {
    if candidates.len() > MAX_CANDIDATES {
        return None;
    }
    let name_size = name.len();
    let mut best: Option<(&String, usize)> = None;
    for candidate in candidates {
        if candidate == name {
            continue;
        }
        // no more than a third of the characters may differ
        let mut most = (name_size + candidate.len() + 3) * MOVE / 6;
        if let Some((_, distance)) = best {
            if distance == 0 {
                break;
            }
            most = most.min(distance - 1);
        }
        let distance = distance(name.as_bytes(), candidate.as_bytes(), most);
        if distance <= most {
            best = Some((candidate, distance));
        }
    }
    best.map(|(candidate, _)| candidate.clone())
}

fn substitution(a: u8, b: u8) -> usize {
    if a == b {
        0
    } else if a.eq_ignore_ascii_case(&b) {
        CASE
    } else {
        MOVE
    }
}

/// Edit distance with cheap changes of case; beyond `most` any larger number.
fn distance<'t>(mut a: &'t [u8], mut b: &'t [u8], most: usize) -> usize {
    if a == b {
        return 0;
    }
    while let (Some((x, rest_a)), Some((y, rest_b))) = (a.split_first(), b.split_first()) {
        if x != y {
            break;
        }
        (a, b) = (rest_a, rest_b);
    }
    while let (Some((x, rest_a)), Some((y, rest_b))) = (a.split_last(), b.split_last()) {
        if x != y {
            break;
        }
        (a, b) = (rest_a, rest_b);
    }
    if a.is_empty() || b.is_empty() {
        return (a.len() + b.len()) * MOVE;
    }
    if a.len() > MAX_LENGTH || b.len() > MAX_LENGTH {
        return most + 1;
    }
    if b.len() < a.len() {
        std::mem::swap(&mut a, &mut b);
    }
    if (b.len() - a.len()) * MOVE > most {
        return most + 1;
    }
    let mut row: Vec<usize> = (1..=a.len()).map(|at| at * MOVE).collect();
    let mut result = 0;
    for (at, &code) in b.iter().enumerate() {
        let mut diagonal = at * MOVE;
        result = diagonal;
        let mut least = usize::MAX;
        for (cell, &other) in row.iter_mut().zip(a) {
            let substitute = diagonal + substitution(code, other);
            diagonal = *cell;
            let insert_delete = result.min(diagonal) + MOVE;
            result = insert_delete.min(substitute);
            *cell = result;
            least = least.min(result);
        }
        if least > most {
            return most + 1;
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_names() {
        let names: Vec<String> = ["append", "extend", "pop", "Value"]
            .iter()
            .map(|name| name.to_string())
            .collect();
        assert_eq!(nearest("appendd", &names).as_deref(), Some("append"));
        assert_eq!(nearest("value", &names).as_deref(), Some("Value"));
        assert_eq!(nearest("nothing", &names), None);
    }
}
