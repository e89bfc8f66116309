"""Functions of torch that are made of other ops."""
import torch
from torch._C import _VariableFunctions as _VF

__all__ = [
    "atleast_1d", "atleast_2d", "atleast_3d", "block_diag", "broadcast_shapes", "broadcast_tensors",
    "cartesian_prod", "cdist", "chain_matmul", "einsum", "istft", "lu", "norm", "meshgrid", "pca_lowrank", "split",
    "stft", "svd_lowrank", "tensordot", "unique", "unique_consecutive", "unravel_index",
]


def broadcast_tensors(*tensors):
    return _VF.broadcast_tensors(tensors)


def broadcast_shapes(*shapes):
    shapes = [(shape,) if isinstance(shape, int) else tuple(shape) for shape in shapes]
    length = max((len(shape) for shape in shapes), default=0)
    result = [1] * length
    for at, shape in enumerate(shapes):
        for i in range(-1, -1 - len(shape), -1):
            if shape[i] == 1 or shape[i] == result[i]:
                continue
            if shape[i] < 0:
                raise RuntimeError(
                    f"Trying to create tensor with negative dimension ({shape[i]}): ({shape[i]})"
                )
            if result[i] != 1:
                shown = [size for size in result]
                raise RuntimeError(
                    f"Attempting to broadcast a dimension of length {shape[i]} at {i}! Mismatching argument at index "
                    f"{at} had {shape}; but expected shape should be broadcastable to {shown}"
                )
            result[i] = shape[i]
    return torch.Size(result)


def split(tensor, split_size_or_sections, dim=0):
    return tensor.split(split_size_or_sections, dim)


def _labels_of(part, position, equation):
    """Labels of one operand, `...` as one label."""
    labels = []
    i = 0
    ellipsis = False
    while i < len(part):
        c = part[i]
        if c == " ":
            i += 1
            continue
        if c == ".":
            if ellipsis or part[i:i + 3] != "...":
                if ellipsis:
                    raise RuntimeError(
                        f"einsum(): found '.' for operand {position} for which an ellipsis was already found"
                    )
                raise RuntimeError(f"einsum(): found '.' for operand {position} that is not part of any ellipsis")
            ellipsis = True
            labels.append("...")
            i += 3
            continue
        if not (c.isascii() and c.isalpha()):
            at = equation.index(c)
            raise RuntimeError(
                f"einsum(): invalid subscript given at index {at} in the equation string, subscripts must be in [a-zA-Z]"
            )
        labels.append(c)
        i += 1
    return labels


def _parse(equation, operands):
    arrow = equation.find("->")
    left = equation if arrow < 0 else equation[:arrow]
    parts = left.split(",")
    if len(parts) > len(operands):
        raise RuntimeError("einsum(): fewer operands were provided than specified in the equation")
    inputs = [_labels_of(part, i, equation) for i, part in enumerate(parts)]
    if len(parts) < len(operands):
        raise RuntimeError("einsum(): more operands were provided than specified in the equation")
    counts = {}
    ellipsis_dims = 0
    for i, labels in enumerate(inputs):
        dims, named = operands[i].dim(), len(labels)
        if "..." in labels:
            named -= 1
            if named > dims:
                raise RuntimeError(
                    f"einsum(): the number of subscripts in the equation ({named}) is more than the number of "
                    f"dimensions ({dims}) for operand {i}"
                )
            ellipsis_dims = max(ellipsis_dims, dims - named)
        elif named != dims:
            raise RuntimeError(
                f"einsum(): the number of subscripts in the equation ({named}) does not match the number of dimensions "
                f"({dims}) for operand {i} and no ellipsis was given"
            )
        for label in labels:
            if label != "...":
                counts[label] = counts.get(label, 0) + 1
    if arrow < 0:
        output = (["..."] if any("..." in labels for labels in inputs) else []) + sorted(
            label for label, count in counts.items() if count == 1
        )
        return inputs, output, counts, ellipsis_dims
    output = []
    text = equation[arrow + 2:]
    i = 0
    while i < len(text):
        c = text[i]
        if c == " ":
            i += 1
            continue
        if c == ".":
            if "..." in output:
                raise RuntimeError("einsum(): found '.' for output but an ellipsis (...) was already found")
            if text[i:i + 3] != "...":
                raise RuntimeError("einsum(): found '.' for output that is not part of any ellipsis (...)")
            output.append("...")
            i += 3
            continue
        if not (c.isascii() and c.isalpha()):
            raise RuntimeError(
                f"einsum(): invalid subscript given at index {arrow + 2 + i} in the equation string, subscripts must "
                "be in [a-zA-Z]"
            )
        if c in output:
            raise RuntimeError(f"einsum(): output subscript {c} appears more than once in the output")
        if c not in counts:
            raise RuntimeError(
                f"einsum(): output subscript {c} does not appear in the equation for any input operand"
            )
        output.append(c)
        i += 1
    return inputs, output, counts, ellipsis_dims


