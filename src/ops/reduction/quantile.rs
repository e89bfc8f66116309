//! Quantiles, composed of sort, gather and lerp.

use super::order::sort;
use crate::array::{Array, Dims, Dtype, Result, Scalar, copy, error, layout, order, unary};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;

ops! {
    /// Quantiles along a dimension or of all elements.
    QUANTILE = "quantile", "torch.quantile(torch.tensor([0.0, 1.0, 2.0]), 0.4)", [
        Overload::new(
            "quantile(Tensor self, Tensor q, int? dim=None, bool keepdim=False, *, str interpolation='linear') -> Tensor",
            FUNCTION | METHOD | OUT,
            |a| quantile(a, false),
            Composite,
        ).out_dtype(crate::ops::out::quantile),
        Overload::new(
            "quantile.scalar(Tensor self, float q, int? dim=None, bool keepdim=False, *, str interpolation='linear') -> Tensor",
            FUNCTION | METHOD | OUT,
            |a| quantile(a, false),
            Composite,
        ).out_dtype(crate::ops::out::quantile),
    ];
    /// Quantiles of the elements that are not nan.
    NANQUANTILE = "nanquantile", "torch.nanquantile(torch.tensor([0.0, float('nan'), 2.0]), 0.4)", [
        Overload::new(
            "nanquantile(Tensor self, Tensor q, int? dim=None, bool keepdim=False, *, str interpolation='linear') -> Tensor",
            FUNCTION | METHOD | OUT,
            |a| quantile(a, true),
            Composite,
        ).out_dtype(crate::ops::out::quantile),
        Overload::new(
            "nanquantile.scalar(Tensor self, float q, int? dim=None, bool keepdim=False, *, str interpolation='linear') -> Tensor",
            FUNCTION | METHOD | OUT,
            |a| quantile(a, true),
            Composite,
        ).out_dtype(crate::ops::out::quantile),
    ];
}

fn quantile(a: &Args, ignore_nan: bool) -> Result<Outs> {
    let this = a.tensor(0)?;
    let name = if ignore_nan { "nanquantile()" } else { "quantile()" };
    let (dim, keepdim, interpolation) = (a.optional_int(2), a.bool(3)?, a.str(4)?);
    let q = match a.get(1) {
        Arg::Tensor(q) => q.clone(),
        _ => {
            let q = a.float(1)?;
            if !(0.0..=1.0).contains(&q) {
                return error::runtime(format!(
                    "{name} q must be in the range [0, 1] but got {}",
                    crate::array::print::python_float(q)
                ));
            }
            copy::full(&[], Scalar::Float(q), this.dtype())?.into()
        }
    };
    // the kernel refuses what PyTorch refuses, with its words
    let checked = order::rank::quantile(&this.array(), &q.array(), dim, keepdim, interpolation, ignore_nan)?;
    if !this.requires_grad() && !q.requires_grad() {
        return one(checked);
    }
    let sizes = this.sizes();
    let dim = dim.map(|dim| layout::wrap_dim(dim, sizes.len())).transpose()?;
    let mut reduced: Dims = match (dim, keepdim) {
        (Some(_), _) => sizes.clone(),
        (None, true) => sizes.iter().map(|_| 1).collect(),
        (None, false) => Dims::new(),
    };
    if let Some(dim) = dim
        && dim < reduced.len()
    {
        if keepdim {
            reduced[dim] = 1;
        } else {
            reduced.remove(dim);
        }
    }
    let moved = match dim {
        None => reshape(this, &[-1])?,
        Some(dim) if dim + 1 >= sizes.len() => this.clone(),
        Some(dim) => transpose(&unsqueeze(this, -1)?, dim as i64, -1)?,
    };
    // one row of elements for each reduced element
    let mut rows = reduced.clone();
    let length = moved.sizes().last().copied().unwrap_or(1);
    rows.push(length);
    let moved = reshape(&moved, &rows)?;
    // a single quantile of contiguous rows is selected, not sorted for
    let in_place = dim.is_none_or(|dim| dim + 1 >= sizes.len() && q.dim() == 0 && !ignore_nan);
    let selects = q.numel() == 1 && in_place && this.array().is_contiguous();
    let (values, places) = if selects {
        let (_, places) = sort(&moved.detach(), -1)?;
        (moved, Some(places))
    } else {
        (sort(&moved, -1)?.0, None)
    };
    let take = |ranks: &Tensor| match &places {
        Some(places) => gather(&values, -1, &gather(places, -1, ranks)?),
        None => gather(&values, -1, ranks),
    };
    let sorted = match &places {
        Some(places) => gather(&values.detach(), -1, places)?,
        None => values.detach(),
    };
    let ranks = ranks(&sorted.array(), &q.array(), ignore_nan)?;
    let ranks = match interpolation {
        "lower" => unary::floor(&ranks)?,
        "higher" => unary::ceil(&ranks)?,
        "nearest" => unary::round(&ranks)?,
        _ => ranks,
    };
    let below: Tensor = copy::cast(&ranks, Dtype::Int64)?.into();
    let mut result = take(&below)?;
    if matches!(interpolation, "linear" | "midpoint") {
        let weights = if interpolation == "midpoint" {
            copy::full(ranks.sizes(), Scalar::Float(0.5), ranks.dtype())?
        } else {
            crate::array::binary::sub(&ranks, &*below.array())?
        };
        // the place between two elements varies with q
        let weights = if interpolation == "linear" && q.requires_grad() {
            let last = last_places(&sorted.array(), ignore_nan)?;
            sub(mul(&q, last)?, &below)?
        } else {
            weights.into()
        };
        let above: Tensor = copy::cast(&unary::ceil(&ranks)?, Dtype::Int64)?.into();
        result = lerp(&result, &take(&above)?, &weights)?;
    }
    if q.dim() == 0 {
        return one(squeeze_in_place(&result, -1)?);
    }
    one(squeeze_in_place(
        &transpose_in_place(&unsqueeze_in_place(&result, 0)?, 0, -1)?,
        -1,
    )?)
}

