//! pip and its like, after they have done their work.

use plimsoll_snapshot::{Bytes, Ecosystem, path};

use super::{Check, Confidence, Evidence, Finding, Fix, Input, Rule, Severity};
use crate::lines::{Line, Shell, Unfit, dockerfile, line, names, shell, step};
use crate::packages::{Package, Use};

pub(super) const RULE: Rule = Rule {
    id: "packaging-tools",
    title: "pip, setuptools or wheel are left in the final image",
    why: "They install packages; a service runs what is installed. Scanners of vulnerabilities find something in them all the time.",
    how: "Make the environment with `python -m venv --without-pip` and install into it from outside (`pip --python`), or uninstall them \
          in the instruction that uses them.",
    limits: "Those of the base image are left alone: removing them in a later layer frees nothing. What a package needs, as some need \
             setuptools, stays.",
    check: Check::Image(check),
};

const LEAST: Bytes = Bytes(2_000_000);

/// Whether a package only installs others.
pub(super) fn is_one(package: &Package) -> bool {
    package.ecosystem == Ecosystem::Python
        && matches!(
            package.name.as_str(),
            "pip" | "setuptools" | "wheel" | "poetry" | "pipenv" | "virtualenv"
        )
}

fn check(input: &Input<'_>) -> Vec<Finding> {
    let used = |package: &Package| !matches!(package.usage, Use::Unused | Use::Unknown);
    let tools: Vec<&Package> = (input.catalogue.installed())
        .filter(|package| {
            is_one(package)
                && package.part_of.is_none()
                && package.layer >= input.base_layers
                && !used(package)
        })
        .filter(|package| package.needed_by.iter().all(|&by| is_one(input.catalogue.package(by))))
        .collect();
    let ids: Vec<_> = tools.iter().map(|package| package.id).collect();
    let inodes = input.inodes_of(&input.catalogue.without(input.squashed, &ids).gone);
    if input.bytes(&inodes) < LEAST {
        return Vec::new();
    }
    let instruction =
        input.main_layer(&inodes).and_then(|layer| input.instruction(layer)).unwrap_or_default();
    let finding = input.finding(RULE.id, "Tools that install packages of Python", inodes);
    let mut finding = finding.at_most(Severity::Low, Confidence::Medium);
    finding.evidence = tools
        .iter()
        .map(|package| Evidence {
            subject: package.label(),
            bytes: package.retained_image_bytes,
            layer: Some(package.layer),
            instruction: package.instruction.clone(),
            line: None,
            note: None,
        })
        .take(Finding::EXAMPLES)
        .collect();
    finding.evidence_count = tools.len() as u64;
    finding.add(uninstall(&tools).map(|remove| {
        [match step::and(&instruction, [remove.clone()]) {
            Some(lines) => {
                Fix::instead_of(instruction, "uninstalls them in the instruction that uses them", lines)
            }
            None => Fix::new("in the stage that installs, as the last step", dockerfile::run(&[], &[remove])),
        }]
    }));
    vec![finding]
}

/// Uninstalls them with the Python that they are installed for.
fn uninstall(tools: &[&Package]) -> Result<Line<Shell>, Unfit> {
    let site = tools.first().and_then(|package| package.path.split("/lib/python").next());
    let site = site.and_then(path::unescape).unwrap_or_default();
    let python = shell::path(&[&site[..], b"/bin/python"].concat())?;
    let names = tools.iter().map(|package| names::python(&package.name)).collect::<Result<Vec<_>, _>>()?;
    Ok(line!(python, " -m pip uninstall --yes ", Line::joined(" ", names)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::check::check;

    const PIP: &str = "
        i COPY /venv /venv
        f venv/lib/python3.11/site-packages/pip-24.dist-info/METADATA 10
        p venv/lib/python3.11/site-packages/pip-24.dist-info/METADATA python pip 24 files=venv/lib/python3.11/site-packages/pip/a.py
        f venv/lib/python3.11/site-packages/pip/a.py 9000000";

    #[test]
    fn they_go_when_their_work_is_done() {
        let found = check(&RULE, &["i ADD rootfs /\nf etc/x 1", PIP]);
        assert_eq!(found[0].fixes[0].lines, "RUN /venv/bin/python -m pip uninstall --yes pip");
    }

    #[test]
    fn those_of_the_base_stay() {
        let base = PIP.replace("COPY /venv /venv", "ADD rootfs /");
        assert_eq!(check(&RULE, &[&base, "i RUN x\nf a 1"]), []);
    }
}
