//! Numbers of one step, summed up as they come.

use awatch_core::store::Bucket;

use super::Aggregation;

/// What is known of a step so far. Each number is an amount over a span; the number itself is their quotient. A gauge
/// has spans of one, a counter grows by an amount in a span of seconds.
#[derive(Clone, Debug, Default)]
pub(super) struct Accumulator {
    count: u64,
    amount: f64,
    span: f64,
    min: f64,
    max: f64,
    last: f64,
    /// All numbers, for quantiles only.
    numbers: Vec<f64>,
}

impl Accumulator {
    /// Adds `amount` that came up over `span`, which is more than nothing.
    pub(super) fn add(&mut self, amount: f64, span: f64) {
        let number = amount / span;
        self.widen(number, number);
        self.count += 1;
        self.amount += amount;
        self.span += span;
        self.last = number;
    }

    /// Adds one number, and keeps it too.
    pub(super) fn keep(&mut self, amount: f64, span: f64) {
        self.add(amount, span);
        self.numbers.push(amount / span);
    }

    /// Adds the numbers of a summary, each over `span`.
    pub(super) fn merge(&mut self, bucket: &Bucket, span: f64) {
        self.widen(bucket.min / span, bucket.max / span);
        self.count += bucket.count;
        self.amount += bucket.sum;
        self.span += span * bucket.count as f64;
        self.last = bucket.last / span;
    }

    /// Adds what happened over a time of which nothing but the growth is known.
    pub(super) fn grow(&mut self, by: f64, seconds: f64) {
        self.count += 1;
        self.amount += by;
        self.span += seconds;
    }

    fn widen(&mut self, min: f64, max: f64) {
        if self.count == 0 {
            (self.min, self.max) = (min, max);
        } else {
            (self.min, self.max) = (self.min.min(min), self.max.max(max));
        }
    }

    /// How many numbers are kept.
    pub(super) fn kept(&self) -> usize {
        self.numbers.len()
    }

    /// What it comes to; empty afterwards. `None` when nothing was added.
    pub(super) fn take(&mut self, aggregation: Aggregation) -> Option<f64> {
        let count = std::mem::take(&mut self.count);
        if count == 0 {
            return None;
        }
        let (amount, span) = (std::mem::take(&mut self.amount), std::mem::take(&mut self.span));
        match aggregation {
            Aggregation::Avg | Aggregation::Rate => Some(amount / span),
            Aggregation::Min => Some(self.min),
            Aggregation::Max => Some(self.max),
            Aggregation::Sum => Some(amount),
            Aggregation::Count => Some(count as f64),
            Aggregation::Last | Aggregation::Total => Some(self.last),
            Aggregation::Quantile(quantile) => {
                let found = quantile.of(&mut self.numbers);
                self.numbers.clear();
                found
            }
        }
    }
}
