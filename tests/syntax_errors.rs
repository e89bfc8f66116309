//! What CPython 3.11 says about sources that it refuses: class, place (line, column, end line, end column)
//! and message, recorded from the real one, and a few tracebacks whole.

use gradshell::syntax::{Parsed, Source, parse_expression, parse_file, parse_interactive};

type Case = (&'static str, &'static str, (u32, u32, u32, i32), &'static str);

#[rustfmt::skip]
const CASES: &[Case] = &[
    ("x = = 1", "SyntaxError", (1, 5, 1, 6), "invalid syntax"),
    ("1 +", "SyntaxError", (1, 4, 1, 4), "invalid syntax"),
    ("foo(a b)", "SyntaxError", (1, 5, 1, 8), "invalid syntax. Perhaps you forgot a comma?"),
    ("foo(a, b", "SyntaxError", (1, 4, 1, 0), "'(' was never closed"),
    ("print \"hello\"", "SyntaxError", (1, 1, 1, 14), "Missing parentheses in call to 'print'. Did you mean print(...)?"),
    ("exec code", "SyntaxError", (1, 1, 1, 10), "Missing parentheses in call to 'exec'. Did you mean exec(...)?"),
    ("x = print y", "SyntaxError", (1, 5, 1, 12), "Missing parentheses in call to 'print'. Did you mean print(...)?"),
    ("if x = 3: pass", "SyntaxError", (1, 4, 1, 9), "invalid syntax. Maybe you meant '==' or ':=' instead of '='?"),
    ("while x = 3: pass", "SyntaxError", (1, 7, 1, 12), "invalid syntax. Maybe you meant '==' or ':=' instead of '='?"),
    ("1 = x", "SyntaxError", (1, 1, 1, 2), "cannot assign to literal here. Maybe you meant '==' instead of '='?"),
    ("f() = 1", "SyntaxError", (1, 1, 1, 4), "cannot assign to function call here. Maybe you meant '==' instead of '='?"),
    ("a + b = c", "SyntaxError", (1, 1, 1, 6), "cannot assign to expression here. Maybe you meant '==' instead of '='?"),
    ("None = 1", "SyntaxError", (1, 1, 1, 5), "cannot assign to None"),
    ("x == 1 = 2", "SyntaxError", (1, 1, 1, 7), "cannot assign to comparison"),
    ("(a, b()) = 1, 2", "SyntaxError", (1, 5, 1, 8), "cannot assign to function call"),
    ("[x for x in y] = 1", "SyntaxError", (1, 1, 1, 15), "cannot assign to list comprehension here. Maybe you meant '==' instead of '='?"),
    ("f\"{x}\" = 1", "SyntaxError", (1, 1, 1, 7), "cannot assign to f-string expression here. Maybe you meant '==' instead of '='?"),
    ("a.b + 1 = 2", "SyntaxError", (1, 1, 1, 8), "cannot assign to expression here. Maybe you meant '==' instead of '='?"),
    ("(yield) = 1", "SyntaxError", (1, 2, 1, 7), "cannot assign to yield expression here. Maybe you meant '==' instead of '='?"),
    ("lambda: 1 = 2", "SyntaxError", (1, 1, 1, 10), "cannot assign to lambda"),
    ("x = yield = 1", "SyntaxError", (1, 5, 1, 10), "assignment to yield expression not possible"),
    ("a, b += 1", "SyntaxError", (1, 1, 1, 5), "'tuple' is an illegal expression for augmented assignment"),
    ("f() += 1", "SyntaxError", (1, 1, 1, 4), "'function call' is an illegal expression for augmented assignment"),
    ("(a, b): int", "SyntaxError", (1, 1, 1, 7), "only single target (not tuple) can be annotated"),
    ("[a]: int", "SyntaxError", (1, 1, 1, 4), "only single target (not list) can be annotated"),
    ("a + 1: int", "SyntaxError", (1, 1, 1, 6), "illegal target for annotation"),
    ("for f() in y: pass", "SyntaxError", (1, 5, 1, 8), "cannot assign to function call"),
    ("for 1 in y: pass", "SyntaxError", (1, 5, 1, 6), "cannot assign to literal"),
    ("with a as f(): pass", "SyntaxError", (1, 11, 1, 14), "cannot assign to function call"),
    ("with a as 1: pass", "SyntaxError", (1, 11, 1, 12), "cannot assign to literal"),
    ("del f()", "SyntaxError", (1, 5, 1, 8), "cannot delete function call"),
    ("del 5", "SyntaxError", (1, 5, 1, 6), "cannot delete literal"),
    ("del (a, b + c)", "SyntaxError", (1, 9, 1, 14), "cannot delete expression"),
    ("del *a", "SyntaxError", (1, 5, 1, 7), "cannot delete starred"),
    ("import a.b as c.d", "SyntaxError", (1, 16, 1, 17), "invalid syntax"),
    ("from a import", "SyntaxError", (1, 14, 1, 14), "invalid syntax"),
    ("from a import b,", "SyntaxError", (1, 17, 1, 17), "trailing comma not allowed without surrounding parentheses"),
    ("from . import *,", "SyntaxError", (1, 16, 1, 17), "invalid syntax"),
    ("if x", "SyntaxError", (1, 5, 1, 5), "expected ':'"),
    ("if x print(y)", "SyntaxError", (1, 6, 1, 11), "invalid syntax"),
    ("for i in y", "SyntaxError", (1, 11, 1, 11), "expected ':'"),
    ("while True", "SyntaxError", (1, 11, 1, 11), "expected ':'"),
    ("def f()", "SyntaxError", (1, 8, 1, 8), "expected ':'"),
    ("def f: pass", "SyntaxError", (1, 6, 1, 7), "expected '('"),
    ("class C", "SyntaxError", (1, 8, 1, 8), "expected ':'"),
    ("class C(", "SyntaxError", (1, 8, 1, 0), "'(' was never closed"),
    ("try: pass", "SyntaxError", (1, 10, 1, -1), "expected 'except' or 'finally' block"),
    ("else: pass", "SyntaxError", (1, 1, 1, 5), "invalid syntax"),
    ("elif x: pass", "SyntaxError", (1, 1, 1, 5), "invalid syntax"),
    ("f(x for x in y, 1)", "SyntaxError", (1, 3, 1, 15), "Generator expression must be parenthesized"),
    ("f(1, x for x in y)", "SyntaxError", (1, 6, 1, 18), "Generator expression must be parenthesized"),
    ("f(a=1, b)", "SyntaxError", (1, 9, 1, 10), "positional argument follows keyword argument"),
    ("f(**a, b)", "SyntaxError", (1, 9, 1, 10), "positional argument follows keyword argument unpacking"),
    ("f(**a, *b)", "SyntaxError", (1, 8, 1, 9), "iterable argument unpacking follows keyword argument unpacking"),
    ("f(a=1, *)", "SyntaxError", (1, 8, 1, 9), "iterable argument unpacking follows keyword argument unpacking"),
    ("f(a.b=1)", "SyntaxError", (1, 3, 1, 7), "expression cannot contain assignment, perhaps you meant \"==\"?"),
    ("f(True=1)", "SyntaxError", (1, 3, 1, 8), "cannot assign to True"),
    ("f(a=)", "SyntaxError", (1, 5, 1, 6), "invalid syntax"),
    ("f(a=1 for a in b)", "SyntaxError", (1, 3, 1, 5), "invalid syntax. Maybe you meant '==' or ':=' instead of '='?"),
    ("f(x=1, x=2)", "SyntaxError", (1, 8, 1, 11), "keyword argument repeated: x"),
    ("def f(a=1, b): pass", "SyntaxError", (1, 12, 1, 13), "non-default argument follows default argument"),
    ("def f(a, a): pass", "SyntaxError", (1, 10, 1, 11), "duplicate argument 'a' in function definition"),
    ("def f(*): pass", "SyntaxError", (1, 7, 1, 8), "named arguments must follow bare *"),
    ("def f(*, **k): pass", "SyntaxError", (1, 7, 1, 8), "named arguments must follow bare *"),
    ("def f(**k, a): pass", "SyntaxError", (1, 12, 1, 13), "arguments cannot follow var-keyword argument"),
    ("def f(a, /, b, /): pass", "SyntaxError", (1, 16, 1, 17), "/ may appear only once"),
    ("def f(*a, /): pass", "SyntaxError", (1, 11, 1, 12), "/ must be ahead of *"),
    ("def f(/, a): pass", "SyntaxError", (1, 7, 1, 8), "at least one argument must precede /"),
    ("def f((a, b)): pass", "SyntaxError", (1, 7, 1, 13), "Function parameters cannot be parenthesized"),
    ("def f(a, *b=1): pass", "SyntaxError", (1, 12, 1, 13), "var-positional argument cannot have default value"),
    ("def f(a=): pass", "SyntaxError", (1, 8, 1, 9), "expected default value expression"),
    ("lambda a=1, b: a", "SyntaxError", (1, 13, 1, 14), "non-default argument follows default argument"),
    ("lambda *: 1", "SyntaxError", (1, 9, 1, 10), "named arguments must follow bare *"),
    ("lambda (a): 1", "SyntaxError", (1, 8, 1, 11), "Lambda expression parameters cannot be parenthesized"),
    ("{1: 2, 3}", "SyntaxError", (1, 8, 1, 0), "':' expected after dictionary key"),
    ("{1: 2, 3:}", "SyntaxError", (1, 9, 1, 10), "expression expected after dictionary key and ':'"),
    ("{1:*a}", "SyntaxError", (1, 4, 1, 6), "cannot use a starred expression in a dictionary value"),
    ("{**a for a in b}", "SyntaxError", (1, 2, 1, 4), "dict unpacking cannot be used in dict comprehension"),
    ("{1: *a}", "SyntaxError", (1, 5, 1, 7), "cannot use a starred expression in a dictionary value"),
    ("[*a for a in b]", "SyntaxError", (1, 2, 1, 4), "iterable unpacking cannot be used in comprehension"),
    ("[a, b for a in c]", "SyntaxError", (1, 2, 1, 6), "did you forget parentheses around the comprehension target?"),
    ("(*a)", "SyntaxError", (1, 2, 1, 4), "cannot use starred expression here"),
    ("(**a)", "SyntaxError", (1, 2, 1, 4), "cannot use double starred expression here"),
    ("(x := 1) = 2", "SyntaxError", (1, 2, 1, 8), "cannot assign to named expression here. Maybe you meant '==' instead of '='?"),
    ("x := 1", "SyntaxError", (1, 3, 1, 5), "invalid syntax"),
    ("(a.b := 1)", "SyntaxError", (1, 2, 1, 5), "cannot use assignment expressions with attribute"),
    ("[1, 2", "SyntaxError", (1, 1, 1, 0), "'[' was never closed"),
    ("(1, 2]", "SyntaxError", (1, 6, 1, 6), "closing parenthesis ']' does not match opening parenthesis '('"),
    (")", "SyntaxError", (1, 1, 1, 1), "unmatched ')'"),
    ("}", "SyntaxError", (1, 1, 1, 1), "unmatched '}'"),
    ("x = (1,", "SyntaxError", (1, 5, 1, 0), "'(' was never closed"),
    ("x = 'abc", "SyntaxError", (1, 5, 1, 5), "unterminated string literal (detected at line 1)"),
    ("x = \"\"\"abc", "SyntaxError", (1, 5, 1, 5), "unterminated triple-quoted string literal (detected at line 1)"),
    ("x = 5 5", "SyntaxError", (1, 7, 1, 8), "invalid syntax"),
    ("012", "SyntaxError", (1, 1, 1, 2), "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers"),
    ("1_", "SyntaxError", (1, 2, 1, 2), "invalid decimal literal"),
    ("0x", "SyntaxError", (1, 2, 1, 2), "invalid hexadecimal literal"),
    ("0b12", "SyntaxError", (1, 4, 1, 4), "invalid digit '2' in binary literal"),
    ("0o8", "SyntaxError", (1, 3, 1, 3), "invalid digit '8' in octal literal"),
    ("1e", "SyntaxError", (1, 1, 1, 1), "invalid decimal literal"),
    ("1.2.3", "SyntaxError", (1, 4, 1, 6), "invalid syntax"),
    ("5abc", "SyntaxError", (1, 1, 1, 1), "invalid decimal literal"),
    ("x = 5€", "SyntaxError", (1, 6, 1, 6), "invalid character '€' (U+20AC)"),
    ("x = “a”", "SyntaxError", (1, 5, 1, 5), "invalid character '“' (U+201C)"),
    ("a $ b", "SyntaxError", (1, 3, 1, 4), "invalid syntax"),
    ("a ? b", "SyntaxError", (1, 3, 1, 4), "invalid syntax"),
    ("a ! b", "SyntaxError", (1, 3, 1, 4), "invalid syntax"),
    ("a <> b", "SyntaxError", (1, 3, 1, 5), "invalid syntax"),
    ("a++", "SyntaxError", (1, 4, 1, 4), "invalid syntax"),
    ("b'é'", "SyntaxError", (1, 1, 1, 5), "bytes can only contain ASCII literal characters"),
    ("'a' b'b'", "SyntaxError", (1, 9, 1, 9), "cannot mix bytes and nonbytes literals"),
    ("'\\x1'", "SyntaxError", (1, 6, 1, 6), "(unicode error) 'unicodeescape' codec can't decode bytes in position 0-2: truncated \\xXX escape"),
    ("'\\N{no such name}'", "SyntaxError", (1, 19, 1, 19), "(unicode error) 'unicodeescape' codec can't decode bytes in position 0-15: unknown Unicode character name"),
    ("'\\u12'", "SyntaxError", (1, 7, 1, 7), "(unicode error) 'unicodeescape' codec can't decode bytes in position 0-3: truncated \\uXXXX escape"),
    ("'\\U00110000'", "SyntaxError", (1, 13, 1, 13), "(unicode error) 'unicodeescape' codec can't decode bytes in position 0-9: illegal Unicode character"),
    ("b'\\x'", "SyntaxError", (1, 6, 1, 6), "(value error) invalid \\x escape at position 0"),
    ("f'{'", "SyntaxError", (1, 5, 1, 5), "f-string: expecting '}'"),
    ("f'}'", "SyntaxError", (1, 5, 1, 5), "f-string: single '}' is not allowed"),
    ("f'{}'", "SyntaxError", (1, 6, 1, 6), "f-string: empty expression not allowed"),
    ("f'{a b}'", "SyntaxError", (1, 2, 1, 5), "f-string: invalid syntax. Perhaps you forgot a comma?"),
    ("f'{x!z}'", "SyntaxError", (1, 9, 1, 9), "f-string: invalid conversion character: expected 's', 'r', or 'a'"),
    ("f'{x!}'", "SyntaxError", (1, 8, 1, 8), "f-string: invalid conversion character: expected 's', 'r', or 'a'"),
    ("f'{*x}'", "SyntaxError", (1, 2, 1, 4), "f-string: cannot use starred expression here"),
    ("f'{lambda x: 1}'", "SyntaxError", (1, 10, 1, 11), "f-string: invalid syntax"),
    ("f'{x:{y:{z}}}'", "SyntaxError", (1, 15, 1, 15), "f-string: expressions nested too deeply"),
    ("f'{\"\\n\"}'", "SyntaxError", (1, 10, 1, 10), "f-string expression part cannot include a backslash"),
    ("f'{#}'", "SyntaxError", (1, 7, 1, 7), "f-string expression part cannot include '#'"),
    ("f'{x + }'", "SyntaxError", (1, 6, 1, 7), "f-string: invalid syntax"),
    ("f'{(}'", "SyntaxError", (1, 7, 1, 7), "f-string: closing parenthesis '}' does not match opening parenthesis '('"),
    ("f'{)}'", "SyntaxError", (1, 7, 1, 7), "f-string: unmatched ')'"),
    ("f'{(]}'", "SyntaxError", (1, 8, 1, 8), "f-string: closing parenthesis ']' does not match opening parenthesis '('"),
    ("f'{\"a}'", "SyntaxError", (1, 8, 1, 8), "f-string: unterminated string"),
    ("f'{=}'", "SyntaxError", (1, 7, 1, 7), "f-string: expression required before '='"),
    ("return 1", "SyntaxError", (1, 1, 1, 9), "'return' outside function"),
    ("yield 1", "SyntaxError", (1, 1, 1, 8), "'yield' outside function"),
    ("await x", "SyntaxError", (1, 1, 1, 8), "'await' outside function"),
    ("break", "SyntaxError", (1, 1, 1, 6), "'break' outside loop"),
    ("continue", "SyntaxError", (1, 1, 1, 9), "'continue' not properly in loop"),
    ("def f(): break", "SyntaxError", (1, 10, 1, 15), "'break' outside loop"),
    ("class C: return 1", "SyntaxError", (1, 10, 1, 18), "'return' outside function"),
    ("async with a: pass", "SyntaxError", (1, 1, 1, 19), "'async with' outside async function"),
    ("async for a in b: pass", "SyntaxError", (1, 1, 1, 23), "'async for' outside async function"),
    ("async x", "SyntaxError", (1, 7, 1, 8), "invalid syntax"),
    ("nonlocal x", "SyntaxError", (1, 1, 1, 11), "nonlocal declaration not allowed at module level"),
    ("*a", "SyntaxError", (1, 1, 1, 3), "can't use starred expression here"),
    ("x = *a", "SyntaxError", (1, 5, 1, 7), "can't use starred expression here"),
    ("*a = 1", "SyntaxError", (1, 1, 1, 3), "starred assignment target must be in a list or tuple"),
    ("*a, *b = c", "SyntaxError", (1, 1, 1, 7), "multiple starred expressions in assignment"),
    ("def f(): x = 1; global x", "SyntaxError", (1, 17, 1, 25), "name 'x' is assigned to before global declaration"),
    ("def f(x): global x", "SyntaxError", (1, 11, 1, 19), "name 'x' is parameter and global"),
    ("def f(): print(x); global x", "SyntaxError", (1, 20, 1, 28), "name 'x' is used prior to global declaration"),
    ("def f(): nonlocal x", "SyntaxError", (1, 10, 1, 20), "no binding for nonlocal 'x' found"),
    ("def f(): from a import *", "SyntaxError", (1, 24, 1, 25), "import * only allowed at module level"),
    ("def f(): x: int = 1; global x", "SyntaxError", (1, 22, 1, 30), "annotated name 'x' can't be global"),
    ("[x := 1 for x in y]", "SyntaxError", (1, 2, 1, 3), "assignment expression cannot rebind comprehension iteration variable 'x'"),
    ("[y for y in (z := x)]", "SyntaxError", (1, 14, 1, 20), "assignment expression cannot be used in a comprehension iterable expression"),
    ("[(yield x) for x in y]", "SyntaxError", (1, 3, 1, 10), "'yield' inside list comprehension"),
    ("[x async for x in y]", "SyntaxError", (1, 1, 1, 21), "asynchronous comprehension outside of an asynchronous function"),
    ("class C: [x := 1 for y in z]", "SyntaxError", (1, 11, 1, 12), "assignment expression within a comprehension cannot be used in a class body"),
    ("try: pass\nexcept: pass\nexcept A: pass", "SyntaxError", (2, 1, 2, 13), "default 'except:' must be last"),
    ("try: pass\nexcept A, B: pass", "SyntaxError", (2, 8, 2, 12), "multiple exception types must be parenthesized"),
    ("try: pass\nexcept* : pass", "SyntaxError", (2, 9, 2, 10), "expected one or more exception types"),
    ("try: pass\nexcept A: pass\nexcept* B: pass", "SyntaxError", (3, 1, 3, 8), "cannot have both 'except' and 'except*' on the same 'try'"),
    ("if x:\npass", "IndentationError", (2, 1, 2, 5), "expected an indented block after 'if' statement on line 1"),
    ("def f():\npass", "IndentationError", (2, 1, 2, 5), "expected an indented block after function definition on line 1"),
    ("class C:\npass", "IndentationError", (2, 1, 2, 5), "expected an indented block after class definition on line 1"),
    ("for a in b:\npass", "IndentationError", (2, 1, 2, 5), "expected an indented block after 'for' statement on line 1"),
    ("while a:\npass", "IndentationError", (2, 1, 2, 5), "expected an indented block after 'while' statement on line 1"),
    ("with a:\npass", "IndentationError", (2, 1, 2, 5), "expected an indented block after 'with' statement on line 1"),
    ("try:\npass", "IndentationError", (2, 1, 2, 5), "expected an indented block after 'try' statement on line 1"),
    ("match a:\ncase 1: pass", "IndentationError", (2, 1, 2, 5), "expected an indented block after 'match' statement on line 1"),
    ("match a:\n case 1:\n pass", "IndentationError", (3, 2, 3, 6), "expected an indented block after 'case' statement on line 2"),
    ("match a:\n case x: pass\n case 1: pass", "SyntaxError", (2, 7, 2, 8), "name capture 'x' makes remaining patterns unreachable"),
    ("match a:\n case x | 1: pass", "SyntaxError", (2, 7, 2, 8), "name capture 'x' makes remaining patterns unreachable"),
    ("match a:\n case (x, x): pass", "SyntaxError", (2, 11, 2, 12), "multiple assignments to name 'x' in pattern"),
    ("match a:\n case {1: a, 1: b}: pass", "SyntaxError", (2, 7, 2, 19), "mapping pattern checks duplicate key (1)"),
    ("match a:\n case C(x=1, 2): pass", "SyntaxError", (2, 14, 2, 15), "positional patterns follow keyword patterns"),
    ("match a:\n case x as _: pass", "SyntaxError", (2, 12, 2, 13), "cannot use '_' as a target"),
    ("  x = 1", "IndentationError", (1, 2, 1, -1), "unexpected indent"),
    ("if x:\n    y\n  z", "IndentationError", (3, 4, 3, -1), "unindent does not match any outer indentation level"),
    ("if x:\n\\ty\n        z", "SyntaxError", (2, 2, 2, 0), "unexpected character after line continuation character"),
    ("x = 1\n  y = 2", "IndentationError", (2, 2, 2, -1), "unexpected indent"),
    ("x = \\ 1", "SyntaxError", (1, 6, 1, 0), "unexpected character after line continuation character"),
    ("a if b", "SyntaxError", (1, 1, 1, 7), "expected 'else' after 'if' expression"),
    ("assert x, y, z", "SyntaxError", (1, 12, 1, 13), "invalid syntax"),
    ("global x, ", "SyntaxError", (1, 11, 1, 11), "invalid syntax"),
    ("import", "SyntaxError", (1, 7, 1, 7), "invalid syntax"),
    ("raise a from", "SyntaxError", (1, 13, 1, 13), "invalid syntax"),
    ("from __future__ import nothing", "SyntaxError", (1, 1, 1, 0), "future feature nothing is not defined"),
    ("@", "SyntaxError", (1, 2, 1, 2), "invalid syntax"),
    ("@x", "SyntaxError", (1, 0, 1, 0), "invalid syntax"),
    ("@f\nx = 1", "SyntaxError", (2, 1, 2, 2), "invalid syntax"),
];

#[test]
fn messages_and_places() {
    let mut wrong = Vec::new();
    for (text, class, place, message) in CASES {
        let error = match parse_file(&Source::new("<stdin>", &format!("{text}\n"))) {
            Err(error) => error,
            Ok(_) => {
                wrong.push(format!("{text:?} is accepted"));
                continue;
            }
        };
        let found = (error.line, error.column, error.end_line, error.end_column);
        // CPython leaves the end of an unknown future feature open
        let future = text.starts_with("from __future__");
        if error.kind.class_name() != *class || error.message != *message || (found != *place && !future) {
            wrong.push(format!(
                "{text:?}: {} {found:?} {:?}",
                error.kind.class_name(),
                error.message
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn rendered(text: &str) -> String {
    match parse_interactive(&Source::new("<stdin>", text), true) {
        Parsed::Error(error) => error.render("<stdin>"),
        other => format!("{other:?}"),
    }
}

#[test]
fn tracebacks() {
    assert_eq!(
        rendered("x = = 1"),
        "  File \"<stdin>\", line 1\n    x = = 1\n        ^\nSyntaxError: invalid syntax"
    );
    assert_eq!(
        rendered("if x:\n        foo(a b)\n"),
        "  File \"<stdin>\", line 2\n    foo(a b)\n        ^^^\nSyntaxError: invalid syntax. Perhaps you forgot a comma?"
    );
    assert_eq!(
        rendered("f'{a b}'"),
        "  File \"<stdin>\", line 1\n    (a b)\n     ^^^\nSyntaxError: f-string: invalid syntax. Perhaps you forgot a comma?"
    );
    assert_eq!(
        rendered("return"),
        "  File \"<stdin>\", line 1\nSyntaxError: 'return' outside function"
    );
    assert_eq!(
        rendered("  x"),
        "  File \"<stdin>\", line 1\n    x\nIndentationError: unexpected indent"
    );
    assert_eq!(
        rendered("x = 1\ny = 2"),
        "  File \"<stdin>\", line 1\n    x = 1\n         ^\nSyntaxError: multiple statements found while compiling a single statement"
    );
}

fn answer(text: &str) -> &'static str {
    match parse_interactive(&Source::new("<stdin>", text), false) {
        Parsed::Complete(_) => "complete",
        Parsed::Incomplete => "incomplete",
        Parsed::Error(_) => "error",
    }
}

#[test]
fn a_prompt_knows_when_to_go_on() {
    for text in [
        "x",
        "x = 1; y = 2",
        "if x:\n    y\n",
        "",
        "# nothing",
        "f(\n1)",
        "def f(): pass\n",
        "@f\ndef g():\n  pass\n",
    ] {
        assert_eq!(answer(text), "complete", "{text:?}");
    }
    for text in [
        "if x:",
        "f(",
        "'''a",
        "x = \\",
        "if x:\n    y",
        "@f",
        "def f(): pass",
        "try:\n    x",
        "[1,\n2",
        "class C:\n",
    ] {
        assert_eq!(answer(text), "incomplete", "{text:?}");
    }
    for text in ["x = = 1", "f(a b", "'abc", "if x:\ny", ")", "x\ny", "  x", "1 = x"] {
        assert_eq!(answer(text), "error", "{text:?}");
    }
}

#[test]
fn expressions_alone() {
    assert!(parse_expression(&Source::new("<string>", "a + f(b, *c)")).is_ok());
    assert!(parse_expression(&Source::new("<string>", "a, b\n\n")).is_ok());
    for text in ["a = 1", "*a", "a; b", "", "a b", "x := 1"] {
        assert!(parse_expression(&Source::new("<string>", text)).is_err(), "{text:?}");
    }
}

#[test]
fn warnings_of_the_compiler() {
    let warned = |text: &str| {
        let source = Source::new("<stdin>", text);
        let module = parse_file(&source).unwrap();
        let found = gradshell::syntax::warnings(&source, &module);
        found
            .into_iter()
            .map(|warning| format!("{}: {}: {}", warning.line, warning.category, warning.message))
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert_eq!(warned("x is None\nx == 1\n'\\n'\nx[1]"), "");
    assert_eq!(
        warned("x\ny is 1"),
        "2: SyntaxWarning: \"is\" with a literal. Did you mean \"==\"?"
    );
    assert_eq!(
        warned("not x is ()"),
        "1: SyntaxWarning: \"is not\" with a literal. Did you mean \"!=\"?"
    );
    assert_eq!(
        warned("assert (x, 'a')"),
        "1: SyntaxWarning: assertion is always true, perhaps remove parentheses?"
    );
    assert_eq!(
        warned("[(1, 2) (3, 4)]"),
        "1: SyntaxWarning: 'tuple' object is not callable; perhaps you missed a comma?"
    );
    assert_eq!(
        warned("[[1, 2] [3, 4]]"),
        "1: SyntaxWarning: list indices must be integers or slices, not tuple; perhaps you missed a comma?"
    );
    assert_eq!(warned("'\\d'"), "1: DeprecationWarning: invalid escape sequence '\\d'");
    assert_eq!(warned("1if x else 0"), "1: SyntaxWarning: invalid decimal literal");
}
