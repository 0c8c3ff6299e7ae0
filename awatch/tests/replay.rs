//! A synthetic day through the real parts: replayed, live on a simulated clock, killed and restored, the events are
//! the same to the byte.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use awatch::detect::decide::Policy;
use awatch::detect::threshold::Threshold;
use awatch::detect::zscore::ZScore;
use awatch::store::MemoryStoreConfig;
use awatch::{
    CollectError, Collector, Engine, EngineOptions, Event, Interval, Name, SampleBatch, Shutdown, SimClock,
    Sink, SinkError, Target, Timestamp, Unit,
};

const START: Timestamp = Timestamp::from_secs(1_800_000_000);
const DAY: i64 = 86_400;
const SOURCES: [&str; 2] = ["cpu", "web"];

/// Deterministic noise in −1..1, of the source, metric and second alone.
fn noise(seed: i64, second: i64) -> f64 {
    let mut x = (seed.wrapping_mul(0x9E37_79B9) ^ second.wrapping_mul(0x85EB_CA6B)).cast_unsigned();
    x = (x ^ (x >> 31)).wrapping_mul(0x7FB5_D329_728E_A185);
    x = (x ^ (x >> 27)).wrapping_mul(0x81DA_DEF4_BC2D_D44D);
    ((x >> 11) as f64 / (1_u64 << 52) as f64) - 1.0
}

/// The half-minute incidents: one every two hours, another metric each time.
fn incident(metric: i64, second: i64) -> bool {
    second % 7200 > 7000 && second % 7200 < 7030 && (second / 7200) % 5 == metric
}

/// What a source reports at a second; now and then it misses some.
fn report(source: usize, second: i64, out: &mut SampleBatch) -> Result<(), CollectError> {
    let rhythm = (second as f64 / DAY as f64 * std::f64::consts::TAU).sin();
    if source == 0 {
        let busy = 0.3 + 0.1 * rhythm + 0.02 * noise(1, second) + if incident(0, second) { 0.5 } else { 0.0 };
        out.gauge("system.cpu.utilization", [], &Unit::RATIO, busy)?;
        let used = 4e9 + 1e8 * rhythm + 1e6 * noise(2, second) + if incident(1, second) { 3e9 } else { 0.0 };
        out.gauge("system.memory.usage", [("state", "used")], &Unit::BYTES, used)?;
        // Starts again from zero every five hours.
        out.counter("system.disk.io", [("device", "sda")], &Unit::BYTES, ((second % 18_000) * 4096) as f64)?;
        let full = 0.7 + 0.25 * second as f64 / DAY as f64;
        out.gauge("system.filesystem.utilization", [("mountpoint", "/")], &Unit::RATIO, full)?;
    } else {
        let errors = if incident(2, second) { 9.0 } else { 0.0 };
        out.gauge("web.errors", [], &Unit::count("error"), errors)?;
        let latency = 0.02 + 0.002 * noise(3, second).abs() + if incident(3, second) { 0.2 } else { 0.0 };
        out.gauge("web.latency", [], &Unit::SECONDS, latency)?;
        for (seed, worker) in [(8, "a"), (9, "b"), (10, "c")] {
            if second % 600 != 17 {
                let load = 0.5 + 0.05 * noise(seed, second);
                out.gauge("web.worker.load", [("worker", worker)], &Unit::RATIO, load)?;
            }
        }
    }
    Ok(())
}

#[derive(Debug)]
struct Source {
    index: usize,
    end: i64,
    shutdown: Shutdown,
}

impl Collector for Source {
    fn name(&self) -> &str {
        SOURCES[self.index]
    }

    fn collect(&mut self, out: &mut SampleBatch) -> Result<(), CollectError> {
        let second = (out.at().as_nanos() - START.as_nanos()) / 1_000_000_000;
        if second == self.end {
            self.shutdown.trigger();
        }
        report(self.index, second, out)
    }
}

/// Keeps each event as its line of JSON.
#[derive(Clone, Debug, Default)]
struct Lines(Arc<Mutex<String>>);

impl Lines {
    fn text(&self) -> String {
        self.0.lock().unwrap().clone()
    }
}

impl Sink for Lines {
    fn name(&self) -> &'static str {
        "lines"
    }

    fn emit(&mut self, event: &Event) -> Result<(), SinkError> {
        let line =
            serde_json::to_string(event).map_err(|error| SinkError::permanent("writing JSON", error))?;
        let mut text = self.0.lock().unwrap();
        text.push_str(&line);
        text.push('\n');
        Ok(())
    }
}

