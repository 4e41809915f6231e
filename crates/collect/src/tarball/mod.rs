//! Steps through a tar: headers with their extensions resolved, contents left to the caller.
//!
//! The `tar` crate reads the fields of a header. The stepping is our own, because an image is hostile input:
//! extensions are bounded before they are read, and every error knows its offset.
//!
//! Formats: POSIX pax (IEEE Std 1003.1, "pax Interchange Format"), the GNU manual, "Basic Tar Format".

mod error;
mod extensions;

use std::io::{self, BufRead, BufReader, Read, Seek};

use tar::{EntryType, Header};

pub(crate) use self::error::TarError;
use self::error::TarErrorKind;
use self::extensions::Extensions;

const BLOCK: usize = 512;

type Result<T> = std::result::Result<T, TarError>;

/// An entry, with what extended headers say of it.
#[derive(Debug)]
pub(crate) struct Member {
    /// The name as it stands there.
    pub(crate) name: Vec<u8>,
    pub(crate) link: Vec<u8>,
    pub(crate) kind: EntryType,
    /// The size of the content as it is stored.
    pub(crate) stored: u64,
    /// The size of the file: more than what is stored, if it is sparse.
    pub(crate) size: u64,
    /// When it was changed, in seconds since 1970.
    pub(crate) modified: u64,
    pub(crate) mode: u32,
    pub(crate) uid: u64,
    pub(crate) gid: u64,
    /// The names of the extended attributes, sorted.
    pub(crate) xattrs: Vec<String>,
}

/// Reads a tar. Between two calls of [`TarReader::next_member`] it is a reader of the content of the last member.
pub(crate) struct TarReader<R> {
    inner: R,
    offset: u64,
    /// What is left of the content of the current member, and the padding behind it.
    content: u64,
    padding: u64,
    max_header: u64,
}

impl<R: BufRead> TarReader<R> {
    /// `max_header` bounds the bytes of an extended header.
    pub(crate) fn new(inner: R, max_header: u64) -> Self {
        Self { inner, offset: 0, content: 0, padding: 0, max_header }
    }

