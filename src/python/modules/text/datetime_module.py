"""Dates, times and time zones of the Gregorian calendar."""
import time as _time

from _datetime_delta import MAXYEAR, MINYEAR, timedelta
from _datetime_delta import LAST_ORDINAL as _LAST
from _datetime_delta import Field as _Field
from _datetime_delta import bound as _bound
from _datetime_delta import check_date as _check_date
from _datetime_delta import check_time as _check_time
from _datetime_delta import first_week as _first_week
from _datetime_delta import from_ordinal as _from_ordinal
from _datetime_delta import index as _index
from _datetime_delta import of_microseconds as _of_microseconds
from _datetime_delta import to_ordinal as _to_ordinal
from _datetime_zone import check_zone as _check_zone
from _datetime_zone import moment_class as _moment_class
from _datetime_zone import title as _title
from _datetime_zone import timezone, tzinfo
from _datetime_zone import zone_of as _zone
from _datetime_format import DAYS as _DAYS
from _datetime_format import MONTHS as _MONTHS
from _datetime_format import iso_calendar as _iso_calendar
from _datetime_format import iso_date as _iso_date
from _datetime_format import iso_time as _iso_time
from _datetime_format import offset_text as _offset_text
from _datetime_format import strftime as _strftime
from _datetime_format import strptime as _strptime
from _datetime_format import time_text as _time_text

__all__ = ("date", "datetime", "time", "timedelta", "timezone", "tzinfo", "MINYEAR", "MAXYEAR", "UTC")
_EPOCH = 719163
_missing = object()


class IsoCalendarDate(tuple):
    """The result of date.isocalendar() or datetime.isocalendar()"""

    year = property(lambda self: self[0])
    week = property(lambda self: self[1])
    weekday = property(lambda self: self[2])

    def __repr__(self):
        return f"datetime.IsoCalendarDate(year={self[0]}, week={self[1]}, weekday={self[2]})"


_DATE = ("year", "month", "day")


class date:
    """date(year, month, day) --> date object"""

    __slots__ = ("_year", "_month", "_day")
    year = _Field("_year", None)
    month = _Field("_month", None)
    day = _Field("_day", None)

    def __new__(cls, *args, **kwargs):
        year, month, day = args if len(args) == 3 and not kwargs else _bound("", _DATE, 3, [None] * 3, args, kwargs)
        return cls._of(*_check_date(year, month, day))

    @classmethod
    def _of(cls, year, month, day):
        if cls not in (date, datetime) and cls.__new__ is not date.__new__ and cls.__new__ is not datetime.__new__:
            return cls(year, month, day)
        made = object.__new__(cls)
        made._year, made._month, made._day = year, month, day
        if isinstance(made, datetime):
            made._hour = made._minute = made._second = made._microsecond = made._fold = 0
            made._tzinfo = None
        return made

    @classmethod
    def today(cls):
        return cls.fromtimestamp(_time.time())

    @classmethod
    def fromtimestamp(cls, timestamp, /):
        return cls._of(*_local(timestamp)[:3])

    @classmethod
    def fromordinal(cls, ordinal, /):
        ordinal = _index(ordinal)
        if ordinal < 1:
            raise ValueError("ordinal must be >= 1")
        if ordinal > _LAST:
            raise ValueError(f"year {_from_ordinal(ordinal)[0]} is out of range")
        return cls._of(*_from_ordinal(ordinal))

    @classmethod
    def fromisoformat(cls, date_string, /):
        if not isinstance(date_string, str):
            raise TypeError("fromisoformat: argument must be str")
        try:
            parts = _iso_date(date_string)
        except ValueError as error:
            if error.args:
                raise
            raise ValueError(f"Invalid isoformat string: {date_string!r}") from None
        return cls._of(*_check_date(*parts))

    @classmethod
    def fromisocalendar(cls, year, week, day):
        return cls._of(*_iso_calendar(_index(year), _index(week), _index(day)))

    def toordinal(self):
        return _to_ordinal(self._year, self._month, self._day)

    def weekday(self):
        return (self.toordinal() + 6) % 7

    def isoweekday(self):
        return self.weekday() + 1

    def isocalendar(self):
        ordinal, year = self.toordinal(), self._year
        if year < MAXYEAR and ordinal >= _first_week(year + 1):
            year += 1
        elif ordinal < _first_week(year):
            year -= 1
        week, day = divmod(ordinal - _first_week(year), 7)
        return IsoCalendarDate((year, week + 1, day + 1))

    def replace(self, *args, **kwargs):
        parts = _bound("replace", _DATE, 0, [self._year, self._month, self._day], args, kwargs)
        return type(self)._of(*_check_date(*parts))

    def timetuple(self):
        return _time.struct_time(
            (self._year, self._month, self._day, 0, 0, 0, self.weekday(), self._of_year(), -1)
        )

    def _of_year(self):
        return self.toordinal() - _to_ordinal(self._year, 1, 1) + 1

    def strftime(self, format):
        if not isinstance(format, str):
            raise TypeError(f"strftime() argument 1 must be str, not {type(format).__name__}")
        return _strftime(format, self._year, self._month, self._day, 0, 0, 0, 0)

    def __format__(self, spec, /):
        if not isinstance(spec, str):
            raise TypeError(f"__format__() argument 1 must be str, not {type(spec).__name__}")
        return self.strftime(spec) if spec else str(self)

    def ctime(self):
        return f"{_DAYS[self.weekday()][:3]} {_MONTHS[self._month - 1][:3]} {self._day:2d} 00:00:00 {self._year:04d}"

    def isoformat(self):
        return f"{self._year:04d}-{self._month:02d}-{self._day:02d}"

    def __str__(self):
        return self.isoformat()

    def __repr__(self):
        return f"{_title(self, date)}({self._year}, {self._month}, {self._day})"

    def _moved(self, days):
        ordinal = self.toordinal() + days
        if not 1 <= ordinal <= _LAST:
            raise OverflowError("date value out of range")
        return type(self)._of(*_from_ordinal(ordinal))

    def __add__(self, other, /):
        return self._moved(other._days) if isinstance(other, timedelta) else NotImplemented

    __radd__ = __add__

    def __sub__(self, other, /):
        if isinstance(other, timedelta):
            return self._moved(-other._days)
        if isinstance(other, date) and not isinstance(other, datetime):
            return timedelta(self.toordinal() - other.toordinal())
        return NotImplemented

    def _key(self):
        return self._year, self._month, self._day

    def __eq__(self, other, /):
        if isinstance(other, date) and not isinstance(other, datetime):
            return self._key() == other._key()
        return NotImplemented

    def __hash__(self):
        return hash((self._year, self._month, self._day))

    def __reduce__(self):
        return type(self), self._key()


