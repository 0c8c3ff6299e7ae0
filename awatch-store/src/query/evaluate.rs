//! Goes once through the samples of the range.

use awatch_core::store::SeriesBlock;
use awatch_core::{Query, Store};

use super::cells::Cells;
use super::grid::Grid;
use super::plan::Plan;
use super::reader::{Range, Reader, Refused};
use super::{Answer, Curve, QueryError, Request};

/// The most numbers kept for quantiles: 80 MB.
const MAX_KEPT: usize = 10_000_000;

/// Answers the request.
pub(super) fn run(store: &dyn Store, request: &Request) -> Result<Answer, QueryError> {
    let plan = Plan::of(store, request)?;
    let grid = Grid::of(request, plan.groups.len())?;
    let mut look_back = plan.look_back();
    loop {
        let (start, end, over_time) = (request.start, request.end, request.over_time);
        let range = Range { start, end, grid, stepped: request.step.is_some(), over_time, look_back };
        let mut evaluation = Evaluation::new(&plan, range);
        match evaluation.scan(&plan, store) {
            Ok(()) => return Ok(evaluation.answer(plan)),
            // Each time by a longer one, so that this ends.
            Err(Refused::LookBack(step)) => look_back = step.as_duration(),
            Err(Refused::Error(error)) => return Err(error),
        }
    }
}

/// One pass.
#[derive(Debug)]
struct Evaluation {
    range: Range,
    /// One per series of the plan.
    readers: Vec<Reader>,
    /// One per group of the plan.
    cells: Vec<Cells>,
    /// Numbers kept for quantiles, of all readers and cells.
    kept: usize,
}

impl Evaluation {
    fn new(plan: &Plan, range: Range) -> Self {
        Self {
            range,
            readers: plan.series.iter().map(|_| Reader::new()).collect(),
            cells: plan.groups.iter().map(|group| Cells::new(group.across)).collect(),
            kept: 0,
        }
    }

    fn scan(&mut self, plan: &Plan, store: &dyn Store) -> Result<(), Refused> {
        for (index, matcher) in plan.matchers.iter().enumerate() {
            let start = self.range.start.minus(self.range.look_back);
            let query = Query { matcher: matcher.clone(), start, end: self.range.end };
            let slices = store.scan(&query).map_err(|error| Refused::Error(error.into()))?;
            for slice in slices {
                for block in slice.map_err(|error| Refused::Error(error.into()))?.blocks {
                    self.take(plan, index, &block)?;
                }
            }
        }
        Ok(())
    }

    /// Takes in a block that the scan for a pattern brought.
    fn take(&mut self, plan: &Plan, matcher: usize, block: &SeriesBlock) -> Result<(), Refused> {
        // A series that came into the store since the plan was made is not in it.
        let Some(&place) = plan.places.get(&block.meta.key) else { return Ok(()) };
        let (Some(series), Some(reader)) = (plan.series.get(place), self.readers.get_mut(place)) else {
            return Ok(());
        };
        let Some(cells) = self.cells.get_mut(series.group).filter(|_| series.matcher == matcher) else {
            return Ok(());
        };
        let before = reader.kept() + cells.kept();
        reader.take(series, block, &self.range, cells)?;
        self.kept = self.kept + reader.kept() + cells.kept() - before;
        if self.kept > MAX_KEPT {
            let across = plan.groups.get(series.group).and_then(|group| group.across);
            let aggregation =
                if reader.kept() > 0 { self.range.over_time } else { across.unwrap_or_default() };
            return Err(Refused::Error(QueryError::TooManyNumbers { aggregation, most: MAX_KEPT }));
        }
        Ok(())
    }

    /// What was found.
    fn answer(mut self, plan: Plan) -> Answer {
        for (series, reader) in plan.series.iter().zip(&mut self.readers) {
            if let Some(cells) = self.cells.get_mut(series.group) {
                reader.close(&self.range, cells);
            }
        }
        let mut answer = Answer {
            curves: Vec::new(),
            step: self.range.grid.step(),
            without_values: 0,
            left_out: plan.left_out,
        };
        for (about, cells) in plan.groups.into_iter().zip(self.cells) {
            let values = cells.finish();
            if values.is_empty() {
                answer.without_values += 1;
            } else {
                answer.curves.push(Curve::new(about, self.range.grid, values));
            }
        }
        answer
    }
}
