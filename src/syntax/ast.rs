//! The syntax tree of Python 3.11, after CPython's `ast` module: same node names,
//! same shapes. Built by `tree`, read by `python::compile`.
//!
//! Positions are byte offsets into the original source text; `Source` turns them
//! into lines and columns when an error or a traceback needs them.

use super::symbol::Symbol;
use std::rc::Rc;

/// Byte offsets of a node in the source: `start..end`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

/// A parsed input: what one prompt entry or one file holds.
#[derive(Debug)]
pub struct Module {
    pub body: Vec<Stmt>,
}

#[derive(Debug)]
pub struct Stmt {
    pub kind: StmtKind,
    pub span: Span,
}

#[derive(Debug)]
pub enum StmtKind {
    Expr(Expr),
    /// `a = b = value`: targets from left to right.
    Assign {
        targets: Vec<Expr>,
        value: Expr,
    },
    AugAssign {
        target: Expr,
        op: BinOp,
        value: Expr,
    },
    /// `simple`: the target is a bare name without parentheses.
    AnnAssign {
        target: Expr,
        annotation: Expr,
        value: Option<Expr>,
        simple: bool,
    },
    Return(Option<Expr>),
    Delete(Vec<Expr>),
    Pass,
    Break,
    Continue,
    Raise {
        exception: Option<Expr>,
        cause: Option<Expr>,
    },
    Assert {
        test: Expr,
        message: Option<Expr>,
    },
    Global(Vec<Symbol>),
    Nonlocal(Vec<Symbol>),
    Import(Vec<Alias>),
    /// `from ..module import names`; `level` counts the dots, `names` is one `*` alias for a star import.
    ImportFrom {
        module: Option<Symbol>,
        names: Vec<Alias>,
        level: u32,
    },
    If {
        test: Expr,
        body: Vec<Stmt>,
        orelse: Vec<Stmt>,
    },
    While {
        test: Expr,
        body: Vec<Stmt>,
        orelse: Vec<Stmt>,
    },
    For {
        target: Expr,
        iter: Expr,
        body: Vec<Stmt>,
        orelse: Vec<Stmt>,
        is_async: bool,
    },
    With {
        items: Vec<WithItem>,
        body: Vec<Stmt>,
        is_async: bool,
    },
    /// `star`: `except*`.
    Try {
        body: Vec<Stmt>,
        handlers: Vec<ExceptHandler>,
        orelse: Vec<Stmt>,
        finalbody: Vec<Stmt>,
        star: bool,
    },
    FunctionDef(Box<FunctionDef>),
    ClassDef(Box<ClassDef>),
    Match {
        subject: Expr,
        cases: Vec<MatchCase>,
    },
}

#[derive(Debug)]
pub struct FunctionDef {
    pub name: Symbol,
    pub params: Parameters,
    pub body: Vec<Stmt>,
    pub decorators: Vec<Expr>,
    pub returns: Option<Expr>,
    pub is_async: bool,
}

#[derive(Debug)]
pub struct ClassDef {
    pub name: Symbol,
    /// Bases and keywords as written in the parentheses.
    pub arguments: Vec<Argument>,
    pub body: Vec<Stmt>,
    pub decorators: Vec<Expr>,
}

/// The parameters of a `def` or a `lambda`, grouped as CPython's `ast.arguments`.
#[derive(Debug, Default)]
pub struct Parameters {
    pub positional_only: Vec<Parameter>,
    pub positional: Vec<Parameter>,
    /// `*args`; a bare `*` leaves it None.
    pub vararg: Option<Parameter>,
    pub keyword_only: Vec<Parameter>,
    /// `**kwargs`.
    pub kwarg: Option<Parameter>,
}

#[derive(Debug)]
pub struct Parameter {
    pub name: Symbol,
    pub annotation: Option<Expr>,
    pub default: Option<Expr>,
    pub span: Span,
}

/// `import dotted.name as name`.
#[derive(Debug)]
pub struct Alias {
    pub name: Symbol,
    pub asname: Option<Symbol>,
    pub span: Span,
}

#[derive(Debug)]
pub struct WithItem {
    pub context: Expr,
    pub target: Option<Expr>,
}

#[derive(Debug)]
pub struct ExceptHandler {
    pub kind: Option<Expr>,
    pub name: Option<Symbol>,
    pub body: Vec<Stmt>,
    pub span: Span,
}

#[derive(Debug)]
pub struct MatchCase {
    pub pattern: Pattern,
    pub guard: Option<Expr>,
    pub body: Vec<Stmt>,
}

#[derive(Debug)]
pub struct Pattern {
    pub kind: PatternKind,
    pub span: Span,
}

