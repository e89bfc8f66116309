"""`torch.nn.functional`: checks and defaults of Python around ops. Functions that add nothing are the ops themselves."""
import warnings

import torch
from torch.nn.modules.utils import _pair

_C = torch._C._nn

# ops under their own names
_SAME = (
    "conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d conv_tbc avg_pool1d adaptive_avg_pool1d "
    "relu_ selu_ celu_ rrelu_ threshold_ hardshrink cosine_similarity pdist pixel_shuffle pixel_unshuffle "
    "channel_shuffle native_channel_shuffle bilinear prelu"
).split()
_OF_NN = (
    "avg_pool2d avg_pool3d linear gelu softplus softshrink hardtanh_ elu_ leaky_relu_ scaled_dot_product_attention one_hot"
).split()
# what stands in files of its own
_PARTS = {
    "loss": (
        "l1_loss mse_loss smooth_l1_loss huber_loss nll_loss cross_entropy linear_cross_entropy binary_cross_entropy "
        "binary_cross_entropy_with_logits kl_div poisson_nll_loss gaussian_nll_loss hinge_embedding_loss "
        "cosine_embedding_loss margin_ranking_loss soft_margin_loss multilabel_margin_loss multi_margin_loss "
        "multilabel_soft_margin_loss triplet_margin_loss triplet_margin_with_distance_loss ctc_loss"
    ).split(),
    "sampling": "interpolate upsample upsample_nearest upsample_bilinear affine_grid grid_sample".split(),
    "attention": (
        "multi_head_attention_forward _canonical_mask _none_or_dtype _mha_shape_check _in_projection "
        "_in_projection_packed"
    ).split(),
}


def __getattr__(name):
    if name in _SAME:
        found = getattr(torch, name)
    elif name in _OF_NN:
        found = getattr(_C, name)
    elif name == "logsigmoid":
        found = _C.log_sigmoid
    elif "pool" in name:
        found = getattr(_part("pooling"), name)
    else:
        for part, names in _PARTS.items():
            if name in names:
                found = getattr(_part(part), name)
                break
        else:
            raise AttributeError(f"module 'torch.nn.functional' has no attribute '{name}'")
    globals()[name] = found
    return found


def _part(name):
    return __import__(f"torch.nn._functional_{name}", fromlist=[name])


def __dir__():
    pools = [
        f"{kind}{rank}d{indices}" for kind in ("max_pool", "adaptive_max_pool", "fractional_max_pool")
        for rank in (1, 2, 3) for indices in ("", "_with_indices") if (kind, rank) != ("fractional_max_pool", 1)
    ] + [f"{kind}{rank}d" for kind in ("lp_pool", "max_unpool", "adaptive_avg_pool") for rank in (1, 2, 3)]
    parts = [name for names in _PARTS.values() for name in names]
    return sorted({*globals(), *_SAME, *_OF_NN, *parts, *pools, "logsigmoid"})


# ---- activations


def _choose(inplace, name, input, *args):
    space = torch if hasattr(torch, name) else _C
    return getattr(space, name + "_" if inplace else name)(input, *args)


def relu(input, inplace=False):
    return torch.relu_(input) if inplace else torch.relu(input)


def relu6(input, inplace=False):
    return _choose(inplace, "relu6", input)


def selu(input, inplace=False):
    return _choose(inplace, "selu", input)


def mish(input, inplace=False):
    return _choose(inplace, "mish", input)


def silu(input, inplace=False):
    return _choose(inplace, "silu", input)


def hardswish(input, inplace=False):
    return _choose(inplace, "hardswish", input)


def hardsigmoid(input, inplace=False):
    return _choose(inplace, "hardsigmoid", input)


def elu(input, alpha=1.0, inplace=False):
    return _choose(inplace, "elu", input, alpha)


def celu(input, alpha=1.0, inplace=False):
    return _choose(inplace, "celu", input, alpha)


