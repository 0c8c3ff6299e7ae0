//! The nearest valid word to a mistyped one.

/// Words longer than this are not compared: a typing mistake does not make a word this long.
const LONGEST: usize = 64;

/// Longest piece of the user's text that a message repeats, in characters.
const SHOWN: usize = 60;

/// The valid word nearest to `word`, if one is near enough to be what was meant: at most one slip per three
/// characters; upper case, `-` and spaces instead of `_` are no slips. The first of equally near ones.
pub(super) fn nearest<'a>(word: &str, valid: &[&'a str]) -> Option<&'a str> {
    if word.len() > LONGEST {
        return None;
    }
    let word = normal(word);
    let slips = |candidate: &str| strsim::osa_distance(&word, &normal(candidate));
    let allowed = |candidate: &str| (word.chars().count().max(candidate.chars().count()) / 3).max(1);
    let near = valid.iter().copied().map(|candidate| (slips(candidate), candidate));
    let near = near.filter(|&(slips, candidate)| slips <= allowed(candidate));
    near.min_by_key(|&(slips, _)| slips).map(|(_, candidate)| candidate)
}

/// Words in backticks and separated by commas.
pub(super) fn list(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// The user's text, fit for one line of a message: escaped and cut when long.
pub(super) fn shown(text: &str) -> String {
    let mut shown = String::new();
    for c in text.chars().take(SHOWN) {
        match c {
            '\'' | '"' => shown.push(c),
            _ => shown.extend(c.escape_debug()),
        }
    }
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

fn normal(word: &str) -> String {
    word.to_lowercase().replace(['-', ' '], "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_per_three_characters() {
        let valid = ["interval", "match", "policy", "at"];
        assert_eq!(nearest("intervall", &valid), Some("interval"));
        assert_eq!(nearest("INTERVAL", &valid), Some("interval"));
        assert_eq!(nearest("polciy", &valid), Some("policy"));
        assert_eq!(nearest("mtach", &valid), Some("match"));
        assert_eq!(nearest("as", &valid), Some("at"));
        assert_eq!(nearest("threshold", &valid), None);
        assert_eq!(nearest("", &valid), None);
        assert_eq!(nearest("quiet-for", &["quiet_for"]), Some("quiet_for"));
        assert_eq!(nearest(&"interval".repeat(100), &valid), None);
    }

    #[test]
    fn shown_text_stays_on_one_line() {
        assert_eq!(shown("a\nb\u{1b}"), "a\\nb\\u{1b}");
        assert_eq!(shown(&"x".repeat(100)), format!("{}…", "x".repeat(60)));
    }
}
