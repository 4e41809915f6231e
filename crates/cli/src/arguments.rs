//! Errors about invalid arguments. They quote the arguments, which may contain credentials.

use std::io::Write as _;
use std::process::ExitCode;

use clap::error::ErrorKind;
use plimsoll_collect::memory::without_credentials;
use plimsoll_collect::without_names;

/// Prints why arguments cannot be read, or the help that was asked for, as clap does.
pub(crate) fn refused(error: &clap::Error) -> ExitCode {
    let is_help = !error.use_stderr() || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    if is_help {
        let _ = error.print();
    } else {
        let redact = std::env::args_os().any(|argument| argument == "--redact");
        // Standard error may be closed.
        let _ = write!(anstream::stderr(), "{}", shown(&error.render().ansi().to_string(), redact));
    }
    u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
}

/// A text with colours, without secrets, and with `redact` without names.
fn shown(coloured: &str, redact: bool) -> String {
    let mut out = String::with_capacity(coloured.len());
    for (index, piece) in coloured.split("\u{1b}[").enumerate() {
        // Behind the first, a piece begins with the rest of a colour.
        let colour = if index == 0 { 0 } else { piece.find('m').map_or(0, |end| end + 1) };
        if index > 0 {
            out.push_str("\u{1b}[");
        }
        out.push_str(&piece[..colour]);
        let kept = without_credentials(&piece[colour..]);
        out.push_str(&if redact { without_names(&kept) } else { kept });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_stay_and_secrets_go() {
        let text =
            "\u{1b}[31merror:\u{1b}[0m invalid value '\u{1b}[33mghp_0123456789abcdefghij\u{1b}[0m' for x";
        assert_eq!(
            shown(text, false),
            "\u{1b}[31merror:\u{1b}[0m invalid value '\u{1b}[33m…\u{1b}[0m' for x"
        );
        assert_eq!(
            shown("invalid value 'https://me:hunter2@a.example'", false),
            "invalid value 'https://…@a.example'"
        );
        assert!(!shown("invalid value '\u{1b}[33mada@corp.example\u{1b}[0m'", true).contains("ada"));
    }
}
