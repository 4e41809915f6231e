//! A fleet as one page: HTML with its style, and a script of a few lines that filters the images.

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plimsoll_analysis::fleet::{FleetProject, FleetReport};
use plimsoll_snapshot::Bytes;
use sha2::Digest as _;

use super::{first, headline, money, prices, seconds, sentences, steps, treemap};
use crate::format::{count, one_line};
use crate::html::escape;
use crate::language::Language;

/// The look that this page has in common with that of an image.
const BASE: &str = include_str!("../base.css");
const STYLE: &str = include_str!("fleet.css");
const SCRIPT: &str = include_str!("fleet.js");

/// The rows of tables that name what weighs most.
const ROWS: usize = 50;
/// The images that are named for each base.
const DRIFTING: usize = 200;
/// The projects of the map. What is smaller is in the table.
const AREAS: usize = 60;

/// Writes the page.
///
/// # Errors
/// If it cannot be written.
pub fn html(report: &FleetReport, language: Language, out: &mut dyn Write) -> io::Result<()> {
    let words = language.fleet();
    let hash = STANDARD.encode(sha2::Sha256::digest(SCRIPT));
    let title = headline(&report.totals, language);
    write!(
        out,
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; \
         script-src 'sha256-{hash}'\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{}</title>\n<style>{BASE}{STYLE}</style>\n</head>\n<body>\n<main class=\"wrap\">\n",
        language.tag(),
        escape(&title),
    )?;
    writeln!(out, "<p class=\"brand\">Plimsoll · {}</p>\n<h1>{}</h1>", words.title, escape(&title))?;
    for sentence in sentences(report, language) {
        writeln!(out, "<p class=\"said\">{}</p>", coded(&sentence))?;
    }
    let sections = [
        ("steps", words.steps),
        ("projects", words.projects),
        ("packages", words.packages),
        ("contents", words.contents),
        ("bases", words.bases),
        ("rules", words.rules),
        ("images", words.all_images),
    ];
    write!(out, "<nav aria-label=\"{}\">", words.contents_list)?;
    for (id, title) in sections {
        write!(out, "<a href=\"#{id}\">{title}</a> ")?;
    }
    writeln!(out, "</nav>")?;
    let mut page = Page { out, language };
    page.steps(report)?;
    page.projects(report)?;
    page.weights(report)?;
    page.bases(report)?;
    page.images(report)?;
    writeln!(out, "<p class=\"lead\">{}</p>", escape(&prices(report, language)))?;
    write!(out, "</main>\n<script>{SCRIPT}</script>\n</body>\n</html>\n")
}

/// Text in which backquotes enclose code.
fn coded(text: &str) -> String {
    let mut html = String::new();
    for (index, part) in text.split('`').enumerate() {
        let part = escape(part);
        html.push_str(&if index % 2 == 1 { format!("<code>{part}</code>") } else { part.into_owned() });
    }
    html
}

/// What an image calls itself, as one line of text.
fn named(name: &str) -> String {
    escape(&one_line(name)).into_owned()
}

struct Page<'o> {
    out: &'o mut dyn Write,
    language: Language,
}

