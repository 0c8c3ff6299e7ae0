use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::super::app::{App, Detail, Effect, Fold, Pane, Row};
use super::super::process::SortBy;
use super::super::source::{Control, Mode};
use super::{app, press, typed, world};

fn chosen(app: &App) -> &Row {
    app.rows.list.get(app.metrics.chosen).unwrap()
}

fn control(app: &mut App, letter: char) -> Effect {
    app.key(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL))
}

fn names(app: &App) -> Vec<&str> {
    let names = app.rows.list.iter().map(|row| match row {
        Row::Group { name, .. } | Row::Series { name, .. } => name.as_str(),
    });
    names.collect()
}

#[test]
fn arrows_and_pages_choose_a_line() {
    let mut app = app(80, 24);
    assert_eq!(app.metrics.chosen, 0);
    assert_eq!(press(&mut app, KeyCode::Up), Effect::Redraw);
    assert_eq!(app.metrics.chosen, 0);
    press(&mut app, KeyCode::Down);
    typed(&mut app, "jj");
    assert_eq!(app.metrics.chosen, 3);
    typed(&mut app, "k");
    assert_eq!(app.metrics.chosen, 2);
    press(&mut app, KeyCode::PageDown);
    assert!(app.metrics.chosen > 6, "a page is more than some lines");
    press(&mut app, KeyCode::PageUp);
    assert_eq!(app.metrics.chosen, 2);
    press(&mut app, KeyCode::End);
    assert_eq!(app.metrics.chosen, app.rows.list.len() - 1);
    press(&mut app, KeyCode::Home);
    assert_eq!(app.metrics.chosen, 0);
}

#[test]
fn tab_and_numbers_choose_a_pane() {
    let mut app = app(80, 24);
    let mut seen = Vec::new();
    for _ in 0..4 {
        press(&mut app, KeyCode::Tab);
        seen.push(app.pane);
    }
    assert_eq!(seen, [Pane::Anomalies, Pane::Processes, Pane::Events, Pane::Metrics]);
    press(&mut app, KeyCode::BackTab);
    assert_eq!(app.pane, Pane::Events);
    for (key, pane) in
        [('3', Pane::Processes), ('1', Pane::Metrics), ('2', Pane::Anomalies), ('4', Pane::Events)]
    {
        press(&mut app, KeyCode::Char(key));
        assert_eq!(app.pane, pane);
    }
}

#[test]
fn a_pane_without_anything_to_show_is_left_out() {
    let mut app = world::empty();
    assert_eq!(press(&mut app, KeyCode::Char('3')), Effect::None);
    assert_eq!(app.pane, Pane::Metrics);
    press(&mut app, KeyCode::Tab);
    press(&mut app, KeyCode::Tab);
    assert_eq!(app.pane, Pane::Events);
}

#[test]
fn enter_opens_and_escape_goes_back() {
    let mut app = app(80, 24);
    press(&mut app, KeyCode::Down);
    press(&mut app, KeyCode::Enter);
    let opened = |app: &App| match app.detail() {
        Some(Detail::Series(key)) => key.metric().as_str().to_owned(),
        other => panic!("{other:?} is no series"),
    };
    assert_eq!(opened(&app), "system.cpu.utilization");
    press(&mut app, KeyCode::Down);
    assert_ne!(opened(&app), "system.cpu.utilization", "the next series of the list");
    press(&mut app, KeyCode::Up);
    assert_eq!(opened(&app), "system.cpu.utilization");
    press(&mut app, KeyCode::Esc);
    assert_eq!(app.detail(), None);
    assert_eq!(press(&mut app, KeyCode::Esc), Effect::None);
}

#[test]
fn from_an_anomaly_to_its_series() {
    let mut app = app(80, 24);
    typed(&mut app, "2");
    press(&mut app, KeyCode::Enter);
    assert!(matches!(app.detail(), Some(Detail::Anomaly(..))));
    press(&mut app, KeyCode::Enter);
    assert!(
        matches!(app.detail(), Some(Detail::Series(key)) if *key.metric() == "system.filesystem.utilization")
    );
    press(&mut app, KeyCode::Esc);
    assert!(matches!(app.detail(), Some(Detail::Anomaly(..))));
    typed(&mut app, "1");
    assert_eq!(app.detail(), None, "another pane closes details");
}

#[test]
fn the_event_of_an_anomaly_opens_it() {
    let mut app = app(80, 24);
    typed(&mut app, "4");
    let opens = |app: &mut App| {
        press(app, KeyCode::Enter);
        let is_open = matches!(app.detail(), Some(Detail::Anomaly(..)));
        press(app, KeyCode::Esc);
        press(app, KeyCode::Down);
        is_open
    };
    let count = app.listed_events().len();
    let opened = (0..count).filter(|_| opens(&mut app)).count();
    assert!(opened >= 2 && opened < count, "{opened} of {count}");
}

