//! Finds the names in texts: goes from word to word, and knows what stands before.

mod values;

use std::ops::Range;

use super::commands::{self, Command, Role};
use super::kind::{Kind, is_pseudonym};
use super::words::{Word, words};
use super::{addresses, everywhere, hosts, known, organisations, paths, people, references};

/// A name, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) part: usize,
    pub(super) range: Range<usize>,
    pub(super) kind: Kind,
    pub(super) name: String,
}

/// What a text is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Field<'a> {
    /// The key it stands under.
    pub(super) key: &'a str,
    /// Whether that is the key of a label.
    pub(super) is_label: bool,
}

/// Labels whose value is a directory of the machine.
const PATH_LABELS: [&str; 4] = ["working_dir", "config_files", "environment_file", "project_dir"];

/// How far into a text its keyword may stand: `/bin/sh -c #(nop) ONBUILD USER`.
const KEYWORD_WITHIN: usize = 48;

/// The names in texts that make up one command, or in one text.
pub(super) fn scan(field: Field<'_>, texts: &[&str]) -> Vec<Found> {
    let mut scan = Scan {
        found: Vec::new(),
        command: Command::Other,
        arguments: 0,
        role: Role::Any,
        skipped: None,
        instruction: "",
        is_list: false,
        has_no_command: false,
        is_hosts_file: texts.iter().any(|text| text.contains("/etc/hosts")),
        is_ssh_config: texts.iter().any(|text| text.contains(".ssh/config") || text.contains("ssh_config")),
    };
    if let [text] = texts {
        if scan.whole(field, text) {
            return scan.found;
        }
        if field.is_label {
            let last = field.key.rsplit(['.', '/']).next().unwrap_or_default();
            scan.role = match commands::of_key(last) {
                Role::Any => commands::of_key(field.key),
                role => role,
            };
        }
    }
    let words = words(texts);
    for (index, word) in words.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| words[before]);
        scan.word(word, before, index.checked_sub(2).map(|before| words[before]));
    }
    scan.found
}

struct Scan<'a> {
    found: Vec<Found>,
    command: Command,
    /// How many arguments of the command that are no options have gone by.
    arguments: usize,
    role: Role,
    /// What is skipped of a text, as the argument of an option: its part and its end.
    skipped: Option<(usize, usize)>,
    /// The keyword of the instruction.
    instruction: &'a str,
    /// Whether the words are a list of arguments: `["serve","--host","db"]`.
    is_list: bool,
    /// Whether the arguments begin with an option, so that the command stands elsewhere.
    has_no_command: bool,
    /// Whether lines of `/etc/hosts` are written.
    is_hosts_file: bool,
    /// Whether settings of a client of SSH are written.
    is_ssh_config: bool,
}

impl<'a> Scan<'a> {
    fn add(&mut self, part: usize, range: Range<usize>, kind: Kind, name: &str) {
        if !name.is_empty() && !is_pseudonym(name) {
            self.found.push(Found { part, range, kind, name: name.to_owned() });
        }
    }

    fn add_in(&mut self, word: &Word<'_>, range: Range<usize>, kind: Kind) {
        let name = word.text[range.clone()].to_owned();
        self.add(word.part, word.at + range.start..word.at + range.end, kind, &name);
    }

    /// Fields that are a name as a whole; says whether there is nothing else to find.
    fn whole(&mut self, field: Field<'_>, text: &str) -> bool {
        let Field { key, is_label } = field;
        let all = 0..text.len();
        if is_label
            && PATH_LABELS.iter().any(|end| key.ends_with(end))
            && (text.starts_with('/') || text.contains(":\\"))
        {
            self.add(0, all, Kind::Path, text);
            return true;
        }
        if key == "project" || is_label && key.ends_with("compose.project") {
            self.add(0, all, Kind::Project, text);
            return true;
        }
        if key == "id"
            && let Some((pod, _)) = text.split_once('/')
        {
            self.add(0, 0..pod.len(), Kind::Pod, pod);
        }
        if is_label && people::is_label(key) && !text.starts_with("http") && !text.trim().is_empty() {
            self.add(0, all, Kind::User, text);
        }
        if key == "user" {
            self.role = Role::User;
        }
        if matches!(key, "reference" | "tags" | "image" | "name") {
            references::image(text, &mut |kind, range: Range<usize>| {
                self.add(0, range.clone(), kind, &text[range]);
            });
        }
        false
    }

