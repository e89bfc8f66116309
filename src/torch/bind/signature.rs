//! Signatures as PyTorch's argument parser writes them: `max(Tensor input, int64_t dim, bool keepdim=False, *, TensorList[2]? out=None)`.

use crate::ops::op::{HIDDEN, NAMESPACED, NUMBERS, ONLY_INPLACE};
use crate::ops::schema::{Kind as SchemaKind, Param as SchemaParam};
use crate::ops::{FUNCTION, INPLACE, METHOD, OUT, Overload};
use crate::syntax::symbol::Symbol;

/// What a parameter takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Tensor,
    TensorList,
    Scalar,
    ScalarList,
    Int,
    IntList,
    Float,
    FloatList,
    Complex,
    Bool,
    Str,
    Dtype,
    Layout,
    MemoryFormat,
    Device,
    Generator,
    Storage,
    Dimname,
    DimnameList,
    Object,
}

impl Kind {
    fn parse(text: &str) -> Kind {
        match text {
            "TensorList" => Kind::TensorList,
            "Scalar" => Kind::Scalar,
            "ScalarList" => Kind::ScalarList,
            "int64_t" | "SymInt" => Kind::Int,
            "IntArrayRef" | "SymIntArrayRef" => Kind::IntList,
            "double" => Kind::Float,
            "ArrayRef<double>" => Kind::FloatList,
            "complex" => Kind::Complex,
            "bool" => Kind::Bool,
            "std::string_view" => Kind::Str,
            "ScalarType" => Kind::Dtype,
            "Layout" => Kind::Layout,
            "MemoryFormat" => Kind::MemoryFormat,
            "Device" => Kind::Device,
            "Generator" => Kind::Generator,
            "Storage" => Kind::Storage,
            "Dimname" => Kind::Dimname,
            "DimnameList" => Kind::DimnameList,
            "PyObject*" => Kind::Object,
            _ => Kind::Tensor,
        }
    }

    /// How messages write it.
    pub fn text(self) -> &'static str {
        match self {
            Kind::Tensor => "Tensor",
            Kind::TensorList => "tuple of Tensors",
            Kind::Scalar => "Number",
            Kind::ScalarList => "tuple of Scalars",
            Kind::Int => "int",
            Kind::IntList => "tuple of ints",
            Kind::Float => "float",
            Kind::FloatList => "tuple of floats",
            Kind::Complex => "complex",
            Kind::Bool => "bool",
            Kind::Str => "str",
            Kind::Dtype => "torch.dtype",
            Kind::Layout => "torch.layout",
            Kind::MemoryFormat => "torch.memory_format",
            Kind::Device => "torch.device",
            Kind::Generator => "torch.Generator",
            Kind::Storage => "torch.Storage",
            Kind::Dimname => "name",
            Kind::DimnameList => "tuple of names",
            Kind::Object => "object",
        }
    }
}

/// A parameter.
pub struct Parameter {
    pub kind: Kind,
    pub name: Symbol,
    /// Names that NumPy uses for it.
    pub aliases: &'static [&'static str],
    pub default: Option<String>,
    pub allow_none: bool,
    pub allow_numbers: bool,
    pub keyword_only: bool,
    /// The length to which one int stands for a list.
    pub size: usize,
}

/// One candidate.
pub struct Signature {
    pub name: String,
    pub params: Vec<Parameter>,
    /// Matches, but messages don't list it.
    pub deprecated: bool,
    pub min_args: usize,
    pub max_args: usize,
    pub max_positional: usize,
    /// `(Tensor input, int dim, *, Tensor out = None)`
    pub text: String,
}

fn aliases_of(name: &str) -> &'static [&'static str] {
    match name {
        "dim" => &["axis"],
        "keepdim" => &["keepdims"],
        "input" => &["x", "a", "x1"],
        "other" => &["x2"],
        _ => &[],
    }
}

impl Signature {
    /// Reads the parser's own notation; `numbers`: Python numbers are taken for tensors. `|deprecated` at the end hides it.
    pub fn parse(format: &str, numbers: bool) -> Signature {
        let (format, deprecated) = match format.strip_suffix("|deprecated") {
            Some(rest) => (rest, true),
            None => (format, false),
        };
        let (name, rest) = format.split_once('(').unwrap_or((format, ")"));
        let inside = rest.strip_suffix(')').unwrap_or(rest);
        let mut params = Vec::new();
        let mut keyword_only = false;
        for part in inside.split(", ").filter(|part| !part.is_empty()) {
            if part == "*" {
                keyword_only = true;
                continue;
            }
            let (kind, rest) = part.split_once(' ').unwrap_or((part, ""));
            let (name, default) = match rest.split_once('=') {
                Some((name, default)) => (name, Some(default.to_string())),
                None => (rest, None),
            };
            let (kind, optional) = match kind.strip_suffix('?') {
                Some(kind) => (kind, true),
                None => (kind, false),
            };
            let (kind, size) = match kind.strip_suffix(']').and_then(|kind| kind.split_once('[')) {
                Some((kind, size)) => (kind, size.parse().unwrap_or(0)),
                None => (kind, 0),
            };
            params.push(Parameter {
                kind: Kind::parse(kind),
                name: Symbol::new(name),
                aliases: aliases_of(name),
                allow_none: optional || default.as_deref() == Some("None"),
                default,
                allow_numbers: numbers,
                keyword_only,
                size,
            });
        }
        Signature {
            name: name.to_string(),
            min_args: params.iter().filter(|param| param.default.is_none()).count(),
            max_args: params.len(),
            max_positional: params.iter().filter(|param| !param.keyword_only).count(),
            text: text_of(&params),
            params,
            deprecated,
        }
    }
}

