//! The rules, one file each.
//!
//! To add a rule:
//! 1. add a file here with a `RULE`, and its `mod` and its line in [`RULES`] below;
//! 2. add its variant of [`RuleId`](super::RuleId), and variants of `Headline`, `Note` and `Action` for what it reports;
//! 3. follow the compiler to the texts of each language in `report/src/language`;
//! 4. add images of it to `report/tests/pasted/rules.rs`;
//! 5. run `cargo xtask docs`.

pub(crate) mod build_leftovers;
mod build_tools;
mod bytecode;
mod cache_breaking_layers;
mod context_leftovers;
pub(super) mod cuda_libraries;
mod debug_symbols;
pub(crate) mod documentation;
mod duplicate_files;
mod duplicate_models;
mod heavy_packages;
mod locales;
mod log_files;
mod missing_health_check;
mod model_weights;
mod npm_dev_dependencies;
mod package_manager_cache;
mod packaging_tools;
mod recommended_packages;
mod rewritten_files;
mod root_user;
mod secrets;
mod setuid_files;
mod several_versions;
mod shared_fat_image;
mod shipped_tests;
mod static_libraries;
mod temporary_files;
pub(crate) mod test_tools;
mod unpinned_base;
mod unused_packages;

use super::rule::Rule;

/// Every rule: first those about bytes, usually the largest saving first, then those about the configuration. Findings of
/// equal saving keep this order.
pub const RULES: &[Rule] = &[
    cuda_libraries::RULE,
    unused_packages::RULE,
    shared_fat_image::RULE,
    rewritten_files::RULE,
    build_leftovers::RULE,
    build_tools::RULE,
    npm_dev_dependencies::RULE,
    recommended_packages::RULE,
    test_tools::RULE,
    model_weights::RULE,
    duplicate_models::RULE,
    package_manager_cache::RULE,
    context_leftovers::RULE,
    duplicate_files::RULE,
    several_versions::RULE,
    heavy_packages::RULE,
    debug_symbols::RULE,
    static_libraries::RULE,
    documentation::RULE,
    locales::RULE,
    shipped_tests::RULE,
    bytecode::RULE,
    packaging_tools::RULE,
    temporary_files::RULE,
    log_files::RULE,
    secrets::RULE,
    root_user::RULE,
    setuid_files::RULE,
    missing_health_check::RULE,
    unpinned_base::RULE,
    cache_breaking_layers::RULE,
];

#[cfg(feature = "schema")]
impl schemars::JsonSchema for super::rule_id::RuleId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RuleId".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let names: Vec<_> = RULES.iter().map(|rule| rule.id.as_str()).collect();
        schemars::json_schema!({ "description": "The ID of a rule.", "type": "string", "enum": names })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test looks at its own sources")]
    fn every_file_is_a_rule_in_the_list() {
        let ids: Vec<&str> = RULES.iter().map(|rule| rule.id.as_str()).collect();
        for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/findings/rules")).unwrap() {
            let file = file.unwrap().file_name().into_string().unwrap();
            let id = file.trim_end_matches(".rs").replace('_', "-");
            assert!(file == "mod.rs" || ids.contains(&id.as_str()), "{id} is not in the list of rules");
        }
        for (index, id) in ids.iter().enumerate() {
            assert!(!ids[..index].contains(id), "{id} twice");
        }
    }
}
