def _gradshell_facts():
    """What the session's tensors are right now, as JSON."""
    import json

    def facts(name, t):
        node = t.grad_fn
        grad = t._grad
        inputs = []
        for following, _ in node.next_functions if node is not None else ():
            variable = getattr(following, "variable", None)
            if variable is not None:
                inputs += [other for other, value in names if value is variable][:1]
            elif following is not None:
                inputs += [other for other, value in names if value.grad_fn is following][:1]
        return {
            "name": name, "id": id(t), "version": -1 if t.is_inference() else t._version, "leaf": t.is_leaf,
            "requires_grad": t.requires_grad, "retains": t.retains_grad, "shape": list(t.shape),
            "dtype": str(t.dtype), "node": node.name().split("::")[-1] if node is not None else None,
            "inputs": inputs, "grad": None if grad is None else [id(grad), grad._version],
            "inference": t.is_inference(), "view": t._is_view(),
            "base": next((other for other, value in names if t._is_view() and value is t._base), None),
        }

    names = [(k, v) for k, v in list(globals().items()) if isinstance(v, torch.Tensor) and not k.startswith("_gradshell")]
    wanted = [(k, v) for k, v in names]
    if _gradshell_arguments:
        try:
            value = eval(_gradshell_arguments[0], globals())
        except Exception:
            value = None
        if isinstance(value, torch.Tensor):
            wanted = [(_gradshell_arguments[0], value)]
        else:
            wanted = []
    print(json.dumps([facts(k, v) for k, v in wanted]))


try:
    _gradshell_facts()
finally:
    del _gradshell_facts, _gradshell_arguments
