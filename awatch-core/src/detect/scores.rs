/// Whether an output has a score.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Readiness {
    /// Too little history yet.
    #[default]
    Waiting,
    /// Nothing came to be scored.
    Missing,
    /// There is a score.
    Ready,
}

/// What a detector answers for one row: a buffer used again for each.
///
/// Per output a raw score (higher = more anomalous) with its readiness; where the detector has them, what it expected
/// and the band of usual values, in the unit of the column; and a severity, if the detector knows better than the
/// policy (a rule states its own).
#[derive(Clone, Debug, Default)]
pub struct Scores {
    readiness: Vec<Readiness>,
    score: Vec<f64>,
    expected: Vec<f64>,
    lower: Vec<f64>,
    upper: Vec<f64>,
    severity: Vec<Option<crate::Severity>>,
}

/// The columns of a [`Scores`], all of one length, to be written in a loop. NaN = not known.
#[derive(Debug)]
pub struct ScoresMut<'a> {
    /// Whether there is a score.
    pub readiness: &'a mut [Readiness],
    /// The score, meaningful where ready.
    pub score: &'a mut [f64],
    /// The expected value.
    pub expected: &'a mut [f64],
    /// The lower end of the usual values.
    pub lower: &'a mut [f64],
    /// Their upper end.
    pub upper: &'a mut [f64],
    /// The severity a rule states for itself.
    pub severity: &'a mut [Option<crate::Severity>],
}

impl Scores {
    /// Clears it for a row with so many outputs: all waiting, nothing known.
    pub fn reset(&mut self, outputs: usize) {
        self.readiness.clear();
        self.readiness.resize(outputs, Readiness::Waiting);
        self.severity.clear();
        self.severity.resize(outputs, None);
        for column in [&mut self.score, &mut self.expected, &mut self.lower, &mut self.upper] {
            column.clear();
            column.resize(outputs, f64::NAN);
        }
    }

    /// How many outputs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.score.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.score.is_empty()
    }

    /// All columns, to be written.
    pub fn columns_mut(&mut self) -> ScoresMut<'_> {
        ScoresMut {
            readiness: &mut self.readiness,
            score: &mut self.score,
            expected: &mut self.expected,
            lower: &mut self.lower,
            upper: &mut self.upper,
            severity: &mut self.severity,
        }
    }

    /// Sets the score of an output; nothing happens when there is no such output.
    pub fn set(&mut self, output: usize, score: f64) {
        if let (Some(readiness), Some(place)) = (self.readiness.get_mut(output), self.score.get_mut(output)) {
            (*readiness, *place) = (Readiness::Ready, score);
        }
    }

    /// Says that nothing came to be scored for an output.
    pub fn set_missing(&mut self, output: usize) {
        if let Some(readiness) = self.readiness.get_mut(output) {
            *readiness = Readiness::Missing;
        }
    }

    /// Sets what was expected for an output and the ends of the usual values.
    pub fn set_band(&mut self, output: usize, expected: f64, lower: f64, upper: f64) {
        for (column, value) in
            [(&mut self.expected, expected), (&mut self.lower, lower), (&mut self.upper, upper)]
        {
            if let Some(place) = column.get_mut(output) {
                *place = value;
            }
        }
    }

    /// The score of an output, if ready.
    #[must_use]
    pub fn score(&self, output: usize) -> Option<f64> {
        (self.readiness(output) == Readiness::Ready).then(|| self.score.get(output).copied()).flatten()
    }

    /// The raw scores, meaningful where [`readiness`](Scores::readiness) is ready.
    #[must_use]
    pub fn raw(&self) -> &[f64] {
        &self.score
    }

    /// Whether each output has a score.
    #[must_use]
    pub fn all_readiness(&self) -> &[Readiness] {
        &self.readiness
    }

    /// Whether an output has a score.
    #[must_use]
    pub fn readiness(&self, output: usize) -> Readiness {
        self.readiness.get(output).copied().unwrap_or_default()
    }

    /// What was expected for an output, if known.
    #[must_use]
    pub fn expected(&self, output: usize) -> Option<f64> {
        known(&self.expected, output)
    }

    /// The lower end of the usual values of an output, if known.
    #[must_use]
    pub fn lower(&self, output: usize) -> Option<f64> {
        known(&self.lower, output)
    }

    /// The upper end of the usual values of an output, if known.
    #[must_use]
    pub fn upper(&self, output: usize) -> Option<f64> {
        known(&self.upper, output)
    }

    /// The severity a rule states for an output.
    #[must_use]
    pub fn severity(&self, output: usize) -> Option<crate::Severity> {
        self.severity.get(output).copied().flatten()
    }

    /// The severities that rules state for the outputs.
    #[must_use]
    pub fn severities(&self) -> &[Option<crate::Severity>] {
        &self.severity
    }
}

fn known(column: &[f64], output: usize) -> Option<f64> {
    column.get(output).copied().filter(|value| !value.is_nan())
}