def _aligned(operand, labels, place, width, ellipsis_dims, number):
    """The operand with one dimension a label, in the order of `place`."""
    order = [-1] * width
    dims = operand.dim()
    j = 0
    for label in labels:
        if label == "...":
            for _ in range(ellipsis_dims - (dims - len(labels) + 1)):
                operand = operand.unsqueeze(j)
            for k in range(ellipsis_dims):
                order[place["..."] + k] = j
                j += 1
        elif order[place[label]] != -1:
            dim = order[place[label]]
            if operand.size(j) != operand.size(dim):
                raise RuntimeError(
                    f"einsum(): subscript {label} is repeated for operand {number} but the sizes don't match, "
                    f"{operand.size(j)} != {operand.size(dim)}"
                )
            operand = operand.diagonal(0, dim, j).movedim(-1, dim)
        else:
            order[place[label]] = j
            j += 1
    for at in range(width):
        if order[at] == -1:
            operand = operand.unsqueeze(-1)
            order[at] = j
            j += 1
    return operand.permute(order)


def _pair(left, right, summed):
    """The product of two aligned operands, summed over some dimensions, which keep size 1."""
    if not summed:
        return torch.mul(left, right)
    both, only_left, only_right = [], [], []
    sizes = [1, 1, 1, 1]
    for i in range(left.dim()):
        in_left, in_right = left.size(i) != 1, right.size(i) != 1
        if i in summed:
            if in_left and in_right:
                if left.size(i) != right.size(i):
                    raise RuntimeError("non-broadcast dimensions must match")
                sizes[3] *= left.size(i)
            elif in_left:
                left = left.sum(i, True)
            elif in_right:
                right = right.sum(i, True)
        elif in_left and in_right:
            both.append(i)
            sizes[0] *= left.size(i)
        elif in_left:
            only_left.append(i)
            sizes[1] *= left.size(i)
        else:
            only_right.append(i)
            sizes[2] *= right.size(i)
    shape = [left.size(d) for d in both + only_left] + [1] * len(summed) + [right.size(d) for d in only_right]
    back = [0] * len(shape)
    for at, dim in enumerate(both + only_left + summed + only_right):
        back[dim] = at
    left = left.permute(both + only_left + summed + only_right).reshape((sizes[0], sizes[1], sizes[3]))
    right = right.permute(both + summed + only_right + only_left).reshape((sizes[0], sizes[3], sizes[2]))
    return torch.bmm(left, right).view(shape).permute(back)


