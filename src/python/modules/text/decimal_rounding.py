"""Methods of `Decimal` that round, and functions that answer rounded results."""
import math as _math

from _decimal_context import *
from _decimal_context import _SETTINGS
from _decimal_functions import digits as _digits
from _decimal_functions import exponential as _exponential
from _decimal_functions import ln_of_ten as _ln_of_ten
from _decimal_functions import natural_log as _natural_log
from _decimal_functions import rounded as _rounded
from _decimal_functions import settled as _settled
from decimal import Decimal, _context, _finish, _infinity, _invalid, _make, _nan, _nearest, _need, _overflow

__name__ = "decimal"


class _Methods:
    def _rescaled(self, exponent, rounding):
        if not self._int:
            return _make(self._sign, 0, exponent)
        if self._exp >= exponent:
            return _make(self._sign, self._int * 10 ** (self._exp - exponent), exponent)
        return _make(self._sign, _rounded(self._int, exponent - self._exp, self._sign, rounding)[0], exponent)

    def quantize(self, exp, rounding=None, context=None):
        exp = _need(exp)
        context = _context(context)
        if rounding is not None:
            _SETTINGS["rounding"](rounding)
        rounding = rounding or context.rounding
        nan = _nan(context, self, exp)
        if nan is not None:
            return nan
        if self._kind or exp._kind:
            return self if self._kind and exp._kind else _invalid(context)
        target = exp._exp
        if not context.Etiny() <= target <= context.Emax:
            return _invalid(context)
        if not self._int:
            return _make(self._sign, 0, target)._fixed(context)
        if self.adjusted() > context.Emax or self.adjusted() - target + 1 > context.prec:
            return _invalid(context)
        made = self._rescaled(target, rounding)
        if made._int and (made.adjusted() > context.Emax or _digits(made._int) > context.prec):
            return _invalid(context)
        signals = []
        if made._int and made.adjusted() < context.Emin:
            signals.append(Subnormal)
        if made._exp > self._exp:
            signals.append(Rounded)
            if made._order(self):
                signals.append(Inexact)
        if signals:
            context._signal(*signals)
        return made

    def _to_integral(self, context, rounding, exact):
        nan = _nan(context, self)
        if nan is not None:
            return nan
        if self._kind or self._exp >= 0:
            return self
        made = self._rescaled(0, rounding or context.rounding)
        if exact:
            context._signal(Rounded, *([Inexact] if made._order(self) else []))
        return made

    def to_integral_value(self, rounding=None, context=None):
        if rounding is not None:
            _SETTINGS["rounding"](rounding)
        return self._to_integral(_context(context), rounding, False)

    to_integral = to_integral_value

    def to_integral_exact(self, rounding=None, context=None):
        if rounding is not None:
            _SETTINGS["rounding"](rounding)
        return self._to_integral(_context(context), rounding, True)

    def __round__(self, n=None):
        if n is not None:
            if not isinstance(n, int):
                raise TypeError("optional arg must be an integer")
            return self.quantize(_make(0, 1, -n))
        return self._whole(ROUND_HALF_EVEN)

    def __floor__(self):
        return self._whole(ROUND_FLOOR)

    def __ceil__(self):
        return self._whole(ROUND_CEILING)

    def _whole(self, rounding):
        self._must_be_number("integer")
        return int(self._rescaled(0, rounding))

    def normalize(self, context=None):
        return self._normalize(_context(context))

    def _normalize(self, context):
        nan = _nan(context, self)
        if nan is not None:
            return nan
        made = self._fixed(context)
        if made._kind:
            return made
        if not made._int:
            return _make(made._sign, 0, 0)
        coefficient, exponent = made._int, made._exp
        high = context.Etop() if context.clamp else context.Emax
        while coefficient % 10 == 0 and exponent < high:
            coefficient //= 10
            exponent += 1
        return _make(made._sign, coefficient, exponent)

    def sqrt(self, context=None):
        return self._sqrt(_context(context))

    def _sqrt(self, context):
        nan = _nan(context, self)
        if nan is not None:
            return nan
        if self._kind and not self._sign:
            return self
        if not (self._kind or self._int):
            return _finish(self._sign, 0, self._exp >> 1, context)
        if self._sign:
            return _invalid(context)
        ideal = self._exp >> 1
        coefficient = self._int * 10 if self._exp & 1 else self._int
        # twice the digits of the precision, and two for the decision
        shift = max(0, context.prec + 2 - (_digits(coefficient) + 1) // 2)
        root = _math.isqrt(coefficient * 100**shift)
        exact = root * root == coefficient * 100**shift
        exponent = ideal - shift
        if exact:
            while exponent < ideal and root % 10 == 0:
                root //= 10
                exponent += 1
        elif root % 5 == 0:
            root += 1
        return _finish(0, root, exponent, _nearest(context))

    def exp(self, context=None):
        return self._exponential(_context(context))

    def _exponential(self, context):
        nan = _nan(context, self)
        if nan is not None:
            return nan
        if self._kind:
            return _make(0, 0, 0) if self._sign else self
        if not self._int:
            return _make(0, 1, 0)
        prec = context.prec
        work = _nearest(context)
        if self.adjusted() > len(str(context.Emax)) + 1:
            if self._sign:
                return _finish(0, 1, context.Etiny() - 1, work)
            return _overflow(0, work)
        if self.adjusted() < -prec - 2:
            # one and a hair
            if self._sign:
                return _finish(0, 10 ** (prec + 2) - 1, -prec - 2, work)
            return _finish(0, 10 ** (prec + 2) + 1, -prec - 2, work)
        n = -self._int if self._sign else self._int
        places = prec + 5
        while True:
            coefficient, exponent = _exponential(n, self._exp, places)
            if _settled(coefficient, prec):
                return _finish(0, coefficient, exponent, work)
            places += 10

    def ln(self, context=None):
        return self._ln(_context(context))

    def _ln(self, context):
        return self._logarithm(context, False)

    def log10(self, context=None):
        return self._log10(_context(context))

    def _log10(self, context):
        return self._logarithm(context, True)

    def _logarithm(self, context, base_ten):
        nan = _nan(context, self)
        if nan is not None:
            return nan
        if not (self._kind or self._int):
            return _infinity(1)
        if self._sign:
            return _invalid(context)
        if self._kind:
            return self
        work = _nearest(context)
        if base_ten:
            figures = str(self._int)
            if figures.rstrip("0") == "1":
                power = self._exp + len(figures) - 1
                return _finish(int(power < 0), abs(power), 0, work)
        elif self._order(_make(0, 1, 0)) == 0:
            return _make(0, 0, 0)
        # near one the logarithm begins after many zeros
        places = context.prec + 6
        away = self._add(_make(1, 1, 0), context._work(9)).adjusted()
        if away < 0:
            places -= away
        while True:
            coefficient = _natural_log(self._int, self._exp, places)
            if base_ten:
                coefficient = coefficient * 10**places // _ln_of_ten(places)
            if _settled(abs(coefficient), context.prec):
                return _finish(int(coefficient < 0), abs(coefficient), -places, work)
            places += 10


for _name, _method in vars(_Methods).items():
    if callable(_method):
        _method.__qualname__ = f"Decimal.{_name}"
        setattr(Decimal, _name, _method)
del _name, _method
