//! `%graph` and `%why` without a terminal: what they answer in whole sessions.

use gradshell::session::desk::Desk;
use gradshell::session::{EngineChoice, Fed, Kept, Setup, Stream};
use std::cell::RefCell;
use std::rc::Rc;

struct Prompt {
    desk: Desk,
    sink: Rc<RefCell<Kept>>,
}

impl Prompt {
    fn open() -> Prompt {
        let sink = Rc::new(RefCell::new(Kept::default()));
        let open = |setup: &Setup, sink| EngineChoice::Native.open(setup, sink);
        let desk = Desk::open(Setup::default(), sink.clone(), open).expect("a session");
        Prompt { desk, sink }
    }

    /// Feeds statements; gives what the last one wrote.
    fn say(&mut self, statements: &[&str]) -> String {
        let mut written = String::new();
        for statement in statements {
            self.sink.borrow_mut().take();
            let fed = self.desk.feed(statement, true);
            assert!(matches!(fed, Fed::Done(_)), "{statement}");
            let pieces = self.sink.borrow_mut().take();
            written = pieces
                .into_iter()
                .filter(|(stream, _)| *stream == Stream::Out)
                .map(|(_, text)| text)
                .collect();
        }
        written
    }
}

fn why(statements: &[&str], question: &str) -> String {
    let mut prompt = Prompt::open();
    prompt.say(statements);
    let answer = prompt.say(&[question]);
    let lines = answer.lines().count();
    assert!((2..=6).contains(&lines), "{question}: {lines} lines\n{answer}");
    answer
}

const LOSS: [&str; 3] = [
    "x = torch.tensor([1., 2.], requires_grad=True)",
    "y = x * 2",
    "loss = (y ** 2).sum()",
];

/// Statements, a question, and what its answer says.
type Claim<'a> = (&'a [&'a str], &'a str, &'a [&'a str]);

#[test]
fn each_claim_of_the_notes_has_an_answer() {
    let claims: &[Claim<'_>] = &[
        (&LOSS, "%why x.grad", &["no backward() has run yet"]),
        (&LOSS, "%why y.grad", &["is no leaf", "y.retain_grad()"]),
        (
            &["x = torch.ones(2)", "y = x * 2"],
            "%why y.is_leaf",
            &["`y = x * 2` (statement 2)", "requires no grad"],
        ),
        (&LOSS, "%why x.is_leaf", &["a leaf that requires grad"]),
        (&LOSS, "%why loss.grad_fn", &["sum", "SumBackward0"]),
        (
            &LOSS,
            "%why y.is_leaf",
            &["mul", "x, which requires grad", "y.detach()"],
        ),
        (
            &["x = torch.ones(2)", "y = x + 1", "y.requires_grad = True"],
            "%why y.requires_grad",
            &["statement 3"],
        ),
        (
            &["x = torch.ones(2, requires_grad=True)", "c = x > 0"],
            "%why c.is_leaf",
            &["comparison"],
        ),
        (
            &[LOSS[0], LOSS[1], LOSS[2], "loss.backward()"],
            "%why x.grad",
            &["`loss.backward()` (statement 4)"],
        ),
        (
            &[LOSS[0], LOSS[1], "y.retain_grad()", LOSS[2], "loss.backward()"],
            "%why y.grad",
            &["statement 5"],
        ),
        (
            &["x = torch.ones(2)", "loss = x.sum()", "loss.backward()"],
            "%why",
            &["Nothing was recorded", "requires no grad"],
        ),
        (
            &[
                "x = torch.ones(2)",
                "loss = x.sum()",
                "x.requires_grad = True",
                "loss.backward()",
            ],
            "%why",
            &["compute the result again"],
        ),
        (&[LOSS[0], LOSS[1], "y.backward()"], "%why", &["y.sum().backward()"]),
        (
            &[LOSS[0], LOSS[1], LOSS[2], "loss.backward()", "loss.backward()"],
            "%why",
            &["retain_graph=True", "statement 4"],
        ),
        (
            &[
                LOSS[0],
                LOSS[1],
                LOSS[2],
                "loss.backward(retain_graph=True)",
                "loss.backward()",
            ],
            "%why x.grad",
            &["adds to what is there", "statement 5"],
        ),
        (
            &[LOSS[0], LOSS[1], LOSS[2], "loss.backward()", "x.grad = None"],
            "%why x.grad",
            &["None since", "statement 5"],
        ),
        (
            &["torch.tensor([1, 2], requires_grad=True)"],
            "%why",
            &["floating point"],
        ),
        (&["torch.Tensor([1], requires_grad=True)"], "%why", &["arguments"]),
        (&[LOSS[0], "x.add_(1)"], "%why", &["torch.no_grad()"]),
        (
            &[LOSS[0], "y = x.exp()", "y.add_(1)", "y.sum().backward()"],
            "%why",
            &["`y.add_(1)` (statement 3)"],
        ),
        (
            &[LOSS[0], "y = x.exp()", "y.add_(1)"],
            "%why y._version",
            &["once", "`y.add_(1)` (statement 3)"],
        ),
        (&[LOSS[0], LOSS[1], "y.requires_grad = False"], "%why", &["detach()"]),
        (
            &["with torch.no_grad():\n    y = torch.ones(2, requires_grad=True) * 2\n"],
            "%why y.is_leaf",
            &["switched off"],
        ),
    ];
    for (statements, question, wanted) in claims {
        let answer = why(statements, question);
        for words in *wanted {
            assert!(
                answer.contains(words),
                "{statements:?}\n{question}: no \"{words}\" in\n{answer}"
            );
        }
    }
}

