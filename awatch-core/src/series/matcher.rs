use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::{Labels, SeriesKey};

/// Which series are meant: `metric`, `metric{label=value}`, `target/metric{…}`; `*` stands for any text in each part.
///
/// `*` alone is all series. A label that is not named may have any value, and the last part of its name is enough:
/// `device` means `system.device` where there is no label `device`.
///
/// # Example
/// ```
/// use awatch_core::Matcher;
/// let network: Matcher = "system.network.*{network.io.direction=receive}".parse().unwrap();
/// assert_eq!(network.to_string(), "system.network.*{network.io.direction=receive}");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Matcher {
    target: String,
    metric: String,
    labels: Vec<(String, String)>,
}

/// The text is not a matcher.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a series pattern: {reason}; write for example `system.cpu.*` or `web-1/system.disk.io{{device=sd*}}`"
)]
pub struct MatcherError {
    /// What was given.
    pub text: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl Matcher {
    /// All series.
    #[must_use]
    pub fn all() -> Self {
        Self { target: "*".to_owned(), metric: "*".to_owned(), labels: Vec::new() }
    }

    /// Whether `key` is among the series meant.
    #[must_use]
    pub fn matches(&self, key: &SeriesKey) -> bool {
        self.matches_target(key.target().id().as_str())
            && self.matches_column(key.metric().as_str(), key.labels())
    }

    /// Whether series of the target of that id can be among those meant.
    #[must_use]
    pub fn matches_target(&self, id: &str) -> bool {
        glob(&self.target, id)
    }

    /// Whether a series of that metric and those labels is meant, for whichever target.
    #[must_use]
    pub fn matches_column(&self, metric: &str, labels: &Labels) -> bool {
        glob(&self.metric, metric)
            && self.labels.iter().all(|(name, pattern)| {
                let value = labels.get(name).or_else(|| by_last_part(labels, name));
                value.is_some_and(|value| glob(pattern, value))
            })
    }
}

/// The value of the first label whose name ends in `.name`: `device` also means `system.device`.
fn by_last_part<'a>(labels: &'a Labels, name: &str) -> Option<&'a str> {
    let is_meant = |label: &str| label.strip_suffix(name).is_some_and(|rest| rest.ends_with('.'));
    labels.iter().find(|(label, _)| is_meant(label)).map(|(_, value)| value)
}

impl Default for Matcher {
    fn default() -> Self {
        Self::all()
    }
}

impl FromStr for Matcher {
    type Err = MatcherError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = |reason| MatcherError { text: text.to_owned(), reason };
        let (path, labels) = match text.trim().split_once('{') {
            None => (text.trim(), Vec::new()),
            Some((path, rest)) => {
                let inside =
                    rest.strip_suffix('}').ok_or_else(|| error("the `{` is not closed by a last `}`"))?;
                (path, labels(inside).map_err(error)?)
            }
        };
        let (target, metric) = path.rsplit_once('/').unwrap_or(("*", path));
        let (target, metric) = (target.trim(), metric.trim());
        if metric.is_empty() || target.is_empty() {
            return Err(error("the name is empty"));
        }
        Ok(Self { target: target.to_owned(), metric: metric.to_owned(), labels })
    }
}

fn labels(text: &str) -> Result<Vec<(String, String)>, &'static str> {
    let pair = |part: &str| {
        let (name, value) = part.split_once('=').ok_or("a label is written `name=value`")?;
        if name.trim().is_empty() {
            return Err("a label has no name");
        }
        Ok((name.trim().to_owned(), unquoted(value.trim()).to_owned()))
    };
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(pair).collect()
}

/// The text between one pair of quotes, or the text itself.
fn unquoted(text: &str) -> &str {
    text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text)
}

/// Whether `text` has the form of `pattern`, in which `*` stands for any text. O(pattern × text).
fn glob(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut left) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or("");
    for part in parts {
        match left.find(part) {
            Some(at) => left = left.get(at + part.len()..).unwrap_or(""),
            None => return false,
        }
    }
    left.ends_with(last)
}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.target != "*" {
            write!(f, "{}/", self.target)?;
        }
        f.write_str(&self.metric)?;
        for (index, (name, value)) in self.labels.iter().enumerate() {
            f.write_str(if index == 0 { "{" } else { "," })?;
            // Quotes keep what reading would take away.
            if value.trim() == value && unquoted(value) == value {
                write!(f, "{name}={value}")?;
            } else {
                write!(f, "{name}=\"{value}\"")?;
            }
        }
        if self.labels.is_empty() { Ok(()) } else { f.write_str("}") }
    }
}

