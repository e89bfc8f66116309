"""`torch.masked`: reductions and normalisations that leave masked-out elements aside.

A masked-out element is replaced by the value that does not change the result (`_identity`), then the ordinary
operation runs.
"""
import torch

__all__ = [
    "amax", "amin", "argmax", "argmin", "cumprod", "cumsum", "log_softmax", "logaddexp", "logsumexp", "mean", "median",
    "norm", "normalize", "prod", "softmax", "softmin", "std", "sum", "var",
]

_SMALL = (torch.uint8, torch.bool, torch.int8, torch.int16, torch.int32)


def _lowest(dtype):
    return -torch.inf if dtype.is_floating_point else torch.iinfo(dtype).min


def _highest(dtype):
    return torch.inf if dtype.is_floating_point else torch.iinfo(dtype).max


_identity = {
    "sum": lambda dtype: 0,
    "prod": lambda dtype: 1,
    "amax": _lowest,
    "argmax": _lowest,
    "amin": _highest,
    "argmin": _highest,
    "logsumexp": lambda dtype: -torch.inf + 0j if dtype.is_complex else _lowest(dtype),
    "logaddexp": _lowest,
    "median": lambda dtype: torch.nan,
    "norm": lambda dtype: 0,
}


def _dims(dim, ndim):
    if dim is None or dim == ():
        return tuple(range(ndim))
    ndim = max(ndim, 1)
    found = []
    for d in (dim,) if isinstance(dim, int) else dim:
        if d in found:
            raise RuntimeError(f"dim={d} appears multiple times in the list of dims")
        if d >= ndim or d < -ndim:
            raise IndexError(
                f"Dimension out of range (expected to be in range of [{-ndim}, {ndim - 1}], but got {d})"
            )
        found.append(d % ndim)
    return tuple(sorted(found))


def _full_mask(input, mask):
    """The mask as booleans in the input's shape."""
    if mask.shape != input.shape:
        if mask.ndim > input.ndim:
            raise IndexError(
                "_input_mask expected broadcastable mask (got mask dimensionality higher than of the input)"
            )
        mask = torch.broadcast_to(mask.clone(), input.shape)
    return mask.to(dtype=torch.bool)


def _filled(name, input, mask, value=None):
    if mask is None:
        return input
    full = _full_mask(input, mask)
    if value is None:
        value = _identity[name](input.dtype)
    return torch.where(full, input, torch.tensor(value, dtype=input.dtype))


def _summing_dtype(input, dtype):
    if dtype is not None:
        return dtype
    return torch.int64 if input.dtype in _SMALL else input.dtype


def sum(input, dim=None, *, keepdim=False, dtype=None, mask=None):
    dtype = _summing_dtype(input, dtype)
    dims = _dims(dim, input.ndim)
    return torch.sum(_filled("sum", input, mask), dims, bool(keepdim), dtype=dtype)


def prod(input, dim=None, *, keepdim=False, dtype=None, mask=None):
    dtype = _summing_dtype(input, dtype)
    dims = _dims(dim, input.ndim)
    result = _filled("prod", input, mask).to(dtype=dtype)
    for d in reversed(dims):
        result = result.prod(dim=d, keepdim=bool(keepdim))
    return result


def cumsum(input, dim, *, dtype=None, mask=None):
    dtype = input.dtype if dtype is None else dtype
    return torch.cumsum(_filled("sum", input, mask), _dims(dim, input.ndim)[0], dtype=dtype).to(dtype=dtype)


def cumprod(input, dim, *, dtype=None, mask=None):
    dtype = input.dtype if dtype is None else dtype
    return torch.cumprod(_filled("prod", input, mask), _dims(dim, input.ndim)[0], dtype=dtype).to(dtype=dtype)


def amax(input, dim=None, *, keepdim=False, dtype=None, mask=None):
    dtype = input.dtype if dtype is None else dtype
    filled = _filled("amax", input, mask)
    return torch.amax(filled, _dims(dim, filled.ndim), bool(keepdim)).to(dtype=dtype)


def amin(input, dim=None, *, keepdim=False, dtype=None, mask=None):
    dtype = input.dtype if dtype is None else dtype
    filled = _filled("amin", input, mask)
    return torch.amin(filled, _dims(dim, filled.ndim), bool(keepdim)).to(dtype=dtype)


def argmax(input, dim=None, *, keepdim=False, dtype=None, mask=None):
    dtype = input.dtype if dtype is None else dtype
    return torch.argmax(_filled("argmax", input, mask), dim, bool(keepdim)).to(dtype=dtype)


def argmin(input, dim=None, *, keepdim=False, dtype=None, mask=None):
    dtype = input.dtype if dtype is None else dtype
    return torch.argmin(_filled("argmin", input, mask), dim, bool(keepdim)).to(dtype=dtype)


