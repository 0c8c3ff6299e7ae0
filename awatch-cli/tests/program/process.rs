//! A running `awatch`.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};

/// The program, with a home folder of its own so that no file of the person who tests is read.
pub(crate) fn awatch(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_awatch"));
    command.args(arguments).env("HOME", home).env_remove("XDG_CONFIG_HOME").env_remove("NO_COLOR");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs it to its end.
pub(crate) fn output(home: &Path, arguments: &[&str]) -> Output {
    awatch(home, arguments).output().expect("the program runs")
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("the output is UTF-8")
}

/// A process that watches, past its start.
pub(crate) struct Watching {
    child: Child,
    stderr: BufReader<std::process::ChildStderr>,
    said: String,
}

impl Watching {
    /// Starts it and waits until it says how many series there are.
    pub(crate) fn start(home: &Path, arguments: &[&str]) -> Self {
        let mut child = awatch(home, arguments).spawn().expect("the program starts");
        let stderr = BufReader::new(child.stderr.take().expect("its standard error is read"));
        let mut watching = Self { child, stderr, said: String::new() };
        watching.wait_for(" series\n");
        watching
    }

    /// Reads standard error until a line ends so.
    pub(crate) fn wait_for(&mut self, end: &str) {
        while !self.said.ends_with(end) {
            let read = self.stderr.read_line(&mut self.said).expect("standard error is text");
            assert!(read > 0, "the program ended before it said {end:?}: {}", self.said);
        }
    }

    pub(crate) fn stdout(&mut self) -> ChildStdout {
        self.child.stdout.take().expect("taken once")
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.child.id()).expect("a process id");
        kill_process(Pid::from_raw(id).expect("a process id"), signal).expect("the process is there");
    }

    /// Waits for its end: exit code, and all of standard error.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        self.stderr.read_to_string(&mut self.said).expect("standard error is text");
        let status = self.child.wait().expect("the process ends");
        (status.code(), std::mem::take(&mut self.said))
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        // Ended already unless the test failed.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
