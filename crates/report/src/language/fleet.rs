//! The words for a fleet of images.

use super::{Language, Noun, en, es};

/// Texts about a fleet. They are no part of [`super::Words`], because the page never shows one.
#[derive(Debug)]
#[expect(missing_docs, reason = "what a field says stands in `en/fleet.rs`")]
pub struct FleetWords {
    pub title: &'static str,
    pub headline: fn(images: &str, projects: &str, stored: &str) -> String,
    pub sharing: fn(unshared: &str, stored: &str) -> String,
    pub duplicates: fn(duplicate: &str, share: &str) -> String,
    pub hidden: fn(hidden: &str) -> String,
    pub failed: fn(failed: &str) -> String,
    pub steps: &'static str,
    pub steps_lead: &'static str,
    pub step: &'static str,
    pub saves: &'static str,
    pub money: &'static str,
    pub fix_hidden: fn(instruction: &str, pairs: &str) -> String,
    pub share_files: fn(example: Option<&str>) -> String,
    pub share_models: fn(example: &str, models: &str) -> String,
    pub one_compression: fn(layers: &str) -> String,
    pub fix_findings: fn(project: &str, images: &str) -> String,
    pub projects: &'static str,
    pub projects_lead: &'static str,
    pub project: &'static str,
    pub images: &'static str,
    pub unshared: &'static str,
    pub stored: &'static str,
    pub unique: &'static str,
    pub storage_cost: &'static str,
    pub pull_cost: &'static str,
    pub packages: &'static str,
    pub packages_lead: &'static str,
    pub package: &'static str,
    pub versions: &'static str,
    pub in_images: &'static str,
    pub in_layers: &'static str,
    pub contents: &'static str,
    pub contents_lead: &'static str,
    pub content: &'static str,
    pub small_file: &'static str,
    pub size: &'static str,
    pub layers: &'static str,
    pub copies: &'static str,
    pub duplicate: &'static str,
    pub bases: &'static str,
    pub bases_lead: &'static str,
    pub base: &'static str,
    pub newest: &'static str,
    pub behind: &'static str,
    pub built_on: fn(image: &str, base: &str) -> String,
    pub rules: &'static str,
    pub rules_lead: &'static str,
    pub rule: &'static str,
    pub all_images: &'static str,
    pub all_images_lead: &'static str,
    pub image: &'static str,
    pub image_size: &'static str,
    pub hidden_bytes: &'static str,
    pub saving: &'static str,
    pub pull: &'static str,
    pub filter: &'static str,
    pub more: fn(more: &str) -> String,
    pub prices: fn(storage: &str, pull: &str, pulls: &str) -> String,
    pub nothing: &'static str,
    pub contents_list: &'static str,
    pub image_noun: Noun,
    pub project_noun: Noun,
    pub pair: Noun,
    pub model: Noun,
    pub thing: Noun,
}

impl Language {
    /// Its words for a fleet.
    #[must_use]
    pub const fn fleet(self) -> &'static FleetWords {
        match self {
            Self::English => &en::FLEET,
            Self::Spanish => &es::FLEET,
        }
    }
}
