//! `awatch query`.

mod args;
mod clock;
mod csv;
mod json;
mod list;
mod names;
mod source;
mod spark;
mod table;

use std::io::IsTerminal;
use std::time::Duration;

use awatch::store::query::moment::Reference;
use awatch::store::query::{Across, Aggregation, Answer, By, Request, extents, step_for};
use awatch::{Interval, Kind, Matcher, Timestamp};

pub(crate) use self::args::{EXAMPLES, QueryArgs};
use self::args::{Format, Moment, Shared, Step};
use self::clock::Clock;
use self::names::Names;
use self::source::Source;
use crate::failure::Failure;
use crate::{columns, say};

/// The most steps unless told otherwise.
const STEPS: usize = 60;

/// Answers from history.
pub(crate) fn query(args: &QueryArgs) -> Result<(), Failure> {
    let matchers = matchers(args)?;
    let source = source::open(&args.files, &matchers)?;
    let (first, end) = source.span.ok_or(Failure::NoSamples)?;
    if source.rejected > 0 {
        let rejected = source.rejected;
        say::err(&format!("awatch: {rejected} samples left out: more than 3650 days older than the newest"));
    }
    let reference = clock::reference(end, args.local);
    let start = read(args.from.as_ref(), &reference, first)?;
    let end = read(args.to.as_ref(), &reference, end)?;
    let usual = if std::io::stdout().is_terminal() { Format::Table } else { Format::Json };
    let format = args.format.unwrap_or(usual);
    let asked = Asked { args, matchers, start, end, reference, format };
    if args.list { asked.list(&source) } else { asked.answer(&source) }
}

/// A question, understood.
struct Asked<'a> {
    args: &'a QueryArgs,
    matchers: Vec<Matcher>,
    start: Timestamp,
    end: Timestamp,
    reference: Reference,
    format: Format,
}

impl Asked<'_> {
    fn list(&self, source: &Source) -> Result<(), Failure> {
        let mut extents = extents(&*source.store, &self.matchers, self.start, self.end)?;
        let all = extents.len();
        extents.truncate(self.limit().unwrap_or(all));
        say::out(&match self.format {
            Format::Csv => csv::list(&extents, |at| self.iso(at)),
            Format::Json => json::list(&extents, |at| self.iso(at)),
            Format::Table | Format::Spark => {
                list::list(&extents, self.reference, self.args.local, columns::room())
            }
        });
        if all == 0 {
            self.tell_nothing(0);
        }
        tell_left_out(all - extents.len());
        Ok(())
    }

    fn answer(&self, source: &Source) -> Result<(), Failure> {
        let request = self.request(source)?;
        let answer = request.run(&*source.store)?;
        say::out(&match self.format {
            Format::Csv => csv::answer(&answer, |at| self.iso(at)),
            Format::Json => json::answer(&answer, (self.start, self.end), |at| self.iso(at)),
            Format::Table | Format::Spark => self.for_people(&answer),
        });
        if answer.curves.is_empty() {
            self.tell_nothing(answer.without_values);
        }
        tell_left_out(answer.left_out);
        Ok(())
    }

    fn request(&self, source: &Source) -> Result<Request, Failure> {
        let mut request = Request::new(self.start, self.end).with_over_time(self.args.over_time);
        request.matchers.clone_from(&self.matchers);
        request.limit = self.limit();
        request.across = across(self.args);
        request.step = match self.args.step {
            Some(Step::All) => None,
            Some(Step::Of(step)) => Some(step),
            None => Some(self.usual_step(source)?),
        };
        Ok(request)
    }

    /// A step with which there are not too many, and which is not shorter than the time between two samples.
    fn usual_step(&self, source: &Source) -> Result<Duration, Failure> {
        let mut shortest: Option<Duration> = None;
        for matcher in self.matchers.iter().chain(self.matchers.is_empty().then(Matcher::all).iter()) {
            let series = source.store.series(matcher)?;
            let least = series.iter().map(|meta| meta.interval.as_duration()).min();
            shortest = shortest.into_iter().chain(least).min();
        }
        let span = self.end.since(self.start).unwrap_or_default();
        let shortest = shortest.unwrap_or(Interval::SECOND.as_duration());
        Ok(step_for(span, STEPS - 1).max(shortest))
    }

    /// A title and the table or the curves.
    fn for_people(&self, answer: &Answer) -> String {
        let Some(curve) = answer.curves.first() else { return String::new() };
        let mut times = curve.points().map(|(at, _)| at);
        let first = times.next().unwrap_or(self.start);
        let last = times.next_back().unwrap_or(first);
        let clock = Clock::new(self.reference, self.args.local, (first, last), answer.step);
        let room = columns::room();
        let across = curve.across.map(|across| format!(", {across} across {} series", members(answer)));
        let step = match self.args.step {
            Some(Step::All) => format!("from {} to {}", clock.show(self.start), clock.show(self.end)),
            _ => format!("per {}", clock::length(answer.step)),
        };
        let what =
            format!("{} {step}{}, {}", curve.over_time, across.unwrap_or_default(), clock.title(first));
        let shared = Names::of(&answer.curves).title;
        let title = if shared.is_empty() { what } else { format!("{shared}: {what}") };
        let body = match self.format {
            Format::Spark => spark::spark(answer, room),
            _ => table::table(answer, &clock, room),
        };
        format!("{title}\n{body}")
    }

    fn tell_nothing(&self, without_values: usize) {
        let range = format!("from {} to {}", self.iso(self.start), self.iso(self.end));
        say::err(&match without_values {
            0 => "awatch: no series matches; `awatch query --list` with the same file shows those there are"
                .to_owned(),
            some => format!("awatch: {some} series match, and none has a value {range}"),
        });
    }

    fn limit(&self) -> Option<usize> {
        self.args.limit.and_then(|limit| usize::try_from(limit).ok())
    }

    fn iso(&self, at: Timestamp) -> String {
        clock::iso(&self.reference, self.args.local, at)
    }
}

