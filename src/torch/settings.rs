//! Functions of `torch` about the session: seeds, defaults, modes, printing; and questions about tensors and dtypes.

use super::bind::convert;
use super::create::construct::{matched, value_at};
use super::create::legacy;
use super::object::generator::{put_state, seed_of, state_of, unsigned};
use super::{object, warning};
use crate::array::print::PrintOptions;
use crate::array::{Dtype, promote};
use crate::autograd::{Tensor, modes};
use crate::ops::generator::default_generator;
use crate::ops::nn::attention;
use crate::parser;
use crate::python::native::{NativeDef, Parser};
use crate::python::value::{R, Value};
use crate::python::vm::Vm;
use crate::syntax::symbol::Symbol;

macro_rules! function {
    ($name:literal, $signature:literal, $parser:ident, $function:expr) => {
        NativeDef::new($name, $signature, Parser::$parser, $function, "")
    };
}

/// Functions of `torch`.
pub static FUNCTIONS: &[NativeDef] = &[
    function!("manual_seed", "(seed)", Def, manual_seed),
    function!("seed", "()", Def, seed),
    function!("initial_seed", "()", Def, initial_seed),
    function!("get_rng_state", "()", Def, get_rng_state),
    function!("set_rng_state", "(new_state)", Def, set_rng_state),
    function!("get_default_dtype", "()", NoArgs, |vm, _| Ok(object::dtype::value(
        vm,
        promote::default_dtype()
    ))),
    function!("set_default_dtype", "(d, /)", Def, set_default_dtype),
    function!("set_default_tensor_type", "(t, /)", Def, set_default_tensor_type),
    function!("get_default_device", "()", Def, |vm, _| Ok(object::device::object(
        vm, "cpu", None
    ))),
    function!("set_default_device", "(device)", Def, |vm, args| {
        if let Some(device) = args.first().filter(|device| !device.is_none()) {
            object::device::check(vm, device)?;
        }
        Ok(Value::None)
    }),
    function!(
        "set_printoptions",
        "(precision=None, threshold=None, edgeitems=None, linewidth=None, profile=None, sci_mode=None)",
        Def,
        set_printoptions
    ),
    function!("is_tensor", "(obj, /)", Def, |_, args| Ok(Value::bool(
        object::receiver(args).is_some()
    ))),
    function!("is_storage", "(obj, /)", Def, |_, args| {
        Ok(Value::bool(args.first().is_some_and(|v| {
            v.as_foreign::<object::storage::StorageObject>().is_some()
        })))
    }),
    function!("is_grad_enabled", "()", NoArgs, |_, _| Ok(Value::bool(
        modes::is_grad_enabled()
    ))),
    function!("is_inference_mode_enabled", "()", NoArgs, |_, _| Ok(Value::bool(
        modes::is_inference_mode()
    ))),
    function!("is_anomaly_enabled", "()", NoArgs, |_, _| Ok(Value::bool(
        modes::anomaly().is_some()
    ))),
    function!("is_anomaly_check_nan_enabled", "()", NoArgs, |_, _| Ok(Value::bool(
        modes::anomaly() != Some(false)
    ))),
    function!(
        "set_anomaly_enabled",
        "(mode, check_nan=True)",
        Def,
        set_anomaly_enabled
    ),
    function!("is_floating_point", "(*args, **kwargs)", Def, |vm, args| {
        let parser = parser!("is_floating_point(Tensor input)");
        about_tensor(vm, args, &parser, |t| Value::bool(t.dtype().is_floating_point()))
    }),
    function!("is_complex", "(*args, **kwargs)", Def, |vm, args| {
        let parser = parser!("is_complex(Tensor input)");
        about_tensor(vm, args, &parser, |t| Value::bool(t.dtype().is_complex()))
    }),
    function!("is_signed", "(*args, **kwargs)", Def, |vm, args| {
        let parser = parser!("is_signed(Tensor input)");
        about_tensor(vm, args, &parser, |t| {
            Value::bool(!matches!(t.dtype(), Dtype::Bool | Dtype::Uint8))
        })
    }),
    function!("is_conj", "(*args, **kwargs)", Def, |vm, args| {
        let parser = parser!("is_conj(Tensor input)");
        about_tensor(vm, args, &parser, |t| Value::bool(t.array().is_conj()))
    }),
    function!("is_neg", "(*args, **kwargs)", Def, |vm, args| {
        let parser = parser!("is_neg(Tensor input)");
        about_tensor(vm, args, &parser, |t| Value::bool(t.array().is_neg()))
    }),
    function!("is_inference", "(*args, **kwargs)", Def, |vm, args| {
        let parser = parser!("is_inference(Tensor input)");
        about_tensor(vm, args, &parser, |t| Value::bool(t.is_inference()))
    }),
    function!("numel", "(*args, **kwargs)", Def, |vm, args| {
        let parser = parser!("numel(Tensor input)");
        about_tensor(vm, args, &parser, |t| Value::size(t.numel()))
    }),
    function!("is_nonzero", "(*args, **kwargs)", Def, |vm, args| {
        let parser = parser!("is_nonzero(Tensor input)");
        let [given, keywords] = args else {
            return Ok(Value::None);
        };
        let (_, values) = matched(vm, &parser, given, keywords)?;
        let truth = vm.truth(&value_at(&values, 0))?;
        Ok(Value::bool(truth))
    }),
    function!("is_same_size", "(*args, **kwargs)", Def, |vm, args| {
        let parser = parser!("is_same_size(Tensor input, Tensor other)");
        let [given, keywords] = args else {
            return Ok(Value::None);
        };
        let (_, values) = matched(vm, &parser, given, keywords)?;
        let sizes = |at| object::as_tensor(&value_at(&values, at)).map(Tensor::sizes);
        Ok(Value::bool(sizes(0) == sizes(1)))
    }),
    function!("typename", "(obj, /)", Def, typename),
    function!("result_type", "(*args, **kwargs)", Def, result_type),
    function!("promote_types", "(*args, **kwargs)", Def, promote_types),
    function!("can_cast", "(*args, **kwargs)", Def, can_cast),
    function!("get_num_threads", "()", NoArgs, |_, _| {
        Ok(Value::size(
            std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        ))
    }),
    function!("set_num_threads", "(int, /)", One, |_, _| Ok(Value::None)),
    function!("get_num_interop_threads", "()", NoArgs, |_, _| Ok(Value::Int(1))),
    function!("set_num_interop_threads", "(int, /)", One, |_, _| Ok(Value::None)),
    function!("set_flush_denormal", "(mode, /)", One, |_, _| Ok(Value::True)),
    function!("are_deterministic_algorithms_enabled", "()", Def, |vm, _| {
        Ok(Value::bool(object::torch(vm).deterministic.get()))
    }),
    function!(
        "use_deterministic_algorithms",
        "(mode, *, warn_only=False)",
        Def,
        |vm, args| {
            if let [mode, ..] = args {
                let truth = vm.truth(mode)?;
                object::torch(vm).deterministic.set(truth);
            }
            Ok(Value::None)
        }
    ),
    function!("is_deterministic_algorithms_warn_only_enabled", "()", Def, |_, _| Ok(
        Value::False
    )),
    function!("is_warn_always_enabled", "()", Def, |_, _| Ok(Value::False)),
    function!("set_warn_always", "(b, /)", Def, |_, _| Ok(Value::None)),
    function!("get_float32_matmul_precision", "()", Def, |_, _| Ok(Value::str(
        "highest"
    ))),
    function!("set_float32_matmul_precision", "(precision)", Def, |_, _| Ok(
        Value::None
    )),
    function!("compiled_with_cxx11_abi", "()", Def, |_, _| Ok(Value::True)),
    function!("from_numpy", "(ndarray, /)", One, |vm, args| {
        let kind = args.first().map(|value| vm.type_name(value)).unwrap_or_default();
        Err(vm.type_error(format!("expected np.ndarray (got {kind})")))
    }),
];

