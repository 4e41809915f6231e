//! One file per subcommand.

pub(crate) mod query;
pub(crate) mod report;
pub(crate) mod scan;