    /// How many bytes were read.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    pub(crate) fn into_inner(self) -> R {
        self.inner
    }

    /// The next member; `None` behind the last one. Skips what is left of the content of the current one.
    pub(crate) fn next_member(&mut self) -> Result<Option<Member>> {
        self.skip(self.content)?;
        self.skip_padding()?;
        let mut extensions = Extensions::default();
        loop {
            let Some(block) = self.header_block()? else { return Ok(None) };
            let header = Header::from_byte_slice(&block);
            if !has_checksum(&block) {
                return Err(self.damaged("the checksum of a header is wrong".to_owned()));
            }
            let stored = number(&header.as_old().size)
                .ok_or_else(|| self.damaged("the size of a member is not a number".to_owned()))?;
            match header.entry_type() {
                EntryType::XHeader => {
                    let records = self.extended_header(stored)?;
                    extensions.read_pax(&records).map_err(|reason| self.damaged(reason))?;
                }
                // Comments, mostly the commit that `git archive` was made of. Nothing in a layer depends on them.
                EntryType::XGlobalHeader => {
                    self.extended_header(stored)?;
                }
                EntryType::GNULongName => extensions.name = Some(c_string(self.extended_header(stored)?)),
                EntryType::GNULongLink => extensions.link = Some(c_string(self.extended_header(stored)?)),
                kind => return self.member(header, kind, stored, extensions).map(Some),
            }
        }
    }

    fn member(
        &mut self,
        header: &Header,
        kind: EntryType,
        stored: u64,
        extensions: Extensions,
    ) -> Result<Member> {
        let stored = extensions.size.unwrap_or(stored);
        let mut size = extensions.sparse_size.unwrap_or(stored);
        if let Some(gnu) = header.as_gnu().filter(|_| kind == EntryType::GNUSparse) {
            size = number(&gnu.realsize)
                .ok_or_else(|| self.damaged("the size of a sparse file is not a number".to_owned()))?;
            let mut more = gnu.is_extended();
            while more {
                let block = self.header_block()?.ok_or_else(|| self.error(TarErrorKind::Truncated))?;
                // Byte 504 of an extension says whether another follows (GNU manual, "Storing Sparse Files").
                more = block[504] == 1;
            }
        }
        // Links have no content, whatever their header claims: some writers note the size of the target.
        let has_content = !matches!(
            kind,
            EntryType::Link
                | EntryType::Symlink
                | EntryType::Directory
                | EntryType::Char
                | EntryType::Block
                | EntryType::Fifo
        );
        let stored = if has_content { stored } else { 0 };
        // What is added to an offset has to be a number that it can reach.
        if i64::try_from(stored).is_err() {
            return Err(self.damaged(format!("a member cannot have {stored} bytes")));
        }
        self.content = stored;
        self.padding = padding(stored);
        let name =
            extensions.sparse_name.or(extensions.name).unwrap_or_else(|| header.path_bytes().into_owned());
        let link = extensions
            .link
            .or_else(|| header.link_name_bytes().map(std::borrow::Cow::into_owned))
            .unwrap_or_default();
        // Before POSIX, a directory was a file whose name ends with a slash (GNU manual, "Basic Tar Format"). Only that
        // form has a type of NUL; a file of POSIX that is named so would be lost, unless it is empty.
        let is_old_directory = kind == EntryType::Regular
            && name.ends_with(b"/")
            && (header.as_old().linkflag == [0] || stored == 0);
        let old = header.as_old();
        // Owners and times that are no numbers change no byte that is counted: they are read as zero.
        let or_zero = |field: &[u8]| number(field).unwrap_or(0);
        Ok(Member {
            name,
            link,
            kind: if is_old_directory { EntryType::Directory } else { kind },
            stored,
            size: if has_content && !is_old_directory { size } else { 0 },
            modified: or_zero(&old.mtime),
            mode: u32::try_from(or_zero(&old.mode) & 0o7777).unwrap_or(0),
            uid: extensions.uid.unwrap_or_else(|| or_zero(&old.uid)),
            gid: extensions.gid.unwrap_or_else(|| or_zero(&old.gid)),
            xattrs: extensions.xattrs,
        })
    }

    /// A block of a header (those of sparse extensions have no checksum); `None` at the end, which is an empty block or the end of the stream.
    fn header_block(&mut self) -> Result<Option<[u8; BLOCK]>> {
        let mut block = [0; BLOCK];
        let mut filled = 0;
        while filled < BLOCK {
            let read = self
                .inner
                .read(&mut block[filled..])
                .map_err(|error| TarError { offset: self.offset, kind: error.into() })?;
            if read == 0 {
                return if filled == 0 { Ok(None) } else { Err(self.error(TarErrorKind::Truncated)) };
            }
            filled += read;
            self.offset += read as u64;
        }
        if block.iter().all(|&byte| byte == 0) {
            return Ok(None);
        }
        Ok(Some(block))
    }

    fn extended_header(&mut self, size: u64) -> Result<Vec<u8>> {
        if size > self.max_header {
            return Err(self.error(TarErrorKind::HeaderTooLarge(size)));
        }
        let mut bytes = Vec::new();
        let read = self
            .inner
            .by_ref()
            .take(size)
            .read_to_end(&mut bytes)
            .map_err(|error| TarError { offset: self.offset, kind: error.into() })?;
        self.offset += read as u64;
        if (read as u64) < size {
            return Err(self.error(TarErrorKind::Truncated));
        }
        self.skip(padding(size))?;
        Ok(bytes)
    }

    fn skip(&mut self, mut left: u64) -> Result<()> {
        while left > 0 {
            let available = self.content_or_padding()?;
            let step = available.min(usize::try_from(left).unwrap_or(usize::MAX));
            self.inner.consume(step);
            self.offset += step as u64;
            left -= step as u64;
        }
        Ok(())
    }

    /// Skips the padding of the current member. Behind the last one some writers leave it out, and engines do not miss it.
    fn skip_padding(&mut self) -> Result<()> {
        (self.content, self.padding) = (0, self.padding);
        while self.padding > 0 {
            let available = self
                .inner
                .fill_buf()
                .map_err(|error| TarError { offset: self.offset, kind: error.into() })?;
            let step = available.len().min(usize::try_from(self.padding).unwrap_or(usize::MAX));
            if step == 0 {
                self.padding = 0;
                break;
            }
            self.inner.consume(step);
            self.offset += step as u64;
            self.padding -= step as u64;
        }
        Ok(())
    }

    /// How many bytes lie ready; never none.
    fn content_or_padding(&mut self) -> Result<usize> {
        match self.inner.fill_buf() {
            Ok([]) => Err(self.error(TarErrorKind::Truncated)),
            Ok(available) => Ok(available.len()),
            Err(error) => Err(self.error(error.into())),
        }
    }

    /// How much of the content of the current member is left.
    pub(crate) fn content_left(&self) -> u64 {
        self.content
    }

    /// The next bytes of the content of the current member; empty at its end.
    pub(crate) fn content(&mut self) -> Result<&[u8]> {
        if self.content == 0 {
            return Ok(&[]);
        }
        let available = self.content_or_padding()?;
        let length = available.min(usize::try_from(self.content).unwrap_or(usize::MAX));
        match self.inner.fill_buf() {
            Ok(buffer) => Ok(&buffer[..length]),
            Err(error) => Err(TarError { offset: self.offset, kind: error.into() }),
        }
    }

    /// Marks bytes of [`TarReader::content`] as used.
    pub(crate) fn consume_content(&mut self, length: usize) {
        self.inner.consume(length);
        self.offset += length as u64;
        self.content -= length as u64;
    }

    fn error(&self, kind: TarErrorKind) -> TarError {
        TarError { offset: self.offset, kind }
    }

    fn damaged(&self, reason: String) -> TarError {
        self.error(TarErrorKind::Damaged(reason))
    }
}

