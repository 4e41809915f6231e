//! What every task gives.

/// An error is shown as it is, to the person who started the task.
pub(crate) type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;
