"""The forms that type hints are written with: special forms, variables, subscripted generics."""
import sys as _sys
import types as _types
from types import GenericAlias as _BuiltinAlias


def caller(depth=2):
    """The name of the module that called the caller."""
    return _sys._getframe(depth).f_globals.get("__name__", "__main__") if hasattr(_sys, "_getframe") else "__main__"


def shown(item):
    """How a type looks inside the brackets of another."""
    if isinstance(item, _BuiltinAlias):
        return repr(item)
    if isinstance(item, type):
        return item.__qualname__ if item.__module__ == "builtins" else f"{item.__module__}.{item.__qualname__}"
    if item is ...:
        return "..."
    if isinstance(item, _types.FunctionType):
        return item.__name__
    if isinstance(item, tuple):
        return f"[{', '.join(map(shown, item))}]"
    return repr(item)


def converted(item, module=None, is_class=False):
    if item is None:
        return type(None)
    if isinstance(item, str):
        return ForwardRef(item, module=module, is_class=is_class)
    return item


def checked(item, message, is_argument=True, module=None, special=False, is_class=False):
    """A type as it stands inside another; TypeError for what cannot."""
    refused = (Generic, Protocol)
    if not special:
        refused += (ClassVar, Final) if is_argument else (ClassVar,)
    item = converted(item, module, is_class)
    if isinstance(item, GenericForm) and item.__origin__ in refused:
        raise TypeError(f"{item} is not valid as type argument")
    if isinstance(item, SpecialForm) and (item in plain_forms or (special and item in (ClassVar, Final))):
        return item
    if isinstance(item, SpecialForm) or item in (Generic, Protocol):
        raise TypeError(f"Plain {item} is not valid as type argument")
    if type(item) is tuple:
        raise TypeError(f"{message} Got {item!r:.100}.")
    return item


def parameters_of(items):
    """The type variables in some types, each once."""
    found = {}
    for item in items:
        if isinstance(item, type):
            continue
        if isinstance(item, (tuple, list)):
            found.update(dict.fromkeys(parameters_of(item)))
        elif hasattr(item, "__typing_subst__"):
            found[item] = None
        else:
            found.update(dict.fromkeys(getattr(item, "__parameters__", ())))
    return tuple(found)


def without_repeats(items):
    kept = []
    for item in items:
        if item not in kept:
            kept.append(item)
    return kept


class Or:
    """`X | Y` for what is no class."""

    __slots__ = ()

    def __or__(self, other):
        return Union[self, other]

    def __ror__(self, other):
        return Union[other, self]


class SpecialForm(Or):
    def __init__(self, getitem):
        self._getitem = getitem
        self._name = getitem.__name__
        self.__doc__ = getitem.__doc__

    def __getattr__(self, name):
        if name in ("__name__", "__qualname__"):
            return self._name
        raise AttributeError(name)

    def __mro_entries__(self, bases):
        raise TypeError(f"Cannot subclass {self!r}")

    def __repr__(self):
        return "typing." + self._name

    def __reduce__(self):
        return self._name

    def __call__(self, *args, **kwds):
        raise TypeError(f"Cannot instantiate {self!r}")

    def __instancecheck__(self, obj):
        raise TypeError(f"{self} cannot be used with isinstance()")

    def __subclasscheck__(self, cls):
        raise TypeError(f"{self} cannot be used with issubclass()")

    def __getitem__(self, parameters):
        return self._getitem(self, parameters)


SpecialForm.__module__ = "typing"
SpecialForm.__name__ = SpecialForm.__qualname__ = "_SpecialForm"


class _AnyMeta(type):
    def __instancecheck__(self, obj):
        if self is Any:
            raise TypeError("typing.Any cannot be used with isinstance()")
        return super().__instancecheck__(obj)

    def __repr__(self):
        return "typing.Any" if self is Any else super().__repr__()


class Any(metaclass=_AnyMeta):
    """Any type: compatible with every other."""

    def __new__(cls, *args, **kwargs):
        if cls is Any:
            raise TypeError("Any cannot be instantiated")
        return super().__new__(cls)


_AnyMeta.__module__ = Any.__module__ = "typing"


def _plain(name):
    def getitem(self, parameters):
        raise TypeError(f"{self} is not subscriptable")

    getitem.__name__ = name
    return SpecialForm(getitem)


NoReturn, Never, Self, LiteralString, TypeAlias = map(_plain, ("NoReturn", "Never", "Self", "LiteralString", "TypeAlias"))
plain_forms = [NoReturn, Never, Self, LiteralString, TypeAlias]


