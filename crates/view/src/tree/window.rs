//! Which rows of a long table are in sight: only these are in the document.

use std::ops::Range;

/// Rows that are kept above and below what is in sight, so that scrolling shows no gap.
const SPARE: usize = 8;

/// The rows in sight of a view of `height` pixels that is scrolled to `top`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number of rows, not negative, small against any screen"
)]
pub fn window(top: f64, height: f64, row: f64, rows: usize) -> Range<usize> {
    let first = (top.max(0.0) / row).floor() as usize;
    let last = ((top.max(0.0) + height) / row).ceil() as usize;
    let start = first.saturating_sub(SPARE).min(rows);
    start..last.saturating_add(SPARE).clamp(start, rows)
}

/// Where to scroll so that a row is in sight; `None` if it is.
#[expect(clippy::cast_precision_loss, reason = "a position on a screen")]
pub fn scroll_to(top: f64, height: f64, row: f64, index: usize) -> Option<f64> {
    let start = index as f64 * row;
    if start < top {
        Some(start)
    } else if start + row > top + height {
        Some(start + row - height)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_rows_of_many_are_in_sight() {
        assert_eq!(window(0.0, 280.0, 28.0, 300_000), 0..18);
        assert_eq!(window(28_000.0, 280.0, 28.0, 300_000), 992..1018);
        assert_eq!(window(8_399_720.0, 280.0, 28.0, 300_000), 299_982..300_000);
    }

    #[test]
    fn a_view_scrolled_past_the_end_is_no_error() {
        assert_eq!(window(9_000.0, 280.0, 28.0, 5), 5..5);
        assert_eq!(window(-10.0, 0.0, 28.0, 0), 0..0);
    }

    #[test]
    fn a_row_is_scrolled_to_only_if_it_is_out_of_sight() {
        assert_eq!(scroll_to(100.0, 280.0, 28.0, 5), None);
        assert_eq!(scroll_to(100.0, 280.0, 28.0, 2), Some(56.0));
        assert_eq!(scroll_to(100.0, 280.0, 28.0, 20), Some(308.0));
    }
}
