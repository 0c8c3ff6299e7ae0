use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// An amount of memory or disk, written in configuration as text: `"32MiB"`, `"64MB"`, `"512 KiB"`, `"100B"`.
///
/// A whole number and a unit: `B`, or with a decimal (`kB`, `MB`, `GB`, `TB`) or binary (`KiB`, `MiB`, `GiB`, `TiB`)
/// multiple; capitals do not matter. Printed in the largest unit that is exact, so that it reads back the same.
///
/// # Example
/// ```
/// use awatch_store::ByteSize;
/// let size: ByteSize = "32 MiB".parse().unwrap();
/// assert_eq!((size.as_bytes(), size.to_string()), (33_554_432, "32MiB".to_owned()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ByteSize(u64);

/// The text is not a size.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the size \"{text}\" {reason}; write for example \"32MiB\"")]
pub struct ParseByteSizeError {
    /// What was given, cut when long.
    pub text: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

/// Units from the largest to the smallest; of two that print a size equally short the first is used.
const UNITS: [(&str, u64); 9] = [
    ("TiB", 1 << 40),
    ("TB", 1_000_000_000_000),
    ("GiB", 1 << 30),
    ("GB", 1_000_000_000),
    ("MiB", 1 << 20),
    ("MB", 1_000_000),
    ("KiB", 1 << 10),
    ("kB", 1000),
    ("B", 1),
];

impl ByteSize {
    /// So many bytes.
    #[must_use]
    pub const fn from_bytes(bytes: u64) -> Self {
        Self(bytes)
    }

    /// So many times 1024 bytes, held at the end of the range.
    #[must_use]
    pub const fn from_kib(kib: u64) -> Self {
        Self(kib.saturating_mul(1 << 10))
    }

    /// So many times 1024² bytes, held at the end of the range.
    #[must_use]
    pub const fn from_mib(mib: u64) -> Self {
        Self(mib.saturating_mul(1 << 20))
    }

    /// How many bytes.
    #[must_use]
    pub const fn as_bytes(self) -> u64 {
        self.0
    }
}

impl FromStr for ByteSize {
    type Err = ParseByteSizeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = |reason| ParseByteSizeError { text: text.chars().take(40).collect(), reason };
        let trimmed = text.trim();
        let digits = trimmed.find(|c: char| !c.is_ascii_digit()).unwrap_or(trimmed.len());
        let (number, unit) = trimmed.split_at(digits);
        if number.is_empty() {
            return Err(error("does not start with a whole number"));
        }
        if unit.starts_with(['.', ',']) {
            return Err(error("has a fraction: use a smaller unit"));
        }
        let unit = unit.trim();
        if unit.is_empty() {
            return Err(error("has no unit"));
        }
        let known = UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit));
        let (_, size) = known.ok_or_else(|| error("has an unknown unit"))?;
        let number: u64 = number.parse().map_err(|_| error("is too large"))?;
        number.checked_mul(*size).map(Self).ok_or_else(|| error("is too large"))
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exact = UNITS.into_iter().find(|(_, size)| self.0 >= *size && self.0.is_multiple_of(*size));
        let (unit, size) = exact.unwrap_or(("B", 1));
        write!(f, "{}{unit}", self.0 / size)
    }
}

impl Serialize for ByteSize {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ByteSize {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        for (text, bytes) in
            [("32MiB", 32 << 20), (" 64 MB ", 64_000_000), ("1kb", 1000), ("0B", 0), ("3tib", 3 << 40)]
        {
            assert_eq!(text.parse(), Ok(ByteSize::from_bytes(bytes)), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_size_is_refused_with_a_remedy() {
        for (text, reason) in [
            ("", "does not start with a whole number"),
            ("-1MiB", "does not start with a whole number"),
            ("1.5GiB", "has a fraction: use a smaller unit"),
            ("32", "has no unit"),
            ("32 Mebi", "has an unknown unit"),
            ("99999999999TiB", "is too large"),
            ("99999999999999999999999B", "is too large"),
        ] {
            let error = text.parse::<ByteSize>().unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("the size \"{text}\" {reason}; write for example \"32MiB\"")
            );
        }
    }

    proptest! {
        #[test]
        fn any_size_reads_back(bytes in any::<u64>(), shift in 0_u32..50) {
            let size = ByteSize::from_bytes(bytes >> shift << shift.min(20));
            prop_assert_eq!(size.to_string().parse(), Ok(size));
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,40}") {
            if let Ok(size) = text.parse::<ByteSize>() {
                prop_assert_eq!(size.to_string().parse(), Ok(size));
            }
        }
    }
}
