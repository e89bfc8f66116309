//! The data model: `object`, `type`, functions, descriptors, generators, exceptions, and the
//! other kinds the engine itself makes. Each file is a table of methods, put into the classes here.

mod async_generator;
mod descriptor;
mod exception;
mod exception_fields;
mod exception_group;
mod function;
mod generator;
mod method;
mod module;
pub(super) mod object;
mod super_;
mod trace;
mod type_;
mod weak;

use super::class::ClassRef;
use super::native::ClassItem;
use super::vm::Vm;

/// Gives the engine's own classes their methods.
pub fn install(vm: &mut Vm) {
    let (types, exceptions) = (vm.types.clone(), vm.exceptions.clone());
    let tables: &[(&ClassRef, &'static [ClassItem])] = &[
        (&types.object, object::ITEMS),
        (&types.type_, type_::ITEMS),
        (&types.function, function::ITEMS),
        (&types.builtin_function, method::BUILTIN_ITEMS),
        (&types.method_descriptor, method::DESCRIPTOR_ITEMS),
        (&types.wrapper_descriptor, method::DESCRIPTOR_ITEMS),
        (&types.classmethod_descriptor, method::DESCRIPTOR_ITEMS),
        (&types.method_wrapper, method::BUILTIN_ITEMS),
        (&types.method, method::METHOD_ITEMS),
        (&types.property, descriptor::PROPERTY_ITEMS),
        (&types.classmethod, descriptor::CLASSMETHOD_ITEMS),
        (&types.staticmethod, descriptor::STATICMETHOD_ITEMS),
        (&types.getset_descriptor, descriptor::MEMBER_ITEMS),
        (&types.member_descriptor, descriptor::MEMBER_ITEMS),
        (&types.super_, super_::ITEMS),
        (&types.module, module::ITEMS),
        (&types.cell, trace::CELL_ITEMS),
        (&types.code, trace::CODE_ITEMS),
        (&types.frame, trace::FRAME_ITEMS),
        (&types.traceback, trace::TRACEBACK_ITEMS),
        (&types.generator, generator::GENERATOR_ITEMS),
        (&types.coroutine, generator::COROUTINE_ITEMS),
        (&types.async_generator, async_generator::ITEMS),
        (&types.async_generator_asend, async_generator::STEP_ITEMS),
        (&types.weakref, weak::ITEMS),
        (&exceptions.base_exception, exception::ITEMS),
        (&exceptions.stop_iteration, exception_fields::STOP_ITERATION_ITEMS),
        (&exceptions.system_exit, exception_fields::SYSTEM_EXIT_ITEMS),
        (&exceptions.key_error, exception_fields::KEY_ERROR_ITEMS),
        (&exceptions.os_error, exception_fields::OS_ERROR_ITEMS),
        (&exceptions.import_error, exception_fields::IMPORT_ERROR_ITEMS),
        (&exceptions.attribute_error, exception_fields::ATTRIBUTE_ERROR_ITEMS),
        (&exceptions.name_error, exception_fields::NAME_ERROR_ITEMS),
        (&exceptions.syntax_error, exception_fields::SYNTAX_ERROR_ITEMS),
        (&exceptions.unicode_decode_error, exception_fields::UNICODE_ITEMS),
        (&exceptions.unicode_encode_error, exception_fields::UNICODE_ITEMS),
        (
            &exceptions.unicode_translate_error,
            exception_fields::UNICODE_TRANSLATE_ITEMS,
        ),
        (&exceptions.base_exception_group, exception_group::ITEMS),
    ];
    for (class, items) in tables {
        vm.define(class, items);
    }
}