fn text_of(params: &[Parameter]) -> String {
    let mut text = String::from("(");
    let mut keyword_only = false;
    for (at, param) in params.iter().enumerate() {
        if at > 0 {
            text.push_str(", ");
        }
        if param.keyword_only && !keyword_only {
            keyword_only = true;
            text.push_str("*, ");
        }
        text.push_str(param.kind.text());
        text.push(' ');
        text.push_str(param.name.text());
        if let Some(default) = &param.default {
            text.push_str(" = ");
            text.push_str(default);
        }
    }
    text.push(')');
    text
}

/// Where the value of a Python parameter goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// The schema's parameter of this number.
    Argument(u8),
    Out,
    RequiresGrad,
}

/// The form of an op that Python calls.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    Function,
    Method,
    InPlaceFunction,
    InPlaceMethod,
}

impl Form {
    pub fn is_method(self) -> bool {
        matches!(self, Form::Method | Form::InPlaceMethod)
    }

    pub fn is_in_place(self) -> bool {
        matches!(self, Form::InPlaceFunction | Form::InPlaceMethod)
    }
}

/// True if the schema takes dtype, layout, device and pin_memory: Python adds `requires_grad` and moves them to the end.
fn has_options(overload: &Overload) -> bool {
    ["dtype", "layout", "device", "pin_memory"]
        .iter()
        .all(|name| overload.parsed().position(name).is_some())
}

/// The signature that Python sees of an overload, as text, with the place of each parameter.
pub fn of_overload(overload: &'static Overload, name: &str, form: Form) -> (String, Vec<Place>) {
    let schema = overload.parsed();
    let options = has_options(overload);
    let is_option = |param: &SchemaParam| options && matches!(param.name, "dtype" | "layout" | "device" | "pin_memory");
    let mut positional = Vec::new();
    let mut keywords = Vec::new();
    let (mut places, mut keyword_places) = (Vec::new(), Vec::new());
    for (at, param) in schema.params.iter().enumerate() {
        if is_option(param) || (form.is_method() && param.name == "self") {
            continue;
        }
        let renamed = param.name == "self" && param.kind == SchemaKind::Tensor;
        let name = if renamed { "input" } else { param.name };
        let text = match param.default {
            Some(default) => format!("{} {name}={}", type_text(param), default_text(default)),
            None => format!("{} {name}", type_text(param)),
        };
        let place = Place::Argument(at as u8);
        if param.keyword_only {
            keywords.push(text);
            keyword_places.push(place);
        } else {
            positional.push(text);
            places.push(place);
        }
    }
    places.extend(keyword_places);
    if overload.is(OUT) && form == Form::Function {
        keywords.push(match schema.returns.len() {
            0 | 1 => "Tensor? out=None".to_string(),
            many => format!("TensorList[{many}]? out=None"),
        });
        places.push(Place::Out);
    }
    if options {
        for (name, text) in [
            ("dtype", "ScalarType? dtype=None"),
            ("layout", "Layout? layout=None"),
            ("device", "Device? device=None"),
            ("pin_memory", "bool? pin_memory=False"),
        ] {
            if let Some(at) = schema.position(name) {
                keywords.push(text.to_string());
                places.push(Place::Argument(at as u8));
            }
        }
        keywords.push("bool? requires_grad=False".to_string());
        places.push(Place::RequiresGrad);
    }
    let mut parts = positional;
    if !keywords.is_empty() {
        parts.push("*".into());
        parts.extend(keywords);
    }
    let hidden = if overload.is(HIDDEN) { "|deprecated" } else { "" };
    (format!("{name}({}){hidden}", parts.join(", ")), places)
}

fn type_text(param: &SchemaParam) -> String {
    let (text, optional) = match param.text.strip_suffix('?') {
        Some(inner) => (inner, "?"),
        None => (param.text, ""),
    };
    let base = match text.strip_suffix(']').and_then(|inner| inner.split_once('[')) {
        Some((element, size)) => {
            let list = match element {
                "int" => "IntArrayRef",
                "SymInt" => "SymIntArrayRef",
                "float" => "ArrayRef<double>",
                "Scalar" => "ScalarList",
                "Dimname" => "DimnameList",
                _ => "TensorList",
            };
            if size.is_empty() {
                list.to_string()
            } else {
                format!("{list}[{size}]")
            }
        }
        None => match text.split('(').next().unwrap_or(text) {
            "int" => "int64_t".to_string(),
            "float" => "double".to_string(),
            "str" => "std::string_view".to_string(),
            other => other.to_string(),
        },
    };
    base + optional
}

