//! The argument binder: from the arguments of a Python call to those of an op, or PyTorch's error.

pub mod convert;
pub mod matching;
pub mod message;
pub mod signature;

pub use matching::Values;
pub use signature::{Form, Kind, Place, Signature};

use crate::array::{copy, promote};
use crate::autograd::Tensor;
use crate::ops::op::RANDOM;
use crate::ops::{Arg, Args, Op, Overload};
use crate::python::object::CallArgs;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::torch::{machine, object, overrides, result};

/// Candidate signatures of a function written here by hand, in the parser's notation.
pub struct Parser {
    pub signatures: Vec<Signature>,
}

impl Parser {
    pub fn new(formats: &[&str]) -> Parser {
        Parser {
            signatures: formats.iter().map(|format| Signature::parse(format, false)).collect(),
        }
    }

    /// The candidate that matches, and one value a parameter of it.
    pub fn parse(&self, vm: &mut Vm, args: CallArgs<'_>) -> R<(usize, Values)> {
        matching::select(vm, &self.signatures, args)
    }
}

/// A parser kept in a thread-local of the calling function.
#[macro_export]
macro_rules! parser {
    ($($format:expr),+ $(,)?) => {{
        thread_local! {
            static PARSER: std::rc::Rc<$crate::torch::bind::Parser> =
                std::rc::Rc::new($crate::torch::bind::Parser::new(&[$($format),+]));
        }
        PARSER.with(Clone::clone)
    }};
}

/// One overload as Python calls it.
struct Candidate {
    overload: &'static Overload,
    places: Vec<Place>,
    /// The arguments of a call that gives none.
    defaults: Args,
}

/// All overloads of an op in one form.
pub struct OpParser {
    name: String,
    form: Form,
    signatures: Vec<Signature>,
    candidates: Vec<Candidate>,
}

impl OpParser {
    /// `name` is what Python calls it: an alias of the op, or its in-place form.
    pub fn new(op: &'static Op, name: &str, form: Form) -> OpParser {
        let overloads = op.overloads.iter().filter(|overload| signature::offers(overload, form));
        let mut candidates: Vec<_> = overloads
            .map(|overload| {
                let (text, places) = signature::of_overload(overload, name, form);
                (overload, text, places)
            })
            .collect();
        if candidates.len() > 1 {
            signature::order(&mut candidates);
        }
        // deprecated ones are tried last
        candidates.sort_by_key(|candidate| candidate.1.ends_with("|deprecated"));
        let mut parser = OpParser {
            name: name.to_string(),
            form,
            signatures: Vec::new(),
            candidates: Vec::new(),
        };
        for (overload, text, places) in candidates {
            parser
                .signatures
                .push(Signature::parse(&text, signature::takes_numbers(overload)));
            parser.candidates.push(Candidate {
                overload,
                places,
                defaults: convert::defaults(overload),
            });
        }
        parser
    }

    pub fn is_empty(&self) -> bool {
        self.candidates.is_empty()
    }

    /// True for a method without parameters: CPython itself refuses arguments then.
    fn takes_nothing(&self) -> bool {
        matches!(self.signatures.as_slice(), [only] if only.params.is_empty())
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// The candidates' texts, for `help`.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.signatures
            .iter()
            .filter(|signature| !signature.deprecated)
            .map(|signature| signature.text.as_str())
    }

    /// Calls the op. A method's first positional argument is the tensor itself.
    pub fn call(&self, vm: &mut Vm, args: CallArgs<'_>) -> R<Value> {
        let called = match self.form.is_method() {
            true => overrides::Called::Method(&self.name),
            false => overrides::Called::Function(&self.name),
        };
        match overrides::intercept(vm, called, args, |vm| self.call_plainly(vm, args))? {
            Some(answer) => Ok(answer),
            None => self.call_plainly(vm, args),
        }
    }

    fn call_plainly(&self, vm: &mut Vm, args: CallArgs<'_>) -> R<Value> {
        let (this, rest) = if self.form.is_method() {
            let (first, rest) = args.positional.split_first().unzip();
            let Some(tensor) = first.and_then(object::as_tensor) else {
                return Err(self.no_receiver(vm, first));
            };
            if self.takes_nothing() && !(rest.unwrap_or(&[]).is_empty() && args.names.is_empty()) {
                return Err(self.refuses_arguments(vm, rest.unwrap_or(&[]).len()));
            }
            let rest = CallArgs {
                positional: rest.unwrap_or(&[]),
                ..args
            };
            (Some(tensor), rest)
        } else {
            (None, args)
        };
        let (at, values) = matching::select(vm, &self.signatures, rest)?;
        let Some(candidate) = self.candidates.get(at) else {
            return Ok(Value::None);
        };
        self.run(vm, candidate, this, values)
    }

