"""Generics that stand for classes, before they get arguments: `List`, `Tuple`, `Callable`."""
from _typing_forms import Alias, CallableForm, GenericForm, checked, converted, count_checked


class SpecialAlias(Alias):
    """`List`, `Dict` ... before they get arguments."""

    def __init__(self, origin, count, *, inst=True, name=None):
        super().__init__(origin, inst=inst, name=name or origin.__name__)
        self._nparams = count
        self._made = {}
        module = "collections.abc" if origin.__module__ == "collections.abc" else origin.__module__
        self.__doc__ = f"A generic version of {module}.{origin.__qualname__}."

    def __getitem__(self, items):
        if not isinstance(items, tuple):
            items = (items,)
        try:
            key = tuple((item, type(item)) for item in items)
            known = self._made.get(key)
        except TypeError:
            key = known = None
        if known is not None:
            return known
        made = self._subscripted(items)
        if key is not None:
            self._made[key] = made
        return made

    def _subscripted(self, items):
        items = tuple(checked(item, "Parameters to generic types must be types.") for item in items)
        count_checked(self, items, self._nparams)
        return self.copy_with(items)

    def copy_with(self, items):
        return GenericForm(self.__origin__, items, name=self._name, inst=self._inst)

    def __repr__(self):
        return "typing." + self._name

    def __subclasscheck__(self, cls):
        if isinstance(cls, SpecialAlias):
            return issubclass(cls.__origin__, self.__origin__)
        if not isinstance(cls, GenericForm):
            return issubclass(cls, self.__origin__)
        return super().__subclasscheck__(cls)

    def __reduce__(self):
        return self._name


class TupleAlias(SpecialAlias):
    def _subscripted(self, items):
        message = "Tuple[t0, t1, ...]: each t must be a type."
        if len(items) >= 2 and items[-1] is ...:
            return self.copy_with((*(checked(item, message) for item in items[:-1]), ...))
        return self.copy_with(tuple(checked(item, message) for item in items))


class CallableAlias(SpecialAlias):
    def copy_with(self, items):
        return CallableForm(self.__origin__, items, name=self._name, inst=self._inst)

    def __getitem__(self, items):
        if not isinstance(items, tuple) or len(items) != 2:
            raise TypeError("Callable must be used as Callable[[arg, ...], result].")
        arguments, result = items
        result = checked(result, "Callable[args, result]: result must be a type.")
        if arguments is ...:
            return self.copy_with((..., result))
        if not isinstance(arguments, (list, tuple)):
            arguments = (arguments,)
        return self.copy_with((*map(converted, arguments), result))
