def _gradshell_graph():
    """The autograd graph behind a tensor as text, each node once."""
    expression, = _gradshell_arguments
    value = eval(expression, globals())
    if not isinstance(value, torch.Tensor):
        print(f"{expression} is no tensor")
        return
    names = {id(thing): name for name, thing in list(globals().items()) if isinstance(thing, torch.Tensor)}
    if value.grad_fn is None:
        print(f"{expression} is a leaf: no operation that is recorded made it")
        return
    seen = {}
    waiting = [(value.grad_fn, 0)]
    print(f"{expression} {tuple(value.shape)}")
    while waiting:
        node, depth = waiting.pop()
        indent = "  " * (depth + 1)
        variable = getattr(node, "variable", None)
        label = node.name()
        if variable is not None:
            label += f" {names.get(id(variable), '')} {tuple(variable.shape)}".replace("  ", " ")
        if id(node) in seen:
            print(f"{indent}{label} (see above)")
            continue
        seen[id(node)] = node
        print(f"{indent}{label}")
        for following, _ in reversed(node.next_functions):
            if following is not None:
                waiting.append((following, depth + 1))


try:
    _gradshell_graph()
finally:
    del _gradshell_graph, _gradshell_arguments
