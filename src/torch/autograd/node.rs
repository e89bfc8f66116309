//! Graph nodes as objects: `y.grad_fn` and what hangs on it.

use super::custom::CustomFunction;
use super::hook;
use crate::autograd::Edge;
use crate::autograd::accumulate::AccumulateGrad;
use crate::autograd::node::{Grads, NodeRef};
use crate::ops::saved::{self, Seen};
use crate::python::class::{ClassRef, ClassResolver, Flags, Layout};
use crate::python::native::{ClassItem, Parser};
use crate::python::object::{Attributes, Dict, Foreign, Object};
use crate::python::value::{R, Value};
use crate::python::vm::{ClassSpec, Vm};
use crate::syntax::symbol::Symbol;
use crate::torch::{machine, object, result};
use std::any::Any;
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

/// A node as an object. Wrappers of one node are one object.
pub struct NodeObject {
    pub node: NodeRef,
    class: ClassRef,
    attached: OnceCell<Rc<AttachedToNode>>,
}

/// What Python adds to a node.
#[derive(Default)]
pub struct AttachedToNode {
    pub attributes: RefCell<Attributes>,
    pub metadata: OnceCell<Rc<Dict>>,
    /// Where the forward call stood, while anomaly mode was on; and the node under evaluation then.
    pub traceback: OnceCell<String>,
    pub parent: OnceCell<NodeRef>,
}

impl NodeObject {
    fn attached(&self) -> &Rc<AttachedToNode> {
        self.attached.get_or_init(|| attached(&self.node))
    }
}