def _of_one(name, message, special=False):
    def getitem(self, parameters):
        item = checked(parameters, message.format(self), special=special)
        return GenericForm(self, (item,))

    getitem.__name__ = name
    return SpecialForm(getitem)


ClassVar = _of_one("ClassVar", "{} accepts only single type.")
Final = _of_one("Final", "{} accepts only single type.")
TypeGuard = _of_one("TypeGuard", "{} accepts only single type.")
Required = _of_one("Required", "{} accepts only a single type.", True)
NotRequired = _of_one("NotRequired", "{} accepts only a single type.", True)


@SpecialForm
def Unpack(self, parameters):
    return UnpackForm(self, (checked(parameters, f"{self} accepts only single type."),))


@SpecialForm
def Union(self, parameters):
    """One of several types."""
    if parameters == ():
        raise TypeError("Cannot take a Union of no types.")
    if not isinstance(parameters, tuple):
        parameters = (parameters,)
    items = []
    for item in parameters:
        item = checked(item, "Union[arg, ...]: each arg must be a type.")
        items.extend(item.__args__ if isinstance(item, (UnionForm, _types.UnionType)) else [item])
    items = without_repeats(items)
    if len(items) == 1:
        return items[0]
    if len(items) == 2 and type(None) in items:
        return UnionForm(self, tuple(items), name="Optional")
    return UnionForm(self, tuple(items))


@SpecialForm
def Optional(self, parameters):
    """A type or None."""
    return Union[checked(parameters, f"{self} requires a single type."), type(None)]


@SpecialForm
def Literal(self, parameters):
    """One of these values."""
    if not isinstance(parameters, tuple):
        parameters = (parameters,)
    items = []
    for item in parameters:
        items.extend(item.__args__ if isinstance(item, LiteralForm) else [item])
    try:
        items = [item for item, _ in dict.fromkeys((item, type(item)) for item in items)]
    except TypeError:
        pass
    return LiteralForm(self, tuple(items))


@SpecialForm
def Concatenate(self, parameters):
    if parameters == ():
        raise TypeError("Cannot take a Concatenate of no types.")
    if not isinstance(parameters, tuple):
        parameters = (parameters,)
    if not (parameters[-1] is ... or isinstance(parameters[-1], ParamSpec)):
        raise TypeError("The last parameter to Concatenate should be a ParamSpec variable or ellipsis.")
    message = "Concatenate[arg, ...]: each arg must be a type."
    return GenericForm(self, (*(checked(item, message) for item in parameters[:-1]), parameters[-1]))


class ForwardRef(Or):
    """A type named by a string."""

    def __init__(self, arg, is_argument=True, module=None, *, is_class=False):
        if not isinstance(arg, str):
            raise TypeError(f"Forward reference must be a string -- got {arg!r}")
        try:
            code = compile(arg, "<string>", "eval")
        except SyntaxError:
            raise SyntaxError(f"Forward reference must be an expression -- got {arg!r}") from None
        self.__forward_arg__ = arg
        self.__forward_code__ = code
        self.__forward_evaluated__ = False
        self.__forward_value__ = None
        self.__forward_is_argument__ = is_argument
        self.__forward_is_class__ = is_class
        self.__forward_module__ = module

    def _evaluate(self, globalns, localns, recursive_guard=frozenset()):
        if self.__forward_arg__ in recursive_guard:
            return self
        if globalns is None and localns is None:
            globalns = localns = {}
        elif globalns is None:
            globalns = localns
        elif localns is None:
            localns = globalns
        if self.__forward_module__ is not None:
            globalns = getattr(_sys.modules.get(self.__forward_module__, None), "__dict__", globalns)
        value = checked(
            eval(self.__forward_arg__, globalns, localns), "Forward references must evaluate to types.",
            is_argument=self.__forward_is_argument__, special=self.__forward_is_class__,
        )
        return evaluated(value, globalns, localns, recursive_guard | {self.__forward_arg__})

    def __eq__(self, other):
        if not isinstance(other, ForwardRef):
            return NotImplemented
        return (
            self.__forward_arg__ == other.__forward_arg__ and self.__forward_module__ == other.__forward_module__
        )

    def __hash__(self):
        return hash((self.__forward_arg__, self.__forward_module__))

    def __repr__(self):
        module = "" if self.__forward_module__ is None else f", module={self.__forward_module__!r}"
        return f"ForwardRef({self.__forward_arg__!r}{module})"


ForwardRef.__module__ = "typing"


