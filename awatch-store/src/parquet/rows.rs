//! Laying the samples of one layer over those of another.

use super::segment::Rows;

/// Lays `over` over `under`, both with ascending times: of one instant the sample of `over` stays.
pub(super) fn lay_over(under: &mut Rows, over: Rows) {
    let (Some(over_first), Some(over_last)) = (over.0.first(), over.0.last()) else { return };
    let (Some(first), Some(last)) = (under.0.first(), under.0.last()) else {
        *under = over;
        return;
    };
    if last < over_first {
        under.0.extend(over.0);
        under.1.extend(over.1);
    } else if over_last < first {
        let later = std::mem::replace(under, over);
        under.0.extend(later.0);
        under.1.extend(later.1);
    } else {
        *under = merged(under, &over);
    }
}

fn merged(under: &Rows, over: &Rows) -> Rows {
    let room = under.0.len() + over.0.len();
    let mut rows: Rows = (Vec::with_capacity(room), Vec::with_capacity(room));
    let mut push = |(at, value): (i64, f64)| {
        rows.0.push(at);
        rows.1.push(value);
    };
    let mut below = under.0.iter().copied().zip(under.1.iter().copied()).peekable();
    for (at, value) in over.0.iter().copied().zip(over.1.iter().copied()) {
        while let Some(sample) = below.next_if(|(below, _)| *below < at) {
            push(sample);
        }
        below.next_if(|(below, _)| *below == at);
        push((at, value));
    }
    below.for_each(push);
    rows
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn rows(times: &[i64], value: f64) -> Rows {
        (times.to_vec(), vec![value; times.len()])
    }

    proptest! {
        #[test]
        fn it_is_what_a_map_would_hold(
            under in prop::collection::btree_set(-20_i64..20, 0..15), over in prop::collection::btree_set(-20_i64..20, 0..15),
        ) {
            let [under, over]: [Vec<i64>; 2] = [under, over].map(|set| set.into_iter().collect());
            let mut map: BTreeMap<i64, f64> = under.iter().map(|at| (*at, 1.0)).collect();
            map.extend(over.iter().map(|at| (*at, 2.0)));
            let mut laid = rows(&under, 1.0);
            lay_over(&mut laid, rows(&over, 2.0));
            prop_assert_eq!(laid, map.into_iter().unzip());
        }
    }
}
