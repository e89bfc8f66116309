//! mt19937, the Mersenne Twister of Matsumoto and Nishimura.

pub(super) const N: usize = 624;
const M: usize = 397;

/// The engine; `left` and `next` count as PyTorch's state does.
#[derive(Clone)]
pub struct Mersenne {
    pub(super) state: [u32; N],
    /// Draws until the state is renewed, plus one.
    pub(super) left: u32,
    /// The place of the next draw.
    pub(super) next: u32,
}

#[inline(always)]
fn mix(u: u32, v: u32) -> u32 {
    ((u & 0x8000_0000 | v & 0x7fff_ffff) >> 1) ^ ((v & 1).wrapping_neg() & 0x9908_b0df)
}

#[inline(always)]
fn temper(y: u32) -> u32 {
    let y = y ^ y >> 11;
    let y = y ^ y << 7 & 0x9d2c_5680;
    let y = y ^ y << 15 & 0xefc6_0000;
    y ^ y >> 18
}

impl Mersenne {
    pub fn new(seed: u32) -> Mersenne {
        let mut state = [seed; N];
        for i in 1..N {
            let last = state[i - 1];
            state[i] = 1_812_433_253u32.wrapping_mul(last ^ last >> 30).wrapping_add(i as u32);
        }
        Mersenne {
            state,
            left: 1,
            next: 0,
        }
    }

    fn renew(&mut self) {
        let s = &mut self.state;
        for i in 0..N - M {
            s[i] = s[i + M] ^ mix(s[i], s[i + 1]);
        }
        for i in N - M..N - 1 {
            s[i] = s[i + M - N] ^ mix(s[i], s[i + 1]);
        }
        s[N - 1] = s[M - 1] ^ mix(s[N - 1], s[0]);
        self.left = N as u32;
        self.next = 0;
    }

    /// 32 random bits.
    #[inline]
    pub fn next(&mut self) -> u32 {
        self.left -= 1;
        if self.left == 0 {
            self.renew();
        }
        let y = self.state[self.next as usize % N];
        self.next += 1;
        temper(y)
    }

    /// As many draws as the slice holds, a block of the state at a time.
    pub fn fill(&mut self, out: &mut [u32]) {
        let mut rest = out;
        while !rest.is_empty() {
            if self.left == 1 {
                self.renew();
                self.left += 1;
            }
            let count = rest.len().min(self.left as usize - 1);
            let (now, later) = rest.split_at_mut(count);
            let start = self.next as usize;
            for (out, &y) in now.iter_mut().zip(self.state.iter().skip(start)) {
                *out = temper(y);
            }
            self.next += count as u32;
            self.left -= count as u32;
            rest = later;
        }
    }
}