def evaluated(item, globalns, localns, guard=frozenset()):
    """A type with its forward references resolved."""
    if isinstance(item, ForwardRef):
        return item._evaluate(globalns, localns, guard)
    if isinstance(item, (GenericForm, _BuiltinAlias, _types.UnionType)):
        if isinstance(item, _BuiltinAlias):
            arguments = tuple(ForwardRef(a) if isinstance(a, str) else a for a in item.__args__)
        else:
            arguments = item.__args__
        found = tuple(evaluated(argument, globalns, localns, guard) for argument in arguments)
        if found == item.__args__:
            return item
        if isinstance(item, _BuiltinAlias):
            return _BuiltinAlias(item.__origin__, found)
        if isinstance(item, _types.UnionType):
            return Union[found]
        return item.copy_with(found)
    return item


class Variable(Or):
    """What type variables share."""

    def _begin(self, name, bound=None, covariant=False, contravariant=False):
        self.__name__ = name
        if covariant and contravariant:
            raise ValueError("Bivariant types are not supported.")
        self.__covariant__ = bool(covariant)
        self.__contravariant__ = bool(contravariant)
        self.__bound__ = None if bound is None else checked(bound, "Bound must be a type.")
        module = caller(3)
        if module != "typing":
            self.__module__ = module

    def __mro_entries__(self, bases):
        raise TypeError(f"Cannot subclass an instance of {type(self).__name__}")

    def __repr__(self):
        return ("+" if self.__covariant__ else "-" if self.__contravariant__ else "~") + self.__name__

    def __reduce__(self):
        return self.__name__

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self


class TypeVar(Variable):
    """Type variable."""

    def __init__(self, name, *constraints, bound=None, covariant=False, contravariant=False):
        self._begin(name, bound, covariant, contravariant)
        if constraints and bound is not None:
            raise TypeError("Constraints cannot be combined with bound=...")
        if len(constraints) == 1:
            raise TypeError("A single constraint is not allowed")
        message = "TypeVar(name, constraint, ...): constraints must be types."
        self.__constraints__ = tuple(checked(item, message) for item in constraints)

    def __typing_subst__(self, arg):
        arg = checked(arg, "Parameters to generic types must be types.")
        if isinstance(arg, UnpackForm):
            raise TypeError(f"{arg} is not valid as type argument")
        return arg


class TypeVarTuple(Variable):
    """Type variable tuple."""

    def __init__(self, name):
        self.__name__ = name
        self.__module__ = caller()

    def __iter__(self):
        yield Unpack[self]

    def __repr__(self):
        return self.__name__

    def __typing_subst__(self, arg):
        raise TypeError("Substitution of bare TypeVarTuple is not supported")


class _SpecArgument(Or):
    def __init__(self, origin, name):
        self.__origin__ = origin
        self._name = name

    def __repr__(self):
        return f"{self.__origin__.__name__}.{self._name}"

    def __eq__(self, other):
        return isinstance(other, _SpecArgument) and repr(self) == repr(other)

    def __hash__(self):
        return hash(repr(self))


class ParamSpec(Variable):
    """Parameter specification variable."""

    def __init__(self, name, *, bound=None, covariant=False, contravariant=False):
        self._begin(name, bound, covariant, contravariant)

    @property
    def args(self):
        return _SpecArgument(self, "args")

    @property
    def kwargs(self):
        return _SpecArgument(self, "kwargs")

    def __typing_subst__(self, arg):
        if isinstance(arg, (list, tuple)):
            return tuple(checked(item, "Expected a type.") for item in arg)
        if not (arg is ... or isinstance(arg, (ParamSpec, GenericForm))):
            raise TypeError(f"Expected a list of types, an ellipsis, ParamSpec, or Concatenate. Got {arg}")
        return arg


for _variable in (TypeVar, TypeVarTuple, ParamSpec):
    _variable.__module__ = "typing"


