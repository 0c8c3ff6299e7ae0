use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use super::trial::{Content, EVER, Trial, gauge, scrambled, second};

const TICKS: i64 = 2000;

pub(super) fn readers_and_a_writer(trial: &Trial<'_>) {
    let metas = [gauge("web.load", "a"), gauge("web.load", "b"), gauge("web.load", "c")];
    let (written, done) = (AtomicI64::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        let read = || {
            while !done.load(Ordering::Acquire) {
                read_once(trial, &written, metas.len());
            }
        };
        let readers = [scope.spawn(read), scope.spawn(read)];
        let writing = Writing(&done);
        let mut content = Content::new();
        for tick in 0..TICKS {
            for meta in &metas {
                trial.put(&mut content, meta, second(tick), number(tick));
            }
            written.store(tick + 1, Ordering::Release);
        }
        drop(writing);
        for reader in readers {
            if let Err(broken) = reader.join() {
                resume_unwind(broken);
            }
        }
        trial.holds(&content);
    });
}

/// Lets the readers go when the writer is done, or has failed.
struct Writing<'a>(&'a AtomicBool);

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

fn number(tick: i64) -> f64 {
    scrambled(tick) as f64 / 3.0
}

fn read_once(trial: &Trial<'_>, written: &AtomicI64, series: usize) {
    let before = written.load(Ordering::Acquire);
    let content = trial.read("*", EVER);
    if before > 0 {
        trial.same("the number of series while writing", &content.len(), &series);
    }
    for (key, samples) in &content {
        trial.demand(i64::try_from(samples.len()).is_ok_and(|found| found >= before), || {
            format!("{} samples of {key} were found after {before} had been appended", samples.len())
        });
        let wanted = (0..).map(|tick| (second(tick).as_nanos(), number(tick).to_bits()));
        trial.demand(wanted.zip(samples).all(|(wanted, seen)| wanted == *seen), || {
            format!("{key} has samples that nobody appended, or lacks one in the middle")
        });
    }
}
