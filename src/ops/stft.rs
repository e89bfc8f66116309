//! Short-time Fourier transforms of signals, and back.

use super::argument::Args;
use super::fft::{c2c, c2r, r2c};
use super::one;
use super::op::*;
use super::pointwise::arithmetic::{div, mul};
use super::shape::strided::UNFOLD_BACKWARD;
use super::shape::{as_strided, cat, expand, slice, squeeze_dim, transpose, unsqueeze, view, view_as_real};
use crate::array::array::format_sizes;
use crate::array::{Array, Dtype, Result, Scalar, copy, error};
use crate::autograd::Tensor;
use crate::{args, overloads};

pub static OPS: &[&Op] = &[&STFT, &ISTFT];

pub(crate) static STFT: Op = Op {
    name: "stft",
    aliases: &[],
    help: "The Fourier transforms of overlapping windows of a signal.",
    example: "torch.stft(torch.ones(8), 4, return_complex=True, window=torch.ones(4))",
    overloads: overloads![
        Overload::new(
            "stft(Tensor self, int n_fft, int? hop_length=None, int? win_length=None, Tensor? window=None, bool normalized=False, bool? onesided=None, bool? return_complex=None, bool? align_to_window=None) -> Tensor",
            METHOD | FUNCTION | HIDDEN,
            |a| one(short_time(a, None, 5)?),
            Derivative::Composite
        ),
        Overload::new(
            "stft.center(Tensor self, int n_fft, int? hop_length=None, int? win_length=None, Tensor? window=None, bool center=True, str pad_mode=\"reflect\", bool normalized=False, bool? onesided=None, bool? return_complex=None, bool? align_to_window=None) -> Tensor",
            FUNCTION | METHOD,
            |a| one(short_time(a, Some((a.bool(5)?, a.str(6)?)), 7)?),
            Derivative::Composite
        )
    ],
};

pub(crate) static ISTFT: Op = Op {
    name: "istft",
    aliases: &[],
    help: "The signal of which stft made the transforms.",
    example: "torch.istft(torch.ones(3, 3, dtype=torch.complex64), 4, window=torch.ones(4))",
    overloads: overloads![Overload::new(
        "istft(Tensor self, int n_fft, int? hop_length=None, int? win_length=None, Tensor? window=None, bool center=True, bool normalized=False, bool? onesided=None, int? length=None, bool return_complex=False) -> Tensor",
        FUNCTION | METHOD,
        |a| one(inverse_short_time(a)?),
        Derivative::Composite
    )],
};

/// The window, centred in n_fft elements.
fn window(a: &Args, n_fft: i64, length: i64, dtype: Dtype) -> Result<Option<Tensor>> {
    let given = a.optional_tensor(4);
    if given.is_none() && length == n_fft {
        return Ok(None);
    }
    let window = match given {
        Some(window) => window.clone(),
        None => copy::full(&[length], Scalar::Int(1), dtype)?.into(),
    };
    if length == n_fft {
        return Ok(Some(window));
    }
    let left = (n_fft - length) / 2;
    let before: Tensor = Array::zeros(&[left], window.dtype())?.into();
    let after: Tensor = Array::zeros(&[n_fft - length - left], window.dtype())?.into();
    Ok(Some(cat(&[before, window, after], 0)?))
}

