"""Adam and its relatives: exponential averages of the gradient and of its square."""
import torch
from torch.optim.optimizer import _ByParameter, _check, _check_betas, _check_lr, _decayed, _number, _zeros


def _check_common(lr, betas, eps, weight_decay):
    _check_lr(lr)
    _check(eps >= 0.0, "epsilon value", eps)
    _check_betas(betas)
    _check(weight_decay >= 0.0, "weight_decay value", weight_decay)


def _scalar_step():
    return torch.tensor(0.0, dtype=torch.float32)


class Adam(_ByParameter):
    def __init__(
        self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, amsgrad=False, *, foreach=None,
        maximize=False, capturable=False, differentiable=False, fused=None, decoupled_weight_decay=False,
    ):
        if isinstance(lr, torch.Tensor):
            if foreach and not capturable:
                raise ValueError("lr as a Tensor is not supported for capturable=False and foreach=True")
            if lr.numel() != 1:
                raise ValueError("Tensor lr must be 1-element")
        _check_common(lr, betas, eps, weight_decay)
        super().__init__(params, dict(
            lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, amsgrad=amsgrad, maximize=maximize, foreach=foreach,
            capturable=capturable, differentiable=differentiable, fused=fused,
            decoupled_weight_decay=decoupled_weight_decay,
        ))

    def _start(self, group, p, state):
        state["step"] = _scalar_step()
        state["exp_avg"] = _zeros(p)
        state["exp_avg_sq"] = _zeros(p)
        if group["amsgrad"]:
            state["max_exp_avg_sq"] = _zeros(p)

    def _update(self, group, p, grad, state):
        beta1, beta2 = group["betas"]
        lr, decay = group["lr"], group["weight_decay"]
        step = state["step"]
        step += 1
        if decay != 0:
            if group["decoupled_weight_decay"]:
                p.mul_(1 - lr * decay)
            else:
                grad = grad.add(p, alpha=decay)
        mean, square = state["exp_avg"], state["exp_avg_sq"]
        mean.lerp_(grad, 1 - beta1)
        square.mul_(beta2).addcmul_(grad, grad.conj(), value=1 - beta2)
        count = _number(step)
        size = lr / (1 - beta1**count)
        root = (1 - beta2**count) ** 0.5
        if group["amsgrad"]:
            torch.maximum(state["max_exp_avg_sq"], square, out=state["max_exp_avg_sq"])
            square = state["max_exp_avg_sq"]
        p.addcdiv_(mean, (square.sqrt() / root).add_(group["eps"]), value=-size)


class AdamW(Adam):
    __module__ = "torch.optim.adamw"

    def __init__(
        self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=1e-2, amsgrad=False, *, maximize=False,
        foreach=None, capturable=False, differentiable=False, fused=None,
    ):
        super().__init__(
            params, lr, betas, eps, weight_decay, amsgrad, foreach=foreach, maximize=maximize, capturable=capturable,
            differentiable=differentiable, fused=fused, decoupled_weight_decay=True,
        )


class NAdam(_ByParameter):
    __module__ = "torch.optim.nadam"
    _on_device = "params, mu_products and state_steps"

    def __init__(
        self, params, lr=2e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, momentum_decay=4e-3,
        decoupled_weight_decay=False, *, foreach=None, maximize=False, capturable=False, differentiable=False,
    ):
        _check_common(lr, betas, eps, weight_decay)
        _check(momentum_decay >= 0.0, "momentum_decay value", momentum_decay)
        super().__init__(params, dict(
            lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, momentum_decay=momentum_decay,
            decoupled_weight_decay=decoupled_weight_decay, maximize=maximize, foreach=foreach, capturable=capturable,
            differentiable=differentiable,
        ))

    def _start(self, group, p, state):
        state["step"] = _scalar_step()
        state["mu_product"] = torch.tensor(1.0, dtype=torch.float32)
        state["exp_avg"] = _zeros(p)
        state["exp_avg_sq"] = _zeros(p)

    def _update(self, group, p, grad, state):
        beta1, beta2 = group["betas"]
        lr, decay = group["lr"], group["weight_decay"]
        state["step"] += 1
        count = _number(state["step"])
        if decay != 0:
            if group["decoupled_weight_decay"]:
                p.mul_(1 - lr * decay)
            else:
                grad = grad.add(p, alpha=decay)
        correction = 1 - beta2**count
        momentum = beta1 * (1.0 - 0.5 * (0.96 ** (count * group["momentum_decay"])))
        following = beta1 * (1.0 - 0.5 * (0.96 ** ((count + 1) * group["momentum_decay"])))
        state["mu_product"] *= momentum
        product = _number(state["mu_product"])
        state["exp_avg"].lerp_(grad, 1 - beta1)
        state["exp_avg_sq"].mul_(beta2).addcmul_(grad, grad, value=1 - beta2)
        denominator = state["exp_avg_sq"].div(correction).sqrt().add_(group["eps"])
        p.addcdiv_(grad, denominator, value=-lr * (1.0 - momentum) / (1.0 - product))
        p.addcdiv_(state["exp_avg"], denominator, value=-lr * following / (1.0 - product * following))


