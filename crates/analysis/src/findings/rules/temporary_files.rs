//! Temporary files, core dumps and installers that the build left behind.

use plimsoll_snapshot::{Bytes, path};

use crate::findings::evidence::Subject;
use crate::findings::finding::{Confidence, Finding};
use crate::findings::fixes::leftovers;
use crate::findings::headline::Headline;
use crate::findings::input::Input;
use crate::findings::places::{is_log, temporary_entry};
use crate::findings::rule::{Check, Rule};
use crate::findings::rule_id::RuleId;
use crate::packages::Owner;

pub(super) const RULE: Rule = Rule { id: RuleId::TemporaryFiles, check: Check::Image(check) };

const LEAST: Bytes = Bytes(500_000);
/// A smaller file of this name is not the memory of a program.
const LEAST_CORE: Bytes = Bytes(100_000);
/// What packages and programs are downloaded as.
const INSTALLERS: [&[u8]; 15] = [
    b".deb",
    b".rpm",
    b".run",
    b".whl",
    b".gem",
    b".tar",
    b".tar.gz",
    b".tgz",
    b".tar.xz",
    b".tar.bz2",
    b".tar.zst",
    b".zip",
    b".AppImage",
    b".exe",
    b".sh",
];

fn check(input: &Input<'_>) -> Vec<Finding> {
    let start = start(input);
    let (mut temporary, mut dumps, mut installers) = (Vec::new(), Vec::new(), Vec::new());
    for (index, inode, owner) in input.visible() {
        let is_own =
            inode.layer >= input.base_layers && !matches!(owner, Owner::Package(_) | Owner::Cache(_));
        // Logs have their own rule.
        if !is_own || inode.size == Bytes::ZERO || input.everywhere(index, is_log) {
            continue;
        }
        let place = input.path(inode);
        // A program may be called `core`; the kernel gives a dump no such bit.
        let is_program = || path::name(place) == b"core" && input.mode(inode) & 0o111 != 0;
        if input.everywhere(index, |place| temporary_entry(place).is_some_and(|entry| !start.uses(entry))) {
            temporary.push(index);
        } else if inode.size >= LEAST_CORE && input.everywhere(index, is_dump) && !is_program() {
            dumps.push(index);
        } else if input.everywhere(index, is_installer)
            && !start.uses(place)
            && input.instruction(inode.layer).is_some_and(|instruction| instruction.starts_with("RUN "))
        {
            installers.push(index);
        }
    }
    let groups = [
        (Headline::TemporaryFiles, temporary),
        (Headline::CoreDumps, dumps),
        (Headline::Installers, installers),
    ];
    let groups = groups.into_iter().filter(|(_, inodes)| input.bytes(inodes) >= LEAST);
    groups.map(|(headline, inodes)| finding(input, headline, inodes)).collect()
}

fn finding(input: &Input<'_>, headline: Headline, inodes: Vec<u32>) -> Finding {
    let is_temporary = headline == Headline::TemporaryFiles;
    let groups = input.grouped(&inodes, |_, inode| {
        let place = input.path(inode);
        Subject::path(temporary_entry(place).filter(|_| is_temporary).unwrap_or(place))
    });
    let mut finding = input.finding(RULE.id, headline, inodes).with_groups(groups);
    finding.confidence = Confidence::Medium;
    if is_temporary {
        leftovers::delete(input, &mut finding, "rm -rf ", |place| temporary_entry(place).unwrap_or(place));
    } else {
        leftovers::delete(input, &mut finding, "rm -f ", |place| place);
    }
    finding
}

/// What the container runs and works on.
struct Start(Vec<String>);

fn start(input: &Input<'_>) -> Start {
    let config = &input.image.config;
    let words = config.entrypoint.iter().chain(&config.command);
    let checks = config.health_check.iter().flat_map(|check| &check.test);
    Start(words.chain(checks).chain(&config.volumes).chain([&config.working_dir]).cloned().collect())
}