fn default_text(default: &str) -> String {
    match default {
        "contiguous_format" | "preserve_format" => format!("torch.{default}"),
        quoted if quoted.starts_with('\'') => quoted.replace('\'', "\""),
        // a list may be left out by None as well
        "[]" => "None".to_string(),
        list if list.starts_with('[') => list.replace('[', "{").replace(']', "}"),
        other => other.to_string(),
    }
}

/// True where Python offers this form of an overload.
pub fn offers(overload: &Overload, form: Form) -> bool {
    match form {
        Form::Function => overload.is(FUNCTION | NAMESPACED) && !overload.is(ONLY_INPLACE),
        Form::Method => overload.is(METHOD) && !overload.is(ONLY_INPLACE),
        Form::InPlaceMethod => overload.is(INPLACE | ONLY_INPLACE) && !overload.is(NAMESPACED),
        Form::InPlaceFunction => overload.is(INPLACE | ONLY_INPLACE) && overload.is(FUNCTION | NAMESPACED),
    }
}

/// Whether Python numbers are taken for tensors.
pub fn takes_numbers(overload: &Overload) -> bool {
    overload.is(NUMBERS)
}

/// The order in which PyTorch tries candidates: by text, but of two with as many parameters the one that takes
/// narrower types first (a tensor before a number, an int before a list).
pub fn order(candidates: &mut Vec<(&'static Overload, String, Vec<Place>)>) {
    candidates.sort_by(|a, b| a.1.cmp(&b.1));
    let count = candidates.len();
    let mut after: Vec<Vec<usize>> = (0..count)
        .map(|a| {
            (0..count)
                .filter(|&b| is_smaller(&candidates[a], &candidates[b]))
                .collect()
        })
        .collect();
    let mut sorted: Vec<usize> = (0..count).filter(|&at| after[at].is_empty()).collect();
    let mut done: Vec<bool> = after.iter().map(Vec::is_empty).collect();
    let mut next = 0;
    while next < sorted.len() {
        let chosen = sorted[next];
        for at in 0..count {
            if done[at] {
                continue;
            }
            after[at].retain(|&larger| larger != chosen);
            if after[at].is_empty() {
                done[at] = true;
                sorted.push(at);
            }
        }
        next += 1;
    }
    let mut slots: Vec<Option<_>> = std::mem::take(candidates).into_iter().map(Some).collect();
    candidates.extend(
        sorted
            .into_iter()
            .filter_map(|at| slots.get_mut(at).and_then(Option::take)),
    );
}

type Candidate = (&'static Overload, String, Vec<Place>);

/// The types of a candidate's parameters in Python's order, outputs left out.
fn types(candidate: &Candidate) -> Vec<&'static str> {
    let params = &candidate.0.parsed().params;
    let types = candidate.2.iter().filter_map(|place| match place {
        Place::Argument(at) => params.get(*at as usize).map(|param| param.text),
        Place::Out => None,
        Place::RequiresGrad => Some("bool"),
    });
    types.collect()
}

fn is_smaller(a: &Candidate, b: &Candidate) -> bool {
    let (a, b) = (types(a), types(b));
    a.len() == b.len() && a != b && a.iter().zip(&b).all(|(a, b)| a == b || is_type_smaller(a, b))
}

fn is_type_smaller(a: &str, b: &str) -> bool {
    (a == "Scalar" && b == "Tensor")
        || (a == "Scalar?" && b == "Tensor?")
        || (a == "int[]" && (b == "int" || b == "int?"))
        || (a == "Tensor[]" && b.contains("[]"))
        || (a == "SymInt[]" && b == "int[]")
        || ((a == "SymInt" || a == "int") && b == "Tensor")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_parsers_notation() {
        let signature = Signature::parse(
            "add(Tensor input, Tensor other, *, Scalar alpha=1, Tensor? out=None)",
            true,
        );
        assert_eq!(
            signature.text,
            "(Tensor input, Tensor other, *, Number alpha = 1, Tensor out = None)"
        );
        assert_eq!(
            (signature.min_args, signature.max_args, signature.max_positional),
            (2, 4, 2)
        );
    }

    #[test]
    fn writes_what_python_sees() {
        let op = crate::ops::find("sum").expect("sum is in the table");
        let (text, places) = of_overload(&op.overloads[1], "sum", Form::Function);
        assert_eq!(
            text,
            "sum(Tensor input, IntArrayRef[1]? dim, bool keepdim=False, *, ScalarType? dtype=None, Tensor? out=None)"
        );
        assert_eq!(places.len(), 5);
        let (text, _) = of_overload(&op.overloads[0], "sum", Form::Method);
        assert_eq!(text, "sum(*, ScalarType? dtype=None)");
    }
}
