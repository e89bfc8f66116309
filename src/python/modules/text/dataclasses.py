"""Classes made of fields."""
import copy as _copy
from types import MappingProxyType, GenericAlias

__all__ = ["dataclass", "field", "Field", "FrozenInstanceError", "InitVar", "KW_ONLY", "MISSING", "fields", "asdict", "astuple", "make_dataclass", "replace", "is_dataclass"]


class FrozenInstanceError(AttributeError):
    pass


class _MISSING_TYPE:
    pass


MISSING = _MISSING_TYPE()


class _KW_ONLY_TYPE:
    pass


KW_ONLY = _KW_ONLY_TYPE()


class InitVar:
    def __init__(self, type):
        self.type = type

    def __repr__(self):
        return f"dataclasses.InitVar[{getattr(self.type, '__name__', repr(self.type))}]"

    def __class_getitem__(cls, type):
        return InitVar(type)


class Field:
    __slots__ = ("name", "type", "default", "default_factory", "repr", "hash", "init", "compare", "metadata", "kw_only", "_kind")

    def __init__(self, default, default_factory, init, repr, hash, compare, metadata, kw_only):
        self.name = None
        self.type = None
        self.default = default
        self.default_factory = default_factory
        self.init = init
        self.repr = repr
        self.hash = hash
        self.compare = compare
        self.metadata = MappingProxyType({} if metadata is None else metadata)
        self.kw_only = kw_only
        self._kind = None

    def __repr__(self):
        return (
            f"Field(name={self.name!r},type={self.type!r},default={self.default!r},"
            f"default_factory={self.default_factory!r},init={self.init!r},repr={self.repr!r},hash={self.hash!r},"
            f"compare={self.compare!r},metadata={self.metadata!r},kw_only={self.kw_only!r},_field_type={self._kind})"
        )


def field(*, default=MISSING, default_factory=MISSING, init=True, repr=True, hash=None, compare=True, metadata=None, kw_only=MISSING):
    if default is not MISSING and default_factory is not MISSING:
        raise ValueError("cannot specify both default and default_factory")
    return Field(default, default_factory, init, repr, hash, compare, metadata, kw_only)


def _kind_of(annotation):
    text = annotation if isinstance(annotation, str) else getattr(annotation, "__origin_name__", None)
    if isinstance(annotation, InitVar) or annotation is InitVar or isinstance(text, str) and text.startswith(("InitVar", "dataclasses.InitVar")):
        return "_FIELD_INITVAR"
    shown = text if isinstance(text, str) else repr(annotation)
    if shown.startswith(("typing.ClassVar", "ClassVar")):
        return "_FIELD_CLASSVAR"
    return "_FIELD"


def _collect(cls, kw_only):
    """The class's own fields in order."""
    own = []
    keyword_only = kw_only
    for name, annotation in cls.__dict__.get("__annotations__", {}).items():
        if annotation is KW_ONLY or isinstance(annotation, str) and annotation in ("KW_ONLY", "dataclasses.KW_ONLY"):
            keyword_only = True
            continue
        default = getattr(cls, name, MISSING)
        made = default if isinstance(default, Field) else field(default=default)
        made.name = name
        made.type = annotation
        made._kind = _kind_of(annotation)
        if made._kind != "_FIELD" and made.default_factory is not MISSING:
            raise TypeError(f"field {name} cannot have a default factory")
        if made.kw_only is MISSING:
            made.kw_only = keyword_only
        if made._kind == "_FIELD" and made.default.__class__.__hash__ is None:
            raise ValueError(f"mutable default {type(made.default)} for field {name} is not allowed: use default_factory")
        own.append(made)
        if isinstance(default, Field):
            if made.default is MISSING:
                delattr(cls, name)
            else:
                setattr(cls, name, made.default)
    for name, value in cls.__dict__.items():
        if isinstance(value, Field) and name not in cls.__dict__.get("__annotations__", {}):
            raise TypeError(f"{name!r} is a field but has no type annotation")
    return own


def _function(cls, name, params, body, names):
    """A method written as text, so that its signature and errors are those of a `def`."""
    text = f"def {name}({', '.join(params)}):\n" + "".join(f"    {line}\n" for line in body)
    exec(text, names)
    made = names[name]
    made.__qualname__ = f"{cls.__qualname__}.{name}"
    return made


def _set(cls, name, value, overwrite=False):
    if name in cls.__dict__ and not overwrite:
        return True
    setattr(cls, name, value)
    return False


