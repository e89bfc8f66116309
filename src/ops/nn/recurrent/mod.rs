//! Recurrent layers: composites of other ops, step by step; LSTM layers in single precision are one node, as PyTorch's.

pub mod cell;
pub mod fused;
pub mod layer;
pub mod packed;
pub mod padded;

use crate::array::{Result, error};
use crate::autograd::Tensor;
use crate::ops::formula::*;

/// Which cell.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Lstm,
    Gru,
    Tanh,
    Relu,
}

/// The weights of one layer in one direction.
#[derive(Clone)]
struct Weights {
    input: Tensor,
    hidden: Tensor,
    input_bias: Option<Tensor>,
    hidden_bias: Option<Tensor>,
    projection: Option<Tensor>,
}

/// Hidden state, and cell state of an LSTM.
#[derive(Clone)]
struct State {
    hidden: Tensor,
    cell: Option<Tensor>,
}

fn linear(input: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> Result<Tensor> {
    call1(&super::linear::LINEAR, args![input, weight, bias])
}

impl Weights {
    /// The weights that `params` lists, layer by layer, direction by direction.
    fn gather(params: &[Tensor], biases: bool, projections: bool) -> Result<Vec<Weights>> {
        let count = 2 + 2 * usize::from(biases) + usize::from(projections);
        if !params.len().is_multiple_of(count) {
            return error::runtime("got an incorrect number of RNN parameters");
        }
        Ok(params
            .chunks(count)
            .filter_map(|part| {
                let (input, rest) = part.split_first()?;
                let (hidden, rest) = rest.split_first()?;
                Some(Weights {
                    input: input.clone(),
                    hidden: hidden.clone(),
                    input_bias: rest.first().filter(|_| biases).cloned(),
                    hidden_bias: rest.get(1).filter(|_| biases).cloned(),
                    projection: rest.last().filter(|_| projections).cloned(),
                })
            })
            .collect())
    }

    /// The input's part of the gates.
    fn of_input(&self, input: &Tensor) -> Result<Tensor> {
        linear(input, &self.input, self.input_bias.as_ref())
    }

    /// The hidden state's part of the gates.
    fn of_hidden(&self, hidden: &Tensor) -> Result<Tensor> {
        linear(hidden, &self.hidden, self.hidden_bias.as_ref())
    }
}

impl State {
    /// Rows `start..end` of the batch.
    fn rows(&self, start: i64, end: i64) -> Result<State> {
        let part = |tensor: &Tensor| narrow(tensor, 0, start, end - start);
        Ok(State {
            hidden: part(&self.hidden)?,
            cell: self.cell.as_ref().map(part).transpose()?,
        })
    }

    /// Batches one after another.
    fn joined(states: &[State]) -> Result<State> {
        let hidden: Vec<Tensor> = states.iter().map(|state| state.hidden.clone()).collect();
        let cells: Option<Vec<Tensor>> = states.iter().map(|state| state.cell.clone()).collect();
        Ok(State {
            hidden: cat(&hidden, 0)?,
            cell: cells.map(|cells| cat(&cells, 0)).transpose()?,
        })
    }
}

/// The tensors of a result that is a list.
fn chunks(tensor: &Tensor, count: i64) -> Result<Vec<Tensor>> {
    let op = crate::ops::find("unsafe_chunk").and_then(|op| op.overloads.first());
    let Some(chunk) = op else {
        return error::not_implemented("gradshell does not support unsafe_chunk yet");
    };
    match chunk.call(args![tensor, count, 1])?.into_iter().next() {
        Some(Arg::Tensors(list)) => Ok(list.iter().flatten().cloned().collect()),
        _ => error::runtime("unsafe_chunk gives no list"),
    }
}

impl Kind {
    /// One step, from the input's part of the gates.
    fn step(self, gates: &Tensor, state: &State, weights: &Weights) -> Result<State> {
        let recurrent = weights.of_hidden(&state.hidden)?;
        let only = |hidden| Ok(State { hidden, cell: None });
        match self {
            Kind::Tanh => only(tanh(add(&recurrent, gates)?)?),
            Kind::Relu => only(crate::ops::activation::piecewise::relu(add(&recurrent, gates)?)?),
            Kind::Gru => {
                let (own, recurrent) = (chunks(gates, 3)?, chunks(&recurrent, 3)?);
                let ([r, z, n], [hr, hz, hn]) = (&own[..], &recurrent[..]) else {
                    return error::runtime("gru gates do not come in three parts");
                };
                let reset = sigmoid(add(hr, r)?)?;
                let update = sigmoid(add(hz, z)?)?;
                let new = tanh(add(n, mul(hn, &reset)?)?)?;
                only(add(mul(sub(&state.hidden, &new)?, &update)?, &new)?)
            }
            Kind::Lstm => {
                let parts = chunks(&add(&recurrent, gates)?, 4)?;
                let ([input, forget, cell, output], Some(before)) = (&parts[..], &state.cell) else {
                    return error::runtime("lstm gates do not come in four parts");
                };
                let (input, forget) = (sigmoid(input)?, sigmoid(forget)?);
                let (cell, output) = (tanh(cell)?, sigmoid(output)?);
                let after = add(mul(&forget, before)?, mul(&input, &cell)?)?;
                let mut hidden = mul(&output, tanh(&after)?)?;
                if let Some(projection) = &weights.projection {
                    hidden = crate::ops::blas::matmul(&hidden, &t(projection)?)?;
                }
                Ok(State {
                    hidden,
                    cell: Some(after),
                })
            }
        }
    }
}
