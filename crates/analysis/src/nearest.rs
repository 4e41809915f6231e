//! The known name that a mistyped one is nearest to.

/// The nearest of some names, if one is near: about a third of its letters may differ.
#[must_use]
pub fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let letters = |name: &str| name.to_lowercase().chars().take(LONGEST).collect::<Vec<_>>();
    let wanted = letters(wanted);
    let most = (wanted.len() / 3).clamp(1, 3);
    let distances = known.into_iter().map(|name| (distance(&wanted, &letters(name)), name));
    distances.filter(|(distance, _)| *distance <= most).min().map(|(_, name)| name)
}

/// Nobody mistypes longer names.
const LONGEST: usize = 64;

/// How many letters have to be inserted, deleted, replaced or swapped with their neighbour.
fn distance(left: &[char], right: &[char]) -> usize {
    let mut rows: [Vec<usize>; 3] = [Vec::new(), Vec::new(), (0..=right.len()).collect()];
    for (i, a) in left.iter().enumerate() {
        rows.rotate_left(1);
        let mut row = vec![i + 1];
        for (j, b) in right.iter().enumerate() {
            let replaced = rows[1][j] + usize::from(a != b);
            let mut least = replaced.min(rows[1][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == right[j - 1] && left[i - 1] == *b {
                least = least.min(rows[0][j - 1] + 1);
            }
            row.push(least);
        }
        rows[2] = row;
    }
    rows[2][right.len()]
}

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
