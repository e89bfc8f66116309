"""Heaps in lists: the smallest item comes first, each item is no larger than its two children."""
import _builtin


def _rise(heap, start, at):
    item = heap[at]
    while at > start:
        parent = (at - 1) >> 1
        if not item < heap[parent]:
            break
        heap[at] = heap[parent]
        at = parent
    heap[at] = item


def _sink(heap, at):
    """Moves the hole at `at` down along smaller children, then the item up to its place."""
    end, start, item = len(heap), at, heap[at]
    child = 2 * at + 1
    while child < end:
        if child + 1 < end and not heap[child] < heap[child + 1]:
            child += 1
        heap[at] = heap[child]
        at = child
        child = 2 * at + 1
    heap[at] = item
    _rise(heap, start, at)


def _checked(heap, function):
    if not isinstance(heap, list):
        raise TypeError(f"{function}() argument {'1 ' if function in ('heappush', 'heapreplace', 'heappushpop') else ''}must be list, not {type(heap).__name__}")


def heappush(heap, item, /):
    _checked(heap, "heappush")
    heap.append(item)
    _rise(heap, 0, len(heap) - 1)


def heappop(heap, /):
    _checked(heap, "heappop")
    if not heap:
        raise IndexError("index out of range")
    last = heap.pop()
    if not heap:
        return last
    smallest, heap[0] = heap[0], last
    _sink(heap, 0)
    return smallest


def heapreplace(heap, item, /):
    _checked(heap, "heapreplace")
    if not heap:
        raise IndexError("index out of range")
    smallest, heap[0] = heap[0], item
    _sink(heap, 0)
    return smallest


def heappushpop(heap, item, /):
    _checked(heap, "heappushpop")
    if heap and heap[0] < item:
        item, heap[0] = heap[0], item
        _sink(heap, 0)
    return item


def heapify(heap, /):
    _checked(heap, "heapify")
    for at in reversed(range(len(heap) // 2)):
        _sink(heap, at)


def merge(*iterables, key=None, reverse=False):
    pending = []
    for order, iterable in enumerate(iterables):
        iterator = iter(iterable)
        for item in iterator:
            pending.append((item, order, iterator))
            break
    while pending:
        best = 0
        for at in range(1, len(pending)):
            mine, other = pending[at][0], pending[best][0]
            if key is not None:
                mine, other = key(mine), key(other)
            if (other < mine) if reverse else (mine < other):
                best = at
        item, order, iterator = pending[best]
        yield item
        for item in iterator:
            pending[best] = (item, order, iterator)
            break
        else:
            del pending[best]


def nsmallest(n, iterable, key=None):
    return sorted(iterable, key=key)[:max(n, 0)]


def nlargest(n, iterable, key=None):
    return sorted(iterable, key=key, reverse=True)[:max(n, 0)]


_builtin.functions(globals(), "_heapq", "heappush", "heappop", "heapreplace", "heappushpop", "heapify")
