//! The words that only the documents of the terminal need: inspection, comparison, packages. What the page shows too is in
//! [`Words`](super::Words).

/// The words of text documents, in one language. Every figure is formatted before it comes here.
#[derive(Debug)]
#[expect(missing_docs, reason = "the words stand in `en/terminal.rs`")]
pub struct TerminalWords {
    // The page without data, before its program runs.
    pub page_title: &'static str,
    pub page_lead: &'static str,

    // Inspection.
    pub stack: &'static str,
    pub different_images: &'static str,
    pub sum_of_sizes: &'static str,
    pub sum_of_sizes_means: &'static str,
    pub stored: &'static str,
    pub hidden_bytes: &'static str,
    pub largest: &'static str,

    // The steps of a build.
    pub history: &'static str,
    pub created: &'static str,
    pub line: &'static str,

    // The platforms of an image.
    pub platform: &'static str,
    pub only_this_platform: &'static str,
    pub image_name: &'static str,
    pub digest: &'static str,

    // Comparison.
    pub hidden_before: &'static str,
    pub hidden_after: &'static str,
    pub no_difference: &'static str,
    pub why_changed: &'static str,
    pub most_of_it: &'static str,
    pub moved: fn(files: &str, size: &str) -> String,
    /// `name` is the name of the base image, in brackets, or nothing.
    pub base: fn(layers: u64, name: &str, size: &str) -> String,

    // Packages.
    pub incomplete: &'static str,
    pub owner_packages: fn(ecosystem: &str) -> String,
    pub and_more: fn(number: &str) -> String,
    pub and_more_of: fn(number: &str, size: &str) -> String,
    pub kept_with: fn(size: &str, packages: &str) -> String,
    pub not_recorded: &'static str,
    pub not_stated: &'static str,
    pub without: fn(service: &str, packages: &str) -> String,

    // Images that several services share.
    pub shared_by: fn(image: &str, size: &str, services: &str) -> String,
    pub needs_alone: &'static str,
    pub alone_weighs: &'static str,
    pub starts_with: &'static str,
    pub at_most: fn(size: &str) -> String,
    pub only: fn(service: &str) -> String,
    pub several: &'static str,
    pub none: &'static str,
    pub nothing: &'static str,

    // A compose override.
    pub override_written: &'static str,
    pub override_units: &'static str,
    pub override_short_form: &'static str,
    pub override_without: fn(name: &str) -> String,

    // How a check ends.
    pub passed: &'static str,
    pub failed: &'static str,
    pub targets_met: fn(met: &str, required: &str) -> String,
    pub counted_as_missed: fn(number: &str) -> String,
    pub ideal_of: fn(target: &str) -> String,
}
