/// When a rule is broken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Condition {
    /// The value is above `limit`; over once it is at most `clear`.
    Above { limit: f64, clear: f64 },
    /// The value is below `limit`; over once it is at least `clear`.
    Below { limit: f64, clear: f64 },
    /// The value is outside of the limits.
    Outside { low: f64, high: f64 },
    /// The change per second is above `limit`; over once it is at most `clear`.
    RateAbove { limit: f64, clear: f64 },
    /// The change per second is below `limit`; over once it is at least `clear`.
    RateBelow { limit: f64, clear: f64 },
    /// There is no value.
    Absent,
}

impl Condition {
    pub(super) fn is_rate(self) -> bool {
        matches!(self, Self::RateAbove { .. } | Self::RateBelow { .. })
    }

    /// How far a value, or a change per second, is past the limit, in scales; not above zero within the limits.
    pub(super) fn distance(self, value: f64) -> f64 {
        let scale = |limit: f64| if limit.abs() > 0.0 { limit.abs() } else { 1.0 };
        let distance = match self {
            Self::Above { limit, .. } | Self::RateAbove { limit, .. } => (value - limit) / scale(limit),
            Self::Below { limit, .. } | Self::RateBelow { limit, .. } => (limit - value) / scale(limit),
            Self::Outside { low, high } => (low - value).max(value - high) / ((high - low) / 2.0),
            Self::Absent => 0.0,
        };
        distance.clamp(f64::MIN, f64::MAX)
    }

    /// Whether a value, or a change per second, ends what the rule told.
    pub(super) fn is_cleared(self, value: f64) -> bool {
        match self {
            Self::Above { clear, .. } | Self::RateAbove { clear, .. } => value <= clear,
            Self::Below { clear, .. } | Self::RateBelow { clear, .. } => value >= clear,
            Self::Outside { low, high } => (low..=high).contains(&value),
            Self::Absent => true,
        }
    }

    /// The limits on the value itself, lower and upper, NaN = none.
    pub(super) fn limits(self) -> (f64, f64) {
        match self {
            Self::Above { limit, .. } => (f64::NAN, limit),
            Self::Below { limit, .. } => (limit, f64::NAN),
            Self::Outside { low, high } => (low, high),
            Self::RateAbove { .. } | Self::RateBelow { .. } | Self::Absent => (f64::NAN, f64::NAN),
        }
    }
}
