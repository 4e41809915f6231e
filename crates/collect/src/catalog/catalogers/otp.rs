//! Applications of Erlang and Elixir: the resource file `ebin/NAME.app` of each (OTP, app(4)).

use plimsoll_snapshot::{Ecosystem, MetadataProblem, PackageFact, path};

use crate::catalog::cataloger::{Cataloger, Read, SourceFile, nothing};
use crate::catalog::facts::Catalog;
use crate::catalog::stated::{self, above};
use crate::catalog::terms::{Token, tokens};

pub(crate) const CATALOGER: Cataloger = Cataloger {
    id: "otp",
    wants: |file| file.name.ends_with(b".app") && path::name(path::parent(file.path)) == b"ebin",
    read: Read::Whole(read),
    complete: nothing,
};

fn read(file: &SourceFile<'_>, catalog: &mut Catalog) {
    let text = file.text();
    let tokens: Vec<_> = tokens(&text, "%").take(MOST_TOKENS).collect();
    let word = |at: usize| tokens.get(at).and_then(Token::text);
    let is_sign = |at: usize, sign| tokens.get(at) == Some(&Token::Sign(sign));
    // `{application, NAME, [{vsn, "1.0"}, {applications, [kernel, stdlib]}]}`
    let begins = (0..tokens.len()).find(|&at| word(at) == Some("application") && is_sign(at + 1, ','));
    let Some(name) = begins.and_then(|at| word(at + 2)) else {
        return catalog.problem(file.entry, MetadataProblem::NoName);
    };
    let field = |name: &str| {
        (0..tokens.len()).find(|&at| is_sign(at, '{') && word(at + 1) == Some(name) && is_sign(at + 2, ','))
    };
    let version = field("vsn").and_then(|at| word(at + 3)).unwrap_or_default();
    let needs: Vec<&str> = match field("applications") {
        Some(at) => {
            let list = tokens.get(at + 3..).unwrap_or_default().iter();
            list.take_while(|token| **token != Token::Sign(']')).filter_map(Token::text).collect()
        }
        None => Vec::new(),
    };
    let place = above(file.directory(), 1);
    let package = stated::package(file, Ecosystem::Otp, name, version);
    catalog.packages.extend(package.map(|package| PackageFact {
        requires: stated::requirements(needs),
        files: stated::below([place]),
        ..package
    }));
}

/// The longest resource file has tens of thousands, for its list of modules.
const MOST_TOKENS: usize = 1_000_000;

#[cfg(test)]
mod tests {
    use crate::catalog::testing::{below, catalogue, labels};

    #[test]
    fn resource_files_are_read() {
        let ssl = b"%% a comment {application, no}\n{application, ssl,\n [{description, \"Erlang/OTP SSL, \\\"application\\\"\"},\n  \
            {vsn, \"11.0.3\"},\n  {modules, [ssl, tls]},\n  {applications, [crypto, public_key, kernel, stdlib]},\n  {env, []}]}.\n";
        let (facts, warnings) = catalogue([
            (
                "opt/app/lib/phoenix-1.7.0/ebin/phoenix.app",
                &b"{application,phoenix,[{vsn,\"1.7.0\"}]}.\n"[..],
            ),
            ("usr/lib/erlang/lib/ssl-11.0.3/ebin/ssl.app", ssl),
            ("usr/lib/x/ebin/x.app", b"{application"),
            ("Applications/Thing.app", b""),
        ]);
        assert_eq!(
            (labels(&facts), warnings.len()),
            (vec!["phoenix 1.7.0".to_owned(), "ssl 11.0.3".to_owned()], 1)
        );
        let requires: Vec<_> = facts.packages[1].requires.iter().map(|it| it.any_of[0].as_str()).collect();
        assert_eq!(requires, ["crypto", "kernel", "public_key", "stdlib"]);
        assert_eq!(below(&facts.packages[0]), ["opt/app/lib/phoenix-1.7.0"]);
    }
}
