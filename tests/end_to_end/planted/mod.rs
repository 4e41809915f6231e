//! Many kinds of secrets in every place an input has for text: each case is kept out of every output, or `SECURITY.md`
//! says that it is not.

mod kinds;
mod places;

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::Path;

use aho_corasick::AhoCorasick;
use plimsoll_tests::program;
use tempfile::TempDir;

use kinds::KINDS;
use places::{PLACES, plant, planted};

/// What gives a kind away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    /// Its form, wherever it stands.
    Form,
    /// The address it stands in.
    Login,
    /// Only what stands around it: alone, it looks like a word.
    Word,
}

/// What a place holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    /// Values that no output shows at all.
    Anything,
    /// Commands, which are shown without secrets.
    Commands,
    /// Names, which are shown as they are, but for what a form gives away.
    Names,
}

/// What `SECURITY.md` says of cases that are not kept out.
const EXCEPTION: &str = "A secret that looks like a word, in a text that does not announce it";

/// Whether a case is one that cannot be kept out.
fn is_exception(kind: usize, place: usize) -> bool {
    KINDS[kind].sort == Sort::Word && PLACES[place].holds == Holds::Names
}

/// The cases by what would show them.
struct Cases {
    automaton: AhoCorasick,
    cases: Vec<(usize, usize)>,
}

impl Cases {
    fn new() -> Self {
        let all = (0..PLACES.len()).flat_map(|place| (0..KINDS.len()).map(move |kind| (kind, place)));
        let (mut forms, mut cases) = (Vec::new(), Vec::new());
        for (kind, place) in all {
            let value = KINDS[kind].value(place);
            // Half of a secret is too much of one, too, as long as it says which.
            let at = value.find(&format!("{:02}", place + 10)).unwrap();
            let middle = value[at.saturating_sub(8)..(at + 6).min(value.len())].to_owned();
            for form in [value, middle] {
                // A value that several kinds share does not identify one.
                forms.push(form);
                cases.push((kind, place));
            }
        }
        Self { automaton: AhoCorasick::new(&forms).unwrap(), cases }
    }

    fn note(&self, bytes: &[u8], leaks: &mut BTreeSet<(usize, usize)>) {
        for found in self.automaton.find_overlapping_iter(bytes) {
            leaks.insert(self.cases[found.pattern().as_usize()]);
        }
    }
}

/// What was inflated of a page or a snapshot.
fn inflated(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    if bytes.starts_with(&[0x1f, 0x8b]) {
        flate2::read::MultiGzDecoder::new(bytes).read_to_end(&mut out).unwrap();
    }
    out
}

fn outputs(directory: &Path, mut note: impl FnMut(&[u8])) {
    let mut call = |arguments: &[&str]| {
        let output = program::command().args(arguments).current_dir(directory).output().unwrap();
        let is_judged = matches!(output.status.code(), Some(0 | 1));
        assert!(is_judged, "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        note(&output.stdout);
        note(&output.stderr);
    };
    let memory = ["--memory", "inspect.json", "events.jsonl", "--compose", "compose.json"];
    for output in ["planted.plimsoll", "planted.json"] {
        call(
            &[&["snapshot", "layout=layout", "-o", output, "--dockerfile", "Dockerfile"][..], &memory]
                .concat(),
        );
    }
    for format in ["text", "json", "markdown"] {
        for command in ["inspect", "packages", "findings"] {
            call(&[command, "layout", "--format", format]);
            call(&[command, "planted.plimsoll", "--format", format]);
        }
        call(&["compare", "planted.plimsoll", "layout", "--format", format]);
    }
    for format in ["markdown", "card", "json"] {
        call(&["report", "planted.plimsoll", "layout", "--format", format]);
    }
    call(&["report", "planted.plimsoll", "layout", "-o", "report.html"]);
    for name in ["planted.plimsoll", "planted.json", "report.html"] {
        let bytes = fs::read(directory.join(name)).unwrap();
        note(&bytes);
        note(&inflated(&bytes));
        note(&data_of_page(&bytes));
    }
}

/// The data in a page, inflated.
fn data_of_page(bytes: &[u8]) -> Vec<u8> {
    use base64::Engine as _;
    let text = String::from_utf8_lossy(bytes);
    let data = text.split_once("id=\"plimsoll-data\">").map(|(_, rest)| rest.split('<').next().unwrap_or(""));
    let packed = data.map(|data| base64::engine::general_purpose::STANDARD.decode(data.trim()).unwrap());
    packed.map(|packed| inflated(&packed)).unwrap_or_default()
}

#[test]
fn every_case_is_kept_out_or_named() {
    let directory = TempDir::new().unwrap();
    plant(directory.path());
    let cases = Cases::new();
    let mut leaks = BTreeSet::new();
    outputs(directory.path(), |bytes| cases.note(bytes, &mut leaks));
    let security = fs::read_to_string(plimsoll_tests::root().join("SECURITY.md")).unwrap();
    let security = security.split_whitespace().collect::<Vec<_>>().join(" ");
    let (named, neither): (Vec<_>, Vec<_>) =
        leaks.iter().partition(|(kind, place)| is_exception(*kind, *place) && security.contains(EXCEPTION));
    let total = KINDS.len() * PLACES.len();
    println!("{total} cases: {} kinds in {} places", KINDS.len(), PLACES.len());
    println!(
        "{} kept out, {} named in SECURITY.md, {} neither",
        total - leaks.len(),
        named.len(),
        neither.len()
    );
    let neither: Vec<String> = neither
        .iter()
        .map(|(kind, place)| {
            format!("{} in {}: {}", KINDS[*kind].name, PLACES[*place].name, planted(*place, &KINDS[*kind]))
        })
        .collect();
    assert!(neither.is_empty(), "{} cases:\n{}", neither.len(), neither.join("\n"));
    assert!(total >= 400);
}
