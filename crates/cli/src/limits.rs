//! The flags of the limits, made from the table of the limits.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use clap::error::ErrorKind;
use clap::{Arg, ArgMatches, Command, value_parser};
use plimsoll_report::language::limit_help;
use plimsoll_snapshot::{Limit, LimitGroup, LimitUnit, ReadLimits};

/// The flag that changes a limit.
pub(crate) fn flag(limit: Limit) -> String {
    format!("--limit-{}", limit.name())
}

/// Whether a command can change a limit.
pub(crate) fn has_flag(command: &Command, limit: Limit) -> bool {
    let flag = flag(limit);
    command.get_arguments().filter_map(Arg::get_long).any(|long| flag.strip_prefix("--") == Some(long))
}

/// Flags for the limits on images, snapshots, registries and engines.
#[derive(Clone, Debug, Default)]
pub(crate) struct SourceLimits(pub(crate) ReadLimits);

/// Flags for the limits on files about memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct MemoryLimits(pub(crate) ReadLimits);

/// Texts of a flag that are made. They last as long as the program, because `clap` borrows them.
struct Texts {
    /// Its name, without `--`.
    long: String,
    default: String,
}

static TEXTS: LazyLock<BTreeMap<Limit, Texts>> = LazyLock::new(|| {
    let texts = |limit: Limit| Texts {
        long: flag(limit).trim_start_matches("--").to_owned(),
        default: limit.default_value().to_string(),
    };
    Limit::ALL.into_iter().map(|limit| (limit, texts(limit))).collect()
});

const OF_SOURCES: &[LimitGroup] = &[LimitGroup::Server, LimitGroup::Source];
const OF_MEMORY: &[LimitGroup] = &[LimitGroup::Memory];

/// The limits of these groups, group by group.
fn of_groups(groups: &[LimitGroup]) -> impl Iterator<Item = Limit> {
    groups.iter().flat_map(|&group| Limit::ALL.into_iter().filter(move |limit| limit.group() == group))
}

fn with_flags(command: Command, groups: &[LimitGroup]) -> Command {
    of_groups(groups).fold(command, |command, limit| command.arg(argument(limit)))
}

fn argument(limit: Limit) -> Arg {
    let heading = match limit.group() {
        LimitGroup::Source => "Limits",
        LimitGroup::Server => "Registry and engine options",
        LimitGroup::Memory => "Memory options",
    };
    let value = match limit.unit() {
        LimitUnit::Count => "N",
        LimitUnit::Bytes | LimitUnit::Rate => "BYTES",
        LimitUnit::Seconds => "SECONDS",
        LimitUnit::Times => "TIMES",
    };
    let (short, more) = limit_help(limit);
    let Texts { long, default } = &TEXTS[&limit];
    let argument = Arg::new(limit.name()).long(long.as_str()).help(short);
    let argument = if more.is_empty() { argument } else { argument.long_help(format!("{short}\n\n{more}")) };
    argument
        .help_heading(heading)
        .hide_short_help(true)
        .value_name(value)
        .value_parser(value_parser!(u64).range(limit.range()))
        .default_value(default.as_str())
}

fn read(matches: &ArgMatches, groups: &[LimitGroup]) -> Result<ReadLimits, clap::Error> {
    of_groups(groups).try_fold(ReadLimits::default(), |limits, limit| {
        let value = matches.get_one(limit.name());
        let value = value.ok_or_else(|| clap::Error::new(ErrorKind::MissingRequiredArgument))?;
        Ok(limits.with(limit, *value))
    })
}

/// What `clap` derives for other arguments.
macro_rules! arguments {
    ($limits:ident, $groups:expr) => {
        impl clap::Args for $limits {
            fn augment_args(command: Command) -> Command {
                with_flags(command, $groups)
            }

            fn augment_args_for_update(command: Command) -> Command {
                with_flags(command, $groups)
            }
        }

        impl clap::FromArgMatches for $limits {
            fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
                read(matches, $groups).map(Self)
            }

            fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
                read(matches, $groups).map(|limits| self.0 = limits)
            }
        }
    };
}

arguments!(SourceLimits, OF_SOURCES);
arguments!(MemoryLimits, OF_MEMORY);

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Flags {
        #[command(flatten)]
        sources: SourceLimits,
        #[command(flatten)]
        memory: MemoryLimits,
    }

    #[test]
    fn every_limit_has_its_flag_with_its_default() {
        let program = crate::program::program();
        let snapshot = program.find_subcommand("snapshot").unwrap();
        for limit in Limit::ALL {
            assert!(has_flag(snapshot, limit), "{}", flag(limit));
            let argument =
                snapshot.get_arguments().find(|argument| argument.get_id() == limit.name()).unwrap();
            assert_eq!(argument.get_default_values(), [&*limit.default_value().to_string()]);
        }
    }

    #[test]
    fn a_flag_changes_its_limit_alone() {
        let read = |arguments: &[String]| {
            let flags = Flags::try_parse_from(["x".to_owned()].iter().chain(arguments)).unwrap();
            Limit::ALL.map(|limit| match limit.group() {
                LimitGroup::Memory => flags.memory.0[limit],
                _ => flags.sources.0[limit],
            })
        };
        let defaults = read(&[]);
        assert_eq!(defaults, Limit::ALL.map(Limit::default_value));
        for (index, limit) in Limit::ALL.into_iter().enumerate() {
            let mut expected = defaults;
            expected[index] = *limit.range().end().min(&7);
            assert_eq!(read(&[flag(limit), expected[index].to_string()]), expected, "{}", flag(limit));
        }
    }

    #[test]
    fn values_out_of_range_are_refused() {
        for limit in Limit::ALL.into_iter().filter(|limit| *limit.range().end() < u64::MAX) {
            let value = (limit.range().end() + 1).to_string();
            assert!(Flags::try_parse_from(["x", &flag(limit), &value]).is_err(), "{}", flag(limit));
        }
    }
}
