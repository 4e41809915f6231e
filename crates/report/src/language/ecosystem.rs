//! The names of package ecosystems, the same in every language.

use plimsoll_snapshot::Ecosystem;

/// The name of a world of packages. [`Language::ecosystem`](super::Language::ecosystem) translates the two that are words.
pub(super) const fn ecosystem_name(ecosystem: Ecosystem) -> &'static str {
    match ecosystem {
        Ecosystem::Dpkg => "Debian",
        Ecosystem::Apk => "Alpine",
        Ecosystem::Rpm => "RPM",
        Ecosystem::Pacman => "Arch Linux",
        Ecosystem::Portage => "Gentoo",
        Ecosystem::Opkg => "opkg",
        Ecosystem::Nix => "Nix",
        Ecosystem::Homebrew => "Homebrew",
        Ecosystem::Snap => "snap",
        Ecosystem::Bitnami => "Bitnami",
        Ecosystem::Conda => "conda",
        Ecosystem::Python => "Python",
        Ecosystem::Npm => "npm",
        Ecosystem::Gem => "RubyGems",
        Ecosystem::Java => "Java",
        Ecosystem::Go => "Go",
        Ecosystem::Rust => "Rust",
        Ecosystem::Dotnet => ".NET",
        Ecosystem::Composer => "Composer",
        Ecosystem::Pecl => "PECL",
        Ecosystem::R => "R",
        Ecosystem::Perl => "Perl",
        Ecosystem::Lua => "LuaRocks",
        Ecosystem::Otp => "Erlang/OTP",
        Ecosystem::Julia => "Julia",
        Ecosystem::Dart => "Dart",
        Ecosystem::Conan => "Conan",
        Ecosystem::Haskell => "Haskell",
        Ecosystem::Ocaml => "OCaml",
        Ecosystem::Prolog => "SWI-Prolog",
        Ecosystem::Wordpress => "WordPress",
        Ecosystem::Terraform => "Terraform",
        Ecosystem::Kernel => "Linux",
        Ecosystem::Generic => "generic",
        Ecosystem::Model => "models",
    }
}
