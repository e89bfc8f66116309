"""Iterators that build on iterators."""
import _builtin
import operator as _operator

_missing = object()


class _Iterator:
    """What all of them share: they are their own iterators; `_run` is a generator that does the work."""

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._items)


class count(_Iterator):
    def __init__(self, start=0, step=1):
        if not hasattr(start, "__add__") or isinstance(start, (str, bytes, list, tuple)):
            raise TypeError("a number is required")
        self._next = start
        self._step = step

    def __next__(self):
        value = self._next
        self._next = value + self._step
        return value

    def __repr__(self):
        if self._step == 1 and isinstance(self._step, int):
            return f"count({self._next!r})"
        return f"count({self._next!r}, {self._step!r})"


class cycle(_Iterator):
    def __init__(self, iterable, /):
        self._items = self._run(iter(iterable))

    @staticmethod
    def _run(iterator):
        saved = []
        for item in iterator:
            yield item
            saved.append(item)
        while saved:
            yield from saved


class repeat(_Iterator):
    def __init__(self, object, times=None):
        self._object = object
        self._left = None if times is None else max(0, _operator.index(times))

    def __next__(self):
        if self._left is not None:
            if self._left <= 0:
                raise StopIteration
            self._left -= 1
        return self._object

    def __length_hint__(self):
        if self._left is None:
            raise TypeError("len() of unsized object")
        return self._left

    def __repr__(self):
        if self._left is None:
            return f"repeat({self._object!r})"
        return f"repeat({self._object!r}, {self._left})"


class chain(_Iterator):
    def __init__(self, *iterables):
        self._items = self._run(iterables)

    @staticmethod
    def _run(iterables):
        for iterable in iterables:
            yield from iterable

    @classmethod
    def from_iterable(cls, iterable, /):
        made = cls()
        made._items = cls._run(iterable)
        return made


class compress(_Iterator):
    def __init__(self, data, selectors):
        self._items = (item for item, wanted in zip(data, selectors) if wanted)


class dropwhile(_Iterator):
    def __init__(self, predicate, iterable, /):
        self._items = self._run(predicate, iter(iterable))

    @staticmethod
    def _run(predicate, iterator):
        for item in iterator:
            if not predicate(item):
                yield item
                break
        yield from iterator


class takewhile(_Iterator):
    def __init__(self, predicate, iterable, /):
        self._items = self._run(predicate, iter(iterable))

    @staticmethod
    def _run(predicate, iterator):
        for item in iterator:
            if not predicate(item):
                return
            yield item


class filterfalse(_Iterator):
    def __init__(self, function, iterable, /):
        if function is None:
            function = bool
        self._items = (item for item in iterable if not function(item))


class starmap(_Iterator):
    def __init__(self, function, iterable, /):
        self._items = (function(*tuple(item)) for item in iterable)


class accumulate(_Iterator):
    def __init__(self, iterable, func=None, *, initial=None):
        self._items = self._run(iter(iterable), func or _operator.add, initial)

    @staticmethod
    def _run(iterator, function, total):
        if total is None:
            for total in iterator:
                break
            else:
                return
        yield total
        for item in iterator:
            total = function(total, item)
            yield total


class islice(_Iterator):
    def __init__(self, /, *args):
        if not 2 <= len(args) <= 4:
            raise TypeError(f"islice expected at {'least 2' if len(args) < 2 else 'most 4'} arguments, got {len(args)}")
        iterable, *bounds = args
        start, stop, step = (None, bounds[0], None) if len(bounds) == 1 else (*bounds, None)[:3]
        for bound in (start, stop):
            if bound is not None and (not hasattr(bound, "__index__") or bound < 0):
                what = "Stop argument" if len(bounds) == 1 else "Indices"
                end = "must be None or an integer: 0 <= x <= sys.maxsize."
                raise ValueError(f"{what} for islice() {end}")
        if step is not None and (not hasattr(step, "__index__") or step < 1):
            raise ValueError("Step for islice() must be a positive integer or None.")
        self._items = self._run(iter(iterable), start or 0, stop, step or 1)

    @staticmethod
    def _run(iterator, wanted, stop, step):
        at = 0
        while stop is None or wanted < stop:
            for item in iterator:
                at += 1
                if at > wanted:
                    break
            else:
                return
            yield item
            wanted += step
        while at < stop:
            for item in iterator:
                break
            else:
                return
            at += 1


class pairwise(_Iterator):
    def __init__(self, iterable, /):
        self._items = self._run(iter(iterable))

    @staticmethod
    def _run(iterator):
        for before in iterator:
            break
        else:
            return
        for item in iterator:
            yield before, item
            before = item