fn short_time(a: &Args, centered: Option<(bool, &str)>, from: usize) -> Result<Tensor> {
    let (this, n_fft) = (a.tensor(0)?, a.int(1)?);
    let hop = a.optional_int(2).unwrap_or(n_fft / 4);
    let length = a.optional_int(3).unwrap_or(n_fft);
    let normalized = a.bool(from)?;
    let given = a.optional_tensor(4);
    let complex_input = this.dtype().is_complex() || given.is_some_and(|window| window.dtype().is_complex());
    let onesided = a.optional_bool(from + 1).unwrap_or(!complex_input);
    let Some(return_complex) = a.optional_bool(from + 2).or(complex_input.then_some(true)) else {
        return error::runtime(
            "stft requires the return_complex parameter be given for real inputs, and will further require that return_complex=True in a future PyTorch release.",
        );
    };
    let mut signal = if this.dim() == 1 {
        unsqueeze(this, 0)?
    } else {
        this.clone()
    };
    if !this.dtype().is_differentiable() || !matches!(this.dim(), 1 | 2) {
        return error::runtime(format!(
            "stft(torch.{}Tensor{}, n_fft={n_fft}, hop_length={hop}, win_length={length}, window=torch.FloatTensor{{[{length}]}}, normalized={}, onesided=None, return_complex=1) : expected a tensor of floating point or complex values",
            this.dtype().scalar_type(),
            format_sizes(&this.sizes()),
            i32::from(normalized)
        ));
    }
    if let Some((true, mode)) = centered {
        signal = padded(&signal, n_fft / 2, mode)?;
    }
    let total = signal.sizes().last().copied().unwrap_or(0);
    if n_fft <= 0 || n_fft > total {
        return error::runtime(format!(
            "stft(...) : expected 0 < n_fft < {total}, but got n_fft={n_fft}"
        ));
    }
    if hop <= 0 {
        return error::runtime(format!("stft(...) : expected hop_length > 0, but got hop_length={hop}"));
    }
    if length <= 0 || length > n_fft {
        return error::runtime(format!(
            "stft(...) : expected 0 < win_length <= n_fft, but got win_length={length}"
        ));
    }
    if let Some(window) = given
        && (window.dim() != 1 || window.numel() as i64 != length)
    {
        return error::runtime(format!(
            "stft(...) : expected a 1D window tensor of size equal to win_length={length}, but got window with size {}",
            format_sizes(&window.sizes())
        ));
    }
    let frames = 1 + (total - n_fft) / hop;
    let (sizes, strides, offset) = {
        let array = signal.array();
        let (batch, step) = (
            array.strides().first().copied().unwrap_or(0),
            array.strides().last().copied().unwrap_or(1),
        );
        let sizes = [array.sizes().first().copied().unwrap_or(1), frames, n_fft];
        (sizes, [batch, hop * step, step], array.offset())
    };
    let mut pieces = as_strided(&signal, &sizes, &strides, offset)?;
    if let Some(window) = window(a, n_fft, length, this.dtype().to_real())? {
        pieces = mul(&pieces, &window)?;
    }
    let scaling = i64::from(normalized);
    let spectrum = if pieces.dtype().is_complex() {
        c2c(&pieces, &[2], scaling, true)?
    } else {
        r2c(&pieces, &[2], scaling, onesided)?
    };
    let mut result = transpose(&spectrum, 1, 2)?;
    if this.dim() == 1 {
        result = squeeze_dim(&result, 0)?;
    }
    if return_complex {
        Ok(result)
    } else {
        view_as_real(&result)
    }
}

/// A batch of signals with so many elements more at both ends.
fn padded(signal: &Tensor, width: i64, mode: &str) -> Result<Tensor> {
    let total = signal.sizes().last().copied().unwrap_or(0);
    if mode == "constant" {
        let mut sizes = signal.sizes();
        if let Some(last) = sizes.last_mut() {
            *last = width;
        }
        let zeros: Tensor = Array::zeros(&sizes, signal.dtype())?.into();
        return cat(&[zeros.clone(), signal.clone(), zeros], -1);
    }
    if width >= total && mode == "reflect" {
        return error::runtime(format!(
            "Argument #4: Padding size should be less than the corresponding input dimension, but got: padding ({width}, {width}) at dimension 2 of input {}",
            format_sizes(&[1, signal.sizes().first().copied().unwrap_or(1), total])
        ));
    }
    let source: Vec<i64> = (-width..total + width)
        .map(|i| match mode {
            "replicate" => i.clamp(0, total - 1),
            "circular" => i.rem_euclid(total),
            _ if i < 0 => -i,
            _ if i >= total => 2 * (total - 1) - i,
            _ => i,
        })
        .collect();
    let index: Tensor = Array::from_vec(&[source.len() as i64], &source)?.into();
    super::indexing::index_select(signal, 1, &index)
}

