//! An answer in columns.

use awatch::Timestamp;
use awatch::store::query::{Answer, Curve};
use std::fmt::Write;

use super::clock::Clock;
use super::names::Names;
use crate::columns::{cut, width};

/// The widest a name may be.
const NAME: usize = 28;

const NOTHING: &str = "-";

/// The table: a row per step and a column per series, as many beside each other as fit into `room` columns. With one
/// step only, a row per series.
pub(super) fn table(answer: &Answer, clock: &Clock, room: usize) -> String {
    let names = Names::of(&answer.curves);
    let times: Vec<Timestamp> =
        answer.curves.first().map(|curve| curve.points().map(|(at, _)| at).collect()).unwrap_or_default();
    if times.len() == 1 { rows(answer, &names, room) } else { columns(answer, &names, &times, clock, room) }
}

fn shown(curve: &Curve, value: Option<f64>) -> String {
    value.map_or_else(|| NOTHING.to_owned(), |value| curve.unit.display(value))
}

fn rows(answer: &Answer, names: &Names, room: usize) -> String {
    let value = |curve: &Curve| shown(curve, curve.values().first().copied().flatten());
    let values: Vec<String> = answer.curves.iter().map(value).collect();
    let right = widest(values.iter());
    let left = widest(names.own.iter()).min(room.saturating_sub(right + 2)).max(8);
    let mut out = String::new();
    for (name, value) in names.own.iter().zip(values) {
        let name = cut(name, left);
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{name}{}{value:>right$}", " ".repeat(left - width(&name) + 2));
    }
    out
}

fn columns(answer: &Answer, names: &Names, times: &[Timestamp], clock: &Clock, room: usize) -> String {
    let first: Vec<String> =
        std::iter::once("time".to_owned()).chain(times.iter().map(|at| clock.show(*at))).collect();
    let left = widest(first.iter());
    let others: Vec<Vec<String>> =
        answer.curves.iter().zip(&names.own).map(|(curve, name)| column(curve, name)).collect();
    let mut out = String::new();
    let mut rest = others.as_slice();
    while !rest.is_empty() {
        let fitting = fitting(rest, room.saturating_sub(left));
        let (now, later) = rest.split_at(fitting);
        if !out.is_empty() {
            out.push('\n');
        }
        for (row, time) in first.iter().enumerate() {
            let mut line = format!("{time:<left$}");
            for column in now {
                let cell = column.get(row).map_or("", String::as_str);
                line.push_str(&" ".repeat(widest(column.iter()) - width(cell) + 2));
                line.push_str(cell);
            }
            out.push_str(&line);
            out.push('\n');
        }
        rest = later;
    }
    out
}

/// The name and the values.
fn column(curve: &Curve, name: &str) -> Vec<String> {
    let values = curve.values().iter().map(|value| shown(curve, *value));
    std::iter::once(cut(name, NAME)).chain(values).collect()
}

/// How many columns fit into the room: one at least.
fn fitting(columns: &[Vec<String>], room: usize) -> usize {
    let mut taken = 0;
    let fits = columns.iter().take_while(|column| {
        taken += widest(column.iter()) + 2;
        taken <= room
    });
    fits.count().max(1)
}

fn widest<'a>(texts: impl Iterator<Item = &'a String>) -> usize {
    texts.map(|text| width(text)).max().unwrap_or(0)
}
