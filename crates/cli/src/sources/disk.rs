//! What an engine stores, as its API tells, and the log files of its containers, which the API does not measure.

use std::fs;
use std::path::{Path, PathBuf};

use plimsoll_collect::disk::{DiskAnswers, DiskError, MAX_ANSWER_BYTES};
use plimsoll_snapshot::{Bytes, Disk};
use serde::Deserialize;

use super::engine::{Connection, Deadline, Engine};
use super::pace::Pace;
use crate::error::{Error, Result};
use crate::printer::Printer;
use crate::recording::{about, now};

/// Docker 29 leaves the lists out of this answer unless it is asked in the words of an older API.
const OLDER: &str = "v1.51/system/df";
/// The most rotated log files of one container that are looked for.
const ROTATED: u32 = 1000;

/// Asks an engine.
pub(crate) fn read(engine: Engine, printer: &Printer) -> Result<Disk> {
    let connection = Connection::new(engine, Deadline::Document(Pace::default()))?;
    let (kind, _) = about(&connection)?;
    let mut answers = DiskAnswers::default();
    answers.asked(kind, now());
    ask(&connection, "info", &mut answers)?;
    ask(&connection, "system/df", &mut answers)?;
    if !answers.has_images() {
        ask(&connection, OLDER, &mut answers)?;
    }
    if !answers.has_images() {
        return Err(connection.wrong("does not say what it stores", "it may be too old, or no engine"));
    }
    // Podman names the images in full here alone.
    ask(&connection, "images/json", &mut answers)?;
    // Podman lists mounts here alone.
    ask(&connection, "containers/json?all=1", &mut answers)?;
    answers.has_all_containers();
    let (images, containers) = answers.ids();
    for id in images {
        // It may have gone in between: then its layers are unknown.
        ask(&connection, &format!("images/{id}/json"), &mut answers)?;
        ask(&connection, &format!("images/{id}/history"), &mut answers)?;
    }
    let mut unread = 0;
    for id in containers {
        match log_path(&connection, &id)?.as_deref().and_then(log_bytes) {
            Some(bytes) => answers.log(&id, bytes),
            None => unread += 1,
        }
    }
    if unread > 0 {
        printer.note(&format!(
            "note: logs not measured: {unread}. Their files are on another machine or not readable, or the containers have none"
        ));
    }
    Ok(answers.finish())
}

fn ask(connection: &Connection, path: &str, answers: &mut DiskAnswers) -> Result<()> {
    let Some(text) = connection.text(path)? else { return Ok(()) };
    match answers.read(&text) {
        Ok(_) => Ok(()),
        // Other answers may still list what it stores.
        Err(DiskError::Unknown) => Ok(()),
        Err(error) => {
            Err(connection
                .wrong(&format!("answers `/{path}` with something else: {error}"), "is it an engine?"))
        }
    }
}

/// Where a container logs to, if that is on this machine.
fn log_path(connection: &Connection, id: &str) -> Result<Option<PathBuf>> {
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Inspected {
        log_path: Option<String>,
        host_config: Option<HostConfig>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct HostConfig {
        log_config: Option<LogConfig>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct LogConfig {
        path: Option<String>,
    }
    if !connection.is_local() {
        return Ok(None);
    }
    let inspected: Option<Inspected> = connection.json(&format!("containers/{id}/json"))?;
    let path = inspected.and_then(|inspected| {
        let of_podman = || inspected.host_config?.log_config?.path;
        inspected.log_path.filter(|path| !path.is_empty()).or_else(of_podman)
    });
    Ok(path.filter(|path| path.starts_with('/')).map(PathBuf::from))
}

/// The bytes of a log file with its rotated ones: `x.log`, `x.log.1`, `x.log.2.gz`. A container that never ran has none.
fn log_bytes(path: &Path) -> Option<Bytes> {
    let size =
        |path: &Path| fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file).map(|file| file.len());
    let name = |ending: String| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    // Without permission for the directory no file is seen, which is not the same as none.
    #[expect(clippy::disallowed_methods, reason = "a log is measured, not read")]
    let is_open = |directory: &&Path| fs::read_dir(directory).is_ok();
    let directory = path.parent().filter(is_open);
    let current = size(path).or_else(|| directory.map(|_| 0))?;
    let rotated = (1..ROTATED).map_while(|number| {
        size(&name(format!(".{number}"))).or_else(|| size(&name(format!(".{number}.gz"))))
    });
    Some(Bytes(rotated.fold(current, u64::saturating_add)))
}

/// Reads saved answers.
pub(crate) fn saved(files: &[PathBuf], printer: &Printer) -> Result<Disk> {
    let mut answers = DiskAnswers::default();
    for path in files {
        let text = match path.as_os_str() == "-" {
            true => crate::input::read_standard(MAX_ANSWER_BYTES),
            false => crate::input::read(path, MAX_ANSWER_BYTES),
        };
        let text = text.map_err(|error| Error::read(path, error))?;
        answers.read(&text).map_err(|error| {
            Error::usage(
                format!("`{}`: {error}", path.display()),
                "save answers of the API: `curl --unix-socket /var/run/docker.sock http://localhost/system/df > df.json`",
            )
        })?;
    }
    if !answers.has_images() {
        return Err(Error::usage(
            "none of these files lists images",
            "give the answer of `/system/df`, or of `/images/json`",
        ));
    }
    if answers.lacks_containers() {
        printer.note(
            "note: the list of containers may lack stopped ones and is not used: ask for `/containers/json?all=1&size=1`",
        );
    }
    Ok(answers.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rotated_logs_count() {
        let directory = tempfile::tempdir().unwrap();
        let log = directory.path().join("x.log");
        assert_eq!(log_bytes(&log), Some(Bytes(0)));
        fs::write(&log, "12345").unwrap();
        fs::write(directory.path().join("x.log.1"), "123").unwrap();
        fs::write(directory.path().join("x.log.2.gz"), "1").unwrap();
        fs::write(directory.path().join("x.log.4"), "1").unwrap();
        assert_eq!(log_bytes(&log), Some(Bytes(9)));
        assert_eq!(log_bytes(Path::new("/nowhere/x.log")), None);
    }

    #[test]
    fn saved_answers_name_the_file_that_is_none() {
        let printer = Printer::default();
        let directory = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = directory.path().join(name);
            fs::write(&path, text).unwrap();
            path
        };
        let df = file(
            "df.json",
            r#"{"LayersSize": 7, "Images": [], "Containers": null, "Volumes": null, "BuildCache": null}"#,
        );
        assert_eq!(saved(std::slice::from_ref(&df), &printer).unwrap().layers_bytes, Some(Bytes(7)));
        let bad = file("bad.json", "{}");
        let error = saved(&[df, bad], &printer).unwrap_err();
        assert!(error.to_string().contains("bad.json"), "{error}");
        let containers = file("containers.json", r#"[{"Id": "a", "ImageID": "b", "State": "exited"}]"#);
        assert!(saved(&[containers], &printer).unwrap_err().to_string().contains("lists images"));
    }
}
