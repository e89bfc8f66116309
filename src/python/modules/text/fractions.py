"""Fractions of whole numbers, exact."""
import math as _math
import numbers
import operator as _operator
import sys as _sys
from decimal import Decimal

__all__ = ["Fraction"]


class _Reader:
    """Reads `[sign] digits [/ digits]` and decimal notation."""

    def __init__(self, text):
        self.text = text
        self.at = 0

    def digits(self):
        start = self.at
        text = self.text
        while self.at < len(text) and (
            text[self.at].isdecimal()
            or (text[self.at] == "_" and self.at > start and text[self.at - 1] != "_" and text[self.at + 1 : self.at + 2].isdecimal())
        ):
            self.at += 1
        return text[start : self.at].replace("_", "")

    def eat(self, marks):
        if self.at < len(self.text) and self.text[self.at] in marks:
            self.at += 1
            return self.text[self.at - 1]
        return ""

    def read(self):
        negative = self.eat("+-") == "-"
        whole = self.digits()
        numerator = int(whole or "0")
        denominator = 1
        if whole and self.eat("/"):
            below = self.digits()
            if not below:
                return None
            denominator = int(below)
        else:
            part = self.digits() if self.eat(".") else ""
            if not whole and not part:
                return None
            scale = 10 ** len(part)
            numerator = numerator * scale + int(part or "0")
            denominator = scale
            if self.eat("eE"):
                down = self.eat("+-") == "-"
                power = self.digits()
                if not power:
                    return None
                if down:
                    denominator *= 10 ** int(power)
                else:
                    numerator *= 10 ** int(power)
        if self.at != len(self.text):
            return None
        return (-numerator if negative else numerator), denominator


def _made(numerator, denominator):
    """A fraction of parts known to be in lowest terms."""
    fraction = object.__new__(Fraction)
    fraction._numerator = numerator
    fraction._denominator = denominator
    return fraction


