//! The platforms on which the host cannot be read yet.

use awatch_core::{CollectError, SampleBatch};

use super::{Group, HostConfig, Metric};

/// Nothing is collected here.
#[derive(Debug)]
pub(super) struct Groups;

/// Which groups of one tick failed, and why. Never made on this platform.
#[derive(Debug, thiserror::Error)]
#[error("nothing was collected")]
pub struct GroupFailures(());

impl GroupFailures {
    /// The groups in question.
    pub fn groups(&self) -> impl Iterator<Item = Group> {
        std::iter::empty()
    }
}

impl Groups {
    pub(super) fn new(_: &HostConfig) -> Self {
        Self
    }

    #[expect(clippy::unused_self, reason = "the other platforms need it")]
    pub(super) fn collect(&mut self, _: &mut SampleBatch) -> Result<(), CollectError> {
        Err(CollectError::Unsupported { what: "the collector `host`".to_owned() })
    }
}

pub(super) const METRICS: [&[Metric]; 0] = [];

/// There is nothing to parse here.
pub fn fuzz_parsers(_: &[u8]) {}
