//! The terminal: entered, left as it was whatever happens, written to in one piece per picture.

use std::io::{BufWriter, IsTerminal, Stdout, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::event::{Event, KeyEvent, KeyEventKind};
use ratatui::crossterm::{cursor, event, execute, queue, terminal};
use ratatui::layout::Size;
use ratatui::{Frame, Terminal};
use rustix::event::{PollFd, PollFlags};

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

/// Takes the terminal.
fn take() -> std::io::Result<()> {
    terminal::enable_raw_mode()?;
    ENTERED.store(true, Ordering::Release);
    execute!(std::io::stdout(), terminal::EnterAlternateScreen, cursor::Hide)
}

/// The terminal while the view has it; dropping it gives it back.
pub(super) struct Screen {
    terminal: Terminal<CrosstermBackend<BufWriter<Stdout>>>,
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

    /// Waits for a key, a change of size, or the end of `time`; `None` when the terminal is as it was.
    fn wait(&self, time: Duration) -> Option<Input> {
        let mut keys = match self {
            Self::Stdin(stdin) => [PollFd::new(stdin, PollFlags::IN)],
            Self::Terminal(file) => [PollFd::new(file, PollFlags::IN)],
            Self::None => return Some(Input::Deaf),
        };
        let time = rustix::event::Timespec::try_from(time).ok();
        match rustix::event::poll(&mut keys, time.as_ref()) {
            Err(rustix::io::Errno::INTR) => None,
            Err(_) => Some(Input::Gone),
            Ok(_) => {
                let gone = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
                keys.iter().any(|keys| keys.revents().intersects(gone)).then_some(Input::Gone)
            }
        }
    }
}

/// What the person at the terminal did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Input {
    /// The terminal is gone: closed, or its connection lost.
    Gone,
    /// There is no keyboard to hear.
    Deaf,
    /// Pressed a key.
    Key(KeyEvent),
    /// Changed the size.
    Resized,
}

/// The screen in one piece, however much changed.
const PICTURE: usize = 64 << 10;

impl Screen {
    /// Takes the terminal.
    pub(super) fn enter() -> Result<Self, Failure> {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            restore();
            before(info);
        }));
        take().map_err(setup)?;
        let backend = CrosstermBackend::new(BufWriter::with_capacity(PICTURE, std::io::stdout()));
        let terminal = Terminal::new(backend).map_err(setup)?;
        Ok(Self { terminal, keyboard: Keyboard::find() })
    }

    /// The size now.
    pub(super) fn size(&self) -> Size {
        self.terminal.size().unwrap_or(Size { width: 80, height: 24 })
    }

    /// Shows a picture: what differs from the last one is written.
    pub(super) fn draw(&mut self, picture: impl FnOnce(&mut Frame<'_>)) -> Result<(), Failure> {
        // Terminals that know synchronised updates show it in one go.
        queue!(self.terminal.backend_mut(), terminal::BeginSynchronizedUpdate).map_err(shown)?;
        self.terminal.draw(picture).map_err(shown)?;
        queue!(self.terminal.backend_mut(), terminal::EndSynchronizedUpdate).map_err(shown)?;
        Write::flush(self.terminal.backend_mut()).map_err(shown)
    }

    /// Forgets what is on the screen, so that the next picture is written whole.
    pub(super) fn clear(&mut self) -> Result<(), Failure> {
        // Not by the terminal's own `clear`, which asks where the cursor is: not every terminal answers.
        queue!(self.terminal.backend_mut(), terminal::Clear(terminal::ClearType::All)).map_err(shown)?;
        self.terminal.swap_buffers();
        Ok(())
    }

    /// Gives the terminal back, stops as Ctrl-Z in a shell does, and takes the terminal again when continued.
    pub(super) fn suspend(&mut self) -> Result<(), Failure> {
        restore();
        #[cfg(unix)]
        rustix::process::kill_current_process_group(rustix::process::Signal::TSTP)
            .map_err(|error| setup(error.into()))?;
        take().map_err(setup)?;
        self.clear()
    }

    /// What the person did within `time`, in order.
    pub(super) fn inputs(&self, time: Duration) -> Vec<Input> {
        // Asked directly: the event reader does not return when the terminal is gone.
        if let Some(input) = self.keyboard.wait(time) {
            return vec![input];
        }
        let mut inputs = Vec::new();
        loop {
            match event::poll(Duration::ZERO) {
                Ok(true) => match event::read() {
                    Ok(event) => inputs.extend(meaning(&event)),
                    Err(_) => return vec![Input::Deaf],
                },
                Ok(false) => return inputs,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => return inputs,
                Err(_) => return vec![Input::Deaf],
            }
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        restore();
    }
}

fn setup(error: std::io::Error) -> Failure {
    Failure::Setup { what: "the terminal", source: error.into() }
}

fn shown(error: std::io::Error) -> Failure {
    Failure::Setup { what: "the view", source: error.into() }
}

/// What an event of the terminal says.
fn meaning(event: &Event) -> Option<Input> {
    match event {
        Event::Resize(..) => Some(Input::Resized),
        Event::Key(key) if key.kind != KeyEventKind::Release => Some(Input::Key(*key)),
        _ => None,
    }
}