def leaky_relu(input, negative_slope=0.01, inplace=False):
    return _choose(inplace, "leaky_relu", input, negative_slope)


def threshold(input, threshold, value, inplace=False):
    return _choose(inplace, "threshold", input, threshold, value)


def rrelu(input, lower=1.0 / 8, upper=1.0 / 3, training=False, inplace=False):
    return _choose(inplace, "rrelu", input, lower, upper, training)


def hardtanh(input, min_val=-1.0, max_val=1.0, inplace=False):
    if min_val > max_val:
        raise ValueError("min_val cannot be greater than max_val")
    return _choose(inplace, "hardtanh", input, min_val, max_val)


def glu(input, dim=-1):
    if input.dim() == 0:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    return _C.glu(input, dim)


def tanhshrink(input):
    return input - input.tanh()


def softsign(input):
    return input / (input.abs() + 1)


def tanh(input):
    return input.tanh()


def sigmoid(input):
    return input.sigmoid()


def _implicit_dim(name, dims, stacklevel):
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument.",
        stacklevel=stacklevel,
    )
    return 0 if dims in (0, 1, 3) else 1


def softmax(input, dim=None, _stacklevel=3, dtype=None):
    if dim is None:
        dim = _implicit_dim("softmax", input.dim(), _stacklevel)
    return input.softmax(dim) if dtype is None else input.softmax(dim, dtype=dtype)


def softmin(input, dim=None, _stacklevel=3, dtype=None):
    if dim is None:
        dim = _implicit_dim("softmin", input.dim(), _stacklevel)
    return (-input).softmax(dim) if dtype is None else (-input).softmax(dim, dtype=dtype)


def log_softmax(input, dim=None, _stacklevel=3, dtype=None):
    if dim is None:
        dim = _implicit_dim("log_softmax", input.dim(), _stacklevel)
    return input.log_softmax(dim) if dtype is None else input.log_softmax(dim, dtype=dtype)


def gumbel_softmax(logits, tau=1, hard=False, eps=1e-10, dim=-1):
    if eps != 1e-10:
        warnings.warn("`eps` parameter is deprecated and has no effect.", stacklevel=2)
    noise = -torch.empty_like(logits, memory_format=torch.legacy_contiguous_format).exponential_().log()
    soft = ((logits + noise) / tau).softmax(dim)
    if not hard:
        return soft
    index = soft.max(dim, keepdim=True)[1]
    chosen = torch.zeros_like(logits).scatter_(dim, index, 1.0)
    return chosen - soft.detach() + soft


# ---- dropout


def _check_p(p):
    if p < 0.0 or p > 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def dropout(input, p=0.5, training=True, inplace=False):
    _check_p(p)
    return torch.dropout_(input, p, training) if inplace else torch.dropout(input, p, training)


def alpha_dropout(input, p=0.5, training=False, inplace=False):
    _check_p(p)
    return _choose(inplace, "alpha_dropout", input, p, training)


def feature_alpha_dropout(input, p=0.5, training=False, inplace=False):
    _check_p(p)
    return _choose(inplace, "feature_alpha_dropout", input, p, training)


def _feature_dropout(input, p, training, inplace, is_batched):
    if not is_batched:
        input = input.unsqueeze_(0) if inplace else input.unsqueeze(0)
    result = _choose(inplace, "feature_dropout", input, p, training)
    if not is_batched:
        result = result.squeeze_(0) if inplace else result.squeeze(0)
    return result


def dropout1d(input, p=0.5, training=True, inplace=False):
    _check_p(p)
    dims = input.dim()
    if dims not in (2, 3):
        raise RuntimeError(
            f"dropout1d: Expected 2D or 3D input, but received a {dims}D input. Note that dropout1d exists to provide "
            "channel-wise dropout on inputs with 1 spatial dimension, a channel dimension, and an optional batch "
            "dimension (i.e. 2D or 3D inputs)."
        )
    return _feature_dropout(input, p, training, inplace, dims == 3)


