"""`torch.nn.attention`: which implementations `scaled_dot_product_attention` may choose from."""
from contextlib import contextmanager

import torch


class _SDPBackend:
    __members__ = {}

    def __init__(self, value):
        same = next((member for member in self.__members__.values() if member.value == value), None)
        self.name = "???" if same is None else same.name
        self.value = value

    def __eq__(self, other):
        return self.value == other.value if isinstance(other, _SDPBackend) else NotImplemented

    def __hash__(self):
        return hash(self.value)

    def __int__(self):
        return self.value

    __index__ = __int__

    def __repr__(self):
        return f"<SDPBackend.{self.name}: {self.value}>"

    def __str__(self):
        return f"SDPBackend.{self.name}"


_SDPBackend.__qualname__ = _SDPBackend.__name__ = "_SDPBackend"
SDPBackend = _SDPBackend

for _value, _name in enumerate(
    ("ERROR", "MATH", "FLASH_ATTENTION", "EFFICIENT_ATTENTION", "CUDNN_ATTENTION", "OVERRIDEABLE"), start=-1
):
    _member = _SDPBackend(_value)
    _member.name = _name
    _SDPBackend.__members__[_name] = _member
    setattr(_SDPBackend, _name, _member)

# in the order in which backends are tried
_enabled = [
    SDPBackend.CUDNN_ATTENTION, SDPBackend.FLASH_ATTENTION, SDPBackend.EFFICIENT_ATTENTION, SDPBackend.MATH,
    SDPBackend.OVERRIDEABLE,
]
_order = list(_enabled)


def _cur_sdpa_kernel_backends(with_priority=False):
    backends = [backend for backend in _order if backend in _enabled]
    if not with_priority:
        usual = (3, 1, 2, 0, 4)
        backends.sort(key=lambda backend: usual.index(backend.value) if backend.value in usual else len(usual))
    return backends


def _use(backends):
    global _enabled
    _enabled = list(backends)
    torch._C._set_sdp_use_flash(SDPBackend.FLASH_ATTENTION in _enabled)
    torch._C._set_sdp_use_math(SDPBackend.MATH in _enabled)


@contextmanager
def sdpa_kernel(backends, set_priority=False):
    global _order
    if not isinstance(backends, (list, SDPBackend)):
        raise AssertionError(
            "Backend must be an instance of SDPBackend or a list of SDPBackend instances, got "
            f"{type(backends).__name__}"
        )
    backends = [backends] if isinstance(backends, SDPBackend) else list(dict.fromkeys(backends))
    before, order = _enabled, _order
    try:
        if set_priority:
            _order = backends + [backend for backend in _order if backend not in backends]
        _use(backends)
        yield {}
    finally:
        _order = order
        _use(before)


WARN_FOR_UNFUSED_KERNELS = False
