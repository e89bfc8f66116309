"""Samples as one batch: tensors stacked, numbers made tensors, containers walked."""
import copy
from collections.abc import Mapping, MutableMapping, MutableSequence, Sequence

import torch


def _rebuilt(like, mapping):
    """A mapping of the type of another, a plain one where that can't be made."""
    try:
        if isinstance(like, MutableMapping):
            made = copy.copy(like)
            made.update(mapping)
            return made
        return type(like)(mapping)
    except TypeError:
        return mapping


def _is_namedtuple(data):
    return isinstance(data, tuple) and hasattr(data, "_fields")


def default_convert(data):
    if isinstance(data, Mapping):
        return _rebuilt(data, {key: default_convert(data[key]) for key in data})
    if _is_namedtuple(data):
        return type(data)(*(default_convert(part) for part in data))
    if isinstance(data, tuple):
        return [default_convert(part) for part in data]
    if isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        try:
            return type(data)([default_convert(part) for part in data])
        except TypeError:
            return [default_convert(part) for part in data]
    return data


def _columns(batch, map_):
    """What the samples hold in the same place, collated."""
    rows = iter(batch)
    width = len(next(rows))
    if not all(len(row) == width for row in rows):
        raise RuntimeError("each element in list of batch should be of equal size")
    return [collate(column, collate_fn_map=map_) for column in zip(*batch)]


def collate(batch, *, collate_fn_map=None):
    first = batch[0]
    kind = type(first)
    if collate_fn_map is not None:
        if kind in collate_fn_map:
            return collate_fn_map[kind](batch, collate_fn_map=collate_fn_map)
        for wanted, function in collate_fn_map.items():
            if isinstance(first, wanted):
                return function(batch, collate_fn_map=collate_fn_map)
    if isinstance(first, Mapping):
        return _rebuilt(
            first, {key: collate([sample[key] for sample in batch], collate_fn_map=collate_fn_map) for key in first}
        )
    if _is_namedtuple(first):
        return kind(*(collate(column, collate_fn_map=collate_fn_map) for column in zip(*batch)))
    if isinstance(first, Sequence) and not isinstance(first, (str, bytes)):
        columns = _columns(batch, collate_fn_map)
        if isinstance(first, tuple):
            return columns
        try:
            if isinstance(first, MutableSequence):
                made = copy.copy(first)
                for at, column in enumerate(columns):
                    made[at] = column
                return made
            return kind(columns)
        except TypeError:
            return columns
    raise TypeError(
        f"default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found {kind}"
    )


def collate_tensor_fn(batch, *, collate_fn_map=None):
    return torch.stack(batch, 0)


def collate_float_fn(batch, *, collate_fn_map=None):
    return torch.tensor(batch, dtype=torch.float64)


def collate_int_fn(batch, *, collate_fn_map=None):
    return torch.tensor(batch)


def collate_str_fn(batch, *, collate_fn_map=None):
    return batch


default_collate_fn_map = {
    torch.Tensor: collate_tensor_fn,
    float: collate_float_fn,
    int: collate_int_fn,
    str: collate_str_fn,
    bytes: collate_str_fn,
}


def default_collate(batch):
    return collate(batch, collate_fn_map=default_collate_fn_map)