impl<R: Read + Seek> TarReader<BufReader<R>> {
    /// Jumps over the content of the current member. A jump past the end is no error, so the caller has to compare
    /// with the length of the file.
    pub(crate) fn jump(&mut self) -> io::Result<()> {
        let distance = self.content + self.padding;
        self.inner.seek_relative(i64::try_from(distance).map_err(io::Error::other)?)?;
        self.offset += distance;
        (self.content, self.padding) = (0, 0);
        Ok(())
    }
}

/// A member is a reader of its content.
impl<R: BufRead> Read for TarReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let content = self.content().map_err(io::Error::from)?;
        let length = content.len().min(out.len());
        out[..length].copy_from_slice(&content[..length]);
        self.consume_content(length);
        Ok(length)
    }
}

fn c_string(mut bytes: Vec<u8>) -> Vec<u8> {
    if let Some(end) = bytes.iter().position(|&byte| byte == 0) {
        bytes.truncate(end);
    }
    bytes
}

fn padding(size: u64) -> u64 {
    size.wrapping_neg() % BLOCK as u64
}

/// Whether a block has the checksum of a header: the sum of its bytes with the checksum field taken for spaces. Some old
/// writers added signed bytes, which readers have accepted ever since (GNU manual, "Basic Tar Format").
pub(crate) fn has_checksum(block: &[u8]) -> bool {
    let Some(noted) = number(&block[148..156]).filter(|_| block[148..156].iter().any(u8::is_ascii_digit))
    else {
        return false;
    };
    let bytes = || block[..148].iter().chain(&block[156..BLOCK]);
    let spaces = 8 * u32::from(b' ');
    let unsigned = spaces + bytes().map(|&byte| u32::from(byte)).sum::<u32>();
    let high = u32::try_from(bytes().filter(|byte| !byte.is_ascii()).count()).unwrap_or(u32::MAX);
    noted == u64::from(unsigned)
        || i64::try_from(noted).ok() == Some(i64::from(unsigned) - 256 * i64::from(high))
}

