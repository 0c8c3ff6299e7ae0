//! The laws of a store, for any implementation to be tested against: the ones here and your own.
//!
//! [`check`] runs all of them; [`LAWS`] has them one by one, for a test each. Only the public interface of
//! `awatch-core` is used. Every law gets an empty store, and wants one that keeps at least two hours and 100,000
//! samples as they came. A law that is broken panics with its name and what was seen.
//!
//! # Example
//! ```
//! use awatch_store::{MemoryStoreConfig, conformance};
//! use std::time::Duration;
//!
//! conformance::check(|| {
//!     let config = MemoryStoreConfig::default().with_retention(Duration::from_secs(7200));
//!     Box::new(config.build().expect("the configuration is in range"))
//! });
//! ```

mod answers;
mod concurrency;
mod housekeeping;
mod identity;
mod order;
mod trial;

use awatch_core::Store;

use trial::Trial;

/// Something every store has to keep to.
#[derive(Clone, Copy, Debug)]
pub struct Law {
    name: &'static str,
    run: fn(&Trial<'_>),
}

/// All laws.
pub const LAWS: &[Law] = &[
    Law { name: "what was appended is found by the next scan", run: answers::found_by_the_next_scan },
    Law { name: "numbers come back bit for bit", run: answers::bit_for_bit },
    Law { name: "a query has its start and not its end", run: answers::start_and_not_end },
    Law { name: "a query that ends before it starts is refused", run: answers::swapped_range },
    Law { name: "one range in one piece or in many gives the same", run: answers::pieces },
    Law { name: "a matcher chooses the series", run: answers::chosen_series },
    Law { name: "series are listed sorted by key", run: answers::series },
    Law { name: "of one instant the last appended sample stays", run: order::last_appended_stays },
    Law { name: "late samples find their place", run: order::late_samples },
    Law {
        name: "a clock that jumps back changes nothing but what it tells again",
        run: order::clock_jumps_back,
    },
    Law { name: "times need no grid", run: order::no_grid },
    Law { name: "an id means what its registry says", run: identity::registries },
    Law { name: "a series that cannot be resolved is rejected and counted", run: identity::unresolved },
    Law {
        name: "deleting removes only what is before the cutoff, and counts it",
        run: housekeeping::delete_before,
    },
    Law { name: "usage counts what is held", run: housekeeping::usage },
    Law { name: "flushing and housekeeping lose nothing", run: housekeeping::nothing_lost },
    Law {
        name: "readers beside a writer see every sample from its append on",
        run: concurrency::readers_and_a_writer,
    },
];

/// Runs every law on a store made for it.
///
/// # Panics
/// When a law is broken.
pub fn check(make: impl Fn() -> Box<dyn Store>) {
    for law in LAWS {
        law.check(&*make());
    }
}

impl Law {
    /// The law in words.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Holds an empty store to it.
    ///
    /// # Panics
    /// When it is broken.
    pub fn check(&self, store: &dyn Store) {
        (self.run)(&Trial::new(self.name, store));
    }
}
