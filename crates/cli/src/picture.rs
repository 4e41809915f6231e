//! Pictures out of SVG, drawn with the fonts of this machine.

use std::sync::Arc;

use resvg::{tiny_skia, usvg};

use crate::error::{Error, Result};

/// Pixels a unit of the picture: a card stays sharp on a slide.
const SCALE: f32 = 2.0;

/// Draws an SVG of this program.
pub(crate) fn png(svg: &str) -> Result<Vec<u8>> {
    let mut fonts = usvg::fontdb::Database::new();
    fonts.load_system_fonts();
    if fonts.is_empty() {
        return Err(Error::usage(
            "this machine has no fonts to draw text with",
            "install some (`fonts-dejavu`), or write an `.svg`, which needs none",
        ));
    }
    let sans = ["Segoe UI", "Helvetica Neue", "DejaVu Sans", "Noto Sans", "Liberation Sans", "Arial"];
    let known = |family: &&&str| {
        let name = usvg::fontdb::Family::Name(family);
        fonts.query(&usvg::fontdb::Query { families: &[name], ..Default::default() }).is_some()
    };
    let family = sans.iter().find(known).map(|family| (*family).to_owned());
    let family =
        family.or_else(|| fonts.faces().next().and_then(|face| Some(face.families.first()?.0.clone())));
    if let Some(family) = family {
        fonts.set_sans_serif_family(family);
    }
    let options = usvg::Options { fontdb: Arc::new(fonts), ..Default::default() };
    let tree = usvg::Tree::from_str(svg, &options).expect("the card is well-formed");
    let size = tree.size().to_int_size().scale_by(SCALE).expect("a card is larger than nothing");
    let mut pixels = tiny_skia::Pixmap::new(size.width(), size.height()).expect("a card is small");
    resvg::render(&tree, tiny_skia::Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
    Ok(pixels.encode_png().expect("memory takes everything"))
}
