use awatch_core::detect::{Contribution, Explanation};
use awatch_core::{ColumnKey, Row, Scores};

/// The answer to "why": one sentence and one contribution, whose size is the score.
pub(super) fn of(
    column: Option<&ColumnKey>,
    output: usize,
    row: Row<'_>,
    scores: &Scores,
    flat: bool,
) -> Explanation {
    let Some(column) = column else {
        return Explanation {
            sentence: format!("no series is bound at place {output}"),
            contributions: Vec::new(),
        };
    };
    let observed = row.values.get(output).copied().filter(|value| value.is_finite());
    let contribution = Contribution {
        column: column.clone(),
        contribution: scores.score(output).unwrap_or(0.0),
        observed,
        expected: scores.expected(output),
        lower: scores.lower(output),
        upper: scores.upper(output),
    };
    let sentence = sentence(column, &contribution, flat);
    Explanation { sentence, contributions: vec![contribution] }
}

/// `system.cpu.utilization is 98 %, usually 4 % (1 % to 9 %)`, as far as the numbers are known.
fn sentence(column: &ColumnKey, numbers: &Contribution, flat: bool) -> String {
    let show = |value: f64| column.unit.display(value);
    let Some(observed) = numbers.observed else { return format!("{column} has no value") };
    let (Some(expected), Some(lower), Some(upper)) = (numbers.expected, numbers.lower, numbers.upper) else {
        return format!("{column} is {}, with too little history to say what is usual", show(observed));
    };
    if flat {
        return format!("{column} is {}, was always {}", show(observed), show(expected));
    }
    format!("{column} is {}, usually {} ({} to {})", show(observed), show(expected), show(lower), show(upper))
}
