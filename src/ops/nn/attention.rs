//! Scaled dot product attention: one node where PyTorch's CPU kernel takes the arguments, else a composite.

use crate::array::matmul::cpp_name;
use crate::array::{Array, Dtype, Result, binary, copy, error, index, layout, matmul, reduce, unary, view as shape};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;
use std::cell::Cell;

thread_local! {
    static FUSED: Cell<bool> = const { Cell::new(true) };
    static COMPOSITE: Cell<bool> = const { Cell::new(true) };
}

/// Whether the kernel may be chosen: `torch.backends.cuda.enable_flash_sdp`.
pub fn set_fused(on: bool) {
    FUSED.set(on);
}

/// Whether the composite may be chosen: `torch.backends.cuda.enable_math_sdp`.
pub fn set_composite(on: bool) {
    COMPOSITE.set(on);
}

/// What `set_composite` set.
pub fn is_composite() -> bool {
    COMPOSITE.get()
}

/// What `set_fused` set.
pub fn is_fused() -> bool {
    FUSED.get()
}

/// What scores are divided by, inverted: the given scale or 1 / sqrt(width).
fn scale_of(query: &Tensor, scale: Option<f64>) -> f64 {
    scale.unwrap_or_else(|| 1.0 / (query.sizes().last().copied().unwrap_or(1) as f64).sqrt())
}

fn validate(a: &Args) -> Result<()> {
    let (query, key, value, mask) = (a.tensor(0)?, a.tensor(1)?, a.tensor(2)?, a.optional_tensor(3));
    let name = |tensor: &Tensor| cpp_name(tensor.dtype());
    if query.dtype() != key.dtype() || query.dtype() != value.dtype() {
        return error::runtime(format!(
            "Expected query, key, and value to have the same dtype, but got query.dtype: {} key.dtype: {} and value.dtype: {} instead.",
            name(query),
            name(key),
            name(value)
        ));
    }
    if query.dim() < 2 || key.dim() < 2 || value.dim() < 2 {
        return error::runtime(format!(
            "Expected query, key, and value to all be  at least 2 dimensional, but got query.dim: {} key.dim: {} and value.dim: {} instead.",
            query.dim(),
            key.dim(),
            value.dim()
        ));
    }
    if let Some(mask) = mask {
        if ![Dtype::Bool, Dtype::Float32, query.dtype()].contains(&mask.dtype()) {
            return error::runtime(format!(
                "Expected attn_mask dtype to be bool or float or to match query dtype, but got attn_mask.dtype: {} and  query.dtype: {} instead.",
                name(mask),
                name(query)
            ));
        }
        if a.bool(5)? {
            return error::runtime(
                "_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True",
            );
        }
    }
    if !query.dtype().is_floating_point() && !query.dtype().is_complex() {
        return error::runtime(format!(
            "expected scalar type Float but found {}",
            query.dtype().scalar_type()
        ));
    }
    Ok(())
}

/// A mask of booleans as what it adds to scores: 0 or minus infinity.
fn additive(mask: &Tensor, dtype: Dtype) -> Result<Tensor> {
    if mask.dtype() != Dtype::Bool {
        return Ok(mask.clone());
    }
    let zeros = Tensor::from(Array::zeros(&mask.sizes(), dtype)?);
    masked_fill(&zeros, &logical_not(mask)?, f64::NEG_INFINITY)
}

/// True where PyTorch's kernel takes these: batches of heads of one width, no dropout, a mask that needs no gradient.
fn takes(query: &Tensor, key: &Tensor, value: &Tensor, mask: Option<&Tensor>, grouped: bool) -> bool {
    let (q, k, v) = (query.sizes(), key.sizes(), value.sizes());
    let (&[batch, heads, rows, width], &[batch_k, heads_k, columns, width_k], &[batch_v, heads_v, _, width_v]) =
        (&q[..], &k[..], &v[..])
    else {
        return false;
    };
    let heads_fit = match grouped {
        true => heads_k == heads_v && heads_k > 0 && heads % heads_k == 0,
        false => heads == heads_k && heads == heads_v,
    };
    let mask_fits = mask.is_none_or(|mask| {
        let sizes = mask.sizes();
        let fits = |at: usize, size: i64| {
            let own = sizes.iter().rev().nth(at).copied().unwrap_or(0);
            own == 1 || own == size
        };
        let leading = match sizes.len() {
            2 => true,
            4 => fits(3, batch) && fits(2, heads),
            _ => false,
        };
        leading && fits(1, rows) && fits(0, columns) && !mask.requires_grad()
    });
    let dense = |tensor: &Tensor| tensor.array().strides().last().is_none_or(|stride| *stride == 1);
    query.dtype().is_floating_point()
        && batch == batch_k
        && batch == batch_v
        && heads_fit
        && width == width_k
        && width == width_v
        && rows > 0
        && columns > 0
        && mask_fits
        && [query, key, value].into_iter().all(dense)
}

