"""`torch.autograd.Function`: operations of the graph that are written in Python."""
import torch
from torch import _C

__all__ = ["FunctionCtx", "BackwardCFunction", "FunctionMeta", "Function", "once_differentiable", "InplaceFunction"]


class FunctionCtx:
    def save_for_backward(self, *tensors):
        self.to_save = tensors

    def save_for_forward(self, *tensors):
        for tensor in tensors:
            if not (isinstance(tensor, torch.Tensor) or tensor is None):
                raise AssertionError(
                    "save_for_forward expects all arguments to be tensors; you should save non-tensors as attributes "
                    "on ctx."
                )
        self.saved_for_forward = tensors

    def mark_dirty(self, *args):
        self.dirty_tensors = args

    def mark_shared_storage(self, *pairs):
        import warnings

        warnings.warn(
            "mark_shared_storage is deprecated. Tensors with shared storages are automatically tracked. Note that "
            "calls to `set_()` are not tracked",
            FutureWarning,
            stacklevel=2,
        )

    def mark_non_differentiable(self, *args):
        self.non_differentiable = args

    def set_materialize_grads(self, value):
        if not isinstance(value, bool):
            raise TypeError(
                "set_materialize_grads received an invalid combination of arguments - got (), but expected (bool)"
            )
        self.materialize_grads = value

    def set_output_grad_dtype(self, *dtypes):
        if getattr(self, "output_grad_dtypes", None) is not None:
            raise RuntimeError("set_output_grad_dtype can only be called once")
        self.output_grad_dtypes = dtypes


class _HookMixin:
    pass


class BackwardCFunction(_C._FunctionBase, FunctionCtx, _HookMixin):
    to_save = None
    dirty_tensors = None
    non_differentiable = None
    materialize_grads = True
    output_grad_dtypes = None
    saved_for_forward = None
    _seen = False

    def apply(self, *args):
        cls = self._forward_cls
        backward, vjp = cls.backward, cls.vjp
        if backward is not Function.backward and vjp is not Function.vjp:
            raise RuntimeError(
                "Implementing both 'backward' and 'vjp' for a custom Function is not allowed. You should only implement "
                "one of them."
            )
        user = vjp if vjp is not Function.vjp else backward
        if cls.boxed_grads_call:
            return user(self, list(args))
        return user(self, *args)

    @property
    def saved_tensors(self):
        if self._forward_cls.clear_saved_tensors_on_access:
            if self._seen:
                raise RuntimeError(
                    "saved_tensors can only be accessed once when clear_saved_tensors_on_access=True is set on the "
                    "autograd.Function. Either access saved_tensors only once, or set "
                    "clear_saved_tensors_on_access=False."
                )
            self._seen = True
        return _C._saved_tensors_of(self)


    @property
    def _raw_saved_tensors(self):
        return _C._saved_tensors_of(self)


class FunctionMeta(type):
    def __init__(cls, name, bases, attrs):
        backward = type(name + "Backward", (BackwardCFunction,), {"_forward_cls": cls})
        backward.__module__ = "torch.autograd.function"
        cls._backward_cls = backward
        super().__init__(name, bases, attrs)


def _bound(function, args, kwargs):
    """The arguments in the order of the function's parameters, its defaults filled in."""
    code = getattr(function, "__code__", None)
    if code is None or code.co_flags & 0x0C:
        if kwargs:
            raise TypeError("apply() takes no keyword arguments")
        return args
    names = code.co_varnames[:code.co_argcount]
    args = list(args)
    defaults = function.__defaults__ or ()
    first = len(names) - len(defaults)
    for at in range(len(args), len(names)):
        name = names[at]
        if name in kwargs:
            args.append(kwargs.pop(name))
        elif at >= first:
            args.append(defaults[at - first])
        else:
            break
    if kwargs:
        name = next(iter(kwargs))
        raise TypeError(f"{function.__name__}() got an unexpected keyword argument '{name}'")
    return tuple(args)


_MORE = " For more details, please see https://pytorch.org/docs/main/notes/extending.func.html"


