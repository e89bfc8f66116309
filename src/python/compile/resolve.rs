//! Decides where each name lives, once all uses are known.

use super::scope::{Place, ScopeKind, Scopes, Use, Walk};
use crate::python::names::names;
use crate::syntax::symbol::Symbol;

impl Walk {
    /// Decides every name's place, inner uses before outer cells.
    pub(super) fn finish(mut self) -> Scopes {
        for number in 0..self.scopes.len() {
            let uses = match self.scopes.get(number) {
                Some(scope) => scope.uses.clone(),
                None => continue,
            };
            for (name, used) in uses {
                let place = self.resolve(number, name, used);
                if let Some(scope) = self.scopes.get_mut(number) {
                    // an inner function may have made it a cell or free already
                    let entry = scope.places.entry(name).or_insert(place);
                    if *entry == Place::Local || *entry == Place::Global {
                        *entry = place;
                    }
                }
            }
        }
        // cells found by inner scopes
        for number in 0..self.scopes.len() {
            let free = match self.scopes.get(number) {
                Some(scope) => scope.free(),
                None => continue,
            };
            for name in free {
                self.pull(number, name);
            }
        }
        Scopes {
            scopes: self.scopes,
            by_node: self.by_node,
        }
    }

    fn resolve(&self, number: usize, name: Symbol, used: Use) -> Place {
        let Some(scope) = self.scopes.get(number) else {
            return Place::Global;
        };
        if used.global || scope.kind == ScopeKind::Module {
            return Place::Global;
        }
        if used.bound && !used.nonlocal {
            return Place::Local;
        }
        // look outwards through functions; classes are skipped, except for `__class__`
        let mut outer = scope.parent;
        while let Some(at) = outer {
            let Some(found) = self.scopes.get(at) else { break };
            if found.kind == ScopeKind::Class && name == names().dunder_class {
                return Place::Free;
            }
            if found.kind == ScopeKind::Function
                && let Some((_, used)) = found.index.get(&name).and_then(|i| found.uses.get(*i))
            {
                if used.global {
                    return Place::Global;
                }
                if used.bound && !used.nonlocal {
                    return Place::Free;
                }
            }
            outer = found.parent;
        }
        Place::Global
    }

    /// Makes a free name of an inner scope a cell where it is bound, and free in between.
    fn pull(&mut self, number: usize, name: Symbol) {
        let mut outer = self.scopes.get(number).and_then(|scope| scope.parent);
        while let Some(at) = outer {
            let Some(scope) = self.scopes.get_mut(at) else { return };
            outer = scope.parent;
            match scope.kind {
                ScopeKind::Class if name == names().dunder_class => {
                    scope.class_cell = true;
                    return;
                }
                ScopeKind::Function => {
                    let bound = scope
                        .index
                        .get(&name)
                        .and_then(|i| scope.uses.get(*i))
                        .is_some_and(|(_, used)| used.bound && !used.nonlocal);
                    if bound {
                        scope.places.insert(name, Place::Cell);
                        return;
                    }
                    scope.places.insert(name, Place::Free);
                }
                // a class body between: it passes the cell on, its own uses stay as they are
                ScopeKind::Class => {
                    let bound = matches!(scope.places.get(&name), Some(Place::Local | Place::Global));
                    if bound {
                        scope.places.insert(Symbol::new(&format!(".pass.{name}")), Place::Free);
                    } else {
                        scope.places.insert(name, Place::Free);
                    }
                }
                ScopeKind::Module => return,
            }
        }
    }
}
