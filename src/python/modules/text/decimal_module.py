"""Decimal floating point with a precision of one's choice, after the General Decimal Arithmetic Specification."""
import math as _math
import numbers as _numbers
import sys as _sys
from collections import namedtuple as _namedtuple

from _decimal_context import *
from _decimal_context import _SETTINGS, _SIGNALS
from _decimal_functions import digits as _digits
from _decimal_functions import rounded as _rounded

__version__ = "1.70"
__libmpdec_version__ = "2.5.1"
HAVE_THREADS = True
HAVE_CONTEXTVAR = True
DecimalTuple = _namedtuple("DecimalTuple", "sign digits exponent", module="decimal")


def _make(sign, coefficient, exponent, kind=""):
    """kind: nothing for a number, F infinite, n quiet NaN (its payload the coefficient), N signaling NaN."""
    made = object.__new__(Decimal)
    made._sign = sign
    made._int = coefficient
    made._exp = exponent
    made._kind = kind
    return made


def _infinity(sign):
    return _make(sign, 0, 0, "F")


def _invalid(context, condition=InvalidOperation):
    context._signal(condition)
    return _make(0, 0, 0, "n")


def _finish(sign, coefficient, exponent, context, more=()):
    """A result rounded to the context, with the signals that come of it."""
    low = context.Emin - context.prec + 1
    if not coefficient:
        high = context.Emax - context.prec + 1 if context.clamp else context.Emax
        bounded = min(max(exponent, low), high)
        signals = [*more]
        if bounded != exponent:
            signals.append(Clamped)
        if signals:
            context._signal(*signals)
        return _make(sign, 0, bounded)
    size = _digits(coefficient)
    signals = [*more]
    if exponent + size - 1 > context.Emax:
        return _overflow(sign, context)
    subnormal = exponent + size - 1 < context.Emin
    least = low if subnormal else exponent + size - context.prec
    if subnormal:
        signals.append(Subnormal)
    if least > exponent:
        coefficient, inexact = _rounded(coefficient, least - exponent, sign, context.rounding)
        exponent = least
        if coefficient and _digits(coefficient) > context.prec:
            coefficient //= 10
            exponent += 1
            if exponent + context.prec - 1 > context.Emax:
                return _overflow(sign, context)
        signals.append(Rounded)
        if inexact:
            signals.append(Inexact)
            if subnormal:
                signals.append(Underflow)
        if not coefficient:
            signals.append(Clamped)
    if context.clamp and exponent > context.Etop():
        coefficient *= 10 ** (exponent - context.Etop())
        exponent = context.Etop()
        signals.append(Clamped)
    if signals:
        context._signal(*signals)
    return _make(sign, coefficient, exponent)


def _overflow(sign, context):
    rounding = context.rounding
    largest = rounding in (ROUND_DOWN, ROUND_05UP) or rounding == (ROUND_FLOOR, ROUND_CEILING)[sign]
    context._signal(Overflow, Inexact, Rounded)
    return _make(sign, 10**context.prec - 1, context.Etop()) if largest else _infinity(sign)


def _nan(context, *operands):
    """The NaN that an operation on these answers; None when there is none among them."""
    for operand in operands:
        if operand._kind == "N":
            context._signal(InvalidOperation)
            return _payload(operand, context)
    for operand in operands:
        if operand._kind == "n":
            return _payload(operand, context)
    return None


def _payload(operand, context):
    kept = operand._int
    most = context.prec - context.clamp
    if kept and _digits(kept) > most:
        kept %= 10**most
    return _make(operand._sign, kept, 0, "n")


def _parse(text):
    """The parts of a number's text; None when it is none."""
    text = text.strip().replace("_", "")
    sign = 0
    if text[:1] in ("+", "-"):
        sign = int(text[0] == "-")
        text = text[1:]
    lower = text.lower()
    if lower in ("inf", "infinity"):
        return sign, 0, 0, "F"
    for name, kind in (("nan", "n"), ("snan", "N")):
        if lower.startswith(name):
            rest = text[len(name) :]
            if rest and not rest.isdecimal():
                return None
            return sign, int(rest or "0"), 0, kind
    mantissa, mark, power = lower.partition("e")
    if mark:
        unsigned = power[1:] if power[:1] in ("+", "-") else power
        if not unsigned.isdecimal():
            return None
    whole, _, part = mantissa.partition(".")
    if not (whole + part).isdecimal():
        return None
    return sign, int(whole + part), int(power or "0") - len(part), ""


def _context(given):
    if given is None:
        return getcontext()
    if not isinstance(given, Context):
        raise TypeError("optional argument must be a context")
    return given


