/// The columns of the long layout, in the order in which they are written.
///
/// `timestamp`, `metric` and `value` are required. What is missing otherwise: `target` is the name of the file,
/// `labels` none, `unit` is unknown, `kind` is `gauge`, `source` is `replay`, `interval` is what the timestamps show, and
/// `received` is the timestamp.
pub const COLUMNS: [&str; 10] =
    ["received", "source", "interval", "timestamp", "target", "metric", "labels", "unit", "kind", "value"];

/// The source of samples that name none.
#[cfg(any(feature = "csv", feature = "parquet"))]
pub(super) const SOURCE: &str = "replay";

/// Names under which the column of time of a wide table is found.
#[cfg(any(feature = "csv", feature = "parquet"))]
const TIMES: [&str; 5] = ["timestamp", "time", "datetime", "date", "ts"];

/// A column of the long layout.
#[cfg(any(feature = "csv", feature = "parquet"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Received,
    Source,
    Interval,
    Timestamp,
    Target,
    Metric,
    Labels,
    Unit,
    Kind,
    Value,
}

#[cfg(any(feature = "csv", feature = "parquet"))]
impl Column {
    const ALL: [Self; 10] = [
        Self::Received,
        Self::Source,
        Self::Interval,
        Self::Timestamp,
        Self::Target,
        Self::Metric,
        Self::Labels,
        Self::Unit,
        Self::Kind,
        Self::Value,
    ];

    /// What says which series of which source a row is of.
    pub(super) const DESCRIBING: [Self; 7] =
        [Self::Source, Self::Interval, Self::Target, Self::Metric, Self::Labels, Self::Unit, Self::Kind];

    pub(super) fn name(self) -> &'static str {
        COLUMNS.get(self as usize).copied().unwrap_or_default()
    }

    fn of(header: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.name() == header)
    }
}

/// Where the columns of a file stand.
#[cfg(any(feature = "csv", feature = "parquet"))]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    Long(Places),
    Wide {
        /// The column of time.
        time: usize,
    },
}

/// The place of each column of the long layout in the file.
#[cfg(any(feature = "csv", feature = "parquet"))]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Places([Option<usize>; 10]);

#[cfg(any(feature = "csv", feature = "parquet"))]
impl Places {
    pub(super) fn of(&self, column: Column) -> Option<usize> {
        self.0.get(column as usize).copied().flatten()
    }

    pub(super) fn has(&self, column: Column) -> bool {
        self.of(column).is_some()
    }
}

#[cfg(any(feature = "csv", feature = "parquet"))]
impl Layout {
    /// The layout of a file with these columns; what is wrong with them otherwise.
    pub(super) fn of(headers: &[&str]) -> Result<Self, String> {
        if let Some(twice) =
            headers.iter().enumerate().find(|(at, name)| headers.iter().take(*at).any(|other| other == *name))
        {
            return Err(format!("there are two columns `{}`: give each its own name", twice.1));
        }
        if headers.contains(&"metric") && headers.contains(&"value") {
            return long(headers);
        }
        let is_time = |header: &&str| TIMES.contains(&header.to_ascii_lowercase().as_str());
        match headers.iter().position(is_time) {
            Some(time) if headers.len() > 1 => Ok(Self::Wide { time }),
            Some(_) => {
                Err("there is no column of values beside the timestamps: add one per metric".to_owned())
            }
            None => Err(format!(
                "no column `timestamp` among {}: begin with a line of column names, `timestamp,metric,value` with one sample per row or `timestamp` and one column per metric",
                listed(headers)
            )),
        }
    }
}

#[cfg(any(feature = "csv", feature = "parquet"))]
fn long(headers: &[&str]) -> Result<Layout, String> {
    let mut places = Places::default();
    for (at, header) in headers.iter().enumerate() {
        let Some(column) = Column::of(header) else {
            return Err(format!(
                "`{header}` is not a column of a history file: leave it out or rename it to one of {}",
                COLUMNS.join(", ")
            ));
        };
        if let Some(place) = places.0.get_mut(column as usize) {
            *place = Some(at);
        }
    }
    if places.has(Column::Timestamp) {
        Ok(Layout::Long(places))
    } else {
        Err("there is no column `timestamp`: add the time of each sample".to_owned())
    }
}

/// The first columns, for a message.
#[cfg(any(feature = "csv", feature = "parquet"))]
fn listed(headers: &[&str]) -> String {
    let shown: Vec<String> =
        headers.iter().take(5).map(|header| format!("`{}`", super::text::shown(header))).collect();
    let more = if headers.len() > 5 { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

#[cfg(all(test, any(feature = "csv", feature = "parquet")))]
mod tests {
    use super::*;

    #[test]
    fn the_columns_are_those_of_the_list_in_its_order() {
        for (at, column) in Column::ALL.into_iter().enumerate() {
            assert_eq!(column as usize, at);
            assert_eq!(Column::of(column.name()), Some(column));
        }
    }

    #[test]
    fn metric_and_value_make_it_long_and_a_time_alone_wide() {
        let Ok(Layout::Long(places)) = Layout::of(&["timestamp", "metric", "value"]) else { panic!("long") };
        assert_eq!(places.of(Column::Value), Some(2));
        assert!(!places.has(Column::Source));
        assert_eq!(Layout::of(&["cpu", "TimeStamp"]), Ok(Layout::Wide { time: 1 }));
        assert_eq!(Layout::of(&["timestamp", "value"]), Ok(Layout::Wide { time: 0 }));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (headers, problem) in [
            (
                &["timestamp", "metric", "value", "recieved"][..],
                "`recieved` is not a column of a history file: leave it out or rename it to one of received, source, interval, timestamp, target, metric, labels, unit, kind, value",
            ),
            (&["metric", "value"], "there is no column `timestamp`: add the time of each sample"),
            (&["a", "b", "a"], "there are two columns `a`: give each its own name"),
            (&["timestamp"], "there is no column of values beside the timestamps: add one per metric"),
            (
                &["a", "b", "c", "d", "e", "f"],
                "no column `timestamp` among `a`, `b`, `c`, `d`, `e`, …: begin with a line of column names, `timestamp,metric,value` with one sample per row or `timestamp` and one column per metric",
            ),
        ] {
            assert_eq!(Layout::of(headers), Err(problem.to_owned()));
        }
    }
}
