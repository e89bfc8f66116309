"""Durations, the calendar's arithmetic, and the argument errors of `datetime`."""
__name__ = "datetime"

MINYEAR = 1
MAXYEAR = 9999
_DAYS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
LAST_ORDINAL = 3652059
DAY = 86400000000


def bound(function, names, required, defaults, args, kwargs):
    """The arguments of a call in order, or the error of a C function."""
    title = f"{function}()" if function else "function"
    if len(args) + len(kwargs) > len(names):
        raise TypeError(f"{title} takes at most {len(names)} arguments ({len(args) + len(kwargs)} given)")
    values = [*args, *defaults[len(args) :]]
    for name in kwargs:
        if name not in names:
            raise TypeError(f"'{name}' is an invalid keyword argument for {title if function else 'this function'}")
        at = names.index(name)
        if at < len(args):
            raise TypeError(f"argument for {title} given by name ('{name}') and position ({at + 1})")
        values[at] = kwargs[name]
    for at in range(len(args), required):
        if names[at] not in kwargs:
            # what was given before is read first
            for value in values[:at]:
                index(value)
            raise TypeError(f"{title} missing required argument '{names[at]}' (pos {at + 1})")
    return values


class Field:
    """A read-only attribute kept in a slot."""

    def __init__(self, slot, help):
        self._get = slot
        self.__doc__ = help

    def __set_name__(self, owner, name):
        self._owner = owner
        self._name = name

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        return getattr(instance, self._get)

    def __set__(self, instance, value):
        if self._owner is timedelta:
            raise AttributeError("readonly attribute")
        raise AttributeError(
            f"attribute '{self._name}' of 'datetime.{self._owner.__name__}' objects is not writable"
        )

    def __repr__(self):
        kind = "member" if self._owner is timedelta else "attribute"
        return f"<{kind} '{self._name}' of 'datetime.{self._owner.__name__}' objects>"


def index(value):
    """A whole number as a C int."""
    if not isinstance(value, int):
        if not hasattr(type(value), "__index__"):
            raise TypeError(f"'{type(value).__name__}' object cannot be interpreted as an integer")
        value = value.__index__()
    if not -(2**63) <= value < 2**63:
        raise OverflowError("Python int too large to convert to C long")
    if value >= 2**31:
        raise OverflowError("signed integer is greater than maximum")
    if value < -(2**31):
        raise OverflowError("signed integer is less than minimum")
    return int(value)


def leap(year):
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def days_in_month(year, month):
    return 29 if month == 2 and leap(year) else _DAYS[month]


def days_before_year(year):
    past = year - 1
    return past * 365 + past // 4 - past // 100 + past // 400


def days_before_month(year, month):
    return sum(_DAYS[1:month]) + (month > 2 and leap(year))


def to_ordinal(year, month, day):
    """Days since the first of January of year 1, which is 1."""
    return days_before_year(year) + days_before_month(year, month) + day


def from_ordinal(n):
    """Year, month and day of an ordinal."""
    n -= 1
    centuries4, n = divmod(n, 146097)
    centuries, n = divmod(n, 36524)
    years4, n = divmod(n, 1461)
    years, n = divmod(n, 365)
    year = centuries4 * 400 + centuries * 100 + years4 * 4 + years + 1
    if years == 4 or centuries == 4:
        return year - 1, 12, 31
    month = 1
    while n >= days_in_month(year, month):
        n -= days_in_month(year, month)
        month += 1
    return year, month, n + 1


def first_week(year):
    """The ordinal of the Monday that begins an ISO year."""
    first = to_ordinal(year, 1, 1)
    weekday = (first + 6) % 7
    monday = first - weekday
    return monday + 7 if weekday > 3 else monday


def check_date(year, month, day):
    year, month, day = index(year), index(month), index(day)
    if not MINYEAR <= year <= MAXYEAR:
        raise ValueError(f"year {year} is out of range")
    if not 1 <= month <= 12:
        raise ValueError("month must be in 1..12")
    if not 1 <= day <= days_in_month(year, month):
        raise ValueError("day is out of range for month")
    return year, month, day


def check_time(hour, minute, second, microsecond, fold):
    hour, minute, second, microsecond, fold = map(index, (hour, minute, second, microsecond, fold))
    if not 0 <= hour <= 23:
        raise ValueError("hour must be in 0..23")
    if not 0 <= minute <= 59:
        raise ValueError("minute must be in 0..59")
    if not 0 <= second <= 59:
        raise ValueError("second must be in 0..59")
    if not 0 <= microsecond <= 999999:
        raise ValueError("microsecond must be in 0..999999")
    if fold not in (0, 1):
        raise ValueError("fold must be either 0 or 1")
    return hour, minute, second, microsecond, fold


def nearest(a, b):
    """a / b rounded half to even."""
    quotient, rest = divmod(a, b)
    rest *= 2
    if (rest > b if b > 0 else rest < b) or rest == b and quotient & 1:
        quotient += 1
    return quotient


_NAMES = ("days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks")
_FACTORS = {
    "microseconds": 1, "milliseconds": 1000, "seconds": 1000000, "minutes": 60000000, "hours": 3600000000,
    "days": DAY, "weeks": 7 * DAY,
}


