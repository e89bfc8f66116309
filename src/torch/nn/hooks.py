"""Handles of registered hooks, and backward hooks around a whole module."""
import weakref
from collections import OrderedDict

import torch


class RemovableHandle:
    """Takes its hook out of the table it went into; works as a context manager too."""

    next_id = 0

    def __init__(self, hooks_dict, *, extra_dict=None):
        self.hooks_dict_ref = weakref.ref(hooks_dict) if _can_be_weak(hooks_dict) else (lambda: hooks_dict)
        self.id = RemovableHandle.next_id
        RemovableHandle.next_id += 1
        tables = extra_dict if isinstance(extra_dict, list) else [] if extra_dict is None else [extra_dict]
        self.extra_dict_ref = tuple(tables)

    def remove(self):
        table = self.hooks_dict_ref()
        if table is not None and self.id in table:
            del table[self.id]
        for extra in self.extra_dict_ref:
            if self.id in extra:
                del extra[self.id]

    def __enter__(self):
        return self

    def __exit__(self, type, value, tb):
        self.remove()


def _can_be_weak(table):
    try:
        weakref.ref(table)
    except TypeError:
        return False
    return True


def unserializable_hook(f):
    f.__torch_unserializable__ = True
    return f


class BackwardHook:
    """Runs full backward hooks when the gradients of a module's outputs and inputs are there."""

    def __init__(self, module, user_hooks, user_pre_hooks):
        self.user_hooks = user_hooks
        self.user_pre_hooks = user_pre_hooks
        self.module = module
        self.grad_outputs = None
        self.n_outputs = -1
        self.output_tensors_index = None
        self.n_inputs = -1
        self.input_tensors_index = None

    def _pack_with_none(self, indices, values, size):
        result = [None] * size
        for index, value in zip(indices, values):
            result[index] = value
        return tuple(result)

    def _set_user_hook(self, grad_fn):
        def hook(grad_input, _):
            if self.grad_outputs is None:
                return
            result = self._pack_with_none(self.input_tensors_index, grad_input, self.n_inputs)
            for user_hook in self.user_hooks:
                out = user_hook(self.module, result, self.grad_outputs)
                if out is None:
                    continue
                if len(out) != len(result):
                    raise RuntimeError(
                        f"Backward hook returned an invalid number of grad_input, got {len(out)}, but expected {len(result)}"
                    )
                result = out
            self.grad_outputs = None
            return tuple(result[i] for i in self.input_tensors_index)

        grad_fn.register_hook(hook)

    def _apply_on_tensors(self, fn, args):
        indices = [i for i, arg in enumerate(args) if isinstance(arg, torch.Tensor)]
        tensors = [args[i] for i in indices]
        requires_grad = any(t.requires_grad for t in tensors)
        if not (requires_grad and torch.is_grad_enabled()):
            return args, None
        new_tensors = torch.nn.modules._functions.BackwardHookFunction.apply(*tensors)
        if len(new_tensors) == 0:
            raise RuntimeError("Cannot set Module backward hook for a Module with no input Tensors.")
        nodes = [t.grad_fn for t in new_tensors if t.grad_fn is not None and t.grad_fn.name() == "BackwardHookFunctionBackward"]
        if len(nodes) == 0:
            raise RuntimeError("Error while setting up backward hooks. Please open an issue with a code sample to reproduce this.")
        fn(nodes[0])
        replaced = list(args)
        for index, tensor in zip(indices, new_tensors):
            replaced[index] = tensor
        if type(args) is tuple:
            out = tuple(replaced)
        else:
            out = type(args)(*replaced)
        return out, indices

    def setup_input_hook(self, args):
        result, indices = self._apply_on_tensors(self._set_user_hook, args)
        self.n_inputs = len(args)
        self.input_tensors_index = indices
        return result

    def setup_output_hook(self, args):
        def fn(grad_fn):
            def hook(_, grad_output):
                self.grad_outputs = self._pack_with_none(self.output_tensors_index, grad_output, self.n_outputs)
                if self.user_pre_hooks:
                    expected = len(self.grad_outputs)
                    for user_pre_hook in self.user_pre_hooks:
                        replaced = user_pre_hook(self.module, self.grad_outputs)
                        if replaced is None:
                            continue
                        if len(replaced) != expected:
                            raise RuntimeError(
                                "Backward pre hook returned an invalid number of grad_output, "
                                f"got {len(replaced)}, but expected {expected}"
                            )
                        self.grad_outputs = replaced
                own = tuple(self.grad_outputs[i] for i in self.output_tensors_index)
                if self.input_tensors_index is None:
                    grad_inputs = self._pack_with_none([], [], self.n_inputs)
                    for user_hook in self.user_hooks:
                        result = user_hook(self.module, grad_inputs, self.grad_outputs)
                        if result is not None and not (isinstance(result, tuple) and all(r is None for r in result)):
                            raise RuntimeError(
                                "Backward hook for Modules where no input requires gradient should always return None "
                                "or None for all gradients."
                            )
                    self.grad_outputs = None
                if self.user_pre_hooks:
                    return own

            grad_fn.register_hook(hook)

        is_tuple = isinstance(args, tuple)
        result, indices = self._apply_on_tensors(fn, args if is_tuple else (args,))
        self.n_outputs = len(result)
        self.output_tensors_index = indices
        return result if is_tuple else result[0]
