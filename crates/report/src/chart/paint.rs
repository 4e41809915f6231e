//! How a rectangle is painted by what happened to it: never by colour alone.

use super::colour::Colour;
use super::scene::Look;

/// What happened to what a rectangle stands for. Strengths go from one to four.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Paint {
    /// No difference worth a colour.
    Same,
    /// Only there before.
    Gone,
    /// Only there after: bordered.
    New,
    /// On both sides, with another content.
    Changed,
    /// Smaller.
    Less(u8),
    /// Larger.
    More(u8),
}

impl Paint {
    /// How it looks, but for what a chart adds to tell what is gone from what is there.
    #[must_use]
    pub fn look(self) -> Look {
        let (colour, opacity) = match self {
            Self::Same => (Colour::Mark, 0.25),
            Self::Gone => (Colour::Less, 0.12),
            Self::New => (Colour::More, 0.4),
            Self::Changed => (Colour::Less, 0.45),
            Self::Less(strength) => (Colour::Less, f64::from(strength) * 0.125),
            Self::More(strength) => (Colour::More, f64::from(strength) * 0.125),
        };
        let stroke = (self == Self::New).then_some((Colour::More, 1.0));
        Look { stroke, ..Look::filled("", colour, opacity) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_legend_of_the_page_has_the_same_fills() {
        let sheet = include_str!("../../../../web/page.css");
        for (swatch, paint) in [
            ("kept", Paint::Same),
            ("changed", Paint::Changed),
            ("removed", Paint::Gone),
            ("added", Paint::New),
        ] {
            let (colour, opacity) = paint.look().fill.unwrap();
            let mixed =
                format!("color-mix(in srgb, var(--{}) {:.0}%, var(--page))", colour.name(), opacity * 100.0);
            let (_, rule) = sheet.split_once(&format!(".swatch.{swatch} {{")).unwrap();
            let (rule, _) = rule.split_once('}').unwrap();
            assert!(rule.contains(&mixed), "{swatch}: {mixed} is not in {rule}");
        }
    }
}
