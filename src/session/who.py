def _gradshell_who():
    """Names of the session with their types."""
    for name, value in sorted(globals().items()):
        if name.startswith("_") or type(value).__name__ == "module":
            continue
        kind = type(value).__name__
        if isinstance(value, torch.Tensor):
            kind += f" {tuple(value.shape)} {value.dtype}" + ", requires_grad" * value.requires_grad
        print(f"{name:12} {kind}")


try:
    _gradshell_who()
finally:
    del _gradshell_who, _gradshell_arguments
