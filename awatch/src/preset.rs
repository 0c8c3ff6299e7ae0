//! Engines that are ready to go.

use std::sync::Arc;

use awatch_core::config::ConfigError;
use awatch_core::engine::{Engine, EngineBuilder};
use awatch_core::series::{NameError, Target};

use crate::plugins::Plugins;

/// Begins an engine on `target` that decides by the standard policy where a detector names none.
///
/// # Example
/// ```
/// let engine = awatch::engine(awatch::Target::new("web-1")?).build()?;
/// # drop(engine);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn engine(target: Arc<Target>) -> EngineBuilder {
    let builder = Engine::builder(target);
    #[cfg(feature = "detect")]
    let builder = match awatch_detect::decide::Policy::default().build() {
        Ok(policy) => builder.default_policy(policy),
        // The standard policy is fine; were it not, the watches would say that they have none.
        Err(_) => builder,
    };
    builder
}

/// The machine the process runs on as a target, by its host name; `localhost` when it has none.
///
/// # Errors
/// [`NameError`] when the host name cannot be a name.
pub fn this_host() -> Result<Arc<Target>, NameError> {
    let name = host_name();
    Target::new(if name.is_empty() { "localhost".to_owned() } else { name })
}

#[cfg(unix)]
fn host_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// Windows sets it for every process.
#[cfg(not(unix))]
fn host_name() -> String {
    std::env::var("COMPUTERNAME").unwrap_or_default()
}

/// Begins an engine that watches this machine: what the program `awatch` does without a configuration file.
///
/// It collects the host's metrics each second, keeps an hour of them in memory, and tells values that are unusual for
/// their own series and limits that nobody should reach; see [`Plugins::defaults`]. With fewer features of this crate
/// it does as much of that as is there.
///
/// # Errors
/// [`ConfigError`] when the host name cannot be a name.
pub fn watch_this_host() -> Result<EngineBuilder, ConfigError> {
    Plugins::builtin().assemble_defaults().map(crate::plugins::Assembly::into_builder)
}
