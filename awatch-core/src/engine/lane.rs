//! One configured detector with its policy, over all the blocks of series it watches.

use std::sync::Arc;
use std::time::Duration;

use super::cell::Cell;
use crate::detect::{Change, DeciderFactory, DetectorFactory, Explanation, Scope};
use crate::series::{Matcher, Name, SeriesMeta};
use crate::{DetectError, Timestamp};

/// A configured detector: what it is called, what it watches, and how it decides.
#[derive(Clone, Debug)]
pub struct Watch {
    pub(crate) name: Name,
    pub(crate) matcher: Matcher,
    pub(crate) detector: Arc<dyn DetectorFactory>,
    pub(crate) policy: Option<Arc<dyn DeciderFactory>>,
}

impl Watch {
    /// The detector under that name, on all series, with the policy it names as its default.
    pub fn new(name: Name, detector: impl DetectorFactory + 'static) -> Self {
        Self { name, matcher: Matcher::all(), detector: Arc::new(detector), policy: None }
    }

    /// As [`Watch::new`] for a detector whose type is not known, from configuration.
    #[must_use]
    pub fn from_factory(name: Name, detector: Arc<dyn DetectorFactory>) -> Self {
        Self { name, matcher: Matcher::all(), detector, policy: None }
    }

    /// Only on the series meant by `matcher`.
    #[must_use]
    pub fn on(mut self, matcher: Matcher) -> Self {
        self.matcher = matcher;
        self
    }

    /// With that decision policy.
    #[must_use]
    pub fn with_policy(mut self, policy: impl DeciderFactory + 'static) -> Self {
        self.policy = Some(Arc::new(policy));
        self
    }
}

/// What a lane is told; each is answered by one [`LaneOutput`].
#[derive(Clone, Debug)]
pub(crate) enum LaneInput {
    /// A place of a block belongs to a series now, or to none.
    /// `tenancy` tells one tenant of a place from the next.
    Bind { block: usize, scope: Scope, place: usize, tenancy: u64, series: Option<Arc<SeriesMeta>> },
    /// A block is gone.
    Drop { block: usize },
    /// The rows of blocks that were closed together.
    Rows(Arc<[Arc<BlockRow>]>),
    /// Report the bands of all blocks.
    Report,
    /// Report the memory held.
    Weigh,
    /// Save everything, and answer with this number.
    Save(u64),
}

/// A row of a block of series.
#[derive(Debug)]
pub(crate) struct BlockRow {
    pub(crate) block: usize,
    pub(crate) at: Timestamp,
    /// The tick of the row before; `None` when this is the first, or rows started anew.
    pub(crate) previous: Option<Timestamp>,
    pub(crate) elapsed: Duration,
    pub(crate) values: Box<[f64]>,
}

/// What a lane answers.
#[derive(Debug, Default)]
pub(crate) struct LaneOutput {
    pub(crate) changes: Vec<AlertChange>,
    pub(crate) faults: Vec<Fault>,
    pub(crate) bands: Vec<Band>,
    pub(crate) memory: Option<usize>,
    /// The number of the request and the state.
    pub(crate) saved: Option<(u64, Result<Vec<u8>, DetectError>)>,
}

impl LaneOutput {
    pub(crate) fn is_empty(&self) -> bool {
        self.changes.is_empty()
            && self.faults.is_empty()
            && self.bands.is_empty()
            && self.memory.is_none()
            && self.saved.is_none()
    }
}

/// An alert began, rose or ended.
#[derive(Debug)]
pub(crate) struct AlertChange {
    pub(crate) block: usize,
    /// The place in the block; `None`: the target as a whole.
    pub(crate) place: Option<usize>,
    /// The tenancy of the place when the alert changed.
    pub(crate) tenancy: u64,
    pub(crate) at: Timestamp,
    pub(crate) change: Change,
    /// Present when it began or rose.
    pub(crate) explanation: Option<Explanation>,
}

/// A detector or policy panicked.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) block: usize,
    pub(crate) message: String,
    pub(crate) disabled: bool,
}

