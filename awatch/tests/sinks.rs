//! The sinks that come along write what they should, also when things go wrong.

use std::io::Write;
use std::sync::{Arc, Mutex};

use awatch::sink::{FileLines, Lines, from_fn};
use awatch::{Event, EventKind, Name, Sink, Timestamp};

fn event(number: u64) -> Event {
    let kind =
        EventKind::CollectorRecovered { collector: Name::new("host").expect("a name"), missed: number };
    Event { at: Timestamp::EPOCH, number, kind }
}

#[test]
fn json_lines_read_back_as_the_events() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("deep").join("events.jsonl");
    let mut sink = FileLines::json(&path);
    for number in 1..=3 {
        sink.emit(&event(number)).expect("written");
    }
    sink.flush().expect("closed");
    let text = std::fs::read_to_string(&path).expect("the file is there");
    let read: Vec<Event> = text.lines().map(|line| serde_json::from_str(line).expect("an event")).collect();
    assert_eq!(read, [event(1), event(2), event(3)]);
}

#[test]
fn a_file_that_is_moved_away_is_begun_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, moved) = (folder.path().join("log"), folder.path().join("log.1"));
    let mut sink = FileLines::text(&path);
    sink.emit(&event(1)).and_then(|()| sink.flush()).expect("written");
    std::fs::rename(&path, &moved).expect("moved");
    sink.emit(&event(2)).and_then(|()| sink.flush()).expect("written");
    let line = |number| format!("{}\n", event(number));
    assert_eq!(std::fs::read_to_string(&moved).expect("moved"), line(1));
    assert_eq!(std::fs::read_to_string(&path).expect("new"), line(2));
}

#[test]
fn a_file_that_cannot_be_opened_is_named_and_may_be_tried_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut sink = FileLines::json(folder.path());
    let error = sink.emit(&event(1)).expect_err("it is a folder");
    assert!(error.is_retryable);
    assert_eq!(error.to_string(), format!("writing to {}", folder.path().display()));
}

/// Takes `room` bytes, then fails until there is room again.
#[derive(Clone)]
struct Full(Arc<Mutex<(Vec<u8>, usize)>>);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut state = self.0.lock().expect("not poisoned");
        let taken = bytes.len().min(state.1);
        if taken == 0 {
            return Err(std::io::ErrorKind::StorageFull.into());
        }
        state.1 -= taken;
        state.0.extend(bytes.iter().take(taken));
        Ok(taken)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_torn_line_does_not_spoil_the_next() {
    let full = Full(Arc::new(Mutex::new((Vec::new(), 10))));
    let mut sink = Lines::json("test", full.clone());
    assert!(sink.emit(&event(1)).expect_err("no room").is_retryable);
    full.0.lock().expect("not poisoned").1 = 10_000;
    sink.emit(&event(1)).expect("there is room again");
    let written = String::from_utf8(full.0.lock().expect("not poisoned").0.clone()).expect("text");
    let whole = written.lines().filter_map(|line| serde_json::from_str::<Event>(line).ok());
    assert_eq!(whole.collect::<Vec<_>>(), [event(1)]);
}

#[test]
fn a_function_is_a_sink() {
    let (sender, events) = std::sync::mpsc::channel();
    let mut sink = from_fn("channel", move |event| sender.send(event.number).expect("somebody listens"));
    assert_eq!(sink.name(), "channel");
    sink.emit(&event(7)).expect("a function does not fail");
    assert_eq!(events.try_recv(), Ok(7));
}
