//! Lists of Python requirements in the build context.

use std::ops::Range;

use crate::fix::calls::package_name;
use crate::fix::draft::Draft;

/// The normal name of a package (PyPA, "Name normalization").
pub(in crate::fix) fn normal(name: &str) -> String {
    name.to_ascii_lowercase().replace(['_', '.'], "-")
}

/// A list of requirements in the build context: at its own path, or at that of the `COPY` that brings it.
pub(in crate::fix) fn in_context(draft: &Draft<'_>, step: usize, list: &str) -> Option<(String, String)> {
    let list = list.trim_matches(['"', '\'']);
    let name = list.rsplit('/').next()?;
    let copied = draft.steps[..step]
        .iter()
        .flat_map(|step| crate::instruction::context_sources(&step.instruction.text));
    let candidates =
        [list.trim_start_matches('/').to_owned(), name.to_owned()].into_iter().chain(copied.map(|source| {
            let source = source.trim_start_matches("./").trim_end_matches('/').to_owned();
            if source.ends_with(name) { source } else { format!("{source}/{name}") }
        }));
    candidates.into_iter().find_map(|path| Some((path.clone(), draft.context(&path)?)))
}

/// The requirements of a list: where each lies, with its continued lines, and its normal name.
pub(in crate::fix) fn lines(text: &str) -> impl Iterator<Item = (Range<usize>, String)> + use<> {
    let (mut found, mut start, mut at) = (Vec::new(), 0, 0);
    for line in text.split_inclusive('\n') {
        at += line.len();
        if !line.trim_end().ends_with('\\') {
            let name = normal(&package_name(text[start..at].split_whitespace().next().unwrap_or_default()));
            if name.starts_with(|first: char| first.is_ascii_alphanumeric()) {
                found.push((start..at, name));
            }
            start = at;
        }
    }
    found.into_iter()
}

#[cfg(test)]
mod tests {
    #[test]
    fn requirements_are_found_with_their_hashes() {
        let text = "# a\nTorch==2.1 \\\n  --hash=sha256:0 \\\n  --hash=sha256:1\n-r other.txt\nruamel.yaml[x]>=1 ; python_version>'3'\n";
        let found: Vec<_> = super::lines(text).map(|(range, name)| (&text[range], name)).collect();
        assert_eq!(found[0].1, "torch");
        assert!(found[0].0.ends_with("sha256:1\n"));
        assert_eq!(found[1].1, "ruamel-yaml");
        assert_eq!(found.len(), 2);
    }
}
