//! Arithmetic operators on values.

use super::Vm;
use crate::python::class::{Binary, ClassRef, Flags, Slot};
use crate::python::object::{CallArgs, Object};
use crate::python::value::{R, Raised, Value};

impl Vm {
    /// `a + b` and its kin, with reflected methods and CPython's order of attempts.
    pub fn binary(&mut self, op: Binary, a: &Value, b: &Value) -> R<Value> {
        // a native object with a number or one of its own class: nobody else is to be asked first
        if let Some(Object::Foreign(left)) = a.obj() {
            let alike = match b {
                Value::Int(_) | Value::Float(_) => true,
                Value::Obj(other) => matches!(&**other, Object::Foreign(right) if left.class().same(right.class())),
                _ => false,
            };
            if alike && let Some(method) = left.class().slot(op.slot()) {
                let answer = self.call_slot_method(&method, a, b)?;
                if !matches!(answer, Value::NotImplemented) {
                    return Ok(answer);
                }
            }
        }
        if let Some(answer) = self.try_binary(op, a, b)? {
            return Ok(answer);
        }
        Err(self.unsupported_operands(op.sign(), op, a, b))
    }

    /// `a += b` and its kin: the in-place method, then the plain operator.
    pub fn in_place(&mut self, op: Binary, a: &Value, b: &Value) -> R<Value> {
        let class = self.class_of(a);
        if let Some(method) = class.slot(op.in_place()) {
            let late = class.has(Flags::SEQUENCE) && matches!(op, Binary::Add | Binary::Mul);
            // sequences concatenate in place only after the other side's number methods were asked
            if late && let Some(answer) = self.try_reflected(op, a, b, &class)? {
                return Ok(answer);
            }
            let answer = self.call_slot_method(&method, a, b)?;
            if !matches!(answer, Value::NotImplemented) {
                return Ok(answer);
            }
        }
        if let Some(answer) = self.try_binary(op, a, b)? {
            return Ok(answer);
        }
        Err(self.unsupported_operands(&op.in_place_sign(), op, a, b))
    }

    /// As `binary`, None when neither side knows how.
    pub fn try_binary(&mut self, op: Binary, a: &Value, b: &Value) -> R<Option<Value>> {
        let (left, right) = (self.class_of(a), self.class_of(b));
        let sequence_op = matches!(op, Binary::Add | Binary::Mul);
        let (left_sequence, right_sequence) = (
            sequence_op && left.has(Flags::SEQUENCE),
            sequence_op && right.has(Flags::SEQUENCE),
        );
        let forward = if left_sequence && !self.overrides(&left, op.slot()) {
            None
        } else {
            left.slot(op.slot())
        };
        let mut backward = if left.same(&right) || (right_sequence && !self.overrides(&right, op.reflected())) {
            None
        } else {
            right.slot(op.reflected())
        };
        // a subclass on the right that redefines the reflected method goes first
        if let (Some(reflected), true) = (&backward, right.is_subclass_of(&left) && !right.same(&left)) {
            let inherited = left.slot(op.reflected()).is_some_and(|other| other.is(reflected));
            if !inherited || forward.is_none() {
                let answer = self.call_slot_method(reflected, b, a)?;
                if !matches!(answer, Value::NotImplemented) {
                    return Ok(Some(answer));
                }
                backward = None;
            }
        }
        if let Some(method) = forward {
            let answer = self.call_slot_method(&method, a, b)?;
            if !matches!(answer, Value::NotImplemented) {
                return Ok(Some(answer));
            }
        }
        if let Some(method) = backward {
            let answer = self.call_slot_method(&method, b, a)?;
            if !matches!(answer, Value::NotImplemented) {
                return Ok(Some(answer));
            }
        }
        if left_sequence && let Some(method) = left.slot(op.slot()) {
            let answer = self.call_slot_method(&method, a, b)?;
            return Ok(Some(answer).filter(|answer| !matches!(answer, Value::NotImplemented)));
        }
        if right_sequence
            && op == Binary::Mul
            && let Some(method) = right.slot(Slot::RMul)
        {
            let answer = self.call_slot_method(&method, b, a)?;
            return Ok(Some(answer).filter(|answer| !matches!(answer, Value::NotImplemented)));
        }
        Ok(None)
    }

    fn try_reflected(&mut self, op: Binary, a: &Value, b: &Value, left: &ClassRef) -> R<Option<Value>> {
        let right = self.class_of(b);
        if right.same(left) || right.has(Flags::SEQUENCE) {
            return Ok(None);
        }
        let Some(method) = right.slot(op.reflected()) else {
            return Ok(None);
        };
        let answer = self.call_slot_method(&method, b, a)?;
        Ok(Some(answer).filter(|answer| !matches!(answer, Value::NotImplemented)))
    }

    /// Whether a class that derives from a builtin sequence brings an operator method of its own.
    fn overrides(&self, class: &ClassRef, slot: Slot) -> bool {
        class.with_slot(slot, |method| match method.and_then(Value::obj) {
            Some(Object::Native(_)) | None => false,
            Some(_) => true,
        })
    }

    /// Calls a dunder method of two operands; natives skip the binder.
    #[inline]
    pub(crate) fn call_slot_method(&mut self, method: &Value, a: &Value, b: &Value) -> R<Value> {
        if let Some(Object::Native(native)) = method.obj()
            && native.signature().simple
            && native.signature().positional == 2
        {
            return (native.def.function)(self, &[a.clone(), b.clone()]);
        }
        self.call_with_receiver(method, a.clone(), CallArgs::positional(std::slice::from_ref(b)))
    }

    /// `unsupported operand type(s) for +: 'int' and 'str'`
    #[cold]
    pub(crate) fn unsupported_operands(&mut self, sign: &str, op: Binary, a: &Value, b: &Value) -> Raised {
        if op == Binary::RShift
            && sign == ">>"
            && let Some(Object::Native(native)) = a.obj()
            && native.def.name == "print"
        {
            let text = "unsupported operand type(s) for >>: 'builtin_function_or_method' and";
            let kind = self.type_name(b);
            return self.type_error(format!(
                "{text} '{kind}'. Did you mean \"print(<message>, file=<output_stream>)\"?"
            ));
        }
        let (left, right) = (self.type_name(a), self.type_name(b));
        self.type_error(format!(
            "unsupported operand type(s) for {sign}: '{left}' and '{right}'"
        ))
    }

    /// `-a`, `+a`, `~a`: `slot` is `Neg`, `Pos` or `Invert`.
    pub fn unary(&mut self, slot: Slot, a: &Value) -> R<Value> {
        match self.call_slot(a, slot, &[])? {
            Some(answer) => Ok(answer),
            None => {
                let sign = match slot {
                    Slot::Neg => "-",
                    Slot::Pos => "+",
                    _ => "~",
                };
                let kind = self.type_name(a);
                Err(self.type_error(format!("bad operand type for unary {sign}: '{kind}'")))
            }
        }
    }

    /// `pow(a, b, modulus)`
    pub fn power(&mut self, a: &Value, b: &Value, modulus: &Value) -> R<Value> {
        if modulus.is_none() {
            return self.binary(Binary::Pow, a, b);
        }
        if let Some(answer) = self.call_slot(a, Slot::Pow, &[b.clone(), modulus.clone()])?
            && !matches!(answer, Value::NotImplemented)
        {
            return Ok(answer);
        }
        let (x, y, z) = (self.type_name(a), self.type_name(b), self.type_name(modulus));
        Err(self.type_error(format!(
            "unsupported operand type(s) for ** or pow(): '{x}', '{y}', '{z}'"
        )))
    }
}
