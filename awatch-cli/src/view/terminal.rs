//! The terminal: entered, left as it was whatever happens, written to in one piece per frame.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ratatui::crossterm::event::{Event, KeyCode, KeyEventKind, KeyModifiers};
use ratatui::crossterm::{cursor, event, execute, terminal};
use rustix::event::{PollFd, PollFlags};

use super::frame::Size;
use super::paint::{Line, paint};
use crate::failure::Failure;

static ENTERED: AtomicBool = AtomicBool::new(false);

/// Gives the terminal back as it was; does nothing when it was never taken.
pub(crate) fn restore() {
    if ENTERED.swap(false, Ordering::AcqRel) {
        // Nothing can be done about a terminal that is gone.
        drop(execute!(std::io::stdout(), cursor::Show, terminal::LeaveAlternateScreen));
        drop(terminal::disable_raw_mode());
    }
}

/// The terminal while the view has it; dropping it gives it back.
pub(super) struct Terminal {
    colors: bool,
    keyboard: Keyboard,
}

/// Where keys come from: standard input, or the terminal itself when that is something else.
enum Keyboard {
    Stdin(std::io::Stdin),
    Terminal(std::fs::File),
    None,
}

impl Keyboard {
    fn find() -> Self {
        let stdin = std::io::stdin();
        if stdin.is_terminal() {
            return Self::Stdin(stdin);
        }
        std::fs::File::open("/dev/tty").map_or(Self::None, Self::Terminal)
    }

    /// Waits for a key, a change of size, or the end of `time`.
    fn wait(&self, time: Duration) -> Input {
        let mut keys = match self {
            Self::Stdin(stdin) => [PollFd::new(stdin, PollFlags::IN)],
            Self::Terminal(file) => [PollFd::new(file, PollFlags::IN)],
            Self::None => return Input::Deaf,
        };
        let time = rustix::event::Timespec::try_from(time).ok();
        match rustix::event::poll(&mut keys, time.as_ref()) {
            Err(rustix::io::Errno::INTR) => Input::None,
            Err(_) => Input::Gone,
            Ok(_) => {
                let gone = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
                if keys.iter().any(|keys| keys.revents().intersects(gone)) {
                    Input::Gone
                } else {
                    Input::None
                }
            }
        }
    }
}

/// What the person at the terminal did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Input {
    /// Nothing.
    None,
    /// The terminal is gone: closed, or its connection lost.
    Gone,
    /// There is no keyboard to hear.
    Deaf,
    /// Asked to end.
    Quit,
    /// Changed the size.
    Resized,
    /// Asked to move the list by so many metrics.
    Scroll(isize),
}

impl Terminal {
    /// Takes the terminal.
    pub(super) fn enter(colors: bool) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| Failure::Setup { what: "the terminal", source: error.into() };
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            restore();
            before(info);
        }));
        terminal::enable_raw_mode().map_err(failed)?;
        ENTERED.store(true, Ordering::Release);
        let terminal = Self { colors, keyboard: Keyboard::find() };
        execute!(std::io::stdout(), terminal::EnterAlternateScreen, cursor::Hide).map_err(failed)?;
        Ok(terminal)
    }

    /// The size now.
    pub(super) fn size() -> Size {
        let (width, height) = terminal::size().unwrap_or((80, 24));
        Size { width: usize::from(width), height: usize::from(height) }
    }

    /// Shows the lines, in one write, so that nothing flickers.
    pub(super) fn show(&self, lines: &[Line]) -> Result<(), Failure> {
        let frame = paint(lines, self.colors);
        let mut stdout = std::io::stdout().lock();
        stdout
            .write_all(frame.as_bytes())
            .and_then(|()| stdout.flush())
            .map_err(|error| Failure::Setup { what: "the view", source: error.into() })
    }

    /// What the person did within `time`.
    pub(super) fn input(&self, time: Duration) -> Input {
        // Asked directly: the event reader does not return when the terminal is gone.
        match self.keyboard.wait(time) {
            Input::None => {}
            other => return other,
        }
        match event::poll(Duration::ZERO) {
            Ok(false) => Input::None,
            Ok(true) => event::read().map_or(Input::Deaf, |event| meaning(&event)),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => Input::None,
            Err(_) => Input::Deaf,
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        restore();
    }
}

/// What an event of the terminal asks for.
fn meaning(event: &Event) -> Input {
    let key = match event {
        Event::Resize(..) => return Input::Resized,
        Event::Key(key) if key.kind != KeyEventKind::Release => key,
        _ => return Input::None,
    };
    match key.code {
        KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => Input::Quit,
        KeyCode::Char('q' | 'Q') | KeyCode::Esc => Input::Quit,
        KeyCode::Char('l') if key.modifiers.contains(KeyModifiers::CONTROL) => Input::Resized,
        KeyCode::Up | KeyCode::Char('k') => Input::Scroll(-1),
        KeyCode::Down | KeyCode::Char('j') => Input::Scroll(1),
        KeyCode::PageUp => Input::Scroll(-10),
        KeyCode::PageDown | KeyCode::Char(' ') => Input::Scroll(10),
        KeyCode::Home => Input::Scroll(isize::MIN + 1),
        KeyCode::End => Input::Scroll(isize::MAX),
        _ => Input::None,
    }
}
