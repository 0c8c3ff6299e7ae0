//! Times as people read them.

use std::sync::LazyLock;

use awatch::store::query::moment::Reference;
use awatch::{Timestamp, duration};
use std::time::Duration;

/// The time zone of this machine.
static HERE: LazyLock<jiff::tz::TimeZone> = LazyLock::new(jiff::tz::TimeZone::system);

const DAY: i64 = 86_400_000_000_000;

/// The present, and the zone in which times are read and shown.
pub(super) fn reference(now: Timestamp, is_local: bool) -> Reference {
    if is_local { Reference { now, offset: local } } else { Reference::utc(now) }
}

/// By how many seconds the clocks here are ahead of UTC at an instant.
fn local(at: Timestamp) -> i64 {
    let at = jiff::Timestamp::from_nanosecond(i128::from(at.as_nanos()));
    at.map_or(0, |at| i64::from(HERE.to_offset(at).seconds()))
}

/// How the times of a table are shown: as short as they can be told apart.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    reference: Reference,
    is_local: bool,
    /// Whether all are of one day.
    one_day: bool,
    precision: Precision,
}

#[derive(Clone, Copy, Debug)]
enum Precision {
    Minutes,
    Seconds,
    Millis,
}

impl Clock {
    /// For times `step` apart, the first and the last of which are given.
    pub(super) fn new(
        reference: Reference,
        is_local: bool,
        (first, last): (Timestamp, Timestamp),
        step: Duration,
    ) -> Self {
        let day = |at| reference.clocks(at).as_nanos().div_euclid(DAY);
        let is_multiple = |nanos: u128| {
            step.as_nanos().is_multiple_of(nanos)
                && u128::from(first.as_nanos().unsigned_abs()).is_multiple_of(nanos)
        };
        let precision = match () {
            () if is_multiple(60_000_000_000) => Precision::Minutes,
            () if is_multiple(1_000_000_000) => Precision::Seconds,
            () => Precision::Millis,
        };
        Self { reference, is_local, one_day: day(first) == day(last), precision }
    }

    /// A time: of day, with the date in front unless all are of one day.
    pub(super) fn show(&self, at: Timestamp) -> String {
        let (date, time) = self.parts(at);
        if self.one_day { time } else { format!("{date} {time}") }
    }

    fn parts(&self, at: Timestamp) -> (String, String) {
        let text = self.reference.clocks(at).to_string();
        let (date, time) = text.split_once('T').unwrap_or((&text, ""));
        let time = time.trim_end_matches('Z');
        let time = match self.precision {
            Precision::Minutes => time.get(..5).unwrap_or(time).to_owned(),
            Precision::Seconds => time.get(..8).unwrap_or(time).to_owned(),
            Precision::Millis => {
                let (seconds, fraction) = time.split_once('.').unwrap_or((time, ""));
                format!("{seconds}.{:0<3}", fraction.get(..3).unwrap_or(fraction))
            }
        };
        (date.to_owned(), time)
    }

    /// What goes for all times: the day, if it is one, and the zone.
    pub(super) fn title(&self, at: Timestamp) -> String {
        let zone = if self.is_local { "local time" } else { "UTC" };
        if self.one_day { format!("{} {zone}", self.parts(at).0) } else { zone.to_owned() }
    }
}

/// An instant in ISO 8601, with the zone of this machine where `reference` is in it.
pub(super) fn iso(reference: &Reference, is_local: bool, at: Timestamp) -> String {
    if !is_local {
        return at.to_string();
    }
    let seconds = (reference.offset)(at);
    let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
    let shown = reference.clocks(at).to_string();
    format!("{}{sign}{:02}:{:02}", shown.trim_end_matches('Z'), minutes / 60, minutes % 60)
}

/// A length of time.
pub(super) fn length(span: Duration) -> String {
    duration::format(span)
}
