//! The dunder methods that operators and protocols look up on a class. Each class
//! caches what it found for each of them, so `a * b` never hashes a name.

use crate::syntax::symbol::Symbol;
use std::cell::OnceCell;

macro_rules! slots {
    ($($variant:ident = $text:literal,)*) => {
        /// A dunder method with a place in every class's slot cache.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub enum Slot { $($variant,)* }

        impl Slot {
            /// How many there are.
            pub const COUNT: usize = [$(Slot::$variant,)*].len();
            /// The method names in the order of the slots.
            pub const TEXTS: [&'static str; Slot::COUNT] = [$($text,)*];

            /// The method's name, `__add__`.
            pub const fn text(self) -> &'static str {
                Slot::TEXTS[self as usize]
            }
        }
    };
}

slots! {
    New = "__new__", Init = "__init__", Del = "__del__", Call = "__call__",
    Repr = "__repr__", Str = "__str__", Format = "__format__", Bytes = "__bytes__",
    Hash = "__hash__", Bool = "__bool__", Len = "__len__", LengthHint = "__length_hint__",
    GetAttribute = "__getattribute__", GetAttr = "__getattr__", SetAttr = "__setattr__", DelAttr = "__delattr__",
    Dir = "__dir__", Get = "__get__", Set = "__set__", Delete = "__delete__", SetName = "__set_name__",
    GetItem = "__getitem__", SetItem = "__setitem__", DelItem = "__delitem__", Missing = "__missing__",
    Contains = "__contains__", Iter = "__iter__", Next = "__next__", Reversed = "__reversed__",
    Eq = "__eq__", Ne = "__ne__", Lt = "__lt__", Le = "__le__", Gt = "__gt__", Ge = "__ge__",
    Add = "__add__", Sub = "__sub__", Mul = "__mul__", MatMul = "__matmul__", TrueDiv = "__truediv__",
    Mod = "__mod__", Pow = "__pow__", LShift = "__lshift__", RShift = "__rshift__", Or = "__or__",
    Xor = "__xor__", And = "__and__", FloorDiv = "__floordiv__", DivMod = "__divmod__",
    RAdd = "__radd__", RSub = "__rsub__", RMul = "__rmul__", RMatMul = "__rmatmul__", RTrueDiv = "__rtruediv__",
    RMod = "__rmod__", RPow = "__rpow__", RLShift = "__rlshift__", RRShift = "__rrshift__", ROr = "__ror__",
    RXor = "__rxor__", RAnd = "__rand__", RFloorDiv = "__rfloordiv__", RDivMod = "__rdivmod__",
    IAdd = "__iadd__", ISub = "__isub__", IMul = "__imul__", IMatMul = "__imatmul__", ITrueDiv = "__itruediv__",
    IMod = "__imod__", IPow = "__ipow__", ILShift = "__ilshift__", IRShift = "__irshift__", IOr = "__ior__",
    IXor = "__ixor__", IAnd = "__iand__", IFloorDiv = "__ifloordiv__",
    Neg = "__neg__", Pos = "__pos__", Invert = "__invert__", Abs = "__abs__",
    Int = "__int__", Float = "__float__", Complex = "__complex__", Index = "__index__",
    Round = "__round__", Trunc = "__trunc__", Floor = "__floor__", Ceil = "__ceil__",
    Enter = "__enter__", Exit = "__exit__", AEnter = "__aenter__", AExit = "__aexit__",
    Await = "__await__", AIter = "__aiter__", ANext = "__anext__",
    InitSubclass = "__init_subclass__", ClassGetItem = "__class_getitem__", Prepare = "__prepare__",
    InstanceCheck = "__instancecheck__", SubclassCheck = "__subclasscheck__", SubclassHook = "__subclasshook__",
    MroEntries = "__mro_entries__", Sizeof = "__sizeof__", Fspath = "__fspath__",
}

thread_local! {
    static SYMBOLS: OnceCell<&'static [Symbol]> = const { OnceCell::new() };
}

impl Slot {
    /// The method's interned name.
    pub fn symbol(self) -> Symbol {
        SYMBOLS.with(|cell| {
            let symbols = *cell.get_or_init(|| {
                let symbols: Vec<Symbol> = Slot::TEXTS.iter().map(|text| Symbol::new(text)).collect();
                &*Box::leak(symbols.into_boxed_slice())
            });
            symbols[self as usize]
        })
    }
}

