use std::collections::BTreeMap;
use std::sync::Arc;

use awatch_core::store::{BlockData, SeriesBlock, StoreError};
use awatch_core::{Matcher, Query, SeriesKey, SeriesMeta, Store, Timestamp};

/// How much there is of a series.
#[derive(Clone, Debug, PartialEq)]
pub struct Extent {
    /// The series.
    pub meta: Arc<SeriesMeta>,
    /// The time of the first sample; where only summaries are left, the start of the first.
    pub first: Timestamp,
    /// The time of the last sample; where only summaries are left, the start of the last.
    pub last: Timestamp,
    /// How many samples there are.
    pub samples: u64,
}

/// How much there is, from `start` until before `end`, of each series that any of the matchers matches (without
/// matchers: of all), sorted by key. Series without samples in the range are left out. O(samples of the range).
///
/// # Errors
/// [`StoreError`] when the history cannot be read.
pub fn extents(
    store: &dyn Store,
    matchers: &[Matcher],
    start: Timestamp,
    end: Timestamp,
) -> Result<Vec<Extent>, StoreError> {
    let all = [Matcher::all()];
    let matchers = if matchers.is_empty() { &all } else { matchers };
    let mut extents: BTreeMap<SeriesKey, (usize, Extent)> = BTreeMap::new();
    for (index, matcher) in matchers.iter().enumerate() {
        for slice in store.scan(&Query { matcher: matcher.clone(), start, end })? {
            for block in slice?.blocks {
                let Some(found) = extent(&block) else { continue };
                match extents.get_mut(&block.meta.key) {
                    // What an earlier pattern brought is not counted again.
                    Some((brought_by, extent)) if *brought_by == index => extent.join(&found),
                    Some(_) => {}
                    None => drop(extents.insert(block.meta.key.clone(), (index, found))),
                }
            }
        }
    }
    Ok(extents.into_values().map(|(_, extent)| extent).collect())
}

impl Extent {
    fn join(&mut self, later: &Self) {
        (self.first, self.last) = (self.first.min(later.first), self.last.max(later.last));
        self.samples += later.samples;
    }
}

fn extent(block: &SeriesBlock) -> Option<Extent> {
    let (first, last, samples) = match &block.data {
        BlockData::Raw { at, .. } => (*at.first()?, *at.last()?, at.len() as u64),
        BlockData::Rollup { buckets, .. } => {
            (buckets.first()?.at, buckets.last()?.at, buckets.iter().map(|bucket| bucket.count).sum())
        }
        _ => return None,
    };
    Some(Extent { meta: Arc::clone(&block.meta), first, last, samples })
}
