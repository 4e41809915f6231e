//! Compares platforms as engines do: `arm64` and `arm64/v8` are one, and so are `x86_64` and `amd64`.

use std::fmt;
use std::str::FromStr;

use plimsoll_snapshot::Platform;

/// A platform by its normal name (containerd, `platforms/database.go`).
#[derive(PartialEq, Eq)]
struct Normal {
    os: String,
    architecture: String,
    variant: String,
}

impl Normal {
    fn new(os: &str, architecture: &str, variant: Option<&str>) -> Self {
        let os = os.to_ascii_lowercase();
        let architecture = architecture.to_ascii_lowercase();
        let variant = variant.unwrap_or_default().to_ascii_lowercase();
        let (architecture, variant) = match (&*architecture, &*variant) {
            ("i386" | "i686", _) => ("386", ""),
            ("x86_64" | "x86-64" | "amd64", "v1") => ("amd64", ""),
            ("x86_64" | "x86-64", variant) => ("amd64", variant),
            ("aarch64" | "arm64", "8" | "v8") => ("arm64", ""),
            ("aarch64", variant) => ("arm64", variant),
            ("armhf", _) | ("arm", "" | "7") => ("arm", "v7"),
            ("armel", _) | ("arm", "6") => ("arm", "v6"),
            ("arm", "5") => ("arm", "v5"),
            ("arm", "8") => ("arm", "v8"),
            (architecture, variant) => (architecture, variant),
        };
        Self {
            os: if os == "macos" { "darwin".to_owned() } else { os },
            architecture: architecture.to_owned(),
            variant: variant.to_owned(),
        }
    }

    fn of(platform: &Platform) -> Self {
        Self::new(&platform.os, &platform.architecture, platform.variant.as_deref())
    }
}

/// A platform that a user asks for, as people write it: `os/architecture[/variant]` (image-spec, image-index.md,
/// "platform").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedPlatform {
    os: String,
    architecture: String,
    variant: Option<String>,
}

impl Default for WantedPlatform {
    /// What is read of an image for several platforms, if the user asks for none.
    fn default() -> Self {
        Self { os: "linux".to_owned(), architecture: "amd64".to_owned(), variant: None }
    }
}

impl FromStr for WantedPlatform {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = || "expected `OS/ARCH[/VARIANT]`, such as `linux/amd64` or `linux/arm/v7`".to_owned();
        let is_part = |part: &&str| {
            !part.is_empty()
                && part.len() <= 64
                && part.chars().all(|char| char.is_ascii_alphanumeric() || "._-".contains(char))
        };
        let text = text.to_ascii_lowercase();
        let parts: Vec<_> = text.split('/').collect();
        if !parts.iter().all(is_part) {
            return Err(expected());
        }
        let (os, architecture, variant) = match parts[..] {
            [os, architecture] => (os, architecture, None),
            [os, architecture, variant] => (os, architecture, Some(variant.to_owned())),
            _ => return Err(expected()),
        };
        // What `uname -m` says, as Go calls it.
        let architecture = match architecture {
            "x86_64" | "x86-64" => "amd64",
            "aarch64" => "arm64",
            other => other,
        };
        Ok(Self { os: os.to_owned(), architecture: architecture.to_owned(), variant })
    }
}

impl fmt::Display for WantedPlatform {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.os, self.architecture)?;
        self.variant.iter().try_for_each(|variant| write!(out, "/{variant}"))
    }
}

impl WantedPlatform {
    /// Whether a platform is this one.
    #[must_use]
    pub fn is(&self, platform: &Platform) -> bool {
        self.position([platform]).is_some()
    }

    /// The position of this platform: the very one, or the first of any variant if none is named.
    pub(crate) fn position<'a>(&self, platforms: impl IntoIterator<Item = &'a Platform>) -> Option<usize> {
        let wanted = Normal::new(&self.os, &self.architecture, self.variant.as_deref());
        let mut of_any_variant = None;
        for (position, platform) in platforms.into_iter().enumerate() {
            let found = Normal::of(platform);
            if found == wanted {
                return Some(position);
            }
            let is_alike = found.os == wanted.os && found.architecture == wanted.architecture;
            if is_alike && self.variant.is_none() && of_any_variant.is_none() {
                of_any_variant = Some(position);
            }
        }
        of_any_variant
    }
}

/// Whether two platforms are the same.
pub(crate) fn same(a: &Platform, b: &Platform) -> bool {
    Normal::of(a) == Normal::of(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(platforms: &[&str], wanted: &str) -> Option<usize> {
        let platforms = platforms.iter().map(|name| {
            let mut parts = name.split('/').map(ToOwned::to_owned);
            Platform { os: parts.next().unwrap(), architecture: parts.next().unwrap(), variant: parts.next() }
        });
        wanted.parse::<WantedPlatform>().unwrap().position(&platforms.collect::<Vec<_>>())
    }

    #[test]
    fn one_platform_has_several_names() {
        for (found, wanted) in [
            ("linux/arm64/v8", "linux/arm64"),
            ("linux/arm64", "linux/arm64/v8"),
            ("linux/amd64", "linux/x86_64"),
            ("linux/amd64", "linux/amd64/v1"),
            ("linux/arm/v7", "linux/armhf"),
            ("linux/arm", "linux/arm/v7"),
            ("linux/aarch64", "Linux/ARM64"),
        ] {
            assert_eq!(find(&[found], wanted), Some(0), "{found} {wanted}");
        }
        for (found, wanted) in [
            ("linux/amd64/v2", "linux/amd64/v3"),
            ("linux/arm/v6", "linux/arm/v7"),
            ("windows/amd64", "linux/amd64"),
            ("linux/arm64", "linux/arm"),
        ] {
            assert_eq!(find(&[found], wanted), None, "{found} {wanted}");
        }
    }

    #[test]
    fn without_a_variant_the_usual_one_comes_first() {
        assert_eq!(find(&["linux/arm/v6", "linux/arm/v7"], "linux/arm"), Some(1));
        assert_eq!(find(&["linux/arm/v6", "linux/arm/v5"], "linux/arm"), Some(0));
        assert_eq!(find(&["linux/amd64/v3"], "linux/amd64"), Some(0));
    }

    #[test]
    fn platforms_are_read_as_people_write_them() {
        for (text, expected) in [
            ("linux/amd64", "linux/amd64"),
            ("linux/arm/v7", "linux/arm/v7"),
            ("Linux/x86_64", "linux/amd64"),
            ("linux/aarch64", "linux/arm64"),
        ] {
            assert_eq!(text.parse::<WantedPlatform>().unwrap().to_string(), expected);
        }
    }

    #[test]
    fn what_is_no_platform_is_refused() {
        for text in ["foo", "", "/", "linux/", "/amd64", "linux//v7", "linux/arm/v7/x", "linux/amd 64"] {
            assert!(text.parse::<WantedPlatform>().unwrap_err().contains("linux/amd64"), "{text}");
        }
    }
}