impl Foreign for NodeObject {
    fn class(&self) -> &ClassRef {
        &self.class
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn identity(&self) -> Option<usize> {
        Some(Rc::as_ptr(&self.node) as *const u8 as usize)
    }

    fn attributes(&self) -> Option<&RefCell<Attributes>> {
        self.node.downcast::<CustomFunction>()?;
        Some(&self.attached().attributes)
    }
}

/// The class of nodes of a name.
fn class_of(vm: &mut Vm, name: &str) -> Option<ClassRef> {
    let torch = object::torch(vm);
    if let Some(class) = torch.classes.nodes.borrow().get(name) {
        return Some(class.clone());
    }
    let class = vm
        .new_class(ClassSpec {
            name,
            module: "builtins",
            bases: &[],
            layout: Some(Layout::Foreign("Node")),
            flags: Flags::NO_NEW,
            doc: "",
        })
        .ok()?;
    vm.define(&class, ITEMS);
    if name == "AccumulateGrad" {
        vm.define(&class, ACCUMULATE);
    }
    *class.resolver.borrow_mut() = Some(Rc::new(NodeAttributes(name.to_string())));
    torch.classes.nodes.borrow_mut().insert(name.to_string(), class.clone());
    Some(class)
}

/// A node as a value.
pub fn wrap(vm: &mut Vm, node: NodeRef) -> Value {
    let own = node.downcast::<CustomFunction>().map(|custom| custom.class.clone());
    let class = own.or_else(|| {
        let name = node.name();
        class_of(vm, name.rsplit("::").next().unwrap_or(&name))
    });
    let Some(class) = class else { return Value::None };
    Value::object(Object::Foreign(Box::new(NodeObject {
        node,
        class,
        attached: OnceCell::new(),
    })))
}

pub fn of_tensor(vm: &mut Vm, this: &Value) -> R<Value> {
    let Some(tensor) = object::as_tensor(this).cloned() else {
        return Ok(Value::None);
    };
    let node = machine::run(vm, || tensor.try_grad_fn())?;
    Ok(node.map_or(Value::None, |node| wrap(vm, node)))
}

/// The node behind a value.
pub fn as_node(value: &Value) -> Option<&NodeRef> {
    value.as_foreign::<NodeObject>().map(|object| &object.node)
}

/// A `torch.autograd.graph.GradientEdge`: a tuple of a node, an output number and an owner.
pub fn as_edge(_vm: &mut Vm, value: &Value) -> Option<Edge> {
    match value.as_tuple()? {
        [node, number, ..] if value.as_foreign::<NodeObject>().is_none() => Some(Edge {
            node: as_node(node)?.clone(),
            input: u32::try_from(number.as_int()?).ok()?,
        }),
        _ => None,
    }
}

pub static ITEMS: &[ClassItem] = &[
    ClassItem::method("name", "(self, /)", Parser::NoArgs, name, "The name of the node."),
    ClassItem::method(
        "register_hook",
        "(self, hook, /)",
        Parser::One,
        |vm, args| add_hook(vm, args, false),
        "Calls hook after the node ran.",
    ),
    ClassItem::method(
        "register_prehook",
        "(self, hook, /)",
        Parser::One,
        |vm, args| add_hook(vm, args, true),
        "Calls hook before the node runs.",
    ),
    ClassItem::method(
        "_register_hook_dict",
        "(self, tensor, /)",
        Parser::One,
        |_, _| Ok(Value::None),
        "",
    ),
    ClassItem::method(
        "_sequence_nr",
        "(self, /)",
        Parser::NoArgs,
        |_, args| {
            Ok(args
                .first()
                .and_then(as_node)
                .map_or(Value::None, |node| object::generator::unsigned(node.sequence())))
        },
        "",
    ),
    ClassItem::method(
        "_set_sequence_nr",
        "(self, number, /)",
        Parser::One,
        |_, _| Ok(Value::None),
        "",
    ),
    ClassItem::method(
        "__call__",
        "(self, *args)",
        Parser::Def,
        call,
        "Calls self as a function.",
    ),
    ClassItem::getter(
        "next_functions",
        next_functions,
        "The nodes that gradients flow to, with their input numbers.",
    ),
    ClassItem::getter("metadata", metadata, ""),
    ClassItem::getter(
        "requires_grad",
        |_, this| {
            Ok(Value::bool(
                as_node(this).is_some_and(|node| node.edges().iter().any(Option::is_some)),
            ))
        },
        "",
    ),
    ClassItem::getter(
        "_input_metadata",
        |_, this| {
            let count = as_node(this).map_or(0, |node| node.inputs().len());
            Ok(Value::tuple(vec![Value::None; count]))
        },
        "",
    ),
];

static ACCUMULATE: &[ClassItem] = &[ClassItem::getter(
    "variable",
    |vm, this| {
        let variable =
            as_node(this).and_then(|node| node.downcast::<AccumulateGrad>().map(|leaf| leaf.variable.clone()));
        Ok(object::wrap_optional(vm, variable))
    },
    "The leaf.",
)];

fn name(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    Ok(args
        .first()
        .and_then(as_node)
        .map_or(Value::None, |node| Value::str(node.name())))
}

fn add_hook(vm: &mut Vm, args: &[Value], before: bool) -> R<Value> {
    let [this, function] = args else { return Ok(Value::None) };
    let Some(node) = as_node(this).cloned() else {
        return Ok(Value::None);
    };
    Ok(if before {
        hook::add_pre_hook(vm, &node, function)
    } else {
        hook::add_post_hook(vm, &node, function)
    })
}

fn next_functions(vm: &mut Vm, this: &Value) -> R<Value> {
    let Some(node) = as_node(this) else {
        return Ok(Value::None);
    };
    let edges = node.edges().clone();
    let mut pairs = Vec::new();
    for edge in edges {
        let pair = match edge {
            Some(edge) => vec![wrap(vm, edge.node), Value::Int(i64::from(edge.input))],
            None => vec![Value::None, Value::Int(0)],
        };
        pairs.push(Value::tuple(pair));
    }
    Ok(Value::tuple(pairs))
}

fn metadata(_vm: &mut Vm, this: &Value) -> R<Value> {
    let Some(object) = this.as_foreign::<NodeObject>() else {
        return Ok(Value::None);
    };
    Ok(Value::dict_ref(object.attached().metadata.get_or_init(Rc::default)))
}

/// `node(*grads)` runs it by hand.
fn call(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, given] = args else { return Ok(Value::None) };
    let Some(node) = as_node(this).cloned() else {
        return Ok(Value::None);
    };
    let grads: Grads = given
        .as_tuple()
        .unwrap_or(&[])
        .iter()
        .map(|grad| object::as_tensor(grad).cloned())
        .collect();
    let results = machine::run(vm, || node.function().apply(&node, grads))?;
    let mut values: Vec<Value> = results
        .into_iter()
        .map(|grad| object::wrap_optional(vm, grad))
        .collect();
    match values.len() {
        1 => Ok(values.pop().unwrap_or_default()),
        _ => Ok(Value::tuple(values)),
    }
}

