"""`torch.func`: functions that give the gradients, Jacobians or batched versions of functions."""
import torch

__all__ = [
    "debug_unwrap", "functional_call", "functionalize", "grad", "grad_and_value", "hessian", "jacfwd", "jacrev", "jvp", "linearize", "rearrange",
    "stack_module_state", "vjp", "vmap",
]


# ---- nested containers of tensors

def _flatten(tree):
    """The leaves of nested tuples, lists and dicts, and a function that builds the like from other leaves."""
    if isinstance(tree, (tuple, list)):
        parts = [_flatten(item) for item in tree]
        sizes = [len(leaves) for leaves, _ in parts]
        kind = type(tree)

        def build(leaves):
            items, at = [], 0
            for (_, inner), size in zip(parts, sizes):
                items.append(inner(leaves[at:at + size]))
                at += size
            if hasattr(kind, "_fields"):
                return kind(*items)
            return kind(items)

        return [leaf for leaves, _ in parts for leaf in leaves], build
    if isinstance(tree, dict):
        keys = list(tree)
        leaves, inner = _flatten([tree[key] for key in keys])
        return leaves, lambda new: dict(zip(keys, inner(new)))
    return [tree], lambda leaves: leaves[0]


def _map(function, tree):
    leaves, build = _flatten(tree)
    return build([function(leaf) for leaf in leaves])


def _structure(tree, indent=0):
    """As PyTorch prints the structure of a tree: one part a line, indented."""
    if isinstance(tree, dict):
        name, keys, parts = "dict", list(tree), list(tree.values())
    elif isinstance(tree, (tuple, list)):
        name, keys, parts = type(tree).__name__, None, tree
    else:
        return "*"
    inner = (",\n" + " " * (indent + 2)).join(_structure(part, indent + 2) for part in parts)
    return f"TreeSpec({name}, {keys}, [{inner}])"


def _one_line(tree):
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{key!r}: {_one_line(part)}" for key, part in tree.items()) + "}"
    if isinstance(tree, (tuple, list)):
        inner = ", ".join(map(_one_line, tree))
        return f"[{inner}]" if isinstance(tree, list) else f"({inner},)" if len(tree) == 1 else f"({inner})"
    return "*"


# ---- gradients

_depth = 0


class _Transform:
    """While a transform runs its function, graphs are its own business."""

    def __init__(self, kind="grad"):
        self.kind = kind

    def __enter__(self):
        global _depth
        _depth += 1
        torch._C._enter_transform(self.kind)

    def __exit__(self, *args):
        global _depth
        _depth -= 1
        torch._C._exit_transform()


def _check_argnums(argnums, args):
    if not isinstance(argnums, (int, tuple)):
        raise RuntimeError(f"argnums must be int or Tuple[int, ...], got: {type(argnums)}")
    if isinstance(argnums, tuple):
        if len(argnums) == 0:
            raise RuntimeError("argnums must be non-empty")
        if len(set(argnums)) != len(argnums):
            raise RuntimeError(f"argnums elements must be unique, got {argnums}")
    for number in (argnums,) if isinstance(argnums, int) else argnums:
        if not isinstance(number, int):
            raise RuntimeError(f"argnums must be int or Tuple[int, ...], got: {type(argnums)}")
        if not -len(args) <= number < len(args):
            raise RuntimeError(f"Got argnum={number}, but only {len(args)} positional inputs")


def _wanting_grad(x):
    x.requires_grad = True
    return x


def _input_like(x):
    if not isinstance(x, torch.Tensor):
        raise ValueError(f"Thing passed to transform API must be Tensor, got {type(x)}")
    if not (x.is_floating_point() or x.is_complex()):
        raise RuntimeError("only Tensors of floating point dtype can require gradients")
    # a node of its own: what happens inside is seen from outside only where the tensor itself is
    if x.requires_grad:
        return x.view_as(x)
    return _wanting_grad(x.detach())