def _from_tuple(parts):
    if len(parts) != 3:
        raise ValueError("argument must be a sequence of length 3")
    sign, figures, exponent = parts
    if not isinstance(sign, int) or sign not in (0, 1):
        raise ValueError("sign must be an integer with the value 0 or 1")
    if not isinstance(exponent, (int, str)):
        raise ValueError("string argument in the third position must be 'F', 'n' or 'N'")
    coefficient = 0
    for figure in figures:
        if not isinstance(figure, int) or not 0 <= figure <= 9:
            raise ValueError("coefficient must be a tuple of digits")
        coefficient = coefficient * 10 + figure
    if exponent == "F":
        return sign, 0, 0, "F"
    if exponent in ("n", "N"):
        return sign, coefficient, 0, exponent
    if isinstance(exponent, str):
        raise ValueError("string argument in the third position must be 'F', 'n' or 'N'")
    return sign, coefficient, exponent, ""


def _from_float(number):
    sign = int(_math.copysign(1.0, number) < 0)
    if _math.isnan(number):
        return sign, 0, 0, "n"
    if _math.isinf(number):
        return sign, 0, 0, "F"
    above, below = abs(number).as_integer_ratio()
    places = below.bit_length() - 1
    return sign, above * 5**places, -places, ""


def _convert(other):
    """An operand of an operator; NotImplemented for what is no exact number."""
    if isinstance(other, Decimal):
        return other
    if isinstance(other, int):
        return _make(int(other < 0), abs(other), 0)
    return NotImplemented


def _need(other):
    made = _convert(other)
    if made is NotImplemented:
        raise TypeError(f"conversion from {type(other).__name__} to Decimal is not supported")
    return made


