//! Plane rotations.

use super::matrix::{Field, Matrix};

/// `a` with the sign of `b`.
pub fn sign(a: f64, b: f64) -> f64 {
    a.abs().copysign(b)
}

/// Cosine, sine and length that turn (f, g) into (r, 0); r has the sign of f.
pub fn generate(f: f64, g: f64) -> (f64, f64, f64) {
    if g == 0.0 {
        (1.0, 0.0, f)
    } else if f == 0.0 {
        (0.0, sign(1.0, g), g.abs())
    } else {
        let length = f.hypot(g);
        let r = sign(length, f);
        (f.abs() / length, g / r, r)
    }
}

/// A rotation of two neighbouring columns or rows.
#[derive(Clone, Copy)]
pub struct Rotation {
    /// The first of the two.
    pub at: usize,
    pub cos: f64,
    pub sin: f64,
}

impl Rotation {
    pub fn columns<T: Field>(self, z: &mut Matrix<T>) {
        for r in 0..z.rows {
            let (x, y) = (z.at(r, self.at), z.at(r, self.at + 1));
            z.set(r, self.at + 1, y.scale(self.cos) - x.scale(self.sin));
            z.set(r, self.at, y.scale(self.sin) + x.scale(self.cos));
        }
    }

    pub fn rows<T: Field>(self, z: &mut Matrix<T>) {
        for c in 0..z.columns {
            let (x, y) = (z.at(self.at, c), z.at(self.at + 1, c));
            z.set(self.at + 1, c, y.scale(self.cos) - x.scale(self.sin));
            z.set(self.at, c, y.scale(self.sin) + x.scale(self.cos));
        }
    }
}
