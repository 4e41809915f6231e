//! Compilers, headers and other build tools that remain in the image.

use std::collections::BTreeSet;

use plimsoll_snapshot::{Bytes, Ecosystem, Order as _, filled};

use crate::findings::evidence::{Evidence, Subject};
use crate::findings::finding::{Confidence, Finding};
use crate::findings::fixes::{Action, Fix};
use crate::findings::headline::Headline;
use crate::findings::input::Input;
use crate::findings::rule::{Check, Rule};
use crate::findings::rule_id::RuleId;
use crate::instruction::Instruction;
use crate::lines::{Dockerfile, Line, Unfit, dockerfile, line, names, step};
use crate::packages::{Broken, Owner, Package, PackageId, Use};

pub(super) const RULE: Rule = Rule { id: RuleId::BuildTools, check: Check::Image(check) };

/// The smallest saving that is worth a second stage.
const LEAST: Bytes = Bytes(5_000_000);

/// Names of system packages.
const NAMES: &[&str] = &[
    "build-essential",
    "build-base",
    "alpine-sdk",
    "base-devel",
    "make",
    "cmake",
    "ninja-build",
    "meson",
    "git",
    "git-man",
    "mercurial",
    "subversion",
    "binutils",
    "binutils-common",
    "dpkg-dev",
    "patch",
    "autoconf",
    "automake",
    "libtool",
    "bison",
    "flex",
    "m4",
    "pkg-config",
    "pkgconf",
    "pkgconf-bin",
    "gdb",
    "rustc",
    "cargo",
    "rust",
    "go",
    "golang",
    "gfortran",
    "nasm",
    "yasm",
    "swig",
    "maven",
    "gradle",
    "node-gyp",
    "fakeroot",
    "rpm-build",
    "redhat-rpm-config",
    "gcc",
    "g++",
    "cpp",
    "clang",
    "llvm",
    "lld",
];
/// Prefixes of their names.
const BEGINNINGS: &[&str] = &["gcc-", "g++-", "cpp-", "gfortran-", "clang-", "llvm-", "golang-", "binutils-"];

fn check(input: &Input<'_>) -> Vec<Finding> {
    let git_is_used = input.catalogue.installed().any(|package| {
        matches!(package.name.as_str(), "gitpython" | "dulwich" | "pygit2" | "simple-git")
            && !matches!(package.usage, Use::Unused)
    });
    let is_wanted = |package: &&Package| {
        package.ecosystem.is_system()
            && is_tool(&package.name)
            && !(git_is_used && package.name.starts_with("git"))
    };
    let mut tools: Vec<PackageId> =
        input.catalogue.installed().filter(is_wanted).map(|package| package.id).collect();
    // A tool that a remaining package needs is not a build tool here. Keeping one may keep others.
    let mut gone = Vec::new();
    for _ in 0..ROUNDS {
        let without = input.catalogue.without(input.squashed, &tools);
        gone = without.gone;
        let before = tools.len();
        let needed: BTreeSet<PackageId> = filled((without.broken.iter()).map(|broken| match *broken {
            Broken::Package { needs, .. } | Broken::Application { needs, .. } => needs,
        }));
        tools.retain(|tool| !needed.contains(tool));
        if tools.len() == before {
            break;
        }
        gone.clear();
    }
    let mut inodes = input.inodes_of(&gone);
    inodes.extend(toolchains(input));
    if input.bytes(&inodes) < LEAST {
        return Vec::new();
    }
    let mut finding = input.finding(RULE.id, Headline::BuildTools, inodes);
    let mut named: Vec<&Package> = tools.iter().map(|&id| input.catalogue.package(id)).collect();
    named.order_by_key(|package| (std::cmp::Reverse(package.image_bytes), package.id));
    if !named.is_empty() {
        finding.evidence = named.iter().take(Finding::EXAMPLES).map(|package| evidence(package)).collect();
        finding.evidence_count = named.len() as u64;
    }
    let from_base = named.iter().filter(|package| package.layer < input.base_layers).count();
    if from_base * 2 > named.len() {
        finding.confidence = Confidence::Medium;
    }
    fixes(input, &tools, &mut finding);
    vec![finding]
}

/// The most rounds of keeping tools: each round has fewer.
const ROUNDS: usize = 16;

fn is_tool(name: &str) -> bool {
    NAMES.contains(&name)
        || BEGINNINGS.iter().any(|start| name.starts_with(start))
            && !name.ends_with("-base")
            && !name.contains("libs")
        || name.ends_with("-dev")
        || name.ends_with("-devel")
        || name.ends_with("-headers")
        || name.starts_with("openjdk") && name.contains("-jdk")
        // A virtual package of apk (`.build-deps`) only holds others together.
        || name.starts_with(".build")
}