    fn run(&self, vm: &mut Vm, candidate: &Candidate, this: Option<&Tensor>, values: Values) -> R<Value> {
        let overload = candidate.overload;
        let vmap = object::torch(vm).vmap.get() & 3;
        if vmap > 0 {
            self.check_batching(vm, overload, vmap)?;
        }
        let params = &overload.parsed().params;
        let mut args = candidate.defaults.clone();
        if let (Some(tensor), Some(slot)) = (
            this,
            overload.parsed().position("self").and_then(|at| args.0.get_mut(at)),
        ) {
            *slot = Arg::Tensor(tensor.clone());
        }
        let mut out = Value::Unset;
        let mut requires_grad = false;
        for (value, place) in values.into_iter().zip(&candidate.places) {
            if value.is_unset() {
                continue;
            }
            match place {
                Place::Argument(at) => {
                    if let (Some(param), Some(slot)) = (params.get(*at as usize), args.0.get_mut(*at as usize)) {
                        *slot = convert::argument(vm, param, value)?;
                    }
                }
                Place::Out => out = value,
                Place::RequiresGrad => requires_grad = matches!(value, Value::True),
            }
        }
        if self.form.is_in_place() {
            let written = machine::run(vm, || overload.call_in_place(args))?;
            return Ok(object::wrap(vm, written));
        }
        if !out.is_unset() && !out.is_none() {
            return self.run_out(vm, overload, args, &out);
        }
        let outs = machine::run(vm, || overload.call(args))?;
        if requires_grad {
            for out in &outs {
                if let Arg::Tensor(tensor) = out {
                    result::require_grad(vm, tensor)?;
                }
            }
        }
        result::of_op(vm, overload, outs, "")
    }

    /// What must not happen inside of `vmap`.
    #[cold]
    fn check_batching(&self, vm: &mut Vm, overload: &Overload, vmap: i64) -> R<()> {
        if overload.is(RANDOM) && vmap == 1 {
            return Err(vm.runtime_error(
                "vmap: called random operation while in randomness error mode. Please either use the 'same' or 'different' randomness flags on vmap or perform the randomness operation out of vmap",
            ));
        }
        let name = overload.parsed().name;
        if matches!(
            name,
            "nonzero" | "masked_select" | "_unique2" | "unique_dim" | "unique_consecutive" | "bincount"
        ) {
            return Err(vm.runtime_error(format!(
                "vmap: We do not support batching operators that can output dynamic shape. Attempted to vmap over aten::{name}. Please file an issue at https://github.com/pytorch/pytorch/issues if you need this feature."
            )));
        }
        Ok(())
    }

    fn run_out(&self, vm: &mut Vm, overload: &'static Overload, args: Args, out: &Value) -> R<Value> {
        let targets: Vec<Tensor> = match matching::items(out) {
            Some(items) => items.iter().filter_map(object::as_tensor).cloned().collect(),
            None => match object::as_tensor(out) {
                Some(tensor) => vec![tensor.clone()],
                None => {
                    let number = convert::scalar(vm, out)?;
                    let dtype = number.dtype(promote::default_dtype());
                    vec![machine::run(vm, || Ok(copy::full(&[], number, dtype)?.into()))?]
                }
            },
        };
        let returns = overload.parsed().returns.len();
        if returns > 1 && targets.len() != returns {
            let (name, got) = (&self.name, targets.len());
            return Err(vm.type_error(format!(
                "{name}() received an invalid combination of arguments - expected {returns} output tensors, got {got}"
            )));
        }
        let outs = machine::run(vm, || overload.call_out(args, &targets))?;
        result::of_op(vm, overload, outs, "_out")
    }

    #[cold]
    fn no_receiver(&self, vm: &mut Vm, given: Option<&Value>) -> crate::python::Raised {
        let name = &self.name;
        let text = match given {
            Some(value) => format!(
                "descriptor '{name}' for 'torch._C.TensorBase' objects doesn't apply to a '{}' object",
                vm.type_name(value)
            ),
            None => format!("unbound method TensorBase.{name}() needs an argument"),
        };
        vm.type_error(text)
    }

    #[cold]
    fn refuses_arguments(&self, vm: &mut Vm, given: usize) -> crate::python::Raised {
        let name = &self.name;
        let text = if given > 0 {
            format!("TensorBase.{name}() takes no arguments ({given} given)")
        } else {
            format!("TensorBase.{name}() takes no keyword arguments")
        };
        vm.type_error(text)
    }
}
