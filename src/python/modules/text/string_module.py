"""Character sets, templates, the formatter behind `str.format`."""
whitespace = " \t\n\r\v\f"
ascii_lowercase = "abcdefghijklmnopqrstuvwxyz"
ascii_uppercase = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ascii_letters = ascii_lowercase + ascii_uppercase
digits = "0123456789"
hexdigits = digits + "abcdef" + "ABCDEF"
octdigits = "01234567"
punctuation = r"""!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~"""
printable = digits + ascii_letters + punctuation + whitespace


def capwords(s, sep=None):
    return (sep or " ").join(word.capitalize() for word in s.split(sep))


class Template:
    delimiter = "$"

    def __init__(self, template):
        self.template = template

    def _pieces(self):
        """Text, `(name, whole)` pairs, and None with a position for a stray delimiter."""
        text, at = self.template, 0
        while True:
            found = text.find(self.delimiter, at)
            if found < 0:
                yield text[at:]
                return
            yield text[at:found]
            rest = text[found + 1:]
            if rest.startswith(self.delimiter):
                yield self.delimiter
                at = found + 2
                continue
            braced = rest.startswith("{")
            name = ""
            for char in rest[braced:]:
                if not (char.isascii() and (char.isalnum() or char == "_")) or (not name and char.isdigit()):
                    break
                name += char
            end = found + 1 + braced + len(name)
            if not name or (braced and text[end:end + 1] != "}"):
                yield None, found
                at = found + 1
                continue
            end += braced
            yield name, text[found:end]
            at = end

    def _filled(self, mapping, safe):
        result = []
        for piece in self._pieces():
            if isinstance(piece, str):
                result.append(piece)
            elif piece[0] is None:
                if not safe:
                    before = self.template[:piece[1]].split("\n")
                    raise ValueError(
                        f"Invalid placeholder in string: line {len(before)}, col {len(before[-1]) + 1}"
                    )
                result.append(self.delimiter)
            elif safe and piece[0] not in mapping:
                result.append(piece[1])
            else:
                result.append(str(mapping[piece[0]]))
        return "".join(result)

    def substitute(self, mapping={}, /, **kws):
        return self._filled({**mapping, **kws}, False)

    def safe_substitute(self, mapping={}, /, **kws):
        return self._filled({**mapping, **kws}, True)

    def is_valid(self):
        return all(isinstance(piece, str) or piece[0] is not None for piece in self._pieces())

    def get_identifiers(self):
        names = [piece[0] for piece in self._pieces() if not isinstance(piece, str) and piece[0] is not None]
        return list(dict.fromkeys(names))


class Formatter:
    def format(self, format_string, /, *args, **kwargs):
        return self.vformat(format_string, args, kwargs)

    def vformat(self, format_string, args, kwargs):
        return format_string.format(*args, **kwargs)
