"""SHA-512 (FIPS 180-4), for seeds of text."""
_MASK = (1 << 64) - 1


def _primes(count):
    found = []
    n = 2
    while len(found) < count:
        if all(n % p for p in found):
            found.append(n)
        n += 1
    return found


def _root_bits(n, power):
    """The first 64 bits of the fraction of a root."""
    low, high = 0, n << 64
    target = n << 64 * power
    while low < high:
        middle = (low + high + 1) // 2
        if middle**power <= target:
            low = middle
        else:
            high = middle - 1
    return low & _MASK


_CONSTANTS = [_root_bits(p, 3) for p in _primes(80)]
_START = [_root_bits(p, 2) for p in _primes(8)]


def _turn(x, by):
    return (x >> by | x << (64 - by)) & _MASK


def sha512(data):
    """The digest of bytes."""
    size = len(data)
    data += b"\x80" + b"\0" * (-(size + 17) % 128) + (size * 8).to_bytes(16, "big")
    state = list(_START)
    for block in range(0, len(data), 128):
        w = [int.from_bytes(data[block + i : block + i + 8], "big") for i in range(0, 128, 8)]
        for i in range(16, 80):
            x, y = w[i - 15], w[i - 2]
            s0 = _turn(x, 1) ^ _turn(x, 8) ^ x >> 7
            s1 = _turn(y, 19) ^ _turn(y, 61) ^ y >> 6
            w.append((w[i - 16] + s0 + w[i - 7] + s1) & _MASK)
        a, b, c, d, e, f, g, h = state
        for i in range(80):
            s1 = _turn(e, 14) ^ _turn(e, 18) ^ _turn(e, 41)
            t1 = h + s1 + (e & f ^ ~e & g & _MASK) + _CONSTANTS[i] + w[i]
            s0 = _turn(a, 28) ^ _turn(a, 34) ^ _turn(a, 39)
            t2 = s0 + (a & b ^ a & c ^ b & c)
            a, b, c, d, e, f, g, h = (t1 + t2) & _MASK, a, b, c, (d + t1) & _MASK, e, f, g
        state = [(x + y) & _MASK for x, y in zip(state, (a, b, c, d, e, f, g, h))]
    return b"".join(x.to_bytes(8, "big") for x in state)
