"""Signals and contexts of `decimal`."""
__name__ = "decimal"

ROUND_UP = "ROUND_UP"
ROUND_DOWN = "ROUND_DOWN"
ROUND_CEILING = "ROUND_CEILING"
ROUND_FLOOR = "ROUND_FLOOR"
ROUND_HALF_UP = "ROUND_HALF_UP"
ROUND_HALF_DOWN = "ROUND_HALF_DOWN"
ROUND_HALF_EVEN = "ROUND_HALF_EVEN"
ROUND_05UP = "ROUND_05UP"
_ROUNDINGS = (
    ROUND_CEILING, ROUND_FLOOR, ROUND_UP, ROUND_DOWN, ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_05UP,
)

MAX_PREC = MAX_EMAX = 999999999999999999
MIN_EMIN = -MAX_EMAX
MIN_ETINY = MIN_EMIN - (MAX_PREC - 1)


class DecimalException(ArithmeticError):
    pass


class Clamped(DecimalException):
    pass


class InvalidOperation(DecimalException):
    pass


class ConversionSyntax(InvalidOperation):
    pass


class DivisionByZero(DecimalException, ZeroDivisionError):
    pass


class DivisionImpossible(InvalidOperation):
    pass


class DivisionUndefined(InvalidOperation, ZeroDivisionError):
    pass


class Inexact(DecimalException):
    pass


class InvalidContext(InvalidOperation):
    pass


class Rounded(DecimalException):
    pass


class Subnormal(DecimalException):
    pass


class Overflow(Inexact, Rounded):
    pass


class Underflow(Inexact, Rounded, Subnormal):
    pass


class FloatOperation(DecimalException, TypeError):
    pass


_SIGNALS = (
    InvalidOperation, FloatOperation, DivisionByZero, Overflow, Underflow, Subnormal, Inexact, Rounded, Clamped,
)
# the order in which a context's repr names them
_SHOWN = (
    Clamped, InvalidOperation, DivisionByZero, Inexact, FloatOperation, Overflow, Rounded, Subnormal, Underflow,
)
_CONDITIONS = (ConversionSyntax, DivisionImpossible, DivisionUndefined, InvalidContext)


class SignalDict:
    """Which signals are set, as a mapping with fixed keys."""

    def __init__(self, given=()):
        self._set = set()
        for signal in given:
            self[signal] = True if not hasattr(given, "keys") else given[signal]

    def __getitem__(self, signal):
        self._check(signal)
        return signal in self._set

    def __setitem__(self, signal, value):
        self._check(signal)
        if value:
            self._set.add(signal)
        else:
            self._set.discard(signal)

    def _check(self, signal):
        if signal not in _SIGNALS:
            raise KeyError("invalid error flag")

    def __delitem__(self, signal):
        raise ValueError("signal keys cannot be deleted")

    def __iter__(self):
        return iter(_SIGNALS)

    def __len__(self):
        return len(_SIGNALS)

    def __contains__(self, signal):
        return signal in _SIGNALS

    def keys(self):
        return list(_SIGNALS)

    def values(self):
        return [signal in self._set for signal in _SIGNALS]

    def items(self):
        return [(signal, signal in self._set) for signal in _SIGNALS]

    def get(self, signal, default=None):
        return self[signal] if signal in _SIGNALS else default

    def copy(self):
        return dict(self.items())

    def __eq__(self, other):
        if isinstance(other, SignalDict):
            return self._set == other._set
        if isinstance(other, dict):
            return dict(self.items()) == other
        return NotImplemented

    __hash__ = None

    def __repr__(self):
        return "{" + ", ".join(f"{signal}:{signal in self._set}" for signal in _SIGNALS) + "}"


def _bounded(low, high, text):
    def check(value):
        if not isinstance(value, int):
            raise TypeError(f"an integer is required (got type {type(value).__name__})")
        if not low <= value <= high:
            raise ValueError(text)
        return int(value)

    return check


def _rounding(value):
    if value not in _ROUNDINGS:
        raise TypeError(
            "valid values for rounding are:\n  [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, ROUND_DOWN,\n   ROUND_HALF_UP, "
            "ROUND_HALF_DOWN, ROUND_HALF_EVEN,\n   ROUND_05UP]"
        )
    return value


def _signals(value):
    if isinstance(value, (list, tuple)):
        for signal in value:
            if signal not in _SIGNALS:
                raise TypeError("valid values for signals are:\n  [InvalidOperation, FloatOperation, DivisionByZero,\n   Overflow, Underflow, Subnormal, Inexact, Rounded,\n   Clamped]")
        return SignalDict(value)
    if isinstance(value, (dict, SignalDict)):
        if set(value) != set(_SIGNALS):
            raise ValueError("invalid signal dict")
        return SignalDict(value)
    raise TypeError("argument must be a signal dict")


