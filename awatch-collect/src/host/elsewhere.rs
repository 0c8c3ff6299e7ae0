//! The platforms on which the host cannot be read yet.

use awatch_core::{CollectError, SampleBatch};

use super::HostConfig;

/// Nothing is collected here.
#[derive(Debug)]
pub(super) struct Groups;

impl Groups {
    pub(super) fn new(_: &HostConfig) -> Self {
        Self
    }

    #[expect(clippy::unused_self, reason = "the other platforms need it")]
    pub(super) fn collect(&mut self, _: &mut SampleBatch) -> Result<(), CollectError> {
        Err(CollectError::Unsupported { what: "the collector `host`".to_owned() })
    }
}

/// There is nothing to parse here.
pub fn fuzz_parsers(_: &[u8]) {}