def _init(cls, fields, frozen, has_post_init):
    names = {"_MISSING": MISSING, "_object_setattr": object.__setattr__, "_NO": _HAS_FACTORY, "__builtins__": {}}
    positional = [f for f in fields if f.init and not f.kw_only]
    seen_default = None
    for f in positional:
        if f.default is not MISSING or f.default_factory is not MISSING:
            seen_default = f.name
        elif seen_default:
            raise TypeError(f"non-default argument {f.name!r} follows default argument")

    def parameter(f):
        if f.default is MISSING and f.default_factory is MISSING:
            return f.name
        if f.default is not MISSING:
            names[f"_dflt_{f.name}"] = f.default
            return f"{f.name}=_dflt_{f.name}"
        return f"{f.name}=_NO"

    params = ["self"] + [parameter(f) for f in positional]
    keyword = [f for f in fields if f.init and f.kw_only]
    if keyword:
        params += ["*"] + [parameter(f) for f in keyword]
    body = []
    for f in fields:
        if f._kind == "_FIELD_INITVAR":
            continue
        value = f.name
        if f.default_factory is not MISSING:
            names[f"_make_{f.name}"] = f.default_factory
            value = f"_make_{f.name}() if {f.name} is _NO else {f.name}" if f.init else f"_make_{f.name}()"
        elif not f.init:
            if f.default is MISSING:
                continue
            names[f"_dflt_{f.name}"] = f.default
            value = f"_dflt_{f.name}"
        body.append(f"_object_setattr(self, {f.name!r}, {value})" if frozen else f"self.{f.name} = {value}")
    if has_post_init:
        given = ", ".join(f.name for f in fields if f._kind == "_FIELD_INITVAR")
        body.append(f"self.__post_init__({given})")
    made = _function(cls, "__init__", params, body or ["pass"], names)
    made.__annotations__ = {f.name: f.type for f in fields if f.init} | {"return": None}
    return made


class _HAS_FACTORY_CLASS:
    def __repr__(self):
        return "<factory>"


_HAS_FACTORY = _HAS_FACTORY_CLASS()


def _compare_method(name, symbol, fields, compare):
    def method(self, other):
        if other.__class__ is self.__class__:
            return compare(tuple(getattr(self, f) for f in fields), tuple(getattr(other, f) for f in fields))
        return NotImplemented

    method.__name__ = name
    return method


class _DataclassParams:
    """How a dataclass was made."""

    __slots__ = ("init", "repr", "eq", "order", "unsafe_hash", "frozen")

    def __init__(self, init, repr, eq, order, unsafe_hash, frozen):
        self.init = init
        self.repr = repr
        self.eq = eq
        self.order = order
        self.unsafe_hash = unsafe_hash
        self.frozen = frozen

    def __repr__(self):
        return (
            f"_DataclassParams(init={self.init!r},repr={self.repr!r},eq={self.eq!r},order={self.order!r},"
            f"unsafe_hash={self.unsafe_hash!r},frozen={self.frozen!r})"
        )


def _process(cls, init, repr_, eq, order, unsafe_hash, frozen, match_args, kw_only, slots, weakref_slot):
    all_fields = {}
    any_frozen = has_bases = False
    for base in cls.__mro__[-1:0:-1]:
        base_fields = base.__dict__.get("__dataclass_fields__")
        if base_fields is not None:
            has_bases = True
            all_fields.update(base_fields)
            any_frozen = any_frozen or base.__dict__["__dataclass_params__"].frozen
            if base.__dict__["__dataclass_params__"].frozen and not frozen:
                raise TypeError("cannot inherit non-frozen dataclass from a frozen one")
            if not base.__dict__["__dataclass_params__"].frozen and frozen:
                raise TypeError("cannot inherit frozen dataclass from a non-frozen one")
    for f in _collect(cls, kw_only):
        all_fields[f.name] = f
    cls.__dataclass_fields__ = all_fields
    cls.__dataclass_params__ = _DataclassParams(init, repr_, eq, order, unsafe_hash, frozen)
    given = [f for f in all_fields.values() if f._kind != "_FIELD_CLASSVAR"]
    real = [f for f in given if f._kind == "_FIELD"]
    if init:
        _set(cls, "__init__", _init(cls, given, frozen, hasattr(cls, "__post_init__")))
    if repr_:
        shown = [f.name for f in real if f.repr]
        running = set()

        def __repr__(self):
            if id(self) in running:
                return "..."
            running.add(id(self))
            try:
                return f"{self.__class__.__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"
            finally:
                running.discard(id(self))

        __repr__.__qualname__ = f"{cls.__qualname__}.__repr__"
        _set(cls, "__repr__", __repr__)
    compared = [f.name for f in real if f.compare]
    has_hash = "__hash__" in cls.__dict__ and cls.__dict__["__hash__"] is not None
    if eq:
        _set(cls, "__eq__", _compare_method("__eq__", "==", compared, lambda a, b: a == b))
    if order:
        if not eq:
            raise ValueError("eq must be true if order is true")
        for name, compare in (("__lt__", lambda a, b: a < b), ("__le__", lambda a, b: a <= b), ("__gt__", lambda a, b: a > b), ("__ge__", lambda a, b: a >= b)):
            if _set(cls, name, _compare_method(name, name, compared, compare)):
                raise TypeError(
                    f"Cannot overwrite attribute {name} in class {cls.__name__}. Consider using functools.total_ordering"
                )
    if frozen:
        names = {f.name for f in real}

        def __setattr__(self, name, value):
            if type(self) is cls or name in names:
                raise FrozenInstanceError(f"cannot assign to field {name!r}")
            super(cls, self).__setattr__(name, value)

        def __delattr__(self, name):
            if type(self) is cls or name in names:
                raise FrozenInstanceError(f"cannot delete field {name!r}")
            super(cls, self).__delattr__(name)

        for method in (__setattr__, __delattr__):
            if _set(cls, method.__name__, method):
                raise TypeError(f"Cannot overwrite attribute {method.__name__} in class {cls.__name__}")
    hashed = [f.name for f in real if (f.compare if f.hash is None else f.hash)]

    def __hash__(self):
        return hash(tuple(getattr(self, name) for name in hashed))

    if unsafe_hash:
        if has_hash:
            raise TypeError(f"Cannot overwrite attribute __hash__ in class {cls.__name__}")
        cls.__hash__ = __hash__
    elif eq and not has_hash:
        cls.__hash__ = __hash__ if frozen else None
    if match_args:
        _set(cls, "__match_args__", tuple(f.name for f in given if f.init and not f.kw_only))
    if not getattr(cls, "__doc__", None):
        described = []
        for f in given:
            if f.init:
                kind = getattr(f.type, "__name__", None) or str(f.type)
                default = "" if f.default is MISSING else f" = {f.default!r}"
                default = " = <factory>" if f.default_factory is not MISSING else default
                described.append(f"{f.name}: {kind}{default}")
        cls.__doc__ = f"{cls.__name__}({', '.join(described)})"
    if slots:
        if "__slots__" in cls.__dict__:
            raise TypeError(f"{cls.__name__} already specifies __slots__")
        namespace = dict(cls.__dict__)
        own = tuple(f.name for f in real if not any(f.name in base.__dict__.get("__slots__", ()) for base in cls.__mro__[1:]))
        for name in own:
            namespace.pop(name, None)
        namespace.pop("__dict__", None)
        namespace.pop("__weakref__", None)
        namespace["__slots__"] = own
        qualname = cls.__qualname__
        cls = type(cls)(cls.__name__, cls.__bases__, namespace)
        cls.__qualname__ = qualname
    return cls


