//! The classes the engine itself knows, made bare here; `types` gives them their methods.

use super::{Class, ClassRef, Flags, Layout};

const FINAL: Flags = Flags::FINAL.with(Flags::NO_DICT);
const OPEN: Flags = Flags::NO_DICT;
/// Made only by the engine: not callable, not subclassable.
const INNER: Flags = FINAL.with(Flags::NO_NEW);
const SEQUENCE: Flags = OPEN
    .with(Flags::SEQUENCE)
    .with(Flags::MATCH_SEQUENCE)
    .with(Flags::MATCH_SELF);
const TEXT: Flags = OPEN.with(Flags::SEQUENCE).with(Flags::MATCH_SELF);
const VALUE: Flags = OPEN.with(Flags::MATCH_SELF);

macro_rules! types {
    ($int:ident; $($field:ident = $name:literal, $flags:expr;)*) => {
        /// The builtin types by field. A trailing underscore marks Rust keywords.
        pub struct Types { pub object: ClassRef, pub type_: ClassRef, pub bool: ClassRef, $(pub $field: ClassRef,)* }

        impl Types {
            pub(crate) fn new() -> Types {
                let object = Class::new("object", "builtins", Layout::Instance, OPEN, &[], vec![]);
                let root = [object.clone()];
                let type_ = Class::new("type", "builtins", Layout::Class, Flags(0), &root, root.to_vec());
                let make = |name: &'static str, flags: Flags| {
                    Class::new(name, "builtins", Layout::Builtin(name), flags, &root, root.to_vec())
                };
                $(let $field = make($name, $flags);)*
                let bool = Class::new(
                    "bool", "builtins", Layout::Builtin("int"), FINAL.with(Flags::MATCH_SELF),
                    std::slice::from_ref(&$int), vec![$int.clone(), object.clone()],
                );
                Types { object, type_, bool, $($field,)* }
            }

            /// All of them, for `object.__subclasses__()` and tests.
            pub fn all(&self) -> Vec<&ClassRef> {
                vec![&self.object, &self.type_, &self.bool, $(&self.$field,)*]
            }
        }
    };
}

types! {
    int;
    int = "int", VALUE;
    float = "float", VALUE;
    complex = "complex", OPEN;
    str = "str", TEXT;
    bytes = "bytes", TEXT;
    bytearray = "bytearray", TEXT;
    memoryview = "memoryview", FINAL;
    list = "list", SEQUENCE;
    tuple = "tuple", SEQUENCE;
    dict = "dict", VALUE.with(Flags::MATCH_MAPPING);
    set = "set", VALUE;
    frozenset = "frozenset", VALUE;
    range = "range", FINAL.with(Flags::MATCH_SEQUENCE);
    slice = "slice", FINAL;
    none_type = "NoneType", FINAL;
    not_implemented_type = "NotImplementedType", FINAL;
    ellipsis = "ellipsis", FINAL;
    function = "function", Flags::FINAL;
    builtin_function = "builtin_function_or_method", INNER;
    method = "method", FINAL;
    method_descriptor = "method_descriptor", INNER;
    wrapper_descriptor = "wrapper_descriptor", INNER;
    method_wrapper = "method-wrapper", INNER;
    classmethod_descriptor = "classmethod_descriptor", INNER;
    getset_descriptor = "getset_descriptor", INNER;
    member_descriptor = "member_descriptor", INNER;
    property = "property", Flags(0);
    classmethod = "classmethod", Flags(0);
    staticmethod = "staticmethod", Flags(0);
    super_ = "super", OPEN;
    module = "module", Flags(0);
    cell = "cell", FINAL;
    code = "code", FINAL;
    frame = "frame", INNER;
    traceback = "traceback", FINAL;
    generator = "generator", INNER;
    coroutine = "coroutine", INNER;
    async_generator = "async_generator", INNER;
    async_generator_asend = "async_generator_asend", INNER;
    list_iterator = "list_iterator", INNER;
    list_reverseiterator = "list_reverseiterator", INNER;
    tuple_iterator = "tuple_iterator", INNER;
    range_iterator = "range_iterator", INNER;
    str_iterator = "str_iterator", INNER;
    str_ascii_iterator = "str_ascii_iterator", INNER;
    bytes_iterator = "bytes_iterator", INNER;
    bytearray_iterator = "bytearray_iterator", INNER;
    set_iterator = "set_iterator", INNER;
    dict_keyiterator = "dict_keyiterator", INNER;
    dict_valueiterator = "dict_valueiterator", INNER;
    dict_itemiterator = "dict_itemiterator", INNER;
    dict_reversekeyiterator = "dict_reversekeyiterator", INNER;
    dict_reversevalueiterator = "dict_reversevalueiterator", INNER;
    dict_reverseitemiterator = "dict_reverseitemiterator", INNER;
    dict_keys = "dict_keys", INNER;
    dict_values = "dict_values", INNER;
    dict_items = "dict_items", INNER;
    odict_keys = "odict_keys", INNER;
    odict_values = "odict_values", INNER;
    odict_items = "odict_items", INNER;
    callable_iterator = "callable_iterator", INNER;
    iterator = "iterator", INNER;
    enumerate = "enumerate", OPEN;
    zip = "zip", OPEN;
    map = "map", OPEN;
    filter = "filter", OPEN;
    reversed = "reversed", OPEN;
    mappingproxy = "mappingproxy", FINAL.with(Flags::MATCH_MAPPING);
    generic_alias = "GenericAlias", OPEN;
    union_type = "UnionType", FINAL;
    weakref = "ReferenceType", OPEN;
}