/// Functions of `torch.random`.
pub static RANDOM: &[NativeDef] = &[
    function!("manual_seed", "(seed)", Def, manual_seed),
    function!("seed", "()", Def, seed),
    function!("initial_seed", "()", Def, initial_seed),
    function!("get_rng_state", "()", Def, get_rng_state),
    function!("set_rng_state", "(new_state)", Def, set_rng_state),
];

/// Functions of `torch.cuda`.
pub static CUDA: &[NativeDef] = &[
    function!("is_available", "()", Def, |_, _| Ok(Value::False)),
    function!("device_count", "()", Def, |_, _| Ok(Value::Int(0))),
    function!("is_initialized", "()", Def, |_, _| Ok(Value::False)),
    function!("manual_seed", "(seed)", Def, |_, _| Ok(Value::None)),
    function!("manual_seed_all", "(seed)", Def, |_, _| Ok(Value::None)),
    function!("empty_cache", "()", Def, |_, _| Ok(Value::None)),
    function!("synchronize", "(device=None)", Def, |_, _| Ok(Value::None)),
];

/// Functions of `torch._C` that the Python side calls.
pub static PRIVATE: &[NativeDef] = &[
    function!("_set_grad_enabled", "(mode, /)", One, set_mode_grad),
    function!("_set_inference_mode", "(mode, /)", One, |_, args| {
        let old = modes::set_inference_mode(matches!(args.first(), Some(Value::True)));
        Ok(Value::bool(old))
    }),
    function!("_set_multithreading_enabled", "(mode, /)", One, |_, args| {
        let old = modes::set_multithreading_enabled(matches!(args.first(), Some(Value::True)));
        Ok(Value::bool(old))
    }),
    function!("_is_multithreading_enabled", "()", NoArgs, |_, _| Ok(Value::bool(
        modes::is_multithreading_enabled()
    ))),
    function!("_set_fwd_grad_enabled", "(mode, /)", One, |_, args| {
        let old = modes::set_forward_grad_enabled(matches!(args.first(), Some(Value::True)));
        Ok(Value::bool(old))
    }),
    function!("_is_fwd_grad_enabled", "()", NoArgs, |_, _| Ok(Value::bool(
        modes::is_forward_grad_enabled()
    ))),
    function!("_set_sdp_use_flash", "(on, /)", One, |_, args| {
        attention::set_fused(matches!(args.first(), Some(Value::True)));
        Ok(Value::None)
    }),
    function!("_set_sdp_use_math", "(on, /)", One, |_, args| {
        attention::set_composite(matches!(args.first(), Some(Value::True)));
        Ok(Value::None)
    }),
    function!("_get_flash_sdp_enabled", "()", NoArgs, |_, _| Ok(Value::bool(
        attention::is_fused()
    ))),
    function!("_get_math_sdp_enabled", "()", NoArgs, |_, _| Ok(Value::bool(
        attention::is_composite()
    ))),
    function!("_warn_once", "(text, /)", One, |vm, args| {
        let text = args.first().and_then(Value::as_str).unwrap_or_default().to_string();
        warning::warn_once(vm, &text)?;
        Ok(Value::None)
    }),
    function!("_enter_transform", "(kind, /)", One, |vm, args| {
        let kind = args.first().and_then(Value::as_str).unwrap_or_default().to_string();
        object::torch(vm).transforms.borrow_mut().push(kind);
        Ok(Value::None)
    }),
    function!("_exit_transform", "()", NoArgs, |vm, _| {
        object::torch(vm).transforms.borrow_mut().pop();
        Ok(Value::None)
    }),
    function!("_innermost_transform", "()", NoArgs, |vm, _| {
        let kind = object::torch(vm).transforms.borrow().last().cloned();
        Ok(kind.map_or(Value::None, Value::str))
    }),
    function!("_depends_on_others", "(tensor, leaves, /)", Tuple, depends_on_others),
    function!("_will_engine_execute_node", "(node, /)", One, |_, args| {
        let node = args.first().and_then(super::autograd::node::as_node);
        Ok(Value::bool(node.is_some_and(crate::autograd::engine::will_execute)))
    }),
    function!("_is_checkpoint_valid", "()", NoArgs, |_, _| Ok(Value::bool(
        crate::autograd::engine::runs_everything()
    ))),
    function!("_set_vmap", "(mode, /)", One, |vm, args| {
        let mode = args.first().and_then(Value::as_int).unwrap_or(0);
        Ok(Value::Int(object::torch(vm).vmap.replace(mode)))
    }),
    function!("_current_graph_task_id", "()", NoArgs, |_, _| {
        Ok(Value::Int(crate::autograd::engine::current_task()))
    }),
    function!("_current_autograd_node", "()", NoArgs, |_, _| Ok(Value::None)),
    function!("_get_nn_functions", "()", NoArgs, |vm, _| vm
        .import_module("torch._C._nn")),
];

