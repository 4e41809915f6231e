//! What a build sends to the engine is small.

use plimsoll_snapshot::{BuildContext, Bytes};

use crate::targets::input::Input;
use crate::targets::outcome::{Good, Measured, Outcome};
use crate::targets::reason::Reason;
use crate::targets::title::Title;

pub(super) fn outcomes(input: &Input<'_>) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for (name, targets) in &input.services {
        let Some(levels) = &targets.context else { continue };
        let build = input
            .snapshot
            .services
            .iter()
            .find(|service| service.name == *name)
            .map(|service| &service.build);
        let context = build.and_then(|build| build.as_ref()?.context.as_ref());
        let measured = match (build, context) {
            (_, Some(context)) => Measured::Exactly(float(context.bytes)),
            (None, None) => Measured::Unknown(Reason::NoImage),
            (Some(_), None) => Measured::Unknown(Reason::ContextNotMeasured),
        };
        let id = format!("services.{name}.context");
        let outcome = Outcome::figure(id, Title::SmallContext, Some(name), Good::AtMost, levels, &measured);
        outcomes.push(outcome.because(context.map(parts)));
    }
    outcomes
}

fn parts(context: &BuildContext) -> Reason {
    Reason::Context { files: context.files, ignored: context.ignored_bytes }
}

#[expect(clippy::cast_precision_loss, reason = "beyond 2⁵³ bytes nobody counts")]
fn float(bytes: Bytes) -> f64 {
    bytes.0 as f64
}
