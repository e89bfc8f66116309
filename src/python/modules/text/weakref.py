"""References that do not keep their objects alive."""
from _weakref import ref
from collections.abc import MutableMapping

ReferenceType = ref


class WeakValueDictionary(MutableMapping):
    def __init__(self, other=(), /, **kw):
        self.data = {}
        self.update(other, **kw)

    def _purge(self):
        for key in [key for key, reference in self.data.items() if reference() is None]:
            del self.data[key]

    def __getitem__(self, key):
        value = self.data[key]()
        if value is None:
            raise KeyError(key)
        return value

    def __setitem__(self, key, value):
        self.data[key] = ref(value)

    def __delitem__(self, key):
        del self.data[key]

    def __len__(self):
        self._purge()
        return len(self.data)

    def __iter__(self):
        self._purge()
        return iter(list(self.data))


class WeakKeyDictionary(MutableMapping):
    def __init__(self, dict=None):
        self.data = {}
        if dict is not None:
            self.update(dict)

    def _purge(self):
        for reference in [reference for reference in self.data if reference() is None]:
            del self.data[reference]

    def __getitem__(self, key):
        return self.data[ref(key)]

    def __setitem__(self, key, value):
        self.data[ref(key)] = value

    def __delitem__(self, key):
        del self.data[ref(key)]

    def __len__(self):
        self._purge()
        return len(self.data)

    def __iter__(self):
        self._purge()
        return iter([reference() for reference in self.data])


class WeakSet:
    def __init__(self, data=None):
        self._items = []
        for item in data or ():
            self.add(item)

    def add(self, item):
        if item not in self:
            self._items.append(ref(item))

    def discard(self, item):
        self._items = [reference for reference in self._items if reference() is not item]

    def __contains__(self, item):
        return any(reference() is item for reference in self._items)

    def __iter__(self):
        return iter([item for item in (reference() for reference in self._items) if item is not None])

    def __len__(self):
        return sum(1 for _ in self)


class finalize:
    def __init__(self, obj, func, /, *args, **kwargs):
        self._call = (func, args, kwargs)
        self._reference = ref(obj, lambda _: self())

    def __call__(self):
        if self._call is not None:
            func, args, kwargs = self._call
            self._call = None
            return func(*args, **kwargs)

    @property
    def alive(self):
        return self._call is not None


class ProxyType:
    """Stands for an object without keeping it alive."""

    __slots__ = ("__weakref",)
    __hash__ = None

    def __getattribute__(self, name):
        return getattr(_object(self), name)

    def __setattr__(self, name, value):
        setattr(_object(self), name, value)

    def __delattr__(self, name):
        delattr(_object(self), name)

    def __repr__(self):
        target = _object(self)
        return f"<weakproxy at {id(self):#x} to {type(target).__name__} at {id(target):#x}>"

    def __str__(self):
        return str(_object(self))

    def __bool__(self):
        return bool(_object(self))


class CallableProxyType(ProxyType):
    __slots__ = ()

    def __call__(self, /, *args, **kwargs):
        return _object(self)(*args, **kwargs)


def _object(proxy):
    reference = object.__getattribute__(proxy, "_ProxyType__weakref")
    target = reference()
    if target is None:
        raise ReferenceError("weakly-referenced object no longer exists")
    return target


def _unwrapped(value):
    return _object(value) if isinstance(type(value), type) and issubclass(type(value), ProxyType) else value


def _forwarded(name):
    import operator

    function = getattr(operator, name)

    def method(self, *args):
        return function(_object(self), *map(_unwrapped, args))

    method.__name__ = name
    return method


for _name in (
    "__lt__", "__le__", "__eq__", "__ne__", "__gt__", "__ge__", "__add__", "__sub__", "__mul__", "__truediv__",
    "__floordiv__", "__mod__", "__pow__", "__and__", "__or__", "__xor__", "__lshift__", "__rshift__", "__neg__", "__pos__",
    "__abs__", "__invert__", "__getitem__", "__setitem__", "__delitem__", "__contains__", "__matmul__", "__index__",
):
    setattr(ProxyType, _name, _forwarded(_name))
for _name, _function in {"__len__": len, "__iter__": iter, "__next__": next, "__int__": int, "__float__": float}.items():
    setattr(ProxyType, _name, lambda self, _function=_function: _function(_object(self)))
for _name in ("__radd__", "__rsub__", "__rmul__", "__rtruediv__", "__rfloordiv__", "__rmod__", "__rpow__"):
    def _reflected(self, other, _function=_forwarded(_name.replace("__r", "__", 1))):
        import operator

        return getattr(operator, _function.__name__)(_unwrapped(other), _object(self))

    setattr(ProxyType, _name, _reflected)
del _name, _function, _reflected
ProxyTypes = (ProxyType, CallableProxyType)


def proxy(object, callback=None, /):
    made = _new(CallableProxyType if callable(object) else ProxyType)
    reference = ref(object) if callback is None else ref(object, lambda _: callback(made))
    _set(made, "_ProxyType__weakref", reference)
    return made


_new, _set = object.__new__, object.__setattr__


def getweakrefcount(object, /):
    raise NotImplementedError("gradshell does not support weakref.getweakrefcount yet")


class KeyedRef(ref):
    __slots__ = ("key",)

    def __new__(cls, ob, callback, key):
        self = ref.__new__(cls, ob, callback)
        self.key = key
        return self

    def __init__(self, ob, callback, key):
        super().__init__(ob, callback)


class WeakMethod(ref):
    """A weak reference to a bound method, which lives as long as its object."""

    __slots__ = ("_func", "_kind", "__weakref__")

    def __new__(cls, meth, callback=None):
        try:
            target, function = meth.__self__, meth.__func__
        except AttributeError:
            raise TypeError(f"argument should be a bound method, not {type(meth)}") from None
        self = ref.__new__(cls, target) if callback is None else ref.__new__(cls, target, callback)
        self._func = ref(function)
        self._kind = type(meth)
        return self

    def __call__(self):
        target, function = super().__call__(), self._func()
        return None if target is None or function is None else self._kind(function, target)