fn set_mode_grad(vm: &mut Vm, args: &[Value]) -> R<Value> {
    match args {
        [Value::True] => modes::set_grad_enabled(true),
        [Value::False] => modes::set_grad_enabled(false),
        [other, ..] => {
            let kind = vm.type_name(other);
            return Err(vm.type_error(format!(
                "set_grad_enabled(): argument 'enabled' (position 1) must be bool, not {kind}"
            )));
        }
        [] => false,
    };
    Ok(Value::None)
}

fn manual_seed(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some(given) = args.first() else {
        return Ok(Value::None);
    };
    let int = Value::class(&vm.types.int.clone());
    let number = vm.call(&int, std::slice::from_ref(given))?;
    let seed = seed_of(vm, &number, "manual_seed")?;
    default_generator().borrow_mut().manual_seed(seed);
    Ok(object::torch(vm).default_generator.clone())
}

fn seed(_vm: &mut Vm, _args: &[Value]) -> R<Value> {
    let seed = default_generator().borrow_mut().seed_from_system();
    Ok(unsigned(seed))
}

fn initial_seed(_vm: &mut Vm, _args: &[Value]) -> R<Value> {
    let seed = default_generator().borrow().initial_seed();
    Ok(unsigned(seed))
}

fn get_rng_state(vm: &mut Vm, _args: &[Value]) -> R<Value> {
    state_of(vm, &default_generator())
}

