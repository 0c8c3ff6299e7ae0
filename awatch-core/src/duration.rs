//! Durations as people write them in configuration: `"500ms"`, `"30s"`, `"1h 30m"`, `"7d"`.
//!
//! [`parse`] reads one, [`format`](fn@format) prints one so that it reads back exactly. The module itself and
//! [`option`] plug into serde, so that a configuration struct holds a plain [`std::time::Duration`]:
//!
//! ```
//! use std::time::Duration;
//!
//! #[derive(serde::Deserialize)]
//! struct HostConfig {
//!     #[serde(with = "awatch_core::duration")]
//!     every: Duration,
//!     #[serde(with = "awatch_core::duration::option", default)]
//!     quiet: Option<Duration>,
//! }
//!
//! assert_eq!(awatch_core::duration::parse("1h 30m")?, Duration::from_mins(90));
//! assert_eq!(awatch_core::duration::format(Duration::from_mins(90)), "1h30m");
//! # Ok::<(), awatch_core::duration::ParseDurationError>(())
//! ```
//!
//! A duration is one or more whole numbers, each followed by its unit: `ns`, `us` (or `µs`), `ms`, `s`, `m`
//! (minutes), `h`, `d` (24 h) or `w` (7 d). The parts are added up, each unit at most once and from the largest to the
//! smallest; spaces between them are ignored. There are no fractions, months or years: `"1500ms"`, not `"1.5s"`.

use std::fmt;
use std::time::Duration;

use serde::{Deserializer, Serializer, de};

/// Units from the largest to the smallest: symbol and nanoseconds.
const UNITS: [(&str, u128); 8] = [
    ("w", 604_800_000_000_000),
    ("d", 86_400_000_000_000),
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", NANOS_PER_SECOND),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

const NANOS_PER_SECOND: u128 = 1_000_000_000;

/// Longest piece of the user's text that a message repeats, in characters.
const SHOWN: usize = 40;

/// Why a text is not a duration. Every message names the text and shows how to write it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseDurationError {
    /// The text is empty or only spaces.
    #[error("the duration is empty; write for example \"30s\"")]
    Empty,
    /// The text starts with a minus sign.
    #[error("the duration \"{text}\" is negative; write for example \"30s\"")]
    Negative {
        /// The text as given, cut when long.
        text: String,
    },
    /// A unit stands where a number was expected.
    #[error("the duration \"{text}\" has no number before `{found}`; write for example \"30s\"")]
    MissingNumber {
        /// The text as given, cut when long.
        text: String,
        /// What stands where a number was expected.
        found: String,
    },
    /// A number is not followed by a unit.
    #[error(
        "the duration \"{text}\" has no unit after {number}; write \"{number}s\" for seconds or \"{number}m\" for minutes"
    )]
    MissingUnit {
        /// The text as given, cut when long.
        text: String,
        /// The number without a unit.
        number: String,
    },
    /// A number has a decimal point or comma.
    #[error(
        "the duration \"{text}\" has a fraction; use a smaller unit, for example \"1500ms\" for one and a half seconds"
    )]
    Fraction {
        /// The text as given, cut when long.
        text: String,
    },
    /// A unit is not one of those known.
    #[error(
        "the duration \"{text}\" has the unknown unit `{unit}`; units are ns, us, ms, s, m, h, d, w, for example \"1h30m\""
    )]
    UnknownUnit {
        /// The text as given, cut when long.
        text: String,
        /// The unit that is not known.
        unit: String,
    },
    /// A unit is repeated or comes after a smaller one.
    #[error(
        "the duration \"{text}\" has `{unit}` out of order; write each unit once, the largest first, for example \"1h30m\""
    )]
    UnitOrder {
        /// The text as given, cut when long.
        text: String,
        /// The unit that is out of order.
        unit: String,
    },
    /// The duration does not fit a [`Duration`] (about 584 billion years).
    #[error("the duration \"{text}\" is too long to represent; write for example \"52w\"")]
    Overflow {
        /// The text as given, cut when long.
        text: String,
    },
}

/// Parses a duration such as `"500ms"`, `"30s"` or `"1h 30m"`; exact, O(length).
///
/// # Errors
/// [`ParseDurationError`] when the text is empty, negative, has a number without a unit or a unit without a
/// number, a fraction, an unknown, repeated or misplaced unit, or is too long for a [`Duration`].
pub fn parse(text: &str) -> Result<Duration, ParseDurationError> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err(ParseDurationError::Empty);
    }
    if rest.starts_with(['-', '\u{2212}']) {
        return Err(ParseDurationError::Negative { text: shown(text) });
    }
    let mut nanos = 0_u128;
    let mut next_unit = 0;
    while !rest.is_empty() {
        let (number, after_number) = split_number(text, rest)?;
        let (unit, after_unit) = split_unit(after_number);
        let (position, size) = find_unit(text, number, unit)?;
        if position < next_unit {
            return Err(ParseDurationError::UnitOrder { text: shown(text), unit: shown(unit) });
        }
        next_unit = position + 1;
        nanos = add_part(nanos, number, size).ok_or_else(|| overflow(text))?;
        rest = after_unit.trim_start();
    }
    from_nanos(nanos).ok_or_else(|| overflow(text))
}

