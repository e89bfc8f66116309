"""Signatures of callables, and binding arguments to them."""
import types as _types
from collections import OrderedDict as _OrderedDict
from collections import namedtuple as _namedtuple

from inspect import CO_VARARGS, CO_VARKEYWORDS, isbuiltin, isclass, isfunction, ismethod, unwrap

__name__ = "inspect"
_missing = object()

FullArgSpec = _namedtuple("FullArgSpec", "args varargs varkw defaults kwonlyargs kwonlydefaults annotations")
ArgInfo = _namedtuple("ArgInfo", "args varargs keywords locals")
ClosureVars = _namedtuple("ClosureVars", "nonlocals globals builtins unbound")


class _empty:
    """Marker object for Signature.empty and Parameter.empty."""


class _ParameterKind(int):
    _NAMES = ("POSITIONAL_ONLY", "POSITIONAL_OR_KEYWORD", "VAR_POSITIONAL", "KEYWORD_ONLY", "VAR_KEYWORD")
    _TITLES = ("positional-only", "positional or keyword", "variadic positional", "keyword-only", "variadic keyword")

    name = property(lambda self: self._NAMES[self])
    value = property(lambda self: int(self))
    description = property(lambda self: self._TITLES[self])

    def __str__(self):
        return self.name

    def __repr__(self):
        return f"<_ParameterKind.{self.name}: {int(self)}>"


def formatannotation(annotation, base_module=None):
    if getattr(annotation, "__module__", None) == "typing":
        return repr(annotation).replace("typing.", "")
    if isinstance(annotation, _types.GenericAlias):
        return str(annotation)
    if isinstance(annotation, type):
        if annotation.__module__ in ("builtins", base_module):
            return annotation.__qualname__
        return f"{annotation.__module__}.{annotation.__qualname__}"
    return repr(annotation)


class Parameter:
    """Represents a parameter in a function signature."""

    __slots__ = ("_name", "_kind", "_default", "_annotation")
    POSITIONAL_ONLY, POSITIONAL_OR_KEYWORD, VAR_POSITIONAL, KEYWORD_ONLY, VAR_KEYWORD = map(_ParameterKind, range(5))
    empty = _empty

    def __init__(self, name, kind, *, default=_empty, annotation=_empty):
        try:
            kind = (
                self.POSITIONAL_ONLY, self.POSITIONAL_OR_KEYWORD, self.VAR_POSITIONAL, self.KEYWORD_ONLY, self.VAR_KEYWORD,
            )[kind]
        except (IndexError, TypeError):
            raise ValueError(f"value {kind!r} is not a valid Parameter.kind") from None
        if default is not _empty and kind in (self.VAR_POSITIONAL, self.VAR_KEYWORD):
            raise ValueError(f"{kind.description} parameters cannot have default values")
        if name is _empty:
            raise ValueError("name is a required attribute for Parameter")
        if not isinstance(name, str):
            raise TypeError(f"name must be a str, not a {type(name).__name__}")
        if not name.isidentifier():
            raise ValueError(f"{name!r} is not a valid parameter name")
        self._name, self._kind, self._default, self._annotation = name, kind, default, annotation

    name = property(lambda self: self._name)
    kind = property(lambda self: self._kind)
    default = property(lambda self: self._default)
    annotation = property(lambda self: self._annotation)

    def replace(self, *, name=_missing, kind=_missing, annotation=_missing, default=_missing):
        return type(self)(
            self._name if name is _missing else name,
            self._kind if kind is _missing else kind,
            default=self._default if default is _missing else default,
            annotation=self._annotation if annotation is _missing else annotation,
        )

    def __str__(self):
        text = self._name
        if self._annotation is not _empty:
            text += f": {formatannotation(self._annotation)}"
        if self._default is not _empty:
            equals = " = " if self._annotation is not _empty else "="
            text += equals + repr(self._default)
        if self._kind == self.VAR_POSITIONAL:
            return "*" + text
        return "**" + text if self._kind == self.VAR_KEYWORD else text

    def __repr__(self):
        return f'<{type(self).__name__} "{self}">'

    def __hash__(self):
        return hash((self._name, int(self._kind), self._annotation, self._default))

    def __eq__(self, other):
        if not isinstance(other, Parameter):
            return NotImplemented
        return (self._name, self._kind, self._default, self._annotation) == (
            other._name, other._kind, other._default, other._annotation,
        )