/// What a detector holds usual for a place of a block, as of its last row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Band {
    pub(crate) block: usize,
    pub(crate) place: usize,
    pub(crate) expected: Option<f64>,
    pub(crate) lower: Option<f64>,
    pub(crate) upper: Option<f64>,
    pub(crate) anomaly_score: Option<f64>,
}

/// A watch at work.
#[derive(Debug)]
pub(crate) struct Lane {
    watch: Watch,
    policy: Arc<dyn DeciderFactory>,
    pub(crate) cells: Vec<Option<Cell>>,
}

impl Lane {
    pub(crate) fn new(watch: Watch, policy: Arc<dyn DeciderFactory>) -> Self {
        Self { watch, policy, cells: Vec::new() }
    }

    pub(crate) fn name(&self) -> &Name {
        &self.watch.name
    }

    pub(crate) fn kind(&self) -> &'static str {
        self.watch.detector.kind()
    }

    pub(crate) fn scope(&self) -> Scope {
        self.watch.detector.scope()
    }

    /// Handles one input. Never panics: what a plug-in panics becomes a fault.
    pub(crate) fn handle(&mut self, input: &LaneInput) -> LaneOutput {
        let mut out = LaneOutput::default();
        match input {
            LaneInput::Bind { block, scope, place, tenancy, series } => {
                self.bind(*block, *scope, (*place, *tenancy), series.as_deref(), &mut out);
            }
            LaneInput::Drop { block } => {
                if let Some(cell) = self.cells.get_mut(*block) {
                    *cell = None;
                }
            }
            LaneInput::Rows(rows) => {
                for row in rows.iter() {
                    if let Some(Some(cell)) = self.cells.get_mut(row.block) {
                        cell.row(row, &mut out);
                    }
                }
            }
            LaneInput::Report => self.report(&mut out),
            LaneInput::Weigh => {
                out.memory = Some(self.cells.iter().flatten().map(Cell::memory).sum());
            }
            LaneInput::Save(number) => out.saved = Some((*number, super::lane_state::save(self))),
        }
        out
    }

    fn bind(
        &mut self,
        block: usize,
        scope: Scope,
        place: (usize, u64),
        series: Option<&SeriesMeta>,
        out: &mut LaneOutput,
    ) {
        if scope != self.scope() {
            return;
        }
        let wanted = series.filter(|meta| self.wants(meta));
        if self.cells.len() <= block {
            self.cells.resize_with(block + 1, || None);
        }
        let Some(slot) = self.cells.get_mut(block) else { return };
        if slot.is_none() {
            if wanted.is_none() {
                return;
            }
            match Cell::new(block, Arc::clone(&self.watch.detector), Arc::clone(&self.policy)) {
                Ok(cell) => *slot = Some(cell),
                Err(message) => return out.faults.push(Fault { block, message, disabled: true }),
            }
        }
        if let Some(cell) = slot {
            cell.bind(place, wanted, out);
        }
    }

    fn wants(&self, meta: &SeriesMeta) -> bool {
        self.watch.matcher.matches(&meta.key)
            && super::guard::guard(|| self.watch.detector.watches(&meta.key)).unwrap_or(false)
    }

    /// After a restore, takes on a series that it wants and has not, and lets go of one that it does not want any more.
    pub(super) fn reconcile(&mut self, block: usize, scope: Scope, place: (usize, u64), meta: &SeriesMeta) {
        if scope != self.scope() {
            return;
        }
        let has = self.cells.get(block).and_then(Option::as_ref).is_some_and(|cell| cell.has(place.0));
        if has != self.wants(meta) {
            // A panic of a detector that is just being set up is told when it sees its first row.
            self.bind(block, scope, place, Some(meta).filter(|_| !has), &mut LaneOutput::default());
        }
    }

    /// A new, empty cell of this watch, for restoring.
    pub(crate) fn empty_cell(&self, block: usize) -> Result<Cell, String> {
        Cell::new(block, Arc::clone(&self.watch.detector), Arc::clone(&self.policy))
    }

    fn report(&self, out: &mut LaneOutput) {
        for cell in self.cells.iter().flatten() {
            cell.report(&mut out.bands);
        }
    }
}
