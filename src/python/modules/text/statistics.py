"""Averages, spreads and relations of data, exact inside."""
import math as _math
import random as _random
from bisect import bisect_left as _bisect_left
from bisect import bisect_right as _bisect_right
from collections import Counter as _Counter
from collections import namedtuple as _namedtuple
from decimal import Decimal as _Decimal
from fractions import Fraction as _Fraction
from itertools import repeat as _repeat

__all__ = [
    "NormalDist", "StatisticsError", "correlation", "covariance", "fmean", "geometric_mean", "harmonic_mean",
    "linear_regression", "mean", "median", "median_grouped", "median_high", "median_low", "mode", "multimode",
    "pstdev", "pvariance", "quantiles", "stdev", "variance",
]


class StatisticsError(ValueError):
    pass


def _ratio(x):
    """A number as a pair of whole numbers; (x, None) for infinities and NaNs."""
    try:
        return x.as_integer_ratio()
    except AttributeError:
        pass
    except (OverflowError, ValueError):
        return x, None
    try:
        return x.numerator, x.denominator
    except AttributeError:
        raise TypeError(f"can't convert type '{type(x).__name__}' to numerator/denominator") from None


def _common(a, b):
    """The type that sums of both have."""
    if a is b or b is int or b is bool:
        return a
    if a is int or a is bool:
        return b
    if issubclass(b, a):
        return b
    if issubclass(a, b):
        return a
    if issubclass(a, int):
        return b
    if issubclass(b, int):
        return a
    if issubclass(a, _Fraction) and issubclass(b, float):
        return b
    if issubclass(a, float) and issubclass(b, _Fraction):
        return a
    raise TypeError(f"don't know how to coerce {a.__name__} and {b.__name__}")


def _sum(data):
    """The type of the numbers, their exact sum, and their count."""
    kind, count, parts, special = int, 0, {}, None
    for x in data:
        kind = _common(kind, type(x))
        count += 1
        n, d = _ratio(x)
        if d is None:
            special = n if special is None else special + n
        else:
            parts[d] = parts.get(d, 0) + n
    if special is not None:
        return kind, special, count
    return kind, sum((_Fraction(n, d) for d, n in parts.items()), _Fraction(0)), count


def _to(value, kind):
    """An exact result in the type of the data."""
    if type(value) is kind:
        return value
    if issubclass(kind, int) and value.denominator != 1:
        kind = float
    try:
        return kind(value)
    except TypeError:
        if issubclass(kind, _Decimal):
            return kind(value.numerator) / value.denominator
        raise


def _is_number(total):
    return isinstance(total, _Fraction)



def _deviations(data, center=None):
    """Type, exact sum of squared deviations from the mean (or a center), count, and the mean."""
    data = list(data)
    if center is not None:
        kind, total, count = _sum((x - center) * (x - center) for x in data)
        return kind, total, center, count
    kind, total, count = _sum(data)
    if not count:
        return kind, _Fraction(0), None, 0
    if not _is_number(total):
        return kind, total - total, total, count
    average = total / count
    squares = _Fraction(0)
    for x in data:
        away = _Fraction(*_ratio(x)) - average
        squares += away * away
    return kind, squares, average, count


def mean(data):
    """The arithmetic mean, in the type of the data."""
    kind, total, count = _sum(data)
    if count < 1:
        raise StatisticsError("mean requires at least one data point")
    return _to(total / count, kind)


def fmean(data, weights=None):
    """The mean as a float."""
    if weights is None:
        data = list(data)
        if not data:
            raise StatisticsError("fmean requires at least one data point")
        return _math.fsum(data) / len(data)
    data, weights = list(data), list(weights)
    if len(data) != len(weights):
        raise StatisticsError("data and weights must be the same length")
    below = _math.fsum(weights)
    if not below:
        raise StatisticsError("sum of weights must be non-zero")
    return _math.fsum(x * w for x, w in zip(data, weights)) / below


def geometric_mean(data):
    """The root of the product, by logarithms."""
    try:
        return _math.exp(fmean(map(_math.log, data)))
    except ValueError:
        raise StatisticsError(
            "geometric mean requires a non-empty dataset containing positive numbers"
        ) from None


def harmonic_mean(data, weights=None):
    """The reciprocal of the mean of reciprocals."""
    data = list(data)
    error = "harmonic mean does not support negative values"
    count = len(data)
    if count < 1:
        raise StatisticsError("harmonic_mean requires at least one data point")
    if count == 1 and weights is None:
        x = data[0]
        if isinstance(x, (int, float, _Decimal, _Fraction)):
            if x < 0:
                raise StatisticsError(error)
            return x
        raise TypeError("unsupported type")
    if weights is None:
        weights, total = _repeat(1, count), count
    else:
        weights = list(weights)
        if len(weights) != count:
            raise StatisticsError("Number of weights does not match data size")
        for weight in weights:
            if weight < 0:
                raise StatisticsError(error)
        total = _sum(weights)[1]
    for x in data:
        if x < 0:
            raise StatisticsError(error)
    try:
        kind, below, count = _sum(w / x if w else 0 for w, x in zip(weights, data))
    except ZeroDivisionError:
        return 0
    if total <= 0:
        raise StatisticsError("Weighted sum must be positive")
    return _to(total / below, kind)


