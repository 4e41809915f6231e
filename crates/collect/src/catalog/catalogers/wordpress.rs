//! Plugins of WordPress: the comment at the head of the main file (WordPress, "Header Requirements").

use plimsoll_snapshot::{Ecosystem, PackageFact, path};

use crate::catalog::cataloger::{Candidate, Cataloger, Read, SourceFile, nothing};
use crate::catalog::facts::Catalog;
use crate::catalog::stated::{self, above, head, value_of};

pub(crate) const CATALOGER: Cataloger =
    Cataloger { id: "wordpress", wants, read: Read::Whole(read), complete: nothing };

/// WordPress itself reads no further.
const HEAD: usize = 8 << 10;

fn wants(candidate: &Candidate<'_>) -> bool {
    candidate.name.ends_with(b".php") && above(candidate.path, 2).ends_with(b"wp-content/plugins")
}

fn read(file: &SourceFile<'_>, catalog: &mut Catalog) {
    let text = head(file, HEAD);
    let field = |name| {
        let line = |line: &'_ str| {
            value_of(line.trim_start_matches([' ', '\t', '/', '*', '#', '@']), name, ':').map(str::to_owned)
        };
        text.lines().find_map(line)
    };
    // Other files of a plugin have no such line.
    if field("Plugin Name").is_none() {
        return;
    }
    let directory = file.directory();
    let name = stated::name_of_bytes(path::name(directory));
    let version = field("Version").unwrap_or_default();
    let package = name.and_then(|name| stated::package(file, Ecosystem::Wordpress, name, &version));
    catalog.packages.extend(package.map(|package| PackageFact {
        key: path::escape(directory).into_owned(),
        license: field("License").as_deref().and_then(stated::stated).map(str::to_owned),
        files: stated::below([directory]),
        ..package
    }));
}

#[cfg(test)]
mod tests {
    use crate::catalog::testing::{below, catalogue, labels};

    #[test]
    fn the_head_of_the_main_file_is_read() {
        let (facts, _) = catalogue([
            (
                "var/www/html/wp-content/plugins/akismet/akismet.php",
                &b"<?php\n/**\n * @package Akismet\n */\n/*\nPlugin Name: Akismet Anti-spam\nVersion: 5.3\nLicense: GPLv2 or later\n*/"[..],
            ),
            ("var/www/html/wp-content/plugins/akismet/class.php", b"<?php // Version: 1"),
        ]);
        assert_eq!(labels(&facts), ["akismet 5.3"]);
        assert_eq!(facts.packages[0].license.as_deref(), Some("GPLv2 or later"));
        assert_eq!(below(&facts.packages[0]), ["var/www/html/wp-content/plugins/akismet"]);
    }
}
