//! What is taken out and what stays, as data: `testdata/leaks.txt` has commands that hold `hunter2X`,
//! `testdata/plain.txt` instructions of real images, which have to stay readable. And that no pass looks at a text
//! again and again.

use super::look::counter::count;
use super::*;

/// The lines of a file; `\n` stands for the end of a line, `\\` before an `n` or a `t` for a backslash.
fn lines(file: &str) -> impl Iterator<Item = String> {
    const KEPT: &str = "\u{1}";
    let line = |line: &str| {
        let kept = line.replace("\\\\n", &format!("{KEPT}n")).replace("\\\\t", &format!("{KEPT}t"));
        kept.replace("\\n", "\n").replace(KEPT, "\\")
    };
    file.lines().map(line)
}

#[test]
fn no_command_gives_its_secret_away() {
    let leaks: Vec<String> = lines(include_str!("testdata/leaks.txt"))
        .map(|line| (text(&line).into_owned(), instruction(&format!("RUN {line}"))))
        .flat_map(|(text, instruction)| [text, instruction])
        .filter(|kept| kept.contains("hunter2X"))
        .collect();
    assert!(leaks.is_empty(), "{leaks:#?}");
}

#[test]
fn a_list_of_arguments_gives_nothing_away() {
    for line in lines(include_str!("testdata/leaks.txt")) {
        let kept = arguments(["sh", "-c", &line]);
        assert!(!kept.concat().contains("hunter2X"), "{kept:?}");
        assert_eq!(kept.len(), 3);
    }
    assert_eq!(arguments(["serve", "--password", "two words", "-v"]), ["serve", "--password", "…", "-v"]);
    assert_eq!(arguments(["sh", "-c", "PGPASSWORD=x psql"]), ["sh", "-c", "PGPASSWORD=… psql"]);
}

#[test]
fn plain_instructions_stay_readable() {
    for line in lines(include_str!("testdata/plain.txt")) {
        assert_eq!(instruction(&line), line);
    }
}

#[test]
fn what_is_left_says_what_it_was() {
    for (command, kept) in [
        ("RUN curl -H 'Authorization: Bearer abcdef'", "RUN curl -H 'Authorization: Bearer …'"),
        ("RUN pip install https://me:s3cret@host/x", "RUN pip install https://…@host/x"),
        ("RUN git clone https://ghp_0123456789abcdefghij@x", "RUN git clone https://…@x"),
        ("RUN echo $TOKEN TOKEN=$OTHER", "RUN echo $TOKEN TOKEN=$OTHER"),
        ("RUN echo ask-ghp_0123456789abcdefghij", "RUN echo ask-…"),
        ("mysql -uroot -phunter2 app", "mysql -uroot -p… app"),
        ("2 | password = \"hunter2\"", "2 | password = \"…\""),
        ("mkdir -p /srv/app && tar -xpf x.tar", "mkdir -p /srv/app && tar -xpf x.tar"),
        ("echo 'root:hunter2' | chpasswd", "echo '…' | chpasswd"),
        ("htpasswd -bc /etc/nginx/users me hunter2", "htpasswd -bc /etc/nginx/users me …"),
        ("machine host login me password hunter2", "machine host login me password …"),
        ("Server=db;Password=my hunter2;App=x", "Server=db;Password=…;App=x"),
        ("{\"auths\":{\"host\":{\"auth\":\"bWU6aHVudGVyMg==\"}}}", "{\"auths\":{\"host\":{\"auth\":\"…\"}}}"),
        ("me:hunter2@tcp(db:3306)/app", "me:…@tcp(db:3306)/app"),
        ("repo/image:1.2@sha256:abc", "repo/image:1.2@sha256:abc"),
        ("wget https://host/x?sig=abc%2Bdef&y=1", "wget https://host/x?sig=…&y=1"),
        ("CMD [\"serve\",\"--token\",\"hunter2\"]", "CMD [\"serve\",\"--token\",\"…\"]"),
    ] {
        assert_eq!(text(command), kept);
    }
    assert_eq!(value("org.example.api-token", "abc"), "…");
    assert_eq!(value("org.opencontainers.image.title", "Plimsoll"), "Plimsoll");
    assert_eq!(
        message("invalid type: string \"hunter2\", expected u64 at line 1 column 20"),
        "invalid type: string \"…\", expected u64 at line 1 column 20"
    );
}

#[test]
fn names_keep_digests_and_lose_tokens() {
    for plain in [
        "registry.example:5000/team/app:1.2",
        "app@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "myapplication-deployment-7d4b9c6f5d-x2x9z",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "v0.0.0-20230313181309-38a27ef9d749",
    ] {
        assert_eq!(name(plain), plain);
        assert_eq!(setting(plain), plain);
    }
    assert_eq!(name("host/app:ghp_0123456789abcdefghij"), "host/app:…");
    assert_eq!(name("https://me:hunter2@host/app"), "https://…@host/app");
    assert_eq!(setting("mysql -phunter2"), "mysql -p…");
}