def einsum(*args):
    if len(args) < 2:
        raise ValueError(
            "einsum(): must specify the equation string and at least one operand, "
            "or at least one operand and its subscripts list"
        )
    if isinstance(args[0], torch.Tensor):
        def letter(n):
            if n == Ellipsis:
                return "..."
            if n >= 0 and n < 26:
                return chr(ord("A") + n)
            if n >= 26 and n < 52:
                return chr(ord("a") + n - 26)
            raise ValueError("einsum(): subscript in subscript list is not within the valid range [0, 52)")

        equation = ",".join("".join(letter(s) for s in labels) for labels in args[1::2])
        if len(args) % 2 == 1:
            equation += "->" + "".join(letter(s) for s in args[-1])
            operands = args[:-1:2]
        else:
            operands = args[::2]
    else:
        equation, operands = args[0], args[1:]
        if not isinstance(equation, str):
            raise TypeError(f"einsum(): argument 'equation' (position 1) must be str, not {type(equation).__name__}")
    if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        return einsum(equation, *operands[0])
    return _contract(equation, operands)


def _contract(equation, operands):
    inputs, output, counts, ellipsis_dims = _parse(equation, operands)
    place, width = {}, 0
    for label in output:
        place[label] = width
        width += ellipsis_dims if label == "..." else 1
    outer = width
    if "..." not in place and any("..." in labels for labels in inputs):
        place["..."] = width
        width += ellipsis_dims
    for label in sorted(counts):
        if label not in place:
            place[label] = width
            width += 1
    aligned = [
        _aligned(operand, labels, place, width, ellipsis_dims, i)
        for i, (operand, labels) in enumerate(zip(operands, inputs))
    ]
    names = {}
    for label, at in place.items():
        for k in range(ellipsis_dims if label == "..." else 1):
            names[at + k] = label
    uses = [0] * width
    for dim in range(width):
        seen = 1
        for i, operand in enumerate(aligned):
            size = operand.size(dim)
            if size == 1:
                continue
            if seen != 1 and size != seen:
                label = names[dim]
                what = "dimension covered by ellipsis" if label == "..." else f"subscript {label}"
                raise RuntimeError(
                    f"einsum(): {what} has size {size} for operand {i} which does not broadcast with previously seen "
                    f"size {seen}"
                )
            seen = size
            uses[dim] += 1
    result = aligned[0]
    for other in aligned[1:]:
        summed, left_only, right_only = [], [], []
        for dim in range(outer, width):
            in_left, in_right = result.size(dim) != 1, other.size(dim) != 1
            if in_left and in_right:
                uses[dim] -= 1
                if uses[dim] == 1:
                    summed.append(dim)
                    uses[dim] = 0
            elif uses[dim] == 1 and (in_left or in_right):
                (left_only if in_left else right_only).append(dim)
                uses[dim] = 0
        if left_only:
            result = result.sum(left_only, True)
        if right_only:
            other = other.sum(right_only, True)
        result = _pair(result, other, summed)
    if width > outer:
        if len(aligned) > 1:
            return result.view(list(result.shape[:outer]))
        return result.sum(list(range(outer, width)))
    return result


def meshgrid(*tensors, indexing=None):
    if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)):
        tensors = tensors[0]
    if indexing is None:
        torch._C._warn_once(
            "torch.meshgrid: in an upcoming release, it will be required to pass the indexing argument."
        )
        return _VF.meshgrid(tensors)
    return _VF.meshgrid(tensors, indexing=indexing)


def stft(input, n_fft, hop_length=None, win_length=None, window=None, center=True, pad_mode="reflect",
         normalized=False, onesided=None, return_complex=None, align_to_window=None):
    if center and align_to_window is not None:
        raise RuntimeError("stft align_to_window should only be set when center = false.")
    if center:
        return _VF.stft(input, n_fft, hop_length, win_length, window, center, pad_mode, normalized, onesided,
                        return_complex)
    return _VF.stft(input, n_fft, hop_length, win_length, window, normalized, onesided, return_complex,
                    align_to_window)


def istft(input, n_fft, hop_length=None, win_length=None, window=None, center=True, normalized=False, onesided=None,
          length=None, return_complex=False):
    return _VF.istft(input, n_fft, hop_length, win_length, window, center, normalized, onesided, length,
                     return_complex)


