//! Traffic of network interfaces.

use awatch_core::CollectError;
use sysinfo::{NetworkData, Networks};

use super::{Source, opened};
use crate::Metric;
use crate::host::bound::Bound;
use crate::host::metrics::network::{DIRECTION, ERRORS, INTERFACE, IO, LEFT_OUT, PACKETS};
use crate::host::{Filter, HostConfig};
use crate::listing::Listing;
use crate::output::{Output, Slot};

const METRICS: [&Metric; 3] = [&IO, &PACKETS, &ERRORS];

#[derive(Debug)]
struct Interface {
    name: String,
    received: [Slot; 3],
    transmitted: [Slot; 3],
}

impl Interface {
    fn push(&mut self, data: &NetworkData, out: &mut Output<'_>) {
        let received =
            [data.total_received(), data.total_packets_received(), data.total_errors_on_received()];
        let transmitted =
            [data.total_transmitted(), data.total_packets_transmitted(), data.total_errors_on_transmitted()];
        let directions =
            [("receive", &mut self.received, received), ("transmit", &mut self.transmitted, transmitted)];
        for (direction, slots, numbers) in directions {
            let labels = [(INTERFACE, self.name.as_str()), (DIRECTION, direction)];
            for ((slot, metric), number) in slots.iter_mut().zip(METRICS).zip(numbers) {
                out.push(slot, metric, &labels, number as f64);
            }
        }
    }
}

/// Collects the traffic of interfaces.
#[derive(Debug)]
pub(super) struct Network {
    all: Option<Networks>,
    filter: Filter,
    known: Listing<Interface>,
    bound: Bound,
}

impl Network {
    pub(super) fn new(config: &HostConfig) -> Self {
        let remedy = "raise `max_interfaces`, or narrow `interfaces`";
        Self {
            all: None,
            filter: config.interfaces.clone(),
            known: Listing::new(config.max_interfaces),
            bound: Bound::new("interfaces", config.max_interfaces, remedy, &LEFT_OUT),
        }
    }
}

impl Source for Network {
    fn collect(&mut self, out: &mut Output<'_>) -> Result<(), CollectError> {
        let all = opened(&mut self.all, "network interfaces", Networks::new)?;
        all.refresh(true);
        let mut found: Vec<_> = all.iter().collect();
        found.sort_unstable_by_key(|(name, _)| *name);
        self.known.begin();
        for (name, data) in found {
            let make = |name: &str| {
                self.filter.matches(name).then(|| Interface {
                    name: name.to_owned(),
                    received: Default::default(),
                    transmitted: Default::default(),
                })
            };
            if let Some(interface) = self.known.next(name.to_string_lossy().as_bytes(), make) {
                interface.push(data, out);
            }
        }
        self.bound.left_out(self.known.end(), out)
    }
}
