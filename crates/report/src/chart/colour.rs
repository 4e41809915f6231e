//! The colours of everything that is drawn: one table. The page has them as variables of `base.css`, which a test
//! compares with it; saved charts and the card have the light ones.

use plimsoll_snapshot::ByteDelta;

/// A colour, by its purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Text, and the side after.
    Ink,
    /// Text that matters less.
    Soft,
    /// The side before, and what did not change.
    Mark,
    /// Axes and rules.
    Line,
    /// The ground.
    Page,
    /// A ground that is set apart.
    Wash,
    /// Smaller.
    Less,
    /// Larger.
    More,
    /// A requirement that is met.
    Pass,
    /// A failure.
    Fail,
    /// What is not known.
    Unknown,
    /// Where the keyboard is.
    Focus,
}

impl Colour {
    /// All of them, in the order of the style sheet.
    pub const ALL: [Self; 12] = [
        Self::Ink,
        Self::Soft,
        Self::Mark,
        Self::Line,
        Self::Page,
        Self::Wash,
        Self::Less,
        Self::More,
        Self::Pass,
        Self::Fail,
        Self::Unknown,
        Self::Focus,
    ];

    /// The name of its variable, its light and its dark value.
    const fn row(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Ink => ("ink", "#17191c", "#e8eaed"),
            Self::Soft => ("soft", "#5d636b", "#a3aab3"),
            Self::Mark => ("mark", "#8b929b", "#7d848d"),
            Self::Line => ("line", "#e1e4e8", "#2e3238"),
            Self::Page => ("page", "#fff", "#131518"),
            Self::Wash => ("wash", "#f5f6f8", "#1b1e22"),
            Self::Less => ("less", "#1f5fae", "#7fb2f0"),
            Self::More => ("more", "#a84c06", "#f0a35e"),
            Self::Pass => ("pass", "#1a7547", "#6cc795"),
            Self::Fail => ("fail", "#b3261e", "#f2938c"),
            Self::Unknown => ("unknown", "#6e5f0e", "#d3bd5c"),
            Self::Focus => ("focus", "#1f5fae", "#9cc4f5"),
        }
    }

    /// The name of its variable in the style sheet, without the dashes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().0
    }

    /// On light ground, as paper is.
    #[must_use]
    pub const fn light(self) -> &'static str {
        self.row().1
    }

    /// On dark ground.
    #[must_use]
    pub const fn dark(self) -> &'static str {
        self.row().2
    }

    /// The colour of a difference.
    #[must_use]
    pub const fn of(delta: ByteDelta) -> Self {
        match delta.0 {
            ..=-1 => Self::Less,
            0 => Self::Mark,
            1.. => Self::More,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = include_str!("../base.css");
    const PAGE: &str = include_str!("../../../../web/page.css");

    #[test]
    fn the_style_sheet_has_these_colours_and_no_others() {
        let expected: Vec<String> = Colour::ALL
            .iter()
            .map(|colour| format!("--{}: light-dark({}, {});", colour.name(), colour.light(), colour.dark()))
            .collect();
        let found: Vec<&str> =
            BASE.lines().map(str::trim).filter(|line| line.contains("light-dark(")).collect();
        assert_eq!(found, expected);
        let is_hex = |text: &str| text.chars().take(3).filter(char::is_ascii_hexdigit).count() == 3;
        for (name, sheet) in [("base.css", BASE), ("page.css", PAGE)] {
            let values = sheet.lines().filter(|line| !line.contains("light-dark(") || name == "page.css");
            let others: Vec<&str> = values
                // `#add` is as good a colour as a selector: the latter stands before the brace.
                .filter_map(|line| line.rsplit_once('{').map_or(Some(line), |(_, rules)| Some(rules)))
                .filter(|line| line.contains(':') && line.split('#').skip(1).any(is_hex))
                .collect();
            assert_eq!(others, [""; 0], "{name}");
        }
    }
}
