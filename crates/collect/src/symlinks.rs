//! Entries whose path leads through a symbolic link in the same layer: a tar is unpacked in order, so `lib/x` behind
//! `lib -> usr/lib` is `usr/lib/x`, in every engine.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// Links that lead through links end here, as in Linux (path_resolution(7)).
const MAX_LINKS: u32 = 40;

/// The symbolic links of a layer, as far as it was read.
#[derive(Default)]
pub(crate) struct Symlinks {
    targets: BTreeMap<Vec<u8>, Vec<u8>>,
    /// The last directory that was asked for, and what it stands for: entries of one directory follow each other.
    last: Option<(Vec<u8>, Option<Vec<u8>>)>,
}

impl Symlinks {
    /// Notes what stands at a path now: a link with its target, or something else.
    pub(crate) fn note(&mut self, path: &[u8], target: Option<&[u8]>) {
        match target {
            Some(target) => {
                self.targets.insert(path.to_vec(), target.to_vec());
            }
            None if self.targets.remove(path).is_some() => {}
            None => return,
        }
        self.last = None;
    }

    /// The path that an entry is unpacked to.
    pub(crate) fn resolve<'a>(&mut self, path: Cow<'a, [u8]>) -> Cow<'a, [u8]> {
        let Some(slash) = path.iter().rposition(|&byte| byte == b'/').filter(|_| !self.targets.is_empty())
        else {
            return path;
        };
        let (directory, name) = (&path[..slash], &path[slash..]);
        if self.last.as_ref().is_none_or(|(last, _)| last != directory) {
            self.last = Some((directory.to_vec(), self.directory(directory)));
        }
        match &self.last {
            Some((_, Some(real))) => {
                let whole = [real, name].concat();
                Cow::Owned(whole.strip_prefix(b"/").map(<[u8]>::to_vec).unwrap_or(whole))
            }
            _ => path,
        }
    }

    /// What a directory stands for, if a link lies on the way to it. A circle of links stands for itself.
    fn directory(&self, directory: &[u8]) -> Option<Vec<u8>> {
        let mut real: Vec<u8> = Vec::new();
        let mut pending: Vec<Vec<u8>> = parts(directory);
        let mut links = 0;
        while let Some(part) = pending.pop() {
            match &part[..] {
                b"" | b"." => continue,
                b".." => {
                    real.truncate(real.iter().rposition(|&byte| byte == b'/').unwrap_or(0));
                    continue;
                }
                part => {
                    let parent = real.len();
                    if parent > 0 {
                        real.push(b'/');
                    }
                    real.extend_from_slice(part);
                    let Some(target) = self.targets.get(&real) else { continue };
                    links += 1;
                    if links > MAX_LINKS {
                        return None;
                    }
                    // An absolute target begins at the root of the image.
                    real.truncate(if target.starts_with(b"/") { 0 } else { parent });
                    pending.extend(parts(target));
                }
            }
        }
        (links > 0).then_some(real)
    }
}

/// The components of a path, the first one last.
fn parts(path: &[u8]) -> Vec<Vec<u8>> {
    path.split(|&byte| byte == b'/').rev().map(<[u8]>::to_vec).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(links: &[(&str, &str)], path: &str) -> String {
        let mut symlinks = Symlinks::default();
        for (path, target) in links {
            symlinks.note(path.as_bytes(), Some(target.as_bytes()));
        }
        String::from_utf8(symlinks.resolve(Cow::Borrowed(path.as_bytes())).into_owned()).unwrap()
    }

    #[test]
    fn links_on_the_way_are_followed() {
        let usr = [("lib", "usr/lib"), ("usr/lib/x86", "../lib64"), ("bin", "/usr/bin"), ("up", "../../..")];
        for (path, expected) in [
            ("lib/x.so", "usr/lib/x.so"),
            ("lib", "lib"),
            ("lib/x86/y", "usr/lib64/y"),
            ("bin/a/b", "usr/bin/a/b"),
            ("up/a", "a"),
            ("usr/lib/z", "usr/lib/z"),
            ("other/lib/x", "other/lib/x"),
        ] {
            assert_eq!(resolve(&usr, path), expected, "{path}");
        }
        assert_eq!(resolve(&[("a", "b"), ("b", "a")], "a/x"), "a/x");
        assert_eq!(resolve(&[("a", "a/a")], "a/x"), "a/x");
    }

    #[test]
    fn what_takes_the_place_of_a_link_is_no_link() {
        let mut symlinks = Symlinks::default();
        symlinks.note(b"lib", Some(b"usr/lib"));
        assert_eq!(&*symlinks.resolve(Cow::Borrowed(b"lib/x")), b"usr/lib/x");
        symlinks.note(b"lib", None);
        assert_eq!(&*symlinks.resolve(Cow::Borrowed(b"lib/x")), b"lib/x");
    }
}
