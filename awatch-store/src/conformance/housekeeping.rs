use std::time::Duration;

use awatch_core::Timestamp;
use awatch_core::store::Budget;

use super::answers::within;
use super::trial::{Content, EVER, Trial, gauge, matcher, second};

const LEISURE: Budget = Budget { time: Duration::from_mins(1), bytes: None };

fn filled(trial: &Trial<'_>, ticks: i64) -> Content {
    let mut content = Content::new();
    for tick in 0..ticks {
        trial.put(&mut content, &gauge("web.load", "a"), second(tick), tick as f64 / 3.0);
        trial.put(&mut content, &gauge("web.load", "b"), second(tick), 5.0);
    }
    content
}

pub(super) fn delete_before(trial: &Trial<'_>) {
    let content = filled(trial, 1000);
    for (pattern, cutoff) in
        [("*{device=a}", 0), ("*{device=a}", 400), ("*{device=b}", 613), ("no.such", 900)]
    {
        let before = trial.read("*", EVER);
        let deleted =
            trial.answer("delete_before", trial.store.delete_before(second(cutoff), &matcher(pattern)));
        let after = trial.read("*", EVER);
        let missing = count(&before).saturating_sub(count(&after));
        trial.same(format_args!("the number deleted before second {cutoff}"), &deleted, &missing);
        let kept = within(&content, second(cutoff), Timestamp::MAX);
        trial.same("what is not before the cutoff", &within(&after, second(cutoff), Timestamp::MAX), &kept);
        for (key, samples) in before.iter().filter(|(key, _)| !matcher(pattern).matches(key)) {
            trial.same(format_args!("{key}, not meant"), &after.get(key), &Some(samples));
        }
        for (key, samples) in &after {
            let original = content.get(key).is_some_and(|all| all.ends_with(samples));
            trial.demand(original, || format!("{key} lost samples other than its oldest"));
        }
    }
    let deleted = trial.answer("delete_before", trial.store.delete_before(Timestamp::MAX, &matcher("*")));
    trial.demand(deleted > 0, || "deleting everything deleted nothing".to_owned());
    trial.holds(&Content::new());
}

fn count(content: &Content) -> u64 {
    content.values().map(|samples| samples.len() as u64).sum()
}

pub(super) fn usage(trial: &Trial<'_>) {
    let empty = trial.store.usage();
    trial.same("series and samples of an empty store", &(empty.series, empty.samples), &(0, 0));
    let content = filled(trial, 700);
    let full = trial.store.usage();
    trial.same("series and samples", &(full.series, full.samples), &(2, count(&content)));
    trial.demand(full.bytes > empty.bytes, || format!("{} bytes empty and {} full", empty.bytes, full.bytes));
    trial.answer("delete_before", trial.store.delete_before(Timestamp::MAX, &matcher("*")));
    let left = trial.store.usage();
    trial.same("series and samples after deleting all", &(left.series, left.samples), &(0, 0));
}

pub(super) fn nothing_lost(trial: &Trial<'_>) {
    let mut content = filled(trial, 700);
    let hurried = Budget { time: Duration::ZERO, bytes: None };
    for (step, budget) in [(700, hurried), (701, LEISURE), (702, hurried), (703, LEISURE)] {
        trial.answer("flush", trial.store.flush());
        let done = trial.answer("maintain", trial.store.maintain(second(step), budget));
        trial.same("samples expired and evicted", &(done.expired, done.evicted), &(0, 0));
        trial.same("the oldest instant", &done.oldest, &Some(second(0)));
        trial.holds(&content);
        trial.put(&mut content, &gauge("web.load", "a"), second(step), 0.0);
    }
    trial.holds(&content);
}