    fn word(&mut self, word: &Word<'a>, before: Option<Word<'a>>, second: Option<Word<'a>>) {
        let is_first = before.is_none();
        let is_apart = before
            .is_some_and(|before| before.part != word.part && (before.is_of_script() || word.is_of_script()));
        // An argument of several words looks like a script, and may be a name: `["git","config","user.name","Ann Lee"]`.
        if is_apart && before.is_some() && self.role_of(word, before, second) == Role::Person {
            let name = word.through_end().trim_end();
            self.add(word.part, word.at..word.at + name.len(), Kind::User, name);
            self.skipped = Some((word.part, word.at + name.len()));
            return;
        }
        let (before, second) = if is_apart { (None, None) } else { (before, second) };
        if is_apart {
            self.role = Role::Any;
        }
        if is_apart || word.starts_command() {
            (self.command, self.arguments) = (Command::Other, 0);
        }
        let role = self.role_of(word, before, second);
        if word.gap.contains(']') {
            self.is_list = false;
        }
        if word.gap.contains('[') {
            self.is_list = role == Role::Any;
        }
        if before.is_none() || word.gap.contains('[') {
            self.has_no_command = word.is_flag();
        }
        if self.skipped.is_some_and(|(part, end)| part == word.part && word.at < end) {
            self.of_word(word, Role::Any);
            return;
        }
        self.skipped = None;
        self.role = role;
        match role {
            Role::Host => self.host(word),
            Role::User => self.user(word),
            Role::Person => self.person(word),
            Role::HostsLine => self.hosts_line(word),
            Role::Owner => self.owner(word),
            Role::Attribute(kind) => self.attribute(word, kind),
            Role::Repository => self.repository(word),
            Role::Image => references::image(word.text, &mut |kind, range| self.add_in(word, range, kind)),
            Role::Route => self.add_in(word, 0..word.text.len(), Kind::Path),
            Role::Account if addresses::is_account(word.text) => {
                self.add_in(word, 0..word.text.len(), Kind::Id);
            }
            Role::Project if hosts::is_host(word.text) => {
                self.add_in(word, 0..word.text.len(), Kind::Project);
            }
            Role::Skip => self.skipped = Some((word.part, word.at + word.quoted().len())),
            _ => {}
        }
        if self.is_hosts_file {
            self.escaped_line(word);
        }
        self.of_word(word, role);
        if role == Role::Any {
            let follows = before.is_some_and(|before| matches!(before.text, "nop" | "ONBUILD"));
            // Only at the start of a text: what follows an instruction is no other.
            if is_first || follows && word.at < KEYWORD_WITHIN {
                self.keyword(word);
            }
            if word.is_flag() { self.glued(word) } else { self.argument(word, before) }
        }
    }

    /// What a word has to be, by the option, the key or the instruction before it.
    fn role_of(&mut self, word: &Word<'a>, before: Option<Word<'a>>, second: Option<Word<'a>>) -> Role {
        let Some(before) = before else { return std::mem::take(&mut self.role) };
        let is_same = before.part == word.part;
        let mut bare: String =
            word.gap.chars().filter(|char| !char.is_whitespace() && !"\"'`\\[{".contains(*char)).collect();
        if self.is_list && bare == "," {
            bare.clear();
        }
        if is_same && bare == "," {
            let is_next = self.role == Role::Any && is_list_of_hosts(before.text);
            return if is_next { Role::Host } else { self.role };
        }
        let is_hosts_line = self.role == Role::HostsLine || is_address(before.text);
        if self.is_hosts_file && is_hosts_line && word.gap.chars().all(|gap| " \t".contains(gap)) {
            return Role::HostsLine;
        }
        if is_same
            && bare == "="
            && let Some(kind) = organisations::attribute(&before)
        {
            return Role::Attribute(kind);
        }
        if is_same && word.gap.contains('(') {
            return commands::of_matcher(before.text);
        }
        let is_compared = before.text.ends_with(['!', '~']) || bare.starts_with(['<', '>']);
        if is_same && (bare == "==" || bare.ends_with('=') && is_compared) {
            return Role::Version;
        }
        // `"host": "db"` of JSON: the colon is a separate word.
        let key = match (before.text, second) {
            (":" | "\\:", Some(key)) => Some(key),
            (text, _) if text.ends_with(':') && text.len() > 1 => Some(before),
            _ if bare == "=" => Some(before),
            _ => None,
        };
        if (is_same || before.text.ends_with(':'))
            && let Some(key) = key
        {
            if self.instruction == "LABEL" && people::is_label(key.text) {
                self.labelled(word);
                return Role::Skip;
            }
            return commands::of_key(key.text.trim_end_matches(['\\', ':']));
        }
        if is_same && !bare.is_empty() {
            return Role::Any;
        }
        if before.is_flag() {
            let is_long = before.text.len() > 2;
            let long = if is_long { commands::of_key(before.text) } else { Role::Any };
            let of_command = match before.text {
                "-i" if self.command == Command::Ansible && word.rest.starts_with(',') => Role::Host,
                "-u" | "-U" if self.has_no_command && !word.text.contains('.') => Role::User,
                "-h" if self.has_no_command => Role::Host,
                option => commands::of_option(self.command, option),
            };
            return if long == Role::Any { of_command } else { long };
        }
        let of_subcommand = commands::of_subcommand(self.command, before.text);
        if of_subcommand != Role::Any {
            return of_subcommand;
        }
        match before.text {
            "USER" if self.instruction == "USER" => return Role::User,
            "machine" => return Role::Host,
            // The end of a line may be noted with a mark of `printf`.
            "Host" | "HostName" | "Hostname" | "ProxyJump" if self.is_ssh_config => return Role::HostsLine,
            "User" if self.is_ssh_config => return Role::User,
            "project" if self.command == Command::Cloud && second.is_some_and(|word| word.text == "set") => {
                return Role::Project;
            }
            "login" if self.command == Command::Other => return Role::User,
            "user.name" | "user.email" if self.command == Command::Git => return Role::Person,
            "login" | "logout" if self.command == Command::Engine => return Role::Host,
            key if second.is_some_and(|second| matches!(second.text, "set" | "config" | "--global")) => {
                return commands::of_key(key);
            }
            _ => {}
        }
        if is_written_to(word.rest, "/etc/hostname") {
            return Role::Host;
        }
        // The old form of `ENV`, and what programs print: `DB_HOST db-prod-1`. In a list the items stand for themselves.
        let is_variable = !self.is_list
            && before.text.len() > 3
            && before
                .text
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
        if is_variable { commands::of_key(before.text) } else { Role::Any }
    }

