//! The disk traffic of one process.
//!
//! Reading it costs as much as all else about a process, and no process moves data without using processor time. So it
//! is read while a process is busy, and for a while after that, and of any other only when it is told for another reason.
//! The first rate after a long rest is a mean over that rest.

/// For how many ticks after it was busy last a process is read.
const BUSY_TICKS: u32 = 12;
/// For how many ticks one that refused is left alone.
const REFUSED_TICKS: u32 = 12;

/// What a process read and wrote.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Traffic {
    /// The totals of the last reading and its time.
    base: Option<([u64; 2], f64)>,
    rates: Option<[f64; 2]>,
    read_now: bool,
    quiet: u32,
    refused: u32,
}

impl Default for Traffic {
    /// That of a process of which nothing is known: it has to be read once.
    fn default() -> Self {
        Self { base: None, rates: None, read_now: false, quiet: u32::MAX, refused: 0 }
    }
}

impl Traffic {
    /// That of a process which started after `at`, when it had read and written nothing.
    pub(super) fn of_new(at: f64) -> Self {
        Self { base: Some(([0, 0], at)), ..Self::default() }
    }

    /// A tick begins, and since the one before the process was `busy`, or not.
    pub(super) fn tick(&mut self, busy: bool) {
        self.rates = None;
        self.read_now = false;
        self.quiet = if busy { 0 } else { self.quiet.saturating_add(1) };
        self.refused = self.refused.saturating_sub(1);
    }

    /// Whether to read it at this tick without further reason.
    pub(super) fn is_due(&self) -> bool {
        self.can_be_read() && (self.base.is_none() || self.quiet <= BUSY_TICKS)
    }

    /// Whether it may be read at this tick and was not yet.
    pub(super) fn can_be_read(&self) -> bool {
        !self.read_now && self.refused == 0
    }

    /// Takes the totals read at the time `at` in seconds; `None`: the system refused.
    pub(super) fn take(&mut self, totals: Option<[u64; 2]>, at: f64) {
        self.read_now = true;
        let Some(totals) = totals else {
            *self = Self { refused: REFUSED_TICKS, quiet: self.quiet, ..Self::default() };
            return;
        };
        if let Some((before, since)) = self.base.filter(|(_, since)| at > *since) {
            let rate = |now: u64, before: u64| now.saturating_sub(before) as f64 / (at - since);
            let ([read, written], [read_before, written_before]) = (totals, before);
            self.rates = Some([rate(read, read_before), rate(written, written_before)]);
        }
        self.base = Some((totals, at));
    }

    /// Bytes per second read and written, as far as they are known at this tick.
    pub(super) fn rates(&self) -> Option<[f64; 2]> {
        self.rates
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_from_reading_to_reading() {
        let mut traffic = Traffic::default();
        traffic.tick(true);
        traffic.take(Some([100, 50]), 10.0);
        assert_eq!(traffic.rates(), None);
        traffic.tick(true);
        traffic.take(Some([150, 50]), 15.0);
        assert_eq!(traffic.rates(), Some([10.0, 0.0]));
        traffic.tick(false);
        assert_eq!(traffic.rates(), None);
        let mut young = Traffic::of_new(10.0);
        young.take(Some([0, 20]), 15.0);
        assert_eq!(young.rates(), Some([0.0, 4.0]));
    }

    #[test]
    fn one_that_does_nothing_is_read_once() {
        let mut traffic = Traffic::default();
        let read: Vec<_> = (0..5)
            .filter(|_| {
                traffic.tick(false);
                let due = traffic.is_due();
                if due {
                    traffic.take(Some([7, 7]), 1.0);
                }
                due
            })
            .collect();
        assert_eq!(read, [0]);
        traffic.tick(true);
        assert!(traffic.is_due());
    }

    #[test]
    fn the_quiet_are_left_alone_and_so_are_those_that_refuse() {
        let mut traffic = Traffic::default();
        traffic.tick(true);
        traffic.take(Some([0, 0]), 1.0);
        let due: Vec<_> = (0..20)
            .filter(|_| {
                traffic.tick(false);
                traffic.is_due()
            })
            .collect();
        assert_eq!(due.len(), 12);
        assert!(traffic.can_be_read());
        traffic.take(None, 5.0);
        let asked: Vec<_> = (1..30)
            .filter(|_| {
                traffic.tick(true);
                let due = traffic.is_due();
                if due {
                    traffic.take(None, 6.0);
                }
                due
            })
            .collect();
        assert_eq!(asked, [12, 24]);
        assert_eq!(traffic.rates(), None);
    }
}