def unique(input, sorted=True, return_inverse=False, return_counts=False, dim=None):
    if dim is not None:
        output, inverse, counts = _VF.unique_dim(input, dim, sorted, return_inverse, return_counts)
    else:
        output, inverse, counts = torch._unique2(input, sorted, return_inverse, return_counts)
    return _chosen(output, inverse, counts, return_inverse, return_counts)


def unique_consecutive(input, return_inverse=False, return_counts=False, dim=None):
    output, inverse, counts = _VF.unique_consecutive(
        input, return_inverse=return_inverse, return_counts=return_counts, dim=dim
    )
    return _chosen(output, inverse, counts, return_inverse, return_counts)


def _chosen(output, inverse, counts, return_inverse, return_counts):
    if return_inverse and return_counts:
        return output, inverse, counts
    if return_inverse:
        return output, inverse
    if return_counts:
        return output, counts
    return output


def tensordot(a, b, dims=2, out=None):
    if not isinstance(dims, (tuple, list, torch.Tensor, int)):
        raise RuntimeError(
            "tensordot expects dims to be int or tuple[list[int], list[int]] or list[list[int]] containing two lists, "
            f"but got dims={dims}"
        )
    if isinstance(dims, torch.Tensor):
        if dims.numel() > 1:
            if dims.size()[0] != 2:
                raise AssertionError(f"dims tensor must have size 2 in first dimension, got {dims.size()[0]}")
            dims = (dims[0].tolist(), dims[1].tolist())
        else:
            dims = int(dims.item())
    if isinstance(dims, (tuple, list)):
        dims_a, dims_b = dims
    else:
        if dims < 0:
            raise RuntimeError(f"tensordot expects dims >= 0, but got dims={dims}")
        if dims > min(a.dim(), b.dim()):
            raise RuntimeError(f"tensordot expects dims < ndim_a or ndim_b, but got dims={dims}")
        dims_a, dims_b = list(range(-dims, 0)), list(range(dims))
    if out is None:
        return _VF.tensordot(a, b, dims_a, dims_b)
    return _VF.tensordot(a, b, dims_a, dims_b, out=out)


def cartesian_prod(*tensors):
    return _VF.cartesian_prod(tensors)


def block_diag(*tensors):
    return _VF.block_diag(tensors)


def cdist(x1, x2, p=2.0, compute_mode="use_mm_for_euclid_dist_if_necessary"):
    modes = {
        "use_mm_for_euclid_dist_if_necessary": None, "use_mm_for_euclid_dist": 1, "donot_use_mm_for_euclid_dist": 2,
    }
    if compute_mode not in modes:
        raise ValueError(f"{compute_mode} is not a valid value for compute_mode")
    return _VF.cdist(x1, x2, p, modes[compute_mode])


def atleast_1d(*tensors):
    return _VF.atleast_1d(tensors[0] if len(tensors) == 1 else tensors)


def atleast_2d(*tensors):
    return _VF.atleast_2d(tensors[0] if len(tensors) == 1 else tensors)


def atleast_3d(*tensors):
    return _VF.atleast_3d(tensors[0] if len(tensors) == 1 else tensors)


def norm(input, p="fro", dim=None, keepdim=False, out=None, dtype=None):
    if input.layout == torch.strided:
        if dim is not None:
            _dim = [dim] if isinstance(dim, int) else dim
        else:
            _dim = None
        if p == "fro" and (dim is None or isinstance(dim, int) or len(dim) <= 2):
            return torch.linalg.vector_norm(input, 2, _dim, keepdim, dtype=dtype, **_out(out))
        if p is None:
            p = 2.0
        if isinstance(p, str):
            if _dim is None:
                _dim = list(range(input.dim()))
            return torch.linalg.matrix_norm(input, p, _dim, keepdim, dtype=dtype, **_out(out))
        return torch.linalg.vector_norm(input, p, _dim, keepdim, dtype=dtype, **_out(out))
    raise NotImplementedError("gradshell does not support norms of sparse tensors yet")