fn set_rng_state(vm: &mut Vm, args: &[Value]) -> R<Value> {
    if let Some(state) = args.first() {
        put_state(vm, &default_generator(), state)?;
    }
    Ok(Value::None)
}

fn set_default_dtype(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some(given) = args.first() else {
        return Ok(Value::None);
    };
    let dtype = match given.as_foreign::<object::dtype::DtypeObject>() {
        Some(object) => object.dtype,
        None => {
            let kind = vm.type_name(given);
            return Err(vm.type_error(format!("invalid dtype object: expected torch.dtype, got {kind}")));
        }
    };
    change_default(vm, dtype)
}

fn change_default(vm: &mut Vm, dtype: Dtype) -> R<Value> {
    if !dtype.is_floating_point() {
        return Err(vm.type_error("only floating-point types are supported as the default type"));
    }
    promote::set_default_dtype(dtype);
    Ok(Value::None)
}

fn set_default_tensor_type(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some(given) = args.first() else {
        return Ok(Value::None);
    };
    warning::warn(
        vm,
        "torch.set_default_tensor_type() is deprecated as of PyTorch 2.1, please use torch.set_default_dtype() and torch.set_default_device() as alternatives.",
    )?;
    let dtype = match (given.as_foreign::<legacy::LegacyType>(), given.as_str()) {
        (Some(legacy), _) => Some(legacy.dtype),
        (None, Some(name)) => legacy::dtype_of_name(name),
        (None, None) => None,
    };
    match dtype {
        Some(dtype) => change_default(vm, dtype),
        None => Err(vm.type_error("invalid type object")),
    }
}

fn set_printoptions(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [precision, threshold, edgeitems, linewidth, profile, sci_mode] = args else {
        return Ok(Value::None);
    };
    let torch = object::torch(vm);
    let mut options = *torch.print.borrow();
    if let Some(name) = profile.as_str() {
        options = match name {
            "short" => PrintOptions {
                precision: 2,
                edgeitems: 2,
                ..PrintOptions::default()
            },
            "full" => PrintOptions {
                threshold: f64::INFINITY,
                ..PrintOptions::default()
            },
            _ => PrintOptions::default(),
        };
    }
    let given = |value: &Value| !value.is_unset() && !value.is_none();
    if given(precision) {
        options.precision = vm.index(precision)?.max(0) as usize;
    }
    if given(threshold) {
        options.threshold = convert::scalar(vm, threshold)?.to_f64();
    }
    if given(edgeitems) {
        options.edgeitems = vm.index(edgeitems)?.max(0) as usize;
    }
    if given(linewidth) {
        options.linewidth = vm.index(linewidth)?.max(0) as usize;
    }
    options.sci_mode = match sci_mode {
        Value::True => Some(true),
        Value::False => Some(false),
        _ => None,
    };
    *torch.print.borrow_mut() = options;
    Ok(Value::None)
}

