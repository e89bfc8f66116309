"""Comparing what is expected with what came."""
import torch

__all__ = ["assert_close"]

_TOLERANCES = {
    torch.float16: (1e-3, 1e-5), torch.bfloat16: (1.6e-2, 1e-5), torch.float32: (1.3e-6, 1e-5),
    torch.float64: (1e-7, 1e-7), torch.complex64: (1.3e-6, 1e-5), torch.complex128: (1e-7, 1e-7),
}


def _fail(message, item, msg):
    if item:
        message += "\n\nThe failure occurred for item " + "".join(f"[{key!r}]" for key in item)
    if msg is not None:
        message = msg(message) if callable(msg) else msg
    raise AssertionError(message)


def _tolerances(dtypes, rtol, atol):
    if (rtol is None) != (atol is None):
        missing = "rtol" if rtol is None else "atol"
        raise ValueError(f"Both 'rtol' and 'atol' must be either specified or omitted, but got no {missing}.")
    if rtol is not None:
        return rtol, atol
    pairs = [_TOLERANCES.get(dtype, (0.0, 0.0)) for dtype in dtypes]
    return max(pair[0] for pair in pairs), max(pair[1] for pair in pairs)


def _allowed(tolerance, exact):
    return "" if exact else f" (up to {tolerance} allowed)"


def _compare_numbers(actual, expected, rtol, atol, equal_nan):
    """The message of two numbers that are not close."""
    if actual == expected or (equal_nan and actual != actual and expected != expected):
        return None
    difference = abs(actual - expected)
    if difference <= atol + rtol * abs(expected):
        return None
    exact = rtol == 0 and atol == 0
    relative = float("inf") if expected == 0 else abs(difference / expected)
    return "\n".join([
        f"Scalars are not {'equal' if exact else 'close'}!", "",
        f"Expected {expected} but got {actual}.",
        f"Absolute difference: {difference}{_allowed(atol, exact)}",
        f"Relative difference: {relative}{_allowed(rtol, exact)}",
    ])


def _place(values):
    flat = int(values.flatten().argmax())
    index = []
    for size in reversed(values.shape):
        index.append(flat % size)
        flat //= size
    return tuple(reversed(index))


def _compare_elements(actual, expected, rtol, atol, equal_nan):
    """The message of two tensors of one shape that are not close."""
    close = torch.isclose(actual, expected, rtol=rtol, atol=atol, equal_nan=equal_nan)
    if bool(close.all()):
        return None
    if actual.dim() == 0:
        return _compare_numbers(actual.item(), expected.item(), rtol, atol, equal_nan)
    exact = rtol == 0 and atol == 0
    wrong, total = int((~close).sum()), actual.numel()
    if not (actual.is_floating_point() or actual.is_complex()):
        actual, expected = actual.to(torch.int64), expected.to(torch.int64)
    absolute = (actual - expected).abs()
    absolute = absolute.masked_fill(close, 0)
    relative = (absolute / expected.abs()).masked_fill(close, 0)
    lines = [
        f"Tensor-likes are not {'equal' if exact else 'close'}!", "",
        f"Mismatched elements: {wrong} / {total} ({wrong / total:.1%})",
    ]
    for name, values, tolerance in (("absolute", absolute, atol), ("relative", relative, rtol)):
        at = _place(values)
        lines.append(f"Greatest {name} difference: {values[at].item()} at index {at}{_allowed(tolerance, exact)}")
    return "\n".join(lines)


def _compare_tensors(actual, expected, options, item, msg):
    rtol, atol = _tolerances((actual.dtype, expected.dtype), options["rtol"], options["atol"])

    def attribute(name, have, want):
        _fail(f"The values for attribute '{name}' do not match: {have} != {want}.", item, msg)

    if actual.shape != expected.shape:
        attribute("shape", actual.shape, expected.shape)
    if options["check_stride"] and actual.stride() != expected.stride():
        attribute("stride()", actual.stride(), expected.stride())
    if actual.dtype != expected.dtype:
        if options["check_dtype"]:
            attribute("dtype", actual.dtype, expected.dtype)
        dtype = torch.promote_types(actual.dtype, expected.dtype)
        actual, expected = actual.to(dtype), expected.to(dtype)
    found = _compare_elements(actual.detach(), expected.detach(), rtol, atol, options["equal_nan"])
    if found:
        _fail(found, item, msg)


def _compare(actual, expected, options, item, msg):
    numbers = (bool, int, float, complex)
    if isinstance(actual, torch.Tensor) and isinstance(expected, torch.Tensor):
        _compare_tensors(actual, expected, options, item, msg)
    elif isinstance(actual, numbers) and isinstance(expected, numbers):
        if type(actual) is not type(expected) and options["check_dtype"]:
            _fail(f"The (d)types do not match: {type(actual)} != {type(expected)}.", item, msg)
        dtypes = {float: torch.float64, complex: torch.complex128}
        rtol, atol = _tolerances([dtypes.get(type(x)) for x in (actual, expected)], options["rtol"], options["atol"])
        found = _compare_numbers(actual, expected, rtol, atol, options["equal_nan"])
        if found:
            _fail(found, item, msg)
    elif isinstance(actual, dict) and isinstance(expected, dict):
        missing = [key for key in expected if key not in actual]
        additional = [key for key in actual if key not in expected]
        if missing or additional:
            lines = ["The keys of the mappings do not match:"]
            if missing:
                lines.append(f"Missing keys in the actual mapping: {sorted(missing)}")
            if additional:
                lines.append(f"Additional keys in the actual mapping: {sorted(additional)}")
            _fail("\n".join(lines), item, msg)
        for key in actual:
            _compare(actual[key], expected[key], options, item + (key,), msg)
    elif isinstance(actual, (list, tuple)) and isinstance(expected, (list, tuple)):
        if len(actual) != len(expected):
            _fail(f"The length of the sequences mismatch: {len(actual)} != {len(expected)}", item, msg)
        for at, (have, want) in enumerate(zip(actual, expected)):
            _compare(have, want, options, item + (at,), msg)
    elif actual is None or expected is None:
        if actual is not expected:
            _fail(f"None mismatch: {actual} is not {expected}", item, msg)
    else:
        raise TypeError(
            f"No comparison pair was able to handle inputs of type {type(actual)} and {type(expected)}."
        )


def assert_close(actual, expected, *, allow_subclasses=True, rtol=None, atol=None, equal_nan=False,
                 check_device=True, check_dtype=True, check_layout=True, check_stride=False, msg=None):
    options = {
        "rtol": rtol, "atol": atol, "equal_nan": equal_nan, "check_dtype": check_dtype, "check_stride": check_stride,
    }
    _compare(actual, expected, options, (), msg)
