//! What a Python package registers for others to find: `entry_points.txt` (PyPA, "Entry points specification").

use super::stated;

/// The most programs and groups of one package.
const MOST: usize = 500;

/// The programs of a package, and the groups that it has plugins in.
#[derive(Debug, Default)]
pub(super) struct EntryPoints {
    pub(super) programs: Vec<String>,
    pub(super) groups: Vec<String>,
}

impl EntryPoints {
    pub(super) fn read(text: &str) -> Self {
        let mut points = Self::default();
        let mut are_programs = false;
        for line in text.lines().map(str::trim) {
            if let Some(group) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                are_programs = matches!(group.trim(), "console_scripts" | "gui_scripts");
                if !are_programs && points.groups.len() < MOST {
                    points.groups.extend(stated::name(group).map(str::to_owned));
                }
            } else if are_programs
                && !line.starts_with(['#', ';'])
                && let Some((program, _)) = line.split_once('=')
                && points.programs.len() < MOST
            {
                points.programs.extend(stated::name(program).map(str::to_owned));
            }
        }
        points
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_and_groups_are_told_apart() {
        let text = "[console_scripts]\na-b = a.b:main [x]\n# c = d\n\n[flask.commands]\ndb = a:cli\n[ pytest11 ]\nx=y\n[]\n";
        let points = EntryPoints::read(text);
        assert_eq!(points.programs, ["a-b"]);
        assert_eq!(points.groups, ["flask.commands", "pytest11"]);
    }
}
