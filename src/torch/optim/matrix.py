"""Optimisers that see a parameter as a matrix: Adafactor, Muon."""
import math

import torch
from torch.optim.optimizer import _ByParameter, _number


def _require(holds, what, value):
    if not holds:
        raise ValueError(f"{what} but is: {value}")


def _check_lr(lr):
    if isinstance(lr, torch.Tensor) and lr.numel() != 1:
        raise ValueError("Tensor lr must be 1-element")
    _require(lr >= 0.0, "Learning rate should be >= 0", lr)


def _zeros_along(grad, dim):
    shape = list(grad.shape)
    shape[dim] = 1
    return grad.new_zeros(shape)


class Adafactor(_ByParameter):
    __module__ = "torch.optim"

    def __init__(
        self, params, lr=1e-2, beta2_decay=-0.8, eps=(None, 1e-3), d=1.0, weight_decay=0.0, *, foreach=None,
        maximize=False,
    ):
        _check_lr(lr)
        _require(beta2_decay <= 0.0, "beta2_decay should be <= 0", beta2_decay)
        _require(eps[0] is None or eps[0] >= 0.0, "epsilon1 should be >= 0", eps[0])
        _require(eps[1] >= 0.0, "epsilon2 should be >= 0", eps[1])
        _require(d >= 1.0, "Clipping threshold d should be >= 1", d)
        _require(weight_decay >= 0.0, "weight_decay should be >= 0", weight_decay)
        super().__init__(params, dict(
            lr=lr, beta2_decay=beta2_decay, eps=eps, d=d, weight_decay=weight_decay, foreach=foreach, maximize=maximize,
        ))

    def _start(self, group, p, state):
        state["step"] = torch.tensor(0.0, dtype=torch.float32)
        if p.grad.dim() > 1:
            state["row_var"] = _zeros_along(p.grad, -1)
            state["col_var"] = _zeros_along(p.grad, -2)
        else:
            state["variance"] = torch.zeros_like(p.grad, memory_format=torch.preserve_format)

    def _update(self, group, p, grad, state):
        eps1, eps2 = group["eps"]
        eps1 = torch.finfo(p.dtype).eps if eps1 is None else eps1
        lr, d = group["lr"], group["d"]
        state["step"] += 1
        count = _number(state["step"])
        share = count ** group["beta2_decay"]
        size = max(eps2, p.norm(2).item() / p.numel() ** 0.5) * min(lr, 1 / count**0.5)
        if group["weight_decay"] != 0:
            p.mul_(1 - lr * group["weight_decay"])
        if grad.dim() > 1:
            row, column = state["row_var"], state["col_var"]
            for mean, dim in ((row, -1), (column, -2)):
                mean.lerp_(torch.norm(grad, dim=dim, keepdim=True).square_().div_(grad.size(dim)), share)
            variance = row @ column
            variance.div_(row.mean(dim=-2, keepdim=True).clamp_(min=eps1))
        else:
            state["variance"].lerp_(grad.square(), share)
            variance = state["variance"].clone()
        update = variance.clamp_(min=eps1 * eps1).rsqrt_().mul_(grad)
        clip = max(1.0, update.norm(2).item() / (update.numel() ** 0.5 * d))
        p.add_(update, alpha=-size / clip)


def _orthogonalized(grad, coefficients, steps, eps):
    """A matrix near the orthogonal one of the same singular vectors, by Newton-Schulz steps in bfloat16."""
    if steps >= 100:
        raise ValueError("Number of steps must be less than 100 for computational efficiency")
    if len(grad.shape) != 2:
        raise ValueError("Input tensor gradient must be a 2D matrix")
    if len(coefficients) != 3:
        raise ValueError("Coefficients must be a tuple of exactly 3 values")
    a, b, c = coefficients
    result = grad.bfloat16()
    is_tall = grad.size(0) > grad.size(1)
    if is_tall:
        result = result.T
    result.div_(result.norm().clamp(min=eps))
    for _ in range(steps):
        gram = result @ result.T
        update = torch.addmm(gram, gram, gram, beta=b, alpha=c)
        result = torch.addmm(result, update, result, beta=a)
    return result.T if is_tall else result


class Muon(_ByParameter):
    __module__ = "torch.optim"

    def __init__(
        self, params, lr=1e-3, weight_decay=0.1, momentum=0.95, nesterov=True,
        ns_coefficients=(3.4445, -4.7750, 2.0315), eps=1e-7, ns_steps=5, adjust_lr_fn=None,
    ):
        _check_lr(lr)
        _require(momentum >= 0.0, "momentum should be >= 0", momentum)
        _require(weight_decay >= 0.0, "weight decay should be >= 0", weight_decay)
        if adjust_lr_fn is not None and adjust_lr_fn not in ("original", "match_rms_adamw"):
            raise ValueError(f"Adjust learning rate function {adjust_lr_fn} is not supported")
        super().__init__(params, dict(
            lr=lr, weight_decay=weight_decay, momentum=momentum, nesterov=nesterov, ns_coefficients=ns_coefficients,
            eps=eps, ns_steps=ns_steps, adjust_lr_fn=adjust_lr_fn,
        ))
        for group in self.param_groups:
            for p in group["params"]:
                if p.ndim != 2:
                    raise ValueError(
                        f"Muon only supports 2D parameters whereas we found a parameter with size: {p.size()}"
                    )

    def _start(self, group, p, state):
        state["momentum_buffer"] = torch.zeros_like(p.grad, memory_format=torch.preserve_format)

    def _update(self, group, p, grad, state):
        momentum = group["momentum"]
        buffer = state["momentum_buffer"]
        buffer.lerp_(grad, 1 - momentum)
        update = grad.lerp(buffer, momentum) if group["nesterov"] else buffer
        update = _orthogonalized(update, group["ns_coefficients"], group["ns_steps"], group["eps"])
        rows, columns = p.shape[:2]
        if group["adjust_lr_fn"] == "match_rms_adamw":
            ratio = 0.2 * math.sqrt(max(rows, columns))
        else:
            ratio = math.sqrt(max(1, rows / columns))
        p.mul_(1 - group["lr"] * group["weight_decay"])
        p.add_(update, alpha=-group["lr"] * ratio)
