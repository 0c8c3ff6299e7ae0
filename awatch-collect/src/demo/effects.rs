//! What incidents and deploys do to a host during a tick.

/// What is other than usual on a host during one tick.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Effects {
    /// Processors that something else keeps busy, in parts of all of the host.
    pub(super) runaway: f64,
    /// Memory that is held and not given back, in parts of all.
    pub(super) leaked: f64,
    /// What is being written to the disk besides, in bytes per second.
    pub(super) filling: f64,
    /// What was written so and is still there, in bytes.
    pub(super) filled: f64,
    /// The part of the usual demand that arrives.
    pub(super) traffic: f64,
    /// How many times the usual the service's own work takes.
    pub(super) slowness: f64,
    /// What each request waits in addition, in seconds.
    pub(super) waiting: f64,
    /// The part of requests that fail, besides the usual few.
    pub(super) failing: f64,
    /// Processor time that another machine takes, in parts of all.
    pub(super) stolen: f64,
    /// The part of the tick for which the service is down.
    pub(super) down: f64,
    /// The part of the tick for which the host is cut off.
    pub(super) cut_off: f64,
    /// The part of the tick that is soon after a start of the service, when caches are cold.
    pub(super) cold: f64,
    /// Whether the service started again: its counters begin at zero.
    pub(super) restarted: bool,
    /// Whether the service's exporter does not answer.
    pub(super) silent: bool,
}

impl Default for Effects {
    fn default() -> Self {
        Self {
            runaway: 0.0,
            leaked: 0.0,
            filling: 0.0,
            filled: 0.0,
            traffic: 1.0,
            slowness: 1.0,
            waiting: 0.0,
            failing: 0.0,
            stolen: 0.0,
            down: 0.0,
            cut_off: 0.0,
            cold: 0.0,
            restarted: false,
            silent: false,
        }
    }
}
