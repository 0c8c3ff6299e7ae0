//! `awatch completions`.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::args::Cli;
use crate::say;

pub(crate) const EXAMPLES: &str = "\
Examples:
  awatch completions bash > ~/.local/share/bash-completion/completions/awatch
  awatch completions zsh > ~/.zfunc/_awatch
  awatch completions fish > ~/.config/fish/completions/awatch.fish
  awatch completions elvish >> ~/.config/elvish/rc.elv
  awatch completions powershell >> $PROFILE

Bash needs the package bash-completion, or this line in ~/.bashrc instead:
  source <(awatch completions bash)
Zsh needs ~/.zfunc in its fpath, before compinit runs.";

/// For which shell.
#[derive(Args, Clone, Debug)]
pub(crate) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// Prints the script that lets a shell complete the command line.
pub(crate) fn completions(args: &CompletionsArgs) {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "awatch", &mut script);
    say::out(&String::from_utf8_lossy(&script));
}
