"""Averages of a model over its training, and the schedule that goes with them."""
import itertools
import math
from copy import deepcopy

import torch
from torch.nn import Module
from torch.nn.modules.batchnorm import _BatchNorm
from torch.optim.lr_scheduler import LRScheduler, _for_each_group


def _check_decay(decay):
    if decay < 0.0 or decay > 1.0:
        raise ValueError(f"Invalid decay value {decay} provided. Please provide a value in [0,1] range.")


def _lerp_all(averaged, current, share):
    if averaged[0].is_floating_point():
        for old, new in zip(averaged, current):
            old.lerp_(new, share)
        return True
    return False


def get_ema_multi_avg_fn(decay=0.999):
    _check_decay(decay)

    @torch.no_grad()
    def ema_update(ema_param_list, current_param_list, _):
        if not _lerp_all(ema_param_list, current_param_list, 1 - decay):
            for old, new in zip(ema_param_list, current_param_list):
                old.copy_(old * decay + new * (1 - decay))

    return ema_update


def get_swa_multi_avg_fn():
    @torch.no_grad()
    def swa_update(averaged_param_list, current_param_list, num_averaged):
        share = 1 / (num_averaged + 1)
        if not _lerp_all(averaged_param_list, current_param_list, share):
            for old, new in zip(averaged_param_list, current_param_list):
                old.copy_(old + (new - old) * share)

    return swa_update


def get_ema_avg_fn(decay=0.999):
    _check_decay(decay)

    @torch.no_grad()
    def ema_update(ema_param, current_param, num_averaged):
        return decay * ema_param + (1 - decay) * current_param

    return ema_update


def get_swa_avg_fn():
    @torch.no_grad()
    def swa_update(averaged_param, current_param, num_averaged):
        return averaged_param + (current_param - averaged_param) / (num_averaged + 1)

    return swa_update


class AveragedModel(Module):
    def __init__(self, model, device=None, avg_fn=None, multi_avg_fn=None, use_buffers=False):
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise AssertionError("Only one of avg_fn and multi_avg_fn should be provided")
        self.module = deepcopy(model)
        if device is not None:
            self.module = self.module.to(device)
        self.register_buffer("n_averaged", torch.tensor(0, dtype=torch.long, device=device))
        self.avg_fn = avg_fn
        self.multi_avg_fn = multi_avg_fn
        self.use_buffers = use_buffers

    def forward(self, *args, **kwargs):
        return self.module(*args, **kwargs)

    def _averaged(self, module):
        return itertools.chain(module.parameters(), module.buffers() if self.use_buffers else ())

    @torch.no_grad()
    def update_parameters(self, model):
        pairs = [(old.detach(), new.detach()) for old, new in zip(self._averaged(self.module), self._averaged(model))]
        if self.n_averaged == 0:
            for old, new in pairs:
                old.copy_(new)
        elif self.avg_fn is not None:
            for old, new in pairs:
                old.copy_(self.avg_fn(old, new, self.n_averaged))
        else:
            average = get_swa_multi_avg_fn() if self.multi_avg_fn is None else self.multi_avg_fn
            by_kind = {}
            for old, new in pairs:
                olds, news = by_kind.setdefault(old.dtype, ([], []))
                olds.append(old)
                news.append(new)
            for olds, news in by_kind.values():
                average(olds, news, self.n_averaged)
        if not self.use_buffers:
            for old, new in zip(self.module.buffers(), model.buffers()):
                old.detach().copy_(new.detach())
        self.n_averaged += 1


@torch.no_grad()
def update_bn(loader, model, device=None):
    momenta = {}
    for module in model.modules():
        if isinstance(module, _BatchNorm):
            module.reset_running_stats()
            momenta[module] = module.momentum
    if not momenta:
        return
    was_training = model.training
    model.train()
    for module in momenta:
        module.momentum = None
    for input in loader:
        if isinstance(input, (list, tuple)):
            input = input[0]
        model(input if device is None else input.to(device))
    for module, momentum in momenta.items():
        module.momentum = momentum
    model.train(was_training)


_ANNEALING = {"cos": lambda t: (1 - math.cos(math.pi * t)) / 2, "linear": lambda t: t}


class SWALR(LRScheduler):
    def __init__(self, optimizer, swa_lr, anneal_epochs=10, anneal_strategy="cos", last_epoch=-1):
        for value, group in zip(_for_each_group(optimizer, swa_lr, "swa_lr"), optimizer.param_groups):
            group["swa_lr"] = value
        if anneal_strategy not in _ANNEALING:
            raise ValueError(f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}")
        self._anneal_strategy = anneal_strategy
        if not isinstance(anneal_epochs, int) or anneal_epochs < 0:
            raise ValueError(f"anneal_epochs must be equal or greater than 0, got {anneal_epochs}")
        self.anneal_epochs = anneal_epochs
        super().__init__(optimizer, last_epoch)

    def _share(self, step):
        return _ANNEALING[self._anneal_strategy](max(0, min(1, step / max(1, self.anneal_epochs))))

    def get_lr(self):
        rates = self._rates()
        step = self._step_count - 1
        if self.anneal_epochs == 0:
            step = max(1, step)
        before, now = self._share(step - 1), self._share(step)
        result = []
        for group, lr in zip(self.optimizer.param_groups, rates):
            target = group["swa_lr"]
            first = target if before == 1 else (lr - before * target) / (1 - before)
            result.append(target * now + first * (1 - now))
        return result