/// Prints a duration so that [`parse`] reads back exactly the same: `"1h30m"`, `"1s500ms"`, `"7d"`, `"0s"`.
///
/// Each unit from days down appears at most once and zeros are left out; weeks are printed as days.
#[must_use]
pub fn format(duration: Duration) -> String {
    let mut text = String::new();
    let mut rest = duration.as_nanos();
    for (symbol, size) in UNITS.into_iter().filter(|(symbol, _)| *symbol != "w") {
        let count = rest / size;
        rest %= size;
        if count > 0 {
            text.push_str(&count.to_string());
            text.push_str(symbol);
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

/// Serialises a duration as text; for `#[serde(with = "awatch_core::duration")]`.
///
/// # Errors
/// Only those of the serialiser.
pub fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format(*duration))
}

/// Deserialises a duration from text; for `#[serde(with = "awatch_core::duration")]`.
///
/// # Errors
/// When the value is not a string (a bare number is told which string to write) or not a duration.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    deserializer.deserialize_str(DurationVisitor)
}

/// Optional durations: `#[serde(with = "awatch_core::duration::option", default)]`.
pub mod option {
    use std::fmt;
    use std::time::Duration;

    use serde::{Deserializer, Serializer, de};

    /// Serialises an optional duration as text or as none.
    ///
    /// # Errors
    /// Only those of the serialiser.
    pub fn serialize<S: Serializer>(duration: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
        match duration {
            Some(duration) => serializer.serialize_some(&super::format(*duration)),
            None => serializer.serialize_none(),
        }
    }

    /// Deserialises an optional duration from text; add `default` so that the key may be absent.
    ///
    /// # Errors
    /// When the value is present but not a string or not a duration.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
        deserializer.deserialize_option(OptionVisitor)
    }

    struct OptionVisitor;

    impl<'de> de::Visitor<'de> for OptionVisitor {
        type Value = Option<Duration>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            de::Visitor::expecting(&super::DurationVisitor, f)
        }

        fn visit_none<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
            super::deserialize(deserializer).map(Some)
        }
    }
}

struct DurationVisitor;

