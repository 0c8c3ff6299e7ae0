use std::fmt;
use std::io::Write;

use awatch_core::{Event, Sink, SinkError};

/// How an event becomes a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LineFormat {
    /// One JSON object, by the schema of `docs/events.md`.
    Json,
    /// One sentence for people.
    Text,
}

impl LineFormat {
    /// The line of an event, with its line feed and without any other.
    ///
    /// # Errors
    /// [`SinkError`] when the event cannot be written as JSON.
    pub fn line(self, event: &Event) -> Result<Vec<u8>, SinkError> {
        let mut line = match self {
            Self::Json => serde_json::to_vec(event).map_err(|error| {
                SinkError::permanent(format!("writing event {} as JSON", event.number), error)
            })?,
            Self::Text => event.to_string().replace(['\n', '\r'], " ").into_bytes(),
        };
        line.push(b'\n');
        Ok(line)
    }
}

/// Writes each event as a line into a writer: a pipe, a socket, a buffer.
///
/// # Example
/// ```
/// use awatch::sink::Lines;
///
/// let sink = Lines::json("stdout", std::io::stdout());
/// # drop(sink);
/// ```
pub struct Lines<W> {
    name: String,
    format: LineFormat,
    writer: W,
    /// Whether the last line may have been written in part.
    torn: bool,
}

impl<W: Write + Send> Lines<W> {
    /// One JSON object per line.
    pub fn json(name: impl Into<String>, writer: W) -> Self {
        Self::new(name, LineFormat::Json, writer)
    }

    /// One sentence per line.
    pub fn text(name: impl Into<String>, writer: W) -> Self {
        Self::new(name, LineFormat::Text, writer)
    }

    fn new(name: impl Into<String>, format: LineFormat, writer: W) -> Self {
        Self { name: name.into(), format, writer, torn: false }
    }

    fn write(&mut self, line: &[u8]) -> std::io::Result<()> {
        if self.torn {
            self.writer.write_all(b"\n")?;
        }
        self.torn = true;
        self.writer.write_all(line)?;
        self.torn = false;
        Ok(())
    }
}

impl<W: Write + Send> Sink for Lines<W> {
    fn name(&self) -> &str {
        &self.name
    }

    fn emit(&mut self, event: &Event) -> Result<(), SinkError> {
        let line = self.format.line(event)?;
        self.write(&line).map_err(|error| failed("writing an event", error))
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        self.writer.flush().map_err(|error| failed("flushing", error))
    }
}

/// A reader that is gone does not come back; anything else may pass.
fn failed(what: &str, error: std::io::Error) -> SinkError {
    if error.kind() == std::io::ErrorKind::BrokenPipe {
        SinkError::permanent(what, error)
    } else {
        SinkError::retryable(what, error)
    }
}

impl<W> fmt::Debug for Lines<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lines")
            .field("name", &self.name)
            .field("format", &self.format)
            .finish_non_exhaustive()
    }
}
