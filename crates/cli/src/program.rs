//! The command line: the commands in groups, and the options that all of them have.

use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};

use crate::commands;

/// Measure container images and their memory, find waste, and prove the improvement
///
/// A SOURCE is an image archive, an image in an engine or a registry, or a snapshot: see `plimsoll snapshot --help`.
#[derive(Parser)]
#[command(name = "plimsoll", version, max_term_width = 100, after_long_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) global: Global,
}

const EXAMPLES: &str = "\u{1b}[1;4mExamples:\u{1b}[0m
  Show where the bytes of an image are:
      plimsoll inspect my-app:latest
  Find waste, with the fix for each finding:
      plimsoll findings my-app:latest --dockerfile Dockerfile
  Compare an image before and after a change:
      plimsoll snapshot app=my-app:old -o before.plimsoll
      plimsoll snapshot app=my-app:new -o after.plimsoll
      plimsoll report before.plimsoll after.plimsoll -o report.html";

/// What every command takes.
#[derive(Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Print no notes, hints and progress
    #[arg(short, long, global = true, conflicts_with = "verbose", display_order = 900)]
    pub(crate) quiet: bool,
    /// Print which layers come from the cache, and the time taken
    #[arg(short, long, global = true, display_order = 901)]
    pub(crate) verbose: bool,
    /// When to use colours; `NO_COLOR` is respected
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        value_enum,
        default_value_t,
        display_order = 902,
        hide_default_value = true
    )]
    color: Color,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    Snapshot(commands::snapshot::Args),
    Record(commands::record::Args),
    Watch(commands::watch::Args),
    Inspect(commands::inspect::Args),
    Browse(commands::browse::Args),
    Cat(commands::cat::Args),
    Extract(commands::extract::Args),
    Dockerfile(commands::dockerfile::Args),
    Df(commands::df::Args),
    Pull(commands::pull::Args),
    Compare(commands::compare::Args),
    Packages(commands::packages::Args),
    Findings(commands::findings::Args),
    Fix(commands::fix::Args),
    Why(commands::why::Args),
    Whatif(commands::whatif::Args),
    Split(commands::split::Args),
    Report(commands::report::Args),
    Sbom(commands::sbom::Args),
    Attach(commands::attach::Args),
    Viewer(commands::viewer::Args),
    Fleet(commands::fleet::Args),
    Check(commands::check::Args),
    Ci(Box<commands::ci::Args>),
    Comment(commands::comment::Args),
    History(commands::history::Args),
    Init(commands::init::Args),
    Recommend(commands::recommend::Args),
    #[command(hide = true)]
    GenerateCompletions(commands::generate_completions::Args),
    #[command(hide = true)]
    GenerateMan(commands::generate_man::Args),
}

/// The commands by what they are for, in the order in which people need them.
const GROUPS: &[(&str, &[&str])] = &[
    (
        "Look",
        &[
            "inspect",
            "browse",
            "packages",
            "why",
            "whatif",
            "split",
            "findings",
            "fix",
            "cat",
            "extract",
            "dockerfile",
            "fleet",
        ],
    ),
    ("Compare", &["snapshot", "compare"]),
    ("Run", &["watch", "record", "recommend", "df", "pull"]),
    ("Share", &["report", "viewer", "sbom", "attach"]),
    ("Demand", &["init", "check", "ci", "comment", "history"]),
];

/// The group of what is in none.
const REST: &str = "More";

/// The program as clap parses it.
pub(crate) fn program() -> clap::Command {
    let program = Cli::command();
    // The template of clap, with the groups in the place of one list of all commands.
    let template = format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{}\u{1b}[1;4mOptions:\u{1b}[0m\n{{options}}{{after-help}}",
        list(&program)
    );
    program.help_template(template)
}

/// The commands below the headings of their groups.
fn list(program: &clap::Command) -> String {
    let commands: Vec<(&str, String)> = (program.get_subcommands())
        .filter(|command| !command.is_hide_set())
        .map(|command| (command.get_name(), command.get_about().map(ToString::to_string).unwrap_or_default()))
        .chain([("help", "Print the help of a command".to_owned())])
        .collect();
    let rest: Vec<&str> = (commands.iter().map(|(name, _)| *name))
        .filter(|name| !GROUPS.iter().any(|(_, members)| members.contains(name)))
        .collect();
    let width = commands.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let mut groups: Vec<(&str, &[&str])> = GROUPS.to_vec();
    groups.push((REST, &rest));
    let mut text = String::new();
    for (heading, members) in groups {
        text.push_str(&format!("\u{1b}[1;4m{heading}:\u{1b}[0m\n"));
        for (name, about) in
            members.iter().filter_map(|name| commands.iter().find(|(known, _)| known == name))
        {
            text.push_str(&format!(
                "  \u{1b}[1m{name}\u{1b}[0m{:width$}  {about}\n",
                "",
                width = width - name.len()
            ));
        }
        text.push('\n');
    }
    text
}

/// The colours that arguments ask for. They are needed before the arguments are parsed: for their errors and the help.
pub(crate) fn colours<'a>(
    arguments: impl IntoIterator<Item = &'a std::ffi::OsString>,
) -> anstream::ColorChoice {
    let mut arguments = arguments.into_iter().take_while(|argument| *argument != "--");
    let mut chosen = None;
    while let Some(argument) = arguments.next() {
        if argument == "--color" {
            chosen = arguments.next().and_then(|value| value.to_str());
        } else if let Some(value) = argument.to_str().and_then(|argument| argument.strip_prefix("--color=")) {
            chosen = Some(value);
        }
    }
    match chosen {
        Some("always") => anstream::ColorChoice::Always,
        Some("never") => anstream::ColorChoice::Never,
        _ => anstream::ColorChoice::Auto,
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        program().debug_assert();
    }

    #[test]
    fn every_grouped_command_exists() {
        let program = program();
        for name in GROUPS.iter().flat_map(|(_, members)| *members) {
            assert!(program.find_subcommand(name).is_some(), "{name}");
        }
    }

    #[test]
    fn the_help_fits_on_one_screen() {
        let help = program().render_help().to_string();
        assert!(help.lines().count() <= 52, "{help}");
        let widest = help.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= 120, "{help}");
    }

    #[test]
    fn colours_are_known_before_arguments_are_parsed() {
        let choice = |arguments: &[&str]| colours(&arguments.iter().map(OsString::from).collect::<Vec<_>>());
        assert_eq!(choice(&["inspect", "x"]), anstream::ColorChoice::Auto);
        assert_eq!(choice(&["inspect", "--color=never", "x"]), anstream::ColorChoice::Never);
        assert_eq!(choice(&["--color", "always", "inspect"]), anstream::ColorChoice::Always);
        assert_eq!(choice(&["inspect", "--", "--color=never"]), anstream::ColorChoice::Auto);
    }
}
