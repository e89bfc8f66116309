"""Batch norm in inference, folded into the layer before it."""
import copy

import torch
from torch.nn.parameter import Parameter


def _folded(weight, bias, mean, var, eps, scale, shift, along):
    """Weights of a layer that does the work of both; `along` is the shape in which a scale a channel meets the weight."""
    if bias is None:
        bias = torch.zeros_like(mean)
    if scale is None:
        scale = torch.ones_like(mean)
    if shift is None:
        shift = torch.zeros_like(mean)
    factor = scale * torch.rsqrt(var + eps)
    return (
        Parameter((weight * factor.reshape(along)).to(dtype=weight.dtype), weight.requires_grad),
        Parameter(((bias - mean) * factor + shift).to(dtype=bias.dtype), bias.requires_grad),
    )


def fuse_conv_bn_weights(conv_w, conv_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b, transpose=False):
    along = [1, -1] if transpose else [-1, 1]
    return _folded(conv_w, conv_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b, along + [1] * (conv_w.dim() - 2))


def fuse_linear_bn_weights(linear_w, linear_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b):
    return _folded(linear_w, linear_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b, [-1, 1])


def _fused(layer, bn, fuse, *args):
    fused = copy.deepcopy(layer)
    if bn.running_mean is None or bn.running_var is None:
        raise AssertionError("bn.running_mean and bn.running_var must not be None")
    fused.weight, fused.bias = fuse(
        fused.weight, fused.bias, bn.running_mean, bn.running_var, bn.eps, bn.weight, bn.bias, *args
    )
    return fused


def fuse_conv_bn_eval(conv, bn, transpose=False):
    if conv.training or bn.training:
        raise AssertionError("Fusion only for eval!")
    return _fused(conv, bn, fuse_conv_bn_weights, transpose)


def fuse_linear_bn_eval(linear, bn):
    if linear.training or bn.training:
        raise AssertionError("Fusion only for eval!")
    if linear.out_features != bn.num_features and bn.num_features != 1:
        raise AssertionError(
            "To fuse, linear.out_features == bn.num_features or bn.num_features == 1, got "
            f"linear.out_features={linear.out_features} and bn.num_features={bn.num_features}"
        )
    return _fused(linear, bn, fuse_linear_bn_weights)
