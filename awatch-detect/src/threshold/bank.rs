use std::sync::Arc;

use awatch_core::detect::{Column, Readiness};
use awatch_core::{DetectError, Explanation, Learn, OnlineDetector, Row, Scores, state};
use serde::{Deserialize, Serialize};

use super::condition::Condition;
use super::config::CheckedRule;
use super::rule_state::RuleState;
use super::{KIND, explain};

/// The rules applied to many series.
#[derive(Debug)]
pub(super) struct Bank {
    rules: Arc<[CheckedRule]>,
    places: Vec<Option<Place>>,
}

/// A series and the rules that apply to it.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) column: Column,
    rules: Vec<usize>,
    memory: Memory,
    /// The limits on the value, NaN = none.
    limits: (f64, f64),
    /// The change per second in the last row, for the explanation.
    pub(super) rate: Option<f64>,
}

/// What is remembered of a series.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Memory {
    rules: Vec<RuleState>,
    /// The last value and the time that passed since, in seconds.
    last: Option<(f64, f64)>,
}

impl Bank {
    pub(super) fn new(rules: Arc<[CheckedRule]>) -> Self {
        Self { rules, places: Vec::new() }
    }

    fn place(&self, column: &Column) -> Place {
        let applies = |(index, rule): (usize, &CheckedRule)| rule.applies_to(&column.key).then_some(index);
        let rules: Vec<usize> = self.rules.iter().enumerate().filter_map(applies).collect();
        let limits =
            rules.iter().filter_map(|index| self.rules.get(*index)).map(|rule| rule.condition.limits());
        let limits = limits.fold((f64::NAN, f64::NAN), |(low, high), (l, h)| (low.max(l), high.min(h)));
        let memory = Memory { rules: vec![RuleState::default(); rules.len()], last: None };
        Place { column: column.clone(), rules, memory, limits, rate: None }
    }
}

impl Place {
    /// The rules that apply, and where they stand.
    fn standings<'a>(
        &'a self,
        rules: &'a [CheckedRule],
    ) -> impl Iterator<Item = (&'a CheckedRule, &'a RuleState)> {
        self.rules.iter().filter_map(|index| rules.get(*index)).zip(&self.memory.rules)
    }

    /// The rule that counts: the most severe that fires, else the one with the highest score.
    pub(super) fn worst<'a>(&'a self, rules: &'a [CheckedRule]) -> Option<(&'a CheckedRule, &'a RuleState)> {
        let rank =
            |(rule, state): &(&CheckedRule, &RuleState)| (state.fires.then_some(rule.severity), state.score);
        let scored = self.standings(rules).filter(|(_, state)| state.score.is_some());
        scored.reduce(|best, next| if rank(&next) > rank(&best) { next } else { best })
    }

    fn has_absent(&self, rules: &[CheckedRule]) -> bool {
        self.standings(rules).any(|(rule, _)| rule.condition == Condition::Absent)
    }

    fn observe(&mut self, rules: &[CheckedRule], value: Option<f64>, elapsed: f64) {
        let span = elapsed.min(2.0 * self.column.interval.as_secs_f64());
        let Memory { rules: states, last } = &mut self.memory;
        if let Some((_, age)) = last {
            *age += elapsed;
        }
        self.rate = match (value, &last) {
            (Some(value), Some((before, age))) if *age > 0.0 => {
                Some(((value - *before) / *age).clamp(f64::MIN, f64::MAX))
            }
            _ => None,
        };
        for (rule, state) in self.rules.iter().filter_map(|index| rules.get(*index)).zip(states) {
            let observed = if rule.condition.is_rate() { self.rate } else { value };
            if rule.condition == Condition::Absent {
                state.observe_absence(rule, value.is_some(), span);
            } else if let Some(observed) = observed {
                state.observe(rule, observed, span);
            }
        }
        if let Some(value) = value {
            *last = Some((value, 0.0));
        }
    }
}

impl OnlineDetector for Bank {
    fn bind(&mut self, index: usize, column: Option<&Column>) {
        if index >= self.places.len() {
            self.places.resize_with(index + 1, || None);
        }
        let bound = column.map(|column| self.place(column));
        if let Some(place) = self.places.get_mut(index) {
            *place = bound;
        }
    }

    fn step(&mut self, row: Row<'_>, _learn: Learn, out: &mut Scores) {
        let elapsed = row.elapsed.as_secs_f64();
        let out = out.columns_mut();
        let outputs = out
            .readiness
            .iter_mut()
            .zip(out.score)
            .zip(out.severity.iter_mut().zip(out.lower.iter_mut().zip(out.upper)));
        for ((place, &value), ((readiness, score), (severity, (lower, upper)))) in
            self.places.iter_mut().zip(row.values).zip(outputs)
        {
            let Some(place) = place else { continue };
            let value = Some(value).filter(|value| value.is_finite());
            place.observe(&self.rules, value, elapsed);
            if value.is_none() && !place.has_absent(&self.rules) {
                *readiness = Readiness::Missing;
                continue;
            }
            (*lower, *upper) = place.limits;
            if let Some((rule, state)) = place.worst(&self.rules) {
                (*readiness, *score) = (Readiness::Ready, state.score.unwrap_or_default());
                *severity = Some(rule.severity);
            }
        }
    }

    fn explain(&self, output: usize, row: Row<'_>, scores: &Scores) -> Explanation {
        explain::of(self.places.get(output).and_then(Option::as_ref), &self.rules, output, row, scores)
    }

    fn save(&self) -> Result<Vec<u8>, DetectError> {
        let memories = self.places.iter().map(|place| place.as_ref().map(|place| &place.memory));
        state::encode(KIND, &memories.collect::<Vec<_>>())
    }

    fn load(&mut self, bytes: &[u8]) -> Result<(), DetectError> {
        let saved: Vec<Option<Memory>> = state::decode(KIND, bytes)?;
        let error = |reason: String| DetectError::State { kind: KIND, reason };
        if saved.len() != self.places.len() {
            return Err(error(format!("it has {} places and {} are bound", saved.len(), self.places.len())));
        }
        for (index, (place, saved)) in self.places.iter().zip(&saved).enumerate() {
            let rules = place.as_ref().map(|place| place.rules.len());
            if rules != saved.as_ref().map(|memory| memory.rules.len()) {
                return Err(error(format!("place {index} has other rules")));
            }
            if !saved.as_ref().is_none_or(Memory::is_sound) {
                return Err(error(format!("place {index} has numbers that no history leads to")));
            }
        }
        for (place, saved) in self.places.iter_mut().zip(saved) {
            if let (Some(place), Some(memory)) = (place, saved) {
                place.memory = memory;
            }
        }
        Ok(())
    }

    fn memory(&self) -> usize {
        let each = |place: &Place| {
            place.rules.capacity() * size_of::<usize>()
                + place.memory.rules.capacity() * size_of::<RuleState>()
        };
        let heap: usize = self.places.iter().flatten().map(each).sum();
        size_of::<Self>() + self.places.capacity() * size_of::<Option<Place>>() + heap
    }
}

impl Memory {
    fn is_sound(&self) -> bool {
        let last = self.last.is_none_or(|(value, age)| value.is_finite() && age.is_finite() && age >= 0.0);
        last && self.rules.iter().all(RuleState::is_sound)
    }
}
