//! Tars as a fuzzer wants them: put together from names and contents, and fixed where only a checksum is wrong.

const BLOCK: usize = 512;

/// Where a member lies in a tar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// The offset of its header.
    pub header: usize,
    /// The bytes of its content that are there.
    pub size: usize,
    /// The type flag.
    pub kind: u8,
}

impl Member {
    /// Where the content begins.
    #[must_use]
    pub fn content(&self) -> usize {
        self.header + BLOCK
    }

    /// Where the next header is.
    #[must_use]
    pub fn end(&self) -> usize {
        self.content() + self.size.next_multiple_of(BLOCK)
    }
}

/// The members of a tar, going by its headers alone; what is behind the first nonsense is left out.
#[must_use]
pub fn members(tar: &[u8]) -> Vec<Member> {
    let mut members = Vec::new();
    let mut offset = 0;
    while let Some(block) = tar.get(offset..offset + BLOCK) {
        if block.iter().all(|&byte| byte == 0) {
            break;
        }
        let kind = block[156];
        let has_content = !matches!(kind, b'1'..=b'6');
        let size = if has_content { size_of(block) } else { 0 };
        let member = Member { header: offset, size: size.min(tar.len() - offset - BLOCK), kind };
        members.push(member);
        offset = member.end();
    }
    members
}

fn size_of(block: &[u8]) -> usize {
    let field = &block[124..136];
    if field[0] & 0x80 != 0 {
        let bytes: [u8; 8] = field[4..].try_into().expect("eight bytes");
        return usize::try_from(u64::from_be_bytes(bytes)).unwrap_or(usize::MAX);
    }
    let text = String::from_utf8_lossy(field);
    usize::from_str_radix(text.trim_matches(['\0', ' ']), 8).unwrap_or(0)
}

/// Makes the checksum of every header right: a fuzzer finds none by chance.
pub fn mend(tar: &mut [u8]) {
    for member in members(tar) {
        set_checksum(&mut tar[member.header..member.header + BLOCK]);
    }
}

/// Sets the checksum of a header.
pub(crate) fn set_checksum(block: &mut [u8]) {
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|&byte| u32::from(byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

/// Adds a member. A name that is too long for its field gets an extra header.
pub(crate) fn append(tar: &mut Vec<u8>, name: &[u8], kind: u8, link: &[u8], mode: u32, content: &[u8]) {
    for (kind, long) in [(b'L', name), (b'K', link)] {
        if long.len() > 100 {
            append(tar, b"././@LongLink", kind, b"", 0, long);
        }
    }
    let start = tar.len();
    tar.resize(start + BLOCK, 0);
    let block = &mut tar[start..];
    let fill = |field: &mut [u8], bytes: &[u8]| {
        let length = bytes.len().min(field.len());
        field[..length].copy_from_slice(&bytes[..length]);
    };
    fill(&mut block[..100], name);
    fill(&mut block[100..108], format!("{:07o}", mode & 0o7777).as_bytes());
    fill(&mut block[108..124], b"0000000\x000000000\0");
    fill(&mut block[124..136], format!("{:011o}", content.len()).as_bytes());
    fill(&mut block[136..148], b"00000000000\0");
    block[156] = kind;
    fill(&mut block[157..257], link);
    fill(&mut block[257..265], b"ustar  \0");
    set_checksum(block);
    tar.extend_from_slice(content);
    tar.resize(tar.len().next_multiple_of(BLOCK), 0);
}

/// The two empty blocks at the end.
pub(crate) fn finish(tar: &mut Vec<u8>) {
    tar.resize(tar.len() + 2 * BLOCK, 0);
}