def _split(args, argnums):
    """The arguments to differentiate by, and a function that puts others into their places."""
    _check_argnums(argnums, args)
    single = isinstance(argnums, int)
    numbers = [number % len(args) for number in ((argnums,) if single else argnums)]
    chosen = args[numbers[0]] if single else tuple(args[number] for number in numbers)

    def placed(values):
        new = list(args)
        for number, value in zip(numbers, (values,) if single else values):
            new[number] = value
        return tuple(new)

    return chosen, placed


def _has_graph(tensors):
    return any(isinstance(t, torch.Tensor) and t.requires_grad for t in tensors)


def _stripped(leaves):
    """A function that takes values out of the graph of a transform that ends, unless they also depend on others."""
    own = [leaf for leaf in leaves if leaf.is_leaf]

    def strip(value):
        if not isinstance(value, torch.Tensor) or not value.requires_grad:
            return value
        return value if torch._C._depends_on_others(value, own) else value.detach()

    return strip


def grad_and_value(func, argnums=0, has_aux=False):
    def wrapper(*args, **kwargs):
        outer = torch.is_grad_enabled()
        with _Transform(), torch.enable_grad():
            chosen, placed = _split(args, argnums)
            leaves, build = _flatten(chosen)
            leaves = [_input_like(leaf) for leaf in leaves]
            output = func(*placed(build(leaves)), **kwargs)
            if has_aux:
                if not (isinstance(output, tuple) and len(output) == 2):
                    raise RuntimeError(
                        "grad_and_value(f)(*args): output of function f should be a tuple: (output, aux) if has_aux is "
                        "True"
                    )
                output, aux = output
            if not isinstance(output, torch.Tensor):
                raise RuntimeError(
                    f"grad_and_value(f)(*args): Expected f(*args) to return a Tensor, got {type(output)}"
                )
            if output.dim() != 0:
                raise RuntimeError(
                    f"grad_and_value(f)(*args): Expected f(*args) to return a scalar Tensor, got tensor with "
                    f"{output.dim()} dims. Maybe you wanted to use the vjp or jacrev APIs instead?"
                )
            grads = _all_gradients([output], leaves, [None], outer)

        strip = _stripped(leaves)
        grads = build([strip(value) for value in grads])
        value = strip(output)
        if has_aux:
            return grads, (value, _map(strip, aux))
        return grads, value

    return _named(wrapper, func)


def grad(func, argnums=0, has_aux=False):
    both = grad_and_value(func, argnums, has_aux)

    def wrapper(*args, **kwargs):
        grads, value = both(*args, **kwargs)
        return (grads, value[1]) if has_aux else grads

    return _named(wrapper, func)


def _named(wrapper, func):
    for name in ("__name__", "__qualname__", "__doc__"):
        value = getattr(func, name, None)
        if value is not None:
            try:
                setattr(wrapper, name, value)
            except (AttributeError, TypeError):
                pass
    wrapper.__wrapped__ = func
    return wrapper


def _all_gradients(outputs, inputs, cotangents, create_graph, retain=True):
    used = [(out, ct) for out, ct in zip(outputs, cotangents) if out.requires_grad]
    if not used:
        return [torch.zeros_like(x) for x in inputs]
    grads = torch.autograd.grad(
        [out for out, _ in used], inputs, [ct for _, ct in used], create_graph=create_graph, retain_graph=retain or create_graph,
        allow_unused=True,
    )
    return [torch.zeros_like(x) if g is None else g for g, x in zip(grads, inputs)]


def _tensor_only(function):
    """As the function, refusing what is no tensor."""

    def checked(value):
        if not isinstance(value, torch.Tensor):
            raise RuntimeError(f"Expected tensors, got unsupported type {type(value)}")
        return function(value)

    return checked