    /// The keyword of an instruction, and what it names as a whole.
    fn keyword(&mut self, word: &Word<'a>) {
        self.instruction = word.text;
        if word.text == "MAINTAINER" {
            let start = word.at + word.text.len();
            let rest = word.through_end()[word.text.len()..].to_owned();
            let name = rest.trim_matches(|char: char| char.is_whitespace() || "\"'".contains(char));
            let at = start + rest.find(name).unwrap_or(0);
            self.add(word.part, at..at + name.len(), Kind::User, name);
        }
    }

    /// The value of a label of an instruction: builders note it without quotes, so it ends before the next key.
    fn labelled(&mut self, word: &Word<'_>) {
        let value = if word.gap.ends_with(['"', '\'']) { word.quoted() } else { word.through_end() };
        let next_key = value.find('=').and_then(|equals| value[..equals].rfind(' '));
        let value =
            value[..next_key.unwrap_or(value.len())].trim_end().trim_end_matches("# buildkit").trim_end();
        self.add(word.part, word.at..word.at + value.len(), Kind::User, value);
    }

    /// The argument that is glued to a short option: `-hdb-prod-1`, `-ualice`.
    fn glued(&mut self, word: &Word<'_>) {
        let is_short = word.text.len() > 3 && !word.text.starts_with("--") && word.text.is_char_boundary(2);
        if self.command != Command::Database || !is_short {
            return;
        }
        let (name, range) = (&word.text[2..], 2..word.text.len());
        match &word.text[..2] {
            "-h" if hosts::is_host(name) && !known::is_common(name) => self.add_in(word, range, Kind::Host),
            "-u" | "-U" if people::is_person(name) => self.add_in(word, range, Kind::User),
            _ => {}
        }
    }

