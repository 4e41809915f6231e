//! Words and phrases that read like a translation.

use crate::texts::Text;

/// What to avoid, in lower case and as whole words, and what to write instead.
const BANNED: &[(&str, &str)] = &[
    ("a path a line", "one path per line"),
    ("are no files", "are not files"),
    ("are said", "are reported, are shown"),
    ("are told", "are reported, are shown"),
    ("at one instant", "at the same time"),
    ("at wish", "on request"),
    ("be rid of", "remove"),
    ("demanded are", "… are required"),
    ("file a kind", "file per kind"),
    ("file a rule", "file per rule"),
    ("file a subcommand", "file per subcommand"),
    ("found out", "detected"),
    ("heeds", "uses, follows"),
    ("in words", "as text"),
    ("inline are", "… are inline"),
    ("is no file", "is not a file"),
    ("is said", "is reported, is shown"),
    ("is told", "is reported, is shown"),
    ("leave with it", "retained"),
    ("leaves with it", "retained size"),
    ("meant so", "intentional"),
    ("mend", "fix"),
    ("mended", "fixed"),
    ("mending", "fixing"),
    ("mends", "fixes"),
    ("needed are", "… are needed"),
    ("nobody", "no one, or name the actor"),
    ("nothing of", "nothing about, no part of"),
    ("of its own", "its own, separate"),
    ("of their own", "their own, separate"),
    ("one a line", "one per line"),
    ("one a row", "one per row"),
    ("read are", "… are read"),
    ("so many", "that many, or the number"),
    ("somebody", "a person, or name the actor"),
    ("spoken to", "contacted"),
    ("that which", "the thing itself"),
    ("there already", "already exists"),
    ("told apart", "distinguished"),
    ("told from", "distinguished from"),
    ("vouched", "attested"),
    ("vouches", "attests"),
    ("was said", "was reported"),
    ("what is there is", "name the thing"),
    ("whoever", "the user, anyone who"),
    ("without need", "unnecessarily"),
];

/// Every banned phrase in a text: where it is, and what to write.
pub(crate) fn hits(text: &Text) -> Vec<(usize, String)> {
    let lower = text.plain.to_ascii_lowercase();
    let mut hits = Vec::new();
    for (phrase, instead) in BANNED {
        hits.extend(whole_words(&lower, phrase).map(|at| (at, format!("`{phrase}`: write “{instead}”"))));
    }
    hits.sort();
    hits
}

fn whole_words<'a>(text: &'a str, phrase: &'a str) -> impl Iterator<Item = usize> + 'a {
    let is_word = |character: Option<char>| character.is_some_and(char::is_alphanumeric);
    text.match_indices(phrase).map(|(at, _)| at).filter(move |&at| {
        !is_word(text[..at].chars().next_back()) && !is_word(text[at + phrase.len()..].chars().next())
    })
}
