//! An answer for spreadsheets: a row per value.

use std::fmt::Write;

use awatch::store::query::{Answer, Extent};
use awatch::{Labels, Timestamp};

use super::kind;

/// A row per series and step, series after series; an empty value where there is none.
pub(super) fn answer(answer: &Answer, time: impl Fn(Timestamp) -> String) -> String {
    let mut out = "time,target,metric,labels,unit,aggregation,value\n".to_owned();
    let times: Vec<String> = answer
        .curves
        .first()
        .map(|curve| curve.points().map(|(at, _)| time(at)).collect())
        .unwrap_or_default();
    for curve in &answer.curves {
        let target = curve.group.target.as_ref().map_or("", |target| target.as_str());
        let fields = [target, curve.group.metric.as_str(), &labels(&curve.group.labels), curve.unit.as_str()];
        let fields = fields.map(field).join(",");
        for (time, value) in times.iter().zip(curve.values()) {
            // Writing to a string cannot fail.
            let _ = write!(out, "{time},{fields},{},", curve.over_time);
            if let Some(value) = value {
                let _ = write!(out, "{value:?}");
            }
            out.push('\n');
        }
    }
    out
}

/// A row per series.
pub(super) fn list(extents: &[Extent], time: impl Fn(Timestamp) -> String) -> String {
    let mut out = "target,metric,labels,unit,kind,interval,samples,first,last\n".to_owned();
    for extent in extents {
        let (key, meta) = (&extent.meta.key, &extent.meta);
        let texts =
            [key.target().id().as_str(), key.metric().as_str(), &labels(key.labels()), meta.unit.as_str()];
        let _ = writeln!(
            out,
            "{},{},{},{},{},{}",
            texts.map(field).join(","),
            kind(meta.kind),
            meta.interval,
            extent.samples,
            time(extent.first),
            time(extent.last)
        );
    }
    out
}

/// `name=value,name=value`.
fn labels(labels: &Labels) -> String {
    labels.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(",")
}

/// In quotes when it has to be.
fn field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_there_when_needed() {
        assert_eq!(field("plain"), "plain");
        assert_eq!(field("a=\"1\",b=2"), "\"a=\"\"1\"\",b=2\"");
    }
}
