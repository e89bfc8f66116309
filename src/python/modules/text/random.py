"""Random numbers: CPython's own sequences after `seed`."""
from _random import generator as _twister
from bisect import bisect as _bisect
from itertools import accumulate as _accumulate
import math as _math
import operator as _operator

_next_normal = None


def seed(a=None, version=2):
    global _next_normal
    if a is None:
        import time

        a = time.time_ns()
    elif isinstance(a, (str, bytes, bytearray)):
        raise NotImplementedError("gradshell does not support seeds of text yet")
    elif isinstance(a, float):
        a = hash(a)
    elif not isinstance(a, int):
        raise TypeError("The only supported seed types are: None,\nint, float, str, bytes, and bytearray.")
    _twister.seed(abs(int(a)))
    _next_normal = None


random = _twister.random
getrandbits = _twister.getrandbits


def getstate():
    return 3, _twister.getstate(), _next_normal


def setstate(state):
    global _next_normal
    _, inner, _next_normal = state
    _twister.setstate(inner)


def randbytes(n):
    return getrandbits(n * 8).to_bytes(n, "little")


def _below(n):
    size = n.bit_length()
    r = getrandbits(size)
    while r >= n:
        r = getrandbits(size)
    return r


def randrange(start, stop=None, step=1):
    start = _operator.index(start)
    if stop is None:
        if step != 1:
            raise TypeError("Missing a non-None stop argument")
        if start > 0:
            return _below(start)
        raise ValueError("empty range for randrange()")
    stop = _operator.index(stop)
    width = stop - start
    step = _operator.index(step)
    if step == 1:
        if width > 0:
            return start + _below(width)
        raise ValueError(f"empty range for randrange() ({start}, {stop}, {width})")
    if step > 0:
        count = (width + step - 1) // step
    elif step < 0:
        count = (width + step + 1) // step
    else:
        raise ValueError("zero step for randrange()")
    if count <= 0:
        raise ValueError("empty range for randrange()")
    return start + step * _below(count)


def randint(a, b):
    return randrange(a, b + 1)


def choice(seq):
    if not len(seq):
        raise IndexError("Cannot choose from an empty sequence")
    return seq[_below(len(seq))]


def shuffle(x):
    for i in reversed(range(1, len(x))):
        j = _below(i + 1)
        x[i], x[j] = x[j], x[i]


def sample(population, k, *, counts=None):
    if not hasattr(population, "__getitem__") or isinstance(population, (dict, set)):
        raise TypeError("Population must be a sequence.  For dicts or sets, use sorted(d).")
    if counts is not None:
        population = [item for item, times in zip(population, counts) for _ in range(times)]
    n = len(population)
    if not 0 <= k <= n:
        raise ValueError("Sample larger than population or is negative")
    result = [None] * k
    size = 21
    if k > 5:
        size += 4 ** _math.ceil(_math.log(k * 3, 4))
    if n <= size:
        pool = list(population)
        for i in range(k):
            j = _below(n - i)
            result[i] = pool[j]
            pool[j] = pool[n - i - 1]
    else:
        chosen = set()
        for i in range(k):
            j = _below(n)
            while j in chosen:
                j = _below(n)
            chosen.add(j)
            result[i] = population[j]
    return result


def choices(population, weights=None, *, cum_weights=None, k=1):
    n = len(population)
    if cum_weights is None:
        if weights is None:
            return [population[_math.floor(random() * n)] for _ in range(k)]
        cum_weights = list(_accumulate(weights))
    elif weights is not None:
        raise TypeError("Cannot specify both weights and cumulative weights")
    if len(cum_weights) != n:
        raise ValueError("The number of weights does not match the population")
    total = cum_weights[-1] + 0.0
    if total <= 0.0:
        raise ValueError("Total of weights must be greater than zero")
    return [population[_bisect(cum_weights, random() * total, 0, n - 1)] for _ in range(k)]


def uniform(a, b):
    return a + (b - a) * random()


def triangular(low=0.0, high=1.0, mode=None):
    u = random()
    try:
        c = 0.5 if mode is None else (mode - low) / (high - low)
    except ZeroDivisionError:
        return low
    if u > c:
        u = 1.0 - u
        c = 1.0 - c
        low, high = high, low
    return low + (high - low) * _math.sqrt(u * c)


_NV = 4 * _math.exp(-0.5) / _math.sqrt(2.0)


def normalvariate(mu=0.0, sigma=1.0):
    while True:
        u1 = random()
        u2 = 1.0 - random()
        z = _NV * (u1 - 0.5) / u2
        if z * z / 4.0 <= -_math.log(u2):
            return mu + z * sigma


def gauss(mu=0.0, sigma=1.0):
    global _next_normal
    z, _next_normal = _next_normal, None
    if z is None:
        angle = random() * _math.tau
        radius = _math.sqrt(-2.0 * _math.log(1.0 - random()))
        z = _math.cos(angle) * radius
        _next_normal = _math.sin(angle) * radius
    return mu + z * sigma


def lognormvariate(mu, sigma):
    return _math.exp(normalvariate(mu, sigma))


def expovariate(lambd):
    return -_math.log(1.0 - random()) / lambd


def paretovariate(alpha):
    return (1.0 - random()) ** (-1.0 / alpha)


def weibullvariate(alpha, beta):
    return alpha * (-_math.log(1.0 - random())) ** (1.0 / beta)
