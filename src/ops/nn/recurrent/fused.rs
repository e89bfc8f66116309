//! An LSTM layer in one direction as one node.

use super::{Kind, State, Weights};
use crate::array::{Result, error};
use crate::autograd::engine::{self, Options, Root};
use crate::autograd::{Tensor, modes};
use crate::ops;
use crate::ops::Backward;
use crate::ops::formula::*;
use crate::ops::op::*;
use crate::ops::shape::{stack, unbind};

/// Output [steps, batch, hidden] and last states of a layer.
pub(super) fn layer(input: &Tensor, states: &[Tensor; 2], weights: &Weights, reverse: bool) -> Result<[Tensor; 3]> {
    let width = weights.hidden.sizes().get(1).copied().unwrap_or(0);
    let nothing = || Ok(Tensor::from(crate::array::Array::zeros(&[4 * width], input.dtype())?));
    let bias = |bias: &Option<Tensor>| bias.clone().map_or_else(nothing, Ok);
    let [hidden, cell] = states;
    let args = args![
        input,
        &weights.input,
        &weights.hidden,
        bias(&weights.input_bias)?,
        bias(&weights.hidden_bias)?,
        hidden,
        cell,
        reverse,
        &[][..],
        2,
        width,
        1,
        weights.input_bias.is_some(),
        false,
        false,
        false
    ];
    let outs = match MKLDNN_RNN_LAYER.overloads.first() {
        Some(overload) => overload.call(args)?,
        None => return error::runtime("mkldnn_rnn_layer has no overloads"),
    };
    let mut tensors = outs.into_iter().filter_map(|out| match out {
        Arg::Tensor(tensor) => Some(tensor),
        _ => None,
    });
    match (tensors.next(), tensors.next(), tensors.next()) {
        (Some(output), Some(hidden), Some(cell)) => Ok([output, hidden, cell]),
        _ => error::runtime("mkldnn_rnn_layer gives three tensors"),
    }
}

/// The layer in differentiable ops: input, weights of input and hidden state, their biases, states.
fn composite(operands: &[Tensor], reverse: bool) -> Result<[Tensor; 3]> {
    let [input, w_ih, w_hh, b_ih, b_hh, hidden, cell] = operands else {
        return error::runtime("an LSTM layer takes seven tensors");
    };
    let weights = Weights {
        input: w_ih.clone(),
        hidden: w_hh.clone(),
        input_bias: Some(b_ih.clone()),
        hidden_bias: Some(b_hh.clone()),
        projection: None,
    };
    let mut state = State {
        hidden: hidden.clone(),
        cell: Some(cell.clone()),
    };
    let mut steps = unbind(&weights.of_input(input)?, 0)?;
    if reverse {
        steps.reverse();
    }
    let mut outputs = Vec::with_capacity(steps.len());
    for gates in &steps {
        state = Kind::Lstm.step(gates, &state, &weights)?;
        outputs.push(state.hidden.clone());
    }
    if reverse {
        outputs.reverse();
    }
    let cell = state.cell.unwrap_or_else(|| cell.clone());
    Ok([stack(&outputs, 0)?, state.hidden, cell])
}

/// Runs the layer once more, recording, and goes back through it.
fn backward(b: &Backward) -> Result<Vec<Option<Tensor>>> {
    let create_graph = modes::is_grad_enabled();
    let _mode = modes::GradMode::set(true);
    let mut operands = Vec::with_capacity(7);
    for at in 0..7 {
        let tensor = b.tensor(at)?;
        operands.push(match create_graph && tensor.requires_grad() {
            // a node of its own, where this pass ends
            true => crate::ops::shape::alias(&tensor)?,
            false => {
                let leaf = tensor.detach();
                leaf.set_requires_grad(b.needs(at));
                leaf
            }
        });
    }
    let outputs = composite(&operands, b.bool(7)?)?;
    let mut roots = Vec::new();
    for (number, output) in outputs.iter().enumerate() {
        if let (Some(grad), Some(edge)) = (b.grad_of(number), output.gradient_edge()) {
            roots.push(Root {
                edge,
                grad: grad.clone(),
            });
        }
    }
    let wanted: Vec<usize> = (0..7).filter(|&at| b.needs(at)).collect();
    let edges: Vec<_> = wanted.iter().filter_map(|&at| operands[at].gradient_edge()).collect();
    let options = Options {
        retain_graph: create_graph,
        create_graph,
    };
    let found = engine::run(roots, &edges, false, options)?;
    let mut grads = vec![None; 7];
    for (at, grad) in wanted.into_iter().zip(found) {
        grads[at] = grad;
    }
    Ok(grads)
}

ops! {
    /// One layer of long short-term memories in one direction: output, last hidden and cell state, and a workspace.
    MKLDNN_RNN_LAYER = "mkldnn_rnn_layer", "torch.lstm(torch.ones(1, 1, 1), [torch.ones(1, 1, 1), torch.ones(1, 1, 1)], [torch.ones(4, 1), torch.ones(4, 1)], False, 1, 0.0, False, False, False)[0]", [Overload::new(
        "mkldnn_rnn_layer(Tensor input, Tensor weight0, Tensor weight1, Tensor weight2, Tensor weight3, Tensor hx_, Tensor cx_, bool reverse, int[] batch_sizes, int mode, int hidden_size, int num_layers, bool has_biases, bool bidirectional, bool batch_first, bool train) -> (Tensor, Tensor, Tensor, Tensor)",
        FUNCTION,
        |a| {
            let operands: Vec<Tensor> = (0..7).map(|at| Ok(a.tensor(at)?.detach())).collect::<Result<_>>()?;
            let [output, hidden, cell] = composite(&operands, a.bool(7)?)?;
            let workspace = Tensor::from(crate::array::Array::zeros(&[0], output.dtype())?);
            Ok(smallvec![output.into(), hidden.into(), cell.into(), workspace.into()])
        },
        Derivative::Node("MkldnnRnnLayerBackward0", &[joint(
            "input, weight0, weight1, weight2, weight3, hx_, cx_",
            "input, weight0, weight1, weight2, weight3, hx_, cx_, result0, result1, result2, result3",
            backward,
        )]),
    ).outputs(7)];
}
