//! A text that tells the version of a program.

/// Where the version stands, as seen from a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Behind,
    Before,
}

/// A text that tells a version.
pub(super) struct Evidence {
    pub(super) text: Vec<u8>,
    pub(super) side: Side,
    /// How much of the end of the text is the beginning of the version.
    pub(super) overlap: usize,
    /// What has to follow a version that stands behind the text.
    pub(super) then: &'static [u8],
}

impl Evidence {
    /// The version by a text that begins at `at`.
    pub(super) fn version<'b>(&self, bytes: &'b [u8], at: usize) -> Option<&'b str> {
        match self.side {
            Side::Behind => {
                let start = at + self.text.len() - self.overlap;
                let bytes = bytes.get(start..)?;
                // What ends with the piece may go on in the next.
                let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b".-".contains(byte);
                bytes.iter().position(|byte| !is_part(byte))?;
                let (version, rest) = split(bytes)?;
                rest.starts_with(self.then).then_some(version)
            }
            Side::Before => {
                let text = &bytes[..at];
                let end = text.iter().rposition(|&byte| byte != 0)? + 1;
                let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b".-+".contains(byte);
                let start = text[..end].iter().rposition(|byte| !is_part(byte)).map_or(0, |at| at + 1);
                let part = &text[start..end];
                let digit = part.iter().position(u8::is_ascii_digit)?;
                Some(split(&part[digit..])?.0)
            }
        }
    }
}

/// A version, `1.2`, `1.2.3`, `1.1.1w`, `3.0.0-rc1`, `15beta4`, and what follows it.
fn split(bytes: &[u8]) -> Option<(&str, &[u8])> {
    const STAGES: [&[u8]; 10] =
        [b"alpha", b"beta", b"rc", b"RC", b"preview", b"dev", b"-alpha", b"-beta", b"-rc", b"-dev"];
    let numbers =
        bytes.iter().position(|byte| !byte.is_ascii_digit() && *byte != b'.').unwrap_or(bytes.len());
    let mut end = bytes[..numbers].iter().rposition(u8::is_ascii_digit)? + 1;
    bytes[0].is_ascii_digit().then_some(())?;
    let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let rest = &bytes[end..];
    if let Some(stage) = STAGES.iter().find(|stage| rest.starts_with(stage)) {
        end += stage.len();
        end += usize::from(bytes.get(end) == Some(&b'.') && digits(end + 1) > 0);
        end += digits(end);
    } else if rest.first().is_some_and(u8::is_ascii_lowercase)
        && !rest.get(1).is_some_and(u8::is_ascii_alphanumeric)
    {
        // OpenSSL counts by letters.
        end += 1;
    }
    let version = str::from_utf8(&bytes[..end]).ok()?;
    let is_version = version.contains('.') || end > numbers;
    (is_version && version.len() <= 32).then_some((version, &bytes[end..]))
}
