//! Names the engine itself looks up, interned once a thread.

use crate::syntax::symbol::Symbol;
use std::cell::OnceCell;

macro_rules! names {
    ($($field:ident = $text:literal,)*) => {
        /// Interned names by field: `names().dunder_dict` is `__dict__`.
        pub struct Names { $(pub $field: Symbol,)* }

        impl Names {
            fn intern() -> Names {
                Names { $($field: Symbol::new($text),)* }
            }
        }
    };
}

names! {
    dunder_abstractmethods = "__abstractmethods__",
    dunder_all = "__all__",
    dunder_annotations = "__annotations__",
    dunder_bases = "__bases__",
    dunder_builtins = "__builtins__",
    dunder_cause = "__cause__",
    dunder_class = "__class__",
    dunder_classcell = "__classcell__",
    dunder_context = "__context__",
    dunder_debug = "__debug__",
    dunder_defaults = "__defaults__",
    dunder_dict = "__dict__",
    dunder_doc = "__doc__",
    dunder_file = "__file__",
    dunder_func = "__func__",
    dunder_import = "__import__",
    dunder_kwdefaults = "__kwdefaults__",
    dunder_main = "__main__",
    dunder_match_args = "__match_args__",
    dunder_module = "__module__",
    dunder_mro = "__mro__",
    dunder_name = "__name__",
    dunder_notes = "__notes__",
    dunder_orig_bases = "__orig_bases__",
    dunder_package = "__package__",
    dunder_path = "__path__",
    dunder_qualname = "__qualname__",
    dunder_self = "__self__",
    dunder_slots = "__slots__",
    dunder_spec = "__spec__",
    dunder_loader = "__loader__",
    dunder_suppress_context = "__suppress_context__",
    dunder_traceback = "__traceback__",
    dunder_weakref = "__weakref__",
    dunder_wrapped = "__wrapped__",
    args = "args",
    builtins = "builtins",
    close = "close",
    code = "code",
    displayhook = "displayhook",
    end_lineno = "end_lineno",
    end_offset = "end_offset",
    exceptions = "exceptions",
    filename = "filename",
    get = "get",
    items = "items",
    join = "join",
    keys = "keys",
    lineno = "lineno",
    message = "message",
    metaclass = "metaclass",
    mro = "mro",
    msg = "msg",
    name = "name",
    obj = "obj",
    offset = "offset",
    path = "path",
    print = "print",
    print_file_and_line = "print_file_and_line",
    send = "send",
    stderr = "stderr",
    stdout = "stdout",
    super_ = "super",
    text = "text",
    throw = "throw",
    underscore = "_",
    value = "value",
    write = "write",
    zero = ".0",
}

thread_local! {
    static NAMES: OnceCell<&'static Names> = const { OnceCell::new() };
}

/// This thread's interned names.
pub fn names() -> &'static Names {
    NAMES.with(|cell| *cell.get_or_init(|| Box::leak(Box::new(Names::intern()))))
}