impl Serialize for Matcher {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Matcher {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Name, Target};
    use proptest::prelude::*;

    fn key() -> SeriesKey {
        let labels = Labels::new([("device", "sda1"), ("direction", "read")]).unwrap();
        SeriesKey::new(Target::new("dc1/web-1").unwrap(), Name::new("system.disk.io").unwrap(), labels)
    }

    #[test]
    fn each_part_takes_wildcards() {
        for (pattern, matches) in [
            ("*", true),
            ("system.disk.io", true),
            ("system.*", true),
            ("*.io", true),
            ("system.*.io{device=sd*,direction=read}", true),
            ("system.*.io{device=\"sda1\"}", true),
            ("dc1/web-*/system.disk.io", true),
            ("*/system.disk.io", true),
            ("system.disk", false),
            ("*.ops", false),
            ("web-1/system.disk.io", false),
            ("system.disk.io{mountpoint=*}", false),
        ] {
            assert_eq!(pattern.parse::<Matcher>().unwrap().matches(&key()), matches, "{pattern}");
        }
    }

    #[test]
    fn the_last_part_of_a_labels_name_is_enough() {
        let labels = Labels::new([("system.device", "sda1"), ("io.direction", "read")]).unwrap();
        let is_meant =
            |pattern: &str| pattern.parse::<Matcher>().unwrap().matches_column("system.disk.io", &labels);
        assert!(is_meant("*{device=sda*,direction=read}") && is_meant("*{system.device=sda1}"));
        assert!(!is_meant("*{device=sdb}") && !is_meant("*{vice=sda1}") && !is_meant("*{stem.device=sda1}"));
    }

    #[test]
    fn says_what_is_wrong() {
        let error = "system.disk.io{device=sda".parse::<Matcher>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "`system.disk.io{device=sda` is not a series pattern: the `{` is not closed by a last `}`; write for \
             example `system.cpu.*` or `web-1/system.disk.io{device=sd*}`"
        );
        assert!("".parse::<Matcher>().is_err());
        assert!("a{=1}".parse::<Matcher>().is_err());
    }

    #[test]
    fn what_is_quoted_is_printed_so_that_it_reads_the_same() {
        for (pattern, printed) in [
            ("a{b=\" c \"}", "a{b=\" c \"}"),
            ("a{b=\"\"c\"\"}", "a{b=\"\"c\"\"}"),
            ("a{b=\"c\", d = e }", "a{b=c,d=e}"),
            ("a{b=\"}", "a{b=\"}"),
            ("* / a {}", "a"),
        ] {
            let matcher: Matcher = pattern.parse().unwrap();
            assert_eq!(matcher.to_string(), printed);
            assert_eq!(printed.parse(), Ok(matcher));
        }
    }

    proptest! {
        #[test]
        fn what_looks_like_a_pattern_is_read_or_refused(text in "[ab*/ ]{0,6}\\{([ab]=[ab\" ,]{0,6}){0,2}\\}?") {
            if let Ok(matcher) = text.parse::<Matcher>() {
                prop_assert_eq!(matcher.to_string().parse::<Matcher>(), Ok(matcher));
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,60}") {
            if let Ok(matcher) = text.parse::<Matcher>() {
                prop_assert_eq!(matcher.to_string().parse::<Matcher>(), Ok(matcher));
            }
        }

        #[test]
        fn a_text_matches_itself_and_a_star_in_place_of_any_part(a in "[a-c]{0,6}", b in "[a-c]{0,6}", c in "[a-c]{0,6}") {
            let whole = format!("{a}{b}{c}");
            prop_assert!(glob(&whole, &whole));
            let pattern = format!("{a}*{c}");
            prop_assert!(glob(&pattern, &whole));
        }
    }
}
