//! The `policy` table of a detector.

use std::sync::Arc;

use awatch_core::config::{ConfigError, Table};
use awatch_core::detect::{Decider, DeciderFactory};

/// A policy whose type is not known.
#[derive(Clone, Debug)]
pub(super) struct SharedPolicy(pub(super) Arc<dyn DeciderFactory>);

impl DeciderFactory for SharedPolicy {
    fn create(&self) -> Box<dyn Decider> {
        self.0.create()
    }
}

/// Reads a `policy` table.
pub(super) type ReadPolicy = Arc<dyn Fn(Table) -> Result<SharedPolicy, ConfigError> + Send + Sync>;

#[cfg(not(feature = "detect"))]
pub(super) fn standard() -> ReadPolicy {
    Arc::new(|table: Table| {
        Err(table.error("this program has no standard policy: it was built without the feature `detect`"))
    })
}

#[cfg(feature = "detect")]
pub(super) use standard::{changes_of, standard};

#[cfg(feature = "detect")]
mod standard {
    use std::sync::Arc;

    use awatch_core::config::{ConfigError, Table};
    use awatch_detect::decide::Policy;

    use super::{ReadPolicy, SharedPolicy};
    use crate::plugins::builtin::refused;

    /// Changes of the standard policy.
    pub(in crate::plugins) fn standard() -> ReadPolicy {
        changes_of(Policy::default())
    }

    /// Changes of that policy: what the table leaves out stays.
    pub(in crate::plugins) fn changes_of(policy: Policy) -> ReadPolicy {
        Arc::new(move |mut table| {
            let policy = changed(policy.clone(), &mut table)?;
            let factory = policy.build().map_err(|error| refused(&table, &error))?;
            Ok(SharedPolicy(Arc::new(factory)))
        })
    }

    fn changed(mut policy: Policy, table: &mut Table) -> Result<Policy, ConfigError> {
        policy.edge = table.take("edge")?.unwrap_or(policy.edge);
        policy.need = table.take_duration("need")?.unwrap_or(policy.need);
        policy.within = table.take_duration("within")?.unwrap_or(policy.within);
        policy.clear_below = table.take("clear_below")?.unwrap_or(policy.clear_below);
        policy.clear_after = table.take_duration("clear_after")?.unwrap_or(policy.clear_after);
        policy.quiet = table.take_duration("quiet")?.unwrap_or(policy.quiet);
        if let Some(mut edges) = table.take_table("severity")? {
            policy.severity.medium = edges.take("medium")?.unwrap_or(policy.severity.medium);
            policy.severity.high = edges.take("high")?.unwrap_or(policy.severity.high);
            policy.severity.critical = edges.take("critical")?.unwrap_or(policy.severity.critical);
            edges.finish()?;
        }
        table.finish()?;
        Ok(policy)
    }
}
