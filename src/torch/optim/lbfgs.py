"""L-BFGS, with a line search after the strong Wolfe conditions where asked for."""
from collections import namedtuple

import torch
from torch.optim.optimizer import Optimizer, _check_lr

# a step along the direction: its length, the loss and gradient there, and the gradient's part along the direction
_Trial = namedtuple("_Trial", ["t", "loss", "grad", "slope"])


def _cubic_interpolate(a, b, bounds=None):
    """Where the cubic through two trials and their slopes is least, within bounds."""
    (x1, f1, _, g1), (x2, f2, _, g2) = a, b
    low, high = bounds if bounds is not None else (x1, x2) if x1 <= x2 else (x2, x1)
    d1 = g1 + g2 - 3 * (f1 - f2) / (x1 - x2)
    square = d1**2 - g1 * g2
    if square < 0:
        return (low + high) / 2.0
    d2 = square.sqrt()
    if x1 <= x2:
        least = x2 - (x2 - x1) * ((g2 + d2 - d1) / (g2 - g1 + 2 * d2))
    else:
        least = x1 - (x1 - x2) * ((g1 + d2 - d1) / (g1 - g2 + 2 * d2))
    return min(max(least, low), high)


def _strong_wolfe(evaluate, t, d, start, c1=1e-4, c2=0.9, tolerance_change=1e-9, max_ls=25):
    """A trial that satisfies the strong Wolfe conditions, or the best found, and how often the loss was computed."""
    largest = d.abs().max()

    def tried(t):
        loss, grad = evaluate(t)
        return _Trial(t, loss, grad.clone(memory_format=torch.contiguous_format), grad.dot(d))

    def rises(trial):
        return trial.loss > start.loss + c1 * trial.t * start.slope

    def is_flat(trial):
        return abs(trial.slope) <= -c2 * start.slope

    # widen until two trials enclose a good one
    new, before = tried(t), start
    count, done, bracket = 0, False, None
    while count < max_ls:
        if rises(new) or (count > 1 and new.loss >= before.loss):
            bracket = [before, new]
        elif is_flat(new):
            bracket, done = [new], True
        elif new.slope >= 0:
            bracket = [before, new]
        if bracket is not None:
            break
        bounds = (new.t + 0.01 * (new.t - before.t), new.t * 10)
        following = _cubic_interpolate(before, new, bounds)
        before, new = new, tried(following)
        count += 1
    else:
        bracket = [start, new]

    # then narrow
    stalled = False
    low, high = (0, 1) if bracket[0].loss <= bracket[-1].loss else (1, 0)
    while not done and count < max_ls:
        left, right = bracket
        if abs(right.t - left.t) * largest < tolerance_change:
            break
        t = _cubic_interpolate(left, right)
        smallest, greatest = min(left.t, right.t), max(left.t, right.t)
        margin = 0.1 * (greatest - smallest)
        if min(greatest - t, t - smallest) < margin:
            if stalled or t >= greatest or t <= smallest:
                t = greatest - margin if abs(t - greatest) < abs(t - smallest) else smallest + margin
                stalled = False
            else:
                stalled = True
        else:
            stalled = False
        new = tried(t)
        count += 1
        if rises(new) or new.loss >= bracket[low].loss:
            bracket[high] = new
            low, high = (0, 1) if bracket[0].loss <= bracket[1].loss else (1, 0)
        else:
            if is_flat(new):
                done = True
            elif new.slope * (bracket[high].t - bracket[low].t) >= 0:
                bracket[high] = bracket[low]
            bracket[low] = new
    return bracket[low], count + 1


