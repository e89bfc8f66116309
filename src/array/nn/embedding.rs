//! Rows of a table by index, one by one or in bags.

use super::super::array::Array;
use super::super::copy;
use super::super::dtype::Dtype;
use super::super::error::{self, Result};
use super::super::lane::Lane;
use super::super::unary::unsupported;
use super::{Real, in_precision, indices};

/// How often each row is named.
fn counts(named: &[i64], rows: usize) -> Vec<u32> {
    let mut counts = vec![0; rows];
    for &row in named {
        if let Some(count) = counts.get_mut(row as usize) {
            *count += 1;
        }
    }
    counts
}

/// Adds the gradients of picked rows up in their table of `rows` rows. Row `skipped` gets none; with `scaled` a row's
/// gradient is divided by how often it was picked.
pub fn embedding_backward(grad: &Array, picked: &Array, rows: usize, skipped: i64, scaled: bool) -> Result<Array> {
    in_precision!(
        grad,
        "embedding_backward",
        add_rows(grad, picked, rows, skipped, scaled)
    )
}

fn add_rows<T: Real>(grad: &Array, picked: &Array, rows: usize, skipped: i64, scaled: bool) -> Result<Array> {
    let width = grad.sizes().last().copied().unwrap_or(0).max(0);
    let table = Array::zeros(&[rows as i64, width], T::DTYPE)?;
    let width = width as usize;
    let result = table.fresh_slice_mut::<T>();
    let (grads, picked) = (copy::lanes::<T>(grad)?, indices(picked)?);
    let counts = if scaled { counts(&picked, rows) } else { Vec::new() };
    if width == 0 {
        return copy::into_dtype(table, grad.dtype());
    }
    for (grad, &row) in grads.chunks(width).zip(picked.iter()) {
        if row == skipped || row < 0 || row as usize >= rows {
            continue;
        }
        let scale = counts
            .get(row as usize)
            .map(|&count| T::from_f64(1.0 / f64::from(count)));
        let sums = &mut result[row as usize * width..(row as usize + 1) * width];
        for (sum, &x) in sums.iter_mut().zip(grad) {
            *sum += scale.map_or(x, |scale| x * scale);
        }
    }
    copy::into_dtype(table, grad.dtype())
}

/// How the rows of a bag become one.
#[derive(Clone, Copy, PartialEq)]
pub enum Mode {
    Sum,
    Mean,
    Max,
}

/// Bags of rows: bag b takes the indices from `offsets[b]` up to the next bag's.
#[derive(Clone, Copy)]
pub struct Bags<'a> {
    pub indices: &'a Array,
    pub offsets: &'a Array,
    pub mode: Mode,
    /// A factor for each index.
    pub weights: Option<&'a Array>,
    /// The last offset is the end of the last bag, not the start of one more.
    pub closed: bool,
    /// An index that stands for nothing; negative if there is none.
    pub padding: i64,
}

/// What `bag` gives: the rows of bags, the bag of each index, the sizes of bags, and where maxima came from.
pub struct Bagged {
    pub output: Array,
    pub bag_of: Array,
    pub sizes: Array,
    pub maxima: Array,
}

impl Bags<'_> {
    /// Starts of bags.
    fn starts(&self) -> Result<(std::borrow::Cow<'_, [i64]>, usize)> {
        let offsets = indices(self.offsets)?;
        let bags = offsets.len().saturating_sub(usize::from(self.closed));
        Ok((offsets, bags))
    }

    /// The bag of each index. Indices after the last offset belong to the last bag.
    fn bag_of(&self) -> Result<Vec<i64>> {
        let (offsets, bags) = self.starts()?;
        let mut bag = 0;
        Ok((0..self.indices.numel() as i64)
            .map(|at| {
                while bag + 1 < bags && offsets[bag + 1] <= at {
                    bag += 1;
                }
                bag as i64
            })
            .collect())
    }
}

/// The rows of every bag of `table`, as one.
pub fn bag(table: &Array, bags: Bags) -> Result<Bagged> {
    in_precision!(table, "embedding_bag", bag_of(table, bags))
}

