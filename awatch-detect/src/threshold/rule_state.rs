use serde::{Deserialize, Serialize};

use super::config::CheckedRule;

/// Where one rule stands on one series.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct RuleState {
    /// For how long the rule has been broken, in seconds; none while it is kept.
    pub(super) held: Option<f64>,
    /// Whether it tells.
    pub(super) fires: bool,
    /// Its last score; none before there was one.
    pub(super) score: Option<f64>,
}

impl RuleState {
    /// Enters a value, or a change per second, that stands for `span` seconds.
    pub(super) fn observe(&mut self, rule: &CheckedRule, value: f64, span: f64) {
        let distance = rule.condition.distance(value);
        let needed = rule.for_secs();
        let broken = distance > 0.0 || (self.fires && !rule.condition.is_cleared(value));
        if !broken {
            *self = Self { held: None, fires: false, score: Some(0.5 / (1.0 - distance).min(f64::MAX)) };
            return;
        }
        let held = self.held.map_or(0.0, |held| held + span);
        // Rows that come a little early count in full.
        self.fires |= held + 0.25 * span.min(needed) >= needed;
        let score = if self.fires { 1.0 + distance.max(0.0) } else { 0.5 + 0.5 * (held / needed).min(0.999) };
        (self.held, self.score) = (Some(held), Some(score.min(f64::MAX)));
    }

    /// Enters for a rule about absence whether there was a value; `span` is the time the row stands for.
    pub(super) fn observe_absence(&mut self, rule: &CheckedRule, is_present: bool, span: f64) {
        if is_present {
            *self = Self { held: None, fires: false, score: Some(0.0) };
            return;
        }
        let held = self.held.unwrap_or(0.0) + span;
        let share = held / rule.for_secs();
        self.fires = share >= 1.0;
        let score = if self.fires { share } else { 0.5 + 0.5 * share };
        (self.held, self.score) = (Some(held), Some(score.min(f64::MAX)));
    }

    pub(super) fn is_sound(&self) -> bool {
        let is_number = |number: Option<f64>| number.is_none_or(|number| number.is_finite() && number >= 0.0);
        is_number(self.held) && is_number(self.score) && (self.held.is_some() || !self.fires)
    }
}
