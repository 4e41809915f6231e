//! Packs of SWI-Prolog: `pack.pl` (SWI-Prolog, "Structure of a pack"), a fact a line.

use plimsoll_snapshot::{Ecosystem, PackageFact};

use crate::catalog::cataloger::{Cataloger, Read, SourceFile, nothing};
use crate::catalog::facts::Catalog;
use crate::catalog::stated;
use crate::catalog::terms::{Token, tokens};

pub(crate) const CATALOGER: Cataloger = Cataloger {
    id: "prolog",
    wants: |file| file.name == b"pack.pl",
    read: Read::Whole(read),
    complete: nothing,
};

/// More than that is no pack.
const MOST_TOKENS: usize = 10_000;

fn read(file: &SourceFile<'_>, catalog: &mut Catalog) {
    let text = file.text();
    let tokens: Vec<_> = tokens(&text, "%").take(MOST_TOKENS).collect();
    let fact = |name: &str| {
        tokens.windows(4).find_map(|part| match part {
            [Token::Word(word), Token::Sign('('), value, Token::Sign(')')] if *word == name => value.text(),
            _ => None,
        })
    };
    let package = fact("name")
        .and_then(|name| stated::package(file, Ecosystem::Prolog, name, fact("version").unwrap_or_default()));
    catalog
        .packages
        .extend(package.map(|package| PackageFact { files: stated::below([file.directory()]), ..package }));
}

#[cfg(test)]
mod tests {
    use crate::catalog::testing::{below, catalogue, labels};

    #[test]
    fn packs_are_read() {
        let (facts, _) = catalogue([
            (
                "usr/lib/swi-prolog/pack/hdt/pack.pl",
                &b"% a pack\nname(hdt).\nversion('0.5.3').\nauthor('A', 'a@b').\n"[..],
            ),
            ("x/pack.pl", b""),
        ]);
        assert_eq!(labels(&facts), ["hdt 0.5.3"]);
        assert_eq!(below(&facts.packages[0]), ["usr/lib/swi-prolog/pack/hdt"]);
    }
}
