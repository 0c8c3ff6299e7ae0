//! Living in real time: every plug-in on its own thread, the engine on the caller's.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::clock_watch::ClockWatch;
use super::collectors::CollectorThread;
use super::lanes::LaneNews;
use super::mailbox::Report;
use super::{Engine, EngineError, Seat, SeatPlace, Shutdown, Trouble, snapshot};
use crate::series::Name;
use crate::time::Clock;
use crate::{EventKind, Timestamp};

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// How long it ran, by the monotonic clock.
    pub lasted: Duration,
    /// Samples received.
    pub samples: u64,
    /// Rows scored or closed.
    pub rows: u64,
    /// Series at the end.
    pub series: u64,
    /// Events told.
    pub events: u64,
    /// Samples, batches, rows and events that were dropped, late, ahead, rejected or not stored.
    pub lost: u64,
    /// Collectors, detectors and sinks that did not come back at the end and were left behind.
    pub left_behind: Vec<Name>,
}

/// While something is slow or behind, the engine looks at it this often.
const LOOK: Duration = Duration::from_millis(250);

impl Engine {
    /// Watches until `shutdown` is triggered. Afterwards the engine is as it was: it can be stepped, saved, run again.
    ///
    /// # Errors
    /// [`EngineError::Thread`] when a thread cannot be started.
    pub fn run(&mut self, shutdown: &Shutdown) -> Result<Summary, EngineError> {
        let clock = Arc::clone(&self.clock);
        let mut presence = clock.enter();
        presence.begin();
        let began = clock.monotonic();
        let mailbox = Arc::clone(&self.handle.mailbox);
        shutdown.wakes(mailbox.signal.clone());
        let before = self.totals();
        self.resume(clock.now());
        let started = self.start_threads();
        mailbox.set_closed(false);
        if started.is_ok() {
            self.live(&*clock, shutdown);
        }
        mailbox.set_closed(true);
        let left_behind = self.stop_threads(&*clock);
        started.map_err(|source| EngineError::Thread { source })?;
        self.checkpoint_at_end();
        self.finish_recording();
        let after = self.totals();
        Ok(Summary {
            lasted: clock.monotonic().saturating_sub(began),
            samples: after.samples - before.samples,
            rows: after.rows - before.rows,
            series: self.core.registry.len() as u64,
            events: after.events - before.events,
            lost: after.lost - before.lost,
            left_behind,
        })
    }

    fn totals(&self) -> Summary {
        let stats = &self.core.stats;
        let lost = [
            &stats.batches_dropped,
            &stats.samples_late,
            &stats.samples_ahead,
            &stats.samples_rejected,
            &stats.samples_unstored,
            &stats.rows_dropped,
            &stats.events_dropped,
        ];
        Summary {
            samples: stats.samples.get(),
            rows: stats.rows.get(),
            events: stats.events.get(),
            lost: lost.iter().map(|count| count.get()).sum(),
            ..Summary::default()
        }
    }

    fn start_threads(&mut self) -> std::io::Result<()> {
        let mailbox = Arc::clone(&self.handle.mailbox);
        self.sinks.spread(&self.clock, &mailbox.signal)?;
        self.lanes.spread(&mailbox.signal)?;
        for seat in &mut self.seats {
            let station = match std::mem::replace(&mut seat.place, SeatPlace::Lost(None)) {
                SeatPlace::Here(station) => Ok(*station),
                SeatPlace::Lost(Some(thread)) => {
                    thread.join(&*self.clock, Duration::ZERO).map_err(SeatPlace::Lost)
                }
                place => Err(place),
            };
            seat.place = match station {
                Ok(station) => SeatPlace::There(CollectorThread::start(station, &self.clock, &mailbox)?),
                Err(place) => place,
            };
        }
        Ok(())
    }

    fn live(&mut self, clock: &dyn Clock, shutdown: &Shutdown) {
        let mut watch = ClockWatch::new(clock);
        self.core.advance_to(clock.now(), &mut self.lanes);
        while !shutdown.is_triggered() {
            let until = self.next_look(clock);
            clock.wait(&self.handle.mailbox.signal, Some(until));
            // Time goes on to here and no further: what is reported while this turn lasts comes before what is later.
            let now = clock.now();
            let reports = self.handle.mailbox.take();
            let reports = match watch.look(clock) {
                Some((from, to)) => self.clock_stepped(from, to, reports),
                None => reports,
            };
            for report in reports {
                self.reported(&report);
            }
            self.core.settle(&mut self.lanes);
            self.core.advance_to(now, &mut self.lanes);
            self.look_after_threads(clock);
            self.deliver();
            self.answer_askers();
            self.checkpoint_if_due(clock.now());
        }
    }

    /// Until when there is nothing to do unless mail comes, in monotonic time.
    fn next_look(&self, clock: &dyn Clock) -> Duration {
        let (now, monotonic) = (clock.now(), clock.monotonic());
        let next = self.core.next_wake().into_iter().chain(self.next_checkpoint()).min();
        let left = next.map_or(LOOK * 4, |next| next.since(now).unwrap_or_default());
        let is_slow = |seat: &Seat| match &seat.place {
            SeatPlace::There(thread) => {
                thread.busy_for(monotonic).is_some() || seat.trouble == Trouble::Stuck
            }
            _ => false,
        };
        let close = self.lanes.is_behind() || self.seats.iter().any(is_slow);
        monotonic + if close { left.min(LOOK) } else { left }
    }

