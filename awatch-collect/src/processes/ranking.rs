//! Which processes take most.

/// What one process demands; `None`: it is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Demand {
    /// Processor time per time: 1 is one whole processor.
    pub(super) cpu: Option<f64>,
    /// Resident memory in bytes.
    pub(super) rss: u64,
    /// Bytes per second read from disks, and written to them.
    pub(super) io: Option<[f64; 2]>,
}

/// By what a process is among the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Among {
    pub(super) cpu: bool,
    pub(super) memory: bool,
    pub(super) io: bool,
}

/// The places of those that are among the first `top` by processor time, by memory or by disk traffic, in the order of
/// their places. What demands nothing is among the first of nothing; of two equal ones the earlier counts more.
///
/// O(n + top · log top) for n processes.
pub(super) fn leaders(demands: &[Demand], top: usize) -> Vec<(usize, Among)> {
    let by_cpu = first(demands, top, |demand| demand.cpu.unwrap_or(0.0));
    let by_memory = first(demands, top, |demand| demand.rss as f64);
    let by_io = first(demands, top, |demand| demand.io.map_or(0.0, |[read, write]| read + write));
    let mut places: Vec<_> = [&by_cpu, &by_memory, &by_io].into_iter().flatten().copied().collect();
    places.sort_unstable();
    places.dedup();
    let among = |place: usize| Among {
        cpu: by_cpu.contains(&place),
        memory: by_memory.contains(&place),
        io: by_io.contains(&place),
    };
    places.into_iter().map(|place| (place, among(place))).collect()
}

fn first(demands: &[Demand], top: usize, key: impl Fn(&Demand) -> f64) -> Vec<usize> {
    let mut keys: Vec<(f64, usize)> = demands
        .iter()
        .enumerate()
        .map(|(place, demand)| (key(demand), place))
        .filter(|(key, _)| *key > 0.0)
        .collect();
    if top == 0 {
        return Vec::new();
    }
    let larger = |a: &(f64, usize), b: &(f64, usize)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
    if keys.len() > top {
        keys.select_nth_unstable_by(top - 1, larger);
        keys.truncate(top);
    }
    keys.into_iter().map(|(_, place)| place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn demand(cpu: f64, rss: u64, io: Option<[f64; 2]>) -> Demand {
        Demand { cpu: Some(cpu), rss, io }
    }

    #[test]
    fn each_ranking_is_its_own() {
        let demands = [
            demand(0.5, 1, None),
            demand(0.1, 900, Some([0.0, 0.0])),
            demand(0.0, 0, Some([5.0, 7.0])),
            Demand { cpu: None, rss: 950, io: None },
            demand(0.5, 2, Some([9.0, 0.0])),
        ];
        let found = leaders(&demands, 1);
        let places: Vec<_> = found.iter().map(|(place, _)| *place).collect();
        assert_eq!(places, [0, 2, 3]);
        assert_eq!(found.first().unwrap().1, Among { cpu: true, ..Among::default() });
        assert_eq!(found.get(1).unwrap().1, Among { io: true, ..Among::default() });
        assert_eq!(leaders(&demands, 0), []);
        assert_eq!(leaders(&[Demand::default(); 3], 5), []);
    }

    proptest! {
        #[test]
        fn the_first_are_the_first_of_a_full_sort(keys in proptest::collection::vec(0_u64..50, 0..40), top in 0_usize..12) {
            let demands: Vec<_> = keys.iter().map(|rss| Demand { rss: *rss, ..Demand::default() }).collect();
            let mut sorted: Vec<_> = keys.iter().copied().enumerate().filter(|(_, key)| *key > 0).collect();
            sorted.sort_by_key(|(place, key)| (std::cmp::Reverse(*key), *place));
            let mut expected: Vec<_> = sorted.into_iter().take(top).map(|(place, _)| place).collect();
            expected.sort_unstable();
            let found: Vec<_> = leaders(&demands, top).into_iter().map(|(place, _)| place).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