_TIME = ("hour", "minute", "second", "microsecond", "tzinfo", "fold")


class time:
    """time([hour[, minute[, second[, microsecond[, tzinfo]]]]]) --> a time object

    All arguments are optional. tzinfo may be None, or an instance of
    a tzinfo subclass. The remaining arguments may be ints."""

    __slots__ = ("_hour", "_minute", "_second", "_microsecond", "_tzinfo", "_fold")
    hour = _Field("_hour", None)
    minute = _Field("_minute", None)
    second = _Field("_second", None)
    microsecond = _Field("_microsecond", None)
    tzinfo = _Field("_tzinfo", None)
    fold = _Field("_fold", None)

    def __new__(cls, *args, **kwargs):
        hour, minute, second, micro, zone, fold = _bound("", _TIME, 0, [0, 0, 0, 0, None, 0], args, kwargs)
        made = object.__new__(cls)
        made._hour, made._minute, made._second, made._microsecond, made._fold = _check_time(
            hour, minute, second, micro, fold
        )
        made._tzinfo = _check_zone(zone)
        return made

    @classmethod
    def fromisoformat(cls, time_string, /):
        if not isinstance(time_string, str):
            raise TypeError("fromisoformat: argument must be str")
        try:
            parts, offset = _iso_time(time_string)
        except ValueError:
            raise ValueError(f"Invalid isoformat string: {time_string!r}") from None
        return cls(*parts, None if offset is None else _zone(offset))

    def replace(self, *args, **kwargs):
        given = [self._hour, self._minute, self._second, self._microsecond, self._tzinfo, self._fold]
        hour, minute, second, micro, zone, fold = _bound("replace", _TIME, 0, given, args, kwargs)
        return type(self)(hour, minute, second, micro, zone, fold=fold)

    def isoformat(self, timespec="auto"):
        return _time_text(self._hour, self._minute, self._second, self._microsecond, timespec) + _offset_text(
            self.utcoffset()
        )

    def strftime(self, format):
        return _strftime(
            format, 1900, 1, 1, self._hour, self._minute, self._second, self._microsecond, self.utcoffset(), self.tzname()
        )

    __format__ = date.__format__

    def __str__(self):
        return self.isoformat()

    def __repr__(self):
        parts = [self._hour, self._minute]
        if self._second or self._microsecond:
            parts.append(self._second)
        if self._microsecond:
            parts.append(self._microsecond)
        text = ", ".join(map(str, parts))
        if self._tzinfo is not None:
            text += f", tzinfo={self._tzinfo!r}"
        if self._fold:
            text += ", fold=1"
        return f"{_title(self, time)}({text})"

    def utcoffset(self):
        return None if self._tzinfo is None else self._tzinfo.utcoffset(None)

    def tzname(self):
        return None if self._tzinfo is None else self._tzinfo.tzname(None)

    def dst(self):
        return None if self._tzinfo is None else self._tzinfo.dst(None)

    def _key(self):
        micro = ((self._hour * 60 + self._minute) * 60 + self._second) * 1000000 + self._microsecond
        offset = self.utcoffset()
        return (micro, False) if offset is None else (micro - offset._total(), True)

    def __eq__(self, other, /):
        return self._key() == other._key() if isinstance(other, time) else NotImplemented

    def __hash__(self):
        return hash(self._key())

    def __bool__(self):
        return True

    def __reduce__(self):
        return type(self), (self._hour, self._minute, self._second, self._microsecond, self._tzinfo)


