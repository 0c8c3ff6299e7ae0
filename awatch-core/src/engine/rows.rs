//! When rows are closed: a source's as soon as it reports, a target's when nobody is due any more.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::block::elapsed;
use super::core::Core;
use super::lane::{BlockRow, LaneInput};
use super::lanes::Lanes;
use crate::Timestamp;
use crate::detect::Scope;

impl Core {
    /// Closes the rows of a source's groups, and those of targets that are complete with them. A target that the
    /// source left out this time has a row too: an empty one.
    pub(super) fn close_source(&mut self, source: usize, at: Timestamp, lanes: &mut Lanes) {
        let groups = self.sources.get(source).map(|source| source.sorted().to_vec()).unwrap_or_default();
        let joint = lanes.any_with(Scope::Target) && !self.is_unwatched(source);
        let rows: Arc<[Arc<BlockRow>]> =
            groups.iter().filter_map(|group| self.close_row(*group, at, joint)).collect();
        self.stats.rows.add(rows.len() as u64);
        if !self.is_unwatched(source) && !rows.is_empty() {
            lanes.tell(&LaneInput::Rows(rows));
            if joint {
                self.close_frames(&groups, at, lanes);
            }
        }
        self.settle(lanes);
    }

    fn close_row(&mut self, index: usize, at: Timestamp, joint: bool) -> Option<Arc<BlockRow>> {
        let group = self.groups.get_mut(index)?.as_mut()?;
        let source = self.sources.get(group.source)?;
        let previous = group.shown.as_ref().map(|row| row.at);
        let span = elapsed(previous, at, source.interval);
        let row = group.take_row(index * 2, at, previous, span);
        if joint {
            group.keep_for_frame(&row);
        }
        Some(row)
    }

    /// Closes the rows of the targets for which no source is still due.
    fn close_frames(&mut self, groups: &[usize], at: Timestamp, lanes: &mut Lanes) {
        let frame_of = |group: &usize| Some(self.groups.get(*group)?.as_ref()?.frame);
        let frames: BTreeSet<usize> = groups.iter().filter_map(frame_of).collect();
        let closed: Vec<_> = frames.into_iter().filter_map(|index| self.close_frame(index, at)).collect();
        if !closed.is_empty() {
            lanes.tell(&LaneInput::Rows(closed.into()));
        }
    }

    /// The row of a target for the tick of its grid that `at` belongs to, when it is complete.
    fn close_frame(&mut self, index: usize, at: Timestamp) -> Option<Arc<BlockRow>> {
        let tick = at.floor(self.frames.get(index)?.as_ref()?.interval);
        if !self.is_complete(index, tick) {
            return None;
        }
        let frame = self.frames.get_mut(index)?.as_mut()?;
        let mut values = vec![f64::NAN; frame.width];
        for group in &frame.groups {
            let Some(Some(group)) = self.groups.get_mut(*group) else { continue };
            let Some(row) = group.row_for_frame(tick, frame.interval) else { continue };
            for (value, place) in row.values.iter().zip(&group.frame_places) {
                if let Some(slot) = values.get_mut(*place).filter(|_| !value.is_nan()) {
                    *slot = *value;
                }
            }
        }
        let previous = frame.last_row.replace(tick);
        let elapsed = elapsed(previous, tick, frame.interval);
        Some(Arc::new(BlockRow { block: index * 2 + 1, at: tick, previous, elapsed, values: values.into() }))
    }

    fn is_complete(&self, frame: usize, tick: Timestamp) -> bool {
        let Some(Some(frame)) = self.frames.get(frame) else { return false };
        let waits = |group: &usize| {
            let group = self.groups.get(*group).and_then(Option::as_ref);
            let source = group.and_then(|group| self.sources.get(group.source));
            source.is_some_and(|source| {
                let has_closed = source.last_tick.is_some_and(|last| last.floor(frame.interval) >= tick);
                !source.silent && !has_closed && !self.unwatched.contains(&source.name)
            })
        };
        frame.last_row.is_none_or(|last| last < tick) && !frame.groups.iter().any(waits)
    }
}
