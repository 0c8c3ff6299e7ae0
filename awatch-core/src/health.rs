use serde::{Deserialize, Serialize};

use crate::Severity;
use crate::series::Name;

/// How well a target is, from 100 (nothing unusual) to 0, with what was taken off and why.
///
/// `score = 100 · ∏ (1 − wᵢ)`, one factor per open anomaly, with w = 0.05 for low, 0.15 for medium, 0.35 for high and
/// 0.6 for critical, and one factor with w = 0.5 · (silent sources / sources). So one critical anomaly gives 40, two
/// give 16; many low ones weigh less than one critical; and it never goes below 0. Rounded to whole points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Health {
    /// 0 to 100.
    pub score: u8,
    /// What was taken off, the largest first; the points add up to what is missing to 100, up to rounding.
    pub deductions: Vec<Deduction>,
}

/// Points taken off a health score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deduction {
    /// Why.
    pub reason: String,
    /// How many points.
    pub points: f64,
}

/// What a health score is made of.
#[derive(Clone, Debug, Default)]
pub struct HealthInputs {
    /// The open anomalies: severity, and what to call them.
    pub anomalies: Vec<(Severity, String)>,
    /// Sources of the target that should report and do not.
    pub silent: Vec<Name>,
    /// All sources of the target.
    pub sources: usize,
}

impl Health {
    /// Nothing unusual.
    #[must_use]
    pub fn full() -> Self {
        Self { score: 100, deductions: Vec::new() }
    }

    /// The score by the formula above.
    #[must_use]
    pub fn of(inputs: &HealthInputs) -> Self {
        let mut factors: Vec<(f64, String)> = inputs
            .anomalies
            .iter()
            .map(|(severity, what)| (weight(*severity), format!("{severity} anomaly: {what}")))
            .collect();
        if !inputs.silent.is_empty() && inputs.sources > 0 {
            let names: Vec<&str> = inputs.silent.iter().map(Name::as_str).collect();
            let share = inputs.silent.len() as f64 / inputs.sources as f64;
            factors.push((0.5 * share.min(1.0), format!("no data from {}", names.join(", "))));
        }
        factors.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        let mut left = 100.0;
        let mut deductions = Vec::with_capacity(factors.len());
        for (weight, reason) in factors {
            deductions.push(Deduction { reason, points: left * weight });
            left *= 1.0 - weight;
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 100")]
        let score = left.round() as u8;
        Self { score, deductions }
    }

    /// The score and its reasons in one sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        if self.deductions.is_empty() {
            return format!("health {}: nothing unusual", self.score);
        }
        let parts: Vec<String> =
            self.deductions.iter().map(|d| format!("−{:.0} {}", d.points, d.reason)).collect();
        format!("health {}: {}", self.score, parts.join("; "))
    }
}

fn weight(severity: Severity) -> f64 {
    match severity {
        Severity::Low => 0.05,
        Severity::Medium => 0.15,
        Severity::High => 0.35,
        Severity::Critical => 0.6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn explains_itself() {
        let inputs = HealthInputs {
            anomalies: vec![(Severity::Low, "b".into()), (Severity::Critical, "a".into())],
            silent: vec![Name::new("disk").unwrap()],
            sources: 2,
        };
        let health = Health::of(&inputs);
        assert_eq!(
            health.sentence(),
            "health 29: −60 critical anomaly: a; −10 no data from disk; −2 low anomaly: b"
        );
        assert_eq!(Health::of(&HealthInputs::default()), Health::full());
    }

    proptest! {
        #[test]
        fn points_add_up_and_more_trouble_is_never_healthier(levels in proptest::collection::vec(0_usize..4, 0..12)) {
            let anomalies: Vec<_> = levels.iter().map(|l| (Severity::ALL[*l], "x".to_owned())).collect();
            let health = Health::of(&HealthInputs { anomalies: anomalies.clone(), ..Default::default() });
            let points: f64 = health.deductions.iter().map(|d| d.points).sum();
            prop_assert!((100.0 - points - f64::from(health.score)).abs() <= 0.5 + 1e-9);
            let fewer = HealthInputs { anomalies: anomalies.into_iter().skip(1).collect(), ..Default::default() };
            prop_assert!(Health::of(&fewer).score >= health.score);
        }
    }
}
