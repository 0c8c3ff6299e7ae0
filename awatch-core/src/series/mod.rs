//! What a series is called and what its numbers mean.

mod id;
mod key;
mod labels;
mod last_total;
mod matcher;
mod meta;
mod name;
mod registry;
mod target;
mod unit;

pub use id::SeriesId;
pub use key::{ColumnKey, SeriesKey};
pub use labels::Labels;
pub use last_total::{Growth, LastTotal};
pub use matcher::{Matcher, MatcherError};
pub use meta::{Kind, SeriesMeta};
pub use name::{Name, NameError};
pub use registry::{RegisterError, Registry};
pub use target::Target;
pub use unit::Unit;
