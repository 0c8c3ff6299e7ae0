//! A store that is a list: it gives what it was given, in slices cut anywhere, as samples or as summaries.

use std::sync::Arc;

use awatch_core::store::{Appended, BlockData, Bucket, Budget, Maintained, Scan, SeriesBlock, Slice, Usage};
use awatch_core::{
    Interval, Kind, Labels, Matcher, Name, Query, SampleBatch, SeriesKey, SeriesMeta, Store, StoreError,
    Target, Timestamp, Unit,
};

/// Seconds and number.
pub(crate) type Samples = Vec<(i64, f64)>;

#[derive(Clone, Debug, Default)]
pub(crate) struct Listed {
    /// Sorted by key, times ascending.
    pub(crate) series: Vec<(Arc<SeriesMeta>, Samples)>,
    /// Where slices are cut.
    pub(crate) cuts: Vec<i64>,
    /// Up to which second there are only summaries, and of what length.
    pub(crate) rollup: Option<(i64, u64)>,
}

pub(crate) fn meta(
    target: &str,
    metric: &str,
    labels: &[(&str, &str)],
    unit: Unit,
    kind: Kind,
) -> Arc<SeriesMeta> {
    let labels = Labels::new(labels.iter().copied()).unwrap();
    let key = SeriesKey::new(Target::new(target).unwrap(), Name::new(metric).unwrap(), labels);
    Arc::new(SeriesMeta { key, unit, kind, interval: Interval::SECOND })
}

pub(crate) fn seconds(at: i64) -> Timestamp {
    Timestamp::from_secs(at)
}

impl Listed {
    pub(crate) fn of(series: impl IntoIterator<Item = (Arc<SeriesMeta>, Samples)>) -> Self {
        let mut series: Vec<_> = series.into_iter().collect();
        series.sort_by(|a, b| a.0.key.cmp(&b.0.key));
        Self { series, ..Self::default() }
    }

    fn slice(&self, query: &Query, from: i64, to: i64) -> Vec<SeriesBlock> {
        let mut blocks = Vec::new();
        for (meta, samples) in self.series.iter().filter(|(meta, _)| query.matcher.matches(&meta.key)) {
            let in_range = |at: i64| query.start <= seconds(at) && seconds(at) < query.end;
            let data = match self.rollup {
                Some((until, step)) if to <= until => {
                    let step = Interval::from_secs(step).unwrap();
                    let buckets = buckets(samples, step);
                    let here = |at: i64| (from..to).contains(&at) && in_range(at);
                    let buckets =
                        buckets.into_iter().filter(|b| here(b.at.as_nanos() / 1_000_000_000)).collect();
                    BlockData::Rollup { step, buckets }
                }
                _ => {
                    let chosen = samples.iter().filter(|(at, _)| (from..to).contains(at) && in_range(*at));
                    let (at, values) = chosen.map(|(at, value)| (seconds(*at), *value)).unzip();
                    BlockData::Raw { at, values }
                }
            };
            blocks.push(SeriesBlock { meta: Arc::clone(meta), data });
        }
        blocks
    }
}

fn buckets(samples: &Samples, step: Interval) -> Vec<Bucket> {
    let mut buckets: Vec<Bucket> = Vec::new();
    for &(at, value) in samples.iter().filter(|(_, value)| value.is_finite()) {
        let at = seconds(at).floor(step);
        match buckets.last_mut().filter(|bucket| bucket.at == at) {
            Some(bucket) => {
                bucket.min = bucket.min.min(value);
                bucket.max = bucket.max.max(value);
                bucket.sum += value;
                bucket.count += 1;
                bucket.last = value;
            }
            None => buckets.push(Bucket { at, min: value, max: value, sum: value, count: 1, last: value }),
        }
    }
    buckets
}

impl Store for Listed {
    fn append(&self, _: &SampleBatch) -> Result<Appended, StoreError> {
        Ok(Appended::default())
    }

    fn scan(&self, query: &Query) -> Result<Scan<'_>, StoreError> {
        const EVER: i64 = 9_000_000_000;
        let mut cuts = self.cuts.clone();
        cuts.extend(self.rollup.map(|(until, _)| until));
        cuts.extend([-EVER, EVER]);
        cuts.sort_unstable();
        let mut slices = Vec::new();
        for pair in cuts.windows(2) {
            let blocks = self.slice(query, pair[0], pair[1]);
            slices.push(Ok(Slice { start: seconds(pair[0]), end: seconds(pair[1]), blocks }));
        }
        Ok(Box::new(slices.into_iter()))
    }

    fn series(&self, matcher: &Matcher) -> Result<Vec<Arc<SeriesMeta>>, StoreError> {
        Ok(self
            .series
            .iter()
            .map(|(meta, _)| meta)
            .filter(|meta| matcher.matches(&meta.key))
            .cloned()
            .collect())
    }

    fn flush(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn maintain(&self, _: Timestamp, _: Budget) -> Result<Maintained, StoreError> {
        Ok(Maintained::default())
    }

    fn delete_before(&self, _: Timestamp, _: &Matcher) -> Result<u64, StoreError> {
        Ok(0)
    }

    fn usage(&self) -> Usage {
        Usage::default()
    }
}
