"""`torch.save` and `torch.load`. Sessions reach no files: what is saved stays in this session's memory, under the
file's name, or under a mark written into the file-like object."""
import collections
import copy
import torch

_saved = {}
_files = {}
_safe = []
_MARK = b"gradshell saved object "
_PLAIN = (bool, int, float, complex, str, bytes, bytearray, torch.Size, torch.dtype, torch.device)


class UnpicklingError(Exception):
    __module__ = "_pickle"


class _Copier:
    """Copies as a file would hold them: tensors become leaves, those that share a storage go on sharing one."""

    def __init__(self, check=None):
        self.made = {}
        self.storages = {}
        self.check = check

    def __call__(self, x):
        if x is None or isinstance(x, _PLAIN):
            return x
        if id(x) in self.made:
            return self.made[id(x)][1]
        y = self.copied(x)
        self.made[id(x)] = (x, y)
        return y

    def copied(self, x):
        if isinstance(x, torch.Tensor):
            return self.tensor(x)
        cls = type(x)
        if cls in (tuple, list, set, frozenset):
            return cls(self(item) for item in x)
        if cls in (dict, collections.OrderedDict, collections.Counter):
            y = cls()
            for key, value in x.items():
                y[self(key)] = self(value)
            if hasattr(x, "_metadata"):
                y._metadata = self(x._metadata)
            return y
        if self.check is not None:
            self.check(x if isinstance(x, type) else cls)
        if isinstance(x, type) or callable(x) and not isinstance(x, torch.nn.Module):
            name = getattr(x, "__qualname__", "")
            if "<" in name:
                raise AttributeError(f"Can't pickle local object '{name}'")
            return x
        return copy.deepcopy(x, {key: y for key, (_, y) in self.made.items()})

    def tensor(self, x):
        source = x.detach()
        key = source.untyped_storage().data_ptr()
        if key not in self.storages:
            count = source.untyped_storage().nbytes() // source.element_size()
            self.storages[key] = source, source.as_strided((count,), (1,), 0).clone().untyped_storage()
        y = torch.empty(0, dtype=x.dtype).set_(self.storages[key][1], x.storage_offset(), x.size(), x.stride())
        if isinstance(x, torch.nn.Parameter):
            return type(x)(y, x.requires_grad)
        return y.requires_grad_(x.requires_grad)


def save(obj, f, pickle_module=None, pickle_protocol=2, _use_new_zipfile_serialization=True, _disable_byteorder_record=False):
    if not isinstance(f, str) and not hasattr(f, "write"):
        raise AttributeError("expected 'f' to be string, path, or a file-like object with a 'write' attribute")
    kept = _Copier()(obj)
    if isinstance(f, str):
        _files[f] = kept
        return
    _saved[len(_saved)] = kept
    f.write(_MARK + str(len(_saved) - 1).encode() + b"\n")


def load(f, map_location=None, pickle_module=None, *, weights_only=None, mmap=None, **pickle_load_args):
    if isinstance(f, str):
        if f not in _files:
            raise FileNotFoundError(2, "No such file or directory", f)
        kept = _files[f]
    elif not hasattr(f, "seek"):
        raise AttributeError(
            f"'{type(f).__name__}' object has no attribute 'seek'. You can only torch.load from a file that is seekable. "
            "Please pre-load the data into a buffer like io.BytesIO and try to load from it instead."
        )
    else:
        kept = _read(f)
    only_weights = weights_only is None and pickle_module is None or weights_only
    return _Copier(_allow if only_weights else None)(kept)


def _read(f):
    line = f.readline()
    if line == b"":
        raise EOFError
    if not line.startswith(_MARK):
        raise UnpicklingError("invalid load key, '%s'." % chr(line[0]))
    return _saved[int(line[len(_MARK):])]


def _allow(cls):
    name = cls.__qualname__ if cls.__module__ == "builtins" else f"{cls.__module__}.{cls.__qualname__}"
    if cls in _safe:
        return
    raise UnpicklingError(
        "Weights only load failed. This file can still be loaded, to do so you have two options, \033[1mdo those steps "
        "only if you trust the source of the checkpoint\033[0m. \n"
        "\t(1) In PyTorch 2.6, we changed the default value of the `weights_only` argument in `torch.load` from `False` to "
        "`True`. Re-running `torch.load` with `weights_only` set to `False` will likely succeed, but it can result in "
        "arbitrary code execution. Do it only if you got the file from a trusted source.\n"
        "\t(2) Alternatively, to load with `weights_only=True` please check the recommended steps in the following error "
        f"message.\n\tWeightsUnpickler error: Unsupported global: GLOBAL {name} was not an allowed global by default. "
        f"Please use `torch.serialization.add_safe_globals([{name}])` or the `torch.serialization.safe_globals([{name}])` "
        "context manager to allowlist this global if you trust this class/function.\n\n"
        "Check the documentation of torch.load to learn more about types accepted by default with weights_only "
        "https://pytorch.org/docs/stable/generated/torch.load.html."
    )


def add_safe_globals(safe_globals):
    _safe.extend(safe_globals)


def clear_safe_globals():
    _safe.clear()


def get_safe_globals():
    return list(_safe)


class safe_globals:
    """Allows classes for the length of a block."""

    def __init__(self, safe_globals):
        self.classes = safe_globals

    def __enter__(self):
        self.before = list(_safe)
        add_safe_globals(self.classes)

    def __exit__(self, *args):
        _safe[:] = self.before