def _check_transform(cls, has_setup, transform):
    """What a function must have to be used inside of `torch.func`'s transforms."""
    if not has_setup:
        raise RuntimeError(
            "In order to use an autograd.Function with functorch transforms (vmap, grad, jvp, jacrev, ...), it must "
            "override the setup_context staticmethod." + _MORE
        )
    if transform == "vmap":
        own_rule = cls.vmap is not Function.vmap
        if own_rule and cls.generate_vmap_rule:
            raise RuntimeError(
                f"You tried to vmap over {cls.__name__}, but it has both generate_vmap_rule=True and an overridden vmap "
                "staticmethod. Please set generate_vmap_rule=False or delete the overridden vmap staticmethod to avoid "
                "ambiguity." + _MORE
            )
        if not own_rule and not cls.generate_vmap_rule:
            raise RuntimeError(
                f"You tried to vmap over {cls.__name__}, but it does not have vmap support. Please override and implement "
                "the vmap staticmethod or set generate_vmap_rule=True." + _MORE
            )
    elif transform == "jvp" and cls.jvp is Function.jvp:
        cls.jvp(None)


class Function(FunctionCtx, _HookMixin, metaclass=FunctionMeta):
    # what an instance shows, though only its class is of use
    needs_input_grad = None
    saved_tensors = ()
    next_functions = ()
    to_save = None
    dirty_tensors = None
    non_differentiable = None
    clear_saved_tensors_on_access = False
    boxed_grads_call = False
    generate_vmap_rule = False

    def __init__(self, *args, **kwargs):
        import warnings

        warnings.warn(
            f"{self.__class__} should not be instantiated. Methods on autograd functions are all static, so you should "
            "invoke them on the class itself. Instantiating an autograd function will raise an error in a future "
            "version of PyTorch.",
            DeprecationWarning,
            stacklevel=2,
        )

        self.metadata = {}

    def name(self):
        return type(self).__name__

    def register_hook(self, hook):
        from torch.utils.hooks import RemovableHandle

        self._hooks = getattr(self, "_hooks", {})
        handle = RemovableHandle(self._hooks)
        self._hooks[handle.id] = hook
        return handle

    def __call__(self, *args, **kwargs):
        raise RuntimeError(
            "Legacy autograd function with non-static forward method is deprecated. Please use new-style autograd "
            "function with static forward method. (Example: "
            "https://pytorch.org/docs/stable/autograd.html#torch.autograd.Function)"
        )

    @staticmethod
    def forward(*args, **kwargs):
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx, inputs, output):
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx, *grad_outputs):
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom autograd.Function to use it with "
            "backward mode AD."
        )

    vjp = backward

    @staticmethod
    def jvp(ctx, *grad_inputs):
        raise NotImplementedError(
            "You must implement the jvp function for custom autograd.Function to use it with forward mode AD."
        )

    @staticmethod
    def vmap(info, in_dims, *args):
        raise NotImplementedError(
            "To use autograd.Function with vmap, you must either override the vmap staticmethod or set "
            "generate_vmap_rule=True."
        )

    @classmethod
    def apply(cls, *args, **kwargs):
        has_setup = cls.setup_context is not Function.setup_context
        transform = _C._innermost_transform()
        if transform is not None:
            _check_transform(cls, has_setup, transform)
        if has_setup:
            args = _bound(cls.forward, args, kwargs)
        elif kwargs:
            args = _bound(cls.forward, (None, *args), kwargs)[1:]
        return _C._function_apply(cls, args, has_setup)


class InplaceFunction(Function):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace


class NestedIOFunction(Function):
    pass


def once_differentiable(fn):
    def wrapper(ctx, *args):
        with torch.no_grad():
            outputs = fn(ctx, *args)
        if not torch.is_grad_enabled():
            return outputs
        if not any(isinstance(arg, torch.Tensor) and arg.requires_grad for arg in args):
            return outputs
        if not isinstance(outputs, tuple):
            outputs = (outputs,)
        return _C._delayed_error(
            "trying to differentiate twice a function that was marked with @once_differentiable", outputs
        )

    for name in ("__module__", "__name__", "__qualname__", "__doc__"):
        setattr(wrapper, name, getattr(fn, name, None))
    wrapper.__wrapped__ = fn
    return wrapper
