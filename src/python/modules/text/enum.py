"""Enumerations."""
import operator as _operator
from functools import reduce as _reduce
from types import DynamicClassAttribute, MappingProxyType

__all__ = [
    "EnumType", "EnumMeta", "Enum", "IntEnum", "StrEnum", "Flag", "IntFlag", "ReprEnum", "auto", "unique", "property",
    "verify", "member", "nonmember", "FlagBoundary", "STRICT", "CONFORM", "EJECT", "KEEP", "global_flag_repr",
    "global_enum_repr", "global_str", "global_enum", "EnumCheck", "CONTINUOUS", "NAMED_FLAGS", "UNIQUE",
]
_builtin_property = property


class auto:
    def __init__(self, value=None):
        self.value = value

    def __repr__(self):
        return f"auto({self.value!r})"


class member:
    def __init__(self, value):
        self.value = value


class nonmember:
    def __init__(self, value):
        self.value = value


class property(DynamicClassAttribute):
    def __set__(self, instance, value):
        raise AttributeError(f"<enum {self._class!r}> cannot set attribute {self._attribute!r}")

    def __delete__(self, instance):
        raise AttributeError(f"<enum {self._class!r}> cannot delete attribute {self._attribute!r}")

    def __set_name__(self, owner, name):
        self._class = owner.__name__
        self._attribute = name


def _is_descriptor(obj):
    return hasattr(obj, "__get__") or hasattr(obj, "__set__") or hasattr(obj, "__delete__")


def _is_dunder(name):
    return len(name) > 4 and name.startswith("__") and name.endswith("__")


def _is_sunder(name):
    return len(name) > 2 and name[0] == name[-1] == "_" and name[1] != "_" and name[-2] != "_"


class _EnumDict(dict):
    """The namespace of a class statement: notes which names are members, gives `auto()` its values."""

    def __init__(self):
        super().__init__()
        self._member_names = []
        self._values = []
        self._ignored = ()
        self._generate = None

    def __setitem__(self, key, value):
        if _is_sunder(key):
            if key == "_generate_next_value_":
                self._generate = value.__func__ if isinstance(value, staticmethod) else value
            elif key == "_ignore_":
                self._ignored = value.split() if isinstance(value, str) else list(value)
        elif _is_dunder(key) or key in self._ignored:
            pass
        elif isinstance(value, nonmember):
            value = value.value
        elif key in self._member_names:
            raise TypeError(f"{key!r} already defined as {self[key]!r}")
        elif isinstance(value, member) or not (_is_descriptor(value) or isinstance(value, type) and not isinstance(value, EnumType)):
            if key in self:
                raise TypeError(f"{key!r} already defined as {self[key]!r}")
            if isinstance(value, member):
                value = value.value
            value = self._with_auto(key, value)
            self._member_names.append(key)
            self._values.append(value)
        super().__setitem__(key, value)

    def _with_auto(self, key, value):
        if isinstance(value, auto):
            return self._next(key)
        if isinstance(value, tuple) and any(isinstance(part, auto) for part in value):
            return tuple(self._next(key) if isinstance(part, auto) else part for part in value)
        return value

    def _next(self, key):
        return self._generate(key, 1, len(self._member_names), self._values[:])


