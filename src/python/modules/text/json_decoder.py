"""JSON text to values."""
import re as _re

_space = " \t\n\r"
_blank = _re.compile(r"[ \t\n\r]*")
_chunk = _re.compile(r'[^"\\\x00-\x1f]*')
_loose_chunk = _re.compile(r'[^"\\]*')
_number = _re.compile(r"(-?(?:0|[1-9][0-9]*))(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_escapes = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_hexadecimal = frozenset("0123456789abcdefABCDEF")
_words = {"null": None, "true": True, "false": False}
_constants = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}


class JSONDecodeError(ValueError):
    """What is wrong with a text: `msg`, the text `doc`, and where: `pos`, `lineno`, `colno`."""

    def __init__(self, msg, doc, pos):
        lineno = doc.count("\n", 0, pos) + 1
        colno = pos - doc.rfind("\n", 0, pos)
        super().__init__(f"{msg}: line {lineno} column {colno} (char {pos})")
        self.msg = msg
        self.doc = doc
        self.pos = pos
        self.lineno = lineno
        self.colno = colno

    def __reduce__(self):
        return self.__class__, (self.msg, self.doc, self.pos)


JSONDecodeError.__module__ = "json.decoder"


class JSONDecoder:
    """Makes values of JSON text."""

    def __init__(
        self, *, object_hook=None, parse_float=None, parse_int=None, parse_constant=None, strict=True,
        object_pairs_hook=None,
    ):
        self.object_hook = object_hook
        self.parse_float = parse_float or float
        self.parse_int = parse_int or int
        self.parse_constant = parse_constant or _constants.__getitem__
        self.strict = strict
        self.object_pairs_hook = object_pairs_hook
        self.memo = {}
        self.scan_once = self._scan

    def decode(self, s):
        value, end = self.raw_decode(s, _blank.match(s, 0).end())
        end = _blank.match(s, end).end()
        if end != len(s):
            raise JSONDecodeError("Extra data", s, end)
        return value

    def raw_decode(self, s, idx=0):
        try:
            return self._scan(s, idx)
        except StopIteration as stop:
            raise JSONDecodeError("Expecting value", s, stop.value) from None

    def _scan(self, s, at):
        if at < 0:
            raise ValueError("idx cannot be negative")
        char = s[at:at + 1]
        if char == '"':
            return self._string(s, at + 1)
        if char == "{":
            return self._object(s, at + 1)
        if char == "[":
            return self._array(s, at + 1)
        found = _number.match(s, at)
        if found:
            whole, fraction, exponent = found.groups()
            if fraction or exponent:
                return self.parse_float(found[0]), found.end()
            return self.parse_int(whole), found.end()
        for word, value in _words.items():
            if s.startswith(word, at):
                return value, at + len(word)
        for word in _constants:
            if s.startswith(word, at):
                return self.parse_constant(word), at + len(word)
        raise StopIteration(at)

    def _string(self, s, at):
        begin = at - 1
        chunk = _chunk if self.strict else _loose_chunk
        parts = []
        while True:
            found = chunk.match(s, at)
            if found.end() > at:
                parts.append(found[0])
            at = found.end()
            char = s[at:at + 1]
            if char == '"':
                return "".join(parts), at + 1
            if not char:
                raise JSONDecodeError("Unterminated string starting at", s, begin)
            if char != "\\":
                raise JSONDecodeError("Invalid control character at", s, at)
            char = s[at + 1:at + 2]
            if not char:
                raise JSONDecodeError("Unterminated string starting at", s, begin)
            if char != "u":
                if char not in _escapes:
                    raise JSONDecodeError("Invalid \\escape", s, at)
                parts.append(_escapes[char])
                at += 2
                continue
            code, at = self._code(s, at + 1)
            if 0xd800 <= code < 0xdc00 and s.startswith("\\u", at):
                low, after = self._code(s, at + 1)
                if 0xdc00 <= low < 0xe000:
                    code, at = 0x10000 + (code - 0xd800 << 10 | low - 0xdc00), after
            parts.append(chr(code))

    def _code(self, s, at):
        """The four hexadecimal digits behind a `u`, which have text behind them."""
        digits = s[at + 1:at + 5]
        if len(s) <= at + 5 or not _hexadecimal.issuperset(digits):
            raise JSONDecodeError("Invalid \\uXXXX escape", s, at)
        return int(digits, 16), at + 5

    def _item(self, s, at):
        try:
            return self._scan(s, at)
        except StopIteration as stop:
            raise JSONDecodeError("Expecting value", s, stop.value) from None

    def _object(self, s, at):
        pairs = []
        at = _blank.match(s, at).end()
        if s[at:at + 1] == "}":
            at += 1
        else:
            while True:
                if s[at:at + 1] != '"':
                    raise JSONDecodeError("Expecting property name enclosed in double quotes", s, at)
                key, at = self._string(s, at + 1)
                at = _blank.match(s, at).end()
                if s[at:at + 1] != ":":
                    raise JSONDecodeError("Expecting ':' delimiter", s, at)
                value, at = self._item(s, _blank.match(s, at + 1).end())
                pairs.append((key, value))
                at = _blank.match(s, at).end()
                char = s[at:at + 1]
                if char == "}":
                    at += 1
                    break
                if char != ",":
                    raise JSONDecodeError("Expecting ',' delimiter", s, at)
                at = _blank.match(s, at + 1).end()
        if self.object_pairs_hook is not None:
            return self.object_pairs_hook(pairs), at
        made = dict(pairs)
        if self.object_hook is not None:
            made = self.object_hook(made)
        return made, at

    def _array(self, s, at):
        items = []
        at = _blank.match(s, at).end()
        if s[at:at + 1] == "]":
            return items, at + 1
        while True:
            value, at = self._item(s, at)
            items.append(value)
            at = _blank.match(s, at).end()
            char = s[at:at + 1]
            if char == "]":
                return items, at + 1
            if char != ",":
                raise JSONDecodeError("Expecting ',' delimiter", s, at)
            at = _blank.match(s, at + 1).end()
