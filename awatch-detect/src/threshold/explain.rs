use awatch_core::detect::{Contribution, Explanation};
use awatch_core::{Row, Scores, Unit};

use super::bank::Place;
use super::condition::Condition;
use super::config::CheckedRule;
use super::rule_state::RuleState;

/// The answer to "why": one sentence and one contribution, whose size is the score.
pub(super) fn of(
    place: Option<&Place>,
    rules: &[CheckedRule],
    output: usize,
    row: Row<'_>,
    scores: &Scores,
) -> Explanation {
    let Some(place) = place else {
        return Explanation {
            sentence: format!("no series is bound at place {output}"),
            contributions: Vec::new(),
        };
    };
    let observed = row.values.get(output).copied().filter(|value| value.is_finite());
    let contribution = Contribution {
        column: place.column.key.clone(),
        contribution: scores.score(output).unwrap_or(0.0),
        observed,
        expected: None,
        lower: scores.lower(output),
        upper: scores.upper(output),
    };
    let said = match place.worst(rules) {
        Some((rule, state)) => said(place, rule, *state, observed),
        None => {
            observed.map_or_else(|| "has no value".to_owned(), |value| format!("is {}", show(place, value)))
        }
    };
    Explanation { sentence: format!("{} {said}", place.column.key), contributions: vec![contribution] }
}

fn show(place: &Place, value: f64) -> String {
    place.column.key.unit.display(value)
}

/// What the rule says of the series, as the rest of a sentence.
fn said(place: &Place, rule: &CheckedRule, state: RuleState, observed: Option<f64>) -> String {
    let name = rule.name().map_or_else(String::new, |name| format!(" (rule {name})"));
    let Some(value) = observed.or(Some(0.0).filter(|_| rule.condition == Condition::Absent)) else {
        return format!("has no value, and was beyond a limit when last seen{name}");
    };
    let per_second = |rate: f64| format!("{} per second", show(place, rate));
    let (what, beyond, within) = match rule.condition {
        Condition::Above { limit, .. } => {
            (show(place, value), format!("above the limit {}", show(place, limit)), None)
        }
        Condition::Below { limit, .. } => {
            (show(place, value), format!("below the limit {}", show(place, limit)), None)
        }
        Condition::Outside { low, high } => {
            (show(place, value), format!("outside of {} to {}", show(place, low), show(place, high)), None)
        }
        Condition::RateAbove { limit, .. } => (
            format!("{}, changing by {}", show(place, value), per_second(place.rate.unwrap_or(0.0))),
            format!("above the limit {}", per_second(limit)),
            place.rate,
        ),
        Condition::RateBelow { limit, .. } => (
            format!("{}, changing by {}", show(place, value), per_second(place.rate.unwrap_or(0.0))),
            format!("below the limit {}", per_second(limit)),
            place.rate,
        ),
        Condition::Absent => return absent(place, state, observed, &name),
    };
    let distance = rule.condition.distance(within.unwrap_or(value));
    match state.held.filter(|held| *held > 0.0) {
        _ if state.held.is_none() => format!("is {what}, not {beyond}{name}"),
        _ if distance <= 0.0 => format!("is {what}, was {beyond} and is not clear of it yet{name}"),
        Some(held) => format!("is {what}, {beyond} for {}{name}", Unit::SECONDS.display(held)),
        None => format!("is {what}, {beyond}{name}"),
    }
}

fn absent(place: &Place, state: RuleState, observed: Option<f64>, name: &str) -> String {
    match (observed, state.held) {
        (Some(value), _) => format!("is {}", show(place, value)),
        (None, held) => format!("has had no value for {}{name}", Unit::SECONDS.display(held.unwrap_or(0.0))),
    }
}