class Alias(Or):
    """What `List` and `List[int]` share: they stand for a class, their origin."""

    def __init__(self, origin, *, inst=True, name=None):
        self._inst = inst
        self._name = name
        self.__origin__ = origin
        self.__slots__ = None

    def __call__(self, *args, **kwargs):
        if not self._inst:
            raise TypeError(
                f"Type {self._name} cannot be instantiated; use {self.__origin__.__name__}() instead"
            )
        made = self.__origin__(*args, **kwargs)
        try:
            made.__orig_class__ = self
        except AttributeError:
            pass
        return made

    def __mro_entries__(self, bases):
        entries = [] if self.__origin__ in bases else [self.__origin__]
        at = bases.index(self)
        if not any(isinstance(base, Alias) or (isinstance(base, type) and issubclass(base, Generic)) for base in bases[at + 1:]):
            entries.append(Generic)
        return tuple(entries)

    def __getattr__(self, name):
        if name in ("__name__", "__qualname__"):
            return self._name or self.__origin__.__name__
        if "__origin__" in self.__dict__ and not (name.startswith("__") and name.endswith("__")):
            return getattr(self.__origin__, name)
        raise AttributeError(name)

    def __setattr__(self, name, value):
        own = ("_name", "_inst", "_nparams", "_parameters", "_defaults", "_made")
        if (name.startswith("__") and name.endswith("__")) or name in own:
            super().__setattr__(name, value)
        else:
            setattr(self.__origin__, name, value)

    def __instancecheck__(self, obj):
        return self.__subclasscheck__(type(obj))

    def __subclasscheck__(self, cls):
        raise TypeError("Subscripted generics cannot be used with class and instance checks")


def count_checked(alias, items, wanted):
    """The arguments of an alias, as many as it takes."""
    if len(items) != wanted:
        how = "many" if len(items) > wanted else "few"
        raise TypeError(f"Too {how} arguments for {alias}; actual {len(items)}, expected {wanted}")


class GenericForm(Alias):
    """A generic with its arguments: `List[int]`."""

    def __init__(self, origin, args, *, inst=True, name=None):
        super().__init__(origin, inst=inst, name=name)
        if not isinstance(args, tuple):
            args = (args,)
        self.__args__ = args
        self.__parameters__ = parameters_of(args)
        if not name:
            self.__module__ = origin.__module__

    def __eq__(self, other):
        if not isinstance(other, GenericForm):
            return NotImplemented
        return self.__origin__ == other.__origin__ and self.__args__ == other.__args__

    def __hash__(self):
        return hash((self.__origin__, self.__args__))

    def __getitem__(self, items):
        if self.__origin__ in (Generic, Protocol):
            raise TypeError(f"Cannot subscript already-subscripted {self}")
        if not self.__parameters__:
            raise TypeError(f"{self} is not a generic class")
        if not isinstance(items, tuple):
            items = (items,)
        items = tuple(converted(item) for item in items)
        parameters = self.__parameters__
        if len(parameters) == 1 and isinstance(parameters[0], ParamSpec) and not (
            len(items) == 1 and (items[0] is ... or isinstance(items[0], (list, tuple, ParamSpec, GenericForm)))
        ):
            items = (items,)
        spread = [at for at, one in enumerate(parameters) if isinstance(one, TypeVarTuple)]
        if spread:
            least = len(parameters) - 1
            if len(items) < least:
                raise TypeError(f"Too few arguments for {self}; actual {len(items)}, expected at least {least}")
            at, after = spread[0], len(parameters) - spread[0] - 1
            items = (*items[:at], items[at:len(items) - after], *items[len(items) - after:])
        count_checked(self, items, len(parameters))
        values = {}
        for parameter, item in zip(parameters, items):
            values[parameter] = item if isinstance(parameter, TypeVarTuple) else parameter.__typing_subst__(item)
        return self.copy_with(tuple(self._substituted(self.__args__, values)))

    def _substituted(self, arguments, values):
        for argument in arguments:
            if isinstance(argument, type):
                yield argument
            elif isinstance(argument, UnpackForm) and argument.__args__[0] in values:
                yield from values[argument.__args__[0]]
            elif isinstance(argument, tuple):
                yield tuple(self._substituted(argument, values))
            elif hasattr(argument, "__typing_subst__") and argument in values:
                value = values[argument]
                if isinstance(argument, ParamSpec) and isinstance(value, tuple) and isinstance(self, CallableForm):
                    yield from value
                else:
                    yield value
            else:
                inner = getattr(argument, "__parameters__", ())
                given = tuple(values.get(one, one) for one in inner)
                yield argument[given] if inner else argument

    def copy_with(self, args):
        return self.__class__(self.__origin__, args, inst=self._inst, name=self._name)

    def __repr__(self):
        title = f"typing.{self._name}" if self._name else shown(self.__origin__)
        return f"{title}[{', '.join(map(shown, self.__args__)) if self.__args__ else '()'}]"

    def __reduce__(self):
        return getattr, (self.__origin__, "__class_getitem__")

    def __mro_entries__(self, bases):
        if isinstance(self.__origin__, SpecialForm):
            raise TypeError(f"Cannot subclass {self!r}")
        if self._name:
            return super().__mro_entries__(bases)
        if self.__origin__ is Generic:
            if Protocol in bases:
                return ()
            at = bases.index(self)
            if any(isinstance(base, Alias) and base is not self for base in bases[at + 1:]):
                return ()
        return (self.__origin__,)

    def __iter__(self):
        yield Unpack[self]


