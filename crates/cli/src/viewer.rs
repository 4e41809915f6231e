//! The page that reports are written into.

const TEXT: &str = include_str!(concat!(env!("OUT_DIR"), "/viewer.html"));

/// The built viewer; nothing if the program was built without it (`cargo xtask build` builds both).
pub(crate) fn text() -> Option<&'static str> {
    (!TEXT.is_empty()).then_some(TEXT)
}
