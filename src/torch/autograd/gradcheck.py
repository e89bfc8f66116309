"""`gradcheck` and `gradgradcheck`: gradients against finite differences."""
import warnings

import torch

__all__ = ["gradcheck", "gradgradcheck", "GradcheckError"]


class GradcheckError(RuntimeError):
    pass


GradcheckError.__module__ = "torch.autograd.gradcheck"


_NONDETERMINISTIC = """

NOTE: If your op relies on non-deterministic operations i.e., it is listed here:
https://pytorch.org/docs/stable/generated/torch.use_deterministic_algorithms.html
this failure might be expected.

If you are adding a new operator, please file an issue and then use one of the
workarounds. The workaround depends on how your test invokes gradcheck/gradgradcheck.
If the test
- manually invokes gradcheck/gradgradcheck, then call gradcheck/gradgradcheck
  with `nondet_tol=<tol>` as a keyword argument.
- is OpInfo-based (e.g., in test_ops_gradients.py), then modify the OpInfo for the test
  to have `gradcheck_nondet_tol=<tol>`.
- is a Module test (e.g., in common_nn.py), then modify the corresponding
  module_test entry to have `gradcheck_nondet_tol=<tol>`
"""

_SLOW_MODE = """
The above quantities relating the numerical and analytical jacobians are computed
in fast mode. See: https://github.com/pytorch/pytorch/issues/53876 for more background
about fast mode. Below, we recompute numerical and analytical jacobians in slow mode:

Numerical:
 {}
Analytical:
{}

The max per-element difference (slow mode) is: {}.
"""

_SCALE_IN_SLOW = """
Fast gradcheck failed but element-wise differences are small. This means that the
test might've passed in slow_mode!
"""

def _as_tuple(x):
    return x if isinstance(x, tuple) else tuple(x) if isinstance(x, list) else (x,)


def _differentiable(outputs):
    return tuple(out for out in _as_tuple(outputs) if out.requires_grad)


def _wants_grad(x):
    return isinstance(x, torch.Tensor) and x.requires_grad


def _check_inputs(inputs):
    if not any(_wants_grad(x) for x in inputs):
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of them have "
            "requires_grad=True."
        )
    for at, x in enumerate(inputs):
        if not _wants_grad(x):
            continue
        if x.dtype not in (torch.float64, torch.complex128):
            warnings.warn(
                f"Input #{at} requires gradient and is not a double precision floating point or complex. This check will "
                "likely fail if all the inputs are not of double precision floating point or complex. ",
                stacklevel=2,
            )
        if not all(stride > 0 or size <= 1 for stride, size in zip(x.stride(), x.size())):
            raise RuntimeError(
                f"The {at}th input has a dimension with stride 0. gradcheck only supports inputs that are "
                "non-overlapping to be able to compute the numerical gradients correctly. You should call .contiguous "
                "on the input before passing it to gradcheck."
            )
    for x in inputs:
        if _wants_grad(x):
            x.retain_grad()


def _check_no_differentiable_outputs(func, inputs, outputs, eps):
    outputs = tuple(out for out in outputs if isinstance(out, torch.Tensor))
    for jacobians in _numerical_jacobians(func, inputs, outputs, eps):
        for jacobian in [matrix for matrices in jacobians for matrix in matrices]:
            if not torch.allclose(jacobian, torch.zeros_like(jacobian), rtol=0, atol=1e-15):
                raise GradcheckError("Numerical gradient for function expected to be zero")
    return True


# ---- finite differences

def _numerical_jacobians(func, inputs, outputs, eps):
    """For each input that requires grad and each output a matrix: input elements by output elements.

    Of complex inputs the rows are `d/d(real) + 1j * d/d(imaginary)`, as gradients are. Of complex outputs there are two
    matrices, of the real and of the imaginary part.
    """
    result = []
    for x in inputs:
        if not _wants_grad(x):
            continue
        rows = [[] for _ in outputs]
        for index in _elements(x):
            for row, change in zip(rows, _changes(func, inputs, x, index, eps, x.is_complex())):
                row.append(change)
        result.append([_matrices(row, out) for row, out in zip(rows, outputs)])
    return result


