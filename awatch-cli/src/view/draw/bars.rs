//! The lines around everything: header, cost, keys.

use awatch::Unit;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::{View, put};
use crate::view::app::Pane;
use crate::view::look::{BOLD, CHOSEN, DIM, symbol};
use crate::view::text;

/// The columns of the health and the blank before the target.
const HEALTH: usize = 13;

impl View<'_> {
    /// Whom it is about, how it is and why; what time is shown.
    pub(super) fn header(self, area: Rect, buffer: &mut Buffer) {
        let width = usize::from(area.width);
        let right = self.time(width);
        let health = self.app.shown().and_then(|moment| moment.health.as_ref());
        let health = health.map(|health| match health.deductions.first() {
            Some(first) if width >= 60 => {
                format!("  health {}: {}", health.score, text::short(&first.reason))
            }
            _ => format!("  health {}", health.score),
        });
        let room = width.saturating_sub(text::width(&right) + 1);
        // The number of the health is seen at any width.
        let target = text::cut(self.target(), (width / 3).min(room.saturating_sub(HEALTH)));
        let left = format!(" {target}{}", health.unwrap_or_default());
        let line = format!("{:<room$} {right}", text::cut(&left, room));
        buffer.set_stringn(area.x, area.y, line, width, CHOSEN);
        let bold = Rect { width: text::cells(1 + text::width(&target)).min(area.width), ..area };
        buffer.set_style(bold, BOLD);
        if !self.app.is_following() || !self.app.mode.is_playing {
            let start = text::cells(room + 1);
            let mark = Rect { x: start.min(area.width), width: area.width.saturating_sub(start), ..area };
            buffer.set_style(mark, BOLD);
        }
    }

    /// Whom it is about; of a file that is played its name alone.
    fn target(&self) -> &str {
        let target = self.app.about.target.as_str();
        let name = target.trim_end_matches('/').rsplit('/').next().filter(|name| !name.is_empty());
        if self.app.mode.is_steerable { name.unwrap_or(target) } else { target }
    }

    /// The time shown, with its date where that is not today.
    fn clock(self) -> String {
        let app = self.app;
        let newest = app.history.now().filter(|_| app.is_following());
        let Some(at) = newest.or_else(|| app.shown().map(|moment| moment.at)) else { return String::new() };
        let clock = text::clock(at);
        if text::date(at) == text::date(app.wall) { clock } else { format!("{} {clock}", text::date(at)) }
    }

    /// What time is shown, and how.
    fn time(self, width: usize) -> String {
        let app = self.app;
        let clock = self.clock();
        let behind = app.behind();
        let mode = if !app.is_following() {
            if behind.is_zero() { "‖ paused".to_owned() } else { format!("◀ {} ago", text::span(behind)) }
        } else if app.mode.is_playing {
            format!("● {}", app.mode.name)
        } else {
            format!("‖ {}", app.mode.name)
        };
        let progress = app.mode.progress.map(|part| format!(" {:.0} %", 100.0 * part)).unwrap_or_default();
        let is_short = text::width(&clock) <= 8 || width >= 110;
        let uptime = if width >= 80 && is_short {
            format!("watching {}  ", text::span(app.uptime))
        } else {
            String::new()
        };
        let zone = if width >= 60 { " UTC" } else { "" };
        format!("{uptime}{clock}{zone}  {mode}{progress} ")
    }

    /// The worst anomaly in one line.
    pub(super) fn headline(self, area: Rect, buffer: &mut Buffer) {
        let open = self.app.all_open_anomalies();
        let line = match open.first() {
            Some(worst) => {
                let more = if open.len() > 1 { format!("+{} ", open.len() - 1) } else { String::new() };
                Line::from(vec![
                    Span::styled(
                        format!("{} {} ", symbol(worst.severity), worst.severity),
                        self.look.severity(worst.severity),
                    ),
                    Span::raw(more),
                    Span::raw(text::cut(&text::short(&worst.sentence), usize::from(area.width))),
                ])
            }
            None => Line::styled(self.calm(), self.look.usual()),
        };
        put(&line, area, buffer);
    }

    /// What is said when nothing is unusual.
    pub(super) fn calm(self) -> &'static str {
        match self.app.shown() {
            None => "· collecting…",
            Some(moment) if self.app.history.is_before_watching(moment.at) => {
                "· what was usual then is not known"
            }
            Some(_) if self.app.is_learning() => "✓ nothing unusual; still learning",
            Some(_) => "✓ nothing unusual",
        }
    }

    /// What the program itself costs.
    pub(super) fn cost(self, area: Rect, buffer: &mut Buffer) {
        let (own, flow) = (self.app.own, self.app.flow);
        let mut parts = Vec::new();
        parts.extend(own.cpu_share.map(|share| format!("{} of a core", Unit::RATIO.display(share))));
        parts.extend(own.resident.map(|bytes| Unit::BYTES.display(bytes as f64)));
        parts.push(format!("{} series", self.app.rows.all));
        parts.extend(flow.per_second.map(|rate| format!("{rate:.0} samples/s")));
        parts.push(format!("step {}", Unit::SECONDS.display(flow.step.as_secs_f64())));
        parts.push(format!("{} dropped", flow.dropped));
        parts.push(format!("{} late", flow.late));
        while parts.len() > 1 && text::width(&parts.join(" · ")) + 8 > usize::from(area.width) {
            parts.pop();
        }
        buffer.set_stringn(
            area.x,
            area.y,
            format!(" awatch {}", parts.join(" · ")),
            usize::from(area.width),
            DIM,
        );
    }

    /// What the most useful keys do now; or the filter while it is typed.
    pub(super) fn keys(self, area: Rect, buffer: &mut Buffer) {
        let width = usize::from(area.width);
        if self.app.is_typing {
            let room = width.saturating_sub(10);
            let line = Line::from(vec![
                Span::styled(" filter: ", BOLD),
                Span::raw(text::cut_front(self.app.filter.text(), room)),
                Span::styled(" ", Style::new().add_modifier(Modifier::REVERSED)),
                Span::styled("  Enter keeps it, Esc clears it", DIM),
            ]);
            put(&line, area, buffer);
            return;
        }
        let mut left = width;
        let mut spans = Vec::new();
        for (key, does) in self.useful_keys() {
            let needs = text::width(key) + text::width(does) + 3;
            if needs > left {
                break;
            }
            left -= needs;
            spans.push(Span::styled(format!(" {key}"), BOLD));
            spans.push(Span::styled(format!(" {does} "), DIM));
        }
        put(&Line::from(spans), area, buffer);
    }

    fn useful_keys(self) -> Vec<(&'static str, &'static str)> {
        let app = self.app;
        let mut keys = vec![("?", "help"), ("q", "quit")];
        if app.detail().is_some() {
            keys.push(("Esc", "back"));
        }
        if !app.is_following() {
            keys.push(("l", "now"));
        }
        if app.filter.is_active() {
            keys.push(("Esc", "no filter"));
        }
        if app.only_unusual {
            keys.push(("a", "all"));
        }
        if app.mode.is_steerable {
            keys.extend([
                ("Space", if app.mode.is_playing { "pause" } else { "play" }),
                (".", "step"),
                ("+ -", "speed"),
            ]);
        } else {
            keys.push(("Space", if app.is_following() { "pause" } else { "go on" }));
        }
        keys.push(("← →", "time"));
        if app.detail().is_none() {
            keys.extend([("Enter", "details"), ("/", "filter"), ("Tab", "pane")]);
            match app.pane {
                Pane::Metrics => keys.extend([("f", "fold"), ("a", "only unusual")]),
                Pane::Processes => keys.push(("s", "sort")),
                Pane::Anomalies | Pane::Events => {}
            }
        }
        keys
    }
}
