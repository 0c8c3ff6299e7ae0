//! The view on a pseudo terminal: what it leaves behind, whatever ends it.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Termios, Winsize, tcgetattr, tcsetwinsize};
use tempfile::TempDir;

use crate::process::awatch;

/// A pseudo terminal with a view on it.
struct Watched {
    child: Child,
    keys: File,
    /// The end that the program has, kept open so that it can be looked at afterwards.
    screen: File,
    /// All that was written to the screen.
    written: Arc<(Mutex<String>, Condvar)>,
    before: Termios,
    _home: TempDir,
}

const ENTERED: &str = "\u{1b}[?1049h";
const LEFT: &str = "\u{1b}[?1049l";
/// Longer than a machine that does much else needs.
const PATIENCE: Duration = Duration::from_mins(1);

impl Watched {
    fn start(variables: &[(&str, &str)]) -> Self {
        let home = TempDir::new().expect("a folder");
        let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)
            .expect("there are pseudo terminals");
        grantpt(&terminal).expect("it is ours");
        unlockpt(&terminal).expect("it opens");
        let name =
            ptsname(&terminal, Vec::new()).expect("it has a name").into_string().expect("which is text");
        let screen = File::options().read(true).write(true).open(&name).expect("its other end opens");
        let size = Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&screen, size).expect("it has a size");
        let before = tcgetattr(&screen).expect("it is a terminal");
        let end = || Stdio::from(screen.try_clone().expect("it is open"));
        let mut command = awatch(home.path(), &["run"]);
        command.env("TERM", "xterm-256color").env("LC_ALL", "C.UTF-8").envs(variables.iter().copied());
        // A job of its own, so that it can be stopped like one.
        let child = command.stdin(end()).stdout(end()).process_group(0).spawn().expect("the program starts");
        let keys = File::from(terminal);
        let written = Arc::new((Mutex::new(String::new()), Condvar::new()));
        let (mut from, to) = (keys.try_clone().expect("it is open"), Arc::clone(&written));
        std::thread::spawn(move || {
            let mut bytes = [0_u8; 4096];
            while let Ok(count @ 1..) = from.read(&mut bytes) {
                to.0.lock().expect("nobody panicked").push_str(&String::from_utf8_lossy(&bytes[..count]));
                to.1.notify_all();
            }
        });
        Self { child, keys, screen, written, before, _home: home }
    }

    /// Waits until a text was written to the screen.
    fn wait_for(&self, text: &str) {
        let written = self.written.0.lock().expect("nobody panicked");
        let wait = self.written.1.wait_timeout_while(written, PATIENCE, |written| !written.contains(text));
        let (written, timeout) = wait.expect("nobody panicked");
        assert!(!timeout.timed_out(), "{text:?} was not written: {written:?}");
    }

    /// Forgets what was written so far.
    fn forget(&self) {
        self.written.0.lock().expect("nobody panicked").clear();
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("the terminal takes keys");
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.id()).expect("a process id")).expect("a process id")
    }

    fn is_as_before(&self) -> bool {
        let now = tcgetattr(&self.screen).expect("it is a terminal");
        now.local_modes == self.before.local_modes && now.input_modes == self.before.input_modes
    }

    /// Waits for the end; the terminal is as it was.
    fn ends(mut self, code: Option<i32>) {
        let status = self.child.wait().expect("it ends");
        assert_eq!(status.code(), code);
        self.wait_for(LEFT);
        self.wait_for("\u{1b}[?25h");
        assert!(self.is_as_before(), "keys are lines again");
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        // Ended already unless the test failed.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn the_first_picture_comes_at_once_and_values_follow() {
    let mut watched = Watched::start(&[]);
    watched.wait_for("collecting…");
    watched.wait_for("utilization");
    watched.wait_for("\u{1b}[38;5;");
    assert!(!watched.is_as_before(), "the view has the terminal");
    watched.press("q");
    watched.ends(Some(0));
}

#[test]
fn the_terminal_is_given_back_whatever_ends_the_view() {
    type End = fn(&mut Watched);
    let ends: [End; 3] = [
        |watched| watched.press("\u{3}"),
        |watched| kill_process(watched.pid(), Signal::TERM).expect("it runs"),
        |watched| kill_process(watched.pid(), Signal::INT).expect("it runs"),
    ];
    for end in ends {
        let mut watched = Watched::start(&[]);
        watched.wait_for("Metrics");
        end(&mut watched);
        watched.ends(Some(0));
    }
}

#[test]
fn a_view_that_is_stopped_gives_the_terminal_back_and_takes_it_again() {
    let mut watched = Watched::start(&[]);
    watched.wait_for("Metrics");
    watched.press("\u{1a}");
    let (_, status) =
        waitpid(Some(watched.pid()), WaitOptions::UNTRACED).expect("it is ours").expect("it stops");
    assert!(status.stopped());
    watched.wait_for(LEFT);
    assert!(watched.is_as_before(), "the shell has the terminal");
    watched.forget();
    kill_process(watched.pid(), Signal::CONT).expect("it is there");
    watched.wait_for(ENTERED);
    watched.wait_for("Metrics");
    assert!(!watched.is_as_before());
    watched.press("q");
    watched.ends(Some(0));
}

#[test]
fn another_size_is_drawn_anew() {
    let mut watched = Watched::start(&[]);
    watched.wait_for("Metrics");
    watched.forget();
    let size = Winsize { ws_row: 12, ws_col: 40, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&watched.screen, size).expect("it has a size");
    kill_process(watched.pid(), Signal::WINCH).expect("it runs");
    // The last line of the smaller terminal.
    watched.wait_for("\u{1b}[12;");
    watched.press("q");
    watched.ends(Some(0));
}

#[test]
fn without_colours_and_unicode_there_are_none() {
    let mut watched = Watched::start(&[("NO_COLOR", "1"), ("LC_ALL", "C")]);
    watched.wait_for("utilization");
    watched.press("q");
    watched.wait_for(LEFT);
    let written = watched.written.0.lock().unwrap().clone();
    assert!(written.is_ascii(), "{written:?}");
    assert!(!written.contains("\u{1b}[38;5;"), "{written:?}");
    watched.ends(Some(0));
}

#[test]
fn a_terminal_that_is_gone_ends_the_run() {
    let home = TempDir::new().unwrap();
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)
        .expect("there are pseudo terminals");
    grantpt(&terminal).expect("it is ours");
    unlockpt(&terminal).expect("it opens");
    let name = ptsname(&terminal, Vec::new()).expect("it has a name").into_string().expect("which is text");
    let screen =
        || std::fs::OpenOptions::new().read(true).write(true).open(&name).expect("its other end opens");
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_awatch"))
        .arg("run")
        .env("HOME", home.path())
        .env("XDG_CONFIG_HOME", home.path())
        .stdin(screen())
        .stdout(screen())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("the program starts");
    // The first frame shows that the view is up.
    let mut frame = [0_u8; 64];
    rustix::io::read(&terminal, &mut frame).expect("it draws");
    drop(terminal);
    // Without an end this waits until the test runner loses patience.
    let status = child.wait().expect("it ends");
    assert!(status.code().is_some(), "it ended by itself: {status}");
}