class EnumType(type):
    @classmethod
    def __prepare__(metacls, cls, bases, **kwds):
        namespace = _EnumDict()
        for base in bases:
            if isinstance(base, EnumType):
                if base._member_names_:
                    raise TypeError(f"<enum {cls!r}> cannot extend {base!r}")
                namespace._generate = base._generate_next_value_
        return namespace

    def __new__(metacls, cls, bases, namespace, *, boundary=None, _simple=False, **kwds):
        if not isinstance(namespace, _EnumDict):
            return super().__new__(metacls, cls, bases, namespace, **kwds)
        names = namespace._member_names
        plain = {key: value for key, value in namespace.items() if key not in names and key not in ("_ignore_",)}
        generate = plain.get("_generate_next_value_")
        if generate is not None and not isinstance(generate, staticmethod):
            plain["_generate_next_value_"] = staticmethod(generate)
        mixin = next(
            (
                known
                for base in bases
                for known in base.__mro__
                if known is not object and not isinstance(known, EnumType) and known.__new__ is not object.__new__
            ),
            object,
        )
        plain["_member_names_"] = []
        plain["_member_map_"] = {}
        plain["_value2member_map_"] = {}
        plain["_member_type_"] = mixin
        plain["_boundary_"] = boundary or next((getattr(base, "_boundary_", None) for base in bases[::-1]), None)
        is_first = not any(isinstance(base, EnumType) for base in bases)
        own_new = None if is_first else plain.pop("__new__", None)
        made = super().__new__(metacls, cls, bases, plain, **kwds)
        if own_new is None:
            for base in made.__mro__[1:]:
                if "_own_new_" in base.__dict__:
                    own_new = base.__dict__["_own_new_"]
                    break
        if own_new is not None:
            made._own_new_ = staticmethod(own_new.__func__ if isinstance(own_new, staticmethod) else own_new)
        if not is_first:
            for method in ("__repr__", "__str__", "__format__"):
                if method not in plain and getattr(made, method) in (getattr(mixin, method), getattr(object, method)):
                    setattr(made, method, getattr(bases[-1], method))
            type.__setattr__(made, "__new__", Enum.__new__)
            if Flag is not None and issubclass(made, Flag):
                # a number's own operators would answer numbers
                for method in ("or", "and", "xor", "ror", "rand", "rxor", "invert"):
                    if f"__{method}__" not in plain:
                        type.__setattr__(made, f"__{method}__", getattr(Flag, f"__{method}__"))
        for name in names:
            made._add(name, namespace[name], mixin)
        return made

    def _add(cls, name, value, mixin):
        args = value if isinstance(value, tuple) else (value,)
        if mixin is tuple:
            args = (args,)
        own_new = cls.__dict__.get("_own_new_")
        if own_new is not None:
            item = own_new.__func__(cls, *args)
            if not hasattr(item, "_value_"):
                item._value_ = value
        elif mixin is object:
            item = object.__new__(cls)
            item._value_ = value
        else:
            item = mixin.__new__(cls, *args)
            item._value_ = mixin(*args)
        item._name_ = name
        item.__objclass__ = cls
        item._sort_order_ = len(cls._member_names_)
        if "__init__" in cls.__dict__ or any("__init__" in base.__dict__ for base in cls.__mro__ if base is not object and isinstance(base, EnumType) and base is not Enum):
            item.__init__(*args)
        value = item._value_
        for known in cls._member_map_.values():
            if known._value_ == value:
                item = known
                break
        else:
            if Flag is None or not issubclass(cls, Flag) or cls._is_single_bit(value):
                cls._member_names_.append(name)
        cls._member_map_[name] = item
        type.__setattr__(cls, name, item)
        try:
            cls._value2member_map_.setdefault(value, item)
        except TypeError:
            pass

    def __bool__(cls):
        return True

    def __call__(cls, value, names=None, *, module=None, qualname=None, type=None, start=1, boundary=None):
        if names is None:
            return cls.__new__(cls, value)
        return cls._create(value, names, type, start)

    def _create(cls, name, names, mixin, start):
        bases = (cls,) if mixin is None else (mixin, cls)
        namespace = EnumType.__prepare__(name, bases)
        if isinstance(names, str):
            names = names.replace(",", " ").split()
        if isinstance(names, (tuple, list)) and names and isinstance(names[0], str):
            given, values = names, []
            names = []
            for count, key in enumerate(given):
                value = namespace._generate(key, start, count, values[:])
                values.append(value)
                names.append((key, value))
        for item in names.items() if isinstance(names, dict) else names:
            key, value = item if not isinstance(item, str) else (item, names[item])
            namespace[key] = value
        made = type(cls).__new__(type(cls), name, bases, namespace)
        made.__module__ = "__main__"
        return made

    def __contains__(cls, item):
        if not isinstance(item, Enum):
            raise TypeError(
                f"unsupported operand type(s) for 'in': '{type(item).__qualname__}' and '{cls.__class__.__qualname__}'"
            )
        return isinstance(item, cls) and item._name_ in cls._member_map_

    def __delattr__(cls, name):
        if name in cls.__dict__.get("_member_map_", {}):
            raise AttributeError(f"{cls.__name__!r} cannot delete member {name!r}.")
        super().__delattr__(name)

    def __setattr__(cls, name, value):
        if name in cls.__dict__.get("_member_map_", {}):
            raise AttributeError(f"cannot reassign member {name!r}")
        super().__setattr__(name, value)

    def __getattr__(cls, name):
        raise AttributeError(name)

    def __getitem__(cls, name):
        return cls._member_map_[name]

    def __iter__(cls):
        return (cls._member_map_[name] for name in cls._member_names_)

    def __reversed__(cls):
        return (cls._member_map_[name] for name in reversed(cls._member_names_))

    def __len__(cls):
        return len(cls._member_names_)

    @_builtin_property
    def __members__(cls):
        return MappingProxyType(cls._member_map_)

    def __dir__(cls):
        return sorted(["__class__", "__contains__", "__doc__", "__getitem__", "__init_subclass__", "__iter__", "__len__", "__members__", "__module__", "__name__", "__qualname__"] + cls._member_names_)

    def __repr__(cls):
        return f"<flag {cls.__name__!r}>" if Flag is not None and issubclass(cls, Flag) else f"<enum {cls.__name__!r}>"