impl Start {
    /// Whether it names a path, or one below it.
    fn uses(&self, place: &[u8]) -> bool {
        let place = format!("/{}", String::from_utf8_lossy(place));
        self.0.iter().any(|word| word.contains(&place))
    }
}

/// Whether a path is that of the memory of a program that crashed: `core(5)`, and the dumps of Java, Node and Valgrind.
fn is_dump(place: &[u8]) -> bool {
    let name = path::name(place);
    let is_numbered = |start: &[u8]| {
        name.strip_prefix(start).is_some_and(|rest| !rest.is_empty() && rest.iter().all(u8::is_ascii_digit))
    };
    name == b"core"
        || is_numbered(b"core.")
        || is_numbered(b"vgcore.")
        || name.ends_with(b".hprof")
        || name.ends_with(b".heapsnapshot")
        || name.ends_with(b".mdmp")
}

/// Whether a path is that of an installer in the home directory of a user, or in a directory of it that is not hidden.
fn is_installer(place: &[u8]) -> bool {
    let inside = place.strip_prefix(b"root/").or_else(|| {
        let home = place.strip_prefix(b"home/")?;
        home.iter().position(|&byte| byte == b'/').map(|at| &home[at + 1..])
    });
    inside.is_some_and(|inside| {
        let depth = inside.iter().filter(|&&byte| byte == b'/').count();
        let is_hidden = inside.split(|&byte| byte == b'/').any(|part| part.starts_with(b"."));
        depth <= 1 && !is_hidden && INSTALLERS.iter().any(|ending| inside.ends_with(ending))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::check::{check, check_config};

    const BASE: &str = "i ADD rootfs /\nf tmp/base 9000000";

    #[test]
    fn what_a_build_leaves_is_deleted_where_it_is_made() {
        let made = "i RUN make
            f tmp/build/a.bin 800000
            f tmp/build/deep/b.bin 300000
            f var/tmp/x 5
            f usr/bin/app 900000";
        let found = check(&RULE, &[BASE, made]);
        assert_eq!((found[0].saving, found[0].evidence_count), (Bytes(1_100_005), 2));
        assert_eq!(found[0].fixes[0].lines, "RUN make \\\n && rm -rf /tmp/build /var/tmp/x");
    }

    #[test]
    fn dumps_and_installers_are_separate_findings() {
        let made = "i RUN make
            u srv/core 900000 600
            f srv/core.17 900000
            u srv/bin/core 900000 755
            f root/miniconda.sh 90000000
            f home/app/Downloads/tool.tar.gz 700000
            f home/app/.cache/tool.tar.gz 700000
            f srv/data.tar.gz 900000";
        let found = check(&RULE, &[BASE, made]);
        let figures: Vec<_> = found.iter().map(|found| (&found.headline, found.saving)).collect();
        assert_eq!(
            figures,
            [(&Headline::CoreDumps, Bytes(1_800_000)), (&Headline::Installers, Bytes(90_700_000)),]
        );
        assert_eq!(found[0].fixes[0].lines, "RUN make \\\n && rm -f /srv/core /srv/core.17");
    }

    #[test]
    fn what_the_container_works_on_stays() {
        let made = "i RUN make\nf tmp/app/a.bin 800000";
        let found = check_config(&RULE, &[BASE, made], |config| config.working_dir = "/tmp/app".into());
        assert_eq!(found, []);
        let found =
            check_config(&RULE, &[BASE, made], |config| config.command = vec!["/tmp/app/a.bin".into()]);
        assert_eq!(found, []);
    }

    #[test]
    fn what_is_copied_there_is_excluded() {
        let found = check(&RULE, &[BASE, "i COPY data /tmp/data\nf tmp/data/a.bin 800000"]);
        assert_eq!(found[0].fixes[0].lines, "data");
        assert_eq!(check(&RULE, &["i RUN make\nf tmp/a 9000"]), []);
    }
}
