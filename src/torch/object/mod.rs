//! Tensors and PyTorch's small objects as Python values, and what one session keeps of torch.

pub mod device;
pub mod dtype;
pub mod finfo;
pub mod generator;
pub mod return_types;
pub mod size;
pub mod storage;
pub mod symbol;

use crate::array::print::PrintOptions;
use crate::autograd::Tensor;
use crate::python::class::{Class, ClassRef};
use crate::python::native::{ClassItem, NativeFunction, NativeKind};
use crate::python::object::descriptor::Access;
use crate::python::object::{Attributes, Foreign, Member, Module, Object};
use crate::python::value::Value;
use crate::python::vm::Vm;
use crate::syntax::symbol::Symbol;
use rustc_hash::{FxHashMap, FxHashSet};
use std::any::Any;
use std::cell::{Cell, OnceCell, RefCell};
use std::rc::{Rc, Weak};

/// The native classes of torch.
pub struct Classes {
    /// `torch._C.TensorBase`
    pub tensor_base: ClassRef,
    pub tensor: ClassRef,
    pub dtype: ClassRef,
    pub size: ClassRef,
    pub device: ClassRef,
    pub layout: ClassRef,
    pub memory_format: ClassRef,
    pub generator: ClassRef,
    pub finfo: ClassRef,
    pub iinfo: ClassRef,
    pub storage: ClassRef,
    pub typed_storage: ClassRef,
    pub removable_handle: ClassRef,
    pub saved_tensor: ClassRef,
    /// `torch._C._FunctionBase`: the base of the nodes of custom functions.
    pub function_base: ClassRef,
    pub legacy_meta: ClassRef,
    pub legacy: ClassRef,
    pub lin_alg_error: ClassRef,
    pub out_of_memory_error: ClassRef,
    /// Classes of graph nodes by name, made when first seen.
    pub nodes: RefCell<FxHashMap<String, ClassRef>>,
    /// `torch.return_types` by name.
    pub return_types: RefCell<FxHashMap<String, ClassRef>>,
}

/// What one session keeps of torch.
pub struct Torch {
    pub classes: Classes,
    pub module: Rc<Module>,
    pub print: RefCell<PrintOptions>,
    /// One object a dtype, in the order of `Dtype::ALL`.
    pub dtypes: Vec<Value>,
    pub default_generator: Value,
    /// Texts of warnings that are issued once.
    pub warned: RefCell<FxHashSet<String>>,
    pub deterministic: Cell<bool>,
    /// Transforms of `torch.func` that are running, outermost first: `grad`, `jvp`, `vmap`.
    pub transforms: RefCell<Vec<String>>,
    /// False while `__torch_function__` is not to be looked at.
    pub handlers_enabled: Cell<bool>,
    /// How the classes seen so far take part in `__torch_function__`.
    pub handlers: RefCell<Vec<(ClassRef, crate::torch::overrides::Handling)>>,
    /// Inside of `vmap`: 1, or 2 where random numbers are allowed; 4 more while further entries follow.
    pub vmap: Cell<i64>,
}

/// What this machine keeps of torch, made on first need.
#[inline]
pub fn torch(vm: &mut Vm) -> Rc<Torch> {
    match vm.above.clone().and_then(|above| above.downcast::<Torch>().ok()) {
        Some(torch) => torch,
        None => super::install_state(vm),
    }
}

/// `torch.Tensor`
#[inline]
fn tensor_class(vm: &mut Vm) -> ClassRef {
    match vm.above.as_deref().and_then(|above| above.downcast_ref::<Torch>()) {
        Some(torch) => torch.classes.tensor.clone(),
        None => super::install_state(vm).classes.tensor.clone(),
    }
}

/// A tensor as an object. Wrappers of one tensor are one object; they share class and attributes through the tensor.
pub struct TensorObject {
    pub tensor: Tensor,
    class: ClassRef,
    attached: OnceCell<Rc<Attached>>,
}

/// What Python adds to a tensor: the class if it is a subclass, and attributes.
pub struct Attached {
    class: ClassRef,
    /// What an assignment to `__class__` made of it: a lazy parameter becomes a parameter, once.
    became: OnceCell<ClassRef>,
    pub attributes: RefCell<Attributes>,
}

impl Attached {
    fn new(class: ClassRef) -> Rc<Attached> {
        Rc::new(Attached {
            class,
            became: OnceCell::new(),
            attributes: RefCell::default(),
        })
    }

    pub fn class(&self) -> &ClassRef {
        self.became.get().unwrap_or(&self.class)
    }
}

impl TensorObject {
    /// True if Python has added something to it: a subclass, or attributes.
    #[inline]
    pub fn is_special(&self) -> bool {
        self.attached.get().is_some()
    }

