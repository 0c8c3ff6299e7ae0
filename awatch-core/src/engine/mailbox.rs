//! The one place where other threads leave something for the engine.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::snapshot::Snapshot;
use crate::SampleBatch;
use crate::time::Signal;

/// What is left for the engine.
#[derive(Debug)]
pub(super) enum Mail {
    /// A collector returned from a call.
    Report(Report),
    /// Somebody wants to see how things are.
    Snapshot(SyncSender<Snapshot>),
}

/// What came of one call of a collector.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) collector: usize,
    pub(super) batch: SampleBatch,
    pub(super) outcome: Outcome,
    /// Ticks that passed before this one while the collector was busy or resting.
    pub(super) missed: u64,
}

#[derive(Debug)]
pub(super) enum Outcome {
    Done,
    Failed(String),
    Panicked { message: String, rest: Duration },
}

/// A bounded queue of reports; what is asked of the engine always fits.
#[derive(Debug)]
pub(super) struct Mailbox {
    mail: Mutex<VecDeque<Mail>>,
    pub(super) signal: Signal,
    capacity: usize,
    closed: std::sync::atomic::AtomicBool,
    dropped: Vec<AtomicU64>,
}

impl Mailbox {
    pub(super) fn new(capacity: usize, collectors: usize) -> Arc<Self> {
        Arc::new(Self {
            mail: Mutex::default(),
            signal: Signal::new(),
            capacity: capacity.max(1),
            closed: std::sync::atomic::AtomicBool::new(true),
            dropped: (0..collectors).map(|_| AtomicU64::new(0)).collect(),
        })
    }

    fn mail(&self) -> MutexGuard<'_, VecDeque<Mail>> {
        self.mail.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves a report; when the queue is full this newest one is dropped and counted.
    pub(super) fn report(&self, report: Report) {
        let mut mail = self.mail();
        if mail.len() >= self.capacity {
            if let Some(dropped) = self.dropped.get(report.collector) {
                dropped.fetch_add(1, Ordering::Relaxed);
            }
        } else {
            mail.push_back(Mail::Report(report));
        }
        drop(mail);
        self.signal.raise();
    }

    /// Asks for a snapshot; `false` when no engine runs.
    pub(super) fn ask(&self, reply: SyncSender<Snapshot>) -> bool {
        if self.closed.load(Ordering::Acquire) {
            return false;
        }
        self.mail().push_back(Mail::Snapshot(reply));
        self.signal.raise();
        true
    }

    pub(super) fn set_closed(&self, closed: bool) {
        self.closed.store(closed, Ordering::Release);
    }

    pub(super) fn take(&self) -> VecDeque<Mail> {
        std::mem::take(&mut *self.mail())
    }

    /// Batches of a collector dropped since the start.
    pub(super) fn dropped(&self, collector: usize) -> u64 {
        self.dropped.get(collector).map_or(0, |count| count.load(Ordering::Relaxed))
    }
}
