//! Temperatures and fans, from `/sys/class/hwmon` and `/sys/class/thermal`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use awatch_core::CollectError;

use super::Source;
use crate::Metric;
use crate::host::HostConfig;
use crate::host::metrics::sensors::{FAN_SPEED, ID, NAME, TEMPERATURE};
use crate::host::seldom::Seldom;
use crate::output::{Output, Slot};
use crate::procfs::{Buffer, ProcFile};

/// After how many readings the sensors are looked for anew.
const READINGS_PER_LISTING: u32 = 6;
/// No machine has more that are worth watching one by one.
const MAX_SENSORS: usize = 256;

#[derive(Debug)]
struct Sensor {
    id: String,
    name: String,
    metric: &'static Metric,
    /// What one of the number is in the metric's unit.
    scale: f64,
    file: ProcFile,
    path: PathBuf,
    slot: Slot,
    value: Option<f64>,
}

/// Collects what sensors measure; nothing where there are none. Some take milliseconds to answer, so they are asked now
/// and then only.
#[derive(Debug)]
pub(super) struct Sensors {
    folder: PathBuf,
    seldom: Seldom,
    known: Vec<Sensor>,
    readings: u32,
}

impl Sensors {
    pub(super) fn new(config: &HostConfig) -> Self {
        Self {
            folder: config.sys_root.join("class"),
            seldom: Seldom::new(config.slow_interval),
            known: Vec::new(),
            readings: 0,
        }
    }

    fn list(&mut self) {
        let mut found = hwmon(&self.folder.join("hwmon"));
        found.extend(thermal_zones(&self.folder.join("thermal")));
        let mut ids = BTreeSet::new();
        for sensor in &mut found {
            let plain = sensor.id.clone();
            let mut number = 1;
            while !ids.insert(sensor.id.clone()) {
                number += 1;
                sensor.id = format!("{plain}#{number}");
            }
        }
        found.truncate(MAX_SENSORS);
        let same = self.known.len() == found.len()
            && self
                .known
                .iter()
                .zip(&found)
                .all(|(known, found)| known.path == found.path && known.id == found.id);
        if !same {
            self.known = found;
        }
    }
}

impl Source for Sensors {
    fn collect(&mut self, out: &mut Output<'_>, buffer: &mut Buffer) -> Result<(), CollectError> {
        if self.seldom.is_due(out.at()) {
            if self.readings == 0 {
                self.list();
            }
            self.readings = (self.readings + 1) % READINGS_PER_LISTING;
            for sensor in &mut self.known {
                sensor.value = sensor.read(buffer);
            }
        }
        for sensor in &mut self.known {
            if let Some(value) = sensor.value {
                let labels = [(ID, sensor.id.as_str()), (NAME, sensor.name.as_str())];
                out.push(&mut sensor.slot, sensor.metric, &labels, value);
            }
        }
        Ok(())
    }
}

impl Sensor {
    fn new(id: String, name: String, metric: &'static Metric, scale: f64, path: PathBuf) -> Option<Self> {
        let (folder, file) = (path.parent()?, path.file_name()?.to_str()?);
        let file = ProcFile::new(folder, &[file]);
        Some(Self { id, name, metric, scale, file, path, slot: Slot::default(), value: None })
    }

    /// What it measures now. Sensors of devices that sleep, or that are broken, do not answer.
    fn read(&mut self, buffer: &mut Buffer) -> Option<f64> {
        let text = self.file.read_if_there(buffer).ok()??;
        let number: i64 = std::str::from_utf8(text).ok()?.trim().parse().ok()?;
        Some(number as f64 * self.scale)
    }
}

/// The sensors of chips: `hwmon0/temp1_input`, with what they are called.
fn hwmon(folder: &Path) -> Vec<Sensor> {
    let mut found = Vec::new();
    for chip in children(folder) {
        let chip_name = text(&chip.join("name")).unwrap_or_else(|| file_name(&chip));
        for path in children(&chip) {
            let file = file_name(&path);
            let Some(sensor) = file.strip_suffix("_input") else { continue };
            let (metric, scale) = match sensor.trim_end_matches(|c: char| c.is_ascii_digit()) {
                "temp" => (&TEMPERATURE, 1e-3),
                "fan" => (&FAN_SPEED, 1.0),
                _ => continue,
            };
            let label = text(&chip.join(format!("{sensor}_label")));
            let name = label.unwrap_or_else(|| chip_name.clone());
            found.extend(Sensor::new(format!("{chip_name}/{sensor}"), name, metric, scale, path));
        }
    }
    found
}

/// The zones whose temperature the kernel keeps in bounds.
fn thermal_zones(folder: &Path) -> Vec<Sensor> {
    let zone = |path: PathBuf| {
        let id = file_name(&path);
        let name = text(&path.join("type")).unwrap_or_else(|| id.clone());
        id.starts_with("thermal_zone")
            .then(|| Sensor::new(id, name, &TEMPERATURE, 1e-3, path.join("temp")))
            .flatten()
    };
    children(folder).into_iter().filter_map(zone).collect()
}

/// What is in a folder, sorted, shorter names first so that 10 follows 9; nothing where there is no such folder.
fn children(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort_by(|a, b| (a.as_os_str().len(), a).cmp(&(b.as_os_str().len(), b)));
    paths
}

fn text(path: &Path) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