/// A numeric field of a header: octal digits between spaces and NULs, or binary if the first bit is set (GNU manual,
/// "Extensions"). A blank one is zero: .NET leaves the size of empty files out. `None` for anything else, for what is
/// negative, and for what no `u64` holds.
fn number(field: &[u8]) -> Option<u64> {
    match field.first()? {
        first if first & 0x80 != 0 => {
            // The second bit is the sign.
            let mut digits = std::iter::once(first & 0x7f).chain(field[1..].iter().copied());
            digits
                .try_fold(0_u64, |sum, byte| sum.checked_mul(256)?.checked_add(byte.into()))
                .filter(|_| first & 0x40 == 0)
        }
        _ => {
            let text = field.split(|&byte| byte == 0).find(|part| !part.is_empty()).unwrap_or_default();
            let text = text.trim_ascii();
            if text.is_empty() {
                return Some(0);
            }
            text.iter().try_fold(0_u64, |sum, &byte| match byte {
                b'0'..=b'7' => sum.checked_mul(8)?.checked_add((byte - b'0').into()),
                _ => None,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(name: &str, kind: EntryType, size: u64) -> Header {
        let mut header = Header::new_gnu();
        header.set_path(name).unwrap();
        header.set_entry_type(kind);
        header.set_size(size);
        header.set_mode(0o100_644);
        header.set_cksum();
        header
    }

    fn append(tar: &mut Vec<u8>, header: &Header, content: &[u8]) {
        tar.extend_from_slice(header.as_bytes());
        tar.extend_from_slice(content);
        tar.resize(tar.len().next_multiple_of(BLOCK), 0);
    }

    fn names(tar: &[u8]) -> Vec<String> {
        let mut reader = TarReader::new(tar, 1 << 20);
        let mut names = Vec::new();
        while let Some(member) = reader.next_member().unwrap() {
            names.push(format!("{} {}", String::from_utf8_lossy(&member.name), member.size));
        }
        names
    }

    fn error(tar: &[u8]) -> TarErrorKind {
        let mut reader = TarReader::new(tar, 1 << 20);
        loop {
            match reader.next_member() {
                Ok(Some(_)) => {}
                Ok(None) => panic!("the tar was read to its end"),
                Err(error) => return error.kind,
            }
        }
    }

    #[test]
    fn a_size_and_a_name_in_a_pax_header_win() {
        let mut tar = Vec::new();
        let records = b"10 size=3\n22 path=long/enough/a\n31 SCHILY.xattr.user.x=a\nb=c\nd\n";
        append(&mut tar, &header("pax", EntryType::XHeader, records.len() as u64), records);
        append(&mut tar, &header("short", EntryType::Regular, 9), b"abc");
        append(&mut tar, &header("next", EntryType::Regular, 1), b"x");
        assert_eq!(names(&tar), ["long/enough/a 3", "next 1"]);
        let member = TarReader::new(&tar[..], 1 << 20).next_member().unwrap().unwrap();
        assert_eq!((member.xattrs, member.mode), (vec!["user.x".to_owned()], 0o644));
    }

    #[test]
    fn global_headers_are_no_entries() {
        let mut tar = Vec::new();
        append(&mut tar, &header("pax_global_header", EntryType::XGlobalHeader, 13), b"13 comment=x\n");
        append(&mut tar, &header("a", EntryType::Regular, 0), b"");
        assert_eq!(names(&tar), ["a 0"]);
    }

    #[test]
    fn gnu_long_names_and_huge_sizes_are_read() {
        let mut tar = Vec::new();
        let long = "x/".repeat(200);
        append(
            &mut tar,
            &header("././@LongLink", EntryType::GNULongName, long.len() as u64 + 1),
            format!("{long}\0").as_bytes(),
        );
        let mut huge = header("short", EntryType::Regular, 0);
        huge.set_size(9 << 30);
        huge.set_cksum();
        append(&mut tar, &huge, b"");
        let member = TarReader::new(&tar[..], 1 << 20).next_member().unwrap().unwrap();
        assert_eq!((member.name.len(), member.size), (400, 9 << 30));
    }

    #[test]
    fn a_size_beyond_all_offsets_is_damage() {
        for size in [u64::MAX, u64::MAX - 511, 1 << 63] {
            let mut tar = Vec::new();
            let record = format!("29 size={size:020}\n");
            append(&mut tar, &header("pax", EntryType::XHeader, record.len() as u64), record.as_bytes());
            append(&mut tar, &header(".wh.a", EntryType::Regular, 0), b"");
            append(&mut tar, &header("next", EntryType::Regular, 0), b"");
            assert!(matches!(error(&tar), TarErrorKind::Damaged(_)), "{size}");
        }
    }

    #[test]
    fn the_size_of_a_link_is_no_content() {
        let mut tar = Vec::new();
        append(&mut tar, &header("link", EntryType::Link, 4096), b"");
        append(&mut tar, &header("a", EntryType::Regular, 2), b"ab");
        assert_eq!(names(&tar), ["link 0", "a 2"]);
    }

    #[test]
    fn fields_are_read_as_engines_read_them() {
        for (field, expected) in [
            (&b"00000000003\0"[..], Some(3)),
            (b"          3\0", Some(3)),
            (b"3 \0\0\0\0\0\0\0\0\0\0", Some(3)),
            (b"\0\0\0\0\0\0\0\0\0\0\0\0", Some(0)),
            (b"            ", Some(0)),
            (b"\x80\0\0\0\0\0\0\0\0\0\x01\x02", Some(258)),
            (b"777777777777", Some(0o777_777_777_777)),
            (b"-0000000001\0", None),
            (b"00000000008\0", None),
            (b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", None),
            (b"\x80\x01\0\0\0\0\0\0\0\0\0\0", None),
        ] {
            assert_eq!(number(field), expected, "{}", field.escape_ascii());
        }
    }

    /// A header whose fields were changed by hand.
    fn changed(name: &str, size: u64, change: impl FnOnce(&mut [u8])) -> Header {
        let mut header = header(name, EntryType::Regular, size);
        change(header.as_mut_bytes());
        header.set_cksum();
        header
    }

    #[test]
    fn blank_fields_mean_zero() {
        let mut tar = Vec::new();
        append(&mut tar, &changed("empty", 0, |bytes| bytes[124..136].fill(0)), b"");
        append(&mut tar, &changed("owner", 1, |bytes| bytes[108..124].fill(b' ')), b"x");
        assert_eq!(names(&tar), ["empty 0", "owner 1"]);
    }

    #[test]
    fn signed_checksums_are_accepted() {
        let mut old = header("caf\u{e9}", EntryType::Regular, 0);
        let sum: i32 = old
            .as_bytes()
            .iter()
            .enumerate()
            .map(|(at, &byte)| match at {
                148..156 => i32::from(b' '),
                _ => i32::from(byte.cast_signed()),
            })
            .sum();
        old.as_mut_bytes()[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        let mut tar = Vec::new();
        append(&mut tar, &old, b"");
        assert_eq!(names(&tar), ["caf\u{e9} 0"]);
    }

    #[test]
    fn a_name_with_a_slash_was_a_directory() {
        let kind = |name: &str, flag: u8, size: u64| {
            let mut tar = Vec::new();
            append(
                &mut tar,
                &changed(name, size, |bytes| bytes[156] = flag),
                &[1; 5][..usize::try_from(size).unwrap()],
            );
            append(&mut tar, &header("next", EntryType::Regular, 0), b"");
            let mut reader = TarReader::new(&tar[..], 1 << 20);
            let member = reader.next_member().unwrap().unwrap();
            assert_eq!(reader.next_member().unwrap().unwrap().name, b"next");
            (member.kind, member.size)
        };
        assert_eq!(kind("a/", 0, 0), (EntryType::Directory, 0));
        assert_eq!(kind("a/", 0, 5), (EntryType::Directory, 0));
        assert_eq!(kind("a/", b'0', 0), (EntryType::Directory, 0));
        assert_eq!(kind("a/", b'0', 5), (EntryType::Regular, 5));
        assert_eq!(kind("a", 0, 5), (EntryType::Regular, 5));
    }

    #[test]
    fn the_last_member_needs_no_padding() {
        let mut tar = Vec::new();
        append(&mut tar, &header("a", EntryType::Regular, 600), &[1; 600]);
        assert_eq!(names(&tar[..512 + 600]), ["a 600"]);
        assert_eq!(names(&tar[..512 + 700]), ["a 600"]);
        assert!(matches!(error(&tar[..512 + 599]), TarErrorKind::Truncated));
    }

    #[test]
    fn broken_tars_are_errors() {
        let mut tar = Vec::new();
        append(&mut tar, &header("a", EntryType::Regular, 600), &[1; 600]);
        assert!(matches!(error(&tar[..300]), TarErrorKind::Truncated));
        assert!(matches!(error(&tar[..700]), TarErrorKind::Truncated));
        let mut huge = Vec::new();
        append(&mut huge, &header("x", EntryType::XHeader, 1 << 30), b"");
        assert!(matches!(error(&huge), TarErrorKind::HeaderTooLarge(_)));
        let mut records = Vec::new();
        append(&mut records, &header("x", EntryType::XHeader, 9), b"99 size=3");
        append(&mut records, &header("a", EntryType::Regular, 0), b"");
        assert!(matches!(error(&records), TarErrorKind::Damaged(_)));
        let mut noise = tar.clone();
        noise[0] ^= 1;
        assert!(matches!(error(&noise), TarErrorKind::Damaged(_)));
    }
}