class BoundArguments:
    """Result of Signature.bind call."""

    __slots__ = ("arguments", "_signature")

    def __init__(self, signature, arguments):
        self.arguments, self._signature = arguments, signature

    signature = property(lambda self: self._signature)

    @property
    def args(self):
        args = []
        for name, parameter in self._signature.parameters.items():
            if parameter.kind in (Parameter.VAR_KEYWORD, Parameter.KEYWORD_ONLY) or name not in self.arguments:
                break
            if parameter.kind == Parameter.VAR_POSITIONAL:
                args.extend(self.arguments[name])
            else:
                args.append(self.arguments[name])
        return tuple(args)

    @property
    def kwargs(self):
        kwargs, started = {}, False
        for name, parameter in self._signature.parameters.items():
            if not started:
                if parameter.kind in (Parameter.VAR_KEYWORD, Parameter.KEYWORD_ONLY):
                    started = True
                elif name not in self.arguments:
                    started = True
                    continue
            if not started or name not in self.arguments:
                continue
            if parameter.kind == Parameter.VAR_KEYWORD:
                kwargs.update(self.arguments[name])
            else:
                kwargs[name] = self.arguments[name]
        return kwargs

    def apply_defaults(self):
        arguments = {}
        for name, parameter in self._signature.parameters.items():
            if name in self.arguments:
                arguments[name] = self.arguments[name]
            elif parameter.default is not _empty:
                arguments[name] = parameter.default
            elif parameter.kind == Parameter.VAR_POSITIONAL:
                arguments[name] = ()
            elif parameter.kind == Parameter.VAR_KEYWORD:
                arguments[name] = {}
        self.arguments = arguments

    def __eq__(self, other):
        if not isinstance(other, BoundArguments):
            return NotImplemented
        return self._signature == other._signature and self.arguments == other.arguments

    def __repr__(self):
        return f"<BoundArguments ({', '.join(f'{name}={value!r}' for name, value in self.arguments.items())})>"


class Signature:
    """The parameters and the return annotation of a callable."""

    __slots__ = ("_parameters", "_return_annotation")
    empty = _empty

    def __init__(self, parameters=None, *, return_annotation=_empty, __validate_parameters__=True):
        made, last, defaults = _OrderedDict(), Parameter.POSITIONAL_ONLY, False
        for parameter in parameters or ():
            kind, name = parameter.kind, parameter.name
            if kind < last:
                raise ValueError(
                    f"wrong parameter order: {last.description} parameter before {kind.description} parameter"
                )
            last = kind
            if kind in (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD):
                if parameter.default is not _empty:
                    defaults = True
                elif defaults:
                    raise ValueError("non-default argument follows default argument")
            if name in made:
                raise ValueError(f"duplicate parameter name: {name!r}")
            made[name] = parameter
        self._parameters = _types.MappingProxyType(made)
        self._return_annotation = return_annotation

    parameters = property(lambda self: self._parameters)
    return_annotation = property(lambda self: self._return_annotation)

    @classmethod
    def from_callable(cls, obj, *, follow_wrapped=True, globals=None, locals=None, eval_str=False):
        return _signature(cls, obj, follow_wrapped)

    def replace(self, *, parameters=_missing, return_annotation=_missing):
        return type(self)(
            self._parameters.values() if parameters is _missing else parameters,
            return_annotation=self._return_annotation if return_annotation is _missing else return_annotation,
        )

    def _bind(self, args, kwargs, partial=False):
        arguments, args = {}, list(args)
        kwargs = dict(kwargs)
        todo = list(self._parameters.values())
        while todo:
            parameter = todo[0]
            if not args:
                break
            if parameter.kind in (Parameter.VAR_KEYWORD, Parameter.KEYWORD_ONLY):
                break
            todo.pop(0)
            if parameter.kind == Parameter.VAR_POSITIONAL:
                arguments[parameter.name] = tuple(args)
                args = []
                break
            if parameter.name in kwargs and parameter.kind != Parameter.POSITIONAL_ONLY:
                raise TypeError(f"multiple values for argument {parameter.name!r}")
            arguments[parameter.name] = args.pop(0)
        if args:
            raise TypeError("too many positional arguments")
        rest = None
        for parameter in todo:
            if parameter.kind == Parameter.VAR_KEYWORD:
                rest = parameter
            elif parameter.kind == Parameter.VAR_POSITIONAL:
                continue
            elif parameter.kind == Parameter.POSITIONAL_ONLY and parameter.name in kwargs:
                raise TypeError(
                    f"{parameter.name!r} parameter is positional only, but was passed as a keyword"
                )
            elif parameter.name in kwargs:
                arguments[parameter.name] = kwargs.pop(parameter.name)
            elif parameter.default is _empty and not partial:
                raise TypeError(f"missing a required argument: {parameter.name!r}")
        if kwargs:
            if rest is None:
                raise TypeError(f"got an unexpected keyword argument {next(iter(kwargs))!r}")
            arguments[rest.name] = kwargs
        return BoundArguments(self, arguments)

    def bind(self, /, *args, **kwargs):
        return self._bind(args, kwargs)

    def bind_partial(self, /, *args, **kwargs):
        return self._bind(args, kwargs, partial=True)

    def __eq__(self, other):
        if not isinstance(other, Signature):
            return NotImplemented
        positional = lambda signature: [p for p in signature._parameters.values() if p.kind != Parameter.KEYWORD_ONLY]
        named = lambda signature: {n: p for n, p in signature._parameters.items() if p.kind == Parameter.KEYWORD_ONLY}
        return (
            positional(self) == positional(other)
            and named(self) == named(other)
            and self._return_annotation == other._return_annotation
        )

    def __hash__(self):
        return hash((tuple(self._parameters.values()), self._return_annotation))

    def __repr__(self):
        return f"<{type(self).__name__} {self}>"

    def __str__(self):
        parts, only, star = [], False, True
        for parameter in self._parameters.values():
            if parameter.kind == Parameter.POSITIONAL_ONLY:
                only = True
            elif only:
                parts.append("/")
                only = False
            if parameter.kind == Parameter.VAR_POSITIONAL:
                star = False
            elif parameter.kind == Parameter.KEYWORD_ONLY and star:
                parts.append("*")
                star = False
            parts.append(str(parameter))
        if only:
            parts.append("/")
        text = f"({', '.join(parts)})"
        if self._return_annotation is not _empty:
            text += f" -> {formatannotation(self._return_annotation)}"
        return text


