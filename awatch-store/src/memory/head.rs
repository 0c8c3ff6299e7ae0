//! The newest samples of one series, not yet compressed.

use super::chunk::Chunk;

/// How many places a head grows by. Small, so that little stands empty; a multiple of a cache line.
const GROWTH: usize = 32;

/// A run of one value at least this long is sealed by itself when the value changes: it then costs no bytes.
const RUN: u32 = 64;

/// Samples in ascending time. While they lie on a grid no times are kept, while they are all one value no values.
#[derive(Clone, Debug, Default)]
pub(super) struct Head {
    first: i64,
    last: i64,
    step: i64,
    count: u32,
    /// The value of all samples while `values` is empty.
    constant: f64,
    values: Vec<f64>,
    /// Empty while on the grid.
    times: Vec<i64>,
}

/// What a sample did to the head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pushed {
    /// It is there.
    Added,
    /// It replaced the sample of the same instant.
    Replaced,
    /// The value changed after a long run: seal the run, then push again.
    SealFirst,
}

impl Head {
    pub(super) fn len(&self) -> usize {
        self.count as usize
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(super) fn first(&self) -> i64 {
        self.first
    }

    pub(super) fn last(&self) -> i64 {
        self.last
    }

    /// Whether all samples are one value.
    pub(super) fn is_constant(&self) -> bool {
        self.values.is_empty()
    }

    pub(super) fn heap_bytes(&self) -> usize {
        super::history::vec_bytes(&self.values) + super::history::vec_bytes(&self.times)
    }

    /// Starts with one sample; `step` is where the next is expected.
    pub(super) fn start(&mut self, at: i64, value: f64, step: i64) {
        *self = Self { first: at, last: at, step, count: 1, constant: value, ..Self::default() };
    }

    /// Empties it and gives its memory back.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Adds a sample when it is the next one on the grid and there is a place for it; answers whether it was.
    #[inline]
    pub(super) fn push_next(&mut self, at: i64, value: f64) -> bool {
        if !self.times.is_empty() || self.last.checked_add(self.step) != Some(at) {
            return false;
        }
        if self.values.is_empty() {
            if value.to_bits() != self.constant.to_bits() {
                return false;
            }
        } else if self.values.len() < self.values.capacity() {
            self.values.push(value);
        } else {
            return false;
        }
        self.last = at;
        self.count += 1;
        true
    }

    /// Adds a sample at or after the first one of a head that is not empty.
    pub(super) fn push(&mut self, at: i64, value: f64) -> Pushed {
        if self.push_next(at, value) {
            return Pushed::Added;
        }
        if at <= self.last {
            return self.insert(at, value);
        }
        let changes = self.values.is_empty() && value.to_bits() != self.constant.to_bits();
        if changes && self.count >= RUN && self.times.is_empty() {
            return Pushed::SealFirst;
        }
        if self.count == 1 {
            self.settle_step(at);
        }
        if !self.times.is_empty() || self.last.checked_add(self.step) != Some(at) {
            self.list_times();
            grow(&mut self.times);
            self.times.push(at);
        }
        if changes {
            self.list_values();
        }
        if !self.values.is_empty() {
            grow(&mut self.values);
            self.values.push(value);
        }
        self.last = at;
        self.count += 1;
        Pushed::Added
    }

    /// With a second sample the grid is known.
    fn settle_step(&mut self, second: i64) {
        if let Some(step) = second.checked_sub(self.first) {
            self.step = step;
        }
    }

    fn insert(&mut self, at: i64, value: f64) -> Pushed {
        self.list_values();
        let place = match self.place(at) {
            Ok(known) => {
                if let Some(old) = self.values.get_mut(known) {
                    *old = value;
                }
                return Pushed::Replaced;
            }
            Err(place) => place,
        };
        self.list_times();
        grow(&mut self.times);
        grow(&mut self.values);
        self.times.insert(place, at);
        self.values.insert(place, value);
        self.count += 1;
        Pushed::Added
    }

    /// Where the sample of that instant is, or would be.
    fn place(&self, at: i64) -> Result<usize, usize> {
        if !self.times.is_empty() {
            return self.times.binary_search(&at);
        }
        let after = at.saturating_sub(self.first);
        let step = self.step.max(1);
        let place = usize::try_from(after / step).unwrap_or(0);
        if after % step == 0 { Ok(place) } else { Err(place + 1) }
    }

    fn list_times(&mut self) {
        if self.times.is_empty() {
            self.times.reserve_exact(self.len() + GROWTH);
            let (first, step) = (self.first, self.step);
            self.times.extend((0..i64::from(self.count)).map(|n| first + n * step));
        }
    }

    fn list_values(&mut self) {
        if self.values.is_empty() {
            self.values.reserve_exact(self.len() + GROWTH);
            self.values.resize(self.len(), self.constant);
        }
    }

    /// The samples compressed; `None` when there are none.
    pub(super) fn seal(&self) -> Option<Chunk> {
        if !self.times.is_empty() {
            let (mut times, mut values) = (Vec::new(), Vec::new());
            self.copy_into(&mut times, &mut values);
            return Chunk::new(&times, &values);
        }
        let step = if self.count == 1 { 0 } else { self.step };
        if self.is_constant() {
            Chunk::constant(self.first, step, self.count, self.constant)
        } else {
            Chunk::on_grid(self.first, step, &self.values)
        }
    }

    /// Appends the samples to the two rows.
    pub(super) fn copy_into(&self, times: &mut Vec<i64>, values: &mut Vec<f64>) {
        if self.times.is_empty() {
            let (first, step) = (self.first, self.step);
            times.extend((0..i64::from(self.count)).map(|n| first + n * step));
        } else {
            times.extend_from_slice(&self.times);
        }
        if self.values.is_empty() {
            values.extend(std::iter::repeat_n(self.constant, self.len()));
        } else {
            values.extend_from_slice(&self.values);
        }
    }

    /// Removes the samples before `cutoff` and answers how many.
    pub(super) fn trim(&mut self, cutoff: i64) -> usize {
        if self.is_empty() || self.first >= cutoff {
            return 0;
        }
        if self.last < cutoff {
            let gone = self.len();
            self.clear();
            return gone;
        }
        let gone = match self.place(cutoff) {
            Ok(place) | Err(place) => place,
        };
        let left = self.len() - gone;
        if self.times.is_empty() {
            self.first += self.step * i64::try_from(gone).unwrap_or(0);
        } else {
            self.times.drain(..gone);
            self.first = self.times.first().copied().unwrap_or(self.last);
        }
        self.values.drain(..gone.min(self.values.len()));
        self.count = u32::try_from(left).unwrap_or(0);
        gone
    }
}

/// Makes room for one more without the doubling of `Vec`.
pub(super) fn grow<T>(list: &mut Vec<T>) {
    if list.len() == list.capacity() {
        list.reserve_exact(GROWTH);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(head: &Head) -> (Vec<i64>, Vec<f64>) {
        let (mut times, mut values) = (Vec::new(), Vec::new());
        head.copy_into(&mut times, &mut values);
        (times, values)
    }

    fn grid(count: i64) -> Head {
        let mut head = Head::default();
        head.start(0, 1.0, 10);
        for n in 1..count {
            assert_eq!(head.push(n * 10, 1.0), Pushed::Added);
        }
        head
    }

    #[test]
    fn one_value_on_a_grid_takes_no_memory() {
        assert_eq!(grid(500).heap_bytes(), 0);
        assert_eq!(samples(&grid(3)), (vec![0, 10, 20], vec![1.0; 3]));
    }

    #[test]
    fn a_value_that_changes_after_a_long_run_asks_to_seal_it() {
        assert_eq!(grid(64).push(640, 2.0), Pushed::SealFirst);
        let mut short = grid(3);
        assert_eq!(short.push(30, 2.0), Pushed::Added);
        assert_eq!(short.push(40, 3.0), Pushed::Added);
        assert_eq!(samples(&short).1, [1.0, 1.0, 1.0, 2.0, 3.0]);
    }

    #[test]
    fn samples_off_the_grid_late_and_twice_find_their_place() {
        let mut head = grid(4);
        assert_eq!(head.push(10, 7.0), Pushed::Replaced);
        assert_eq!(head.push(15, 8.0), Pushed::Added);
        assert_eq!(head.push(15, 9.0), Pushed::Replaced);
        assert_eq!(head.push(100, 3.0), Pushed::Added);
        assert_eq!(samples(&head), (vec![0, 10, 15, 20, 30, 100], vec![1.0, 7.0, 9.0, 1.0, 1.0, 3.0]));
    }

    #[test]
    fn trimming_keeps_what_is_at_the_cutoff() {
        for cutoff in -5..45 {
            let mut head = grid(4);
            let kept: Vec<i64> = [0, 10, 20, 30].into_iter().filter(|at| *at >= cutoff).collect();
            assert_eq!(head.trim(cutoff), 4 - kept.len(), "{cutoff}");
            assert_eq!(samples(&head).0, kept, "{cutoff}");
        }
    }

    #[test]
    fn a_sealed_head_holds_the_same() {
        let mut head = grid(5);
        head.push(41, -0.0);
        let (mut times, mut values) = (Vec::new(), Vec::new());
        head.seal().unwrap().decode(&mut times, &mut values).unwrap();
        assert_eq!(
            (times, values.last().map(|v| v.to_bits())),
            (samples(&head).0, Some((-0.0_f64).to_bits()))
        );
    }
}
