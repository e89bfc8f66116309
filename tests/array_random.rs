//! Draws of the generator beside those of PyTorch 2.15, and the state that each leaves behind.

use gradshell::array::print;
use gradshell::array::random::{self, Generator};
use gradshell::array::{Array, Dtype, Result, Scalar, copy};
use rand::Rng;

fn empty(count: i64, dtype: Dtype) -> Array {
    Array::zeros(&[count], dtype).unwrap()
}

fn uniform(g: &mut Generator, count: i64, dtype: Dtype, from: f64, to: f64) -> Array {
    let out = empty(count, dtype);
    random::uniform_(&out, from, to, g).unwrap();
    out
}

fn normal(g: &mut Generator, count: i64, dtype: Dtype) -> Array {
    let out = empty(count, dtype);
    random::normal_(&out, 0.0, 1.0, g).unwrap();
    out
}

fn integers(g: &mut Generator, count: i64, low: i64, high: i64) -> Array {
    let out = empty(count, Dtype::Int64);
    random::random_between_(&out, low, high, g).unwrap();
    out
}

fn whole_range(g: &mut Generator, count: i64, dtype: Dtype) -> Array {
    let out = empty(count, dtype);
    random::random_(&out, g).unwrap();
    out
}

fn permutation(g: &mut Generator, n: i64) -> Array {
    random::randperm(n, Dtype::Int64, g).unwrap()
}

fn filled(g: &mut Generator, count: i64, fill: fn(&Array, &mut Generator) -> Result<()>) -> Array {
    let out = empty(count, Dtype::Float32);
    fill(&out, g).unwrap();
    out
}

fn drawn(g: &mut Generator, parameters: &[f32], draw: fn(&Array, &mut Generator) -> Result<Array>) -> Array {
    draw(&Array::from_vec(&[parameters.len() as i64], parameters).unwrap(), g).unwrap()
}

fn list(array: &Array) -> String {
    let items: Vec<String> = copy::elements(array).into_iter().map(print::scalar).collect();
    format!("[{}]", items.join(", "))
}

type Row = (&'static str, fn(&mut Generator) -> Array, &'static str, f64);