fn inverse_short_time(a: &Args) -> Result<Tensor> {
    let (this, n_fft) = (a.tensor(0)?, a.int(1)?);
    let hop = a.optional_int(2).unwrap_or(n_fft / 4);
    let length = a.optional_int(3).unwrap_or(n_fft);
    let (center, normalized, wanted, return_complex) = (a.bool(5)?, a.bool(6)?, a.optional_int(8), a.bool(9)?);
    if !this.dtype().is_complex() {
        return error::runtime(
            "istft requires a complex-valued input tensor matching the output from stft with return_complex=True.",
        );
    }
    let dims = this.dim();
    if !matches!(dims, 2 | 3) || this.numel() == 0 {
        return error::runtime("istft(...) : expected a tensor with 3 or 4 dimensions");
    }
    let input = if dims == 2 { unsqueeze(this, 0)? } else { this.clone() };
    let sizes = input.sizes();
    let (bins, frames) = (sizes.get(1).copied().unwrap_or(0), sizes.get(2).copied().unwrap_or(0));
    let onesided = a.optional_bool(7).unwrap_or(bins != n_fft);
    let expected_bins = if onesided { n_fft / 2 + 1 } else { n_fft };
    if bins != expected_bins {
        return error::runtime(format!(
            "istft(...) : expected the frequency dimension (3rd to the last) of the input tensor to match {} when onesided={}, but got {bins}",
            if onesided { "n_fft / 2 + 1" } else { "n_fft" },
            if onesided { "True" } else { "False" }
        ));
    }
    let total = n_fft + hop * (frames - 1);
    let real_dtype = this.dtype().to_real();
    let window: Tensor = match window(a, n_fft, length, real_dtype)? {
        Some(window) => window,
        None => copy::full(&[n_fft], Scalar::Int(1), real_dtype)?.into(),
    };
    let input = transpose(&input, 1, 2)?;
    let scaling = if normalized { 1 } else { 2 };
    let pieces = if return_complex {
        c2c(&input, &[2], scaling, false)?
    } else {
        let half = if onesided {
            input
        } else {
            slice(&input, -1, Some(0), Some(n_fft / 2 + 1), 1)?
        };
        c2r(&half, &[2], scaling, n_fft)?
    };
    let batch = sizes.first().copied().unwrap_or(1);
    let weighted = mul(&pieces, &view(&window, &[1, 1, n_fft])?)?;
    let overlap = |pieces: &Tensor, batch: i64| {
        UNFOLD_BACKWARD.overloads[0].call_one(args![pieces, [batch, total].as_slice(), 1i64, n_fft, hop])
    };
    let sum = overlap(&weighted, batch)?;
    let squares = expand(&mul(&window, &window)?, &[1, frames, n_fft])?;
    let envelope = overlap(&squares, 1)?;
    let start = if center { n_fft / 2 } else { 0 };
    let end = match wanted {
        Some(wanted) => start + wanted,
        None if center => total - n_fft / 2,
        None => total,
    };
    let part = |x: &Tensor| slice(x, 1, Some(start), Some(end.min(total)), 1);
    let (sum, envelope) = (part(&sum)?, part(&envelope)?);
    let least = copy::elements(&envelope.array())
        .iter()
        .map(|x| x.to_f64().abs())
        .fold(f64::INFINITY, f64::min);
    if least <= 1e-11 {
        return error::runtime("istft(...) window overlap add min: 1\n[ CPUBoolType{} ]");
    }
    let mut result = div(&sum, &envelope)?;
    if end > total {
        let mut sizes = result.sizes();
        if let Some(slot) = sizes.get_mut(1) {
            *slot = end - total;
        }
        let zeros: Tensor = Array::zeros(&sizes, result.dtype())?.into();
        result = cat(&[result, zeros], 1)?;
    }
    if dims == 2 { squeeze_dim(&result, 0) } else { Ok(result) }
}
