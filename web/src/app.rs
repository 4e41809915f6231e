//! The page as a whole.

use std::io;

use flate2::read::MultiGzDecoder;
use leptos::prelude::*;

/// The whole page around the data of a report.
#[component]
pub(crate) fn App(data: Vec<u8>) -> impl IntoView {
    let size = match inflated_size(&data) {
        Ok(size) => format!("{size} bytes of data"),
        Err(error) => format!("the data of this report is damaged: {error}"),
    };
    view! {
        <header><h1>"Plimsoll"</h1></header>
        <p id="inflated-size">{size}</p>
    }
}

fn inflated_size(data: &[u8]) -> io::Result<u64> {
    io::copy(&mut MultiGzDecoder::new(data), &mut io::sink())
}
