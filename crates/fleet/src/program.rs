//! The command line of `plimsoll-fleet`.

use clap::{Parser, Subcommand};

use crate::commands;

/// Scan registries and folders of images into tables, and ask them questions
#[derive(Parser)]
#[command(name = "plimsoll-fleet", version, bin_name = "plimsoll-fleet")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Print only data and errors
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Print details
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub(crate) verbose: bool,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    Scan(commands::scan::Args),
    Query(commands::query::Args),
    Report(commands::report::Args),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        super::Arguments::command().debug_assert();
    }
}
