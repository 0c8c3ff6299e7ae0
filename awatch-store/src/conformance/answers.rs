use awatch_core::{Query, StoreError, Timestamp};

use super::trial::{Content, EVER, Trial, gauge, matcher, scrambled, second};

pub(super) fn found_by_the_next_scan(trial: &Trial<'_>) {
    trial.holds(&Content::new());
    let series = [gauge("web.load", "a"), gauge("web.load", "b"), gauge("db.queue", "a")];
    let mut content = Content::new();
    for tick in 0..700 {
        for (place, meta) in (0..).zip(&series) {
            trial.put(&mut content, meta, second(tick), (tick * place) as f64 / 7.0);
        }
        if tick < 5 || tick % 97 == 0 {
            trial.holds(&content);
        }
    }
    trial.holds(&content);
}

/// A name and its numbers.
type Shape = (&'static str, fn(i64) -> f64);

pub(super) fn bit_for_bit(trial: &Trial<'_>) {
    let edges = [0.0, -0.0, 5e-324, f64::MIN_POSITIVE, f64::MAX, f64::MIN, 0.1, 1.0 / 3.0, 1e300, -1e-300];
    let around = [9_007_199_254_740_991.0, 9_007_199_254_740_992.0, -9_007_199_254_740_994.0];
    let shapes: [Shape; 6] = [
        ("constant", |_| 42.5),
        ("counter", |n| (n * 1500 + n % 7) as f64),
        ("ticks", |n| (n * 3 + n % 5) as f64 / 100.0),
        ("ratio", |n| (n % 13) as f64 / 97.0),
        ("noise", |n| scrambled(n) as f64 / 3e15),
        ("zeros", |n| if n % 2 == 0 { 0.0 } else { -0.0 }),
    ];
    let mut content = Content::new();
    for (shape, value) in shapes {
        let meta = gauge("shape", shape);
        for n in 0..900 {
            trial.put(&mut content, &meta, second(n), value(n));
        }
    }
    let meta = gauge("shape", "edges");
    for (n, value) in (0..900).zip(edges.into_iter().chain(around).cycle()) {
        trial.put(&mut content, &meta, second(n), value);
    }
    trial.holds(&content);
}

pub(super) fn start_and_not_end(trial: &Trial<'_>) {
    let meta = gauge("web.load", "a");
    let mut content = Content::new();
    for tick in 0..600 {
        trial.put(&mut content, &meta, second(tick), tick as f64);
    }
    for (start, end) in [(0, 600), (10, 20), (299, 300), (255, 258), (599, 700), (-50, 1)] {
        let wanted = within(&content, second(start), second(end));
        let what = format!("a scan from second {start} to {end} of 600");
        trial.same(what, &trial.read("*", (second(start), second(end))), &wanted);
    }
    let between = (Timestamp::from_nanos(second(7).as_nanos() + 1), second(8));
    trial.same("a scan between two samples", &trial.read("*", between), &Content::new());
    trial.same("a scan that ends where it starts", &trial.read("*", (second(7), second(7))), &Content::new());
    trial.same("a scan before all samples", &trial.read("*", (Timestamp::MIN, second(0))), &Content::new());
    trial.same("a scan after all samples", &trial.read("*", (second(600), Timestamp::MAX)), &Content::new());
}

pub(super) fn swapped_range(trial: &Trial<'_>) {
    let query = Query { matcher: matcher("*"), start: second(9), end: second(3) };
    let error = trial.store.scan(&query).err();
    let refused = matches!(&error, Some(StoreError::EmptyRange { start, end }) if (*start, *end) == (second(9), second(3)));
    trial.demand(refused, || {
        format!("a scan from second 9 to second 3 answered {error:?} and not `EmptyRange`")
    });
}

pub(super) fn pieces(trial: &Trial<'_>) {
    let series = [gauge("web.load", "a"), gauge("web.load", "b")];
    let mut content = Content::new();
    for tick in (0..1500).filter(|tick| tick % 11 != 3) {
        for meta in &series {
            trial.put(&mut content, meta, second(tick), scrambled(tick) as f64);
        }
    }
    let whole = trial.read("*", EVER);
    trial.same("the whole", &whole, &content);
    for length in [1, 7, 100, 256, 999] {
        let mut joined = Content::new();
        for start in (0..1500).step_by(usize::try_from(length).unwrap_or(1)) {
            for (key, samples) in trial.read("*", (second(start), second(start + length))) {
                joined.entry(key).or_default().extend(samples);
            }
        }
        trial.same(format_args!("pieces of {length} s"), &joined, &whole);
    }
}

fn matcher_content() -> [awatch_core::SeriesMeta; 4] {
    [gauge("web.load", "a"), gauge("web.load", "b"), gauge("web.queue", "a"), gauge("db.load", "a")]
}

pub(super) fn chosen_series(trial: &Trial<'_>) {
    let mut content = Content::new();
    for meta in matcher_content() {
        trial.put(&mut content, &meta, second(1), 1.0);
        trial.put(&mut content, &meta, second(2), 2.0);
    }
    for pattern in ["*", "web.load", "*.load", "db/*", "web/*{device=a}", "*{device=b}", "no.such"] {
        let meant = matcher(pattern);
        let wanted = content.iter().filter(|(key, _)| meant.matches(key));
        let wanted: Content = wanted.map(|(key, samples)| (key.clone(), samples.clone())).collect();
        trial.same(format_args!("a scan of `{pattern}`"), &trial.read(pattern, EVER), &wanted);
    }
}

pub(super) fn series(trial: &Trial<'_>) {
    let mut metas = matcher_content();
    let mut content = Content::new();
    for meta in metas.iter().rev() {
        trial.put(&mut content, meta, second(1), 1.0);
    }
    metas.sort_by(|a, b| a.key.cmp(&b.key));
    for pattern in ["*", "web.load", "no.such"] {
        let meant = matcher(pattern);
        let listed = trial.answer("series", trial.store.series(&meant));
        let listed: Vec<_> = listed.iter().map(|meta| (**meta).clone()).collect();
        let wanted: Vec<_> = metas.iter().filter(|meta| meant.matches(&meta.key)).cloned().collect();
        trial.same(format_args!("the series of `{pattern}`"), &listed, &wanted);
    }
}

/// What of the content is within a range.
pub(super) fn within(content: &Content, start: Timestamp, end: Timestamp) -> Content {
    let range = start.as_nanos()..end.as_nanos();
    let cut = content.iter().map(|(key, samples)| {
        (key.clone(), samples.iter().copied().filter(|(at, _)| range.contains(at)).collect::<Vec<_>>())
    });
    cut.filter(|(_, samples)| !samples.is_empty()).collect()
}
