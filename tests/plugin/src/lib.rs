//! Three plug-ins for Awatch from outside its workspace, very different from those it brings along: a joint detector,
//! a collector that reads a file somebody else writes, and a store that is one text file.
//!
//! ```toml
//! [[collector]]
//! kind = "key_values"
//! file = "/run/app/state"
//!
//! [[detector]]
//! kind = "neighbours"
//! memory = "10m"
//!
//! [store]
//! kind = "text"
//! file = "/var/lib/app/history"
//! ```

pub mod key_values;
pub mod neighbours;
pub mod text_store;

use awatch::config::DuplicateKindError;
use awatch::plugins::Plugins;

/// Adds the three kinds.
///
/// # Errors
/// [`DuplicateKindError`] when one of the words is taken.
pub fn register(plugins: &mut Plugins) -> Result<(), DuplicateKindError> {
    plugins
        .collector(key_values::KIND, |table| key_values::from_table(&table))?
        .detector(neighbours::KIND, |table| neighbours::from_table(&table))?
        .store(text_store::KIND, |table| text_store::from_table(&table))?;
    Ok(())
}
