//! `_random`: Python's own Mersenne Twister, seeded as CPython seeds it.

use crate::python::class::{ClassRef, Flags, Layout};
use crate::python::native::{ClassItem, NativeDef, Parser};
use crate::python::object::{Foreign, Module, Object};
use crate::python::value::{R, Value};
use crate::python::vm::{ClassSpec, Vm};
use num_bigint::{BigInt, Sign};
use num_traits::Signed;
use std::cell::RefCell;
use std::rc::Rc;

const N: usize = 624;
const M: usize = 397;

/// MT19937.
struct Twister {
    state: [u32; N],
    at: usize,
}

impl Twister {
    fn from_word(seed: u32) -> Twister {
        let mut state = [0u32; N];
        let mut last = seed;
        for (i, word) in state.iter_mut().enumerate() {
            if i > 0 {
                last = 1_812_433_253u32
                    .wrapping_mul(last ^ (last >> 30))
                    .wrapping_add(i as u32);
            }
            *word = last;
        }
        Twister { state, at: N }
    }

    /// `init_by_array` of the generator's authors.
    fn from_key(key: &[u32]) -> Twister {
        let mut made = Twister::from_word(19_650_218);
        let state = &mut made.state;
        let (mut i, mut j) = (1, 0);
        for _ in 0..N.max(key.len()) {
            let before = state[i - 1];
            let mixed = state[i] ^ (before ^ (before >> 30)).wrapping_mul(1_664_525);
            state[i] = mixed.wrapping_add(key[j]).wrapping_add(j as u32);
            i += 1;
            j += 1;
            if i >= N {
                state[0] = state[N - 1];
                i = 1;
            }
            if j >= key.len() {
                j = 0;
            }
        }
        for _ in 0..N - 1 {
            let before = state[i - 1];
            let mixed = state[i] ^ (before ^ (before >> 30)).wrapping_mul(1_566_083_941);
            state[i] = mixed.wrapping_sub(i as u32);
            i += 1;
            if i >= N {
                state[0] = state[N - 1];
                i = 1;
            }
        }
        state[0] = 0x8000_0000;
        made
    }

    fn word(&mut self) -> u32 {
        if self.at >= N {
            for i in 0..N {
                let y = (self.state[i] & 0x8000_0000) | (self.state[(i + 1) % N] & 0x7fff_ffff);
                let twist = if y & 1 == 0 { 0 } else { 0x9908_b0df };
                self.state[i] = self.state[(i + M) % N] ^ (y >> 1) ^ twist;
            }
            self.at = 0;
        }
        let mut y = self.state[self.at];
        self.at += 1;
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c_5680;
        y ^= (y << 15) & 0xefc6_0000;
        y ^ (y >> 18)
    }

    fn float(&mut self) -> f64 {
        let (high, low) = (u64::from(self.word() >> 5), u64::from(self.word() >> 6));
        (high as f64 * 67_108_864.0 + low as f64) / 9_007_199_254_740_992.0
    }
}

struct Generator {
    class: ClassRef,
    twister: RefCell<Twister>,
}

impl Foreign for Generator {
    fn class(&self) -> &ClassRef {
        &self.class
    }

    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

static ITEMS: &[ClassItem] = &[
    ClassItem::method(
        "seed",
        "(self, n, /)",
        Parser::One,
        seed,
        "Initialise from the absolute value of an integer.",
    ),
    ClassItem::method(
        "random",
        "(self, /)",
        Parser::NoArgs,
        |_, args| with(args, |twister| Value::float(twister.float())),
        "random() -> x in the interval [0, 1).",
    ),
    ClassItem::method(
        "getrandbits",
        "(self, k, /)",
        Parser::One,
        bits,
        "getrandbits(k) -> x.  Generates an int with k random bits.",
    ),
    ClassItem::method(
        "getstate",
        "(self, /)",
        Parser::NoArgs,
        get_state,
        "getstate() -> tuple containing the current state.",
    ),
    ClassItem::method(
        "setstate",
        "(self, state, /)",
        Parser::One,
        set_state,
        "setstate(state) -> None.  Restores generator state.",
    ),
];

static FUNCTIONS: &[NativeDef] = &[NativeDef::new(
    "new",
    "(like, /)",
    Parser::One,
    new,
    "Another generator, seeded from the clock.",
)];

/// Builds the module: `generator`, and `new(generator)` for more of them.
pub fn build(vm: &mut Vm) -> R<Rc<Module>> {
    let module = Module::new("_random");
    vm.define_functions(&module, FUNCTIONS);
    let class = vm.new_class(ClassSpec {
        name: "Twister",
        module: "_random",
        bases: &[],
        layout: Some(Layout::Foreign("Twister")),
        flags: Flags::NO_NEW,
        doc: "",
    })?;
    vm.define(&class, ITEMS);
    module.set("generator", unseeded(&class));
    Ok(module)
}

fn unseeded(class: &ClassRef) -> Value {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    let key = [now.as_nanos() as u32, (now.as_nanos() >> 32) as u32, std::process::id()];
    Value::object(Object::Foreign(Box::new(Generator {
        class: class.clone(),
        twister: RefCell::new(Twister::from_key(&key)),
    })))
}

fn new(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    let like = args.first().and_then(Value::as_foreign::<Generator>);
    Ok(like.map_or(Value::None, |like| unseeded(&like.class)))
}

fn with(args: &[Value], f: impl FnOnce(&mut Twister) -> Value) -> R<Value> {
    match args.first().and_then(Value::as_foreign::<Generator>) {
        Some(generator) => Ok(f(&mut generator.twister.borrow_mut())),
        None => Ok(Value::None),
    }
}

fn seed(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [_, n] = args else { return Ok(Value::None) };
    let Some(n) = n.as_bigint() else {
        return Err(vm.type_error("seed must be an integer"));
    };
    let (_, mut key) = n.abs().to_u32_digits();
    if key.is_empty() {
        key.push(0);
    }
    with(args, |twister| {
        *twister = Twister::from_key(&key);
        Value::None
    })
}

fn bits(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [_, k] = args else { return Ok(Value::None) };
    let k = vm.index(k)?;
    if k < 0 {
        return Err(vm.value_error("number of bits must be non-negative"));
    }
    if k > 1 << 32 {
        return Err(vm.memory_error(""));
    }
    with(args, |twister| {
        let mut left = k as u64;
        let mut words = Vec::with_capacity(left.div_ceil(32) as usize);
        while left > 0 {
            let word = twister.word();
            words.push(if left < 32 { word >> (32 - left) } else { word });
            left = left.saturating_sub(32);
        }
        Value::big(BigInt::from_slice(Sign::Plus, &words))
    })
}

fn get_state(_vm: &mut Vm, args: &[Value]) -> R<Value> {
    with(args, |twister| {
        let words = twister.state.iter().map(|word| Value::int((*word).into()));
        Value::tuple(words.chain([Value::size(twister.at)]).collect::<Vec<_>>())
    })
}

fn set_state(vm: &mut Vm, args: &[Value]) -> R<Value> {
    let [_, state] = args else { return Ok(Value::None) };
    let words: Vec<u32> = state
        .as_tuple()
        .unwrap_or_default()
        .iter()
        .filter_map(|w| w.as_int())
        .map(|w| w as u32)
        .collect();
    if words.len() != N + 1 {
        return Err(vm.value_error("state vector is the wrong size"));
    }
    with(args, |twister| {
        for (slot, word) in twister.state.iter_mut().zip(&words) {
            *slot = *word;
        }
        twister.at = words.last().map_or(N, |at| *at as usize);
        Value::None
    })
}