def vjp(func, *primals, has_aux=False):
    outer = torch.is_grad_enabled()
    with _Transform(), torch.enable_grad():
        leaves, build = _flatten(primals)
        leaves = [_input_like(leaf) for leaf in leaves]
        output = func(*build(leaves))
        aux = None
        if has_aux:
            if not (isinstance(output, tuple) and len(output) == 2):
                raise RuntimeError(
                    "vjp(f, *primals): output of function f should be a tuple: (output, aux) if has_aux is True"
                )
            output, aux = output
        outs, rebuild = _flatten(output)
        for out in outs:
            if not isinstance(out, torch.Tensor):
                raise RuntimeError(
                    "vjp(f, *primals): expected f(*primals) to return only tensors, got unsupported type "
                    f"{type(out)}"
                )

    strip = _stripped(leaves)
    shape = _structure(output)

    def wrapper(cotangents, retain_graph=True, create_graph=None):
        given, _ = _flatten(cotangents)
        if _structure(cotangents) != shape:
            raise RuntimeError(
                "Expected pytree structure of cotangents to be the same as pytree structure of outputs to the function. "
                f"cotangents: {_one_line(cotangents)}, primal output: {_one_line(output)}"
            )
        create_graph = torch.is_grad_enabled() if create_graph is None else create_graph
        grads = _all_gradients(outs, leaves, given, create_graph, retain_graph)
        return build([strip(g) for g in grads])

    wrapper.__qualname__ = "_vjp_with_argnums.<locals>.wrapper"
    shown = rebuild([strip(out) for out in outs])
    if has_aux:
        return shown, wrapper, _map(_tensor_only(strip), aux)
    return shown, wrapper


def _check_tangents(primals, tangents):
    for primal, tangent in zip(primals, tangents):
        if primal.shape != tangent.shape:
            raise RuntimeError(
                "Trying to set a forward gradient that has a different size than that of the original Tensor, this is not "
                f"supported. Tensor is of size {list(primal.shape)} while the given forward gradient is of size "
                f"{list(tangent.shape)}."
            )


def jvp(func, primals, tangents, *, strict=False, has_aux=False):
    if not isinstance(primals, tuple):
        raise RuntimeError(
            "jvp(f, primals, tangents): Expected primals to be a tuple. E.g. it should be valid to call f(*primals)."
        )
    given, _ = _flatten(tangents)
    leaves, build = _flatten(primals)
    if len(given) != len(leaves):
        raise RuntimeError(
            "jvp(f, primals, tangents): Expected primals and tangents to have the same python structure. For example, "
            f"if primals is a tuple of 3 tensors, tangents also must be. Got primals with structure "
            f"{_structure(primals)} and tangents with structure {_structure(tangents)}"
        )
    outer = torch.is_grad_enabled()
    with _Transform("jvp"), torch.enable_grad():
        _check_tangents(leaves, given)
        leaves = [_input_like(leaf) for leaf in leaves]
        output = func(*build(leaves))
        aux = None
        if has_aux:
            output, aux = output
        outs, rebuild = _flatten(output)
        for out in outs:
            if not isinstance(out, torch.Tensor):
                raise RuntimeError(
                    "jvp(f, primals, tangents): expected f(*primals) to return only tensors, got unsupported type "
                    f"{type(out)}"
                )
        pushed = _push(outs, leaves, given, outer)

    strip = _stripped(leaves)
    result = (rebuild([strip(out) for out in outs]), rebuild([strip(t) for t in pushed]))
    return (*result, _map(strip, aux)) if has_aux else result


def _push(outs, leaves, tangents, create_graph):
    """The tangents of outputs: the gradient is linear in its cotangent, and its own gradient is what is wanted."""
    pushed = []
    for out in outs:
        if not out.requires_grad:
            pushed.append(torch.zeros_like(out))
            continue
        cotangent = _wanting_grad(torch.zeros_like(out))
        grads = torch.autograd.grad(out, leaves, cotangent, create_graph=True, allow_unused=True)
        used = [(g, t) for g, t in zip(grads, tangents) if g is not None and g.requires_grad]
        if not used:
            pushed.append(torch.zeros_like(out))
            continue
        result, = torch.autograd.grad(
            [g for g, _ in used], [cotangent], [t for _, t in used], create_graph=create_graph, retain_graph=True,
            allow_unused=True,
        )
        pushed.append(torch.zeros_like(out) if result is None else result)
    return pushed


