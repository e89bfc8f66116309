"""Integer kernels of `decimal`: rounding, roots, exponentials and logarithms of scaled whole numbers."""
import math


def digits(n):
    """How many decimal digits a whole number has; 1 for zero."""
    if n < 1000000000000000:
        return len(str(n))
    least = int((n.bit_length() - 1) * 0.30102999566398)
    while n >= 10**least:
        least += 1
    return least


def rounded(n, drop, negative, rounding):
    """`n` without its last `drop` digits, and whether anything but zeros was lost."""
    power = 10**drop if drop <= digits(n) + 1 else 10 ** (digits(n) + 1)
    kept, lost = divmod(n, power)
    if not lost:
        return kept, False
    if rounding == "ROUND_HALF_EVEN":
        up = lost * 2 > power or lost * 2 == power and kept & 1
    elif rounding == "ROUND_HALF_UP":
        up = lost * 2 >= power
    elif rounding == "ROUND_HALF_DOWN":
        up = lost * 2 > power
    elif rounding == "ROUND_DOWN":
        up = False
    elif rounding == "ROUND_UP":
        up = True
    elif rounding == "ROUND_CEILING":
        up = not negative
    elif rounding == "ROUND_FLOOR":
        up = negative
    else:
        up = kept % 5 == 0
    return kept + bool(up), True


def scaled(n, shift):
    """`n * 10**shift`, towards zero."""
    return n * 10**shift if shift >= 0 else n // 10**-shift


_logarithms = {}


def ln_of_ten(places):
    """The logarithm of ten, times `10**places`."""
    known = _logarithms.get("places", -1)
    if known < places:
        known = places + 20
        # ln 10 = 46 artanh(1/31) + 34 artanh(1/49) + 20 artanh(1/161)
        one = 10 ** (known + 8)
        total = sum(times * _artanh_inverse(n, one) for times, n in ((46, 31), (34, 49), (20, 161)))
        _logarithms["places"] = known
        _logarithms["value"] = total // 10**8
    return _logarithms["value"] // 10 ** (known - places)


def _artanh_inverse(n, one):
    term = total = one // n
    square, k = n * n, 1
    while term:
        term //= square
        k += 2
        total += term // k
    return total


def natural_log(n, exponent, places):
    """The logarithm of `n * 10**exponent`, times `10**places`, off by a few units at most."""
    size = digits(n)
    halvings = 6 + int(places**0.4)
    work = places + 10 + halvings // 3
    one = 10**work
    # x = m * 10**k with m in [0.5, 5)
    k = exponent + size - 1
    m = scaled(n, work - size + 1)
    if m > 5 * one:
        m //= 10
        k += 1
    near = m
    for _ in range(halvings):
        near = math.isqrt(near * one)
    z = (near - one) * one // (near + one)
    square = z * z // one
    term = total = z
    j = 1
    while abs(term) > 1:
        term = term * square // one
        j += 2
        total += term // j
    total <<= halvings + 1
    return (total + k * ln_of_ten(work)) // 10 ** (work - places)


def exponential(n, exponent, places):
    """`exp(n * 10**exponent)` as a pair: a coefficient of about `places` digits, and its power of ten."""
    work = places + 12 + max(0, exponent + digits(abs(n)))
    one = 10**work
    x = scaled(abs(n), exponent + work)
    if n < 0:
        x = -x
    ten = ln_of_ten(work)
    power = x // ten
    rest = x - power * ten
    halvings = 4 + int(places**0.4)
    extra = 10 ** (halvings + 4)
    scale = one * extra
    rest = rest * extra >> halvings
    term = total = scale
    k = 1
    while term:
        term = term * rest // (scale * k)
        total += term
        k += 1
    for _ in range(halvings):
        total = total * total // scale
    drop = work + digits(extra) - 1 - places
    return total // 10**drop, power - places


def settled(coefficient, keep):
    """Whether rounding to `keep` digits cannot be changed by a few units in the last place."""
    size = digits(coefficient)
    if size <= keep + 2:
        return False
    power = 10 ** (size - keep)
    lost = coefficient % power
    slack = 64
    return slack < lost < power - slack and abs(lost * 2 - power) > 2 * slack
