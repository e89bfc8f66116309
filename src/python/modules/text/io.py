"""Files that live in memory."""
import _builtin
from abc import ABCMeta as _ABCMeta

__all__ = [
    "StringIO", "BytesIO", "IOBase", "RawIOBase", "BufferedIOBase", "TextIOBase", "UnsupportedOperation", "SEEK_SET",
    "SEEK_CUR", "SEEK_END",
]
DEFAULT_BUFFER_SIZE = 8192
SEEK_SET, SEEK_CUR, SEEK_END = 0, 1, 2


class UnsupportedOperation(OSError, ValueError):
    """What a stream cannot do."""


class IOBase(metaclass=_ABCMeta):
    """What all streams share."""

    _closed = False

    def _unsupported(self, name):
        raise UnsupportedOperation(f"{type(self).__name__}.{name}() not supported")

    @property
    def closed(self):
        return self._closed

    def _checkClosed(self, msg=None):
        if self.closed:
            raise ValueError("I/O operation on closed file." if msg is None else msg)

    def close(self):
        self._closed = True

    def flush(self):
        self._checkClosed()

    def seek(self, pos, whence=0):
        self._unsupported("seek")

    def tell(self):
        return self.seek(0, 1)

    def truncate(self, pos=None):
        self._unsupported("truncate")

    def fileno(self):
        raise UnsupportedOperation("fileno")

    def isatty(self):
        self._checkClosed()
        return False

    def readable(self):
        return False

    def writable(self):
        return False

    def seekable(self):
        return False

    def __enter__(self):
        self._checkClosed()
        return self

    def __exit__(self, *args):
        self.close()

    def __iter__(self):
        self._checkClosed()
        return self

    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def readline(self, size=-1):
        part = self.read(1)
        line = part
        newline = "\n" if isinstance(part, str) else b"\n"
        while part and part != newline and (size is None or size < 0 or len(line) < size):
            part = self.read(1)
            line += part
        return line

    def readlines(self, hint=-1):
        lines, total = [], 0
        for line in self:
            lines.append(line)
            total += len(line)
            if hint is not None and 0 < hint <= total:
                break
        return lines

    def writelines(self, lines):
        self._checkClosed()
        for line in lines:
            self.write(line)


class RawIOBase(IOBase):
    """Bytes without a buffer."""


class BufferedIOBase(IOBase):
    """Bytes with a buffer."""


class TextIOBase(IOBase):
    """Text."""

    encoding = errors = newlines = None


class _Memory:
    """A position in a value that grows: `_value` is a str or bytes."""

    def close(self):
        self._closed = True
        self._value = self._value[:0]

    def getvalue(self):
        self._open()
        return self._value

    def _open(self):
        if self._closed:
            raise ValueError("I/O operation on closed file" + self._stop)

    def readable(self):
        self._open()
        return True

    writable = seekable = readable

    def tell(self):
        self._open()
        return self._at

    def isatty(self):
        self._open()
        return False

    def flush(self):
        self._open()

    def _size(self, size):
        if size is None:
            return -1
        if not hasattr(size, "__index__"):
            raise TypeError(f"argument should be integer or None, not '{type(size).__name__}'")
        return size.__index__()

    def read(self, size=-1, /):
        self._open()
        size = self._size(size)
        end = len(self._value) if size < 0 else min(len(self._value), self._at + size)
        part = self._value[self._at:end]
        self._at = max(self._at, end)
        return part

    def readline(self, size=-1, /):
        self._open()
        size = self._size(size)
        end = self._value.find(self._newline, self._at) + len(self._newline)
        if end < len(self._newline):
            end = len(self._value)
        if size >= 0:
            end = min(end, self._at + size)
        part = self._value[self._at:end]
        self._at = max(self._at, end)
        return part

    def _put(self, data):
        at, value = self._at, self._value
        if at == len(value):
            self._value = value + data
        else:
            if at > len(value):
                value += self._filling * (at - len(value))
            self._value = value[:at] + data + value[at + len(data):]
        self._at = at + len(data)

    def __iter__(self):
        self._open()
        return self

    def __enter__(self):
        self._open()
        return self

    def truncate(self, pos=None, /):
        self._open()
        if pos is None:
            pos = self._at
        elif pos < 0:
            raise ValueError(self._negative_size.format(pos))
        self._value = self._value[:pos]
        return pos


class StringIO(_Memory, TextIOBase):
    """Text I/O implementation using an in-memory buffer."""

    _filling = "\0"
    _stop = ""
    _negative_size = "Negative size value {}"

    def __init__(self, initial_value="", newline="\n"):
        if newline is not None and not isinstance(newline, str):
            raise TypeError(f"newline must be str or None, not {type(newline).__name__}")
        if newline not in (None, "", "\n", "\r", "\r\n"):
            raise ValueError(f"illegal newline value: {newline!r}")
        if initial_value is not None and not isinstance(initial_value, str):
            raise TypeError(f"initial_value must be str or None, not {type(initial_value).__name__}")
        self._closed = False
        self._newline = newline if newline else "\n"
        self._translate = newline is None
        self._value = ""
        self._at = 0
        if initial_value:
            self.write(initial_value)
            self._at = 0

    @property
    def line_buffering(self):
        self._open()
        return False

    def write(self, s, /):
        if not isinstance(s, str):
            raise TypeError(f"string argument expected, got '{type(s).__name__}'")
        self._open()
        length = len(s)
        if self._translate:
            s = s.replace("\r\n", "\n").replace("\r", "\n")
        elif self._newline != "\n":
            s = s.replace("\n", self._newline)
        self._put(s)
        return length

    def seek(self, pos, whence=0, /):
        self._open()
        if whence not in (0, 1, 2):
            raise ValueError(f"Invalid whence ({whence}, should be 0, 1 or 2)")
        if whence == 0 and pos < 0:
            raise ValueError(f"Negative seek position {pos}")
        if whence and pos:
            raise OSError("Can't do nonzero cur-relative seeks")
        self._at = pos if whence == 0 else self._at if whence == 1 else len(self._value)
        return self._at


class BytesIO(_Memory, BufferedIOBase):
    """Buffered I/O implementation using an in-memory bytes buffer."""

    _newline = b"\n"
    _filling = b"\0"
    _stop = "."
    _negative_size = "negative size value {}"

    def __init__(self, initial_bytes=b""):
        self._closed = False
        self._value = b"" if initial_bytes is None else _bytes(initial_bytes)
        self._at = 0

    def write(self, b, /):
        self._open()
        data = _bytes(b)
        self._put(data)
        return len(data)

    def read1(self, size=-1, /):
        return self.read(size)

    def readinto(self, buffer, /):
        data = self.read(len(buffer))
        buffer[:len(data)] = data
        return len(data)

    readinto1 = readinto

    def seek(self, pos, whence=0, /):
        self._open()
        if whence not in (0, 1, 2):
            raise ValueError(f"invalid whence ({whence}, should be 0, 1 or 2)")
        if whence == 0 and pos < 0:
            raise ValueError(f"negative seek value {pos}")
        base = 0 if whence == 0 else self._at if whence == 1 else len(self._value)
        self._at = max(0, base + pos)
        return self._at


def _bytes(data):
    if isinstance(data, str) or not isinstance(data, (bytes, bytearray)) and not hasattr(data, "tobytes"):
        raise TypeError(f"a bytes-like object is required, not '{type(data).__name__}'")
    return bytes(data)


_builtin.types(globals(), "_io", "StringIO", "BytesIO")
