"""`F.multi_head_attention_forward` and the checks around it."""
import math
import warnings

import torch

_C = torch._C._nn

# where the functions are found
__name__ = "torch.nn.functional"


def _assert(holds, message):
    if not holds:
        raise AssertionError(message)


def _none_or_dtype(input):
    if input is None or isinstance(input, torch.Tensor):
        return None if input is None else input.dtype
    raise RuntimeError("input to _none_or_dtype() must be None or torch.Tensor")


def _canonical_mask(mask, mask_name, other_type, other_name, target_type, check_other=True):
    """A mask of bools as one to add: minus infinity where it holds."""
    if mask is None:
        return None
    is_float = torch.is_floating_point(mask)
    _assert(mask.dtype == torch.bool or is_float, f"only bool and floating types of {mask_name} are supported")
    if check_other and other_type is not None and mask.dtype != other_type:
        warnings.warn(
            f"Support for mismatched {mask_name} and {other_name} is deprecated. Use same type for both instead.",
            stacklevel=3,
        )
    return mask if is_float else torch.zeros_like(mask, dtype=target_type).masked_fill_(mask, float("-inf"))


def _mha_shape_check(query, key, value, key_padding_mask, attn_mask, num_heads):
    rank = query.dim()
    _assert(
        rank in (2, 3), f"query should be unbatched 2D or batched 3D tensor but received {rank}-D query tensor"
    )
    kind = "batched (3-D)" if rank == 3 else "unbatched (2-D)"
    _assert(
        key.dim() == rank and value.dim() == rank,
        f"For {kind} `query`, expected `key` and `value` to be {rank}-D but found {key.dim()}-D and {value.dim()}-D "
        "tensors respectively",
    )
    if key_padding_mask is not None:
        _assert(
            key_padding_mask.dim() == rank - 1,
            f"For {kind} `query`, expected `key_padding_mask` to be `None` or {rank - 1}-D but found "
            f"{key_padding_mask.dim()}-D tensor instead",
        )
    if attn_mask is not None:
        _assert(
            attn_mask.dim() in (2, 3),
            f"For {kind} `query`, expected `attn_mask` to be `None`, 2-D or 3-D but found {attn_mask.dim()}-D tensor "
            "instead",
        )
        if rank == 2 and attn_mask.dim() == 3:
            expected = (num_heads, query.shape[0], key.shape[0])
            _assert(
                attn_mask.shape == expected, f"Expected `attn_mask` shape to be {expected} but got {attn_mask.shape}"
            )
    return rank == 3


def _in_projection_packed(q, k, v, w, b=None):
    """Projections whose weights lie in one tensor: one product when query, key and value are one tensor."""
    width = q.size(-1)

    def several(input, weight, bias, count):
        parts = _C.linear(input, weight, bias).unflatten(-1, (count, width))
        return parts.unsqueeze(0).transpose(0, -2).squeeze(-2).contiguous()

    if k is v and q is k:
        parts = several(q, w, b, 3)
        return parts[0], parts[1], parts[2]
    if k is v:
        w_q, w_kv = w.split([width, width * 2])
        b_q, b_kv = (None, None) if b is None else b.split([width, width * 2])
        query = _C.linear(q, w_q, b_q)
        parts = several(k, w_kv, b_kv, 2)
        return query, parts[0], parts[1]
    weights = w.chunk(3)
    biases = (None, None, None) if b is None else b.chunk(3)
    return tuple(map(_C.linear, (q, k, v), weights, biases))


def _in_projection(q, k, v, w_q, w_k, w_v, b_q=None, b_k=None, b_v=None):
    width = q.size(-1)
    for name, input, weight in (("query", q, w_q), ("key", k, w_k), ("value", v, w_v)):
        expected = (width, input.size(-1))
        _assert(weight.shape == expected, f"expecting {name} weights shape of {expected}, but got {weight.shape}")
    for name, bias in (("query", b_q), ("key", b_k), ("value", b_v)):
        if bias is not None:
            _assert(bias.shape == (width,), f"expecting {name} bias shape of {(width,)}, but got {bias.shape}")
    return _C.linear(q, w_q, b_q), _C.linear(k, w_k, b_k), _C.linear(v, w_v, b_v)