fn set_anomaly_enabled(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [mode, check_nan] = args else {
        return Ok(Value::None);
    };
    let on = vm.truth(mode)?;
    let check = if check_nan.is_unset() {
        true
    } else {
        vm.truth(check_nan)?
    };
    modes::set_anomaly(on.then_some(check));
    super::autograd::anomaly::watch(on);
    Ok(Value::None)
}

/// True if gradients of the tensor flow to other leaves than these.
fn depends_on_others(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [tensor, leaves] = args else { return Ok(Value::None) };
    let leaves: Vec<Tensor> = vm
        .collect(leaves)?
        .iter()
        .filter_map(|leaf| object::as_tensor(leaf).cloned())
        .collect();
    let others = object::as_tensor(tensor).is_some_and(|tensor| tensor.depends_on_others(&leaves));
    Ok(Value::bool(others))
}

fn about_tensor(
    vm: &mut Vm,
    args: &[Value],
    parser: &super::bind::Parser,
    read: impl FnOnce(&Tensor) -> Value,
) -> R<Value> {
    let [given, keywords] = args else {
        return Ok(Value::None);
    };
    let (_, values) = matched(vm, parser, given, keywords)?;
    Ok(object::as_tensor(&value_at(&values, 0)).map_or(Value::None, read))
}

fn typename(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some(given) = args.first() else {
        return Ok(Value::None);
    };
    if let Some(tensor) = object::as_tensor(given) {
        return Ok(Value::str(super::tensor::properties::type_string(tensor)));
    }
    let text = |vm: &mut Vm, name: &str| -> R<Option<String>> {
        let found = vm.look_attr(given, Symbol::new(name))?;
        Ok(found.and_then(|value| value.as_str().map(String::from)))
    };
    let name = match text(vm, "__qualname__")? {
        Some(name) => name,
        None => match text(vm, "__name__")? {
            Some(name) => name,
            None => vm.class_of(given).qualname.borrow().to_string(),
        },
    };
    let module = match text(vm, "__module__")? {
        None if name.starts_with("_VariableFunctionsClass.") => Some("torch".to_string()),
        module => module.filter(|module| module != "builtins"),
    };
    Ok(Value::str(match module {
        None => name,
        Some(module) => format!("{module}.{name}"),
    }))
}

fn operand_dtype(vm: &mut Vm, value: &Value, state: &mut promote::ResultType) -> R<()> {
    match object::as_tensor(value).cloned() {
        Some(tensor) => state.add(promote::Operand::Array(&tensor.array())),
        None => {
            let scalar = convert::scalar(vm, value)?;
            state.add(promote::Operand::Number(scalar));
        }
    }
    Ok(())
}

fn result_type(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [given, keywords] = args else {
        return Ok(Value::None);
    };
    let parser = parser!(
        "result_type(Tensor tensor, Tensor other)",
        "result_type(Scalar scalar, Tensor tensor)",
        "result_type(Tensor tensor, Scalar other)",
        "result_type(Scalar scalar1, Scalar scalar2)"
    );
    let (_, values) = matched(vm, &parser, given, keywords)?;
    let mut state = promote::ResultType::default();
    for at in 0..2 {
        operand_dtype(vm, &value_at(&values, at), &mut state)?;
    }
    Ok(object::dtype::value(vm, state.get()))
}

fn two_dtypes(vm: &mut Vm, args: &[Value], parser: &super::bind::Parser) -> R<Option<(Dtype, Dtype)>> {
    let [given, keywords] = args else { return Ok(None) };
    let (_, values) = matched(vm, parser, given, keywords)?;
    let a = object::dtype::of_value(vm, &value_at(&values, 0));
    let b = object::dtype::of_value(vm, &value_at(&values, 1));
    Ok(a.zip(b))
}

fn promote_types(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let parser = parser!("promote_types(ScalarType type1, ScalarType type2)");
    let found = two_dtypes(vm, args, &parser)?;
    Ok(found.map_or(Value::None, |(a, b)| {
        object::dtype::value(vm, promote::promote_types(a, b))
    }))
}

fn can_cast(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let parser = parser!("can_cast(ScalarType from_, ScalarType to)");
    let found = two_dtypes(vm, args, &parser)?;
    Ok(found.map_or(Value::None, |(from, to)| Value::bool(promote::can_cast(from, to))))
}
