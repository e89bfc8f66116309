"""Walks rows of the op table: examples run, derivatives agree with finite differences of first and second order.

Each row is (op, aliases, overload, node or None, parameters as (name, kind, default, keyword only), the names that
gradients flow to, example).
The answers are lines `op.overload<TAB>what is wrong`.
"""
import torch

EPS = 1e-6


# ---- the arguments of a row's example

class Probe(torch.Tensor):
    """Tensors of an example: they tell which function is called with which arguments."""

    calls = []

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        Probe.calls.append((func, args, kwargs or {}))
        return super().__torch_function__(func, types, args, kwargs or {})


class Factories:
    """`torch` as examples see it: what it makes are probes."""

    def __getattr__(self, name):
        found = getattr(torch, name)
        if name not in MAKERS:
            return found

        def make(*args, **kwargs):
            made = found(*args, **kwargs)
            return made.as_subclass(Probe) if isinstance(made, torch.Tensor) else made

        return make


MAKERS = {
    "tensor", "ones", "zeros", "arange", "eye", "full", "linspace", "logspace", "rand", "randn", "complex", "polar",
    "randint", "randperm", "empty", "as_tensor", "ones_like", "zeros_like",
}


def plain(value):
    if isinstance(value, torch.Tensor):
        return value.detach().as_subclass(torch.Tensor)
    if isinstance(value, (tuple, list)):
        return type(value)([plain(item) for item in value])
    return value


def recorded(op, names, example):
    """Positional and keyword arguments of the example's call of the op; None if it makes none with tensors."""
    Probe.calls.clear()
    torch.manual_seed(1)
    eval(example, {"torch": Factories()})
    for func, args, kwargs in Probe.calls:
        name = func.__name__
        if name in names or name.rstrip("_") in names or any(name == each.split("_", 1)[-1] for each in names):
            return [plain(a) for a in args], {k: plain(v) for k, v in kwargs.items()}
    return None


# ---- arguments that fit a schema

DEFAULT = torch.tensor([[0.31, 0.72, 0.53], [0.44, 0.85, 0.16]], dtype=torch.float64)
SQUARE = torch.tensor([[2.1, 0.3, 0.2], [0.4, 1.7, 0.1], [0.2, 0.5, 2.6]], dtype=torch.float64)


class NoSample(Exception):
    pass


# arguments of ops whose domain the schema does not tell
def _image(*sizes):
    count = 1
    for size in sizes:
        count *= size
    return (torch.arange(count, dtype=torch.float64) * 1.7 % 3 + 0.2).view(sizes)


def _grid(*sizes):
    return _image(*sizes) / 3 - 0.5


ARGUMENTS = {
    "clamp.Tensor": lambda: (DEFAULT, DEFAULT.flip(1) - 0.11, DEFAULT.flip(0) + 0.17),
    "binary_cross_entropy": lambda: (DEFAULT, DEFAULT * 0.5),
    "convolution": lambda: (_image(1, 2, 4), _image(2, 2, 2), _image(2), [1], [0], [1], False, [0], 1),
    "_convolution": lambda: (
        _image(1, 2, 4), _image(2, 2, 2), _image(2), [1], [0], [1], False, [0], 1, False, False, False, False
    ),
    "grid_sampler_2d": lambda: (_image(1, 1, 3, 3), _grid(1, 2, 2, 2), 0, 0, False),
    "grid_sampler_3d": lambda: (_image(1, 1, 2, 2, 2), _grid(1, 1, 2, 2, 3), 0, 0, False),
    "multi_margin_loss": lambda: (DEFAULT, torch.tensor([0, 2])),
    "polygamma": lambda: (2, DEFAULT + 1),
    "special_zeta": lambda: (DEFAULT + 2, DEFAULT + 1),
    "acosh": lambda: (DEFAULT + 1.5,),
    "split_with_sizes": lambda: (DEFAULT, [1, 1], 0),
    "unsafe_split_with_sizes": lambda: (DEFAULT, [1, 1], 0),
    "split_with_sizes_copy": lambda: (DEFAULT, [1, 1], 0),
    "upsample_nearest1d": lambda: (_image(1, 2, 3), [5]),
    "upsample_nearest3d": lambda: (_image(1, 1, 2, 2, 2), [3, 3, 3]),
    "_upsample_nearest_exact1d": lambda: (_image(1, 2, 3), [5]),
    "_upsample_nearest_exact3d": lambda: (_image(1, 1, 2, 2, 2), [3, 3, 3]),
    "upsample_linear1d": lambda: (_image(1, 2, 3), [5], False),
    "upsample_trilinear3d": lambda: (_image(1, 1, 2, 2, 2), [3, 3, 3], False),
    "native_batch_norm": lambda: (_image(3, 2, 2), _image(2), _image(2), None, None, True, 0.1, 1e-5),
    "sort.stable": lambda: (DEFAULT,),
}

