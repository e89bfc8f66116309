"""Adaptive methods besides Adam: Adagrad, Adadelta, RMSprop, Rprop, ASGD."""
import torch
from torch.optim.optimizer import _ByParameter, _check, _check_lr, _decayed, _number, _zeros


def _scalar_step():
    return torch.tensor(0.0, dtype=torch.float32)


class Adagrad(_ByParameter):
    __module__ = "torch.optim.adagrad"

    def __init__(
        self, params, lr=1e-2, lr_decay=0, weight_decay=0, initial_accumulator_value=0, eps=1e-10, foreach=None, *,
        maximize=False, differentiable=False, fused=None,
    ):
        _check_lr(lr)
        _check(lr_decay >= 0.0, "lr_decay value", lr_decay)
        _check(weight_decay >= 0.0, "weight_decay value", weight_decay)
        _check(initial_accumulator_value >= 0.0, "initial_accumulator_value value", initial_accumulator_value)
        _check(eps >= 0.0, "epsilon value", eps)
        super().__init__(params, dict(
            lr=lr, lr_decay=lr_decay, eps=eps, weight_decay=weight_decay,
            initial_accumulator_value=initial_accumulator_value, foreach=foreach, maximize=maximize,
            differentiable=differentiable, fused=fused,
        ))
        for group in self.param_groups:
            for p in group["params"]:
                self.state[p]["step"] = _scalar_step()
                self.state[p]["sum"] = torch.full_like(p, initial_accumulator_value, memory_format=torch.preserve_format)

    def share_memory(self):
        pass

    def _update(self, group, p, grad, state):
        state["step"] += 1
        grad = _decayed(grad, p, group["weight_decay"])
        lr = group["lr"] / (1 + (_number(state["step"]) - 1) * group["lr_decay"])
        state["sum"].addcmul_(grad, grad, value=1)
        p.addcdiv_(grad, state["sum"].sqrt().add_(group["eps"]), value=-lr)


class Adadelta(_ByParameter):
    __module__ = "torch.optim.adadelta"
    _also_on_xla = False

    def __init__(
        self, params, lr=1.0, rho=0.9, eps=1e-6, weight_decay=0, foreach=None, *, capturable=False, maximize=False,
        differentiable=False,
    ):
        _check_lr(lr)
        _check(0.0 <= rho <= 1.0, "rho value", rho)
        _check(eps >= 0.0, "epsilon value", eps)
        _check(weight_decay >= 0.0, "weight_decay value", weight_decay)
        super().__init__(params, dict(
            lr=lr, rho=rho, eps=eps, weight_decay=weight_decay, maximize=maximize, capturable=capturable,
            foreach=foreach, differentiable=differentiable,
        ))

    def _start(self, group, p, state):
        state["step"] = _scalar_step()
        state["square_avg"] = _zeros(p)
        state["acc_delta"] = _zeros(p)

    def _update(self, group, p, grad, state):
        rho, eps = group["rho"], group["eps"]
        state["step"] += 1
        grad = _decayed(grad, p, group["weight_decay"])
        state["square_avg"].mul_(rho).addcmul_(grad, grad, value=1 - rho)
        spread = state["square_avg"].add(eps).sqrt_()
        delta = state["acc_delta"].add(eps).sqrt_().div_(spread).mul_(grad)
        state["acc_delta"].mul_(rho).addcmul_(delta, delta, value=1 - rho)
        p.add_(delta, alpha=-group["lr"])