fn bag_of<T: Real>(table: &Array, bags: Bags) -> Result<Bagged> {
    let &[rows, width] = table.sizes() else {
        return error::runtime("'weight' must be 2-D");
    };
    let width = width as usize;
    let (offsets, count) = bags.starts()?;
    let named = indices(bags.indices)?;
    let fast = table.dtype() != Dtype::Float64 && bags.padding < 0 && bags.mode != Mode::Max;
    if let Some((at, row)) = named.iter().enumerate().find(|(_, row)| !(0..rows).contains(*row)) {
        return error::runtime(match fast {
            true => format!("Index {at} of input takes value {row} which is not in the valid range [0, {rows})"),
            false => {
                format!("embedding_bag: Expected idx >= 0 && idx < num_embeddings but found idx to be {row}")
            }
        });
    }
    let values = copy::lanes::<T>(table)?;
    let weights = bags.weights.map(copy::lanes::<T>).transpose()?;
    let bag_of = bags.bag_of()?;
    let output = Array::zeros(&[count as i64, width as i64], T::DTYPE)?;
    let result = output.fresh_slice_mut::<T>();
    let mut sizes = vec![0i64; count];
    let is_max = bags.mode == Mode::Max;
    let mut maxima = vec![0i64; if is_max { count * width } else { 0 }];
    // the fast way ends the last bag at its offset
    let end = match (fast && bags.closed, offsets.last()) {
        (true, Some(&last)) => last as usize,
        _ => named.len(),
    };
    for (at, (&row, &bag)) in named.iter().zip(&bag_of).enumerate() {
        let bag = bag as usize;
        if row == bags.padding || bag >= count {
            continue;
        }
        let first = sizes[bag] == 0;
        sizes[bag] += 1;
        if at >= end {
            continue;
        }
        let source = &values[row as usize * width..(row as usize + 1) * width];
        let sums = &mut result[bag * width..(bag + 1) * width];
        match (&weights, is_max) {
            (_, true) => {
                let places = &mut maxima[bag * width..(bag + 1) * width];
                for ((best, &x), place) in sums.iter_mut().zip(source).zip(places) {
                    if first || x > *best {
                        (*best, *place) = (x, row);
                    }
                }
            }
            (Some(weights), _) => sums
                .iter_mut()
                .zip(source)
                .for_each(|(sum, &x)| *sum += x * weights[at]),
            (None, _) => sums.iter_mut().zip(source).for_each(|(sum, &x)| *sum += x),
        }
    }
    if bags.mode == Mode::Mean && width > 0 {
        for (row, &size) in result.chunks_mut(width).zip(&sizes) {
            let size = T::from_f64(size.max(1) as f64);
            row.iter_mut().for_each(|x| *x = *x / size);
        }
    }
    let hidden = fast && bags.mode == Mode::Sum;
    if bags.mode == Mode::Sum {
        // PyTorch does not count here
        sizes = vec![0; if hidden { offsets.len() } else { count }];
    }
    let sizes = Array::from_vec(&[sizes.len() as i64], &sizes)?;
    Ok(Bagged {
        output: copy::into_dtype(output, table.dtype())?,
        bag_of: Array::from_vec(
            &[if hidden { 0 } else { bag_of.len() as i64 }],
            if hidden { &[] } else { &bag_of[..] },
        )?,
        maxima: match is_max {
            true => Array::from_vec(&[count as i64, width as i64], &maxima)?,
            false => sizes.clone(),
        },
        sizes,
    })
}

/// The gradient of `bag` for its table.
pub fn bag_backward(grad: &Array, bags: Bags, maxima: &Array, rows: usize, scaled: bool) -> Result<Array> {
    in_precision!(grad, "embedding_bag_backward", spread(grad, bags, maxima, rows, scaled))
}

fn spread<T: Real>(grad: &Array, bags: Bags, maxima: &Array, rows: usize, scaled: bool) -> Result<Array> {
    let width = grad.sizes().last().copied().unwrap_or(0);
    let table = Array::zeros(&[rows as i64, width], T::DTYPE)?;
    let width = width as usize;
    let result = table.fresh_slice_mut::<T>();
    let (grads, named) = (copy::lanes::<T>(grad)?, indices(bags.indices)?);
    let weights = bags.weights.map(copy::lanes::<T>).transpose()?;
    let bag_of = bags.bag_of()?;
    let (_, count) = bags.starts()?;
    let mut sizes = vec![0u32; count];
    for (&row, &bag) in named.iter().zip(&bag_of) {
        if let Some(size) = sizes.get_mut(bag as usize).filter(|_| row != bags.padding) {
            *size += 1;
        }
    }
    if bags.mode == Mode::Max {
        let maxima = indices(maxima)?;
        for (bag, _) in sizes.iter().enumerate().filter(|(_, size)| **size > 0) {
            for column in 0..width {
                let at = bag * width + column;
                result[maxima[at] as usize * width + column] += grads[at];
            }
        }
        return copy::into_dtype(table, grad.dtype());
    }
    let counts = if scaled { counts(&named, rows) } else { Vec::new() };
    for (at, (&row, &bag)) in named.iter().zip(&bag_of).enumerate() {
        let bag = bag as usize;
        if row == bags.padding || bag >= count {
            continue;
        }
        let mut scale = 1.0;
        if let Some(&count) = counts.get(row as usize) {
            scale /= f64::from(count);
        }
        if bags.mode == Mode::Mean {
            scale /= f64::from(sizes[bag].max(1));
        }
        let mut scale = T::from_f64(scale);
        if let Some(weights) = &weights {
            scale *= weights[at];
        }
        let source = &grads[bag * width..(bag + 1) * width];
        let sums = &mut result[row as usize * width..(row as usize + 1) * width];
        sums.iter_mut().zip(source).for_each(|(sum, &x)| *sum += x * scale);
    }
    copy::into_dtype(table, grad.dtype())
}

