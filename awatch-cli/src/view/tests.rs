//! What a person sees, at three sizes.

use std::time::Duration;

use awatch::detect::threshold::{Rule, Threshold};
use awatch::engine::Snapshot;
use awatch::{Engine, Event, EventKind, Interval, Name, Severity, Target, Timestamp, Unit};

use super::frame::{Frame, Own, Rendered, Size, render};
use super::paint::{Line, Style, paint};

const START: Timestamp = Timestamp::from_nanos(1_800_000_000_000_000_000);

/// An engine that saw two seconds of a machine whose disk is nearly full.
fn engine() -> Engine {
    let rule = Rule::on("system.filesystem.*".parse().unwrap())
        .with_name("nearly full")
        .with_above(0.9)
        .with_severity(Severity::Critical);
    let mut engine = awatch::engine(Target::new("web-1").unwrap())
        .watch("limits", Threshold::default().with_rule(rule).build().unwrap())
        .build()
        .unwrap();
    for tick in 1..=2 {
        let at = START.plus(Duration::from_secs(tick));
        let mut batch = engine.batch(Name::new("host").unwrap(), Interval::SECOND, at);
        let busy = tick as f64;
        for core in 0..12 {
            let labels = [("cpu", &*core.to_string())];
            batch.counter("system.cpu.time", labels, &Unit::SECONDS, busy * f64::from(core) / 20.0).unwrap();
        }
        for (mount, full) in [("/", 0.41), ("/var", 0.97)] {
            batch
                .gauge("system.filesystem.utilization", [("mountpoint", mount)], &Unit::RATIO, full)
                .unwrap();
        }
        batch.gauge("system.memory.usage", [], &Unit::BYTES, 1_234_567_890.0).unwrap();
        engine.step(&batch, at).unwrap();
    }
    engine
}

fn frame(snapshot: Option<&Snapshot>, scroll: usize) -> Frame<'_> {
    Frame {
        target: "web-1",
        now: START.plus(Duration::from_secs(5)),
        uptime: Duration::from_secs(125),
        own: Own { cpu_share: 0.0012, resident: Some(9 << 20) },
        snapshot,
        notices: &[],
        events: &[],
        scroll,
    }
}

fn shown(width: usize, height: usize, scroll: usize) -> Rendered {
    let snapshot = engine().snapshot();
    let rendered = render(&frame(Some(&snapshot), scroll), Size { width, height });
    assert_eq!(rendered.lines.len(), height, "as many lines as the terminal has");
    assert!(rendered.lines.iter().all(|line| line.width() == width), "each as wide as the terminal");
    rendered
}

fn plain(rendered: &Rendered) -> String {
    rendered.lines.iter().map(Line::plain).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_large_terminal_has_room_for_all() {
    insta::assert_snapshot!(plain(&shown(100, 24, 0)), @r#"
     web-1  health 40  up 2m5s  15 series  own cpu 0.12 %  memory 9 MiB  08:00:05 UTC
     ● critical     4s  system.filesystem.utilization{mountpoint="/var"} is 97 %, above the limit 90 %
                        (rule nearly full)
    system.filesystem.utilization
      /var                                                   ●             97 %
      /                                                                    41 %
    system.cpu.time
      0                                                                     0 %
      1                                                                     5 %
      2                                                                    10 %
      3                                                                    15 %
      4                                                                    20 %
      5                                                                    25 %
      6                                                                    30 %
      7                                                                    35 %
      8                                                                    40 %
      9                                                                    45 %
      10                                                                   50 %
      11                                                                   55 %
    system.memory.usage                                                1.15 GiB



     q quits  learning what is usual
    "#);
}

#[test]
fn a_small_terminal_has_a_line_for_each_metric() {
    insta::assert_snapshot!(plain(&shown(40, 12, 0)), @r#"
     web-1  health 40  up 2m5s  15 series
     ● critical     4s  system.filesystem.u…
                        is 97 %, above the
                        limit 90 % (rule ne…
    system.filesystem.utilization
      /var                ●             97 %
      /                                 41 %
    system.cpu.time  +10
      0                                  0 %
      1                                  5 %
    system.memory.usage             1.15 GiB
     q quits  learning what is usual
    "#);
}

#[test]
fn events_take_the_room_that_is_left() {
    let snapshot = engine().snapshot();
    let happened = |number: u64| Event {
        at: START.plus(Duration::from_secs(number)),
        number,
        kind: EventKind::CollectorRecovered { collector: Name::new("host").unwrap(), missed: number },
    };
    let events: Vec<Event> = (1..=9).map(happened).collect();
    let frame = Frame { events: &events, ..frame(Some(&snapshot), 0) };
    let rendered = render(&frame, Size { width: 70, height: 28 });
    let text = plain(&rendered);
    assert!(text.contains("\n─── events ──"), "{text}");
    assert!(text.contains("\n 08:00:04 collector host recovered, 4 ticks missed\n"), "{text}");
    assert!(
        text.ends_with(
            "\n 08:00:09 collector host recovered, 9 ticks missed\n q quits  learning what is usual"
        )
    );
    assert!(!text.contains("\n\n"), "no line is wasted: {text}");
}

#[test]
fn a_silent_source_is_told() {
    let mut engine = engine();
    engine.advance_to(START.plus(Duration::from_mins(1)));
    let snapshot = engine.snapshot();
    let text = plain(&render(&frame(Some(&snapshot), 0), Size { width: 80, height: 24 }));
    assert!(text.contains("\n ● no data from host\n"), "{text}");
    assert!(text.contains("silent"), "{text}");
}

#[test]
fn no_size_is_too_small() {
    for width in 0..30 {
        for height in 0..12 {
            shown(width, height, 3);
        }
    }
}

#[test]
fn the_list_ends_at_its_end() {
    assert_eq!(shown(80, 24, usize::MAX).scroll, 0, "all fits");
    assert_eq!(shown(40, 4, usize::MAX).scroll, 1, "two of three fit");
}

#[test]
fn before_the_first_answer_it_says_what_it_waits_for() {
    let rendered = render(&frame(None, 0), Size { width: 50, height: 4 });
    assert_eq!(plain(&rendered), " web-1  up 2m5s  0 series  own cpu 0.12 %\nwaiting for the engine\n\n");
}

#[test]
fn without_colours_there_are_none() {
    let lines = [Line::new().with("x", Style::Alert(Severity::Critical)).with("y", Style::Good)];
    assert_eq!(
        paint(&lines, false),
        "\u{1b}[?2026h\u{1b}[H\u{1b}[1mx\u{1b}[0my\u{1b}[K\u{1b}[J\u{1b}[?2026l"
    );
    assert!(paint(&lines, true).contains("\u{1b}[1;31mx\u{1b}[0m\u{1b}[32my\u{1b}[0m"));
}
