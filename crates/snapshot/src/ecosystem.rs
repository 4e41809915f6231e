//! The worlds that packages come from.

use serde::{Deserialize, Serialize};

/// The world a package comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Ecosystem {
    Dpkg,
    Apk,
    Rpm,
    Pacman,
    Portage,
    Opkg,
    Nix,
    Homebrew,
    Snap,
    /// Components of Bitnami images, below `/opt/bitnami`.
    Bitnami,
    Conda,
    Python,
    Npm,
    Gem,
    Java,
    Go,
    Rust,
    Dotnet,
    Composer,
    /// Extensions of PHP.
    Pecl,
    R,
    Perl,
    Lua,
    /// Applications of Erlang and Elixir.
    Otp,
    Julia,
    Dart,
    Conan,
    Haskell,
    Ocaml,
    /// Packs of SWI-Prolog.
    Prolog,
    /// Plugins of WordPress.
    Wordpress,
    /// Providers of Terraform.
    Terraform,
    /// Linux kernels and their modules.
    Kernel,
    /// Software that no package manager installed: runtimes and servers that images unpack or build from source.
    Generic,
    /// Weights of machine-learning models: from Hugging Face caches, or lying about.
    Model,
}

impl Ecosystem {
    /// Every ecosystem: those of the operating system first, since they own what they install of the others.
    pub const ALL: [Self; 35] = [
        Self::Dpkg,
        Self::Apk,
        Self::Rpm,
        Self::Pacman,
        Self::Portage,
        Self::Opkg,
        Self::Nix,
        Self::Homebrew,
        Self::Snap,
        Self::Bitnami,
        Self::Conda,
        Self::Python,
        Self::Npm,
        Self::Gem,
        Self::Java,
        Self::Go,
        Self::Rust,
        Self::Dotnet,
        Self::Composer,
        Self::Pecl,
        Self::R,
        Self::Perl,
        Self::Lua,
        Self::Otp,
        Self::Julia,
        Self::Dart,
        Self::Conan,
        Self::Haskell,
        Self::Ocaml,
        Self::Prolog,
        Self::Wordpress,
        Self::Terraform,
        Self::Kernel,
        Self::Generic,
        Self::Model,
    ];

    /// The name, as in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dpkg => "dpkg",
            Self::Apk => "apk",
            Self::Rpm => "rpm",
            Self::Pacman => "pacman",
            Self::Portage => "portage",
            Self::Opkg => "opkg",
            Self::Nix => "nix",
            Self::Homebrew => "homebrew",
            Self::Snap => "snap",
            Self::Bitnami => "bitnami",
            Self::Conda => "conda",
            Self::Python => "python",
            Self::Npm => "npm",
            Self::Gem => "gem",
            Self::Java => "java",
            Self::Go => "go",
            Self::Rust => "rust",
            Self::Dotnet => "dotnet",
            Self::Composer => "composer",
            Self::Pecl => "pecl",
            Self::R => "r",
            Self::Perl => "perl",
            Self::Lua => "lua",
            Self::Otp => "otp",
            Self::Julia => "julia",
            Self::Dart => "dart",
            Self::Conan => "conan",
            Self::Haskell => "haskell",
            Self::Ocaml => "ocaml",
            Self::Prolog => "prolog",
            Self::Wordpress => "wordpress",
            Self::Terraform => "terraform",
            Self::Kernel => "kernel",
            Self::Generic => "generic",
            Self::Model => "model",
        }
    }

    /// Whether its packages bring what programs need to run: they own what they install of languages.
    #[must_use]
    pub const fn is_system(self) -> bool {
        matches!(
            self,
            Self::Dpkg
                | Self::Apk
                | Self::Rpm
                | Self::Pacman
                | Self::Portage
                | Self::Opkg
                | Self::Nix
                | Self::Homebrew
                | Self::Snap
                | Self::Bitnami
        )
    }

    /// Whether one file describes all its packages, which it therefore belongs to none of.
    #[must_use]
    pub const fn has_database(self) -> bool {
        matches!(self, Self::Dpkg | Self::Apk | Self::Rpm | Self::Opkg)
    }
}