class RAdam(_ByParameter):
    __module__ = "torch.optim.radam"

    def __init__(
        self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, decoupled_weight_decay=False, *,
        foreach=None, maximize=False, capturable=False, differentiable=False,
    ):
        _check_common(lr, betas, eps, weight_decay)
        super().__init__(params, dict(
            lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, maximize=maximize, foreach=foreach,
            capturable=capturable, decoupled_weight_decay=decoupled_weight_decay, differentiable=differentiable,
        ))

    def _start(self, group, p, state):
        state["step"] = _scalar_step()
        state["exp_avg"] = _zeros(p)
        state["exp_avg_sq"] = _zeros(p)

    def _update(self, group, p, grad, state):
        beta1, beta2 = group["betas"]
        lr, decay = group["lr"], group["weight_decay"]
        state["step"] += 1
        count = _number(state["step"])
        if decay != 0:
            if group["decoupled_weight_decay"]:
                p.mul_(1 - lr * decay)
            else:
                grad = grad.add(p, alpha=decay)
        state["exp_avg"].lerp_(grad, 1 - beta1)
        state["exp_avg_sq"].mul_(beta2).addcmul_(grad, grad, value=1 - beta2)
        correction1, correction2 = 1 - beta1**count, 1 - beta2**count
        mean = state["exp_avg"] / correction1
        limit = 2 / (1 - beta2) - 1
        length = limit - 2 * count * (beta2**count) / correction2
        if length <= 5.0:
            p.add_(mean * lr, alpha=-1.0)
            return
        rectified = (
            (length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length)
        ) ** 0.5
        adaptive = correction2**0.5 / state["exp_avg_sq"].sqrt().add_(group["eps"])
        p.add_(mean * lr * adaptive * rectified, alpha=-1.0)


class Adamax(_ByParameter):
    __module__ = "torch.optim.adamax"

    def __init__(
        self, params, lr=2e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, foreach=None, *, maximize=False,
        differentiable=False, capturable=False,
    ):
        _check_common(lr, betas, eps, weight_decay)
        super().__init__(params, dict(
            lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, foreach=foreach, maximize=maximize,
            differentiable=differentiable, capturable=capturable,
        ))

    def _start(self, group, p, state):
        state["step"] = _scalar_step()
        state["exp_avg"] = _zeros(p)
        state["exp_inf"] = _zeros(p)

    def _update(self, group, p, grad, state):
        beta1, beta2 = group["betas"]
        state["step"] += 1
        grad = _decayed(grad, p, group["weight_decay"])
        state["exp_avg"].lerp_(grad, 1 - beta1)
        largest = state["exp_inf"]
        torch.maximum(largest.mul_(beta2), grad.abs().add_(group["eps"]), out=largest)
        p.addcdiv_(state["exp_avg"], largest, value=-group["lr"] / (1 - beta1 ** _number(state["step"])))


class SparseAdam(_ByParameter):
    __module__ = "torch.optim.sparse_adam"

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, maximize=False):
        _check(0.0 < lr, "learning rate", lr)
        _check(eps > 0.0, "epsilon value", eps)
        _check_betas(betas)
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps, maximize=maximize))

    def _update(self, group, p, grad, state):
        raise RuntimeError("SparseAdam does not support dense gradients, please consider Adam instead")
