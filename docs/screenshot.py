#!/usr/bin/env python3
"""Draws docs/prompt.svg and docs/graph.svg: what the built program shows in a terminal.

    python3 docs/screenshot.py [PROGRAM]

Types the lines below into a pseudo-terminal and draws the screen that results.
"""
import html, os, pathlib, pty, re, select, sys, tempfile, time

HERE = pathlib.Path(__file__).parent
PROGRAM = sys.argv[1] if len(sys.argv) > 1 else str(HERE.parent / "target/release/gradshell")
SESSIONS = {
    "prompt": [
        "x = torch.tensor([1., 2., 3.], requires_grad=True)",
        "y = (x ** 2).sum()",
        "y",
        "y.backward()",
        "x.grad",
        "for row in torch.eye(2):",
        "print(row)",
        "",
        "y.backward()",
    ],
    "graph": [
        "w = torch.tensor([[1., 2.], [3., 4.]], requires_grad=True)",
        "b = torch.zeros(2, requires_grad=True)",
        "loss = ((w @ torch.ones(2) + b).tanh() ** 2).mean()",
        "%graph loss",
        "%why w.grad",
    ],
}
COLOURS = {31: "#e06c75", 32: "#98c379", 33: "#e5c07b", 34: "#61afef", 35: "#c678dd", 36: "#56b6c2", 90: "#7f848e"}
COLUMNS, ROWS = 96, 60


def shown(lines):
    """The bytes that the program writes while the lines are typed."""
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(TERM="xterm-256color", HOME=tempfile.mkdtemp(), COLUMNS=str(COLUMNS))
        os.environ.pop("NO_COLOR", None)
        os.execv(PROGRAM, [PROGRAM, "--color", "always", "--no-config", "--no-init"])
    import fcntl, struct, termios
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    out = b""

    def read(seconds):
        nonlocal out
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if select.select([terminal], [], [], 0.05)[0]:
                try:
                    out += os.read(terminal, 65536)
                except OSError:
                    return

    read(0.7)
    for line in lines:
        os.write(terminal, line.encode() + b"\r")
        read(0.4)
    os.close(terminal)
    os.waitpid(child, 0)
    return out.decode("utf-8", "replace")


def screen(text):
    """Rows of (character, colour, bold) after the bytes went through a small terminal."""
    rows, row, column, colour, bold = [[]], 0, 0, None, False
    for part in re.findall(r"\x1b\[[?]?[0-9;]*[A-Za-z]|\x1b.|[^\x1b]", text):
        if part.startswith("\x1b["):
            numbers = [int(n) for n in re.findall(r"\d+", part)]
            kind, count = part[-1], (numbers or [1])[0]
            if kind == "m":
                for number in numbers or [0]:
                    colour = None if number in (0, 39) else COLOURS.get(number, colour)
                    bold = False if number == 0 else bold or number == 1
            elif kind == "K":
                del rows[row][column:]
            elif kind == "J":
                del rows[row][column:], rows[row + 1:]
            elif kind in "CD":
                column = max(0, column + (count if kind == "C" else -count))
            elif kind == "A":
                row = max(0, row - count)
        elif part == "\n":
            row += 1
            while len(rows) <= row:
                rows.append([])
        elif part == "\r":
            column = 0
        elif part >= " ":
            if column >= COLUMNS:
                row, column = row + 1, 0
                while len(rows) <= row:
                    rows.append([])
            rows[row] += [(" ", None, False)] * (column - len(rows[row]))
            rows[row][column:column + 1] = [(part, colour, bold)]
            column += 1
    return rows


def svg(rows):
    width, height = 8.4 * COLUMNS + 24, 18 * len(rows) + 24
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" font-family="monospace" font-size="14">',
           f'<rect width="100%" height="100%" rx="8" fill="#282c34"/>']
    for number, row in enumerate(rows):
        spans, last = [], ()
        for character, *style in row:
            if style != last:
                spans.append([style, ""])
                last = style
            spans[-1][1] += character
        text = "".join(
            f'<tspan fill="{colour or "#dcdfe4"}"{" font-weight=" + chr(34) + "bold" + chr(34) if bold else ""}>{html.escape(part)}</tspan>'
            for (colour, bold), part in spans)
        out.append(f'<text x="12" y="{26 + 18 * number}" xml:space="preserve">{text}</text>')
    return "\n".join(out + ["</svg>"]) + "\n"


for name, lines in SESSIONS.items():
    rows = screen(shown(lines))
    while rows and not "".join(cell[0] for cell in rows[-1]).strip():
        rows.pop()
    (HERE / f"{name}.svg").write_text(svg(rows))
    print(f"docs/{name}.svg: {len(rows)} lines")
