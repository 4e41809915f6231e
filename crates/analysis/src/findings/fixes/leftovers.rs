//! Files that nothing needs: deleted where they are made, or excluded from the build context.

use super::{Action, Fix};
use crate::findings::build_context::in_context;
use crate::findings::finding::Finding;
use crate::findings::input::Input;
use crate::lines::step::{self, Copy};
use crate::lines::{Line, Unfit, dockerfile, dockerignore, line, shell};
use crate::squash::Inode;

/// Adds the fix for the instruction that brings most bytes of a finding. `place` is the file or the directory to delete for
/// the path of an inode.
pub(in crate::findings) fn delete<'p>(
    input: &'p Input<'_>,
    finding: &mut Finding,
    command: &'static str,
    place: impl Fn(&'p [u8]) -> &'p [u8],
) {
    let Some(layer) = input.main_layer(&finding.inodes) else { return };
    let Some(instruction) = input.instruction(layer) else { return };
    let mut places: Vec<&[u8]> = Vec::new();
    for &index in finding.inodes.iter() {
        let inode = &input.squashed.inodes[index as usize];
        let place = place(input.path(inode));
        if inode.layer == layer && !places.contains(&place) && places.len() < Finding::EXAMPLES {
            places.push(place);
        }
    }
    if let Some(copy) = Copy::parse(&instruction).filter(|copy| !copy.is_from_stage()) {
        let inside: Vec<_> = places.iter().filter_map(|place| in_context(input, &copy, place)).collect();
        let patterns = finding.fitting(inside.iter().map(|inside| dockerignore::pattern(inside)));
        if !patterns.is_empty() {
            finding.fixes.push(Fix::new(Action::Exclude, Line::joined("\n", patterns)));
        }
        return;
    }
    let files = finding.fitting(places.iter().map(|place| shell::path(place)));
    let lines = step::and(&instruction, [line!(command, Line::joined(" ", files.clone()))]);
    let lines = lines.filter(|_| !files.is_empty());
    let fix = lines.map(|lines| Fix::instead_of(instruction, Action::DeleteInSameInstruction, lines));
    finding.fixes.extend(fix);
}

/// The link in the place of a copy that a `RUN` makes with `cp`.
pub(in crate::findings) fn link(
    input: &Input<'_>,
    original: &[u8],
    copy: &Inode,
) -> Option<Result<Fix, Unfit>> {
    let instruction = input.instruction(copy.layer).filter(|_| copy.layer >= input.base_layers)?;
    let words = instruction.strip_prefix("RUN ")?;
    words.split(|character: char| !character.is_alphanumeric()).find(|word| *word == "cp")?;
    let lines = || {
        let link = line!("ln -s ", shell::path(original)?, " ", shell::path(input.path(copy))?);
        Ok(Fix::new(Action::LinkInsteadOfCopy, dockerfile::run(&[], &[link])))
    };
    Some(lines())
}
