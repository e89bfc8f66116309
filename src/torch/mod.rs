//! The `torch` module as Python sees it: argument matching, classes, messages of calls.
//!
//! Nothing is registered eagerly: names of the module and of the tensor class are found when they are looked up
//! (`module`, `tensor::TensorMethods`), so that a session starts in microseconds.

pub mod autograd;
pub mod bind;
pub mod create;
pub mod data;
pub mod distributions;
pub mod function;
pub mod machine;
pub mod module;
pub mod nn;
pub mod object;
pub mod optim;
pub mod overrides;
pub mod result;
pub mod settings;
pub mod tensor;
pub mod warning;

use crate::array::Dtype;
use crate::array::print::PrintOptions;
use crate::ops::generator::default_generator;
use crate::python::class::{Class, ClassRef, Flags, Layout};
use crate::python::native::ClassItem;
use crate::python::object::{Module, Object};
use crate::python::value::Value;
use crate::python::vm::Vm;
use crate::syntax::symbol::Symbol;
use object::{Classes, Torch};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Puts `torch` into the namespace.
pub fn install(vm: &mut Vm) {
    crate::ops::install();
    install_state(vm);
}

/// A native class: `qualname` in `module`, called `name` in messages (C's name of a type has its module in it).
fn class(
    vm: &mut Vm,
    module: &str,
    qualname: &str,
    name: &str,
    base: Option<&ClassRef>,
    layout: Layout,
    items: &'static [ClassItem],
) -> ClassRef {
    let base = base.unwrap_or(&vm.types.object).clone();
    let mut order = vec![base.clone()];
    order.extend(base.full_mro().into_iter().skip(1));
    let flags = match items.iter().any(|item| matches!(item, ClassItem::New(_))) {
        true => Flags::NO_DICT,
        false => Flags::NO_DICT.with(Flags::NO_NEW),
    };
    let class = Class::new(name, module, layout, flags, std::slice::from_ref(&base), order);
    *class.qualname.borrow_mut() = Rc::from(qualname);
    vm.define(&class, items);
    class
}

fn classes(vm: &mut Vm) -> Classes {
    let tensor_layout = Layout::Foreign("Tensor");
    let small = Layout::Foreign("torch");
    let object = vm.types.object.clone();
    let tensor_base = Class::new(
        "TensorBase",
        "torch._C",
        tensor_layout,
        Flags(0),
        std::slice::from_ref(&object),
        vec![object.clone()],
    );
    let type_class = vm.types.type_.clone();
    let order = vec![type_class.clone(), object.clone()];
    let bases = std::slice::from_ref(&type_class);
    let meta = Class::new("_TensorMeta", "torch._C", type_class.layout, Flags(0), bases, order);
    *tensor_base.metaclass.borrow_mut() = Some(meta);
    // messages of CPython about its slots name the type with its module
    *tensor_base.name.borrow_mut() = Rc::from("torch._C.TensorBase");
    let tensor = Class::new(
        "Tensor",
        "torch",
        tensor_layout,
        Flags(0),
        std::slice::from_ref(&tensor_base),
        vec![tensor_base.clone(), object.clone()],
    );
    for (class, base) in [(&tensor_base, true), (&tensor, false)] {
        let methods = tensor::TensorMethods {
            owner: Rc::downgrade(class),
            base,
        };
        *class.resolver.borrow_mut() = Some(Rc::new(methods));
    }
    let tuple = vm.types.tuple.clone();
    let size = class(
        vm,
        "torch",
        "Size",
        "torch.Size",
        Some(&tuple),
        tuple.layout,
        object::size::ITEMS,
    );
    size.clear_flag(Flags::NO_NEW);
    let runtime_error = vm.exceptions.runtime_error.clone();
    let mut torch = |qualname: &str, items| {
        let name = format!("torch.{qualname}");
        class(vm, "torch", qualname, &name, None, small, items)
    };
    let dtype = torch("dtype", object::dtype::ITEMS);
    let device = torch("device", object::device::ITEMS);
    let layout = torch("layout", object::symbol::ITEMS);
    let memory_format = torch("memory_format", object::symbol::ITEMS);
    let finfo = torch("finfo", object::finfo::FINFO);
    let iinfo = torch("iinfo", object::finfo::IINFO);
    let legacy_meta = torch("tensortype", create::legacy::ITEMS);
    let legacy = legacy_meta.clone();
    let generator = class(
        vm,
        "torch._C",
        "Generator",
        "torch._C.Generator",
        None,
        small,
        object::generator::ITEMS,
    );
    let storage = class(
        vm,
        "torch.storage",
        "UntypedStorage",
        "UntypedStorage",
        None,
        small,
        object::storage::ITEMS,
    );
    let typed_storage = class(
        vm,
        "torch.storage",
        "TypedStorage",
        "TypedStorage",
        None,
        small,
        object::storage::ITEMS,
    );
    let removable_handle = class(
        vm,
        "torch.utils.hooks",
        "RemovableHandle",
        "RemovableHandle",
        None,
        small,
        autograd::hook::ITEMS,
    );
    let saved_tensor = class(
        vm,
        "torch._C._autograd",
        "SavedTensor",
        "SavedTensor",
        None,
        small,
        autograd::node::RAW_SAVED,
    );
    let function_base = class(
        vm,
        "torch._C",
        "_FunctionBase",
        "_FunctionBase",
        None,
        Layout::Foreign("Node"),
        autograd::node::ITEMS,
    );
    function_base.clear_flag(Flags::NO_DICT);
    Classes {
        tensor_base,
        tensor,
        dtype,
        size,
        device,
        layout,
        memory_format,
        generator,
        finfo,
        iinfo,
        storage,
        typed_storage,
        removable_handle,
        saved_tensor,
        function_base,
        legacy_meta,
        legacy,
        lin_alg_error: vm.new_exception_class("_LinAlgError", "torch._C", &runtime_error),
        out_of_memory_error: vm.new_exception_class("OutOfMemoryError", "torch", &runtime_error),
        nodes: RefCell::default(),
        return_types: RefCell::default(),
    }
}

/// Makes the module and what a session keeps of it.
fn install_state(vm: &mut Vm) -> Rc<Torch> {
    let classes = classes(vm);
    let dtypes = Dtype::ALL
        .iter()
        .map(|dtype| object::dtype::object(&classes.dtype, *dtype))
        .collect();
    let default_generator = object::generator::object(&classes.generator, default_generator());
    let module = Module::new("torch");
    let state = Rc::new(Torch {
        classes,
        module: module.clone(),
        print: RefCell::new(PrintOptions::default()),
        dtypes,
        default_generator,
        warned: RefCell::default(),
        deterministic: Cell::new(false),
        transforms: RefCell::default(),
        handlers_enabled: Cell::new(true),
        handlers: RefCell::default(),
        vmap: Cell::new(0),
    });
    vm.above = Some(state.clone());
    module::install(vm, &module);
    let value = Value::object(Object::Module(module));
    vm.modules.set_str("torch", value.clone());
    vm.main.set("torch", value);
    state
}

/// Names and values of a `**kwargs` dict.
pub fn keywords(dict: &Value) -> (Vec<Symbol>, Vec<Value>) {
    let Some(dict) = dict.as_dict() else {
        return (Vec::new(), Vec::new());
    };
    dict.keys()
        .iter()
        .zip(dict.values())
        .filter_map(|(key, value)| Some((key.as_string()?.symbol(), value)))
        .unzip()
}
