//! Charts. One function draws each of them, as a scene: values without a renderer. The page shows the scene in an element
//! of any width, and the same scene lies in saved files and on the card.
//!
//! To add a chart:
//! 1. Write a file with a function that gives a [`scene::Scene`]: horizontally in percent, vertically in pixels.
//! 2. Look at it in both places: `svg::markup` with `Place::Page`, and a `picture` that lays it on a `sheet::Sheet`.
//! 3. Take colours from [`colour::Colour`]; give what readers with their own colours have to distinguish a class, and a
//!    rule in `web/page.css` below `forced-colors`.

pub mod axis;
pub mod bullet;
pub mod colour;
pub mod course;
mod multiples;
pub mod paint;
pub mod scale;
pub mod scene;
pub mod services;
pub mod sheet;
pub mod squarify;
pub mod stacks;
pub mod svg;
pub mod timeline;
pub mod trend;
pub mod waterfall;

use crate::language::Language;
use colour::Colour;
use scene::Look;

/// A side of a comparison, as a chart of both shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Pale.
    Before,
    /// Dark.
    After,
}

impl Side {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Before, Self::After];

    /// Its name in attributes.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
        }
    }

    /// Its name.
    #[must_use]
    pub const fn name(self, language: Language) -> &'static str {
        match self {
            Self::Before => language.words().before,
            Self::After => language.words().after,
        }
    }

    /// Its colour.
    #[must_use]
    pub const fn colour(self) -> Colour {
        match self {
            Self::Before => Colour::Mark,
            Self::After => Colour::Ink,
        }
    }

    /// The look of its lines over time.
    #[must_use]
    pub const fn line(self) -> Look {
        match self {
            Self::Before => Look::line("line before", self.colour(), 1.5),
            Self::After => Look::line("line after", self.colour(), 2.25),
        }
    }
}
