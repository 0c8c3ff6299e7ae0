use std::sync::Arc;
use std::time::Duration;

use awatch_core::detect::{DeciderFactory, DetectorFactory, Scope};
use awatch_core::{ColumnKey, DetectError, Matcher, OnlineDetector, SeriesKey, Severity};
use serde::{Deserialize, Serialize};

use super::KIND;
use super::bank::Bank;
use super::condition::Condition;
use crate::decide::Policy;
use crate::parameter;

/// The rules of a threshold detector; [`build`](Threshold::build) checks them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// The rules; several may apply to one series.
    pub rules: Vec<Rule>,
}

/// One rule. Exactly one of `above`, `below`, `outside`, `rate_above`, `rate_below` and `absent` is given.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// How explanations call it.
    #[serde(default)]
    pub name: Option<String>,
    /// The series it is about. The rules of one detector name the same targets, or none.
    pub metric: Matcher,
    /// The highest value allowed, in the unit of the series.
    #[serde(default)]
    pub above: Option<f64>,
    /// The lowest value allowed, in the unit of the series.
    #[serde(default)]
    pub below: Option<f64>,
    /// The lowest and the highest value allowed, in the unit of the series.
    #[serde(default)]
    pub outside: Option<[f64; 2]>,
    /// The fastest rise allowed, per second in the unit of the series.
    #[serde(default)]
    pub rate_above: Option<f64>,
    /// The slowest rise allowed, per second in the unit of the series; a fall is negative.
    #[serde(default)]
    pub rate_below: Option<f64>,
    /// Whether it is about the absence of values.
    #[serde(default)]
    pub absent: bool,
    /// For how long the rule must be broken before it tells: `"0s"`, at once, unless told otherwise.
    #[serde(rename = "for", with = "awatch_core::duration", default)]
    pub for_time: Duration,
    /// The value at which it is over: the limit unless told otherwise, and never beyond it. Not for `outside`, `absent`.
    #[serde(default)]
    pub clear: Option<f64>,
    /// How much it matters: `"high"` unless told otherwise.
    #[serde(default)]
    pub severity: Option<Severity>,
}

impl Rule {
    /// A rule about the series meant by `metric`, still without a condition.
    #[must_use]
    pub fn on(metric: Matcher) -> Self {
        Self { metric, ..Self::default() }
    }

    /// Sets how explanations call it.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the highest value allowed.
    #[must_use]
    pub fn with_above(mut self, limit: f64) -> Self {
        self.above = Some(limit);
        self
    }

    /// Sets the lowest value allowed.
    #[must_use]
    pub fn with_below(mut self, limit: f64) -> Self {
        self.below = Some(limit);
        self
    }

    /// Sets the lowest and the highest value allowed.
    #[must_use]
    pub fn with_outside(mut self, low: f64, high: f64) -> Self {
        self.outside = Some([low, high]);
        self
    }

    /// Sets the fastest rise allowed, per second.
    #[must_use]
    pub fn with_rate_above(mut self, limit: f64) -> Self {
        self.rate_above = Some(limit);
        self
    }

    /// Sets the slowest rise allowed, per second.
    #[must_use]
    pub fn with_rate_below(mut self, limit: f64) -> Self {
        self.rate_below = Some(limit);
        self
    }

    /// Makes it about the absence of values.
    #[must_use]
    pub fn with_absent(mut self) -> Self {
        self.absent = true;
        self
    }

    /// Sets for how long the rule must be broken before it tells.
    #[must_use]
    pub fn with_for(mut self, time: Duration) -> Self {
        self.for_time = time;
        self
    }

    /// Sets the value at which it is over.
    #[must_use]
    pub fn with_clear(mut self, clear: f64) -> Self {
        self.clear = Some(clear);
        self
    }