EnumMeta = EnumType
Flag = None


class Enum(metaclass=EnumType):
    @staticmethod
    def _generate_next_value_(name, start, count, last_values):
        if not last_values:
            return start
        try:
            return sorted(last_values)[-1] + 1
        except TypeError:
            raise TypeError("unable to sort non-numeric values") from None

    def __new__(cls, value):
        if type(value) is cls:
            return value
        try:
            return cls._value2member_map_[value]
        except KeyError:
            pass
        except TypeError:
            for item in cls._member_map_.values():
                if item._value_ == value:
                    return item
        missing = cls._missing_(value)
        if isinstance(missing, cls) or (isinstance(missing, int) and cls._boundary_ is EJECT):
            return missing
        if missing is None:
            raise ValueError(f"{value!r} is not a valid {cls.__qualname__}")
        raise TypeError(f"error in {cls.__name__}._missing_: returned {missing!r} instead of None or a valid member")

    @classmethod
    def _missing_(cls, value):
        return None

    @property
    def name(self):
        return self._name_

    @property
    def value(self):
        return self._value_

    def __repr__(self):
        shown = repr(self._value_)
        return f"<{self.__class__.__name__}.{self._name_}: {shown}>"

    def __str__(self):
        return f"{self.__class__.__name__}.{self._name_}"

    def __dir__(self):
        return sorted(["__class__", "__doc__", "__eq__", "__hash__", "__module__", "name", "value"])

    def __format__(self, format_spec):
        return str.__format__(str(self), format_spec)

    def __hash__(self):
        return hash(self._name_)

    def __reduce__(self):
        return self.__class__, (self._value_,)

    def __deepcopy__(self, memo):
        return self

    def __copy__(self):
        return self


class ReprEnum(Enum):
    """Only the repr is that of an enumeration, the text that of the value."""


class IntEnum(int, ReprEnum):
    def __str__(self):
        return int.__repr__(self)

    def __format__(self, format_spec):
        return int.__format__(self, format_spec)


class StrEnum(str, ReprEnum):
    @staticmethod
    def _generate_next_value_(name, start, count, last_values):
        return name.lower()

    def __str__(self):
        return str.__str__(self)

    def __format__(self, format_spec):
        return str.__format__(self, format_spec)


class FlagBoundary(StrEnum):
    """What happens to bits that no member has."""

    STRICT = auto()
    CONFORM = auto()
    EJECT = auto()
    KEEP = auto()


STRICT, CONFORM, EJECT, KEEP = FlagBoundary


class Flag(Enum, boundary=STRICT):
    _numeric_repr_ = repr

    @staticmethod
    def _generate_next_value_(name, start, count, last_values):
        if not last_values:
            return start if start is not None else 1
        return 2 ** max(last_values).bit_length()

    @classmethod
    def _is_single_bit(cls, value):
        return isinstance(value, int) and value > 0 and value & (value - 1) == 0

    @classmethod
    def _missing_(cls, value):
        if not isinstance(value, int):
            raise ValueError(f"{value!r} is not a valid {cls.__qualname__}")
        known = _reduce(_operator.or_, (item._value_ for item in cls._member_map_.values()), 0)
        all_bits = 2 ** known.bit_length() - 1
        boundary = cls._boundary_
        if not ~all_bits <= value <= all_bits or value & (all_bits ^ known):
            if boundary is STRICT:
                width = max(known.bit_length(), value.bit_length())
                shown = lambda bits: f"{'0b1' if bits < 0 else '0b0'} {bits & 2 ** width - 1:0{width}b}"
                raise ValueError(f"{cls!r} invalid value {value!r}\n    given {shown(value)}\n  allowed {shown(known)}")
            if boundary is CONFORM:
                value &= known
            elif boundary is EJECT:
                return value
            elif value < 0:
                value += max(all_bits + 1, 2 ** value.bit_length())
        if value < 0:
            value += all_bits + 1
        if value in cls._value2member_map_:
            return cls._value2member_map_[value]
        made = object.__new__(cls) if cls._member_type_ is object else cls._member_type_.__new__(cls, value)
        made._value_ = value
        names = [item._name_ for item in cls if item._value_ & value]
        rest = value & ~known
        if names and rest:
            names.append(cls._numeric_repr_(rest))
        made._name_ = "|".join(names) or None
        cls._value2member_map_[value] = made
        return made

    def __contains__(self, other):
        if not isinstance(other, self.__class__):
            raise TypeError(
                f"unsupported operand type(s) for 'in': '{type(other).__qualname__}' and '{self.__class__.__qualname__}'"
            )
        return other._value_ & self._value_ == other._value_

    def __iter__(self):
        return (item for item in self.__class__ if item._value_ & self._value_)

    def __len__(self):
        return self._value_.bit_count()

    def __repr__(self):
        name = self.__class__.__name__
        return f"<{name}: {self._value_!r}>" if self._name_ is None else f"<{name}.{self._name_}: {self._value_!r}>"

    def __str__(self):
        name = self.__class__.__name__
        return f"{name}({self._value_!r})" if self._name_ is None else f"{name}.{self._name_}"

    def __bool__(self):
        return bool(self._value_)

    def _with(self, other, operation):
        if isinstance(other, self.__class__):
            other = other._value_
        elif not (isinstance(other, int) and issubclass(self.__class__, int)):
            return NotImplemented
        return self.__class__(operation(self._value_, other))

    def __or__(self, other):
        return self._with(other, _operator.or_)

    def __and__(self, other):
        return self._with(other, _operator.and_)

    def __xor__(self, other):
        return self._with(other, _operator.xor)

    __ror__ = __or__
    __rand__ = __and__
    __rxor__ = __xor__

    def __invert__(self):
        if self._boundary_ in (EJECT, KEEP):
            return self.__class__(~self._value_)
        known = _reduce(_operator.or_, (item._value_ for item in self.__class__), 0)
        return self.__class__(known & ~self._value_)

    def __hash__(self):
        return hash(self._value_)


