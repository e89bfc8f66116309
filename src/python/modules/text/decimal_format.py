"""`format` of decimals."""
from decimal import ROUND_HALF_EVEN, Decimal, getcontext
from decimal import _make
from _decimal_functions import digits


class Spec:
    """A format specification, taken apart."""

    def __init__(self, text):
        rest = text
        self.fill, self.align, self.sign, self.zero = " ", "", "-", False
        if len(rest) >= 2 and rest[1] in "<>=^":
            self.fill, self.align, rest = rest[0], rest[1], rest[2:]
        elif rest[:1] and rest[0] in "<>=^":
            self.align, rest = rest[0], rest[1:]
        if rest[:1] and rest[0] in "+- ":
            self.sign, rest = rest[0], rest[1:]
        self.no_negative_zero = rest[:1] == "z"
        rest = rest[self.no_negative_zero :]
        rest = rest[rest[:1] == "#" :]
        if rest[:1] == "0":
            if self.align:
                raise ValueError("invalid format string")
            self.fill, self.align, self.zero = "0", "=", True
            rest = rest[1:]
        self.width, rest = number(rest)
        self.comma = rest[:1] == ","
        rest = rest[self.comma :]
        self.precision = None
        if rest[:1] == ".":
            given = rest[1:]
            self.precision, rest = number(given)
            if rest == given:
                raise ValueError("invalid format string")
        self.kind, rest = rest[:1], rest[1:]
        if rest or self.kind and self.kind not in "eEfFgGn%" or self.kind == "n" and self.comma:
            raise ValueError("invalid format string")
        self.align = self.align or ">"


def number(text):
    end = 0
    while end < len(text) and text[end].isdecimal():
        end += 1
    return int(text[:end] or "0"), text[end:]


def grouped(whole, least):
    """With commas between thousands, and zeros in front up to a width."""
    whole = whole.rjust(1, "0")
    while True:
        head = len(whole) % 3 or 3
        made = ",".join([whole[:head], *(whole[at : at + 3] for at in range(head, len(whole), 3))])
        if len(made) >= least:
            return made
        whole = "0" + whole


def format_decimal(value, text):
    if not isinstance(text, str):
        raise TypeError("format argument must be str")
    spec = Spec(text)
    context = getcontext()
    if value._kind:
        sign = "-" if value._sign else spec.sign.replace("-", "")
        body = value._text().lstrip("-") + ("%" if spec.kind == "%" else "")
        if spec.zero:
            spec.fill = " "
        return padded(spec, sign, body)
    capitals = context.capitals
    kind = spec.kind
    if not kind:
        kind = "G" if capitals else "g"
    elif kind == "n":
        kind = "g"
    if kind == "%":
        value = _make(value._sign, value._int, value._exp + 2)
    if spec.precision is not None:
        if kind in "eE":
            value = significant(value, spec.precision + 1, context.rounding)
        elif kind in "fF%":
            value = value._rescaled(-spec.precision, context.rounding)
        elif value._int and digits(value._int) > max(spec.precision, 1):
            value = significant(value, max(spec.precision, 1), context.rounding)
    if not value._int and value._exp > 0 and kind in "fF%":
        value = value._rescaled(0, ROUND_HALF_EVEN)
    figures = str(value._int)
    left = value._exp + len(figures)
    if kind in "eE":
        if not value._int and spec.precision is not None:
            point = 1 - spec.precision
        else:
            point = 1
    elif kind in "fF%":
        point = left
    elif value._exp <= 0 and left > -6:
        point = left
    else:
        point = 1
    if point < 0 or point == 0:
        whole, part = "0", "0" * -point + figures
    elif point > len(figures):
        whole, part = figures + "0" * (point - len(figures)), ""
    else:
        whole, part = figures[:point] or "0", figures[point:]
    power = left - point
    tail = "." + part if part else ""
    if power or kind in "eE":
        tail += ("e" if kind in "eg" else "E") + f"{power:+d}"
    if kind == "%":
        tail += "%"
    negative = value._sign and not (spec.no_negative_zero and not value._int)
    sign = "-" if negative else spec.sign.replace("-", "")
    if spec.comma:
        least = spec.width - len(sign) - len(tail) if spec.zero else 0
        return padded(spec, sign, grouped(whole, least) + tail)
    return padded(spec, sign, whole + tail)


def significant(value, count, rounding):
    """Rounded or padded to so many figures."""
    if not value._int:
        return _make(value._sign, 0, value.adjusted() + 1 - count)
    made = value._rescaled(value.adjusted() + 1 - count, rounding)
    if digits(made._int) > count:
        made = made._rescaled(made.adjusted() + 1 - count, rounding)
    return made


def padded(spec, sign, body):
    missing = spec.width - len(sign) - len(body)
    if missing <= 0:
        return sign + body
    if spec.align == "<":
        return sign + body + spec.fill * missing
    if spec.align == "=":
        return sign + spec.fill * missing + body
    if spec.align == "^":
        half = missing // 2
        return spec.fill * half + sign + body + spec.fill * (missing - half)
    return spec.fill * missing + sign + body
