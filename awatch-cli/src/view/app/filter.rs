use awatch::{Anomaly, Matcher, SeriesKey};

use crate::view::process::Process;

/// What is to be shown: all of it, or what has some words in it, or what has the form of a series pattern.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::view) struct Filter {
    text: String,
    words: Vec<String>,
    pattern: Option<Matcher>,
}

impl Filter {
    /// As it was typed.
    pub(in crate::view) fn text(&self) -> &str {
        &self.text
    }

    /// Whether it leaves anything out.
    pub(in crate::view) fn is_active(&self) -> bool {
        !self.words.is_empty()
    }

    pub(in crate::view) fn clear(&mut self) {
        self.set(String::new());
    }

    pub(in crate::view) fn push(&mut self, typed: char) {
        self.set(format!("{}{typed}", self.text));
    }

    pub(in crate::view) fn pop(&mut self) {
        let mut text = std::mem::take(&mut self.text);
        text.pop();
        self.set(text);
    }

    fn set(&mut self, text: String) {
        self.words = text.to_lowercase().split_whitespace().map(str::to_owned).collect();
        // A pattern that is still being typed is text so far.
        self.pattern = if text.contains(['*', '{']) { text.parse().ok() } else { None };
        self.text = text;
    }

    pub(in crate::view) fn matches_series(&self, key: &SeriesKey) -> bool {
        match &self.pattern {
            Some(pattern) => pattern.matches(key),
            None => !self.is_active() || self.matches_text(&key.to_string()),
        }
    }

    pub(in crate::view) fn matches_process(&self, process: &Process) -> bool {
        !self.is_active() || self.matches_text(&format!("{} {} {}", process.pid, process.name, process.user))
    }

    pub(in crate::view) fn matches_anomaly(&self, anomaly: &Anomaly) -> bool {
        !self.is_active()
            || self.matches_text(&format!("{} {} {}", anomaly.target, anomaly.watch, anomaly.sentence))
            || anomaly.members.iter().any(|member| self.matches_text(&member.series))
    }

    fn matches_text(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.words.iter().all(|word| text.contains(word.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use awatch::{Labels, Name, Target};

    fn matches(typed: &str) -> bool {
        let mut filter = Filter::default();
        typed.chars().for_each(|typed| filter.push(typed));
        let labels = Labels::new([("device", "sda1"), ("direction", "read")]).unwrap();
        let metric = Name::new("system.disk.io").unwrap();
        filter.matches_series(&SeriesKey::new(Target::new("web-1").unwrap(), metric, labels))
    }

    #[test]
    fn words_in_any_order_or_a_pattern() {
        for typed in ["", "  ", "disk", "SDA1 Disk", "web-1", "system.*", "web-*/system.*.io{device=sd*}"] {
            assert!(matches(typed), "{typed}");
        }
        for typed in ["network", "disk sdb", "*.operations", "db-*/system.*"] {
            assert!(!matches(typed), "{typed}");
        }
    }

    #[test]
    fn what_is_taken_back_is_forgotten() {
        let mut filter = Filter::default();
        filter.push('x');
        filter.pop();
        assert_eq!(filter, Filter::default());
    }
}
