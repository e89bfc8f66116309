"""Padding layers: a mode of `torch.nn.functional.pad` and, for constant ones, a value."""
from torch.nn import functional as F
from torch.nn.modules.module import Module
from torch.nn.modules.utils import _ntuple

_SPREADS = {rank: _ntuple(2 * rank, "") for rank in (1, 2, 3)}


class _PadNd(Module):
    _mode = "constant"

    def __init__(self, padding):
        super().__init__()
        self.padding = _SPREADS[self._rank](padding)

    def forward(self, input):
        if self._mode == "circular":
            self._check_input_dim(input)
        return F.pad(input, self.padding, self._mode)

    def _check_input_dim(self, input):
        if input.dim() not in (self._rank + 1, self._rank + 2):
            raise ValueError(
                f"expected {self._rank + 1}D or {self._rank + 2}D input (got {input.dim()}D input)"
            )

    def extra_repr(self):
        return f"{self.padding}"


class _ConstantPadNd(_PadNd):
    def __init__(self, padding, value):
        super().__init__(padding)
        self.value = value

    def forward(self, input):
        return F.pad(input, self.padding, "constant", self.value)

    def extra_repr(self):
        return f"padding={self.padding}, value={self.value}"


class ConstantPad1d(_ConstantPadNd):
    _rank = 1

    def __init__(self, padding, value):
        super().__init__(padding, value)


class ConstantPad2d(_ConstantPadNd):
    _rank = 2

    def __init__(self, padding, value):
        super().__init__(padding, value)


class ConstantPad3d(_ConstantPadNd):
    _rank = 3

    def __init__(self, padding, value):
        super().__init__(padding, value)


class _ZeroPadNd(_ConstantPadNd):
    def __init__(self, padding):
        super().__init__(padding, 0.0)

    def extra_repr(self):
        return f"{self.padding}"


def _of_mode(kind, base, mode, rank):
    """One class of padding: `ReflectionPad2d` and so on, each with a constructor of its own name."""

    def __init__(self, padding):
        base.__init__(self, padding)

    name = f"{kind}Pad{rank}d"
    __init__.__qualname__ = f"{name}.__init__"
    return type(name, (base,), {"_mode": mode, "_rank": rank, "__init__": __init__, "__module__": __name__})


ZeroPad1d, ZeroPad2d, ZeroPad3d = (_of_mode("Zero", _ZeroPadNd, "constant", rank) for rank in (1, 2, 3))
ReflectionPad1d, ReflectionPad2d, ReflectionPad3d = (_of_mode("Reflection", _PadNd, "reflect", rank) for rank in (1, 2, 3))
ReplicationPad1d, ReplicationPad2d, ReplicationPad3d = (
    _of_mode("Replication", _PadNd, "replicate", rank) for rank in (1, 2, 3)
)
CircularPad1d, CircularPad2d, CircularPad3d = (_of_mode("Circular", _PadNd, "circular", rank) for rank in (1, 2, 3))