impl Slot {
    /// The signature that every builtin class shows for the method.
    pub const fn signature(self) -> &'static str {
        match self {
            Slot::Init | Slot::Call => "(self, /, *args, **kwargs)",
            Slot::Repr
            | Slot::Str
            | Slot::Hash
            | Slot::Bool
            | Slot::Len
            | Slot::Iter
            | Slot::Next
            | Slot::Neg
            | Slot::Pos
            | Slot::Invert
            | Slot::Abs
            | Slot::Int
            | Slot::Float
            | Slot::Index
            | Slot::Await
            | Slot::AIter
            | Slot::ANext => "(self, /)",
            Slot::GetAttribute | Slot::DelAttr => "(self, name, /)",
            Slot::SetAttr => "(self, name, value, /)",
            Slot::Get => "(self, instance, owner=None, /)",
            Slot::Set => "(self, instance, value, /)",
            Slot::Delete => "(self, instance, /)",
            Slot::GetItem | Slot::DelItem | Slot::Contains => "(self, key, /)",
            Slot::SetItem => "(self, key, value, /)",
            Slot::Pow | Slot::RPow => "(self, value, mod=None, /)",
            _ => "(self, value, /)",
        }
    }

    /// What `help()` says of the method of every builtin class; empty where each class has its own words.
    pub const fn help(self) -> &'static str {
        match self {
            Slot::Init => "Initialize self.  See help(type(self)) for accurate signature.",
            Slot::Call => "Call self as a function.",
            Slot::Repr => "Return repr(self).",
            Slot::Str => "Return str(self).",
            Slot::Hash => "Return hash(self).",
            Slot::Bool => "True if self else False",
            Slot::Len => "Return len(self).",
            Slot::GetAttribute => "Return getattr(self, name).",
            Slot::SetAttr => "Implement setattr(self, name, value).",
            Slot::DelAttr => "Implement delattr(self, name).",
            Slot::Get => "Return an attribute of instance, which is of type owner.",
            Slot::Set => "Set an attribute of instance to value.",
            Slot::Delete => "Delete an attribute of instance.",
            Slot::GetItem => "Return self[key].",
            Slot::SetItem => "Set self[key] to value.",
            Slot::DelItem => "Delete self[key].",
            Slot::Contains => "Return key in self.",
            Slot::Iter => "Implement iter(self).",
            Slot::Next => "Implement next(self).",
            Slot::Eq => "Return self==value.",
            Slot::Ne => "Return self!=value.",
            Slot::Lt => "Return self<value.",
            Slot::Le => "Return self<=value.",
            Slot::Gt => "Return self>value.",
            Slot::Ge => "Return self>=value.",
            Slot::Add => "Return self+value.",
            Slot::Sub => "Return self-value.",
            Slot::Mul => "Return self*value.",
            Slot::MatMul => "Return self@value.",
            Slot::TrueDiv => "Return self/value.",
            Slot::Mod => "Return self%value.",
            Slot::Pow => "Return pow(self, value, mod).",
            Slot::LShift => "Return self<<value.",
            Slot::RShift => "Return self>>value.",
            Slot::Or => "Return self|value.",
            Slot::Xor => "Return self^value.",
            Slot::And => "Return self&value.",
            Slot::FloorDiv => "Return self//value.",
            Slot::DivMod => "Return divmod(self, value).",
            Slot::RAdd => "Return value+self.",
            Slot::RSub => "Return value-self.",
            Slot::RMul => "Return value*self.",
            Slot::RMatMul => "Return value@self.",
            Slot::RTrueDiv => "Return value/self.",
            Slot::RMod => "Return value%self.",
            Slot::RPow => "Return pow(value, self, mod).",
            Slot::RLShift => "Return value<<self.",
            Slot::RRShift => "Return value>>self.",
            Slot::ROr => "Return value|self.",
            Slot::RXor => "Return value^self.",
            Slot::RAnd => "Return value&self.",
            Slot::RFloorDiv => "Return value//self.",
            Slot::RDivMod => "Return divmod(value, self).",
            Slot::IAdd => "Implement self+=value.",
            Slot::ISub => "Return self-=value.",
            Slot::IMul => "Implement self*=value.",
            Slot::IMatMul => "Return self@=value.",
            Slot::ITrueDiv => "Return self/=value.",
            Slot::IMod => "Return self%=value.",
            Slot::IPow => "Return self**=value.",
            Slot::ILShift => "Return self<<=value.",
            Slot::IRShift => "Return self>>=value.",
            Slot::IOr => "Return self|=value.",
            Slot::IXor => "Return self^=value.",
            Slot::IAnd => "Return self&=value.",
            Slot::IFloorDiv => "Return self//=value.",
            Slot::Neg => "-self",
            Slot::Pos => "+self",
            Slot::Invert => "~self",
            Slot::Abs => "abs(self)",
            Slot::Int => "int(self)",
            Slot::Float => "float(self)",
            Slot::Index => "Return self converted to an integer, if self is suitable for use as an index into a list.",
            Slot::Await => "Return an iterator to be used in await expression.",
            Slot::AIter => "Return an awaitable, that resolves in asynchronous iterator.",
            Slot::ANext => "Return a value or raise StopAsyncIteration.",
            _ => "",
        }
    }
}

