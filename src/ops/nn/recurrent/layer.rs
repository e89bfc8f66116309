//! Stacks of recurrent layers, over sequences of one length or packed.

use super::{Kind, State, Weights, fused};
use crate::array::{Dims, Dtype, Result, copy, error};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;
use crate::ops::shape::{stack, unbind};

/// How layers are stacked.
struct Stack {
    kind: Kind,
    layers: usize,
    /// Probability; 0 without training.
    dropout: f64,
    bidirectional: bool,
}

/// What layers run over.
enum Sequence<'a> {
    /// [steps, batch, features].
    Full,
    /// Rows of all steps one after another, so many a step.
    Packed(&'a [i64]),
}

const EMPTY: &str = "Expected sequence length to be larger than 0 in RNN";

/// One layer in one direction: its outputs in order of time, its last state.
fn run(
    kind: Kind,
    input: &Tensor,
    sequence: &Sequence,
    state: &State,
    weights: &Weights,
    backwards: bool,
) -> Result<(Tensor, State)> {
    let gates = weights.of_input(input)?;
    let steps = match sequence {
        Sequence::Full => unbind(&gates, 0)?,
        Sequence::Packed(sizes) => {
            return match backwards {
                false => packed(kind, &gates, sizes, state, weights),
                true => packed_backwards(kind, &gates, sizes, state, weights),
            };
        }
    };
    let mut state = state.clone();
    let mut outputs = Vec::with_capacity(steps.len());
    let mut step = |gates: &Tensor| {
        state = kind.step(gates, &state, weights)?;
        outputs.push(state.hidden.clone());
        Ok::<_, error::Error>(())
    };
    match backwards {
        false => steps.iter().try_for_each(&mut step)?,
        true => steps.iter().rev().try_for_each(&mut step)?,
    }
    if outputs.is_empty() {
        return error::runtime(EMPTY);
    }
    if backwards {
        outputs.reverse();
    }
    Ok((stack(&outputs, 0)?, state))
}

/// Batches shrink as sequences end; the states of those that ended are kept.
fn packed(kind: Kind, gates: &Tensor, sizes: &[i64], state: &State, weights: &Weights) -> Result<(Tensor, State)> {
    let (mut state, mut ended, mut outputs) = (state.clone(), Vec::new(), Vec::with_capacity(sizes.len()));
    let (mut start, mut last) = (0, sizes.first().copied().unwrap_or(0));
    for &size in sizes {
        let gates = narrow(gates, 0, start, size)?;
        start += size;
        if size < last {
            ended.push(state.rows(size, last)?);
            state = state.rows(0, size)?;
        }
        last = size;
        state = kind.step(&gates, &state, weights)?;
        outputs.push(state.hidden.clone());
    }
    ended.push(state);
    ended.reverse();
    Ok((cat(&outputs, 0)?, State::joined(&ended)?))
}

/// As `packed` from the last step on: batches grow as sequences start.
fn packed_backwards(
    kind: Kind,
    gates: &Tensor,
    sizes: &[i64],
    first: &State,
    weights: &Weights,
) -> Result<(Tensor, State)> {
    let mut last = sizes.last().copied().unwrap_or(0);
    let mut state = first.rows(0, last)?;
    let mut outputs = Vec::with_capacity(sizes.len());
    let mut end = sizes.iter().sum::<i64>();
    for &size in sizes.iter().rev() {
        if size > last {
            state = State::joined(&[state, first.rows(last, size)?])?;
        }
        let gates = narrow(gates, 0, end - size, size)?;
        end -= size;
        last = size;
        state = kind.step(&gates, &state, weights)?;
        outputs.push(state.hidden.clone());
    }
    outputs.reverse();
    Ok((cat(&outputs, 0)?, state))
}

impl Stack {
    fn directions(&self) -> usize {
        1 + usize::from(self.bidirectional)
    }

    /// The output of the last layer and the last states of all.
    fn run(
        &self,
        input: &Tensor,
        sequence: &Sequence,
        states: &[State],
        weights: &[Weights],
    ) -> Result<(Tensor, Vec<State>)> {
        let directions = self.directions();
        if states.len() != self.layers * directions {
            return error::runtime("Expected more hidden states in stacked_rnn");
        }
        if weights.len() != self.layers * directions {
            return error::runtime("Expected more weights in stacked_rnn");
        }
        let mut input = input.clone();
        let mut ends = Vec::with_capacity(states.len());
        let layers = states.chunks(directions).zip(weights.chunks(directions));
        for (layer, (states, weights)) in layers.enumerate() {
            let mut outputs = Vec::with_capacity(directions);
            for (direction, (state, weights)) in states.iter().zip(weights).enumerate() {
                let (output, end) = run(self.kind, &input, sequence, state, weights, direction == 1)?;
                outputs.push(output);
                ends.push(end);
            }
            input = self.layer_output(outputs, layer)?;
        }
        Ok((input, ends))
    }

