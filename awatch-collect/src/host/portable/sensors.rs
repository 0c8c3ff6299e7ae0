//! Temperatures.

use awatch_core::CollectError;
use sysinfo::Components;

use super::{Source, opened};
use crate::host::HostConfig;
use crate::host::metrics::sensors::{ID, NAME, TEMPERATURE};
use crate::host::seldom::Seldom;
use crate::listing::Listing;
use crate::output::{Output, Slot};

const MAX_SENSORS: usize = 256;

#[derive(Debug)]
struct Sensor {
    name: String,
    slot: Slot,
}

/// Collects temperatures; nothing where the system has no sensors, or does not let this user read them.
#[derive(Debug)]
pub(super) struct Sensors {
    all: Option<Components>,
    seldom: Seldom,
    known: Listing<Sensor>,
}

impl Sensors {
    pub(super) fn new(config: &HostConfig) -> Self {
        Self { all: None, seldom: Seldom::new(config.slow_interval), known: Listing::new(MAX_SENSORS) }
    }
}

impl Source for Sensors {
    fn collect(&mut self, out: &mut Output<'_>) -> Result<(), CollectError> {
        let Ok(all) = opened(&mut self.all, "sensors", Components::new) else { return Ok(()) };
        if self.seldom.is_due(out.at()) {
            all.refresh(true);
        }
        self.known.begin();
        for component in all.iter() {
            let Some(temperature) = component.temperature().filter(|value| value.is_finite()) else {
                continue;
            };
            let make = |name: &str| Some(Sensor { name: name.to_owned(), slot: Slot::default() });
            if let Some(sensor) = self.known.next(component.label().as_bytes(), make) {
                let id = component.id().unwrap_or(&sensor.name);
                let labels = [(ID, id), (NAME, sensor.name.as_str())];
                out.push(&mut sensor.slot, &TEMPERATURE, &labels, f64::from(temperature));
            }
        }
        self.known.end();
        Ok(())
    }
}
