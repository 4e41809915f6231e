//! Reads the value of an option, a key or an argument as what it is expected to be.

use super::super::kind::Kind;
use super::super::words::Word;
use super::super::{hosts, known, organisations, people, references};
use super::{Scan, is_address};

impl Scan<'_> {
    /// A host where one is expected, with a port, a path and an account or without: `alice@db-prod-1:5432/x`.
    pub(super) fn host(&mut self, word: &Word<'_>) {
        let text = word.text;
        // `curl --connect-to ::db-prod-1:443` leaves out whom it is instead of.
        let start = text.find("://").map_or(text.len() - text.trim_start_matches(':').len(), |at| at + 3);
        let start = text[start..].find('@').map_or(start, |at| start + at + 1);
        let host = text[start..].split(['/', ':', '?', '#']).next().unwrap_or_default().trim_end_matches('.');
        let lower = host.to_lowercase();
        // A path, and one label that says nothing.
        let is_told =
            !text.starts_with(['/', '.', '$', '%', '-']) && (host.contains('.') || !known::is_common(&lower));
        if is_told && hosts::is_host(host) && !known::is_public_host(&lower) {
            self.add_in(word, start..start + host.len(), Kind::Host);
        }
        // `db:443:db-prod-1:443`
        if let Some((_, other)) = text[start + host.len()..].split_once(':')
            && let Some((port, other)) = other.split_once(':')
            && (port.is_empty() || port.bytes().all(|byte| byte.is_ascii_digit()))
        {
            let name = other.split(':').next().unwrap_or_default();
            if hosts::is_host(name) && !known::is_common(name) {
                let at = text.len() - other.len();
                self.add_in(word, at..at + name.len(), Kind::Host);
            }
        }
    }

    /// The names of a line of `/etc/hosts`, which may be noted with marks of `printf`.
    pub(super) fn hosts_line(&mut self, word: &Word<'_>) {
        let name = word.text.split('\\').next().unwrap_or_default();
        if hosts::is_host(name) && !known::is_public_host(&name.to_lowercase()) {
            self.add_in(word, 0..name.len(), Kind::Host);
        }
    }

    /// Such a line in one word: `10.1.2.3\tdb-prod-1\n`.
    pub(super) fn escaped_line(&mut self, word: &Word<'_>) {
        let mut at = 0;
        let mut is_behind_address = false;
        for part in word.text.split("\\t") {
            let name = part.split('\\').next().unwrap_or_default();
            if is_behind_address && hosts::is_host(name) && !known::is_public_host(&name.to_lowercase()) {
                self.add_in(word, at..at + name.len(), Kind::Host);
            }
            is_behind_address = is_address(part) || is_behind_address && name.len() == part.len();
            at += part.len() + "\\t".len();
        }
    }

    /// An organisation, as npm writes its scope or not: `acme`, `@acme`.
    pub(super) fn owner(&mut self, word: &Word<'_>) {
        let name = word.text.trim_start_matches('@');
        if organisations::is_owner(name) {
            self.add_in(word, word.text.len() - name.len()..word.text.len(), Kind::Owner);
        }
    }

    /// The value of an attribute of a distinguished name.
    pub(super) fn attribute(&mut self, word: &Word<'_>, kind: Kind) {
        let value = organisations::value(word.through_end());
        if organisations::is_told(kind, value) {
            self.add(word.part, word.at..word.at + value.len(), kind, value);
        }
        self.skipped = Some((word.part, word.at + value.len()));
    }

    /// `owner/repository`, as clients of code hosts take it, or an owner alone: `owner`.
    pub(super) fn repository(&mut self, word: &Word<'_>) {
        let path = word.text.strip_prefix("repos/").unwrap_or(word.text);
        let is_number = path.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number && !path.contains(':') && !path.starts_with(['/', '.', '$']) && path.contains('/') {
            let at = word.text.len() - path.len();
            references::repository(path, at, 2, &mut |kind, range| self.add_in(word, range, kind));
        }
    }

    /// `//server/share`, as `mount` takes it.
    pub(super) fn share(&mut self, word: &Word<'_>) {
        let server = word.text[2..].split('/').next().unwrap_or_default();
        if hosts::is_host(server) {
            self.add_in(word, 2..2 + server.len(), Kind::Host);
        }
    }

    pub(super) fn user(&mut self, word: &Word<'_>) {
        let mut at = 0;
        for name in word.text.split(':').take(2) {
            if people::is_person(name) {
                self.add_in(word, at..at + name.len(), Kind::User);
            }
            at += name.len() + 1;
        }
    }

    /// The account of an entry of an access list: `u:alice:rwx`, `default:group:staff:rx`.
    pub(super) fn access(&mut self, word: &Word<'_>) {
        let mut at = 0;
        let mut is_next = false;
        for part in word.text.split([':', ',']) {
            if is_next && people::is_person(part) {
                self.add_in(word, at..at + part.len(), Kind::User);
            }
            is_next = matches!(part, "u" | "g" | "user" | "group");
            at += part.len() + 1;
        }
    }

    /// The owner of a module that is named by where it lies: `git.acme.com/owner/repository`.
    pub(super) fn module(&mut self, word: &Word<'_>) {
        let Some((host, path)) = word.text.split_once('/') else { return };
        let lower = host.to_lowercase();
        let is_code_host = known::CODE_HOSTS.contains(&lower.as_str());
        if is_code_host || hosts::dotted(&lower) == hosts::Dotted::Host && !known::is_public_host(&lower) {
            references::repository(path, host.len() + 1, 2, &mut |kind, range| {
                self.add_in(word, range, kind);
            });
        }
    }

    pub(super) fn person(&mut self, word: &Word<'_>) {
        let name = word.quoted().trim_end();
        if !name.starts_with('$') {
            self.add(word.part, word.at..word.at + name.len(), Kind::User, name);
        }
        self.skipped = Some((word.part, word.at + name.len()));
    }
}