def linearize(func, *primals):
    with torch.enable_grad():
        leaves, build = _flatten(primals)
        leaves = [_input_like(leaf) for leaf in leaves]
        outs, rebuild = _flatten(func(*build(leaves)))

    def jvp_fn(*tangents):
        given, _ = _flatten(tangents)
        for at, (primal, tangent) in enumerate(zip(leaves, given)):
            if primal.shape != tangent.shape:
                raise RuntimeError(
                    f"tangent:{at} with shape {tangent.shape} in flattened pytree doesn't match the shape {primal.shape} "
                    "of the corresponding primal."
                )
        with torch.enable_grad():
            return rebuild([t.detach() for t in _push(outs, leaves, given, False)])

    return rebuild([out.detach() for out in outs]), jvp_fn


def _jacobian(name, func, argnums, has_aux, chunk_size, forward):
    if not (chunk_size is None or chunk_size > 0):
        raise ValueError(f"{name}: `chunk_size` should be greater than 0.")

    def wrapper(*args):
        outer = torch.is_grad_enabled()
        with _Transform("jvp" if forward else "grad"), torch.enable_grad():
            chosen, placed = _split(args, argnums)
            leaves, build = _flatten(chosen)
            leaves = [_input_like(leaf) for leaf in leaves]
            output = func(*placed(build(leaves)))
            aux = None
            if has_aux:
                output, aux = output
            outs, rebuild = _flatten(output)
            for out in outs:
                if not isinstance(out, torch.Tensor):
                    caller = "jvp(f, primals, tangents)" if forward else "vjp(f, *primals)"
                    raise RuntimeError(
                        f"{caller}: expected f(*primals) to return only tensors, got unsupported type {type(out)}"
                    )
            if forward:
                blocks = [_forward_blocks(out, leaves, outer) for out in outs]
            else:
                blocks = [_reverse_blocks(out, leaves, outer) for out in outs]

        strip = _stripped(leaves)
        result = rebuild([build([strip(block) for block in row]) for row in blocks])
        return (result, _map(strip, aux)) if has_aux else result

    return _named(wrapper, func)


def _reverse_blocks(out, leaves, create_graph):
    """The Jacobians of one output by each input, row by row."""
    if not out.requires_grad:
        return [out.new_zeros(out.shape + x.shape) for x in leaves]
    rows = [[] for _ in leaves]
    basis = torch.eye(out.numel(), dtype=out.dtype)
    for one in basis:
        grads = _all_gradients([out], leaves, [one.view(out.shape)], create_graph)
        for row, g in zip(rows, grads):
            row.append(g)
    return [torch.stack(row).view(out.shape + x.shape) for row, x in zip(rows, leaves)]


def _forward_blocks(out, leaves, create_graph):
    """As `_reverse_blocks`, column by column."""
    blocks = []
    for at, x in enumerate(leaves):
        columns = []
        for one in torch.eye(x.numel(), dtype=x.dtype):
            tangents = [torch.zeros_like(leaf) for leaf in leaves]
            tangents[at] = one.view(x.shape)
            columns.append(_push([out], leaves, tangents, create_graph)[0])
        stacked = torch.stack(columns, -1)
        blocks.append(stacked.view(out.shape + x.shape))
    return blocks


def jacrev(func, argnums=0, *, has_aux=False, chunk_size=None, _preallocate_and_copy=False):
    return _jacobian("jacrev", func, argnums, has_aux, chunk_size, False)


def jacfwd(func, argnums=0, has_aux=False, *, randomness="error"):
    return _jacobian("jacfwd", func, argnums, has_aux, None, True)


def hessian(func, argnums=0):
    return jacfwd(jacrev(func, argnums), argnums)


# ---- batches

def _name_of(func):
    return getattr(func, "__name__", repr(func))


def _spread(in_dims, tree, fail):
    """One in_dim a leaf."""
    if in_dims is None or isinstance(in_dims, int):
        return [in_dims for _ in _flatten(tree)[0]]
    if isinstance(tree, (tuple, list)) and isinstance(in_dims, (tuple, list)) and len(tree) == len(in_dims):
        return [dim for part, inner in zip(in_dims, tree) for dim in _spread(part, inner, fail)]
    if isinstance(tree, dict) and isinstance(in_dims, dict) and list(tree) == list(in_dims):
        return [dim for key in tree for dim in _spread(in_dims[key], tree[key], fail)]
    fail()


