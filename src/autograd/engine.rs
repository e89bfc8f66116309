//! The engine: walks the graph backwards, newest node first, and hands gradients on.

use super::node::{FIRST, Grads, NodeRef};
use super::{Edge, Tensor, arithmetic, modes};
use crate::array::array::{format_sizes, same_sizes};
use crate::array::{Result, error};
use std::cell::{Cell, RefCell};
use std::collections::BinaryHeap;
use std::rc::Rc;

/// Nodes by their address.
type Needed = Rc<rustc_hash::FxHashSet<usize>>;

/// Where a backward pass starts: a gradient edge and the gradient put there.
pub struct Root {
    pub edge: Edge,
    pub grad: Tensor,
}

/// How a backward pass runs.
#[derive(Clone, Copy)]
pub struct Options {
    pub retain_graph: bool,
    pub create_graph: bool,
}

thread_local! {
    static EPOCH: Cell<u32> = const { Cell::new(0) };
    /// Passes that are running now, outermost first: a nested pass puts back the cells it disturbs.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    /// Of each running pass its number and the nodes it needs; None where it needs all.
    static RUNNING: RefCell<Vec<(u32, Option<Needed>)>> = const { RefCell::new(Vec::new()) };
}

/// A node ready to run; the newest first, and of equals the one that came first.
struct Ready {
    sequence: u64,
    order: u64,
    node: NodeRef,
}

impl PartialEq for Ready {
    fn eq(&self, other: &Ready) -> bool {
        (self.sequence, self.order) == (other.sequence, other.order)
    }
}
impl Eq for Ready {}
impl PartialOrd for Ready {
    fn partial_cmp(&self, other: &Ready) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Ready {
    fn cmp(&self, other: &Ready) -> std::cmp::Ordering {
        self.sequence.cmp(&other.sequence).then(other.order.cmp(&self.order))
    }
}

/// A backward pass under way.
struct Pass<'a> {
    epoch: u32,
    options: Options,
    queue: BinaryHeap<Ready>,
    pushed: u64,
    /// Edges whose gradients are asked for (`inputs=`), and what arrived there.
    wanted: &'a [Edge],
    captured: Vec<Option<Tensor>>,
    /// With `inputs=`: the nodes that lead to one of them.
    needed: Option<Needed>,
    /// Gradients of wanted leaves are put into `.grad`, not captured: `backward(inputs=...)`.
    accumulate: bool,
    /// The cells of nodes that an outer pass was using.
    disturbed: Vec<(NodeRef, u32, u32, Grads)>,
}

/// Runs a backward pass. Without `wanted`, all leaves accumulate. With it, only what leads to the wanted edges runs;
/// their gradients come back in order, unless `accumulate`, which lets accumulators among them work.
pub fn run(roots: Vec<Root>, wanted: &[Edge], accumulate: bool, options: Options) -> Result<Vec<Option<Tensor>>> {
    // 0 is the mark of nodes outside of a pass
    let epoch = EPOCH.get().checked_add(1).unwrap_or(1);
    EPOCH.set(epoch);
    let mut pass = Pass {
        epoch,
        options,
        queue: BinaryHeap::new(),
        pushed: 0,
        wanted,
        captured: vec![None; wanted.len()],
        needed: None,
        accumulate,
        disturbed: Vec::new(),
    };
    let nested = DEPTH.replace(DEPTH.get() + 1) > 0;
    let _mode = modes::GradMode::set(options.create_graph);
    let outcome = pass.prepare(&roots, nested).and_then(|()| {
        RUNNING.with_borrow_mut(|running| running.push((epoch, pass.needed.clone())));
        let outcome = pass.start(roots).and_then(|()| pass.work());
        RUNNING.with_borrow_mut(Vec::pop);
        outcome
    });
    if outcome.is_err() {
        pass.abandon();
    }
    for (node, epoch, dependencies, buffer) in pass.disturbed.drain(..).rev() {
        node.epoch.set(epoch);
        node.dependencies.set(dependencies);
        *node.buffer.borrow_mut() = buffer;
    }
    DEPTH.set(DEPTH.get() - 1);
    outcome.map(|()| pass.captured)
}

