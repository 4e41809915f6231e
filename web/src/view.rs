//! How the page may be shown.

/// For whom the page is laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum View {
    /// Everything.
    #[default]
    Engineer,
    /// Verdict, figures, services and the brief.
    Stakeholder,
}

impl View {
    pub(crate) const ALL: [Self; 2] = [Self::Engineer, Self::Stakeholder];

    /// The name in addresses and attributes.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Engineer => "engineer",
            Self::Stakeholder => "stakeholder",
        }
    }
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Theme {
    /// As the reader's system has it.
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub(crate) const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The name in attributes.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}
