"""Futures, and tasks that drive coroutines."""
from asyncio import events
from asyncio.exceptions import *

__all__ = ["Future", "Task", "all_tasks", "current_task", "isfuture"]
_PENDING, _CANCELLED, _FINISHED = "PENDING", "CANCELLED", "FINISHED"


def isfuture(obj):
    return hasattr(type(obj), "_asyncio_future_blocking") and obj._asyncio_future_blocking is not None


class Future:
    """A result that will be there later."""

    _asyncio_future_blocking = False

    def __init__(self, *, loop=None):
        self._loop = events.get_event_loop() if loop is None else loop
        self._state = _PENDING
        self._result = self._exception = self._cancel_message = self._cancelled_error = None
        self._callbacks = []

    def _info(self):
        info = [self._state.lower()]
        if self._state == _FINISHED:
            if self._exception is not None:
                info.append(f"exception={self._exception!r}")
            else:
                info.append(f"result={self._result!r}")
        elif self._callbacks:
            names = [getattr(callback, "__qualname__", None) or repr(callback) for callback in self._callbacks]
            info.append(f"cb=[{', '.join(f'{name}()' for name in names)}]")
        return info

    def __repr__(self):
        return f"<{type(self).__name__} {' '.join(self._info())}>"

    def get_loop(self):
        return self._loop

    def done(self):
        return self._state != _PENDING

    def cancelled(self):
        return self._state == _CANCELLED

    def _cancelled_exception(self):
        if self._cancelled_error is not None:
            error, self._cancelled_error = self._cancelled_error, None
            return error
        return CancelledError() if self._cancel_message is None else CancelledError(self._cancel_message)

    def cancel(self, msg=None):
        if self._state != _PENDING:
            return False
        self._state = _CANCELLED
        self._cancel_message = msg
        self._call_back()
        return True

    def _call_back(self):
        callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            self._loop.call_soon(callback, self)

    def result(self):
        if self._state == _CANCELLED:
            raise self._cancelled_exception()
        if self._state != _FINISHED:
            raise InvalidStateError("Result is not set.")
        if self._exception is not None:
            raise self._exception.with_traceback(self._trace)
        return self._result

    def exception(self):
        if self._state == _CANCELLED:
            raise self._cancelled_exception()
        if self._state != _FINISHED:
            raise InvalidStateError("Exception is not set.")
        return self._exception

    def add_done_callback(self, fn, /, *, context=None):
        if self._state != _PENDING:
            self._loop.call_soon(fn, self)
        else:
            self._callbacks.append(fn)

    def remove_done_callback(self, fn, /):
        kept = [callback for callback in self._callbacks if callback != fn]
        removed = len(self._callbacks) - len(kept)
        self._callbacks = kept
        return removed

    def set_result(self, result, /):
        if self._state != _PENDING:
            raise InvalidStateError("invalid state")
        self._result = result
        self._state = _FINISHED
        self._call_back()

    def set_exception(self, exception, /):
        if self._state != _PENDING:
            raise InvalidStateError("invalid state")
        if isinstance(exception, type):
            exception = exception()
        if type(exception) is StopIteration:
            raise TypeError("StopIteration interacts badly with generators and cannot be raised into a Future")
        self._exception = exception
        self._trace = exception.__traceback__
        self._state = _FINISHED
        self._call_back()

    def __await__(self):
        if self._state == _PENDING:
            self._asyncio_future_blocking = True
            yield self
        if self._state == _PENDING:
            raise RuntimeError("await wasn't used with future")
        return self.result()

    __iter__ = __await__


_names = 0
_tasks = {}
_current = {}


def current_task(loop=None):
    return _current.get(events.get_running_loop() if loop is None else loop)


def all_tasks(loop=None):
    loop = events.get_running_loop() if loop is None else loop
    return {task for task in _tasks.values() if task._loop is loop and not task.done()}


