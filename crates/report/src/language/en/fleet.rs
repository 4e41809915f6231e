//! English: a fleet of images.

use crate::language::{FleetWords, Noun};

pub(super) const WORDS: FleetWords = FleetWords {
    title: "Fleet",
    headline: |images, projects, stored| format!("{images} of {projects} store {stored}"),
    sharing: |unshared, stored| {
        format!("Without shared layers, these images would store {unshared}; they store {stored}.")
    },
    duplicates: |duplicate, share| {
        format!("Layers hold {duplicate} of files that other layers hold too: {share} of all file bytes.")
    },
    hidden: |hidden| {
        format!("Layers hold {hidden} that a later layer deletes or replaces, but every pull downloads.")
    },
    failed: |failed| {
        format!("The last scan could not read {failed}: `plimsoll fleet query errors` names them.")
    },
    steps: "What to do first",
    steps_lead: "The savings are estimates, and may overlap. Money is for a month of storage, with files compressed as they are now.",
    step: "step",
    saves: "saves up to",
    money: "a month",
    fix_hidden: |instruction, pairs| {
        format!("Delete files in the instruction that makes them: {pairs}, `{instruction}` first")
    },
    share_files: |example| match example {
        Some(example) => {
            format!("Move files that many layers hold into one layer that images share: `{example}` first")
        }
        None => "Move files that many layers hold into one layer that images share".to_owned(),
    },
    share_models: |example, models| {
        format!("Store model weights once, in a shared layer or a volume: {models}, `{example}` first")
    },
    one_compression: |layers| format!("Push with one builder: {layers} stored in several compressions"),
    fix_findings: |project, images| format!("Fix the findings of project `{project}`: {images}"),
    projects: "Projects",
    projects_lead: "The area is what a project alone stores: its deletion would free that. Shared blobs belong to no project.",
    project: "project",
    images: "images",
    unshared: "without sharing",
    stored: "stored",
    unique: "unique",
    storage_cost: "storage a month",
    pull_cost: "pulls a month",
    packages: "Heaviest packages",
    packages_lead: "In images: added up over all images, as they are downloaded. In layers: each layer counted once, as they are stored.",
    package: "package",
    versions: "versions",
    in_images: "in images",
    in_layers: "in layers",
    contents: "Files stored more than once",
    contents_lead: "Files with the same content, in any layer and under any name.",
    content: "file",
    small_file: "a file below 1 MB",
    size: "size",
    layers: "layers",
    copies: "copies",
    duplicate: "all copies but one",
    bases: "Old bases",
    bases_lead: "Images whose lowest layers are an older image of a repository than its newest one.",
    base: "base",
    newest: "newest",
    behind: "images behind",
    built_on: |image, base| format!("{image} is built on {base}"),
    rules: "Findings",
    rules_lead: "What findings of medium and high confidence save, in each image that has them.",
    rule: "rule",
    all_images: "Images",
    all_images_lead: "The largest saving first.",
    image: "image",
    image_size: "image size",
    hidden_bytes: "hidden",
    saving: "findings save",
    pull: "pull at 100 Mbit/s",
    filter: "Filter",
    more: |more| format!("and {more} more"),
    prices: |storage, pull, pulls| {
        format!(
            "Prices: {storage} for a GB and month, {pull} for a GB pulled, {pulls} pulls of each name a month."
        )
    },
    nothing: "none",
    contents_list: "Contents",
    image_noun: Noun { one: "image", more: "images" },
    project_noun: Noun { one: "project", more: "projects" },
    pair: Noun { one: "pair of layers", more: "pairs of layers" },
    model: Noun { one: "model", more: "models" },
    thing: Noun { one: "thing", more: "things" },
};