def multi_head_attention_forward(
    query, key, value, embed_dim_to_check, num_heads, in_proj_weight, in_proj_bias, bias_k, bias_v, add_zero_attn,
    dropout_p, out_proj_weight, out_proj_bias, training=True, key_padding_mask=None, need_weights=True, attn_mask=None,
    use_separate_proj_weight=False, q_proj_weight=None, k_proj_weight=None, v_proj_weight=None, static_k=None,
    static_v=None, average_attn_weights=True, is_causal=False,
):
    is_batched = _mha_shape_check(query, key, value, key_padding_mask, attn_mask, num_heads)
    if not is_batched:
        # tensors that are one stay one: the packed projection looks at that
        same_value, same_key = value is key, key is query
        query = query.unsqueeze(1)
        key = query if same_key else key.unsqueeze(1)
        value = key if same_value else value.unsqueeze(1)
        if key_padding_mask is not None:
            key_padding_mask = key_padding_mask.unsqueeze(0)
    target_length, batches, width = query.shape
    source_length = key.shape[0]
    key_padding_mask = _canonical_mask(
        key_padding_mask, "key_padding_mask", _none_or_dtype(attn_mask), "attn_mask", query.dtype
    )
    if is_causal and attn_mask is None:
        raise RuntimeError(
            "Need attn_mask if specifying the is_causal hint. You may use the Transformer module method "
            "`generate_square_subsequent_mask` to create this mask."
        )
    if is_causal and key_padding_mask is None and not need_weights:
        attn_mask = None
    else:
        attn_mask = _canonical_mask(attn_mask, "attn_mask", None, "", query.dtype, check_other=False)
        if key_padding_mask is not None:
            is_causal = False
    _assert(
        width == embed_dim_to_check, f"was expecting embedding dimension of {embed_dim_to_check}, but got {width}"
    )
    head_size = width // num_heads
    _assert(head_size * num_heads == width, f"embed_dim {width} not divisible by num_heads {num_heads}")
    if use_separate_proj_weight:
        _assert(
            key.shape[:2] == value.shape[:2],
            f"key's sequence and batch dims {key.shape[:2]} do not match value's {value.shape[:2]}",
        )
        for name, weight in (("q", q_proj_weight), ("k", k_proj_weight), ("v", v_proj_weight)):
            _assert(weight is not None, f"use_separate_proj_weight is True but {name}_proj_weight is None")
        biases = (None, None, None) if in_proj_bias is None else in_proj_bias.chunk(3)
        q, k, v = _in_projection(query, key, value, q_proj_weight, k_proj_weight, v_proj_weight, *biases)
    else:
        _assert(key.shape == value.shape, f"key shape {key.shape} does not match value shape {value.shape}")
        _assert(in_proj_weight is not None, "use_separate_proj_weight is False but in_proj_weight is None")
        q, k, v = _in_projection_packed(query, key, value, in_proj_weight, in_proj_bias)

    if attn_mask is not None:
        rank = attn_mask.dim()
        if rank not in (2, 3):
            raise RuntimeError(f"attn_mask's dimension {rank} is not supported")
        wanted = (target_length, source_length) if rank == 2 else (batches * num_heads, target_length, source_length)
        if attn_mask.shape != wanted:
            raise RuntimeError(f"The shape of the {rank}D attn_mask is {attn_mask.shape}, but should be {wanted}.")
        if rank == 2:
            attn_mask = attn_mask.unsqueeze(0)

    if bias_k is not None and bias_v is not None:
        _assert(static_k is None, "bias cannot be added to static key.")
        _assert(static_v is None, "bias cannot be added to static value.")
        k = torch.cat([k, bias_k.repeat(1, batches, 1)])
        v = torch.cat([v, bias_v.repeat(1, batches, 1)])
        attn_mask, key_padding_mask = _longer(attn_mask), _longer(key_padding_mask)
    else:
        _assert(bias_k is None, "bias_k is set but bias_v is None")
        _assert(bias_v is None, "bias_v is set but bias_k is None")

    def heads(tensor, static, name):
        if static is None:
            return tensor.view(tensor.shape[0], batches * num_heads, head_size).transpose(0, 1)
        for at, size in ((0, batches * num_heads), (2, head_size)):
            _assert(
                static.size(at) == size, f"expecting static_{name}.size({at}) of {size}, but got {static.size(at)}"
            )
        return static

    q = heads(q, None, "q")
    k = heads(k, static_k, "k")
    v = heads(v, static_v, "v")
    if add_zero_attn:
        zeros = (batches * num_heads, 1, head_size)
        k = torch.cat([k, torch.zeros(zeros, dtype=k.dtype, device=k.device)], dim=1)
        v = torch.cat([v, torch.zeros(zeros, dtype=v.dtype, device=v.device)], dim=1)
        attn_mask, key_padding_mask = _longer(attn_mask), _longer(key_padding_mask)
    source_length = k.size(1)

    if key_padding_mask is not None:
        for at, size in enumerate((batches, source_length)):
            _assert(
                key_padding_mask.shape[at] == size,
                f"Expected key_padded_mask.shape[{at}] to be {size}, but got {key_padding_mask.shape[at]}",
            )
        key_padding_mask = key_padding_mask.view(batches, 1, 1, source_length).expand(-1, num_heads, -1, -1)
        key_padding_mask = key_padding_mask.reshape(batches * num_heads, 1, source_length)
        attn_mask = key_padding_mask if attn_mask is None else attn_mask + key_padding_mask
    if not training:
        dropout_p = 0.0

    if need_weights:
        _assert(not is_causal or attn_mask is not None, "FIXME: is_causal not implemented for need_weights")
        q = q * math.sqrt(1.0 / float(head_size))
        turned = k.transpose(-2, -1)
        weights = torch.bmm(q, turned) if attn_mask is None else torch.baddbmm(attn_mask, q, turned)
        weights = weights.softmax(-1)
        if dropout_p > 0.0:
            weights = torch.dropout(weights, dropout_p, True)
        attended = torch.bmm(weights, v).transpose(0, 1).contiguous()
    else:
        if attn_mask is not None:
            if attn_mask.size(0) == 1 and attn_mask.dim() == 3:
                attn_mask = attn_mask.unsqueeze(0)
            else:
                attn_mask = attn_mask.view(batches, num_heads, -1, source_length)
        q, k, v = (each.view(batches, num_heads, -1, head_size) for each in (q, k, v))
        attended = _C.scaled_dot_product_attention(q, k, v, attn_mask, dropout_p, is_causal)
        attended = attended.permute(2, 0, 1, 3).contiguous()
    attended = _C.linear(attended.view(target_length * batches, width), out_proj_weight, out_proj_bias)
    attended = attended.view(target_length, batches, attended.size(1))
    if not need_weights:
        return (attended if is_batched else attended.squeeze(1)), None
    weights = weights.view(batches, num_heads, target_length, source_length)
    if average_attn_weights:
        weights = weights.mean(dim=1)
    if not is_batched:
        attended, weights = attended.squeeze(1), weights.squeeze(0)
    return attended, weights


def _longer(mask):
    return None if mask is None else _C.pad(mask, (0, 1))
