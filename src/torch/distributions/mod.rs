//! `torch.distributions`: probability distributions, written in Python.

/// Modules and their text.
pub static SOURCES: &[(&str, &str)] = &[
    ("torch.distributions.constraints", include_str!("constraints.py")),
    ("torch.distributions.distribution", include_str!("distribution.py")),
    ("torch.distributions.continuous", include_str!("continuous.py")),
    ("torch.distributions.discrete", include_str!("discrete.py")),
    ("torch.distributions.multivariate", include_str!("multivariate.py")),
    ("torch.distributions.transforms", include_str!("transforms.py")),
    ("torch.distributions.kl", include_str!("kl.py")),
    // PyTorch keeps most distributions in a module each
    (
        "torch.distributions.bernoulli",
        "from torch.distributions.discrete import *",
    ),
    (
        "torch.distributions.beta",
        "from torch.distributions.continuous import *",
    ),
    (
        "torch.distributions.binomial",
        "from torch.distributions.discrete import *",
    ),
    (
        "torch.distributions.categorical",
        "from torch.distributions.discrete import *",
    ),
    (
        "torch.distributions.dirichlet",
        "from torch.distributions.multivariate import *",
    ),
    (
        "torch.distributions.exponential",
        "from torch.distributions.continuous import *",
    ),
    (
        "torch.distributions.gamma",
        "from torch.distributions.continuous import *",
    ),
    (
        "torch.distributions.independent",
        "from torch.distributions.distribution import *",
    ),
    (
        "torch.distributions.laplace",
        "from torch.distributions.continuous import *",
    ),
    (
        "torch.distributions.multinomial",
        "from torch.distributions.discrete import *",
    ),
    (
        "torch.distributions.multivariate_normal",
        "from torch.distributions.multivariate import *",
    ),
    (
        "torch.distributions.normal",
        "from torch.distributions.continuous import *",
    ),
    (
        "torch.distributions.poisson",
        "from torch.distributions.discrete import *",
    ),
    (
        "torch.distributions.transformed_distribution",
        "from torch.distributions.transforms import *",
    ),
    (
        "torch.distributions.uniform",
        "from torch.distributions.continuous import *",
    ),
    (
        "torch.distributions.utils",
        "from torch.distributions.distribution import *",
    ),
];

/// The names of `torch.distributions`, by the module they stand in.
pub static NAMES: &[(&str, &[&str])] = &[
    (
        "torch.distributions.distribution",
        &["Distribution", "ExponentialFamily", "Independent"],
    ),
    (
        "torch.distributions.continuous",
        &[
            "Beta",
            "Cauchy",
            "Chi2",
            "ContinuousBernoulli",
            "Exponential",
            "Gamma",
            "HalfCauchy",
            "HalfNormal",
            "Laplace",
            "Normal",
            "StudentT",
            "Uniform",
            "VonMises",
        ],
    ),
    (
        "torch.distributions.discrete",
        &[
            "Bernoulli",
            "Binomial",
            "Categorical",
            "Geometric",
            "Multinomial",
            "OneHotCategorical",
            "Poisson",
        ],
    ),
    (
        "torch.distributions.multivariate",
        &["Dirichlet", "LKJCholesky", "MultivariateNormal"],
    ),
    (
        "torch.distributions.transforms",
        &[
            "AbsTransform",
            "AffineTransform",
            "ComposeTransform",
            "ExpTransform",
            "Gumbel",
            "InverseGamma",
            "Kumaraswamy",
            "LogNormal",
            "Pareto",
            "PowerTransform",
            "RelaxedBernoulli",
            "RelaxedOneHotCategorical",
            "SigmoidTransform",
            "SoftmaxTransform",
            "TanhTransform",
            "Transform",
            "TransformedDistribution",
            "Weibull",
        ],
    ),
    ("torch.distributions.kl", &["kl_divergence", "register_kl"]),
];
