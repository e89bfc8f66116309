//! The `builtins` module: functions that every program sees without an import.

pub mod attributes;
pub mod characters;
pub mod classes;
pub mod evaluation;
pub mod help;
pub mod iteration;
pub mod numbers;
pub mod output;

use super::native::NativeDef;
use super::value::Value;
use super::vm::Vm;

/// Gives the builtin classes their methods and the `builtins` module its functions.
pub fn install(vm: &mut Vm) {
    super::types::install(vm);
    let (builtins, types) = (vm.builtins.clone(), vm.types.clone());
    let tables: [&'static [NativeDef]; 7] = [
        attributes::FUNCTIONS,
        characters::FUNCTIONS,
        classes::FUNCTIONS,
        evaluation::FUNCTIONS,
        iteration::FUNCTIONS,
        numbers::FUNCTIONS,
        output::FUNCTIONS,
    ];
    for table in tables {
        vm.define_functions(&builtins, table);
    }
    help::install(vm);
    // classes of the language that are no names: `type(None)` has no other way to it
    for hidden in [
        &types.none_type,
        &types.not_implemented_type,
        &types.ellipsis,
        &types.function,
        &types.method,
        &types.module,
        &types.cell,
        &types.code,
        &types.traceback,
        &types.mappingproxy,
        &types.generic_alias,
        &types.union_type,
        &types.weakref,
    ] {
        builtins.dict.remove_str(&hidden.name());
    }
    builtins.set("None", Value::None);
    builtins.set("True", Value::True);
    builtins.set("False", Value::False);
    builtins.set("Ellipsis", Value::Ellipsis);
    builtins.set("NotImplemented", Value::NotImplemented);
    builtins.set("__debug__", Value::True);
    for name in ORDER.split_ascii_whitespace() {
        if let Some(value) = builtins.dict.get_str(name) {
            builtins.dict.remove_str(name);
            builtins.set(name, value);
        }
    }
}

/// The names in the order of the dict, which decides between equally near suggestions.
const ORDER: &str = "__name__ __doc__ __package__ __loader__ __spec__ __build_class__ __import__ abs all any ascii bin \
    breakpoint callable chr compile delattr dir divmod eval exec format getattr globals hasattr hash hex \
    id input isinstance issubclass iter aiter len locals max min next anext oct ord pow print repr round \
    setattr sorted sum vars None Ellipsis NotImplemented False True bool memoryview bytearray bytes \
    classmethod complex dict enumerate filter float frozenset property int list map object range \
    reversed set slice staticmethod str super tuple type zip __debug__ BaseException BaseExceptionGroup \
    Exception GeneratorExit KeyboardInterrupt SystemExit ArithmeticError AssertionError AttributeError \
    BufferError EOFError ImportError LookupError MemoryError NameError OSError ReferenceError \
    RuntimeError StopAsyncIteration StopIteration SyntaxError SystemError TypeError ValueError Warning \
    FloatingPointError OverflowError ZeroDivisionError BytesWarning DeprecationWarning EncodingWarning \
    FutureWarning ImportWarning PendingDeprecationWarning ResourceWarning RuntimeWarning SyntaxWarning \
    UnicodeWarning UserWarning BlockingIOError ChildProcessError ConnectionError FileExistsError \
    FileNotFoundError InterruptedError IsADirectoryError NotADirectoryError PermissionError \
    ProcessLookupError TimeoutError IndentationError IndexError KeyError ModuleNotFoundError \
    NotImplementedError RecursionError UnboundLocalError UnicodeError BrokenPipeError \
    ConnectionAbortedError ConnectionRefusedError ConnectionResetError TabError UnicodeDecodeError \
    UnicodeEncodeError UnicodeTranslateError ExceptionGroup EnvironmentError IOError open quit exit \
    copyright credits license help";