impl Page<'_> {
    fn bytes(&self, bytes: Bytes) -> String {
        self.language.bytes(bytes).to_string()
    }

    /// A table, the first column of which is a name.
    fn table(
        &mut self,
        heads: &[&str],
        rows: impl Iterator<Item = Vec<String>>,
        more: u64,
    ) -> io::Result<()> {
        write!(self.out, "<div class=\"scroll\"><table><thead><tr>")?;
        for head in heads {
            write!(self.out, "<th scope=\"col\">{head}</th>")?;
        }
        writeln!(self.out, "</tr></thead><tbody>")?;
        let mut is_empty = true;
        for row in rows {
            is_empty = false;
            write!(self.out, "<tr>")?;
            for (index, cell) in row.iter().enumerate() {
                if index == 0 {
                    write!(self.out, "<th scope=\"row\">{cell}</th>")?;
                } else {
                    write!(self.out, "<td>{cell}</td>")?;
                }
            }
            writeln!(self.out, "</tr>")?;
        }
        let words = self.language.fleet();
        if is_empty {
            write!(
                self.out,
                "<tr><td class=\"none\" colspan=\"{}\">{}</td></tr>",
                heads.len(),
                words.nothing
            )?;
        }
        writeln!(self.out, "</tbody></table></div>")?;
        if more > 0 {
            writeln!(self.out, "<p class=\"lead\">{}</p>", (words.more)(&count(more)))?;
        }
        Ok(())
    }

    fn head(&mut self, id: &str, title: &str, lead: &str) -> io::Result<()> {
        writeln!(self.out, "<h2 id=\"{id}\">{title}</h2>\n<p class=\"lead\">{}</p>", escape(lead))
    }

    fn steps(&mut self, report: &FleetReport) -> io::Result<()> {
        let words = self.language.fleet();
        self.head("steps", words.steps, words.steps_lead)?;
        let rows: Vec<Vec<String>> = (report.steps.iter())
            .map(|step| {
                vec![
                    coded(&steps::text(&step.kind, self.language)),
                    self.bytes(step.bytes),
                    money(step.money, self.language),
                ]
            })
            .collect();
        self.table(&[words.step, words.saves, words.money], rows.into_iter(), 0)
    }

    fn projects(&mut self, report: &FleetReport) -> io::Result<()> {
        let words = self.language.fleet();
        self.head("projects", words.projects, words.projects_lead)?;
        self.map(&report.projects)?;
        let (shown, more) = first(&report.projects, ROWS * 4);
        let rows: Vec<Vec<String>> = (shown.iter())
            .map(|project| {
                vec![
                    named(&project.name),
                    count(project.images),
                    self.bytes(project.unshared_bytes),
                    self.bytes(project.stored_bytes),
                    self.bytes(project.unique_bytes),
                    money(project.storage_cost, self.language),
                    money(project.pull_cost, self.language),
                ]
            })
            .collect();
        let heads = [
            words.project,
            words.images,
            words.unshared,
            words.stored,
            words.unique,
            words.storage_cost,
            words.pull_cost,
        ];
        self.table(&heads, rows.into_iter(), more)
    }

    /// The map of projects by unique bytes. The table below it says the same as text.
    #[expect(clippy::cast_precision_loss, reason = "areas of a few digits")]
    fn map(&mut self, projects: &[FleetProject]) -> io::Result<()> {
        let shown: Vec<&FleetProject> =
            projects.iter().filter(|project| !project.unique_bytes.is_zero()).take(AREAS).collect();
        let weights: Vec<f64> = shown.iter().map(|project| project.unique_bytes.0 as f64).collect();
        writeln!(self.out, "<div class=\"map\" aria-hidden=\"true\">")?;
        for (project, rect) in shown.iter().zip(treemap::layout(&weights)) {
            writeln!(
                self.out,
                "<div style=\"left:{:.3}%;top:{:.3}%;width:{:.3}%;height:{:.3}%\" title=\"{name}: {size}\"><b>{name}</b>\
                 <span>{size}</span></div>",
                rect.x,
                rect.y,
                rect.width,
                rect.height,
                name = named(&project.name),
                size = self.bytes(project.unique_bytes),
            )?;
        }
        writeln!(self.out, "</div>")
    }

    fn weights(&mut self, report: &FleetReport) -> io::Result<()> {
        let words = self.language.fleet();
        self.head("packages", words.packages, words.packages_lead)?;
        let (shown, more) = first(&report.packages, ROWS);
        let rows: Vec<Vec<String>> = (shown.iter())
            .map(|package| {
                vec![
                    format!("{} <small>{}</small>", named(&package.name), named(&package.ecosystem)),
                    count(package.versions),
                    count(package.images),
                    self.bytes(package.image_bytes),
                    self.bytes(package.stored_bytes),
                ]
            })
            .collect();
        let heads = [words.package, words.versions, words.images, words.in_images, words.in_layers];
        self.table(&heads, rows.into_iter(), more)?;
        self.head("contents", words.contents, words.contents_lead)?;
        let (shown, more) = first(&report.contents, ROWS);
        let rows: Vec<Vec<String>> = (shown.iter())
            .map(|content| {
                vec![
                    match &content.example {
                        Some(path) => format!("<code>{}</code>", named(path)),
                        None => format!("<span class=\"none\">{}</span>", words.small_file),
                    },
                    self.bytes(content.size),
                    count(content.layers),
                    count(content.copies),
                    self.bytes(content.duplicate_bytes),
                ]
            })
            .collect();
        let heads = [words.content, words.size, words.layers, words.copies, words.duplicate];
        self.table(&heads, rows.into_iter(), more)
    }

    fn bases(&mut self, report: &FleetReport) -> io::Result<()> {
        let words = self.language.fleet();
        self.head("bases", words.bases, words.bases_lead)?;
        let (shown, more) = first(&report.bases, ROWS);
        let rows: Vec<Vec<String>> = (shown.iter())
            .map(|base| {
                let (images, rest) = first(&base.images, DRIFTING);
                let mut listed: String = (images.iter())
                    .map(|drift| {
                        let text = (words.built_on)(&named(&drift.image), &named(&drift.built_on));
                        format!("<li>{text}</li>")
                    })
                    .collect();
                if rest > 0 {
                    listed.push_str(&format!("<li>{}</li>", (words.more)(&count(rest))));
                }
                vec![
                    format!("<details><summary>{}</summary><ul>{listed}</ul></details>", named(&base.base)),
                    named(&base.newest),
                    count(base.images.len() as u64),
                ]
            })
            .collect();
        self.table(&[words.base, words.newest, words.behind], rows.into_iter(), more)?;
        self.head("rules", words.rules, words.rules_lead)?;
        let rows: Vec<Vec<String>> = (report.rules.iter())
            .map(|rule| vec![named(&rule.rule), count(rule.images), self.bytes(rule.saving_bytes)])
            .collect();
        self.table(&[words.rule, words.images, words.saves], rows.into_iter(), 0)
    }

    fn images(&mut self, report: &FleetReport) -> io::Result<()> {
        let words = self.language.fleet();
        self.head("images", words.all_images, words.all_images_lead)?;
        writeln!(
            self.out,
            "<p class=\"filter\" hidden><label>{} <input type=\"search\" autocomplete=\"off\"></label></p>\
             <div id=\"all\">",
            words.filter
        )?;
        let language = self.language;
        let bytes = |bytes: Bytes| language.bytes(bytes).to_string();
        let rows = report.images.iter().map(|image| {
            vec![
                named(&image.reference),
                bytes(image.image_bytes),
                bytes(image.stored_bytes),
                bytes(image.hidden_bytes),
                bytes(image.saving_bytes),
                seconds(image.pull_seconds, language),
            ]
        });
        let heads =
            [words.image, words.image_size, words.stored, words.hidden_bytes, words.saving, words.pull];
        self.table(&heads, rows, 0)?;
        writeln!(self.out, "</div>")
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_analysis::fleet::{FleetImage, FleetStep, FleetStepKind};

    use super::*;

    fn page(report: &FleetReport, language: Language) -> String {
        let mut out = Vec::new();
        html(report, language, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn hostile_names_stay_text() {
        let hostile = "</script><script>alert(1)</script>`<b>".to_owned();
        let report = FleetReport {
            projects: vec![FleetProject {
                name: hostile.clone(),
                unique_bytes: Bytes(1),
                ..FleetProject::default()
            }],
            images: vec![FleetImage { reference: hostile.clone(), ..FleetImage::default() }],
            steps: vec![FleetStep {
                kind: FleetStepKind::FixHidden { instruction: hostile, pairs: 1 },
                bytes: Bytes(1),
                money: 0.0,
            }],
            ..FleetReport::default()
        };
        for language in Language::ALL {
            let page = page(&report, language);
            assert_eq!(page.matches("<script").count(), 1);
            assert_eq!(page.matches("<b>").count(), 1, "the name of the area");
            assert!(!page.contains("alert(1)</"), "{page}");
        }
    }

    #[test]
    fn an_empty_fleet_has_a_page() {
        let page = page(&FleetReport::default(), Language::English);
        assert!(page.contains("0 images of 0 projects store 0 B") && page.ends_with("</html>\n"));
    }

    /// The page asks for nothing: its policy forbids it, and it names no place.
    #[test]
    fn the_page_needs_no_network() {
        let page = page(&FleetReport::default(), Language::English);
        assert!(!page.contains("http://") && !page.contains("https://") && !page.contains("url("));
        let hash = STANDARD.encode(sha2::Sha256::digest(SCRIPT));
        assert!(page.contains(&format!("script-src 'sha256-{hash}'")));
    }
}
