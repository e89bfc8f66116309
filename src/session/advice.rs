//! What `%why` says about error messages: what happened, and what to write instead.

/// Words of a message, and the answer to it.
pub struct Advice {
    /// All of them stand in the message.
    pub words: &'static [&'static str],
    pub lines: &'static [&'static str],
}

macro_rules! advice {
    ($($($word:literal)&+ => $($line:literal),+;)+) => {
        &[$(Advice { words: &[$($word),+], lines: &[$($line),+] }),+]
    };
}

/// The first that fits is the answer.
pub static ADVICE: &[Advice] = advice![
    "does not require grad and does not have a grad_fn" =>
        "backward() goes from a result back along the operations that were recorded. Nothing was recorded here: no tensor that went into it required grad when it was computed (or it was computed under no_grad).",
        "Set requires_grad=True on an input first, compute the result again, then call backward(): setting it afterwards does not change a result that is there already.";
    "grad can be implicitly created only for real scalar outputs" =>
        "backward() without arguments starts from 1, and that only means something for a real number; this result is complex.",
        "Reduce it to a real number first, as .abs().sum().backward(), or pass gradient=.";
    "implicitly created only for scalar outputs" =>
        "backward() without arguments starts from the gradient 1 of a single number; this tensor has more elements.",
        "Write y.sum().backward(), or give one weight an element: y.backward(torch.ones_like(y)).";
    "backward through the graph a second time" =>
        "The first backward() through these operations freed the values they had saved, so they cannot be gone through again.",
        "Compute the result anew before each backward(), or pass retain_graph=True to the first: y.backward(retain_graph=True). With it, gradients add up in .grad.";
    "Specify retain_graph=True when calling backward the first time" =>
        "The first backward() freed the values that the operations had saved.",
        "Compute the result anew, or pass retain_graph=True to the first backward().";
    "has been modified by an inplace operation" =>
        "An operation saved this tensor because its derivative needs the value. The value was overwritten before backward() came.",
        "Write the form that makes a new tensor (y = y + 1 instead of y += 1 or y.add_(1)), or change a copy: y.clone().";
    "a view of a leaf Variable that requires grad is being used in an in-place operation" =>
        "A slice or view shares its elements with the leaf, so writing to it would change the leaf behind autograd's back.",
        "Write under `with torch.no_grad():`, or work on x.clone() and slice that.";
    "leaf Variable that requires grad" & "in-place" =>
        "A leaf that requires grad is what gradients are computed for: changing it in place would leave no value to compute them at.",
        "To update it as an optimizer does, write `with torch.no_grad(): x -= ...`. To compute with it, write x = x + 1 (a new tensor) or work on x.clone().";
    "you can only change requires_grad flags of leaf variables" =>
        "The tensor was made by a recorded operation, so whether it requires grad follows from its inputs and is not a switch.",
        "For a tensor that starts a graph of its own write z = y.detach(), and z.requires_grad_() if it shall require grad. To keep its gradient write y.retain_grad().";
    "loating point" & "can require gradients" =>
        "Gradients are small changes; integers and bools cannot change by a little.",
        "Write floating point numbers, torch.tensor([1., 2.]), or convert first: x.float().requires_grad_().";
    "view was created in no_grad mode" =>
        "The view was made under no_grad, the write comes with grad mode on: autograd cannot tell whether the write should be recorded.",
        "Make the view outside of no_grad, or write under no_grad as well.";
    "view was created in inference mode" =>
        "The view was made in inference mode, the write comes outside of it: it cannot be recorded.",
        "Make the view outside of inference mode, or clone it first.";
    "output of a function that returns multiple views" =>
        "unbind, split, chunk and iterating give several views of one tensor at once. Autograd refuses writes in place through such views.",
        "Write y = y * 2 instead of y *= 2, or take the parts one by one by index: x[0].mul_(2).";
    "created inside a custom Function" =>
        "The tensor came out of a custom Function as a view (or as its input returned as it is). Writing to it in place would skip the Function's backward.",
        "Let the Function return a fresh tensor (x.clone()), or use an operation that makes a new one.";
    "view and is being modified inplace" =>
        "Autograd cannot record a write through this view.",
        "Use the form that makes a new tensor, or clone first.";
    "Inference tensors cannot be saved for backward" =>
        "A tensor made in inference mode takes part in an operation that is recorded. Inference tensors carry nothing that recording needs.",
        "Use x.clone() outside of inference mode, or torch.no_grad() instead of torch.inference_mode().";
    "Inplace update to inference tensor" =>
        "A tensor made in inference mode was written in place outside of it; such tensors count no writes.",
        "Write y = x.clone() and change that, or do it inside of inference mode.";
    "requires_grad=True on inference tensor" =>
        "A tensor made in inference mode cannot start a graph outside of it.",
        "Write x.clone().requires_grad_(), or use torch.no_grad() instead of torch.inference_mode().";
    "Inference tensors do not track version" =>
        "Tensors made in inference mode do not count their in-place writes; that is where inference mode saves time.";
    "One of the differentiated Tensors does not require grad" =>
        "torch.autograd.grad was asked for the gradient of a tensor that does not require grad.",
        "Set requires_grad=True on it before the result is computed.";
    "appears to not have been used in the graph" =>
        "The result does not depend on one of the inputs, so there is no gradient for it.",
        "Check that the result was computed from this very tensor; or pass allow_unused=True (gives None) or materialize_grads=True (gives zeros).";
    "returned nan values" =>
        "Anomaly mode stopped the backward pass at the first operation that gave NaN. Usual causes: sqrt or a power at 0, log of 0, 0/0, inf - inf.",
        "Keep inputs away from such points, as (x + 1e-8).sqrt() or x.clamp(min=1e-8).log(); torch.where alone does not help, the NaN comes from the branch not taken.";
    "don't support automatic differentiation, but one of the arguments requires grad" =>
        "out= writes a result into a tensor that is there already; that cannot be recorded.",
        "Leave out= away and use the result, or write under torch.no_grad().";
    "cannot resize variables that require grad" =>
        "resize_ changes the number of elements; what gradients would mean then is not defined.",
        "Use reshape, cat or indexing, or resize x.detach() or x.data.";
    "cannot register a hook on a tensor that doesn't require gradient" =>
        "A hook is called when a gradient arrives; none arrives at a tensor that does not require grad.",
        "Set requires_grad=True first.";
    "post accumulate grad hooks cannot be registered on non-leaf" =>
        "Such hooks run after .grad of a leaf was accumulated; results of operations accumulate none.",
        "Register it on the leaf, or use register_hook on the result.";
    "hook" & "has changed the size of value" =>
        "A hook may replace a gradient, by one of the same shape.",
        "Return a tensor of the gradient's shape, or None to leave it as it is.";
    "hook" & "has changed the type of value" =>
        "A hook may replace a gradient, by one of the same dtype.",
        "Return g.to(old dtype), or None to leave it as it is.";
    "hook returned" =>
        "A hook must return a tensor to replace the gradient, or None to leave it as it is.";
    "can't retain_grad on Tensor that has requires_grad=False" =>
        "retain_grad() keeps the gradient of a result; this tensor gets none.",
        "Set requires_grad=True on an input before computing it.";
    "attempting to assign a gradient" =>
        ".grad must look like the tensor it belongs to: same shape, same dtype, same device.",
        "Convert what you assign, or set x.grad = None.";
    "assigned grad expected to be a Tensor" =>
        ".grad holds a tensor of the same shape, or None.",
        "Write x.grad = None, or x.grad = torch.zeros_like(x).";
    "can't assign Variable as its own grad" =>
        "A tensor cannot be its own gradient.",
        "Assign a copy: x.grad = x.detach().clone().";
    "grad_dtype" =>
        "grad_dtype says which dtype a leaf's gradient has; a gradient that is there already, or is assigned, must agree with it.",
        "Set x.grad = None first, or convert the gradient.";
    "has been detached in-place" =>
        "An operation saved this tensor, then detach_() cut it out of the graph: the saved value has lost its history.",
        "Use y.detach(), which makes a new tensor and leaves this one as it is.";
    "Can't detach views in-place" =>
        "detach_() would cut only the view out of the graph, while its base stays in it.",
        "Write v = v.detach().";
    "Mismatch in shape: grad_output" =>
        "The gradient given to backward() (or grad_outputs) is one number an element of the result: it needs the result's shape.",
        "Write torch.ones_like(y), or expand yours to y.shape.";
    "gradients can be either Tensors or None" =>
        "The gradient to start from must be a tensor (or None for a single number).",
        "Write y.backward(torch.tensor(2.0)) or y.backward(torch.ones_like(y)).";
    "both grad_output and output are required to have the same dtype" =>
        "A complex result needs a complex gradient to start from, a real one a real gradient.";
    "tensors and" & "gradients" =>
        "There must be one gradient for each result that backward starts from.";
    "`inputs` argument" & "cannot be empty" =>
        "inputs= names the tensors whose gradients are wanted; an empty list wants none.",
        "Leave it away to reach all leaves.";
    "all inputs have to be Tensors or GradientEdges" =>
        "Gradients are computed for tensors, given as such.";
    "Expected output to be a torch.Tensor" =>
        "backward and grad start from tensors.";
    "trying to differentiate twice a function that was marked with @once_differentiable" =>
        "The custom Function says that its backward cannot be differentiated again, but create_graph=True asked for it.",
        "Write backward in differentiable operations and take the decorator away.";
    "derivative for" & "is not implemented" =>
        "PyTorch has no formula for this derivative.",
        "Write the computation in other operations, or a torch.autograd.Function with a backward of your own.";
    "returned an invalid gradient at index" =>
        "backward of the Function gave a gradient whose shape does not fit the input that it belongs to.",
        "The gradient of an input has the input's shape: sum over what was broadcast, expand what was summed.";
    "returned an incorrect number of gradients" =>
        "backward must return one gradient for each argument of forward, in their order.",
        "Return None for arguments that are no tensors or need no gradient.";
    "returned an invalid number of gradients" =>
        "backward must return one gradient for each input of the operation.";
    "returned a gradient different than None at position" =>
        "The argument of forward at this position is no tensor; there is no gradient of it.",
        "Return None there.";
    "expected Variable or None" =>
        "backward must return tensors, or None.";
    "save_for_backward can only save variables" =>
        "save_for_backward keeps tensors. Other values are kept as attributes.",
        "Write ctx.n = n instead.";
    "marked as dirty during the forward method were not returned" =>
        "An input that forward changes in place must be one of its results.",
        "Return it from forward, or do not mark it dirty.";
    "a leaf Variable that requires grad has been used in an in-place" =>
        "The Function changes in place a leaf that requires grad.",
        "Pass x.clone() to it.";
    "modifies inplace an input that is a view" =>
        "A Function that changes a view in place may return only one tensor.",
        "Pass it x.clone(), or split it into two Functions.";
    "must implement the forward function" =>
        "A subclass of torch.autograd.Function needs a static method forward.";
    "must implement either the backward or vjp" =>
        "Gradients were to flow through the Function, but it has no backward.",
        "Write a static method backward(ctx, grad) that returns one gradient for each argument of forward.";
    "Implementing both" =>
        "backward and vjp are two names of one thing: write one of them.";
    "must implement the jvp function" =>
        "Forward mode asks a custom Function for its jvp.",
        "Write a static method jvp(ctx, *tangents).";
    "Legacy autograd function" =>
        "Functions are not called as objects any more.",
        "Write static methods forward(ctx, ...) and backward(ctx, grad), and call MyFunction.apply(x).";
    "set_output_grad_dtype" =>
        "set_output_grad_dtype is called once in forward, with one dtype for each result.";
    "must override the setup_context staticmethod" =>
        "torch.func can only use Functions in the newer style.",
        "Split forward(ctx, x) into forward(x) and setup_context(ctx, inputs, output).";
    "does not have vmap support" =>
        "vmap does not know how to batch this Function.",
        "Write generate_vmap_rule = True in the class, or a static method vmap.";
    "forward mode gradients inplace" =>
        "A Function that changes its input in place must change the tangent in place in jvp, too.";
    "jvp is not returning a view" =>
        "Where forward returns a view (or its input as it is), jvp must return a view of the tangent.";
    "register_hooks on a saved tensor" =>
        "Hooks can be put once on a saved tensor that is there and not freed.";
    "saved tensor pack hook is modifying its input" =>
        "A pack hook is given the tensor itself and must not write to it.",
        "Work on t.clone().";
    "use_reentrant=True" & "incompatible with .grad()" =>
        "Reentrant checkpointing runs a backward pass of its own, which only fills .grad of leaves.",
        "Pass use_reentrant=False.";
    "gradient edge for a Tensor that does not require" =>
        "An edge of the graph leads to a tensor's node or leaf; this tensor requires no grad and has neither.";
    "strict mode" =>
        "strict=True wants every output to depend on every input, and to be differentiable.",
        "Compute the output from the input, or pass strict=False, which gives zeros.";
    "independent of" & "input" =>
        "strict=True refuses an output that does not depend on an input.",
        "Pass strict=False to get zeros.";
    "does not require gradients. The outputs must be computed in a differentiable manner" =>
        "The function's result was not computed by recorded operations (a constant, .detach(), no_grad).";
    "`strict=True` and `vectorized=True`" =>
        "These two options exclude each other: vectorizing cannot tell independence from zeros.";
    "isonly implemented for `vectorize=True`" =>
        "Forward mode in jacobian and hessian goes with vectorize=True.";
    "Expected strategy to be" =>
        "The strategy is \"reverse-mode\" (fewer outputs than inputs) or \"forward-mode\" (fewer inputs than outputs).";
    "given to jacobian must be" =>
        "jacobian takes a function from tensors to tensors.";
    "should contain a single element" =>
        "hvp, vhp and hessian want a function that gives one number.",
        "Reduce its result: .sum().";
    "should return a single Tensor" =>
        "hvp and vhp want a function that gives one tensor of one element.";
    "vector v can only be None" =>
        "v may be left away only where the other side is a single number.",
        "Pass v with the shape of the result (vjp) or of the input (jvp, hvp).";
    "v has invalid size" =>
        "v must have the shape of what it is multiplied with: the result for vjp, the input for jvp and hvp.";
    "Expected f(*args) to return a scalar Tensor" =>
        "torch.func.grad wants a function that gives one number.",
        "Reduce the result with .sum() or .mean(), or use torch.func.jacrev.";
    "to return" & "Tensor" & "got" =>
        "The function that is transformed must return tensors.";
    "argnum" =>
        "argnums says which positional arguments to differentiate by: an int, or a tuple of different ints, counted from 0.";
    "Thing passed to transform API must be Tensor" =>
        "torch.func differentiates by tensors (or nested containers of them).",
        "Pass torch.tensor(3.0) instead of a number.";
    "inside a functorch transform" =>
        "Inside of torch.func's transforms graphs are the transform's own business.",
        "Nest transforms, as grad(grad(f)), instead of calling backward().";
    "inside of a function being transformed" =>
        "Inside of torch.func's transforms the arguments are tracked already.",
        "Take requires_grad_() away, or call it outside.";
    "chunk_size" =>
        "chunk_size is the number of rows computed at once: a positive int, or None for all.";
    "vmap" & "data-dependent control flow" =>
        "vmap runs the function once for all entries, so an `if` cannot go different ways for them.",
        "Write torch.where(condition, a, b).";
    "vmap" & ".item()" =>
        "vmap runs the function once for all entries; .item() would need one number for all.",
        "Keep it a tensor.";
    "vmap" & "random operation" =>
        "vmap must be told whether entries share random numbers.",
        "Pass randomness=\"different\" or randomness=\"same\".";
    "vmap" & "dynamic shape" =>
        "Results of different lengths for different entries cannot be stacked.";
    "vmap" =>
        "vmap maps a function over a dimension of its inputs: in_dims says over which (None for inputs that are the same for all), all mapped sizes agree, and the function returns tensors.";
    "randomness" =>
        "randomness is \"error\", \"different\" or \"same\".";
    "dual" =>
        "Forward mode works inside of `with forward_ad.dual_level():`, one level at a time; make_dual gives a tensor its tangent, of the same shape.";
    "forward AD" =>
        "Forward mode works inside of `with forward_ad.dual_level():`, and only through operations that have a formula for it.",
        "Where one is missing, use reverse mode (backward or torch.func.vjp).";
    "forward gradient" =>
        "A tangent has the shape of its tensor.";
    "to be floating point or complex" =>
        "Forward mode needs floating point tensors and tangents.";
    "size of tensor a" & "must match the size of tensor b" =>
        "The shapes do not broadcast: compared from the last dimension on, sizes must be equal or 1.",
        "unsqueeze or reshape one of them.";
    "shapes cannot be multiplied" =>
        "A matrix product needs the columns of the first to be as many as the rows of the second.",
        "Transpose one with .T, or check the order.";
    "size mismatch" =>
        "In a product of matrix and vector the matrix must have as many columns as the vector has elements.";
    "must be a matrix" =>
        "torch.mm multiplies matrices (2 dimensions).",
        "Use @ or torch.matmul, which take vectors and batches, too.";
    "expected" & "same dtype" =>
        "Both sides must have the same dtype; products do not convert.",
        "Convert one: x.to(y.dtype).";
    "must have the same dtype" =>
        "Products do not convert dtypes.",
        "Convert one: x.to(y.dtype).";
    "expected scalar type" =>
        "Both sides must have the same dtype.",
        "Convert one: x.to(y.dtype).";
    "can't be cast to the desired output type" =>
        "The result would not fit into the tensor that is written: an integer tensor cannot take fractions.",
        "Convert it first: x = x.float(), or use the form that makes a new tensor.";
    "can't be converted to Scalar" =>
        "item(), float() and int() need a tensor of one element.";
    "cannot be converted to Scalar" =>
        "item(), float() and int() need a tensor of one element.",
        "Reduce it, or use .tolist().";
    "only one element tensors can be converted" =>
        "float() and int() need a tensor of one element.",
        "Reduce it, or use .tolist().";
    "Boolean value of Tensor with more than one value is ambiguous" =>
        "`if` needs one truth, the tensor has several.",
        "Write x.any(), x.all() or torch.equal(x, y).";
    "is invalid for input of size" =>
        "A view or reshape keeps the number of elements; this shape has another.",
        "Use -1 for one dimension to let it be computed.";
    "refers to a single memory location" =>
        "An expanded tensor shows the same element many times; writing it in place would write one place several times.",
        "Write to x.clone() instead.";
    "Can't call numpy() on Tensor that requires grad" =>
        "A NumPy array does not record operations.",
        "Write x.detach().numpy().";
    "Only Tensors created explicitly by the user" =>
        "deepcopy would have to copy the graph behind a result.",
        "Write y.detach().clone().";
    "does not support sparse gradients" =>
        "The gradient of an Embedding with sparse=True is a sparse tensor, which this optimizer cannot use.",
        "Use SGD or SparseAdam, or sparse=False.";
    "sparse" =>
        "Not every operation takes sparse tensors.",
        "Convert with .to_dense().";
    "non-finite, so it cannot be clipped" =>
        "A gradient is inf or NaN.",
        "Find the operation with torch.autograd.detect_anomaly().";
    "was deprecated since version" & "and is now removed" =>
        "The function is gone; the message says what to write instead.";
    "missing the required \"forward\" function" =>
        "A module needs a method forward(self, ...).";
    "before Module.__init__() call" =>
        "Modules keep parameters in tables that Module.__init__ makes.",
        "Call super().__init__() first in __init__.";
    "torch.nn.Parameter or None expected" =>
        "The name belongs to a parameter of the module.",
        "Assign torch.nn.Parameter(value), or copy the values under no_grad: self.weight.copy_(value).";
    "unexpected keyword argument" =>
        "The function has no parameter of this name.";
    "missing" & "required positional argument" =>
        "An argument was left out.";
    "received an invalid combination of arguments" =>
        "No form of the function takes these arguments; the message lists the forms.";
    "positional argument" & "given" =>
        "More arguments were given than the function takes.";
    "is not writable" =>
        "This attribute follows from the tensor and cannot be set.";
    "requires_grad must be a bool" =>
        "requires_grad is True or False.";
    "must be bool" =>
        "This argument is True or False.";
    "must be Tensor" =>
        "This argument must be a tensor.",
        "Write torch.tensor(value).";
    "Dimension out of range" =>
        "Dimensions are counted from 0, or from -1 backwards.";
    "index" & "out of bounds" =>
        "Indices are counted from 0, or from -1 backwards.";
    "too many indices" =>
        "More indices were given than the tensor has dimensions.";
    "unsupported operand" =>
        "The operator does not know this pair of types. (An exception of type TypeError inside of a hook shows like this, too.)";
    "not implemented for" =>
        "The operation does not exist for this dtype.",
        "Convert first: x.float().";
    "could not infer output dtype" =>
        "The mean of integers is no integer.",
        "Convert first: x.float().mean().";
    "only support floating point" =>
        "The operation needs fractions.",
        "Convert first: x.float().";
    "Expected reduction dim" =>
        "There is no largest element of nothing.";
    "expanded size" =>
        "expand repeats dimensions of size 1 only.",
        "Use repeat to copy others.";
    "derivative of linalg.qr depends on Q" =>
        "The gradient needs Q, which mode=\"r\" does not compute.",
        "Use mode=\"reduced\".";
    "is not differentiable when" =>
        "For this mode and shape the result is not determined by the input alone.",
        "Use mode=\"reduced\".";
    "eigenvectors in the complex case" =>
        "Eigenvectors are only determined up to a factor of absolute value 1; what was computed from them depends on that factor.",
        "Compute something that does not, as .abs() of them, or use the eigenvalues only.";
    "target size" =>
        "A loss compares each element with its target: both need the same shape.",
        "Reshape the target, as target.view_as(output).";
    "Target size" =>
        "A loss compares each element with its target: both need the same shape.",
        "Reshape the target, as target.view_as(output).";
    "Found dtype" & "but expected" =>
        "The gradient (or target) has another dtype than the tensor.",
        "Convert the target: target.float().";
    "not expandable" =>
        "The shapes do not broadcast: compared from the last dimension on, sizes must be equal or 1.";
    "same number of dimensions" =>
        "All tensors must have as many dimensions as each other.",
        "unsqueeze the smaller one.";
    "expects each tensor to be equal size" =>
        "stack puts tensors of one shape on top of each other.",
        "Use torch.cat along an existing dimension, or pad.";
    "both arguments to matmul" =>
        "A product of matrices needs at least vectors; use * for numbers.";
    "must be batches of square matrices" =>
        "The operation is defined for square matrices.";
    "must have at least 2 dimensions" =>
        "The operation takes matrices.";
    "D tensors expected" =>
        "The operation takes tensors of that many dimensions.",
        "Use @ or torch.matmul, which take all kinds.";
    "must be a 3D tensor" =>
        "bmm multiplies batches of matrices (3 dimensions).",
        "Use @ or torch.matmul, which take all kinds.";
    "takes no arguments" =>
        "The method takes no arguments.";
    "must be tuple of ints" =>
        "A size is a tuple of whole numbers.";
    "must be torch.dtype" =>
        "A dtype is written torch.float32, not as a string.";
    "negative dimension" =>
        "Sizes cannot be negative.";
    "between 0 and 1" =>
        "binary_cross_entropy takes probabilities.",
        "Apply torch.sigmoid first, or use binary_cross_entropy_with_logits.";
    "Could not infer dtype" =>
        "A tensor holds numbers (or bools).";
    "too many dimensions" =>
        "A tensor holds numbers (or bools), no strings.";
    "invalid data type" =>
        "A tensor holds numbers (or bools), no strings.";
    "expected sequence of length" =>
        "Rows of a tensor must have the same length.";
    "repeat dims" =>
        "repeat takes at least one number a dimension.";
    "divisible by num_groups" =>
        "group_norm splits the channels into groups of equal size.";
    "Given normalized_shape" =>
        "normalized_shape must be the last sizes of the input.";
    "more than 1 value per channel" =>
        "Batch norm in training needs several values to take a mean of.",
        "Use a larger batch, or module.eval().";
    "Output size is too small" =>
        "The kernel is larger than the input.",
        "Pad the input, or use a smaller kernel.";
    "Given groups=" =>
        "The weight of a convolution has one slice for each channel of the input (divided by groups).";
    "input to conv" =>
        "A convolution takes a batch of images with channels.",
        "Add the missing dimensions: x[None, None].";
    "regular backward hooks and full backward hooks" =>
        "A module has backward hooks of one kind.",
        "Use register_full_backward_hook.";
    "boolean mask" =>
        "A mask is a bool tensor.",
        "Write mask.bool(), or a comparison.";
    "condition to be a boolean tensor" =>
        "The condition is a bool tensor.",
        "Write a comparison, as x > 0.";
    "At least one of" & "must not be None" =>
        "clamp needs a lower or an upper bound.";
    "selected index k out of range" =>
        "k counts elements of the dimension, from 1 on.";
    "Index tensor must have the same number of dimensions" =>
        "gather and scatter take one index an element: the index has as many dimensions as the input.";
    "Nested forward mode" =>
        "Only one dual level may be open at a time.";
    "Dual level" =>
        "Levels are counted from 0.";
    "Expected one of cpu" =>
        "A device is \"cpu\" here.";
    "can only concatenate str" =>
        "A string and a tensor cannot be added.",
        "Write f\"loss {loss}\" or str(loss.item()).";
    "cannot be interpreted as an integer" =>
        "A whole number is wanted here.";
    "invalid literal for int" =>
        "The text is no whole number.";
    "list index out of range" =>
        "The list is shorter than that.";
    "KeyError" =>
        "The dict has no such key.";
    "No module named" =>
        "There is no such module here.";
    "StopIteration" =>
        "The iterator has no more items. A for loop would just end.";
    "is not defined" =>
        "No such name exists yet. `%who` lists the session's names.";
    "has no attribute" =>
        "The object has no attribute of this name. `dir(x)` lists what it has.";
    "is not iterable" =>
        "The value cannot be gone through one by one.";
    "division by zero" =>
        "A Python number was divided by zero. Tensors would give inf or nan.";
];

/// The answer to a message.
pub fn of_message(message: &str) -> Option<&'static [&'static str]> {
    let fits = |advice: &&Advice| advice.words.iter().all(|word| message.contains(word));
    ADVICE.iter().find(fits).map(|advice| advice.lines)
}
