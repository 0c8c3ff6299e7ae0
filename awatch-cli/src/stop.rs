//! The ways a run ends.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

use crate::failure::Failure;

/// Why a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// Ctrl-C, SIGINT or SIGTERM.
    Signal,
    /// Who read the output is gone.
    ReaderGone,
    /// The time asked for is over.
    TimeOver,
    /// The key `q`.
    Quit,
    /// The engine ended by itself.
    EngineGone,
}

impl Reason {
    /// Its name in JSON.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Signal => "signal",
            Self::ReaderGone => "reader_gone",
            Self::TimeOver => "time_over",
            Self::Quit => "quit",
            Self::EngineGone => "engine_gone",
        }
    }

    /// The same for people, after "ended: ".
    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Self::Signal => "a signal asked for it",
            Self::ReaderGone => "nobody reads the output any more",
            Self::TimeOver => "the time is over",
            Self::Quit => "as asked",
            Self::EngineGone => "the engine ended by itself",
        }
    }
}

/// Where reasons to end are told and waited for.
pub(crate) fn reasons() -> (Sender<Reason>, Receiver<Reason>) {
    channel()
}

/// Whether the run is ending: a signal from now on is one too many.
static ENDING: AtomicBool = AtomicBool::new(false);

/// Says that the run is ending, whatever the reason.
pub(crate) fn ending() {
    ENDING.store(true, Ordering::Release);
}

/// Tells the first signal; the second, or one while the run is ending, ends the process at once with code 130, after `restore`.
pub(crate) fn on_signals(reasons: Sender<Reason>, restore: fn()) -> Result<(), Failure> {
    let handler = move || {
        if ENDING.swap(true, Ordering::AcqRel) {
            restore();
            std::process::exit(130);
        }
        // Nobody waits any more once the run is ending.
        let _ = reasons.send(Reason::Signal);
    };
    ctrlc::set_handler(handler).map_err(|error| Failure::Setup { what: "the signals", source: error.into() })
}

/// Tells when the reader of standard output is gone, which otherwise shows only when the next event is written.
#[cfg(unix)]
pub(crate) fn on_reader_gone(reasons: Sender<Reason>) -> Result<(), Failure> {
    use rustix::event::{PollFd, PollFlags, poll};
    let watch = move || {
        let stdout = std::io::stdout();
        let mut watched = [PollFd::new(&stdout, PollFlags::empty())];
        loop {
            match poll(&mut watched, None) {
                Ok(_) => break,
                Err(rustix::io::Errno::INTR) => {}
                Err(_) => return,
            }
        }
        if watched.iter().any(|fd| fd.revents().contains(PollFlags::ERR)) {
            // Nobody waits any more once the run is ending.
            let _ = reasons.send(Reason::ReaderGone);
        }
    };
    std::thread::Builder::new()
        .name("awatch-stdout".to_owned())
        .stack_size(64 << 10)
        .spawn(watch)
        .map(drop)
        .map_err(|error| Failure::Setup { what: "a thread", source: error.into() })
}

#[cfg(not(unix))]
pub(crate) fn on_reader_gone(_reasons: Sender<Reason>) -> Result<(), Failure> {
    Ok(())
}
