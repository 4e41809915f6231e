//! What an image of a fleet is called: registry, repository, project and tag.

use serde::{Deserialize, Serialize};

use crate::sources::reference::{Reference, Version};

/// The name of an image, in parts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct ImageName {
    /// As the user would write it.
    pub(crate) reference: String,
    /// The host; empty for an image without one.
    pub(crate) registry: String,
    pub(crate) repository: String,
    /// The first part of the repository, or all of it if it has only one.
    pub(crate) project: String,
    pub(crate) tag: String,
}

impl ImageName {
    /// The name of an image of a registry.
    pub(crate) fn of(reference: &Reference) -> Self {
        let tag = match &reference.version {
            Version::Tag(tag) => tag.clone(),
            Version::Digest(digest) => digest.to_string(),
        };
        Self {
            reference: reference.to_string(),
            registry: reference.host.clone(),
            repository: reference.repository.clone(),
            project: project(&reference.repository),
            tag,
        }
    }

    /// The name of an image in a file: its tag, if that is a whole name, or else that of the file.
    pub(crate) fn in_file(tag: Option<&str>, file: &str) -> Self {
        let whole = tag.filter(|tag| tag.contains('/') || tag.contains(':'));
        if let Some(reference) = whole.and_then(|tag| tag.parse::<Reference>().ok()) {
            return Self { reference: reference.familiar(), ..Self::of(&reference) };
        }
        let repository = file.trim_matches('/').to_owned();
        let tag = tag.unwrap_or_default().to_owned();
        Self {
            reference: if tag.is_empty() { repository.clone() } else { format!("{repository}:{tag}") },
            registry: String::new(),
            project: project(&repository),
            repository,
            tag,
        }
    }
}

fn project(repository: &str) -> String {
    repository.split('/').next().unwrap_or(repository).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_called_by_its_tag_or_by_its_place() {
        let check = |tag: Option<&str>, file: &str, expected: [&str; 5]| {
            let ImageName { reference, registry, repository, project, tag } = ImageName::in_file(tag, file);
            assert_eq!([&*reference, &*registry, &*repository, &*project, &*tag], expected);
        };
        check(Some("team/app:1"), "x", ["team/app:1", "docker.io", "team/app", "team", "1"]);
        check(Some("r.example/a/b/c:1"), "x", ["r.example/a/b/c:1", "r.example", "a/b/c", "a", "1"]);
        check(Some("latest"), "team/app", ["team/app:latest", "", "team/app", "team", "latest"]);
        check(None, "app", ["app", "", "app", "app", ""]);
    }
}