class timedelta:
    """Difference between two datetime values.

    timedelta(days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0)

    All arguments are optional and default to 0.
    Arguments may be integers or floats, and may be positive or negative."""

    __slots__ = ("_days", "_seconds", "_microseconds")

    days = Field("_days", "Number of days.")
    seconds = Field("_seconds", "Number of seconds (>= 0 and less than 1 day).")
    microseconds = Field("_microseconds", "Number of microseconds (>= 0 and less than 1 second).")

    def __new__(cls, *args, **kwargs):
        given = dict(zip(_NAMES, bound("__new__", _NAMES, 0, [0] * 7, args, kwargs)))
        total, lost = 0, 0.0
        for name, factor in _FACTORS.items():
            value = given[name]
            if isinstance(value, int):
                total += value * factor
            elif isinstance(value, float):
                whole = int(value)
                total += whole * factor
                part = (value - whole) * factor
                total += int(part)
                lost += part - int(part)
            else:
                raise TypeError(f"unsupported type for timedelta {name} component: {type(value).__name__}")
        if lost:
            near = round(lost)
            if abs(near - lost) == 0.5:
                # half a microsecond goes to an even total
                near = 2 * round((lost + (total & 1)) * 0.5) - (total & 1)
            total += near
        return of_microseconds(total, cls)

    def _total(self):
        return (self._days * 86400 + self._seconds) * 1000000 + self._microseconds

    def total_seconds(self):
        return self._total() / 1000000

    def __repr__(self):
        parts = [
            f"{name}={value}"
            for name, value in (
                ("days", self._days), ("seconds", self._seconds), ("microseconds", self._microseconds),
            )
            if value
        ]
        name = type(self).__name__
        title = f"datetime.{name}" if type(self) is timedelta else f"{type(self).__module__}.{type(self).__qualname__}"
        return f"{title}({', '.join(parts) or '0'})"

    def __str__(self):
        minutes, seconds = divmod(self._seconds, 60)
        hours, minutes = divmod(minutes, 60)
        text = f"{hours}:{minutes:02d}:{seconds:02d}"
        if self._microseconds:
            text += f".{self._microseconds:06d}"
        if self._days:
            text = f"{self._days} day{'' if abs(self._days) == 1 else 's'}, {text}"
        return text

    def __add__(self, other, /):
        if isinstance(other, timedelta):
            return of_microseconds(self._total() + other._total())
        return NotImplemented

    __radd__ = __add__

    def __sub__(self, other, /):
        if isinstance(other, timedelta):
            return of_microseconds(self._total() - other._total())
        return NotImplemented

    def __rsub__(self, other, /):
        if isinstance(other, timedelta):
            return of_microseconds(other._total() - self._total())
        return NotImplemented

    def __neg__(self):
        return of_microseconds(-self._total())

    def __pos__(self):
        return self

    def __abs__(self):
        return -self if self._days < 0 else self

    def __mul__(self, other, /):
        if isinstance(other, int):
            return of_microseconds(self._total() * other)
        if isinstance(other, float):
            above, below = other.as_integer_ratio()
            return of_microseconds(nearest(self._total() * above, below))
        return NotImplemented

    __rmul__ = __mul__

    def __floordiv__(self, other, /):
        if isinstance(other, timedelta):
            return self._total() // other._total()
        if isinstance(other, int):
            return of_microseconds(self._total() // other)
        return NotImplemented

    def __truediv__(self, other, /):
        if isinstance(other, timedelta):
            return self._total() / other._total()
        if isinstance(other, int):
            if not other:
                raise ZeroDivisionError("integer division or modulo by zero")
            return of_microseconds(nearest(self._total(), other))
        if isinstance(other, float):
            above, below = other.as_integer_ratio()
            if not above:
                raise ZeroDivisionError("integer division or modulo by zero")
            return of_microseconds(nearest(self._total() * below, above))
        return NotImplemented

    def __mod__(self, other, /):
        if isinstance(other, timedelta):
            return of_microseconds(self._total() % other._total())
        return NotImplemented

    def __divmod__(self, other, /):
        if isinstance(other, timedelta):
            quotient, rest = divmod(self._total(), other._total())
            return quotient, of_microseconds(rest)
        return NotImplemented

    def __eq__(self, other, /):
        return self._total() == other._total() if isinstance(other, timedelta) else NotImplemented

    def __lt__(self, other, /):
        return self._total() < other._total() if isinstance(other, timedelta) else NotImplemented

    def __le__(self, other, /):
        return self._total() <= other._total() if isinstance(other, timedelta) else NotImplemented

    def __gt__(self, other, /):
        return self._total() > other._total() if isinstance(other, timedelta) else NotImplemented

    def __ge__(self, other, /):
        return self._total() >= other._total() if isinstance(other, timedelta) else NotImplemented

    def __hash__(self):
        return hash((self._days, self._seconds, self._microseconds))

    def __bool__(self):
        return bool(self._days or self._seconds or self._microseconds)

    def __reduce__(self):
        return type(self), (self._days, self._seconds, self._microseconds)


def of_microseconds(total, cls=timedelta):
    days, rest = divmod(total, DAY)
    if abs(days) > 999999999:
        if abs(days) >= 2**31:
            raise OverflowError("Python int too large to convert to C int")
        raise OverflowError(f"days={days}; must have magnitude <= 999999999")
    made = object.__new__(cls)
    made._days = days
    made._seconds, made._microseconds = divmod(rest, 1000000)
    return made


timedelta.__name__ = "datetime.timedelta"
timedelta.min = timedelta(-999999999)
timedelta.max = timedelta(999999999, 86399, 999999)
timedelta.resolution = timedelta(0, 0, 1)