class LBFGS(Optimizer):
    def __init__(
        self, params, lr=1, max_iter=20, max_eval=None, tolerance_grad=1e-7, tolerance_change=1e-9, history_size=100,
        line_search_fn=None, *, maximize=False,
    ):
        _check_lr(lr)
        super().__init__(params, dict(
            lr=lr, max_iter=max_iter, max_eval=max_iter * 5 // 4 if max_eval is None else max_eval,
            tolerance_grad=tolerance_grad, tolerance_change=tolerance_change, history_size=history_size,
            line_search_fn=line_search_fn, maximize=maximize,
        ))
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")
        self._params = self.param_groups[0]["params"]

    def _gather_flat_grad(self):
        grads = [p.new_zeros(p.numel()) if p.grad is None else p.grad.view(-1) for p in self._params]
        return torch.cat(grads, 0)

    def _move(self, step_size, direction):
        start = 0
        for p in self._params:
            end = start + p.numel()
            p.add_(direction[start:end].view_as(p), alpha=step_size)
            start = end

    @torch.no_grad()
    def step(self, closure):
        group = self.param_groups[0]
        sign = -1 if group["maximize"] else 1
        lr, limit = group["lr"], group["tolerance_change"]
        max_iter, max_eval = group["max_iter"], group["max_eval"]

        def evaluated():
            with torch.enable_grad():
                loss = closure()
            grad = self._gather_flat_grad()
            return loss, sign * float(loss), -grad if sign < 0 else grad

        state = self.state[self._params[0]]
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)
        first_loss, loss, grad = evaluated()
        evals = 1
        state["func_evals"] += 1
        if grad.abs().max() <= group["tolerance_grad"]:
            return first_loss

        d, t, previous = state.get("d"), state.get("t"), state.get("prev_flat_grad")
        memory = [state.get(name) for name in ("old_dirs", "old_stps", "ro")]
        scale, previous_loss = state.get("H_diag"), state.get("prev_loss")
        for iteration in range(1, max_iter + 1):
            state["n_iter"] += 1
            if state["n_iter"] == 1:
                d, memory, scale = grad.neg(), [[], [], []], 1
            else:
                scale = self._remember(memory, grad.sub(previous), d.mul(t), scale, group["history_size"])
                d = self._direction(state, memory, grad, scale, group["history_size"])
            if previous is None:
                previous = grad.clone(memory_format=torch.contiguous_format)
            else:
                previous.copy_(grad)
            previous_loss = loss
            t = min(1.0, 1.0 / grad.abs().sum()) * lr if state["n_iter"] == 1 else lr
            slope = grad.dot(d)
            if slope > -limit:
                break
            used = 0
            if group["line_search_fn"] is not None:
                if group["line_search_fn"] != "strong_wolfe":
                    raise RuntimeError("only 'strong_wolfe' is supported")
                kept = [p.clone(memory_format=torch.contiguous_format) for p in self._params]

                def at(t):
                    self._move(t, d)
                    _, loss, grad = evaluated()
                    for p, value in zip(self._params, kept):
                        p.copy_(value)
                    return loss, grad

                start = _Trial(0, loss, grad.clone(memory_format=torch.contiguous_format), slope)
                (t, loss, grad, _), used = _strong_wolfe(at, t, d, start, tolerance_change=1e-9)
                self._move(t, d)
                optimal = grad.abs().max() <= group["tolerance_grad"]
            else:
                self._move(t, d)
                optimal = False
                if iteration != max_iter:
                    _, loss, grad = evaluated()
                    optimal = grad.abs().max() <= group["tolerance_grad"]
                    used = 1
            evals += used
            state["func_evals"] += used
            if iteration == max_iter or evals >= max_eval or optimal:
                break
            if d.mul(t).abs().max() <= limit or abs(loss - previous_loss) < limit:
                break
        names = ("d", "t", "old_dirs", "old_stps", "ro", "H_diag", "prev_flat_grad", "prev_loss")
        state.update(zip(names, (d, t, *memory, scale, previous, previous_loss)))
        return first_loss

    def _remember(self, memory, y, s, scale, size):
        """Adds a pair to the memory, the oldest leaving; the scale of the first guess of the inverse Hessian."""
        ys = y.dot(s)
        if ys <= 1e-10:
            return scale
        for kept, new in zip(memory, (y, s, 1.0 / ys)):
            if len(kept) == size:
                kept.pop(0)
            kept.append(new)
        return ys / y.dot(y)

    def _direction(self, state, memory, grad, scale, size):
        """The inverse Hessian that the memory describes, times the gradient downhill."""
        changes, steps, weights = memory
        shares = state.setdefault("al", [None] * size)
        direction = grad.neg()
        for at in reversed(range(len(changes))):
            shares[at] = steps[at].dot(direction) * weights[at]
            direction.add_(changes[at], alpha=-shares[at])
        direction = torch.mul(direction, scale)
        for at in range(len(changes)):
            share = changes[at].dot(direction) * weights[at]
            direction.add_(steps[at], alpha=shares[at] - share)
        return direction
