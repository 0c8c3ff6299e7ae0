use std::time::Duration;

use awatch_core::{Matcher, Name, Store, Timestamp};

use super::{Aggregation, Answer, QueryError, evaluate};

/// What is to be known: which series, from when to when, in which steps, and what becomes of the numbers of a step.
///
/// # Example
/// ```
/// use std::time::Duration;
/// use awatch_core::Timestamp;
/// use awatch_store::query::{Across, Aggregation, By, Request};
///
/// // The most that each host sent in any second, hour by hour.
/// let request = Request::new(Timestamp::from_secs(0), Timestamp::from_secs(86_400))
///     .with_matcher("system.network.io{network.io.direction=transmit}".parse()?)
///     .with_step(Duration::from_secs(3600))
///     .with_over_time(Aggregation::Max)
///     .with_across(Across::new(Aggregation::Sum).by(By::Target));
/// # let store = awatch_store::MemoryStoreConfig::default().build()?;
/// assert!(request.run(&store)?.curves.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Which series: those that any of these matches. None at all: every series.
    pub matchers: Vec<Matcher>,
    /// The first instant.
    pub start: Timestamp,
    /// The first instant not asked for.
    pub end: Timestamp,
    /// The length of a step; `None`: the whole range is one step.
    pub step: Option<Duration>,
    /// What becomes of the numbers of a series in a step.
    pub over_time: Aggregation,
    /// What becomes of several series; `None`: each stands for itself.
    pub across: Option<Across>,
    /// At most so many series or groups, the first in order of their names; `None`: all.
    pub limit: Option<usize>,
    /// At most so many points in the answer; more are refused.
    pub max_points: usize,
}

/// Makes one series of several.
#[derive(Clone, Debug, PartialEq)]
pub struct Across {
    /// What becomes of their points at one step.
    pub aggregation: Aggregation,
    /// What series must have in common to become one. Different metrics never do.
    pub by: Vec<By>,
}

/// Something that series have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum By {
    /// Their target.
    Target,
    /// The value of a label. Those without the label are a group of their own.
    Label(Name),
}

impl Request {
    /// The most points of an answer unless told otherwise: some 16 MB.
    pub const MAX_POINTS: usize = 1_000_000;

    /// Everything from `start` until before `end`, one point per series: its mean, or of counters their rate.
    #[must_use]
    pub fn new(start: Timestamp, end: Timestamp) -> Self {
        Self {
            matchers: Vec::new(),
            start,
            end,
            step: None,
            over_time: Aggregation::Avg,
            across: None,
            limit: None,
            max_points: Self::MAX_POINTS,
        }
    }

    /// Of the series that `matcher` matches, and those of the matchers given before.
    #[must_use]
    pub fn with_matcher(mut self, matcher: Matcher) -> Self {
        self.matchers.push(matcher);
        self
    }

    /// In steps of that length.
    #[must_use]
    pub fn with_step(mut self, step: Duration) -> Self {
        self.step = Some(step);
        self
    }

    /// With that of the numbers of each step.
    #[must_use]
    pub fn with_over_time(mut self, aggregation: Aggregation) -> Self {
        self.over_time = aggregation;
        self
    }

    /// With several series made one.
    #[must_use]
    pub fn with_across(mut self, across: Across) -> Self {
        self.across = Some(across);
        self
    }

    /// At most so many series or groups.
    #[must_use]
    pub fn with_limit(mut self, limit: usize) -> Self {
        self.limit = Some(limit);
        self
    }

    /// At most so many points.
    #[must_use]
    pub fn with_max_points(mut self, max_points: usize) -> Self {
        self.max_points = max_points;
        self
    }

    /// Asks the store. O(samples of the range); takes memory for the answer, a slice of the scan and a few numbers
    /// per series, for quantiles also the numbers of the present step.
    ///
    /// # Errors
    /// [`QueryError`] when it cannot be answered as asked, or the history cannot be read.
    pub fn run(&self, store: &dyn Store) -> Result<Answer, QueryError> {
        evaluate::run(store, self)
    }
}

impl Across {
    /// One of all series of a metric.
    #[must_use]
    pub fn new(aggregation: Aggregation) -> Self {
        Self { aggregation, by: Vec::new() }
    }

    /// Only of those that have this in common too.
    #[must_use]
    pub fn by(mut self, by: By) -> Self {
        self.by.push(by);
        self
    }
}