    /// A command, or an argument that no option asked for.
    fn argument(&mut self, word: &Word<'a>, before: Option<Word<'a>>) {
        let is_option = before.is_some_and(|before| before.is_flag() && self.command == Command::Install);
        if self.command != Command::Install
            && !is_option
            && let Some(command) = commands::command(word.text)
        {
            (self.command, self.arguments) = (command, 0);
            return;
        }
        if word.text == "hostname" && begins_command(word, before) {
            (self.command, self.arguments) = (Command::Reach, 0);
            return;
        }
        if self.instruction == "FROM" {
            // Behind the variable of a registry: `${REGISTRY}/acme/app`.
            if let Some(path) = word.text.strip_prefix('/') {
                references::groups(path, 1, &mut |kind, range| self.add_in(word, range, kind));
            }
            references::image(word.text, &mut |kind, range| self.add_in(word, range, kind));
        }
        // A line of sudoers.
        if word.rest.starts_with(" ALL=") {
            self.user(word);
        }
        // A line of known hosts.
        if [" ssh-", " ecdsa-sha2-", " sk-ssh-"].iter().any(|key| word.rest.starts_with(key)) {
            self.host(word);
        }
        if word.text == "id" && begins_command(word, before) {
            (self.command, self.arguments) = (Command::Become, 0);
            return;
        }
        if word.text == "compose" && self.command == Command::Engine {
            (self.command, self.arguments) = (Command::Compose, 0);
            return;
        }
        self.arguments += 1;
        let is_number = word.text.bytes().all(|byte| byte.is_ascii_digit());
        match self.command {
            _ if is_number || word.text == "-" => self.arguments -= 1,
            Command::Reach if self.arguments <= 2 => {
                let name = word.text.trim_start_matches('@');
                let is_address = word.text.contains(['@', ':', '.', '-'])
                    || name.bytes().any(|byte| byte.is_ascii_digit());
                if self.arguments == 1 || is_address && word.text.starts_with('@') {
                    self.host(word);
                }
            }
            Command::Fetch if !word.text.contains("://") => self.host(word),
            Command::Copy if word.text.starts_with("//") => self.share(word),
            Command::Copy => {
                let host = word.text.split(':').next().unwrap_or_default();
                if host.len() > 1 && host.len() < word.text.len() && !host.contains('/') {
                    self.host(word);
                }
            }
            Command::Own | Command::Become if self.arguments == 1 => self.user(word),
            Command::Passwords if self.arguments == 2 => self.user(word),
            Command::Access => self.access(word),
            Command::Modules => self.module(word),
            Command::Accounts => self.user(word),
            // Engines take paths as well: `"$LOGS/x.log"`, `conf.d/sites/x`.
            Command::Engine if references::is_on_registry(word.text) => {
                references::image(word.text, &mut |kind, range| self.add_in(word, range, kind));
            }
            _ => {}
        }
    }

    /// What a word is by itself.
    fn of_word(&mut self, word: &Word<'_>, role: Role) {
        let is_package =
            self.command == Command::Install && !word.text.contains(['/', '@']) && role != Role::Host;
        let context = everywhere::Context {
            is_version: role == Role::Version,
            is_package,
            is_label: self.instruction == "LABEL",
            takes_hosts: matches!(self.command, Command::Reach | Command::Copy | Command::Git),
            is_git: self.command == Command::Git,
            first_letter: None,
        };
        let mut found = Vec::new();
        everywhere::names(word.text, context, &mut |kind, range| found.push((kind, range)));
        for (kind, range) in found {
            self.add_in(word, range, kind);
        }
        if let Some((start, server)) = paths::windows(word.text) {
            let quoted = word.quoted();
            let whole = if start == 0 { quoted } else { word.text };
            self.add(word.part, word.at + start..word.at + whole.len(), Kind::Path, &whole[start..]);
            if let Some(server) = server {
                self.add_in(word, server, Kind::Host);
            }
        }
        if let Some(range) = paths::unix(word.text) {
            let quoted = word.quoted();
            let is_one = range.start == 0
                && quoted.len() > word.text.len()
                && !quoted.contains([';', '&', '|', '\n'])
                && !quoted.contains(" -")
                && !quoted.contains(" /");
            if is_one {
                self.add(word.part, word.at..word.at + quoted.len(), Kind::Path, quoted);
            } else {
                self.add_in(word, range, Kind::Path);
            }
        }
    }
}

/// Whether an address has several hosts, of which the next follows a comma: `mongodb://a,b:27017`.
fn is_list_of_hosts(address: &str) -> bool {
    address.split_once("://").is_some_and(|(scheme, hosts)| {
        !scheme.ends_with("http") && !scheme.ends_with("https") && !hosts.contains(['/', '?'])
    })
}

/// Whether a word is an address that a line of `/etc/hosts` begins with.
fn is_address(word: &str) -> bool {
    let word = word.rsplit("\\n").next().unwrap_or(word);
    word.parse::<std::net::IpAddr>().is_ok()
}

/// Whether what follows a word writes it to a file: `echo db-prod-1 > /etc/hostname`.
fn is_written_to(rest: &str, file: &str) -> bool {
    let rest = rest.trim_start_matches(['"', '\'', ' ']);
    let target = rest.strip_prefix('>').or_else(|| rest.strip_prefix('|')?.trim_start().strip_prefix("tee"));
    target.is_some_and(|target| target.trim_start().starts_with(file))
}

/// Whether a word is a command, by what stands before it.
fn begins_command(word: &Word<'_>, before: Option<Word<'_>>) -> bool {
    const BEFORE: [&str; 9] = ["RUN", "CMD", "ENTRYPOINT", "-c", "sudo", "exec", "then", "do", "hostnamectl"];
    word.starts_command() || before.is_none_or(|before| BEFORE.contains(&before.text))
}
