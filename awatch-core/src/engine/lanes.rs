//! All configured detectors: in the caller's thread, or each on a thread of its own.

use std::sync::Arc;
use std::time::Duration;

use super::lane::{Lane, LaneInput, LaneOutput};
use super::lane_thread::LaneThread;
use super::stats::Stats;
use crate::detect::Scope;
use crate::series::Name;
use crate::time::{Clock, Signal};

/// The lanes in their configured order.
#[derive(Debug)]
pub(super) struct Lanes {
    slots: Vec<Slot>,
    /// Raised by a lane's thread with each answer, for the engine waiting on one.
    answered: Signal,
    grace: Duration,
    stuck_after: Duration,
    capacity: usize,
    stats: Arc<Stats>,
    answers: Vec<(usize, LaneOutput)>,
    clock: Arc<dyn Clock>,
}

#[derive(Debug)]
struct Slot {
    name: Name,
    kind: &'static str,
    scope: Scope,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Here(Box<Lane>),
    There(Box<LaneThread>),
    /// Its thread did not come back from the last run, so far.
    Lost(Option<Box<LaneThread>>),
}

/// What a detector's thread is up to, when that changed.
#[derive(Debug)]
pub(super) enum LaneNews {
    Stuck { waiting: u64 },
    Recovered { missed: u64 },
}

impl Lanes {
    pub(super) fn new(
        lanes: Vec<Lane>,
        options: &super::EngineOptions,
        stats: Arc<Stats>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let slot = |lane: Lane| Slot {
            name: lane.name().clone(),
            kind: lane.kind(),
            scope: lane.scope(),
            place: Place::Here(Box::new(lane)),
        };
        Self {
            slots: lanes.into_iter().map(slot).collect(),
            answered: Signal::new(),
            grace: options.detector_grace,
            stuck_after: options.stuck_after,
            capacity: options.row_queue,
            stats,
            answers: Vec::new(),
            clock,
        }
    }

