"""Handles of registered hooks, and backward hooks around a whole module."""
import warnings
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


class _Crossing:
    """Values that enter or leave a module, their tensors led through one node whose gradients can be watched."""

    def __init__(self, values):
        self.count = len(values)
        self.values = values
        self.places = [at for at, value in enumerate(values) if isinstance(value, torch.Tensor)]
        self.node = None
        tensors = [values[at] for at in self.places]
        if not torch.is_grad_enabled() or not any(tensor.requires_grad for tensor in tensors):
            return
        led = torch.nn.modules._functions.BackwardHookFunction.apply(*tensors)
        nodes = [tensor.grad_fn for tensor in led if tensor.grad_fn is not None]
        self.node = next((node for node in nodes if node.name() == "BackwardHookFunctionBackward"), None)
        if self.node is None:
            raise RuntimeError(
                "Error while setting up backward hooks. Please open an issue with a code sample to reproduce this."
            )
        by_place = dict(zip(self.places, led))
        replaced = [by_place.get(at, value) for at, value in enumerate(values)]
        self.values = tuple(replaced) if type(values) is tuple else type(values)(*replaced)

    def all_of(self, grads):
        """Gradients of tensors as gradients of all values, None for what is no tensor."""
        by_place = dict(zip(self.places, grads))
        return tuple(by_place.get(at) for at in range(self.count))

    def of_tensors(self, grads):
        return tuple(grads[at] for at in self.places)


class BackwardHook:
    """Runs full backward hooks when the gradients of a module's outputs and inputs are there."""

    def __init__(self, module, hooks, pre_hooks):
        self.module = module
        self.hooks = hooks
        self.pre_hooks = pre_hooks
        self.grad_outputs = None

    def _ask(self, hooks, kind, grads, *context):
        """What hooks make of gradients; each sees what the one before returned."""
        for hook in hooks:
            answer = hook(self.module, grads, *context)
            if answer is None:
                continue
            if len(answer) != len(grads):
                raise RuntimeError(
                    f"Backward {kind[0]} returned an invalid number of {kind[1]}, got {len(answer)}, but expected {len(grads)}"
                )
            grads = answer
        return grads

    def entering(self, args):
        self.inputs = _Crossing(args)
        if self.inputs.node is not None:
            self.inputs.node.register_hook(self._at_inputs)
        return self.inputs.values

    def leaving(self, result):
        alone = not isinstance(result, tuple)
        self.outputs = _Crossing((result,) if alone else result)
        if self.outputs.node is not None:
            self.outputs.node.register_hook(self._at_outputs)
        return self.outputs.values[0] if alone else self.outputs.values

    def _at_inputs(self, grad_inputs, _):
        if self.grad_outputs is None:
            return None
        grads = self._ask(self.hooks, ("hook", "grad_input"), self.inputs.all_of(grad_inputs), self.grad_outputs)
        self.grad_outputs = None
        return self.inputs.of_tensors(grads)

    def _at_outputs(self, _, grad_outputs):
        grads = self._ask(self.pre_hooks, ("pre hook", "grad_output"), self.outputs.all_of(grad_outputs))
        self.grad_outputs = grads
        if self.inputs.node is None:
            # no gradient will arrive at the inputs: the hooks are told now, and can change nothing
            if self.hooks:
                warnings.warn(
                    "Full backward hook is firing when gradients are computed with respect to module outputs since no "
                    "inputs require gradients. See https://docs.pytorch.org/docs/main/generated/"
                    "torch.nn.Module.html#torch.nn.Module.register_full_backward_hook for more details.",
                    stacklevel=5,
                )
            for hook in self.hooks:
                answer = hook(self.module, self.inputs.all_of(()), grads)
                if answer is not None and not (isinstance(answer, tuple) and all(grad is None for grad in answer)):
                    raise RuntimeError(
                        "Backward hook for Modules where no input requires gradient should always return None or None for "
                        "all gradients."
                    )
            self.grad_outputs = None
        return self.outputs.of_tensors(grads) if self.pre_hooks else None
