/// A cumulative total of whole things; what is left of one is kept for the next tick.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Total {
    whole: f64,
    rest: f64,
}

impl Total {
    pub(super) fn starting_at(whole: f64) -> Self {
        Self { whole: whole.floor(), rest: 0.0 }
    }

    /// Adds so many, and answers how many whole ones it has grown by.
    pub(super) fn add(&mut self, amount: f64) -> f64 {
        self.rest += amount.max(0.0);
        let grown = self.rest.floor();
        self.rest -= grown;
        self.whole += grown;
        grown
    }

    pub(super) fn value(self) -> f64 {
        self.whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_and_nothing_falls() {
        let mut total = Total::starting_at(7.9);
        let grown: f64 = (0..100).map(|_| total.add(0.25)).sum();
        assert!((grown - 25.0).abs() < 1e-9 && (total.value() - 32.0).abs() < 1e-9);
        assert!(total.add(-5.0).abs() < 1e-9);
    }
}
