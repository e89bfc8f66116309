"""A module called with other tensors in the places of its parameters and buffers."""
import warnings

import torch


def _places(module):
    """Names of all parameters and buffers, shared ones under each of their names."""
    yield from module.named_parameters(remove_duplicate=False)
    yield from module.named_buffers(remove_duplicate=False)


def _spread_ties(module, values):
    """The values with those of tensors that stand under several names given under all of them."""
    groups = {}
    for name, tensor in _places(module):
        groups.setdefault(tensor, []).append(name)
    spread = dict(values)
    for names in groups.values():
        given = [name for name in names if name in values]
        if len(given) > 1 and any(values[name] is not values[given[0]] for name in given):
            raise ValueError(
                f"functional_call got multiple values for keys {sorted(given)}, which are tied. Consider using "
                "tie_weights=False"
            )
        if given:
            spread.update((name, values[given[0]]) for name in names)
    return spread


def _check_names(module, values):
    known = [name for name, _ in _places(module)]
    unexpected = [name for name in values if name not in known]
    missing = [name for name in known if name not in values]
    messages = [
        f"{what} key(s): " + ", ".join(map(repr, sorted(names))) + "."
        for what, names in (("Unexpected", unexpected), ("Missing", missing)) if names
    ]
    if messages:
        raise RuntimeError(
            "Error(s) in reparametrizing for {}:\n\t{}".format(module._get_name(), "\n\t".join(messages))
        )


def _owner(module, path):
    for name in path:
        found = getattr(module, name, None)
        if found is None:
            raise AttributeError(f"{module._get_name()} has no attribute `{name}`")
        if not isinstance(found, torch.nn.Module):
            raise TypeError(f"{name}: {found} is not an instance of torch.nn.Module")
        module = found
    return module


_MISSING = object()


def _functional_call(module, parameters_and_buffers, args=None, kwargs=None, *, tie_weights=True, strict=False):
    values = _spread_ties(module, parameters_and_buffers) if tie_weights else parameters_and_buffers
    if strict:
        _check_names(module, values)
    args = () if args is None else args if isinstance(args, tuple) else (args,)
    kept = []
    try:
        for name, value in values.items():
            path, _, leaf = name.rpartition(".")
            owner = _owner(module, path.split(".") if path else ())
            if value is not None and not isinstance(value, torch.Tensor):
                raise TypeError(f"{value} is not an instance of torch.Tensor")
            table = next(
                (table for table in (owner._parameters, owner._buffers) if leaf in table), owner.__dict__
            )
            if leaf in owner._modules:
                raise TypeError(f"attribute `{leaf}`: {owner._modules[leaf]} is not an instance of torch.Tensor")
            kept.append((table, leaf, table.get(leaf, _MISSING)))
            table[leaf] = value
        return module(*args, **({} if kwargs is None else kwargs))
    finally:
        for table, leaf, value in reversed(kept):
            if value is _MISSING:
                del table[leaf]
            else:
                table[leaf] = value


def functional_call(module, parameters_and_buffers, args=None, kwargs=None, *, tie_weights=True, strict=False):
    warnings.warn(
        "`torch.nn.utils.stateless.functional_call` is deprecated as of PyTorch 2.0 and will be removed in a future "
        "version of PyTorch. Please use `torch.func.functional_call` instead which is a drop-in replacement.",
        FutureWarning, stacklevel=2,
    )
    return _functional_call(module, parameters_and_buffers, args, kwargs, tie_weights=tie_weights, strict=strict)
