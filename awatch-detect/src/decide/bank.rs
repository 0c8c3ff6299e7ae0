use awatch_core::detect::{Change, ChangeKind, Decider, Decisions};
use awatch_core::{DetectError, Row, Scores, Severity, Timestamp, state};
use serde::{Deserialize, Serialize};

use super::window::{Arrival, SavedWindow, Window};
use super::{Calibrator, KIND, Policy};

/// Decides for many outputs. One that is calm costs one comparison.
#[derive(Debug)]
pub(super) struct Bank {
    policy: Policy,
    calibrator: Box<dyn Calibrator>,
    window: Window,
    /// Per output whether there is anything to follow up: an alert, a quiet period or a score beyond the edge.
    busy: Vec<bool>,
    outputs: Vec<Output>,
}

/// What is remembered of one output.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Output {
    bound: bool,
    /// One bit per slot of the window, the lowest for the latest: whether the score was beyond the edge.
    beyond: u64,
    /// The highest anomaly score of the alert, or of the window while there is none.
    peak: f64,
    /// The highest severity stated by a rule in that time.
    stated: Option<Severity>,
    alert: Option<Alert>,
    /// What is left of the quiet period, in seconds, and the severity that breaks it when exceeded.
    quiet: f64,
    quiet_above: Option<Severity>,
}

/// An alert under way.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Alert {
    since: Timestamp,
    severity: Severity,
    /// For how long the score has been below the clearing value, in seconds.
    calm: f64,
    /// The last alert score.
    score: f64,
}

#[derive(Serialize, Deserialize)]
struct Saved {
    outputs: Vec<Output>,
    window: SavedWindow,
    calibrator: Vec<u8>,
}

/// What one row is for one output.
#[derive(Clone, Copy)]
struct Moment<'a> {
    policy: &'a Policy,
    window: &'a Window,
    arrival: Arrival,
    recent: u64,
    /// The anomaly score; NaN when missing.
    score: f64,
    stated: Option<Severity>,
}

impl Bank {
    pub(super) fn new(policy: &Policy, calibrator: Box<dyn Calibrator>) -> Self {
        Self {
            policy: policy.clone(),
            calibrator,
            window: Window::new(policy.need, policy.within),
            busy: Vec::new(),
            outputs: Vec::new(),
        }
    }
}

impl Output {
    fn is_busy(&self) -> bool {
        self.beyond != 0 || self.alert.is_some() || self.quiet > 0.0
    }

    fn is_sound(&self) -> bool {
        let numbers = [self.peak, self.quiet, self.alert.map_or(0.0, |alert| alert.calm)];
        numbers.iter().all(|number| number.is_finite() && *number >= 0.0)
            && self.alert.is_none_or(|alert| alert.score.is_finite())
            && (self.bound || *self == Self::default())
    }

    /// Moves on by one row; the change there was, and the alert score.
    fn step(&mut self, moment: Moment<'_>) -> (Option<(ChangeKind, Alert)>, f64) {
        self.look(moment);
        self.quiet = (self.quiet - moment.arrival.span).max(0.0);
        let change = match self.alert {
            _ if moment.score.is_nan() => None,
            None => self.open(moment),
            Some(alert) => self.follow(alert, moment),
        };
        (change, self.alert.map_or(0.0, |alert| alert.score))
    }

    /// Enters the score into the window.
    fn look(&mut self, moment: Moment<'_>) {
        let latest = u64::from(moment.score >= 1.0);
        let joined = self.beyond & (latest | !1);
        self.beyond =
            moment.recent & if moment.arrival.opens_slot { (self.beyond << 1) | latest } else { joined };
        if latest == 1 {
            self.peak = self.peak.max(moment.score);
            self.stated = self.stated.max(moment.stated);
        } else if self.beyond == 0 && self.alert.is_none() {
            (self.peak, self.stated) = (0.0, None);
        }
    }

    fn severity(&self, policy: &Policy) -> Severity {
        self.stated.unwrap_or_else(|| policy.severity.of(self.peak))
    }