    pub(super) fn name(&self, lane: usize) -> Option<&Name> {
        self.slots.get(lane).map(|slot| &slot.name)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = (&Name, &'static str)> {
        self.slots.iter().map(|slot| (&slot.name, slot.kind))
    }

    pub(super) fn any_with(&self, scope: Scope) -> bool {
        self.slots.iter().any(|slot| slot.scope == scope)
    }

    /// Tells every lane; what it says comes from [`Lanes::settle`].
    pub(super) fn tell(&mut self, input: &LaneInput) {
        for (index, slot) in self.slots.iter_mut().enumerate() {
            match &mut slot.place {
                Place::Here(lane) => {
                    let output = lane.handle(input);
                    if !output.is_empty() {
                        self.answers.push((index, output));
                    }
                }
                Place::There(thread) => {
                    self.stats.rows_dropped.add(thread.send(input.clone(), self.capacity));
                }
                Place::Lost(_) => {
                    if let LaneInput::Rows(rows) = input {
                        self.stats.rows_dropped.add(rows.len() as u64);
                    }
                }
            }
        }
    }

    /// Waits until every lane has answered what it was told, and no longer than the grace; a lane that takes longer
    /// is not waited for again until it has caught up. The answers come lane by lane, so that their order is the same
    /// on one thread and on many.
    pub(super) fn settle(&mut self) -> Vec<(usize, LaneOutput)> {
        self.settle_within(self.grace)
    }

    /// As [`Lanes::settle`], with another grace.
    pub(super) fn settle_within(&mut self, grace: Duration) -> Vec<(usize, LaneOutput)> {
        if self.awaited().next().is_some() {
            self.wait(grace);
        }
        let mut answers = std::mem::take(&mut self.answers);
        for (index, slot) in self.slots.iter_mut().enumerate() {
            if let Place::There(thread) = &mut slot.place {
                thread.receive(|output| answers.push((index, output)));
            }
        }
        answers.sort_by_key(|(lane, _)| *lane);
        answers
    }

    fn wait(&mut self, grace: Duration) {
        let clock = Arc::clone(&self.clock);
        let until = clock.monotonic() + grace;
        while self.awaited().next().is_some() {
            let now = clock.monotonic();
            if now >= until {
                self.awaited().for_each(|thread| thread.lag(now));
                return;
            }
            clock.wait(&self.answered, Some(until));
        }
    }

    fn awaited(&mut self) -> impl Iterator<Item = &mut LaneThread> {
        self.slots.iter_mut().filter_map(|slot| match &mut slot.place {
            Place::There(thread) if thread.is_awaited() => Some(&mut **thread),
            _ => None,
        })
    }

    /// Which lanes became stuck, or caught up, since the last look.
    pub(super) fn watch(&mut self) -> Vec<(usize, LaneNews)> {
        let now = self.clock.monotonic();
        let mut news = Vec::new();
        for (index, slot) in self.slots.iter_mut().enumerate() {
            if let Place::There(thread) = &mut slot.place {
                news.extend(thread.watch(now, self.stuck_after).map(|one| (index, one)));
            }
        }
        let stuck = self.slots.iter().filter(|s| matches!(&s.place, Place::There(t) if t.is_stuck())).count();
        self.stats.detectors_stuck.set(stuck as u64);
        news
    }

    /// Whether a lane is behind, so that its state has to be looked at again soon.
    pub(super) fn is_behind(&self) -> bool {
        self.slots.iter().any(|slot| matches!(&slot.place, Place::There(thread) if thread.is_behind()))
    }

    /// Puts each lane on a thread of its own, those that came back late from an earlier run too. `mail` is raised when
    /// an answer comes that nobody waits for.
    pub(super) fn spread(&mut self, mail: &Signal) -> std::io::Result<()> {
        for slot in &mut self.slots {
            let lane = match std::mem::replace(&mut slot.place, Place::Lost(None)) {
                Place::Here(lane) => Ok(*lane),
                Place::Lost(Some(thread)) => thread
                    .join(&*self.clock, Duration::ZERO, |_| {})
                    .map_err(|thread| Place::Lost(Some(thread))),
                place => Err(place),
            };
            slot.place = match lane {
                Ok(lane) => Place::There(Box::new(LaneThread::start(
                    lane,
                    &self.clock,
                    self.answered.clone(),
                    mail.clone(),
                )?)),
                Err(place) => place,
            };
        }
        Ok(())
    }

    /// Lets the lanes finish what they were told and brings them back, waiting at most until `until`. Answers those
    /// whose threads hang; what they were told is counted as dropped.
    pub(super) fn gather(&mut self, until: Duration) -> Vec<Name> {
        for slot in &self.slots {
            if let Place::There(thread) = &slot.place {
                thread.ask_to_stop();
            }
        }
        let mut lost = Vec::new();
        for (index, slot) in self.slots.iter_mut().enumerate() {
            let answers = &mut self.answers;
            slot.place = match std::mem::replace(&mut slot.place, Place::Lost(None)) {
                Place::There(thread) => {
                    match thread.join(&*self.clock, until, |one| answers.push((index, one))) {
                        Ok(lane) => Place::Here(Box::new(lane)),
                        Err(thread) => {
                            self.stats.rows_dropped.add(thread.abandoned());
                            Place::Lost(Some(thread))
                        }
                    }
                }
                place => place,
            };
            if matches!(slot.place, Place::Lost(_)) {
                lost.push(slot.name.clone());
            }
        }
        lost
    }

    /// Each lane that is here, with its place in the order.
    pub(super) fn here(&mut self) -> impl Iterator<Item = (usize, &mut Lane)> {
        self.slots.iter_mut().enumerate().filter_map(|(index, slot)| match &mut slot.place {
            Place::Here(lane) => Some((index, &mut **lane)),
            _ => None,
        })
    }
}
