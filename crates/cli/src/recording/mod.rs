//! Records a running stack through its engine: what is asked, how often, and what is written down at once.

mod api;
mod cgroup;
mod clock;
mod events;
mod journal;
mod session;
mod target;

pub(crate) use api::about;
pub(crate) use clock::now;
pub(crate) use journal::{Journal, seal};
pub(crate) use session::{Recorded, Session, Stop};
pub(crate) use target::Target;