class Task(Future):
    """A coroutine driven by the loop."""

    def __init__(self, coro, *, loop=None, name=None, context=None):
        global _names
        from asyncio.tasks import iscoroutine

        super().__init__(loop=loop)
        if not iscoroutine(coro):
            raise TypeError(f"a coroutine was expected, got {coro!r}")
        _names += 1
        self._name = f"Task-{_names}" if name is None else str(name)
        self._coro = coro
        self._must_cancel = False
        self._requests = 0
        self._waiter = None
        _tasks[id(self)] = self
        self._loop.call_soon(self._step)

    def _info(self):
        info = super()._info()
        if self._must_cancel:
            info[0] = "cancelling"
        info.insert(1, f"name={self._name!r}")
        info.insert(2, f"coro=<{self._where()}>")
        if self._waiter is not None:
            info.insert(3, f"wait_for={self._waiter!r}")
        return info

    def _where(self):
        title = getattr(self._coro, "__qualname__", type(self._coro).__name__)
        frame = getattr(self._coro, "cr_frame", None)
        code = getattr(self._coro, "cr_code", None)
        if code is None:
            return f"{title}()"
        if frame is None:
            return f"{title}() done, defined at {code.co_filename}:{code.co_firstlineno}"
        return f"{title}() running at {code.co_filename}:{getattr(frame, 'f_lineno', code.co_firstlineno)}"

    def get_name(self):
        return self._name

    def set_name(self, value, /):
        self._name = str(value)

    def get_coro(self):
        return self._coro

    def set_result(self, result, /):
        raise RuntimeError("Task does not support set_result operation")

    def set_exception(self, exception, /):
        raise RuntimeError("Task does not support set_exception operation")

    def cancelling(self):
        return self._requests

    def uncancel(self):
        if self._requests > 0:
            self._requests -= 1
        return self._requests

    def cancel(self, msg=None):
        if self._state != _PENDING:
            return False
        self._requests += 1
        if self._waiter is not None and self._waiter.cancel(msg=msg):
            return True
        self._must_cancel = True
        self._cancel_message = msg
        return True

    def _step(self, error=None):
        if self._must_cancel:
            if not isinstance(error, CancelledError):
                error = self._cancelled_exception()
            self._must_cancel = False
        self._waiter = None
        before = _current.get(self._loop)
        _current[self._loop] = self
        try:
            if error is None:
                awaited = self._coro.send(None)
            else:
                awaited = self._coro.throw(error)
        except StopIteration as stop:
            if self._must_cancel:
                self._must_cancel = False
                super().cancel(msg=self._cancel_message)
            else:
                super().set_result(stop.value)
        except CancelledError as cancelled:
            self._cancelled_error = cancelled
            super().cancel()
        except (KeyboardInterrupt, SystemExit) as fatal:
            super().set_exception(fatal)
            raise
        except BaseException as failed:
            super().set_exception(failed)
        else:
            self._wait(awaited)
        finally:
            _current[self._loop] = before
            if self._state != _PENDING:
                _tasks.pop(id(self), None)
            self = error = None

    def _wait(self, awaited):
        blocking = getattr(awaited, "_asyncio_future_blocking", None)
        if awaited is None:
            self._loop.call_soon(self._step)
        elif blocking is None:
            self._fail(RuntimeError(f"Task got bad yield: {awaited!r}"))
        elif awaited._loop is not self._loop:
            self._fail(RuntimeError(f"Task {self!r} got Future {awaited!r} attached to a different loop"))
        elif not blocking:
            self._fail(RuntimeError(f"yield was used instead of yield from in task {self!r} with {awaited!r}"))
        elif awaited is self:
            self._fail(RuntimeError(f"Task cannot await on itself: {self!r}"))
        else:
            awaited._asyncio_future_blocking = False
            awaited.add_done_callback(self._wakeup)
            self._waiter = awaited
            if self._must_cancel and awaited.cancel(msg=self._cancel_message):
                self._must_cancel = False

    def _fail(self, error):
        self._loop.call_soon(self._step, error)

    def _wakeup(self, future):
        try:
            future.result()
        except BaseException as error:
            self._step(error)
        else:
            self._step()
        self = None


Future.__module__ = Task.__module__ = "_asyncio"
Task.__name__, Future.__name__ = "_asyncio.Task", "_asyncio.Future"
