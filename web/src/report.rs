//! A report with all that follows from its data, each part from when it is asked for.

use std::sync::{Arc, OnceLock};

use plimsoll_analysis::Changes;
use plimsoll_analysis::compare::{Comparison, ServiceTrees};
use plimsoll_snapshot::Bundle;

use crate::findings::Judged;
use crate::judging::Judging;
use crate::running::Running;

/// The report with all that follows from its data.
pub(crate) struct Report {
    /// What was read.
    pub(crate) bundle: &'static Bundle,
    /// What the analysis says of it.
    pub(crate) changes: Changes,
    /// What it says of the images.
    pub(crate) comparison: Arc<Comparison>,
    /// The files and the packages of every service, in the order of `comparison.services`.
    pub(crate) trees: Vec<ServiceTrees<'static>>,
    running: OnceLock<Running>,
    judging: OnceLock<Option<Judging>>,
}

impl Report {
    /// Compares what was read. It is never freed: it lives as long as the page, which holds one for each pair that was
    /// looked at.
    pub(crate) fn of(bundle: Bundle) -> &'static Self {
        let bundle: &'static Bundle = Box::leak(Box::new(bundle));
        let (changes, trees) =
            Changes::with_trees(&bundle.before, &bundle.after, bundle.names.each_ref().map(Option::as_deref));
        let comparison = Arc::clone(&changes.comparison);
        let (running, judging) = (OnceLock::new(), OnceLock::new());
        Box::leak(Box::new(Self { bundle, changes, comparison, trees, running, judging }))
    }

    /// What the rules find in a service; `None` if it is not there after.
    pub(crate) fn judged(&'static self, position: usize) -> Option<Judged<'static>> {
        let [_, advice] = self.changes.advice.get(position)?;
        let progress = self.changes.progress.get(position)?.as_ref();
        Some(Judged { advice: advice.as_ref()?, progress })
    }

    /// What is known of running services.
    pub(crate) fn running(&self) -> &Running {
        self.running.get_or_init(|| Running::of(self.bundle, &self.changes))
    }

    /// What it is judged by, if there is something to judge.
    pub(crate) fn judging(&'static self) -> Option<&'static Judging> {
        self.judging
            .get_or_init(|| Judging::of(self.bundle, &self.comparison, &self.trees, self.running()))
            .as_ref()
    }

    pub(crate) fn position(&self, service: &str) -> Option<usize> {
        self.comparison.services.iter().position(|known| known.name == service)
    }
}