#[test]
fn a_filter_is_typed_kept_and_cleared() {
    let mut app = app(80, 24);
    let all = app.rows.passing;
    typed(&mut app, "/q memory");
    assert!(app.is_typing, "`q` is a letter now");
    assert_eq!(app.rows.passing, 0);
    for _ in 0.."q memory".len() {
        press(&mut app, KeyCode::Backspace);
    }
    typed(&mut app, "memory");
    assert_eq!(names(&app), ["Memory", "utilization", "usage used"]);
    press(&mut app, KeyCode::Enter);
    assert!(!app.is_typing && app.filter.is_active());
    press(&mut app, KeyCode::Esc);
    assert_eq!(app.rows.passing, all);
    typed(&mut app, "/*.utilization{cpu=1*}");
    assert_eq!(app.rows.passing, 3, "a pattern: 1, 10 and 11");
    press(&mut app, KeyCode::Esc);
    assert!(!app.is_typing && !app.filter.is_active());
}

#[test]
fn a_group_is_folded_in_turn() {
    let mut app = app(80, 24);
    let fold = |app: &App| match chosen(app) {
        Row::Group { fold, shown, .. } => (*fold, *shown),
        Row::Series { .. } => panic!("the line of the group stays chosen"),
    };
    press(&mut app, KeyCode::Down);
    typed(&mut app, "f");
    assert_eq!(fold(&app), (Fold::Open, 14));
    press(&mut app, KeyCode::Enter);
    assert_eq!(fold(&app), (Fold::Closed, 0));
    typed(&mut app, "f");
    assert_eq!(fold(&app).0, Fold::Brief);
    typed(&mut app, "F");
    assert!(app.rows.list.iter().all(|row| matches!(row, Row::Group { fold: Fold::Closed, .. })));
    typed(&mut app, "F");
    assert!(app.rows.list.iter().any(|row| matches!(row, Row::Series { .. })));
}

#[test]
fn only_what_is_unusual() {
    let mut app = app(80, 24);
    typed(&mut app, "a");
    assert_eq!(names(&app), ["CPU", "utilization", "File systems", "utilization /var"]);
    typed(&mut app, "a");
    assert!(app.rows.list.len() > 10);
}

#[test]
fn processes_are_sorted_in_turn() {
    let mut app = app(80, 24);
    let first = |app: &App| app.sorted_processes().first().map(|process| process.name.to_string()).unwrap();
    assert_eq!((app.sort, first(&app)), (SortBy::Cpu, "web".to_owned()));
    typed(&mut app, "s");
    assert_eq!((app.sort, first(&app)), (SortBy::Memory, "postgres".to_owned()));
    typed(&mut app, "s");
    assert_eq!((app.sort, first(&app)), (SortBy::Io, "web".to_owned()));
    typed(&mut app, "s");
    assert_eq!(app.sort, SortBy::Cpu);
}

#[test]
fn the_help_opens_scrolls_and_closes() {
    let mut app = app(40, 12);
    typed(&mut app, "?");
    press(&mut app, KeyCode::Down);
    assert_eq!(app.help, Some(1));
    press(&mut app, KeyCode::End);
    assert!(app.help.is_some_and(|top| top > 5));
    assert_eq!(press(&mut app, KeyCode::Char('q')), Effect::Redraw, "closes the help, not the program");
    assert_eq!(app.help, None);
}

#[test]
fn the_ways_out() {
    let mut app = app(80, 24);
    assert_eq!(press(&mut app, KeyCode::Char('q')), Effect::Quit);
    typed(&mut app, "/");
    assert_eq!(control(&mut app, 'c'), Effect::Quit, "while typing too");
    assert_eq!(control(&mut app, 'z'), Effect::Suspend);
    assert_eq!(control(&mut app, 'l'), Effect::Clear);
}

#[test]
fn what_is_chosen_stays_chosen_when_lines_come() {
    let mut app = app(80, 24);
    press(&mut app, KeyCode::End);
    let before = chosen(&app).clone();
    typed(&mut app, "a");
    typed(&mut app, "a");
    press(&mut app, KeyCode::End);
    assert_eq!(*chosen(&app), before);
    app.resize(ratatui::layout::Size { width: 200, height: 50 });
    assert_eq!(app.rows.find(&before), Some(app.metrics.chosen));
}

#[test]
fn keys_of_a_source_that_can_be_steered() {
    let mut app = app(80, 24);
    for key in ['.', '+', '-'] {
        assert_eq!(press(&mut app, KeyCode::Char(key)), Effect::None, "a run goes as it goes");
    }
    app.mode = Mode { name: "replay ×10".into(), is_playing: true, is_steerable: true, progress: Some(0.5) };
    for (key, does) in [
        (KeyCode::Char(' '), Control::PlayOrPause),
        (KeyCode::Char('.'), Control::Step),
        (KeyCode::Right, Control::Step),
        (KeyCode::Char('+'), Control::Faster),
        (KeyCode::Char('-'), Control::Slower),
    ] {
        assert_eq!(press(&mut app, key), Effect::Control(does));
    }
    press(&mut app, KeyCode::Left);
    assert!(!app.is_following());
    press(&mut app, KeyCode::Right);
    assert_eq!(press(&mut app, KeyCode::Right), Effect::Redraw, "back at the newest");
    assert!(app.is_following());
}
