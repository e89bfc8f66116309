//! The instructions: 8 bytes each.
//!
//! `d` is the register written, others are read. Registers count from the frame's base;
//! the local variables are the first ones. Conditional instructions are followed by a
//! `Jump`, which they read themselves: no separate dispatch.

use crate::python::class::{Binary, Compare, Slot};

/// One instruction. The tag is a byte of its own, so that the evaluator's jump table needs no decoding.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub enum Instruction {
    /// `d = s`
    Move {
        d: u16,
        s: u16,
    },
    /// `d = s`, leaving `s` unset
    Take {
        d: u16,
        s: u16,
    },
    Clear {
        r: u16,
    },
    Const {
        d: u16,
        k: u16,
    },
    /// Raises UnboundLocalError when unset.
    CheckLocal {
        r: u16,
    },
    DeleteLocal {
        r: u16,
    },
    /// Entry `g` of the globals, else entry `b` of the builtins (`u16::MAX`: by name).
    Global {
        d: u16,
        g: u16,
        b: u16,
    },
    SetGlobal {
        s: u16,
        g: u16,
    },
    DeleteGlobal {
        g: u16,
    },
    MakeCell {
        r: u16,
    },
    Cell {
        d: u16,
        r: u16,
    },
    SetCell {
        s: u16,
        r: u16,
    },
    DeleteCell {
        r: u16,
    },
    /// Names of class bodies and of code with separate locals: the mapping is in register 0.
    Name {
        d: u16,
        n: u16,
    },
    SetName {
        s: u16,
        n: u16,
    },
    DeleteName {
        n: u16,
    },
    /// A free variable of a class body: the mapping first, then the cell.
    ClassCell {
        d: u16,
        r: u16,
        n: u16,
    },

    Add {
        d: u16,
        a: u16,
        b: u16,
    },
    Sub {
        d: u16,
        a: u16,
        b: u16,
    },
    Mul {
        d: u16,
        a: u16,
        b: u16,
    },
    /// With a constant on the right.
    AddK {
        d: u16,
        a: u16,
        k: u16,
    },
    SubK {
        d: u16,
        a: u16,
        k: u16,
    },
    MulK {
        d: u16,
        a: u16,
        k: u16,
    },
    BinaryK {
        op: Binary,
        d: u16,
        a: u16,
        k: u16,
    },
    Binary {
        op: Binary,
        d: u16,
        a: u16,
        b: u16,
    },
    /// With a number on the right.
    InPlaceK {
        op: Binary,
        d: u16,
        a: u16,
        k: u16,
    },
    InPlace {
        op: Binary,
        d: u16,
        a: u16,
        b: u16,
    },
    Unary {
        op: Slot,
        d: u16,
        a: u16,
    },
    Not {
        d: u16,
        a: u16,
    },
    Compare {
        op: Compare,
        d: u16,
        a: u16,
        b: u16,
    },
    Is {
        d: u16,
        a: u16,
        b: u16,
    },
    IsNot {
        d: u16,
        a: u16,
        b: u16,
    },
    /// `a in b`
    In {
        d: u16,
        a: u16,
        b: u16,
    },
    NotIn {
        d: u16,
        a: u16,
        b: u16,
    },

    Jump {
        by: i32,
    },
    /// A jump backwards: polls.
    Loop {
        by: i32,
    },
    /// Followed by a `Jump` taken when the test fails.
    Test {
        a: u16,
    },
    /// Followed by a `Jump` taken when the test holds.
    TestNot {
        a: u16,
    },
    /// Followed by a `Jump` taken when the comparison fails.
    TestCompare {
        op: Compare,
        a: u16,
        b: u16,
    },
    TestCompareK {
        op: Compare,
        a: u16,
        k: u16,
    },

    Attr {
        d: u16,
        o: u16,
        n: u16,
    },
    SetAttr {
        o: u16,
        n: u16,
        s: u16,
    },
    DelAttr {
        o: u16,
        n: u16,
    },
    /// A method for `CallMethod`: `f` the function and `f + 1` the receiver, or `f` the bound value and `f + 1` unset.
    Method {
        f: u16,
        o: u16,
        n: u16,
    },
    Item {
        d: u16,
        o: u16,
        i: u16,
    },
    ItemK {
        d: u16,
        o: u16,
        k: u16,
    },
    SetItem {
        o: u16,
        i: u16,
        s: u16,
    },
    DelItem {
        o: u16,
        i: u16,
    },

    /// Calls `f` with `n` arguments from `f + 2` on.
    Call {
        d: u16,
        f: u16,
        n: u16,
    },
    /// As `Call` after `Method`.
    CallMethod {
        d: u16,
        f: u16,
        n: u16,
    },
    /// `n` arguments from `f + 2` on, the last ones named by `keyword_names[k]`. `f + 1` as for `CallMethod`, or unset.
    CallKeywords {
        n: u8,
        d: u16,
        f: u16,
        k: u16,
    },
    /// Arguments in a tuple at `f + 2` and a dict (or None) at `f + 3`.
    CallSpread {
        d: u16,
        f: u16,
    },

    List {
        d: u16,
        b: u16,
        n: u16,
    },
    Tuple {
        d: u16,
        b: u16,
        n: u16,
    },
    Set {
        d: u16,
        b: u16,
        n: u16,
    },
    /// `n` pairs.
    Dict {
        d: u16,
        b: u16,
        n: u16,
    },
    ListAppend {
        l: u16,
        s: u16,
    },
    SetAdd {
        l: u16,
        s: u16,
    },
    DictSet {
        l: u16,
        k: u16,
        s: u16,
    },
    ListExtend {
        l: u16,
        s: u16,
    },
    /// `*s` in a call of `f`: the error names the function.
    ArgsExtend {
        l: u16,
        s: u16,
        f: u16,
    },
    SetUpdate {
        l: u16,
        s: u16,
    },
    DictUpdate {
        l: u16,
        s: u16,
    },
    /// `**s` in a call of `f`: keys must be new strings.
    DictMerge {
        l: u16,
        s: u16,
        f: u16,
    },
    ListToTuple {
        r: u16,
    },
    /// A slice of registers `b`, `b + 1`, `b + 2`.
    Slice {
        d: u16,
        b: u16,
    },
    /// Joins `n` strings.
    JoinStr {
        d: u16,
        b: u16,
        n: u16,
    },
    /// `conversion` is 0 or one of `r`, `s`, `a`; `spec` is a register or `u16::MAX`.
    Format {
        conversion: u8,
        d: u16,
        s: u16,
        spec: u16,
    },
    Unpack {
        s: u16,
        b: u16,
        n: u16,
    },
    /// `before` targets, a starred one, `after` targets.
    UnpackStar {
        before: u8,
        s: u16,
        b: u16,
        after: u16,
    },

    Iter {
        d: u16,
        s: u16,
    },
    /// Followed by a `Jump` taken at the end.
    For {
        d: u16,
        i: u16,
    },
    /// The end of a loop's body: the next item, and the `Jump` behind leads to the body again; when
    /// it has none at hand, what follows goes to the loop's head.
    ForNext {
        d: u16,
        i: u16,
    },

    /// `b` defaults (tuple or None), `b + 1` keyword defaults (dict or None), `b + 2` annotations (dict or None).
    Function {
        d: u16,
        c: u16,
        b: u16,
    },
    /// `b` the body's function, `b + 1` the bases (tuple), `b + 2` keywords (dict or None); constant `k` the name.
    Class {
        d: u16,
        b: u16,
        k: u16,
    },

    Raise {
        r: u16,
    },
    RaiseFrom {
        r: u16,
        cause: u16,
    },
    /// Bare `raise`.
    RaiseAgain,
    /// Goes on raising an exception caught by a handler.
    Reraise {
        r: u16,
    },
    /// `s` keeps what was being handled; `r` is handled from now on.
    PushHandled {
        s: u16,
        r: u16,
    },
    PopHandled {
        s: u16,
    },
    /// Whether exception `r` matches class(es) `c`.
    Matches {
        d: u16,
        r: u16,
        c: u16,
    },
    /// `except*`: `d` the matching part or None, `d + 1` the rest or None, of exception `r` by class(es) `c`.
    MatchesGroup {
        d: u16,
        r: u16,
        c: u16,
    },
    /// `except*` is over: `r` the original exception, list `l` what was raised or left; raises again what must be.
    EndGroup {
        d: u16,
        r: u16,
        l: u16,
    },
    /// AssertionError with message register or `u16::MAX`.
    AssertFail {
        r: u16,
    },

    /// `b` the manager (read), `b` becomes the bound `__exit__`; `d` what `__enter__` answers.
    Enter {
        d: u16,
        b: u16,
    },
    /// Calls the bound `__exit__` in `b` with the exception in `r` (`u16::MAX`: three Nones).
    Exit {
        d: u16,
        b: u16,
        r: u16,
    },
    AsyncEnter {
        d: u16,
        b: u16,
    },
    AsyncExit {
        d: u16,
        b: u16,
        r: u16,
    },

    Yield {
        d: u16,
        s: u16,
    },
    /// Delegates to iterator `i`, sending what is in `d`; `d` at last becomes its result.
    YieldFrom {
        d: u16,
        i: u16,
    },
    /// The iterator that `yield from s` delegates to.
    YieldFromIter {
        d: u16,
        s: u16,
    },
    Awaitable {
        d: u16,
        s: u16,
    },
    AsyncIter {
        d: u16,
        s: u16,
    },
    AsyncNext {
        d: u16,
        s: u16,
    },
    /// `async for` ends: jumps (next instruction) unless `r` is StopAsyncIteration, which ends the loop.
    EndAsyncFor {
        r: u16,
    },

    /// `b` the names of `from` (tuple or None), `b + 1` the level.
    Import {
        d: u16,
        n: u16,
        b: u16,
    },
    /// `import a.b as c`: the submodule
    ImportFrom {
        d: u16,
        m: u16,
        n: u16,
    },
    ImportStar {
        m: u16,
    },

    /// Echoes an expression statement at the prompt.
    Display {
        s: u16,
    },

    MatchSequence {
        d: u16,
        s: u16,
    },
    MatchMapping {
        d: u16,
        s: u16,
    },
    /// `len(s)` is `n`.
    MatchLen {
        d: u16,
        s: u16,
        n: u16,
    },
    /// `len(s)` is at least `n`.
    MatchLenAtLeast {
        d: u16,
        s: u16,
        n: u16,
    },
    /// `d` the tuple of values of the keys (tuple) in `k`, or None.
    MatchKeys {
        d: u16,
        s: u16,
        k: u16,
    },
    /// `d` holds the class and becomes the tuple of attributes or None: `n` positional ones, then `keyword_names[k]`.
    MatchClass {
        n: u8,
        d: u16,
        s: u16,
        k: u16,
    },
    /// A copy of mapping `s` without the keys in tuple `k`.
    MatchRest {
        d: u16,
        s: u16,
        k: u16,
    },
    /// Gets `__annotations__` of the module or class ready.
    Annotations,
    Nop,

    // first and last are instructions of the inner loop: its jump table then needs no check of bounds
    Return {
        s: u16,
    },
    ReturnNone,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_bytes() {
        assert_eq!(size_of::<Instruction>(), 8);
    }
}