def _of_function(cls, function):
    code = function.__code__
    names, defaults = code.co_varnames, function.__defaults__ or ()
    positional, only = code.co_argcount, code.co_posonlyargcount
    annotations, keyword_defaults = function.__annotations__, function.__kwdefaults__ or {}
    parameters, at = [], positional
    note = lambda name: annotations.get(name, _empty)
    first = positional - len(defaults)
    for place, name in enumerate(names[:positional]):
        kind = Parameter.POSITIONAL_ONLY if place < only else Parameter.POSITIONAL_OR_KEYWORD
        default = defaults[place - first] if place >= first else _empty
        parameters.append(Parameter(name, kind, default=default, annotation=note(name)))
    keyword = names[positional : positional + code.co_kwonlyargcount]
    at += code.co_kwonlyargcount
    if code.co_flags & CO_VARARGS:
        parameters.append(Parameter(names[at], Parameter.VAR_POSITIONAL, annotation=note(names[at])))
        at += 1
    for name in keyword:
        default = keyword_defaults.get(name, _empty)
        parameters.append(Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=note(name)))
    if code.co_flags & CO_VARKEYWORDS:
        parameters.append(Parameter(names[at], Parameter.VAR_KEYWORD, annotation=note(names[at])))
    return cls(parameters, return_annotation=note("return"))


def _of_text(cls, obj, text):
    """A signature as builtins write it."""
    scope = {}
    text = text.replace("($self, /", "(").replace("($self", "(").replace("($module, /", "(").replace("($type, /", "(")
    text = text.replace("(, ", "(")
    try:
        exec(f"def made{text}: pass", scope)
    except SyntaxError:
        raise ValueError(f"no signature found for builtin {obj!r}") from None
    return _of_function(cls, scope["made"])


def _without_first(signature):
    parameters = list(signature.parameters.values())
    if not parameters or parameters[0].kind in (Parameter.VAR_KEYWORD, Parameter.KEYWORD_ONLY):
        raise ValueError("invalid method signature")
    if parameters[0].kind != Parameter.VAR_POSITIONAL:
        parameters = parameters[1:]
    return signature.replace(parameters=parameters)


def _of_partial(cls, obj):
    signature = _signature(cls, obj.func, True)
    try:
        bound = signature.bind_partial(*obj.args, **obj.keywords)
    except TypeError as error:
        raise ValueError(f"partial object {obj!r} has incorrect arguments") from error
    parameters, keyword = [], False
    for name, parameter in signature.parameters.items():
        if name in obj.keywords and parameter.kind in (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY):
            keyword = True
            parameter = parameter.replace(kind=Parameter.KEYWORD_ONLY, default=obj.keywords[name])
        elif name in bound.arguments and parameter.kind in (
            Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD,
        ):
            continue
        elif keyword and parameter.kind == Parameter.POSITIONAL_OR_KEYWORD:
            parameter = parameter.replace(kind=Parameter.KEYWORD_ONLY)
        elif keyword and parameter.kind == Parameter.VAR_POSITIONAL:
            continue
        parameters.append(parameter)
    return signature.replace(parameters=parameters)