#[test]
fn no_setting_of_a_container_gives_a_connection_away() {
    use plimsoll_snapshot::runtime::{Container, Logging, RestartPolicy};
    let secret = || "Server=db;Password=hunter2X".to_owned();
    let mut known = Container {
        name: Some(secret()),
        image: Some("acme/my-secret:1.0".to_owned()),
        restart: Some(RestartPolicy { name: secret(), max_retries: None }),
        logging: Some(Logging { driver: secret(), options: [("tag".to_owned(), secret())].into() }),
        ..Container::default()
    };
    container(&mut known);
    let kept = format!("{known:?}");
    assert!(!kept.contains("hunter2X") && kept.contains("acme/my-secret:1.0"), "{kept}");
}

/// Shapes of text that make a careless pass look at everything again for each word.
const SHAPES: [&str; 76] = [
    "<a b>",
    "<password ",
    "password: [",
    "password:\n ",
    "token(",
    "token(\"",
    "token=a\"",
    "token=a\\ ",
    "key=\"Password\" ",
    "send \"a\\r\" ",
    "-ax ",
    "://",
    "a://b:c@",
    "a=b ",
    "a b ",
    " y",
    "password='",
    "password=\"",
    "echo a | ",
    "PRIVATE KEY-----",
    "string \"",
    "/",
    "ghp_",
    "password: ",
    "password:\u{1f}",
    "-----END ",
    "' ",
    "\" ",
    "\\\" ",
    "\\",
    "` ",
    "$(",
    "$((",
    "( ",
    ") ",
    "(echo a)|",
    "<<EOF ",
    "<<EOF\n",
    "cat <<EOF\n",
    "<<< a ",
    "| ",
    "; ",
    "token=$(",
    "x@y:z@",
    ":@",
    "-u a:",
    "-p",
    "mysql -p ",
    "curl -u ",
    "sk-",
    "eyJ.",
    "aB3",
    "aB3/",
    "export A=",
    "config password ",
    "\"A=1 TOKEN=x ",
    "password: |\n",
    "{ ",
    "} ",
    "docker login -p '",
    "name: TOKEN ",
    "\u{1f}",
    "-",
    "PuTTY Private-Lines: ",
    "printf %s a ",
    "printf '%s",
    "printf -v TOKEN %s ",
    "password\\n",
    "'a\\nb' ",
    "sed s/TOKEN/a/ ",
    "sed 's/TOKEN",
    "perl s{s{",
    "set-password ",
    "a/token string ",
    "sc config password= ",
    "read TOKEN <<< a ",
];

/// Twice the text is at most twice the work, and a little for what is counted once.
fn is_linear(what: &str, shape: &str, work: &dyn Fn(&str)) {
    let measured = |size: usize| {
        let text = shape.repeat(size / shape.len());
        count(|| work(&text))
    };
    let (once, twice) = (measured(2_000), measured(4_000));
    assert!(twice <= once * 2 + once / 5 + 1000, "{what} of {shape:?}: {once}, then {twice}");
    assert!(twice <= 4_000 * 400, "{what} of {shape:?} looks {} times at each byte", twice / 4_000);
}

#[test]
fn no_pass_looks_at_a_text_again_and_again() {
    for shape in SHAPES {
        is_linear("text", shape, &|text| drop(text::text(text)));
        is_linear("RUN", shape, &|text| drop(instruction(&format!("RUN {text}"))));
        is_linear("ENV", shape, &|text| drop(instruction(&format!("ENV {text}"))));
        is_linear("ENV x=", shape, &|text| drop(instruction(&format!("ENV x={text}"))));
        is_linear("|1", shape, &|text| drop(instruction(&format!("RUN |1 {text}/bin/sh -c x"))));
        is_linear("|99999", shape, &|text| drop(instruction(&format!("|99999 {text} /bin/sh"))));
        is_linear("LABEL", shape, &|text| drop(instruction(&format!("LABEL a={text}"))));
        is_linear("value", shape, &|text| drop(value("note", text)));
        is_linear("setting", shape, &|text| drop(setting(text)));
        is_linear("name", shape, &|text| drop(name(text).into_owned()));
        is_linear("message", shape, &|text| drop(message(text)));
        is_linear("said", shape, &|text| drop(said(text)));
        is_linear("arguments", shape, &|text| drop(arguments(text.split_inclusive(' '))));
        is_linear("one argument", shape, &|text| drop(arguments(["sh", "-c", text])));
        is_linear("quoted", shape, &|text| drop(text::text(&format!("sh -c \"{text}\""))));
        is_linear("token", shape, &|text| assert_eq!(token(text, |_| false), None));
    }
}

#[test]
fn lines_of_a_patch_show_a_secret_whatever_their_form() {
    for text in [
        "RUN login --password hunter2hunter2",
        "RUN login \\\n  --password \\\n  hunter2hunter2",
        "ENV DB_PASSWORD hunter2hunter2",
        "ENV DB_PASSWORD=hunter2hunter2",
        "env A=1 API_TOKEN=hunter2hunter2",
        "ARG SECRET_KEY=hunter2hunter2",
        "RUN curl https://user:hunter2hunter2@host/x",
    ] {
        assert!(shows_secret(text), "{text}");
    }
    for text in [
        "ARG TOKEN",
        "ENV PYTHONUNBUFFERED=1 MODE=prod",
        "RUN apt-get update \\\n && apt-get install -y curl",
        "",
    ] {
        assert!(!shows_secret(text), "{text}");
    }
}
