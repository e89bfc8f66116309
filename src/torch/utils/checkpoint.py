"""`torch.utils.checkpoint`: saves memory by running a part of the forward pass again during backward."""
import contextlib
import functools
import warnings

import torch
from torch.autograd.graph import saved_tensors_hooks

__all__ = [
    "checkpoint", "checkpoint_sequential", "CheckpointError", "CheckpointFunction", "check_backward_validity",
    "detach_variable", "get_device_states", "set_device_states", "noop_context_fn", "set_checkpoint_early_stop",
    "set_checkpoint_debug_enabled",
]

_FREED = (
    "When use_reentrant=True, torch.utils.checkpoint is incompatible with .grad() or passing an `inputs` parameter to "
    ".backward(). To resolve this error, you can either set use_reentrant=False, or call .backward() without passing the "
    "`inputs` argument."
)

_TIP = """
Tip: To see a more detailed error message, either pass `debug=True` to
`torch.utils.checkpoint.checkpoint(...)` or wrap the code block
with `with torch.utils.checkpoint.set_checkpoint_debug_enabled(True):` to
enable checkpoint\u2011debug mode globally.

If this error occurs under torch.compile with automatic_dynamic_shapes enabled,
it may be because the recomputation selected a different compiled graph than the
forward pass (e.g., a dynamic graph instead of the original static graph).
To fix this, either:
  - Use torch._dynamo.mark_dynamic() to explicitly mark varying dimensions as
    dynamic upfront, avoiding the static-to-dynamic transition.
  - Call torch._C._dynamo.eval_frame._set_lru_cache(False) to disable LRU cache
    reordering, which can change which graph is checked first between forward
    and recompute.
See https://github.com/pytorch/pytorch/issues/166926 for more details and
workaround examples."""

_early_stop = True


class CheckpointError(RuntimeError):
    pass


class _Enough(Exception):
    """Everything that was asked for has been recomputed."""


@contextlib.contextmanager
def set_checkpoint_debug_enabled(enabled):
    yield


@contextlib.contextmanager
def set_checkpoint_early_stop(enable):
    global _early_stop
    before = _early_stop
    _early_stop = enable
    try:
        yield
    finally:
        _early_stop = before


def detach_variable(inputs):
    if not isinstance(inputs, tuple):
        raise RuntimeError("Only tuple of tensors is supported. Got Unsupported input type: ", type(inputs).__name__)
    out = []
    for each in inputs:
        if isinstance(each, torch.Tensor):
            x = each.detach()
            x.requires_grad = each.requires_grad
            each = x
        out.append(each)
    return tuple(out)


def check_backward_validity(inputs):
    if not any(each.requires_grad for each in inputs if isinstance(each, torch.Tensor)):
        warnings.warn("None of the inputs have requires_grad=True. Gradients will be None", stacklevel=2)


def get_device_states(*args):
    return [], []


def set_device_states(devices, states, *, device_type=None):
    pass


def noop_context_fn():
    return contextlib.nullcontext(), contextlib.nullcontext()


@contextlib.contextmanager
def _random_state(state):
    """Runs with the random numbers of another moment."""
    if state is None:
        yield
        return
    before = torch.get_rng_state()
    torch.set_rng_state(state)
    try:
        yield
    finally:
        torch.set_rng_state(before)


class CheckpointFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, run_function, preserve_rng_state, *args):
        check_backward_validity(args)
        ctx.run_function = run_function
        ctx.state = torch.get_rng_state() if preserve_rng_state else None
        ctx.inputs = [None if isinstance(each, torch.Tensor) else each for each in args]
        ctx.places = [at for at, each in enumerate(args) if isinstance(each, torch.Tensor)]
        ctx.save_for_backward(*[args[at] for at in ctx.places])
        with torch.no_grad():
            return run_function(*args)

    @staticmethod
    def backward(ctx, *args):
        if not torch._C._is_checkpoint_valid():
            raise RuntimeError(_FREED)
        inputs = list(ctx.inputs)
        for at, tensor in zip(ctx.places, ctx.saved_tensors):
            inputs[at] = tensor
        with _random_state(ctx.state):
            detached = detach_variable(tuple(inputs))
            with torch.enable_grad():
                outputs = ctx.run_function(*detached)
        if isinstance(outputs, torch.Tensor):
            outputs = (outputs,)
        wanted = [
            (out, grad) for out, grad in zip(outputs, args) if isinstance(out, torch.Tensor) and out.requires_grad
        ]
        if not wanted:
            raise RuntimeError("none of output has requires_grad=True, this checkpoint() is not necessary")
        torch.autograd.backward([out for out, _ in wanted], [grad for _, grad in wanted])
        grads = [each.grad if isinstance(each, torch.Tensor) else None for each in detached]
        return (None, None, *grads)


def _facts(tensor):
    return {"shape": tensor.shape, "dtype": tensor.dtype, "device": tensor.device}


