//! `torch.utils.data`: datasets in memory, samplers and the loader, written in Python.

/// Where the names of `torch.utils.data` stand.
pub(super) static NAMES: &[(&str, &[&str])] = &[
    (
        "torch.utils.data.dataset",
        &[
            "Dataset",
            "IterableDataset",
            "TensorDataset",
            "StackDataset",
            "ConcatDataset",
            "ChainDataset",
            "Subset",
            "random_split",
        ],
    ),
    (
        "torch.utils.data.sampler",
        &[
            "Sampler",
            "SequentialSampler",
            "RandomSampler",
            "SubsetRandomSampler",
            "WeightedRandomSampler",
            "BatchSampler",
            "DistributedSampler",
        ],
    ),
    ("torch.utils.data.collate", &["default_collate", "default_convert"]),
    (
        "torch.utils.data.dataloader",
        &["DataLoader", "get_worker_info", "_DatasetKind"],
    ),
];

/// The texts, by module.
pub(super) static SOURCES: &[(&str, &str)] = &[
    ("torch.utils.data.dataset", include_str!("dataset.py")),
    ("torch.utils.data.sampler", include_str!("sampler.py")),
    ("torch.utils.data.collate", include_str!("collate.py")),
    (
        "torch.utils.data.distributed",
        "from torch.utils.data.sampler import DistributedSampler",
    ),
    (
        "torch.utils.data._utils",
        "from torch.utils.data import collate\nfrom torch.utils.data import dataloader as worker",
    ),
    (
        "torch.utils.data._utils.collate",
        "from torch.utils.data.collate import *\nfrom torch.utils.data.collate import default_collate_fn_map",
    ),
    ("torch.utils.data.dataloader", include_str!("dataloader.py")),
];
