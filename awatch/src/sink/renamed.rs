use awatch_core::{Event, Sink, SinkError};

/// A sink under the name that a configuration gives it.
#[derive(Debug)]
pub(crate) struct Renamed {
    pub(crate) name: String,
    pub(crate) sink: Box<dyn Sink>,
}

impl Sink for Renamed {
    fn name(&self) -> &str {
        &self.name
    }

    fn emit(&mut self, event: &Event) -> Result<(), SinkError> {
        self.sink.emit(event)
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        self.sink.flush()
    }
}
