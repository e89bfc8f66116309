"""Shallow and deep copies."""
import types as _types


class Error(Exception):
    pass


error = Error
_atomic = {
    type(None), int, float, bool, complex, bytes, str, type, range, type(Ellipsis), type(NotImplemented), slice, property,
    _types.FunctionType, _types.BuiltinFunctionType, _types.CodeType, _types.ModuleType,
}


def copy(x):
    cls = type(x)
    if cls in _atomic or cls in (tuple, frozenset) or issubclass(cls, type):
        return x
    if cls in (list, dict, set, bytearray):
        return x.copy()
    copier = getattr(cls, "__copy__", None)
    if copier is not None:
        return copier(x)
    return _reconstruct(x, None)


def deepcopy(x, memo=None, _nil=[]):
    if memo is None:
        memo = {}
    known = memo.get(id(x), _nil)
    if known is not _nil:
        return known
    cls = type(x)
    if cls in _atomic or issubclass(cls, type):
        return x
    if cls is list:
        y = memo[id(x)] = []
        for item in x:
            y.append(deepcopy(item, memo))
    elif cls is tuple:
        items = [deepcopy(item, memo) for item in x]
        if id(x) in memo:
            return memo[id(x)]
        y = x if all(new is old for new, old in zip(items, x)) else tuple(items)
    elif cls is dict:
        y = memo[id(x)] = {}
        for key, value in x.items():
            y[deepcopy(key, memo)] = deepcopy(value, memo)
    elif cls in (set, frozenset):
        y = cls(deepcopy(item, memo) for item in x)
    elif cls is bytearray:
        y = bytearray(x)
    elif cls is _types.MethodType:
        y = _types.MethodType(x.__func__, deepcopy(x.__self__, memo))
    else:
        copier = getattr(x, "__deepcopy__", None)
        y = copier(memo) if copier is not None else _reconstruct(x, memo)
    if y is not x:
        memo[id(x)] = y
        memo.setdefault(id(memo), []).append(x)
    return y


def _plain_reductions(cls):
    """The methods of classes that are copied in another way."""
    return {getattr(base, "__reduce__", None) for base in (object, BaseException, OSError) if issubclass(cls, base)}


def _reconstruct(x, memo):
    """Through `__reduce__` where a class defines it, else a new object with the same attributes."""
    cls = type(x)
    deep = memo is not None

    def again(value):
        return deepcopy(value, memo) if deep else value

    items = pairs = None
    if cls.__dict__.get("__reduce__") is not None or getattr(cls, "__reduce__", None) not in _plain_reductions(cls):
        made, args, *rest = x.__reduce__()
        y = made(*[again(arg) for arg in args])
        state, items, pairs, *_ = (*rest, None, None, None)
    else:
        args = x.__getnewargs__() if hasattr(x, "__getnewargs__") else ()
        if isinstance(x, BaseException):
            args = x.args
        y = cls.__new__(cls, *[again(arg) for arg in args])
        if deep:
            memo[id(x)] = y
        getstate = getattr(cls, "__getstate__", None)
        own = getstate is not None and getstate is not getattr(object, "__getstate__", None)
        state = x.__getstate__() if own else getattr(x, "__dict__", None)
        for base in cls.__mro__:
            slots = base.__dict__.get("__slots__", ())
            for name in (slots,) if isinstance(slots, str) else slots:
                if name not in ("__dict__", "__weakref__") and hasattr(x, name):
                    object.__setattr__(y, name, again(getattr(x, name)))
    if deep:
        memo[id(x)] = y
    if state:
        state = again(state)
        if hasattr(y, "__setstate__"):
            y.__setstate__(state)
        else:
            y.__dict__.update(state)
    if items is not None or pairs is not None:
        for item in items or ():
            y.append(again(item))
        for key, value in pairs or ():
            y[again(key)] = again(value)
    elif isinstance(x, list):
        y.extend(again(item) for item in list.__iter__(x))
    elif isinstance(x, dict):
        for key, value in x.items():
            y[again(key)] = again(value)
    elif isinstance(x, set):
        y.update(again(item) for item in x)
    return y
