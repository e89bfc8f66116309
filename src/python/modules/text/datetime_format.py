"""Texts of dates and times: ISO 8601, `strftime` and `strptime`."""
from _datetime_delta import days_in_month, first_week, from_ordinal, to_ordinal

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)
SPECS = ("auto", "hours", "minutes", "seconds", "milliseconds", "microseconds")


def time_text(hour, minute, second, microsecond, timespec="auto"):
    """`04:23:01.000384`"""
    if timespec not in SPECS:
        raise ValueError("Unknown timespec value")
    if timespec == "auto":
        timespec = "microseconds" if microsecond else "seconds"
    if timespec == "hours":
        return f"{hour:02d}"
    if timespec == "minutes":
        return f"{hour:02d}:{minute:02d}"
    text = f"{hour:02d}:{minute:02d}:{second:02d}"
    if timespec == "milliseconds":
        return text + f".{microsecond // 1000:03d}"
    if timespec == "microseconds":
        return text + f".{microsecond:06d}"
    return text


def offset_text(delta, colon=":"):
    """`+05:30`; nothing without an offset."""
    if delta is None:
        return ""
    total = delta._total()
    sign = "-" if total < 0 else "+"
    seconds, micro = divmod(abs(total), 1000000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    text = f"{sign}{hour:02d}{colon}{minute:02d}"
    if second or micro:
        text += f"{colon}{second:02d}"
        if micro:
            text += f".{micro:06d}"
    return text


def strftime(form, year, month, day, hour, minute, second, microsecond, offset=None, zone=None):
    """A text after a format of C."""
    ordinal = to_ordinal(year, month, day)
    weekday = (ordinal + 6) % 7
    of_year = ordinal - to_ordinal(year, 1, 1)
    twelve = hour % 12 or 12

    def iso():
        iso_year = year
        monday = first_week(iso_year)
        if ordinal < monday:
            iso_year -= 1
            monday = first_week(iso_year)
        elif iso_year < 9999 and ordinal >= first_week(iso_year + 1):
            iso_year += 1
            monday = first_week(iso_year)
        return iso_year, (ordinal - monday) // 7 + 1

    table = {
        "a": lambda: DAYS[weekday][:3], "A": lambda: DAYS[weekday], "b": lambda: MONTHS[month - 1][:3],
        "B": lambda: MONTHS[month - 1], "h": lambda: MONTHS[month - 1][:3], "d": lambda: f"{day:02d}",
        "e": lambda: f"{day:2d}", "m": lambda: f"{month:02d}", "y": lambda: f"{year % 100:02d}",
        "Y": lambda: str(year), "C": lambda: f"{year // 100:02d}", "H": lambda: f"{hour:02d}",
        "k": lambda: f"{hour:2d}", "I": lambda: f"{twelve:02d}", "l": lambda: f"{twelve:2d}",
        "M": lambda: f"{minute:02d}", "S": lambda: f"{second:02d}", "f": lambda: f"{microsecond:06d}",
        "p": lambda: "AM" if hour < 12 else "PM", "P": lambda: "am" if hour < 12 else "pm",
        "j": lambda: f"{of_year + 1:03d}", "w": lambda: str((weekday + 1) % 7), "u": lambda: str(weekday + 1),
        "U": lambda: f"{(of_year + 7 - (weekday + 1) % 7) // 7:02d}", "W": lambda: f"{(of_year + 7 - weekday) // 7:02d}",
        "G": lambda: str(iso()[0]), "g": lambda: f"{iso()[0] % 100:02d}", "V": lambda: f"{iso()[1]:02d}",
        "z": lambda: offset_text(offset, ""), "Z": lambda: zone or "", "%": lambda: "%", "n": lambda: "\n",
        "t": lambda: "\t", "s": lambda: str((ordinal - 719163) * 86400 + hour * 3600 + minute * 60 + second),
        "D": lambda: f"{month:02d}/{day:02d}/{year % 100:02d}", "x": lambda: f"{month:02d}/{day:02d}/{year % 100:02d}",
        "F": lambda: f"{year}-{month:02d}-{day:02d}", "T": lambda: f"{hour:02d}:{minute:02d}:{second:02d}",
        "X": lambda: f"{hour:02d}:{minute:02d}:{second:02d}", "R": lambda: f"{hour:02d}:{minute:02d}",
        "r": lambda: f"{twelve:02d}:{minute:02d}:{second:02d} {'AM' if hour < 12 else 'PM'}",
        "c": lambda: (
            f"{DAYS[weekday][:3]} {MONTHS[month - 1][:3]} {day:2d} {hour:02d}:{minute:02d}:{second:02d} {year}"
        ),
    }
    made, at = [], 0
    while at < len(form):
        mark = form[at]
        if mark != "%" or at + 1 == len(form):
            made.append(mark)
            at += 1
            continue
        letter = form[at + 1]
        at += 2
        flag = ""
        if letter in "-_0^#" and at < len(form):
            flag, letter = letter, form[at]
            at += 1
        text = table[letter]() if letter in table else f"%{flag}{letter}"
        if flag == "-":
            text = text.lstrip("0 ") or text[-1:]
        elif flag == "^":
            text = text.upper()
        made.append(text)
    return "".join(made)


# ISO texts


def figures(text, at, count):
    part = text[at : at + count]
    if len(part) != count or not (part.isascii() and part.isdigit()):
        raise ValueError
    return int(part)


def iso_date(text):
    """Year, month and day of `2020-02-01`, `20200201`, `2020-W05-6`."""
    year = figures(text, 0, 4)
    dashed = text[4:5] == "-"
    at = 5 if dashed else 4
    if text[at : at + 1] == "W":
        week = figures(text, at + 1, 2)
        at += 3
        weekday = 1
        if at < len(text):
            if (text[at] == "-") != dashed:
                raise ValueError
            at += dashed
            weekday = figures(text, at, 1)
            at += 1
        if at != len(text):
            raise ValueError
        return iso_calendar(year, week, weekday)
    month = figures(text, at, 2)
    at += 2
    if (text[at : at + 1] == "-") != dashed:
        raise ValueError
    day = figures(text, at + dashed, 2)
    if at + dashed + 2 != len(text):
        raise ValueError
    return year, month, day


def iso_calendar(year, week, weekday):
    if not 1 <= year <= 9999:
        raise ValueError(f"Year is out of range: {year}")
    monday = first_week(year)
    weeks = 53 if year < 9999 and (first_week(year + 1) - monday) == 371 else 52
    if not 1 <= week <= weeks:
        raise ValueError(f"Invalid week: {week}")
    if not 1 <= weekday <= 7:
        raise ValueError(f"Invalid weekday: {weekday} (range is [1, 7])")
    return from_ordinal(monday + (week - 1) * 7 + weekday - 1)


def clock(text):
    """Hour, minute, second and microsecond of a time's text."""
    parts = [figures(text, 0, 2), 0, 0, 0]
    at, colon = 2, text[2:3] == ":"
    for place in (1, 2):
        if at == len(text):
            return parts
        if (text[at] == ":") != colon:
            break
        at += colon
        parts[place] = figures(text, at, 2)
        at += 2
    if at < len(text):
        if text[at] not in ".," or at < 6:
            raise ValueError
        part = text[at + 1 :]
        if not (part.isascii() and part.isdigit()):
            raise ValueError
        parts[3] = int(part[:6].ljust(6, "0"))
    return parts


def iso_time(text):
    """The fields of a time's text, and its offset in microseconds (None without)."""
    text = text.lstrip("T") if text[:1] == "T" else text
    at = next((i for i, mark in enumerate(text) if mark in "+-Z"), len(text))
    parts = clock(text[:at])
    if at == len(text):
        return parts, None
    if text[at] == "Z":
        if at + 1 != len(text):
            raise ValueError
        return parts, 0
    hour, minute, second, micro = clock(text[at + 1 :])
    offset = ((hour * 60 + minute) * 60 + second) * 1000000 + micro
    return parts, -offset if text[at] == "-" else offset


# strptime


class Reader:
    """Reads a text by a format."""

    def __init__(self, text, form):
        self.text, self.form, self.at, self.found = text, form, 0, {}

    def fail(self):
        raise ValueError(f"time data {self.text!r} does not match format {self.form!r}")

    def number(self, most, low, high):
        for count in range(most, 0, -1):
            part = self.text[self.at : self.at + count]
            if len(part) == count and part.isdecimal() and low <= int(part) <= high:
                self.at += count
                return int(part)
        self.fail()

    def name(self, names):
        rest = self.text[self.at :].lower()
        for place in sorted(range(len(names)), key=lambda place: -len(names[place])):
            if rest.startswith(names[place].lower()):
                self.at += len(names[place])
                return place
        self.fail()

    def zone(self):
        if self.text[self.at : self.at + 1] in ("Z", "z"):
            self.at += 1
            return 0
        start = self.at
        sign = self.text[self.at : self.at + 1]
        if sign not in ("+", "-") or not sign:
            self.fail()
        self.at += 1
        parts = [self.number(2, 0, 23)]
        while len(parts) < 3:
            here = self.at
            if self.text[self.at : self.at + 1] == ":":
                self.at += 1
            if not self.text[self.at : self.at + 2].isdecimal() or len(self.text[self.at : self.at + 2]) < 2:
                self.at = here
                break
            parts.append(self.number(2, 0, 59))
        if len(parts) < 2:
            self.at = start
            self.fail()
        micro = 0
        if len(parts) == 3 and self.text[self.at : self.at + 1] == ".":
            self.at += 1
            start = self.at
            self.number(6, 0, 999999)
            micro = int(self.text[start : self.at].ljust(6, "0"))
        parts += [0] * (3 - len(parts))
        total = ((parts[0] * 60 + parts[1]) * 60 + parts[2]) * 1000000 + micro
        return -total if sign == "-" else total

    def directive(self, letter):
        found = self.found
        if letter == "Y":
            part = self.text[self.at : self.at + 4]
            if len(part) < 4 or not part.isdecimal():
                self.fail()
            self.at += 4
            found["year"] = int(part)
        elif letter == "y":
            part = self.text[self.at : self.at + 2]
            if len(part) < 2 or not part.isdecimal():
                self.fail()
            self.at += 2
            found["year"] = int(part) + (2000 if int(part) <= 68 else 1900)
        elif letter == "m":
            found["month"] = self.number(2, 1, 12)
        elif letter in "de":
            if letter == "d" and self.text[self.at : self.at + 1] == " ":
                self.at += 1
            found["day"] = self.number(2, 1, 31)
        elif letter == "H":
            found["hour"] = self.number(2, 0, 23)
        elif letter == "I":
            found["twelve"] = self.number(2, 1, 12)
        elif letter == "M":
            found["minute"] = self.number(2, 0, 59)
        elif letter == "S":
            found["second"] = self.number(2, 0, 61)
        elif letter == "f":
            start = self.at
            self.number(6, 0, 999999)
            found["micro"] = int(self.text[start : self.at].ljust(6, "0"))
        elif letter == "j":
            found["of_year"] = self.number(3, 1, 366)
        elif letter == "p":
            found["half"] = self.name(("AM", "PM"))
        elif letter == "a":
            found["weekday"] = self.name([name[:3] for name in DAYS])
        elif letter == "A":
            found["weekday"] = self.name(DAYS)
        elif letter in "bh":
            found["month"] = self.name([name[:3] for name in MONTHS]) + 1
        elif letter == "B":
            found["month"] = self.name(MONTHS) + 1
        elif letter == "w":
            found["weekday"] = (self.number(1, 0, 6) + 6) % 7
        elif letter == "u":
            found["weekday"] = self.number(1, 1, 7) - 1
        elif letter in "UW":
            found["week"] = self.number(2, 0, 53), letter
        elif letter == "G":
            found["iso_year"] = self.number(4, 0, 9999)
        elif letter == "V":
            found["iso_week"] = self.number(2, 1, 53)
        elif letter == "z":
            found["offset"] = self.zone()
        elif letter == "Z":
            found["zone"] = ("UTC", "GMT")[self.name(("UTC", "GMT"))]
        else:
            self.run({"D": "%m/%d/%y", "x": "%m/%d/%y", "T": "%H:%M:%S", "X": "%H:%M:%S", "R": "%H:%M",
                      "c": "%a %b %d %H:%M:%S %Y"}[letter])

    def run(self, form):
        at = 0
        while at < len(form):
            mark = form[at]
            at += 1
            if mark.isspace():
                start = self.at
                while self.text[self.at : self.at + 1].isspace():
                    self.at += 1
                while at < len(form) and form[at].isspace():
                    at += 1
                if start == self.at:
                    self.fail()
            elif mark != "%":
                if self.text[self.at : self.at + 1].lower() != mark.lower():
                    self.fail()
                self.at += 1
            elif form[at] == "%":
                at += 1
                if self.text[self.at : self.at + 1] != "%":
                    self.fail()
                self.at += 1
            else:
                self.directive(form[at])
                at += 1


def check_format(form):
    at = 0
    while True:
        at = form.find("%", at)
        if at < 0:
            return
        letter = form[at + 1 : at + 2]
        if not letter:
            raise ValueError(f"stray %% in format '{form}'".replace("%%", "%"))
        if letter not in "%YymdeHIMSfjpaAbhBwuUWGVzZxXcDTR" or letter in "ehDTR":
            raise ValueError(f"'{letter}' is a bad directive in format '{form}'")
        at += 2


def strptime(text, form):
    """The fields that a text has by a format: seven numbers, offset in microseconds, zone."""
    for argument, value in enumerate((text, form)):
        if not isinstance(value, str):
            raise TypeError(f"strptime() argument {argument + 1} must be str, not {type(value).__name__}")
    check_format(form)
    reader = Reader(text, form)
    reader.run(form)
    if reader.at != len(text):
        raise ValueError(f"unconverted data remains: {text[reader.at:]}")
    found = reader.found
    if "twelve" in found:
        hour = found["twelve"] % 12 + 12 * found.get("half", 0)
        found["hour"] = hour
    year, month, day = found.get("year"), found.get("month", 1), found.get("day", 1)
    leap_day = year is None and month == 2 and day == 29
    if year is None and "iso_year" not in found:
        year = 1904 if leap_day else 1900
    if "iso_year" in found or "iso_week" in found:
        if "iso_week" not in found or "weekday" not in found:
            raise ValueError(
                "ISO year directive '%G' must be used with the ISO week directive '%V' and a weekday directive "
                "('%A', '%a', '%w', or '%u')."
            )
        if "iso_year" not in found:
            raise ValueError(
                "ISO week directive '%V' must be used with the ISO year directive '%G' and a weekday directive "
                "('%A', '%a', '%w', or '%u')."
            )
        year, month, day = iso_calendar(found["iso_year"], found["iso_week"], found["weekday"] + 1)
    elif "of_year" in found and "month" not in found:
        year, month, day = from_ordinal(to_ordinal(year, 1, 1) + found["of_year"] - 1)
    elif "week" in found and "weekday" in found:
        week, letter = found["week"]
        first = to_ordinal(year, 1, 1)
        start = (first + 6) % 7
        weekday = found["weekday"]
        if letter == "U":
            start, weekday = (start + 1) % 7, (weekday + 1) % 7
        away = (7 - start) % 7
        days = weekday - start if week == 0 else away + 7 * (week - 1) + weekday
        year, month, day = from_ordinal(first + days)
    if day > days_in_month(year, month):
        raise ValueError("day is out of range for month")
    second = found.get("second", 0)
    fields = (
        1900 if leap_day else year, month, day, found.get("hour", 0), found.get("minute", 0), second, found.get("micro", 0),
    )
    return fields, found.get("offset"), found.get("zone")