#[derive(Debug)]
pub enum PatternKind {
    /// A literal or dotted name, compared with `==`.
    Value(Expr),
    /// `None`, `True`, `False`, compared with `is`.
    Singleton(Expr),
    Sequence(Vec<Pattern>),
    Mapping {
        keys: Vec<Expr>,
        patterns: Vec<Pattern>,
        rest: Option<Symbol>,
    },
    Class {
        class: Expr,
        patterns: Vec<Pattern>,
        keywords: Vec<(Symbol, Pattern)>,
    },
    /// `*name` or `*_` inside a sequence.
    Star(Option<Symbol>),
    /// `pattern as name`, a bare capture (`pattern` None) or the wildcard `_` (both None).
    As {
        pattern: Option<Box<Pattern>>,
        name: Option<Symbol>,
    },
    Or(Vec<Pattern>),
}

#[derive(Debug)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
}

#[derive(Debug)]
pub enum ExprKind {
    None,
    True,
    False,
    Ellipsis,
    Int(i64),
    /// An integer literal beyond 64 bits: its digits without `_`, and their base (2, 8, 10, 16).
    BigInt(Box<str>, u32),
    Float(f64),
    /// The imaginary part of a literal like `2j`.
    Imaginary(f64),
    /// Neighbouring literals are joined already.
    Str(Rc<str>),
    Bytes(Rc<[u8]>),
    /// An f-string, its constant pieces as `FormatPart::Text`.
    JoinedStr(Vec<FormatPart>),
    Name(Symbol),
    Tuple(Vec<Expr>),
    List(Vec<Expr>),
    Set(Vec<Expr>),
    /// Key None is `**value`.
    Dict(Vec<(Option<Expr>, Expr)>),
    ListComp(Box<Comprehension>),
    SetComp(Box<Comprehension>),
    /// `element` is the key, `value` the value.
    DictComp(Box<Comprehension>),
    GeneratorExp(Box<Comprehension>),
    BoolOp {
        op: BoolOp,
        values: Vec<Expr>,
    },
    BinOp {
        left: Box<Expr>,
        op: BinOp,
        right: Box<Expr>,
    },
    UnaryOp {
        op: UnaryOp,
        operand: Box<Expr>,
    },
    Compare {
        left: Box<Expr>,
        rest: Vec<(CompareOp, Expr)>,
    },
    IfExp(Box<IfExp>),
    Lambda(Box<Lambda>),
    Call {
        function: Box<Expr>,
        arguments: Vec<Argument>,
    },
    Attribute {
        value: Box<Expr>,
        name: Symbol,
    },
    Subscript {
        value: Box<Expr>,
        index: Box<Expr>,
    },
    /// Only inside a subscript.
    Slice(Box<Slice>),
    Starred(Box<Expr>),
    /// `name := value`.
    NamedExpr {
        target: Box<Expr>,
        value: Box<Expr>,
    },
    Await(Box<Expr>),
    Yield(Option<Box<Expr>>),
    YieldFrom(Box<Expr>),
}

#[derive(Debug)]
pub struct IfExp {
    pub test: Expr,
    pub body: Expr,
    pub orelse: Expr,
}

#[derive(Debug)]
pub struct Lambda {
    pub params: Parameters,
    pub body: Expr,
}

#[derive(Debug)]
pub struct Slice {
    pub lower: Option<Expr>,
    pub upper: Option<Expr>,
    pub step: Option<Expr>,
}

#[derive(Debug)]
pub struct Comprehension {
    pub element: Expr,
    /// The value of a dict comprehension.
    pub value: Option<Expr>,
    pub clauses: Vec<ComprehensionFor>,
}

/// One `for target in iter if ... if ...`.
#[derive(Debug)]
pub struct ComprehensionFor {
    pub target: Expr,
    pub iter: Expr,
    pub ifs: Vec<Expr>,
    pub is_async: bool,
}

/// A call's or a class statement's argument, in source order.
#[derive(Debug)]
pub struct Argument {
    pub kind: ArgumentKind,
    pub value: Expr,
    /// With the name or the stars before the value.
    pub span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ArgumentKind {
    Positional,
    /// `*value`
    Star,
    Keyword(Symbol),
    /// `**value`
    DoubleStar,
}

/// A piece of an f-string.
#[derive(Debug)]
pub enum FormatPart {
    Text(Rc<str>),
    Field {
        value: Box<Expr>,
        /// The text before a `=`, with it and its blanks: `{x = }` prints it first.
        label: Option<Rc<str>>,
        /// `'r'`, `'s'` or `'a'` after `!`.
        conversion: Option<char>,
        /// The format specification, itself with fields.
        spec: Option<Vec<FormatPart>>,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BoolOp {
    And,
    Or,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BinOp {
    Add,
    Sub,
    Mult,
    MatMult,
    Div,
    Mod,
    Pow,
    LShift,
    RShift,
    BitOr,
    BitXor,
    BitAnd,
    FloorDiv,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnaryOp {
    Invert,
    Not,
    UAdd,
    USub,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CompareOp {
    Eq,
    NotEq,
    Lt,
    LtE,
    Gt,
    GtE,
    Is,
    IsNot,
    In,
    NotIn,
}
