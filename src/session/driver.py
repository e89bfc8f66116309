"""Answers statements for gradshell: JSON requests on standard input, JSON events on descriptor 3's stand-in."""
import codeop, contextlib, inspect, io, json, os, re, signal, sys, traceback, warnings

events = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="backslashreplace")
os.dup2(2, 1)
requests = os.fdopen(os.dup(0), encoding="utf-8", errors="surrogateescape")
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
sys.stdin = open(os.devnull)


def tell(**event):
    events.write(json.dumps(event) + "\n")
    events.flush()


class Channel(io.TextIOBase):
    def __init__(self, name):
        self.kind = name
        self.waiting = []
        self.size = 0

    encoding = "utf-8"

    def writable(self):
        return True

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self.waiting.append(text)
        self.size += len(text)
        if self.size > 4096 or "\n" in text:
            self.flush()
        return len(text)

    def flush(self):
        text, self.waiting, self.size = "".join(self.waiting), [], 0
        if text:
            tell(kind=self.kind, text=text)


try:
    import torch
    from torch.overrides import TorchFunctionMode
except ImportError as error:
    tell(kind="failed", text=str(error))
    sys.exit(0)

out, err = sys.stdout, sys.stderr = Channel("out"), Channel("err")
own_repr = torch.Tensor.__repr__


class OutOfTime(BaseException):
    pass


def out_of_time(*_):
    raise OutOfTime


signal.signal(signal.SIGALRM, out_of_time)
# Ctrl-C is for statements: between them it is the prompt's
signal.signal(signal.SIGINT, signal.SIG_IGN)


def show_warning(message, category, filename, lineno, file=None, line=None):
    out.flush()
    err.flush()
    text = re.sub(r" \(Triggered internally at [^)]*\)", "", str(message))
    tell(kind="warning", text=f"<stdin>:{lineno}: {category.__name__}: {text}\n")


RANDOM = {
    "rand", "randn", "randint", "randperm", "rand_like", "randn_like", "randint_like", "normal", "bernoulli",
    "poisson", "binomial", "multinomial", "normal_", "uniform_", "random_", "exponential_", "geometric_",
    "cauchy_", "log_normal_", "bernoulli_", "_standard_gamma", "_sample_dirichlet",
}


class Watch:
    """Draws and printed tensors of one namespace."""

    def __init__(self, adoptions):
        self.count = 0
        self.draws, self.printed = [], []
        self.known = []  # (number, tensor, version)
        self.adopted = {}
        for draw, element, value in adoptions:
            self.adopted.setdefault(draw, []).append((element, value))

    def drawn(self, tensor):
        number, self.count = self.count, self.count + 1
        self.draws.append([list(tensor.shape), session.seeded])
        with torch.no_grad(), torch._C.DisableTorchFunction():
            flat = tensor.detach()
            if number in self.adopted and flat.is_contiguous():
                flat = flat.view(-1)
                for element, value in self.adopted[number]:
                    if 0 <= element < flat.numel():
                        flat[element] = value
            self.known.append((number, tensor, tensor._version))

    def shown(self, tensor):
        origin = None
        with torch._C.DisableTorchFunction():
            try:
                for number, drawn, version in reversed(self.known):
                    if drawn.untyped_storage().data_ptr() == tensor.untyped_storage().data_ptr() and tensor.numel():
                        if tensor._version == version and tensor.dtype == drawn.dtype:
                            origin = [number, tensor.storage_offset() - drawn.storage_offset(), list(tensor.stride())]
                        break
            except (RuntimeError, NotImplementedError):
                pass
            self.printed.append([list(tensor.shape), origin])

    def report(self):
        result = {"draws": self.draws, "printed": self.printed}
        self.draws, self.printed = [], []
        return result


class Observing(TorchFunctionMode):
    def __torch_function__(self, function, types, arguments=(), keywords=None):
        name = getattr(function, "__name__", "")
        if name == "__repr__" and arguments and session.watch:
            session.watch.shown(arguments[0])
            with torch._C.DisableTorchFunction():
                return function(*arguments, **(keywords or {}))
        if name in ("manual_seed", "seed"):
            session.seeded = True
        result = function(*arguments, **(keywords or {}))
        if name in RANDOM and isinstance(result, torch.Tensor) and session.watch:
            session.watch.drawn(result)
        return result