    fn open(&mut self, moment: Moment<'_>) -> Option<(ChangeKind, Alert)> {
        if moment.score < 1.0 || !moment.window.is_enough(self.beyond, moment.arrival.span) {
            return None;
        }
        let severity = self.severity(moment.policy);
        if self.quiet > 0.0 && Some(severity) <= self.quiet_above {
            return None;
        }
        (self.quiet, self.quiet_above) = (0.0, None);
        let since = moment.window.earliest(self.beyond)?;
        let alert = Alert { since, severity, calm: 0.0, score: moment.score };
        self.alert = Some(alert);
        Some((ChangeKind::Opened, alert))
    }

    fn follow(&mut self, mut alert: Alert, moment: Moment<'_>) -> Option<(ChangeKind, Alert)> {
        alert.score = moment.score;
        let calm = moment.score < moment.policy.clear_below;
        alert.calm = if calm { alert.calm + moment.arrival.span } else { 0.0 };
        if calm && alert.calm >= moment.policy.clear_after.as_secs_f64() {
            self.alert = None;
            self.quiet = moment.policy.quiet.as_secs_f64();
            self.quiet_above = Some(alert.severity);
            return Some((ChangeKind::Closed, alert));
        }
        let severity = self.severity(moment.policy);
        let rose = severity > alert.severity;
        alert.severity = alert.severity.max(severity);
        self.alert = Some(alert);
        rose.then_some((ChangeKind::Raised, alert))
    }
}

impl Decider for Bank {
    fn bind(&mut self, output: usize, bound: bool) {
        if output >= self.outputs.len() {
            self.outputs.resize(output + 1, Output::default());
            self.busy.resize(output + 1, false);
        }
        if let (Some(own), Some(busy)) = (self.outputs.get_mut(output), self.busy.get_mut(output)) {
            (*own, *busy) = (Output { bound, ..Output::default() }, false);
        }
        self.calibrator.bind(output, bound);
    }

    fn step(&mut self, row: Row<'_>, scores: &Scores, out: &mut Decisions) {
        self.calibrator.calibrate(row, scores, &mut out.anomaly_score);
        let arrival = self.window.push(row);
        let recent = self.window.recent();
        let stated = scores.severities();
        let outputs = self.outputs.iter_mut().zip(&mut self.busy);
        let answers = out.anomaly_score.iter().zip(&mut out.alert_score);
        for (index, ((output, busy), (&score, alert_score))) in outputs.zip(answers).enumerate() {
            let beyond = score >= 1.0;
            if !(*busy || beyond) || !output.bound {
                continue;
            }
            let stated = stated.get(index).copied().flatten();
            let moment =
                Moment { policy: &self.policy, window: &self.window, arrival, recent, score, stated };
            let (change, now) = output.step(moment);
            *alert_score = now;
            if let Some((kind, alert)) = change {
                let Alert { since, severity, .. } = alert;
                out.changes.push(Change { output: index, kind, severity, since, peak: output.peak });
                if kind == ChangeKind::Closed {
                    (output.peak, output.stated) = (0.0, None);
                }
            }
            *busy = output.is_busy();
        }
    }

    fn save(&self) -> Result<Vec<u8>, DetectError> {
        let calibrator = self.calibrator.save()?;
        state::encode(KIND, &Saved { outputs: self.outputs.clone(), window: self.window.save(), calibrator })
    }

    fn load(&mut self, bytes: &[u8]) -> Result<(), DetectError> {
        let saved: Saved = state::decode(KIND, bytes)?;
        let error = |reason: String| DetectError::State { kind: KIND, reason };
        let (here, there) = (self.outputs.len(), saved.outputs.len());
        if here != there {
            return Err(error(format!("it has {there} outputs and {here} are bound")));
        }
        for (index, (own, saved)) in self.outputs.iter().zip(&saved.outputs).enumerate() {
            if own.bound != saved.bound || !saved.is_sound() {
                return Err(error(format!("output {index} does not fit")));
            }
        }
        let window =
            self.window.restored(saved.window).ok_or_else(|| error("its window does not fit".to_owned()))?;
        self.calibrator.load(&saved.calibrator)?;
        self.window = window;
        self.busy = saved.outputs.iter().map(Output::is_busy).collect();
        self.outputs = saved.outputs;
        Ok(())
    }

    fn memory(&self) -> usize {
        let per_output = self.outputs.capacity() * size_of::<Output>() + self.busy.capacity();
        size_of::<Self>() + per_output + self.window.memory() + self.calibrator.memory()
    }
}
