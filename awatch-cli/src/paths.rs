//! Where the configuration file is when nobody says.

use std::path::PathBuf;

use etcetera::BaseStrategy;

/// The configuration file of this platform, `~/.config/awatch/awatch.toml` on Linux; `None` without a home directory.
pub(crate) fn config_file() -> Option<PathBuf> {
    let folders = etcetera::base_strategy::choose_native_strategy().ok()?;
    Some(folders.config_dir().join("awatch").join("awatch.toml"))
}
