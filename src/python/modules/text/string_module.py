"""Character sets, templates, the formatter behind `str.format`."""
import re as _re
from collections import ChainMap as _ChainMap

__all__ = [
    "ascii_letters", "ascii_lowercase", "ascii_uppercase", "capwords", "digits", "hexdigits", "octdigits", "printable",
    "punctuation", "whitespace", "Formatter", "Template",
]
whitespace = " \t\n\r\v\f"
ascii_lowercase = "abcdefghijklmnopqrstuvwxyz"
ascii_uppercase = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ascii_letters = ascii_lowercase + ascii_uppercase
digits = "0123456789"
hexdigits = digits + "abcdef" + "ABCDEF"
octdigits = "01234567"
punctuation = r"""!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~"""
printable = digits + ascii_letters + punctuation + whitespace


def capwords(s, sep=None):
    """Split the argument into words, capitalize each word and join the capitalized words."""
    return (sep or " ").join(word.capitalize() for word in s.split(sep))


class Template:
    """A string class for supporting $-substitutions."""

    delimiter = "$"
    idpattern = r"(?a:[_a-z][_a-z0-9]*)"
    braceidpattern = None
    flags = _re.IGNORECASE

    def __init_subclass__(cls):
        super().__init_subclass__()
        if "pattern" in cls.__dict__:
            pattern = cls.pattern
        else:
            sign, braced = _re.escape(cls.delimiter), cls.braceidpattern or cls.idpattern
            pattern = rf"{sign}(?:(?P<escaped>{sign})|(?P<named>{cls.idpattern})|{{(?P<braced>{braced})}}|(?P<invalid>))"
        cls.pattern = _re.compile(pattern, cls.flags | _re.VERBOSE)

    def __init__(self, template):
        self.template = template

    def _invalid(self, mo):
        at = mo.start("invalid")
        lines = self.template[:at].splitlines(keepends=True)
        colno = at - len("".join(lines[:-1])) if lines else 1
        raise ValueError(f"Invalid placeholder in string: line {len(lines) or 1}, col {colno}")

    def _filled(self, mapping, kws, safe):
        if kws:
            mapping = _ChainMap(kws, mapping) if mapping else kws

        def convert(mo):
            name = mo["named"] or mo["braced"]
            if name is not None:
                try:
                    return str(mapping[name])
                except KeyError:
                    if not safe:
                        raise
                    return mo[0]
            if mo["escaped"] is not None:
                return self.delimiter
            if mo["invalid"] is not None:
                return mo[0] if safe else self._invalid(mo)
            raise ValueError("Unrecognized named group in pattern", self.pattern)

        return self.pattern.sub(convert, self.template)

    def substitute(self, mapping={}, /, **kws):
        return self._filled(mapping, kws, False)

    def safe_substitute(self, mapping={}, /, **kws):
        return self._filled(mapping, kws, True)

    def is_valid(self):
        return all(mo["invalid"] is None for mo in self.pattern.finditer(self.template))

    def get_identifiers(self):
        names = [mo["named"] or mo["braced"] for mo in self.pattern.finditer(self.template)]
        return [name for name in dict.fromkeys(names) if name is not None]


Template.__init_subclass__()


def _field_end(text, at):
    """Where the replacement field that begins at `at` ends; brackets hide braces."""
    depth = 1
    while at < len(text):
        char = text[at]
        if char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
            if not depth:
                return at
        elif char == "[" and depth == 1:
            close = text.find("]", at)
            if close < 0:
                break
            at = close
        elif char in ":!" and depth == 1:
            # a format specification: only braces count
            at += 1
            while at < len(text):
                depth += (text[at] == "{") - (text[at] == "}")
                if not depth:
                    return at
                at += 1
            break
        at += 1
    raise ValueError("expected '}' before end of string")


