"""Values printed over several lines."""
import collections as _collections
import dataclasses as _dataclasses
import re as _re
import sys as _sys
import types as _types

__all__ = ["pprint", "pformat", "isreadable", "isrecursive", "saferepr", "PrettyPrinter", "pp"]


def pprint(object, stream=None, indent=1, width=80, depth=None, *, compact=False, sort_dicts=True,
           underscore_numbers=False):
    """Pretty-print a Python object to a stream [default is sys.stdout]."""
    PrettyPrinter(
        stream=stream, indent=indent, width=width, depth=depth, compact=compact, sort_dicts=sort_dicts,
        underscore_numbers=underscore_numbers,
    ).pprint(object)


def pformat(object, indent=1, width=80, depth=None, *, compact=False, sort_dicts=True, underscore_numbers=False):
    """Format a Python object into a pretty-printed representation."""
    return PrettyPrinter(
        indent=indent, width=width, depth=depth, compact=compact, sort_dicts=sort_dicts,
        underscore_numbers=underscore_numbers,
    ).pformat(object)


def pp(object, *args, sort_dicts=False, **kwargs):
    """Pretty-print a Python object"""
    pprint(object, *args, sort_dicts=sort_dicts, **kwargs)


def saferepr(object):
    """Version of repr() which can handle recursive data structures."""
    return PrettyPrinter()._safe_repr(object, {}, None, 0)[0]


def isreadable(object):
    """Determine if saferepr(object) is readable by eval()."""
    return PrettyPrinter()._safe_repr(object, {}, None, 0)[1]


def isrecursive(object):
    """Determine if object requires a recursive representation."""
    return PrettyPrinter()._safe_repr(object, {}, None, 0)[2]


class _Sortable:
    """Orders keys of different types by their types."""

    __slots__ = ["key"]

    def __init__(self, key):
        self.key = key

    def __lt__(self, other):
        try:
            return self.key < other.key
        except TypeError:
            return (str(type(self.key)), id(self.key)) < (str(type(other.key)), id(other.key))


def _by_key(pair):
    return _Sortable(pair[0]), _Sortable(pair[1])


def _recursion(object):
    return f"<Recursion on {type(object).__name__} with id={id(object)}>"


