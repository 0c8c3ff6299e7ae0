use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use awatch::{Event, EventKind, Severity, Sink};

/// Anomalies of a run, by the highest severity they had.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    opened: [AtomicU64; 4],
}

/// How many anomalies of each severity, from low to critical.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts(pub(crate) [u64; 4]);

impl Counts {
    /// All together.
    pub(crate) fn total(self) -> u64 {
        self.0.iter().sum()
    }

    /// In words: `5 anomalies (2 high, 3 low)`.
    pub(crate) fn to_text(self) -> String {
        match self.total() {
            0 => "no anomalies".to_owned(),
            total => {
                let parts = self.by_severity().rev().filter(|(_, count)| *count > 0);
                let parts: Vec<String> =
                    parts.map(|(severity, count)| format!("{count} {severity}")).collect();
                let noun = if total == 1 { "anomaly" } else { "anomalies" };
                format!("{total} {noun} ({})", parts.join(", "))
            }
        }
    }

    /// With the names of the severities, from low to critical.
    pub(crate) fn by_severity(self) -> impl DoubleEndedIterator<Item = (Severity, u64)> {
        Severity::ALL.into_iter().zip(self.0)
    }
}

impl Tally {
    /// A sink that counts.
    pub(crate) fn sink(self: &Arc<Self>) -> impl Sink + 'static {
        let tally = Arc::clone(self);
        let mut known = std::collections::BTreeMap::new();
        awatch::sink::from_fn("awatch-tally", move |event| tally.count(event, &mut known))
    }

    /// What was counted so far.
    pub(crate) fn counts(&self) -> Counts {
        Counts(std::array::from_fn(|place| {
            self.opened.get(place).map_or(0, |count| count.load(Ordering::Relaxed))
        }))
    }

    /// An anomaly counts once, with its highest severity; `known` has the open ones.
    fn count(&self, event: &Event, known: &mut std::collections::BTreeMap<awatch::AnomalyId, Severity>) {
        match &event.kind {
            EventKind::AnomalyOpened { anomaly } | EventKind::AnomalyChanged { anomaly } => {
                let before = known.insert(anomaly.id, anomaly.severity);
                if before != Some(anomaly.severity) {
                    if let Some(before) = before {
                        self.of(before).fetch_sub(1, Ordering::Relaxed);
                    }
                    self.of(anomaly.severity).fetch_add(1, Ordering::Relaxed);
                }
            }
            EventKind::AnomalyClosed { anomaly, .. } => drop(known.remove(&anomaly.id)),
            _ => {}
        }
    }

    fn of(&self, severity: Severity) -> &AtomicU64 {
        let [low, medium, high, critical] = &self.opened;
        match severity {
            Severity::Low => low,
            Severity::Medium => medium,
            Severity::High => high,
            Severity::Critical => critical,
        }
    }
}