def _count_and_total(input, dim, keepdim, dtype, mask):
    if mask is None:
        ones = torch.ones(input.shape, dtype=torch.int64)
        return sum(ones, dim, keepdim=keepdim), sum(input, dim, keepdim=keepdim, dtype=dtype), None
    full = _full_mask(input, mask)
    count = full.sum(dim=dim, keepdim=bool(keepdim))
    return count, sum(input, dim, keepdim=keepdim, dtype=dtype, mask=full), full


def mean(input, dim=None, *, keepdim=False, dtype=None, mask=None):
    source = "Input" if dtype is None else "Optional"
    dtype = input.dtype if dtype is None else dtype
    if not (dtype.is_floating_point or dtype.is_complex):
        raise ValueError(
            f"mean(): Could not infer output dtype. {source} dtype must be either a floating point or complex dtype. "
            f"Got: {dtype}"
        )
    count, total, _ = _count_and_total(input, dim, keepdim, dtype, mask)
    return total / count


def median(input, dim=-1, *, keepdim=False, dtype=None, mask=None):
    dtype = input.dtype if dtype is None else dtype
    at = _dims(dim, input.ndim)[0]
    whole = not torch.is_floating_point(input)
    if whole:
        input = input.to(dtype=torch.float)
    result = torch.nanmedian(_filled("median", input, mask), at, keepdim).values
    if not whole:
        return result
    if torch.isnan(result).any():
        raise ValueError("masked median expects no fully masked out rows if dtype is not floating point")
    return result.to(dtype=dtype)


def logsumexp(input, dim=None, *, keepdim=False, dtype=None, mask=None):
    dtype = input.dtype if dtype is None else dtype
    dims = _dims(dim, input.ndim)
    return torch.logsumexp(_filled("logsumexp", input, mask), dims, keepdim=keepdim).to(dtype=dtype)


def logaddexp(input, other, *, dtype=None, input_mask=None, other_mask=None):
    dtype = input.dtype if dtype is None else dtype
    a, b = _filled("logaddexp", input, input_mask), _filled("logaddexp", other, other_mask)
    return torch.logaddexp(a, b).to(dtype=dtype)


def norm(input, ord=2.0, dim=None, *, keepdim=False, dtype=None, mask=None):
    dtype = input.dtype if dtype is None else dtype
    filled = _filled("norm", input, mask, torch.inf if ord == float("-inf") else None)
    return torch.linalg.vector_norm(filled, ord, _dims(dim, input.ndim), bool(keepdim), dtype=dtype)


def _spread(input, dim, unbiased, correction, keepdim, dtype, mask):
    if unbiased is not None and correction is not None:
        raise AssertionError("Only one of unbiased and correction may be given")
    if correction is None:
        correction = 0.0 if unbiased is False else 1.0
    else:
        correction = float(correction)
    if dtype is None:
        dtype = input.dtype if input.dtype.is_floating_point or input.dtype.is_complex else torch.float32
    computing = dtype if dtype.is_floating_point or dtype.is_complex else torch.float32
    count, total, full = _count_and_total(input, dim, True, dtype, mask)
    deviation = torch.subtract(input, torch.divide(total, count))
    squares = sum(deviation * deviation.conj(), dim, keepdim=keepdim, dtype=computing, mask=full)
    if not keepdim:
        count = count.reshape(squares.shape)
    if correction != 0:
        count = torch.subtract(count.to(computing.to_real()), correction)
        count = torch.maximum(count, count.new_zeros([]))
    return torch.divide(squares, count).to(dtype=dtype)


def var(input, dim=None, unbiased=None, *, correction=None, keepdim=False, dtype=None, mask=None):
    return _spread(input, dim, unbiased, correction, keepdim, dtype, mask)


def std(input, dim=None, unbiased=None, *, correction=None, keepdim=False, dtype=None, mask=None):
    return torch.sqrt(_spread(input, dim, unbiased, correction, keepdim, dtype, mask))


def _normalised(function, name, input, dim, dtype, mask):
    dtype = input.dtype if dtype is None else dtype
    return function(_filled(name, input, mask), _dims(dim, input.ndim)[0], dtype=dtype)


def softmax(input, dim, *, dtype=None, mask=None):
    return _normalised(torch.nn.functional.softmax, "amax", input, dim, dtype, mask)


def log_softmax(input, dim, *, dtype=None, mask=None):
    return _normalised(torch.nn.functional.log_softmax, "amax", input, dim, dtype, mask)


def softmin(input, dim, *, dtype=None, mask=None):
    return _normalised(torch.nn.functional.softmin, "amin", input, dim, dtype, mask)


def normalize(input, ord, dim, *, eps=1e-12, dtype=None, mask=None):
    dtype = input.dtype if dtype is None else dtype
    filled = _filled("sum", input, mask)
    length = norm(input, ord, dim, keepdim=True, dtype=dtype, mask=mask)
    return torch.divide(filled, torch.maximum(length, length.new_full([], eps)))