def _warn_rank(name, dims, plain):
    warnings.warn(
        f"{name}: Received a {dims}-D input to {name}, which is deprecated and will result in an error in a future "
        f"release. To retain the behavior and silence this warning, please use dropout instead. Note that {name} exists "
        f"to provide channel-wise dropout on inputs with {plain} spatial dimensions, a channel dimension, and an optional "
        f"batch dimension (i.e. {plain + 1}D or {plain + 2}D inputs).",
        stacklevel=3,
    )


def dropout2d(input, p=0.5, training=True, inplace=False):
    _check_p(p)
    dims = input.dim()
    if dims not in (3, 4):
        _warn_rank("dropout2d", dims, 2)
    if dims == 3:
        warnings.warn(
            "dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is desired - "
            "input is interpreted as shape (N, C, L), where C is the channel dim. This behavior will change in a future "
            "release to interpret the input as one without a batch dimension, i.e. shape (C, H, W). To maintain the 1D "
            "channel-wise dropout behavior, please switch to using dropout1d instead.",
            stacklevel=2,
        )
    return _choose(inplace, "feature_dropout", input, p, training)


def dropout3d(input, p=0.5, training=True, inplace=False):
    _check_p(p)
    dims = input.dim()
    if dims not in (4, 5):
        _warn_rank("dropout3d", dims, 3)
    return _feature_dropout(input, p, training, inplace, dims == 5)


# ---- normalisation


def _check_channels(size):
    count = size[0]
    for length in size[2:]:
        count *= length
    if count == 1:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {size}")


def batch_norm(
    input, running_mean, running_var, weight=None, bias=None, training=False, momentum=0.1, eps=1e-5
):
    if training:
        _check_channels(input.size())
    if eps <= 0.0:
        raise ValueError(f"batch_norm eps must be positive, but got {eps}")
    return torch.batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps, True)


def instance_norm(
    input, running_mean=None, running_var=None, weight=None, bias=None, use_input_stats=True, momentum=0.1, eps=1e-5
):
    if use_input_stats:
        count = 1
        for length in input.size()[2:]:
            count *= length
        if count == 1:
            raise ValueError(
                f"Expected more than 1 spatial element when training, got input size {input.size()}"
            )
    return torch.instance_norm(input, weight, bias, running_mean, running_var, use_input_stats, momentum, eps, True)


def layer_norm(input, normalized_shape, weight=None, bias=None, eps=1e-5):
    return torch.layer_norm(input, normalized_shape, weight, bias, eps, True)


def rms_norm(input, normalized_shape, weight=None, eps=None):
    return torch.rms_norm(input, normalized_shape, weight, eps)


