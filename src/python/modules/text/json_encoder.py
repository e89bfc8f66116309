"""Values to JSON text."""
import re as _re

_special = {"\\": "\\\\", '"': '\\"', "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_to_escape = _re.compile(r'[\x00-\x1f\\"]')
_to_escape_ascii = _re.compile(r'[\\"]|[^ -~]')
_infinity = float("inf")


def _escaped(found):
    char = found[0]
    short = _special.get(char)
    if short is not None:
        return short
    code = ord(char)
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xd800 | code >> 10:04x}\\u{0xdc00 | code & 0x3ff:04x}"


def encode_basestring(s, /):
    return f'"{_to_escape.sub(_escaped, s)}"'


def encode_basestring_ascii(s, /):
    return f'"{_to_escape_ascii.sub(_escaped, s)}"'


class JSONEncoder:
    """Makes JSON text of values; subclasses override `default`."""

    item_separator = ", "
    key_separator = ": "

    def __init__(
        self, *, skipkeys=False, ensure_ascii=True, check_circular=True, allow_nan=True, sort_keys=False, indent=None,
        separators=None, default=None,
    ):
        self.skipkeys = skipkeys
        self.ensure_ascii = ensure_ascii
        self.check_circular = check_circular
        self.allow_nan = allow_nan
        self.sort_keys = sort_keys
        self.indent = indent
        if separators is not None:
            self.item_separator, self.key_separator = separators
        elif indent is not None:
            self.item_separator = ","
        if default is not None:
            self.default = default

    def default(self, o):
        raise TypeError(f"Object of type {o.__class__.__name__} is not JSON serializable")

    def encode(self, o):
        if isinstance(o, str):
            return self._text(o)
        return "".join(self.iterencode(o))

    def iterencode(self, o, _one_shot=False):
        indent = self.indent
        if indent is not None and not isinstance(indent, str):
            indent = " " * indent
        return self._value(o, 0, indent, {})

    def _text(self, text):
        return encode_basestring_ascii(text) if self.ensure_ascii else encode_basestring(text)

    def _number(self, number):
        if number != number:
            text = "NaN"
        elif number == _infinity:
            text = "Infinity"
        elif number == -_infinity:
            text = "-Infinity"
        else:
            return float.__repr__(number)
        if not self.allow_nan:
            raise ValueError("Out of range float values are not JSON compliant")
        return text

    def _simple(self, o):
        """The text of what needs no brackets, else None."""
        if isinstance(o, str):
            return self._text(o)
        if o is None:
            return "null"
        if o is True:
            return "true"
        if o is False:
            return "false"
        if isinstance(o, int):
            return int.__repr__(o)
        if isinstance(o, float):
            return self._number(o)
        return None

    def _key(self, key):
        if isinstance(key, str):
            return key
        text = self._simple(key)
        if text is None and not self.skipkeys:
            raise TypeError(f"keys must be str, int, float, bool or None, not {key.__class__.__name__}")
        return text

    def _value(self, o, level, indent, open):
        text = self._simple(o)
        if text is not None:
            yield text
            return
        if self.check_circular:
            if id(o) in open:
                raise ValueError("Circular reference detected")
            open[id(o)] = o
        if isinstance(o, (list, tuple)):
            yield from self._list(o, level, indent, open)
        elif isinstance(o, dict):
            yield from self._dict(o, level, indent, open)
        else:
            yield from self._value(self.default(o), level, indent, open)
        if self.check_circular:
            del open[id(o)]

    def _pairs(self, mapping):
        for key, value in sorted(mapping.items()) if self.sort_keys else mapping.items():
            key = self._key(key)
            if key is not None:
                yield key, value

    def _list(self, items, level, indent, open):
        if not items:
            yield "[]"
            return
        line = "" if indent is None else "\n" + indent * (level + 1)
        before = "[" + line
        for value in items:
            text = self._simple(value)
            if text is not None:
                yield before + text
            else:
                yield before
                yield from self._value(value, level + 1, indent, open)
            before = self.item_separator + line
        if indent is not None:
            yield "\n" + indent * level
        yield "]"

    def _dict(self, mapping, level, indent, open):
        if not mapping:
            yield "{}"
            return
        line = "" if indent is None else "\n" + indent * (level + 1)
        yield "{"
        if line:
            yield line
        first = True
        for key, value in self._pairs(mapping):
            if not first:
                yield self.item_separator + line
            first = False
            yield self._text(key)
            yield self.key_separator
            yield from self._value(value, level + 1, indent, open)
        if indent is not None:
            yield "\n" + indent * level
        yield "}"
