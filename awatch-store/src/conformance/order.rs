use std::time::Duration;

use super::trial::{Content, Trial, gauge, scrambled, second};

pub(super) fn last_appended_stays(trial: &Trial<'_>) {
    let meta = gauge("web.load", "a");
    let mut content = Content::new();
    trial.put_all(&mut content, &meta, &[(second(0), 1.0), (second(0), 2.0), (second(1), 3.0)]);
    trial.put(&mut content, &meta, second(1), 4.0);
    trial.holds(&content);
    for tick in 2..900 {
        trial.put(&mut content, &meta, second(tick), tick as f64);
    }
    for tick in [0, 5, 300, 301, 302, 880, 899, 899] {
        trial.put(&mut content, &meta, second(tick), -7.0 - tick as f64);
    }
    trial.holds(&content);
}

pub(super) fn late_samples(trial: &Trial<'_>) {
    let meta = gauge("web.load", "a");
    let other = gauge("web.load", "b");
    let mut content = Content::new();
    for n in 0..1500 {
        let shuffled = i64::try_from(scrambled(n) % 1800).unwrap_or(0);
        trial.put(&mut content, &meta, second(shuffled), n as f64);
        trial.put(&mut content, &other, second(1800 - n), n as f64 / 3.0);
        if n % 250 == 0 {
            trial.holds(&content);
        }
    }
    trial.holds(&content);
}

pub(super) fn clock_jumps_back(trial: &Trial<'_>) {
    let meta = gauge("web.load", "a");
    let mut content = Content::new();
    for tick in 0..2000 {
        trial.put(&mut content, &meta, second(tick), tick as f64);
    }
    for tick in 200..2100 {
        trial.put(&mut content, &meta, second(tick), tick as f64 / 3.0);
    }
    trial.holds(&content);
}

pub(super) fn no_grid(trial: &Trial<'_>) {
    let meta = gauge("web.load", "a");
    let mut content = Content::new();
    let mut at = second(0);
    for n in 0..1200 {
        at = at.plus(match scrambled(n) % 10 {
            0 => Duration::from_nanos(1),
            1 => Duration::from_millis(1234),
            2 if n % 50 == 0 => Duration::from_secs(90),
            _ => Duration::from_secs(1),
        });
        trial.put(&mut content, &meta, at, (n % 9) as f64);
    }
    trial.holds(&content);
}
