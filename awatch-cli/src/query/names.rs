//! What curves have in common, and what tells them apart.

use std::fmt::Write;

use awatch::store::query::{Curve, Group};

/// The names of curves, short.
#[derive(Debug)]
pub(super) struct Names {
    /// What all have in common; empty when there is nothing.
    pub(super) title: String,
    /// What tells each from the others, in the order of the curves.
    pub(super) own: Vec<String>,
}

impl Names {
    pub(super) fn of(curves: &[Curve]) -> Self {
        let groups: Vec<&Group> = curves.iter().map(|curve| &curve.group).collect();
        let Some(first) = groups.first() else { return Self { title: String::new(), own: Vec::new() } };
        let shares_target = groups.iter().all(|group| group.target == first.target);
        let shares_metric = groups.iter().all(|group| group.metric == first.metric);
        let is_shared =
            |name: &str, value: &str| groups.iter().all(|group| group.labels.get(name) == Some(value));
        let mut title = String::new();
        if let Some(target) = first.target.as_ref().filter(|_| shares_target) {
            title.push_str(target.as_str());
        }
        if shares_metric {
            let before = if title.is_empty() { "" } else { " " };
            // Writing to a string cannot fail.
            let _ = write!(title, "{before}{}", first.metric);
        }
        for (name, value) in first.labels.iter().filter(|(name, value)| is_shared(name, value)) {
            let _ = write!(title, " {}={value}", last_part(name));
        }
        let own = |group: &&Group| {
            let target = group.target.as_ref().filter(|_| !shares_target).map(ToString::to_string);
            let metric = (!shares_metric).then(|| group.metric.to_string());
            let labels = group.labels.iter().filter(|(name, value)| !is_shared(name, value));
            let labels = labels.map(|(_, value)| value.to_owned());
            let parts: Vec<String> = target.into_iter().chain(metric).chain(labels).collect();
            if parts.is_empty() { group.metric.to_string() } else { parts.join(" ") }
        };
        Self { own: groups.iter().map(own).collect(), title }
    }
}

/// `direction` of `network.io.direction`.
fn last_part(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(_, last)| last)
}
