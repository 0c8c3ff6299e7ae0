//! Texts of history files: what is in a field, and what to write into one.

use std::fmt::Write as _;

use awatch_core::{Kind, Labels, Timestamp};

/// The longest piece of a file that a message repeats, in characters.
const SHOWN: usize = 40;

/// A piece of a file as a message repeats it.
pub(super) fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

/// An instant as people and programs write it: RFC 3339, the same without a zone for UTC, a date, or a count since
/// 1970 whose size says whether it is in seconds, ms, µs or ns.
pub(super) fn timestamp(text: &str) -> Result<Timestamp, String> {
    let text = text.trim();
    let parsed = if text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.'))
        && !text.get(1..).is_some_and(|rest| rest.contains('-'))
    {
        count(text)
    } else {
        date_and_time(text)
    };
    parsed.ok_or_else(|| {
        format!(
            "`{}` is not an instant: write RFC 3339, for example `2026-11-20T10:00:00Z`, or a whole number of s, ms, µs or ns since 1970",
            shown(text)
        )
    })
}

fn date_and_time(text: &str) -> Option<Timestamp> {
    let is_date = text.len() == 10;
    let in_utc = if is_date { format!("{text}T00:00:00Z") } else { format!("{text}Z") };
    text.parse().or_else(|_| in_utc.parse()).ok()
}

/// A count since 1970; the fraction, if there is one, is of the same unit.
fn count(text: &str) -> Option<Timestamp> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole: i64 = whole.parse().ok()?;
    let scale = nanos_per_unit(whole);
    let nanos = whole.checked_mul(scale)?;
    let digits: String = fraction.chars().take(9).collect();
    if digits.is_empty() {
        return text.bytes().all(|byte| byte != b'.').then_some(Timestamp::from_nanos(nanos));
    }
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let billionths: i64 = format!("{digits:0<9}").parse().ok()?;
    let rest = i64::try_from(i128::from(billionths) * i128::from(scale) / 1_000_000_000).ok()?;
    let signed = if text.starts_with('-') { -rest } else { rest };
    nanos.checked_add(signed).map(Timestamp::from_nanos)
}

/// Whether a count since 1970 is in seconds, ms, µs or ns, by its size: each reaches from 1973 to 5138.
pub(super) fn nanos_per_unit(count: i64) -> i64 {
    match count.unsigned_abs() {
        0..100_000_000_000 => 1_000_000_000,
        100_000_000_000..100_000_000_000_000 => 1_000_000,
        100_000_000_000_000..100_000_000_000_000_000 => 1000,
        _ => 1,
    }
}

/// A number; nothing, `NaN` and what programs write for nothing are a missing one.
pub(super) fn value(text: &str) -> Result<f64, String> {
    let text = text.trim();
    match text.parse() {
        Ok(value) => Ok(value),
        Err(_) if ["", "null", "NULL", "NA", "N/A", "None"].contains(&text) => Ok(f64::NAN),
        Err(_) => Err(format!(
            "`{}` is not a number: write for example 0.5, or nothing where there is none",
            shown(text)
        )),
    }
}

/// A number so that [`value`] reads back the same bits.
pub(super) fn write_value(value: f64, out: &mut String) {
    // Writing to a string cannot fail.
    let _ = write!(out, "{value:?}");
}

/// How the numbers of a series follow from each other.
pub(super) fn kind(text: &str) -> Result<Kind, String> {
    match text {
        "" | "gauge" => Ok(Kind::Gauge),
        "counter" | "cumulative_counter" => Ok(Kind::CumulativeCounter),
        "delta" | "delta_sum" => Ok(Kind::DeltaSum),
        _ => Err(format!("`{}` is not a kind: write `gauge`, `counter` or `delta`", shown(text))),
    }
}

/// The text that [`kind`] reads back; `None` for a kind that this layout does not know.
pub(super) fn kind_text(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Gauge => Some("gauge"),
        Kind::CumulativeCounter => Some("counter"),
        Kind::DeltaSum => Some("delta"),
        _ => None,
    }
}

