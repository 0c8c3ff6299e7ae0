use awatch_core::{Interval, Name};

/// How a history file is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadOptions {
    /// The target of samples that name none; the name of the file without its ending unless given.
    pub target: Option<Name>,
    /// The interval of sources that name none; what the timestamps show unless given.
    pub interval: Option<Interval>,
    /// Columns of a wide table that are not metrics: labels of known anomalies, say.
    pub left_out: Vec<String>,
}

impl ReadOptions {
    /// With that target for samples that name none.
    #[must_use]
    pub fn with_target(mut self, target: Name) -> Self {
        self.target = Some(target);
        self
    }

    /// With that interval for sources that name none.
    #[must_use]
    pub fn with_interval(mut self, interval: Interval) -> Self {
        self.interval = Some(interval);
        self
    }

    /// Without that column of a wide table.
    #[must_use]
    pub fn without_column(mut self, column: impl Into<String>) -> Self {
        self.left_out.push(column.into());
        self
    }
}
