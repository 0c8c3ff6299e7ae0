//! Questions to the history: which series, from when to when, in which steps, and what becomes of the numbers.
//!
//! A [`Request`] is put to any [`Store`](awatch_core::Store) and gives an [`Answer`]: a [`Curve`] per series, or per
//! [`Group`] of series made one [`Across`]. [`moment`] reads points in time as people write them; [`extents`] says how much
//! there is.
//!
//! # Steps
//! Steps lie on the grid of their length that passes through the epoch, in UTC: steps of an hour begin at full hours,
//! whatever the range. Each has its start and not its end; a sample belongs to the step that its time is in. A point has
//! the time at which its step begins. Samples before the start of the range or at and after its end do not count, so that
//! the first and the last step may be of less than their length. Without a step the whole range is one.
//!
//! A step about which there is nothing to tell has no value. That is never 0.
//!
//! # Aggregations
//! Counters are seen as everywhere in Awatch: by how much they grow.
//!
//! | [`Aggregation`] | of a gauge | of a counter | of sums since the sample before |
//! |---|---|---|---|
//! | `avg` | mean of the samples | as `rate` | as `rate` |
//! | `min`, `max`, `last`, quantiles | of the samples | of the rates from sample to sample | of the rates: sum ÷ interval |
//! | `sum` | sum of the samples | growth | sum of the samples |
//! | `rate` | refused | growth ÷ the time it took | sum ÷ (samples × interval) |
//! | `count` | samples | samples | samples |
//! | `total` | as `last` | last total as stored | last sample as stored |
//!
//! Rates are per second, in the unit of the series with `/s`. Growth is the difference between two samples of which the
//! later is in the step; the earlier may lie before the step and before the range. It is not known, and counts for
//! nothing, when there is no sample in the minute before (in five intervals, where these are longer), and when the
//! total is less than before: a counter that starts again does so at an unknown time.
//!
//! Numbers that are not finite are no samples.
//!
//! # Across series
//! Series of one metric become one when they have in common what [`Across::by`] names. Each is first brought to its value
//! at a step; those that have none do not count. `avg`, `min`, `max`, `sum`, `count` and quantiles can be used.
//!
//! # Summaries
//! Where a store has only summaries of steps left ([`BlockData::Rollup`](awatch_core::store::BlockData)), least,
//! greatest, mean, sum, number and last are as exact as from the samples, provided that no step cuts a summary in two,
//! which is refused. A counter's growth is taken from last total to last total. What cannot be told from summaries is
//! refused: quantiles, and the least, greatest and last rate of counters. A summary that begins in the range counts.
//!
//! # Example
//! ```
//! use std::sync::Arc;
//! use std::time::Duration;
//! use awatch_core::series::Registry;
//! use awatch_core::{Interval, Name, SampleBatch, Store, Target, Timestamp, Unit};
//! use awatch_store::{MemoryStoreConfig, query::Request};
//!
//! let store = MemoryStoreConfig::default().build()?;
//! let (registry, target) = (Arc::new(Registry::new(10)), Target::new("web-1")?);
//! for second in 0..120 {
//!     let at = Timestamp::from_secs(second);
//!     let mut batch =
//!         SampleBatch::new(Arc::clone(&registry), Name::new("app")?, Arc::clone(&target), Interval::SECOND, at);
//!     batch.counter("app.requests", [], &Unit::count("request"), second as f64 * 5.0)?;
//!     store.append(&batch)?;
//! }
//! let request = Request::new(Timestamp::from_secs(0), Timestamp::from_secs(180))
//!     .with_matcher("app.*".parse()?)
//!     .with_step(Duration::from_secs(60));
//! let answer = request.run(&store)?;
//! assert_eq!(answer.curves[0].values(), [Some(5.0), Some(5.0), None]);
//! assert_eq!(answer.curves[0].unit.as_str(), "{request}/s");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod accumulate;
mod aggregation;
mod answer;
mod cells;
mod error;
mod evaluate;
mod extent;
mod grid;
pub mod moment;
mod plan;
mod reader;
mod request;

pub use aggregation::{Aggregation, ParseAggregationError, Quantile};
pub use answer::{Answer, Curve, Group};
pub use error::QueryError;
pub use extent::{Extent, extents};
pub use grid::step_for;
pub use request::{Across, By, Request};
