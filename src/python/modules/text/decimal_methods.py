"""The rarer methods of `Decimal`, powers, and the methods of contexts."""
import decimal
from decimal import *
from _decimal_context import _SIGNALS
from _decimal_functions import digits
from decimal import _context, _convert, _finish, _infinity, _invalid, _make, _nan, _need, _nearest

__name__ = "decimal"


# powers


def power(self, other, context):
    nan = _nan(context, self, other)
    if nan is not None:
        return nan
    if not other:
        return _make(0, 1, 0) if self else _invalid(context)
    whole = other._is_integer()
    odd = whole and other._exp <= 0 and int(other) & 1
    sign = int(bool(self._sign and odd))
    if self._sign:
        if not whole and not other._kind:
            if self:
                return _invalid(context)
        elif other._kind and self:
            return _invalid(context)
    if not self:
        if other._sign:
            return _infinity(sign)
        return _make(sign, 0, 0)
    if self._kind:
        return _make(sign, 0, 0) if other._sign else _infinity(sign)
    base = self.copy_abs()
    at_one = base._order(_make(0, 1, 0))
    if other._kind:
        if at_one == 0:
            context._signal(Inexact, Rounded)
            return _make(0, 10 ** (context.prec - 1), 1 - context.prec)
        return _infinity(0) if (at_one > 0) != bool(other._sign) else _make(0, 0, 0)
    if at_one == 0:
        return one_power(base, other, sign, whole, context)
    bounded = out_of_range(base, other, sign, at_one, context)
    if bounded is not None:
        return bounded
    if whole:
        return whole_power(base, other, sign, context)
    work = context._work(max(context.prec, digits(base._int)) + 4 + 19)
    made = base._ln(work)._multiply(other, work)._exponential(work)
    return _finish(sign, made._int, made._exp, context, (Inexact, Rounded) if digits(made._int) <= context.prec else ())


def one_power(base, other, sign, whole, context):
    """A power of one: its zeros multiply."""
    if whole:
        places = -base._exp * abs(int(other)) if not other._sign else 0
        if other._sign and base._exp:
            places = context.prec - 1
        if places > context.prec - 1:
            places = context.prec - 1
            context._signal(Rounded)
        return _make(sign, 10**places, -places) if places >= 0 else _make(sign, 1, 0)
    context._signal(Inexact, Rounded)
    return _make(sign, 10 ** (context.prec - 1), 1 - context.prec)


def out_of_range(base, other, sign, at_one, context):
    """Overflow or underflow that can be told from the sizes alone."""
    work = context._work(9)
    size = base._log10(work)._multiply(other, work)
    if size._kind or size.adjusted() > 17 or int(size) > context.Emax + 2:
        if not size._sign:
            return decimal._overflow(sign, context)
    if int(size) < context.Etiny() - 2 if size.adjusted() <= 17 else True:
        return _finish(sign, 1, context.Etiny() - 2, context)
    return None


def whole_power(base, other, sign, context):
    times = abs(int(other))
    work = context._work(context.prec + 4 + len(str(times)))
    if other._sign:
        work.prec += 1
        base = _make(0, 1, 0)._divide(base, work)
    made = base
    for bit in bin(times)[3:]:
        made = made._multiply(made, work)
        if bit == "1":
            made = made._multiply(base, work)
    signals = [signal for signal in (Inexact, Rounded) if work.flags[signal]]
    return _finish(sign, made._int, made._exp, context, signals)


def modular_power(self, other, modulo, context):
    nan = _nan(context, self, other, modulo)
    if nan is not None:
        return nan
    if not (self._is_integer() and other._is_integer() and modulo._is_integer()):
        return _invalid(context)
    if other._sign or not modulo or (not self and not other) or modulo.adjusted() >= context.prec:
        return _invalid(context)
    result = pow(abs(int(self)), int(other), abs(int(modulo)))
    return _make(int(bool(self._sign and int(other) & 1)), result, 0)


def pow_method(self, other, modulo=None, /):
    other = _convert(other)
    if other is NotImplemented:
        return other
    if modulo is None:
        return power(self, other, getcontext())
    modulo = _convert(modulo)
    if modulo is NotImplemented:
        return modulo
    return modular_power(self, other, modulo, getcontext())


