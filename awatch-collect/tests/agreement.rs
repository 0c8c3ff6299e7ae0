//! What the collectors say beside what the system's own tools say at the same moment.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that fails should panic")]

mod machine;

use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use awatch_collect::{HostConfig, ProcessesConfig};
use machine::{Asked, agrees, tool};

const KIB: f64 = 1024.0;

fn host() -> Asked<awatch_collect::Host> {
    Asked::new(HostConfig::default().with_slow_interval(Duration::ZERO).build().unwrap())
}

fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok()
}

/// The number in the line of `vmstat -s` that ends in `name`.
fn vmstat(name: &str) -> Option<f64> {
    let text = tool("vmstat", &["-s"])?;
    let line = text.lines().find(|line| line.trim_end().ends_with(name));
    number(line?.split_whitespace().next()?)
}

#[test]
fn vmstat_counts_the_same() {
    let mut host = host();
    let ticks = rustix::param::clock_ticks_per_second() as f64;
    for (series, name, factor) in [
        ("system.memory.limit", "K total memory", KIB),
        ("system.memory.usage{system.memory.state=\"free\"}", "K free memory", KIB),
        ("system.memory.usage{system.memory.state=\"buffers\"}", "K buffer memory", KIB),
        ("system.linux.interrupts", "interrupts", 1.0),
        ("system.linux.context_switches", "CPU context switches", 1.0),
        ("system.process.created", "forks", 1.0),
        ("system.linux.paging.io{system.paging.direction=\"in\"}", "K paged in", KIB),
        ("system.linux.paging.io{system.paging.direction=\"out\"}", "K paged out", KIB),
        ("system.paging.operations{system.paging.direction=\"in\"}", "pages swapped in", 1.0),
        ("system.cpu.time{cpu.mode=\"user\"}", "non-nice user cpu ticks", 1.0 / ticks),
        ("system.cpu.time{cpu.mode=\"system\"}", "system cpu ticks", 1.0 / ticks),
        ("system.cpu.time{cpu.mode=\"idle\"}", "idle cpu ticks", 1.0 / ticks),
        ("system.cpu.time{cpu.mode=\"steal\"}", "stolen cpu ticks", 1.0 / ticks),
    ] {
        // Versions of vmstat differ in how they call what is paged.
        let told =
            || vmstat(name).or_else(|| vmstat(name.trim_start_matches("K "))).map(|told| told * factor);
        agrees(&mut host, series, 1e-6, told);
    }
}

#[test]
fn iostat_counts_the_same() {
    let mut host = host();
    let _ = host.tick();
    let values = host.values();
    let device = values.keys().find_map(|series| {
        series.strip_prefix("system.disk.io_time{system.device=\"").and_then(|rest| rest.strip_suffix("\"}"))
    });
    let Some(device) = device.map(str::to_owned) else {
        println!("skipped: this machine has no disk");
        return;
    };
    let column = |name: &str| {
        let text = tool("iostat", &["-d", "-k", &device])?;
        let heading = text.lines().find(|line| line.starts_with("Device"))?;
        let at = heading.split_whitespace().position(|column| column == name)?;
        let line = text.lines().find(|line| line.split_whitespace().next() == Some(&device))?;
        number(line.split_whitespace().nth(at)?).map(|kib| kib * KIB)
    };
    let io = |direction: &str| {
        format!("system.disk.io{{disk.io.direction=\"{direction}\",system.device=\"{device}\"}}")
    };
    // It rounds down to whole kibibytes.
    agrees(&mut host, &io("read"), KIB, || column("kB_read"));
    agrees(&mut host, &io("write"), KIB, || column("kB_wrtn"));
}

#[test]
fn df_says_the_same() {
    let mut host = host();
    let _ = host.tick();
    let values = host.values();
    let labels = values.keys().find_map(|series| series.strip_prefix("system.filesystem.utilization"));
    let Some(labels) = labels.map(str::to_owned) else {
        println!("skipped: this machine has no file system on a device");
        return;
    };
    let point = labels.rsplit_once("mountpoint=\"").unwrap().1.trim_end_matches("\"}").to_owned();
    let df =
        |column: &str| number(tool("df", &["-B1", &format!("--output={column}"), &point])?.lines().nth(1)?);
    let with_state = |metric: &str, state: &str| {
        format!("{metric}{},system.filesystem.state=\"{state}\"}}", labels.trim_end_matches('}'))
    };
    agrees(&mut host, &with_state("system.filesystem.usage", "used"), 0.0, || df("used"));
    agrees(&mut host, &with_state("system.filesystem.usage", "free"), 0.0, || df("avail"));
    if values.contains_key(&with_state("system.filesystem.inodes.usage", "used")) {
        agrees(&mut host, &with_state("system.filesystem.inodes.usage", "used"), 0.0, || df("iused"));
    }
}