/// Toolchains that the system package manager did not install.
fn toolchains(input: &Input<'_>) -> Vec<u32> {
    const PLACES: [&[u8]; 4] =
        [b"usr/local/cargo/bin/", b"usr/local/rustup/", b"root/.rustup/", b"usr/local/go/"];
    input
        .visible()
        .filter(|(index, _, owner)| {
            !matches!(owner, Owner::Package(_))
                && input.everywhere(*index, |path| PLACES.iter().any(|place| path.starts_with(place)))
        })
        .map(|(index, ..)| index)
        .collect()
}

fn evidence(package: &Package) -> Evidence {
    Evidence { subject: Subject::of_package(package), ..Evidence::of_package(package, package.image_bytes) }
}

fn fixes(input: &Input<'_>, tools: &[PackageId], finding: &mut Finding) {
    let names: Vec<&str> = tools.iter().map(|&id| input.catalogue.package(id).name.as_str()).collect();
    let mut used = Vec::new();
    let found = input.steps().find_map(|(_, instruction)| {
        let lines = without_words(&instruction, &names, &mut used)?;
        Some((instruction, lines))
    });
    if let Some((instruction, lines)) = found {
        finding.fixes.push(Fix::instead_of(instruction, Action::InstallRuntimeOnly, lines));
        finding.add(
            stage(input, &used).map(|stage| stage.map(|stage| Fix::new(Action::BuildInSeparateStage, stage))),
        );
    } else if names.len() > 3
        && let Some(base) = input.image.config.labels.get("org.opencontainers.image.base.name")
    {
        finding.add(
            names::image::<Dockerfile>(base)
                .map(|base| [Fix::new(Action::EndWithSlimBase, line!("FROM ", base, " AS build"))]),
        );
    }
}

/// An instruction that installs packages, without some of them; `None` if it installs none of them.
fn without_words(
    instruction: &Instruction,
    names: &[&str],
    left_out: &mut Vec<String>,
) -> Option<Line<Dockerfile>> {
    let command = step::command(instruction)?;
    let commands = command.commands()?;
    let mut changed = false;
    let mut kept: Vec<Line<_>> = Vec::new();
    let bare = |word: &str| word.split(['=', ':']).next().unwrap_or(word).to_owned();
    let is_tool = |word: &str| names.contains(&bare(word).as_str());
    for command in commands {
        let words: Vec<&str> = command.split_whitespace().collect();
        if !is_install(&words) {
            kept.push(command);
            continue;
        }
        let (gone, stay): (Vec<&str>, Vec<&str>) = words.iter().partition(|word| is_tool(word));
        left_out.extend(gone.iter().map(|word| (*word).to_owned()));
        changed |= !gone.is_empty();
        let packages = stay.iter().skip_while(|word| **word != "install" && **word != "add").skip(1);
        if packages.filter(|word| !word.starts_with('-')).count() > 0 {
            let line = command.keeping(|word| !is_tool(word))?;
            kept.push(if words[0] == "apt-get" && !line.contains("--no-install-recommends") {
                line.replacing("install", "install --no-install-recommends", 1)
            } else {
                line
            });
        }
    }
    if !changed {
        return None;
    }
    if !kept.iter().any(|command| is_install(&command.split_whitespace().collect::<Vec<_>>())) {
        return Some(step::comment("not needed any more", instruction));
    }
    if kept.iter().any(|command| command.starts_with("apt-get ")) && !command.contains("/var/lib/apt/lists") {
        kept.push("rm -rf /var/lib/apt/lists/*".into());
    }
    Some(dockerfile::run(&[], &kept))
}

fn is_install(words: &[&str]) -> bool {
    matches!(words.first(), Some(&("apt-get" | "apt" | "apk" | "dnf" | "microdnf" | "yum" | "zypper")))
        && words.iter().any(|word| matches!(*word, "install" | "add"))
}

