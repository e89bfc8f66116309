def _gradshell_graph():
    """The autograd graph behind a tensor, each node once, as JSON."""
    import json

    expression, = _gradshell_arguments
    value = eval(expression, globals())
    if isinstance(value, (tuple, list)) and value and all(isinstance(each, torch.Tensor) for each in value):
        roots = list(value)
    elif isinstance(value, torch.Tensor):
        roots = [value]
    else:
        print(json.dumps({"problem": f"{expression} is no tensor"}))
        return
    variables = [(k, v) for k, v in list(globals().items()) if isinstance(v, torch.Tensor) and not k.startswith("_")]
    for owner, module in list(globals().items()):
        if isinstance(module, torch.nn.Module):
            variables += [(f"{owner}.{k}", v) for k, v in module.named_parameters()]

    def name_of(tensor):
        return next((k for k, v in variables if v is tensor), None)

    def made_by(node, number):
        return [k for k, v in variables if v.grad_fn is node and v.output_nr == number or v.grad_fn is node and number is None]

    def size(tensor):
        return "(" + ", ".join(str(n) for n in tensor.shape) + ("," if tensor.dim() == 1 else "") + ")"

    def saved_by(node):
        found = []
        for attribute in dir(node):
            if not attribute.startswith("_saved_") or attribute in ("_saved_tensors", "_saved_self_sym_sizes"):
                continue
            try:
                kept = getattr(node, attribute)
            except RuntimeError:
                found.append({"name": attribute[7:], "what": "freed", "tensor": False})
                continue
            if isinstance(kept, torch.Tensor):
                own = name_of(kept)
                if kept.grad_fn is node:
                    own = own or next(iter(made_by(node, kept.output_nr)), "the result")
                elif kept.grad_fn is not None and own is None:
                    own = next(iter(made_by(kept.grad_fn, kept.output_nr)), None)
                found.append({"name": attribute[7:], "what": own or size(kept), "tensor": True})
        custom = getattr(node, "saved_tensors", None) if hasattr(type(node), "_forward_cls") else None
        try:
            for number, kept in enumerate(custom or ()):
                found.append({"name": str(number), "what": name_of(kept) or size(kept), "tensor": True})
        except (RuntimeError, TypeError):
            pass
        return found

    nodes, numbers = [], {}

    def number_of(node):
        if node not in numbers:
            numbers[node] = len(nodes)
            variable = getattr(node, "variable", None)
            if variable is not None:
                entry = {"kind": "leaf", "label": name_of(variable) or "leaf", "size": size(variable), "saved": []}
            else:
                named = [k for k, v in variables if v.grad_fn is node]
                shape = next((size(v) for k, v in variables if v.grad_fn is node), "")
                entry = {
                    "kind": "op", "label": node.name().split("::")[-1], "named": named[:3], "size": shape,
                    "saved": saved_by(node),
                }
            entry["next"] = []
            nodes.append(entry)
            waiting.append((node, entry))
        return numbers[node]

    waiting, outputs = [], []
    for root in roots:
        name = name_of(root) or (expression if len(roots) == 1 else "output")
        output = {"label": name, "size": size(root), "leaf": root.grad_fn is None, "view": None}
        if root._is_view() and root.grad_fn is not None:
            output["view"] = (name_of(root._base) or "") + " " + size(root._base)
        node = root.grad_fn
        if node is None and root.requires_grad:
            node = root.view_as(root).grad_fn.next_functions[0][0]
        output["node"] = None if node is None else number_of(node)
        outputs.append(output)
    while waiting:
        node, entry = waiting.pop()
        for following, _ in node.next_functions:
            entry["next"].append(None if following is None else number_of(following))
    print(json.dumps({"outputs": outputs, "nodes": nodes}))


try:
    _gradshell_graph()
finally:
    del _gradshell_graph, _gradshell_arguments
