//! Names layers that are not tar archives, by what their manifest says of them and by their first bytes.

use crate::artifact::NO_TYPES;
use crate::error::ForeignContent;
use crate::redact;

/// What a layer is, if its media type says that it is not a tar archive.
pub(crate) fn foreign_type(media_type: &str) -> Option<String> {
    // All types of the specification and of Docker that are tar archives say so, whatever compresses them.
    let is_tar = media_type.contains("tar") || NO_TYPES.contains(&media_type);
    let kind = if media_type.ends_with("+encrypted") {
        "an encrypted layer"
    } else if media_type.contains("nydus") {
        "a Nydus layer"
    } else if is_tar {
        return None;
    } else if media_type.contains("erofs") {
        "an EROFS image"
    } else if media_type.contains("squashfs") {
        "a SquashFS image"
    } else {
        return Some(format!("of type `{}`", redact::name(media_type)));
    };
    Some(format!("{kind} (`{}`)", redact::name(media_type)))
}

/// Where the magic numbers of file systems and other containers of files lie. EROFS and ext4 begin with an empty
/// kilobyte, as an empty tar does.
const MAGIC: [(usize, &[u8], &str); 7] = [
    (1024, &[0xe2, 0xe1, 0xf5, 0xe0], "an EROFS image"),
    (1080, &[0x53, 0xef], "an ext4 image"),
    (0, b"hsqs", "a SquashFS image"),
    (0, b"\0asm", "a WebAssembly module"),
    (0, b"\x7fELF", "an ELF program"),
    (0, b"PK\x03\x04", "a ZIP archive"),
    (0, b"GGUF", "a GGUF model"),
];

/// What a stream is, if its first two kilobytes are those of something else than a tar.
pub(crate) fn foreign_content(head: &[u8]) -> Option<&'static str> {
    MAGIC
        .iter()
        .find(|(at, magic, _)| head.get(*at..).is_some_and(|rest| rest.starts_with(magic)))
        .map(|(.., kind)| *kind)
}

/// What an input is, if its first bytes are neither those of a tar, of something compressed, nor of a snapshot.
pub(crate) fn foreign_input(head: &[u8]) -> ForeignContent {
    let head = &head[..head.len().min(512)];
    let text = head.trim_ascii_start().to_ascii_lowercase();
    match head {
        [] => ForeignContent::Empty,
        [b'P', b'K', 3 | 5, ..] => ForeignContent::Zip,
        _ if text.starts_with(b"<!doctype html") || text.starts_with(b"<html") => ForeignContent::WebPage,
        _ if is_text(head) => ForeignContent::Text,
        _ => ForeignContent::Binary,
    }
}

/// Whether these bytes are there to be read. The last character may be cut.
fn is_text(head: &[u8]) -> bool {
    let text = match str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !text.contains(|char: char| char.is_control() && !char.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_that_are_not_tars_are_named() {
        for tar in [
            "application/vnd.oci.image.layer.v1.tar",
            "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
            "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
            "",
        ] {
            assert_eq!(foreign_type(tar), None, "{tar}");
        }
        for (media_type, expected) in [
            ("application/vnd.erofs.layer.v1", "an EROFS image (`application/vnd.erofs.layer.v1`)"),
            (
                "application/vnd.oci.image.layer.v1.tar+gzip+encrypted",
                "an encrypted layer (`application/vnd.oci.image.layer.v1.tar+gzip+encrypted`)",
            ),
            ("application/vnd.example", "of type `application/vnd.example`"),
        ] {
            assert_eq!(foreign_type(media_type).as_deref(), Some(expected));
        }
    }

    #[test]
    fn inputs_that_are_no_images_are_named() {
        let long = "ä".repeat(300);
        for (head, expected) in [
            (&b""[..], ForeignContent::Empty),
            (b"PK\x03\x04..", ForeignContent::Zip),
            (b"\n <!DOCTYPE html>", ForeignContent::WebPage),
            (b"services:\n", ForeignContent::Text),
            (&long.as_bytes()[..511], ForeignContent::Text),
            (&[7; 600], ForeignContent::Binary),
        ] {
            assert_eq!(foreign_input(head), expected);
        }
    }

    #[test]
    fn file_systems_are_told_from_empty_tars() {
        let mut head = vec![0; 2048];
        assert_eq!(foreign_content(&head), None);
        head[1024..1028].copy_from_slice(&[0xe2, 0xe1, 0xf5, 0xe0]);
        assert_eq!(foreign_content(&head), Some("an EROFS image"));
        assert_eq!(foreign_content(b"hsqs"), Some("a SquashFS image"));
    }
}
