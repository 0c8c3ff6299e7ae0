//! The view on fixed data: what is seen at several sizes, and what each key does.

mod keys;
mod pictures;
mod time;
mod world;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::Size;

use super::app::{App, Effect};
use super::draw::draw;
use super::look::{Look, Palette};

const COLORED: Look = Look { palette: Palette::Full, is_ascii: false };
const ASCII: Look = Look { palette: Palette::Plain, is_ascii: true };

/// What is seen, without colours and the blanks at the ends of lines.
fn picture(app: &App, look: Look) -> String {
    let mut terminal = Terminal::new(TestBackend::new(app.size.width, app.size.height)).unwrap();
    terminal.draw(|frame| draw(app, look, frame)).unwrap();
    let buffer = terminal.backend().buffer();
    let lines = buffer.content.chunks(usize::from(app.size.width).max(1));
    let lines = lines.map(|line| line.iter().map(ratatui::buffer::Cell::symbol).collect::<String>());
    lines.map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// A view of a machine with an anomaly, on a terminal of that size.
fn app(width: u16, height: u16) -> App {
    let mut app = world::app();
    app.resize(Size { width, height });
    app
}

fn press(app: &mut App, code: KeyCode) -> Effect {
    app.key(KeyEvent::new(code, KeyModifiers::NONE))
}

/// Types a text, one key after the other.
fn typed(app: &mut App, text: &str) {
    for letter in text.chars() {
        press(app, KeyCode::Char(letter));
    }
}
