//! Nothing that can be typed makes the parser panic, overflow the stack or take long.

use gradshell::syntax::{Parsed, Source, parse_expression, parse_file, parse_interactive};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

const TOKENS: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "=",
    "==",
    "+",
    "-",
    "*",
    "**",
    "/",
    "@",
    "->",
    ":=",
    ".",
    "...",
    ";",
    "if ",
    "else ",
    "for ",
    "in ",
    "not ",
    "is ",
    "lambda ",
    "yield ",
    "await ",
    "async ",
    "def ",
    "class ",
    "return ",
    "x",
    "y",
    " ",
    "1",
    "2.5",
    "'s'",
    "f'{x}'",
    "f'{",
    "f'{x!r:>{y}}'",
    "}'",
    "print ",
    "None",
    "match ",
    "case ",
    "_",
    "import ",
    "from ",
    "as ",
    "with ",
    "try:",
    "except ",
    "finally:",
    "while ",
    "pass",
    "break",
    "global ",
    "del ",
    "\n",
    "\n    ",
    "\n\t",
    "\\\n",
    "\\",
    "#",
    "+=",
    "<",
    "!=",
    "<>",
    "!",
    "$",
    "?",
    "~",
    "|",
    "'",
    "\"",
    "'''",
    "0777",
    "1_",
    "0x",
    "1e",
    "b'a'",
    "é",
    "€",
    "\u{1}",
    "\u{2}",
    "\0",
    "\u{c}",
    "ª",
    "\u{301}",
    "\r",
    "\\N{",
    "'\\x1'",
];

fn read(text: &str) {
    let source = Source::new("<stdin>", text);
    let rendered = |error: gradshell::syntax::SyntaxError| assert!(!error.render("<stdin>").is_empty());
    for ended in [true, false] {
        match parse_interactive(&source, ended) {
            Parsed::Error(error) => rendered(error),
            Parsed::Incomplete => assert!(!ended, "{text:?}"),
            Parsed::Complete(_) => {}
        }
    }
    if let Err(error) = parse_file(&source) {
        rendered(error);
    }
    if let Err(error) = parse_expression(&source) {
        rendered(error);
    }
}

#[test]
fn token_soup() {
    let mut random = StdRng::seed_from_u64(11);
    for _ in 0..8_000 {
        let length = random.random_range(1..25);
        let text: String = (0..length)
            .map(|_| TOKENS[random.random_range(0..TOKENS.len())])
            .collect();
        read(&text);
    }
}

#[test]
fn character_soup() {
    let mut random = StdRng::seed_from_u64(12);
    for _ in 0..5_000 {
        let length = random.random_range(1..40);
        let text: String = (0..length).map(|_| char::from(random.random_range(0..128u8))).collect();
        read(&text);
    }
}

/// Each of these once made a parser fall over somewhere.
#[test]
fn towers() {
    for count in [90, 199, 201, 2_500, 50_000] {
        let one = |text: &str| text.repeat(count);
        for text in [
            one("(") + "1" + &one(")"),
            one("("),
            one("f(") + "1" + &one(")"),
            one("{1:") + "1" + &one("}"),
            one("[") + "x" + &one(" for x in y]"),
            one("(lambda: ") + "1" + &one(")"),
            one("-") + "1",
            one("not ") + "1",
            one("2**") + "1",
            one("await ") + "x",
            one("1 if x else ") + "1",
            one("lambda: ") + "1",
            "a".to_owned() + &one(".a"),
            "a".to_owned() + &one("+a"),
            "a".to_owned() + &one("()"),
            "a".to_owned() + &one("[0]"),
            "a".to_owned() + &one(" < a"),
            "a".to_owned() + &one("+a") + " b",
            one("-") + ")",
            one("a="),
            one("'a' "),
            one("*"),
            one("."),
            one("\\\n"),
            "if a: pass\n".to_owned() + &one("elif a: pass\n"),
            format!("match a:\n case {}x{}: pass\n", one("("), one(")")),
            "f'".to_owned() + &one("{x}") + "'",
            "f'".to_owned() + &one("{") + "'",
        ] {
            read(&text);
        }
    }
    for depth in [50, 99, 101] {
        for head in ["if a:", "def f():", "class C:", "for a in b:", "with a:"] {
            let lines: String = (0..depth)
                .map(|level| format!("{}{head}\n", " ".repeat(level)))
                .collect();
            read(&(lines + &" ".repeat(depth) + "pass\n"));
        }
    }
}