/// A stage for packages that pip builds, if the tools serve them.
fn stage(input: &Input<'_>, tools: &[String]) -> Result<Option<Line<Dockerfile>>, Unfit> {
    let python = input.catalogue.installed().any(|package| package.ecosystem == Ecosystem::Python);
    let install = input.steps().find_map(|(_, instruction)| {
        let commands = step::command(&instruction)?.commands()?;
        let pip =
            |command: &Line<_>| command.starts_with("pip install ") || command.starts_with("pip3 install ");
        commands.into_iter().find(pip)
    });
    let Some(install) = install.filter(|_| python && !tools.is_empty() && input.has_program("apt-get"))
    else {
        return Ok(None);
    };
    let copy = match install.split_whitespace().skip_while(|word| *word != "-r").nth(1) {
        Some(file) => {
            let file = dockerfile::file(file)?;
            line!("COPY ", &file, " ", &file, "\n")
        }
        None => "".into(),
    };
    let tools = tools.iter().map(|tool| names::system(tool)).collect::<Result<Vec<_>, _>>()?;
    let tools = line!("apt-get install -y --no-install-recommends ", Line::joined(" ", tools));
    Ok(Some(line!(
        "FROM base AS build\n",
        dockerfile::run(&[], &["apt-get update".into(), tools]),
        "\n",
        copy,
        dockerfile::run(&[], &["python3 -m venv /venv".into(), line!("/venv/bin/", install)]),
        "\nFROM base\nCOPY --from=build /venv /venv\nENV PATH=/venv/bin:$PATH",
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::check::check;

    const TOOLS: &str = "
        i RUN apt-get update && apt-get install -y gcc git curl
        f var/lib/dpkg/status 9
        f usr/bin/apt-get 1
        f usr/bin/gcc 30000000
        f usr/bin/as 4000000
        f usr/bin/git 9000000
        f usr/bin/curl 500
        p var/lib/dpkg/status dpkg gcc 12 needs=linker-data files=usr/bin/gcc
        p var/lib/dpkg/status dpkg linker-data 2 files=usr/bin/as
        p var/lib/dpkg/status dpkg git 2 files=usr/bin/git
        p var/lib/dpkg/status dpkg curl 8 files=usr/bin/curl
        a var/lib/dpkg/status dpkg linker-data";
    const BASE: &str = "
        i ADD rootfs /
        f var/lib/dpkg/status 8
        f bin/sh 1
        p var/lib/dpkg/status dpkg dash 1 files=bin/sh";

    #[test]
    fn tools_go_with_what_only_they_need() {
        let found = check(&RULE, &[BASE, TOOLS]);
        assert_eq!(found[0].saving, Bytes(43_000_000));
        assert_eq!(found[0].evidence_count, 2);
        assert_eq!(
            found[0].fixes[0].lines,
            "RUN apt-get update \\\n && apt-get install --no-install-recommends -y curl \\\n && rm -rf /var/lib/apt/lists/*"
        );
    }

    #[test]
    fn what_is_only_recommended_goes() {
        let layer = "
            i RUN apt-get update && apt-get install -y python3-pip build-essential
            f var/lib/dpkg/status 9
            f usr/bin/apt-get 1
            f usr/bin/gcc 30000000
            f usr/bin/pip3 500
            p var/lib/dpkg/status dpkg python3-pip 23 recommends=build-essential files=usr/bin/pip3
            p var/lib/dpkg/status dpkg build-essential 12 needs=gcc
            p var/lib/dpkg/status dpkg gcc 12 files=usr/bin/gcc
            a var/lib/dpkg/status dpkg gcc";
        let found = check(&RULE, &[BASE, layer]);
        assert_eq!((found[0].saving, found[0].evidence_count), (Bytes(30_000_000), 2));
        assert!(
            found[0].fixes[0].lines.contains("install --no-install-recommends -y python3-pip \\\n"),
            "{}",
            found[0].fixes[0].lines
        );
    }

    #[test]
    fn what_pip_builds_is_built_in_a_stage() {
        let pip = "i RUN pip install -r requirements.txt
            f site/a-1.dist-info/METADATA 10
            p site/a-1.dist-info/METADATA python a 1";
        let found = check(&RULE, &[BASE, TOOLS, pip]);
        assert!(found[0].fixes[1].lines.contains("/venv/bin/pip install -r requirements.txt"));
        assert!(found[0].fixes[1].lines.contains("install -y --no-install-recommends gcc git\n"));
    }

    #[test]
    fn what_something_needs_that_stays_is_no_build_tool() {
        let server = "
            i RUN apt-get install server
            f var/lib/dpkg/status 7
            f usr/bin/gcc 30000000
            f usr/bin/server 3
            p var/lib/dpkg/status dpkg gcc 12 files=usr/bin/gcc
            p var/lib/dpkg/status dpkg server 12 needs=gcc files=usr/bin/server
            a var/lib/dpkg/status dpkg gcc";
        assert_eq!(check(&RULE, &[BASE, server]), []);
        assert_eq!(check(&RULE, &[BASE]), []);
    }

    #[test]
    fn tools_are_known_by_name() {
        for tool in ["gcc-12", "libc6-dev", "kernel-headers", "openjdk-17-jdk-headless", "libstdc++-12-dev"] {
            assert!(is_tool(tool), "{tool}");
        }
        for other in
            ["gcc-12-base", "libgcc-s1", "libstdc++6", "git-lfs", "openjdk-17-jre", "libllvm15", "devscripts"]
        {
            assert!(!is_tool(other), "{other}");
        }
    }
}