/// One statement after `x`, a leaf that requires grad, and `y = x * 2`, for each kind of error a learner meets.
const ERRORS: &[&str] = &[
    "x[0] = 1.",
    "x[:1].add_(1)",
    "y.unbind()[0].mul_(2)",
    "x.resize_(3)",
    "x.detach().register_hook(print)",
    "y.register_post_accumulate_grad_hook(print)",
    "torch.ones(2).retain_grad()",
    "x.grad = torch.ones(3)",
    "x.grad = 1",
    "y.backward(torch.ones(3))",
    "y.backward(1.)",
    "y.numpy()",
    "y.item()",
    "torch.add(x, 1, out=torch.zeros(2))",
    "torch.autograd.grad(y.sum(), torch.ones(2))",
    "torch.autograd.grad(y.sum(), torch.ones(2, requires_grad=True))",
    "torch.autograd.grad(y.sum(), [])",
    "torch.func.grad(lambda t: t * 2)(x)",
    "torch.func.vmap(torch.sum)(torch.tensor(1.))",
    "torch.autograd.functional.hessian(lambda t: t * 2, x)",
    "torch.ones(2, dtype=torch.int64).requires_grad_()",
    "torch.ones(2, 3) @ torch.ones(2, 3)",
    "x + torch.ones(3)",
    "x.view(5)",
    "nothing",
    "x.nothing",
    "if x: pass",
    "1 / 0",
];

#[test]
fn each_error_has_an_answer() {
    for statement in ERRORS {
        why(
            &["x = torch.tensor([1., 2.], requires_grad=True)", "y = x * 2", statement],
            "%why",
        );
    }
}

#[test]
fn a_graph_is_a_tree_with_shared_nodes_once() {
    let mut prompt = Prompt::open();
    let tree = prompt.say(&[
        "x = torch.tensor([1., 2.], requires_grad=True)",
        "h = x.exp()",
        "y = (h * h).sum()",
        "%graph y",
    ]);
    let wanted = "y ()\n\
                  └─ SumBackward0 = y ()\n   \
                  └─ MulBackward0  saved other: h, self: h\n      \
                  ├─ ExpBackward0 = h (2,)  saved result: h  [1]\n      \
                  │  └─ x (2,)  leaf\n      \
                  └─ ExpBackward0 = h (2,)  saved result: h  [1] see above\n";
    assert_eq!(tree, wanted, "\n{tree}");
    assert!(prompt.say(&["%graph x"]).contains("leaf, requires grad"));
    assert!(prompt.say(&["%graph torch.ones(2)"]).contains("no graph behind it"));
    assert!(prompt.say(&["%graph 3"]).contains("no tensor"));
}

#[test]
fn a_graph_is_written_as_a_picture() {
    let folder = std::env::temp_dir().join(format!("gradshell-graph-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let mut prompt = Prompt::open();
    prompt.say(&[
        "w = torch.ones(2, 2, requires_grad=True)",
        "b = torch.zeros(2, requires_grad=True)",
        "y = torch.sigmoid(w @ torch.ones(2) + b).mean()",
    ]);
    let marks = [
        ("svg", "<svg"),
        ("dot", "fillcolor=lightblue"),
        ("json", "\"nodes\""),
        ("mmd", "flowchart TD"),
    ];
    for (ending, mark) in marks {
        let file = folder.join(format!("g.{ending}"));
        let said = prompt.say(&[&format!("%graph y > {}", file.display())]);
        assert!(said.contains("written"), "{said}");
        let text = std::fs::read_to_string(&file).expect("the file");
        assert!(
            text.contains(mark) && text.contains("MeanBackward0") && text.contains('w'),
            "{text}"
        );
    }
    std::fs::remove_dir_all(&folder).expect("the folder");
}