#[test]
fn ss_counts_the_same_connections() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let _kept: Vec<_> =
        (0..5).map(|_| (TcpStream::connect(address).unwrap(), listener.accept().unwrap())).collect();
    // One that the other side has closed.
    let _half_closed = (TcpStream::connect(address).unwrap(), drop(listener.accept().unwrap()));
    let mut host = host();
    for (state, name) in [
        ("established", "ESTAB"),
        ("listen", "LISTEN"),
        ("close_wait", "CLOSE-WAIT"),
        ("fin_wait_2", "FIN-WAIT-2"),
        ("time_wait", "TIME-WAIT"),
        ("syn_sent", "SYN-SENT"),
    ] {
        let series = format!(
            "system.network.connection.count{{network.connection.state=\"{state}\",network.transport=\"tcp\"}}"
        );
        agrees(&mut host, &series, 0.0, || {
            let text = tool("ss", &["-Htan"])?;
            Some(text.lines().filter(|line| line.split_whitespace().next() == Some(name)).count() as f64)
        });
    }
    let established =
        "system.network.connection.count{network.connection.state=\"established\",network.transport=\"tcp\"}";
    assert!(host.value(established) >= 10.0);
}

/// Reads the number after `name` in a file of `/proc`, in the line that begins with `line`.
fn proc(file: &str, line: &str, field: usize) -> Option<f64> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().rfind(|text| text.trim_start().starts_with(line))?;
    number(line.split_whitespace().nth(field)?)
}

#[test]
fn the_kernel_says_the_same() {
    let mut host = host();
    agrees(&mut host, "system.uptime", 0.02, || proc("/proc/uptime", "", 0));
    agrees(&mut host, "system.cpu.load_average.1m", 0.0, || proc("/proc/loadavg", "", 0));
    // Who reads it has it open.
    agrees(&mut host, "system.linux.file_handle.count", 1.0, || proc("/proc/sys/fs/file-nr", "", 0));
    agrees(&mut host, "system.memory.linux.mapped", 0.0, || Some(proc("/proc/meminfo", "Mapped:", 1)? * KIB));
    agrees(&mut host, "system.memory.linux.dirty", 0.0, || Some(proc("/proc/meminfo", "Dirty:", 1)? * KIB));
    agrees(&mut host, "system.linux.page.freed", 0.0, || proc("/proc/vmstat", "pgfree ", 1));
    agrees(&mut host, "system.network.linux.sockets.open", 0.0, || proc("/proc/net/sockstat", "sockets:", 2));
    let segments = "system.network.tcp.segments{network.io.direction=\"receive\"}";
    agrees(&mut host, segments, 0.0, || proc("/proc/net/snmp", "Tcp:", 10));
    let interfaces: Vec<_> = host
        .values()
        .into_keys()
        .filter(|series| series.starts_with("system.network.io{") && series.ends_with("\"receive\"}"))
        .collect();
    for series in interfaces {
        let name = series.split('"').nth(1).unwrap().to_owned();
        agrees(&mut host, &series, 0.0, || {
            let text = std::fs::read_to_string("/proc/net/dev").ok()?;
            let line = text.lines().find_map(|line| line.trim_start().strip_prefix(&format!("{name}:")))?;
            number(line.split_whitespace().next()?)
        });
    }
}

#[test]
fn ps_sees_the_same_processes() {
    let mut processes = Asked::new(ProcessesConfig::default().with_top(1000).build().unwrap());
    let states = [("sleeping", "S"), ("blocked", "D"), ("idle", "I"), ("stopped", "Tt"), ("defunct", "ZX")];
    // It sees itself, and the processes of other tests come and go.
    let slack = 2.0;
    for (state, letters) in states {
        let series = format!("system.process.count{{process.state=\"{state}\"}}");
        agrees(&mut processes, &series, slack, || {
            let text = tool("ps", &["-eo", "stat="])?;
            let among = |line: &&str| line.chars().next().is_some_and(|letter| letters.contains(letter));
            Some(text.lines().filter(among).count() as f64)
        });
    }
    agrees(&mut processes, "system.thread.count", slack, || {
        Some(tool("ps", &["-eo", "nlwp="])?.lines().filter_map(number).sum())
    });

    let own = std::process::id().to_string();
    let told = |processes: &mut Asked<_>, field: &str| {
        let _ = processes.tick();
        let of = |record: &awatch_core::Record, name: &str| {
            record.fields.iter().find(|(own, _)| *own == name).map(|(_, text)| text.clone())
        };
        let record = processes.out.records().iter().find(|record| of(record, "pid").as_deref() == Some(&own));
        of(record.unwrap(), field)
    };
    if let Some(line) = tool("ps", &["-o", "user:32=,comm=", "-p", &own]) {
        let (user, name) = line.trim().split_once(' ').unwrap();
        assert_eq!(told(&mut processes, "user").as_deref(), Some(user));
        assert_eq!(told(&mut processes, "name").as_deref(), Some(name.trim()));
        let rss = tool("ps", &["-o", "rss=", "-p", &own]).as_deref().and_then(number).unwrap() * KIB;
        let ours = number(&told(&mut processes, "rss").unwrap()).unwrap();
        assert!((ours - rss).abs() < 0.2 * rss, "{ours} and {rss}");
    }
}
