//! A page of the manual: what the help says, in the form of `man`.

use std::fmt::Write;
use std::io;

use clap::Command;
use clap_mangen::Man;

/// The name of a command's page: `awatch-run`.
pub(super) fn name(command: &Command) -> &str {
    command.get_display_name().unwrap_or_else(|| command.get_name())
}

/// The page of a command of the program, both built.
pub(super) fn page(command: &Command, program: &Command) -> String {
    let version = program.get_version().unwrap_or_default();
    let man = Man::new(command.clone()).source(format!("awatch {version}")).manual("Awatch manual");
    let mut page = Vec::new();
    // Writing to memory cannot fail.
    let _ = sections(&man, command, &mut page);
    let mut page = String::from_utf8_lossy(&page).into_owned();
    if let Some(more) = command.get_after_long_help() {
        page.push_str(&as_written(&more.to_string()));
    }
    page.push_str(&see_also(command, program));
    ascii(&page)
}

/// The same for typesetters that do not read UTF-8.
fn ascii(page: &str) -> String {
    let mut ascii = String::with_capacity(page.len());
    for c in page.chars() {
        if c.is_ascii() {
            ascii.push(c);
        } else {
            // Writing to a string cannot fail.
            let _ = write!(ascii, "\\[u{:04X}]", u32::from(c));
        }
    }
    ascii
}

fn sections(man: &Man, command: &Command, page: &mut Vec<u8>) -> io::Result<()> {
    man.render_title(page)?;
    man.render_name_section(page)?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(page)?;
    }
    man.render_options_section(page)
}

/// What stands below the options in the help: a section per heading, its lines kept as they are.
fn as_written(text: &str) -> String {
    let mut page = String::new();
    for block in text.split("\n\n") {
        let mut lines = block.lines().peekable();
        let heading = lines.next_if(|line| line.ends_with(':') && !line.starts_with(' '));
        match heading.map(|line| line.trim_end_matches(':')) {
            Some(heading) if heading.split(' ').count() < 3 => {
                let _ = writeln!(page, ".SH \"{}\"\n.nf", escaped(&heading.to_uppercase()));
            }
            Some(heading) => {
                let _ = writeln!(page, ".PP\n.nf\n{}:", escaped(heading));
            }
            None => page.push_str(".PP\n.nf\n"),
        }
        for line in lines {
            page.push_str(&escaped(line.strip_prefix("  ").unwrap_or(line)));
            page.push('\n');
        }
        page.push_str(".fi\n");
    }
    page
}

fn see_also(command: &Command, program: &Command) -> String {
    let all = std::iter::once(program).chain(program.get_subcommands());
    let others = all.map(name).filter(|other| *other != name(command));
    let others: Vec<String> = others.map(|other| format!("\\fB{}\\fR(1)", escaped(other))).collect();
    format!(".SH \"SEE ALSO\"\n{}\n", others.join(", "))
}

/// A line without any meaning for the typesetter.
fn escaped(line: &str) -> String {
    let line = line.replace('\\', "\\e").replace('-', "\\-").replace('\'', "\\(aq");
    if line.starts_with('.') { format!("\\&{line}") } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_characters_are_named() {
        assert_eq!(ascii("↑ é a"), "\\[u2191] \\[u00E9] a");
    }

    #[test]
    fn what_is_below_the_options_keeps_its_lines() {
        let text = "Examples:\n  awatch run -x\n  .a 'b' \\c\n\nA sentence, then:\n  0  done";
        assert_eq!(
            as_written(text),
            ".SH \"EXAMPLES\"\n.nf\nawatch run \\-x\n\\&.a \\(aqb\\(aq \\ec\n.fi\n.PP\n.nf\nA sentence, then:\n0  done\n.fi\n"
        );
    }
}
