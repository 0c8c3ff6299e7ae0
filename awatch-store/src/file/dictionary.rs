//! What the rows of a file are of: each series with its source, once.

use std::collections::HashMap;
use std::sync::Arc;

use awatch_core::{Interval, Kind, Labels, Name, SeriesKey, SeriesMeta, Target, Unit};

use super::layout::Column;
use super::text;

/// The most series a file may have.
const MOST: usize = 1 << 20;

/// The number of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct EntryId(u32);

impl EntryId {
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }

    pub(super) fn from_index(index: usize) -> Option<Self> {
        u32::try_from(index).ok().map(Self)
    }
}

/// What rows are of, as far as the file says.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) source: Option<Name>,
    pub(super) interval: Option<Interval>,
    pub(super) target: Arc<Target>,
    /// `None`: rows that begin an arrival.
    pub(super) series: Option<Series>,
}

/// A series without its interval.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Series {
    pub(super) metric: Name,
    pub(super) labels: Labels,
    pub(super) unit: Unit,
    pub(super) kind: Kind,
}

impl Entry {
    pub(super) fn meta(&self, interval: Interval) -> Option<SeriesMeta> {
        let Series { metric, labels, unit, kind } = self.series.clone()?;
        let key = SeriesKey::new(Arc::clone(&self.target), metric, labels);
        Some(SeriesMeta { key, unit, kind, interval })
    }
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FieldError {
    pub(super) column: Column,
    pub(super) problem: String,
}

/// The entries of a file, found again by the text of their fields.
#[derive(Debug, Default)]
pub(super) struct Dictionary {
    entries: Vec<Entry>,
    texts: Vec<Arc<[u8]>>,
    ids: HashMap<Arc<[u8]>, EntryId>,
    /// What came after each entry the last time: the series of a tick come in the same order again.
    after: Vec<EntryId>,
    last: Option<EntryId>,
    target: Option<Arc<Target>>,
}

impl Dictionary {
    /// An empty one; `target` is that of samples that name none.
    pub(super) fn new(target: Option<Arc<Target>>) -> Self {
        Self { target, ..Self::default() }
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The target of samples that name none.
    pub(super) fn target(&self) -> Option<Arc<Target>> {
        self.target.clone()
    }

    /// The entry of these fields, in the order of [`Column::DESCRIBING`], which a byte that no text has divides.
    pub(super) fn find(&mut self, text: &[u8]) -> Result<EntryId, FieldError> {
        let expected = self.last.and_then(|last| self.after.get(last.index())).copied();
        let is_expected = |id: &EntryId| self.texts.get(id.index()).is_some_and(|known| **known == *text);
        let id = match expected.filter(is_expected).or_else(|| self.ids.get(text).copied()) {
            Some(id) => id,
            None => self.add_text(text)?,
        };
        if let Some(after) = self.last.and_then(|last| self.after.get_mut(last.index())) {
            *after = id;
        }
        self.last = Some(id);
        Ok(id)
    }

    /// Whether a row of that entry may have that value: a value without a metric would be lost.
    pub(super) fn check_value(&self, id: EntryId, value: f64) -> Result<(), FieldError> {
        let begins = self.entries.get(id.index()).is_some_and(|entry| entry.series.is_none());
        if begins && !value.is_nan() {
            let problem = "it is empty, and there is a value: name the metric".to_owned();
            return Err(FieldError { column: Column::Metric, problem });
        }
        Ok(())
    }

    fn add_text(&mut self, text: &[u8]) -> Result<EntryId, FieldError> {
        let entry = self.read(text)?;
        let id = self.add(entry)?;
        let text: Arc<[u8]> = Arc::from(text);
        self.texts.push(Arc::clone(&text));
        self.ids.insert(text, id);
        Ok(id)
    }

    /// Another entry.
    pub(super) fn add(&mut self, entry: Entry) -> Result<EntryId, FieldError> {
        let id = EntryId::from_index(self.entries.len()).filter(|id| id.index() < MOST).ok_or_else(|| {
            FieldError {
                column: Column::Metric,
                problem: format!("the file has more than {MOST} series: divide it"),
            }
        })?;
        self.entries.push(entry);
        self.after.push(id);
        Ok(id)
    }

    fn read(&self, text: &[u8]) -> Result<Entry, FieldError> {
        let mut fields = [""; Column::DESCRIBING.len()];
        for ((column, field), bytes) in
            Column::DESCRIBING.into_iter().zip(&mut fields).zip(text.split(|byte| *byte == DIVIDER))
        {
            *field = std::str::from_utf8(bytes).map_err(|_| FieldError {
                column,
                problem: format!(
                    "`{}` is not UTF-8: write the file in UTF-8",
                    text::shown(&String::from_utf8_lossy(bytes))
                ),
            })?;
        }
        let [source, interval, target, metric, labels, unit, kind] = fields;
        Ok(Entry {
            source: given(source).map(Name::new).transpose().map_err(in_column(Column::Source))?,
            interval: given(interval).map(read_interval).transpose().map_err(in_column(Column::Interval))?,
            target: self.read_target(target)?,
            series: given(metric).map(|metric| read_series(metric, labels, unit, kind)).transpose()?,
        })
    }

    fn read_target(&self, text: &str) -> Result<Arc<Target>, FieldError> {
        let known = self.entries.last().map(|entry| &entry.target).filter(|target| *target.id() == text);
        match (given(text), known, &self.target) {
            (Some(_), Some(known), _) => Ok(Arc::clone(known)),
            (Some(text), None, _) => Target::new(text).map_err(in_column(Column::Target)),
            (None, _, Some(target)) => Ok(Arc::clone(target)),
            (None, _, None) => Err(FieldError {
                column: Column::Target,
                problem:
                    "it is empty, and the name of the file cannot be the name of a target: name the target"
                        .to_owned(),
            }),
        }
    }
}

/// Stands between two fields: no UTF-8 text has this byte.
pub(super) const DIVIDER: u8 = 0xFF;

fn given(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

fn in_column<E: ToString>(column: Column) -> impl FnOnce(E) -> FieldError {
    move |error| FieldError { column, problem: error.to_string() }
}

fn read_interval(text: &str) -> Result<Interval, String> {
    let span = awatch_core::duration::parse(text).map_err(|error| error.to_string())?;
    Interval::new(span).map_err(|error| error.to_string())
}

fn read_series(metric: &str, labels: &str, unit: &str, kind: &str) -> Result<Series, FieldError> {
    Ok(Series {
        metric: Name::new(metric).map_err(in_column(Column::Metric))?,
        labels: text::labels(labels).map_err(in_column(Column::Labels))?,
        unit: Unit::new(given(unit).unwrap_or_default().to_owned()),
        kind: text::kind(kind).map_err(in_column(Column::Kind))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(fields: [&str; 7]) -> Vec<u8> {
        fields.map(str::as_bytes).join(&DIVIDER)
    }

    #[test]
    fn the_same_fields_are_the_same_entry() {
        let mut dictionary = Dictionary::new(Some(Target::new("file").unwrap()));
        let a = text(["host", "1s", "web-1", "cpu", "core=1", "1", "gauge"]);
        let b = text(["", "", "", "errors", "", "", "counter"]);
        let ids: Vec<usize> =
            [&a, &b, &a, &b, &b, &a].iter().map(|text| dictionary.find(text).unwrap().index()).collect();
        assert_eq!(ids, [0, 1, 0, 1, 1, 0]);
        let [a, b] = dictionary.entries() else { panic!("two") };
        assert_eq!(a.meta(Interval::SECOND).unwrap().key.to_string(), "web-1/cpu{core=\"1\"}");
        assert_eq!((&a.source, a.interval), (&Some(Name::new("host").unwrap()), Some(Interval::SECOND)));
        assert_eq!(b.target.id(), "file");
        assert_eq!((&b.source, b.interval), (&None, None));
    }

    #[test]
    fn a_malformed_field_is_named() {
        let mut dictionary = Dictionary::new(None);
        let sound = ["host", "1s", "web-1", "cpu", "", "1", "gauge"];
        for (at, given, column, problem) in [
            (
                1,
                "1",
                Column::Interval,
                "the duration \"1\" has no unit after 1; write \"1s\" for seconds or \"1m\" for minutes",
            ),
            (1, "1ms", Column::Interval, "an interval of 1ms is out of range: use 10ms to 10 years (3650d)"),
            (
                2,
                "",
                Column::Target,
                "it is empty, and the name of the file cannot be the name of a target: name the target",
            ),
            (6, "rate", Column::Kind, "`rate` is not a kind: write `gauge`, `counter` or `delta`"),
        ] {
            let mut fields = sound;
            fields[at] = given;
            let expected = FieldError { column, problem: problem.to_owned() };
            assert_eq!(dictionary.find(&text(fields)), Err(expected));
        }
    }
}