/// What was drawn after `manual_seed(7)`, as `tolist()` shows it, and the float64 uniform drawn next.
#[rustfmt::skip]
const DRAWS: &[Row] = &[
    ("uniform(g, 3, Dtype::Float32, 0.0, 1.0)", |g| uniform(g, 3, Dtype::Float32, 0.0, 1.0), "[0.5349225401878357, 0.19880318641662598, 0.6592116951942444]", 0.2551223938032269),
    ("uniform(g, 3, Dtype::Float64, -2.0, 3.0)", |g| uniform(g, 3, Dtype::Float64, -2.0, 3.0), "[-0.60309785046798, -0.6315314317411718, 2.3104648070881275]", 0.6566884305882014),
    ("uniform(g, 3, Dtype::BFloat16, 0.0, 1.0)", |g| uniform(g, 3, Dtype::BFloat16, 0.0, 1.0), "[0.53515625, 0.19921875, 0.66015625]", 0.2551223938032269),
    ("normal(g, 5, Dtype::Float32)", |g| normal(g, 5, Dtype::Float32), "[-0.1467950940132141, 0.7861412763595581, 0.9468216300010681, -1.1143440008163452, 1.6907901763916016]", 0.2947121080128837),
    ("normal(g, 17, Dtype::Float32)", |g| normal(g, 17, Dtype::Float32), "[-0.8201345205307007, -0.32456663250923157, 1.9263681173324585, -0.3300117254257202, 0.19844505190849304, 0.7820726633071899, 1.0391076803207397, -0.7245107293128967, -0.8489086031913757, -0.21534152328968048, -1.8157286643981934, -0.3452419638633728, -2.0614778995513916, 0.6741006970405579, -1.3233457803726196, -1.3597689867019653, -0.866701602935791]", 0.5525815258617192),
    ("normal(g, 17, Dtype::Float64)", |g| normal(g, 17, Dtype::Float64), "[0.06626753966449943, -0.29104147095938915, 0.45801695358702993, 1.6932749764073567, 1.457454937932726, 1.932214860010293, -1.4418139927522924, 0.7277603478716976, -1.3131496578292892, -2.42925190670235, -0.15213162349367035, -2.6909171061771864, 1.7421050311620636, -0.523961020712386, -0.28387899021947915, 0.45257550210102954, -1.6677291342328766]", 0.7175633186132327),
    ("normal(g, 17, Dtype::Float16)", |g| normal(g, 17, Dtype::Float16), "[-0.8203125, -1.5830078125, -0.324462890625, 1.9267578125, -0.330078125, 0.198486328125, 0.7822265625, 1.0390625, -0.724609375, -0.2093505859375, -0.21533203125, -1.8154296875, -0.34521484375, -2.060546875, 0.67431640625, -1.3232421875, -1.359375]", 0.013204739557714507),
    ("integers(g, 6, -5, 5)", |g| integers(g, 6, -5, 5), "[0, -3, -4, 1, -2, 2]", 0.6566884305882014),
    ("integers(g, 4, 0, 1 << 28)", |g| integers(g, 4, 0, 1 << 28), "[171107524, 27798006, 174903507, 77674087]", 0.9225293674529872),
    ("whole_range(g, 4, Dtype::Int64)", |g| whole_range(g, 4, Dtype::Int64), "[1407639518939636932, 5163590386780219894, 8087222774582268115, 4122204982959224423]", 0.9225293674529872),
    ("whole_range(g, 4, Dtype::Uint8)", |g| whole_range(g, 4, Dtype::Uint8), "[175, 196, 25, 246]", 0.8620929614176255),
    ("permutation(g, 8)", |g| permutation(g, 8), "[7, 0, 3, 4, 1, 5, 2, 6]", 0.03789137744403659),
    ("filled(g, 4, |a, g| random::bernoulli_(a, 0.4, g))", |g| filled(g, 4, |a, g| random::bernoulli_(a, 0.4, g)), "[1.0, 1.0, 0.0, 0.0]", 0.9225293674529872),
    ("filled(g, 4, |a, g| random::exponential_(a, 1.5, g))", |g| filled(g, 4, |a, g| random::exponential_(a, 1.5, g)), "[0.21842928230762482, 0.21318897604942322, 1.3207836151123047, 0.7127445936203003]", 0.9225293674529872),
    ("filled(g, 4, |a, g| random::geometric_(a, 0.3, g))", |g| filled(g, 4, |a, g| random::geometric_(a, 0.3, g)), "[4.0, 4.0, 1.0, 2.0]", 0.9225293674529872),
    ("filled(g, 4, |a, g| random::cauchy_(a, 0.0, 1.0, g))", |g| filled(g, 4, |a, g| random::cauchy_(a, 0.0, 1.0, g)), "[-0.83055579662323, -0.8612030744552612, 2.1618921756744385, 0.5362833142280579]", 0.9225293674529872),
    ("filled(g, 4, |a, g| random::log_normal_(a, 0.5, 0.25, g))", |g| filled(g, 4, |a, g| random::log_normal_(a, 0.5, 0.25, g)), "[1.589311957359314, 2.0067877769470215, 2.0890417098999023, 1.2478399276733398]", 0.9225293674529872),
    ("drawn(g, &[4.0, 40.0, 0.0], random::poisson)", |g| drawn(g, &[4.0, 40.0, 0.0], random::poisson), "[6.0, 41.0, 0.0]", 0.7593572272132831),
    ("drawn(g, &[0.5, 3.0, 1.0], random::standard_gamma)", |g| drawn(g, &[0.5, 3.0, 1.0], random::standard_gamma), "[0.45486846566200256, 7.346036434173584, 1.1008598804473877]", 0.7630434112121387),
    ("drawn(g, &[1.0, 2.0, 3.0], |w, g| random::multinomial(w, 5, true, g))", |g| drawn(g, &[1.0, 2.0, 3.0], |w, g| random::multinomial(w, 5, true, g)), "[1, 1, 2, 2, 2]", 0.8395453757623866),
    ("drawn(g, &[1.0, 2.0, 3.0], |w, g| random::multinomial(w, 2, false, g))", |g| drawn(g, &[1.0, 2.0, 3.0], |w, g| random::multinomial(w, 2, false, g)), "[1, 0]", 0.6566884305882014),
];

#[test]
fn draws_are_pytorchs() {
    for (name, draw, expected, next) in DRAWS {
        let mut generator = Generator::new(7);
        assert_eq!(list(&draw(&mut generator)), *expected, "{name}");
        let after = uniform(&mut generator, 1, Dtype::Float64, 0.0, 1.0);
        assert_eq!(copy::item(&after).unwrap(), Scalar::Float(*next), "after {name}");
    }
}

#[test]
fn state_goes_through_bytes() {
    let mut generator = Generator::new(7);
    normal(&mut generator, 3, Dtype::Float32);
    let state = generator.state();
    assert_eq!(state.len(), 5056);
    // Seed, draws left in the block, seeded, place of the next draw; the waiting normal and its flag.
    assert_eq!(
        state[..24],
        [7, 0, 0, 0, 0, 0, 0, 0, 105, 2, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0]
    );
    assert_eq!(state[5024..5032], [182, 242, 124, 101, 90, 212, 241, 191]);
    assert_eq!(state[5040], 1);
    let mut other = Generator::new(0);
    other.set_state(&state).unwrap();
    let (a, b) = (
        normal(&mut generator, 20, Dtype::Float64),
        normal(&mut other, 20, Dtype::Float64),
    );
    assert_eq!(list(&a), list(&b));
    assert!(other.set_state(&state[1..]).is_err());
}

#[test]
fn it_is_a_generator_of_the_rand_crate() {
    let mut generator = Generator::new(7);
    assert_eq!(generator.next_u32(), 327741615);
    let mut bytes = [0u8; 6];
    generator.fill_bytes(&mut bytes);
    assert_eq!(bytes[..4], 976413892u32.to_le_bytes());
}
