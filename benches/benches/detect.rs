//! Banks and the decision policy, per row over all columns.
//!
//! A thousand columns is a large host or a small cluster; ten thousand is what one engine is made for. The data are
//! heavy-tailed with flat lines in between, as host metrics are at one second. The peer is what one would write by hand:
//! Welford's mean and variance in a plain loop, without winsorising, decay, minimum spread, band or explanation.

use std::hint::black_box;
use std::time::Duration;

use awatch_core::detect::{Column, Decider, DeciderFactory as _, Decisions, DetectorFactory};
use awatch_core::{ColumnKey, Interval, Labels, Learn, Name, OnlineDetector, Row, Scores, Timestamp, Unit};
use awatch_detect::decide::Policy;
use awatch_detect::threshold::{Rule, Threshold};
use awatch_detect::zscore::{Form, ZScore};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// Rows that are fed in turn.
const ROWS: usize = 512;

/// Rows of `columns` values: noise, flat lines and bursts.
fn rows(columns: usize) -> Vec<Vec<f64>> {
    let mut bits = 42_u64;
    let mut unit = || {
        bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (bits >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut value = |column: usize| match column % 3 {
        0 => unit(),
        1 => 0.0,
        _ => (unit() * 8.0).exp() * if unit() < 0.02 { 100.0 } else { 1.0 },
    };
    (0..ROWS).map(|_| (0..columns).map(&mut value).collect()).collect()
}

fn columns(count: usize) -> Vec<Column> {
    let units = ["1", "{error}/s", "By/s"];
    let column = |index: usize| {
        let metric = Name::new(format!("bench.{index}")).expect("a name");
        let unit = Unit::new(units[index % units.len()]);
        Column { key: ColumnKey { metric, labels: Labels::none(), unit }, interval: Interval::SECOND }
    };
    (0..count).map(column).collect()
}

fn bound(factory: &dyn DetectorFactory, columns: &[Column]) -> Box<dyn OnlineDetector> {
    let mut bank = factory.create();
    for (index, column) in columns.iter().enumerate() {
        bank.bind(index, Some(column));
    }
    bank
}

fn row(values: &[f64]) -> Row<'_> {
    Row { at: Timestamp::EPOCH, elapsed: Duration::from_secs(1), values }
}

/// Mean and sum of squares by Welford, and the z-score.
fn welford(states: &mut [(f64, f64, f64)], values: &[f64], out: &mut [f64]) {
    for ((state, value), out) in states.iter_mut().zip(values).zip(out) {
        let (count, mean, squares) = *state;
        *out = (value - mean).abs() / (squares / count.max(1.0)).sqrt().max(1e-9);
        let deviation = value - mean;
        let mean = mean + deviation / (count + 1.0);
        *state = (count + 1.0, mean, squares + deviation * (value - mean));
    }
}

fn banks(c: &mut Criterion) {
    let mut group = c.benchmark_group("bank");
    for count in [1000, 10_000] {
        let (columns, rows) = (columns(count), rows(count));
        group.throughput(Throughput::Elements(count as u64));
        let mut bench = |name: &str, factory: &dyn DetectorFactory| {
            let mut bank = bound(factory, &columns);
            let mut scores = Scores::default();
            for values in rows.iter().cycle().take(4 * ROWS) {
                scores.reset(count);
                bank.step(row(values), Learn::Yes, &mut scores);
            }
            assert!(scores.score(0).is_some_and(f64::is_finite), "{name} is ready");
            println!("{name}: {} bytes per series", bank.memory() / count);
            let mut next = rows.iter().cycle();
            group.bench_function(format!("{name}/columns={count}"), |b| {
                b.iter(|| {
                    scores.reset(count);
                    bank.step(row(next.next().map_or(&[], Vec::as_slice)), Learn::Yes, &mut scores);
                    black_box(&scores);
                });
            });
        };
        bench("zscore-moments", &ZScore::default().with_form(Form::Moments).build().expect("valid"));
        bench("zscore", &ZScore::default().build().expect("valid"));
        let rule =
            Rule::on("bench.*".parse().expect("a pattern")).with_above(0.9).with_for(Duration::from_secs(30));
        bench("threshold", &Threshold::default().with_rule(rule).build().expect("valid"));
        let mut states = vec![(0.0, 0.0, 0.0); count];
        let mut out = vec![0.0; count];
        let mut next = rows.iter().cycle();
        group.bench_function(format!("welford-loop/columns={count}"), |b| {
            b.iter(|| {
                welford(&mut states, next.next().map_or(&[], Vec::as_slice), &mut out);
                black_box(&out);
            });
        });
        assert!(out.iter().all(|score| score.is_finite()));
    }
    group.finish();
}

fn decide(c: &mut Criterion) {
    let mut group = c.benchmark_group("decide");
    let count = 10_000;
    group.throughput(Throughput::Elements(count as u64));
    for (name, beyond) in [("calm", 0), ("one-in-100-alerting", 100)] {
        let mut policy: Box<dyn Decider> = Policy::default().with_edge(8.0).build().expect("valid").create();
        let mut scores = Scores::default();
        scores.reset(count);
        for output in 0..count {
            policy.bind(output, true);
            let alerting = beyond > 0 && output % beyond == 0;
            scores.set(output, if alerting { 20.0 } else { 1.5 });
        }
        let mut out = Decisions::default();
        let mut opened = 0;
        for _ in 0..10 {
            out.reset(count);
            policy.step(row(&[]), &scores, &mut out);
            opened += out.changes.len();
        }
        assert_eq!(opened, count.checked_div(beyond).unwrap_or(0));
        group.bench_function(format!("policy-{name}/columns={count}"), |b| {
            b.iter(|| {
                out.reset(count);
                policy.step(row(&[]), &scores, &mut out);
                black_box(&out);
            });
        });
    }
    group.finish();
}

criterion_group!(benches, banks, decide);
criterion_main!(benches);
