use awatch_core::{ColumnKey, DetectError, state};
use serde::{Deserialize, Serialize};

use super::knots::{Knot, Knots};
use super::model::Tail;
use super::{Skew, TailModel};

#[derive(Serialize, Deserialize)]
struct Saved {
    columns: Vec<ColumnKey>,
    tails: Vec<SavedTail>,
}

#[derive(Serialize, Deserialize)]
struct SavedTail {
    skew: Skew,
    spread: f64,
    rows: u32,
    knots: Vec<Knot>,
}

impl SavedTail {
    /// Whether the knots rise in value and count, from the first value to the last.
    fn is_sound(&self) -> bool {
        let within = |knot: &Knot| knot.value.is_finite() && knot.below < knot.upto;
        let rising = |ends: &[Knot]| ends[0].value < ends[1].value && ends[0].upto <= ends[1].below;
        let ends =
            (self.knots.first().map_or(0, |knot| knot.below), self.knots.last().map_or(0, |knot| knot.upto));
        ends == (0, self.rows)
            && self.spread.is_finite()
            && self.spread >= 0.0
            && self.knots.iter().all(within)
            && self.knots.windows(2).all(rising)
    }
}

impl TailModel {
    pub(crate) fn save(&self, kind: &'static str) -> Result<Vec<u8>, DetectError> {
        let tail = |tail: &Tail| SavedTail {
            skew: tail.skew,
            spread: tail.knots.spread(),
            rows: tail.knots.rows(),
            knots: tail.knots.all.clone(),
        };
        state::encode(
            kind,
            &Saved { columns: self.columns.clone(), tails: self.tails.iter().map(tail).collect() },
        )
    }

    pub(crate) fn load(kind: &'static str, bytes: &[u8]) -> Result<Self, DetectError> {
        let refused = |reason: String| Err(DetectError::State { kind, reason });
        let saved: Saved = state::decode(kind, bytes)?;
        if saved.columns.is_empty() || saved.tails.len() != saved.columns.len() {
            return refused(format!(
                "{} distributions for {} columns",
                saved.tails.len(),
                saved.columns.len()
            ));
        }
        if let Some(column) = saved.tails.iter().position(|tail| !tail.is_sound()) {
            return refused(format!("the distribution of column {column} is not one"));
        }
        let tail =
            |tail: SavedTail| Tail { knots: Knots::new(tail.knots, tail.rows, tail.spread), skew: tail.skew };
        Ok(Self { columns: saved.columns, tails: saved.tails.into_iter().map(tail).collect() })
    }
}
