//! Schema text, parsed: `sum.dim_IntList(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor`.

/// A parsed schema. Names are slices of the text in the entry.
#[derive(Debug, Clone)]
pub struct Schema {
    pub name: &'static str,
    /// `dim_IntList`, or empty.
    pub overload: &'static str,
    pub params: Vec<Param>,
    pub returns: Vec<Return>,
}

#[derive(Debug, Clone)]
pub struct Param {
    /// The type as written, without alias marks: `SymInt[1]?`.
    pub text: &'static str,
    pub name: &'static str,
    pub kind: Kind,
    /// `?`: None is taken.
    pub optional: bool,
    pub default: Option<&'static str>,
    pub keyword_only: bool,
}

#[derive(Debug, Clone)]
pub struct Return {
    /// Empty where the schema names none.
    pub name: &'static str,
    pub kind: Kind,
}

/// The type of a parameter, without `?`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Tensor,
    /// `Tensor[]`, and `Tensor?[]` where elements may be None.
    TensorList {
        optional: bool,
    },
    Scalar,
    ScalarList,
    Int,
    Float,
    Complex,
    Bool,
    Str,
    /// With the length to which a single number is repeated, if any.
    IntList(Option<u8>),
    FloatList(Option<u8>),
    BoolList(Option<u8>),
    Dtype,
    Layout,
    Device,
    MemoryFormat,
    Generator,
    Dimname,
    DimnameList,
    Storage,
}

impl Kind {
    pub fn is_tensor(self) -> bool {
        matches!(self, Kind::Tensor | Kind::TensorList { .. })
    }

    fn parse(text: &'static str) -> (Kind, bool) {
        let (text, optional) = match text.strip_suffix('?') {
            Some(inner) => (inner, true),
            None => (text, false),
        };
        if let Some((element, length)) = text.strip_suffix(']').and_then(|inner| inner.split_once('[')) {
            let length = length.parse().ok();
            let kind = match element {
                "int" | "SymInt" => Kind::IntList(length),
                "float" => Kind::FloatList(length),
                "bool" => Kind::BoolList(length),
                "Scalar" => Kind::ScalarList,
                "Dimname" => Kind::DimnameList,
                element => Kind::TensorList {
                    optional: element.ends_with('?'),
                },
            };
            return (kind, optional);
        }
        let kind = match text.split('(').next().unwrap_or(text) {
            "Scalar" => Kind::Scalar,
            "int" | "SymInt" => Kind::Int,
            "float" => Kind::Float,
            "complex" => Kind::Complex,
            "bool" => Kind::Bool,
            "str" => Kind::Str,
            "ScalarType" => Kind::Dtype,
            "Layout" => Kind::Layout,
            "Device" => Kind::Device,
            "MemoryFormat" => Kind::MemoryFormat,
            "Generator" => Kind::Generator,
            "Dimname" => Kind::Dimname,
            "Storage" => Kind::Storage,
            _ => Kind::Tensor,
        };
        (kind, optional)
    }
}

impl Schema {
    /// Parses an entry's text. Text that is no schema gives one without parameters; the table's tests refuse it.
    pub fn parse(text: &'static str) -> Schema {
        let (head, rest) = text.split_once('(').unwrap_or((text, ")"));
        let (name, overload) = head.split_once('.').unwrap_or((head, ""));
        let (inside, after) = split_at_close(rest);
        let mut params = Vec::new();
        let mut keyword_only = false;
        for part in split_at_commas(inside) {
            if part == "*" {
                keyword_only = true;
                continue;
            }
            let (declaration, default) = match part.split_once('=') {
                Some((declaration, default)) => (declaration, Some(default)),
                None => (part, None),
            };
            let (kind, name) = declaration.rsplit_once(' ').unwrap_or((declaration, ""));
            let text = without_alias(kind);
            let (kind, optional) = Kind::parse(text);
            params.push(Param {
                text,
                name,
                kind,
                optional,
                default,
                keyword_only,
            });
        }
        let returns = after.trim_start().strip_prefix("->").unwrap_or("").trim();
        let returns = returns
            .strip_prefix('(')
            .and_then(|inner| inner.strip_suffix(')'))
            .unwrap_or(returns);
        let returns = split_at_commas(returns)
            .map(|part| {
                let (kind, name) = part.rsplit_once(' ').unwrap_or((part, ""));
                Return {
                    name,
                    kind: Kind::parse(without_alias(kind)).0,
                }
            })
            .collect();
        Schema {
            name,
            overload,
            params,
            returns,
        }
    }

    pub fn position(&self, name: &str) -> Option<usize> {
        self.params.iter().position(|param| param.name == name)
    }
}

/// `Tensor` of `Tensor(a!)`; list suffixes stay, as in `Tensor(a)[]`.
fn without_alias(kind: &'static str) -> &'static str {
    match (kind.find('('), kind.ends_with("[]")) {
        (Some(_), true) => "Tensor[]",
        (Some(at), false) if kind.ends_with('?') && at > 0 => "Tensor?",
        (Some(at), false) => &kind[..at],
        (None, _) => kind,
    }
}

/// The text up to the parenthesis that closes the first one, and the text after it.
fn split_at_close(text: &'static str) -> (&'static str, &'static str) {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' if depth == 0 => return (&text[..at], &text[at + 1..]),
            ')' | ']' => depth -= 1,
            _ => {}
        }
    }
    (text, "")
}

fn split_at_commas(text: &'static str) -> impl Iterator<Item = &'static str> {
    let mut depth = 0;
    text.split(move |c| {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            _ => {}
        }
        c == ',' && depth == 0
    })
    .map(str::trim)
    .filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_types_defaults_and_results() {
        let schema = Schema::parse(
            "max.dim(Tensor self, int dim, bool keepdim=False, *, int[2] stride=[1,1], Generator? generator=None) -> (Tensor values, Tensor indices)",
        );
        assert_eq!((schema.name, schema.overload), ("max", "dim"));
        let names: Vec<_> = schema.params.iter().map(|param| param.name).collect();
        assert_eq!(names, ["self", "dim", "keepdim", "stride", "generator"]);
        assert_eq!(schema.params[2].default, Some("False"));
        assert_eq!(schema.params[3].kind, Kind::IntList(Some(2)));
        assert_eq!(schema.params[3].default, Some("[1,1]"));
        assert!(schema.params[3].keyword_only && !schema.params[2].keyword_only);
        assert!(schema.params[4].optional);
        assert_eq!(schema.returns[1].name, "indices");
    }

    #[test]
    fn reads_alias_marks() {
        let schema = Schema::parse("unbind.int(Tensor(a -> *) self, int dim=0) -> Tensor(a)[]");
        assert_eq!(schema.params[0].kind, Kind::Tensor);
        assert_eq!(schema.returns[0].kind, Kind::TensorList { optional: false });
    }
}
