//! Reading what Linux tells of itself in `/proc` and `/sys`.

mod named;
mod proc_file;
mod scan;

pub(crate) use named::{Entry, Named, headed, listed, sectioned};
pub(crate) use proc_file::{Buffer, ProcFile};
pub(crate) use scan::{Fields, ParseError, lines, missing_line};
