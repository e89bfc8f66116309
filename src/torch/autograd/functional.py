"""`torch.autograd.functional`: products with Jacobians and Hessians, and these themselves."""
import torch

__all__ = ["vjp", "jvp", "jacobian", "hessian", "hvp", "vhp"]


def _as_tuple(given, what, function):
    """The tensors as a tuple, and whether they came as one."""
    many = isinstance(given, tuple)
    items = given if many else (given,)
    for at, item in enumerate(items):
        if isinstance(item, torch.Tensor):
            continue
        if what == "outputs of the user-provided function":
            subject = f"The outputs of the user-provided function given to {function}"
        else:
            subject = f"The {what} given to {function}"
        if many:
            raise TypeError(
                f"{subject} must be either a Tensor or a tuple of Tensors but the value at index {at} has type "
                f"{type(item)}."
            )
        raise TypeError(
            f"{subject} must be either a Tensor or a tuple of Tensors but the given {what} has type {type(item)}."
        )
    return items, many


def _outputs(value, function):
    return _as_tuple(value, "outputs of the user-provided function", function)


def _prepared(inputs, create_graph):
    """Inputs that gradients flow to: views of themselves if a graph is wanted, else detached copies."""
    def prepared(x):
        if create_graph and x.requires_grad:
            return x.view_as(x)
        return x.detach().requires_grad_(True)

    return tuple(prepared(x) for x in inputs)


def _finished(result, create_graph, many=True):
    """Results without history, unless a graph is wanted."""
    def strip(item):
        if isinstance(item, tuple):
            return tuple(strip(part) for part in item)
        return item if create_graph else item.detach()

    result = strip(result)
    return result if many else result[0]


def _check_v(v, other, many):
    if len(other) != len(v):
        if many:
            raise RuntimeError(f"v is a tuple of invalid length: should be {len(other)} but got {len(v)}.")
        raise RuntimeError("The given v should contain a single Tensor.")
    for at, (own, wanted) in enumerate(zip(v, other)):
        if own.size() != wanted.size():
            place = f"Entry {at} in " if many else ""
            raise RuntimeError(f"{place}v has invalid size: should be {wanted.size()} but got {own.size()}.")


def _check_dependence(outputs, inputs, what):
    """Strict mode: what must require grad."""
    if what == "outputs":
        for at, out in enumerate(outputs):
            if not out.requires_grad:
                raise RuntimeError(
                    f"Output {at} of the user-provided function does not require gradients. The outputs must be "
                    "computed in a differentiable manner from the input when running in strict mode."
                )
    elif what == "jacobian":
        for at, out in enumerate(outputs):
            if not out.requires_grad:
                raise RuntimeError(
                    f"The jacobian of the user-provided function with respect to input {at} is independent of the "
                    "input. This is not allowed in strict mode. You should ensure that your function is twice "
                    "differentiable and that the jacobian depends on the inputs (this would be violated by a linear "
                    "function for example)."
                )


_HESSIAN_INDEPENDENT = (
    "While computing the hessian, found that the jacobian of the user-provided function with respect to input {} is "
    "independent of the input. This is not allowed in strict mode. You should ensure that your function is twice "
    "differentiable and that the jacobian depends on the inputs (this would be violated by a linear function for "
    "example)."
)


def _check_jacobian_for_hessian(jacobian):
    for at, part in enumerate(jacobian):
        if part is None or not part.requires_grad:
            raise RuntimeError(_HESSIAN_INDEPENDENT.format(at))


def _gradients(outputs, inputs, grad_outputs=None, create_graph=False):
    """`torch.autograd.grad` that leaves out outputs without a graph; all None if there is none."""
    if grad_outputs is None:
        grad_outputs = (None,) * len(outputs)
    used = [(out, grad) for out, grad in zip(outputs, grad_outputs) if out is not None and out.requires_grad]
    if not used:
        return (None,) * len(inputs)
    return torch.autograd.grad(
        tuple(out for out, _ in used), inputs, tuple(grad for _, grad in used), allow_unused=True,
        create_graph=create_graph, retain_graph=True,
    )


def _filled(grads, like, strict=False, create_graph=False, stage=None):
    """Zeros where nothing depends; in strict mode an error."""
    result = []
    for at, grad in enumerate(grads):
        if grad is None:
            if strict:
                if stage == "back":
                    raise RuntimeError(
                        "The output of the user-provided function is independent of input "
                        f"{at}. This is not allowed in strict mode."
                    )
                if stage == "back_trick":
                    raise RuntimeError(
                        f"The gradient with respect to the input is independent of entry {at} in the grad_outputs when "
                        "using the double backward trick to compute forward mode gradients. This is not allowed in "
                        "strict mode."
                    )
                if stage == "double_back":
                    raise RuntimeError(
                        f"The jacobian of the user-provided function is independent of input {at}. This is not allowed "
                        "in strict mode."
                    )
                if stage == "double_back_trick":
                    raise RuntimeError(
                        "The hessian of the user-provided function is independent of entry "
                        f"{at} in the grad_jacobian. This is not allowed in strict mode as it prevents from using the "
                        "double backward trick to replace forward mode AD."
                    )
            grad = torch.zeros_like(like[at])
        elif strict and create_graph and not grad.requires_grad:
            if "double" not in stage:
                raise RuntimeError(
                    f"The jacobian of the user-provided function is independent of input {at}. This is not allowed in "
                    "strict mode when create_graph=True."
                )
            raise RuntimeError(
                f"The hessian of the user-provided function is independent of input {at}. This is not allowed in "
                "strict mode when create_graph=True."
            )
        result.append(grad)
    return tuple(result)


