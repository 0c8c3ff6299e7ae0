//! What each key does.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::Size;

use super::{App, Detail, Effect, Pane};
use crate::view::source::Control;
use crate::view::text;

/// All keys, as the help lists them.
const HELP: &[(&str, &str)] = &[
    ("↑ ↓ or k j", "choose the line before or after"),
    ("PgUp PgDn", "a page up or down"),
    ("Home End", "the first or last line; End also returns to now"),
    ("Tab Shift-Tab", "the next or previous pane"),
    ("1 2 3 4", "metrics, anomalies, processes, events"),
    ("Enter", "details of a series or an anomaly; folds a group"),
    ("Esc", "back; clears the filter"),
    ("/", "filter: words, or a pattern such as system.disk.*{device=sd*}"),
    ("a", "only what is unusual"),
    ("f F", "fold or unfold a group; all groups"),
    ("s", "sort processes by cpu, memory or io"),
    ("← →", "back and forth in time by one reading"),
    ("[ ] or Shift", "back and forth by a minute"),
    ("l", "return to now"),
    ("Space", "pause, and go on"),
    (". + -", "replay: one step, faster, slower"),
    ("Ctrl-L", "draw everything again"),
    ("Ctrl-Z", "stop, as in a shell; fg goes on"),
    ("? or h", "this help"),
    ("q Ctrl-C", "end"),
];