class PrettyPrinter:
    """Prints values so that they fit a width."""

    _dispatch = {}

    def __init__(self, indent=1, width=80, depth=None, stream=None, *, compact=False, sort_dicts=True,
                 underscore_numbers=False):
        indent, width = int(indent), int(width)
        if indent < 0:
            raise ValueError("indent must be >= 0")
        if depth is not None and depth <= 0:
            raise ValueError("depth must be > 0")
        if not width:
            raise ValueError("width must be != 0")
        self._depth = depth
        self._indent_per_level = indent
        self._width = width
        self._stream = stream
        self._compact = bool(compact)
        self._sort_dicts = sort_dicts
        self._underscore_numbers = underscore_numbers

    def pprint(self, object):
        text = self.pformat(object) + "\n"
        (self._stream if self._stream is not None else _sys.stdout).write(text)

    def pformat(self, object):
        parts = []
        self._format(object, parts, 0, 0, {}, 0)
        return "".join(parts)

    def isrecursive(self, object):
        return self.format(object, {}, 0, 0)[2]

    def isreadable(self, object):
        _, readable, recursive = self.format(object, {}, 0, 0)
        return readable and not recursive

    def format(self, object, context, maxlevels, level):
        """The text of an object on one line, whether it can be read back, whether it holds itself."""
        return self._safe_repr(object, context, maxlevels, level)

    def _repr(self, object, context, level):
        return self.format(object, context.copy(), self._depth, level)[0]

    def _format(self, object, out, indent, allowance, context, level):
        if id(object) in context:
            out.append(_recursion(object))
            return
        text = self._repr(object, context, level)
        if len(text) > self._width - indent - allowance:
            print_it = self._dispatch.get(type(object).__repr__)
            if print_it is None and (
                _dataclasses.is_dataclass(object) and not isinstance(object, type)
                and object.__dataclass_params__.repr
                and getattr(type(object).__repr__, "__globals__", None) is _dataclasses.__dict__
            ):
                print_it = PrettyPrinter._dataclass
            if print_it is not None:
                context[id(object)] = 1
                print_it(self, object, out, indent, allowance, context, level + 1)
                del context[id(object)]
                return
        out.append(text)

    # containers

    def _dict(self, object, out, indent, allowance, context, level):
        out.append("{" + " " * (self._indent_per_level - 1))
        if len(object):
            pairs = sorted(object.items(), key=_by_key) if self._sort_dicts else object.items()
            self._pairs(pairs, out, indent, allowance + 1, context, level)
        out.append("}")

    def _ordered_dict(self, object, out, indent, allowance, context, level):
        if not len(object):
            out.append(repr(object))
            return
        name = type(object).__name__
        out.append(name + "(")
        self._format(list(object.items()), out, indent + len(name) + 1, allowance + 1, context, level)
        out.append(")")

    def _mapping_view(self, object, out, indent, allowance, context, level):
        out.append("mappingproxy(")
        self._format(object.copy(), out, indent + 13, allowance + 1, context, level)
        out.append(")")

    def _list(self, object, out, indent, allowance, context, level):
        self._between("[", object, "]", out, indent, allowance, context, level)

    def _tuple(self, object, out, indent, allowance, context, level):
        self._between("(", object, ",)" if len(object) == 1 else ")", out, indent, allowance, context, level)

    def _between(self, start, items, end, out, indent, allowance, context, level):
        out.append(start)
        self._items(items, out, indent, allowance + len(end), context, level)
        out.append(end)

    def _set(self, object, out, indent, allowance, context, level):
        if not len(object):
            out.append(repr(object))
            return
        kind = type(object)
        if kind is set:
            start, end = "{", "}"
        else:
            start, end = kind.__name__ + "({", "})"
            indent += len(kind.__name__) + 1
        self._between(start, sorted(object, key=_Sortable), end, out, indent, allowance, context, level)

    def _counter(self, object, out, indent, allowance, context, level):
        if not len(object):
            out.append(repr(object))
            return
        name = type(object).__name__
        out.append(name + "({")
        if self._indent_per_level > 1:
            out.append((self._indent_per_level - 1) * " ")
        self._pairs(object.most_common(), out, indent + len(name) + 1, allowance + 2, context, level)
        out.append("})")

    def _default_dict(self, object, out, indent, allowance, context, level):
        if not len(object):
            out.append(repr(object))
            return
        factory = self._repr(object.default_factory, context, level)
        name = type(object).__name__
        indent += len(name) + 1
        out.append(f"{name}({factory},\n{' ' * indent}")
        self._dict(object, out, indent, allowance + 1, context, level)
        out.append(")")

    def _chain_map(self, object, out, indent, allowance, context, level):
        if not len(object.maps):
            out.append(repr(object))
            return
        name = type(object).__name__
        out.append(name + "(")
        indent += len(name) + 1
        for at, mapping in enumerate(object.maps):
            last = at == len(object.maps) - 1
            self._format(mapping, out, indent, allowance + 1 if last else 1, context, level)
            out.append(")" if last else ",\n" + " " * indent)

    def _deque(self, object, out, indent, allowance, context, level):
        if not len(object):
            out.append(repr(object))
            return
        name = type(object).__name__
        out.append(name + "(")
        indent += len(name) + 1
        out.append("[")
        if object.maxlen is None:
            self._items(object, out, indent, allowance + 2, context, level)
            out.append("])")
        else:
            self._items(object, out, indent, 2, context, level)
            longest = self._repr(object.maxlen, context, level)
            out.append(f"],\n{' ' * indent}maxlen={longest})")

    def _user(self, object, out, indent, allowance, context, level):
        self._format(object.data, out, indent, allowance, context, level - 1)

    # named fields

    def _dataclass(self, object, out, indent, allowance, context, level):
        name = object.__class__.__name__
        fields = [(f.name, getattr(object, f.name)) for f in _dataclasses.fields(object) if f.repr]
        self._fields(name, fields, out, indent, allowance, context, level)

    def _namespace(self, object, out, indent, allowance, context, level):
        name = "namespace" if type(object) is _types.SimpleNamespace else object.__class__.__name__
        self._fields(name, object.__dict__.items(), out, indent, allowance, context, level)

    def _fields(self, name, items, out, indent, allowance, context, level):
        indent += len(name) + 1
        out.append(name + "(")
        items = list(items)
        for at, (key, value) in enumerate(items):
            last = at == len(items) - 1
            out.append(key + "=")
            if id(value) in context:
                out.append("...")
            else:
                self._format(value, out, indent + len(key) + 1, allowance if last else 1, context, level)
            if not last:
                out.append(",\n" + " " * indent)
        out.append(")")

    # items one below the other

    def _pairs(self, items, out, indent, allowance, context, level):
        indent += self._indent_per_level
        items = list(items)
        for at, (key, value) in enumerate(items):
            last = at == len(items) - 1
            shown = self._repr(key, context, level)
            out.append(shown + ": ")
            self._format(value, out, indent + len(shown) + 2, allowance if last else 1, context, level)
            if not last:
                out.append(",\n" + " " * indent)

    def _items(self, items, out, indent, allowance, context, level):
        indent += self._indent_per_level
        if self._indent_per_level > 1:
            out.append((self._indent_per_level - 1) * " ")
        width = room = self._width - indent + 1
        between = ""
        items = list(items)
        for at, item in enumerate(items):
            last = at == len(items) - 1
            if last:
                room -= allowance
                width -= allowance
            if self._compact:
                text = self._repr(item, context, level)
                needed = len(text) + 2
                if room < needed:
                    room = width
                    if between:
                        between = ",\n" + " " * indent
                if room >= needed:
                    room -= needed
                    out.append(between + text)
                    between = ", "
                    continue
            out.append(between)
            between = ",\n" + " " * indent
            self._format(item, out, indent, allowance if last else 1, context, level)

    # long texts

    def _str(self, object, out, indent, allowance, context, level):
        if not len(object):
            out.append(repr(object))
            return
        lines = object.splitlines(True)
        if level == 1:
            indent += 1
            allowance += 1
        room = longest = self._width - indent
        chunks = []
        for at, line in enumerate(lines):
            shown = repr(line)
            if at == len(lines) - 1:
                longest -= allowance
            if len(shown) <= longest:
                chunks.append(shown)
                continue
            parts = _re.findall(r"\S*\s*", line)
            parts.pop()
            room = self._width - indent
            current = ""
            for number, part in enumerate(parts):
                candidate = current + part
                if number == len(parts) - 1 and at == len(lines) - 1:
                    room -= allowance
                if len(repr(candidate)) > room:
                    if current:
                        chunks.append(repr(current))
                    current = part
                else:
                    current = candidate
            if current:
                chunks.append(repr(current))
        if len(chunks) == 1:
            out.append(shown)
            return
        self._lines(chunks, out, indent, level == 1)

    def _lines(self, chunks, out, indent, bracket):
        text = ("\n" + " " * indent).join(chunks)
        out.append(f"({text})" if bracket else text)

    def _bytes(self, object, out, indent, allowance, context, level):
        if len(object) <= 4:
            out.append(repr(object))
            return
        bracket = level == 1
        if bracket:
            indent += 1
            allowance += 1
        self._lines(list(_wrapped_bytes(object, self._width - indent, allowance)), out, indent, bracket)

    def _bytearray(self, object, out, indent, allowance, context, level):
        out.append("bytearray(")
        self._bytes(bytes(object), out, indent + 10, allowance + 1, context, level + 1)
        out.append(")")

    # on one line

    def _safe_repr(self, object, context, maxlevels, level):
        kind = type(object)
        if kind in (str, bytes, bytearray, float, complex, bool, type(None)):
            return repr(object), True, False
        plain = kind.__repr__
        if issubclass(kind, int) and plain is int.__repr__:
            return (f"{object:_d}" if self._underscore_numbers else repr(object)), True, False
        if (issubclass(kind, dict) and plain is dict.__repr__) or (
            (issubclass(kind, list) and plain is list.__repr__) or (issubclass(kind, tuple) and plain is tuple.__repr__)
        ):
            return self._safe_container(object, context, maxlevels, level)
        text = repr(object)
        return text, bool(text) and not text.startswith("<"), False

    def _safe_container(self, object, context, maxlevels, level):
        is_dict = isinstance(object, dict)
        if not object:
            return ("{}" if is_dict else "[]" if isinstance(object, list) else "()"), True, False
        if isinstance(object, tuple):
            start, end = "(", ",)" if len(object) == 1 else ")"
        else:
            start, end = "{}" if is_dict else "[]"
        if maxlevels and level >= maxlevels:
            return start + "..." + end.lstrip(","), False, id(object) in context
        if id(object) in context:
            return _recursion(object), False, True
        context[id(object)] = 1
        readable, recursive, parts = True, False, []

        def shown(item):
            nonlocal readable, recursive
            text, can, again = self.format(item, context, maxlevels, level + 1)
            readable, recursive = readable and can, recursive or again
            return text

        if is_dict:
            for key, value in sorted(object.items(), key=_by_key) if self._sort_dicts else object.items():
                parts.append(f"{shown(key)}: {shown(value)}")
        else:
            parts.extend(map(shown, object))
        del context[id(object)]
        return start + ", ".join(parts) + end, readable, recursive


def _wrapped_bytes(object, width, allowance):
    current = b""
    last = len(object) // 4 * 4
    for at in range(0, len(object), 4):
        part = object[at:at + 4]
        candidate = current + part
        if at == last:
            width -= allowance
        if len(repr(candidate)) > width:
            if current:
                yield repr(current)
            current = part
        else:
            current = candidate
    if current:
        yield repr(current)


for _class, _method in (
    (dict, "_dict"), (_collections.OrderedDict, "_ordered_dict"), (list, "_list"), (tuple, "_tuple"), (set, "_set"),
    (frozenset, "_set"), (str, "_str"), (bytes, "_bytes"), (bytearray, "_bytearray"),
    (_types.MappingProxyType, "_mapping_view"), (_types.SimpleNamespace, "_namespace"),
    (_collections.Counter, "_counter"), (_collections.defaultdict, "_default_dict"),
    (_collections.ChainMap, "_chain_map"), (_collections.deque, "_deque"), (_collections.UserDict, "_user"),
    (_collections.UserList, "_user"), (_collections.UserString, "_user"),
):
    PrettyPrinter._dispatch[_class.__repr__] = PrettyPrinter.__dict__[_method]
