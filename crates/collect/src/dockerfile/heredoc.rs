//! The here-documents that a line of a Dockerfile begins (BuildKit, `parser.go`, `heredocsFromLine`).

/// A here-document: the line that ends it, and whether tabs in front of that line do not count (`<<-`).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct HereDocument {
    pub(super) end: String,
    chomps: bool,
}

impl HereDocument {
    /// Whether a line ends it.
    pub(super) fn ends_with(&self, line: &str) -> bool {
        let line = if self.chomps { line.trim_start_matches('\t') } else { line };
        line == self.end
    }

    /// A word of the form `[FD]<<[-]NAME`, quotes around or in the name.
    fn of_word(word: &str) -> Option<Self> {
        let word = word.trim_start_matches(|sign: char| sign.is_ascii_digit()).strip_prefix("<<")?;
        let (chomps, name) = word.strip_prefix('-').map_or((false, word), |name| (true, name));
        // `<<<` feeds a word to a shell.
        if name.is_empty() || name.contains('<') {
            return None;
        }
        let end = unquoted(name);
        (!end.is_empty()).then_some(Self { end, chomps })
    }
}

/// The here-documents of a line, in the order in which their contents follow it.
pub(super) fn here_documents(line: &str) -> Vec<HereDocument> {
    if !line.contains("<<") {
        return Vec::new();
    }
    words(line).iter().filter_map(|word| HereDocument::of_word(word)).collect()
}

/// The words of a line with their quotes; none where a quote is not closed, as BuildKit then finds none.
fn words(line: &str) -> Vec<&str> {
    let (mut words, mut start, mut quote, mut is_escaped) = (Vec::new(), None, None, false);
    for (at, sign) in line.char_indices() {
        if is_escaped {
            is_escaped = false;
            continue;
        }
        match (quote, sign) {
            (None, sign) if sign.is_whitespace() => {
                words.extend(start.take().map(|start| &line[start..at]));
                continue;
            }
            (None | Some('"'), '\\') => is_escaped = true,
            (None, '"' | '\'') => quote = Some(sign),
            (Some(open), sign) if open == sign => quote = None,
            _ => {}
        }
        start.get_or_insert(at);
    }
    if quote.is_some() {
        return Vec::new();
    }
    words.extend(start.map(|start| &line[start..]));
    words
}

fn unquoted(name: &str) -> String {
    let (mut out, mut quote) = (String::with_capacity(name.len()), None);
    let mut signs = name.chars();
    while let Some(sign) = signs.next() {
        match (quote, sign) {
            (None | Some('"'), '\\') => out.extend(signs.next()),
            (None, '"' | '\'') => quote = Some(sign),
            (Some(open), sign) if open == sign => quote = None,
            _ => out.push(sign),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn here_documents_are_found_wherever_they_stand() {
        for (line, expected) in [
            ("RUN <<EOF", &["EOF"][..]),
            ("RUN cat <<EOF > /x", &["EOF"]),
            ("RUN <<A cat && <<B cat", &["A", "B"]),
            ("RUN 3<<A", &["A"]),
            ("COPY <<-'E F' <<\"G\" /x", &["E F", "G"]),
            ("RUN <<E\"O\"F", &["EOF"]),
            ("RUN cat<<EOF", &[]),
            ("RUN <<'' <<- <<", &[]),
            ("RUN cat <<< x", &[]),
            ("RUN cat <<<x", &[]),
            ("RUN echo \"a <<EOF b\"", &[]),
            ("RUN echo it's <<EOF", &[]),
            ("RUN echo it\\'s <<EOF", &["EOF"]),
            ("RUN echo $((1<<2)) 1<<", &[]),
        ] {
            let found: Vec<String> = here_documents(line).into_iter().map(|found| found.end).collect();
            assert_eq!(found, expected, "{line}");
        }
        let chomps = &here_documents("RUN <<-EOF")[0];
        assert!(chomps.ends_with("\t\tEOF") && !chomps.ends_with(" EOF") && !chomps.ends_with("EOF "));
        assert!(!here_documents("RUN <<EOF")[0].ends_with("\tEOF"));
    }
}
