/// A stream of pseudo-random numbers, counter-based: its n-th number depends on seed, stream and n alone.
///
/// The n-th number is the finaliser of `SplitMix64` (Steele, Lea and Flood, OOPSLA 2014) of `key + n × γ`, where the key
/// is mixed from seed and stream and γ is the odd number nearest to 2⁶⁴ / φ. Each tree of a forest draws from a stream of
/// its own, so that the forest is the same in whichever order, and on however many threads, its trees are grown.
#[derive(Clone, Debug)]
pub(crate) struct Random {
    key: u64,
    drawn: u64,
}

const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

impl Random {
    /// The stream of that number of a seed.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        Self { key: mix(mix(seed.wrapping_add(GAMMA)).wrapping_add(stream.wrapping_mul(GAMMA))), drawn: 0 }
    }

    pub(crate) fn bits(&mut self) -> u64 {
        self.drawn = self.drawn.wrapping_add(1);
        mix(self.key.wrapping_add(self.drawn.wrapping_mul(GAMMA)))
    }

    /// From 0 up to `end`; 0 when `end` is 0. Lemire's multiplication without rejection: each number is as likely as the
    /// others but for `end / 2⁶⁴`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let wide = u128::from(self.bits()) * end as u128;
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    /// From 0 up to 1.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// `count` of the numbers from 0 up to `end`, each set of them as likely, in rising order; all of them when there
    /// are no more. Floyd's algorithm (Bentley and Floyd, CACM 1987). O(count + end / 64).
    pub(crate) fn sample(&mut self, count: usize, end: usize) -> Vec<usize> {
        if count >= end {
            return (0..end).collect();
        }
        let mut taken = vec![0_u64; end.div_ceil(64)];
        let mut take = |number: usize| {
            let bit = 1 << (number % 64);
            let new = taken[number / 64] & bit == 0;
            taken[number / 64] |= bit;
            new
        };
        for last in end - count..end {
            let drawn = self.below(last + 1);
            if !take(drawn) {
                take(last);
            }
        }
        let mut sample = Vec::with_capacity(count);
        for (word, bits) in taken.iter().enumerate() {
            let mut rest = *bits;
            while rest != 0 {
                sample.push(word * 64 + rest.trailing_zeros() as usize);
                rest &= rest - 1;
            }
        }
        sample
    }
}

fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_sets_of_the_size_asked_for_and_all_alike() {
        let mut seen = [0_u32; 10];
        for stream in 0..10_000 {
            let sample = Random::new(3, stream).sample(4, 10);
            assert_eq!(sample.len(), 4);
            assert!(sample.is_sorted_by(|a, b| a < b), "{sample:?}");
            for number in sample {
                seen[number] += 1;
            }
        }
        // 4000 expected; the standard deviation is 49.
        assert!(seen.iter().all(|count| count.abs_diff(4000) < 250), "{seen:?}");
        assert_eq!(Random::new(3, 0).sample(5, 3), [0, 1, 2]);
        assert!(Random::new(3, 0).sample(5, 0).is_empty());
    }

    #[test]
    fn streams_and_seeds_differ() {
        let first = |seed, stream| Random::new(seed, stream).bits();
        let all = [first(0, 0), first(0, 1), first(1, 0), first(1, 1), first(2, 0), first(0, 2)];
        for (index, one) in all.iter().enumerate() {
            assert!(!all[..index].contains(one));
        }
    }

    #[test]
    fn numbers_fill_their_range_evenly() {
        let mut random = Random::new(7, 0);
        let mean = (0..10_000).map(|_| random.unit()).sum::<f64>() / 1e4;
        assert!((mean - 0.5).abs() < 0.015, "{mean}");
        let mut seen = [0_u32; 7];
        for _ in 0..7000 {
            seen[random.below(7)] += 1;
        }
        assert!(seen.iter().all(|count| count.abs_diff(1000) < 150), "{seen:?}");
        assert_eq!(random.below(0), 0);
    }
}