const RULES: &str = r#"
[[rules]]
name = "disk-full"
metric = "system.filesystem.utilization"
above = 0.9
for = "5m"
severity = "high"
"#;

fn engine(lines: &Lines, collectors: Option<(i64, &Shutdown)>) -> Engine {
    let rules: Threshold = awatch::config::Table::parse("rules.toml", RULES).unwrap().deserialize().unwrap();
    let options = EngineOptions { self_metrics: false, event_queue: 100_000, ..EngineOptions::default() };
    let mut builder = Engine::builder(Target::new("web-1").unwrap())
        .clock(SimClock::new(START))
        .options(options)
        .store(MemoryStoreConfig::default().build().unwrap())
        .default_policy(Policy::default().build().unwrap())
        .watch("zscore", ZScore::default().build().unwrap())
        .watch("rules", rules.build().unwrap())
        .sink(lines.clone());
    if let Some((end, shutdown)) = collectors {
        for index in 0..SOURCES.len() {
            builder = builder.collector(Source { index, end, shutdown: shutdown.clone() });
        }
    }
    builder.build().unwrap()
}

fn replay(engine: &mut Engine, from: i64, to: i64) {
    for second in from..to {
        let at = START.plus(Duration::from_secs(second.unsigned_abs()));
        for (index, source) in SOURCES.iter().enumerate() {
            let mut batch = engine.batch(Name::new(source).unwrap(), Interval::SECOND, at);
            report(index, second, &mut batch).unwrap();
            engine.step(&batch, at).unwrap();
        }
    }
}

fn whole_day() -> String {
    let lines = Lines::default();
    replay(&mut engine(&lines, None), 0, DAY);
    lines.text()
}

/// The environment variable that makes this test program the process that is killed; its value is a folder.
const CHILD: &str = "AWATCH_TEST_REPLAY_FOLDER";

#[test]
fn a_day_replayed_live_and_killed_half_way_gives_the_same_bytes() {
    if let Some(folder) = std::env::var_os(CHILD) {
        be_killed(Path::new(&folder));
    }
    let day = whole_day();
    for kind in ["anomaly.opened", "anomaly.closed", "counter.reset", "health.changed"] {
        assert!(day.contains(&format!("\"kind\":\"{kind}\"")), "the day has some {kind}");
    }
    for found in ["system.cpu.utilization", "system.memory.usage", "web.errors", "web.latency", "disk-full"] {
        assert!(day.contains(found), "{found} was found");
    }
    assert_eq!(whole_day(), day, "replayed again");

    let (lines, shutdown) = (Lines::default(), Shutdown::new());
    engine(&lines, Some((DAY - 1, &shutdown))).run(&shutdown).unwrap();
    assert_eq!(lines.text(), day, "live, every plug-in on its own thread");

    assert_eq!(killed_and_restored(), day, "killed and restored");
}

/// Replays the first half in another process, kills that, and goes on from its checkpoint.
fn killed_and_restored() -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_day_replayed_live_and_killed_half_way_gives_the_same_bytes", "--nocapture"])
        .env(CHILD, folder.path())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let saved = folder.path().join("saved");
    while !saved.exists() {
        assert!(child.try_wait().unwrap().is_none(), "the process is still at work");
        std::thread::park_timeout(Duration::from_millis(20));
    }
    child.kill().unwrap();
    assert!(!child.wait().unwrap().success());
    let lines = Lines::default();
    lines.0.lock().unwrap().push_str(&std::fs::read_to_string(folder.path().join("events")).unwrap());
    let mut engine = engine(&lines, None);
    let restored = engine.restore_from(&saved).unwrap().unwrap();
    assert_eq!(restored.fresh, []);
    replay(&mut engine, DAY / 2, DAY);
    lines.text()
}

/// Replays half a day, saves, and goes on until killed.
fn be_killed(folder: &Path) -> ! {
    let lines = Lines::default();
    let mut engine = engine(&lines, None);
    replay(&mut engine, 0, DAY / 2);
    std::fs::write(folder.join("events"), lines.text()).unwrap();
    let temporary: PathBuf = folder.join("unfinished");
    std::fs::write(&temporary, engine.checkpoint().unwrap()).unwrap();
    std::fs::rename(temporary, folder.join("saved")).unwrap();
    let mut second = DAY / 2;
    loop {
        replay(&mut engine, second, second + 1);
        second += 1;
    }
}
