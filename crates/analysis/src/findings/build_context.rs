//! Where files of an image lie in the build context.

use super::input::Input;
use crate::instruction::{self, Instruction};
use crate::lines::step::Copy;

/// The path of a file in the build context that an instruction copied it from; `None` if that is not certain, or if the
/// `.dockerignore` excludes it already.
pub(super) fn in_context(input: &Input<'_>, copy: &Copy<'_>, place: &[u8]) -> Option<Vec<u8>> {
    let inside = Origin::of(input, copy)?.inside(place)?;
    (!input.is_left_out(&String::from_utf8_lossy(&inside))).then_some(inside)
}

/// The source and the destination of a `COPY` or an `ADD`.
pub(super) struct Origin {
    /// The path in the context; empty for all of it.
    source: String,
    /// The path in the image, without a slash in front.
    destination: String,
}

impl Origin {
    pub(super) fn of(input: &Input<'_>, copy: &Copy<'_>) -> Option<Self> {
        let [source] = copy.sources[..] else { return None };
        let source = source.trim_start_matches("./").trim_end_matches('/');
        // `ADD` unpacks archives and fetches URLs.
        let unpacked = copy.keyword == "ADD" && (source.contains(".t") || source.contains("://"));
        if unpacked || source.contains(['*', '?', '$']) || copy.destination.contains('$') {
            return None;
        }
        let destination = join(&directory_of(input, copy), copy.destination);
        Some(Self { source: if source == "." { String::new() } else { source.to_owned() }, destination })
    }

    pub(super) fn inside(&self, place: &[u8]) -> Option<Vec<u8>> {
        let inside = match self.destination.as_bytes() {
            b"" => place,
            directory => match place.strip_prefix(directory)? {
                b"" => b"",
                rest => rest.strip_prefix(b"/")?,
            },
        };
        let inside = match (self.source.as_bytes(), inside) {
            (b"", inside) => inside.to_owned(),
            (source, b"") => source.to_owned(),
            // A single file goes into a directory under its own name.
            (source, inside) if source.rsplit(|&byte| byte == b'/').next() == Some(inside) => {
                source.to_owned()
            }
            (source, inside) => [source, b"/", inside].concat(),
        };
        (!inside.is_empty()).then_some(inside)
    }
}

/// The working directory at an instruction.
fn directory_of(input: &Input<'_>, copy: &Copy<'_>) -> String {
    if copy.destination.starts_with('/') {
        return String::new();
    }
    let mut directory = None;
    for step in &input.image.history {
        let text = Instruction::of(instruction::readable(&step.created_by));
        if let Some(next) = text.strip_prefix("WORKDIR ") {
            directory = Some(join(directory.as_deref().unwrap_or(""), next.trim()));
        } else if Copy::parse(&text).as_ref() == Some(copy) {
            break;
        }
    }
    directory.unwrap_or_else(|| input.image.config.working_dir.trim_matches('/').to_owned())
}

fn join(directory: &str, path: &str) -> String {
    let parts = if path.starts_with('/') { path.to_owned() } else { format!("{directory}/{path}") };
    let parts: Vec<&str> = parts.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    parts.join("/")
}