class UnionForm(GenericForm):
    def copy_with(self, args):
        return Union[args]

    def __eq__(self, other):
        if not isinstance(other, (UnionForm, _types.UnionType)):
            return NotImplemented
        return set(self.__args__) == set(other.__args__)

    def __hash__(self):
        return hash(frozenset(self.__args__))

    def __repr__(self):
        if len(self.__args__) == 2 and type(None) in self.__args__:
            other = self.__args__[self.__args__[0] is type(None)]
            return f"typing.Optional[{shown(other)}]"
        return f"typing.Union[{', '.join(map(shown, self.__args__))}]"

    def __instancecheck__(self, obj):
        return self.__subclasscheck__(type(obj))

    def __subclasscheck__(self, cls):
        return any(issubclass(cls, item) for item in self.__args__)


class LiteralForm(GenericForm):
    def __eq__(self, other):
        if not isinstance(other, LiteralForm):
            return NotImplemented
        pair = lambda form: {(item, type(item)) for item in form.__args__}
        return pair(self) == pair(other)

    def __hash__(self):
        return hash(frozenset((item, type(item)) for item in self.__args__))

    def __repr__(self):
        return f"typing.Literal[{', '.join(map(repr, self.__args__))}]"


class UnpackForm(GenericForm):
    def __repr__(self):
        return "*" + repr(self.__args__[0])


class AnnotatedForm(GenericForm):
    def __init__(self, origin, metadata):
        if isinstance(origin, AnnotatedForm):
            metadata = origin.__metadata__ + metadata
            origin = origin.__origin__
        super().__init__(origin, origin, name="Annotated")
        self.__metadata__ = metadata

    def copy_with(self, args):
        return AnnotatedForm(args[0], self.__metadata__)

    def __repr__(self):
        return f"typing.Annotated[{shown(self.__origin__)}, {', '.join(map(repr, self.__metadata__))}]"

    def __eq__(self, other):
        if not isinstance(other, AnnotatedForm):
            return NotImplemented
        return self.__origin__ == other.__origin__ and self.__metadata__ == other.__metadata__

    def __hash__(self):
        return hash((self.__origin__, self.__metadata__))

    def __getattr__(self, name):
        return "Annotated" if name in ("__name__", "__qualname__") else super().__getattr__(name)

    def __mro_entries__(self, bases):
        return (self.__origin__,)


class Annotated:
    """A type with what else there is to say about it."""

    def __new__(cls, *args, **kwargs):
        raise TypeError("Type Annotated cannot be instantiated.")

    def __class_getitem__(cls, params):
        if not isinstance(params, tuple) or len(params) < 2:
            raise TypeError(
                "Annotated[...] should be used with at least two arguments (a type and an annotation)."
            )
        return AnnotatedForm(checked(params[0], "Annotated[t, ...]: t must be a type.", special=True), params[1:])

    def __init_subclass__(cls, *args, **kwargs):
        raise TypeError(f"Cannot subclass {cls.__module__}.Annotated")


Annotated.__module__ = "typing"


class CallableForm(GenericForm):
    def __repr__(self):
        first = self.__args__[0]
        if len(self.__args__) == 2 and (first is ... or isinstance(first, (ParamSpec, GenericForm)) and (
            isinstance(first, ParamSpec) or first.__origin__ is Concatenate
        )):
            return super().__repr__()
        return f"typing.Callable[[{', '.join(map(shown, self.__args__[:-1]))}], {shown(self.__args__[-1])}]"


def substituted(alias, items):
    """`list[T][int]` and `(list[T] | None)[int]`"""
    if not alias.__parameters__:
        raise TypeError(f"{alias!r} is not a generic class")
    if not isinstance(items, tuple):
        items = (items,)
    if len(items) != len(alias.__parameters__):
        how = "many" if len(items) > len(alias.__parameters__) else "few"
        raise TypeError(f"Too {how} arguments for {alias!r}; actual {len(items)}, expected {len(alias.__parameters__)}")
    found = GenericForm(tuple, alias.__args__)[items].__args__
    if isinstance(alias, _types.UnionType):
        return Union[found]
    return _BuiltinAlias(alias.__origin__, found)


# set by `typing` once they exist: these two need the forms above
Generic = Protocol = None


def adopt(generic, protocol):
    global Generic, Protocol
    Generic, Protocol = generic, protocol
