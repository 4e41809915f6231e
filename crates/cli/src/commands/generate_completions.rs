//! `plimsoll generate-completions`: the script that completes commands and options in a shell.

use clap::{Command, ValueEnum};
use clap_complete::{Shell, generate};
use clap_complete_nushell::Nushell;

use crate::error::Result;
use crate::printer::Printer;

/// Print the completion script for a shell
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// Shell to complete in
    #[arg(value_enum)]
    shell: For,
}

/// A shell.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum For {
    Bash,
    Elvish,
    Fish,
    Nushell,
    #[value(name = "powershell")]
    PowerShell,
    Zsh,
}

const EXAMPLES: &str = "\u{1b}[1;4mExamples:\u{1b}[0m
  Complete in bash, from the next shell on:
      plimsoll generate-completions bash > ~/.local/share/bash-completion/completions/plimsoll
  Complete in fish:
      plimsoll generate-completions fish > ~/.config/fish/completions/plimsoll.fish";

pub(crate) fn run(args: &Args, mut program: Command, printer: &Printer) -> Result<()> {
    let (name, mut script) = ("plimsoll", Vec::new());
    match args.shell {
        For::Bash => generate(Shell::Bash, &mut program, name, &mut script),
        For::Elvish => generate(Shell::Elvish, &mut program, name, &mut script),
        For::Fish => generate(Shell::Fish, &mut program, name, &mut script),
        For::Nushell => generate(Nushell, &mut program, name, &mut script),
        For::PowerShell => generate(Shell::PowerShell, &mut program, name, &mut script),
        For::Zsh => generate(Shell::Zsh, &mut program, name, &mut script),
    }
    printer.stream(|out| out.write_all(&script))
}
