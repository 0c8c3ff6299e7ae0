//! What a lane remembers, as bytes.

use serde::{Deserialize, Serialize};

use super::cell::Cell;
use super::guard::guard;
use super::lane::Lane;
use crate::series::SeriesMeta;
use crate::{DetectError, Timestamp, state};

const KIND: &str = "watch";

#[derive(Debug, Serialize, Deserialize)]
struct LaneState {
    detector: String,
    cells: Vec<CellState>,
}

#[derive(Debug, Serialize, Deserialize)]
struct CellState {
    block: usize,
    /// Per place of the detector its place in the block.
    places: Vec<Option<usize>>,
    detector: Vec<u8>,
    decider: Vec<u8>,
    /// The tick of the last row it saw.
    last: Option<Timestamp>,
}

pub(super) fn save(lane: &Lane) -> Result<Vec<u8>, DetectError> {
    let cells = lane.cells.iter().flatten().map(save_cell).collect::<Result<Vec<_>, _>>()?;
    state::encode(KIND, &LaneState { detector: lane.kind().to_owned(), cells })
}

fn save_cell(cell: &Cell) -> Result<CellState, DetectError> {
    Ok(CellState {
        block: cell.block,
        places: cell.map.columns.iter().map(|column| column.as_ref().map(|tenant| tenant.place)).collect(),
        detector: caught(|| cell.detector.save())?,
        decider: caught(|| cell.decider.save())?,
        last: cell.last,
    })
}

/// Loads what [`save`] wrote into a lane without cells. `series` answers which series has a place of a block, and its
/// tenancy; there are `blocks` blocks.
pub(super) fn load<'a>(
    lane: &mut Lane,
    bytes: &[u8],
    blocks: usize,
    series: impl Fn(usize, usize) -> Option<(u64, &'a SeriesMeta)>,
) -> Result<(), DetectError> {
    let saved: LaneState = state::decode(KIND, bytes)?;
    let wrong = |reason: String| DetectError::State { kind: KIND, reason };
    if saved.detector != lane.kind() {
        return Err(wrong(format!("it is of a {} and the watch is a {} now", saved.detector, lane.kind())));
    }
    let mut cells = Vec::new();
    for state in saved.cells {
        if state.block >= blocks {
            return Err(wrong(format!("it has a block {}, and there are {blocks}", state.block)));
        }
        let mut cell = lane.empty_cell(state.block).map_err(wrong)?;
        cell.last = state.last;
        for (index, place) in state.places.iter().enumerate() {
            let meta = match place {
                None => None,
                Some(place) => Some(series(state.block, *place).ok_or_else(|| {
                    wrong(format!(
                        "it has a series at place {place} of block {}, where there is none",
                        state.block
                    ))
                })?),
            };
            caught(|| {
                let tenant = place.zip(meta).map(|(place, (tenancy, meta))| ((place, tenancy), meta));
                cell.restore_column(index, tenant);
                Ok(())
            })?;
        }
        caught(|| cell.detector.load(&state.detector))?;
        caught(|| cell.decider.load(&state.decider))?;
        if cells.len() <= state.block {
            cells.resize_with(state.block + 1, || None);
        }
        if let Some(slot) = cells.get_mut(state.block) {
            *slot = Some(cell);
        }
    }
    lane.cells = cells;
    Ok(())
}

fn caught<T>(call: impl FnOnce() -> Result<T, DetectError>) -> Result<T, DetectError> {
    guard(call)
        .unwrap_or_else(|message| Err(DetectError::State { kind: KIND, reason: format!("panic: {message}") }))
}