/// The number of the backward pass that is running; -1 outside of one.
pub fn current_task() -> i64 {
    RUNNING.with_borrow(|running| running.last().map_or(-1, |(epoch, _)| i64::from(*epoch)))
}

/// True if the running pass goes, or went, through this node.
pub fn will_execute(node: &NodeRef) -> bool {
    RUNNING.with_borrow(|running| {
        running.last().is_some_and(|(epoch, needed)| {
            node.epoch.get() == *epoch && needed.as_ref().is_none_or(|needed| needed.contains(&address(node)))
        })
    })
}

/// True unless the running pass only wants the gradients of certain inputs.
pub fn runs_everything() -> bool {
    RUNNING.with_borrow(|running| running.iter().all(|(_, needed)| needed.is_none()))
}

fn address(node: &NodeRef) -> usize {
    Rc::as_ptr(node) as *const u8 as usize
}

impl Pass<'_> {
    /// Counts for every reachable node how many edges lead to it, and finds the needed ones.
    fn prepare(&mut self, roots: &[Root], nested: bool) -> Result<()> {
        let mut stack: Vec<NodeRef> = Vec::new();
        let mut order: Vec<NodeRef> = Vec::new();
        let selective = !self.wanted.is_empty();
        for root in roots {
            self.visit(&root.edge.node, nested, &mut stack);
        }
        while let Some(node) = stack.pop() {
            for edge in node.edges().iter().flatten() {
                self.visit(&edge.node, nested, &mut stack);
                edge.node.dependencies.set(edge.node.dependencies.get() + 1);
            }
            if selective {
                order.push(node);
            }
        }
        if selective {
            self.find_needed(order);
        }
        Ok(())
    }

    fn visit(&mut self, node: &NodeRef, nested: bool, stack: &mut Vec<NodeRef>) {
        if node.epoch.get() == self.epoch {
            return;
        }
        if nested && node.epoch.get() != 0 {
            let buffer = std::mem::take(&mut *node.buffer.borrow_mut());
            self.disturbed
                .push((node.clone(), node.epoch.get(), node.dependencies.get(), buffer));
        }
        node.epoch.set(self.epoch);
        node.dependencies.set(0);
        node.buffer.borrow_mut().clear();
        stack.push(node.clone());
    }

    /// A node is needed when one of its edges leads to a wanted or needed node. Every edge goes from a younger to
    /// an older node or to an accumulator, except through hooks' and views' rewired edges: so repeat until nothing changes.
    fn find_needed(&mut self, mut order: Vec<NodeRef>) {
        let wanted: rustc_hash::FxHashSet<usize> = self.wanted.iter().map(|edge| address(&edge.node)).collect();
        let mut needed = wanted.clone();
        order.sort_by_key(|node| if node.sequence() == FIRST { 0 } else { node.sequence() });
        loop {
            let before = needed.len();
            for node in &order {
                if node
                    .edges()
                    .iter()
                    .flatten()
                    .any(|edge| needed.contains(&address(&edge.node)))
                {
                    needed.insert(address(node));
                }
            }
            if needed.len() == before {
                break;
            }
        }
        self.needed = Some(Rc::new(needed));
    }

    fn is_needed(&self, node: &NodeRef) -> bool {
        match &self.needed {
            None => true,
            Some(needed) => needed.contains(&address(node)),
        }
    }

    fn start(&mut self, roots: Vec<Root>) -> Result<()> {
        let mut first: Vec<NodeRef> = Vec::new();
        for root in roots {
            let (node, grad) = (root.edge.node, root.grad);
            add_to_buffer(&node, root.edge.input, grad)?;
            if !first.iter().any(|seen| std::rc::Rc::ptr_eq(seen, &node)) {
                first.push(node);
            }
        }
        for node in first {
            if node.dependencies.get() == 0 {
                self.push(node);
            }
        }
        Ok(())
    }

    fn push(&mut self, node: NodeRef) {
        self.pushed += 1;
        self.queue.push(Ready {
            sequence: node.sequence(),
            order: self.pushed,
            node,
        });
    }

    fn work(&mut self) -> Result<()> {
        let mut next = self.queue.pop().map(|ready| ready.node);
        while let Some(node) = next.take() {
            next = self.evaluate(node)?;
            if next.is_none() {
                next = self.queue.pop().map(|ready| ready.node);
            }
        }
        Ok(())
    }

    /// Runs one node; gives the node to run next when it is the only one ready.
    fn evaluate(&mut self, node: NodeRef) -> Result<Option<NodeRef>> {
        let mut grads = std::mem::take(&mut *node.buffer.borrow_mut());
        let outputs = node.inputs().len();
        while grads.len() < outputs {
            grads.push(None);
        }
        if let Some(hooks) = node.existing_hooks() {
            grads = hooks.run_before(grads)?;
        }
        if !self.wanted.is_empty() {
            self.capture(&node, &grads)?;
            let runs = self.is_needed(&node) && (!self.is_wanted_leaf(&node) || self.accumulate);
            let leads_on = node.edges().iter().flatten().any(|edge| self.is_needed(&edge.node));
            if !(leads_on || (self.accumulate && runs)) {
                return Ok(None);
            }
        }
        if grads.iter().all(Option::is_none) && node.sequence() != FIRST && !node.function().wants_undefined() {
            grads.clear();
            let none: Grads = node.edges().iter().map(|_| None).collect();
            return self.hand_on(&node, none);
        }
        let given = match node.existing_hooks() {
            Some(hooks) if hooks.has_post_hooks() => Some(grads.clone()),
            _ => None,
        };
        let result = match modes::anomaly() {
            None => self.compute(&node, grads, given)?,
            Some(check) => {
                let _evaluated = super::hook::Evaluation::of(&node);
                let result = self.compute(&node, grads, given);
                let result = result.and_then(|result| {
                    if check {
                        self.check_nan(&node, &result)?;
                    }
                    Ok(result)
                });
                if result.is_err() {
                    super::hook::note_failure(&node);
                }
                result?
            }
        };
        if !self.options.retain_graph {
            node.function().release();
        }
        self.hand_on(&node, result)
    }

    fn compute(&self, node: &NodeRef, grads: Grads, given: Option<Grads>) -> Result<Grads> {
        let mut result = node.function().apply(node, grads)?;
        self.validate(node, &mut result)?;
        if let (Some(hooks), Some(given)) = (node.existing_hooks(), given) {
            result = hooks.run_after(result, &given)?;
        }
        Ok(result)
    }

    fn is_wanted_leaf(&self, node: &NodeRef) -> bool {
        node.sequence() == FIRST && self.wanted.iter().any(|edge| std::rc::Rc::ptr_eq(&edge.node, node))
    }

    fn capture(&mut self, node: &NodeRef, grads: &Grads) -> Result<()> {
        for (slot, edge) in self.captured.iter_mut().zip(self.wanted) {
            if std::rc::Rc::ptr_eq(&edge.node, node)
                && let Some(Some(grad)) = grads.get(edge.input as usize)
            {
                let mut grad = grad.clone();
                if let Some(leaf) = node.downcast::<super::accumulate::AccumulateGrad>()
                    && !self.accumulate
                {
                    let hooks = leaf
                        .variable
                        .existing_hooks()
                        .map(|hooks| hooks.borrow().gradient.clone());
                    for (_, hook) in hooks.unwrap_or_default() {
                        if let Some(replaced) = hook.call(&grad)? {
                            grad = replaced;
                        }
                    }
                }
                *slot = Some(grad);
            }
        }
        Ok(())
    }

    /// Brings each gradient to the shape and dtype that its receiver expects, or says what is wrong with it.
    fn validate(&self, node: &NodeRef, grads: &mut Grads) -> Result<()> {
        let edges = node.edges();
        if grads.len() < edges.len()
            || (grads.len() > edges.len() && grads.iter().skip(edges.len()).any(Option::is_some))
        {
            return error::runtime(format!(
                "Function {} returned an invalid number of gradients - expected {}, but got {}",
                node.name(),
                edges.len(),
                grads.len()
            ));
        }
        for (number, (edge, slot)) in edges.iter().zip(grads.iter_mut()).enumerate() {
            let (Some(edge), Some(grad)) = (edge, slot.as_ref()) else {
                continue;
            };
            let inputs = edge.node.inputs();
            let Some(expected) = inputs.get(edge.input as usize) else {
                continue;
            };
            if !same_sizes(grad.array().sizes(), &expected.sizes) {
                if !is_expandable_to(&expected.sizes, grad.array().sizes()) {
                    return error::runtime(format!(
                        "Function {} returned an invalid gradient at index {number} - got {} but expected shape compatible with {}",
                        node.name(),
                        format_sizes(grad.array().sizes()),
                        format_sizes(&expected.sizes)
                    ));
                }
                *slot = Some(super::tensor::sum_to(grad, &expected.sizes)?);
            }
            let Some(grad) = slot.as_ref() else { continue };
            if grad.dtype() != expected.dtype {
                let arithmetic = arithmetic::table()?;
                let mut cast = grad.clone();
                if cast.dtype().is_complex() && !expected.dtype.is_complex() {
                    cast = (arithmetic.real)(&cast)?;
                }
                if cast.dtype() != expected.dtype {
                    cast = (arithmetic.to_dtype)(&cast, expected.dtype)?;
                }
                *slot = Some(cast);
            }
        }
        Ok(())
    }

    fn check_nan(&self, node: &NodeRef, grads: &Grads) -> Result<()> {
        let arithmetic = arithmetic::table()?;
        for (number, grad) in grads.iter().enumerate() {
            let Some(grad) = grad else { continue };
            if (arithmetic.has_nan)(grad)? {
                return error::runtime(format!(
                    "Function '{}' returned nan values in its {number}th output.",
                    node.name()
                ));
            }
        }
        Ok(())
    }

    /// Puts gradients into the buffers of the next nodes and queues those that have all of theirs.
    fn hand_on(&mut self, node: &NodeRef, grads: Grads) -> Result<Option<NodeRef>> {
        let mut single: Option<NodeRef> = None;
        for (edge, grad) in node.edges().iter().zip(grads) {
            let Some(edge) = edge else { continue };
            let next = &edge.node;
            if let Some(grad) = grad {
                add_to_buffer(next, edge.input, grad)?;
            }
            let left = next.dependencies.get().saturating_sub(1);
            next.dependencies.set(left);
            if left == 0
                && next.epoch.get() == self.epoch
                && self.is_needed(next)
                && let Some(earlier) = single.replace(next.clone())
            {
                self.push(earlier);
            }
        }
        match single {
            Some(next) if self.queue.is_empty() => Ok(Some(next)),
            Some(next) => {
                self.push(next);
                Ok(None)
            }
            None => Ok(None),
        }
    }

    /// Empties the buffers of a pass that failed.
    fn abandon(&mut self) {
        let mut stack: Vec<NodeRef> = self.queue.drain().map(|ready| ready.node).collect();
        while let Some(node) = stack.pop() {
            if node.epoch.replace(0) != self.epoch {
                continue;
            }
            node.buffer.borrow_mut().clear();
            stack.extend(node.edges().iter().flatten().map(|edge| edge.node.clone()));
        }
    }
}

/// Adds a gradient to those that have arrived at a node's input.
fn add_to_buffer(node: &NodeRef, input: u32, grad: Tensor) -> Result<()> {
    let at = input as usize;
    let old = {
        let mut buffer = node.buffer.borrow_mut();
        while buffer.len() <= at {
            buffer.push(None);
        }
        buffer.get_mut(at).and_then(Option::take)
    };
    let sum = match old {
        None => grad,
        Some(old) => (arithmetic::table()?.add)(&old, &grad)?,
    };
    if let Some(slot) = node.buffer.borrow_mut().get_mut(at) {
        *slot = Some(sum);
    }
    Ok(())
}

/// True if `sizes` broadcasts to `to`.
pub fn is_expandable_to(sizes: &[i64], to: &[i64]) -> bool {
    sizes.len() <= to.len()
        && sizes
            .iter()
            .rev()
            .zip(to.iter().rev())
            .all(|(&from, &to)| from == to || from == 1)
}