/// The place of the largest element of each row that counts, one a row.
fn last_places(values: &Array, ignore_nan: bool) -> Result<Tensor> {
    let length = values.sizes().last().copied().unwrap_or(1).max(1) as usize;
    let elements = copy::elements(values);
    let counted = |row: &[Scalar]| {
        let nans = row.iter().filter(|element| element.to_f64().is_nan()).count();
        (length - if ignore_nan { nans } else { 0 }) as f64 - 1.0
    };
    let places: Vec<f64> = elements.chunks(length).map(|row| counted(row).max(0.0)).collect();
    let mut sizes = Dims::from(values.sizes());
    if let Some(size) = sizes.last_mut() {
        *size = 1;
    }
    Ok(copy::cast(&Array::from_vec(&sizes, &places)?, values.dtype())?.into())
}

/// The places, with fractions, of the quantiles among each row of sorted elements.
fn ranks(values: &Array, q: &Array, ignore_nan: bool) -> Result<Array> {
    let q = copy::elements(q);
    let length = values.sizes().last().copied().unwrap_or(1).max(1) as usize;
    let elements = copy::elements(values);
    let single = values.dtype() == Dtype::Float32;
    let mut ranks = Vec::new();
    for row in elements.chunks(length) {
        let nans = row.iter().filter(|element| element.to_f64().is_nan()).count();
        let last = (length - 1) as f64;
        for q in &q {
            let q = q.to_f64();
            let place = |last: f64| {
                if single {
                    (q as f32 * last as f32) as f64
                } else {
                    q * last
                }
            };
            ranks.push(match (ignore_nan, nans) {
                (true, nans) => place((length - nans) as f64 - 1.0).max(0.0),
                (false, 0) => place(last),
                (false, _) => last,
            });
        }
    }
    let mut sizes = Dims::from(values.sizes());
    if let Some(size) = sizes.last_mut() {
        *size = q.len() as i64;
    }
    copy::cast(&Array::from_vec(&sizes, &ranks)?, values.dtype())
}
