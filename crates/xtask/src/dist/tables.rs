//! What a release is built for. Archives, packages, the image and the installers are all made from this table.

use super::release::VERSION;

/// One platform.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// Its name for rustc.
    pub(super) triple: &'static str,
    /// `uname -s` and `uname -m` there, for the installer. Nothing for Windows, which has no `uname`.
    pub(super) uname: Option<(&'static str, &'static str)>,
    /// Its architecture as OCI images, Debian and nfpm name it.
    pub(super) architecture: &'static str,
    /// The platforms of Python that a wheel with the program runs on. A static program runs with any C library.
    pub(super) wheel: &'static str,
}

/// In the order in which documents list them.
pub(super) const TARGETS: &[Target] = &[
    Target {
        triple: "x86_64-unknown-linux-musl",
        uname: Some(("Linux", "x86_64")),
        architecture: "amd64",
        wheel: "manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64",
    },
    Target {
        triple: "aarch64-unknown-linux-musl",
        uname: Some(("Linux", "aarch64")),
        architecture: "arm64",
        wheel: "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64",
    },
    Target {
        triple: "aarch64-apple-darwin",
        uname: Some(("Darwin", "arm64")),
        architecture: "arm64",
        wheel: "macosx_11_0_arm64",
    },
    Target { triple: "x86_64-pc-windows-msvc", uname: None, architecture: "amd64", wheel: "win_amd64" },
];

impl Target {
    pub(super) fn is_linux(&self) -> bool {
        self.triple.contains("-linux-")
    }

    pub(super) fn is_windows(&self) -> bool {
        self.triple.contains("-windows-")
    }

    /// The file name of the program.
    pub(super) fn program(&self) -> &'static str {
        if self.is_windows() { "plimsoll.exe" } else { "plimsoll" }
    }

    /// The file name of the archive without its ending, and the directory in it.
    pub(super) fn stem(&self) -> String {
        format!("plimsoll-{VERSION}-{}", self.triple)
    }

    /// The file name of the archive.
    pub(super) fn archive(&self) -> String {
        format!("{}.{}", self.stem(), if self.is_windows() { "zip" } else { "tar.gz" })
    }
}

/// The target of a name.
pub(super) fn by_triple(name: &str) -> Result<&'static Target, String> {
    TARGETS.iter().find(|target| target.triple == name).ok_or_else(|| {
        let known: Vec<&str> = TARGETS.iter().map(|target| target.triple).collect();
        format!("it is not a target of a release: {}", known.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_targets_are_refused_with_the_known_ones() {
        let expected = format!("plimsoll-{VERSION}-aarch64-apple-darwin.tar.gz");
        assert_eq!(by_triple("aarch64-apple-darwin").unwrap().archive(), expected);
        assert!(by_triple("mips-unknown-linux-gnu").unwrap_err().contains("x86_64-unknown-linux-musl"));
    }
}
