//! The words that only the page needs: in English.

use plimsoll_snapshot::FormatError;

use crate::language::{PageWords, Term};

pub(super) const WORDS: PageWords = PageWords {
    term,

    did: "What this change did",
    did_lead: |own, base, total| format!("Own growth {own}, base images {base}, in total {total}."),
    did_layers: "Layers that changed",
    did_packages: "Packages that changed",
    new_findings: "New findings",
    fixed_findings: "Fixed findings",
    of_base: "base image",
    more_layers: |number| format!("{number} more layers"),
    more_packages: |number| format!("{number} more packages"),
    more_findings: |number| format!("{number} more findings"),

    same_layers: |layers, size| format!("{layers} unchanged, {size}"),
    same_services: |services, size| format!("{services} unchanged, {size}"),
    changed_files: "changed",
    is_fixed: |findings, saved| format!("{findings} fixed, fully or in part: {saved} saved"),

    composition: "What it consists of",
    composition_lead: |name, tree, hidden| {
        format!("{name}: final tree {tree}, hidden bytes {hidden}. Every byte of the image, by cause.")
    },
    card_files: "Files",

    saving: "Saving",
    saved: "Saved",
    severity: "Severity",
    confidence: "Confidence",
    overlaps: |sum, overlap| {
        format!("The single savings add up to {sum}: {overlap} of it is in several findings and counts once.")
    },

    holds: "Content of this page",
    holds_lead: "The page contains these snapshots as a whole. A saved copy contains the two that are compared.",
    discloses: "Everyone who gets this file can read names, sizes, owners and digests of all files in the images, packages with their \
        versions, build instructions, labels, names of environment variables, and what was recorded of containers. It contains \
        neither the content of files nor values of environment variables.",
    newest_image: "Newest image",
    image: "Image",

    pair_lead: |before, after| {
        format!(
            "Only before: {before}. Only after: {after}. If a service was renamed, split or joined, choose what to compare."
        )
    },
    pair: |before, after| format!("Compare {before} with {after}"),
    unpair: |before, after| format!("{before} → {after}: compare separately again"),

    there_is_more: "This is a summary. With JavaScript, this file also shows layers, packages, files, memory, findings with their fixes, \
        and the checklist.",
};

const fn term(term: Term) -> (&'static str, &'static str) {
    match term {
        Term::ImageSize => ("Image size", "The bytes of the regular files of all layers, uncompressed."),
        Term::Hidden => (
            "Hidden bytes",
            "Bytes that a later layer deleted or replaced. A container does not see them, but every pull downloads them.",
        ),
        Term::Compressed => {
            ("Compressed size", "The layers as a registry stores them: what a pull transfers.")
        }
        Term::BaseImage => ("Base image", "The image that a Dockerfile builds on: its FROM."),
        Term::OwnGrowth => ("Own growth", "The growth of what an image adds to its base image."),
        Term::Layer => (
            "Layer",
            "The files that one build instruction added, changed or deleted. An image is a stack of layers.",
        ),
        Term::Instruction => {
            ("Instruction", "The Dockerfile line that created a layer, as the builder recorded it.")
        }
        Term::DiffId => {
            ("Diff ID", "The digest of a layer before compression: the same files give the same one.")
        }
        Term::Whiteout => (
            "Whiteout",
            "The entry by which a layer deletes a file of a lower layer. Every pull still downloads the file.",
        ),
        Term::OwnSize => ("Own size", "The bytes that a package owns. Every file has one owner."),
        Term::Retained => (
            "Retained size",
            "The bytes that removing a package frees: its own, and those of packages that only it needs.",
        ),
        Term::WorkingSet => (
            "Working set",
            "Memory that the kernel cannot reclaim without harm: usage minus inactive page cache.",
        ),
        Term::Median => ("Median", "Half of the samples of the working set are below it."),
        Term::P95 => ("p95", "95 % of the samples of the working set are at or below it: the usual maximum."),
        Term::Maximum => {
            ("Maximum", "The largest sample of the working set. Between two samples, more is possible.")
        }
        Term::Limit => {
            ("Memory limit", "The memory that a container cannot exceed: beyond it, the kernel kills.")
        }
        Term::Reservation => ("Reservation", "The memory that an engine tries to keep for a container."),
        Term::Headroom => ("Headroom", "The difference between the memory limit and the maximum."),
        Term::Confidence => (
            "Confidence",
            "How certain a finding is: certain, likely, or possibly intentional. The sum of savings has the first two.",
        ),
    }
}

pub(super) fn unusable(error: &FormatError) -> String {
    match error {
        FormatError::Io(cause) => format!("{error}: {cause}"),
        FormatError::TooLarge { .. }
        | FormatError::TooMany { .. }
        | FormatError::NotASnapshot
        | FormatError::Newer { .. }
        | FormatError::Damaged(_) => error.to_string(),
    }
}