    /// Sets how much it matters.
    #[must_use]
    pub fn with_severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    fn text(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.metric.to_string())
    }

    fn condition(&self) -> Result<Condition, DetectError> {
        let clear = |limit: f64| self.clear.unwrap_or(limit);
        let given = [
            self.above.map(|limit| Condition::Above { limit, clear: clear(limit) }),
            self.below.map(|limit| Condition::Below { limit, clear: clear(limit) }),
            self.outside.map(|[low, high]| Condition::Outside { low, high }),
            self.rate_above.map(|limit| Condition::RateAbove { limit, clear: clear(limit) }),
            self.rate_below.map(|limit| Condition::RateBelow { limit, clear: clear(limit) }),
            self.absent.then_some(Condition::Absent),
        ];
        let mut given = given.into_iter().flatten();
        match (given.next(), given.next()) {
            (Some(condition), None) => Ok(condition),
            (first, _) => Err(parameter(
                "rules",
                &format!(
                    "`{}` with {}",
                    self.text(),
                    if first.is_none() { "no condition" } else { "several conditions" }
                ),
                "give exactly one of `above`, `below`, `outside`, `rate_above`, `rate_below` and `absent`",
            )),
        }
    }

    fn check(&self) -> Result<CheckedRule, DetectError> {
        let error =
            |what: String, remedy| Err(parameter("rules", &format!("`{}` with {what}", self.text()), remedy));
        let condition = self.condition()?;
        let numbers = [self.above, self.below, self.rate_above, self.rate_below, self.clear];
        let numbers = numbers.into_iter().flatten().chain(self.outside.into_iter().flatten());
        for number in numbers {
            if !number.is_finite() {
                return error(format!("the limit {number}"), "give finite numbers");
            }
        }
        match (condition, self.clear) {
            (Condition::Above { limit, clear } | Condition::RateAbove { limit, clear }, _)
                if clear > limit =>
            {
                error(format!("`clear` {clear} above the limit {limit}"), "give at most the limit")
            }
            (Condition::Below { limit, clear } | Condition::RateBelow { limit, clear }, _)
                if clear < limit =>
            {
                error(format!("`clear` {clear} below the limit {limit}"), "give at least the limit")
            }
            (Condition::Outside { low, high }, _) if low >= high => {
                error(format!("`outside` [{low}, {high}]"), "give the lower limit first")
            }
            (Condition::Outside { .. } | Condition::Absent, Some(clear)) => {
                error(format!("`clear` {clear}"), "leave `clear` out: this condition has none")
            }
            (Condition::Absent, None) if self.for_time.is_zero() => {
                error("`absent` and no time".to_owned(), "give `for`, for example \"30s\"")
            }
            _ => Ok(CheckedRule {
                condition,
                rule: self.clone(),
                severity: self.severity.unwrap_or(Severity::High),
            }),
        }
    }

    /// The part of the pattern that names targets.
    fn target(&self) -> Option<String> {
        let text = self.metric.to_string();
        let path = text.split('{').next().unwrap_or("");
        path.rsplit_once('/').map(|(target, _)| target.to_owned())
    }
}

/// A rule with its one condition.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct CheckedRule {
    pub(super) condition: Condition,
    pub(super) severity: Severity,
    rule: Rule,
}

impl CheckedRule {
    pub(super) fn name(&self) -> Option<&str> {
        self.rule.name.as_deref()
    }

    /// For how long the rule must be broken, in seconds.
    pub(super) fn for_secs(&self) -> f64 {
        self.rule.for_time.as_secs_f64()
    }

    pub(super) fn applies_to(&self, column: &ColumnKey) -> bool {
        self.rule.metric.matches_column(column.metric.as_str(), &column.labels)
    }
}

impl Threshold {
    /// Adds a rule.
    #[must_use]
    pub fn with_rule(mut self, rule: Rule) -> Self {
        self.rules.push(rule);
        self
    }

