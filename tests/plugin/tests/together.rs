//! The three plug-ins in one live engine on a simulated clock, put together from a configuration file.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use awatch::config::Document;
use awatch::plugins::Plugins;
use awatch::store::BlockData;
use awatch::{
    CollectError, Collector, Event, EventKind, Matcher, Query, SampleBatch, Shutdown, SimClock, Store,
    Timestamp,
};
use outside_plugin::text_store::{TextConfig, TextStore};

const START: Timestamp = Timestamp::from_secs(1_800_000_000);
const MINUTES: i64 = 5;

/// Writes the file that the plug-in reads, as another program would, and ends the run.
#[derive(Debug)]
struct App {
    file: PathBuf,
    shutdown: Shutdown,
}

impl Collector for App {
    fn name(&self) -> &str {
        "app"
    }

    fn collect(&mut self, out: &mut SampleBatch) -> Result<(), CollectError> {
        let second = (out.at().as_nanos() - START.as_nanos()) / 1_000_000_000;
        if second >= MINUTES * 60 {
            self.shutdown.trigger();
        }
        // Load follows traffic, but for ten seconds it does not: each is as usual, and both together are not.
        let wave = (second as f64 / 5.0).sin();
        let broken = (200..210).contains(&second);
        let load = if broken { 0.5 - 0.4 * wave.signum() } else { 0.5 + 0.4 * wave };
        let text =
            format!("requests.rate={}\nload={load}\nrequests_total={}\n", 100.0 + 80.0 * wave, second * 10);
        let unavailable = |error| CollectError::unavailable("the file", error);
        std::fs::write(&self.file, text).map_err(unavailable)
    }
}

fn run(folder: &Path) -> Vec<Event> {
    let (state, history) = (folder.join("state"), folder.join("history"));
    std::fs::write(&state, "").unwrap();
    let text = format!(
        "version = 1\n\
         [engine]\nself_metrics = false\n\
         [target]\nid = \"shop\"\n\
         [[collector]]\nkind = \"key_values\"\nfile = {state:?}\nunits = {{ requests_total = \"{{request}}\" }}\n\
         [[detector]]\nkind = \"neighbours\"\nname = \"joint\"\nmemory = \"3m\"\n\
         [store]\nkind = \"text\"\nfile = {history:?}\n"
    );
    let mut plugins = Plugins::builtin();
    outside_plugin::register(&mut plugins).unwrap();
    let assembly = plugins.assemble(Document::parse("awatch.toml", &text).unwrap()).unwrap();

    let (shutdown, events) = (Shutdown::new(), Arc::new(Mutex::new(Vec::new())));
    let kept = Arc::clone(&events);
    let mut engine = assembly
        .into_builder()
        .clock(SimClock::new(START))
        .collector(App { file: state, shutdown: shutdown.clone() })
        .sink(awatch::sink::from_fn("kept", move |event| kept.lock().unwrap().push(event.clone())))
        .build()
        .unwrap();
    let summary = engine.run(&shutdown).unwrap();
    assert!(summary.left_behind.is_empty());
    events.lock().unwrap().clone()
}

#[test]
fn collected_detected_explained_and_stored() {
    let folder = tempfile::tempdir().unwrap();
    let events = run(folder.path());
    let opened: Vec<_> = events
        .iter()
        .filter_map(|event| match &event.kind {
            EventKind::AnomalyOpened { anomaly } => Some(anomaly),
            _ => None,
        })
        .collect();
    assert_eq!(opened.len(), 1, "{events:?}");

    assert_eq!((opened[0].watch.as_str(), opened[0].target.as_str()), ("joint", "shop"));
    let second = (opened[0].opened.as_nanos() - START.as_nanos()) / 1_000_000_000;
    assert!((200..210).contains(&second), "opened at second {second}");
    assert!(opened[0].sentence.starts_with("no row like this was seen lately: "), "{}", opened[0].sentence);
    let parts = &opened[0].members[0].contributions;
    assert_eq!(parts.len(), 3, "each of the three series has its part");
    let whole: f64 = parts.iter().map(|part| part.contribution).sum();
    assert!((whole - 1.0).abs() < 1e-9, "the parts make {whole}");

    // A new store on the same file has everything that was flushed.
    let config =
        TextConfig { file: folder.path().join("history"), retention: std::time::Duration::from_secs(86_400) };
    let store = TextStore::open(config).unwrap();
    let matcher: Matcher = "shop/load".parse().unwrap();
    let query = Query { matcher, start: START, end: START.plus(std::time::Duration::from_secs(200)) };
    let slices: Vec<_> = store.scan(&query).unwrap().map(Result::unwrap).collect();
    let BlockData::Raw { at, .. } = &slices[0].blocks[0].data else { panic!("no samples") };
    assert!(at.len() >= 198, "{} samples", at.len());
    assert_eq!(store.series(&Matcher::all()).unwrap().len(), 3);
}

#[test]
fn twice_the_same_bytes() {
    let text = || {
        let folder = tempfile::tempdir().unwrap();
        let events = run(folder.path());
        let history = std::fs::read_to_string(folder.path().join("history")).unwrap();
        (serde_json::to_string(&events).unwrap(), history)
    };
    assert_eq!(text(), text());
}