def rpow_method(self, other, modulo=None, /):
    other = _convert(other)
    return other if other is NotImplemented else power(other, self, getcontext())


Decimal.__pow__ = pow_method
Decimal.__rpow__ = rpow_method


# questions


def is_normal(self, context=None):
    return bool(not self._kind and self._int and self.adjusted() >= _context(context).Emin)


def is_subnormal(self, context=None):
    return bool(not self._kind and self._int and self.adjusted() < _context(context).Emin)


def number_class(self, context=None):
    if self._kind == "N":
        return "sNaN"
    if self._kind == "n":
        return "NaN"
    sign = "-" if self._sign else "+"
    if self._kind:
        return sign + "Infinity"
    if not self._int:
        return sign + "Zero"
    return sign + ("Subnormal" if is_subnormal(self, context) else "Normal")


Decimal.is_nan = lambda self: self._kind in ("n", "N")
Decimal.is_qnan = lambda self: self._kind == "n"
Decimal.is_snan = lambda self: self._kind == "N"
Decimal.is_infinite = lambda self: self._kind == "F"
Decimal.is_finite = lambda self: not self._kind
Decimal.is_zero = lambda self: not (self._kind or self._int)
Decimal.is_signed = lambda self: bool(self._sign)
Decimal.is_canonical = lambda self: True
Decimal.is_normal = is_normal
Decimal.is_subnormal = is_subnormal
Decimal.number_class = number_class
Decimal.canonical = lambda self: self
Decimal.radix = lambda self: _make(0, 10, 0)
Decimal.copy_abs = lambda self: _make(0, self._int, self._exp, self._kind)
Decimal.copy_negate = lambda self: _make(1 - self._sign, self._int, self._exp, self._kind)


def copy_sign(self, other, context=None):
    return _make(_need(other)._sign, self._int, self._exp, self._kind)


def same_quantum(self, other, context=None):
    other = _need(other)
    if self._kind or other._kind:
        return self._kind.lower() == other._kind.lower()
    return self._exp == other._exp


Decimal.copy_sign = copy_sign
Decimal.same_quantum = same_quantum


# comparisons


def ordered(order):
    return _make(int(order < 0), abs(order), 0)


def compare(self, other, context=None):
    other, context = _need(other), _context(context)
    nan = _nan(context, self, other)
    return ordered(self._order(other)) if nan is None else nan


def compare_signal(self, other, context=None):
    other, context = _need(other), _context(context)
    for operand in (self, other):
        if operand._kind in ("n", "N"):
            context._signal(InvalidOperation)
            return _nan(context, self, other)
    return ordered(self._order(other))


def compare_total(self, other, context=None):
    other = _need(other)
    if self._sign != other._sign:
        return ordered(-1 if self._sign else 1)
    # signaling NaNs lie inside quiet ones
    rank = {"": 0, "F": 1, "N": 2, "n": 3}
    a, b = rank[self._kind], rank[other._kind]
    if a == b:
        if a >= 2:
            a, b = self._int, other._int
        elif a == 0:
            order = self.copy_abs()._order(other.copy_abs())
            a, b = (order, 0) if order else (self._exp, other._exp)
    order = (a > b) - (a < b)
    return ordered(-order if self._sign else order)


def compare_total_mag(self, other, context=None):
    return compare_total(self.copy_abs(), _need(other).copy_abs())


def chosen(name, sign, magnitude):
    def method(self, other, context=None):
        other, context = _need(other), _context(context)
        if self._kind in ("n", "N") or other._kind in ("n", "N"):
            # a quiet NaN beside a number gives way
            if self._kind == "n" and other._kind not in ("n", "N"):
                return other._fixed(context)
            if other._kind == "n" and self._kind not in ("n", "N"):
                return self._fixed(context)
            return _nan(context, self, other)
        order = self.copy_abs()._order(other.copy_abs()) if magnitude else self._order(other)
        if order == 0:
            order = compare_total(self, other)._order(_make(0, 0, 0))
        return (other if order * sign < 0 else self)._fixed(context)

    method.__name__ = name
    setattr(Decimal, name, method)


