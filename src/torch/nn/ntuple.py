"""One number for every dimension: how layers spread their options."""
from collections.abc import Iterable
from itertools import repeat


def _ntuple(n, name):
    def spread(value):
        return tuple(value) if isinstance(value, Iterable) else tuple(repeat(value, n))

    spread.__name__ = name
    return spread


_single = _ntuple(1, "_single")
_pair = _ntuple(2, "_pair")
_triple = _ntuple(3, "_triple")
_quadruple = _ntuple(4, "_quadruple")


def _reverse_repeat_tuple(values, times):
    return tuple(value for value in reversed(values) for _ in range(times))


def _list_with_default(sizes, defaults):
    if isinstance(sizes, int):
        return sizes
    if len(defaults) <= len(sizes):
        raise ValueError(f"Input dimension should be at least {len(sizes) + 1}")
    return [default if size is None else size for size, default in zip(sizes, defaults[-len(sizes):])]
