"""Methods of tensors that are made of other methods."""
import torch
from torch._C import _VariableFunctions as _VF


class Tensor:
    def norm(self, p="fro", dim=None, keepdim=False, dtype=None):
        return torch.norm(self, p, dim, keepdim, dtype=dtype)

    def lu(self, pivot=True, get_infos=False):
        result = torch._lu_with_info(self, pivot=pivot, check_errors=(not get_infos))
        return tuple(result) if get_infos else (result[0], result[1])

    def stft(self, n_fft, hop_length=None, win_length=None, window=None, center=True, pad_mode="reflect",
             normalized=False, onesided=None, return_complex=None, align_to_window=None):
        return torch.stft(self, n_fft, hop_length, win_length, window, center, pad_mode, normalized, onesided,
                          return_complex, align_to_window)

    def istft(self, n_fft, hop_length=None, win_length=None, window=None, center=True, normalized=False,
              onesided=None, length=None, return_complex=False):
        return torch.istft(self, n_fft, hop_length, win_length, window, center, normalized, onesided, length,
                           return_complex)

    def split(self, split_size, dim=0):
        if isinstance(split_size, int):
            return _VF.split(self, split_size, dim)
        return _VF.split_with_sizes(self, split_size, dim)

    def unique(self, sorted=True, return_inverse=False, return_counts=False, dim=None):
        return torch.unique(self, sorted=sorted, return_inverse=return_inverse, return_counts=return_counts, dim=dim)

    def unique_consecutive(self, return_inverse=False, return_counts=False, dim=None):
        return torch.unique_consecutive(self, return_inverse=return_inverse, return_counts=return_counts, dim=dim)

    def unflatten(self, dim, sizes):
        if not sizes:
            raise RuntimeError("unflatten: sizes must be non-empty")
        return _VF.unflatten(self, dim, sizes)

    def resize(self, *sizes):
        import warnings

        warnings.warn("non-inplace resize is deprecated", stacklevel=2)
        return _Resize.apply(self, sizes)

    def resize_as(self, tensor):
        import warnings

        warnings.warn("non-inplace resize_as is deprecated", stacklevel=2)
        return _Resize.apply(self, tensor.size())

    def reinforce(self, reward):
        raise RuntimeError(
            "reinforce() was removed.\n"
            "Use torch.distributions instead.\n"
            "See https://pytorch.org/docs/main/distributions.html\n\n"
            "Instead of:\n\n"
            "probs = policy_network(state)\n"
            "action = probs.multinomial()\n"
            "next_state, reward = env.step(action)\n"
            "action.reinforce(reward)\n"
            "action.backward()\n\n"
            "Use:\n\n"
            "probs = policy_network(state)\n"
            "# NOTE: categorical is equivalent to what used to be called multinomial\n"
            "m = torch.distributions.Categorical(probs)\n"
            "action = m.sample()\n"
            "next_state, reward = env.step(action)\n"
            "loss = -m.log_prob(action) * reward\n"
            "loss.backward()\n"
        )

    def cholesky(self, upper=False):
        return torch.cholesky(self, upper=upper)

    def solve(self, other):
        from torch._linalg_utils import solve

        return solve(self, other)

    def lstsq(self, other):
        from torch._linalg_utils import lstsq

        return lstsq(self, other)

    def eig(self, eigenvectors=False):
        from torch._linalg_utils import eig

        return eig(self, eigenvectors=eigenvectors)

    def symeig(self, eigenvectors=False):
        from torch._linalg_utils import symeig

        return symeig(self, eigenvectors=eigenvectors)

    def qr(self, some=True):
        from torch._linalg_utils import qr

        return qr(self, some=some)


class _Resize:
    @staticmethod
    def apply(tensor, sizes):
        from torch.autograd import Function

        class Resize(Function):
            @staticmethod
            def forward(ctx, tensor, sizes):
                ctx.sizes = sizes
                ctx.numel = 1
                for size in sizes:
                    ctx.numel *= size
                if tensor.numel() != ctx.numel:
                    shown = "x".join(map(str, sizes))
                    held = "x".join(map(str, tensor.size()))
                    raise RuntimeError(
                        f"requested resize to {shown} ({ctx.numel} elements in total), but the given tensor has a "
                        f"size of {held} ({tensor.numel()} elements). autograd's resize can only change the shape of "
                        "a given tensor, while preserving the number of elements. "
                    )
                ctx.input_sizes = tensor.size()
                return tensor.contiguous().view(*sizes)

            @staticmethod
            def backward(ctx, grad_output):
                return grad_output.contiguous().view(ctx.input_sizes), None

        return Resize.apply(tensor, sizes)
