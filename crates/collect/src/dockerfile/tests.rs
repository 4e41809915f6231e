//! Dockerfiles as people write them.

use super::*;

fn read(text: &str) -> Vec<(u32, u32, Option<u32>, String)> {
    let (build, problem) = read_dockerfile("Dockerfile", text);
    assert_eq!(problem, None);
    let fields = |step: BuildInstruction| (step.line, step.end_line, step.stage, step.text);
    build.instructions.into_iter().map(fields).collect()
}

fn check(text: &str, expected: &[(u32, u32, &str)]) {
    let found: Vec<_> = read(text).into_iter().map(|(line, end, _, text)| (line, end, text)).collect();
    let expected: Vec<_> = expected.iter().map(|&(line, end, text)| (line, end, text.to_owned())).collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn instructions_know_their_lines_and_stages() {
    let text = "# syntax=docker/dockerfile:1\nARG V=1\nfrom a AS build\n\nRUN make \\\n  # why\n  all \\\n\n  && x\n\
        # next\nFROM b\nCOPY --from=build /x /y\nRUN <<EOF\n# in it\n  one\nEOF\n\n# end\nENV A=s3cret B=2\n";
    let expected = [
        (2, 2, None, "ARG V=…"),
        (3, 3, Some(0), "FROM a AS build"),
        (5, 9, Some(0), "RUN make all && x"),
        (11, 11, Some(1), "FROM b"),
        (12, 12, Some(1), "COPY --from=build /x /y"),
        (13, 16, Some(1), "RUN <<EOF\n# in it\n  one\nEOF"),
        (19, 19, Some(1), "ENV A=… B=…"),
    ];
    assert_eq!(read(text), expected.map(|(line, end, stage, text)| (line, end, stage, text.to_owned())));
}

#[test]
fn here_documents_are_passed_wherever_they_begin() {
    check(
        "FROM busybox AS base\nRUN cat <<EOF > /inner.Dockerfile\nFROM alpine\nCOPY . /srv\nUSER 1000\nEOF\nCMD [\"sh\"]\n",
        &[
            (1, 1, "FROM busybox AS base"),
            (2, 6, "RUN cat <<EOF > /inner.Dockerfile\nFROM alpine\nCOPY . /srv\nUSER 1000\nEOF"),
            (7, 7, "CMD [\"sh\"]"),
        ],
    );
    check(
        "FROM a\nRUN <<A cat && <<B cat\nUSER a\nA\nUSER b\nB\nUSER nobody\n",
        &[(1, 1, "FROM a"), (2, 6, "RUN <<A cat && <<B cat\nUSER a\nA\nUSER b\nB"), (7, 7, "USER nobody")],
    );
    check(
        "FROM a\nRUN python3 <<EOF\nprint(\"USER\")\nEOF\nUSER nobody",
        &[(1, 1, "FROM a"), (2, 4, "RUN python3 <<EOF\nprint(\"USER\")\nEOF"), (5, 5, "USER nobody")],
    );
    check(
        "FROM a\nRUN a && \\\n  # why\n  cat <<-\"EOF\"\n\tUSER x \\\n\tEOF\nUSER y",
        &[
            (1, 1, "FROM a"),
            (2, 6, "RUN a && \\\n  # why\n  cat <<-\"EOF\"\n\tUSER x \\\n\tEOF"),
            (7, 7, "USER y"),
        ],
    );
    check(
        "FROM a\nONBUILD RUN <<EOF\nUSER x\nEOF\nRUN [\"a\", \"<<EOF\"]\nCMD cat <<EOF\nUSER y",
        &[
            (1, 1, "FROM a"),
            (2, 4, "ONBUILD RUN <<EOF\nUSER x\nEOF"),
            (5, 5, "RUN [\"a\", \"<<EOF\"]"),
            (6, 6, "CMD cat <<EOF"),
            (7, 7, "USER y"),
        ],
    );
    check(
        "FROM a\r\nRUN <<EOF\r\nUSER x\r\nEOF\r\nUSER y\r\n",
        &[(1, 1, "FROM a"), (2, 4, "RUN <<EOF\nUSER x\nEOF"), (5, 5, "USER y")],
    );
}

#[test]
fn empty_lists_and_every_form_of_continuation_are_read() {
    check(
        "FROM alpine\nENTRYPOINT []\nCMD []\nUSER nobody\n",
        &[(1, 1, "FROM alpine"), (2, 2, "ENTRYPOINT []"), (3, 3, "CMD []"), (4, 4, "USER nobody")],
    );
    check("# escape=`\r\nFROM a\r\nRUN b `\r\n c\\\r\n", &[(2, 2, "FROM a"), (3, 4, "RUN b c\\")]);
    check("\n# escape=`\nFROM a\nRUN b \\\n c", &[(3, 3, "FROM a"), (4, 5, "RUN b c")]);
    check(
        "FROM a\nRUN b \\ \t\n  c \\\\\nRUN d\\\n e",
        &[(1, 1, "FROM a"), (2, 3, "RUN b c \\\\"), (4, 5, "RUN d e")],
    );
    check("FROM a\nRUN ech\\\no x", &[(1, 1, "FROM a"), (2, 3, "RUN echo x")]);
    check("\u{feff}from a\n  run b", &[(1, 1, "FROM a"), (2, 2, "RUN b")]);
    check("FROM a\nRUN b \\\n", &[(1, 1, "FROM a"), (2, 2, "RUN b")]);
    check("FROM a\nRUN b # c\nRUN #d", &[(1, 1, "FROM a"), (2, 2, "RUN b # c"), (3, 3, "RUN #d")]);
}

#[test]
fn what_lies_before_a_mistake_counts() {
    for (text, count, reason) in [
        ("FROM a\nRUN b\nNONSENSE c\nRUN d\n", 2, "`Dockerfile`, line 3: `NONSENSE` is not an instruction"),
        ("FROM a\nRUN <<EOF\nx\n", 1, "`Dockerfile`, line 2: the here-document `EOF` is not closed"),
        ("FROM a\nRUN\n", 1, "`Dockerfile`, line 2: `RUN` needs an argument"),
        ("ONBUILD ONBUILD", 0, "`Dockerfile`, line 1: `ONBUILD` needs an argument"),
        ("FROM a\nonbuild from b", 1, "`Dockerfile`, line 2: `ONBUILD FROM` is not allowed"),
    ] {
        let (build, problem) = read_dockerfile("Dockerfile", text);
        let problem = problem.unwrap_or_default();
        assert_eq!(build.instructions.len(), count, "{text}");
        assert!(problem == reason || text == "ONBUILD ONBUILD", "{problem}");
    }
    for text in ["", "\u{feff}", "FROM", "\\\n\\\n", "FROM a\nRUN \\", "\\", "#", "# escape="] {
        assert!(read_dockerfile("Dockerfile", text).0.instructions.len() <= 1, "{text:?}");
    }
}
