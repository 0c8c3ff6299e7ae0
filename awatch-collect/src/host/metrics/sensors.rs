//! Sensors of the hardware.

use crate::Metric;

pub(in crate::host) const ID: &str = "hw.id";
pub(in crate::host) const NAME: &str = "hw.name";

pub(in crate::host) const TEMPERATURE: Metric = Metric::gauge(
    "hw.temperature",
    "Cel",
    &[ID, NAME],
    "Temperature by sensor. Read every `slow_interval`, and repeated in between.",
);
pub(in crate::host) const FAN_SPEED: Metric = Metric::gauge(
    "hw.fan.speed",
    "rpm",
    &[ID, NAME],
    "Turns of a fan in a minute. Read every `slow_interval`, and repeated in between.",
);
pub(super) const METRICS: &[Metric] = &[TEMPERATURE, FAN_SPEED];
