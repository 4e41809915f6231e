//! Says that a pipe is waited for. A pipe may be silent for as long as it likes, so waiting is no error; but the user
//! should know what the program waits for.

use std::fs::File;
use std::time::Duration;

/// How long a pipe may be silent before it is worth a note.
#[cfg(unix)]
const SILENCE: Duration = Duration::from_secs(10);

/// Notes once if nothing comes out of a pipe.
#[cfg(unix)]
pub(crate) fn tell(pipe: &File) {
    use std::os::fd::AsFd as _;
    if let Ok(pipe) = pipe.as_fd().try_clone_to_owned() {
        std::thread::spawn(move || {
            if is_silent(&File::from(pipe), SILENCE) {
                crate::printer::Printer::default().note(NOTE);
            }
        });
    }
}

#[cfg(not(unix))]
pub(crate) fn tell(_: &File) {}

#[cfg(unix)]
const NOTE: &str = "note: still waiting for data from a pipe; interrupt with Ctrl-C";

/// Whether neither data nor the end came in time. Nothing is taken out of the pipe.
#[cfg(unix)]
fn is_silent(pipe: &File, wait: Duration) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let Ok(wait) = Timespec::try_from(wait) else { return false };
    matches!(poll(&mut [PollFd::new(pipe, PollFlags::IN)], Some(&wait)), Ok(0))
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::Write as _;
    use std::os::fd::OwnedFd;

    use super::*;

    #[test]
    fn a_pipe_is_silent_until_something_comes_or_it_ends() {
        let (reader, mut writer) = std::io::pipe().unwrap();
        let reader = File::from(OwnedFd::from(reader));
        let soon = Duration::from_millis(5);
        assert!(is_silent(&reader, soon));
        writer.write_all(b"x").unwrap();
        assert!(!is_silent(&reader, soon));
        drop(writer);
        assert!(!is_silent(&reader, soon));
    }
}
