//! English.

mod brief;
mod browse;
mod disk;
mod dockerfile;
mod findings;
mod fix;
mod fleet;
mod improvements;
pub(super) mod limits;
mod memory;
mod observed;
mod page;
mod pull;
mod regressions;
mod review;
mod rules;
mod running;
mod series;
mod settings;
mod targets;
mod template;
mod terminal;
mod watch;

use plimsoll_analysis::findings::{Confidence, FixKind, Severity};

use super::{Messages, Noun, Words};
use crate::{sizes, words};

pub(super) static FLEET: super::FleetWords = fleet::WORDS;

pub(super) static WORDS: Words = Words {
    nothing_to_compare: "There is nothing to compare: neither side has a service.",
    most_taken: |services| format!("Maximum memory of each service: {services}."),
    stack_of: |services| format!("The stack of {services} services"),
    fell: |from, to| format!("fell from {from} to {to}"),
    grew: |from, to| format!("grew from {from} to {to}"),
    stayed: |at| format!("stayed at {at}"),
    is_new: |name, size| format!("{name} is new, with {size}"),
    weighs: |name, size| format!("{name} weighs {size}"),
    is_gone: |name, size| format!("{name} is gone, with {size}"),
    and_more: |number| format!("{number} more"),
    more_of_this_kind: |number| format!("and {number} more of this kind"),
    new: "new",
    gone: "gone",
    unchanged: "unchanged",
    got_worse: "What got worse",
    got_better: "What got better",

    cause: words::cause,
    packages_of: |ecosystem| format!("{ecosystem} packages"),
    models: "models",
    unpackaged: "unpackaged software",
    application: "application",
    caches: "caches",
    unowned: "files without a package",
    files_removed: "files removed",
    files_added: "files added",
    files_changed: "files changed",
    hidden_bytes_by: |cause| format!("hidden bytes: {cause}"),
    layer_match: words::layer_match,
    file_change: words::file_change,
    // The analysis names settings in English.
    setting: |_| None,
    sizes: sizes::ALL,

    file: Noun { one: "file", more: "files" },
    layer: Noun { one: "layer", more: "layers" },
    service_noun: Noun { one: "service", more: "services" },
    directory: Noun { one: "directory", more: "directories" },
    symlink: Noun { one: "symbolic link", more: "symbolic links" },
    hardlink: Noun { one: "hard link", more: "hard links" },
    device: Noun { one: "device", more: "devices" },
    whiteout: Noun { one: "whiteout", more: "whiteouts" },
    opaque: Noun { one: "opaque directory", more: "opaque directories" },
    byte: Noun { one: "byte", more: "bytes" },

    service: "Service",
    before: "Before",
    after: "After",
    change: "Change",
    hidden: "Hidden",
    layer_head: "Layer",
    files_head: "Files",
    size_head: "Size",
    meaning: "Meaning",
    instruction: "Instruction",
    setting_head: "Setting",
    cause_head: "Cause",
    bytes_head: "Bytes",
    from_layer: "From layer",
    by_layer: "By layer",
    how: "How",
    all_services: "All, shared layers once",
    no_name: "(no name)",
    warning: "warning",
    stack_line: |unique, sum| format!("**Stack**: {unique} with every layer once, {sum} added up."),
    largest_files: "Largest changes of single files",
    details: "Details",
    left_out: "The rest is omitted to fit into a comment. The report shows everything.",

    most_of_it: |cause, delta, share| format!("Largest cause: {cause}, {delta} ({share} of all changes)."),
    against_it: |cause, delta| format!("In the other direction: {cause}, {delta}."),
    largest_file: |path, delta| format!("Largest change of a single file: {path}, {delta}."),
    hidden_now: |before, after| {
        format!(
            "Hidden bytes, which a later layer deleted or replaced but every pull downloads, went from {before} to {after}."
        )
    },
    why_lead: |name, tree, hidden| {
        format!(
            "{name}: final tree {} → {}, hidden bytes {} → {}. Every byte of the difference, by cause.",
            tree[0], tree[1], hidden[0], hidden[1]
        )
    },
    other_causes: "other causes",

    skip: "Skip to the report",
    absent: "absent",
    view: "View",
    engineer: "Engineer",
    stakeholder: "Stakeholder",
    theme: "Colours",
    theme_system: "System",
    theme_light: "Light",
    theme_dark: "Dark",
    language: "Language",
    share: "Share",
    copy_link: "Copy link to this view",
    copy_markdown: "Copy as Markdown",
    save_csv: "Save services as CSV",
    save_files_csv: "Save changed files as CSV",
    save_json: "Save as JSON",
    print_summary: "Print the summary",
    print_all: "Print everything",
    copied: "Copied.",
    not_copied: "The browser did not allow copying.",
    saved: "Saved.",

    figures: "Figures",
    contents: "Contents",
    card_total: "Images, shared layers counted once",
    card_hidden: "Hidden bytes, every image once",
    card_files: "Files changed",
    card_compressed: "Compressed, shared layers counted once",
    card_service: "Largest change of a service",
    card_savings: "Savings left",
    card_savings_possible: |size| format!("up to {size} with uncertain findings"),
    card_price: "Server cost",
    card_price_before: |price| format!("before {price}"),
    size_before: |size| format!("{size} before"),
    files_by_change: |added, removed, modified| {
        format!("{added} added · {removed} removed · {modified} modified")
    },

    services: "Services",
    services_lead: "Uncompressed image size, on one scale. Choose a service to see its parts below.",
    smaller: "smaller",
    larger: "larger",
    copy_row: |name| format!("Copy the row of {name} as Markdown"),

    why: "Why it changed",
    why_table: "As a table, in bytes",
    why_not: "The size and all of its parts are the same on both sides.",

    layers: "Layers",
    layers_lead: "Aligned by content, lowest first. Hidden bytes were deleted or replaced by a later layer, but every pull downloads them.",
    no_instruction: "(no instruction recorded)",
    match_head: "Match",
    compressed: "Compressed",
    was: "before:",
    diff_id: "Diff ID",
    tar: "Tar",
    compressed_to: |size| format!(", compressed {size}"),
    holds: "Contains",
    not_included: "not included in the source: its files are unknown",
    no_layers: "Neither side has a layer.",
    in_files_by: |files, cause| format!(" in {files}, {cause} by "),
    base: |layers, size| match layers {
        1 => format!("The lowest layer ({size}) is unchanged."),
        layers => format!("The lowest {layers} layers ({size}) are unchanged."),
    },
    stacks: "Layers of both sides on one scale",

    settings: "Settings",
    settings_lead: "Differences in the run-time configuration. Only the names of environment variables are recorded. Ports, mounts and the restart policy are those of a container, if both sides were recorded.",
    is_set: "set",

    remove: "Remove",
    remove_held: |name| format!("Remove {name} from the page"),

    find: "Search",
    find_long: "Search files, packages, layers and findings (key /)",
    find_placeholder: "Files, packages, layers, findings",
    find_help: "Type a part of a name or path, such as lib/python. Choose with the arrow keys, open with Enter.",
    find_nothing: "No matches.",
    find_reading: "Names are still loading.",
    find_found: |number| format!("{number} found. Choose with the arrow keys, open with Enter."),
    find_left: |services| format!("Not searched, because there are too many files: {services}."),

    files: "Files",
    files_lead: "Both file systems in one tree, as a container sees them. A directory shows the sum of its visible files.",
    search: "Search paths",
    filter: "Show",
    all: "all",
    tree: "Files of both sides",
    name: "Name",
    no_files: "No matching files.",
    moved: |files, size| format!("{files} ({size}) only moved: the same content is at another path."),
    shown: |files, changed| format!("{files}, {changed} changed"),
    state: "State",
    changed_inside: |number| format!("{number} changed"),

    map: "Map of the files",
    map_help: "One layout for both sides. Arrow keys move between neighbours, Enter opens a directory, Backspace goes back up.",
    map_area: "Area",
    map_by_size: "size",
    map_by_change: "change",
    map_root: "All files",
    map_path: "Directory shown",
    map_nothing: "Nothing to draw: every value here is zero.",
    map_summary: |files, largest| format!("A map of {files}. The largest parts: {largest}."),
    map_rest: |number| format!("{number} smaller ones"),
    map_open: "Open",
    map_table: "The largest parts as a table",
    legend_smaller: "− smaller",
    legend_larger: "+ larger",
    legend_removed: "removed",
    legend_added: "new",
    legend_same: "unchanged",

    copy_svg: "Copy SVG",
    save_png: "Save PNG",
    chart_tools: |chart| format!("{chart}: export as an image"),

    choose: "Snapshots",
    choose_open: "Compare other snapshots …",
    choose_empty: "Compare container images",
    choose_lead: "Drop files anywhere on this page, or choose them here: snapshots written by plimsoll (.plimsoll, .json), \
        or images written by docker save, podman save or skopeo (Docker or OCI archives, uncompressed or compressed with \
        gzip, zstd, bzip2 or xz). This page reads the files itself; nothing leaves this machine.",
    choose_next: "Now drop or choose the file to compare it with.",
    held: "Loaded in this page",
    snapshot: "Snapshot",
    nothing: "nothing",
    swap: "Swap",
    swap_long: "Swap before and after",
    save_report: "Save this comparison as a file",
    close: "Close",
    cancel: "Cancel",
    dismiss: "Dismiss",
    as_before: "As before",
    as_after: "As after",
    as_held: "Add to the list",
    in_report_before: "this report, before",
    in_report_after: "this report, after",
    progress: |done, total| format!("{done} of {total}"),

    found_empty: "it is empty",
    found_zip: "it is a ZIP file",
    found_page: "it is a web page",
    found_text: "it is a text file of an unknown type",
    found_binary: "it is a binary file of an unknown type",
    found_packed: "it is compressed, but contains neither a tar archive nor a snapshot",
    found_json: "it is JSON without `schema_version`, so it is not a snapshot",
    versions: |program, format| format!("This page is {program} and reads snapshots up to format {format}."),
    not_read: |name, found| {
        format!(
            "`{name}` cannot be used: {found}. Supported files: snapshots (.plimsoll, .json) and images in one \
             file (docker save, OCI archive), with or without compression."
        )
    },
    too_new: |name, format| format!("`{name}` cannot be used: it has format {format}."),
    too_new_by: |name, format, program| {
        format!("`{name}` cannot be used: it has format {format}, written by {program}.")
    },
    open_newer: "Open it with a newer version of Plimsoll.",
    damaged: |name, reason| format!("`{name}` cannot be read: {reason}."),
    too_large_file: |name, reason| format!("`{name}` is too large for a page: {reason}."),
    too_large: |what, place, limit| {
        format!(
            "{place} exceeds the limit of a page for {what} ({limit}): use `plimsoll` on the command line"
        )
    },
    content: "the content",
    layers_are_archives: "layers have to be tar archives, plain or compressed",
    not_compared: |reason| format!("These snapshots cannot be compared: {reason}."),
    not_saved: |reason| format!("The comparison cannot be saved: {reason}."),
    same_name: |name| format!("two of its images are named `{name}`"),

    packages: "Packages",
    packages_rows: "Packages, one per row",
    packages_lead: "Packages of package managers, applications and models, on both sides. The retained size is what removing a package \
        frees, including dependencies that nothing else needs. Clear checkboxes to see the image size without packages, \
        and what would break.",
    packages_incomplete: "Some layers were not searched, so packages may be missing here.",
    package: Noun { one: "package", more: "packages" },
    package_head: "Package",
    version: "Version",
    own: "Own size",
    retained: "Retained size",
    why_head: "Why it is there",
    use_head: "Use",
    kept: "Kept",
    search_packages: "Search packages",
    changed_packages: "changed",
    unused_packages: "no use seen",
    no_packages: "No matching packages.",
    packages_shown: |shown, all| format!("{shown} of {all}"),
    asked_for: "asked for",
    part_of_base: "part of the base",
    nothing_needs_it: "nothing needs it",
    part_of: |name| format!("part of {name}"),
    needed_by: |name| format!("needed by {name}"),
    needed_by_more: |name, more| format!("needed by {name} and {more} more"),
    imported_by: |file| format!("imported by {file}"),
    imported_by_more: |file, more| format!("imported by {file} and {more} more"),
    run_by: |setting| format!("run by the {setting}"),
    optional_for: |name| format!("optional for {name}"),
    plugin_of: |name| format!("plugin of {name}"),
    named_in: |place| format!("named in {place}"),
    named_in_more: |place, more| format!("named in {place} and {more} more"),
    recommended_by: |name| format!("recommended by {name}"),
    extra_of: |name| format!("an extra of {name}"),
    unused: "no use seen",
    keeps: |name| format!("Keep {name}"),
    untick: "Without some packages",
    untick_help: "Clear checkboxes to see the image size without packages, what else is removed, and what would break.",
    unticked: |size, instead, delta| {
        format!("Without the cleared packages, the image weighs {size} instead of {instead} ({delta}).")
    },
    unticked_goes: |packages, names| format!("{packages} would be removed: {names}."),
    nothing_breaks: "Nothing that remains is known to need them.",
    breaks: "What breaks:",
    works_without: "What works without them:",
    package_needs: |package, needs| format!("{package} needs {needs}"),
    application_needs: |needs, evidence| format!("the application needs {needs}: {evidence}"),
    reset: "Select all again",
    choose_package: "Choose a package to see why it is there and what uses it.",
    purl: "Package URL",
    license: "Licence",
    described_by: "Described by",
    installed_by: "Installed by",
    by_layer_number: |layer, instruction| format!("layer {layer}: {instruction}"),
    all_layers: "All layers",
    with_packages: |size, packages| format!("{size}, {packages}"),
    ways: "Shortest dependency paths",
    needs: "Needs",
    needed_by_head: "Needed by",
    extra: "extra",
    recommended: "recommended",
    optional: "optional",
    wants_head: "Optional dependencies",
    wanted_by_head: "Optional dependency of",
    missing: "Missing dependencies",
    owners: "Who owns the bytes",
    owner: "Owner",
    final_tree: "Final tree",
    largest_packages: "Largest changes of packages",
    packages_empty: "This report does not list packages. Their sizes are part of the files below.",
    memory: "Memory and limits",
    findings: "Findings",
    findings_lead: |service| {
        format!(
            "Waste in {service}, most certain and largest first. A file in several findings counts once in the sum."
        )
    },
    finding: Noun { one: "finding", more: "findings" },
    findings_sum: |findings, saving, possible| {
        if saving == possible {
            return format!("{findings}: {saving} can be saved.");
        }
        format!("{findings}: {saving} can be saved, or {possible} with those that are possibly intentional.")
    },
    findings_clean: "No waste found.",
    findings_saved: |saved, predicted, added| {
        format!(
            "Of the {predicted} that earlier findings predicted, {saved} were saved. New files add {added}."
        )
    },
    findings_remaining: "Remaining",
    findings_done: "Fixed, fully or in part",
    findings_stack: "All services together",
    severity: |severity| match severity {
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
    },
    confidence: |confidence| match confidence {
        Confidence::Low => "possibly intentional",
        Confidence::Medium => "likely",
        Confidence::High => "certain",
    },
    saved_of: |saved, predicted| format!("{saved} of {predicted}"),
    is_done: "fixed",
    is_part: "partly fixed",
    evidence: "Evidence",
    target: "Target",
    found: "Found",
    demanded: "Required",
    evidence_note: "Note",
    evidence_layer: |layer| format!("layer {layer}"),
    evidence_line: |line| format!("Dockerfile line {line}"),
    fix_kind: |kind| match kind {
        FixKind::Dockerfile => "Dockerfile",
        FixKind::Dockerignore => ".dockerignore",
        FixKind::Compose => "Compose file",
        FixKind::Requirements => "requirements file",
        FixKind::Command => "command",
    },
    replaces: "instead of",
    copy: "Copy",
    why_it_matters: "Why it matters",
    rule_limits: "Limits of the rule",
    rule: "Rule",
    findings_empty: "No findings: this report has no services.",
    checklist: "Checklist and targets",
    services_empty: "Neither side has a service. To make a report, pass two snapshots:",

    brief: brief::WORDS,
    observed: observed::WORDS,
    browse: browse::WORDS,
    pull: pull::WORDS,
    watch: watch::WORDS,
    page: page::WORDS,
    running: running::WORDS,
    template: template::TEMPLATE,
    terminal: terminal::WORDS,
    review: review::WORDS,
    series: series::WORDS,
    fix: fix::WORDS,
    disk: disk::WORDS,
    messages: Messages {
        trend: memory::trend,
        crash_loop: memory::crash_loop,
        kill: memory::kill,
        log: memory::log,
        limit_reason: memory::limit_reason,
        limit_refusal: memory::limit_refusal,
        postgres: settings::postgres,
        start_up: memory::start_up,
        gate: memory::gate,
        gate_detail: memory::gate_detail,
        change: memory::change,
        line: memory::line,
        setting_reason: settings::setting_reason,
        open: settings::open,
        exceeded: settings::exceeded,
        title: targets::title,
        reason: targets::reason,
        measure: targets::measure,
        bound: targets::bound,
        demanded: targets::demanded,
        margin: targets::margin,
        headline: findings::headline,
        group: findings::group,
        cache: findings::cache,
        subject: findings::subject,
        note: findings::note,
        action: findings::action,
        unfit: findings::unfit,
        remark: dockerfile::remark,
        rule: rules::rule,
        regression: regressions::sentence,
        improvement: improvements::sentence,
        warning: ToString::to_string,
        unusable: page::unusable,
        limit: limits::bounded,
    },
    findings_report: findings::WORDS,

    method: "Method and provenance",
    method_lead: "Image sizes are decimal: 1 MB is 1\u{202f}000\u{202f}000 bytes. Only sizes of the same kind are compared.",
    term: "Size",
    counts_what: "What it counts",
    shown_by: "Also shown by",
    sources: "Sources",
    image_id: "Image ID",
    manifest: "Manifest",
    platform: "Platform",
    created: "Created",
    source: "Read from",
    generator: "Read by",
    sizes_head: "Sizes",
    warnings: "Warnings",
    duplicates: "duplicates",
    allocated_about: "allocated about",
    glossary: "Glossary",
};
