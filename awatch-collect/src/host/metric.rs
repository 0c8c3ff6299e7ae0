//! What each metric is.

use awatch_core::{Kind, Unit};

use super::{Group, groups};

/// What one metric of the host collector is called and means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// The UCUM code of its unit.
    pub unit: &'static str,
    /// How its numbers follow from each other.
    pub kind: Kind,
    /// The names of the labels that each of its series has.
    pub labels: &'static [&'static str],
    /// The group that reports it.
    pub group: Group,
    /// What it says, in one sentence.
    pub meaning: &'static str,
}

impl Metric {
    /// Its unit.
    #[must_use]
    pub fn unit(&self) -> Unit {
        Unit::new(self.unit)
    }
}

/// All metrics that the host collector can report on this platform, group by group.
///
/// # Example
/// ```
/// for metric in awatch_collect::host::metrics() {
///     println!("{} ({}): {}", metric.name, metric.unit, metric.meaning);
/// }
/// ```
pub fn metrics() -> impl Iterator<Item = &'static Metric> {
    groups::METRICS.into_iter().flatten()
}