macro_rules! exceptions {
    // the first names are the locals that the body itself uses
    ($root:ident, $exception:ident, $group:ident; $($field:ident = $name:literal < $base:ident;)*) => {
        /// The exception classes by field, bases before subclasses.
        pub struct Exceptions { pub base_exception: ClassRef, pub exception_group: ClassRef, $(pub $field: ClassRef,)* }

        impl Exceptions {
            pub(crate) fn new(types: &Types) -> Exceptions {
                let $root = Class::new(
                    "BaseException", "builtins", Layout::Exception, Flags(0),
                    std::slice::from_ref(&types.object), vec![types.object.clone()],
                );
                $(let $field = Class::new(
                    $name, "builtins", Layout::Exception, Flags(0), std::slice::from_ref(&$base), $base.full_mro(),
                );)*
                let exception_group = Class::new(
                    "ExceptionGroup", "builtins", Layout::Exception, Flags(0),
                    &[$group.clone(), $exception.clone()],
                    vec![
                        $group.clone(), $exception.clone(), $root.clone(), types.object.clone(),
                    ],
                );
                Exceptions { base_exception: $root, exception_group, $($field,)* }
            }

            /// All of them, for the `builtins` module.
            pub fn all(&self) -> Vec<&ClassRef> {
                vec![&self.base_exception, &self.exception_group, $(&self.$field,)*]
            }
        }
    };
}

exceptions! {
    base_exception, exception, base_exception_group;
    exception = "Exception" < base_exception;
    generator_exit = "GeneratorExit" < base_exception;
    keyboard_interrupt = "KeyboardInterrupt" < base_exception;
    system_exit = "SystemExit" < base_exception;
    base_exception_group = "BaseExceptionGroup" < base_exception;
    arithmetic_error = "ArithmeticError" < exception;
    assertion_error = "AssertionError" < exception;
    attribute_error = "AttributeError" < exception;
    buffer_error = "BufferError" < exception;
    eof_error = "EOFError" < exception;
    import_error = "ImportError" < exception;
    lookup_error = "LookupError" < exception;
    memory_error = "MemoryError" < exception;
    name_error = "NameError" < exception;
    os_error = "OSError" < exception;
    reference_error = "ReferenceError" < exception;
    runtime_error = "RuntimeError" < exception;
    stop_async_iteration = "StopAsyncIteration" < exception;
    stop_iteration = "StopIteration" < exception;
    syntax_error = "SyntaxError" < exception;
    system_error = "SystemError" < exception;
    type_error = "TypeError" < exception;
    value_error = "ValueError" < exception;
    warning = "Warning" < exception;
    floating_point_error = "FloatingPointError" < arithmetic_error;
    overflow_error = "OverflowError" < arithmetic_error;
    zero_division_error = "ZeroDivisionError" < arithmetic_error;
    module_not_found_error = "ModuleNotFoundError" < import_error;
    index_error = "IndexError" < lookup_error;
    key_error = "KeyError" < lookup_error;
    unbound_local_error = "UnboundLocalError" < name_error;
    blocking_io_error = "BlockingIOError" < os_error;
    child_process_error = "ChildProcessError" < os_error;
    connection_error = "ConnectionError" < os_error;
    broken_pipe_error = "BrokenPipeError" < connection_error;
    connection_aborted_error = "ConnectionAbortedError" < connection_error;
    connection_refused_error = "ConnectionRefusedError" < connection_error;
    connection_reset_error = "ConnectionResetError" < connection_error;
    file_exists_error = "FileExistsError" < os_error;
    file_not_found_error = "FileNotFoundError" < os_error;
    interrupted_error = "InterruptedError" < os_error;
    is_a_directory_error = "IsADirectoryError" < os_error;
    not_a_directory_error = "NotADirectoryError" < os_error;
    permission_error = "PermissionError" < os_error;
    process_lookup_error = "ProcessLookupError" < os_error;
    timeout_error = "TimeoutError" < os_error;
    not_implemented_error = "NotImplementedError" < runtime_error;
    recursion_error = "RecursionError" < runtime_error;
    indentation_error = "IndentationError" < syntax_error;
    tab_error = "TabError" < indentation_error;
    unicode_error = "UnicodeError" < value_error;
    unicode_decode_error = "UnicodeDecodeError" < unicode_error;
    unicode_encode_error = "UnicodeEncodeError" < unicode_error;
    unicode_translate_error = "UnicodeTranslateError" < unicode_error;
    bytes_warning = "BytesWarning" < warning;
    deprecation_warning = "DeprecationWarning" < warning;
    encoding_warning = "EncodingWarning" < warning;
    future_warning = "FutureWarning" < warning;
    import_warning = "ImportWarning" < warning;
    pending_deprecation_warning = "PendingDeprecationWarning" < warning;
    resource_warning = "ResourceWarning" < warning;
    runtime_warning = "RuntimeWarning" < warning;
    syntax_warning = "SyntaxWarning" < warning;
    unicode_warning = "UnicodeWarning" < warning;
    user_warning = "UserWarning" < warning;
}
