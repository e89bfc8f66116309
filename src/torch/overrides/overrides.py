"""`torch.overrides`: for functions and classes that take part in `__torch_function__`."""
import torch
from torch import _C


def has_torch_function(relevant_args):
    return _C._has_torch_function(relevant_args)


def has_torch_function_unary(arg):
    return _C._has_torch_function((arg,))


def has_torch_function_variadic(*args):
    return _C._has_torch_function(args)


def is_tensor_like(inp):
    return type(inp) is torch.Tensor or hasattr(inp, "__torch_function__")


def _handlers(relevant_args):
    found = []
    for arg in relevant_args:
        kind = type(arg)
        if not hasattr(kind, "__torch_function__") or kind is torch.Tensor or kind in [type(each) for each in found]:
            continue
        place = len(found)
        for at, old in enumerate(found):
            if issubclass(kind, type(old)):
                place = at
                break
        found.insert(place, arg)
    return found


def handle_torch_function(public_api, relevant_args, *args, **kwargs):
    handlers = _handlers(relevant_args)
    types = tuple(type(each) for each in handlers)
    for each in handlers:
        result = type(each).__torch_function__(public_api, types, args, kwargs)
        if result is not NotImplemented:
            return result
    name = f"{public_api.__module__}.{public_api.__name__}"
    raise TypeError(
        f"no implementation found for '{name}' on types that implement __torch_function__: {[type(a) for a in handlers]}"
    )


def wrap_torch_function(dispatcher):
    def inner(func):
        def wrapped(*args, **kwargs):
            relevant = dispatcher(*args, **kwargs)
            if has_torch_function(relevant):
                return handle_torch_function(wrapped, relevant, *args, **kwargs)
            return func(*args, **kwargs)

        wrapped.__name__ = func.__name__
        wrapped.__doc__ = func.__doc__
        return wrapped

    return inner


def resolve_name(f):
    module = getattr(f, "__module__", None) or "torch"
    return f"{module}.{f.__name__}"


class DisableTorchFunctionSubclass:
    def __enter__(self):
        self.before = _C._set_torch_function_enabled(False)

    def __exit__(self, *args):
        _C._set_torch_function_enabled(self.before)