/// The binary operators, with the three dunder methods and the sign of each.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Binary {
    Add,
    Sub,
    Mul,
    MatMul,
    TrueDiv,
    Mod,
    Pow,
    LShift,
    RShift,
    Or,
    Xor,
    And,
    FloorDiv,
    /// `divmod()`; it has no sign.
    DivMod,
}

impl Binary {
    const TABLE: [(Slot, Slot, Slot, &'static str); 14] = [
        (Slot::Add, Slot::RAdd, Slot::IAdd, "+"),
        (Slot::Sub, Slot::RSub, Slot::ISub, "-"),
        (Slot::Mul, Slot::RMul, Slot::IMul, "*"),
        (Slot::MatMul, Slot::RMatMul, Slot::IMatMul, "@"),
        (Slot::TrueDiv, Slot::RTrueDiv, Slot::ITrueDiv, "/"),
        (Slot::Mod, Slot::RMod, Slot::IMod, "%"),
        (Slot::Pow, Slot::RPow, Slot::IPow, "** or pow()"),
        (Slot::LShift, Slot::RLShift, Slot::ILShift, "<<"),
        (Slot::RShift, Slot::RRShift, Slot::IRShift, ">>"),
        (Slot::Or, Slot::ROr, Slot::IOr, "|"),
        (Slot::Xor, Slot::RXor, Slot::IXor, "^"),
        (Slot::And, Slot::RAnd, Slot::IAnd, "&"),
        (Slot::FloorDiv, Slot::RFloorDiv, Slot::IFloorDiv, "//"),
        (Slot::DivMod, Slot::RDivMod, Slot::DivMod, "divmod()"),
    ];

    /// `__add__`
    #[inline]
    pub fn slot(self) -> Slot {
        Binary::TABLE[self as usize].0
    }

    /// `__radd__`
    #[inline]
    pub fn reflected(self) -> Slot {
        Binary::TABLE[self as usize].1
    }

    /// `__iadd__`
    #[inline]
    pub fn in_place(self) -> Slot {
        Binary::TABLE[self as usize].2
    }

    /// How error messages write it: `+`, and `** or pow()`.
    pub fn sign(self) -> &'static str {
        Binary::TABLE[self as usize].3
    }

    /// How error messages write the augmented assignment: `+=`, `**=`.
    pub fn in_place_sign(self) -> String {
        if self == Binary::Pow {
            "**=".into()
        } else {
            format!("{}=", self.sign())
        }
    }
}

/// The rich comparisons.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Compare {
    Lt,
    Le,
    Eq,
    Ne,
    Gt,
    Ge,
}

impl Compare {
    pub fn slot(self) -> Slot {
        match self {
            Compare::Lt => Slot::Lt,
            Compare::Le => Slot::Le,
            Compare::Eq => Slot::Eq,
            Compare::Ne => Slot::Ne,
            Compare::Gt => Slot::Gt,
            Compare::Ge => Slot::Ge,
        }
    }

    /// The comparison that says the same with its sides exchanged.
    pub fn swapped(self) -> Compare {
        match self {
            Compare::Lt => Compare::Gt,
            Compare::Le => Compare::Ge,
            Compare::Gt => Compare::Lt,
            Compare::Ge => Compare::Le,
            same => same,
        }
    }

    pub fn sign(self) -> &'static str {
        match self {
            Compare::Lt => "<",
            Compare::Le => "<=",
            Compare::Eq => "==",
            Compare::Ne => "!=",
            Compare::Gt => ">",
            Compare::Ge => ">=",
        }
    }

    /// The answer for two sides that are ordered so.
    #[inline(always)]
    pub fn holds(self, ordering: std::cmp::Ordering) -> bool {
        // one bit an ordering: less, equal, greater
        const MASKS: [u8; 6] = [0b001, 0b011, 0b010, 0b101, 0b100, 0b110];
        MASKS[self as usize] >> (ordering as i8 + 1) & 1 != 0
    }
}