/// Labels as `name=value,name=value`; a comma or backslash in a value stands behind a backslash.
pub(super) fn labels(text: &str) -> Result<Labels, String> {
    let malformed = || {
        format!(
            "`{}` are not labels: write `name=value,name=value`, with a backslash before a comma or backslash in a value",
            shown(text)
        )
    };
    let mut pairs: Vec<(String, String)> = Vec::new();
    if text.is_empty() {
        return Ok(Labels::none());
    }
    let mut rest = text.chars();
    loop {
        let mut name = String::new();
        loop {
            match rest.next() {
                Some('=') => break,
                Some(letter) => name.push(letter),
                None => return Err(malformed()),
            }
        }
        let mut value = String::new();
        let end = loop {
            match rest.next() {
                Some('\\') => value.push(rest.next().ok_or_else(malformed)?),
                Some(',') => break false,
                Some(letter) => value.push(letter),
                None => break true,
            }
        };
        pairs.push((name, value));
        if end {
            break;
        }
    }
    let given = pairs.len();
    let labels = Labels::new(pairs).map_err(|error| error.to_string())?;
    if labels.iter().count() == given {
        Ok(labels)
    } else {
        Err(format!("`{}` has a label twice: leave one out", shown(text)))
    }
}

/// Labels so that [`labels`] reads back the same.
pub(crate) fn labels_text(labels: &Labels) -> String {
    let mut text = String::new();
    for (name, value) in labels.iter() {
        if !text.is_empty() {
            text.push(',');
        }
        text.push_str(name);
        text.push('=');
        for letter in value.chars() {
            if matches!(letter, ',' | '\\') {
                text.push('\\');
            }
            text.push(letter);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn instants_are_read_in_every_common_spelling() {
        let at = Timestamp::from_secs(1_519_865_045);
        for text in [
            "2018-03-01T00:44:05Z",
            "2018-03-01 00:44:05",
            "2018-03-01T00:44:05",
            "2018-03-01T01:44:05+01:00",
            "2018-03-01 00:44:05+00",
            " 2018-03-01 00:44:05 ",
            "1519865045",
            "1519865045000",
            "1519865045000000",
            "1519865045000000000",
        ] {
            assert_eq!(timestamp(text), Ok(at), "{text}");
        }
        let half = Timestamp::from_nanos(1_519_865_045_500_000_000);
        for text in ["2018-03-01 00:44:05.5", "1519865045.5", "1519865045500"] {
            assert_eq!(timestamp(text), Ok(half), "{text}");
        }
        assert_eq!(timestamp("2018-03-01"), Ok(Timestamp::from_secs(1_519_862_400)));
        assert_eq!(timestamp("-1.5"), Ok(Timestamp::from_nanos(-1_500_000_000)));
        assert_eq!(timestamp("2018-03-01 00:44"), Ok(Timestamp::from_secs(1_519_865_040)));
    }

    #[test]
    fn what_is_no_instant_is_said() {
        for text in
            ["", "noon", "1.", "1.x", "..", "-", "99999999999999999999", "2018-13-01", "03/01/2018", "1-2-3"]
        {
            let error = timestamp(text).unwrap_err();
            assert_eq!(
                error,
                format!(
                    "`{text}` is not an instant: write RFC 3339, for example `2026-11-20T10:00:00Z`, or a whole number of s, ms, µs or ns since 1970"
                )
            );
        }
    }

    #[test]
    fn labels_say_what_is_wrong_with_them() {
        let malformed = "`a` are not labels: write `name=value,name=value`, with a backslash before a comma or backslash in a value";
        assert_eq!(labels("a"), Err(malformed.to_owned()));
        assert!(labels("a=1,").is_err());
        assert!(labels("a=\\").is_err());
        assert_eq!(labels("a=1,a=2"), Err("`a=1,a=2` has a label twice: leave one out".to_owned()));
        assert_eq!(labels("a=1=2").unwrap().get("a"), Some("1=2"));
    }

    proptest! {
        #[test]
        fn labels_come_back(pairs in proptest::collection::btree_map("[a-z.]{1,9}", ".*", 0..5)) {
            let given = Labels::new(pairs).unwrap();
            prop_assert_eq!(labels(&labels_text(&given)), Ok(given));
        }

        #[test]
        fn numbers_come_back_bit_for_bit(bits: u64) {
            let number = f64::from_bits(bits);
            prop_assume!(!number.is_nan());
            let mut text = String::new();
            write_value(number, &mut text);
            prop_assert_eq!(value(&text).unwrap().to_bits(), bits);
        }

        #[test]
        fn instants_come_back(nanos: i64) {
            let at = Timestamp::from_nanos(nanos);
            prop_assert_eq!(timestamp(&at.to_string()), Ok(at));
        }
    }
}