chosen("max", 1, False)
chosen("min", -1, False)
chosen("max_mag", 1, True)
chosen("min_mag", -1, True)
Decimal.compare = compare
Decimal.compare_signal = compare_signal
Decimal.compare_total = compare_total
Decimal.compare_total_mag = compare_total_mag


# exponents and neighbours


def fma(self, other, third, context=None):
    return self._fma(_need(other), _need(third), _context(context))


def remainder_near(self, other, context=None):
    return self._remainder_near(_need(other), _context(context))


def logb(self, context=None):
    context = _context(context)
    nan = _nan(context, self)
    if nan is not None:
        return nan
    if self._kind:
        return _infinity(0)
    if not self._int:
        context._signal(DivisionByZero)
        return _infinity(1)
    power = self.adjusted()
    return _finish(int(power < 0), abs(power), 0, context)


def scaleb(self, other, context=None):
    other, context = _need(other), _context(context)
    nan = _nan(context, self, other)
    if nan is not None:
        return nan
    most = 2 * (context.Emax + context.prec)
    if other._kind or other._exp != 0 or not -most <= int(other) <= most:
        return _invalid(context)
    return self if self._kind else _finish(self._sign, self._int, self._exp + int(other), context)


def step(self, up, context):
    """The next representable number upwards or downwards."""
    work = context._work(context.prec)
    work.Emin, work.Emax = context.Emin, context.Emax
    work.rounding = ROUND_CEILING if up else ROUND_FLOOR
    made = self._fixed(work)
    if made._kind or made._order(self):
        return made
    return self._add(_make(0 if up else 1, 1, context.Etiny() - 1), work)


def next_minus(self, context=None):
    context = _context(context)
    nan = _nan(context, self)
    if nan is not None:
        return nan
    if self._kind:
        return self if self._sign else _make(0, 10**context.prec - 1, context.Etop())
    return step(self, False, context)


def next_plus(self, context=None):
    context = _context(context)
    nan = _nan(context, self)
    if nan is not None:
        return nan
    if self._kind:
        return _make(1, 10**context.prec - 1, context.Etop()) if self._sign else self
    return step(self, True, context)


def next_toward(self, other, context=None):
    other, context = _need(other), _context(context)
    nan = _nan(context, self, other)
    if nan is not None:
        return nan
    order = self._order(other)
    if order == 0:
        return copy_sign(self, other)
    made = next_plus(self, context) if order < 0 else next_minus(self, context)
    if made._kind:
        context._signal(Overflow, Inexact, Rounded)
    elif made.adjusted() < context.Emin:
        context._signal(Underflow, Subnormal, Inexact, Rounded, *([] if made else [Clamped]))
    return made


for _method in (fma, remainder_near, logb, scaleb, next_minus, next_plus, next_toward):
    setattr(Decimal, _method.__name__, _method)


# digits as bits


def bits(operand, context):
    if operand._kind or operand._sign or operand._exp or set(str(operand._int)) - {"0", "1"}:
        return None
    return int(str(operand._int)[-context.prec :], 2)


def logical(name, combine):
    def method(self, other, context=None):
        other, context = _need(other), _context(context)
        a, b = bits(self, context), bits(other, context)
        if a is None or b is None:
            return _invalid(context)
        return _make(0, int(bin(combine(a, b))[2:]), 0)

    method.__name__ = name
    setattr(Decimal, name, method)


logical("logical_and", lambda a, b: a & b)
logical("logical_or", lambda a, b: a | b)
logical("logical_xor", lambda a, b: a ^ b)


def logical_invert(self, context=None):
    context = _context(context)
    a = bits(self, context)
    if a is None:
        return _invalid(context)
    return _make(0, int(bin(a ^ (2**context.prec - 1))[2:]), 0)


def places(self, other, context):
    """The operand of `shift` and `rotate`: a NaN, or the figures at full width and how far they move."""
    other, context = _need(other), _context(context)
    nan = _nan(context, self, other)
    if nan is not None:
        return nan, None, context
    if other._kind or other._exp != 0 or not -context.prec <= int(other) <= context.prec:
        return _invalid(context), None, context
    if self._kind:
        return self, None, context
    return str(self._int)[-context.prec :].rjust(context.prec, "0"), int(other), context