impl de::Visitor<'_> for DurationVisitor {
    type Value = Duration;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a duration in quotes such as \"30s\"")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Duration, E> {
        parse(text).map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Duration, E> {
        Err(E::custom(bare_number(number)))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Duration, E> {
        Err(E::custom(bare_number(number)))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Duration, E> {
        Err(E::custom(format_args!(
            "the duration {number} has no unit; write it in quotes with a unit, for example \"30s\" or \"1500ms\""
        )))
    }
}

fn bare_number(number: impl fmt::Display) -> String {
    format!("the duration {number} has no unit; write it in quotes with a unit, for example \"{number}s\"")
}

fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

fn overflow(text: &str) -> ParseDurationError {
    ParseDurationError::Overflow { text: shown(text) }
}

/// Splits `rest` after its leading digits.
fn split_number<'a>(text: &str, rest: &'a str) -> Result<(&'a str, &'a str), ParseDurationError> {
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (number, after) = rest.split_at(end);
    if after.starts_with(['.', ',']) {
        return Err(ParseDurationError::Fraction { text: shown(text) });
    }
    if number.is_empty() {
        return Err(ParseDurationError::MissingNumber {
            text: shown(text),
            found: shown(split_unit(after).0),
        });
    }
    Ok((number, after))
}

/// Splits `rest` after its leading unit: everything up to a space, digit or sign.
fn split_unit(rest: &str) -> (&str, &str) {
    let rest = rest.trim_start();
    let mut ends = rest.char_indices().skip(1).filter(|&(_, c)| c.is_whitespace() || c.is_ascii_digit());
    let end = ends.next().map_or(rest.len(), |(index, _)| index);
    if rest.starts_with(|c: char| c.is_ascii_digit()) { ("", rest) } else { rest.split_at(end) }
}

/// Position of `unit` in [`UNITS`] and its size in nanoseconds.
fn find_unit(text: &str, number: &str, unit: &str) -> Result<(usize, u128), ParseDurationError> {
    if unit.is_empty() {
        return Err(ParseDurationError::MissingUnit { text: shown(text), number: shown(number) });
    }
    let symbol = if matches!(unit, "µs" | "μs") { "us" } else { unit };
    let found = UNITS.iter().enumerate().find(|(_, (name, _))| *name == symbol);
    let (position, (_, size)) =
        found.ok_or_else(|| ParseDurationError::UnknownUnit { text: shown(text), unit: shown(unit) })?;
    Ok((position, *size))
}

fn add_part(nanos: u128, number: &str, size: u128) -> Option<u128> {
    number.parse::<u128>().ok()?.checked_mul(size)?.checked_add(nanos)
}

fn from_nanos(nanos: u128) -> Option<Duration> {
    let seconds = u64::try_from(nanos / NANOS_PER_SECOND).ok()?;
    let subsecond = u32::try_from(nanos % NANOS_PER_SECOND).ok()?;
    Some(Duration::new(seconds, subsecond))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::de::IntoDeserializer as _;
    use serde::de::value::{Error, I64Deserializer, StrDeserializer};

    use super::*;

    fn message(text: &str) -> String {
        parse(text).expect_err("not a duration").to_string()
    }

    #[test]
    fn reads_what_people_write() {
        for (text, expected) in [
            ("0s", Duration::ZERO),
            ("7ns", Duration::from_nanos(7)),
            ("250us", Duration::from_micros(250)),
            ("250µs", Duration::from_micros(250)),
            ("500ms", Duration::from_millis(500)),
            ("30s", Duration::from_secs(30)),
            ("5m", Duration::from_mins(5)),
            ("6h", Duration::from_hours(6)),
            ("7d", Duration::from_hours(7 * 24)),
            ("2w", Duration::from_hours(14 * 24)),
            ("1h30m", Duration::from_mins(90)),
            (" 1h 30 m ", Duration::from_mins(90)),
            ("90m", Duration::from_mins(90)),
        ] {
            assert_eq!(parse(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn prints_the_largest_units_first() {
        for (expected, text) in [
            ("0s", "0h"),
            ("1h30m", "90m"),
            ("1s500ms", "1500ms"),
            ("7d", "1w"),
            ("1d12h", "36h"),
            ("1ms1us1ns", "1001001ns"),
        ] {
            assert_eq!(format(parse(text).expect("a duration")), expected);
        }
    }

    #[test]
    fn messages_say_what_is_wrong_and_show_an_example() {
        for (text, expected) in [
            ("", "the duration is empty; write for example \"30s\""),
            ("  ", "the duration is empty; write for example \"30s\""),
            ("-5s", "the duration \"-5s\" is negative; write for example \"30s\""),
            (
                "30",
                "the duration \"30\" has no unit after 30; write \"30s\" for seconds or \"30m\" for minutes",
            ),
            (
                "1h 30",
                "the duration \"1h 30\" has no unit after 30; write \"30s\" for seconds or \"30m\" for minutes",
            ),
            ("fast", "the duration \"fast\" has no number before `fast`; write for example \"30s\""),
            (
                "1.5s",
                "the duration \"1.5s\" has a fraction; use a smaller unit, for example \"1500ms\" for one and a half seconds",
            ),
            (
                "30sec",
                "the duration \"30sec\" has the unknown unit `sec`; units are ns, us, ms, s, m, h, d, w, for example \"1h30m\"",
            ),
            (
                "5s 1m",
                "the duration \"5s 1m\" has `m` out of order; write each unit once, the largest first, for example \"1h30m\"",
            ),
            (
                "1m1m",
                "the duration \"1m1m\" has `m` out of order; write each unit once, the largest first, for example \"1h30m\"",
            ),
            (
                "99999999999999999w",
                "the duration \"99999999999999999w\" is too long to represent; write for example \"52w\"",
            ),
        ] {
            assert_eq!(message(text), expected);
        }
    }

    #[test]
    fn a_long_text_is_cut_in_the_message() {
        let text = "9".repeat(500) + "s";
        let expected = format!(
            "the duration \"{}…\" is too long to represent; write for example \"52w\"",
            "9".repeat(40)
        );
        assert_eq!(message(&text), expected);
    }

    #[test]
    fn serde_takes_text_only() {
        let text: StrDeserializer<'_, Error> = "1h30m".into_deserializer();
        assert_eq!(deserialize(text), Ok(Duration::from_mins(90)));
        let number: I64Deserializer<Error> = 30_i64.into_deserializer();
        assert_eq!(
            deserialize(number).expect_err("a number").to_string(),
            "the duration 30 has no unit; write it in quotes with a unit, for example \"30s\""
        );
    }

    #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    struct Both {
        #[serde(with = "crate::duration")]
        every: Duration,
        #[serde(with = "crate::duration::option", default)]
        quiet: Option<Duration>,
    }

    #[test]
    fn fields_hold_plain_durations() {
        let both: Both = toml::from_str("every = \"30s\"\nquiet = \"5m\"").expect("valid");
        assert_eq!(both, Both { every: Duration::from_secs(30), quiet: Some(Duration::from_mins(5)) });
        let one: Both = toml::from_str("every = \"30s\"").expect("valid");
        assert_eq!(one.quiet, None);
    }

    proptest! {
        #[test]
        fn every_duration_reads_back_exactly(seconds: u64, nanos in 0_u32..1_000_000_000) {
            let duration = Duration::new(seconds, nanos);
            prop_assert_eq!(parse(&format(duration)), Ok(duration));
        }

        #[test]
        fn any_text_is_an_answer_or_an_error(text in "[-0-9a-zµ., ]{0,12}|\\PC{0,60}") {
            if let Ok(duration) = parse(&text) {
                prop_assert_eq!(parse(&format(duration)), Ok(duration));
            }
        }
    }
}