    fn attached(&self) -> &Rc<Attached> {
        self.attached.get_or_init(|| {
            if let Some(attached) = attachment(&self.tensor) {
                return attached;
            }
            let attached = Attached::new(self.class.clone());
            self.tensor.attach(attached.clone());
            attached
        })
    }
}

#[inline]
fn attachment(tensor: &Tensor) -> Option<Rc<Attached>> {
    tensor.attachment()?.downcast::<Attached>().ok()
}

impl Foreign for TensorObject {
    #[inline]
    fn class(&self) -> &ClassRef {
        match self.attached.get() {
            Some(attached) => attached.class(),
            None => &self.class,
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn identity(&self) -> Option<usize> {
        Some(self.tensor.identity())
    }

    fn become_class(&self, class: ClassRef) -> bool {
        self.attached().became.set(class).is_ok()
    }

    fn attributes(&self) -> Option<&RefCell<Attributes>> {
        Some(&self.attached().attributes)
    }

    fn existing_attributes(&self) -> Option<&RefCell<Attributes>> {
        if self.attached.get().is_none() {
            attachment(&self.tensor)?;
        }
        Some(&self.attached().attributes)
    }
}

/// The tensor as a value, of the class it was made with.
#[inline]
pub fn wrap(vm: &mut Vm, tensor: Tensor) -> Value {
    let attached = attachment(&tensor);
    let class = match &attached {
        Some(attached) => attached.class().clone(),
        None => tensor_class(vm),
    };
    let cell = OnceCell::new();
    if let Some(attached) = attached {
        let _empty = cell.set(attached);
    }
    Value::object(Object::Foreign(Box::new(TensorObject {
        tensor,
        class,
        attached: cell,
    })))
}

/// A tensor, or None.
pub fn wrap_optional(vm: &mut Vm, tensor: Option<Tensor>) -> Value {
    match tensor {
        Some(tensor) => wrap(vm, tensor),
        None => Value::None,
    }
}

/// The tensor as an instance of a class: `torch.Tensor` or a subclass.
pub fn wrap_as(vm: &mut Vm, tensor: Tensor, class: &ClassRef) -> Value {
    if !class.same(&torch(vm).classes.tensor) {
        tensor.attach(Attached::new(class.clone()));
    }
    wrap(vm, tensor)
}

/// The tensor behind a value.
#[inline]
pub fn as_tensor(value: &Value) -> Option<&Tensor> {
    value.as_foreign::<TensorObject>().map(|object| &object.tensor)
}

/// The tensor behind the first argument of a method; the binder has checked its class.
pub fn receiver(args: &[Value]) -> Option<&Tensor> {
    args.first().and_then(as_tensor)
}

/// The attribute that a row of a class stands for, made when it is looked up.
pub fn class_attribute(rows: &'static [ClassItem], owner: &Weak<Class>, name: Symbol) -> Option<Value> {
    let text = name.text();
    let native = |def: &'static crate::python::NativeDef, kind| {
        let function = NativeFunction::new(def, kind, owner.clone(), "torch");
        Some(Value::object(Object::Native(function)))
    };
    rows.iter().find_map(|row| match row {
        ClassItem::Method(def) if def.name == text => native(def, NativeKind::Method),
        ClassItem::ClassMethod(def) if def.name == text => native(def, NativeKind::ClassMethod),
        ClassItem::New(def) if def.name == text => native(def, NativeKind::New),
        ClassItem::StaticMethod(def) if def.name == text => {
            native(def, NativeKind::Static).map(|function| Value::object(Object::StaticMethod(function)))
        }
        ClassItem::Property {
            name: row,
            get,
            set,
            help,
        } if *row == text => Some(Value::object(Object::Member(Box::new(Member {
            name,
            owner: owner.clone(),
            doc: Some(help),
            access: Access::Native { get: *get, set: *set },
        })))),
        _ => None,
    })
}

/// The name of a row.
pub fn row_name(row: &ClassItem) -> &'static str {
    match row {
        ClassItem::Method(def) | ClassItem::ClassMethod(def) | ClassItem::StaticMethod(def) | ClassItem::New(def) => {
            def.name
        }
        ClassItem::Property { name, .. } | ClassItem::Field { name, .. } | ClassItem::Constant { name, .. } => name,
    }
}

/// A small native object with nothing but a class: shared code of the wrappers in this folder.
#[macro_export]
macro_rules! foreign {
    ($type:ty) => {
        impl $crate::python::object::Foreign for $type {
            fn class(&self) -> &$crate::python::class::ClassRef {
                &self.class
            }

            fn as_any(&self) -> &dyn std::any::Any {
                self
            }
        }
    };
    ($type:ty, $identity:ident) => {
        impl $crate::python::object::Foreign for $type {
            fn class(&self) -> &$crate::python::class::ClassRef {
                &self.class
            }

            fn as_any(&self) -> &dyn std::any::Any {
                self
            }

            fn identity(&self) -> Option<usize> {
                self.$identity()
            }
        }
    };
}
