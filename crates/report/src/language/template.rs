//! The words of a target file that `init` writes.

/// The parts of the file, with their comments, and comments on single lines.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "each language shows the text of a field")]
pub struct TemplateWords {
    pub head: &'static str,
    pub limits_of_compose: &'static str,
    pub limits: &'static str,
    pub stack: &'static str,
    pub each: &'static str,
    pub hidden: &'static str,
    pub dive: &'static str,
    pub as_planned: &'static str,
    pub limit_unread: &'static str,
    pub no_limit: &'static str,
    pub no_health_check: &'static str,
    pub tail: &'static str,
}
