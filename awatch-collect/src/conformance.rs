//! The laws of a collector, as a suite that every implementation calls from a test, yours included.
//!
//! ```
//! use awatch_core::{CollectError, Collector, SampleBatch, Unit};
//!
//! #[derive(Debug)]
//! struct Entropy;
//!
//! impl Collector for Entropy {
//!     fn name(&self) -> &str {
//!         "entropy"
//!     }
//!     fn collect(&mut self, out: &mut SampleBatch) -> Result<(), CollectError> {
//!         out.gauge("system.entropy.available", [], &Unit::new("bit"), 256.0)?;
//!         Ok(())
//!     }
//! }
//!
//! awatch_collect::conformance::check(&mut Entropy);
//! awatch_collect::conformance::check_budget(&mut Entropy);
//! ```

use std::collections::HashSet;
use std::sync::Arc;

use awatch_core::{Collector, Interval, Kind, Name, Registry, SampleBatch, SeriesId, Target, Timestamp};

/// 2026-01-01T00:00:00Z.
const FIRST_TICK: Timestamp = Timestamp::from_secs(1_767_225_600);
const AMPLE: usize = 100_000;

/// Calls `collector` for two ticks, one right after the other, and checks what it reports.
///
/// The source it reads must be there and must answer. The laws:
/// 1. its name is a [`Name`] and stays the same;
/// 2. it answers without an error;
/// 3. every id resolves in the batch's registry;
/// 4. no sample is later than the batch's tick;
/// 5. no series has two samples of one instant in a batch;
/// 6. every number is finite: none was left out;
/// 7. totals of counters are not negative;
/// 8. what is reported at the first tick is reported at the second under the same identity: labels hold no times,
///    process numbers or other passing things.
///
/// # Panics
/// When a law is broken: the message names it, the collector and the series.
pub fn check(collector: &mut dyn Collector) {
    let name = collector.name().to_owned();
    let mut batch = batch(collector, AMPLE);
    let mut reported = Vec::new();
    for tick in 0..2 {
        restart(&mut batch, tick);
        if let Err(error) = collector.collect(&mut batch) {
            let source =
                std::error::Error::source(&error).map(|source| format!(": {source}")).unwrap_or_default();
            panic!("law 2, it answers without an error: `{name}` said at tick {tick}: {error}{source}");
        }
        check_samples(&name, &batch);
        reported.push(ids(&batch));
    }
    assert!(
        collector.name() == name,
        "law 1, its name stays the same: `{name}` became `{}`",
        collector.name()
    );
    if let [first, second] = reported.as_slice()
        && let Some(id) = first.difference(second).next()
    {
        let series = series(&batch, *id);
        panic!("law 8, identities stay: {series} of `{name}` is gone at the second tick");
    }
}

/// Calls a `collector` that was not used before for two ticks in an engine that takes one series only.
///
/// The laws: it returns, with or without an error; the series that was taken is reported at both ticks; nothing else
/// is in the batch.
///
/// # Panics
/// When a law is broken: the message names it and the collector.
pub fn check_budget(collector: &mut dyn Collector) {
    let name = collector.name().to_owned();
    let mut batch = batch(collector, 1);
    for tick in 0..2 {
        restart(&mut batch, tick);
        let _ = collector.collect(&mut batch);
        for sample in batch.samples() {
            assert!(
                batch.resolve(sample.series).is_some(),
                "budget law, nothing refused is pushed: `{name}`"
            );
        }
        let found = ids(&batch).len();
        assert!(
            found == batch.registry().len(),
            "budget law, the rest is pushed: `{name}` reported {found} of the {} series that were taken at tick {tick}",
            batch.registry().len(),
        );
    }
}

fn batch(collector: &dyn Collector, max_series: usize) -> SampleBatch {
    let name = collector.name();
    let source = Name::new(name).unwrap_or_else(|error| panic!("law 1, its name is a name: {error}"));
    let target = Target::new("conformance").unwrap_or_else(|error| panic!("{error}"));
    let interval = collector.interval().unwrap_or(Interval::SECOND);
    SampleBatch::new(Arc::new(Registry::new(max_series)), source, target, interval, FIRST_TICK)
}

fn restart(batch: &mut SampleBatch, tick: u32) {
    let passed = (batch.interval().as_duration() * tick).as_nanos();
    let passed = i64::try_from(passed).unwrap_or(i64::MAX);
    batch.restart(Timestamp::from_nanos(FIRST_TICK.as_nanos().saturating_add(passed)));
}

fn check_samples(name: &str, batch: &SampleBatch) {
    let mut seen = HashSet::new();
    for sample in batch.samples() {
        let meta = batch.resolve(sample.series);
        let Some(meta) = meta else {
            panic!("law 3, every id resolves: {:?} of `{name}` does not", sample.series)
        };
        let key = &meta.key;
        assert!(
            sample.at <= batch.at(),
            "law 4, no sample is later than the tick: {key} of `{name}` at {}",
            sample.at
        );
        let new = seen.insert((sample.series, sample.at));
        assert!(new, "law 5, one sample per series and instant: {key} of `{name}` has two at {}", sample.at);
        let total = meta.kind == Kind::CumulativeCounter;
        assert!(
            !total || sample.value >= 0.0,
            "law 7, totals are not negative: {key} of `{name}` is {}",
            sample.value
        );
    }
    let rejected = batch.rejected();
    assert!(
        rejected == 0,
        "law 6, every number is finite and every series taken: {rejected} of `{name}` left out"
    );
}