def _parsed(text):
    """(literal, field name, specification, conversion) for each piece of a format string."""
    at, literal = 0, ""
    while at < len(text):
        char = text[at]
        if char not in "{}":
            literal += char
            at += 1
            continue
        if text[at + 1:at + 2] == char:
            yield literal + char, None, None, None
            literal = ""
            at += 2
            continue
        if char == "}":
            raise ValueError("Single '}' encountered in format string")
        if at + 1 == len(text):
            raise ValueError("Single '{' encountered in format string")
        end = _field_end(text, at + 1)
        yield (literal, *_split_field(text[at + 1:end]))
        literal = ""
        at = end + 1
    if literal:
        yield literal, None, None, None


def _split_field(field):
    at = 0
    while at < len(field) and field[at] not in ":!":
        at = field.find("]", at) if field[at] == "[" and "]" in field[at:] else at
        at += 1
    name, rest = field[:at], field[at:]
    conversion = None
    if rest.startswith("!"):
        conversion, rest = rest[1:2], rest[2:]
        if not conversion:
            raise ValueError("end of string while looking for conversion specifier")
        if rest and not rest.startswith(":"):
            raise ValueError("expected ':' after conversion specifier")
    return name, rest[1:], conversion


def _split_name(name):
    """The first part of a field name, and its attributes (true) and indices (false)."""
    found = _re.match(r"[^.[]*", name)
    first, at, rest = found[0], found.end(), []
    while at < len(name):
        if name[at] == ".":
            found = _re.compile(r"[^.[]*").match(name, at + 1)
            if not found[0]:
                raise ValueError("Empty attribute in format string")
            rest.append((True, found[0]))
            at = found.end()
        elif name[at] == "[":
            end = name.find("]", at)
            if end < 0:
                raise ValueError("Missing ']' in format string")
            key = name[at + 1:end]
            if not key:
                raise ValueError("Empty attribute in format string")
            rest.append((False, int(key) if key.isdecimal() else key))
            at = end + 1
        else:
            raise ValueError("Only '.' or '[' may follow ']' in format field specifier")
    return int(first) if first.isdecimal() else first, rest


class Formatter:
    """What `str.format` does, in parts that a subclass can change."""

    def format(self, format_string, /, *args, **kwargs):
        return self.vformat(format_string, args, kwargs)

    def vformat(self, format_string, args, kwargs):
        used = set()
        result, _ = self._vformat(format_string, args, kwargs, used, 2)
        self.check_unused_args(used, args, kwargs)
        return result

    def _vformat(self, format_string, args, kwargs, used_args, recursion_depth, auto_arg_index=0):
        if recursion_depth < 0:
            raise ValueError("Max string recursion exceeded")
        result = []
        for literal, name, spec, conversion in self.parse(format_string):
            if literal:
                result.append(literal)
            if name is None:
                continue
            if name == "":
                if auto_arg_index is False:
                    raise ValueError("cannot switch from manual field specification to automatic field numbering")
                name = str(auto_arg_index)
                auto_arg_index += 1
            elif name.isdigit():
                if auto_arg_index:
                    raise ValueError("cannot switch from manual field specification to automatic field numbering")
                auto_arg_index = False
            value, used = self.get_field(name, args, kwargs)
            used_args.add(used)
            value = self.convert_field(value, conversion)
            spec, auto_arg_index = self._vformat(spec, args, kwargs, used_args, recursion_depth - 1, auto_arg_index)
            result.append(self.format_field(value, spec))
        return "".join(result), auto_arg_index

    def get_value(self, key, args, kwargs):
        return args[key] if isinstance(key, int) else kwargs[key]

    def check_unused_args(self, used_args, args, kwargs):
        pass

    def format_field(self, value, format_spec):
        return format(value, format_spec)

    def convert_field(self, value, conversion):
        if conversion is None:
            return value
        convert = {"s": str, "r": repr, "a": ascii}.get(conversion)
        if convert is None:
            raise ValueError(f"Unknown conversion specifier {conversion!s}")
        return convert(value)

    def parse(self, format_string):
        return _parsed(format_string)

    def get_field(self, field_name, args, kwargs):
        first, rest = _split_name(field_name)
        value = self.get_value(first, args, kwargs)
        for is_attribute, key in rest:
            value = getattr(value, key) if is_attribute else value[key]
        return value, first