def _out(out):
    return {} if out is None else {"out": out}


def chain_matmul(*matrices, out=None):
    torch._C._warn_once(
        "torch.chain_matmul is deprecated and will be removed in a future PyTorch release. Use torch.linalg.multi_dot "
        "instead, which accepts a list of two or more tensors rather than multiple parameters."
    )
    return _VF.chain_matmul(matrices, **_out(out))


def unravel_index(indices, shape):
    if not isinstance(indices, torch.Tensor):
        raise TypeError(f"expected 'indices' to be integer dtype, but got {type(indices)}")
    if indices.is_complex() or indices.is_floating_point() or indices.dtype == torch.bool:
        raise ValueError(f"expected 'indices' to be integer dtype, but got {indices.dtype}")
    if not isinstance(shape, (int, list, tuple)):
        raise ValueError(f"expected 'shape' to be int or sequence of ints, but got {type(shape)}")
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    for size in sizes:
        if not isinstance(size, int):
            raise ValueError(f"expected 'shape' sequence to only contain ints, but got {type(size)}")
    if any(size < 0 for size in sizes):
        raise ValueError(f"'shape' cannot have negative values, but got {tuple(sizes)}")
    result = []
    coefficient = 1
    for size in reversed(sizes):
        result.append(indices.div(coefficient, rounding_mode="floor") % size)
        coefficient *= size
    return tuple(reversed(result))


def lu(A, pivot=True, get_infos=False, out=None):
    import warnings

    warnings.warn(
        "torch.lu is deprecated in favor of torch.linalg.lu_factor / torch.linalg.lu_factor_ex and will be removed in "
        "a future PyTorch release.\nLU, pivots = torch.lu(A, compute_pivots)\nshould be replaced with\n"
        "LU, pivots = torch.linalg.lu_factor(A, compute_pivots)\nand\n"
        "LU, pivots, info = torch.lu(A, compute_pivots, get_infos=True)\nshould be replaced with\n"
        "LU, pivots, info = torch.linalg.lu_factor_ex(A, compute_pivots)"
    )
    result = torch._lu_with_info(A, pivot=pivot, check_errors=not get_infos)
    if out is not None:
        for target, source in zip(out, result):
            target.resize_as_(source).copy_(source)
        return out
    return result if get_infos else (result[0], result[1])


def _range_finder(A, q, niter, M):
    R = torch.randn(A.shape[-1], q, dtype=A.dtype)
    product = A @ R if M is None else A @ R - M @ R
    Q = torch.linalg.qr(product).Q
    for _ in range(niter):
        product = A.mH @ Q if M is None else A.mH @ Q - M.mH @ Q
        Q = torch.linalg.qr(product).Q
        product = A @ Q if M is None else A @ Q - M @ Q
        Q = torch.linalg.qr(product).Q
    return Q


def svd_lowrank(A, q=6, niter=2, M=None):
    q = 6 if q is None else q
    m, n = A.shape[-2:]
    if M is not None:
        A = A - M.broadcast_to(A.size())
    if m < n:
        A = A.mH
    Q = _range_finder(A, q, niter, None)
    B = Q.mH @ A
    U, S, Vh = torch.linalg.svd(B, full_matrices=False)
    V = Vh.mH
    U = Q @ U
    if m < n:
        U, V = V, U
    return U, S, V


def pca_lowrank(A, q=None, center=True, niter=2):
    m, n = A.shape[-2:]
    if q is None:
        q = min(6, m, n)
    elif not (q >= 0 and q <= min(m, n)):
        raise ValueError(f"q(={q}) must be non-negative integer and not greater than min(m, n)={min(m, n)}")
    if not (niter >= 0):
        raise ValueError(f"niter(={niter}) must be non-negative integer")
    if not center:
        return svd_lowrank(A, q, niter=niter, M=None)
    C = A.mean(dim=(-2,), keepdim=True)
    return svd_lowrank(A - C, q, niter=niter, M=None)