fn attend(a: &Args) -> Result<Outs> {
    validate(a)?;
    let (query, key, value) = (a.tensor(0)?, a.tensor(1)?, a.tensor(2)?);
    let (dropout, causal, grouped) = (a.float(4)?, a.bool(5)?, a.bool(7)?);
    let mask = a
        .optional_tensor(3)
        .map(|mask| additive(mask, query.dtype()))
        .transpose()?;
    let scale = a.optional_float(6);
    if dropout == 0.0 && is_fused() {
        let batched = query.dim() == 3 && key.dim() == 3 && value.dim() == 3;
        let lift = |tensor: &Tensor| match batched {
            true => unsqueeze(tensor, 0),
            false => Ok(tensor.clone()),
        };
        // sizes decide, before anything is recorded
        let fits = {
            let _off = crate::autograd::modes::GradMode::set(false);
            let lifted = mask
                .as_ref()
                .map(|mask| if mask.dim() == 3 { lift(mask) } else { Ok(mask.clone()) });
            let lifted = lifted.transpose()?;
            takes(&lift(query)?, &lift(key)?, &lift(value)?, lifted.as_ref(), grouped)
                && mask.as_ref().is_none_or(|mask| !mask.requires_grad())
        };
        if fits {
            let mask = mask
                .as_ref()
                .map(|mask| if mask.dim() == 3 { lift(mask) } else { Ok(mask.clone()) });
            let args = args![
                lift(query)?,
                lift(key)?,
                lift(value)?,
                0.0,
                causal,
                mask.transpose()?,
                scale_arg(scale)
            ];
            let output = call1(&FLASH_ATTENTION, args)?;
            return one(if batched { squeeze_dim(&output, 0)? } else { output });
        }
    }
    if !is_composite() {
        return error::runtime(
            "No viable backend for scaled_dot_product_attention was found. This is likely due to turning off both the math kernel and the fused kernels.",
        );
    }
    let args = args![
        query,
        key,
        value,
        mask,
        dropout,
        causal,
        None::<&Tensor>,
        scale_arg(scale),
        grouped
    ];
    one(call1(&ATTENTION_MATH, args)?)
}

fn scale_arg(scale: Option<f64>) -> Arg {
    scale.map_or(Arg::None, Arg::Float)
}

/// Heads of key and value repeated so that every head of the query has its own.
fn regrouped(query: &Tensor, shared: &Tensor) -> Result<Tensor> {
    let heads = |tensor: &Tensor| tensor.sizes().iter().rev().nth(2).copied().unwrap_or(1);
    let (wanted, given) = (heads(query), heads(shared));
    if given == 0 || wanted % given != 0 {
        return error::runtime("Number of heads in key and value must divide the number of heads in query");
    }
    if wanted == given {
        return Ok(shared.clone());
    }
    let repeat = super::overload("repeat_interleave", "repeat_interleave.self_int(")?;
    repeat.call_one(args![shared, wanted / given, -3, None::<&Tensor>])
}

fn composite(a: &Args) -> Result<Outs> {
    let (query, key, value) = (a.tensor(0)?, a.tensor(1)?, a.tensor(2)?);
    let (dropout, causal, grouped) = (a.float(4)?, a.bool(5)?, a.bool(8)?);
    let dtype = query.dtype();
    let wide = |tensor: &Tensor| match dtype.size() {
        2 => to_dtype(tensor, Dtype::Float32),
        _ => Ok(tensor.clone()),
    };
    let (query, key, value) = (wide(query)?, wide(key)?, wide(value)?);
    let given = a.optional_float(7);
    let root = scale_of(&query, given.map(f64::abs)).sqrt();
    let sign = if given.is_some_and(|scale| scale < 0.0) {
        -1.0
    } else {
        1.0
    };
    let scaled = mul(&query, sign * root)?;
    let mask = match (a.optional_tensor(3), causal) {
        (Some(_), true) => {
            return error::runtime(
                "_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True",
            );
        }
        (Some(mask), false) => Some(mask.clone()),
        (None, true) => Some(causal_mask(&query, &key)?),
        (None, false) => None,
    };
    let (key, value) = match grouped {
        true => (regrouped(&query, &key)?, regrouped(&query, &value)?),
        false => (key, value),
    };
    let product = crate::ops::blas::matmul;
    let mut scores = product(&scaled, &mul(transpose(&key, -2, -1)?, root)?)?;
    if let Some(mask) = mask {
        scores = add(&scores, &mask)?;
    }
    let mut weights = call1(&SAFE_SOFTMAX, args![scores, -1, None::<Dtype>])?;
    if dropout > 0.0 {
        weights = super::named("dropout", args![weights, dropout, true])?;
    }
    let output = product(&weights, &value)?;
    two((to_dtype(&output, dtype)?, to_dtype(&weights, dtype)?))
}

