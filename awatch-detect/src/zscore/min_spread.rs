use std::collections::BTreeMap;

use awatch_core::{DetectError, Unit};
use serde::{Deserialize, Serialize};

use crate::parameter;

/// The least spread taken for real: per unit, and as a part of the level.
///
/// A series that hardly moved has no measured spread to speak of; a deviation is then told in these. With the edge at
/// 8 spreads a flat CPU utilisation must leave its level by 8 percentage points, a flat error rate by 4 per second.
///
/// | unit | least spread | why |
/// |---|---|---|
/// | `1` | 0.01 | one percentage point: below it nobody acts |
/// | `s` | 0.001 | a millisecond |
/// | `By` | 1 MiB | one large allocation |
/// | `By/s` | 16 KiB/s | a few log lines and heartbeats |
/// | `{packet}/s`, `{operation}/s` | 2 | keep-alives and journals |
/// | `{fault}/s` | 50 | a process starting |
/// | other `{…}`, `{…}/s` | 0.5 | half a thing: errors 0 → 5 are told |
/// | any other | 1e-9 | nothing is known of it: only the relative part counts |
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MinSpread {
    /// By UCUM code, over the table above; `{*}` and `{*}/s` stand for all counts and rates of counts, `*` for all
    /// units not named.
    pub units: BTreeMap<String, f64>,
    /// As a part of the level: 0.01 unless told otherwise.
    pub relative: f64,
}

impl Default for MinSpread {
    fn default() -> Self {
        Self { units: BTreeMap::new(), relative: 0.01 }
    }
}

const BUILT_IN: [(&str, f64); 10] = [
    ("1", 0.01),
    ("s", 0.001),
    ("By", 1_048_576.0),
    ("By/s", 16_384.0),
    ("{packet}/s", 2.0),
    ("{operation}/s", 2.0),
    ("{fault}/s", 50.0),
    ("{*}", 0.5),
    ("{*}/s", 0.5),
    ("*", 1e-9),
];

impl MinSpread {
    /// Sets the least spread of a unit, in that unit.
    #[must_use]
    pub fn with_unit(mut self, code: impl Into<String>, spread: f64) -> Self {
        self.units.insert(code.into(), spread);
        self
    }

    /// Sets the least spread as a part of the level.
    #[must_use]
    pub fn with_relative(mut self, relative: f64) -> Self {
        self.relative = relative;
        self
    }

    /// The least spread of series in `unit`, besides the relative part.
    #[must_use]
    pub fn of(&self, unit: &Unit) -> f64 {
        let code = unit.as_str();
        let counts = match code.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            Some((_, "")) => Some("{*}"),
            Some((_, "/s")) => Some("{*}/s"),
            _ => None,
        };
        let given = |code: &str| self.units.get(code).copied();
        let built_in = |code: &str| BUILT_IN.iter().find(|(own, _)| *own == code).map(|(_, spread)| *spread);
        let named = given(code).or_else(|| given(counts?)).or_else(|| built_in(code));
        let any = || given("*").or_else(|| built_in("*"));
        named.or_else(|| built_in(counts?)).or_else(any).unwrap_or(f64::MIN_POSITIVE)
    }

    pub(crate) fn check(&self) -> Result<(), DetectError> {
        for (code, spread) in &self.units {
            if !(*spread > 0.0 && spread.is_finite()) {
                let given = format!("{spread} for the unit `{code}`");
                return Err(parameter("min_spread", &given, "give a number above zero in that unit"));
            }
        }
        if !(0.0..=1.0).contains(&self.relative) {
            let remedy = "give a part of the level from 0 to 1, for example 0.01";
            return Err(parameter("min_spread.relative", &self.relative, remedy));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(spread: &MinSpread, code: &'static str) -> f64 {
        spread.of(&Unit::new(code))
    }

    #[test]
    #[expect(clippy::float_cmp, reason = "the numbers are copied, not computed")]
    fn the_nearest_entry_counts() {
        let default = MinSpread::default();
        for (code, spread) in
            [("1", 0.01), ("By/s", 16_384.0), ("{error}/s", 0.5), ("{thread}", 0.5), ("Cel", 1e-9)]
        {
            assert_eq!(of(&default, code), spread, "{code}");
        }
        let own = default.with_unit("{error}/s", 3.0).with_unit("{*}/s", 2.0).with_unit("*", 7.0);
        for (code, spread) in
            [("{error}/s", 3.0), ("{packet}/s", 2.0), ("{thread}", 0.5), ("Cel", 7.0), ("By", 1_048_576.0)]
        {
            assert_eq!(of(&own, code), spread, "{code}");
        }
    }
}
