//! Which of many devices are meant.

use serde::{Deserialize, Serialize};

/// Which names are meant: those that match a pattern of `allow` and none of `deny`.
///
/// In a pattern `*` stands for any text and `?` for any one byte. A list that is left out of a configuration means
/// `allow = ["*"]` and `deny = []`: giving a filter replaces the default one whole.
///
/// # Example
/// ```
/// use awatch_collect::host::Filter;
/// let disks = Filter::new(["sd*", "nvme*"], ["sdz"]);
/// assert!(disks.matches("sda") && !disks.matches("sdz") && !disks.matches("loop0"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Filter {
    /// The patterns of which one must match.
    pub allow: Vec<String>,
    /// The patterns of which none may match.
    pub deny: Vec<String>,
}

impl Default for Filter {
    fn default() -> Self {
        Self::deny(&[])
    }
}

impl Filter {
    /// Names that match a pattern of `allow` and none of `deny`.
    #[must_use]
    pub fn new<A: Into<String>, D: Into<String>>(
        allow: impl IntoIterator<Item = A>,
        deny: impl IntoIterator<Item = D>,
    ) -> Self {
        Self {
            allow: allow.into_iter().map(Into::into).collect(),
            deny: deny.into_iter().map(Into::into).collect(),
        }
    }

    pub(super) fn deny(patterns: &[&str]) -> Self {
        Self::new(["*"], patterns.iter().copied())
    }

    pub(super) fn allow(patterns: &[&str]) -> Self {
        Self::new(patterns.iter().copied(), [] as [&str; 0])
    }

    /// Whether `name` is meant. O(patterns × name).
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        let any =
            |patterns: &[String]| patterns.iter().any(|pattern| glob(pattern.as_bytes(), name.as_bytes()));
        any(&self.allow) && !any(&self.deny)
    }

    /// The patterns of both lists.
    pub(super) fn patterns(&self) -> impl Iterator<Item = &str> {
        self.allow.iter().chain(&self.deny).map(String::as_str)
    }
}

/// Whether `text` has the form of `pattern`: the last `*` takes one byte more whenever what follows it does not fit.
fn glob(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p + 1, t));
                p += 1;
            }
            Some(&byte) if byte == b'?' || text.get(t) == Some(&byte) => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((after, taken)) = star else { return false };
                star = Some((after, taken + 1));
                (p, t) = (after, taken + 1);
            }
        }
    }
    pattern.iter().skip(p).all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn patterns_mean_what_a_shell_means() {
        for (pattern, text, matches) in [
            ("*", "", true),
            ("*", "sda", true),
            ("", "", true),
            ("", "a", false),
            ("sd?", "sda", true),
            ("sd?", "sda1", false),
            ("sd*", "sd", true),
            ("*a*b", "xaxbxb", true),
            ("*a*b", "xaxbxbx", false),
            ("loop*", "loop12", true),
            ("loop*", "lo", false),
            ("a**", "a", true),
        ] {
            assert_eq!(glob(pattern.as_bytes(), text.as_bytes()), matches, "{pattern} {text}");
        }
    }

    #[test]
    fn deny_wins_over_allow_and_an_empty_allow_means_nothing() {
        let filter = Filter::new(["eth*"], ["eth9"]);
        assert!(filter.matches("eth0"));
        assert!(!filter.matches("eth9"));
        assert!(!filter.matches("wlan0"));
        assert!(!Filter::new([] as [&str; 0], [] as [&str; 0]).matches("eth0"));
    }

    proptest! {
        #[test]
        fn a_star_in_place_of_any_part_matches(a in "[ab?]{0,5}", b in "[ab]{0,5}", c in "[ab]{0,5}") {
            let text = format!("{a}{b}{c}");
            let pattern = format!("{a}*{c}");
            prop_assert!(glob(pattern.as_bytes(), text.as_bytes()));
            prop_assert!(glob(text.as_bytes(), text.as_bytes()));
        }
    }
}