_DATETIME = _DATE + _TIME
_NO_TIME = [None, None, None, 0, 0, 0, 0, None, 0]


def _local(timestamp):
    """The local fields of a POSIX timestamp, and its microsecond."""
    return _fields(timestamp, True)


def _fields(timestamp, local):
    if isinstance(timestamp, float):
        if timestamp != timestamp:
            raise ValueError("cannot convert float NaN to integer")
        whole = int(timestamp // 1)
        micro = round((timestamp - whole) * 1000000)
        if micro == 1000000:
            whole, micro = whole + 1, 0
    else:
        whole, micro = _whole(timestamp), 0
    if not -(2**63) <= whole < 2**63:
        raise OverflowError("timestamp out of range for platform time_t")
    if local:
        whole += _time._offset(whole)
    days, seconds = divmod(whole, 86400)
    if not 1 <= days + _EPOCH <= _LAST:
        raise ValueError(f"year {1970 + days // 365} is out of range")
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return *_from_ordinal(days + _EPOCH), hour, minute, second, micro


def _whole(value):
    if not hasattr(type(value), "__index__"):
        raise TypeError(f"'{type(value).__name__}' object cannot be interpreted as an integer")
    return value.__index__()


class datetime(date):
    """datetime(year, month, day[, hour[, minute[, second[, microsecond[,tzinfo]]]]])

    The year, month and day arguments are required. tzinfo may be None, or an
    instance of a tzinfo subclass. The remaining arguments may be ints."""

    __slots__ = time.__slots__
    hour = _Field("_hour", None)
    minute = _Field("_minute", None)
    second = _Field("_second", None)
    microsecond = _Field("_microsecond", None)
    tzinfo = _Field("_tzinfo", None)
    fold = _Field("_fold", None)

    def __new__(cls, *args, **kwargs):
        values = _bound("", _DATETIME, 3, _NO_TIME, args, kwargs)
        year, month, day = _check_date(*values[:3])
        made = object.__new__(cls)
        made._year, made._month, made._day = year, month, day
        made._hour, made._minute, made._second, made._microsecond, made._fold = _check_time(*values[3:7], values[8])
        made._tzinfo = _check_zone(values[7])
        return made

    @classmethod
    def _at(cls, micro, zone):
        """The moment so many microseconds after the first day of year 1."""
        days, rest = divmod(micro, 86400000000)
        if not 1 <= days <= _LAST:
            raise OverflowError("date value out of range")
        seconds, micro = divmod(rest, 1000000)
        minutes, second = divmod(seconds, 60)
        hour, minute = divmod(minutes, 60)
        return cls(*_from_ordinal(days), hour, minute, second, micro, zone)

    def _micro(self):
        seconds = (self._hour * 60 + self._minute) * 60 + self._second
        return (self.toordinal() * 86400 + seconds) * 1000000 + self._microsecond

    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(_time.time(), tz)

    @classmethod
    def utcnow(cls):
        return cls.utcfromtimestamp(_time.time())

    @classmethod
    def fromtimestamp(cls, timestamp, tz=None):
        _check_zone(tz)
        if tz is None:
            return cls(*_fields(timestamp, True))
        return tz.fromutc(cls(*_fields(timestamp, False), tz))

    @classmethod
    def utcfromtimestamp(cls, timestamp, /):
        return cls(*_fields(timestamp, False))

    @classmethod
    def combine(cls, date, time, tzinfo=_missing):
        if not isinstance(date, _date):
            raise TypeError(f"combine() argument 1 must be datetime.date, not {type(date).__name__}")
        if not isinstance(time, _time_class):
            raise TypeError(f"combine() argument 2 must be datetime.time, not {type(time).__name__}")
        zone = time._tzinfo if tzinfo is _missing else tzinfo
        return cls(
            date._year, date._month, date._day, time._hour, time._minute, time._second, time._microsecond, zone,
            fold=time._fold,
        )

    @classmethod
    def fromisoformat(cls, date_string, /):
        if not isinstance(date_string, str):
            raise TypeError("fromisoformat: argument must be str")
        length = len(date_string)
        # the date is as long as its form says: 10, 8 or 7 characters
        if date_string[4:5] == "-":
            at = (10 if date_string[8:9] == "-" else 8) if date_string[5:6] == "W" else 10
        else:
            at = (8 if date_string[7:8].isdecimal() else 7) if date_string[4:5] == "W" else 8
        try:
            if length < 7:
                raise ValueError
            parts = _iso_date(date_string[:at])
            clock, offset = ([0, 0, 0, 0], None)
            if length > at:
                clock, offset = _iso_time(date_string[at + 1 :])
        except ValueError as error:
            if error.args:
                raise
            raise ValueError(f"Invalid isoformat string: {date_string!r}") from None
        return cls(*parts, *clock, None if offset is None else _zone(offset))

    @classmethod
    def strptime(cls, date_string, format, /):
        fields, offset, zone = _strptime(date_string, format)
        if offset is not None:
            return cls(*fields, timezone(_of_microseconds(offset), zone) if zone else _zone(offset))
        return cls(*fields)

    def date(self):
        return _date(self._year, self._month, self._day)

    def time(self):
        return _time_class(self._hour, self._minute, self._second, self._microsecond, fold=self._fold)

    def timetz(self):
        return _time_class(
            self._hour, self._minute, self._second, self._microsecond, self._tzinfo, fold=self._fold
        )

    def timetuple(self):
        dst = self.dst()
        flag = -1 if dst is None else int(bool(dst))
        return _time.struct_time(
            (self._year, self._month, self._day, self._hour, self._minute, self._second, self.weekday(),
             self._of_year(), flag)
        )

    def utctimetuple(self):
        offset = self.utcoffset()
        moment = self - offset if offset else self
        return _time.struct_time((*moment.replace(tzinfo=None).timetuple()[:8], 0))

    def timestamp(self):
        offset = self.utcoffset()
        micro = self._micro() - _EPOCH * 86400000000
        if offset is not None:
            return (micro - offset._total()) / 1000000
        seconds, micro = divmod(micro, 1000000)
        local = seconds - _time._offset(seconds)
        return (seconds - _time._offset(local)) + micro / 1000000

    def replace(self, *args, **kwargs):
        given = [
            self._year, self._month, self._day, self._hour, self._minute, self._second, self._microsecond,
            self._tzinfo, self._fold,
        ]
        values = _bound("replace", _DATETIME, 0, given, args, kwargs)
        return type(self)(*values[:8], fold=values[8])

    def astimezone(self, tz=None):
        _check_zone(tz)
        zone, offset = self._tzinfo, self.utcoffset()
        if offset is None:
            seconds = int(self.timestamp() // 1)
            zone = _local_zone(seconds)
            offset = zone._offset
        if tz is None:
            tz = _local_zone((self._micro() - offset._total()) // 1000000 - _EPOCH * 86400)
        if tz is self._tzinfo:
            return self
        moment = type(self)._at(self._micro() - offset._total(), tz)
        return tz.fromutc(moment)

    def utcoffset(self):
        return None if self._tzinfo is None else self._tzinfo.utcoffset(self)

    def tzname(self):
        return None if self._tzinfo is None else self._tzinfo.tzname(self)

    def dst(self):
        return None if self._tzinfo is None else self._tzinfo.dst(self)

    def isoformat(self, sep="T", timespec="auto"):
        if not isinstance(sep, str) or len(sep) != 1:
            raise TypeError(f"isoformat() argument 1 must be a unicode character, not {type(sep).__name__}")
        clock = _time_text(self._hour, self._minute, self._second, self._microsecond, timespec)
        return f"{self._year:04d}-{self._month:02d}-{self._day:02d}{sep}{clock}{_offset_text(self.utcoffset())}"

    def strftime(self, format):
        if not isinstance(format, str):
            raise TypeError(f"strftime() argument 1 must be str, not {type(format).__name__}")
        return _strftime(
            format, self._year, self._month, self._day, self._hour, self._minute, self._second, self._microsecond,
            self.utcoffset(), self.tzname(),
        )

    def ctime(self):
        clock = f"{self._hour:02d}:{self._minute:02d}:{self._second:02d}"
        return f"{_DAYS[self.weekday()][:3]} {_MONTHS[self._month - 1][:3]} {self._day:2d} {clock} {self._year:04d}"

    def __str__(self):
        return self.isoformat(" ")

    def __repr__(self):
        parts = [self._year, self._month, self._day, self._hour, self._minute]
        if self._second or self._microsecond:
            parts.append(self._second)
        if self._microsecond:
            parts.append(self._microsecond)
        text = ", ".join(map(str, parts))
        if self._fold:
            text += ", fold=1"
        if self._tzinfo is not None:
            text += f", tzinfo={self._tzinfo!r}"
        return f"{_title(self, datetime)}({text})"

    def __add__(self, other, /):
        if isinstance(other, timedelta):
            return type(self)._at(self._micro() + other._total(), self._tzinfo)
        return NotImplemented

    __radd__ = __add__

    def __sub__(self, other, /):
        if isinstance(other, timedelta):
            return type(self)._at(self._micro() - other._total(), self._tzinfo)
        if not isinstance(other, datetime):
            return NotImplemented
        apart = self._micro() - other._micro()
        if self._tzinfo is not other._tzinfo:
            mine, theirs = self.utcoffset(), other.utcoffset()
            if (mine is None) != (theirs is None):
                raise TypeError("can't subtract offset-naive and offset-aware datetimes")
            if mine is not None:
                apart += theirs._total() - mine._total()
        return _of_microseconds(apart)

    def _key(self):
        offset = self.utcoffset()
        return (self._micro(), False) if offset is None else (self._micro() - offset._total(), True)

    def __eq__(self, other, /):
        if isinstance(other, datetime):
            return self._key() == other._key()
        return False if isinstance(other, _date) else NotImplemented

    def __hash__(self):
        return hash(self._key())

    def __reduce__(self):
        return type(self), (
            self._year, self._month, self._day, self._hour, self._minute, self._second, self._microsecond, self._tzinfo,
        )


_date, _time_class = date, time
_moment_class.append(datetime)


def _local_zone(seconds):
    offset = _time._offset(seconds)
    return timezone(timedelta(seconds=offset), _time._zone_name(seconds))


def _orders(cls, compare):
    import operator

    for name in ("lt", "le", "gt", "ge"):
        def method(self, other, /, _test=getattr(operator, name)):
            return compare(self, other, _test)

        method.__name__ = f"__{name}__"
        setattr(cls, method.__name__, method)


def _compare_dates(a, b, test):
    if isinstance(b, datetime):
        raise TypeError("can't compare datetime.datetime to datetime.date")
    return test(a._key(), b._key()) if isinstance(b, date) else NotImplemented


def _compare_moments(a, b, test):
    if not isinstance(b, datetime):
        if isinstance(b, date):
            raise TypeError("can't compare datetime.datetime to datetime.date")
        return NotImplemented
    (x, aware), (y, other_aware) = a._key(), b._key()
    if aware != other_aware:
        raise TypeError("can't compare offset-naive and offset-aware datetimes")
    return test(x, y)


def _compare_times(a, b, test):
    if not isinstance(b, time):
        return NotImplemented
    (x, aware), (y, other_aware) = a._key(), b._key()
    if aware != other_aware:
        raise TypeError("can't compare offset-naive and offset-aware times")
    return test(x, y)


_orders(date, _compare_dates)
_orders(time, _compare_times)
_orders(datetime, _compare_moments)
for _class in (date, time, datetime, IsoCalendarDate):
    _class.__name__ = f"datetime.{_class.__name__}"
del _class
UTC = timezone.utc
date.min, date.max, date.resolution = date(1, 1, 1), date(9999, 12, 31), timedelta(1)
time.min, time.max, time.resolution = time(0, 0), time(23, 59, 59, 999999), timedelta(0, 0, 1)
datetime.min, datetime.max = datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999999)
datetime.resolution = timedelta(0, 0, 1)
