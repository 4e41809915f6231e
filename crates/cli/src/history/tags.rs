//! Which tags of a repository are read, and in which order.

use std::cmp::Reverse;

use wildmatch::WildMatch;

/// The tags that one of the patterns matches, in the order of their numbers: `v2` before `v10`. Without a pattern, all that
/// name an image: tags such as `sha256-…` stand for what is attached to one.
pub(super) fn chosen(tags: Vec<String>, patterns: &[String], last: Option<usize>) -> Vec<String> {
    let patterns: Vec<WildMatch> = patterns.iter().map(|pattern| WildMatch::new(pattern)).collect();
    let is_chosen = |tag: &String| {
        if patterns.is_empty() {
            !is_attachment(tag)
        } else {
            patterns.iter().any(|pattern| pattern.matches(tag))
        }
    };
    let mut tags: Vec<String> = tags.into_iter().filter(is_chosen).collect();
    tags.sort_by(|one, other| natord::compare(one, other).then_with(|| one.cmp(other)));
    tags.dedup();
    // A release follows its candidates: `1.0-rc1` is older than `1.0`.
    let release = |tag: &str| tag.split_once('-').map_or(tag, |(release, _)| release).to_owned();
    let mut index = 0;
    while index < tags.len() {
        let of_release = release(&tags[index]);
        let end = tags[index..]
            .iter()
            .position(|tag| release(tag) != of_release)
            .map_or(tags.len(), |end| index + end);
        tags[index..end].sort_by_key(|tag| Reverse(tag.len() > of_release.len()));
        index = end;
    }
    let skipped = last.map_or(0, |last| tags.len().saturating_sub(last));
    tags.split_off(skipped)
}

/// Whether a tag stands for artifacts of an image (distribution-spec, "Referrers Tag Schema"; Cosign adds endings).
fn is_attachment(tag: &str) -> bool {
    let hex = tag.strip_prefix("sha256-").and_then(|rest| rest.get(..64));
    hex.is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tags: &[&str], patterns: &[&str], last: Option<usize>, expected: &[&str]) {
        let owned = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        assert_eq!(chosen(owned(tags), &owned(patterns), last), expected);
    }

    #[test]
    fn tags_are_in_the_order_of_their_numbers() {
        let attached = format!("sha256-{}.sig", "a".repeat(64));
        let tags = ["v10", "v2", "latest", "v2.1-rc1", "v2.1", "v2.1-rc10", "v2.1-rc2", "v2", &attached];
        let versions = ["v2", "v2.1-rc1", "v2.1-rc2", "v2.1-rc10", "v2.1", "v10"];
        check(&tags, &["v*"], None, &versions);
        check(&tags, &["v*"], Some(2), &["v2.1", "v10"]);
        check(&tags, &["v2.?"], None, &["v2.1"]);
        let all: Vec<&str> = ["latest"].into_iter().chain(versions).collect();
        check(&tags, &[], None, &all);
        check(&[], &["v*"], Some(0), &[]);
    }
}
