use std::fmt;

use awatch_core::{CollectError, PushError};

use super::Group;

/// Several groups of one tick failed: which, and why. The others were collected.
#[derive(Debug)]
pub struct GroupFailures(Vec<(Group, CollectError)>);

impl GroupFailures {
    /// The groups in question.
    pub fn groups(&self) -> impl Iterator<Item = Group> {
        self.0.iter().map(|(group, _)| *group)
    }
}

impl std::error::Error for GroupFailures {}

impl fmt::Display for GroupFailures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (group, error)) in self.0.iter().enumerate() {
            let before = if index == 0 { "" } else { "; " };
            write!(f, "{before}{}: {error}", group.as_str())?;
            if let Some(source) = std::error::Error::source(error) {
                write!(f, ": {source}")?;
            }
        }
        Ok(())
    }
}

/// What failed at one tick so far.
#[derive(Debug, Default)]
pub(super) struct Failures(Vec<(Group, CollectError)>);

impl Failures {
    /// Remembers that a part of `group` failed.
    pub(super) fn take(&mut self, group: Group, result: Result<(), CollectError>) {
        if let Err(error) = result {
            self.0.push((group, error));
        }
    }

    /// What the collector answers; `refused` is why a series was refused, if one was.
    pub(super) fn result(mut self, refused: Option<PushError>) -> Result<(), CollectError> {
        if self.0.len() > 1 {
            let failures = GroupFailures(self.0);
            let mut names: Vec<_> = failures.groups().map(Group::as_str).collect();
            names.dedup();
            let what = format!("part of the host ({})", names.join(", "));
            return Err(CollectError::unavailable(what, failures));
        }
        match self.0.pop() {
            Some((_, error)) => Err(error),
            None => refused.map_or(Ok(()), |error| Err(error.into())),
        }
    }
}
