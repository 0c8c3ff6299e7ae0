//! Tables with one column per metric.

use std::path::Path;
use std::sync::Arc;

use awatch_core::{Kind, Labels, Name, Target, Unit};

use super::ReadOptions;
use super::dictionary::{Dictionary, Entry, EntryId, Series};

impl ReadOptions {
    /// The target of samples that name none.
    pub(super) fn target_of(&self, path: &Path) -> Option<Arc<Target>> {
        match &self.target {
            Some(name) => Some(Target::with_attributes(name.clone(), Labels::none())),
            None => Target::new(path.file_stem()?.to_string_lossy()).ok(),
        }
    }
}

/// The columns of metrics, each with its entry: gauges of the target of the file, in the unit that stands in brackets
/// behind the name.
pub(super) fn metrics(
    headers: &[&str],
    time: usize,
    options: &ReadOptions,
    dictionary: &mut Dictionary,
) -> Result<Vec<(usize, EntryId)>, String> {
    if let Some(left_out) = options.left_out.iter().find(|left_out| !headers.contains(&left_out.as_str())) {
        return Err(format!(
            "there is no column `{left_out}` to leave out: the columns are {}",
            headers.join(", ")
        ));
    }
    let Some(target) = dictionary.target() else {
        return Err("the name of the file cannot be the name of a target: name the target".to_owned());
    };
    let mut metrics = Vec::new();
    for (place, header) in headers.iter().enumerate() {
        if place == time || options.left_out.iter().any(|left_out| left_out == header) {
            continue;
        }
        let (metric, unit) = unit(header);
        let metric = Name::new(metric).map_err(|error| format!("column {}: {error}", place + 1))?;
        let series = Some(Series { metric, labels: Labels::none(), unit, kind: Kind::Gauge });
        let entry = Entry { source: None, interval: None, target: Arc::clone(&target), series };
        let entry = dictionary.add(entry).map_err(|error| error.problem)?;
        metrics.push((place, entry));
    }
    Ok(metrics)
}

/// `latency [ms]` is the metric `latency` in `ms`; without brackets the unit is unknown.
fn unit(header: &str) -> (&str, Unit) {
    let split = header.strip_suffix(']').and_then(|rest| rest.rsplit_once('['));
    match split {
        Some((metric, unit)) if !metric.trim().is_empty() && !unit.trim().is_empty() => {
            (metric.trim(), Unit::new(unit.trim().to_owned()))
        }
        _ => (header, Unit::new("")),
    }
}
