//! Bounds what a loss of power can cost.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use awatch_core::Signal;

/// A thread that synchronises the log half a loss window after something was written, at most twice per window: the
/// other half is for the disk to take its time. It decides nothing and no answer depends on it, so that it may live in
/// real time.
#[derive(Debug)]
pub(in crate::parquet) struct Syncer {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    pause: Duration,
    written: Signal,
    stopped: Signal,
    is_stopping: AtomicBool,
    is_dirty: AtomicBool,
    file: Mutex<Option<Arc<File>>>,
    failed: Mutex<Option<io::Error>>,
}

impl Syncer {
    /// Starts the thread.
    pub(in crate::parquet) fn start(loss_window: Duration) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            pause: loss_window / 2,
            written: Signal::new(),
            stopped: Signal::new(),
            is_stopping: AtomicBool::new(false),
            is_dirty: AtomicBool::new(false),
            file: Mutex::default(),
            failed: Mutex::default(),
        });
        let own = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("awatch-log".to_owned()).spawn(move || own.run())?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Which file to synchronise from now on.
    pub(in crate::parquet) fn watch(&self, file: Option<Arc<File>>) {
        *self.shared.file.lock().unwrap_or_else(PoisonError::into_inner) = file;
    }

    /// Something was written.
    pub(in crate::parquet) fn written(&self) {
        if !self.shared.is_dirty.swap(true, Ordering::AcqRel) {
            self.shared.written.raise();
        }
    }

    /// Why the file could not be synchronised, told once.
    pub(in crate::parquet) fn take_failure(&self) -> Option<io::Error> {
        self.shared.failed.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Shared {
    fn run(&self) {
        loop {
            self.written.wait_for(None);
            if self.is_stopping.load(Ordering::Acquire) {
                return;
            }
            self.stopped.wait_for(Some(self.pause));
            if self.is_stopping.load(Ordering::Acquire) {
                return;
            }
            self.is_dirty.store(false, Ordering::Release);
            let file = self.file.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if let Some(Err(error)) = file.map(|file| file.sync_data()) {
                *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            }
        }
    }
}

impl Drop for Syncer {
    fn drop(&mut self) {
        self.shared.is_stopping.store(true, Ordering::Release);
        self.shared.stopped.raise();
        self.shared.written.raise();
        if let Some(thread) = self.thread.take() {
            // It cannot have panicked, and a store that goes has nobody to tell.
            let _ = thread.join();
        }
    }
}