    /// The outputs of both directions together, and dropout before the next layer.
    fn layer_output(&self, outputs: Vec<Tensor>, layer: usize) -> Result<Tensor> {
        let output = match &outputs[..] {
            [output] => output.clone(),
            outputs => cat(outputs, -1)?,
        };
        match self.dropout != 0.0 && layer + 1 < self.layers {
            true => super::super::named("dropout", args![output, self.dropout, true]),
            false => Ok(output),
        }
    }

    /// Layers as one node each.
    fn run_fused(&self, input: &Tensor, states: [&Tensor; 2], weights: &[Weights]) -> Result<(Tensor, Tensor, Tensor)> {
        let directions = self.directions();
        let mut input = input.clone();
        let (mut hiddens, mut cells) = (Vec::new(), Vec::new());
        for (layer, weights) in weights.chunks(directions).enumerate() {
            let mut outputs = Vec::with_capacity(directions);
            for (direction, weights) in weights.iter().enumerate() {
                let at = (layer * directions + direction) as i64;
                let state = |all: &Tensor| contiguous(&select(all, 0, at)?);
                let state = [state(states[0])?, state(states[1])?];
                let [output, hidden, cell] = fused::layer(&input, &state, weights, direction == 1)?;
                outputs.push(output);
                hiddens.push(hidden);
                cells.push(cell);
            }
            input = self.layer_output(outputs, layer)?;
        }
        Ok((input, stack(&hiddens, 0)?, stack(&cells, 0)?))
    }
}

/// The stack that arguments describe from `at` on: layers, dropout, train, bidirectional.
fn described(kind: Kind, a: &Args, at: usize) -> Result<Stack> {
    Ok(Stack {
        kind,
        layers: a.int(at)?.max(0) as usize,
        dropout: if a.bool(at + 2)? { a.float(at + 1)? } else { 0.0 },
        bidirectional: a.bool(at + 3)?,
    })
}

fn sizes_of(tensor: &Tensor) -> Result<Dims> {
    Ok(copy::elements(&tensor.array())
        .iter()
        .map(|size| size.to_i64())
        .collect())
}

fn turned_back(output: Tensor, batch_first: bool) -> Result<Tensor> {
    match batch_first {
        true => transpose_in_place(&output, 0, 1),
        false => Ok(output),
    }
}

fn steps_first(input: &Tensor, batch_first: bool) -> Result<Tensor> {
    match batch_first {
        true => transpose(input, 0, 1),
        false => Ok(input.clone()),
    }
}

/// Layers with one state: hidden [layers, batch, features].
fn simple(
    stack_of: &Stack,
    input: &Tensor,
    sequence: Sequence,
    hidden: &Tensor,
    weights: &[Weights],
) -> Result<(Tensor, Tensor)> {
    let states: Vec<State> = unbind(hidden, 0)?
        .into_iter()
        .map(|hidden| State { hidden, cell: None })
        .collect();
    let (output, ends) = stack_of.run(input, &sequence, &states, weights)?;
    let ends: Vec<Tensor> = ends.into_iter().map(|state| state.hidden).collect();
    Ok((output, stack(&ends, 0)?))
}

fn of_input(kind: Kind, a: &Args) -> Result<Outs> {
    let layers = described(kind, a, 4)?;
    let weights = Weights::gather(&a.tensors(2)?, a.bool(3)?, false)?;
    let batch_first = a.bool(8)?;
    let input = steps_first(a.tensor(0)?, batch_first)?;
    let (output, hidden) = simple(&layers, &input, Sequence::Full, a.tensor(1)?, &weights)?;
    two((turned_back(output, batch_first)?, hidden))
}

fn of_data(kind: Kind, a: &Args) -> Result<Outs> {
    let layers = described(kind, a, 5)?;
    let weights = Weights::gather(&a.tensors(3)?, a.bool(4)?, false)?;
    let sizes = sizes_of(a.tensor(1)?)?;
    two(simple(
        &layers,
        a.tensor(0)?,
        Sequence::Packed(&sizes),
        a.tensor(2)?,
        &weights,
    )?)
}

/// Hidden and cell states, and whether a projection makes them differ in width.
fn lstm_states(a: &Args, at: usize) -> Result<(Tensor, Tensor, bool)> {
    let states = a.tensors(at)?;
    let [hidden, cell] = &states[..] else {
        return error::runtime("lstm expects two hidden states");
    };
    let projected = hidden.sizes().get(2) != cell.sizes().get(2);
    Ok((hidden.clone(), cell.clone(), projected))
}

fn lstm(
    layers: &Stack,
    input: &Tensor,
    sequence: Sequence,
    hidden: &Tensor,
    cell: &Tensor,
    weights: &[Weights],
) -> Result<(Tensor, Tensor, Tensor)> {
    let states: Vec<State> = unbind(hidden, 0)?
        .into_iter()
        .zip(unbind(cell, 0)?)
        .map(|(hidden, cell)| State {
            hidden,
            cell: Some(cell),
        })
        .collect();
    let (output, ends) = layers.run(input, &sequence, &states, weights)?;
    let hidden: Vec<Tensor> = ends.iter().map(|state| state.hidden.clone()).collect();
    let cell: Vec<Tensor> = ends.into_iter().filter_map(|state| state.cell).collect();
    Ok((output, stack(&hidden, 0)?, stack(&cell, 0)?))
}

