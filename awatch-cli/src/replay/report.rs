//! What a replay says of itself.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use awatch::replay::{Replay, Stopped};
use awatch::{Timestamp, duration};
use serde::Serialize;

use crate::run::{Anomalies, Counts};
use crate::stop::Reason;

/// The last JSON line of a replay. It says nothing of how long it took: the same replay gives the same lines.
#[derive(Debug, Serialize)]
pub(super) struct Ending {
    at: Option<Timestamp>,
    kind: &'static str,
    reason: &'static str,
    arrivals: u64,
    skipped: u64,
    samples: u64,
    series: u64,
    anomalies: Anomalies,
    #[serde(skip)]
    counts: Counts,
    #[serde(skip)]
    first: Option<Timestamp>,
    #[serde(skip)]
    took: Duration,
}

impl Ending {
    pub(super) fn of(
        replay: &mut Replay,
        stopped: Stopped,
        reason: Option<Reason>,
        counts: Counts,
        took: Duration,
    ) -> Self {
        let stats = replay.engine_mut().snapshot().stats;
        let stat = |name: &str| stats.get(name).copied().unwrap_or_default();
        Self {
            at: replay.position(),
            kind: "replay.summary",
            reason: match stopped {
                Stopped::Ended => "recording_over",
                Stopped::Reached => "as_asked",
                Stopped::Interrupted => reason.map_or("interrupted", Reason::as_str),
            },
            arrivals: replay.arrivals(),
            skipped: replay.skipped(),
            samples: stat("awatch.samples"),
            series: stat("awatch.series"),
            anomalies: counts.into(),
            counts,
            first: replay.span().map(|(first, _)| first),
            took,
        }
    }

    /// The line for people.
    pub(super) fn to_text(&self) -> String {
        let Some(at) = self.at else { return "awatch: there was nothing to play".to_owned() };
        let played = self.first.and_then(|first| at.since(first));
        let span = played.map_or_else(String::new, |span| {
            let times = span.as_secs_f64() / self.took.as_secs_f64().max(1e-3);
            format!("{} in {:.1} s (×{times:.0}), ", duration::format(whole(span)), self.took.as_secs_f64())
        });
        let Self { arrivals, samples, series, .. } = self;
        let over = match self.reason {
            "recording_over" => "to its end",
            "as_asked" => "as far as asked",
            _ => "until it was interrupted",
        };
        format!(
            "awatch: played {over}, {at}: {span}{series} series, {arrivals} arrivals, {samples} samples, {}",
            self.counts.to_text()
        )
    }
}

fn whole(span: Duration) -> Duration {
    Duration::from_secs(span.as_secs())
}

/// How far it is, over and over on one line of a terminal on which nothing else is written.
pub(super) struct Progress {
    is_shown: bool,
    told: Option<String>,
}

impl Progress {
    pub(super) fn new(is_quiet: bool) -> Self {
        let is_shown = !is_quiet && std::io::stderr().is_terminal() && !std::io::stdout().is_terminal();
        Self { is_shown, told: None }
    }

    pub(super) fn tell(&mut self, share: Option<f64>) {
        let Some(percent) = share.map(|share| format!("{:>3.0} %", share * 100.0)) else { return };
        if self.is_shown && self.told.as_ref() != Some(&percent) {
            Self::write(&format!("\rawatch: playing: {percent}"));
            self.told = Some(percent);
        }
    }

    pub(super) fn clear(&self) {
        if self.told.is_some() {
            Self::write("\r\u{1b}[K");
        }
    }

    fn write(text: &str) {
        let mut out = std::io::stderr().lock();
        // Who does not listen any more is no reason to fail.
        drop(out.write_all(text.as_bytes()));
        drop(out.flush());
    }
}