/// `_saved_...` and `_raw_saved_...`: what a node keeps depends on the node, so they are looked up by name.
struct NodeAttributes(String);

impl ClassResolver for NodeAttributes {
    fn resolve(&self, name: Symbol) -> Option<Value> {
        if name.text() == "__getattr__" {
            let function = crate::python::native::NativeFunction::new(
                &GETATTR,
                crate::python::native::NativeKind::Method,
                Default::default(),
                "torch",
            );
            return Some(Value::object(Object::Native(function)));
        }
        None
    }

    fn names(&self) -> Vec<Symbol> {
        let kept = saved::names_of(&self.0);
        kept.iter()
            .flat_map(|(name, is_tensor)| {
                let raw = is_tensor.then(|| Symbol::new(&format!("_raw_saved_{name}")));
                std::iter::once(Symbol::new(&format!("_saved_{name}"))).chain(raw)
            })
            .collect()
    }
}

static GETATTR: crate::python::NativeDef =
    crate::python::NativeDef::new("__getattr__", "(self, name, /)", Parser::Wrapper, get_saved, "");

/// What is attached to a node, made on first need.
pub fn attached(node: &NodeRef) -> Rc<AttachedToNode> {
    let known = node.attachment().and_then(|attached| attached.downcast().ok());
    known.unwrap_or_else(|| {
        let attached = Rc::new(AttachedToNode::default());
        node.attach(attached.clone());
        attached
    })
}

fn get_saved(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, name] = args else { return Ok(Value::None) };
    let text = name.as_str().unwrap_or_default().to_string();
    if let Some(node) = as_node(this).cloned() {
        if let Some(wanted) = text.strip_prefix("_saved_") {
            let seen = machine::run(vm, || saved::find(&node, wanted).transpose())?;
            match seen {
                Some(Seen::Value(arg)) => return Ok(result::of_arg(vm, arg)),
                Some(Seen::Values(args)) => {
                    let items: Vec<Value> = args.into_iter().map(|arg| result::of_arg(vm, arg)).collect();
                    return Ok(Value::tuple(items));
                }
                None => {}
            }
        }
        if let Some(wanted) = text.strip_prefix("_raw_saved_")
            && saved::has_tensor(&node, wanted)
        {
            return Ok(raw_saved(vm, &node, wanted));
        }
    }
    let kind = vm.type_name(this);
    Err(vm.attribute_error(this, &text, format!("'{kind}' object has no attribute '{text}'")))
}

/// A saved tensor as it is kept: hooks can be put on it.
pub struct RawSaved {
    class: ClassRef,
    node: NodeRef,
    name: String,
}

crate::foreign!(RawSaved);

fn raw_saved(vm: &mut Vm, node: &NodeRef, name: &str) -> Value {
    let class = object::torch(vm).classes.saved_tensor.clone();
    Value::object(Object::Foreign(Box::new(RawSaved {
        class,
        node: node.clone(),
        name: name.to_string(),
    })))
}

pub static RAW_SAVED: &[ClassItem] = &[ClassItem::method(
    "register_hooks",
    "(self, pack_hook, unpack_hook, /)",
    Parser::Tuple,
    register_hooks,
    "",
)];

fn register_hooks(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [this, pack, unpack] = args else {
        return Ok(Value::None);
    };
    let Some(raw) = this.as_foreign::<RawSaved>() else {
        return Ok(Value::None);
    };
    let hooks = super::saved::python_hooks(pack, unpack);
    let (node, name) = (raw.node.clone(), raw.name.clone());
    machine::run(vm, || saved::register_hooks(&node, &name, hooks))?;
    Ok(Value::None)
}
