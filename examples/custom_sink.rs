//! A sink of your own: a pager that is told only what is worth waking somebody for, over a line that fails at times.
//!
//! ```text
//! cargo run -p awatch-examples --example custom_sink
//! ```
//!
//! A sink gets every event, one after the other, and chooses. In a running engine it has a thread and a bounded queue of
//! its own: it may take its time, and holds up nobody. An error that is retryable is tried again; what still cannot be
//! delivered is dropped, counted, and told to the other sinks.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use awatch::AnomalyId;
use awatch::prelude::*;

/// Stands for the pager's far end.
#[derive(Clone, Debug, Default)]
struct Line {
    delivered: Arc<Mutex<Vec<String>>>,
}

impl Line {
    fn page(&self, text: String) {
        self.delivered.lock().unwrap_or_else(PoisonError::into_inner).push(text);
    }

    fn delivered(&self) -> Vec<String> {
        self.delivered.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Pages anomalies from a severity on, once when they get that severe and once when they are over.
#[derive(Debug)]
struct Pager {
    from: Severity,
    line: Line,
    paged: BTreeSet<AnomalyId>,
    /// How many calls are still to fail, so that there is something to see.
    failures: u32,
}

impl Pager {
    fn page(&mut self, text: String) -> Result<(), SinkError> {
        if self.failures > 0 {
            self.failures -= 1;
            return Err(SinkError::retryable("paging", "the line is busy"));
        }
        self.line.page(text);
        Ok(())
    }
}

impl Sink for Pager {
    fn name(&self) -> &'static str {
        "pager"
    }

    fn emit(&mut self, event: &Event) -> Result<(), SinkError> {
        match &event.kind {
            // An anomaly may begin harmless and become severe later: look at both.
            EventKind::AnomalyOpened { anomaly } | EventKind::AnomalyChanged { anomaly }
                if anomaly.severity >= self.from && !self.paged.contains(&anomaly.id) =>
            {
                self.page(format!("{} on {}: {}", anomaly.severity, anomaly.target, anomaly.sentence))?;
                self.paged.insert(anomaly.id);
            }
            EventKind::AnomalyClosed { anomaly, .. } if self.paged.contains(&anomaly.id) => {
                self.page(format!("over on {}: {}", anomaly.target, anomaly.sentence))?;
                self.paged.remove(&anomaly.id);
            }
            _ => {}
        }
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let line = Line::default();
    let full = Rule::on("disk.utilization".parse()?).with_above(0.95).with_severity(Severity::Critical);
    let warm = Rule::on("cpu.temperature".parse()?).with_above(80.0).with_severity(Severity::Low);
    let mut engine = awatch::engine(Target::new("db-1")?)
        .watch("limits", Threshold::default().with_rule(full).with_rule(warm).build()?)
        .sink(Pager { from: Severity::High, line: line.clone(), paged: BTreeSet::new(), failures: 2 })
        .build()?;

    // The processor is warm until second 29, and the disk is full from second 10 to second 19.
    for second in 0..60 {
        let at = Timestamp::from_secs(1_800_000_000 + second);
        let mut batch = engine.batch(Name::new("demo")?, Interval::SECOND, at);
        let disk = if (10..20).contains(&second) { 0.99 } else { 0.5 };
        batch.gauge("disk.utilization", [("device", "sda")], &Unit::RATIO, disk)?;
        let temperature = if second < 30 { 85.0 } else { 60.0 };
        batch.gauge("cpu.temperature", [], &Unit::new("Cel"), temperature)?;
        engine.step(&batch, at)?;
    }

    let delivered = line.delivered();
    for text in &delivered {
        println!("{text}");
    }
    assert_eq!(
        delivered.len(),
        2,
        "one page when it gets severe, one when it is over, none for the warm processor"
    );
    assert!(delivered[0].starts_with("critical on db-1: disk.utilization"), "{}", delivered[0]);
    assert!(delivered[1].starts_with("over on db-1: "), "{}", delivered[1]);
    Ok(())
}
