//! Single steps of recurrent layers.

use super::{Kind, State, Weights};
use crate::array::{Result, error};
use crate::autograd::Tensor;
use crate::ops;
use crate::ops::formula::*;
use crate::ops::op::*;

/// One step of a cell whose weights stand at argument 2 and following.
fn step(kind: Kind, a: &Args, state: State) -> Result<State> {
    let input = a.tensor(0)?;
    let weights = Weights {
        input: a.tensor(2)?.clone(),
        hidden: a.tensor(3)?.clone(),
        input_bias: a.optional_tensor(4).cloned(),
        hidden_bias: a.optional_tensor(5).cloned(),
        projection: None,
    };
    let width = |weight: &Tensor| weight.sizes().get(1).copied().unwrap_or(0);
    let (given, wanted) = (input.sizes().get(1).copied().unwrap_or(0), width(&weights.input));
    if given != wanted {
        return error::runtime(format!(
            "input has inconsistent input_size: got {given} expected {wanted}"
        ));
    }
    let states = [Some(&state.hidden), state.cell.as_ref()];
    for (number, hidden) in states.into_iter().flatten().enumerate() {
        let (batch, rows) = (input.sizes().first().copied(), hidden.sizes().first().copied());
        if batch != rows {
            return error::runtime(format!(
                "Input batch size {} doesn't match hidden{number} batch size {}",
                batch.unwrap_or(0),
                rows.unwrap_or(0)
            ));
        }
        let (given, wanted) = (hidden.sizes().get(1).copied().unwrap_or(0), width(&weights.hidden));
        if given != wanted {
            return error::runtime(format!(
                "hidden{number} has inconsistent hidden_size: got {given}, expected {wanted}"
            ));
        }
    }
    kind.step(&weights.of_input(input)?, &state, &weights)
}

fn simple(kind: Kind, a: &Args) -> Result<Outs> {
    let hidden = a.tensor(1)?.clone();
    one(step(kind, a, State { hidden, cell: None })?.hidden)
}

ops! {
    /// One step of a long short-term memory: hidden and cell state.
    LSTM_CELL = "lstm_cell", "torch.lstm_cell(torch.ones(1, 1), [torch.ones(1, 1), torch.ones(1, 1)], torch.ones(4, 1), torch.ones(4, 1))", [Overload::new(
        "lstm_cell(Tensor input, Tensor[] hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None) -> (Tensor, Tensor)",
        FUNCTION,
        |a| {
            let states = a.tensors(1)?;
            let [hidden, cell] = &states[..] else {
                return error::runtime("lstm_cell expects two hidden states");
            };
            let before = State { hidden: hidden.clone(), cell: Some(cell.clone()) };
            let after = step(Kind::Lstm, a, before)?;
            two((after.hidden, after.cell))
        },
        Derivative::Composite,
    )];
    /// One step of a gated recurrent unit.
    GRU_CELL = "gru_cell", "torch.gru_cell(torch.ones(1, 1), torch.ones(1, 1), torch.ones(3, 1), torch.ones(3, 1))", [Overload::new(
        "gru_cell(Tensor input, Tensor hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None) -> Tensor",
        FUNCTION,
        |a| simple(Kind::Gru, a),
        Derivative::Composite,
    )];
    /// One step of a recurrent layer with tanh.
    RNN_TANH_CELL = "rnn_tanh_cell", "torch.rnn_tanh_cell(torch.ones(1, 1), torch.ones(1, 1), torch.ones(1, 1), torch.ones(1, 1))", [Overload::new(
        "rnn_tanh_cell(Tensor input, Tensor hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None) -> Tensor",
        FUNCTION,
        |a| simple(Kind::Tanh, a),
        Derivative::Composite,
    )];
    /// One step of a recurrent layer with relu.
    RNN_RELU_CELL = "rnn_relu_cell", "torch.rnn_relu_cell(torch.ones(1, 1), torch.ones(1, 1), torch.ones(1, 1), torch.ones(1, 1))", [Overload::new(
        "rnn_relu_cell(Tensor input, Tensor hx, Tensor w_ih, Tensor w_hh, Tensor? b_ih=None, Tensor? b_hh=None) -> Tensor",
        FUNCTION,
        |a| simple(Kind::Relu, a),
        Derivative::Composite,
    )];
}
