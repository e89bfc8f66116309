//! `torch.optim`: optimisers and schedules, written in Python.

/// Where the names of `torch.optim` stand.
pub(super) static NAMES: &[(&str, &[&str])] = &[
    ("torch.optim.optimizer", &["Optimizer"]),
    ("torch.optim.sgd", &["SGD"]),
    (
        "torch.optim.adam",
        &["Adam", "AdamW", "NAdam", "RAdam", "Adamax", "SparseAdam"],
    ),
    (
        "torch.optim.adaptive",
        &["Adagrad", "Adadelta", "RMSprop", "Rprop", "ASGD"],
    ),
    ("torch.optim.lbfgs", &["LBFGS"]),
    ("torch.optim.matrix", &["Adafactor", "Muon"]),
];

/// The texts, by module.
pub(super) static SOURCES: &[(&str, &str)] = &[
    ("torch.optim.optimizer", include_str!("optimizer.py")),
    ("torch.optim.sgd", include_str!("sgd.py")),
    ("torch.optim.adam", include_str!("adam.py")),
    ("torch.optim.adaptive", include_str!("adaptive.py")),
    ("torch.optim.lbfgs", include_str!("lbfgs.py")),
    ("torch.optim.matrix", include_str!("matrix.py")),
    ("torch.optim.swa_utils", include_str!("swa_utils.py")),
    ("torch.optim.adamw", "from torch.optim.adam import AdamW"),
    ("torch.optim.nadam", "from torch.optim.adam import NAdam"),
    ("torch.optim.radam", "from torch.optim.adam import RAdam"),
    ("torch.optim.adamax", "from torch.optim.adam import Adamax"),
    ("torch.optim.sparse_adam", "from torch.optim.adam import SparseAdam"),
    ("torch.optim.adagrad", "from torch.optim.adaptive import Adagrad"),
    ("torch.optim.adadelta", "from torch.optim.adaptive import Adadelta"),
    ("torch.optim.rmsprop", "from torch.optim.adaptive import RMSprop"),
    ("torch.optim.rprop", "from torch.optim.adaptive import Rprop"),
    ("torch.optim.asgd", "from torch.optim.adaptive import ASGD"),
    ("torch.optim.lr_scheduler", include_str!("lr_scheduler.py")),
];
