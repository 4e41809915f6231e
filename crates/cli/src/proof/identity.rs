//! Processes as the system names them.

use rustix::process::Pid;

/// The process of a number.
pub(super) fn identity(process: u32) -> Option<Pid> {
    Pid::from_raw(i32::try_from(process).ok()?)
}
