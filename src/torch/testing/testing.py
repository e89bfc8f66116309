"""`torch.testing`: comparing tensors with a report of their differences, and making tensors to test with."""
import collections.abc
import warnings

import torch

__all__ = ["assert_close", "make_tensor", "assert_allclose"]

# rtol and atol by dtype; what is not here is compared for equality
_TOLERANCES = {
    torch.float16: (1e-3, 1e-5), torch.bfloat16: (1.6e-2, 1e-5), torch.float32: (1.3e-6, 1e-5),
    torch.float64: (1e-7, 1e-7), torch.complex64: (1.3e-6, 1e-5),
    torch.complex128: (1e-7, 1e-7),
}
_OF_NUMBERS = {bool: (0.0, 0.0), int: (0.0, 0.0), float: (1e-7, 1e-7), complex: (1e-7, 1e-7)}


class _Difference(Exception):
    def __init__(self, kind, text, place=()):
        self.kind = kind
        self.text = text
        self.place = place

    def message(self, msg):
        text = self.text
        if self.place:
            text += "\n\nThe failure occurred for item " + "".join(f"[{step!r}]" for step in self.place)
        if callable(msg):
            return msg(text)
        return text if msg is None else msg


def _tolerances(pairs, rtol, atol):
    if (rtol is None) != (atol is None):
        raise ValueError(
            f"Both 'rtol' and 'atol' must be either specified or omitted, but got no {'rtol' if rtol is None else 'atol'}."
        )
    if rtol is not None:
        return rtol, atol
    return max(r for r, _ in pairs), max(a for _, a in pairs)


class _Comparison:
    def __init__(self, rtol, atol, equal_nan, attributes, allow_subclasses):
        self.rtol, self.atol, self.equal_nan = rtol, atol, equal_nan
        self.attributes = attributes
        self.allow_subclasses = allow_subclasses

    def compare(self, actual, expected, place=()):
        if isinstance(actual, collections.abc.Mapping) and isinstance(expected, collections.abc.Mapping):
            return self.mappings(actual, expected, place)
        sequences = collections.abc.Sequence
        if (
            isinstance(actual, sequences) and isinstance(expected, sequences)
            and not isinstance(actual, str) and not isinstance(expected, str)
        ):
            if len(actual) != len(expected):
                raise _Difference(
                    AssertionError, f"The length of the sequences mismatch: {len(actual)} != {len(expected)}", place
                )
            for at, (a, b) in enumerate(zip(actual, expected)):
                self.compare(a, b, place + (at,))
            return
        if actual is None and expected is None:
            return
        if isinstance(actual, torch.Tensor) and isinstance(expected, torch.Tensor) and (
            self.allow_subclasses or type(actual) is type(expected)
        ):
            return self.tensors(actual, expected, place)
        if isinstance(actual, bool) and isinstance(expected, bool):
            if actual is not expected:
                raise _Difference(AssertionError, f"Booleans mismatch: {actual} is not {expected}", place)
            return
        if isinstance(actual, (int, float, complex)) and isinstance(expected, (int, float, complex)):
            pairs = [_OF_NUMBERS[complex if isinstance(x, complex) else float if isinstance(x, float) else int]
                     for x in (actual, expected)]
            return self.numbers(actual, expected, pairs, place)
        raise _Difference(
            TypeError,
            f"No comparison pair was able to handle inputs of type {type(actual)} and {type(expected)}.", place,
        )

    def mappings(self, actual, expected, place):
        missing = [key for key in expected if key not in actual]
        additional = [key for key in actual if key not in expected]
        if missing or additional:
            text = "The keys of the mappings do not match:"
            if missing:
                text += f"\nMissing keys in the actual mapping: {sorted(missing)}"
            if additional:
                text += f"\nAdditional keys in the actual mapping: {sorted(additional)}"
            raise _Difference(AssertionError, text, place)
        for key in sorted(expected):
            self.compare(actual[key], expected[key], place + (key,))

    def numbers(self, actual, expected, pairs, place):
        rtol, atol = _tolerances(pairs, self.rtol, self.atol)
        nan = actual != actual and expected != expected
        difference = abs(actual - expected)
        if actual == expected or (self.equal_nan and nan):
            return
        if difference - difference == 0 and difference <= atol + rtol * abs(expected):
            return
        relative = float("inf") if expected == 0 else difference / abs(expected)
        equality = rtol == 0 and atol == 0
        text = f"Scalars are not {'equal' if equality else 'close'}!\n\nExpected {expected} but got {actual}.\n"
        text += f"Absolute difference: {difference}" + ("" if equality else f" (up to {atol} allowed)")
        text += f"\nRelative difference: {relative}" + ("" if equality else f" (up to {rtol} allowed)")
        raise _Difference(AssertionError, text, place)

    def tensors(self, actual, expected, place):
        def attribute(name, a, b):
            if a != b:
                raise _Difference(AssertionError, f"The values for attribute '{name}' do not match: {a} != {b}.", place)

        attribute("shape", actual.shape, expected.shape)
        if actual.layout != expected.layout and self.attributes["layout"]:
            attribute("layout", actual.layout, expected.layout)
        if self.attributes["device"]:
            attribute("device", actual.device, expected.device)
        if self.attributes["dtype"]:
            attribute("dtype", actual.dtype, expected.dtype)
        if self.attributes["stride"]:
            attribute("stride()", actual.stride(), expected.stride())
        actual, expected = actual.detach(), expected.detach()
        if actual.layout != torch.strided:
            actual, expected = actual.to_dense(), expected.to_dense()
        pairs = [_TOLERANCES.get(x.dtype, (0.0, 0.0)) for x in (actual, expected)]
        if actual.dtype != expected.dtype:
            dtype = torch.promote_types(actual.dtype, expected.dtype)
            actual, expected = actual.to(dtype), expected.to(dtype)
        rtol, atol = _tolerances(pairs, self.rtol, self.atol)
        matches = torch.isclose(actual, expected, rtol=rtol, atol=atol, equal_nan=self.equal_nan)
        if bool(matches.all()):
            return
        if actual.dim() == 0:
            return self.numbers_of_tensors(actual.item(), expected.item(), rtol, atol, place)
        raise _Difference(AssertionError, _report(actual, expected, matches, rtol, atol), place)

    def numbers_of_tensors(self, actual, expected, rtol, atol, place):
        before = self.rtol, self.atol
        self.rtol, self.atol = rtol, atol
        try:
            self.numbers(actual, expected, [], place)
        finally:
            self.rtol, self.atol = before


