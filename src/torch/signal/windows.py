"""Window functions of `torch.signal.windows`: each is a check, a range and a formula over it."""
import math

import torch

__all__ = [
    "bartlett", "blackman", "cosine", "exponential", "gaussian", "general_cosine", "general_hamming", "hamming", "hann",
    "kaiser", "nuttall",
]


class _Options:
    """What every window takes beside its own parameters."""

    def __init__(self, name, M, dtype, layout, device, requires_grad):
        self.dtype = torch.get_default_dtype() if dtype is None else dtype
        self.given = {"layout": layout, "device": device, "requires_grad": requires_grad}
        self.length = M
        if M < 0:
            raise ValueError(f"{name} requires non-negative window length, got M={M}")
        if layout != torch.strided:
            raise ValueError(f"{name} is implemented for strided tensors only, got: {layout}")
        if self.dtype not in (torch.float32, torch.float64):
            raise ValueError(f"{name} expects float32 or float64 dtypes, got: {self.dtype}")

    def short(self, until):
        """The window of so few points that no formula is needed, or None."""
        if self.length == 0:
            return torch.empty((0,), dtype=self.dtype, **self.given)
        if self.length == 1 and until >= 1:
            return torch.ones((1,), dtype=self.dtype, **self.given)
        return None

    def range(self, start, end):
        return torch.linspace(start=start, end=end, steps=self.length, dtype=self.dtype, **self.given)

    def steps(self, sym):
        """Intervals over which a window of this symmetry spreads."""
        return self.length - 1 if sym else self.length

    def last(self, sym):
        return self.length if not sym and self.length > 1 else self.length - 1


def exponential(M, *, center=None, tau=1.0, sym=True, dtype=None, layout=torch.strided, device=None,
                requires_grad=False):
    options = _Options("exponential", M, dtype, layout, device, requires_grad)
    if tau <= 0:
        raise ValueError(f"Tau must be positive, got: {tau} instead.")
    if sym and center is not None:
        raise ValueError("Center must be None for symmetric windows")
    short = options.short(0)
    if short is not None:
        return short
    middle = options.last(sym) / 2.0 if center is None else center
    scale = 1 / tau
    return torch.exp(-torch.abs(options.range(-middle * scale, (-middle + (M - 1)) * scale)))


def cosine(M, *, sym=True, dtype=None, layout=torch.strided, device=None, requires_grad=False):
    options = _Options("cosine", M, dtype, layout, device, requires_grad)
    short = options.short(0)
    if short is not None:
        return short
    step = torch.pi / (options.last(sym) + 1)
    return torch.sin(options.range(0.5 * step, (0.5 + (M - 1)) * step))


def gaussian(M, *, std=1.0, sym=True, dtype=None, layout=torch.strided, device=None, requires_grad=False):
    options = _Options("gaussian", M, dtype, layout, device, requires_grad)
    if std <= 0:
        raise ValueError(f"Standard deviation must be positive, got: {std} instead.")
    short = options.short(0)
    if short is not None:
        return short
    first = -options.last(sym) / 2.0
    scale = 1 / (std * math.sqrt(2))
    return torch.exp(-(options.range(first * scale, (first + (M - 1)) * scale) ** 2))


def kaiser(M, *, beta=12.0, sym=True, dtype=None, layout=torch.strided, device=None, requires_grad=False):
    options = _Options("kaiser", M, dtype, layout, device, requires_grad)
    if beta < 0:
        raise ValueError(f"beta must be non-negative, got: {beta} instead.")
    short = options.short(1)
    if short is not None:
        return short
    edge = torch.tensor(beta, dtype=options.dtype, device=device)
    step = 2.0 * edge / options.steps(sym)
    k = options.range(-edge, torch.minimum(edge, -edge + (M - 1) * step))
    return torch.i0(torch.sqrt(edge * edge - torch.pow(k, 2))) / torch.i0(edge)


def bartlett(M, *, sym=True, dtype=None, layout=torch.strided, device=None, requires_grad=False):
    options = _Options("bartlett", M, dtype, layout, device, requires_grad)
    short = options.short(1)
    if short is not None:
        return short
    step = 2 / options.steps(sym)
    return 1 - torch.abs(options.range(-1, -1 + (M - 1) * step))


def general_cosine(M, *, a, sym=True, dtype=None, layout=torch.strided, device=None, requires_grad=False):
    options = _Options("general_cosine", M, dtype, layout, device, requires_grad)
    short = options.short(1)
    if short is not None:
        return short
    try:
        iter(a)
    except TypeError:
        raise TypeError("Coefficients must be a list/tuple") from None
    if not a:
        raise ValueError("Coefficients cannot be empty")
    step = 2 * torch.pi / options.steps(sym)
    k = options.range(0, (M - 1) * step)
    weights = torch.tensor(
        [(-1) ** order * weight for order, weight in enumerate(a)], dtype=options.dtype, device=device,
        requires_grad=requires_grad,
    )
    orders = torch.arange(weights.shape[0], dtype=weights.dtype, requires_grad=weights.requires_grad)
    return (weights.unsqueeze(-1) * torch.cos(orders.unsqueeze(-1) * k)).sum(0)


def general_hamming(M, *, alpha=0.54, sym=True, dtype=None, layout=torch.strided, device=None, requires_grad=False):
    return general_cosine(M, a=[alpha, 1.0 - alpha], sym=sym, dtype=dtype, layout=layout, device=device,
                          requires_grad=requires_grad)


def hamming(M, *, sym=True, dtype=None, layout=torch.strided, device=None, requires_grad=False):
    return general_hamming(M, sym=sym, dtype=dtype, layout=layout, device=device, requires_grad=requires_grad)


def hann(M, *, sym=True, dtype=None, layout=torch.strided, device=None, requires_grad=False):
    return general_hamming(M, alpha=0.5, sym=sym, dtype=dtype, layout=layout, device=device,
                           requires_grad=requires_grad)


def blackman(M, *, sym=True, dtype=None, layout=torch.strided, device=None, requires_grad=False):
    _Options("blackman", M, dtype, layout, device, requires_grad)
    return general_cosine(M, a=[0.42, 0.5, 0.08], sym=sym, dtype=dtype, layout=layout, device=device,
                          requires_grad=requires_grad)


def nuttall(M, *, sym=True, dtype=None, layout=torch.strided, device=None, requires_grad=False):
    return general_cosine(M, a=[0.3635819, 0.4891775, 0.1365995, 0.0106411], sym=sym, dtype=dtype, layout=layout,
                          device=device, requires_grad=requires_grad)