# what is done to arguments before the op sees them: of matrices that count as symmetric, or of which half is read
PREPARED = {
    "linalg_cholesky_ex": lambda a, *rest: (a @ a.mT, *rest),
    "linalg_matrix_sqrth": lambda a, *rest: (a @ a.mT, *rest),
    "cholesky_inverse": lambda a, *rest: (a.tril(), *rest),
    "cholesky_solve": lambda b, a, *rest: (b, a.tril(), *rest),
}


def guess(name, kind, default, at):
    if default is not None:
        raise KeyError
    if kind.endswith("?"):
        return [0] if kind == "IntList?" else None
    if kind == "Tensor":
        if name in ("index", "indices"):
            return torch.tensor([[0, 1, 0], [1, 0, 1]])
        if name == "value":
            return torch.tensor(0.7, dtype=torch.float64)
        if name in ("mask", "condition"):
            return torch.tensor([[True, False, True], [False, True, True]])
        return DEFAULT + 0.013 * at
    if kind == "TensorList":
        return [DEFAULT, DEFAULT + 0.1]
    if kind in ("Scalar", "Float"):
        return 1.3
    if kind == "Int":
        return 0 if "dim" in name or name in ("index", "offset", "start", "split") else 1
    if kind == "IntList":
        return [0] if name in ("dim", "dims", "shifts") else [2, 3]
    if kind == "Bool":
        return False
    raise NoSample(f"no value for {kind} {name}")


def fits(kind, value):
    if kind.endswith("?"):
        return value is None or fits(kind[:-1], value)
    if kind == "Tensor":
        return isinstance(value, torch.Tensor)
    if kind == "TensorList":
        return isinstance(value, (tuple, list)) and all(isinstance(item, torch.Tensor) for item in value)
    if kind == "Int":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "IntList":
        return isinstance(value, (tuple, list)) and all(isinstance(item, int) for item in value) or isinstance(value, int)
    if kind == "Bool":
        return isinstance(value, bool)
    if kind in ("Scalar", "Float"):
        return isinstance(value, (int, float, complex)) and not isinstance(value, bool)
    return not isinstance(value, torch.Tensor)


def samples(overload, params, example):
    """Arguments by name: those of the table above, those of the example where they fit, then guesses."""
    if overload in ARGUMENTS:
        yield {name: value for (name, *_), value in zip(params, ARGUMENTS[overload]())}
        return
    if example is not None:
        args, kwargs = example
        chosen = {}
        for (name, kind, default, _), value in zip(params, args):
            if not fits(kind, value):
                break
            chosen[name] = value
        else:
            shown = {("self" if k == "input" else k): v for k, v in kwargs.items()}
            known = {name: kind for name, kind, _, _ in params}
            missing = [
                name for name, _, default, _ in params if default is None and name not in chosen and name not in shown
            ]
            if len(args) <= len(params) and not missing and all(k in known and fits(known[k], v) for k, v in shown.items()):
                yield {**chosen, **shown}
        # tensors of the example in the places of tensors, guesses elsewhere
        tensors = [a for a in list(args) + list(kwargs.values()) if isinstance(a, torch.Tensor)]
        mixed, at = {}, 0
        try:
            for place, (name, kind, default, _) in enumerate(params):
                if kind in ("Tensor", "Tensor?") and at < len(tensors):
                    mixed[name] = tensors[at]
                    at += 1
                    continue
                try:
                    mixed[name] = guess(name, kind, default, place)
                except KeyError:
                    pass
            yield mixed
        except NoSample:
            pass
    guessed = {}
    for place, (name, kind, default, _) in enumerate(params):
        try:
            guessed[name] = guess(name, kind, default, place)
        except KeyError:
            pass
    yield guessed
    if "index" in guessed:
        yield {**guessed, "index": torch.tensor([0, 1])}
    if any(kind == "Tensor" for _, kind, _, _ in params):
        yield {
            name: SQUARE + 0.01 if isinstance(value, torch.Tensor) and value.is_floating_point() else value
            for name, value in guessed.items()
        }


def jittered(value, seed):
    """In double precision, a little off: examples like to stand where functions have corners."""
    if isinstance(value, list):
        return [jittered(item, seed + at) for at, item in enumerate(value)]
    if not isinstance(value, torch.Tensor) or not (value.is_floating_point() or value.is_complex()):
        return value
    dtype = torch.complex128 if value.is_complex() else torch.float64
    value = value.to(dtype)
    steps = torch.arange(value.numel(), dtype=torch.float64).view(value.shape)
    return value * 0.93 + 0.0217 + 0.0071 * ((steps * 1.7 + seed * 0.9) % 3)


# ---- the function of a row

def function_of(op, names):
    for name in [op, *names]:
        for space in (torch._C._VariableFunctions, torch._C._nn, torch):
            found = getattr(space, name, None)
            if found is not None:
                return found
        head, _, tail = name.partition("_")
        if head in ("linalg", "special", "fft"):
            found = getattr(getattr(torch, head), tail, None)
            if found is not None:
                return found
        method = getattr(torch.Tensor, name, None)
        if method is not None:
            return method
    raise NoSample("no function of this name")


