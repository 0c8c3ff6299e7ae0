//! How things look: colours that everybody can tell apart, and symbols that say the same without them.
//!
//! Orange says unusual and blue says usual, in shades that stand out on black and on white alike. Nothing is said by
//! colour alone: severities have symbols and words, values outside of what is usual have an arrow.

use awatch::Severity;
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::Marker;

/// Less important.
pub(super) const DIM: Style = Style::new().add_modifier(Modifier::DIM);
/// More important.
pub(super) const BOLD: Style = Style::new().add_modifier(Modifier::BOLD);
/// What is chosen, and the bar on top.
pub(super) const CHOSEN: Style = Style::new().add_modifier(Modifier::REVERSED);

/// Which colours the terminal has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Palette {
    /// None, or none are wanted.
    Plain,
    /// The sixteen that its person chose.
    Sixteen,
    /// 256.
    Full,
}

/// How things look on one terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) palette: Palette,
    /// Whether only ASCII can be shown.
    pub(super) is_ascii: bool,
}

impl Look {
    /// What suits the terminal that the environment describes.
    pub(super) fn of(no_color: bool, variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let term = set("TERM").unwrap_or_default();
        let palette = if no_color || set("NO_COLOR").is_some() || matches!(&*term, "dumb" | "vt100" | "vt220")
        {
            Palette::Plain
        } else if term.contains("256color") || term.contains("direct") || set("COLORTERM").is_some() {
            Palette::Full
        } else {
            Palette::Sixteen
        };
        // What no variable says is as most terminals are.
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
        let is_utf8 = locale.is_none_or(|locale| {
            let locale = locale.to_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        });
        Self { palette, is_ascii: !is_utf8 || matches!(&*term, "dumb" | "vt100" | "vt220") }
    }

    fn color(self, full: u8, named: Color) -> Style {
        match self.palette {
            Palette::Plain => Style::new(),
            Palette::Sixteen => Style::new().fg(named),
            Palette::Full => Style::new().fg(Color::Indexed(full)),
        }
    }

    /// A line of usual values.
    pub(super) fn usual(self) -> Style {
        self.color(32, Color::Cyan)
    }

    /// A value outside of what is usual.
    pub(super) fn unusual(self) -> Style {
        self.color(166, Color::Yellow).add_modifier(Modifier::BOLD)
    }

    /// Of that severity.
    pub(super) fn severity(self, severity: Severity) -> Style {
        match severity {
            Severity::Low => self.usual(),
            Severity::Medium => self.color(166, Color::Yellow),
            Severity::High => self.unusual(),
            Severity::Critical => self.unusual().add_modifier(Modifier::REVERSED),
        }
    }

    /// With what a chart is drawn.
    pub(super) fn marker(self) -> Marker {
        if self.is_ascii { Marker::Custom('*') } else { Marker::Braille }
    }

    /// Replaces what an ASCII terminal cannot show.
    pub(super) fn finish(self, buffer: &mut Buffer) {
        if !self.is_ascii {
            return;
        }
        for cell in &mut buffer.content {
            if !cell.symbol().is_ascii() {
                let first = cell.symbol().chars().next().unwrap_or(' ');
                cell.set_char(ascii(first));
            }
        }
    }
}

/// The steps of a sparkline, from low to high.
pub(super) const STEPS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// The symbol of a severity.
pub(super) fn symbol(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "○",
        Severity::Medium => "●",
        Severity::High => "▲",
        Severity::Critical => "◆",
    }
}

/// What stands for a character where there is only ASCII.
fn ascii(symbol: char) -> char {
    const PAIRS: &[(&str, char)] = &[
        ("▁", '_'),
        ("▂─–—−", '-'),
        ("▃", '~'),
        ("▄", '='),
        ("▅", '+'),
        ("▆", '*'),
        ("▇", '%'),
        ("█", '#'),
        ("○", 'o'),
        ("●•·", '*'),
        ("▲", '!'),
        ("◆", 'X'),
        ("↑▴", '^'),
        ("↓▾", 'v'),
        ("→▸›", '>'),
        ("←◀", '<'),
        ("│┃", '|'),
        ("└┼├", '+'),
        ("░", '.'),
        ("…", '~'),
        ("×", 'x'),
        ("µμ", 'u'),
        ("✓", '+'),
        ("≤", '<'),
        ("≥", '>'),
        ("‖", '='),
    ];
    PAIRS.iter().find(|(from, _)| from.contains(symbol)).map_or('?', |(_, to)| *to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(no_color: bool, variables: &[(&str, &str)]) -> Look {
        Look::of(no_color, |name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn colours_are_as_many_as_the_terminal_has_and_none_when_unwanted() {
        assert_eq!(of(false, &[("TERM", "xterm-256color")]).palette, Palette::Full);
        assert_eq!(of(false, &[("TERM", "linux")]).palette, Palette::Sixteen);
        assert_eq!(of(false, &[("TERM", "xterm"), ("COLORTERM", "truecolor")]).palette, Palette::Full);
        assert_eq!(of(true, &[("TERM", "xterm-256color")]).palette, Palette::Plain);
        assert_eq!(of(false, &[("TERM", "xterm-256color"), ("NO_COLOR", "1")]).palette, Palette::Plain);
        assert_eq!(of(false, &[("TERM", "xterm-256color"), ("NO_COLOR", "")]).palette, Palette::Full);
        assert_eq!(of(false, &[("TERM", "dumb"), ("COLORTERM", "1")]).palette, Palette::Plain);
    }

    #[test]
    fn ascii_where_the_locale_or_the_terminal_has_nothing_else() {
        assert!(!of(false, &[]).is_ascii);
        assert!(!of(false, &[("LANG", "de_DE.utf8")]).is_ascii);
        assert!(of(false, &[("LANG", "C")]).is_ascii);
        assert!(of(false, &[("LANG", "en_US.UTF-8"), ("LC_ALL", "POSIX")]).is_ascii);
        assert!(!of(false, &[("LANG", "C"), ("LC_ALL", ""), ("LC_CTYPE", "C.UTF-8")]).is_ascii);
        assert!(of(false, &[("TERM", "dumb"), ("LANG", "C.UTF-8")]).is_ascii);
    }

    #[test]
    fn each_step_and_severity_is_told_apart_in_ascii_too() {
        let told: Vec<char> = STEPS.iter().map(|step| ascii(step.chars().next().unwrap())).collect();
        let severities: Vec<char> =
            Severity::ALL.iter().map(|one| ascii(symbol(*one).chars().next().unwrap())).collect();
        for list in [told, severities] {
            assert!(!list.contains(&'?'));
            let different: std::collections::BTreeSet<char> = list.iter().copied().collect();
            assert_eq!(different.len(), list.len());
        }
    }

    #[test]
    fn without_colours_severities_differ_still() {
        let plain = Look { palette: Palette::Plain, is_ascii: false };
        assert_eq!(plain.severity(Severity::Medium), Style::new());
        assert_ne!(plain.severity(Severity::High), plain.severity(Severity::Critical));
    }
}
