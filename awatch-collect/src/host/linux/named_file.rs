//! Files of many named numbers.

use std::borrow::Cow;

use awatch_core::CollectError;

use super::Source;
use crate::output::Output;
use crate::procfs::{Buffer, Entry, Named, ProcFile, headed, listed, sectioned};

/// How a file is laid out.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    /// A name and a number in each line.
    Listed,
    /// Lines of a section, then names and numbers in turn.
    Sectioned,
    /// Pairs of lines: names in one, numbers in the next.
    Headed,
}

/// Collects numbers of a file.
#[derive(Debug)]
pub(super) struct NamedFile {
    file: ProcFile,
    form: Form,
    optional: bool,
    named: Named,
}

impl NamedFile {
    /// The numbers that `entries` name.
    pub(super) fn new(file: ProcFile, form: Form, entries: impl Into<Cow<'static, [Entry]>>) -> Self {
        Self { file, form, optional: false, named: Named::new(entries) }
    }

    /// It is no error when the file does not exist.
    pub(super) fn optional(mut self) -> Self {
        self.optional = true;
        self
    }
}

impl Source for NamedFile {
    fn collect(&mut self, out: &mut Output<'_>, buffer: &mut Buffer) -> Result<(), CollectError> {
        let table = if self.optional {
            match self.file.read_if_there(buffer)? {
                Some(table) => table,
                None => return Ok(()),
            }
        } else {
            self.file.read(buffer)?
        };
        let result = match self.form {
            Form::Listed => self.named.collect(listed(table), out),
            Form::Sectioned => self.named.collect(sectioned(table), out),
            Form::Headed => self.named.collect(headed(table), out),
        };
        result.map_err(|error| self.file.malformed(error))
    }
}