def _changes(func, inputs, x, index, eps, is_complex):
    """What one element of an input changes in each output: by its real part, and by its imaginary one."""
    data = x.data
    original = data[index].item()
    found = []
    for step in (1, 1j) if is_complex else (1,):
        values = []
        for sign in (-1, 1):
            data[index] = original + sign * eps * step
            values.append([out.detach().clone().reshape(-1) for out in _as_tuple(func(*inputs))])
        data[index] = original
        found.append([(b - a) / (2 * eps) for a, b in zip(*values)])
    return list(zip(*found))


def _matrices(rows, out):
    parts = (torch.real, torch.imag) if out.is_complex() else (lambda change: change,)
    matrices = []
    for part in parts:
        lines = [
            part(row[0]) + 1j * part(row[1]) if len(row) == 2 else part(row[0]) for row in rows
        ]
        matrices.append(torch.stack(lines) if lines else torch.zeros(0, out.numel(), dtype=out.dtype))
    return matrices


def _elements(data):
    """All indices of a tensor."""
    indices = [()]
    for size in data.shape:
        indices = [index + (at,) for index in indices for at in range(size)]
    return indices


# ---- what backward gives

def _analytical(inputs, output, cotangent):
    """For each input that requires grad a matrix: input elements by output elements."""
    wanted = [x for x in inputs if _wants_grad(x)]
    columns = [[] for _ in wanted]
    for index in _elements(output):
        one = torch.zeros_like(output)
        one[index] = cotangent
        grads = torch.autograd.grad(output, wanted, one, retain_graph=True, allow_unused=True)
        for column, grad, x in zip(columns, grads, wanted):
            column.append(torch.zeros_like(x).reshape(-1) if grad is None else grad.reshape(-1))
    return [
        torch.stack(column, 1) if column else torch.zeros(x.numel(), 0, dtype=x.dtype)
        for column, x in zip(columns, wanted)
    ]


def _check_dtypes(inputs, output):
    wanted = [x for x in inputs if _wants_grad(x)]
    grads = torch.autograd.grad(output, wanted, torch.zeros_like(output), retain_graph=True, allow_unused=True)
    return all(grad is None or grad.dtype == x.dtype for grad, x in zip(grads, wanted))


def _mismatch(analytical, numerical, out_at, in_at, part=None):
    prefix = "" if part is None else f"While considering the {part} part of complex outputs only, "
    return (
        f"{prefix}Jacobian mismatch for output {out_at} with respect to input {in_at},\n"
        f"numerical:{numerical}\nanalytical:{analytical}\n"
    )


def _close(a, b, rtol, atol):
    dtype = torch.promote_types(a.dtype, b.dtype)
    return torch.allclose(a.to(dtype), b.to(dtype), rtol, atol)


def _differentiable_values(outputs):
    chosen = _differentiable(outputs)
    return chosen if chosen else _as_tuple(outputs)


def _slow(func, inputs, outputs, eps, rtol, atol, check_grad_dtypes, nondet_tol):
    numerical = _numerical_jacobians(lambda *args: _differentiable_values(func(*args)), inputs, outputs, eps)
    wanted = [at for at, x in enumerate(inputs) if _wants_grad(x)]
    for out_at, output in enumerate(outputs):
        parts = [("imaginary", 1j), ("real", 1)] if output.is_complex() else [(None, 1)]
        for part, cotangent in parts:
            analytical = _analytical(inputs, output, cotangent)
            again = _analytical(inputs, output, cotangent)
            reentrant = all(a.numel() == 0 or (a - b).abs().max() <= nondet_tol for a, b in zip(analytical, again))
            if check_grad_dtypes and not _check_dtypes(inputs, output):
                raise GradcheckError("Gradient has dtype mismatch")
            for number, in_at in enumerate(wanted):
                a, n = analytical[number], numerical[number][out_at][1 if part == "imaginary" else 0]
                if not _close(a, n, rtol, atol):
                    raise GradcheckError(_mismatch(a, n, out_at, in_at, part))
            if not reentrant:
                raise GradcheckError(
                    "Backward is not reentrant, i.e., running backward with same input and grad_output multiple times "
                    "gives different values, although analytical gradient matches numerical gradient."
                    f"The tolerance for nondeterminism was {nondet_tol}." + _NONDETERMINISTIC
                )


