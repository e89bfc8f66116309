"""Containers. Two bases hold what is shared: `_Indexed` numbers its items, `_Keyed` names them."""
import operator
from collections import OrderedDict
from collections.abc import Iterable, Mapping

import torch
from torch.nn.modules.module import Module, _addindent
from torch.nn.parameter import Parameter


class _Indexed:
    """Items stand under "0", "1", ...; `_key` turns an index into its name."""

    def _key(self, index):
        index, size = operator.index(index), len(self)
        if index < -size or index >= size:
            raise IndexError(f"index {index} is out of range")
        return str(index % size)

    def _renumber(self, modules):
        self._modules = OrderedDict((str(number), module) for number, module in enumerate(modules))

    def __len__(self):
        return len(self._modules)

    def __iter__(self):
        return iter(self._modules.values())

    def __setitem__(self, index, module):
        setattr(self, self._key(index), module)

    def __delitem__(self, index):
        kept = list(self._modules.values())
        if isinstance(index, slice):
            del kept[index]
        else:
            kept.remove(self._modules[self._key(index)])
        self._renumber(kept)

    def __dir__(self):
        return [name for name in super().__dir__() if not name.isdigit()]

    def append(self, module):
        self.add_module(str(len(self)), module)
        return self

    def pop(self, key):
        module = self[key]
        del self[key]
        return module


class Container(Module):
    def __init__(self, **kwargs):
        super().__init__()
        for name in kwargs:
            self.add_module(name, kwargs[name])


class Sequential(_Indexed, Module):
    def __init__(self, *args):
        super().__init__()
        named = args[0].items() if len(args) == 1 and isinstance(args[0], OrderedDict) else enumerate(args)
        for name, module in named:
            self.add_module(str(name), module)

    def forward(self, input):
        for module in self._modules.values():
            input = module(input)
        return input

    def _key(self, index):
        return list(self._modules)[int(super()._key(index))]

    def __getitem__(self, index):
        if isinstance(index, slice):
            return type(self)(OrderedDict(list(self._modules.items())[index]))
        return self._modules[self._key(index)]

    def extend(self, sequential):
        for module in sequential:
            self.append(module)
        return self

    def insert(self, index, module):
        if not isinstance(module, Module):
            raise AssertionError(f"module should be of type: {Module}")
        modules = list(self._modules.values())
        if index < -len(modules) or index > len(modules):
            raise IndexError(f"Index out of range: {index}")
        modules.insert(index, module)
        self._renumber(modules)
        return self

    def _check_other(self, other):
        if not isinstance(other, Sequential):
            raise ValueError(f"add operator supports only objects of Sequential class, but {type(other)} is given.")

    def _check_factor(self, factor):
        if not isinstance(factor, int):
            raise TypeError(f"unsupported operand type(s) for *: {type(self)} and {type(factor)}")
        if factor <= 0:
            raise ValueError(f"Non-positive multiplication factor {factor} for {type(self)}")

    def __add__(self, other):
        self._check_other(other)
        return Sequential(*self, *other)

    def __iadd__(self, other):
        self._check_other(other)
        return self.extend(list(other))

    def __mul__(self, factor):
        self._check_factor(factor)
        return Sequential(*list(self) * factor)

    __rmul__ = __mul__

    def __imul__(self, factor):
        self._check_factor(factor)
        return self.extend(list(self) * (factor - 1))


class ModuleList(_Indexed, Module):
    def __init__(self, modules=None):
        super().__init__()
        if modules is not None:
            self.extend(modules)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return type(self)(list(self._modules.values())[index])
        return self._modules[self._key(index)]

    def extend(self, modules):
        if not isinstance(modules, Iterable):
            raise TypeError(f"ModuleList.extend should be called with an iterable, but got {type(modules).__name__}")
        for module in list(modules):
            self.append(module)
        return self

    __iadd__ = extend

    def __add__(self, other):
        return ModuleList([*self, *other])

    def insert(self, index, module):
        modules = list(self._modules.values())
        modules.insert(index, module)
        self._renumber(modules)

    def __repr__(self):
        # neighbours that look alike share a line: `(0-2): 3 x Linear(...)`
        groups = []
        for number, text in enumerate(map(repr, self)):
            if groups and groups[-1][2] == text:
                groups[-1][1] = number
            else:
                groups.append([number, number, text])
        if not groups:
            return f"{self._get_name()}()"
        result = f"{self._get_name()}(\n"
        for first, last, text in groups:
            line = f"({first}): {text}" if first == last else f"({first}-{last}): {last - first + 1} x {text}"
            result += f"  {_addindent(line, 2)}\n"
        return result + ")"


