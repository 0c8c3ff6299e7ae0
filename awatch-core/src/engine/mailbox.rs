//! The one place where other threads leave something for the engine.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::snapshot::Snapshot;
use crate::time::Signal;
use crate::{SampleBatch, Timestamp};

/// What came of one call of a collector.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) collector: usize,
    pub(super) batch: SampleBatch,
    /// When the call returned.
    pub(super) received: Timestamp,
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

/// A bounded queue of reports, and the list of those who want to see how things are.
#[derive(Debug)]
pub(super) struct Mailbox {
    reports: Mutex<VecDeque<Report>>,
    askers: Mutex<Vec<SyncSender<Snapshot>>>,
    pub(super) signal: Signal,
    capacity: usize,
    closed: std::sync::atomic::AtomicBool,
    dropped: Vec<AtomicU64>,
}

impl Mailbox {
    pub(super) fn new(capacity: usize, collectors: usize) -> Arc<Self> {
        Arc::new(Self {
            reports: Mutex::default(),
            askers: Mutex::default(),
            signal: Signal::new(),
            capacity: capacity.max(1),
            closed: std::sync::atomic::AtomicBool::new(true),
            dropped: (0..collectors).map(|_| AtomicU64::new(0)).collect(),
        })
    }

    fn reports(&self) -> MutexGuard<'_, VecDeque<Report>> {
        self.reports.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves a report; when the queue is full this newest one is dropped and counted.
    pub(super) fn report(&self, report: Report) {
        let mut reports = self.reports();
        if reports.len() >= self.capacity {
            if let Some(dropped) = self.dropped.get(report.collector) {
                dropped.fetch_add(1, Ordering::Relaxed);
            }
        } else {
            reports.push_back(report);
        }
        drop(reports);
        self.signal.raise();
    }

    /// Asks for a snapshot; `false` when no engine runs.
    pub(super) fn ask(&self, reply: SyncSender<Snapshot>) -> bool {
        if self.closed.load(Ordering::Acquire) {
            return false;
        }
        self.askers.lock().unwrap_or_else(PoisonError::into_inner).push(reply);
        self.signal.raise();
        true
    }

    pub(super) fn set_closed(&self, closed: bool) {
        self.closed.store(closed, Ordering::Release);
    }

    pub(super) fn take(&self) -> VecDeque<Report> {
        std::mem::take(&mut *self.reports())
    }

    /// Those who asked for a snapshot since the last call; one snapshot serves them all.
    pub(super) fn askers(&self) -> Vec<SyncSender<Snapshot>> {
        std::mem::take(&mut *self.askers.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Batches of a collector dropped since the start.
    pub(super) fn dropped(&self, collector: usize) -> u64 {
        self.dropped.get(collector).map_or(0, |count| count.load(Ordering::Relaxed))
    }
}
