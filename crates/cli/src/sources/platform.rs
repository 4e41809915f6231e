//! A platform as people write it: `os/architecture[/variant]`.

use std::fmt;
use std::str::FromStr;

/// One of the platforms that an image may be made for (image-spec, image-index.md, "platform").
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Platform {
    os: String,
    architecture: String,
    variant: Option<String>,
}

impl FromStr for Platform {
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

impl fmt::Display for Platform {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.os, self.architecture)?;
        self.variant.iter().try_for_each(|variant| write!(out, "/{variant}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platforms_are_read_as_people_write_them() {
        for (text, expected) in [
            ("linux/amd64", "linux/amd64"),
            ("linux/arm/v7", "linux/arm/v7"),
            ("Linux/x86_64", "linux/amd64"),
            ("linux/aarch64", "linux/arm64"),
        ] {
            assert_eq!(text.parse::<Platform>().unwrap().to_string(), expected);
        }
    }

    #[test]
    fn what_is_no_platform_is_refused() {
        for text in ["foo", "", "/", "linux/", "/amd64", "linux//v7", "linux/arm/v7/x", "linux/amd 64"] {
            assert!(text.parse::<Platform>().unwrap_err().contains("linux/amd64"), "{text}");
        }
    }
}