class _Keyed:
    """Items under keys of the user's; `update` takes what dicts take."""

    def __iter__(self):
        return iter(self.keys())

    def __len__(self):
        return len(self.keys())

    def __contains__(self, key):
        return key in self.keys()

    def pop(self, key):
        value = self[key]
        del self[key]
        return value

    def _update(self, name, title, given, ordered):
        if not isinstance(given, Iterable):
            raise TypeError(
                f"{name}.update should be called with an iterable of key/value pairs, but got {type(given).__name__}"
            )
        if isinstance(given, (Mapping, type(self))):
            pairs = list(given.items())
            pairs = pairs if ordered or isinstance(given, (OrderedDict, type(self))) else sorted(pairs)
        else:
            pairs = []
            for number, pair in enumerate(given):
                if not isinstance(pair, Iterable):
                    raise TypeError(
                        f"{title} update sequence element #{number} should be Iterable; is{type(pair).__name__}"
                    )
                if len(pair) != 2:
                    raise ValueError(f"{title} update sequence element #{number} has length {len(pair)}; 2 is required")
                pairs.append((pair[0], pair[1]))
        for key, value in pairs:
            self[key] = value


class ModuleDict(_Keyed, Module):
    def __init__(self, modules=None):
        super().__init__()
        if modules is not None:
            self.update(modules)

    def __getitem__(self, key):
        return self._modules[key]

    def __setitem__(self, key, module):
        self.add_module(key, module)

    def __delitem__(self, key):
        del self._modules[key]

    def keys(self):
        return self._modules.keys()

    def values(self):
        return self._modules.values()

    def items(self):
        return self._modules.items()

    def clear(self):
        self._modules.clear()

    def update(self, modules):
        self._update("ModuleDict", "ModuleDict", modules, ordered=True)


def _as_parameter(value):
    is_plain = isinstance(value, torch.Tensor) and not isinstance(value, Parameter)
    return Parameter(value) if is_plain else value


def _lines(items, kind_of):
    """How the containers of parameters list what they hold; `kind_of` names a tensor's type."""
    for key, value in items:
        if isinstance(value, torch.Tensor):
            kind = "Parameter" if isinstance(value, Parameter) else "Tensor"
            size = "x".join(map(str, value.size()))
            yield f"  ({key}): {kind} containing: [{kind_of(value)} of size {size}]"
        else:
            yield f"  ({key}): Object of type: {type(value).__name__}"


class ParameterList(_Indexed, Module):
    def __init__(self, values=None):
        super().__init__()
        self._size = 0
        if values is not None:
            self.extend(values)

    def __len__(self):
        return self._size

    def __iter__(self):
        return (self[number] for number in range(self._size))

    def __getitem__(self, index):
        if isinstance(index, slice):
            return type(self)(self[number] for number in range(self._size)[index])
        return getattr(self, self._key(index))

    def __setitem__(self, index, value):
        setattr(self, self._key(index), _as_parameter(value))

    def append(self, value):
        self._size += 1
        self[self._size - 1] = value
        return self

    def extend(self, values):
        if not isinstance(values, Iterable) or isinstance(values, torch.Tensor):
            raise TypeError(f"ParameterList.extend should be called with an iterable, but got {type(values).__name__}")
        for value in values:
            self.append(value)
        return self

    __iadd__ = extend

    def extra_repr(self):
        return "\n".join(_lines(enumerate(self), lambda tensor: tensor.dtype))

    def __call__(self, *args, **kwargs):
        raise RuntimeError("ParameterList should not be called.")


class ParameterDict(_Keyed, Module):
    def __init__(self, parameters=None):
        super().__init__()
        self._keys = {}
        if parameters is not None:
            self.update(parameters)

    @staticmethod
    def _checked(key):
        if not isinstance(key, str):
            raise TypeError(
                "Index given to ParameterDict cannot be used as a key as it is not a string "
                f"(type is '{type(key).__name__}'). Open an issue on github if you need non-string keys."
            )
        return key

    def __getitem__(self, key):
        return getattr(self, self._checked(key))

    def __setitem__(self, key, value):
        self._keys[key] = None
        setattr(self, self._checked(key), _as_parameter(value))

    def __delitem__(self, key):
        del self._keys[key]
        delattr(self, self._checked(key))

    def __reversed__(self):
        return reversed(self._keys)

    def keys(self):
        return self._keys.keys()

    def values(self):
        return (self[key] for key in self._keys)

    def items(self):
        return ((key, self[key]) for key in self._keys)

    def get(self, key, default=None):
        return self[key] if key in self._keys else default

    def setdefault(self, key, default=None):
        if key not in self._keys:
            self[key] = default
        return self[key]

    def popitem(self):
        key = next(reversed(self._keys))
        return key, self.pop(key)

    def clear(self):
        for key in list(self._keys):
            del self[key]

    def copy(self):
        return ParameterDict(OrderedDict(self.items()))

    def fromkeys(self, keys, default=None):
        return ParameterDict((key, default) for key in keys)

    def update(self, parameters):
        self._update("ParametersDict", "ParameterDict", parameters, ordered=False)

    def extra_repr(self):
        return "\n".join(_lines(self.items(), torch.typename))

    def __call__(self, input):
        raise RuntimeError("ParameterDict should not be called.")

    def __or__(self, other):
        merged = self.copy()
        merged.update(other)
        return merged

    def __ror__(self, other):
        merged = other.copy()
        merged.update(self)
        return merged

    def __ior__(self, other):
        self.update(other)
        return self