def _reduced(numerator, denominator):
    divisor = _math.gcd(numerator, denominator)
    if denominator < 0:
        divisor = -divisor
    return _made(numerator // divisor, denominator // divisor)


class Fraction(numbers.Rational):
    """A rational number: Fraction(numerator, denominator), or from an int, a float, a Decimal or a text."""

    __slots__ = ("_numerator", "_denominator")

    def __new__(cls, numerator=0, denominator=None, *, _normalize=True):
        self = super().__new__(cls)
        if denominator is None:
            if type(numerator) is int:
                self._numerator = numerator
                self._denominator = 1
                return self
            if isinstance(numerator, numbers.Rational):
                self._numerator = numerator.numerator
                self._denominator = numerator.denominator
                return self
            if isinstance(numerator, (float, Decimal)):
                self._numerator, self._denominator = numerator.as_integer_ratio()
                return self
            if isinstance(numerator, str):
                pair = _Reader(numerator.strip()).read()
                if pair is None:
                    raise ValueError(f"Invalid literal for Fraction: {numerator!r}")
                numerator, denominator = pair
            else:
                raise TypeError("argument should be a string or a Rational instance")
        elif type(numerator) is int is type(denominator):
            pass
        elif isinstance(numerator, numbers.Rational) and isinstance(denominator, numbers.Rational):
            numerator, denominator = (
                numerator.numerator * denominator.denominator,
                denominator.numerator * numerator.denominator,
            )
        else:
            raise TypeError("both arguments should be Rational instances")
        if denominator == 0:
            raise ZeroDivisionError(f"Fraction({numerator}, 0)")
        if _normalize:
            divisor = _math.gcd(numerator, denominator)
            if denominator < 0:
                divisor = -divisor
            numerator //= divisor
            denominator //= divisor
        self._numerator = numerator
        self._denominator = denominator
        return self

    @classmethod
    def from_float(cls, f):
        if isinstance(f, numbers.Integral):
            return cls(f)
        if not isinstance(f, float):
            raise TypeError(f"{cls.__name__}.from_float() only takes floats, not {f!r} ({type(f).__name__})")
        return cls(*f.as_integer_ratio())

    @classmethod
    def from_decimal(cls, dec):
        if isinstance(dec, numbers.Integral):
            dec = Decimal(int(dec))
        elif not isinstance(dec, Decimal):
            raise TypeError(f"{cls.__name__}.from_decimal() only takes Decimals, not {dec!r} ({type(dec).__name__})")
        return cls(*dec.as_integer_ratio())

    def as_integer_ratio(self):
        return self._numerator, self._denominator

    def limit_denominator(self, max_denominator=1000000):
        """The nearest fraction whose denominator is at most so large."""
        if max_denominator < 1:
            raise ValueError("max_denominator should be at least 1")
        if self._denominator <= max_denominator:
            return Fraction(self)
        # convergents p/q of the continued fraction; the last two bracket the answer
        before, last = (0, 1), (1, 0)
        n, d = self._numerator, self._denominator
        while True:
            whole, rest = divmod(n, d)
            denominator = before[1] + whole * last[1]
            if denominator > max_denominator:
                break
            before, last = last, (before[0] + whole * last[0], denominator)
            n, d = d, rest
        steps = (max_denominator - before[1]) // last[1]
        # the semiconvergent wins only where it lies strictly nearer
        if 2 * d * (before[1] + steps * last[1]) <= self._denominator:
            return _reduced(*last)
        return _reduced(before[0] + steps * last[0], before[1] + steps * last[1])

    @property
    def numerator(a):
        return a._numerator

    @property
    def denominator(a):
        return a._denominator

    def __repr__(self):
        return f"{self.__class__.__name__}({self._numerator}, {self._denominator})"

    def __str__(self):
        if self._denominator == 1:
            return str(self._numerator)
        return f"{self._numerator}/{self._denominator}"

    def __int__(a):
        return a.__trunc__()

    def __trunc__(a):
        if a._numerator < 0:
            return -(-a._numerator // a._denominator)
        return a._numerator // a._denominator

    def __floor__(a):
        return a._numerator // a._denominator

    def __ceil__(a):
        return -(-a._numerator // a._denominator)

    def __round__(self, ndigits=None):
        if ndigits is None:
            floor, rest = divmod(self._numerator, self._denominator)
            if rest * 2 < self._denominator:
                return floor
            if rest * 2 > self._denominator:
                return floor + 1
            return floor if floor % 2 == 0 else floor + 1
        shift = 10 ** abs(ndigits)
        if ndigits > 0:
            return Fraction(round(self * shift), shift)
        return Fraction(round(self / shift) * shift)

    def __hash__(self):
        modulus = _sys.hash_info.modulus
        try:
            inverse = pow(self._denominator, -1, modulus)
        except ValueError:
            value = _sys.hash_info.inf
        else:
            value = hash(hash(abs(self._numerator)) * inverse)
        result = value if self._numerator >= 0 else -value
        return -2 if result == -1 else result

    def __eq__(a, b):
        if type(b) is int:
            return a._numerator == b and a._denominator == 1
        if isinstance(b, numbers.Rational):
            return a._numerator == b.numerator and a._denominator == b.denominator
        if isinstance(b, numbers.Complex) and b.imag == 0:
            b = b.real
        if isinstance(b, float):
            if _math.isnan(b) or _math.isinf(b):
                return 0.0 == b
            return a == a.from_float(b)
        return NotImplemented

    def _compare(self, other, op):
        if isinstance(other, numbers.Rational):
            return op(self._numerator * other.denominator, self._denominator * other.numerator)
        if isinstance(other, float):
            if _math.isnan(other) or _math.isinf(other):
                return op(0.0, other)
            return op(self, self.from_float(other))
        return NotImplemented

    def __lt__(a, b):
        return a._compare(b, _operator.lt)

    def __gt__(a, b):
        return a._compare(b, _operator.gt)

    def __le__(a, b):
        return a._compare(b, _operator.le)

    def __ge__(a, b):
        return a._compare(b, _operator.ge)

    def __bool__(a):
        return bool(a._numerator)

    def __pos__(a):
        return _made(a._numerator, a._denominator)

    def __neg__(a):
        return _made(-a._numerator, a._denominator)

    def __abs__(a):
        return _made(abs(a._numerator), a._denominator)

    def __pow__(a, b):
        if isinstance(b, numbers.Rational):
            if b.denominator != 1:
                return float(a) ** float(b)
            power = b.numerator
            if power >= 0:
                return _made(a._numerator**power, a._denominator**power)
            if a._numerator > 0:
                return _made(a._denominator**-power, a._numerator**-power)
            if a._numerator == 0:
                raise ZeroDivisionError(f"Fraction({a._denominator ** -power}, 0)")
            return _made((-a._denominator) ** -power, (-a._numerator) ** -power)
        return float(a) ** b

    def __rpow__(b, a):
        if b._denominator == 1 and b._numerator >= 0:
            return a**b._numerator
        if isinstance(a, numbers.Rational):
            return Fraction(a.numerator, a.denominator) ** b
        if b._denominator == 1:
            return a**b._numerator
        return a ** float(b)

    def __reduce__(self):
        return self.__class__, (self._numerator, self._denominator)

    def __copy__(self):
        return self if type(self) is Fraction else self.__class__(self._numerator, self._denominator)

    def __deepcopy__(self, memo):
        return self.__copy__()


def _operators(name, exact, fallback):
    """The operator and its reflection: exact among rationals, else through float or complex."""

    def forward(a, b):
        if isinstance(b, (int, Fraction)):
            return exact(a, b)
        if isinstance(b, float):
            return fallback(float(a), b)
        if isinstance(b, complex):
            return fallback(complex(a), b)
        return NotImplemented

    def backward(b, a):
        if isinstance(a, numbers.Rational):
            return exact(a, b)
        if isinstance(a, numbers.Real):
            return fallback(float(a), float(b))
        if isinstance(a, numbers.Complex):
            return fallback(complex(a), complex(b))
        return NotImplemented

    forward.__name__ = f"__{name}__"
    backward.__name__ = f"__r{name}__"
    for method in (forward, backward):
        method.__qualname__ = f"Fraction.{method.__name__}"
        setattr(Fraction, method.__name__, method)


def _over(a, b):
    n, d = a.numerator * b.denominator, a.denominator * b.numerator
    if d == 0:
        raise ZeroDivisionError(f"Fraction({n}, 0)")
    return _reduced(n, d)


def _floor(a, b):
    return (a.numerator * b.denominator) // (a.denominator * b.numerator)


def _rest(a, b):
    return _reduced((a.numerator * b.denominator) % (b.numerator * a.denominator), a.denominator * b.denominator)


def _both(a, b):
    below = a.denominator * b.denominator
    quotient, rest = divmod(a.numerator * b.denominator, a.denominator * b.numerator)
    return quotient, _reduced(rest, below)


_operators(
    "add",
    lambda a, b: _reduced(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator),
    _operator.add,
)
_operators(
    "sub",
    lambda a, b: _reduced(a.numerator * b.denominator - b.numerator * a.denominator, a.denominator * b.denominator),
    _operator.sub,
)
_operators("mul", lambda a, b: _reduced(a.numerator * b.numerator, a.denominator * b.denominator), _operator.mul)
_operators("truediv", _over, _operator.truediv)
_operators("floordiv", _floor, _operator.floordiv)
_operators("mod", _rest, _operator.mod)
_operators("divmod", _both, divmod)
# made after the class, so no longer abstract
Fraction.__abstractmethods__ = frozenset()
