//! Extensions of PHP that PECL and PEAR installed: `.registry/.channel.HOST/NAME.reg`, arrays that PHP serialised.
//!
//! The format: PHP, "serialize": `s:4:"name";s:5:"redis";`. Only texts are looked at, in their order.

use plimsoll_snapshot::{Ecosystem, Files, MetadataProblem, PackageFact, path};

use crate::catalog::cataloger::{Candidate, Cataloger, Read, SourceFile, nothing};
use crate::catalog::claims::listed;
use crate::catalog::facts::Catalog;
use crate::catalog::quota::Quota;
use crate::catalog::stated::{self, above};

pub(crate) const CATALOGER: Cataloger =
    Cataloger { id: "pecl", wants, read: Read::Whole(read), complete: nothing };

fn wants(candidate: &Candidate<'_>) -> bool {
    candidate.name.ends_with(b".reg")
        && (path::name(above(candidate.path, 1)).starts_with(b".channel.")
            || path::name(above(candidate.path, 1)) == b".registry")
}

fn read(file: &SourceFile<'_>, catalog: &mut Catalog) {
    let mut quota = Quota::default();
    let texts: Vec<&[u8]> = texts(file.bytes).take_while(|_| quota.take(1)).collect();
    let behind = |keys: &[&[u8]]| {
        let at = texts.windows(keys.len() + 1).position(|part| part[..keys.len()] == *keys)?;
        str::from_utf8(texts[at + keys.len()]).ok()
    };
    let version = behind(&[b"version", b"release"]).or_else(|| behind(&[b"version"])).unwrap_or_default();
    let package = behind(&[b"name"]).and_then(|name| stated::package(file, Ecosystem::Pecl, name, version));
    let Some(package) = package else { return catalog.problem(file.entry, MetadataProblem::NoName) };
    let license =
        behind(&[b"license", b"uri"]).and_then(|_| behind(&[b"_content"])).or_else(|| behind(&[b"license"]));
    let installed = texts.windows(2).filter(|part| part[0] == b"installed_as").map(|part| part[1]);
    catalog.packages.push(PackageFact {
        license: license.and_then(stated::stated).map(str::to_owned),
        files: Files::Listed(listed(installed.chain([file.path]))),
        ..package
    });
}

/// The texts of a serialised value.
fn texts(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        loop {
            let at = rest.windows(2).position(|part| part == b"s:")?;
            rest = &rest[at + 2..];
            let colon = rest.iter().take(10).position(|&byte| byte == b':');
            let length = colon.and_then(|colon| str::from_utf8(&rest[..colon]).ok()?.parse::<usize>().ok());
            let (Some(colon), Some(length)) = (colon, length) else { continue };
            let start = colon + 2;
            if let Some(text) = start.checked_add(length).and_then(|end| rest.get(start..end)) {
                rest = &rest[start + length..];
                return Some(text);
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::testing::{catalogue, labels};

    #[test]
    fn registrations_are_read() {
        let text = br#"a:3:{s:4:"name";s:5:"redis";s:7:"version";a:2:{s:7:"release";s:5:"6.0.2";s:3:"api";s:5:"6.0.0";}s:7:"license";s:3:"PHP";
            s:8:"filelist";a:1:{s:8:"redis.so";a:1:{s:12:"installed_as";s:40:"/usr/local/lib/php/extensions/x/redis.so";}}}"#;
        let (facts, warnings) = catalogue([
            ("usr/local/lib/php/.registry/.channel.pecl.php.net/redis.reg", &text[..]),
            ("usr/local/lib/php/.registry/x.reg", b"s:99999999999:\"s:3:\"abs:s:1"),
            ("usr/local/lib/php/extensions/x/redis.so", b""),
        ]);
        assert_eq!((labels(&facts), warnings.len()), (vec!["redis 6.0.2".to_owned()], 1));
        assert_eq!(facts.packages[0].license.as_deref(), Some("PHP"));
        let Files::Listed(files) = &facts.packages[0].files else { panic!() };
        assert_eq!(files.entries().collect::<Vec<_>>(), [0, 2]);
    }
}
