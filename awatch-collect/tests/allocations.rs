//! A tick in which nothing is new allocates nothing.
#![cfg(target_os = "linux")]
#![expect(
    unsafe_code,
    reason = "an allocator that counts cannot be written without; it only passes calls on"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::Arc;

use awatch_collect::HostConfig;
use awatch_collect::demo::{DemoConfig, Hosts, Scenario};
use awatch_core::{Collector, Interval, Name, Registry, SampleBatch, Target, Timestamp};

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn a_steady_tick_allocates_nothing() {
    let mut host = HostConfig::default().build().unwrap();
    let (source, target) = (Name::new("host").unwrap(), Target::new("here").unwrap());
    let registry = Arc::new(Registry::new(100_000));
    let mut out = SampleBatch::new(registry, source, target, Interval::SECOND, Timestamp::EPOCH);
    let mut counts = Vec::with_capacity(20);
    for secs in 0..20 {
        out.restart(Timestamp::from_secs(secs));
        let before = ALLOCATIONS.get();
        let result = host.collect(&mut out);
        counts.push(ALLOCATIONS.get() - before);
        if let Err(error) = result {
            println!("skipped: this machine cannot be read whole: {error}");
            return;
        }
    }
    assert!(counts.first() > Some(&0), "the count does not count");
    // Mounts and devices of the machine may change meanwhile, so not every tick is steady.
    assert_eq!(counts.iter().skip(2).min(), Some(&0), "{counts:?}");
}

#[test]
fn a_tick_of_a_demo_world_allocates_nothing() {
    let config = DemoConfig::default().with_hosts(Hosts::of(5)).with_incident(Scenario::Flapping);
    let mut demo = config.build().unwrap();
    let (source, target) = (Name::new("demo").unwrap(), Target::new("here").unwrap());
    let registry = Arc::new(Registry::new(100_000));
    let mut out = SampleBatch::new(registry, source, target, Interval::SECOND, Timestamp::EPOCH);
    for secs in 0..60 {
        out.restart(Timestamp::from_secs(secs));
        let before = ALLOCATIONS.get();
        demo.collect(&mut out).unwrap();
        assert!(ALLOCATIONS.get() == before || secs < 1, "tick {secs}");
    }
}
