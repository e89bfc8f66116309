"""Operators as functions."""
import _builtin
from _operator import *
from _operator import (
    abs, add, and_, attrgetter, call, concat, contains, countOf, delitem, eq, floordiv, ge, getitem, gt, iadd, iand,
    iconcat, ifloordiv, ilshift, imatmul, imod, imul, index, indexOf, inv, invert, ior, ipow, irshift, is_, is_not,
    isub, itemgetter, itruediv, ixor, le, length_hint, lshift, lt, matmul, mod, mul, ne, neg, not_, or_, pos, pow,
    rshift, setitem, sub, truediv, truth, xor,
)

__all__ = [
    "abs", "add", "and_", "attrgetter", "call", "concat", "contains", "countOf", "delitem", "eq", "floordiv", "ge",
    "getitem", "gt", "iadd", "iand", "iconcat", "ifloordiv", "ilshift", "imatmul", "imod", "imul", "index", "indexOf",
    "inv", "invert", "ior", "ipow", "irshift", "is_", "is_not", "isub", "itemgetter", "itruediv", "ixor", "le",
    "length_hint", "lshift", "lt", "matmul", "methodcaller", "mod", "mul", "ne", "neg", "not_", "or_", "pos", "pow",
    "rshift", "setitem", "sub", "truediv", "truth", "xor",
]


class methodcaller:
    def __init__(self, name, /, *args, **kwargs):
        if not isinstance(name, str):
            raise TypeError("method name must be a string")
        self._name = name
        self._args = args
        self._kwargs = kwargs

    def __call__(self, obj, /):
        return getattr(obj, self._name)(*self._args, **self._kwargs)

    def __repr__(self):
        shown = [repr(self._name), *map(repr, self._args), *(f"{k}={v!r}" for k, v in self._kwargs.items())]
        return f"operator.methodcaller({', '.join(shown)})"


_builtin.types(globals(), "operator", "methodcaller")
for _name in __all__:
    if _name not in ("attrgetter", "call", "countOf", "indexOf", "itemgetter", "length_hint", "methodcaller", "is_", "is_not", "truth"):
        globals()[f"__{_name.strip('_')}__"] = globals()[_name]
__call__ = call
