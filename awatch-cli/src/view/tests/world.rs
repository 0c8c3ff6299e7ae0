//! A machine that is the same each time: two minutes of small waves, then a busy processor.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use awatch::detect::threshold::{Rule, Threshold};
use awatch::detect::zscore::ZScore;
use awatch::store::MemoryStoreConfig;
use awatch::{Engine, Interval, Name, Record, Severity, Store, Target, Timestamp, Unit};
use ratatui::layout::Size;

use super::super::app::{About, App, Data, Own};
use super::super::source::Mode;

pub(super) const START: Timestamp = Timestamp::from_nanos(1_800_000_000_000_000_000);
/// The tick at which the processor becomes busy.
pub(super) const BUSY: u64 = 140;
pub(super) const TICKS: u64 = 150;

/// An engine and what it told.
pub(super) struct World {
    engine: Engine,
    told: Arc<Mutex<Vec<awatch::Event>>>,
    store: Arc<dyn Store>,
}

impl World {
    pub(super) fn new() -> Self {
        let rule = Rule::on("system.filesystem.*".parse().unwrap())
            .with_name("nearly full")
            .with_above(0.9)
            .with_severity(Severity::Critical);
        let told = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&told);
        let engine = awatch::engine(Target::new("web-1").unwrap())
            .store(MemoryStoreConfig::default().build().unwrap())
            .watch("unusual", ZScore::default().build().unwrap())
            .watch("limits", Threshold::default().with_rule(rule).build().unwrap())
            .sink(awatch::sink::from_fn("test", move |event| heard.lock().unwrap().push(event.clone())))
            .build()
            .unwrap();
        let store = engine.handle().store().unwrap();
        Self { engine, told, store }
    }

    pub(super) fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// One second of the machine, and what the view gets of it.
    pub(super) fn tick(&mut self, tick: u64) -> Data {
        let at = START.plus(Duration::from_secs(tick));
        let mut batch = self.engine.batch(Name::new("host").unwrap(), Interval::SECOND, at);
        let wave = |length: f64, phase: f64| ((tick as f64 + phase) / length).sin();
        let busy = if tick >= BUSY { 0.9 } else { 0.05 + 0.02 * wave(3.0, 0.0) + 0.01 * wave(1.3, 0.5) };
        batch.gauge("system.cpu.utilization", [], &Unit::RATIO, busy).unwrap();
        batch.gauge("system.cpu.logical.count", [], &Unit::count("cpu"), 12.0).unwrap();
        for core in 0..12 {
            let labels = [("cpu", &*core.to_string())];
            let share = 0.5 + 0.1 * wave(5.0, f64::from(core));
            batch.gauge("system.cpu.core.utilization", labels, &Unit::RATIO, share).unwrap();
        }
        for (name, level) in [("1m", 0.8), ("5m", 0.6), ("15m", 0.4)] {
            let metric = format!("system.cpu.load_average.{name}");
            batch.gauge(&metric, [], &Unit::count("thread"), level + 0.05 * wave(9.0, level)).unwrap();
        }
        let used = 6e9 + 1e8 * wave(17.0, 0.0);
        batch.gauge("system.memory.usage", [("system.memory.state", "used")], &Unit::BYTES, used).unwrap();
        batch.gauge("system.memory.utilization", [], &Unit::RATIO, used / 16e9).unwrap();
        for (mount, full) in [("/", 0.41), ("/var", if tick >= TICKS - 3 { 0.97 } else { 0.85 })] {
            let labels = [("system.device", "sda1"), ("system.filesystem.mountpoint", mount)];
            batch.gauge("system.filesystem.utilization", labels, &Unit::RATIO, full).unwrap();
        }
        for (direction, rate) in [("receive", 40_000.0), ("transmit", 9_000.0)] {
            let labels = [("network.interface.name", "eth0"), ("network.io.direction", direction)];
            let total = rate * (tick as f64 + 0.2 * wave(2.0, rate));
            batch.counter("system.network.io", labels, &Unit::BYTES, total).unwrap();
        }
        for (pid, name, cpu, rss) in
            [("1", "init", 0.0, 9e6), ("812", "postgres", 0.31, 8e8), ("4711", "web", busy, 2e8)]
        {
            let fields = [("pid", pid.to_owned()), ("name", name.to_owned()), ("user", "root".to_owned())];
            let numbers = [("cpu", cpu), ("rss", rss), ("io", cpu * 1e6)]
                .map(|(name, number)| (name, number.to_string()));
            let fields =
                fields.into_iter().chain(numbers).map(|(field, text)| (Name::new(field).unwrap(), text));
            batch.record(Record { kind: Name::new("process").unwrap(), fields: fields.collect() });
        }
        self.engine.step(&batch, at).unwrap();
        self.engine.advance_to(at.plus(Duration::from_millis(300)));
        let events = std::mem::take(&mut *self.told.lock().unwrap());
        Data {
            snapshot: Some(self.engine.snapshot()),
            events,
            own: Own { cpu_share: Some(0.0023), resident: Some(14 << 20) },
            mode: Mode::live(),
            uptime: Duration::from_secs(tick),
            wall: at,
        }
    }
}

/// The view before there is anything to see.
pub(super) fn empty() -> App {
    let about = About {
        target: "web-1".to_owned(),
        interval: Interval::SECOND,
        notices: vec!["awatch: limits starts without history: it has other rules".to_owned()],
    };
    App::new(about, Size { width: 80, height: 24 })
}

/// The view after two and a half minutes.
pub(super) fn app() -> App {
    let (mut world, mut app) = (World::new(), empty());
    for tick in 1..=TICKS {
        let data = world.tick(tick);
        app.data(data);
    }
    // How long a step took is different each time.
    app.flow.step = Duration::from_micros(180);
    app
}
