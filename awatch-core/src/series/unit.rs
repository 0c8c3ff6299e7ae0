use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A unit of measurement in UCUM code, as OpenTelemetry writes it: `By`, `s`, `1`, `{request}`, `By/s`.
///
/// # Example
/// ```
/// use awatch_core::Unit;
/// assert_eq!(Unit::BYTES.display(3.2e9), "2.98 GiB");
/// assert_eq!(Unit::RATIO.display(0.034), "3.4 %");
/// assert_eq!(Unit::BYTES.per_second().as_str(), "By/s");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Unit(Cow<'static, str>);

impl Unit {
    /// A fraction of a whole, 1.0 = all of it; also anything without a dimension.
    pub const RATIO: Self = Self(Cow::Borrowed("1"));
    /// Bytes.
    pub const BYTES: Self = Self(Cow::Borrowed("By"));
    /// Seconds.
    pub const SECONDS: Self = Self(Cow::Borrowed("s"));

    /// The unit with that UCUM code; empty when it is not known.
    #[must_use]
    pub fn new(code: impl Into<Cow<'static, str>>) -> Self {
        Self(code.into())
    }

    /// The unit that counts things of that name: `Unit::count("packet")` is `{packet}`.
    #[must_use]
    pub fn count(of: &str) -> Self {
        Self(Cow::Owned(format!("{{{of}}}")))
    }

    /// The UCUM code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What a counter in this unit becomes as a rate; seconds per second are a ratio.
    #[must_use]
    pub fn per_second(&self) -> Self {
        match self.as_str() {
            "s" => Self::RATIO,
            "" => Self(Cow::Borrowed("/s")),
            code => Self(Cow::Owned(format!("{code}/s"))),
        }
    }

    /// `value` as a person reads it, three significant digits, with binary prefixes for bytes, `%` for ratios up
    /// to a few wholes, `ms` and `µs` for short times.
    #[must_use]
    pub fn display(&self, value: f64) -> String {
        match self.as_str() {
            "1" if value.abs() < 10.0 => format!("{} %", significant(value * 100.0)),
            "1" | "" => significant(value),
            "By" => bytes(value),
            "By/s" => format!("{}/s", bytes(value)),
            "s" => seconds(value),
            code => match code.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
                Some((thing, rest)) => format!("{} {thing}{rest}", significant(value)),
                None => format!("{} {code}", significant(value)),
            },
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

fn bytes(value: f64) -> String {
    let mut scaled = value;
    let mut prefixes = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"].into_iter();
    let mut unit = prefixes.next().unwrap_or("B");
    for next in prefixes {
        if scaled.abs() < 1024.0 {
            break;
        }
        scaled /= 1024.0;
        unit = next;
    }
    format!("{} {unit}", significant(scaled))
}

fn seconds(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 || (1.0..120.0).contains(&size) {
        format!("{} s", significant(value))
    } else if size < 1e-3 {
        format!("{} µs", significant(value * 1e6))
    } else if size < 1.0 {
        format!("{} ms", significant(value * 1e3))
    } else if size < 7200.0 {
        format!("{} min", significant(value / 60.0))
    } else {
        format!("{} h", significant(value / 3600.0))
    }
}

/// Three significant digits; whole numbers below a million in full.
fn significant(value: f64) -> String {
    let size = value.abs();
    if !size.is_finite() || size == 0.0 {
        return format!("{value}").replace("-0", "0");
    }
    if !(1e-4..1e6).contains(&size) {
        return format!("{value:.2e}");
    }
    let decimals = match size {
        s if s >= 99.95 => 0,
        s if s >= 9.995 => 1,
        s if s >= 0.9995 => 2,
        s if s >= 0.0995 => 3,
        s if s >= 0.00995 => 4,
        _ => 6,
    };
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_as_a_person_writes_them() {
        for (unit, value, text) in [
            (Unit::RATIO, 0.0, "0 %"),
            (Unit::RATIO, 0.98765, "98.8 %"),
            (Unit::RATIO, 1.0, "100 %"),
            (Unit::RATIO, 42.0, "42"),
            (Unit::BYTES, 1023.0, "1023 B"),
            (Unit::BYTES, 1536.0, "1.5 KiB"),
            (Unit::BYTES.per_second(), -2_097_152.0, "-2 MiB/s"),
            (Unit::SECONDS, 0.000_25, "250 µs"),
            (Unit::SECONDS, 90.0, "90 s"),
            (Unit::SECONDS, 3600.0, "60 min"),
            (Unit::count("packet").per_second(), 12.345, "12.3 packet/s"),
            (Unit::new("Cel"), 41.0, "41 Cel"),
            (Unit::count("x"), 3e9, "3.00e9 x"),
        ] {
            assert_eq!(unit.display(value), text);
        }
    }
}
