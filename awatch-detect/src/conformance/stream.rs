use std::time::Duration;

use awatch_core::detect::{Readiness, Scope};
use awatch_core::{Column, DetectorFactory, Learn, OnlineDetector, Row, Scores, Severity, Timestamp};

use super::random::Random;

/// Rows to feed: all of one width.
#[derive(Clone, Debug)]
pub(super) struct Stream {
    rows: Vec<(Timestamp, Duration, Vec<f64>)>,
}

impl Stream {
    /// `rows` rows of noise, flat lines, jumps, bursts and gaps.
    pub(super) fn new(columns: &[Column], rows: usize, seed: u64) -> Self {
        let mut random = Random(seed);
        let mut at = Timestamp::from_secs(1_800_000_000);
        let interval = columns.first().map_or(Duration::from_secs(1), |column| column.interval.as_duration());
        let mut all = Vec::with_capacity(rows);
        for number in 0..rows {
            let elapsed = if number > 0 && random.below(50) == 0 { interval * 3 } else { interval };
            at = at.plus(elapsed);
            let values = (0..columns.len()).map(|column| value(column, number, rows, &mut random)).collect();
            all.push((at, elapsed, values));
        }
        Self { rows: all }
    }

    /// Rows made of numbers at the ends of what there is.
    pub(super) fn extreme(columns: &[Column], rows: usize) -> Self {
        const EXTREMES: [f64; 9] =
            [0.0, 1e308, -1e308, f64::from_bits(1), -f64::from_bits(1), f64::MAX, f64::MIN, 1.0, f64::NAN];
        let mut stream = Self::new(columns, rows, 7);
        let mut random = Random(8);
        for (number, (_, elapsed, values)) in stream.rows.iter_mut().enumerate() {
            for (column, value) in values.iter_mut().enumerate() {
                let place = if number % 3 == 0 {
                    random.below(EXTREMES.len())
                } else {
                    (number + column) % EXTREMES.len()
                };
                *value = EXTREMES.get(place).copied().unwrap_or(0.0);
            }
            *elapsed = [Duration::ZERO, *elapsed, Duration::from_hours(2)]
                .get(number % 3)
                .copied()
                .unwrap_or(*elapsed);
        }
        stream
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn row(&self, index: usize) -> Row<'_> {
        let (at, elapsed, values) = &self.rows[index];
        Row { at: *at, elapsed: *elapsed, values }
    }

    /// The same rows from `start` on.
    pub(super) fn from(&self, start: usize) -> Self {
        Self { rows: self.rows.get(start..).unwrap_or_default().to_vec() }
    }

    /// The same rows with only the first `columns` columns.
    pub(super) fn narrowed(&self, columns: usize) -> Self {
        let narrow = |(at, elapsed, values): &(Timestamp, Duration, Vec<f64>)| {
            (*at, *elapsed, values.iter().copied().take(columns).collect())
        };
        Self { rows: self.rows.iter().map(narrow).collect() }
    }

    pub(super) fn set(&mut self, row: usize, column: usize, value: f64) {
        self.rows[row].2[column] = value;
    }
}

fn value(column: usize, number: usize, rows: usize, random: &mut Random) -> f64 {
    let noise = random.normal();
    if random.below(20) == 0 {
        return f64::NAN;
    }
    let late = number > rows * 2 / 3;
    match column % 4 {
        0 => 0.3 + 0.02 * noise + if late { 0.5 } else { 0.0 },
        1 => {
            if late && number % 7 < 3 {
                5.0
            } else {
                0.0
            }
        }
        2 => 1e9 + 1e7 * noise,
        _ => (random.unit() * 4.0).exp() * if random.below(40) == 0 { 50.0 } else { 1.0 },
    }
}

/// The answer for one output in one row, bit by bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) readiness: Readiness,
    /// Score, when ready.
    pub(super) score: Option<u64>,
    /// Expected, lower, upper.
    pub(super) band: [Option<u64>; 3],
    pub(super) severity: Option<Severity>,
}

pub(super) fn answer(scores: &Scores, output: usize) -> Answer {
    let band = [scores.expected(output), scores.lower(output), scores.upper(output)];
    Answer {
        readiness: scores.readiness(output),
        score: scores.score(output).map(f64::to_bits),
        band: band.map(|number| number.map(f64::to_bits)),
        severity: scores.severity(output),
    }
}

/// A detector with the columns in their places.
pub(super) fn bound(factory: &dyn DetectorFactory, columns: &[Column]) -> Box<dyn OnlineDetector> {
    let mut detector = factory.create();
    for (index, column) in columns.iter().enumerate() {
        detector.bind(index, Some(column));
    }
    detector
}

/// How many outputs there are.
pub(super) fn outputs(factory: &dyn DetectorFactory, columns: usize) -> usize {
    match factory.scope() {
        Scope::Series => columns,
        Scope::Target => 1,
    }
}

/// One step into a buffer that is fresh.
pub(super) fn step(
    detector: &mut dyn OnlineDetector,
    row: Row<'_>,
    learn: Learn,
    outputs: usize,
) -> Vec<Answer> {
    let mut scores = Scores::default();
    scores.reset(outputs);
    detector.step(row, learn, &mut scores);
    (0..outputs).map(|output| answer(&scores, output)).collect()
}

/// All answers to a stream, by row.
pub(super) fn trace(detector: &mut dyn OnlineDetector, stream: &Stream, outputs: usize) -> Vec<Vec<Answer>> {
    (0..stream.len()).map(|index| step(detector, stream.row(index), Learn::Yes, outputs)).collect()
}
