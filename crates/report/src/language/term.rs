//! The terms that the page explains where a reader meets them, and in its glossary.

/// A term of `docs/glossary.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term {
    /// Image size.
    ImageSize,
    /// Hidden bytes.
    Hidden,
    /// Compressed size.
    Compressed,
    /// The layers of a base image.
    BaseImage,
    /// Own growth.
    OwnGrowth,
    /// A layer.
    Layer,
    /// A build instruction.
    Instruction,
    /// A diff ID.
    DiffId,
    /// A whiteout.
    Whiteout,
    /// Own size of a package.
    OwnSize,
    /// Retained size of a package.
    Retained,
    /// Working set.
    WorkingSet,
    /// The median of samples.
    Median,
    /// The 95th percentile of samples.
    P95,
    /// The maximum of samples.
    Maximum,
    /// A memory limit.
    Limit,
    /// A memory reservation.
    Reservation,
    /// Headroom below a limit.
    Headroom,
    /// Confidence of a finding.
    Confidence,
}

impl Term {
    /// All of them, in the order of the glossary of the page.
    pub const ALL: [Self; 19] = [
        Self::ImageSize,
        Self::Hidden,
        Self::Compressed,
        Self::BaseImage,
        Self::OwnGrowth,
        Self::Layer,
        Self::Instruction,
        Self::DiffId,
        Self::Whiteout,
        Self::OwnSize,
        Self::Retained,
        Self::WorkingSet,
        Self::Median,
        Self::P95,
        Self::Maximum,
        Self::Limit,
        Self::Reservation,
        Self::Headroom,
        Self::Confidence,
    ];

    /// The position in [`Term::ALL`], by which an attribute of the page names it.
    #[must_use]
    pub fn index(self) -> usize {
        self as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Language;

    #[test]
    fn every_term_is_at_its_index_and_explained_in_every_language() {
        for (at, term) in Term::ALL.into_iter().enumerate() {
            assert_eq!(term.index(), at);
            for language in Language::ALL {
                let (name, meaning) = (language.words().page.term)(term);
                assert!(!name.is_empty() && meaning.ends_with('.'), "{name}: {meaning}");
            }
        }
    }
}
