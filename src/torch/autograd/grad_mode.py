"""Context managers that switch grad mode and inference mode, also as decorators."""
import torch
from torch import _C


def _is_generator_function(function):
    code = getattr(function, "__code__", None)
    return code is not None and bool(code.co_flags & 0x20)


def _dress(wrapper, function):
    for name in ("__module__", "__name__", "__qualname__", "__doc__"):
        try:
            setattr(wrapper, name, getattr(function, name))
        except AttributeError:
            pass
    try:
        wrapper.__dict__.update(function.__dict__)
    except AttributeError:
        pass
    wrapper.__wrapped__ = function
    return wrapper


def _wrap_generator(fresh, function):
    def generator_context(*args, **kwargs):
        generator = function(*args, **kwargs)
        try:
            with fresh():
                response = generator.send(None)
            while True:
                try:
                    request = yield response
                except GeneratorExit:
                    with fresh():
                        generator.close()
                    raise
                except BaseException as error:
                    with fresh():
                        response = generator.throw(error)
                else:
                    with fresh():
                        response = generator.send(request)
        except StopIteration as end:
            return end.value

    return _dress(generator_context, function)


def context_decorator(fresh, function):
    if isinstance(function, type):
        import warnings

        warnings.warn(
            "Decorating classes is deprecated and will be disabled in future versions. You should only decorate "
            "functions or methods. To preserve the current behavior of class decoration, you can directly decorate "
            "the `__init__` method and nothing else.",
            FutureWarning,
            stacklevel=2,
        )
        return lambda *args, **kwargs: context_decorator(fresh, lambda *a, **k: function(*a, **k))(*args, **kwargs)
    if _is_generator_function(function):
        return _wrap_generator(fresh, function)

    def decorate_context(*args, **kwargs):
        with fresh():
            return function(*args, **kwargs)

    return _dress(decorate_context, function)


class _DecoratorContextManager:
    def __call__(self, orig_func):
        return context_decorator(self.clone, orig_func)

    def __enter__(self):
        raise NotImplementedError

    def __exit__(self, exc_type, exc_value, traceback):
        raise NotImplementedError

    def clone(self):
        return self.__class__()


class _NoParamDecoratorContextManager(_DecoratorContextManager):
    def __new__(cls, orig_func=None):
        if orig_func is None:
            return super().__new__(cls)
        return cls()(orig_func)


class no_grad(_NoParamDecoratorContextManager):
    def __init__(self):
        self.prev = False

    def __enter__(self):
        self.prev = torch.is_grad_enabled()
        _C._set_grad_enabled(False)

    def __exit__(self, exc_type, exc_value, traceback):
        _C._set_grad_enabled(self.prev)


class enable_grad(_NoParamDecoratorContextManager):
    def __enter__(self):
        self.prev = torch.is_grad_enabled()
        _C._set_grad_enabled(True)

    def __exit__(self, exc_type, exc_value, traceback):
        _C._set_grad_enabled(self.prev)


class set_grad_enabled(_DecoratorContextManager):
    def __init__(self, mode):
        self.prev = torch.is_grad_enabled()
        self.mode = mode
        _C._set_grad_enabled(mode)

    def __call__(self, orig_func):
        _C._set_grad_enabled(self.prev)
        return super().__call__(orig_func)

    def __enter__(self):
        _C._set_grad_enabled(self.mode)

    def __exit__(self, exc_type, exc_value, traceback):
        _C._set_grad_enabled(self.prev)

    def __str__(self):
        return f"{torch.typename(self)}(mode={self.mode})"

    def __repr__(self):
        return str(self)

    def clone(self):
        return self.__class__(self.mode)


class inference_mode(_DecoratorContextManager):
    def __new__(cls, mode=True):
        if isinstance(mode, bool):
            return super().__new__(cls)
        return cls()(mode)

    def __init__(self, mode=True):
        self.mode = mode

    def __enter__(self):
        self._before = (torch.is_inference_mode_enabled(), torch.is_grad_enabled(), _C._is_fwd_grad_enabled())
        _C._set_inference_mode(self.mode)
        if self.mode:
            _C._set_grad_enabled(False)
            _C._set_fwd_grad_enabled(False)
        else:
            _C._set_grad_enabled(True)
            _C._set_fwd_grad_enabled(True)

    def __exit__(self, exc_type, exc_value, traceback):
        inference, grad, forward = self._before
        _C._set_inference_mode(inference)
        _C._set_grad_enabled(grad)
        _C._set_fwd_grad_enabled(forward)

    def clone(self):
        return self.__class__(self.mode)


class set_multithreading_enabled(_DecoratorContextManager):
    def __init__(self, mode):
        self.prev = _C._is_multithreading_enabled()
        self.mode = mode
        _C._set_multithreading_enabled(mode)

    def __enter__(self):
        pass

    def __exit__(self, exc_type, exc_value, traceback):
        _C._set_multithreading_enabled(self.prev)

    def clone(self):
        return self.__class__(self.mode)


class _force_original_view_tracking(_DecoratorContextManager):
    def __init__(self, mode):
        self.mode = mode

    def __enter__(self):
        pass

    def __exit__(self, exc_type, exc_value, traceback):
        pass

    def clone(self):
        return self.__class__(self.mode)