    /// Goes on at a new wall-clock time. Reports that were under way from before it are taken in first; the rest are
    /// given back.
    fn clock_stepped(
        &mut self,
        from: Timestamp,
        to: Timestamp,
        reports: VecDeque<Report>,
    ) -> VecDeque<Report> {
        let distance = |a: Timestamp, b: Timestamp| a.as_nanos().abs_diff(b.as_nanos());
        let is_before = |report: &Report| distance(report.batch.at(), from) < distance(report.batch.at(), to);
        let (before, after): (VecDeque<Report>, _) = reports.into_iter().partition(is_before);
        for mut report in before {
            // It may have returned after the step.
            report.received = report.received.min(from).max(report.batch.at());
            self.reported(&report);
        }
        self.core.clock_stepped(from, to);
        for seat in &self.seats {
            if let SeatPlace::There(thread) = &seat.place {
                thread.restart();
            }
        }
        after
    }

    fn answer_askers(&mut self) {
        let askers = self.handle.mailbox.askers();
        if askers.is_empty() {
            return;
        }
        let snapshot = snapshot::take(&mut self.core, &mut self.lanes);
        for asker in askers {
            // Who asked may have lost patience; that is theirs to know.
            let _ = asker.try_send(snapshot.clone());
        }
    }

    /// Tells of collectors and detectors that hang or catch up, and of a full queue.
    fn look_after_threads(&mut self, clock: &dyn Clock) {
        let (now, at) = (clock.monotonic(), self.core.now);
        let stuck_after = self.core.options.stuck_after;
        let (mut stuck, mut dropped) = (0, 0);
        for (index, seat) in self.seats.iter_mut().enumerate() {
            let total = self.handle.mailbox.dropped(index);
            dropped += total;
            if let Some(kind) = seat.dropped_news(total) {
                self.core.emit(at, kind);
            }
            if let Some(kind) = seat.stuck_news(now, stuck_after) {
                self.core.emit(at, kind);
            }
            stuck += u64::from(seat.trouble == Trouble::Stuck);
        }
        self.core.stats.collectors_stuck.set(stuck);
        self.core.stats.batches_dropped.set(dropped);
        for (lane, news) in self.lanes.watch() {
            let Some(watch) = self.lanes.name(lane).cloned() else { continue };
            let kind = match news {
                LaneNews::Stuck { waiting } => EventKind::DetectorStuck { watch, waiting },
                LaneNews::Recovered { missed } => EventKind::DetectorRecovered { watch, missed },
            };
            self.core.emit(at, kind);
        }
    }

    fn stop_threads(&mut self, clock: &dyn Clock) -> Vec<Name> {
        let grace = self.core.options.shutdown_grace;
        let until = clock.monotonic() + grace;
        for seat in &self.seats {
            if let SeatPlace::There(thread) = &seat.place {
                thread.ask_to_stop();
            }
        }
        let mut left = Vec::new();
        for seat in &mut self.seats {
            seat.place = match std::mem::replace(&mut seat.place, SeatPlace::Lost(None)) {
                SeatPlace::There(thread) => match thread.join(clock, until) {
                    Ok(station) => SeatPlace::Here(Box::new(station)),
                    Err(thread) => SeatPlace::Lost(thread),
                },
                place => place,
            };
            if matches!(seat.place, SeatPlace::Lost(_)) {
                left.push(seat.name.clone());
            }
        }
        for report in self.handle.mailbox.take() {
            self.reported(&report);
        }
        self.core.settle(&mut self.lanes);
        left.extend(self.lanes.gather(clock.monotonic() + grace));
        self.core.settle(&mut self.lanes);
        self.answer_askers();
        self.deliver();
        left.extend(self.sinks.gather(clock, clock.monotonic() + grace));
        self.core.stats.events_dropped.set(self.sinks.dropped());
        left
    }
}

impl Seat {
    fn dropped_news(&mut self, total: u64) -> Option<EventKind> {
        // Told when the first is dropped, and again each time their number has doubled.
        if total == 0 || total < self.dropped_told.saturating_mul(2).max(1) {
            return None;
        }
        self.dropped_told = total;
        Some(EventKind::BatchesDropped { collector: self.name.clone(), dropped: total })
    }

    fn stuck_news(&mut self, now: Duration, stuck_after: Duration) -> Option<EventKind> {
        let SeatPlace::There(thread) = &self.place else { return None };
        let busy = thread.busy_for(now)?;
        if self.trouble == Trouble::Stuck || busy < stuck_after.max(self.interval.as_duration()) {
            return None;
        }
        self.trouble = Trouble::Stuck;
        Some(EventKind::CollectorStuck { collector: self.name.clone(), busy_seconds: busy.as_secs_f64() })
    }
}
