//! The names of `torch` and of its namespaces, found when they are looked up.

use super::create::{buffer, construct, legacy};
use super::{autograd, function, object, settings};
use crate::python::native::NativeDef;
use crate::python::object::{Module, ModuleResolver};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::syntax::symbol::Symbol;
use std::rc::Rc;

/// A module of this floor whose names are found on demand.
struct Namespace {
    name: &'static str,
    rows: &'static [&'static [NativeDef]],
    /// Its ops have this prefix: `linalg_` of `torch.linalg`.
    prefix: Option<&'static str>,
    /// Names that stand in modules written in Python.
    python: &'static [(&'static str, &'static [&'static str])],
    /// Values that only this module has.
    values: fn(&mut Vm, &str) -> Option<Value>,
    value_names: &'static [&'static str],
}

fn none(_vm: &mut Vm, _name: &str) -> Option<Value> {
    None
}

static TORCH: Namespace = Namespace {
    name: "torch",
    rows: &[construct::FUNCTIONS, buffer::FUNCTIONS, settings::FUNCTIONS],
    prefix: Some(""),
    python: &[
        (
            "torch.autograd.grad_mode",
            &["no_grad", "enable_grad", "set_grad_enabled", "inference_mode"],
        ),
        ("torch.func", &["vmap"]),
        ("torch.serialization", &["save", "load"]),
        (
            "torch._linalg_utils",
            &["solve", "lstsq", "eig", "symeig", "matrix_rank", "qr"],
        ),
        (
            "torch.functional",
            &[
                "atleast_1d",
                "atleast_2d",
                "atleast_3d",
                "align_tensors",
                "broadcast_shapes",
                "broadcast_tensors",
                "cartesian_prod",
                "block_diag",
                "cdist",
                "chain_matmul",
                "einsum",
                "istft",
                "lu",
                "norm",
                "meshgrid",
                "pca_lowrank",
                "split",
                "stft",
                "svd_lowrank",
                "tensordot",
                "unique",
                "unique_consecutive",
                "unravel_index",
            ],
        ),
    ],
    values: torch_value,
    value_names: &[
        "Tensor",
        "Size",
        "device",
        "dtype",
        "layout",
        "memory_format",
        "Generator",
        "finfo",
        "iinfo",
        "default_generator",
        "OutOfMemoryError",
        "pi",
        "e",
        "inf",
        "nan",
        "newaxis",
        "__version__",
        "FloatTensor",
        "DoubleTensor",
        "HalfTensor",
        "BFloat16Tensor",
        "ByteTensor",
        "CharTensor",
        "ShortTensor",
        "IntTensor",
        "LongTensor",
        "BoolTensor",
        "UntypedStorage",
        "TypedStorage",
    ],
};

static AUTOGRAD: Namespace = Namespace {
    name: "torch.autograd",
    rows: &[autograd::backward::FUNCTIONS],
    prefix: None,
    python: &[
        (
            "torch.autograd.grad_mode",
            &[
                "no_grad",
                "enable_grad",
                "set_grad_enabled",
                "inference_mode",
                "set_multithreading_enabled",
            ],
        ),
        (
            "torch.autograd.function",
            &["Function", "NestedIOFunction", "once_differentiable"],
        ),
        ("torch.autograd.variable", &["Variable"]),
        ("torch.autograd.anomaly_mode", &["detect_anomaly", "set_detect_anomaly"]),
        ("torch.autograd._gradcheck", &["gradcheck", "gradgradcheck"]),
    ],
    values: none,
    value_names: &[],
};

static C: Namespace = Namespace {
    name: "torch._C",
    rows: &[
        settings::PRIVATE,
        autograd::saved::FUNCTIONS,
        autograd::custom::FUNCTIONS,
        autograd::forward::FUNCTIONS,
        super::overrides::FUNCTIONS,
    ],
    prefix: None,
    python: &[("torch.overrides", &["DisableTorchFunctionSubclass"])],
    values: c_value,
    value_names: &["TensorBase", "Generator", "_LinAlgError"],
};

static NN_FUNCTIONS: Namespace = Namespace {
    name: "torch._C._nn",
    rows: &[],
    prefix: Some(""),
    python: &[],
    values: none,
    value_names: &[],
};

