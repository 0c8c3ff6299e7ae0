//! What a series is, as the files say it.

use awatch_core::series::{Labels, Name, Target, Unit};
use awatch_core::{Interval, Kind, SeriesKey, SeriesMeta};
use serde::{Deserialize, Serialize};

/// A series in the log and in the footer of a segment, as JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Definition {
    target: Name,
    #[serde(default, skip_serializing_if = "Labels::is_empty")]
    attributes: Labels,
    metric: Name,
    #[serde(default, skip_serializing_if = "Labels::is_empty")]
    labels: Labels,
    unit: Unit,
    kind: KindName,
    interval: Interval,
}

/// How the numbers of a series follow from each other, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum KindName {
    Gauge,
    Counter,
    Delta,
}

impl KindName {
    /// The name of a kind; `None` for one that this format has no name for.
    pub(super) fn of(kind: Kind) -> Option<Self> {
        match kind {
            Kind::Gauge => Some(Self::Gauge),
            Kind::CumulativeCounter => Some(Self::Counter),
            Kind::DeltaSum => Some(Self::Delta),
            _ => None,
        }
    }

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Gauge => "gauge",
            Self::Counter => "counter",
            Self::Delta => "delta",
        }
    }

    fn kind(self) -> Kind {
        match self {
            Self::Gauge => Kind::Gauge,
            Self::Counter => Kind::CumulativeCounter,
            Self::Delta => Kind::DeltaSum,
        }
    }
}

impl Definition {
    /// What describes `meta`; `None` when its kind has no name in this format.
    pub(super) fn of(meta: &SeriesMeta) -> Option<Self> {
        let target = meta.key.target();
        Some(Self {
            target: target.id().clone(),
            attributes: target.attributes().clone(),
            metric: meta.key.metric().clone(),
            labels: meta.key.labels().clone(),
            unit: meta.unit.clone(),
            kind: KindName::of(meta.kind)?,
            interval: meta.interval,
        })
    }

    pub(super) fn meta(self) -> SeriesMeta {
        let target = Target::with_attributes(self.target, self.attributes);
        let key = SeriesKey::new(target, self.metric, self.labels);
        SeriesMeta { key, unit: self.unit, kind: self.kind.kind(), interval: self.interval }
    }
}

/// A definition after another: what is the same is left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Change {
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attributes: Option<Labels>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metric: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    labels: Option<Labels>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<Unit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<KindName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interval: Option<Interval>,
    /// How many rows are of the series.
    pub(super) rows: u64,
}

impl Change {
    /// What of `next` is not as in `before`.
    pub(super) fn between(before: Option<&Definition>, next: &Definition, rows: u64) -> Self {
        fn changed<T: Clone + PartialEq>(before: Option<&T>, next: &T) -> Option<T> {
            (before != Some(next)).then(|| next.clone())
        }
        let none = Labels::none();
        Self {
            target: changed(before.map(|b| &b.target), &next.target),
            attributes: changed(Some(before.map_or(&none, |b| &b.attributes)), &next.attributes),
            metric: changed(before.map(|b| &b.metric), &next.metric),
            labels: changed(Some(before.map_or(&none, |b| &b.labels)), &next.labels),
            unit: changed(before.map(|b| &b.unit), &next.unit),
            kind: changed(before.map(|b| &b.kind), &next.kind),
            interval: changed(before.map(|b| &b.interval), &next.interval),
            rows,
        }
    }

    /// The definition after `before`; `None` when something is said nowhere.
    pub(super) fn after(self, before: Option<&Definition>) -> Option<Definition> {
        Some(Definition {
            target: self.target.or_else(|| before.map(|b| b.target.clone()))?,
            attributes: self.attributes.or_else(|| before.map(|b| b.attributes.clone())).unwrap_or_default(),
            metric: self.metric.or_else(|| before.map(|b| b.metric.clone()))?,
            labels: self.labels.or_else(|| before.map(|b| b.labels.clone())).unwrap_or_default(),
            unit: self.unit.or_else(|| before.map(|b| b.unit.clone()))?,
            kind: self.kind.or_else(|| before.map(|b| b.kind))?,
            interval: self.interval.or_else(|| before.map(|b| b.interval))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meta(metric: &str, labels: &[(&str, &str)]) -> SeriesMeta {
        let attributes = Labels::new([("os.type", "linux")]).unwrap();
        let target = Target::with_attributes(Name::new("web-1").unwrap(), attributes);
        let labels = Labels::new(labels.iter().copied()).unwrap();
        let key = SeriesKey::new(target, Name::new(metric).unwrap(), labels);
        SeriesMeta { key, unit: Unit::BYTES, kind: Kind::CumulativeCounter, interval: Interval::SECOND }
    }

    #[test]
    fn a_definition_is_readable_and_complete() {
        let meta = meta("disk.io", &[("device", "sda")]);
        let definition = Definition::of(&meta).unwrap();
        let text = serde_json::to_string(&definition).unwrap();
        assert_eq!(
            text,
            r#"{"target":"web-1","attributes":{"os.type":"linux"},"metric":"disk.io","labels":{"device":"sda"},"unit":"By","kind":"counter","interval":"1s"}"#
        );
        let back: Definition = serde_json::from_str(&text).unwrap();
        let back = back.meta();
        assert_eq!((&back, back.key.target().attributes()), (&meta, meta.key.target().attributes()));
    }

    #[test]
    fn a_change_says_only_what_changed() {
        let first = Definition::of(&meta("disk.io", &[("device", "sda")])).unwrap();
        let second = Definition::of(&meta("disk.io", &[])).unwrap();
        let change = Change::between(Some(&first), &second, 5);
        assert_eq!(serde_json::to_string(&change).unwrap(), r#"{"labels":{},"rows":5}"#);
        assert_eq!(change.after(Some(&first)), Some(second.clone()));
        let whole = Change::between(None, &second, 5);
        assert_eq!(whole.clone().after(None), Some(second));
        assert_eq!(Change { target: None, ..whole }.after(None), None);
    }
}