/// The gradient of `bag` for the factors of indices.
pub fn bag_weights_backward(grad: &Array, table: &Array, bags: Bags) -> Result<Array> {
    in_precision!(
        table,
        "_embedding_bag_per_sample_weights_backward_cpu",
        weigh(grad, table, bags)
    )
}

fn weigh<T: Real>(grad: &Array, table: &Array, bags: Bags) -> Result<Array> {
    let (grads, values, named) = (
        copy::lanes::<T>(grad)?,
        copy::lanes::<T>(table)?,
        indices(bags.indices)?,
    );
    let width = grad.sizes().last().copied().unwrap_or(0) as usize;
    let (_, count) = bags.starts()?;
    let products: Vec<T> = named
        .iter()
        .zip(bags.bag_of()?)
        .map(|(&row, bag)| {
            let bag = bag as usize;
            if row == bags.padding || bag >= count {
                return T::default();
            }
            let pairs = grads[bag * width..(bag + 1) * width]
                .iter()
                .zip(&values[row as usize * width..]);
            pairs.fold(T::default(), |sum, (&x, &y)| sum + x * y)
        })
        .collect();
    copy::cast(&Array::from_vec(&[products.len() as i64], &products)?, grad.dtype())
}

/// Scales the named rows of a table whose norm exceeds `limit` down to it; gives the whole table.
pub fn renormed(table: &Array, named: &Array, limit: f64, power: f64) -> Result<Array> {
    fn rows<T: Real>(table: &Array, named: &Array, limit: f64, power: f64) -> Result<Array> {
        let width = table.sizes().last().copied().unwrap_or(0) as usize;
        let out = copy::clone(&copy::as_lane::<T>(table)?)?;
        let result = out.fresh_slice_mut::<T>();
        let mut named = indices(named)?.into_owned();
        named.sort_unstable();
        named.dedup();
        for row in named {
            let Some(row) = usize::try_from(row)
                .ok()
                .and_then(|row| result.get_mut(row * width..(row + 1) * width))
            else {
                return error::index("index out of range in self");
            };
            let norm = norm(row, power);
            if norm > limit {
                let scale = T::from_f64(limit / (norm + 1e-7));
                row.iter_mut().for_each(|x| *x *= scale);
            }
        }
        copy::into_dtype(out, table.dtype())
    }
    in_precision!(table, "embedding_renorm", rows(table, named, limit, power))
}

/// The p-norm of a row, rounded to its precision.
fn norm<T: Real>(row: &[T], power: f64) -> f64 {
    let values = row.iter().map(|x| x.to_f64().abs());
    let norm = if power == f64::INFINITY {
        values.fold(0.0, f64::max)
    } else if power == 0.0 {
        values.filter(|x| *x != 0.0).count() as f64
    } else if power == 2.0 {
        values.map(|x| x * x).sum::<f64>().sqrt()
    } else {
        values.map(|x| x.powf(power)).sum::<f64>().powf(1.0 / power)
    };
    T::from_f64(norm).to_f64()
}

/// A row of zeros with a one at each class.
pub fn one_hot(classes: &Array, width: i64) -> Result<Array> {
    if classes.dtype() != Dtype::Int64 {
        return unsupported("one_hot", classes.dtype());
    }
    let mut sizes: super::super::array::Dims = classes.sizes().into();
    sizes.push(width);
    let out = Array::zeros(&sizes, Dtype::Int64)?;
    let result = out.fresh_slice_mut::<i64>();
    for (at, &class) in indices(classes)?.iter().enumerate() {
        if let Some(place) = result.get_mut(at * width as usize + class as usize) {
            *place = i64::take(1i64);
        }
    }
    Ok(out)
}