static VARIABLE_FUNCTIONS: Namespace = Namespace {
    name: "torch._C._VariableFunctions",
    rows: &[],
    prefix: Some(""),
    python: &[],
    values: none,
    value_names: &[],
};

static LINALG: Namespace = Namespace {
    name: "torch.linalg",
    rows: &[],
    prefix: Some("linalg_"),
    python: &[],
    values: |vm, name| (name == "LinAlgError").then(|| Value::class(&object::torch(vm).classes.lin_alg_error)),
    value_names: &["LinAlgError"],
};

static SPECIAL: Namespace = Namespace {
    name: "torch.special",
    rows: &[],
    prefix: Some("special_"),
    python: &[],
    values: none,
    value_names: &[],
};

static FFT: Namespace = Namespace {
    name: "torch.fft",
    rows: &[],
    prefix: Some("fft_"),
    python: &[],
    values: none,
    value_names: &[],
};

static RETURN_TYPES: Namespace = Namespace {
    name: "torch.return_types",
    rows: &[],
    prefix: None,
    python: &[],
    values: return_type,
    value_names: &[],
};

static RANDOM: Namespace = Namespace {
    name: "torch.random",
    rows: &[settings::RANDOM],
    prefix: None,
    python: &[("torch._random", &["fork_rng", "thread_safe_generator"])],
    values: |vm, name| (name == "default_generator").then(|| object::torch(vm).default_generator.clone()),
    value_names: &["default_generator"],
};

static CUDA: Namespace = Namespace {
    name: "torch.cuda",
    rows: &[settings::CUDA],
    prefix: None,
    python: &[],
    values: none,
    value_names: &[],
};