def _single_output(outputs, many, function):
    if many:
        raise RuntimeError(f"The function given to {function} should return a single Tensor")
    if outputs[0].nelement() != 1:
        raise RuntimeError(f"The Tensor returned by the function given to {function} should contain a single element")


_NO_V_FOR_INPUT = (
    "The vector v can only be None if the input to the user-provided function is a single Tensor with a single element."
)


def vjp(func, inputs, v=None, create_graph=False, strict=False):
    with torch.enable_grad():
        inputs, many_inputs = _as_tuple(inputs, "inputs", "vjp")
        inputs = _prepared(inputs, create_graph)
        outputs, many_outputs = _outputs(func(*inputs), "vjp")
        if strict:
            _check_dependence(outputs, inputs, "outputs")
        if v is not None:
            v, _ = _as_tuple(v, "v", "vjp")
            v = tuple(x if create_graph else x.detach() for x in v)
            _check_v(v, outputs, many_outputs)
        elif len(outputs) != 1 or outputs[0].nelement() != 1:
            raise RuntimeError(
                "The vector v can only be None if the user-provided function returns a single Tensor with a single "
                "element."
            )
    with torch.set_grad_enabled(True if create_graph else torch.is_grad_enabled()):
        grads = _gradients(outputs, inputs, v, create_graph=create_graph)
        product = _filled(grads, inputs, strict, create_graph, "back")
    return _finished(outputs, create_graph, many_outputs), _finished(product, create_graph, many_inputs)


def jvp(func, inputs, v=None, create_graph=False, strict=False):
    with torch.enable_grad():
        inputs, many_inputs = _as_tuple(inputs, "inputs", "jvp")
        inputs = _prepared(inputs, create_graph)
        if v is not None:
            v, _ = _as_tuple(v, "v", "jvp")
            v = tuple(x if create_graph else x.detach() for x in v)
            _check_v(v, inputs, many_inputs)
        elif len(inputs) != 1 or inputs[0].nelement() != 1:
            raise RuntimeError(_NO_V_FOR_INPUT)
        outputs, many_outputs = _outputs(func(*inputs), "jvp")
        if strict:
            _check_dependence(outputs, inputs, "outputs")
        # the product is linear in these, so its own gradient is the product wanted
        cotangents = tuple(torch.zeros_like(out, requires_grad=True) for out in outputs)
        first = _gradients(outputs, inputs, cotangents, create_graph=True)
        first = _filled(first, inputs, strict, create_graph, "back")
    if create_graph:
        with torch.enable_grad():
            grads = _gradients(first, cotangents, v, create_graph=True)
            product = _filled(grads, outputs, strict, create_graph, "back_trick")
    else:
        grads = _gradients(first, cotangents, v, create_graph=False)
        product = _filled(grads, outputs, strict, create_graph, "back_trick")
    return _finished(outputs, create_graph, many_outputs), _finished(product, create_graph, many_outputs)


def jacobian(func, inputs, create_graph=False, strict=False, vectorize=False, strategy="reverse-mode"):
    if strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError(
            'Expected strategy to be either "forward-mode" or "reverse-mode". Hint: If your function has more outputs '
            'than inputs, "forward-mode" tends to be more performant. Otherwise, prefer to use "reverse-mode".'
        )
    if strategy == "forward-mode":
        if create_graph:
            raise NotImplementedError(
                'torch.autograd.functional.jacobian: `create_graph=True` and `strategy="forward-mode"` are not '
                'supported together (yet). Please either set `create_graph=False` or `strategy="reverse-mode"`.'
            )
        if strict:
            raise RuntimeError(
                'torch.autograd.functional.jacobian: `strict=True` and `strategy="forward-mode"` are not supported '
                'together (yet). Please either set `strict=False` or `strategy="reverse-mode"`.'
            )
        if not vectorize:
            raise NotImplementedError(
                "Computing Jacobian using forward-AD or forward-over-reverse Hessian isonly implemented for "
                "`vectorize=True`."
            )
    with torch.enable_grad():
        inputs, many_inputs = _as_tuple(inputs, "inputs", "jacobian")
        inputs = _prepared(inputs, create_graph)
        outputs, many_outputs = _outputs(func(*inputs), "jacobian")
        if strict:
            _check_dependence(outputs, inputs, "outputs")
        if vectorize and strict:
            raise RuntimeError(
                "torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` are not supported together. "
                "Please either set `strict=False` or `vectorize=False`."
            )
        result = tuple(
            _jacobian_of_output(at, out, inputs, create_graph, strict) for at, out in enumerate(outputs)
        )
    result = _finished(result, create_graph)
    if not many_inputs:
        result = tuple(row[0] for row in result)
    return result if many_outputs else result[0]