/// The help in lines of at most `width`, with the columns that the keys take.
pub(in crate::view) fn help_lines(width: usize) -> (usize, Vec<(&'static str, String)>) {
    let keys = HELP.iter().map(|(key, _)| text::width(key)).max().unwrap_or(0);
    let room = width.saturating_sub(keys + 4).max(8);
    let lines = HELP.iter().flat_map(|(key, does)| {
        let lines = text::wrap(does, room, 4).into_iter().enumerate();
        lines.map(|(index, line)| (if index == 0 { *key } else { "" }, line))
    });
    (keys, lines.collect())
}

/// As far as a list goes.
const FAR: isize = isize::MAX / 2;

impl App {
    /// The terminal has another size now.
    pub(in crate::view) fn resize(&mut self, size: Size) {
        self.size = size;
        self.refresh();
    }

    /// Does what a key asks for.
    pub(in crate::view) fn key(&mut self, key: KeyEvent) -> Effect {
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            return match key.code {
                KeyCode::Char('c') => Effect::Quit,
                KeyCode::Char('z') => Effect::Suspend,
                KeyCode::Char('l') => Effect::Clear,
                _ => Effect::None,
            };
        }
        if self.is_typing {
            self.type_filter(key.code)
        } else if self.help.is_some() {
            self.key_in_help(key.code)
        } else {
            self.command(key)
        }
    }

    fn command(&mut self, key: KeyEvent) -> Effect {
        let is_large = key.modifiers.contains(KeyModifiers::SHIFT);
        match key.code {
            KeyCode::Char('q' | 'Q') => Effect::Quit,
            KeyCode::Char('?' | 'h') => self.show_help(),
            KeyCode::Esc => self.escape(),
            KeyCode::Enter => self.open(),
            KeyCode::Tab => self.next_pane(1),
            KeyCode::BackTab => self.next_pane(self.panes().len().saturating_sub(1)),
            KeyCode::Char(digit @ '1'..='4') => self.choose_pane(digit),
            KeyCode::Char('/') => self.begin_filter(),
            KeyCode::Char('a') => self.toggle_unusual(),
            KeyCode::Char('f') => self.fold(),
            KeyCode::Char('F') => self.fold_all(),
            KeyCode::Char('s') => self.sort_processes(),
            KeyCode::Char(' ') => self.pause(),
            KeyCode::Char('l') => self.follow(),
            KeyCode::Left => self.back(is_large),
            KeyCode::Right => self.forth(is_large),
            KeyCode::Char('[') => self.back(true),
            KeyCode::Char(']') => self.forth(true),
            KeyCode::Char('.') => self.step(),
            KeyCode::Char('+' | '=') if self.mode.is_steerable => Effect::Control(Control::Faster),
            KeyCode::Char('-') if self.mode.is_steerable => Effect::Control(Control::Slower),
            KeyCode::End if !self.is_following() => self.follow(),
            code => self.movement(code).map_or(Effect::None, |by| self.go(by)),
        }
    }

    /// How far a key moves the choice.
    fn movement(&self, code: KeyCode) -> Option<isize> {
        let page = isize::try_from(self.page()).unwrap_or(FAR);
        match code {
            KeyCode::Up | KeyCode::Char('k') => Some(-1),
            KeyCode::Down | KeyCode::Char('j') => Some(1),
            KeyCode::PageUp => Some(-page),
            KeyCode::PageDown => Some(page),
            KeyCode::Home => Some(-FAR),
            KeyCode::End => Some(FAR),
            _ => None,
        }
    }

    /// The lines of a page.
    fn page(&self) -> usize {
        let height = match self.detail() {
            Some(_) => self.lines_for_details(),
            None => self.layout().height(self.pane),
        };
        height.saturating_sub(1).max(1)
    }

    fn go(&mut self, by: isize) -> Effect {
        match self.details.last_mut() {
            Some(Detail::Anomaly(_, list)) => list.go(by),
            Some(Detail::Series(_)) => return self.next_series(by),
            None => match self.pane {
                Pane::Metrics => self.metrics.go(by),
                Pane::Processes => self.processes.go(by),
                Pane::Anomalies => self.anomalies.go(by),
                Pane::Events => self.events.go(by),
            },
        }
        self.settle();
        Effect::Redraw
    }

    /// Shows the details of the series after the present one in the list.
    fn next_series(&mut self, by: isize) -> Effect {
        let Some(Detail::Series(key)) = self.details.last() else { return Effect::None };
        let Some(slot) = self.history.slots.find(key) else { return Effect::None };
        let listed: Vec<usize> = self.rows.series().collect();
        let Some(place) = listed.iter().position(|other| *other == slot) else { return Effect::None };
        let next = place.saturating_add_signed(by).min(listed.len().saturating_sub(1));
        let next = listed.get(next).and_then(|slot| Some((*slot, self.history.slots.get(*slot)?)));
        let Some((slot, key)) = next.map(|(slot, series)| (slot, series.key.clone())) else {
            return Effect::None;
        };
        self.details.pop();
        self.details.push(Detail::Series(key));
        if let Some(place) = self.rows.place_of(slot) {
            self.metrics.chosen = place;
        }
        self.settle();
        Effect::Redraw
    }

    fn escape(&mut self) -> Effect {
        if self.details.pop().is_none() {
            if !self.filter.is_active() {
                return Effect::None;
            }
            self.filter.clear();
        }
        self.refresh();
        Effect::Redraw
    }

    fn next_pane(&mut self, by: usize) -> Effect {
        let panes = self.panes();
        let place = panes.iter().position(|pane| *pane == self.pane).unwrap_or(0);
        let next = panes.get((place + by) % panes.len().max(1)).copied().unwrap_or_default();
        self.show_pane(next)
    }

    fn choose_pane(&mut self, digit: char) -> Effect {
        match self.panes().into_iter().find(|pane| pane.key() == digit) {
            Some(pane) => self.show_pane(pane),
            None => Effect::None,
        }
    }

    fn show_pane(&mut self, pane: Pane) -> Effect {
        self.details.clear();
        self.pane = pane;
        self.settle();
        Effect::Redraw
    }

    fn begin_filter(&mut self) -> Effect {
        self.details.clear();
        self.is_typing = true;
        Effect::Redraw
    }

    fn type_filter(&mut self, code: KeyCode) -> Effect {
        match code {
            KeyCode::Char(typed) => self.filter.push(typed),
            KeyCode::Backspace => self.filter.pop(),
            KeyCode::Enter => self.is_typing = false,
            KeyCode::Esc => {
                self.is_typing = false;
                self.filter.clear();
            }
            code => {
                let Some(by) = self.movement(code) else { return Effect::None };
                return self.go(by);
            }
        }
        self.refresh();
        Effect::Redraw
    }

    fn toggle_unusual(&mut self) -> Effect {
        self.only_unusual = !self.only_unusual;
        self.refresh();
        Effect::Redraw
    }

    fn fold(&mut self) -> Effect {
        if self.pane == Pane::Metrics && self.details.is_empty() { self.turn() } else { Effect::None }
    }

    fn fold_all(&mut self) -> Effect {
        self.rows.turn_all();
        self.refresh();
        Effect::Redraw
    }

    fn sort_processes(&mut self) -> Effect {
        self.sort = self.sort.next();
        self.settle();
        Effect::Redraw
    }

    fn show_help(&mut self) -> Effect {
        self.help = Some(0);
        Effect::Redraw
    }

    /// Any key closes the help, except those that scroll it.
    fn key_in_help(&mut self, code: KeyCode) -> Effect {
        let height = usize::from(self.size.height).saturating_sub(2).max(1);
        let (_, lines) = help_lines(usize::from(self.size.width).saturating_sub(2));
        self.help = match (self.help, self.movement(code)) {
            (Some(top), Some(by)) => {
                Some(top.saturating_add_signed(by).min(lines.len().saturating_sub(height)))
            }
            _ => None,
        };
        Effect::Redraw
    }
}
