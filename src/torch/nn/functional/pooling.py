"""Pooling and unpooling of `torch.nn.functional`."""
import math

import torch
from torch.nn.modules.utils import _list_with_default, _pair, _single, _triple

_C = torch._C._nn

# where the functions are found
__name__ = "torch.nn.functional"


def _with_indices(name, input, args, return_indices, space):
    if return_indices:
        return getattr(space, f"{name}_with_indices")(input, *args)
    return getattr(torch, name)(input, *args)


def max_pool1d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
    args = (kernel_size, [] if stride is None else stride, padding, dilation, ceil_mode)
    return _with_indices("max_pool1d", input, args, return_indices, torch)


def max_pool2d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
    args = (kernel_size, [] if stride is None else stride, padding, dilation, ceil_mode)
    return _with_indices("max_pool2d", input, args, return_indices, _C)


def max_pool3d(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
    args = (kernel_size, [] if stride is None else stride, padding, dilation, ceil_mode)
    return _with_indices("max_pool3d", input, args, return_indices, _C)


def adaptive_max_pool1d(input, output_size, return_indices=False):
    values, indices = torch.adaptive_max_pool1d(input, output_size)
    return (values, indices) if return_indices else values


def adaptive_max_pool2d(input, output_size, return_indices=False):
    values, indices = _C.adaptive_max_pool2d(input, _list_with_default(output_size, input.size()))
    return (values, indices) if return_indices else values


def adaptive_max_pool3d(input, output_size, return_indices=False):
    values, indices = _C.adaptive_max_pool3d(input, _list_with_default(output_size, input.size()))
    return (values, indices) if return_indices else values


def adaptive_avg_pool2d(input, output_size):
    return _C.adaptive_avg_pool2d(input, _list_with_default(output_size, input.size()))


def adaptive_avg_pool3d(input, output_size):
    return _C.adaptive_avg_pool3d(input, _list_with_default(output_size, input.size()))


def _lp_pool(input, norm_type, kernel_size, stride, ceil_mode, average, largest, count):
    if isinstance(norm_type, (int, float)):
        if norm_type == 0:
            raise ValueError(f"norm_type must be a non-zero value, but got {norm_type}")
        if norm_type == math.inf:
            return largest(input.abs(), kernel_size, stride, 0, 1, ceil_mode)
        if norm_type == -math.inf:
            return -largest(-input.abs(), kernel_size, stride, 0, 1, ceil_mode)
    mean = average(input.pow(norm_type), kernel_size, kernel_size if stride is None else stride, 0, ceil_mode)
    return (torch.sign(mean) * torch.relu(torch.abs(mean))).mul(count).pow(1.0 / norm_type)


def lp_pool1d(input, norm_type, kernel_size, stride=None, ceil_mode=False):
    count = _single(kernel_size)[0]
    return _lp_pool(input, norm_type, kernel_size, stride, ceil_mode, torch.avg_pool1d, max_pool1d, count)


def lp_pool2d(input, norm_type, kernel_size, stride=None, ceil_mode=False):
    count = math.prod(_pair(kernel_size))
    return _lp_pool(input, norm_type, kernel_size, stride, ceil_mode, _C.avg_pool2d, max_pool2d, count)


def lp_pool3d(input, norm_type, kernel_size, stride=None, ceil_mode=False):
    count = math.prod(_triple(kernel_size))
    return _lp_pool(input, norm_type, kernel_size, stride, ceil_mode, _C.avg_pool3d, max_pool3d, count)


def _fractional(rank, input, kernel_size, output_size, output_ratio, samples, spread):
    if output_size is None and output_ratio is None:
        raise ValueError(
            f"fractional_max_pool{rank}d requires specifying either an output_size or an output_ratio"
        )
    if output_size is None:
        output_size = [int(input.size(at - rank) * ratio) for at, ratio in enumerate(spread(output_ratio))]
    if samples is None:
        batches = 1 if input.dim() == rank + 1 else input.size(0)
        samples = torch.rand(batches, input.size(-rank - 1), rank, dtype=input.dtype, device=input.device)
    return getattr(_C, f"fractional_max_pool{rank}d")(input, kernel_size, output_size, samples)


def fractional_max_pool2d(
    input, kernel_size, output_size=None, output_ratio=None, return_indices=False, _random_samples=None
):
    found = _fractional(2, input, kernel_size, output_size, output_ratio, _random_samples, _pair)
    return found if return_indices else found[0]


def fractional_max_pool3d(
    input, kernel_size, output_size=None, output_ratio=None, return_indices=False, _random_samples=None
):
    found = _fractional(3, input, kernel_size, output_size, output_ratio, _random_samples, _triple)
    return found if return_indices else found[0]


def _unpooled_size(input, kernel_size, stride, padding, output_size):
    rank = len(kernel_size)
    usual = [
        (input.size(at - rank) - 1) * stride[at] + kernel_size[at] - 2 * padding[at] for at in range(rank)
    ]
    if output_size is None:
        return usual
    if len(output_size) == rank + 2:
        output_size = output_size[2:]
    if len(output_size) != rank:
        raise ValueError(
            f"output_size should be a sequence containing {rank} or {rank + 2} elements, but it has a length of "
            f"'{len(output_size)}'"
        )
    for at, (size, default) in enumerate(zip(output_size, usual)):
        low, high = default - stride[at], default + stride[at]
        if not low < size < high:
            raise ValueError(f'invalid output_size "{output_size}" (dim {at} must be between {low} and {high})')
    return list(output_size)


def max_unpool1d(input, indices, kernel_size, stride=None, padding=0, output_size=None):
    kernel_size = _single(kernel_size)
    stride = _single(stride) if stride is not None else kernel_size
    size = _unpooled_size(input, kernel_size, stride, _single(padding), output_size)
    return _C.max_unpool2d(input.unsqueeze(-1), indices.unsqueeze(-1), [*size, 1]).squeeze(-1)


def max_unpool2d(input, indices, kernel_size, stride=None, padding=0, output_size=None):
    kernel_size = _pair(kernel_size)
    stride = _pair(stride) if stride is not None else kernel_size
    return _C.max_unpool2d(input, indices, _unpooled_size(input, kernel_size, stride, _pair(padding), output_size))


def max_unpool3d(input, indices, kernel_size, stride=None, padding=0, output_size=None):
    kernel_size, padding = _triple(kernel_size), _triple(padding)
    stride = _triple(stride) if stride is not None else kernel_size
    size = _unpooled_size(input, kernel_size, stride, padding, output_size)
    return _C.max_unpool3d(input, indices, size, stride, padding)


_WITH_INDICES = (
    *(f"max_pool{rank}d" for rank in (1, 2, 3)), *(f"adaptive_max_pool{rank}d" for rank in (1, 2, 3)),
    "fractional_max_pool2d", "fractional_max_pool3d",
)


def __getattr__(name):
    plain = name.removesuffix("_with_indices")
    if plain == name or plain not in _WITH_INDICES:
        raise AttributeError(f"module 'torch.nn.functional' has no attribute '{name}'")
    pool = globals()[plain]

    def with_indices(*args, **kwargs):
        return pool(*args, **{**kwargs, "return_indices": True})

    with_indices.__name__ = with_indices.__qualname__ = name
    return with_indices
