use std::time::Duration;

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::super::app::{App, Effect};
use super::world::{BUSY, START, TICKS, World};
use super::{COLORED, app, picture, press, typed, world};

fn second(app: &App) -> u64 {
    app.shown().unwrap().at.since(START).unwrap().as_secs()
}

#[test]
fn back_and_forth_by_a_reading_or_a_minute() {
    let mut app = app(80, 24);
    assert_eq!(second(&app), TICKS);
    press(&mut app, KeyCode::Left);
    press(&mut app, KeyCode::Left);
    assert_eq!(second(&app), TICKS - 2);
    press(&mut app, KeyCode::Right);
    assert_eq!(second(&app), TICKS - 1);
    typed(&mut app, "[");
    assert_eq!(second(&app), TICKS - 61);
    app.key(KeyEvent::new(KeyCode::Left, KeyModifiers::SHIFT));
    assert_eq!(second(&app), TICKS - 121);
    typed(&mut app, "]");
    assert_eq!(second(&app), TICKS - 61);
    typed(&mut app, "l");
    assert!(app.is_following());
    press(&mut app, KeyCode::Left);
    press(&mut app, KeyCode::End);
    assert!(app.is_following());
}

#[test]
fn everything_is_as_it_was_then() {
    let mut app = app(80, 24);
    assert_eq!(app.open_anomalies().len(), 2);
    let back = usize::try_from(TICKS - BUSY).unwrap();
    for _ in 0..=back {
        press(&mut app, KeyCode::Left);
    }
    assert_eq!(second(&app), BUSY - 1);
    assert!(app.open_anomalies().is_empty());
    let text = picture(&app, COLORED);
    assert!(text.contains("health 100") && text.contains("nothing unusual"), "{text}");
    assert!(text.contains("◀ 11s ago"), "{text}");
    assert!(app.listed_events().len() < 3, "what happened since is not told: {text}");
}

#[test]
fn paused_the_picture_stands_while_time_goes_on() {
    let (mut world, mut app) = (World::new(), world::empty());
    for tick in 1..=20 {
        app.data(world.tick(tick));
    }
    typed(&mut app, " ");
    assert!(picture(&app, COLORED).contains("‖ paused"));
    for tick in 21..=25 {
        app.data(world.tick(tick));
    }
    assert_eq!(second(&app), 20);
    assert_eq!(app.behind(), Duration::from_secs(5));
    assert_eq!(press(&mut app, KeyCode::Char(' ')), Effect::Redraw);
    assert_eq!(second(&app), 25);
}

#[test]
fn what_the_store_has_from_before_is_read() {
    let (mut world, mut app) = (World::new(), world::empty());
    for tick in 1..=100 {
        drop(world.tick(tick));
    }
    app.data(world.tick(101));
    assert_eq!(press(&mut app, KeyCode::Left), Effect::Older);
    assert!(app.history.extend(world.store()).unwrap());
    app.refresh();
    assert_eq!(second(&app), 100);
    let value = |app: &App, metric: &str| {
        let slot = app.history.slots.iter().find(|(_, slot)| *slot.key.metric() == metric).unwrap().0;
        app.shown().unwrap().value(slot).unwrap()
    };
    assert!((value(&app, "system.cpu.logical.count") - 12.0).abs() < 1e-6);
    let rate = value(&app, "system.network.io");
    assert!((30_000.0..50_000.0).contains(&rate), "a counter is shown as its rate: {rate}");
    assert!(!app.history.extend(world.store()).unwrap(), "there is nothing older");
}

#[test]
fn values_from_the_store_are_those_that_were_seen() {
    let (mut world, mut seen) = (World::new(), world::empty());
    let mut last = None;
    for tick in 1..=60 {
        let data = world.tick(tick);
        seen.data(data.clone());
        last = Some(data);
    }
    let mut read = world::empty();
    read.data(last.unwrap());
    assert!(read.history.extend(world.store()).unwrap());
    for (slot, series) in seen.history.slots.iter() {
        let other = read.history.slots.find(&series.key).unwrap();
        for back in 0..50 {
            let at = START.plus(Duration::from_secs(59 - back));
            let moment = |app: &App| app.history.get(app.history.index_at(at)).cloned().unwrap();
            let (a, b) = (moment(&seen).value(slot), moment(&read).value(other));
            let is_same = a.zip(b).is_some_and(|(a, b)| (a - b).abs() <= 1e-6 * a.abs());
            assert!(is_same || a.is_none(), "{} {back} s ago: {a:?}, {b:?}", series.name);
        }
    }
}

#[test]
fn what_came_between_two_pictures_is_read_from_the_store() {
    let (mut world, mut app) = (World::new(), world::empty());
    app.data(world.tick(1));
    for frame in 1..=6 {
        for tick in 1..20 {
            drop(world.tick(20 * (frame - 1) + 1 + tick));
        }
        app.data(world.tick(20 * frame + 1));
        assert!(app.history.fill(world.store()).unwrap());
        assert!(!app.history.fill(world.store()).unwrap(), "there is no hole any more");
    }
    app.refresh();
    let newest = app.history.newest().unwrap();
    assert_eq!(newest, 120, "a moment each second");
    let slot =
        app.history.slots.iter().find(|(_, slot)| *slot.key.metric() == "system.memory.usage").unwrap().0;
    let step = app.history.step();
    assert!(app.history.points(slot, newest, 120, step).iter().all(|point| point.mean.is_some()));
    typed(&mut app, "[");
    assert_eq!(second(&app), 61, "a minute, however few pictures there were");
    typed(&mut app, "]");
    assert_eq!(second(&app), 121);
}

#[test]
fn history_is_bounded() {
    let (mut world, mut app) = (World::new(), world::empty());
    for tick in 1..=1000 {
        app.data(world.tick(tick));
    }
    assert_eq!(app.history.newest(), Some(900), "a quarter of an hour");
    let each = app.history.bytes() / app.history.slots.iter().count();
    assert!(each < 12_000, "{each} bytes per series");
}

#[test]
fn time_that_goes_back_starts_anew() {
    let mut app = app(80, 24);
    let data = World::new().tick(3);
    app.data(data);
    assert_eq!(app.history.newest(), Some(0));
    assert!(app.listed_events().iter().all(|event| matches!(event, super::super::app::Happened::Notice(_))));
}

#[test]
fn of_the_time_before_the_view_nobody_says_that_it_was_calm() {
    let (mut world, mut app) = (World::new(), world::empty());
    for tick in 1..=50 {
        drop(world.tick(tick));
    }
    app.data(world.tick(51));
    app.history.extend(world.store()).unwrap();
    press(&mut app, KeyCode::Left);
    let text = picture(&app, COLORED);
    assert!(text.contains("what was usual then is not known") && !text.contains("nothing unusual"), "{text}");
}
