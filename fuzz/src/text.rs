use awatch::config::Document;
use awatch::plugins::Plugins;
use awatch::store::ByteSize;
use awatch::{Labels, Matcher, Name, SeriesKey, Target, Timestamp};

/// A whole configuration: read by everything that reads one, but nothing is opened or started. A mistake is told with a
/// line that the text has.
pub fn config(data: &[u8]) {
    let lines = data.iter().filter(|byte| **byte == b'\n').count() + 1;
    let result = Document::parse_bytes("fuzz.toml", data)
        .and_then(|document| Plugins::builtin().assemble(document).map(drop));
    if let Err(error) = result {
        let place = error.location();
        assert!((1..=lines).contains(&place.line()), "line {} of {lines}", place.line());
        assert!(place.column() >= 1, "columns count from 1");
        let message = error.to_string();
        assert!(message.starts_with("fuzz.toml:"), "{message}");
        assert!(message.len() < 20_000, "{} bytes of message", message.len());
    }
}

/// What is read prints as something that reads as the same.
pub fn duration(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match awatch::duration::parse(text) {
        Ok(span) => {
            let printed = awatch::duration::format(span);
            assert_eq!(awatch::duration::parse(&printed), Ok(span), "{text:?} printed as {printed:?}");
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// What is read prints as something that reads as the same.
pub fn timestamp(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(at) = text.parse::<Timestamp>() {
        assert_eq!(at.to_string().parse(), Ok(at), "{text:?} printed as {at}");
    }
    if let Ok(nanos) = data.try_into().map(i64::from_le_bytes) {
        let at = Timestamp::from_nanos(nanos);
        if at != Timestamp::MIN && at != Timestamp::MAX {
            assert_eq!(at.to_string().parse(), Ok(at));
        }
    }
}

/// A pattern, and from the second line on a key: `target`, `metric`, then a label's name and value on a line each.
pub fn matcher(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut lines = text.split('\n');
    let Ok(matcher) = lines.next().unwrap_or_default().parse::<Matcher>() else { return };
    assert_eq!(matcher.to_string().parse().as_ref(), Ok(&matcher), "{text:?} printed as {matcher}");
    let (Some(target), Some(metric)) = (lines.next(), lines.next()) else { return };
    let (Ok(target), Ok(metric)) = (Target::new(target), Name::new(metric)) else { return };
    let rest: Vec<&str> = lines.collect();
    let Ok(labels) = Labels::new(rest.chunks_exact(2).map(|pair| (pair[0], pair[1]))) else { return };
    let key = SeriesKey::new(target, metric, labels);
    assert!(Matcher::all().matches(&key));
    let whole = matcher.matches(&key);
    let parts = matcher.matches_target(key.target().id().as_str())
        && matcher.matches_column(key.metric().as_str(), key.labels());
    assert_eq!(whole, parts, "{matcher} on {key}");
}

/// What is read prints as something that reads as the same.
pub fn byte_size(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(size) = text.parse::<ByteSize>() {
        assert_eq!(size.to_string().parse(), Ok(size), "{text:?} printed as {size}");
    }
}