    /// Checks the rules.
    ///
    /// # Errors
    /// [`DetectError::Parameter`], naming the rule, when there is none, one does not have exactly one condition, a
    /// limit is not finite, `clear` is beyond the limit, `absent` has no time, or rules name different targets.
    pub fn build(self) -> Result<ThresholdFactory, DetectError> {
        if self.rules.is_empty() {
            return Err(parameter("rules", &"empty", "give at least one rule"));
        }
        let rules = self.rules.iter().map(Rule::check).collect::<Result<Vec<_>, _>>()?;
        let targets = self.rules.first().map(Rule::target);
        if let Some(other) = self.rules.iter().find(|rule| Some(rule.target()) != targets) {
            let given = format!("`{}` about other targets than the first", other.text());
            return Err(parameter(
                "rules",
                &given,
                "give rules for other targets to a detector of their own",
            ));
        }
        Ok(ThresholdFactory { rules: rules.into() })
    }
}

/// Checked rules: creates banks that apply them to each column by itself.
#[derive(Clone, Debug)]
pub struct ThresholdFactory {
    rules: Arc<[CheckedRule]>,
}

impl DetectorFactory for ThresholdFactory {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn scope(&self) -> Scope {
        Scope::Series
    }

    fn create(&self) -> Box<dyn OnlineDetector> {
        Box::new(Bank::new(Arc::clone(&self.rules)))
    }

    fn watches(&self, key: &SeriesKey) -> bool {
        self.rules.iter().any(|rule| rule.rule.metric.matches(key))
    }

    /// Immediate: the rules wait and hold by themselves.
    fn policy(&self) -> Option<Box<dyn DeciderFactory>> {
        Some(Box::new(Policy::immediate().into_factory()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule() -> Rule {
        Rule::on("system.*".parse().unwrap()).with_name("r")
    }

    #[test]
    fn says_which_rule_is_wrong_and_what_it_may_be() {
        let message =
            |rule: Rule| Threshold::default().with_rule(rule).build().expect_err("refused").to_string();
        let one = "give exactly one of `above`, `below`, `outside`, `rate_above`, `rate_below` and `absent`";
        for (rule, expected) in [
            (rule(), format!("`r` with no condition: {one}")),
            (rule().with_above(1.0).with_absent(), format!("`r` with several conditions: {one}")),
            (rule().with_above(f64::NAN), "`r` with the limit NaN: give finite numbers".to_owned()),
            (
                rule().with_above(1.0).with_clear(2.0),
                "`r` with `clear` 2 above the limit 1: give at most the limit".to_owned(),
            ),
            (
                rule().with_rate_below(1.0).with_clear(0.5),
                "`r` with `clear` 0.5 below the limit 1: give at least the limit".to_owned(),
            ),
            (
                rule().with_outside(2.0, 1.0),
                "`r` with `outside` [2, 1]: give the lower limit first".to_owned(),
            ),
            (
                rule().with_outside(1.0, 2.0).with_clear(1.5),
                "`r` with `clear` 1.5: leave `clear` out: this condition has none".to_owned(),
            ),
            (
                rule().with_absent(),
                "`r` with `absent` and no time: give `for`, for example \"30s\"".to_owned(),
            ),
        ] {
            assert_eq!(message(rule), format!("parameter `rules` is {expected}"));
        }
        let none = Threshold::default().build().expect_err("refused").to_string();
        assert_eq!(none, "parameter `rules` is empty: give at least one rule");
    }

    #[test]
    fn rules_of_one_detector_are_about_the_same_targets() {
        let on = |pattern: &str| Rule::on(pattern.parse().unwrap()).with_above(1.0);
        let both = Threshold::default().with_rule(on("web-1/cpu")).with_rule(on("cpu"));
        assert_eq!(
            both.build().expect_err("refused").to_string(),
            "parameter `rules` is `cpu` about other targets than the first: give rules for other targets to a detector \
             of their own"
        );
        assert!(Threshold::default().with_rule(on("web-1/cpu")).with_rule(on("web-1/ram")).build().is_ok());
    }

    #[test]
    fn unknown_keys_are_refused() {
        let text = r#"{"rules": [{"metric": "cpu", "abvoe": 1}]}"#;
        assert!(serde_json::from_str::<Threshold>(text).is_err());
    }
}
