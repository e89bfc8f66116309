//! Reading and writing names.

use super::Compiler;
use super::scope::{Place, mangle};
use super::unit::Variable;
use crate::python::code::{CodeKind, Instruction};
use crate::python::value::R;
use crate::syntax::symbol::Symbol;

/// How the code of the current body reaches a name.
enum Access {
    Local(u16),
    Cell(u16),
    Global,
    /// Through the mapping of locals.
    Mapping,
    /// A class body's free variable.
    MappingThenCell(u16),
}

impl Compiler<'_> {
    pub(super) fn mangled(&mut self, name: Symbol) -> Symbol {
        let class = self.unit().class_name;
        mangle(class, name)
    }

    fn access(&mut self, name: Symbol) -> Access {
        let separate = self.separate_locals;
        let unit = self.unit();
        let (kind, scope) = (unit.kind, unit.scope);
        let variable = unit.variables.get(&name).copied();
        let scope = self.scopes.scopes.get(scope);
        match kind {
            CodeKind::Module => {
                if separate && !scope.is_some_and(|scope| scope.explicit_global(name)) {
                    Access::Mapping
                } else {
                    Access::Global
                }
            }
            CodeKind::Class => match variable {
                Some(Variable::Cell(r)) => Access::MappingThenCell(r),
                _ if scope.is_some_and(|scope| scope.explicit_global(name)) => Access::Global,
                _ => Access::Mapping,
            },
            _ => match variable {
                Some(Variable::Local(r)) => Access::Local(r),
                Some(Variable::Cell(r)) => Access::Cell(r),
                None => Access::Global,
            },
        }
    }

    fn global_slot(&mut self, name: Symbol) -> R<u16> {
        match u16::try_from(self.globals.slot_number(name)) {
            Ok(slot) => Ok(slot),
            Err(_) => Err(self.vm.unsupported("a module with so many names")),
        }
    }

    /// The register of a local that is surely assigned, to be read in place.
    pub(super) fn settled_local(&mut self, name: Symbol) -> Option<u16> {
        let name = self.mangled(name);
        match self.access(name) {
            Access::Local(r) if self.is_assigned(r) => Some(r),
            _ => None,
        }
    }

    /// The register of a local variable, assigned or not.
    pub(super) fn local_register(&mut self, name: Symbol) -> Option<u16> {
        let name = self.mangled(name);
        match self.access(name) {
            Access::Local(r) => Some(r),
            _ => None,
        }
    }

    fn is_assigned(&mut self, r: u16) -> bool {
        self.unit().assigned.get(r as usize).copied().unwrap_or(false)
    }

    /// Notes that a local has a value from here on.
    pub(super) fn note_assigned(&mut self, r: u16) {
        let unit = self.unit();
        let stays = unit
            .locals
            .get(r as usize)
            .is_some_and(|name| !unit.volatile.contains(name));
        if let Some(flag) = unit.assigned.get_mut(r as usize) {
            *flag = stays;
        }
    }

    /// `d = name`
    pub(super) fn load_name(&mut self, name: Symbol, d: u16) -> R<()> {
        let name = self.mangled(name);
        match self.access(name) {
            Access::Local(r) => {
                if !self.is_assigned(r) {
                    self.emit(Instruction::CheckLocal { r });
                }
                if r != d {
                    self.emit(Instruction::Move { d, s: r });
                }
            }
            Access::Cell(r) => self.emit(Instruction::Cell { d, r }),
            Access::Global => {
                let g = self.global_slot(name)?;
                let builtins = self.vm.builtins.dict.clone();
                let b = if builtins.get_symbol(name).is_some() {
                    u16::try_from(builtins.slot_number(name)).unwrap_or(u16::MAX)
                } else {
                    u16::MAX
                };
                self.emit(Instruction::Global { d, g, b });
            }
            Access::Mapping => {
                let n = self.name_number(name)?;
                self.emit(Instruction::Name { d, n });
            }
            Access::MappingThenCell(r) => {
                let n = self.name_number(name)?;
                self.emit(Instruction::ClassCell { d, r, n });
            }
        }
        Ok(())
    }

    /// `name = s`; a temporary `s` is used up.
    pub(super) fn store_name(&mut self, name: Symbol, s: u16) -> R<()> {
        let name = self.mangled(name);
        let access = self.access(name);
        let temporary = self.is_temporary(s);
        if let Access::Local(r) = access {
            if r != s {
                self.emit(if temporary {
                    Instruction::Take { d: r, s }
                } else {
                    Instruction::Move { d: r, s }
                });
            }
            self.note_assigned(r);
            return Ok(());
        }
        // the others take their source: give them one of their own
        let mark = self.mark();
        let source = if temporary {
            s
        } else {
            let copy = self.temp()?;
            self.emit(Instruction::Move { d: copy, s });
            copy
        };
        match access {
            Access::Local(_) => {}
            Access::Cell(r) | Access::MappingThenCell(r) => self.emit(Instruction::SetCell { s: source, r }),
            Access::Global => {
                let g = self.global_slot(name)?;
                self.emit(Instruction::SetGlobal { s: source, g });
            }
            Access::Mapping => {
                let n = self.name_number(name)?;
                self.emit(Instruction::SetName { s: source, n });
            }
        }
        self.release(mark);
        Ok(())
    }

    pub(super) fn is_temporary(&mut self, r: u16) -> bool {
        let unit = self.unit();
        r as usize >= unit.assigned.len()
    }

    /// `del name`
    pub(super) fn delete_name(&mut self, name: Symbol) -> R<()> {
        let name = self.mangled(name);
        match self.access(name) {
            Access::Local(r) => {
                self.emit(Instruction::DeleteLocal { r });
                if let Some(flag) = self.unit().assigned.get_mut(r as usize) {
                    *flag = false;
                }
            }
            Access::Cell(r) | Access::MappingThenCell(r) => self.emit(Instruction::DeleteCell { r }),
            Access::Global => {
                let g = self.global_slot(name)?;
                self.emit(Instruction::DeleteGlobal { g });
            }
            Access::Mapping => {
                let n = self.name_number(name)?;
                self.emit(Instruction::DeleteName { n });
            }
        }
        Ok(())
    }

    /// Registers of a body's variables, cells and free variables; emits what makes the cells.
    pub(super) fn lay_out_variables(&mut self, parameters: &[Symbol]) -> R<()> {
        let number = self.unit().scope;
        let Some(scope) = self.scopes.scopes.get(number) else {
            return Ok(());
        };
        let places = scope.places.clone();
        let mut locals: Vec<Symbol> = parameters.to_vec();
        for name in scope.locals() {
            if !locals.contains(&name) {
                locals.push(name);
            }
        }
        let free = scope.free();
        let (volatile, walrus, is_class) = (scope.volatile.clone(), scope.walrus, scope.class_cell);
        let class_body = self.unit().kind == CodeKind::Class;
        if class_body {
            locals.clear();
            self.temps(1)?;
        }
        let unit = self.unit();
        unit.volatile = volatile;
        unit.copies_operands = walrus;
        unit.locals = locals.clone();
        for (at, name) in locals.iter().enumerate() {
            let r = self.temps(1)?;
            let unit = self.unit();
            let cell = places.get(name) == Some(&Place::Cell);
            unit.variables
                .insert(*name, if cell { Variable::Cell(r) } else { Variable::Local(r) });
            let given = at < parameters.len() && !unit.volatile.contains(name);
            unit.assigned.push(given && !cell);
            if cell {
                unit.cells.push(r);
            }
        }
        if class_body {
            // register 0 is the namespace
            self.unit().assigned.push(true);
        }
        for name in free {
            let r = self.temps(1)?;
            let unit = self.unit();
            unit.variables.insert(name, Variable::Cell(r));
            unit.free.push((name, r));
            unit.assigned.push(true);
        }
        if is_class {
            let r = self.temps(1)?;
            let name = self.vm.names.dunder_class;
            let unit = self.unit();
            unit.variables.insert(name, Variable::Cell(r));
            unit.cells.push(r);
            unit.assigned.push(true);
        }
        for r in self.unit().cells.clone() {
            self.emit(Instruction::MakeCell { r });
        }
        Ok(())
    }

    /// The register of the current body that holds the cell of an inner body's free variable.
    pub(super) fn cell_register(&mut self, name: Symbol) -> u16 {
        let passed = Symbol::new(&format!(".pass.{name}"));
        let unit = self.unit();
        for candidate in [passed, name] {
            if let Some(Variable::Cell(r)) = unit.variables.get(&candidate) {
                return *r;
            }
        }
        0
    }
}