def dataclass(cls=None, /, *, init=True, repr=True, eq=True, order=False, unsafe_hash=False, frozen=False, match_args=True, kw_only=False, slots=False, weakref_slot=False):
    def wrap(cls):
        return _process(cls, init, repr, eq, order, unsafe_hash, frozen, match_args, kw_only, slots, weakref_slot)

    return wrap if cls is None else wrap(cls)


def fields(class_or_instance):
    known = getattr(class_or_instance, "__dataclass_fields__", None)
    if known is None:
        raise TypeError("must be called with a dataclass type or instance")
    return tuple(f for f in known.values() if f._kind == "_FIELD")


def is_dataclass(obj):
    return hasattr(obj if isinstance(obj, type) else type(obj), "__dataclass_fields__")


def _is_instance(obj):
    return hasattr(type(obj), "__dataclass_fields__")


def _inner(value, factory, whole):
    if _is_instance(value):
        return whole(value)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*[_inner(item, factory, whole) for item in value])
    if isinstance(value, (list, tuple)):
        return type(value)(_inner(item, factory, whole) for item in value)
    if isinstance(value, dict):
        return type(value)((_inner(k, factory, whole), _inner(v, factory, whole)) for k, v in value.items())
    return _copy.deepcopy(value)


def asdict(obj, *, dict_factory=dict):
    if not _is_instance(obj):
        raise TypeError("asdict() should be called on dataclass instances")

    def whole(value):
        return dict_factory([(f.name, _inner(getattr(value, f.name), dict_factory, whole)) for f in fields(value)])

    return whole(obj)


def astuple(obj, *, tuple_factory=tuple):
    if not _is_instance(obj):
        raise TypeError("astuple() should be called on dataclass instances")

    def whole(value):
        return tuple_factory([_inner(getattr(value, f.name), tuple_factory, whole) for f in fields(value)])

    return whole(obj)


def replace(obj, /, **changes):
    if not _is_instance(obj):
        raise TypeError("replace() should be called on dataclass instances")
    for f in obj.__dataclass_fields__.values():
        if f._kind == "_FIELD_CLASSVAR":
            continue
        if not f.init:
            if f.name in changes:
                raise ValueError(f"field {f.name} is declared with init=False, it cannot be specified with replace()")
            continue
        if f.name not in changes:
            if f._kind == "_FIELD_INITVAR" and f.default is MISSING:
                raise ValueError(f"InitVar {f.name!r} must be specified with replace()")
            changes[f.name] = getattr(obj, f.name)
    return obj.__class__(**changes)


def make_dataclass(cls_name, fields, *, bases=(), namespace=None, **options):
    body = dict(namespace or {})
    annotations = {}
    for item in fields:
        if isinstance(item, str):
            annotations[item] = "typing.Any"
        elif len(item) == 2:
            annotations[item[0]] = item[1]
        else:
            annotations[item[0]] = item[1]
            body[item[0]] = item[2]
    body["__annotations__"] = annotations
    return dataclass(type(cls_name, bases, body), **options)