fn ids(batch: &SampleBatch) -> HashSet<SeriesId> {
    batch.samples().iter().map(|sample| sample.series).collect()
}

fn series(batch: &SampleBatch, id: SeriesId) -> String {
    batch.resolve(id).map_or_else(|| format!("{id:?}"), |meta| meta.key.to_string())
}

#[cfg(test)]
mod tests {
    use std::io;

    use awatch_core::{CollectError, Unit};

    use super::*;

    type Collect = fn(&mut Vec<SeriesId>, &mut SampleBatch) -> Result<(), CollectError>;

    #[derive(Debug)]
    struct Made {
        name: &'static str,
        ids: Vec<SeriesId>,
        collect: Collect,
    }

    impl Collector for Made {
        fn name(&self) -> &str {
            self.name
        }

        fn collect(&mut self, out: &mut SampleBatch) -> Result<(), CollectError> {
            (self.collect)(&mut self.ids, out)
        }
    }

    fn made(collect: Collect) -> Made {
        Made { name: "made", ids: Vec::new(), collect }
    }

    fn two(out: &mut SampleBatch) -> Result<(), CollectError> {
        out.gauge("a", [], &Unit::RATIO, 1.0)?;
        Ok(out.counter("b", [("of", "it")], &Unit::BYTES, 2.0)?)
    }

    fn kept(ids: &mut Vec<SeriesId>, out: &mut SampleBatch) -> Result<(), CollectError> {
        two(out)?;
        ids.extend(out.samples().first().map(|sample| sample.series));
        Ok(())
    }

    #[test]
    fn a_sound_collector_passes() {
        check(&mut made(|_, out| two(out)));
        check_budget(&mut made(|_, out| two(out)));
        check(&mut made(|_, _| Ok(())));
    }

    #[test]
    #[should_panic(expected = "law 1, its name is a name: `a*b` cannot be a name")]
    fn a_name_that_is_none() {
        check(&mut Made { name: "a*b", ..made(|_, out| two(out)) });
    }

    #[test]
    #[should_panic(
        expected = "law 2, it answers without an error: `made` said at tick 0: x is not available: gone"
    )]
    fn an_error() {
        check(&mut made(|_, _| Err(CollectError::unavailable("x", io::Error::other("gone")))));
    }

    #[test]
    #[should_panic(expected = "law 3, every id resolves: SeriesId(0#0) of `made` does not")]
    fn an_id_of_another_registry() {
        let mut collector = made(|ids, out| match ids.first() {
            None => kept(ids, out),
            Some(id) => {
                out.push(*id, 1.0);
                Ok(())
            }
        });
        let mut other = batch(&collector, 10);
        collector.collect(&mut other).unwrap();
        check(&mut collector);
    }

    #[test]
    #[should_panic(
        expected = "law 4, no sample is later than the tick: conformance/a of `made` at 2026-01-01T00:00:01Z"
    )]
    fn a_sample_of_tomorrow() {
        check(&mut made(|ids, out| {
            kept(ids, out)?;
            let later = Timestamp::from_nanos(out.at().as_nanos() + 1_000_000_000);
            out.push_at(ids[0], later, 1.0);
            Ok(())
        }));
    }

    #[test]
    #[should_panic(
        expected = "law 5, one sample per series and instant: conformance/a of `made` has two at 2026-01-01"
    )]
    fn a_sample_twice() {
        check(&mut made(|_, out| {
            two(out)?;
            two(out)
        }));
    }

    #[test]
    #[should_panic(expected = "law 6, every number is finite and every series taken: 1 of `made` left out")]
    fn a_number_that_is_none() {
        check(&mut made(|_, out| Ok(out.gauge("a", [], &Unit::RATIO, f64::NAN)?)));
    }

    #[test]
    #[should_panic(expected = "law 7, totals are not negative: conformance/c of `made` is -1")]
    fn a_total_below_zero() {
        check(&mut made(|_, out| Ok(out.counter("c", [], &Unit::BYTES, -1.0)?)));
    }

    #[test]
    #[should_panic(
        expected = "law 8, identities stay: conformance/a{at=\"2026-01-01T00:00:00Z\"} of `made` is gone"
    )]
    fn a_label_that_passes() {
        check(&mut made(|_, out| {
            let now = out.at().to_string();
            Ok(out.gauge("a", [("at", &now)], &Unit::RATIO, 1.0)?)
        }));
    }

    #[test]
    #[should_panic(
        expected = "budget law, the rest is pushed: `made` reported 0 of the 1 series that were taken at tick 0"
    )]
    fn giving_up_at_the_first_refusal() {
        check_budget(&mut made(|_, out| {
            let before = out.samples().len();
            let result = two(out);
            if result.is_err() && out.samples().len() > before {
                let at = out.at();
                out.restart(at);
            }
            result
        }));
    }

    #[test]
    #[should_panic(expected = "budget law, nothing refused is pushed: `made`")]
    fn pushing_what_was_refused() {
        let mut collector = made(|ids, out| {
            if ids.is_empty() {
                two(out)?;
                ids.extend(out.samples().iter().map(|sample| sample.series));
            }
            for id in ids.iter() {
                out.push(*id, 1.0);
            }
            Ok(())
        });
        let mut other = batch(&collector, 10);
        collector.collect(&mut other).unwrap();
        check_budget(&mut collector);
    }
}
