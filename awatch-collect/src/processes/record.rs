//! A process as a record.

use awatch_core::series::NameError;
use awatch_core::{Name, Record};

use super::ranking::{Among, Demand};

/// Which process it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Who<'a> {
    pub(super) pid: u32,
    pub(super) name: &'a str,
    /// `None`: it is not known.
    pub(super) user: Option<&'a str>,
}

/// The names of a record's fields.
#[derive(Debug)]
pub(super) struct Fields {
    kind: Name,
    pid: Name,
    name: Name,
    user: Name,
    cpu: Name,
    rss: Name,
    read: Name,
    write: Name,
    top: Name,
}

impl Fields {
    pub(super) fn new() -> Result<Self, NameError> {
        Ok(Self {
            kind: Name::new("process")?,
            pid: Name::new("pid")?,
            name: Name::new("name")?,
            user: Name::new("user")?,
            cpu: Name::new("cpu")?,
            rss: Name::new("rss")?,
            read: Name::new("io.read")?,
            write: Name::new("io.write")?,
            top: Name::new("top")?,
        })
    }

    /// The record of a process.
    pub(super) fn record(&self, who: &Who<'_>, demand: &Demand, among: Among) -> Record {
        let [read, write] = demand.io.map_or([None, None], |io| io.map(|bytes| Some(format!("{bytes:.0}"))));
        let fields = [
            (&self.pid, Some(who.pid.to_string())),
            (&self.name, Some(who.name.to_owned())),
            (&self.user, who.user.map(str::to_owned)),
            (&self.cpu, demand.cpu.map(|cpu| format!("{cpu:.4}"))),
            (&self.rss, Some(demand.rss.to_string())),
            (&self.read, read),
            (&self.write, write),
            (&self.top, Some(among.names())),
        ];
        let known = fields.into_iter().filter_map(|(name, text)| Some((name.clone(), text?)));
        Record { kind: self.kind.clone(), fields: known.collect() }
    }
}

impl Among {
    fn names(self) -> String {
        let names = [("cpu", self.cpu), ("memory", self.memory), ("io", self.io)];
        let names: Vec<_> = names.into_iter().filter(|(_, among)| *among).map(|(name, _)| name).collect();
        names.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(record: &Record) -> String {
        let fields: Vec<_> = record.fields.iter().map(|(name, text)| format!("{name}={text}")).collect();
        format!("{}: {}", record.kind, fields.join(" | "))
    }

    #[test]
    fn what_is_not_known_is_not_there() {
        let fields = Fields::new().unwrap();
        let who = Who { pid: 7, name: "a b", user: Some("root") };
        let demand = Demand { cpu: Some(1.25), rss: 4096, io: Some([10.4, 0.0]) };
        let among = Among { cpu: true, memory: false, io: true };
        assert_eq!(
            text(&fields.record(&who, &demand, among)),
            "process: pid=7 | name=a b | user=root | cpu=1.2500 | rss=4096 | io.read=10 | io.write=0 | top=cpu io"
        );
        let demand = Demand { cpu: None, rss: 0, io: None };
        let who = Who { user: None, ..who };
        let among = Among { memory: true, ..Among::default() };
        assert_eq!(
            text(&fields.record(&who, &demand, among)),
            "process: pid=7 | name=a b | rss=0 | top=memory"
        );
    }
}
