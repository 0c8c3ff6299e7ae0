//! What the view shows and how keys change it, apart from drawing.

mod alerts;
mod data;
mod detail;
mod filter;
mod group;
mod journal;
mod keys;
mod layout;
mod list;
mod rows;
mod time;

pub(super) use data::{Data, Flow, Own};
pub(super) use detail::{Detail, HEAD_OF_DETAILS, Happened, INDENT, LineOf, Listed, lines};
pub(super) use filter::Filter;
pub(super) use journal::{Closed, Journal};
pub(super) use keys::help_lines;
pub(super) use layout::Pane;
pub(super) use list::List;
pub(super) use rows::{Fold, Row, Rows};

use std::collections::HashMap;
use std::time::Duration;

use awatch::{Interval, Severity, Timestamp};
use ratatui::layout::Size;

use super::history::{History, Moment};
use super::process::{Process, SortBy};
use super::source::{Control, Mode};

/// What does not change while the view is shown.
#[derive(Clone, Debug)]
pub(crate) struct About {
    /// Whom it is about.
    pub(crate) target: String,
    /// The time between two readings.
    pub(crate) interval: Interval,
    /// What is to be said about the start.
    pub(crate) notices: Vec<String>,
}

/// The view between two pictures.
#[derive(Debug)]
pub(super) struct App {
    pub(super) about: About,
    pub(super) size: Size,
    pub(super) mode: Mode,
    pub(super) history: History,
    pub(super) journal: Journal,
    pub(super) own: Own,
    pub(super) flow: Flow,
    /// How long the view has been there.
    pub(super) uptime: Duration,
    /// The time on the wall.
    pub(super) wall: Timestamp,
    /// The moment looked at; `None`: always the newest.
    pub(super) cursor: Option<Timestamp>,
    pub(super) pane: Pane,
    pub(super) metrics: List,
    pub(super) processes: List,
    pub(super) anomalies: List,
    pub(super) events: List,
    pub(super) filter: Filter,
    /// Whether keys are the text of the filter.
    pub(super) is_typing: bool,
    pub(super) only_unusual: bool,
    pub(super) sort: SortBy,
    /// What is open, the last on top.
    pub(super) details: Vec<Detail>,
    /// How far the help is scrolled, while it is open.
    pub(super) help: Option<usize>,
    pub(super) rows: Rows,
    /// The severities of series that are part of an open anomaly, by slot.
    pub(super) alerts: HashMap<usize, Severity>,
}

/// What a key asks of whoever shows the view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing.
    None,
    /// A new picture.
    Redraw,
    /// A new picture on an empty screen.
    Clear,
    /// The end.
    Quit,
    /// To be stopped, as by Ctrl-Z in a shell.
    Suspend,
    /// What only the source can do.
    Control(Control),
    /// Older history.
    Older,
}

impl App {
    pub(super) fn new(about: About, size: Size) -> Self {
        Self {
            history: History::new(about.interval),
            about,
            size,
            mode: Mode::live(),
            journal: Journal::default(),
            own: Own::default(),
            flow: Flow::default(),
            uptime: Duration::ZERO,
            wall: Timestamp::EPOCH,
            cursor: None,
            pane: Pane::Metrics,
            metrics: List::default(),
            processes: List::default(),
            anomalies: List::default(),
            events: List::default(),
            filter: Filter::default(),
            is_typing: false,
            only_unusual: false,
            sort: SortBy::default(),
            details: Vec::new(),
            help: None,
            rows: Rows::default(),
            alerts: HashMap::new(),
        }
    }

    /// The index of the moment looked at.
    pub(super) fn shown_index(&self) -> Option<usize> {
        let newest = self.history.newest()?;
        Some(self.cursor.map_or(newest, |at| self.history.index_at(at)))
    }

    /// The moment looked at.
    pub(super) fn shown(&self) -> Option<&Moment> {
        self.history.get(self.shown_index()?)
    }

    /// Whether the newest moment is shown, and the next one will be.
    pub(super) fn is_following(&self) -> bool {
        self.cursor.is_none()
    }

    /// The processes at the moment looked at, as they are sorted and filtered.
    pub(super) fn sorted_processes(&self) -> Vec<&Process> {
        let all = self.shown().map(|moment| &*moment.processes).unwrap_or_default();
        let mut listed: Vec<&Process> =
            all.iter().filter(|process| self.filter.matches_process(process)).collect();
        listed.sort_by(|a, b| self.sort.order(a, b));
        listed
    }

    /// Whether any process was ever reported.
    pub(super) fn has_processes(&self) -> bool {
        let newest = self.history.newest().and_then(|newest| self.history.get(newest));
        [newest, self.shown()].into_iter().flatten().any(|moment| !moment.processes.is_empty())
    }
}
