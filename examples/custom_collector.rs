//! A collector of your own: a connection pool that reports how busy it is and how much it has served.
//!
//! ```text
//! cargo run -p awatch-examples --example custom_collector
//! ```
//!
//! A collector is one required method besides its name. Report levels as gauges and totals as counters: detectors see
//! a counter as its rate per second, and a restart of its source is noticed. The suite
//! [`awatch::conformance::collector`] says whether it keeps the laws of collectors.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use awatch::prelude::*;

/// Something in your program that can be asked how it does.
#[derive(Debug, Default)]
struct Pool {
    busy: AtomicU64,
    served: AtomicU64,
}

/// Asks the pool at each tick.
#[derive(Debug)]
struct PoolCollector {
    name: String,
    pool: Arc<Pool>,
    size: u64,
}

impl Collector for PoolCollector {
    fn name(&self) -> &str {
        &self.name
    }

    fn collect(&mut self, out: &mut SampleBatch) -> Result<(), CollectError> {
        let busy = self.pool.busy.load(Ordering::Relaxed) as f64 / self.size as f64;
        let served = self.pool.served.load(Ordering::Relaxed) as f64;
        out.gauge("pool.utilization", [("pool", "main")], &Unit::RATIO, busy)?;
        out.counter("pool.requests", [("pool", "main")], &Unit::count("request"), served)?;
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let pool = Arc::new(Pool::default());
    let collector = || PoolCollector { name: "pool".to_owned(), pool: Arc::clone(&pool), size: 8 };

    // This belongs in a test of yours: it panics with the law that is broken.
    awatch::conformance::collector::check(&mut collector());
    awatch::conformance::collector::check_budget(&mut collector());

    let mut engine = awatch::engine(Target::new("shop-1")?).collector(collector()).build()?;

    // Ten simulated seconds in which the pool serves 40 requests each.
    let mut now = Timestamp::from_secs(1_800_000_000);
    let end = Timestamp::from_secs(1_800_000_010);
    while now < end {
        pool.busy.store(6, Ordering::Relaxed);
        pool.served.fetch_add(40, Ordering::Relaxed);
        now = engine.poll(now);
    }

    let snapshot = engine.snapshot();
    let value = |metric: &str| {
        let mut series = snapshot.targets.iter().flat_map(|target| &target.series);
        series.find(|series| series.column.metric.as_str() == metric).and_then(|series| series.value)
    };
    println!("utilization {:?}, requests per second {:?}", value("pool.utilization"), value("pool.requests"));
    assert_eq!(value("pool.utilization"), Some(0.75));
    assert_eq!(value("pool.requests"), Some(40.0));
    Ok(())
}