/// What every query adds to the scores of keys after it: minus infinity.
fn causal_mask(query: &Tensor, key: &Tensor) -> Result<Tensor> {
    let rows = |tensor: &Tensor| tensor.sizes().iter().rev().nth(1).copied().unwrap_or(1);
    let (rows, columns) = (rows(query), rows(key));
    let low = f64::NEG_INFINITY;
    let elements: Vec<f64> = (0..rows)
        .flat_map(|row| (0..columns).map(move |column| if column > row { low } else { 0.0 }))
        .collect();
    Ok(copy::cast(&Array::from_vec(&[rows, columns], &elements)?, query.dtype())?.into())
}

/// Softmax along the last dimension, 0 where everything is masked; and ln of the sums.
fn safe_softmax(scores: &Array, dim: i64) -> Result<Array> {
    let weights = reduce::softmax::softmax(scores, dim)?;
    let most = reduce::extremum::amax(scores, Some(&[dim]), true)?;
    let nothing = crate::array::compare::eq(&most, crate::array::Scalar::Float(f64::NEG_INFINITY))?;
    index::mask::masked_fill(&weights, &nothing, crate::array::Scalar::Int(0))
}

/// The operands of the kernel in the precision it computes in, heads of key and value repeated.
struct Heads {
    query: Array,
    key: Array,
    value: Array,
    scale: f64,
    /// How many heads of the query share one of key and value.
    share: i64,
}

impl Heads {
    fn new(query: &Tensor, key: &Tensor, value: &Tensor, scale: Option<f64>) -> Result<Heads> {
        let wide = |tensor: &Tensor| match tensor.dtype().size() {
            2 => copy::cast(&tensor.array(), Dtype::Float32),
            _ => Ok(tensor.array().clone()),
        };
        let heads = |tensor: &Tensor| tensor.sizes().get(1).copied().unwrap_or(1).max(1);
        let share = heads(query) / heads(key);
        let own = |tensor: &Tensor| {
            let array = wide(tensor)?;
            let (&[batch, heads, rows, width], true) = (array.sizes(), share > 1) else {
                return Ok(array);
            };
            let repeated = layout::expand(&shape::unsqueeze(&array, 2)?, &[batch, heads, share, rows, width])?;
            shape::view(&copy::contiguous(&repeated)?, &[batch, heads * share, rows, width])
        };
        Ok(Heads {
            query: wide(query)?,
            key: own(key)?,
            value: own(value)?,
            scale: scale_of(query, scale),
            share,
        })
    }

    /// Products of all heads' matrices.
    fn product(a: &Array, b: &Array) -> Result<Array> {
        let (&[batch, heads, rows, inner], &[_, _, _, columns]) = (a.sizes(), b.sizes()) else {
            return error::runtime("attention takes batches of heads");
        };
        let flat = |x: &Array, sizes: &[i64]| shape::view(&copy::contiguous(x)?, sizes);
        let a = flat(a, &[batch * heads, rows, inner])?;
        let b = flat(b, &[batch * heads, b.sizes().get(2).copied().unwrap_or(0), columns])?;
        shape::view(&matmul::bmm(&a, &b)?, &[batch, heads, rows, columns])
    }

    /// The output of values in half precision: weights are rounded to it before they are divided by their sum.
    fn rounded(&self, mask: Option<&Tensor>, causal: bool, dtype: Dtype) -> Result<Array> {
        let scores = self.scores(mask, causal)?;
        let most = reduce::extremum::amax(&scores, Some(&[-1]), true)?;
        let powers = unary::exp(&binary::sub(&scores, &most)?)?;
        let sums = reduce::sum::sum(&powers, Some(&[-1]), true, None)?;
        let powers = copy::cast(&copy::cast(&powers, dtype)?, Dtype::Float32)?;
        let output = binary::div(&Heads::product(&powers, &self.value)?, &sums)?;
        let nothing = unary::isnan(&output)?;
        index::mask::masked_fill(&output, &nothing, crate::array::Scalar::Int(0))
    }

