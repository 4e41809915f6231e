//! Records a running stack through its engine: what is asked, how often, and what is written down at once.

mod api;
mod cgroup;
mod clock;
mod events;
#[cfg(target_os = "linux")]
mod files;
#[cfg(not(target_os = "linux"))]
#[path = "no_files.rs"]
mod files;
mod journal;
mod session;
mod target;

pub(crate) use api::about;
pub(crate) use clock::now;
pub(crate) use files::FileWatch;
pub(crate) use journal::{Journal, seal};
pub(crate) use session::{Log, Recorded, Session, Stop};
pub(crate) use target::Target;