fn three((output, hidden, cell): (Tensor, Tensor, Tensor)) -> Result<Outs> {
    Ok(smallvec![output.into(), hidden.into(), cell.into()])
}

ops! {
    /// Layers of long short-term memories: output, last hidden and cell states.
    LSTM = "lstm", "torch.lstm(torch.ones(1, 1, 1), [torch.ones(1, 1, 1), torch.ones(1, 1, 1)], [torch.ones(4, 1), torch.ones(4, 1)], False, 1, 0.0, False, False, False)[0]", [
        Overload::new(
            "lstm.input(Tensor input, Tensor[] hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool batch_first) -> (Tensor, Tensor, Tensor)",
            FUNCTION,
            |a| {
                let layers = described(Kind::Lstm, a, 4)?;
                let (hidden, cell, projected) = lstm_states(a, 1)?;
                let weights = Weights::gather(&a.tensors(2)?, a.bool(3)?, projected)?;
                let (given, batch_first) = (a.tensor(0)?, a.bool(8)?);
                let input = steps_first(given, batch_first)?;
                let single = matches!(given.dtype(), Dtype::Float32 | Dtype::BFloat16);
                if single && given.numel() != 0 && !projected {
                    let (output, hidden, cell) = layers.run_fused(&contiguous(&input)?, [&hidden, &cell], &weights)?;
                    return three((steps_first(&output, batch_first)?, hidden, cell));
                }
                let (output, hidden, cell) = lstm(&layers, &input, Sequence::Full, &hidden, &cell, &weights)?;
                three((turned_back(output, batch_first)?, hidden, cell))
            },
            Derivative::Composite,
        ),
        Overload::new(
            "lstm.data(Tensor data, Tensor batch_sizes, Tensor[] hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional) -> (Tensor, Tensor, Tensor)",
            FUNCTION,
            |a| {
                let layers = described(Kind::Lstm, a, 5)?;
                let (hidden, cell, projected) = lstm_states(a, 2)?;
                let weights = Weights::gather(&a.tensors(3)?, a.bool(4)?, projected)?;
                let sizes = sizes_of(a.tensor(1)?)?;
                three(lstm(&layers, a.tensor(0)?, Sequence::Packed(&sizes), &hidden, &cell, &weights)?)
            },
            Derivative::Composite,
        ),
    ];
    /// Layers of gated recurrent units: output and last hidden states.
    GRU = "gru", "torch.gru(torch.ones(1, 1, 1), torch.ones(1, 1, 1), [torch.ones(3, 1), torch.ones(3, 1)], False, 1, 0.0, False, False, False)[0]", [
        Overload::new(
            "gru.input(Tensor input, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool batch_first) -> (Tensor, Tensor)",
            FUNCTION,
            |a| of_input(Kind::Gru, a),
            Derivative::Composite,
        ),
        Overload::new(
            "gru.data(Tensor data, Tensor batch_sizes, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional) -> (Tensor, Tensor)",
            FUNCTION,
            |a| of_data(Kind::Gru, a),
            Derivative::Composite,
        ),
    ];
    /// Recurrent layers with tanh: output and last hidden states.
    RNN_TANH = "rnn_tanh", "torch.rnn_tanh(torch.ones(1, 1, 1), torch.ones(1, 1, 1), [torch.ones(1, 1), torch.ones(1, 1)], False, 1, 0.0, False, False, False)[0]", [
        Overload::new(
            "rnn_tanh.input(Tensor input, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool batch_first) -> (Tensor, Tensor)",
            FUNCTION,
            |a| of_input(Kind::Tanh, a),
            Derivative::Composite,
        ),
        Overload::new(
            "rnn_tanh.data(Tensor data, Tensor batch_sizes, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional) -> (Tensor, Tensor)",
            FUNCTION,
            |a| of_data(Kind::Tanh, a),
            Derivative::Composite,
        ),
    ];
    /// Recurrent layers with relu: output and last hidden states.
    RNN_RELU = "rnn_relu", "torch.rnn_relu(torch.ones(1, 1, 1), torch.ones(1, 1, 1), [torch.ones(1, 1), torch.ones(1, 1)], False, 1, 0.0, False, False, False)[0]", [
        Overload::new(
            "rnn_relu.input(Tensor input, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool batch_first) -> (Tensor, Tensor)",
            FUNCTION,
            |a| of_input(Kind::Relu, a),
            Derivative::Composite,
        ),
        Overload::new(
            "rnn_relu.data(Tensor data, Tensor batch_sizes, Tensor hx, Tensor[] params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional) -> (Tensor, Tensor)",
            FUNCTION,
            |a| of_data(Kind::Relu, a),
            Derivative::Composite,
        ),
    ];
}