def leaves_of(values, wanted):
    found = []
    for name, value in values.items():
        if name not in wanted:
            continue
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, torch.Tensor) and (item.is_floating_point() or item.is_complex()):
                found.append(item.requires_grad_())
    return found


def outputs_of(result):
    if isinstance(result, torch.Tensor):
        return [result]
    return [out for item in result for out in outputs_of(item)] if isinstance(result, (tuple, list)) else []


def weights(tensors):
    made = []
    for at, x in enumerate(tensors):
        steps = torch.arange(x.numel(), dtype=torch.float64).view(x.shape)
        w = 0.6 + 0.31 * ((steps * 1.9 + at) % 4) - 0.4 * (steps % 2)
        made.append(w * (1 + 0.5j) if x.is_complex() else w)
    return made


def dot(weights, tensors):
    total = 0
    for w, x in zip(weights, tensors):
        product = (w.conj() * x).sum() if x.is_complex() else (w * x).sum()
        total = total + (product.real if product.is_complex() else product)
    return total


def differences(value, leaves):
    """The gradient of a number by each leaf, by central differences."""
    found = []
    for leaf in leaves:
        grad = torch.zeros_like(leaf)
        flat, out = leaf.data.view(-1), grad.detach().view(-1)
        for at in range(flat.numel()):
            kept = flat[at].item()
            total = 0
            for step in (1, 1j) if leaf.is_complex() else (1,):
                flat[at] = kept + EPS * step
                up = float(value())
                flat[at] = kept - EPS * step
                down = float(value())
                total = total + step * (up - down) / (2 * EPS)
            flat[at] = kept
            out[at] = total
        found.append(grad.detach())
    return found


def differ(got, wanted, tolerance):
    for at, (a, b) in enumerate(zip(got, wanted)):
        if a is None:
            a = torch.zeros_like(b)
        off = (a.detach() - b).abs()
        if not bool((off <= tolerance * (1 + b.abs())).all()):
            return f"input {at}: {a.detach().flatten().tolist()[:4]} not {b.flatten().tolist()[:4]}"
    return None


def gradients(total, leaves, create_graph):
    if not (isinstance(total, torch.Tensor) and total.requires_grad):
        return [None for _ in leaves]
    return torch.autograd.grad(total, leaves, create_graph=create_graph, allow_unused=True)


def check(overload, function, values, params, wanted, node):
    """What is wrong with the derivative at these arguments; None if nothing is."""
    leaves = leaves_of(values, wanted)
    in_place = function.__name__.endswith("_")
    prepare = PREPARED.get(overload)

    def run():
        torch.manual_seed(3)
        head, rest = [], dict(values)
        for name, _, _, keyword_only in params:
            if keyword_only or name not in rest:
                break
            head.append(rest.pop(name))
        if prepare is not None:
            head = list(prepare(*head))
        if in_place:
            head[0] = head[0].clone()
        return [out for out in outputs_of(function(*head, **rest)) if out.is_floating_point() or out.is_complex()]

    outs = [out for out in run() if out.requires_grad]
    if not outs:
        raise NoSample("nothing requires grad")
    if node is not None and all(out.grad_fn.name().split("::")[-1] != node for out in outs):
        raise NoSample(f"{outs[0].grad_fn.name()} is recorded, not {node}")
    if not all(bool(torch.isfinite(torch.view_as_real(out) if out.is_complex() else out).all()) for out in outs):
        raise NoSample("not finite")
    w = weights(outs)

    def value():
        return dot(w, [out for out in run() if out.requires_grad])

    grads = gradients(value(), leaves, True)
    wrong = differ(grads, differences(value, leaves), 2e-5)
    if wrong is not None:
        return "first derivative, " + wrong
    u = weights(leaves)

    def slope():
        found = gradients(value(), leaves, True)
        return dot([v for v, g in zip(u, found) if g is not None], [g for g in found if g is not None])

    second = gradients(slope(), leaves, False)
    wrong = differ(second, differences(slope, leaves), 2e-4)
    return None if wrong is None else "second derivative, " + wrong


def walk(rows):
    lines = []
    for op, aliases, overload, node, params, wanted, example in rows:
        names = {op, *aliases}
        try:
            known = recorded(op, names, example)
        except Exception as error:
            lines.append(f"{op}\texample: {type(error).__name__}: {error}")
            continue
        if node is None:
            continue
        wanted = {name.strip() for name in wanted.split(",")}
        reason, done = "no sample", False
        try:
            function = function_of(op, sorted(names))
        except NoSample:
            # recorded by others only: the second derivatives of those go through it
            continue
        try:
            for values in samples(overload, params, known):
                try:
                    values = {name: jittered(value, at) for at, (name, value) in enumerate(values.items())}
                    wrong = check(overload, function, values, params, wanted, node)
                    if wrong is None:
                        done = True
                        break
                    reason = wrong
                    break
                except NoSample as error:
                    reason = f"no sample: {error}"
                except Exception as error:
                    reason = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
        except NoSample as error:
            reason = f"no sample: {error}"
        if not done:
            lines.append(f"{overload}\t{reason}")
    return lines


for line in walk(_rows):
    print(line)
