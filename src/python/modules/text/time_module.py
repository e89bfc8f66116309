"""Clocks, pauses and calendar times."""
from _time import *
from _time import _offset, _zone_name

timezone = altzone = -_offset(0)
daylight = 0
tzname = (_zone_name(0), _zone_name(0))
_FIELDS = ("tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday", "tm_isdst")


class struct_time(tuple):
    """The time value as returned by gmtime(), localtime(), and strptime()."""

    n_fields = 11
    n_sequence_fields = 9
    n_unnamed_fields = 0
    __match_args__ = _FIELDS

    def __new__(cls, sequence, dict=None):
        items = tuple(sequence)
        if len(items) < 9:
            raise TypeError(f"time.struct_time() takes an at least 9-sequence ({len(items)}-sequence given)")
        if len(items) > 11:
            raise TypeError(f"time.struct_time() takes an at most 11-sequence ({len(items)}-sequence given)")
        made = super().__new__(cls, items[:9])
        made._rest = (*items[9:], None, None)[:2]
        return made

    tm_zone = property(lambda self: self._rest[0])
    tm_gmtoff = property(lambda self: self._rest[1])

    def __repr__(self):
        return f"time.struct_time({', '.join(f'{name}={value!r}' for name, value in zip(_FIELDS, self))})"


for _at, _name in enumerate(_FIELDS):
    setattr(struct_time, _name, property(lambda self, at=_at: self[at]))
struct_time.__name__ = "time.struct_time"
del _at, _name


def _broken_down(seconds, offset, zone):
    from _datetime_delta import from_ordinal, to_ordinal

    days, rest = divmod(seconds + offset, 86400)
    year, month, day = from_ordinal(days + 719163)
    minutes, second = divmod(rest, 60)
    hour, minute = divmod(minutes, 60)
    of_year = days + 719163 - to_ordinal(year, 1, 1) + 1
    return struct_time((year, month, day, hour, minute, second, (days + 3) % 7, of_year, 0, zone, offset))


def _seconds(given):
    if given is None:
        given = time()
    if not isinstance(given, (int, float)):
        raise TypeError(f"'{type(given).__name__}' object cannot be interpreted as an integer")
    return int(given // 1)


def gmtime(seconds=None, /):
    return _broken_down(_seconds(seconds), 0, "UTC")


def localtime(seconds=None, /):
    seconds = _seconds(seconds)
    return _broken_down(seconds, _offset(seconds), _zone_name(seconds))


def mktime(t, /):
    from _datetime_delta import to_ordinal

    if not isinstance(t, tuple):
        raise TypeError("Tuple or struct_time argument required")
    year, month, day, hour, minute, second, *_ = t
    local = (to_ordinal(year, month, day) - 719163) * 86400 + hour * 3600 + minute * 60 + second
    return float(local - _offset(local - _offset(local)))


def strftime(format, t=None, /):
    from _datetime_format import strftime

    t = localtime() if t is None else t
    if not isinstance(t, tuple):
        raise TypeError("Tuple or struct_time argument required")
    zone = getattr(t, "tm_zone", None)
    offset = getattr(t, "tm_gmtoff", None)
    if offset is not None:
        from _datetime_delta import timedelta

        offset = timedelta(seconds=offset)
    return strftime(format, *t[:6], 0, offset, zone)


def strptime(data_string, format="%a %b %d %H:%M:%S %Y", /):
    from _datetime_delta import to_ordinal
    from _datetime_format import strptime

    fields, _, _ = strptime(data_string, format)
    ordinal = to_ordinal(*fields[:3])
    return struct_time((*fields[:6], (ordinal + 6) % 7, ordinal - to_ordinal(fields[0], 1, 1) + 1, -1))


def asctime(t=None, /):
    return strftime("%a %b %e %H:%M:%S %Y", localtime() if t is None else t)


def ctime(seconds=None, /):
    return asctime(localtime(seconds))


def get_clock_info(name, /):
    from types import SimpleNamespace

    if name not in ("time", "perf_counter", "monotonic", "process_time", "thread_time"):
        raise ValueError("unknown clock")
    return SimpleNamespace(
        implementation="clock_gettime()", monotonic=name != "time", adjustable=name == "time", resolution=1e-09
    )
