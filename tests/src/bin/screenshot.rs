//! Takes a picture of a page, to look at what a reader would see.

#![expect(clippy::print_stderr, reason = "a tool speaks to the person who started it")]

use std::path::PathBuf;

use clap::Parser;
use plimsoll_tests::browser::{Browser, View, file_url};
use plimsoll_tests::page::Page as _;

/// Take a screenshot of a page
#[derive(Parser)]
struct Arguments {
    /// HTML file to open
    page: PathBuf,
    /// File to write: PNG, or PDF if its name ends in `.pdf`
    picture: PathBuf,
    /// Width of the window in CSS pixels
    #[arg(long, default_value_t = 1280)]
    width: u32,
    /// Height of the window in CSS pixels
    #[arg(long, default_value_t = 800)]
    height: u32,
    /// Capture only the window, not the whole page
    #[arg(long)]
    window: bool,
    /// Use the dark colour scheme
    #[arg(long)]
    dark: bool,
    /// Use the print layout
    #[arg(long)]
    print: bool,
    /// Use forced colours for the whole page
    #[arg(long)]
    forced_colors: bool,
    /// Open the page with this fragment (`view=engineer`)
    #[arg(long, value_name = "TEXT")]
    fragment: Option<String>,
    /// Click an element first; can be repeated
    #[arg(long, value_name = "SELECTOR")]
    click: Vec<String>,
    /// Run a script first, and print its result
    #[arg(long, value_name = "SCRIPT")]
    eval: Option<String>,
    /// Accept a page that does not signal that it is ready
    #[arg(long)]
    any: bool,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    let mut browser = Browser::launch()?;
    browser.set_viewport(arguments.width, arguments.height)?;
    browser.set_media(arguments.dark, arguments.print)?;
    let mut url = file_url(&arguments.page)?;
    if let Some(fragment) = &arguments.fragment {
        url = format!("{url}#{fragment}");
    }
    browser.open(&url)?;
    if arguments.any {
        browser.wait_for("document.readyState === 'complete'")?;
    } else if let Err(error) = browser.wait_until_ready() {
        // The picture includes the messages for the reader.
        eprintln!("{error}");
    }
    for selector in &arguments.click {
        browser.click(selector)?;
    }
    if let Some(script) = &arguments.eval {
        eprintln!("{}", browser.eval(script)?);
    }
    if arguments.picture.extension().is_some_and(|extension| extension == "pdf") {
        browser.print_pdf(&arguments.picture)?;
    } else if arguments.forced_colors {
        let scheme = if arguments.dark { "dark" } else { "light" };
        browser.emulate("screen", &[("forced-colors", "active"), ("prefers-color-scheme", scheme)])?;
        // What is drawn by hand is drawn again with the size of the window.
        browser.set_viewport(arguments.width + 1, arguments.height)?;
        browser.capture(&arguments.picture, !arguments.window)?;
    } else {
        let view = View {
            width: arguments.width,
            height: arguments.height,
            dark: arguments.dark,
            print: arguments.print,
            full: !arguments.window,
        };
        browser.screenshot(&arguments.picture, view)?;
    }
    for complaint in browser.record()?.complaints() {
        eprintln!("{complaint}");
    }
    Ok(())
}
