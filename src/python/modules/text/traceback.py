"""Exceptions and tracebacks as text."""
import sys as _sys

import _traceback

__all__ = [
    "extract_tb", "format_exc", "format_exception", "format_exception_only", "format_list", "format_tb", "print_exc",
    "print_exception", "print_last", "print_tb", "print_list", "walk_tb", "FrameSummary", "StackSummary",
    "TracebackException", "clear_frames",
]
_sentinel = object()


class FrameSummary:
    """Where one frame of a traceback stood."""

    __slots__ = ("filename", "lineno", "name", "line", "locals")

    def __init__(self, filename, lineno, name, *, lookup_line=True, locals=None, line=None):
        self.filename, self.lineno, self.name, self.line, self.locals = filename, lineno, name, line or "", locals

    def __iter__(self):
        return iter((self.filename, self.lineno, self.name, self.line))

    def __getitem__(self, at):
        return (self.filename, self.lineno, self.name, self.line)[at]

    def __len__(self):
        return 4

    def __eq__(self, other):
        return tuple(self) == tuple(other)

    def __repr__(self):
        return f"<FrameSummary file {self.filename}, line {self.lineno} in {self.name}>"


class StackSummary(list):
    def format(self):
        lines = []
        for frame in self:
            text = f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}\n'
            lines.append(text + (f"    {frame.line.strip()}\n" if frame.line else ""))
        return lines


def walk_tb(tb):
    while tb is not None:
        yield tb.tb_frame, tb.tb_lineno
        tb = tb.tb_next


def _pieces(text):
    """Lines of a text; what is indented deeper belongs to the line above."""
    pieces = []
    for line in text.splitlines(keepends=True):
        if pieces and line.startswith("    ") and pieces[-1].startswith("  File "):
            pieces[-1] += line
        else:
            pieces.append(line)
    return pieces


def extract_tb(tb, limit=None):
    frames = [
        FrameSummary(frame.f_code.co_filename, line, frame.f_code.co_name) for frame, line in walk_tb(tb)
    ]
    if limit is not None:
        frames = frames[:limit] if limit >= 0 else frames[limit:]
    return StackSummary(frames)


def format_list(extracted_list):
    return StackSummary(FrameSummary(*tuple(frame)[:3], line=tuple(frame)[3]) for frame in extracted_list).format()


def format_tb(tb, limit=None):
    pieces = _pieces(_traceback.entries(tb))
    if limit is not None:
        pieces = pieces[:limit] if limit >= 0 else pieces[limit:]
    return pieces


def _given(exc, value):
    if value is _sentinel:
        if exc is None or isinstance(exc, BaseException):
            return exc
        raise TypeError(f"Exception expected for value, {type(exc).__name__} found")
    return value


def format_exception_only(exc, /, value=_sentinel):
    value = _given(exc, value)
    if value is None:
        return ["NoneType: None\n"]
    return _traceback.own(value).splitlines(keepends=True)


def format_exception(exc, /, value=_sentinel, tb=_sentinel, limit=None, chain=True):
    value = _given(exc, value)
    if value is None:
        return ["NoneType: None\n"]
    if not chain:
        head = ["Traceback (most recent call last):\n"] if value.__traceback__ is not None else []
        return head + format_tb(value.__traceback__, limit) + format_exception_only(value)
    return _pieces(_traceback.whole(value))


def print_exception(exc, /, value=_sentinel, tb=_sentinel, limit=None, file=None, chain=True):
    print("".join(format_exception(exc, value, tb, limit, chain)), file=file or _sys.stderr, end="")


def format_exc(limit=None, chain=True):
    return "".join(format_exception(_sys.exc_info()[1], limit=limit, chain=chain))


def print_exc(limit=None, file=None, chain=True):
    print_exception(_sys.exc_info()[1], limit=limit, file=file, chain=chain)


def print_last(limit=None, file=None, chain=True):
    if not hasattr(_sys, "last_value"):
        raise ValueError("no last exception")
    print_exception(_sys.last_value, limit=limit, file=file, chain=chain)


def print_tb(tb, limit=None, file=None):
    print("".join(format_tb(tb, limit)), file=file or _sys.stderr, end="")


def print_list(extracted_list, file=None):
    print("".join(format_list(extracted_list)), file=file or _sys.stderr, end="")


def clear_frames(tb):
    pass


class TracebackException:
    """An exception ready to be written."""

    def __init__(self, exc_type, exc_value, exc_traceback, **options):
        self._exception = exc_value
        self.exc_type = exc_type
        self.stack = extract_tb(exc_traceback)
        self.__cause__, self.__context__ = exc_value.__cause__, exc_value.__context__

    @classmethod
    def from_exception(cls, exc, **options):
        return cls(type(exc), exc, exc.__traceback__, **options)

    def __str__(self):
        return str(self._exception)

    def format_exception_only(self):
        yield from format_exception_only(self._exception)

    def format(self, *, chain=True):
        yield from format_exception(self._exception, chain=chain)

    def print(self, *, file=None, chain=True):
        print_exception(self._exception, file=file, chain=chain)