def vmap(func, in_dims=0, out_dims=0, randomness="error", *, chunk_size=None):
    if randomness not in ("error", "different", "same"):
        def wrong(*args, **kwargs):
            raise RuntimeError(
                f"Only allowed values for randomness are 'error', 'different', or 'same'. Got {randomness}"
            )
        return wrong
    if not (chunk_size is None or chunk_size > 0):
        raise ValueError(f"vmap: chunk_size should be None or greater than 0. (got {chunk_size})")

    def wrapped(*args, **kwargs):
        return _batched(func, in_dims, out_dims, randomness, args, kwargs)

    return _named(wrapped, func)


def _batched(func, in_dims, out_dims, randomness, args, kwargs):
    name = _name_of(func)
    shown = f"vmap({name}, in_dims={in_dims}, ...)(<inputs>)"
    if not isinstance(in_dims, (int, tuple, list)):
        raise ValueError(
            f"{shown}: expected `in_dims` to be int or a (potentially nested) tuple matching the structure of inputs, "
            f"got: {type(in_dims)}."
        )
    if len(args) == 0:
        raise ValueError(
            f"vmap({name})(<inputs>): got no inputs. Maybe you forgot to add inputs, or you are trying to vmap over a "
            "function with no inputs. The latter is unsupported."
        )
    leaves, build = _flatten(args)

    def incompatible():
        raise ValueError(
            f"{shown}: in_dims is not compatible with the structure of `inputs`. in_dims has structure "
            f"{_structure(in_dims)} but inputs has structure {_structure(args)}."
        )

    dims = _spread(in_dims, args, incompatible)
    sizes = []
    for at, (leaf, dim) in enumerate(zip(leaves, dims)):
        if dim is None:
            continue
        if not isinstance(dim, int):
            raise ValueError(
                f"{shown}: Got in_dim={dim} for an input but in_dim must be either an integer dimension or None."
            )
        if not isinstance(leaf, torch.Tensor):
            raise ValueError(
                f"{shown}: Got in_dim={dim} for an input but the input is of type {type(leaf)}. We cannot vmap over "
                "non-Tensor arguments, please use None as the respective in_dim"
            )
        if dim < -leaf.dim() or dim >= leaf.dim():
            raise ValueError(
                f"{shown}: Got in_dim={dim} for some input, but that input is a Tensor of dimensionality {leaf.dim()} "
                f"so expected in_dim to satisfy -{leaf.dim()} <= in_dim < {leaf.dim()}."
            )
        dims[at] = dim % leaf.dim()
        sizes.append(leaf.size(dim))
    if not sizes:
        raise ValueError("vmap called with no mapped inputs")
    if any(size != sizes[0] for size in sizes):
        raise ValueError(
            f"vmap: Expected all tensors to have the same size in the mapped dimension, got sizes {sizes} for the "
            "mapped dimension"
        )
    state = torch.get_rng_state() if randomness == "same" else None
    results = []
    mode = 1 if randomness == "error" else 2
    before = torch._C._set_vmap(mode)
    torch._C._enter_transform("vmap")
    try:
        for number in range(sizes[0]):
            # a graph that every entry goes through is needed until the last one
            torch._C._set_vmap(mode | (4 if number + 1 < sizes[0] else 0))
            if state is not None:
                torch.set_rng_state(state)
            entry = [leaf if dim is None else leaf.select(dim, number) for leaf, dim in zip(leaves, dims)]
            results.append(func(*build(entry), **kwargs))
    finally:
        torch._C._exit_transform()
        torch._C._set_vmap(before)
    return _stacked(results, out_dims, name)


def _stacked(results, out_dims, name):
    outs, rebuild = _flatten(results[0])
    columns = [_flatten(result)[0] for result in results]
    if isinstance(out_dims, tuple) and len(out_dims) == len(outs):
        places = list(out_dims)
    elif isinstance(out_dims, tuple) and len(out_dims) == 1:
        places = [out_dims[0]] * len(outs)
    else:
        places = [out_dims] * len(outs)
    stacked = []
    for at, place in enumerate(places):
        first = outs[at]
        if not isinstance(first, torch.Tensor):
            if place is None:
                stacked.append(first)
                continue
            raise ValueError(
                f"vmap({name}, ...): `{name}` must only return Tensors, got type {type(first)}. Did you mean to set "
                "out_dims= to None for output?"
            )
        if place is None:
            stacked.append(first)
        else:
            stacked.append(torch.stack([column[at] for column in columns], place))
    return rebuild(stacked)


