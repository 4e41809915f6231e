//! Where the marks of the charts lie: positions in percent of a width that only the browser knows.

use plimsoll_analysis::compare::{BridgeCause, BridgeStep, LayerMatch, ServiceComparison};
use plimsoll_snapshot::{ByteDelta, Bytes};

use super::paint::Paint;

/// An axis from zero to the largest value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scale {
    largest: Bytes,
}

impl Scale {
    pub(crate) fn up_to(largest: Bytes) -> Self {
        Self { largest }
    }

    /// The position of a value, from 0 to 100.
    #[expect(clippy::cast_precision_loss, reason = "a position on a screen")]
    pub(crate) fn at(self, bytes: Bytes) -> f64 {
        if self.largest == Bytes::ZERO {
            return 0.0;
        }
        (bytes.0 as f64 / self.largest.0 as f64 * 100.0).clamp(0.0, 100.0)
    }
}

/// A bar of a waterfall.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bar {
    pub(crate) kind: BarKind,
    /// Where it begins: the end of the bar before, or zero.
    pub(crate) from: f64,
    /// Where it ends: where the next one begins.
    pub(crate) to: f64,
}

/// What a bar stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BarKind {
    /// The size before.
    Before(Bytes),
    /// One cause.
    Step(BridgeCause, ByteDelta),
    /// All causes without a separate bar.
    Other(ByteDelta),
    /// The size after.
    After(Bytes),
}

/// The steps that have a separate bar. They come sorted, so what is left is the smallest.
const STEPS: usize = 8;

/// The way from `before` to the size after by its steps. What has no separate bar is in the last one, so the way
/// ends at the size after, to the byte.
pub(crate) fn waterfall(before: Bytes, steps: &[BridgeStep]) -> Vec<Bar> {
    let own = if steps.len() > STEPS { STEPS - 1 } else { steps.len() };
    let mut kinds: Vec<(BarKind, ByteDelta)> =
        steps[..own].iter().map(|step| (BarKind::Step(step.cause, step.delta), step.delta)).collect();
    if own < steps.len() {
        let other = steps[own..].iter().map(|step| step.delta).sum();
        kinds.push((BarKind::Other(other), other));
    }
    let mut running = vec![before];
    for (_, delta) in &kinds {
        let last = *running.last().expect("it begins with one");
        running.push(moved(last, *delta));
    }
    let after = *running.last().expect("it begins with one");
    let scale = Scale::up_to(running.iter().copied().max().unwrap_or(Bytes::ZERO));
    let mut bars = vec![Bar { kind: BarKind::Before(before), from: 0.0, to: scale.at(before) }];
    bars.extend(kinds.iter().zip(running.windows(2)).map(|((kind, _), ends)| Bar {
        kind: *kind,
        from: scale.at(ends[0]),
        to: scale.at(ends[1]),
    }));
    bars.push(Bar { kind: BarKind::After(after), from: 0.0, to: scale.at(after) });
    bars
}

/// A layer in the stack of its side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct StackPart {
    /// Index into the aligned layers.
    pub(crate) pair: usize,
    pub(crate) kind: LayerMatch,
    /// Where it lies, from 0 to 100 on the scale of both sides.
    pub(crate) from: f64,
    pub(crate) to: f64,
    /// Where its hidden bytes begin.
    pub(crate) hidden_from: f64,
}

impl StackPart {
    pub(crate) fn paint(&self) -> Paint {
        match self.kind {
            LayerMatch::Kept => Paint::Same,
            LayerMatch::Changed => Paint::Less(1),
            LayerMatch::Removed => Paint::Gone,
            LayerMatch::Added => Paint::New,
        }
    }
}

/// The layers of both sides along one scale, lowest first.
pub(crate) fn stacks(service: &ServiceComparison) -> [Vec<StackPart>; 2] {
    let scale = Scale::up_to(service.size.before.max(service.size.after));
    [true, false].map(|is_before| {
        let image = if is_before { &service.before } else { &service.after };
        let mut at = Bytes::ZERO;
        let mut parts = Vec::new();
        for (pair, aligned) in service.layers.iter().enumerate() {
            let index = if is_before { aligned.before } else { aligned.after };
            let Some(layer) = image.as_ref().zip(index).and_then(|(image, index)| image.layers.get(index))
            else {
                continue;
            };
            let end = at + layer.file_bytes;
            parts.push(StackPart {
                pair,
                kind: aligned.kind,
                from: scale.at(at),
                to: scale.at(end),
                hidden_from: scale.at(end - layer.hidden_bytes),
            });
            at = end;
        }
        parts
    })
}

fn moved(bytes: Bytes, delta: ByteDelta) -> Bytes {
    if delta.0 < 0 { bytes - delta.magnitude() } else { bytes + delta.magnitude() }
}

/// The length of a difference against the largest one beside it, in percent.
#[expect(clippy::cast_precision_loss, reason = "a length on a screen")]
pub(crate) fn share(delta: ByteDelta, largest: Bytes) -> f64 {
    if largest == Bytes::ZERO { 0.0 } else { delta.magnitude().0 as f64 / largest.0 as f64 * 100.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(cause: BridgeCause, delta: i64) -> BridgeStep {
        BridgeStep { cause, delta: ByteDelta(delta), parts: Vec::new() }
    }

    #[test]
    fn every_bar_begins_where_the_last_one_ended() {
        let steps = [step(BridgeCause::FilesRemoved, -60), step(BridgeCause::FilesAdded, 30)];
        let bars = waterfall(Bytes(100), &steps);
        let ends: Vec<_> = bars.iter().map(|bar| (bar.from, bar.to)).collect();
        assert_eq!(ends, [(0.0, 100.0), (100.0, 40.0), (40.0, 70.0), (0.0, 70.0)]);
        assert_eq!(bars[3].kind, BarKind::After(Bytes(70)));
    }

    #[test]
    fn the_scale_holds_the_highest_point_on_the_way() {
        let steps = [step(BridgeCause::FilesAdded, 300), step(BridgeCause::FilesRemoved, -50)];
        let bars = waterfall(Bytes(100), &steps);
        assert_eq!((bars[0].to, bars[1].to, bars[3].to), (25.0, 100.0, 87.5));
    }

    #[test]
    fn many_causes_end_in_one_bar_and_the_sum_stays_exact() {
        let steps: Vec<_> = (0..12).map(|at| step(BridgeCause::FilesAdded, 24 - at)).collect();
        let bars = waterfall(Bytes(100), &steps);
        assert_eq!(bars.len(), 10);
        assert_eq!(bars[8].kind, BarKind::Other(ByteDelta(17 + 16 + 15 + 14 + 13)));
        assert_eq!(bars[9].kind, BarKind::After(Bytes(100 + 222)));
    }

    #[test]
    fn nothing_has_no_width() {
        assert_eq!(waterfall(Bytes::ZERO, &[])[1].to, 0.0);
        assert_eq!(Scale::up_to(Bytes::ZERO).at(Bytes(5)), 0.0);
        assert_eq!(share(ByteDelta(-5), Bytes::ZERO), 0.0);
    }
}