def _report(actual, expected, matches, rtol, atol):
    """How many elements differ, and where most."""
    total, wrong = actual.numel(), int((~matches).sum())
    if actual.dtype == torch.bool:
        actual, expected = actual.to(torch.int64), expected.to(torch.int64)
    elif not (actual.is_floating_point() or actual.is_complex()):
        actual, expected = actual.to(torch.int64), expected.to(torch.int64)
    difference = (actual - expected).abs()
    relative = difference / expected.abs()
    equality = rtol == 0 and atol == 0

    def greatest(values, allowed):
        # where elements match nothing counts
        values = torch.where(matches, torch.zeros_like(values), values)
        at = int(values.argmax())
        index = tuple(int(i) for i in torch.unravel_index(torch.tensor(at), values.shape))
        return f"{values.reshape(-1)[at].item()} at index {index}" + ("" if equality else f" (up to {allowed} allowed)")

    return (
        f"Tensor-likes are not {'equal' if equality else 'close'}!\n\n"
        f"Mismatched elements: {wrong} / {total} ({wrong / total:.1%})\n"
        f"Greatest absolute difference: {greatest(difference, atol)}\n"
        f"Greatest relative difference: {greatest(relative, rtol)}"
    )


def assert_close(
    actual, expected, *, allow_subclasses=True, rtol=None, atol=None, equal_nan=False, check_device=True,
    check_dtype=True, check_layout=True, check_stride=False, msg=None,
):
    if (rtol is None) != (atol is None):
        _tolerances([], rtol, atol)
    attributes = {"device": check_device, "dtype": check_dtype, "layout": check_layout, "stride": check_stride}
    comparison = _Comparison(rtol, atol, equal_nan, attributes, allow_subclasses)
    found = None
    try:
        comparison.compare(actual, expected)
    except _Difference as difference:
        found = difference
    if found is not None:
        raise found.kind(found.message(msg))


def assert_allclose(actual, expected, rtol=None, atol=None, equal_nan=True, msg=""):
    warnings.warn(
        "`torch.testing.assert_allclose()` is deprecated since 1.12 and will be removed in a future release. Please use "
        "`torch.testing.assert_close()` instead. You can find detailed upgrade instructions in "
        "https://github.com/pytorch/pytorch/issues/61844.",
        FutureWarning,
        stacklevel=2,
    )
    if not isinstance(actual, torch.Tensor):
        actual = torch.tensor(actual)
    if not isinstance(expected, torch.Tensor):
        expected = torch.tensor(expected, dtype=actual.dtype)
    assert_close(
        actual, expected, rtol=rtol, atol=atol, equal_nan=equal_nan, check_device=True, check_dtype=False,
        check_stride=False, msg=msg or None,
    )


_RANGES = {
    torch.bool: (0, 2), torch.uint8: (0, 10), torch.int8: (-9, 10), torch.int16: (-9, 10), torch.int32: (-9, 10),
    torch.int64: (-9, 10),
}


def make_tensor(
    *shape, dtype, device, low=None, high=None, requires_grad=False, noncontiguous=False, exclude_zero=False,
    memory_format=None,
):
    if len(shape) == 1 and isinstance(shape[0], (tuple, list, torch.Size)):
        shape = shape[0]
    shape = tuple(shape)
    if requires_grad and not (dtype.is_floating_point or dtype.is_complex):
        raise ValueError(
            f"`requires_grad=True` is not supported for boolean and integral dtypes, but got dtype={dtype!r}"
        )
    if dtype in _RANGES:
        default_low, default_high = _RANGES[dtype]
        low = default_low if low is None else int(low)
        high = default_high if high is None else int(high)
        _check_range(low, high)
        result = torch.randint(low, high, shape, dtype=dtype)
    else:
        low = -9 if low is None else low
        high = 9 if high is None else high
        _check_range(low, high)
        result = torch.empty(shape, dtype=dtype)
        if dtype.is_complex:
            torch.view_as_real(result).uniform_(low, high)
        elif dtype in (torch.float16, torch.bfloat16):
            result = torch.empty(shape, dtype=torch.float32).uniform_(low, high).to(dtype)
        else:
            result.uniform_(low, high)
    if noncontiguous and result.numel() > 1:
        result = torch.repeat_interleave(result, 2, dim=-1)[..., ::2]
    elif memory_format is not None:
        result = result.clone(memory_format=memory_format)
    if exclude_zero:
        result[result == 0] = 1 if not (dtype.is_floating_point or dtype.is_complex) else torch.finfo(dtype).tiny
    return result.requires_grad_() if requires_grad else result


def _check_range(low, high):
    if low == high:
        raise ValueError(
            f"make_tensor: expected low < high, but got low={low} >= high={high}"
        )
    if low > high:
        raise ValueError(f"make_tensor: expected low < high, but got low={low!r} >= high={high!r}")
