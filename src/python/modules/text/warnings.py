"""Warnings and what to do with them."""
import _warnings

filters = []
_onceregistry = {}
_defaultaction = "default"
_defaults = [
    ("default", None, DeprecationWarning, "__main__", 0),
    ("ignore", None, DeprecationWarning, None, 0),
    ("ignore", None, PendingDeprecationWarning, None, 0),
    ("ignore", None, ImportWarning, None, 0),
    ("ignore", None, ResourceWarning, None, 0),
]


class WarningMessage:
    def __init__(self, message, category, filename, lineno, file=None, line=None, source=None):
        self.message = message
        self.category = category
        self.filename = filename
        self.lineno = lineno
        self.file = file
        self.line = line
        self.source = source

    def __str__(self):
        name = self.category.__name__ if self.category else None
        return (
            f"{{message : {self.message!r}, category : {name!r}, filename : {self.filename!r}, "
            f"lineno : {self.lineno}, line : {self.line!r}}}"
        )


def formatwarning(message, category, filename, lineno, line=None):
    return f"{filename}:{lineno}: {category.__name__}: {message}\n"


def showwarning(message, category, filename, lineno, file=None, line=None):
    _warnings.show(str(message), category.__name__, filename, lineno, True)


_original_showwarning = showwarning


def _check(action):
    if action not in ("default", "error", "ignore", "always", "module", "once"):
        raise AssertionError(f"invalid action: {action!r}")


def filterwarnings(action, message="", category=Warning, module="", lineno=0, append=False):
    _check(action)
    item = (action, message or None, category, module or None, lineno)
    filters.append(item) if append else filters.insert(0, item)


def simplefilter(action, category=Warning, lineno=0, append=False):
    _check(action)
    item = (action, None, category, None, lineno)
    filters.append(item) if append else filters.insert(0, item)


def resetwarnings():
    filters.clear()


def _action(text, category):
    for action, message, kind, module, line in [*filters, *_defaults]:
        if issubclass(category, kind) and (message is None or _begins(text, message)) and module in (None, "__main__"):
            return action
    return _defaultaction


def _begins(text, pattern):
    if pattern.replace(" ", "").isalnum():
        return text.lower().startswith(pattern.lower())
    import re

    return re.match(pattern, text, re.I) is not None


def warn(message, category=None, stacklevel=1, source=None, **kwargs):
    if isinstance(message, Warning):
        category = type(message)
    elif category is None:
        category = UserWarning
    if not (isinstance(category, type) and issubclass(category, Warning)):
        raise TypeError(f"category must be a Warning subclass, not '{type(category).__name__}'")
    text = str(message)
    action = _action(text, category)
    if action == "ignore":
        return
    instance = message if isinstance(message, Warning) else category(message)
    if action == "error":
        raise instance
    key = (text, category)
    first = key not in _onceregistry
    if action != "always":
        _onceregistry[key] = True
    if _recording is not None:
        if first or action == "always":
            _recording.append(WarningMessage(instance, category, "<stdin>", 1))
    elif showwarning is not _original_showwarning:
        if first or action == "always":
            showwarning(instance, category, "<stdin>", 1)
    else:
        _warnings.show(text, category.__name__, "<stdin>", 1, first or action == "always")


def warn_explicit(message, category, filename, lineno, module=None, registry=None, module_globals=None, source=None):
    warn(message, category)


_recording = None


class catch_warnings:
    def __init__(self, *, record=False, module=None, action=None, category=Warning, lineno=0, append=False):
        self._record = record
        self._filter = None if action is None else (action, category, lineno, append)

    def __enter__(self):
        global _recording
        self._saved = filters[:], showwarning, _recording, dict(_onceregistry)
        log = None
        if self._record:
            log = _recording = []
            _onceregistry.clear()
        if self._filter is not None:
            simplefilter(*self._filter)
        return log

    def __exit__(self, *exc_info):
        global showwarning, _recording
        filters[:], showwarning, _recording, seen = self._saved
        _onceregistry.clear()
        _onceregistry.update(seen)