class Decimal:
    """Construct a new Decimal object. 'value' can be an integer, string, tuple,
    or another Decimal object. If no value is given, return Decimal('0'). The
    context does not affect the conversion and is only passed to determine if
    the InvalidOperation trap is active."""

    __slots__ = ("_sign", "_int", "_exp", "_kind")

    def __new__(cls, value="0", context=None):
        context = _context(context)
        if isinstance(value, str):
            parts = _parse(value)
            if parts is None:
                _invalid(context, ConversionSyntax)
                parts = 0, 0, 0, "n"
        elif isinstance(value, int):
            parts = int(value < 0), abs(value), 0, ""
        elif isinstance(value, Decimal):
            if type(value) is cls:
                return value
            parts = value._sign, value._int, value._exp, value._kind
        elif isinstance(value, float):
            context._signal(FloatOperation)
            parts = _from_float(value)
        elif isinstance(value, (tuple, list)):
            parts = _from_tuple(value)
        else:
            raise TypeError(f"conversion from {type(value).__name__} to Decimal is not supported")
        made = object.__new__(cls)
        made._sign, made._int, made._exp, made._kind = parts
        return made

    @classmethod
    def from_float(cls, f, /):
        if isinstance(f, int):
            return cls(f)
        if not isinstance(f, float):
            raise TypeError("argument must be int or float")
        made = object.__new__(cls)
        made._sign, made._int, made._exp, made._kind = _from_float(f)
        return made

    # text

    def _text(self, engineering=False, capitals=1):
        sign = "-" if self._sign else ""
        if self._kind:
            if self._kind == "F":
                return sign + "Infinity"
            return sign + ("NaN" if self._kind == "n" else "sNaN") + (str(self._int) if self._int else "")
        figures = str(self._int)
        left = self._exp + len(figures)
        if self._exp <= 0 and left > -6:
            point = left
        elif not engineering:
            point = 1
        elif self._int == 0:
            point = (left + 1) % 3 - 1
        else:
            point = (left - 1) % 3 + 1
        if point <= 0:
            body = "0." + "0" * -point + figures
        elif point >= len(figures):
            body = figures + "0" * (point - len(figures))
        else:
            body = figures[:point] + "." + figures[point:]
        if left == point:
            return sign + body
        return f"{sign}{body}{'E' if capitals else 'e'}{left - point:+d}"

    def __str__(self):
        return self._text(False, getcontext().capitals)

    def __repr__(self):
        return f"Decimal('{self._text(False, getcontext().capitals)}')"

    def to_eng_string(self, context=None):
        return self._text(True, _context(context).capitals)

    def __format__(self, specifier, /):
        from _decimal_format import format_decimal

        return format_decimal(self, specifier)

    def as_tuple(self):
        if self._kind == "F":
            return DecimalTuple(self._sign, (0,), "F")
        if self._kind:
            return DecimalTuple(self._sign, tuple(map(int, str(self._int))) if self._int else (), self._kind)
        return DecimalTuple(self._sign, tuple(map(int, str(self._int))), self._exp)

    def as_integer_ratio(self):
        self._must_be_number("integer ratio")
        if self._exp >= 0:
            n, d = self._int * 10**self._exp, 1
        else:
            n, d = self._int, 10**-self._exp
            divisor = _math.gcd(n, d)
            n, d = n // divisor, d // divisor
        return -n if self._sign else n, d

    def _must_be_number(self, what):
        if self._kind == "F":
            raise OverflowError(f"cannot convert Infinity to {what}")
        if self._kind:
            raise ValueError(f"cannot convert NaN to {what}")

    def __bool__(self):
        return bool(self._kind or self._int)

    def __int__(self):
        self._must_be_number("integer")
        if self._exp >= 0:
            n = self._int * 10**self._exp
        else:
            n = _rounded(self._int, -self._exp, 0, ROUND_DOWN)[0]
        return -n if self._sign else n

    __trunc__ = __int__

    def __float__(self):
        if self._kind == "N":
            raise ValueError("cannot convert signaling NaN to float")
        if self._kind:
            return float(("-" if self._sign else "") + ("inf" if self._kind == "F" else "nan"))
        return float(self._text())

    def __complex__(self):
        return complex(float(self))

    def __hash__(self):
        if self._kind == "N":
            raise TypeError("Cannot hash a signaling NaN value")
        if self._kind == "n":
            return object.__hash__(self)
        if self._kind:
            return -_sys.hash_info.inf if self._sign else _sys.hash_info.inf
        modulus = _sys.hash_info.modulus
        value = self._int * pow(10, self._exp, modulus) % modulus
        value = -value if self._sign else value
        return -2 if value == -1 else value

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __reduce__(self):
        return Decimal, (str(self),)

    @property
    def real(self):
        return self

    @property
    def imag(self):
        return Decimal(0)

    def conjugate(self):
        return self

    # comparison

    def _order(self, other):
        """Below, at, or above zero as this is less than, equal to, or greater than the other; no NaNs."""
        if self._kind or other._kind:
            a = (-1 if self._sign else 1) if self._kind else 0
            b = (-1 if other._sign else 1) if other._kind else 0
            return (a > b) - (a < b)
        if not self._int or not other._int:
            a = 0 if not self._int else -1 if self._sign else 1
            b = 0 if not other._int else -1 if other._sign else 1
            return (a > b) - (a < b)
        if self._sign != other._sign:
            return -1 if self._sign else 1
        a, b = self.adjusted(), other.adjusted()
        if a == b:
            shift = self._exp - other._exp
            a = self._int * 10**shift if shift > 0 else self._int
            b = other._int * 10**-shift if shift < 0 else other._int
        order = (a > b) - (a < b)
        return -order if self._sign else order

    def _operand(self, other, equality):
        """The other side of a comparison."""
        if isinstance(other, (Decimal, int)):
            return _convert(other)
        if isinstance(other, float):
            context = getcontext()
            if equality:
                context.flags[FloatOperation] = True
            else:
                context._signal(FloatOperation)
            return _make(*_from_float(other))
        if equality and isinstance(other, complex) and other.imag == 0:
            return self._operand(other.real, True)
        if type(other).__name__ == "Fraction" and hasattr(other, "denominator"):
            return other
        return NotImplemented

    def _compared(self, other, test, equality=False):
        other = self._operand(other, equality)
        if other is NotImplemented:
            return other
        a = self
        if not isinstance(other, Decimal):
            if self._kind:
                other = Decimal(0)
            else:
                a = _make(self._sign, self._int * other.denominator, self._exp)
                other = _convert(other.numerator)
        if a._kind in ("n", "N") or other._kind in ("n", "N"):
            if not equality or "N" in (a._kind, other._kind):
                getcontext()._signal(InvalidOperation)
            return False
        return test(a._order(other))

    def __eq__(self, other):
        return self._compared(other, lambda order: order == 0, True)

    def __lt__(self, other):
        return self._compared(other, lambda order: order < 0)

    def __le__(self, other):
        return self._compared(other, lambda order: order <= 0)

    def __gt__(self, other):
        return self._compared(other, lambda order: order > 0)

    def __ge__(self, other):
        return self._compared(other, lambda order: order >= 0)

    # arithmetic

    def adjusted(self):
        return 0 if self._kind else self._exp + _digits(self._int) - 1

    def __neg__(self):
        return self._minus(getcontext())

    def _minus(self, context):
        nan = _nan(context, self)
        if nan is not None:
            return nan
        if not (self._kind or self._int):
            return _finish(int(context.rounding == ROUND_FLOOR), 0, self._exp, context)
        return self.copy_negate()._plus(context)

    def __pos__(self):
        return self._plus(getcontext())

    def _plus(self, context):
        nan = _nan(context, self)
        if nan is not None:
            return nan
        if self._kind:
            return self
        sign = self._sign if self._int else int(self._sign and context.rounding == ROUND_FLOOR)
        return _finish(sign, self._int, self._exp, context)

    def __abs__(self):
        return self._absolute(getcontext())

    def _absolute(self, context):
        return self._minus(context) if self._sign else self._plus(context)

    def _add(self, other, context):
        nan = _nan(context, self, other)
        if nan is not None:
            return nan
        if self._kind or other._kind:
            if self._kind and other._kind and self._sign != other._sign:
                return _invalid(context)
            return self if self._kind else other
        low = min(self._exp, other._exp)
        negative_zero = int(context.rounding == ROUND_FLOOR)
        if not self._int and not other._int:
            sign = self._sign if self._sign == other._sign else negative_zero
            return _finish(sign, 0, low, context)
        a, b = self._int, other._int
        if a and b:
            # what lies far below the last digit only says which way to round
            high, small = (self, other) if self.adjusted() >= other.adjusted() else (other, self)
            bound = high.adjusted() - max(context.prec, _digits(high._int)) - 3
            if small.adjusted() < bound:
                small = _make(small._sign, 1, bound)
            low = min(high._exp, small._exp)
            a, b = high._int * 10 ** (high._exp - low), small._int * 10 ** (small._exp - low)
            first, second = high._sign, small._sign
        else:
            # a zero's exponent need not stretch the sum beyond the precision
            full = self if a else other
            low = max(low, min(full._exp, full.adjusted() - context.prec))
            a, b = (full._int * 10 ** (full._exp - low) if full._exp >= low else full._int), 0
            low = min(low, full._exp)
            first = second = full._sign
        total = (-a if first else a) + (-b if second else b)
        if not total:
            return _finish(negative_zero, 0, low, context)
        return _finish(int(total < 0), abs(total), low, context)

    def _subtract(self, other, context):
        if self._kind in ("n", "N") or other._kind in ("n", "N"):
            return _nan(context, self, other)
        return self._add(other.copy_negate(), context)

    def _multiply(self, other, context):
        nan = _nan(context, self, other)
        if nan is not None:
            return nan
        sign = self._sign ^ other._sign
        if self._kind or other._kind:
            if not self or not other:
                return _invalid(context)
            return _infinity(sign)
        return _finish(sign, self._int * other._int, self._exp + other._exp, context)

    def _divide(self, other, context):
        nan = _nan(context, self, other)
        if nan is not None:
            return nan
        sign = self._sign ^ other._sign
        if self._kind:
            return _invalid(context) if other._kind else _infinity(sign)
        if other._kind:
            context._signal(Clamped)
            return _make(sign, 0, context.Etiny())
        if not other._int:
            if not self._int:
                return _invalid(context, DivisionUndefined)
            context._signal(DivisionByZero)
            return _infinity(sign)
        ideal = self._exp - other._exp
        if not self._int:
            return _finish(sign, 0, ideal, context)
        shift = _digits(other._int) - _digits(self._int) + context.prec + 1
        exponent = ideal - shift
        above, below = self._int, other._int
        if shift >= 0:
            above *= 10**shift
        else:
            below *= 10**-shift
        quotient, rest = divmod(above, below)
        if rest:
            if quotient % 5 == 0:
                quotient += 1
        else:
            while exponent < ideal and quotient % 10 == 0:
                quotient //= 10
                exponent += 1
        return _finish(sign, quotient, exponent, context)

    def _whole_quotient(self, other, context):
        """Quotient towards zero and remainder; None when the quotient has too many digits."""
        sign = self._sign ^ other._sign
        ideal = self._exp if other._kind else min(self._exp, other._exp)
        gap = self.adjusted() - other.adjusted()
        if not self._int or other._kind or gap <= -2:
            low = min(ideal, self._exp)
            return _make(sign, 0, 0), _make(self._sign, self._int * 10 ** (self._exp - low), low)
        if gap <= context.prec:
            above = self._int * 10 ** (self._exp - ideal)
            below = other._int * 10 ** (other._exp - ideal)
            quotient, rest = divmod(above, below)
            if quotient < 10**context.prec:
                return _make(sign, quotient, 0), _make(self._sign, rest, ideal)
        return None

    def _divide_int(self, other, context):
        nan = _nan(context, self, other)
        if nan is not None:
            return nan
        sign = self._sign ^ other._sign
        if self._kind:
            return _invalid(context) if other._kind else _infinity(sign)
        if not other:
            if not self:
                return _invalid(context, DivisionUndefined)
            context._signal(DivisionByZero)
            return _infinity(sign)
        pair = self._whole_quotient(other, context)
        return _invalid(context, DivisionImpossible) if pair is None else pair[0]

    def _remainder(self, other, context):
        nan = _nan(context, self, other)
        if nan is not None:
            return nan
        if self._kind:
            return _invalid(context)
        if not other:
            return _invalid(context, InvalidOperation if self else DivisionUndefined)
        pair = self._whole_quotient(other, context)
        if pair is None:
            return _invalid(context, DivisionImpossible)
        return pair[1]._fixed(context)

    def _fixed(self, context):
        """Rounded to the context; a zero keeps its sign."""
        return self if self._kind else _finish(self._sign, self._int, self._exp, context)

    def _divmod(self, other, context):
        nan = _nan(context, self, other)
        if nan is not None:
            return nan, nan
        sign = self._sign ^ other._sign
        if self._kind:
            if other._kind:
                return _invalid(context), _make(0, 0, 0, "n")
            context._signal(InvalidOperation)
            return _infinity(sign), _make(0, 0, 0, "n")
        if not other:
            if not self:
                nan = _invalid(context, DivisionUndefined)
                return nan, nan
            context._signal(DivisionByZero, InvalidOperation)
            return _infinity(sign), _make(0, 0, 0, "n")
        pair = self._whole_quotient(other, context)
        if pair is None:
            nan = _invalid(context, DivisionImpossible)
            return nan, nan
        return pair[0], pair[1]._fixed(context)

    def _remainder_near(self, other, context):
        nan = _nan(context, self, other)
        if nan is not None:
            return nan
        if self._kind:
            return _invalid(context)
        if not other:
            return _invalid(context, InvalidOperation if self else DivisionUndefined)
        if other._kind:
            return self._fixed(context)
        low = min(self._exp, other._exp)
        if not self._int:
            return _finish(self._sign, 0, low, context)
        gap = self.adjusted() - other.adjusted()
        if gap >= context.prec + 1:
            return _invalid(context, DivisionImpossible)
        if gap <= -2:
            return _finish(self._sign, self._int * 10 ** (self._exp - low), low, context)
        above, below = self._int * 10 ** (self._exp - low), other._int * 10 ** (other._exp - low)
        quotient, rest = divmod(above, below)
        if 2 * rest + (quotient & 1) > below:
            rest -= below
            quotient += 1
        if quotient >= 10**context.prec:
            return _invalid(context, DivisionImpossible)
        return _finish(self._sign ^ (rest < 0), abs(rest), low, context)

    def _fma(self, other, third, context):
        nan = _nan(context, self, other)
        if nan is None:
            if (self._kind or other._kind) and (not self or not other):
                return _invalid(context)
            sign = self._sign ^ other._sign
            if self._kind or other._kind:
                product = _infinity(sign)
            else:
                product = _make(sign, self._int * other._int, self._exp + other._exp)
            return product._add(third, context)
        return nan

    def _is_integer(self):
        if self._kind or self._exp >= 0:
            return not self._kind
        return not self._int or -self._exp < _digits(self._int) and self._int % 10**-self._exp == 0


def _nearest(context):
    """The context with rounding to nearest, its flags and traps shared."""
    work = context.copy()
    work.rounding = ROUND_HALF_EVEN
    object.__setattr__(work, "flags", context.flags)
    return work


def _operator(name, method):
    def forward(self, other, /):
        other = _convert(other)
        if other is NotImplemented:
            return other
        return method(self, other, getcontext())

    def backward(self, other, /):
        other = _convert(other)
        if other is NotImplemented:
            return other
        return method(other, self, getcontext())

    forward.__name__, backward.__name__ = f"__{name}__", f"__r{name}__"
    setattr(Decimal, forward.__name__, forward)
    setattr(Decimal, backward.__name__, backward)


_operator("add", Decimal._add)
_operator("sub", Decimal._subtract)
_operator("mul", Decimal._multiply)
_operator("truediv", Decimal._divide)
_operator("floordiv", Decimal._divide_int)
_operator("mod", Decimal._remainder)
_operator("divmod", Decimal._divmod)

_numbers.Number.register(Decimal)

import _decimal_rounding
import _decimal_methods