class zip_longest(_Iterator):
    def __init__(self, /, *iterables, **kwargs):
        fillvalue = kwargs.pop("fillvalue", None)
        if kwargs:
            raise TypeError("zip_longest() got an unexpected keyword argument")
        self._items = self._run([iter(iterable) for iterable in iterables], fillvalue)

    @staticmethod
    def _run(iterators, fill):
        going = len(iterators)
        while going:
            row = []
            for at, iterator in enumerate(iterators):
                item = fill if iterator is None else next(iterator, _missing)
                if item is _missing:
                    going -= 1
                    if not going:
                        return
                    iterators[at] = None
                    item = fill
                row.append(item)
            yield tuple(row)


class product(_Iterator):
    def __init__(self, *iterables, repeat=1):
        if repeat < 0:
            raise ValueError("repeat argument cannot be negative")
        self._items = self._run([tuple(pool) for pool in iterables] * repeat)

    @staticmethod
    def _run(pools):
        sizes = [len(pool) for pool in pools]
        if 0 in sizes:
            return
        places = [0] * len(pools)
        while True:
            yield tuple(pool[at] for pool, at in zip(pools, places))
            for digit in range(len(pools) - 1, -1, -1):
                places[digit] += 1
                if places[digit] < sizes[digit]:
                    break
                places[digit] = 0
            else:
                return


def _check_length(r):
    if r < 0:
        raise ValueError("r must be non-negative")


class permutations(_Iterator):
    def __init__(self, iterable, r=None):
        pool = tuple(iterable)
        if r is None:
            r = len(pool)
        elif not isinstance(r, int):
            raise TypeError("Expected int as r")
        _check_length(r)
        self._items = self._run(pool, r)

    @staticmethod
    def _run(pool, r):
        def extend(chosen, left):
            if len(chosen) == r:
                yield tuple(pool[at] for at in chosen)
                return
            for at in left:
                yield from extend(chosen + [at], [other for other in left if other != at])

        if r <= len(pool):
            yield from extend([], list(range(len(pool))))


class combinations(_Iterator):
    def __init__(self, iterable, r):
        pool = tuple(iterable)
        _check_length(r)
        self._items = self._run(pool, r)

    @staticmethod
    def _run(pool, r):
        n = len(pool)
        if r > n:
            return
        places = list(range(r))
        while True:
            yield tuple(pool[at] for at in places)
            for digit in range(r - 1, -1, -1):
                if places[digit] != digit + n - r:
                    break
            else:
                return
            places[digit:] = range(places[digit] + 1, places[digit] + 1 + r - digit)


class combinations_with_replacement(_Iterator):
    def __init__(self, iterable, r):
        pool = tuple(iterable)
        _check_length(r)
        self._items = self._run(pool, r)

    @staticmethod
    def _run(pool, r):
        if not pool and r:
            return
        places = [0] * r
        while True:
            yield tuple(pool[at] for at in places)
            for digit in range(r - 1, -1, -1):
                if places[digit] != len(pool) - 1:
                    break
            else:
                return
            places[digit:] = [places[digit] + 1] * (r - digit)


class groupby(_Iterator):
    def __init__(self, iterable, key=None):
        self._source = iter(iterable)
        self._function = key
        self._key = self._target = self._value = _missing
        self._turn = None

    def _advance(self):
        value = next(self._source)
        self._key = value if self._function is None else self._function(value)
        self._value = value

    def __next__(self):
        turn = self._turn = object()
        while self._key is _missing or (self._target is not _missing and self._target == self._key):
            self._advance()
        self._target = self._key
        return self._key, self._group(self._key, turn)

    def _group(self, target, turn):
        while self._turn is turn:
            if self._value is _missing:
                try:
                    self._advance()
                except StopIteration:
                    return
            if target != self._key:
                return
            value, self._value = self._value, _missing
            yield value


def tee(iterable, n=2, /):
    if n < 0:
        raise ValueError("n must be >= 0")
    iterator = iter(iterable)
    queues = [[] for _ in range(n)]

    def run(own):
        while True:
            if not own:
                try:
                    item = next(iterator)
                except StopIteration:
                    return
                for queue in queues:
                    queue.append(item)
            yield own.pop(0)

    return tuple(run(queue) for queue in queues)


_builtin.functions(globals(), "itertools", "tee")
_builtin.types(
    globals(), "itertools", "count", "cycle", "repeat", "chain", "compress", "dropwhile", "takewhile", "filterfalse",
    "starmap", "accumulate", "islice", "pairwise", "zip_longest", "product", "permutations", "combinations",
    "combinations_with_replacement", "groupby",
)
