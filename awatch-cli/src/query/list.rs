//! The series of a history in columns.

use std::time::Duration;

use awatch::store::query::Extent;
use awatch::store::query::moment::Reference;

use super::clock::Clock;
use super::kind;
use crate::columns::{Align, aligned};

/// As exactly as times are shown.
const SECOND: Duration = Duration::from_secs(1);

/// A row per series.
pub(super) fn list(extents: &[Extent], reference: Reference, is_local: bool, room: usize) -> String {
    let first = extents.iter().map(|extent| extent.first).min();
    let last = extents.iter().map(|extent| extent.last).max();
    let Some((first, last)) = first.zip(last) else { return String::new() };
    let clock = Clock::new(reference, is_local, (first, last), SECOND);
    let head = ["series", "unit", "kind", "every", "samples", "first", "last"].map(str::to_owned).to_vec();
    let rows = extents.iter().map(|extent| {
        vec![
            extent.meta.key.to_string(),
            extent.meta.unit.to_string(),
            kind(extent.meta.kind).to_owned(),
            extent.meta.interval.to_string(),
            extent.samples.to_string(),
            clock.show(extent.first),
            clock.show(extent.last),
        ]
    });
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(rows).collect();
    let (left, right) = (Align::Left, Align::Right);
    let table = aligned(&rows, &[left, left, left, right, right, left, left], room);
    format!("{} series, {}\n{table}", extents.len(), clock.title(first))
}
