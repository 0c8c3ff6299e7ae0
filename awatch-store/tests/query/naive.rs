//! The table of the documentation, word for word, on lists.

use awatch_core::Kind;
use awatch_store::query::Aggregation;

use crate::listed::Samples;

/// What a sample stands for: an amount over a span of seconds (of one, for levels).
fn seen(kind: Kind, aggregation: Aggregation, samples: &Samples) -> Vec<(i64, f64, f64)> {
    let samples: Samples = samples.iter().filter(|(_, value)| value.is_finite()).copied().collect();
    let level =
        matches!(aggregation, Aggregation::Count | Aggregation::Total) || kind != Kind::CumulativeCounter;
    if level {
        return samples.iter().map(|(at, value)| (*at, *value, 1.0)).collect();
    }
    let grown = |pair: &[(i64, f64)]| {
        let [(then, before), (at, after)] = pair else { return None };
        let over = at - then;
        (over <= 60 && after >= before).then_some((*at, after - before, over as f64))
    };
    samples.windows(2).filter_map(grown).collect()
}

/// The value of one step of a series whose interval is a second, from all its samples there are.
pub(crate) fn value(
    kind: Kind,
    aggregation: Aggregation,
    samples: &Samples,
    (start, end): (i64, i64),
) -> Option<f64> {
    let mut here = seen(kind, aggregation, samples);
    here.retain(|(at, _, _)| (start..end).contains(at));
    let mut numbers: Vec<f64> = here.iter().map(|(_, amount, span)| amount / span).collect();
    let last = *numbers.last()?;
    let (amount, span) = here.iter().fold((0.0, 0.0), |sum, one| (sum.0 + one.1, sum.1 + one.2));
    numbers.sort_by(f64::total_cmp);
    Some(match aggregation {
        Aggregation::Avg | Aggregation::Rate => amount / span,
        Aggregation::Sum => amount,
        Aggregation::Min => numbers[0],
        Aggregation::Max => numbers[numbers.len() - 1],
        Aggregation::Count => numbers.len() as f64,
        Aggregation::Last | Aggregation::Total => last,
        Aggregation::Quantile(quantile) => {
            let place = quantile.share() * (numbers.len() - 1) as f64;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a place in the list"
            )]
            let (low, high) = (numbers[place.floor() as usize], numbers[place.ceil() as usize]);
            low + (high - low) * place.fract()
        }
        other => panic!("{other} has no definition here"),
    })
}