_SETTINGS = {
    "prec": _bounded(1, MAX_PREC, "valid range for prec is [1, MAX_PREC]"),
    "rounding": _rounding,
    "Emin": _bounded(MIN_EMIN, 0, "valid range for Emin is [MIN_EMIN, 0]"),
    "Emax": _bounded(0, MAX_EMAX, "valid range for Emax is [0, MAX_EMAX]"),
    "capitals": _bounded(0, 1, "valid values for capitals are 0 or 1"),
    "clamp": _bounded(0, 1, "valid values for clamp are 0 or 1"),
    "flags": _signals,
    "traps": _signals,
}


class Context:
    """Precision, rounding, bounds of exponents, and what happens at exceptional conditions."""

    __slots__ = ("prec", "rounding", "Emin", "Emax", "capitals", "clamp", "flags", "traps")

    def __init__(
        self, prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, flags=None, traps=None
    ):
        given = {
            "prec": prec, "rounding": rounding, "Emin": Emin, "Emax": Emax,
            "capitals": capitals, "clamp": clamp, "flags": flags, "traps": traps,
        }
        for name, value in given.items():
            if value is None:
                value = _DEFAULTS[name]
            setattr(self, name, value)

    def __setattr__(self, name, value):
        check = _SETTINGS.get(name)
        if check is None:
            raise AttributeError(f"'decimal.Context' object has no attribute '{name}'")
        object.__setattr__(self, name, check(value))

    def __delattr__(self, name):
        raise AttributeError("context attributes cannot be deleted")

    def __repr__(self):
        flags = ", ".join(signal.__name__ for signal in _SHOWN if self.flags[signal])
        traps = ", ".join(signal.__name__ for signal in _SHOWN if self.traps[signal])
        return (
            f"Context(prec={self.prec}, rounding={self.rounding}, Emin={self.Emin}, Emax={self.Emax}, "
            f"capitals={self.capitals}, clamp={self.clamp}, flags=[{flags}], traps=[{traps}])"
        )

    def Etiny(self):
        return self.Emin - self.prec + 1

    def Etop(self):
        return self.Emax - self.prec + 1

    def clear_flags(self):
        self.flags._set.clear()

    def clear_traps(self):
        self.traps._set.clear()

    def copy(self):
        return Context(
            self.prec, self.rounding, self.Emin, self.Emax, self.capitals, self.clamp, self.flags, self.traps
        )

    __copy__ = copy

    def _work(self, prec):
        """A context for inner steps: no traps, no bounds to speak of."""
        return Context(prec, ROUND_HALF_EVEN, MIN_EMIN, MAX_EMAX, self.capitals, 0, [], [])

    def _signal(self, *conditions):
        """Sets the flags of these conditions; raises when one is trapped."""
        raised = []
        for condition in conditions:
            signal = InvalidOperation if condition in _CONDITIONS else condition
            self.flags._set.add(signal)
            if signal in self.traps._set:
                raised.append((condition, signal))
        if raised:
            order = [*_CONDITIONS, *_SIGNALS]
            raised.sort(key=lambda pair: order.index(pair[0]))
            first = min((signal for _, signal in raised), key=_SIGNALS.index)
            raise first([condition for condition, _ in raised])


_DEFAULTS = {
    "prec": 28, "rounding": ROUND_HALF_EVEN, "Emin": -999999, "Emax": 999999, "capitals": 1, "clamp": 0,
    "flags": [], "traps": [InvalidOperation, DivisionByZero, Overflow],
}
DefaultContext = Context()
BasicContext = Context(
    9, ROUND_HALF_UP, traps=[InvalidOperation, DivisionByZero, Overflow, Underflow, Clamped]
)
ExtendedContext = Context(9, ROUND_HALF_EVEN, traps=[])
_current = DefaultContext.copy()


def getcontext():
    return _current


def setcontext(context, /):
    global _current
    if not isinstance(context, Context):
        raise TypeError("optional argument must be a context")
    if context in (DefaultContext, BasicContext, ExtendedContext):
        context = context.copy()
        context.clear_flags()
    _current = context


class ContextManager:
    def __init__(self, context):
        self._new = context

    def __enter__(self):
        self._saved = getcontext()
        setcontext(self._new)
        return self._new

    def __exit__(self, *exc_info):
        setcontext(self._saved)


def localcontext(ctx=None, **kwargs):
    if ctx is None:
        ctx = getcontext()
    elif not isinstance(ctx, Context):
        raise TypeError("optional argument must be a context")
    ctx = ctx.copy()
    for name, value in kwargs.items():
        if name not in _SETTINGS:
            raise TypeError(f"'{name}' is an invalid keyword argument for this function")
        setattr(ctx, name, value)
    return ContextManager(ctx)


for _class in (Context, ContextManager, SignalDict):
    _class.__name__ = f"decimal.{_class.__name__}"
del _class
