//! The only way to files that the user names as inputs. Each one is remembered, so that no output takes its place.
//!
//! `clippy.toml` forbids the other ways. What belongs to the machine (the cache, logins, sockets) is no input.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read as _, StdinLock};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::announced::announced;
use crate::error::IsOutput;
use crate::files;
use crate::identity::{Identity, places, resolved};
use crate::idle;

/// What was read so far.
static READ: Mutex<Vec<Known>> = Mutex::new(Vec::new());

/// An input: its identity, and how the user calls it.
struct Known {
    identity: Identity,
    path: PathBuf,
}

/// Opens a file that the user has named: a regular one, or a pipe.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    remembered(path, files::open_given(path)?)
}

/// Opens a file that an input names: a regular one.
pub(crate) fn regular(path: &Path) -> io::Result<File> {
    remembered(path, files::open_regular(path)?)
}

fn remembered(path: &Path, file: File) -> io::Result<File> {
    remember(path, Identity::of_open(path, &file)?)?;
    Ok(file)
}

/// Reads all of a file that the user has named, if it has at most `max` bytes.
pub(crate) fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let bytes = read_start(path, most.saturating_add(1))?;
    if bytes.len() as u64 > most {
        return Err(io::Error::other(format!("it is larger than {most} bytes")));
    }
    Ok(bytes)
}

/// Reads all of standard input, if it has at most `most` bytes.
pub(crate) fn read_standard(most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    standard()?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::other(format!("it is larger than {most} bytes")));
    }
    Ok(bytes)
}

/// Reads all of a regular file that an input names, if it has at most `most` bytes.
pub(crate) fn read_regular(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    regular(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::other(format!("it is larger than {most} bytes")));
    }
    Ok(bytes)
}

/// Reads the first bytes of a file that the user has named.
pub(crate) fn read_start(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Remembers a directory whose files are going to be read.
pub(crate) fn directory(path: &Path) -> io::Result<()> {
    #[expect(clippy::disallowed_methods, reason = "this is the way")]
    std::fs::read_dir(path)?;
    remember(path, Identity::of(path))
}

/// Standard input, which may be a file as well, unless it is a terminal.
pub(crate) fn standard() -> io::Result<StdinLock<'static>> {
    if io::stdin().is_terminal() {
        return Err(io::Error::other("it is a terminal; pipe a file into it"));
    }
    #[cfg(unix)]
    {
        use std::os::fd::AsFd as _;
        let file = File::from(io::stdin().as_fd().try_clone_to_owned()?);
        let name = Path::new("standard input");
        remember(name, Identity::of_open(name, &file)?)?;
        idle::tell(&file);
    }
    Ok(io::stdin().lock())
}

fn remember(path: &Path, identity: Option<Identity>) -> io::Result<()> {
    let Some(identity) = identity else { return Ok(()) };
    let mut read = known();
    if read.iter().all(|known| known.identity != identity) {
        read.push(Known { identity: identity.clone(), path: path.to_owned() });
    }
    drop(read);
    // Nothing is read in vain: such an output is refused when its input is opened.
    let taken = |output: &PathBuf| places(&resolved(output)).contains(&identity);
    let announced = announced().into_iter().find(taken);
    let standard = || (standard_output().as_ref() == Some(&identity)).then(|| "standard output".into());
    match announced.or_else(standard) {
        Some(output) => Err(io::Error::other(IsOutput(output))),
        None => Ok(()),
    }
}

/// The file that standard output goes to, if it goes to one: `>> FILE` would write into an input.
#[cfg(unix)]
fn standard_output() -> Option<Identity> {
    use std::os::fd::AsFd as _;
    let file = File::from(io::stdout().as_fd().try_clone_to_owned().ok()?);
    Identity::of_open(Path::new("-"), &file).ok()?
}

#[cfg(not(unix))]
fn standard_output() -> Option<Identity> {
    None
}

/// The input that an output would replace, or that it would be put into.
pub(crate) fn replaced_by(output: &Path) -> Option<PathBuf> {
    let places = places(&resolved(output));
    known().iter().find(|known| places.contains(&known.identity)).map(|known| known.path.clone())
}

fn known() -> MutexGuard<'static, Vec<Known>> {
    READ.lock().unwrap_or_else(PoisonError::into_inner)
}
