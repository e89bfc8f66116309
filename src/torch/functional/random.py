"""`torch.random.fork_rng` and `thread_safe_generator`."""
import torch


class fork_rng:
    """Puts the state of the generator back at the end of the block."""

    def __init__(self, devices=None, enabled=True, _caller="fork_rng", _devices_kw="devices", device_type="cuda"):
        self.enabled = enabled

    def __enter__(self):
        if self.enabled:
            self.state = torch.get_rng_state()

    def __exit__(self, *args):
        if self.enabled:
            torch.set_rng_state(self.state)


def thread_safe_generator():
    """The generator of a data loader's worker; None outside of one."""
    return None
