//! Random numbers of a seed and a path, the same on every machine.

use super::arithmetic::exp;

/// A stream of random numbers: `SplitMix64` (Steele, Lea and Flood 2014).
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
const ROOT_OF_THREE: f64 = 1.732_050_807_568_877_2;

/// Above this mean a count is drawn from a normal distribution.
const LARGE_MEAN: f64 = 24.0;

impl Random {
    /// The stream at `path` of `seed`; streams of different paths have nothing to do with each other.
    pub(super) fn new(seed: u64, path: &[u64]) -> Self {
        let step = |state: u64, part: &u64| mix(state.wrapping_add(GOLDEN) ^ mix(part.wrapping_add(GOLDEN)));
        Self(path.iter().fold(mix(seed ^ GOLDEN), step))
    }

    pub(super) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN);
        mix(self.0)
    }

    /// From 0 up to 1.
    pub(super) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// From `low` up to `high`.
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// Mean 0, standard deviation 1, at most 3.46 away: the sum of four even numbers (Irwin and Hall 1927).
    pub(super) fn normal(&mut self) -> f64 {
        let bits = self.bits();
        let part = |shift: u32| (bits >> shift) & 0xffff;
        let sum = part(0) + part(16) + part(32) + part(48);
        (sum as f64 / 65_536.0 - 2.0 + 2.0 / 65_536.0) * ROOT_OF_THREE
    }

    /// How often something happens that happens `mean` times on average: Poisson. One draw, whatever comes out.
    pub(super) fn count(&mut self, mean: f64) -> f64 {
        if mean > LARGE_MEAN {
            return (mean + mean.sqrt() * self.normal()).round().max(0.0);
        }
        let (chance, mean) = (self.unit(), mean.max(0.0));
        let (mut term, mut n) = (exp(-mean), 0.0);
        let mut sum = term;
        while chance >= sum && n < 4.0 * LARGE_MEAN {
            n += 1.0;
            term *= mean / n;
            sum += term;
        }
        n
    }
}

/// The finaliser of `SplitMix64`.
fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// Noise that remembers: mean 0, standard deviation 1, correlated over its time constant (Ornstein and Uhlenbeck 1930,
/// in the exact discrete form). Any step gives the same distribution.
#[derive(Clone, Debug)]
pub(super) struct Wander {
    time_constant: f64,
    value: f64,
    keep: f64,
    kick: f64,
}

impl Wander {
    /// Noise with that time constant in seconds, begun anywhere.
    pub(super) fn new(time_constant: f64, random: &mut Random) -> Self {
        Self { time_constant, value: random.normal(), keep: 0.0, kick: 1.0 }
    }

    /// From now on steps are so many seconds.
    pub(super) fn pace(&mut self, step: f64) {
        self.keep = exp(-step / self.time_constant);
        self.kick = (1.0 - self.keep * self.keep).sqrt();
    }

    pub(super) fn step(&mut self, random: &mut Random) -> f64 {
        self.value = self.keep * self.value + self.kick * random.normal();
        self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(values: &[f64]) -> (f64, f64) {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / values.len() as f64;
        (mean, variance)
    }

    #[test]
    fn numbers_have_the_distribution_they_should() {
        let mut random = Random::new(1, &[2]);
        let normal: Vec<f64> = (0..100_000).map(|_| random.normal()).collect();
        let (mean, variance) = moments(&normal);
        assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.02, "{mean} {variance}");
        for expected in [0.0, 0.3, 5.0, 23.0, 400.0] {
            let counts: Vec<f64> = (0..50_000).map(|_| random.count(expected)).collect();
            let (mean, variance) = moments(&counts);
            assert!((mean - expected).abs() < 0.02 * expected.max(0.5), "{mean} {expected}");
            assert!((variance - expected).abs() < 0.06 * expected.max(0.5), "{variance} {expected}");
        }
    }

    #[test]
    fn noise_remembers_for_its_time_constant_at_any_step() {
        for step in [1.0, 10.0] {
            let mut random = Random::new(7, &[]);
            let mut wander = Wander::new(60.0, &mut random);
            wander.pace(step);
            let values: Vec<f64> = (0..100_000).map(|_| wander.step(&mut random)).collect();
            let (_, variance) = moments(&values);
            assert!((variance - 1.0).abs() < 0.1, "{variance}");
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "60 or 6")]
            let lag = (60.0 / step) as usize;
            let products: Vec<f64> = values.iter().zip(values.iter().skip(lag)).map(|(a, b)| a * b).collect();
            let (correlation, _) = moments(&products);
            assert!((correlation - 0.368).abs() < 0.08, "{correlation}");
        }
    }

    #[test]
    fn streams_of_different_paths_differ() {
        let first = |path: &[u64]| Random::new(3, path).bits();
        assert_ne!(first(&[1, 2]), first(&[2, 1]));
        assert_ne!(first(&[]), first(&[0]));
        assert_eq!(first(&[5]), first(&[5]));
    }
}