def median(data):
    """The middle value; of an even number, the mean of the middle two."""
    data = sorted(data)
    n = len(data)
    if not n:
        raise StatisticsError("no median for empty data")
    return data[n // 2] if n % 2 else (data[n // 2 - 1] + data[n // 2]) / 2


def median_low(data):
    data = sorted(data)
    if not data:
        raise StatisticsError("no median for empty data")
    return data[(len(data) - 1) // 2]


def median_high(data):
    data = sorted(data)
    if not data:
        raise StatisticsError("no median for empty data")
    return data[len(data) // 2]


def median_grouped(data, interval=1):
    """The median of data in classes of a width, by interpolation."""
    data = sorted(data)
    n = len(data)
    if n == 0:
        raise StatisticsError("no median for empty data")
    if n == 1:
        return data[0]
    x = data[n // 2]
    for value in (x, interval):
        if isinstance(value, (str, bytes)):
            raise TypeError(f"expected number but got {value!r}")
    try:
        low = x - interval / 2
    except TypeError:
        low = float(x) - float(interval) / 2
    below = _bisect_left(data, x)
    within = _bisect_right(data, x, lo=below) - below
    return low + interval * (n / 2 - below) / within


def mode(data):
    """The most common value, the first of several."""
    pairs = _Counter(iter(data)).most_common(1)
    if not pairs:
        raise StatisticsError("no mode for empty data")
    return pairs[0][0]


def multimode(data):
    counts = _Counter(iter(data))
    most = max(counts.values(), default=0)
    return [value for value, count in counts.items() if count == most]


def quantiles(data, *, n=4, method="exclusive"):
    """The n - 1 cut points between n groups of equal probability."""
    if n < 1:
        raise StatisticsError("n must be at least 1")
    data = sorted(data)
    count = len(data)
    if count < 2:
        raise StatisticsError("must have at least two data points")
    cuts = []
    if method == "inclusive":
        for i in range(1, n):
            j, part = divmod(i * (count - 1), n)
            cuts.append((data[j] * (n - part) + data[j + 1] * part) / n)
        return cuts
    if method == "exclusive":
        for i in range(1, n):
            j = min(max(i * (count + 1) // n, 1), count - 1)
            part = i * (count + 1) - j * n
            cuts.append((data[j - 1] * (n - part) + data[j] * part) / n)
        return cuts
    raise ValueError(f"Unknown method: {method!r}")


def variance(data, xbar=None):
    """The variance of a sample."""
    kind, squares, _, count = _deviations(data, xbar)
    if count < 2:
        raise StatisticsError("variance requires at least two data points")
    return _to(squares / (count - 1), kind)


def pvariance(data, mu=None):
    """The variance of a population."""
    kind, squares, _, count = _deviations(data, mu)
    if count < 1:
        raise StatisticsError("pvariance requires at least one data point")
    return _to(squares / count, kind)


def _whole_root(n, d):
    """The root of n/d rounded down, its last bit set when anything is lost."""
    root = _math.isqrt(n // d)
    return root | (root * root * d != n)


def _float_root(n, d):
    """The root of n/d as a float, correctly rounded."""
    shift = (n.bit_length() - d.bit_length() - 109) // 2
    if shift >= 0:
        return float((_whole_root(n, d << 2 * shift) << shift))
    return _whole_root(n << -2 * shift, d) / (1 << -shift)


def _decimal_root(n, d):
    if not n:
        return _Decimal("0.0")
    return (_Decimal(n) / _Decimal(d)).sqrt()


def _root(value, kind):
    if not _is_number(value):
        return _math.sqrt(value)
    if issubclass(kind, _Decimal):
        return _decimal_root(value.numerator, value.denominator)
    return _float_root(value.numerator, value.denominator)


def stdev(data, xbar=None):
    """The root of the sample variance."""
    kind, squares, _, count = _deviations(data, xbar)
    if count < 2:
        raise StatisticsError("stdev requires at least two data points")
    return _root(squares / (count - 1), kind)


def pstdev(data, mu=None):
    """The root of the population variance."""
    kind, squares, _, count = _deviations(data, mu)
    if count < 1:
        raise StatisticsError("pstdev requires at least one data point")
    return _root(squares / count, kind)


def covariance(x, y, /):
    n = len(x)
    if len(y) != n:
        raise StatisticsError("covariance requires that both inputs have same number of data points")
    if n < 2:
        raise StatisticsError("covariance requires at least two data points")
    x_mean, y_mean = _math.fsum(x) / n, _math.fsum(y) / n
    return _math.fsum((a - x_mean) * (b - y_mean) for a, b in zip(x, y)) / (n - 1)


def correlation(x, y, /):
    n = len(x)
    if len(y) != n:
        raise StatisticsError("correlation requires that both inputs have same number of data points")
    if n < 2:
        raise StatisticsError("correlation requires at least two data points")
    x_mean, y_mean = _math.fsum(x) / n, _math.fsum(y) / n
    both = _math.fsum((a - x_mean) * (b - y_mean) for a, b in zip(x, y))
    x_squares = _math.fsum((a - x_mean) ** 2.0 for a in x)
    y_squares = _math.fsum((b - y_mean) ** 2.0 for b in y)
    try:
        return both / _math.sqrt(x_squares * y_squares)
    except ZeroDivisionError:
        raise StatisticsError("at least one of the inputs is constant") from None


LinearRegression = _namedtuple("LinearRegression", ("slope", "intercept"))


def linear_regression(x, y, /, *, proportional=False):
    """Slope and intercept of the line with least squares."""
    n = len(x)
    if len(y) != n:
        raise StatisticsError("linear regression requires that both inputs have same number of data points")
    if n < 2:
        raise StatisticsError("linear regression requires at least two data points")
    if proportional:
        both, squares = _math.fsum(a * b for a, b in zip(x, y)), _math.fsum(a * a for a in x)
    else:
        x_mean, y_mean = _math.fsum(x) / n, _math.fsum(y) / n
        both = _math.fsum((a - x_mean) * (b - y_mean) for a, b in zip(x, y))
        squares = _math.fsum((a - x_mean) ** 2.0 for a in x)
    try:
        slope = both / squares
    except ZeroDivisionError:
        raise StatisticsError("x is constant") from None
    return LinearRegression(slope, 0.0 if proportional else y_mean - slope * x_mean)


# Wichura's AS 241 (PPND16): numerators and denominators, the highest power first
_CENTRAL = (
    (2.50908_09287_30122_6727e3, 3.34305_75583_58812_8105e4, 6.72657_70927_00870_0853e4, 4.59219_53931_54987_1457e4,
     1.37316_93765_50946_1125e4, 1.97159_09503_06551_4427e3, 1.33141_66789_17843_7745e2, 3.38713_28727_96366_6080e0),
    (5.22649_52788_52854_5610e3, 2.87290_85735_72194_2674e4, 3.93078_95800_09271_0610e4, 2.12137_94301_58659_5867e4,
     5.39419_60214_24751_1077e3, 6.87187_00749_20579_0830e2, 4.23133_30701_60091_1252e1, 1.0),
)
_MIDDLE = (
    (7.74545_01427_83414_07640e-4, 2.27238_44989_26918_45833e-2, 2.41780_72517_74506_11770e-1,
     1.27045_82524_52368_38258e0, 3.64784_83247_63204_60504e0, 5.76949_72214_60691_40550e0,
     4.63033_78461_56545_29590e0, 1.42343_71107_49683_57734e0),
    (1.05075_00716_44416_84324e-9, 5.47593_80849_95344_94600e-4, 1.51986_66563_61645_71966e-2,
     1.48103_97642_74800_74590e-1, 6.89767_33498_51000_04550e-1, 1.67638_48301_83803_84940e0,
     2.05319_16266_37758_82187e0, 1.0),
)
_FAR = (
    (2.01033_43992_92288_13265e-7, 2.71155_55687_43487_57815e-5, 1.24266_09473_88078_43860e-3,
     2.65321_89526_57612_30930e-2, 2.96560_57182_85048_91230e-1, 1.78482_65399_17291_33580e0,
     5.46378_49111_64114_36990e0, 6.65790_46435_01103_77720e0),
    (2.04426_31033_89939_78564e-15, 1.42151_17583_16445_88870e-7, 1.84631_83175_10054_68180e-5,
     7.86869_13114_56132_59100e-4, 1.48753_61290_85061_48525e-2, 1.36929_88092_27358_05310e-1,
     5.99832_20655_58879_37690e-1, 1.0),
)


def _fraction_of(table, r):
    above, below = 0.0, 0.0
    for a, b in zip(*table):
        above, below = above * r + a, below * r + b
    return above, below


def _inverse_normal(p, mu, sigma):
    q = p - 0.5
    if abs(q) <= 0.425:
        above, below = _fraction_of(_CENTRAL, 0.180625 - q * q)
        return mu + above * q / below * sigma
    r = _math.sqrt(-_math.log(p if q <= 0.0 else 1.0 - p))
    above, below = _fraction_of(_MIDDLE, r - 1.6) if r <= 5.0 else _fraction_of(_FAR, r - 5.0)
    x = above / below
    return mu + (-x if q < 0.0 else x) * sigma


class NormalDist:
    """Normal distribution of a random variable"""

    __slots__ = {
        "_mu": "Arithmetic mean of a normal distribution",
        "_sigma": "Standard deviation of a normal distribution",
    }

    def __init__(self, mu=0.0, sigma=1.0):
        if sigma < 0.0:
            raise StatisticsError("sigma must be non-negative")
        self._mu = float(mu)
        self._sigma = float(sigma)

    @classmethod
    def from_samples(cls, data):
        data = list(data)
        kind, squares, average, count = _deviations(data)
        if count < 2:
            raise StatisticsError("stdev requires at least two data points")
        return cls(float(average), float(_root(squares / (count - 1), float)))

    def samples(self, n, *, seed=None):
        if seed is not None:
            _random.seed(seed)
        return [_random.gauss(self._mu, self._sigma) for _ in _repeat(None, n)]

    def pdf(self, x):
        spread = self._sigma * self._sigma
        if not spread:
            raise StatisticsError("pdf() not defined when sigma is zero")
        away = x - self._mu
        return _math.exp(away * away / (-2.0 * spread)) / _math.sqrt(_math.tau * spread)

    def cdf(self, x):
        if not self._sigma:
            raise StatisticsError("cdf() not defined when sigma is zero")
        return 0.5 * (1.0 + _math.erf((x - self._mu) / (self._sigma * _math.sqrt(2.0))))

    def inv_cdf(self, p):
        if p <= 0.0 or p >= 1.0:
            raise StatisticsError("p must be in the range 0.0 < p < 1.0")
        if self._sigma <= 0.0:
            raise StatisticsError("cdf() not defined when sigma at or below zero")
        return _inverse_normal(p, self._mu, self._sigma)

    def quantiles(self, n=4):
        return [self.inv_cdf(i / n) for i in range(1, n)]

    def overlap(self, other):
        if not isinstance(other, NormalDist):
            raise TypeError("Expected another NormalDist instance")
        a, b = (self, other) if (self._sigma, self._mu) <= (other._sigma, other._mu) else (other, self)
        a_spread, b_spread = a.variance, b.variance
        if not a_spread or not b_spread:
            raise StatisticsError("overlap() not defined when sigma is zero")
        wider = b_spread - a_spread
        apart = abs(b._mu - a._mu)
        if not wider:
            return 1.0 - _math.erf(apart / (2.0 * a._sigma * _math.sqrt(2.0)))
        center = a._mu * b_spread - b._mu * a_spread
        reach = a._sigma * b._sigma * _math.sqrt(apart * apart + wider * _math.log(b_spread / a_spread))
        first, second = (center + reach) / wider, (center - reach) / wider
        return 1.0 - (abs(b.cdf(first) - a.cdf(first)) + abs(b.cdf(second) - a.cdf(second)))

    def zscore(self, x):
        if not self._sigma:
            raise StatisticsError("zscore() not defined when sigma is zero")
        return (x - self._mu) / self._sigma

    @property
    def mean(self):
        return self._mu

    @property
    def median(self):
        return self._mu

    @property
    def mode(self):
        return self._mu

    @property
    def stdev(self):
        return self._sigma

    @property
    def variance(self):
        return self._sigma * self._sigma

    def __add__(x1, x2):
        if isinstance(x2, NormalDist):
            return NormalDist(x1._mu + x2._mu, _math.hypot(x1._sigma, x2._sigma))
        return NormalDist(x1._mu + x2, x1._sigma)

    def __sub__(x1, x2):
        if isinstance(x2, NormalDist):
            return NormalDist(x1._mu - x2._mu, _math.hypot(x1._sigma, x2._sigma))
        return NormalDist(x1._mu - x2, x1._sigma)

    def __mul__(x1, x2):
        return NormalDist(x1._mu * x2, x1._sigma * abs(x2))

    def __truediv__(x1, x2):
        return NormalDist(x1._mu / x2, x1._sigma / abs(x2))

    def __pos__(x1):
        return NormalDist(x1._mu, x1._sigma)

    def __neg__(x1):
        return NormalDist(-x1._mu, x1._sigma)

    __radd__ = __add__

    def __rsub__(x1, x2):
        return -(x1 - x2)

    __rmul__ = __mul__

    def __eq__(x1, x2):
        if not isinstance(x2, NormalDist):
            return NotImplemented
        return x1._mu == x2._mu and x1._sigma == x2._sigma

    def __hash__(self):
        return hash((self._mu, self._sigma))

    def __repr__(self):
        return f"{type(self).__name__}(mu={self._mu!r}, sigma={self._sigma!r})"
