use insta::assert_snapshot;
use ratatui::crossterm::event::KeyCode;
use ratatui::layout::Size;

use super::{ASCII, COLORED, app, picture, press, typed, world};

#[test]
fn a_small_terminal_shows_one_pane_and_the_worst_anomaly() {
    assert_snapshot!(picture(&app(40, 12), COLORED));
}

#[test]
fn a_usual_terminal_shows_what_matters() {
    assert_snapshot!(picture(&app(80, 24), COLORED));
}

#[test]
fn a_large_terminal_shows_panes_side_by_side() {
    assert_snapshot!(picture(&app(200, 50), COLORED));
}

#[test]
fn a_terminal_without_unicode_shows_the_same_in_ascii() {
    let text = picture(&app(100, 30), ASCII);
    assert!(text.is_ascii(), "{text}");
    assert_snapshot!(text);
}

#[test]
fn each_pane_on_a_small_terminal() {
    let mut app = app(40, 12);
    for (key, name) in [('2', "anomalies"), ('3', "processes"), ('4', "events")] {
        press(&mut app, KeyCode::Char(key));
        assert_snapshot!(format!("small_{name}"), picture(&app, COLORED));
    }
}

#[test]
fn the_details_of_a_series() {
    let mut app = app(80, 24);
    press(&mut app, KeyCode::Down);
    press(&mut app, KeyCode::Enter);
    assert_snapshot!(picture(&app, COLORED));
}

#[test]
fn the_details_of_an_anomaly() {
    let mut app = app(120, 24);
    typed(&mut app, "2");
    press(&mut app, KeyCode::Enter);
    assert_snapshot!(picture(&app, COLORED));
}

#[test]
fn the_help_names_every_key() {
    let mut app = app(80, 24);
    press(&mut app, KeyCode::Char('?'));
    assert_snapshot!(picture(&app, COLORED));
}

#[test]
fn before_the_first_values_it_is_calm() {
    let text = picture(&world::empty(), COLORED);
    assert!(text.contains("collecting…"), "{text}");
    assert!(text.contains("limits starts without history"), "{text}");
}

#[test]
fn what_is_usual_is_learnt_first() {
    let (mut world, mut app) = (world::World::new(), world::empty());
    for tick in 1..=5 {
        app.data(world.tick(tick));
    }
    let text = picture(&app, COLORED);
    assert!(text.contains("nothing unusual; still learning"), "{text}");
}

#[test]
fn no_size_is_too_small() {
    let mut app = app(80, 24);
    for open in ["", "?", "\n", "/", "2\n", "3", "4"] {
        for width in (0..30).chain([59, 60, 135, 136, 300]) {
            for height in (0..12).chain([17, 18, 23, 24, 90]) {
                app.resize(Size { width, height });
                let drawn = picture(&app, COLORED).lines().count();
                assert!(drawn <= usize::from(height), "{width}×{height}");
            }
        }
        for key in open.chars() {
            press(&mut app, if key == '\n' { KeyCode::Enter } else { KeyCode::Char(key) });
        }
    }
}

#[test]
fn a_replay_of_a_file_shows_its_name_and_the_date() {
    let (mut world, mut app) = (world::World::new(), world::empty());
    app.about.target = "data/history/web.csv".to_owned();
    let mut data = world.tick(1);
    data.wall = data.wall.plus(std::time::Duration::from_hours(24));
    data.mode.is_steerable = true;
    app.data(data);
    let text = picture(&app, COLORED);
    assert!(text.starts_with(" web.csv  health") && text.contains("2027-01-15 08:00:01 UTC"), "{text}");
}

#[test]
fn the_health_is_seen_beside_a_long_name() {
    let (mut world, mut app) = (world::World::new(), world::empty());
    app.about.target = "an hour of the demo world, seed 1".to_owned();
    let mut data = world.tick(1);
    data.wall = data.wall.plus(std::time::Duration::from_hours(24));
    (data.mode.is_steerable, data.mode.name, data.mode.progress) = (true, "replay ×3600".into(), Some(0.5));
    app.data(data);
    let text = picture(&app, COLORED);
    assert!(text.lines().next().is_some_and(|header| header.contains("…  health 100")), "{text}");
}

#[test]
fn what_needs_a_second_reading_is_not_missing_before_it() {
    let (mut world, mut app) = (world::World::new(), world::empty());
    app.data(world.tick(1));
    let text = picture(&app, COLORED);
    assert!(!text.contains("missing"), "{text}");
}

#[test]
fn groups_with_an_anomaly_come_first() {
    let text = picture(&app(80, 24), COLORED);
    let place = |group: &str| text.find(&format!("▾ {group}")).unwrap();
    assert!(place("CPU") < place("File systems") && place("File systems") < place("Load"), "{text}");
}
