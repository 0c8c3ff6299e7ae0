//! Points in time as people write them: `now`, `-1h`, `10:00`, `2026-11-20 10:00`, RFC 3339.

use std::time::Duration;

use awatch_core::Timestamp;
use awatch_core::duration::{self, ParseDurationError};

const DAY_SECS: i64 = 86_400;

/// The text is not a point in time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseMomentError {
    /// What follows the minus sign is not a duration.
    #[error("`{text}` is not a point in time: {problem}")]
    Ago {
        /// What was given, cut when long.
        text: String,
        /// What is wrong with the duration.
        problem: ParseDurationError,
    },
    /// It is none of the forms.
    #[error(
        "`{text}` is not a point in time: write for example -1h, now, 10:00, \"2026-11-20 10:00\" or 2026-11-20T10:00:00Z"
    )]
    Unknown {
        /// What was given, cut when long.
        text: String,
    },
}

/// What is needed to read points in time: the present, and the zone of dates and times of day that name none.
#[derive(Clone, Copy, Debug)]
pub struct Reference {
    /// The present.
    pub now: Timestamp,
    /// By how many seconds the clocks of the zone are ahead of UTC at an instant.
    pub offset: fn(Timestamp) -> i64,
}

impl Reference {
    /// The present, with dates and times of day in UTC.
    #[must_use]
    pub fn utc(now: Timestamp) -> Self {
        Self { now, offset: |_| 0 }
    }

    /// Reads a point in time:
    ///
    /// - `now`;
    /// - `-1h30m`, `now-1h30m`: so long before the present;
    /// - `10:00`, `10:00:30`: the last time that it was so late;
    /// - `2026-11-20`, `2026-11-20 10:00`, `2026-11-20T10:00:30.5`: a date, and a time of day or its midnight;
    /// - `2026-11-20T10:00:00Z`, `2026-11-20T10:00:00+01:00`: RFC 3339, which names its zone.
    ///
    /// A time of day that comes twice, because clocks are set back, is either of the two; one that is left out is as
    /// much off as the clocks are set.
    ///
    /// # Example
    /// ```
    /// use awatch_store::query::moment::Reference;
    /// let reference = Reference::utc("2026-11-20T09:30:00Z".parse()?);
    /// assert_eq!(reference.read("-1h")?.to_string(), "2026-11-20T08:30:00Z");
    /// assert_eq!(reference.read("10:00")?.to_string(), "2026-11-19T10:00:00Z");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ParseMomentError`] when the text is none of these.
    pub fn read(&self, text: &str) -> Result<Timestamp, ParseMomentError> {
        let trimmed = text.trim();
        let relative = trimmed.strip_prefix("now").map_or(trimmed, str::trim_start);
        if relative.is_empty() && !trimmed.is_empty() {
            return Ok(self.now);
        }
        if let Some(ago) = relative.strip_prefix(['-', '\u{2212}']) {
            return self.ago(text, ago);
        }
        if let Ok(instant) = trimmed.parse() {
            return Ok(instant);
        }
        let is_time = trimmed.find(':').is_some_and(|colon| colon <= 2);
        let found = if is_time { self.time_of_day(trimmed) } else { self.date(trimmed) };
        found.ok_or_else(|| ParseMomentError::Unknown { text: shown(text) })
    }

    fn ago(&self, text: &str, ago: &str) -> Result<Timestamp, ParseMomentError> {
        let span =
            duration::parse(ago).map_err(|problem| ParseMomentError::Ago { text: shown(text), problem })?;
        Ok(self.now.minus(span))
    }

    /// Today's, or yesterday's when today's is still to come.
    fn time_of_day(&self, text: &str) -> Option<Timestamp> {
        let on = |day: i64| {
            let date = Timestamp::from_secs(day * DAY_SECS).to_string();
            self.local(date.get(..10)?, text)
        };
        let today = self.clocks(self.now).as_nanos().div_euclid(DAY_SECS * 1_000_000_000);
        on(today).filter(|at| *at <= self.now).or_else(|| on(today - 1))
    }

    fn date(&self, text: &str) -> Option<Timestamp> {
        let (date, time) = text.split_once(['T', 't', ' ']).unwrap_or((text, "00:00"));
        self.local(date, time.trim())
    }

    /// The instant at which the clocks of the zone show a date and a time.
    fn local(&self, date: &str, time: &str) -> Option<Timestamp> {
        let (hour, rest) = time.split_once(':')?;
        let seconds = if rest.len() == 2 { ":00" } else { "" };
        let shown: Timestamp = format!("{date}T{hour:0>2}:{rest}{seconds}Z").parse().ok()?;
        let guess = shifted(shown, -(self.offset)(shown));
        Some(shifted(shown, -(self.offset)(guess)))
    }

