"""Images at other sizes and other places: `interpolate`, `affine_grid`, `grid_sample`."""
import math
import warnings

import torch

_C = torch._C._nn

# where the functions are found
__name__ = "torch.nn.functional"


_GRID_CHANGE = (
    "Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please specify "
    "align_corners=True if the old behavior is desired. See the documentation of grid_sample for details."
)
_MODES = ("linear", "bilinear", "trilinear")


def _sizes(input, size, scale_factor, recompute_scale_factor):
    """Sizes and factors of the result, one of them `None`."""
    dim = input.dim() - 2
    if size is not None and scale_factor is not None:
        raise ValueError("only one of size or scale_factor should be defined")
    given = size if size is not None else scale_factor
    if given is None:
        raise ValueError("either size or scale_factor should be defined")
    what, output, short = ("output size of", "output size", "o") if size is not None else (
        "scale_factor of shape", "scale_factor", "s"
    )
    if not isinstance(given, (list, tuple)):
        given = [given] * dim
    elif len(given) != dim:
        raise ValueError(
            f"Input and {output.split()[0]} must have the same number of spatial dimensions, but got input with spatial "
            f"dimensions of {list(input.shape[2:])} and {what} {given}. Please provide input tensor in (N, C, d1, d2, "
            f"...,dK) format and {output} in ({short}1, {short}2, ...,{short}K) format."
        )
    elif size is not None and not all(isinstance(length, int) for length in given):
        raise TypeError(
            "expected size to be one of int or Tuple[int] or Tuple[int, int] or Tuple[int, int, int], but got size with "
            f"types {[type(length) for length in given]}"
        )
    if size is not None:
        if recompute_scale_factor:
            raise ValueError("recompute_scale_factor is not meaningful with an explicit size.")
        return given, None
    return (_scaled(input, given), None) if recompute_scale_factor else (None, given)


def _scaled(input, factors):
    return [math.floor(float(input.size(at + 2)) * factor) for at, factor in enumerate(factors)]


def interpolate(
    input, size=None, scale_factor=None, mode="nearest", align_corners=None, recompute_scale_factor=None, antialias=False
):
    if mode in ("nearest", "area", "nearest-exact"):
        if align_corners is not None:
            raise ValueError(
                "align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | "
                "trilinear"
            )
    elif align_corners is None:
        align_corners = False
    size, factors = _sizes(input, size, scale_factor, recompute_scale_factor)
    dims = input.dim()
    rank = dims - 2
    if antialias and not (mode in ("bilinear", "bicubic", "lanczos") and dims == 4):
        raise ValueError(
            "Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires a 4-D tensor as input"
        )
    if mode == "area" and size is None:
        size = _scaled(input, factors)
    if rank in (1, 2, 3):
        if mode == "nearest":
            return getattr(_C, f"upsample_nearest{rank}d")(input, size, factors)
        if mode == "nearest-exact":
            return getattr(_C, f"_upsample_nearest_exact{rank}d")(input, size, factors)
        if mode == "area":
            space = torch if rank == 1 else _C
            return getattr(space, f"adaptive_avg_pool{rank}d")(input, size)
    if dims == 4 and mode == "lanczos":
        if align_corners:
            raise ValueError("Lanczos mode does not support align_corners=True")
        if not antialias:
            raise ValueError("Lanczos mode requires antialias=True")
    if dims == 4 and mode in ("bilinear", "bicubic", "lanczos"):
        op = f"_upsample_{mode}2d_aa" if antialias else f"upsample_{mode}2d"
        return getattr(_C, op)(input, size, align_corners, factors)
    if rank in (1, 2, 3) and mode in _MODES:
        wanted = _MODES.index(mode) + 1
        if wanted == rank:
            return getattr(_C, f"upsample_{mode}{rank}d")(input, size, align_corners, factors)
        raise NotImplementedError(f"Got {dims}D input, but {mode} mode needs {wanted + 2}D input")
    raise NotImplementedError(
        f"Input Error: Only 3D, 4D and 5D input Tensors supported (got {dims}D) for the modes: nearest | linear | bilinear "
        f"| bicubic | trilinear | lanczos | area | nearest-exact (got {mode})"
    )


def _deprecated(name):
    warnings.warn(
        f"`nn.functional.{name}` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=3
    )


def upsample(input, size=None, scale_factor=None, mode="nearest", align_corners=None):
    _deprecated("upsample")
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input, size=None, scale_factor=None):
    _deprecated("upsample_nearest")
    return interpolate(input, size, scale_factor, mode="nearest")


def upsample_bilinear(input, size=None, scale_factor=None):
    _deprecated("upsample_bilinear")
    return interpolate(input, size, scale_factor, mode="bilinear", align_corners=True)


def affine_grid(theta, size, align_corners=None):
    if align_corners is None:
        warnings.warn(_GRID_CHANGE, stacklevel=2)
        align_corners = False
    if not theta.is_floating_point():
        raise ValueError(f"Expected theta to have floating point type, but got {theta.dtype}")
    rank = len(size) - 2
    if rank not in (2, 3):
        raise NotImplementedError(
            "affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. Got size "
            f"{size}."
        )
    if theta.dim() != 3 or theta.shape[-2] != rank or theta.shape[-1] != rank + 1:
        raise ValueError(
            f"Expected a batch of {rank}D affine matrices of shape Nx{rank}x{rank + 1} for size {size}. Got {theta.shape}."
        )
    if align_corners and 1 in tuple(size)[-rank:]:
        warnings.warn(
            "Since version 1.3.0, affine_grid behavior has changed for unit-size grids when align_corners=True. This is "
            "not an intended use case of affine_grid. See the documentation of affine_grid for details.",
            stacklevel=2,
        )
    elif min(size) <= 0:
        raise ValueError(f"Expected non-zero, positive output size. Got {size}")
    return torch.affine_grid_generator(theta, size, align_corners)


def grid_sample(input, grid, mode="bilinear", padding_mode="zeros", align_corners=None):
    modes = {"bilinear": 0, "nearest": 1, "bicubic": 2}
    if mode not in modes:
        raise ValueError(
            f"nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '{mode}'"
        )
    paddings = {"zeros": 0, "border": 1, "reflection": 2}
    if padding_mode not in paddings:
        raise ValueError(
            "nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', but got: "
            f"'{padding_mode}'"
        )
    if align_corners is None:
        warnings.warn(_GRID_CHANGE, stacklevel=2)
        align_corners = False
    return torch.grid_sampler(input, grid, modes[mode], paddings[padding_mode], align_corners)
