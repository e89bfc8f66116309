"""Documentation as text: what `help` shows."""
import inspect as _inspect
import sys as _sys

_hidden = frozenset((
    "__author__", "__builtins__", "__cached__", "__credits__", "__date__", "__doc__", "__docformat__", "__file__",
    "__loader__", "__module__", "__name__", "__package__", "__path__", "__qualname__", "__slots__", "__version__",
    "__spec__",
))


def _indent(text, prefix="    "):
    lines = [prefix + line for line in text.split("\n")]
    lines[-1] = lines[-1].rstrip()
    return "\n".join(lines)


def _visible(name, object):
    if name in _hidden:
        return False
    if name.startswith("__") and name.endswith("__"):
        return True
    if name.startswith("_") and hasattr(object, "_fields"):
        return True
    return not name.startswith("_")


def _class_name(cls, module):
    return cls.__name__ if cls.__module__ == module else f"{cls.__module__}.{cls.__name__}"


def _shown(value, most):
    """A value on a line of `most` characters."""
    text = repr(value)
    return text if len(text) <= most else text[:most] + "..."


def getdoc(thing):
    """The documentation of a thing, or what it inherits."""
    doc = _inspect.getdoc(thing) or _inspect.getcomments(thing)
    return doc.rstrip() if doc else ""


def _inherited_doc(cls, name, value):
    """The documentation of an attribute: of a base's where the class has none."""
    doc = getdoc(value)
    if doc or cls is None:
        return doc
    for base in cls.__mro__:
        found = base.__dict__.get(name)
        if found is not None:
            found = getattr(found, "__func__", found)
            doc = getdoc(found)
            if doc:
                return doc
    return ""


def _signature(thing):
    try:
        return str(_inspect.signature(thing))
    except (TypeError, ValueError, AttributeError):
        return None


def _routine(thing, name=None, cls=None, module=None):
    own = getattr(thing, "__name__", None)
    name = name or own
    note = ""
    inner = thing
    if _inspect.ismethod(thing):
        owner = thing.__self__
        if cls is not None:
            note = " from " + _class_name(type(owner), module)
        elif owner is not None and not isinstance(owner, type):
            note = f" method of {_class_name(type(owner), module)} instance"
        inner = thing.__func__
    title = name
    if own and own != name:
        if cls is not None and cls.__dict__.get(own) is inner:
            return f"{name} = {own}{_signature(thing) or ''}\n"
        title = f"{name} = {own}"
    arguments = _signature(thing)
    if arguments is None:
        arguments = "(...)"
    elif own == "<lambda>":
        title = name + " lambda "
        arguments = arguments[1:-1]
    if _inspect.iscoroutinefunction(thing) or _inspect.isasyncgenfunction(thing):
        title = "async " + title
    doc = _inherited_doc(cls, name, inner)
    return title + arguments + note + "\n" + (_indent(doc).rstrip() + "\n" if doc else "")


def _kind(cls, name, value):
    if isinstance(value, classmethod) or type(value).__name__ == "classmethod_descriptor":
        return "class method"
    if isinstance(value, staticmethod) or (name == "__new__" and not _inspect.isfunction(value)):
        return "static method"
    if isinstance(value, property):
        return "readonly property" if value.fset is None and value.fdel is None else "data descriptor"
    if _inspect.isroutine(value):
        return "method"
    if _inspect.isdatadescriptor(value):
        return "data descriptor"
    return "data"


def _class(cls, name=None):
    module = cls.__module__
    parts = []
    lines_between = False

    def rule():
        nonlocal lines_between
        if lines_between:
            parts.append("-" * 70)
        lines_between = True

    title = "class " + cls.__name__
    if cls.__bases__:
        title += f"({', '.join(_class_name(base, module) for base in cls.__bases__)})"
    arguments = _signature(cls)
    if arguments and arguments != "()":
        parts.append(cls.__name__ + arguments + "\n")
    doc = getdoc(cls)
    if doc:
        parts.append(doc + "\n")
    if len(cls.__mro__) > 2:
        parts.append("Method resolution order:")
        parts.extend("    " + _class_name(base, module) for base in cls.__mro__)
        parts.append("")
        lines_between = False
    seen = set()
    for base in cls.__mro__:
        if base is object and cls is not object:
            continue
        own = []
        for key in sorted(base.__dict__):
            if key not in seen and _visible(key, cls):
                own.append((key, base.__dict__[key]))
            seen.add(key)
        tag = "defined here" if base is cls else f"inherited from {_class_name(base, module)}"
        groups = {}
        for key, value in own:
            groups.setdefault(_kind(cls, key, value), []).append((key, value))
        for kind, heading in (
            ("method", "Methods"), ("class method", "Class methods"), ("static method", "Static methods"),
            ("readonly property", "Readonly properties"), ("data descriptor", "Data descriptors"),
            ("data", "Data and other attributes"),
        ):
            if kind not in groups:
                continue
            rule()
            parts.append(f"{heading} {tag}:\n")
            for key, value in groups[kind]:
                parts.append(_attribute(cls, module, key, value, kind))
    if not parts:
        return title + "\n"
    return title + "\n" + _indent("\n".join(parts).rstrip(), " |  ") + "\n"


def _attribute(cls, module, key, value, kind):
    if kind in ("method", "class method", "static method"):
        found = value if kind == "method" else getattr(cls, key)
        return _routine(found, key, cls, module)
    if kind == "data":
        line = f"{key} = "
        text = line + _shown(value, 70 - len(line))
        doc = getdoc(value) if callable(value) else ""
        return text + "\n" + (_indent(doc) + "\n" if doc else "")
    doc = getdoc(value)
    if key == "__dict__":
        doc = "dictionary for instance variables"
    elif key == "__weakref__":
        doc = "list of weak references to the object"
    return key + "\n" + (_indent(doc) + "\n" if doc else "")


def _described(thing):
    if _inspect.isbuiltin(thing):
        return "built-in function " + thing.__name__
    if _inspect.isclass(thing):
        return "class " + thing.__name__
    if _inspect.isfunction(thing):
        return "function " + thing.__name__
    if _inspect.ismethod(thing):
        return "method " + thing.__name__
    if _inspect.isroutine(thing):
        return f"{type(thing).__name__} {thing.__name__}"
    return type(thing).__name__


def render_doc(thing):
    """What `help(thing)` prints."""
    title = _described(thing)
    holder = thing if hasattr(thing, "__module__") else type(thing)
    module = getattr(holder, "__module__", None)
    if isinstance(module, str):
        title += " in module " + module
    if not (_inspect.isclass(thing) or _inspect.isroutine(thing) or _inspect.isdatadescriptor(thing)):
        title += " object"
        thing = type(thing)
    if _inspect.isclass(thing):
        text = _class(thing)
    elif _inspect.isdatadescriptor(thing):
        doc = getdoc(thing)
        text = getattr(thing, "__name__", "") + "\n" + (_indent(doc) + "\n" if doc else "")
    else:
        text = _routine(thing, module=module)
    return f"Help on {title}:\n\n{text}"


def help(thing):
    print(render_doc(thing))
