//! Words and instructions of a Dockerfile.

use super::shell::{is_clean, is_plain};
use super::{Dockerfile, Line, Shell, Unfit, ValueKind};

/// A path of an image as a word of an instruction or of an option. Outside of `RUN` a Dockerfile replaces variables, and
/// every option has its own quoting rules: only values that need no quotes are accepted.
///
/// # Errors
///
/// Other paths are [`Unfit`].
pub fn path(place: &[u8]) -> Result<Line<Dockerfile>, Unfit> {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-+".contains(byte);
    let text = str::from_utf8(place).ok().filter(|_| place.iter().all(plain) && is_clean(place));
    text.map(|text| Line::checked(format!("/{text}"))).ok_or_else(|| Unfit::new(ValueKind::Path, place))
}

/// A file of the build context, or a name in an option.
///
/// # Errors
///
/// What needs quotes, or could be an option, is [`Unfit`].
pub fn file(name: impl AsRef<[u8]>) -> Result<Line<Dockerfile>, Unfit> {
    let name = name.as_ref();
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-".contains(byte);
    let fits = !name.is_empty() && !name.starts_with(b"-") && name.iter().all(plain);
    let text = str::from_utf8(name).ok().filter(|_| fits);
    text.map(Line::checked).ok_or_else(|| Unfit::new(ValueKind::Path, name))
}

/// An option of an instruction of the image: `--mount=type=cache,target=/x`.
pub(super) fn option(word: &str) -> Option<Line<Dockerfile>> {
    repeated(word).filter(|_| word.starts_with("--"))
}

/// A word of an instruction of the image that no shell gets: plain, or with a variable, which stays one.
pub(super) fn repeated(word: &str) -> Option<Line<Dockerfile>> {
    let plain: String = word.chars().filter(|one| !"${}".contains(*one)).collect();
    is_plain(&plain).then(|| Line::checked(word))
}

/// A `RUN` with options, of several commands.
#[must_use]
pub fn run(options: &[Line<Dockerfile>], commands: &[Line<Shell>]) -> Line<Dockerfile> {
    let mut text = "RUN ".to_owned();
    for option in options {
        text.push_str(option);
        text.push_str(" \\\n    ");
    }
    for (at, command) in commands.iter().enumerate() {
        if at > 0 {
            text.push_str(" \\\n && ");
        }
        text.push_str(command);
    }
    Line::checked(text)
}