/// The patterns, with the target where one is given.
fn matchers(args: &QueryArgs) -> Result<Vec<Matcher>, Failure> {
    let Some(target) = &args.target else { return Ok(args.patterns.clone()) };
    let given: Vec<String> = match args.patterns.as_slice() {
        [] => vec!["*".to_owned()],
        patterns => patterns.iter().map(ToString::to_string).collect(),
    };
    let with_target = |pattern: &String| {
        let path = pattern.split_once('{').map_or(pattern.as_str(), |(path, _)| path);
        if path.contains('/') {
            return Err(Failure::TargetTwice { pattern: pattern.clone(), target: target.clone() });
        }
        Ok(format!("{target}/{pattern}").parse()?)
    };
    given.iter().map(with_target).collect()
}

fn read(given: Option<&Moment>, reference: &Reference, otherwise: Timestamp) -> Result<Timestamp, Failure> {
    given.map_or(Ok(otherwise), |Moment(text)| Ok(reference.read(text)?))
}

/// What becomes of several series, when they are to become one.
fn across(args: &QueryArgs) -> Option<Across> {
    if args.across.is_none() && args.by.is_empty() {
        return None;
    }
    let also = args.by.iter().filter_map(|shared| match shared {
        Shared::Also(by) => Some(by.clone()),
        Shared::Metric => None,
    });
    let by: Vec<By> = also.collect();
    let aggregation = args.across.unwrap_or(match args.over_time {
        Aggregation::Rate | Aggregation::Count | Aggregation::Total => Aggregation::Sum,
        Aggregation::Last => Aggregation::Avg,
        other => other,
    });
    Some(Across { aggregation, by })
}

fn members(answer: &Answer) -> usize {
    answer.curves.iter().map(|curve| curve.members).sum()
}

fn tell_left_out(left_out: usize) {
    if left_out > 0 {
        say::err(&format!("awatch: {left_out} more are not shown; raise --limit to see them"));
    }
}

/// The name of a kind in files and lists.
fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Gauge => "gauge",
        Kind::CumulativeCounter => "counter",
        Kind::DeltaSum => "delta",
        _ => "other",
    }
}