    /// What the clocks of the zone show at an instant, as if that were UTC.
    #[must_use]
    pub fn clocks(&self, at: Timestamp) -> Timestamp {
        shifted(at, (self.offset)(at))
    }
}

fn shifted(at: Timestamp, seconds: i64) -> Timestamp {
    let span = Duration::from_secs(seconds.unsigned_abs());
    if seconds < 0 { at.minus(span) } else { at.plus(span) }
}

fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: &str = "2026-11-20T09:30:15Z";

    fn utc() -> Reference {
        Reference::utc(NOW.parse().unwrap())
    }

    /// An hour ahead of UTC in winter, two in summer, as in much of Europe; in 2026.
    fn europe(at: Timestamp) -> i64 {
        let summer = "2026-03-29T01:00:00Z".parse().unwrap().."2026-10-25T01:00:00Z".parse().unwrap();
        if summer.contains(&at) { 7200 } else { 3600 }
    }

    #[test]
    fn what_people_write_is_read() {
        for (text, instant) in [
            ("now", NOW),
            (" now ", NOW),
            ("-1h", "2026-11-20T08:30:15Z"),
            ("-1h 30m", "2026-11-20T08:00:15Z"),
            ("now-15s", "2026-11-20T09:30:00Z"),
            ("now - 15s", "2026-11-20T09:30:00Z"),
            ("09:30", "2026-11-20T09:30:00Z"),
            ("9:30", "2026-11-20T09:30:00Z"),
            ("09:30:15", NOW),
            ("09:30:16", "2026-11-19T09:30:16Z"),
            ("00:00", "2026-11-20T00:00:00Z"),
            ("2026-11-20", "2026-11-20T00:00:00Z"),
            ("2026-11-20 10:00", "2026-11-20T10:00:00Z"),
            ("2026-11-20T10:00", "2026-11-20T10:00:00Z"),
            ("2026-11-20 10:00:30.25", "2026-11-20T10:00:30.25Z"),
            ("2026-11-20T10:00:00+01:00", "2026-11-20T09:00:00Z"),
            ("2026-11-20T10:00:00Z", "2026-11-20T10:00:00Z"),
        ] {
            assert_eq!(utc().read(text).map(|at| at.to_string()), Ok(instant.to_owned()), "{text}");
        }
    }

    #[test]
    fn clocks_of_a_zone_are_followed_through_the_year() {
        let reference = Reference { now: NOW.parse().unwrap(), offset: europe };
        for (text, instant) in [
            ("10:30", "2026-11-20T09:30:00Z"),
            ("10:31", "2026-11-19T09:31:00Z"),
            ("2026-07-01 10:00", "2026-07-01T08:00:00Z"),
            ("2026-03-29 01:59", "2026-03-29T00:59:00Z"),
            ("2026-03-29 03:00", "2026-03-29T01:00:00Z"),
            ("2026-10-25 03:00", "2026-10-25T02:00:00Z"),
            ("2026-10-25 00:00", "2026-10-24T22:00:00Z"),
            ("2026-07-01T10:00:00Z", "2026-07-01T10:00:00Z"),
        ] {
            assert_eq!(reference.read(text).map(|at| at.to_string()), Ok(instant.to_owned()), "{text}");
        }
        assert_eq!(reference.clocks(reference.now).to_string(), "2026-11-20T10:30:15Z");
    }

    #[test]
    fn what_is_none_is_refused_with_examples() {
        let refused = |text: &str| utc().read(text).unwrap_err().to_string();
        for text in
            ["", "noon", "25:00", "10:00 tomorrow", "2026-13-01", "2026-11-20 10", "nowish", "10", "1h"]
        {
            assert_eq!(
                refused(text),
                format!(
                    "`{text}` is not a point in time: write for example -1h, now, 10:00, \"2026-11-20 10:00\" or \
                     2026-11-20T10:00:00Z"
                )
            );
        }
        assert_eq!(
            refused("-1.5h"),
            "`-1.5h` is not a point in time: the duration \"1.5h\" has a fraction; use a smaller unit, for example \
             \"1500ms\" for one and a half seconds"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[-0-9:TZ+. ]{0,24}|.{0,40}") {
            // An answer of either kind, and no panic.
            drop(utc().read(&text));
        }

        #[test]
        fn what_the_clocks_show_is_read_back(at in 1_767_225_600_i64..1_798_761_600) {
            let reference = Reference { now: NOW.parse().unwrap(), offset: europe };
            let at = Timestamp::from_secs(at);
            let shown = reference.clocks(at).to_string().replace('Z', "");
            let read = reference.read(&shown).unwrap();
            prop_assert_eq!(reference.clocks(read), reference.clocks(at));
        }
    }
}