    /// The attention of every query to every key.
    fn weights(&self, mask: Option<&Tensor>, causal: bool) -> Result<Array> {
        safe_softmax(&self.scores(mask, causal)?, -1)
    }

    /// Scaled and masked products of queries and keys.
    fn scores(&self, mask: Option<&Tensor>, causal: bool) -> Result<Array> {
        let scores = Heads::product(&self.query, &shape::transpose(&self.key, -2, -1)?)?;
        let mut scores = binary::mul(&scores, crate::array::Scalar::Float(self.scale))?;
        if let Some(mask) = mask {
            scores = copy::cast(&binary::add(&scores, &*mask.array())?, scores.dtype())?;
        }
        if causal {
            let mask = causal_mask(&Tensor::from(self.query.clone()), &Tensor::from(self.key.clone()))?;
            scores = binary::add(&scores, &*mask.array())?;
        }
        Ok(scores)
    }

    /// The gradient of repeated heads, summed to those that there were.
    fn shared(&self, grad: Array) -> Result<Array> {
        let (&[batch, heads, rows, width], true) = (grad.sizes(), self.share > 1) else {
            return Ok(grad);
        };
        let split = shape::view(&grad, &[batch, heads / self.share, self.share, rows, width])?;
        reduce::sum::sum(&split, Some(&[2]), false, None)
    }
}

/// The output in the query's memory order.
fn ordered_as(query: &Array, output: &Array) -> Result<Array> {
    let ordered = layout::zeros_like(query, output.dtype())?;
    copy::copy_into(&ordered, output)?;
    Ok(ordered)
}

