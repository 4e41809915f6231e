//! Compares platforms as engines do: `arm64` and `arm64/v8` are one, and so are `x86_64` and `amd64`.

use plimsoll_snapshot::Platform;

/// A platform by its normal name (containerd, `platforms/database.go`).
#[derive(PartialEq, Eq)]
struct Normal {
    os: String,
    architecture: String,
    variant: String,
}

impl Normal {
    fn new(os: &str, architecture: &str, variant: &str) -> Self {
        let os = os.to_ascii_lowercase();
        let (architecture, variant) = (architecture.to_ascii_lowercase(), variant.to_ascii_lowercase());
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
        Self::new(&platform.os, &platform.architecture, platform.variant.as_deref().unwrap_or_default())
    }
}

/// Whether two platforms are the same.
pub(crate) fn same(a: &Platform, b: &Platform) -> bool {
    Normal::of(a) == Normal::of(b)
}

/// Whether a platform is the one that `wanted` (`os/architecture[/variant]`) names.
#[must_use]
pub fn is_platform(platform: &Platform, wanted: &str) -> bool {
    position([platform], wanted).is_some()
}

/// The position of the platform that `wanted` (`os/architecture[/variant]`) names: the very one, or the first of any
/// variant if `wanted` names none.
pub(crate) fn position<'a>(platforms: impl IntoIterator<Item = &'a Platform>, wanted: &str) -> Option<usize> {
    let mut parts = wanted.splitn(3, '/');
    let mut part = || parts.next().unwrap_or_default();
    let (os, architecture, variant) = (part(), part(), part());
    let wanted = Normal::new(os, architecture, variant);
    let mut of_any_variant = None;
    for (position, platform) in platforms.into_iter().enumerate() {
        let found = Normal::of(platform);
        if found == wanted {
            return Some(position);
        }
        let is_alike = found.os == wanted.os && found.architecture == wanted.architecture;
        if is_alike && variant.is_empty() && of_any_variant.is_none() {
            of_any_variant = Some(position);
        }
    }
    of_any_variant
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(platforms: &[&str], wanted: &str) -> Option<usize> {
        let platforms = platforms.iter().map(|name| {
            let mut parts = name.split('/').map(ToOwned::to_owned);
            Platform { os: parts.next().unwrap(), architecture: parts.next().unwrap(), variant: parts.next() }
        });
        position(&platforms.collect::<Vec<_>>(), wanted)
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
}
