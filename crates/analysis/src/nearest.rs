//! The known name that a mistyped one is nearest to.

use strsim::osa_distance;

/// The nearest of some names, if one is near: about a third of its letters may differ.
#[must_use]
pub fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let letters = |name: &str| name.to_lowercase().chars().take(LONGEST).collect::<String>();
    let wanted = letters(wanted);
    let most = (wanted.chars().count() / 3).clamp(1, 3);
    let distances = known.into_iter().map(|name| (osa_distance(&wanted, &letters(name)), name));
    distances.filter(|(distance, _)| *distance <= most).min().map(|(_, name)| name)
}

/// Longer names are not typing errors.
const LONGEST: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_mistyped_is_near() {
        let known = ["backend", "frontend", "db", "python"];
        for (wanted, expected) in [
            ("bakcend", Some("backend")),
            ("back-end", Some("backend")),
            ("Frontent", Some("frontend")),
            ("pyhton", Some("python")),
            ("dp", Some("db")),
            ("redis", None),
            ("", None),
        ] {
            assert_eq!(nearest(wanted, known), expected, "{wanted}");
        }
        assert_eq!(nearest("x", []), None);
    }
}
