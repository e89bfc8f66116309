//! f-strings.

use super::Compiler;
use crate::python::code::Instruction;
use crate::python::value::R;
use crate::syntax::ast::FormatPart;

impl<'a> Compiler<'a> {
    pub(super) fn joined_str(&mut self, parts: &'a [FormatPart], d: u16) -> R<()> {
        // a label (`{x=}`) is a piece of its own
        let mut count = 0usize;
        for part in parts {
            count += match part {
                FormatPart::Field { label: Some(_), .. } => 2,
                _ => 1,
            };
        }
        let first = self.temps(count as u16)?;
        let mut at = first;
        for part in parts {
            match part {
                FormatPart::Text(text) => {
                    let value = self.string_constant(text);
                    self.load_value(at, value)?;
                }
                FormatPart::Field {
                    value,
                    label,
                    conversion,
                    spec,
                } => {
                    if let Some(label) = label {
                        let text = self.string_constant(label);
                        self.load_value(at, text)?;
                        at += 1;
                    }
                    let mark = self.mark();
                    let s = self.expr(value)?;
                    let spec_register = match spec {
                        Some(spec) => {
                            let r = self.temp()?;
                            self.nested(|compiler| compiler.joined_str(spec, r))?;
                            r
                        }
                        None => u16::MAX,
                    };
                    // `{x=}` shows the repr unless told otherwise
                    let conversion = match conversion {
                        Some(letter) => *letter as u8,
                        None if label.is_some() && spec.is_none() => b'r',
                        None => 0,
                    };
                    self.emit(Instruction::Format {
                        conversion,
                        d: at,
                        s,
                        spec: spec_register,
                    });
                    self.release(mark);
                }
            }
            at += 1;
        }
        self.emit(Instruction::JoinStr {
            d,
            b: first,
            n: count as u16,
        });
        Ok(())
    }
}
