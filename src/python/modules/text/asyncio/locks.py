"""Locks, events, conditions, semaphores and barriers of one loop."""
from asyncio import events
from asyncio.exceptions import *

__all__ = ["Barrier", "BoundedSemaphore", "Condition", "Event", "Lock", "Semaphore"]


class _Waiting:
    """Coroutines in line."""

    def __init__(self):
        self._waiters = []

    async def _wait_in_line(self):
        future = events.get_running_loop().create_future()
        self._waiters.append(future)
        try:
            await future
        finally:
            self._waiters.remove(future)

    def _wake_first(self):
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(True)
                return True
        return False

    def __repr__(self):
        name = type(self).__name__
        text = f"<{type(self).__module__}.{name} object at {hex(id(self))}"
        extra = self._state()
        if self._waiters:
            extra = f"{extra}, waiters:{len(self._waiters)}"
        return f"{text} [{extra}]>"


class _Held:
    async def __aenter__(self):
        await self.acquire()
        return None

    async def __aexit__(self, exc_type, exc, tb):
        self.release()


class Lock(_Held, _Waiting):
    def __init__(self):
        super().__init__()
        self._locked = False

    def _state(self):
        return "locked" if self._locked else "unlocked"

    def locked(self):
        return self._locked

    async def acquire(self):
        if not self._locked and all(waiter.cancelled() for waiter in self._waiters):
            self._locked = True
            return True
        try:
            await self._wait_in_line()
        except CancelledError:
            if not self._locked:
                self._wake_first()
            raise
        self._locked = True
        return True

    def release(self):
        if not self._locked:
            raise RuntimeError("Lock is not acquired.")
        self._locked = False
        self._wake_first()


class Event(_Waiting):
    def __init__(self):
        super().__init__()
        self._value = False

    def _state(self):
        return "set" if self._value else "unset"

    def is_set(self):
        return self._value

    def set(self):
        if not self._value:
            self._value = True
            for waiter in self._waiters:
                if not waiter.done():
                    waiter.set_result(True)

    def clear(self):
        self._value = False

    async def wait(self):
        if not self._value:
            await self._wait_in_line()
        return True


class Condition(_Held, _Waiting):
    def __init__(self, lock=None):
        super().__init__()
        self._lock = Lock() if lock is None else lock
        self.locked, self.acquire, self.release = self._lock.locked, self._lock.acquire, self._lock.release

    def _state(self):
        return "locked" if self.locked() else "unlocked"

    async def wait(self):
        if not self.locked():
            raise RuntimeError("cannot wait on un-acquired lock")
        self.release()
        try:
            await self._wait_in_line()
            return True
        finally:
            cancelled = False
            while True:
                try:
                    await self.acquire()
                    break
                except CancelledError:
                    cancelled = True
            if cancelled:
                raise CancelledError

    async def wait_for(self, predicate):
        result = predicate()
        while not result:
            await self.wait()
            result = predicate()
        return result

    def notify(self, n=1):
        if not self.locked():
            raise RuntimeError("cannot notify on un-acquired lock")
        woken = 0
        for waiter in self._waiters:
            if woken >= n:
                break
            if not waiter.done():
                woken += 1
                waiter.set_result(False)

    def notify_all(self):
        self.notify(len(self._waiters))


class Semaphore(_Held, _Waiting):
    def __init__(self, value=1):
        if value < 0:
            raise ValueError("Semaphore initial value must be >= 0")
        super().__init__()
        self._value = value

    def _state(self):
        return "locked" if self.locked() else f"unlocked, value:{self._value}"

    def locked(self):
        return self._value == 0 or any(not waiter.cancelled() for waiter in self._waiters)

    async def acquire(self):
        if not self.locked():
            self._value -= 1
            return True
        try:
            await self._wait_in_line()
        except CancelledError:
            if self._value > 0:
                self._pass_on()
            raise
        if self._value > 0:
            self._pass_on()
        return True

    def _pass_on(self):
        while self._value > 0 and self._wake_first():
            self._value -= 1

    def release(self):
        self._value += 1
        if self._wake_first():
            self._value -= 1


class BoundedSemaphore(Semaphore):
    def __init__(self, value=1):
        self._bound = value
        super().__init__(value)

    def release(self):
        if self._value >= self._bound:
            raise ValueError("BoundedSemaphore released too many times")
        super().release()


class Barrier:
    def __init__(self, parties):
        if parties < 1:
            raise ValueError("parties must be > 0")
        self._condition = Condition()
        self._parties = parties
        self._count = 0
        self._round = 0
        self._broken = False

    parties = property(lambda self: self._parties)
    n_waiting = property(lambda self: self._count)
    broken = property(lambda self: self._broken)

    async def __aenter__(self):
        return await self.wait()

    async def __aexit__(self, *exc_info):
        pass

    async def wait(self):
        async with self._condition:
            if self._broken:
                raise BrokenBarrierError("Barrier aborted")
            place, turn = self._count, self._round
            self._count += 1
            if self._count == self._parties:
                self._count = 0
                self._round += 1
                self._condition.notify_all()
                return place
            await self._condition.wait_for(lambda: self._round != turn or self._broken)
            if self._broken:
                raise BrokenBarrierError("Abort or reset of barrier")
            return place

    async def abort(self):
        async with self._condition:
            self._broken = True
            self._condition.notify_all()

    async def reset(self):
        async with self._condition:
            self._broken = False
            self._count = 0