class IntFlag(int, ReprEnum, Flag, boundary=KEEP):
    def __str__(self):
        return int.__repr__(self)

    def __format__(self, format_spec):
        return int.__format__(self, format_spec)


def unique(enumeration):
    duplicates = [(name, item.name) for name, item in enumeration.__members__.items() if name != item.name]
    if duplicates:
        listed = ", ".join(f"{alias} -> {name}" for alias, name in duplicates)
        raise ValueError(f"duplicate values found in {enumeration!r}: {listed}")
    return enumeration


class EnumCheck(StrEnum):
    CONTINUOUS = "no skipped integer values"
    NAMED_FLAGS = "multi-flag aliases may not contain unnamed flags"
    UNIQUE = "one name per value"


CONTINUOUS, NAMED_FLAGS, UNIQUE = EnumCheck


class verify:
    """Checks an enumeration for constraints."""

    def __init__(self, *checks):
        self.checks = checks

    def __call__(self, enumeration):
        name = enumeration.__name__
        for check in self.checks:
            if check is UNIQUE:
                duplicates = [(key, item.name) for key, item in enumeration.__members__.items() if key != item.name]
                if duplicates:
                    listed = ", ".join(f"{alias} -> {known}" for alias, known in duplicates)
                    raise ValueError(f"aliases found in {enumeration!r}: {listed}")
            elif check is CONTINUOUS:
                values = {item.value for item in enumeration}
                if len(values) < 2:
                    continue
                low, high = min(values), max(values)
                if issubclass(enumeration, Flag):
                    missing = [2 ** at for at in range(low.bit_length(), high.bit_length()) if 2 ** at not in values]
                else:
                    missing = [value for value in range(low, high) if value not in values]
                if missing:
                    listed = ", ".join(map(str, missing))
                    raise ValueError(f"invalid {'flag' if issubclass(enumeration, Flag) else 'enum'} {name!r}: missing values {listed}"[:256])
        return enumeration


def global_str(self):
    """The name alone."""
    return self._name_ if self._name_ is not None else f"{self.__class__.__name__}({self._value_!r})"


def global_enum_repr(self):
    return f"{self.__class__.__module__.rpartition('.')[2]}.{self._name_}"


def global_flag_repr(self):
    module = self.__class__.__module__.rpartition(".")[2]
    if self._name_ is None:
        return f"{module}.{self.__class__.__name__}({self._value_!r})"
    return "|".join(name if name[0].isdigit() else f"{module}.{name}" for name in self._name_.split("|"))


def global_enum(cls, update_str=False):
    """Puts the members into the module too, and shows them as its names."""
    type.__setattr__(cls, "__repr__", global_flag_repr if issubclass(cls, Flag) else global_enum_repr)
    if not issubclass(cls, ReprEnum) or update_str:
        type.__setattr__(cls, "__str__", global_str)
    import sys

    sys.modules[cls.__module__].__dict__.update(cls.__members__)
    return cls
