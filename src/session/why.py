def _gradshell_why():
    """Why a tensor is a leaf or not, and has a grad or not; what an autograd error asks for."""
    expression, made, error = _gradshell_arguments
    if expression in ("", "error"):
        hints = [
            ("does not require grad and does not have a grad_fn",
             "nothing that went into it requires grad: set requires_grad=True on an input and compute it again"),
            ("implicitly created only for scalar outputs",
             "backward() alone wants one number: reduce it first, .sum().backward(), or pass gradient="),
            ("a second time", "the first backward() freed what it had saved: pass retain_graph=True there, or compute again"),
            ("modified by an inplace operation", "a saved value was overwritten: use the form that makes a new tensor"),
            ("leaf Variable that requires grad", "change a leaf under torch.no_grad(), or work on a copy"),
            ("only change requires_grad flags of leaf", "the result of an operation cannot be switched: use .detach()"),
            ("floating point and complex dtype", "integers and bools have no gradient: write 1., or dtype=torch.float32"),
        ]
        if not error:
            print("no error so far")
            return
        print(error.strip().splitlines()[-1])
        for words, hint in hints:
            if words in error:
                print(f"  {hint}")
        return
    base = expression
    for ending in (".grad", ".is_leaf", ".grad_fn", ".requires_grad"):
        base = base.removesuffix(ending)
    value = eval(base, globals())
    if not isinstance(value, torch.Tensor):
        print(f"{base} is no tensor")
        return
    if made:
        print(f"{base} was made by {made}")
    if value.grad_fn is not None:
        print(f"{base} is not a leaf: {value.grad_fn.name()} made it from an input that requires grad")
    elif value.requires_grad:
        print(f"{base} is a leaf: no recorded operation made it, and it requires grad")
    else:
        print(f"{base} is a leaf: it does not require grad")
    if value.is_leaf or value.retains_grad:
        if value.grad is not None:
            print(f"{base}.grad is there: backward() left it")
        elif value.requires_grad:
            print(f"{base}.grad is None: no backward() has reached it yet")
        else:
            print(f"{base}.grad is None: it does not require grad")
    else:
        print(f"{base}.grad is None: only leaves keep theirs; call {base}.retain_grad() before backward()")
    print(f"version {value._version}: changed in place {value._version} times")


try:
    _gradshell_why()
finally:
    del _gradshell_why, _gradshell_arguments