class _Frame:
    """One checkpointed call: how to run it again, and what the runs have brought."""

    def __init__(self, run, early_stop, checks):
        self.run = run
        self.early_stop = early_stop
        self.checks = checks
        self.facts = []
        self.recomputed = {}

    def pack(self, tensor):
        self.facts.append(_facts(tensor))
        return len(self.facts) - 1

    def unpack(self, number):
        task = torch._C._current_graph_task_id()
        if task == -1 or task not in self.recomputed:
            self.recomputed[task] = self.again()
        return self.recomputed[task][number]

    def again(self):
        found = []

        def collect(tensor):
            if len(found) < len(self.facts) or not self.early_stop:
                found.append(tensor.detach())
            if self.early_stop and len(found) == len(self.facts):
                raise _Enough
            return tensor.detach()

        try:
            with saved_tensors_hooks(collect, lambda tensor: tensor), torch.enable_grad():
                self.run()
        except _Enough:
            pass
        self.check(found)
        return found

    def check(self, found):
        if len(found) != len(self.facts):
            raise CheckpointError(
                "torch.utils.checkpoint: A different number of tensors was saved during the original forward and "
                f"recomputation.\nNumber of tensors saved during forward: {len(self.facts)}\n"
                f"Number of tensors saved during recomputation: {len(found)}"
            )
        if not self.checks:
            return
        lines = ""
        for at, (before, tensor) in enumerate(zip(self.facts, found)):
            after = _facts(tensor)
            if before != after:
                lines += f"tensor at position {at}:\nsaved metadata: {before}\nrecomputed metadata: {after}\n"
        if lines:
            raise CheckpointError(
                "torch.utils.checkpoint: Recomputed values for the following tensors have different metadata than during "
                f"the forward pass.\n{lines}.\n{_TIP}"
            )


def _without_reentrant(function, preserve, context_fn, checks, early_stop, args, kwargs):
    first, second = context_fn()
    state = torch.get_rng_state() if preserve else None

    def run():
        with _random_state(state), second:
            function(*args, **kwargs)

    frame = _Frame(run, early_stop and _early_stop, checks)
    if not torch.is_grad_enabled():
        return function(*args, **kwargs)
    with saved_tensors_hooks(frame.pack, frame.unpack), first:
        return function(*args, **kwargs)


def checkpoint(
    function=None, *args, use_reentrant=None, preserve_rng_state=True, context_fn=noop_context_fn,
    determinism_check="default", debug=False, early_stop=True, respect_saved_tensors_hooks=None, **kwargs,
):
    if function is None:
        return functools.partial(
            checkpoint, use_reentrant=use_reentrant, preserve_rng_state=preserve_rng_state, context_fn=context_fn,
            determinism_check=determinism_check, debug=debug, early_stop=early_stop,
        )
    if use_reentrant is None:
        warnings.warn(
            "torch.utils.checkpoint: the use_reentrant parameter should be passed explicitly. In a future release, "
            "calling checkpoint without use_reentrant will raise an exception. use_reentrant=False is recommended, but "
            "if you need to preserve the current default behavior, you can pass use_reentrant=True. Refer to docs for "
            "more details on the differences between the two variants.",
            stacklevel=2,
        )
        use_reentrant = True
    if use_reentrant:
        if kwargs:
            raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
        if context_fn is not noop_context_fn or debug is not False or respect_saved_tensors_hooks is not None:
            raise ValueError(
                "Passing `context_fn`, `debug`, or `respect_saved_tensors_hooks` is only supported when "
                "use_reentrant=False."
            )
        return CheckpointFunction.apply(function, preserve_rng_state, *args)
    if determinism_check not in ("default", "none"):
        raise ValueError(f"determinism_check should be one of ['default', 'none'], but got {determinism_check}")
    return _without_reentrant(
        function, preserve_rng_state, context_fn, determinism_check == "default", early_stop, args, kwargs
    )


def checkpoint_sequential(functions, segments, input, use_reentrant=None, **kwargs):
    if use_reentrant is None:
        warnings.warn(
            "torch.utils.checkpoint.checkpoint_sequential: the use_reentrant parameter should be passed explicitly. In a "
            "future release, calling checkpoint_sequential without use_reentrant will raise an exception. "
            "use_reentrant=False is recommended, but if you need to preserve the current default behavior, you can pass "
            "use_reentrant=True. Refer to docs for more details on the differences between the two variants.",
            stacklevel=2,
        )
        use_reentrant = True
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    if isinstance(functions, torch.nn.Sequential):
        functions = list(functions.children())

    def segment(start, end):
        def forward(input):
            for at in range(start, end + 1):
                input = functions[at](input)
            return input

        return forward

    size = len(functions) // segments
    end = -1
    for start in range(0, size * (segments - 1), size):
        end = start + size - 1
        input = checkpoint(segment(start, end), input, use_reentrant=use_reentrant, preserve_rng_state=preserve)
    return segment(end + 1, len(functions) - 1)(input)
