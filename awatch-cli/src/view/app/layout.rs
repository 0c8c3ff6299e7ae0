use ratatui::layout::{Rect, Size};

use super::App;
use crate::view::text::cells;

/// A part of the view that can be chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::view) enum Pane {
    #[default]
    Metrics,
    Anomalies,
    Processes,
    Events,
}

impl Pane {
    /// All, in the order of their keys.
    pub(in crate::view) const ALL: [Self; 4] =
        [Self::Metrics, Self::Anomalies, Self::Processes, Self::Events];

    /// The key that chooses it.
    pub(in crate::view) fn key(self) -> char {
        match self {
            Self::Metrics => '1',
            Self::Anomalies => '2',
            Self::Processes => '3',
            Self::Events => '4',
        }
    }

    /// Its title.
    pub(in crate::view) fn title(self) -> &'static str {
        match self {
            Self::Metrics => "Metrics",
            Self::Anomalies => "Anomalies",
            Self::Processes => "Processes",
            Self::Events => "Events",
        }
    }
}

/// Where everything is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::view) struct Layout {
    pub(in crate::view) header: Rect,
    /// Everything between the header and the lines at the bottom: where details are shown.
    pub(in crate::view) body: Rect,
    /// The worst anomaly in one line, where there is no room for the list.
    pub(in crate::view) headline: Option<Rect>,
    /// The panes in view, each with a line for its title.
    pub(in crate::view) panes: Vec<(Pane, Rect)>,
    pub(in crate::view) cost: Option<Rect>,
    pub(in crate::view) keys: Option<Rect>,
}

/// From this height on there is a line for the keys.
const KEYS_FROM: u16 = 8;
/// From this height on there is a line for the program's own cost.
const COST_FROM: u16 = 18;
/// From this size on several panes are in view.
const SEVERAL_FROM: Size = Size { width: 60, height: 18 };
/// From this size on panes are side by side.
const BESIDE_FROM: Size = Size { width: 136, height: 24 };

impl Layout {
    /// The lines that a pane has for its entries.
    pub(in crate::view) fn height(&self, pane: Pane) -> usize {
        let found = self.panes.iter().find(|(other, _)| *other == pane);
        found.map_or(0, |(_, area)| usize::from(area.height.saturating_sub(1)))
    }
}

impl App {
    /// Where everything is, on a terminal of this size.
    pub(in crate::view) fn layout(&self) -> Layout {
        let whole = Rect::new(0, 0, self.size.width, self.size.height);
        let (header, rest) = top(whole, 1);
        let (rest, keys) = bottom(rest, u16::from(whole.height >= KEYS_FROM));
        let (body, cost) = bottom(rest, u16::from(whole.height >= COST_FROM));
        let is_at_least = |size: Size| whole.width >= size.width && whole.height >= size.height;
        let (headline, panes) = if is_at_least(BESIDE_FROM) {
            (None, self.beside(body))
        } else if is_at_least(SEVERAL_FROM) {
            (None, self.stacked(body))
        } else {
            let has_headline = self.pane != Pane::Anomalies && whole.height >= KEYS_FROM;
            let (headline, rest) = top(body, u16::from(has_headline));
            (Some(headline), vec![(self.pane, rest)])
        };
        let some = |area: Rect| (area.height > 0).then_some(area);
        Layout { header, body, headline: headline.and_then(some), panes, cost: some(cost), keys: some(keys) }
    }

    /// The panes there is something to show in.
    pub(in crate::view) fn panes(&self) -> Vec<Pane> {
        Pane::ALL.into_iter().filter(|pane| *pane != Pane::Processes || self.has_processes()).collect()
    }

    /// One above the other; the chosen one has half of the room.
    fn stacked(&self, body: Rect) -> Vec<(Pane, Rect)> {
        let half = body.height / 2;
        let share = |pane: Pane, unless_chosen: u16| {
            if !self.panes().contains(&pane) {
                0
            } else if self.pane == pane {
                half
            } else {
                unless_chosen
            }
        };
        let lines = self.lines_of_anomalies(usize::from(body.width));
        let anomalies = share(Pane::Anomalies, lines.clamp(2, (body.height / 3).max(2)));
        let events = share(Pane::Events, if body.height >= 28 { 5 } else { 3 });
        let processes = share(Pane::Processes, if body.height >= 28 { 7 } else { 0 });
        let (anomalies, rest) = top(body, anomalies);
        let (rest, events) = bottom(rest, events);
        let (metrics, processes) = bottom(rest, processes);
        let panes = [
            (Pane::Anomalies, anomalies),
            (Pane::Metrics, metrics),
            (Pane::Processes, processes),
            (Pane::Events, events),
        ];
        panes.into_iter().filter(|(_, area)| area.height > 0).collect()
    }

    /// Metrics at the left, everything else at the right.
    fn beside(&self, body: Rect) -> Vec<(Pane, Rect)> {
        let left = body.width * 11 / 20;
        let metrics = Rect { width: left, ..body };
        let right = Rect { x: body.x + left + 2, width: body.width - left - 2, ..body };
        let lines = self.lines_of_anomalies(usize::from(right.width));
        let (anomalies, rest) = top(right, lines.clamp(6, right.height / 2));
        let processes = if self.has_processes() { rest.height / 2 } else { 0 };
        let (processes, events) = top(rest, processes);
        let panes = [
            (Pane::Metrics, metrics),
            (Pane::Anomalies, anomalies),
            (Pane::Processes, processes),
            (Pane::Events, events),
        ];
        panes.into_iter().filter(|(_, area)| area.height > 0).collect()
    }

    /// The lines that the open anomalies would like, with the title.
    fn lines_of_anomalies(&self, width: usize) -> u16 {
        let open = self.open_anomalies();
        let lines = open.iter().map(|anomaly| self.told(anomaly, width).len());
        cells(1 + lines.sum::<usize>().max(1))
    }

    /// The lines there are for metrics, whatever else comes and goes: so that the list stays as it is.
    pub(super) fn room_for_metrics(&self) -> usize {
        let height = usize::from(self.size.height);
        let is_beside = self.size.width >= BESIDE_FROM.width;
        if is_beside { height.saturating_sub(4) } else { height * 3 / 5 }
    }
}

/// The area in two: the upper lines, and the rest.
fn top(area: Rect, lines: u16) -> (Rect, Rect) {
    let lines = lines.min(area.height);
    let rest = Rect { y: area.y + lines, height: area.height - lines, ..area };
    (Rect { height: lines, ..area }, rest)
}

/// The area in two: all but the lower lines, and those.
fn bottom(area: Rect, lines: u16) -> (Rect, Rect) {
    top(area, area.height - lines.min(area.height))
}