def group_norm(input, num_groups, weight=None, bias=None, eps=1e-5):
    if input.dim() < 2:
        raise RuntimeError(f"Expected at least 2 dimensions for input tensor but received {input.dim()}")
    _check_channels([input.size(0) * input.size(1) // num_groups, num_groups, *input.size()[2:]])
    return torch.group_norm(input, num_groups, weight, bias, eps, True)


def local_response_norm(input, size, alpha=1e-4, beta=0.75, k=1.0):
    dims = input.dim()
    if dims < 3:
        raise ValueError(f"Expected 3D or higher dimensionality input (got {dims} dimensions)")
    if input.numel() == 0:
        return input
    spread = input.mul(input)
    if dims == 3:
        spread = pad(spread.unsqueeze(1), (0, 0, size // 2, (size - 1) // 2))
        spread = _C.avg_pool2d(spread, (size, 1), stride=1).squeeze(1)
    else:
        sizes = input.size()
        spread = spread.view(sizes[0], 1, sizes[1], sizes[2], -1)
        spread = pad(spread, (0, 0, 0, 0, size // 2, (size - 1) // 2))
        spread = _C.avg_pool3d(spread, (size, 1, 1), stride=1).squeeze(1).view(sizes)
    return input / spread.mul(alpha).add(k).pow(beta)


def normalize(input, p=2.0, dim=1, eps=1e-12, out=None):
    length = input.norm(p, dim, keepdim=True).clamp_min(eps).expand_as(input)
    return input / length if out is None else torch.div(input, length, out=out)


# ---- embeddings, padding, blocks, distances


def embedding(
    input, weight, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False, sparse=False
):
    if padding_idx is None:
        padding_idx = -1
    elif not -weight.size(0) <= padding_idx < weight.size(0):
        raise AssertionError("Padding_idx must be within num_embeddings")
    elif padding_idx < 0:
        padding_idx += weight.size(0)
    if max_norm is not None:
        input = input.contiguous()
        with torch.no_grad():
            torch.embedding_renorm_(weight, input, max_norm, norm_type)
    return torch.embedding(weight, input, padding_idx, scale_grad_by_freq, sparse)


def embedding_bag(
    input, weight, offsets=None, max_norm=None, norm_type=2, scale_grad_by_freq=False, mode="mean", sparse=False,
    per_sample_weights=None, include_last_offset=False, padding_idx=None,
):
    if weight.dtype == torch.long and input.is_floating_point():
        warnings.warn(
            "Argument order of nn.functional.embedding_bag was changed. Usage `embedding_bag(weight, input, ...)` is "
            "deprecated, and should now be `embedding_bag(input, weight, ...)`.",
            stacklevel=2,
        )
        input, weight = weight, input
    if per_sample_weights is not None and input.size() != per_sample_weights.size():
        raise ValueError(
            f"embedding_bag: If per_sample_weights ({per_sample_weights.shape}) is not None, then it must have the same "
            f"shape as the input ({input.shape})"
        )
    if input.dim() == 2:
        if offsets is not None:
            raise ValueError(
                "if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed length "
                f"sequences. However, found offsets of type {type(offsets)}"
            )
        offsets = torch.arange(0, input.numel(), input.size(1), dtype=input.dtype, device=input.device)
        input = input.reshape(-1)
        if per_sample_weights is not None:
            per_sample_weights = per_sample_weights.reshape(-1)
    elif input.dim() == 1:
        if offsets is None:
            raise ValueError("offsets has to be a 1D Tensor but got None")
        if offsets.dim() != 1:
            raise ValueError("offsets has to be a 1D Tensor")
    else:
        raise ValueError(f"input has to be 1D or 2D Tensor, but got Tensor of dimension {input.dim()}")
    modes = {"sum": 0, "mean": 1, "max": 2}
    if mode not in modes:
        raise ValueError("mode has to be one of sum, mean or max")
    if per_sample_weights is not None and mode != "sum":
        raise NotImplementedError(
            "embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for mode='sum' "
            f"(got mode='{mode}'). Please open a feature request on GitHub."
        )
    if mode == "max" and scale_grad_by_freq:
        raise ValueError("max mode does not support scaling the gradient by the frequency")
    if max_norm is not None:
        with torch.no_grad():
            torch.embedding_renorm_(weight, input, max_norm, norm_type)
    return torch.embedding_bag(
        weight, input, offsets, scale_grad_by_freq, modes[mode], sparse, per_sample_weights, include_last_offset,
        padding_idx,
    )[0]


def pad(input, pad, mode="constant", value=None):
    return _C.pad(input, pad, mode, value)


def unfold(input, kernel_size, dilation=1, padding=0, stride=1):
    return _C.im2col(input, _pair(kernel_size), _pair(dilation), _pair(padding), _pair(stride))


def fold(input, output_size, kernel_size, dilation=1, padding=0, stride=1):
    return _C.col2im(
        input, _pair(output_size), _pair(kernel_size), _pair(dilation), _pair(padding), _pair(stride)
    )


def pairwise_distance(x1, x2, p=2.0, eps=1e-6, keepdim=False):
    return torch.pairwise_distance(x1, x2, p, eps, keepdim)