class RMSprop(_ByParameter):
    __module__ = "torch.optim.rmsprop"

    def __init__(
        self, params, lr=1e-2, alpha=0.99, eps=1e-8, weight_decay=0, momentum=0, centered=False, capturable=False,
        foreach=None, maximize=False, differentiable=False,
    ):
        _check_lr(lr)
        _check(eps >= 0.0, "epsilon value", eps)
        _check(momentum >= 0.0, "momentum value", momentum)
        _check(weight_decay >= 0.0, "weight_decay value", weight_decay)
        _check(alpha >= 0.0, "alpha value", alpha)
        super().__init__(params, dict(
            lr=lr, momentum=momentum, alpha=alpha, eps=eps, centered=centered, weight_decay=weight_decay,
            capturable=capturable, foreach=foreach, maximize=maximize, differentiable=differentiable,
        ))

    def _start(self, group, p, state):
        state["step"] = _scalar_step()
        state["square_avg"] = _zeros(p)
        if group["momentum"] > 0:
            state["momentum_buffer"] = _zeros(p)
        if group["centered"]:
            state["grad_avg"] = _zeros(p)

    def _update(self, group, p, grad, state):
        alpha = group["alpha"]
        state["step"] += 1
        grad = _decayed(grad, p, group["weight_decay"])
        square = state["square_avg"]
        square.mul_(alpha).addcmul_(grad, grad, value=1 - alpha)
        if group["centered"]:
            mean = state["grad_avg"]
            mean.lerp_(grad, 1 - alpha)
            spread = square.addcmul(mean, mean, value=-1).sqrt_()
        else:
            spread = square.sqrt()
        spread = spread.add_(group["eps"])
        if group["momentum"] > 0:
            state["momentum_buffer"].mul_(group["momentum"]).addcdiv_(grad, spread)
            p.add_(state["momentum_buffer"], alpha=-group["lr"])
        else:
            p.addcdiv_(grad, spread, value=-group["lr"])


class Rprop(_ByParameter):
    __module__ = "torch.optim.rprop"

    def __init__(
        self, params, lr=1e-2, etas=(0.5, 1.2), step_sizes=(1e-6, 50), *, capturable=False, foreach=None,
        maximize=False, differentiable=False,
    ):
        _check_lr(lr)
        if not 0.0 < etas[0] < 1.0 < etas[1]:
            raise ValueError(f"Invalid eta values: {etas[0]}, {etas[1]}")
        super().__init__(params, dict(
            lr=lr, etas=etas, step_sizes=step_sizes, foreach=foreach, maximize=maximize, differentiable=differentiable,
            capturable=capturable,
        ))

    def _start(self, group, p, state):
        state["step"] = _scalar_step()
        state["prev"] = _zeros(p)
        state["step_size"] = torch.full_like(p, _number(group["lr"]))

    def _update(self, group, p, grad, state):
        (shrink, grow), (smallest, largest) = group["etas"], group["step_sizes"]
        state["step"] += 1
        agreement = grad.mul(state["prev"]).sign()
        factor = torch.where(agreement > 0, grow, torch.where(agreement < 0, shrink, torch.ones_like(agreement)))
        state["step_size"].mul_(factor).clamp_(smallest, largest)
        grad = grad.clone(memory_format=torch.preserve_format)
        grad[agreement < 0] = 0
        p.addcmul_(grad.sign(), state["step_size"], value=-1)
        state["prev"].copy_(grad)


class ASGD(_ByParameter):
    __module__ = "torch.optim.asgd"
    _on_device = "params, mus, etas, and state_steps"

    def __init__(
        self, params, lr=1e-2, lambd=1e-4, alpha=0.75, t0=1e6, weight_decay=0, foreach=None, maximize=False,
        differentiable=False, capturable=False,
    ):
        _check_lr(lr)
        _check(weight_decay >= 0.0, "weight_decay value", weight_decay)
        super().__init__(params, dict(
            lr=lr, lambd=lambd, alpha=alpha, t0=t0, weight_decay=weight_decay, foreach=foreach, maximize=maximize,
            differentiable=differentiable, capturable=capturable,
        ))

    def _start(self, group, p, state):
        state["step"] = _scalar_step()
        state["eta"] = torch.as_tensor(_number(group["lr"]), dtype=torch.float32).clone().detach()
        state["mu"] = torch.ones((), dtype=torch.float32)
        state["ax"] = _zeros(p)

    def _update(self, group, p, grad, state):
        state["step"] += 1
        count, eta, mu = _number(state["step"]), _number(state["eta"]), _number(state["mu"])
        grad = _decayed(grad, p, group["weight_decay"])
        p.mul_(1 - group["lambd"] * eta)
        p.add_(grad, alpha=-eta)
        if mu != 1:
            state["ax"].add_(p.sub(state["ax"]).mul_(mu))
        else:
            state["ax"].copy_(p)
        lr = _number(group["lr"])
        state["eta"].copy_(torch.as_tensor(lr / ((1 + group["lambd"] * lr * count) ** group["alpha"])))
        state["mu"].copy_(torch.as_tensor(1 / max(1, count - group["t0"])))
