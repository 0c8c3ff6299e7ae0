use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use awatch_core::{Event, Sink, SinkError};

use super::LineFormat;

/// Appends each event as a line to a file.
///
/// The file is opened when an event comes and closed when none is waiting, so that whoever rotates it need not tell;
/// it and its folder are made when they are not there. A line that could only be written in part (disk full) is taken
/// back, as far as that is possible, and tried again.
#[derive(Debug)]
pub struct FileLines {
    path: PathBuf,
    format: LineFormat,
    file: Option<File>,
}

impl FileLines {
    /// One JSON object per line.
    pub fn json(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), format: LineFormat::Json, file: None }
    }

    /// One sentence per line.
    pub fn text(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), format: LineFormat::Text, file: None }
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn write(&mut self, line: &[u8]) -> std::io::Result<()> {
        let mut file = match self.file.take() {
            Some(file) => file,
            None => open(&self.path)?,
        };
        let before = file.metadata()?.len();
        if let Err(error) = file.write_all(line) {
            // What cannot be taken back either is a torn line: nothing more can be done about it here.
            drop(file.set_len(before));
            return Err(error);
        }
        self.file = Some(file);
        Ok(())
    }
}

fn open(path: &Path) -> std::io::Result<File> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    OpenOptions::new().create(true).append(true).open(path)
}

impl Sink for FileLines {
    fn name(&self) -> &'static str {
        match self.format {
            LineFormat::Json => "jsonl",
            LineFormat::Text => "text",
        }
    }

    fn emit(&mut self, event: &Event) -> Result<(), SinkError> {
        let line = self.format.line(event)?;
        self.write(&line)
            .map_err(|error| SinkError::retryable(format!("writing to {}", self.path.display()), error))
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        self.file = None;
        Ok(())
    }
}
