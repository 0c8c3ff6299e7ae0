use awatch_core::{Kind, Unit};

/// What one metric of a collector is called and means.
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
    /// What it says, in one sentence or two.
    pub meaning: &'static str,
}

impl Metric {
    /// A number that goes up and down.
    pub(crate) const fn gauge(
        name: &'static str,
        unit: &'static str,
        labels: &'static [&'static str],
        meaning: &'static str,
    ) -> Self {
        Self { name, unit, kind: Kind::Gauge, labels, meaning }
    }

    /// A total since the start.
    pub(crate) const fn counter(
        name: &'static str,
        unit: &'static str,
        labels: &'static [&'static str],
        meaning: &'static str,
    ) -> Self {
        Self { name, unit, kind: Kind::CumulativeCounter, labels, meaning }
    }

    /// Its unit.
    #[must_use]
    pub fn unit(&self) -> Unit {
        Unit::new(self.unit)
    }
}
