//! Finds secrets among the operands of commands: `rabbitmqctl add_user me x`, `sqlplus me/x@db`.

use std::ops::Range;

use super::commands::{Pass, program};
use super::look;
use super::names::is_secret_name;
use super::programs::Operands;
use super::script::Word;
use super::values::is_harmless;

impl Pass<'_, '_> {
    /// Looks at the operands of each program that takes secrets as such.
    pub(super) fn operands(&self, found: &mut Vec<Range<usize>>) {
        let is_htpasswd = self.words.iter().position(|word| program(self.values, word) == "htpasswd");
        if let Some(at) = is_htpasswd {
            let is_option = |index: &usize| self.bare(*index).starts_with('-');
            let options: String =
                (at + 1..self.words.len()).take_while(is_option).map(|at| self.bare(at)).collect();
            // With `-n`, no file stands in front.
            let place = if options.contains('n') { 1 } else { 2 };
            let password = (at + 1..self.words.len()).filter(|index| !is_option(index)).nth(place);
            if let Some(index) = password.filter(|_| options.contains('b')) {
                self.push(&self.words[index], 0, found);
            }
        }
        for taker in self.programs().filter(|taker| taker.operands != Operands::None) {
            let is_taker = |word: &Word| {
                let name = program(self.values, word).to_ascii_lowercase();
                taker.names.contains(&name.trim_end_matches(".exe"))
            };
            let Some(at) = self.words.iter().position(is_taker) else { continue };
            look::looked_at(self.words.len());
            let operands: Vec<usize> = (at + 1..self.words.len())
                .filter(|index| {
                    !self.bare(*index).starts_with(['-', '/']) || taker.operands == Operands::Slash
                })
                .collect();
            let is_subcommand = |index: &&usize| taker.with.contains(&self.bare(**index));
            match taker.operands {
                Operands::None => {}
                Operands::From(first) => {
                    operands.iter().skip(first).for_each(|index| self.push(&self.words[*index], 0, found));
                }
                Operands::Behind => {
                    let behind =
                        operands.iter().rposition(|index| is_subcommand(&index)).unwrap_or(usize::MAX - 1);
                    operands
                        .iter()
                        .skip(behind + 1)
                        .for_each(|index| self.push(&self.words[*index], 0, found));
                }
                Operands::Last => {
                    operands
                        .iter()
                        .skip(1)
                        .last()
                        .or(operands.last().filter(|_| taker.with.is_empty()))
                        .iter()
                        .for_each(|index| {
                            self.push(&self.words[**index], 0, found);
                        });
                }
                Operands::Slash => {
                    for index in operands {
                        let text = &self.values.text[self.words[index].range.clone()];
                        if let Some(slash) = text.find('/').filter(|slash| *slash > 0) {
                            let word = &self.words[index];
                            let end = text.rfind('@').filter(|at| *at > slash).unwrap_or(text.len());
                            let range = word.range.start + slash + 1..word.range.start + end;
                            if !is_harmless(&self.values.text[range.clone()]) {
                                found.push(range);
                            }
                        }
                    }
                }
                Operands::Colon => {
                    for index in operands {
                        let text = &self.values.text[self.words[index].range.clone()];
                        if text.contains(':') && !text.contains("://") {
                            self.push(&self.words[index], 0, found);
                        }
                    }
                }
                Operands::Typed => {
                    for index in operands {
                        let word = &self.words[index];
                        let text = &self.values.text[word.range.clone()];
                        if word.is_quoted && (text.ends_with("\\r") || text.ends_with("\\n")) {
                            self.push(word, 0, found);
                        }
                    }
                }
                Operands::Spaced => {
                    for index in operands {
                        if self.bare(index).strip_suffix('=').is_some_and(is_secret_name) {
                            self.push_next(index, found);
                        }
                    }
                }
                Operands::Assigned => operands.iter().for_each(|index| self.assignment(*index, 0, found)),
            }
        }
    }
}