def rotate(self, other, context=None):
    figures, by, context = places(self, other, context)
    if by is None:
        return figures
    by %= context.prec
    return _make(self._sign, int(figures[by:] + figures[:by]), self._exp)


def shift(self, other, context=None):
    figures, by, context = places(self, other, context)
    if by is None:
        return figures
    moved = figures[: len(figures) + by] if by < 0 else (figures + "0" * by)[-context.prec :]
    return _make(self._sign, int(moved or "0"), self._exp)


for _method in (logical_invert, rotate, shift):
    setattr(Decimal, _method.__name__, _method)
del _method


# methods of contexts


def context_method(name, function, count):
    if count == 1:
        def method(self, x, /):
            return function(_need(x), self)
    elif count == 2:
        def method(self, x, y, /):
            return function(_need(x), _need(y), self)
    else:
        def method(self, x, y, z, /):
            return function(_need(x), _need(y), _need(z), self)
    method.__name__ = name
    setattr(Context, name, method)


for _name, _function in {
    "abs": Decimal._absolute, "minus": Decimal._minus, "plus": Decimal._plus, "sqrt": Decimal._sqrt,
    "exp": Decimal._exponential, "ln": Decimal._ln, "log10": Decimal._log10, "normalize": Decimal._normalize,
    "to_integral_value": lambda x, c: x._to_integral(c, None, False),
    "to_integral": lambda x, c: x._to_integral(c, None, False),
    "to_integral_exact": lambda x, c: x._to_integral(c, None, True),
    "to_sci_string": lambda x, c: x._text(False, c.capitals), "to_eng_string": lambda x, c: x._text(True, c.capitals),
    "copy_abs": lambda x, c: x.copy_abs(), "copy_negate": lambda x, c: x.copy_negate(), "copy_decimal": lambda x, c: x,
    "canonical": lambda x, c: x, "logb": logb, "logical_invert": logical_invert, "next_minus": next_minus,
    "next_plus": next_plus, "number_class": number_class, "is_normal": is_normal, "is_subnormal": is_subnormal,
}.items():
    context_method(_name, _function, 1)
for _name in ("is_canonical", "is_finite", "is_infinite", "is_nan", "is_qnan", "is_signed", "is_snan", "is_zero"):
    context_method(_name, lambda x, c, ask=getattr(Decimal, _name): ask(x), 1)
for _name, _function in {
    "add": Decimal._add, "subtract": Decimal._subtract, "multiply": Decimal._multiply, "divide": Decimal._divide,
    "divide_int": Decimal._divide_int, "remainder": Decimal._remainder, "divmod": Decimal._divmod,
    "remainder_near": Decimal._remainder_near, "quantize": lambda x, y, c: x.quantize(y, None, c),
    "compare": compare, "compare_signal": compare_signal, "compare_total": compare_total,
    "compare_total_mag": compare_total_mag, "copy_sign": copy_sign, "same_quantum": same_quantum,
    "max": Decimal.max, "min": Decimal.min, "max_mag": Decimal.max_mag, "min_mag": Decimal.min_mag,
    "logical_and": Decimal.logical_and, "logical_or": Decimal.logical_or, "logical_xor": Decimal.logical_xor,
    "scaleb": scaleb, "next_toward": next_toward, "rotate": rotate, "shift": shift,
}.items():
    context_method(_name, _function, 2)
context_method("fma", Decimal._fma, 3)
del _name, _function


def context_power(self, /, a, b, modulo=None):
    if modulo is None:
        return power(_need(a), _need(b), self)
    return modular_power(_need(a), _need(b), _need(modulo), self)


def create_decimal(self, num="0", /):
    made = Decimal(num, context=self)
    return made._fixed(self)


Context.power = context_power
Context.create_decimal = create_decimal
Context.create_decimal_from_float = lambda self, f, /: Decimal.from_float(f)._fixed(self)
Context.radix = lambda self: _make(0, 10, 0)
Decimal.__name__ = "decimal.Decimal"