ops! {
    /// Attention: softmax(query key^T scale + mask) value.
    ATTENTION = "scaled_dot_product_attention", "torch.nn.functional.scaled_dot_product_attention(torch.ones(1, 1, 2, 2), torch.ones(1, 1, 2, 2), torch.ones(1, 1, 2, 2))", [Overload::new(
        "scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None, float dropout_p=0.0, bool is_causal=False, *, float? scale=None, bool enable_gqa=False) -> Tensor",
        NAMESPACED,
        attend,
        Derivative::Composite,
    )];
    /// Attention as a composite, and the weights.
    ATTENTION_MATH = "_scaled_dot_product_attention_math", "torch._scaled_dot_product_attention_math(torch.ones(2, 2), torch.ones(2, 2), torch.ones(2, 2))[0]", [Overload::new(
        "_scaled_dot_product_attention_math(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None, float dropout_p=0.0, bool is_causal=False, Tensor? dropout_mask=None, *, float? scale=None, bool enable_gqa=False) -> (Tensor, Tensor)",
        FUNCTION,
        composite,
        Derivative::Composite,
    )];
    /// Attention of batches of heads as one node.
    FLASH_ATTENTION = "_scaled_dot_product_flash_attention_for_cpu", "torch.nn.functional.scaled_dot_product_attention(torch.ones(1, 1, 2, 2), torch.ones(1, 1, 2, 2), torch.ones(1, 1, 2, 2))", [Overload::new(
        "_scaled_dot_product_flash_attention_for_cpu(Tensor query, Tensor key, Tensor value, float dropout_p=0.0, bool is_causal=False, *, Tensor? attn_mask=None, float? scale=None) -> (Tensor output, Tensor logsumexp)",
        0,
        |a| {
            let heads = Heads::new(a.tensor(0)?, a.tensor(1)?, a.tensor(2)?, a.optional_float(6))?;
            let (dtype, mask, causal) = (a.tensor(0)?.dtype(), a.optional_tensor(5), a.bool(4)?);
            let output = match dtype.size() {
                2 => heads.rounded(mask, causal, dtype)?,
                _ => Heads::product(&heads.weights(mask, causal)?, &heads.value)?,
            };
            let output = ordered_as(&*a.array(0)?, &copy::cast(&output, dtype)?)?;
            // the sums of exponentials, which nothing reads: weights are computed once more on the way back
            let sizes = output.sizes().get(..3).unwrap_or(&[]);
            two((output.clone(), Array::zeros(sizes, heads.query.dtype())?))
        },
        Derivative::Node("ScaledDotProductFlashAttentionForCpuBackward0", &[
            joint("query, key, value", "query, key, value, result0, result1, attn_mask, is_causal, scale", |b| {
                let args = args![
                    b.grad()?,
                    b.tensor(0)?,
                    b.tensor(1)?,
                    b.tensor(2)?,
                    b.result(0)?,
                    b.result(1)?,
                    b.float(3)?,
                    b.bool(4)?,
                    b.optional_tensor(5)?,
                    scale_arg(b.args()?.optional_float(6))
                ];
                let tensor = |out: Arg| match out {
                    Arg::Tensor(tensor) => Some(tensor),
                    _ => None,
                };
                match FLASH_ATTENTION_BACKWARD.overloads.first() {
                    Some(overload) => Ok(overload.call(args)?.into_iter().map(tensor).collect()),
                    None => error::runtime("the attention's backward has no overloads"),
                }
            }),
            apart("attn_mask"),
        ]),
    ).outputs(1)];
    /// The gradients of attention.
    FLASH_ATTENTION_BACKWARD = "_scaled_dot_product_flash_attention_for_cpu_backward", "torch.nn.functional.scaled_dot_product_attention(torch.ones(1, 1, 2, 2), torch.ones(1, 1, 2, 2), torch.ones(1, 1, 2, 2))", [Overload::new(
        "_scaled_dot_product_flash_attention_for_cpu_backward(Tensor grad_out, Tensor query, Tensor key, Tensor value, Tensor out, Tensor logsumexp, float dropout_p, bool is_causal, *, Tensor? attn_mask=None, float? scale=None) -> (Tensor grad_query, Tensor grad_key, Tensor grad_value)",
        0,
        |a| {
            let heads = Heads::new(a.tensor(1)?, a.tensor(2)?, a.tensor(3)?, a.optional_float(9))?;
            let weights = heads.weights(a.optional_tensor(8), a.bool(7)?)?;
            let turned = |x: &Array| shape::transpose(x, -2, -1);
            let grad = copy::cast(&*a.array(0)?, weights.dtype())?;
            let to_value = heads.shared(Heads::product(&turned(&weights)?, &grad)?)?;
            let to_weights = Heads::product(&grad, &turned(&heads.value)?)?;
            let level = reduce::sum::sum(&binary::mul(&to_weights, &weights)?, Some(&[-1]), true, None)?;
            let to_scores = binary::mul(&weights, &binary::sub(&to_weights, &level)?)?;
            let to_scores = binary::mul(&to_scores, crate::array::Scalar::Float(heads.scale))?;
            let to_query = Heads::product(&to_scores, &heads.key)?;
            let to_key = heads.shared(Heads::product(&turned(&to_scores)?, &heads.query)?)?;
            let dtype = a.tensor(1)?.dtype();
            let given = |x: Array| Ok::<Arg, error::Error>(copy::cast(&x, dtype)?.into());
            Ok(smallvec![given(to_query)?, given(to_key)?, given(to_value)?])
        },
        Derivative::NotImplemented,
    )];
    /// Softmax that gives 0 where everything is minus infinity.
    SAFE_SOFTMAX = "_safe_softmax", "torch._safe_softmax(torch.tensor([1.0, 2.0]), 0)", [Overload::new(
        "_safe_softmax(Tensor self, int dim, ScalarType? dtype=None) -> Tensor",
        FUNCTION,
        |a| {
            let this = match a.dtype(2) {
                Some(dtype) => copy::cast(&*a.array(0)?, dtype)?,
                None => a.array(0)?.clone(),
            };
            one(safe_softmax(&this, a.int(1)?)?)
        },
        Derivative::Node("SafeSoftmaxBackward0", &[grad("self", "result, dim, self.sizes", |b| {
            super::named("_softmax_backward_data", args![b.grad()?, b.result(0)?, b.int(1)?, b.dtype(0)?])
        })]),
    )];
    /// The backend that attention would choose: 0 composite, 1 one node.
    FUSED_SDP_CHOICE = "_fused_sdp_choice", "torch._fused_sdp_choice(torch.ones(1, 1, 2, 2), torch.ones(1, 1, 2, 2), torch.ones(1, 1, 2, 2))", [Overload::new(
        "_fused_sdp_choice(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None, float dropout_p=0.0, bool is_causal=False, *, float? scale=None, bool enable_gqa=False) -> int",
        FUNCTION,
        |a| {
            let fits = takes(a.tensor(0)?, a.tensor(1)?, a.tensor(2)?, a.optional_tensor(3), a.bool(7)?);
            one(Arg::Int(i64::from(fits && a.float(4)? == 0.0 && is_fused())))
        },
        Derivative::NotDifferentiable,
    )];
}