/// A module all of whose names stand in modules written in Python.
const fn of_python(name: &'static str, python: &'static [(&'static str, &'static [&'static str])]) -> Namespace {
    Namespace {
        name,
        rows: &[],
        prefix: None,
        python,
        values: none,
        value_names: &[],
    }
}

static NN: Namespace = of_python("torch.nn", super::nn::NAMES);
static NN_MODULES: Namespace = of_python("torch.nn.modules", super::nn::NAMES);
static NN_UTILS: Namespace = of_python("torch.nn.utils", super::nn::UTILS);
static OPTIM: Namespace = of_python("torch.optim", super::optim::NAMES);
static DATA: Namespace = of_python("torch.utils.data", super::data::NAMES);

static SIGNAL: Namespace = Namespace {
    name: "torch.signal",
    rows: &[],
    prefix: None,
    python: &[],
    values: none,
    value_names: &["windows"],
};

static DISTRIBUTIONS: Namespace = Namespace {
    name: "torch.distributions",
    rows: &[],
    prefix: None,
    python: super::distributions::NAMES,
    values: none,
    value_names: &[],
};

static UTILS: Namespace = Namespace {
    name: "torch.utils",
    rows: &[],
    prefix: None,
    python: &[],
    values: none,
    value_names: &[],
};

/// Modules written in Python that belong to this floor.
static SOURCES: &[(&str, &str)] = &[
    ("torch.autograd.grad_mode", include_str!("autograd/grad_mode.py")),
    ("torch.autograd.anomaly_mode", include_str!("autograd/anomaly_mode.py")),
    ("torch.autograd.graph", include_str!("autograd/graph.py")),
    ("torch.autograd.function", include_str!("autograd/function.py")),
    ("torch.autograd._gradcheck", include_str!("autograd/gradcheck.py")),
    // the module of that name: as an attribute of torch.autograd the name is the function's
    ("torch.autograd.gradcheck", "from torch.autograd._gradcheck import *"),
    ("torch.testing", include_str!("testing/testing.py")),
    ("torch.overrides", include_str!("overrides/overrides.py")),
    ("torch.utils.checkpoint", include_str!("utils/checkpoint.py")),
    ("torch.autograd.variable", include_str!("autograd/variable.py")),
    ("torch.autograd.functional", include_str!("autograd/functional.py")),
    ("torch.func", include_str!("func/func.py")),
    ("torch.autograd.forward_ad", include_str!("autograd/forward_ad.py")),
    ("torch._tensor", include_str!("tensor/tensor.py")),
    ("torch.functional", include_str!("functional/functional.py")),
    ("array", include_str!("create/array.py")),
    ("torch.serialization", include_str!("serialization.py")),
    ("torch._linalg_utils", include_str!("functional/removed.py")),
    ("torch._random", include_str!("functional/random.py")),
    ("torch.signal.windows", include_str!("signal/windows.py")),
    ("torch.masked", include_str!("masked/masked.py")),
];

/// Registers the module's namespaces; each is built when it is imported.
pub fn install(vm: &mut Vm, module: &Rc<Module>) {
    prepare(vm, module, &TORCH);
    vm.add_module("torch.autograd", |vm| Ok(build(vm, &AUTOGRAD)));
    vm.add_module("torch._C", |vm| Ok(build(vm, &C)));
    vm.add_module("torch._C._nn", |vm| Ok(build(vm, &NN_FUNCTIONS)));
    vm.add_module("torch._C._VariableFunctions", |vm| Ok(build(vm, &VARIABLE_FUNCTIONS)));
    vm.add_module("torch.linalg", |vm| Ok(build(vm, &LINALG)));
    vm.add_module("torch.special", |vm| Ok(build(vm, &SPECIAL)));
    vm.add_module("torch.fft", |vm| Ok(build(vm, &FFT)));
    vm.add_module("torch.return_types", |vm| Ok(build(vm, &RETURN_TYPES)));
    vm.add_module("torch.random", |vm| Ok(build(vm, &RANDOM)));
    vm.add_module("torch.cuda", |vm| Ok(build(vm, &CUDA)));
    vm.add_module("torch.nn", |vm| Ok(build(vm, &NN)));
    vm.add_module("torch.nn.modules", |vm| Ok(build(vm, &NN_MODULES)));
    vm.add_module("torch.nn.utils", |vm| Ok(build(vm, &NN_UTILS)));
    vm.add_module("torch.optim", |vm| Ok(build(vm, &OPTIM)));
    vm.add_module("torch.utils.data", |vm| Ok(build(vm, &DATA)));
    vm.add_module("torch.signal", |vm| Ok(build(vm, &SIGNAL)));
    vm.add_module("torch.distributions", |vm| Ok(build(vm, &DISTRIBUTIONS)));
    vm.add_module("torch.utils", |vm| Ok(build(vm, &UTILS)));
    let sources = [
        SOURCES,
        super::nn::SOURCES,
        super::optim::SOURCES,
        super::data::SOURCES,
        super::distributions::SOURCES,
    ];
    for (name, text) in sources.into_iter().flatten() {
        vm.add_source(name, text);
    }
}

fn build(vm: &mut Vm, namespace: &'static Namespace) -> Rc<Module> {
    let module = Module::new(namespace.name);
    prepare(vm, &module, namespace);
    module
}

fn prepare(_vm: &mut Vm, module: &Rc<Module>, namespace: &'static Namespace) {
    module.set("__name__", Value::str(namespace.name));
    module.set("__path__", Value::list(Vec::new()));
    *module.resolver.borrow_mut() = Some(Rc::new(Names(namespace)));
}

/// Ops of `torch.linalg` and its like are no functions of `torch`.
fn is_of_a_namespace(module: &str, name: &str) -> bool {
    module == "torch"
        && ["linalg_", "fft_", "special_"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
}

struct Names(&'static Namespace);

impl ModuleResolver for Names {
    fn resolve(&self, vm: &mut Vm, name: Symbol) -> R<Option<Value>> {
        let (space, text) = (self.0, name.text());
        for rows in space.rows {
            if let Some(row) = rows.iter().find(|row| row.name == text) {
                return Ok(Some(vm.native_function(row, space.name)));
            }
        }
        if let Some(value) = (space.values)(vm, text) {
            return Ok(Some(value));
        }
        if let Some((module, _)) = space.python.iter().find(|(_, names)| names.contains(&text))
            && vm.is_registered(module)
        {
            let module = vm.import_module(module)?;
            return vm.find_attr(&module, name);
        }
        match space.prefix {
            Some("") if !is_of_a_namespace(space.name, text) => {
                let found = match space.name {
                    "torch._C._nn" => function::any_function(text),
                    _ => function::function(text),
                };
                if let Some(found) = found {
                    return Ok(Some(found));
                }
            }
            Some("") | None => {}
            Some(prefix) => {
                if let Some(found) = function::namespaced(&format!("{prefix}{text}"), text) {
                    return Ok(Some(found));
                }
            }
        }
        let submodule = format!("{}.{text}", space.name);
        if vm.is_registered(&submodule) {
            return vm.import_module(&submodule).map(Some);
        }
        Ok(None)
    }

    fn names(&self) -> Vec<Symbol> {
        let space = self.0;
        let mut names: Vec<Symbol> = space
            .rows
            .iter()
            .flat_map(|rows| rows.iter().map(|row| row.name))
            .chain(space.value_names.iter().copied())
            .chain(space.python.iter().flat_map(|(_, names)| names.iter().copied()))
            .map(Symbol::new)
            .collect();
        match space.prefix {
            Some("") => {
                names.extend(
                    function::function_names()
                        .into_iter()
                        .filter(|name| !name.text().contains("linalg_")),
                );
                names.extend(
                    object::dtype::NAMES
                        .iter()
                        .chain(object::symbol::NAMES)
                        .map(|name| Symbol::new(name)),
                );
            }
            Some(prefix) => {
                let own = function::function_names();
                names.extend(
                    own.iter()
                        .filter_map(|name| name.text().strip_prefix(prefix))
                        .map(Symbol::new),
                );
            }
            None => {}
        }
        names
    }
}

fn torch_value(vm: &mut Vm, name: &str) -> Option<Value> {
    if let Some(dtype) = object::dtype::by_name(name) {
        return Some(object::dtype::value(vm, dtype));
    }
    let torch = object::torch(vm);
    let classes = &torch.classes;
    Some(match name {
        "Tensor" => Value::class(&classes.tensor),
        "Size" => Value::class(&classes.size),
        "device" => Value::class(&classes.device),
        "dtype" => Value::class(&classes.dtype),
        "layout" => Value::class(&classes.layout),
        "memory_format" => Value::class(&classes.memory_format),
        "Generator" => Value::class(&classes.generator),
        "finfo" => Value::class(&classes.finfo),
        "iinfo" => Value::class(&classes.iinfo),
        "UntypedStorage" => Value::class(&classes.storage),
        "TypedStorage" => Value::class(&classes.typed_storage),
        "OutOfMemoryError" => Value::class(&classes.out_of_memory_error),
        "default_generator" => torch.default_generator.clone(),
        "pi" => Value::float(std::f64::consts::PI),
        "e" => Value::float(std::f64::consts::E),
        "inf" => Value::float(f64::INFINITY),
        "nan" => Value::float(f64::NAN),
        "newaxis" => Value::None,
        "__version__" => Value::str("2.15.0"),
        "legacy_contiguous_format" => return object::symbol::by_name(vm, "contiguous_format"),
        "strided" | "sparse_coo" | "sparse_csr" | "sparse_csc" | "sparse_bsr" | "sparse_bsc" | "contiguous_format"
        | "preserve_format" | "channels_last" | "channels_last_3d" => return object::symbol::by_name(vm, name),
        name if name.ends_with("Tensor") => return legacy::by_name(vm, name),
        _ => return None,
    })
}

fn c_value(vm: &mut Vm, name: &str) -> Option<Value> {
    let torch = object::torch(vm);
    Some(match name {
        "TensorBase" | "_TensorBase" => Value::class(&torch.classes.tensor_base),
        "Generator" => Value::class(&torch.classes.generator),
        "_LinAlgError" => Value::class(&torch.classes.lin_alg_error),
        "_FunctionBase" => Value::class(&torch.classes.function_base),
        _ => return None,
    })
}

/// `torch.return_types.max`: the class of the results of an op that names them.
fn return_type(vm: &mut Vm, name: &str) -> Option<Value> {
    let op = crate::ops::find(name.strip_suffix("_out").unwrap_or(name))?;
    let returns = op
        .overloads
        .iter()
        .map(|overload| &overload.parsed().returns)
        .find(|returns| returns.len() > 1 && returns.iter().all(|result| !result.name.is_empty()))?;
    let fields: Vec<&'static str> = returns.iter().map(|result| result.name).collect();
    object::return_types::class(vm, name, &fields).map(|class| Value::class(&class))
}
