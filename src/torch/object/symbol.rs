//! Objects that only stand for something: `torch.strided`, `torch.contiguous_format`.

use super::torch;
use crate::foreign;
use crate::ops::argument::MemoryFormat;
use crate::python::class::ClassRef;
use crate::python::class::slot::Slot;
use crate::python::native::ClassItem;
use crate::python::object::Object;
use crate::python::value::{R, Value};
use crate::python::vm::Vm;

/// `torch.layout`
pub struct Layout {
    pub class: ClassRef,
    pub name: &'static str,
}

foreign!(Layout, identity);

impl Layout {
    fn identity(&self) -> Option<usize> {
        Some(self.name.as_ptr() as usize)
    }
}

/// `torch.memory_format`
pub struct MemoryFormatObject {
    pub class: ClassRef,
    pub format: MemoryFormat,
}

foreign!(MemoryFormatObject, identity);

impl MemoryFormatObject {
    fn identity(&self) -> Option<usize> {
        Some(format_name(self.format).as_ptr() as usize)
    }
}

fn format_name(format: MemoryFormat) -> &'static str {
    match format {
        MemoryFormat::Contiguous => "torch.contiguous_format",
        MemoryFormat::Preserve => "torch.preserve_format",
        MemoryFormat::ChannelsLast => "torch.channels_last",
        MemoryFormat::ChannelsLast3d => "torch.channels_last_3d",
    }
}

/// The layouts and memory formats among the module's names.
pub const NAMES: &[&str] = &[
    "strided",
    "sparse_coo",
    "sparse_csr",
    "sparse_csc",
    "sparse_bsr",
    "sparse_bsc",
    "contiguous_format",
    "legacy_contiguous_format",
    "preserve_format",
    "channels_last",
    "channels_last_3d",
];

/// The object of a name of the module.
pub fn by_name(vm: &mut Vm, name: &str) -> Option<Value> {
    let classes = torch(vm);
    let layout = |name: &'static str| Layout {
        class: classes.classes.layout.clone(),
        name,
    };
    let layout = match name {
        "strided" => layout("torch.strided"),
        "sparse_coo" => layout("torch.sparse_coo"),
        "sparse_csr" => layout("torch.sparse_csr"),
        "sparse_csc" => layout("torch.sparse_csc"),
        "sparse_bsr" => layout("torch.sparse_bsr"),
        "sparse_bsc" => layout("torch.sparse_bsc"),
        _ => {
            let format = match name {
                "contiguous_format" | "legacy_contiguous_format" => MemoryFormat::Contiguous,
                "preserve_format" => MemoryFormat::Preserve,
                "channels_last" => MemoryFormat::ChannelsLast,
                "channels_last_3d" => MemoryFormat::ChannelsLast3d,
                _ => return None,
            };
            let class = classes.classes.memory_format.clone();
            return Some(Value::object(Object::Foreign(Box::new(MemoryFormatObject {
                class,
                format,
            }))));
        }
    };
    Some(Value::object(Object::Foreign(Box::new(layout))))
}

/// Refuses layouts other than strided.
pub fn check_layout(vm: &mut Vm, value: &Value) -> R<()> {
    match value.as_foreign::<Layout>() {
        Some(layout) if layout.name != "torch.strided" => {
            Err(vm.unsupported(&format!("tensors with the layout {}", layout.name)))
        }
        _ => Ok(()),
    }
}

pub static ITEMS: &[ClassItem] = &[ClassItem::special(Slot::Repr, repr)];

fn repr(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let Some(this) = args.first() else {
        return Ok(Value::None);
    };
    if let Some(layout) = this.as_foreign::<Layout>() {
        return Ok(Value::str(layout.name));
    }
    Ok(this
        .as_foreign::<MemoryFormatObject>()
        .map_or(Value::None, |object| Value::str(format_name(object.format))))
}