def _signature(cls, obj, follow):
    import functools

    if not callable(obj):
        raise TypeError(f"{obj!r} is not a callable object")
    if ismethod(obj):
        return _without_first(_signature(cls, obj.__func__, follow))
    if follow:
        obj = unwrap(obj, stop=lambda f: hasattr(f, "__signature__"))
        if ismethod(obj):
            return _signature(cls, obj, follow)
    given = getattr(obj, "__signature__", None)
    if given is not None:
        if not isinstance(given, Signature):
            raise TypeError(f"unexpected object {given!r} in __signature__ attribute")
        return given
    if isfunction(obj):
        return _of_function(cls, obj)
    if isinstance(obj, functools.partial):
        return _of_partial(cls, obj)
    if isclass(obj):
        call = getattr(type(obj), "__call__", None)
        if isfunction(call):
            return _without_first(_of_function(cls, call))
        for base in obj.__mro__[:-1]:
            for name in ("__new__", "__init__"):
                method = base.__dict__.get(name)
                method = method.__func__ if isinstance(method, staticmethod) else method
                if isfunction(method):
                    return _without_first(_signature(cls, method, follow))
        if any("__init__" in base.__dict__ or "__new__" in base.__dict__ for base in obj.__mro__[:-1]):
            raise ValueError(f"no signature found for builtin type {obj!r}")
        return cls([])
    text = getattr(obj, "__text_signature__", None)
    if text:
        return _of_text(cls, obj, text)
    if not isbuiltin(obj):
        call = getattr(type(obj), "__call__", None)
        if isfunction(call):
            return _without_first(_of_function(cls, call))
    raise ValueError(f"no signature found for builtin {obj!r}")


def signature(obj, *, follow_wrapped=True, globals=None, locals=None, eval_str=False):
    return Signature.from_callable(obj, follow_wrapped=follow_wrapped)


def getfullargspec(func):
    try:
        made = _signature(Signature, func.__func__ if ismethod(func) else func, False)
    except Exception as error:
        raise TypeError("unsupported callable") from error
    args, varargs, varkw, defaults, named, named_defaults, annotations = [], None, None, (), [], {}, {}
    if made.return_annotation is not _empty:
        annotations["return"] = made.return_annotation
    for parameter in made.parameters.values():
        kind, name = parameter.kind, parameter.name
        if kind <= Parameter.POSITIONAL_OR_KEYWORD:
            args.append(name)
            if parameter.default is not _empty:
                defaults += (parameter.default,)
        elif kind == Parameter.VAR_POSITIONAL:
            varargs = name
        elif kind == Parameter.KEYWORD_ONLY:
            named.append(name)
            if parameter.default is not _empty:
                named_defaults[name] = parameter.default
        else:
            varkw = name
        if parameter.annotation is not _empty:
            annotations[name] = parameter.annotation
    return FullArgSpec(args, varargs, varkw, defaults or None, named, named_defaults or None, annotations)


def getcallargs(func, /, *positional, **named):
    bound = signature(func).bind(*positional, **named)
    bound.apply_defaults()
    return dict(bound.arguments)


def get_annotations(obj, *, globals=None, locals=None, eval_str=False):
    if isinstance(obj, type):
        return dict(obj.__dict__.get("__annotations__") or {})
    return dict(getattr(obj, "__annotations__", None) or {})


def getclosurevars(func):
    import builtins

    if ismethod(func):
        func = func.__func__
    if not isfunction(func):
        raise TypeError(f"{func!r} is not a Python function")
    code = func.__code__
    outer = {} if func.__closure__ is None else {
        name: cell.cell_contents for name, cell in zip(code.co_freevars, func.__closure__)
    }
    known, found, unbound = {}, {}, set()
    for name in code.co_names:
        if name in func.__globals__:
            known[name] = func.__globals__[name]
        elif hasattr(builtins, name):
            found[name] = getattr(builtins, name)
        else:
            unbound.add(name)
    return ClosureVars(outer, known, found, unbound)


def classify_class_attrs(cls):
    raise NotImplementedError("gradshell does not support inspect.classify_class_attrs yet")
