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


def proxy(object, callback=None):
    raise NotImplementedError("gradshell does not support weakref.proxy yet")