def _directions(tensors, seed):
    """A unit vector for each tensor, from a generator of its own."""
    generator = torch.Generator()
    generator.manual_seed(seed)
    vectors = []
    for x in tensors:
        dtype = x.dtype if x.is_floating_point() else torch.float64
        v = torch.rand(x.numel(), dtype=dtype, generator=generator).to(x.dtype)
        norm = v.norm()
        vectors.append(v / norm if norm > 0 else v)
    return vectors


def _fast(func, inputs, outputs, eps, rtol, atol, check_grad_dtypes, nondet_tol):
    wanted = [(at, x) for at, x in enumerate(inputs) if _wants_grad(x)]
    u = _directions([x for _, x in wanted], 42)
    v = _directions(outputs, 43)
    for out_at, output in enumerate(outputs):
        grads = torch.autograd.grad(
            output, [x for _, x in wanted], v[out_at].reshape(output.shape), retain_graph=True, allow_unused=True
        )
        for number, (in_at, x) in enumerate(wanted):
            grad = grads[number]
            a = torch.zeros((), dtype=x.dtype) if grad is None else grad.reshape(-1).dot(u[number])
            step = (u[number] * eps).reshape(x.shape)
            original = x.data.clone()
            values = []
            for sign in (-1, 1):
                x.data.copy_(original + sign * step)
                values.append(_differentiable_values(func(*inputs))[out_at].detach().reshape(-1).clone())
            x.data.copy_(original)
            n = ((values[1] - values[0]) / (2 * eps)).dot(v[out_at])
            if not _close(a, n, rtol, atol):
                slow_n = _numerical_jacobians(lambda *args: _differentiable_values(func(*args)), inputs, outputs, eps)
                slow_n = slow_n[number][out_at][0]
                slow_a = _analytical(inputs, output, 1)[number]
                report = _SLOW_MODE.format(slow_n, slow_a, (slow_n - slow_a).abs().max())
                if torch.allclose(slow_n, slow_a, rtol, atol):
                    report += _SCALE_IN_SLOW
                raise GradcheckError(_mismatch(a, n, out_at, in_at) + report)


# ---- further checks

def _check_batched(inputs, outputs):
    wanted = tuple(x for x in inputs if _wants_grad(x))
    for output in _as_tuple(outputs):
        grads = [torch.randn_like(output) for _ in range(2)]
        expected = [torch.autograd.grad(output, wanted, g, retain_graph=True, allow_unused=True) for g in grads]
        stacked = [
            torch.stack([e[at] for e in expected]) if expected[0][at] is not None else None for at in range(len(wanted))
        ]
        got = torch.autograd.grad(
            output, wanted, torch.stack(grads), retain_graph=True, allow_unused=True, is_grads_batched=True
        )
        for at, (a, b) in enumerate(zip(got, stacked)):
            if a is not None and not torch.allclose(a, b):
                raise GradcheckError(f"For output 0 and input {at}: batched gradients differ")


