"""`torch.autograd.graph`: edges, hooks for saved tensors, hooks for several tensors."""
import contextlib
from collections import namedtuple

import torch
from torch import _C


class _NodeMeta(type):
    """Nodes are made by operations; that they are nodes shows in what they have."""

    def __instancecheck__(cls, instance):
        return cls.__subclasscheck__(type(instance))

    def __subclasscheck__(cls, subclass):
        return cls in subclass.__mro__ or (cls is Node and hasattr(subclass, "_register_hook_dict"))


class Node(metaclass=_NodeMeta):
    def name(self):
        raise NotImplementedError

    @property
    def next_functions(self):
        raise NotImplementedError

    def metadata(self):
        raise NotImplementedError

    def register_hook(self, fn):
        raise NotImplementedError

    def register_prehook(self, fn):
        raise NotImplementedError


class GradientEdge(namedtuple("GradientEdge", ["node", "output_nr", "ownership_token"])):
    __slots__ = ()

    def __new__(cls, node, output_nr, ownership_token=None):
        return super().__new__(cls, node, output_nr, ownership_token)


def get_gradient_edge(tensor):
    if not tensor.requires_grad:
        raise RuntimeError("It is not possible to get the gradient edge for a Tensor that does not require gradients")
    grad_fn = _get_grad_fn_or_grad_acc(tensor)
    return GradientEdge(grad_fn, tensor.output_nr, None)


def _get_grad_fn_or_grad_acc(t):
    if isinstance(t, GradientEdge):
        return t.node
    if t.requires_grad and t.grad_fn is None:
        with torch.enable_grad():
            return t.view_as(t).grad_fn.next_functions[0][0]
    return t.grad_fn


def increment_version(tensor):
    for each in [tensor] if isinstance(tensor, torch.Tensor) else list(tensor):
        each._bump_version()


class saved_tensors_hooks:
    def __init__(self, pack_hook, unpack_hook):
        self.pack_hook = pack_hook
        self.unpack_hook = unpack_hook

    def __enter__(self):
        _C._push_saved_tensors_default_hooks(self.pack_hook, self.unpack_hook)

    def __exit__(self, *args):
        _C._pop_saved_tensors_default_hooks()


class save_on_cpu(saved_tensors_hooks):
    def __init__(self, pin_memory=False, device_type="cuda"):
        super().__init__(lambda tensor: tensor.clone(), lambda packed: packed)


@contextlib.contextmanager
def disable_saved_tensors_hooks(error_message):
    before = _C._saved_tensors_hooks_get_disabled_error_message()
    try:
        _C._saved_tensors_hooks_disable(error_message)
        yield
    finally:
        if before is None:
            _C._saved_tensors_hooks_enable()
        else:
            _C._saved_tensors_hooks_disable(before)


class _AllowMutationOnSavedContext:
    def clear(self):
        pass


@contextlib.contextmanager
def allow_mutation_on_saved_tensors():
    # what is saved is a copy, so that later writes do not reach it
    with saved_tensors_hooks(lambda tensor: tensor.detach().clone(), lambda kept: kept):
        yield _AllowMutationOnSavedContext()


class _MultiHandle:
    def __init__(self, handles):
        self.handles = tuple(handles)

    def remove(self):
        for handle in self.handles:
            handle.remove()

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.remove()


def register_multi_grad_hook(tensors, fn, *, mode="all"):
    if mode not in ("all", "any"):
        raise ValueError(f"Expects mode to be one of ('all', 'any') but got {mode}")
    tensors = list(tensors)
    if mode == "any":
        state = {"ran": False}

        def first(grad):
            if not state["ran"]:
                state["ran"] = True
                fn(grad)

        return _MultiHandle(t.register_hook(first) for t in tensors if t.requires_grad)
    nodes = [_get_grad_fn_or_grad_acc(t) if t.requires_grad else None for t in tensors]
    passes = {}

    def hook_for(place):
        def hook(grad):
            task = _C._current_graph_task_id()
            if task not in passes:
                expected = sum(node is not None and _C._will_engine_execute_node(node) for node in nodes)
                passes[task] = (expected, [None] * len(tensors), [0])
            expected, grads, seen = passes[task]
            grads[place] = grad
            seen[0] += 1
            if seen[0] == expected:
                del passes[task]
                fn(grads)

        return hook

    return _MultiHandle(t.register_hook(hook_for(i)) for i, t in enumerate(tensors) if nodes[i] is not None)