own_seed = torch.manual_seed


def manual_seed(seed):
    session.seeded = True
    return own_seed(seed)


class Session:
    def __init__(self, setup):
        self.seeded = False
        self.warnings = setup["warnings"]
        self.limit = setup["time"]
        self.watch = Watch(setup["adoptions"]) if setup["observe"] else None
        torch.manual_seed = manual_seed if setup["observe"] else own_seed
        self.namespace = {"__name__": "__main__", "__builtins__": __builtins__, "__doc__": None, "torch": torch}
        sys.argv = setup["argv"] or [""]
        torch.set_printoptions(profile="default")
        torch.set_default_dtype(torch.float32)
        torch.set_grad_enabled(True)
        torch.set_anomaly_enabled(False)
        if setup["seed"] is None:
            torch.seed()
        else:
            own_seed(setup["seed"])

    @contextlib.contextmanager
    def surroundings(self):
        with contextlib.ExitStack() as stack:
            stack.enter_context(warnings.catch_warnings())
            warnings.showwarning = show_warning
            if self.warnings != "default":
                warnings.simplefilter("always" if self.warnings == "always" else "ignore")
            if self.watch:
                stack.enter_context(Observing())
            if self.limit:
                signal.setitimer(signal.ITIMER_REAL, self.limit)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            try:
                yield
            finally:
                signal.signal(signal.SIGINT, signal.SIG_IGN)
                signal.setitimer(signal.ITIMER_REAL, 0)

    def execute(self, compiled):
        answer = {}
        try:
            with self.surroundings():
                exec(compiled(), self.namespace)
        except OutOfTime:
            answer["stopped"] = "time"
        except MemoryError as error:
            answer["error"] = shown(error)
        except SystemExit as error:
            code = error.code
            if code is not None and not isinstance(code, int):
                err.write(f"{code}\n")
                code = 1
            answer["exit"] = int(code or 0)
        except BaseException as error:
            answer["error"] = shown(error)
        out.flush()
        err.flush()
        if self.watch:
            answer.update(self.watch.report())
        return answer


def shown(error):
    trace = error.__traceback__
    while trace and trace.tb_frame.f_globals is globals():
        trace = trace.tb_next
    error.__traceback__ = trace
    text = io.StringIO()
    with contextlib.redirect_stderr(text):
        sys.__excepthook__(type(error), error, trace)
    return text.getvalue()


def plain(source):
    return all(not line.strip() or line.lstrip().startswith("#") for line in source.splitlines())


def feed(source, ended):
    if plain(source):
        return {}
    if not ended:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                if codeop.compile_command(source, "<stdin>", "single") is None:
                    return {"incomplete": True}
        except (SyntaxError, ValueError, OverflowError):
            pass
    return session.execute(lambda: compile(source + "\n", "<stdin>", "single"))


def complete(text):
    import rlcompleter
    words = re.search(r"[\w.]*$", text)
    finder, names = rlcompleter.Completer(session.namespace), []
    with contextlib.suppress(Exception):
        while (name := finder.complete(words[0], len(names))) is not None:
            names.append(name)
    return {"start": len(text[: words.start()].encode()), "names": sorted(set(names))}


def signature(text):
    try:
        thing = eval(text, session.namespace)
        return f"{text.rsplit('.')[-1]}{inspect.signature(thing)}"
    except Exception:
        return None


session = None
for line in requests:
    request = json.loads(line)
    try:
        do = request["do"]
        if do == "reset":
            session = Session(request)
            answer = {"title": f"PyTorch {torch.__version__.split('+')[0]}, CPython {sys.version.split()[0]}"}
        elif do == "feed":
            answer = feed(request["source"], request["ended"])
        elif do == "run":
            answer = session.execute(lambda: compile(request["source"], request["name"], "exec"))
        elif do == "complete":
            answer = complete(request["text"])
        elif do == "signature":
            answer = {"text": signature(request["text"])}
    except KeyboardInterrupt as error:
        answer = {"error": "KeyboardInterrupt\n"}
    tell(kind="done", **answer)