def _check_forward(func, inputs, outputs, rtol, atol, eps):
    import torch.autograd.forward_ad as forward_ad

    numerical = _numerical_jacobians(func, inputs, outputs, eps)
    wanted = [at for at, x in enumerate(inputs) if _wants_grad(x)]
    for number, in_at in enumerate(wanted):
        x = inputs[in_at]
        for row, index in enumerate(_elements(x)):
            tangent = torch.zeros_like(x)
            tangent[index] = 1
            with forward_ad.dual_level():
                given = [
                    forward_ad.make_dual(each.detach(), tangent) if at == in_at else each
                    for at, each in enumerate(inputs)
                ]
                outs = [forward_ad.unpack_dual(out).tangent for out in _as_tuple(func(*given))]
            for out_at, tangent_out in enumerate(outs):
                want = numerical[number][out_at][0][row]
                got = torch.zeros_like(want) if tangent_out is None else tangent_out.reshape(-1)
                if not _close(got, want, rtol, atol):
                    raise GradcheckError(_mismatch(got, want, out_at, in_at))


def gradcheck(
    func, inputs, *, eps=1e-06, atol=1e-05, rtol=0.001, raise_exception=True, nondet_tol=0.0, check_undefined_grad=True,
    check_grad_dtypes=False, check_batched_grad=False, check_batched_forward_grad=False, check_forward_ad=False,
    check_backward_ad=True, fast_mode=False, masked=None,
):
    if not (check_forward_ad or check_backward_ad):
        raise AssertionError("Expected at least one of check_forward_ad or check_backward_ad to be True")
    if check_batched_grad and not check_backward_ad:
        raise AssertionError("Setting check_batched_grad=True requires check_backward_ad to be True")
    if check_batched_forward_grad and not check_forward_ad:
        raise AssertionError("Setting check_batched_forward_grad=True requires check_forward_ad to be True")
    try:
        inputs = _as_tuple(inputs)
        _check_inputs(inputs)
        all_outputs = func(*inputs)
        outputs = _differentiable(all_outputs)
        if not outputs:
            return _check_no_differentiable_outputs(func, inputs, _as_tuple(all_outputs), eps)
        if check_forward_ad:
            _check_forward(func, inputs, _as_tuple(all_outputs), rtol, atol, eps)
        if check_backward_ad:
            check = _fast if fast_mode else _slow
            check(func, inputs, outputs, eps, rtol, atol, check_grad_dtypes, nondet_tol)
            if check_batched_grad:
                _check_batched(inputs, outputs)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def gradgradcheck(
    func, inputs, grad_outputs=None, *, eps=1e-06, atol=1e-05, rtol=0.001, gen_non_contig_grad_outputs=False,
    raise_exception=True, nondet_tol=0.0, check_undefined_grad=True, check_grad_dtypes=False, check_batched_grad=False,
    check_fwd_over_rev=False, check_rev_over_rev=True, fast_mode=False, masked=False,
):
    inputs = _as_tuple(inputs)
    if grad_outputs is None:
        outputs = _differentiable(func(*inputs))
        grad_outputs = tuple(
            torch.testing.make_tensor(
                out.shape, dtype=out.dtype if out.is_floating_point() or out.is_complex() else torch.double,
                device=out.device, low=-1, high=1, requires_grad=True, noncontiguous=gen_non_contig_grad_outputs,
            )
            for out in outputs
        )
    else:
        grad_outputs = _as_tuple(grad_outputs)
    count = len(grad_outputs)

    def new_func(*args):
        given, grads = args[:-count], args[-count:]
        outs = _differentiable(func(*given))
        wanted = tuple(x for x in given if _wants_grad(x))
        return torch.autograd.grad(outs, wanted, grads, create_graph=True, allow_unused=True)

    def defined(*args):
        return tuple(g for g in new_func(*args) if g is not None)

    return gradcheck(
        defined, inputs + grad_outputs, eps=eps, atol=atol, rtol=rtol, raise_exception=raise_exception,
        nondet_tol=nondet_tol, check_undefined_grad=check_undefined_grad, check_grad_dtypes=check_grad_dtypes,
        check_batched_grad=check_batched_grad, fast_mode=fast_mode, check_forward_ad=check_fwd_over_rev,
        check_backward_ad=check_rev_over_rev, masked=masked,
    )