def functionalize(func, *, remove="mutations"):
    # what it takes away, writes in place and views, does not show in results
    return func


def debug_unwrap(tensor, *, recurse=True):
    return tensor.detach()


# ---- modules as functions

def functional_call(module, parameter_and_buffer_dicts, args=None, kwargs=None, *, tie_weights=True, strict=False):
    from torch.nn.utils.stateless import _functional_call

    if isinstance(parameter_and_buffer_dicts, dict):
        values = parameter_and_buffer_dicts
    elif not isinstance(parameter_and_buffer_dicts, (list, tuple)):
        raise ValueError(
            "Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, but got "
            f"{type(parameter_and_buffer_dicts)}"
        )
    else:
        if not all(isinstance(one, dict) for one in parameter_and_buffer_dicts):
            raise ValueError("Expected all elements of parameter_and_buffer_dicts to be dictionaries")
        values = {}
        repeated = _repeated(parameter_and_buffer_dicts)
        if repeated:
            raise ValueError(
                f"{repeated} appeared in multiple dictionaries; behavior of functional call is ambiguous"
            )
        for one in parameter_and_buffer_dicts:
            values.update(one)
    return _functional_call(module, values, args, kwargs, tie_weights=tie_weights, strict=strict)


def _repeated(dicts):
    """Keys of more than one of these, in the order in which they come."""
    counts = {}
    for one in dicts:
        for name in one:
            counts[name] = counts.get(name, 0) + 1
    return [name for name, count in counts.items() if count > 1]


def stack_module_state(models):
    if len(models) == 0:
        raise RuntimeError("stack_module_state: Expected at least one model, got 0.")

    def stacked(name):
        tables = [dict(getattr(model, name)()) for model in models]
        result = {}
        for key in tables[0]:
            value = torch.stack([table[key].detach() for table in tables])
            result[key] = value.requires_grad_(tables[0][key].requires_grad)
        return result

    return stacked("named_parameters"), stacked("named_buffers")


# ---- rearranging dimensions by their names

def rearrange(tensor, pattern, **axes_lengths):
    if not isinstance(tensor, torch.Tensor):
        tensor = torch.stack(list(tensor))
    left, _, right = pattern.partition("->")
    before, after = _groups(left), _groups(right)
    sizes = dict(axes_lengths)
    shape = []
    if len([g for g in before if g != ["..."]]) != tensor.dim() and ["..."] not in before:
        raise ValueError(
            f"Number of dimensions in pattern ({len(before)}) and tensor ({tensor.dim()}) must be equal for "
            f"pattern='{pattern}'"
        )
    extra = tensor.dim() - len([g for g in before if g != ["..."]])
    at = 0
    for group in before:
        if group == ["..."]:
            for number in range(extra):
                sizes[f"...{number}"] = tensor.size(at)
                shape.append(f"...{number}")
                at += 1
            continue
        total = tensor.size(at)
        at += 1
        known = 1
        missing = None
        for name in group:
            if name in sizes:
                known *= sizes[name]
            else:
                missing = name
        if missing is not None:
            sizes[missing] = total // known
        shape.extend(group)
    split = tensor.reshape([sizes[name] for name in shape])
    order, final = [], []
    for group in after:
        if group == ["..."]:
            names = [f"...{number}" for number in range(extra)]
            order.extend(names)
            final.extend(sizes[name] for name in names)
            continue
        order.extend(group)
        total = 1
        for name in group:
            total *= sizes[name]
        final.append(total)
    return split.permute([shape.index(name) for name in order]).reshape(final)


def _groups(text):
    groups, current = [], None
    for word in text.replace("(", " ( ").replace(")", " ) ").split():
        if word == "(":
            current = []
        elif word == ")":
            groups.append(current)
            current = None
        elif current is not None:
            current.append(word)
        else:
            groups.append([word])
    return groups