def _jacobian_of_output(at, out, inputs, create_graph, strict):
    columns = [[] for _ in inputs]
    for position in range(out.nelement()):
        grads = _gradients((out.reshape(-1)[position],), inputs, create_graph=create_graph)
        for number, (column, grad, x) in enumerate(zip(columns, grads, inputs)):
            if grad is None:
                if strict:
                    raise RuntimeError(
                        f"Output {at} of the user-provided function is independent of input {number}. This is not "
                        "allowed in strict mode."
                    )
                grad = torch.zeros_like(x)
            elif strict and create_graph and not grad.requires_grad:
                raise RuntimeError(
                    f"The jacobian of the user-provided function is independent of input {number}. This is not allowed "
                    "in strict mode when create_graph=True."
                )
            column.append(grad)
    return tuple(
        torch.stack(column, dim=0).view(out.size() + x.size()) if column else out.new_zeros(out.size() + x.size())
        for column, x in zip(columns, inputs)
    )


def hessian(func, inputs, create_graph=False, strict=False, vectorize=False, outer_jacobian_strategy="reverse-mode"):
    inputs, many_inputs = _as_tuple(inputs, "inputs", "hessian")
    if outer_jacobian_strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError('Expected strategy to be either "forward-mode" or "reverse-mode".')

    def single(*args):
        value = func(*args)
        outputs, many = _outputs(value, "hessian")
        _single_output(outputs, many, "hessian")
        return outputs[0].squeeze()

    def rows(*args):
        if outer_jacobian_strategy == "forward-mode":
            args = tuple(x.requires_grad_(True) for x in args)
        found = jacobian(single, args, create_graph=True)
        if strict:
            _check_jacobian_for_hessian(found)
        return found

    result = jacobian(rows, inputs, create_graph=create_graph, strict=strict, vectorize=vectorize,
                      strategy=outer_jacobian_strategy)
    return result if many_inputs else result[0][0]


def vhp(func, inputs, v=None, create_graph=False, strict=False):
    with torch.enable_grad():
        inputs, many_inputs = _as_tuple(inputs, "inputs", "vhp")
        inputs = _prepared(inputs, create_graph)
        v = _vector(v, inputs, many_inputs, create_graph, "vhp")
        outputs, many_outputs = _outputs(func(*inputs), "vhp")
        if strict:
            _check_dependence(outputs, inputs, "outputs")
        _single_output(outputs, many_outputs, "vhp")
        first = _gradients(outputs, inputs, create_graph=True)
        if strict:
            _check_jacobian_for_hessian(first)
    with torch.set_grad_enabled(True if create_graph else torch.is_grad_enabled()):
        grads = _gradients(first, inputs, v, create_graph=create_graph)
        product = _filled(grads, inputs, strict, create_graph, "double_back")
    return _finished(outputs, create_graph, False), _finished(product, create_graph, many_inputs)


def hvp(func, inputs, v=None, create_graph=False, strict=False):
    with torch.enable_grad():
        inputs, many_inputs = _as_tuple(inputs, "inputs", "hvp")
        inputs = _prepared(inputs, create_graph)
        v = _vector(v, inputs, many_inputs, create_graph, "hvp")
        outputs, many_outputs = _outputs(func(*inputs), "hvp")
        if strict:
            _check_dependence(outputs, inputs, "outputs")
        _single_output(outputs, many_outputs, "hvp")
        first = _gradients(outputs, inputs, create_graph=True)
        if strict:
            _check_jacobian_for_hessian(first)
        cotangents = tuple(torch.zeros_like(x, requires_grad=True) for x in inputs)
        second = _gradients(first, inputs, cotangents, create_graph=True)
        if strict:
            _check_jacobian_for_hessian(second)
    with torch.set_grad_enabled(True if create_graph else torch.is_grad_enabled()):
        grads = _gradients(second, cotangents, v, create_graph=create_graph)
        product = _filled(grads, inputs, strict, create_graph, "double_back_trick")
    return _finished(outputs, create_graph, False), _finished(product, create_graph, many_inputs)


def _vector(v, inputs, many_inputs, create_graph, function):
    if v is not None:
        v, _ = _as_tuple(v, "v", function)
        v = tuple(x if create_graph else x.detach() for x in v)
        _check_v(v, inputs, many_inputs)
    elif len(inputs) != 1 or inputs[0].nelement() != 1:
        raise RuntimeError(_NO_V_FOR_INPUT)
    return v
