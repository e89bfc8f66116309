"""`array`: numbers of one C type. The elements stand in a tensor, so that `torch.frombuffer` shares them."""
import torch

# the tensor's dtype, the bytes of an element, and the name of the C type in messages; unsigned ones are stored as signed
_CODES = {
    "b": (torch.int8, 1, "signed char"),
    "B": (torch.uint8, 1, "unsigned byte integer"),
    "u": (torch.int32, 4, None),
    "h": (torch.int16, 2, "signed short integer"),
    "H": (torch.int16, 2, "unsigned short"),
    "i": (torch.int32, 4, "signed integer"),
    "I": (torch.int32, 4, "unsigned int"),
    "l": (torch.int64, 8, "signed long"),
    "L": (torch.int64, 8, "unsigned long"),
    "q": (torch.int64, 8, "signed long long"),
    "Q": (torch.int64, 8, "unsigned long long"),
    "f": (torch.float32, 4, None),
    "d": (torch.float64, 8, None),
}
typecodes = "bBuhHiIlLqQfd"
_missing = object()


class array:
    __module__ = "array"
    __hash__ = None

    def __new__(cls, *args):
        if not args:
            raise TypeError("array() takes at least 1 argument (0 given)")
        code, *data = args
        if not isinstance(code, str) or len(code) != 1:
            kind = type(code).__name__
            raise TypeError(f"array() argument 1 must be a unicode character, not {kind}")
        if code not in _CODES:
            raise ValueError("bad typecode (must be b, B, u, h, H, i, I, l, L, q, Q, f or d)")
        self = object.__new__(cls)
        self._code = code
        self._dtype, self.itemsize, self._type = _CODES[code]
        self._memory = torch.empty(0, dtype=self._dtype)
        if data:
            self._fill(data[0])
        return self

    def _fill(self, data):
        if isinstance(data, str) and self._code != "u":
            raise TypeError(f"cannot use a str to initialize an array with typecode '{self._code}'")
        if isinstance(data, (bytes, bytearray)):
            self.frombytes(data)
        else:
            self._put([self._in(item) for item in data])

    typecode = property(lambda self: self._code)

    def _put(self, stored):
        self._memory = torch.tensor(stored, dtype=self._dtype)

    def _in(self, item):
        """An element as the tensor stores it."""
        if self._code == "u":
            if not isinstance(item, str) or len(item) != 1:
                raise TypeError("array item must be unicode character")
            return ord(item)
        if self._code in "fd":
            if not isinstance(item, (int, float)) and not hasattr(item, "__float__"):
                raise TypeError(f"must be real number, not {type(item).__name__}")
            return float(item)
        if not hasattr(item, "__index__"):
            raise TypeError(f"'{type(item).__name__}' object cannot be interpreted as an integer")
        number, bits = item.__index__(), 8 * self.itemsize
        unsigned = self._code.isupper()
        low, high = (0, 2**bits - 1) if unsigned else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
        if number > high:
            raise OverflowError(f"{self._type} is greater than maximum")
        if number < low:
            raise OverflowError(f"{self._type} is less than minimum")
        return number - 2**bits if unsigned and self._code != "B" and number >= 2 ** (bits - 1) else number

    def _out(self, stored):
        if self._code == "u":
            return chr(stored)
        if self._code in "HILQ" and stored < 0:
            return stored + 2 ** (8 * self.itemsize)
        return stored

    def _stored(self):
        return self._memory.tolist()

    def _like(self, stored):
        made = array(self._code)
        made._put(stored)
        return made

    def tolist(self):
        return [self._out(item) for item in self._stored()]

    def tounicode(self):
        if self._code != "u":
            raise ValueError("tounicode() may only be called on unicode type arrays")
        return "".join(self.tolist())

    def tobytes(self):
        return bytes(self._memory.view(torch.uint8).tolist())

    def frombytes(self, data):
        if len(data) % self.itemsize:
            raise ValueError("bytes length not a multiple of item size")
        if data:
            added = torch.tensor(list(data), dtype=torch.uint8).view(self._dtype)
            self._memory = torch.cat([self._memory, added])

    def fromlist(self, items):
        if not isinstance(items, list):
            raise TypeError("arg must be list")
        self.extend(items)

    def __repr__(self):
        items = self.tolist()
        if not items:
            return f"array('{self._code}')"
        shown = "".join(items) if self._code == "u" else items
        return f"array('{self._code}', {shown!r})"

    def __len__(self):
        return len(self._memory)

    def __iter__(self):
        at = 0
        while at < len(self):
            yield self._out(self._memory[at].item())
            at += 1

    def _place(self, index, message):
        if not hasattr(index, "__index__"):
            raise TypeError("array indices must be integers")
        at = index.__index__()
        at = at + len(self) if at < 0 else at
        if not 0 <= at < len(self):
            raise IndexError(message)
        return at

    def __getitem__(self, index):
        if isinstance(index, slice):
            return self._like(self._stored()[index])
        return self._out(self._memory[self._place(index, "array index out of range")].item())

    def __setitem__(self, index, item):
        if not isinstance(index, slice):
            at = self._place(index, "array assignment index out of range")
            self._memory[at] = self._in(item)
            return
        if not isinstance(item, array):
            kind = type(item).__name__
            raise TypeError(f'can only assign array (not "{kind}") to array slice')
        stored = self._stored()
        stored[index] = item._stored()
        self._put(stored)

    def __delitem__(self, index):
        stored = self._stored()
        del stored[index if isinstance(index, slice) else self._place(index, "array assignment index out of range")]
        self._put(stored)

    def __contains__(self, item):
        return item in self.tolist()

    def append(self, item):
        self._put(self._stored() + [self._in(item)])

    def extend(self, items):
        if isinstance(items, array):
            if items._code != self._code:
                raise TypeError("can only extend with array of same kind")
            self._put(self._stored() + items._stored())
        else:
            self._put(self._stored() + [self._in(item) for item in items])

    def insert(self, index, item):
        stored = self._stored()
        stored.insert(index, self._in(item))
        self._put(stored)

    def pop(self, index=-1):
        if not len(self):
            raise IndexError("pop from empty array")
        at = self._place(index, "pop index out of range")
        item = self[at]
        del self[at]
        return item

    def index(self, item, start=0, stop=_missing):
        items = self.tolist()
        try:
            return items.index(item, start, len(items) if stop is _missing else stop)
        except ValueError:
            raise ValueError("array.index(x): x not in array") from None

    def remove(self, item):
        items = self.tolist()
        if item not in items:
            raise ValueError("array.remove(x): x not in array")
        del self[items.index(item)]

    def count(self, item):
        return self.tolist().count(item)

    def reverse(self):
        self._put(self._stored()[::-1])

    def byteswap(self):
        swapped = self._memory.view(torch.uint8).reshape(-1, self.itemsize).flip(1).reshape(-1)
        self._memory = swapped.contiguous().view(self._dtype)

    def buffer_info(self):
        return self._memory.data_ptr(), len(self)

    def __copy__(self):
        return self._like(self._stored())

    def __deepcopy__(self, memo):
        return self._like(self._stored())

    def __add__(self, other):
        if not isinstance(other, array):
            raise TypeError(f'can only append array (not "{type(other).__name__}") to array')
        if other._code != self._code:
            raise TypeError("bad argument type for built-in operation")
        return self._like(self._stored() + other._stored())

    def __iadd__(self, other):
        if not isinstance(other, array):
            raise TypeError(f'can only extend with array (not "{type(other).__name__}")')
        self.extend(other)
        return self

    def __mul__(self, times):
        if not hasattr(times, "__index__"):
            return NotImplemented
        return self._like(self._stored() * times)

    __rmul__ = __mul__

    def __imul__(self, times):
        self._put(self._stored() * times)
        return self

    def _compared(name):
        def compare(self, other):
            return getattr(self.tolist(), name)(other.tolist()) if isinstance(other, array) else NotImplemented

        compare.__name__ = name
        return compare

    __eq__, __ne__, __lt__, __le__, __gt__, __ge__ = map(
        _compared, ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__")
    )
    del _compared


ArrayType = array
