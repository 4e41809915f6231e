//! English.

use crate::language::TerminalWords;

pub(super) const WORDS: TerminalWords = TerminalWords {
    page_title: "Compare container images",
    page_lead: "Drop images and snapshots on this page. It reads them with its own program, which needs JavaScript and no network.",

    stack: "Stack",
    different_images: "different images",
    sum_of_sizes: "sum of image sizes",
    sum_of_sizes_means: "shared layers counted for each image",
    stored: "stored",
    hidden_bytes: "Hidden bytes",
    largest: "largest",

    history: "Build steps",
    created: "created",
    line: "line",

    platform: "platform",
    only_this_platform: "only this platform",
    image_name: "name",
    digest: "digest",

    hidden_before: "hidden before",
    hidden_after: "hidden after",
    no_difference: "no difference in size",
    why_changed: "why it changed",
    most_of_it: "most of it",
    moved: |files, size| format!("moved, with the same content: {files}, {size}"),
    base: |layers, name, size| match layers {
        1 => format!("base: the lowest layer{name}, {size}, is the same"),
        layers => format!("base: the lowest {layers} layers{name}, {size}, are the same"),
    },

    incomplete: "some layers were not examined: read the image again to see all packages",
    owner_packages: |ecosystem| format!("packages: {ecosystem}"),
    and_more: |number| format!("and {number} more"),
    and_more_of: |number, size| format!("and {number} more, {size}"),
    kept_with: |size, packages| format!("{size}, with {packages} that only it keeps there"),
    not_recorded: "not recorded",
    not_stated: "not stated",
    without: |service, packages| format!("{service} without {packages}"),

    shared_by: |image, size, services| format!("{image}: {size}, run by {services}"),
    needs_alone: "needs alone",
    alone_weighs: "alone it would weigh",
    starts_with: "starts with",
    at_most: |size| format!("at most {size}"),
    only: |service| format!("only {service}"),
    several: "several",
    none: "none",
    nothing: "nothing",

    override_written: "Written by `plimsoll recommend`: docker compose -f compose.yml -f compose.override.yml up",
    override_units: "Memory is binary: 1024M = 1 GiB. The size of logs is decimal: 10m = 10 MB.",
    override_short_form: "the same in the short form: Compose accepts both only if they agree",
    override_without: |name| format!("left out: Compose does not take {name} for the name of a service"),

    passed: "passed",
    failed: "failed",
    targets_met: |met, required| format!("{met} of {required} targets met"),
    counted_as_missed: |number| format!("{number} unknown and counted as missed"),
    ideal_of: |target| format!("{target} (ideal)"),
};
