//! A list of paths: one run of bytes in memory, what each shares with the one before on disk.

use serde::{Deserialize, Serialize};

use crate::path;

/// A list of paths, kept as one run of bytes.
///
/// On disk each path is written as the number of bytes it shares with the one before and the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "PathColumns", into = "PathColumns")]
pub struct Paths {
    pub(crate) bytes: Vec<u8>,
    /// Where each path ends in `bytes`.
    pub(crate) ends: Vec<u64>,
}

impl Paths {
    /// Adds a path at the end.
    pub fn push(&mut self, path: &[u8]) {
        self.bytes.extend_from_slice(path);
        self.ends.push(self.bytes.len() as u64);
    }

    /// The path at `index`.
    #[must_use]
    pub fn get(&self, index: usize) -> &[u8] {
        let start = if index == 0 { 0 } else { self.offset(index - 1) };
        &self.bytes[start..self.offset(index)]
    }

    fn offset(&self, index: usize) -> usize {
        usize::try_from(self.ends[index]).expect("it is an offset into memory")
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The bytes of all of them together.
    pub(crate) fn byte_len(&self) -> usize {
        self.bytes.len()
    }

    /// More files and directories than this a tree of these paths cannot have: a directory takes a name and a slash.
    pub(crate) fn most_nodes(&self) -> u64 {
        self.bytes.len() as u64 / 2 + self.len() as u64
    }

    /// How many files and directories a tree of these paths has, if they are in order.
    pub(crate) fn nodes(&self) -> u64 {
        let mut previous: &[u8] = &[];
        let mut nodes = 0;
        for path in self.iter() {
            let new = &path[path::common_prefix(previous, path)..];
            nodes += 1 + new.iter().filter(|&&byte| byte == b'/').count() as u64;
            previous = path;
        }
        nodes
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        (0..self.len()).map(|index| self.get(index))
    }
}

impl<'a> FromIterator<&'a [u8]> for Paths {
    fn from_iter<I: IntoIterator<Item = &'a [u8]>>(paths: I) -> Self {
        let mut list = Self::default();
        paths.into_iter().for_each(|path| list.push(path));
        list
    }
}

/// The most bytes of all paths of a list: as many as are read of a layer.
const MAX_PATH_BYTES: usize = 1 << 30;

/// The most bytes of one path: eight times what Linux takes. A tree as deep as a longer one would be costs time and
/// memory that grow with the square of its depth.
pub const LONGEST_PATH: usize = 1 << 15;

#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct PathColumns {
    shared: Vec<u32>,
    /// One escaped line a path.
    rest: String,
}

impl From<Paths> for PathColumns {
    fn from(paths: Paths) -> Self {
        let mut shared = Vec::with_capacity(paths.len());
        let mut rest = String::new();
        let mut previous: &[u8] = &[];
        for path in paths.iter() {
            let mut common = path::common_prefix(previous, path);
            // The rest has to start with a whole character, or it would be escaped byte by byte.
            while path.get(common).is_some_and(|byte| byte & 0xc0 == 0x80) && common > 0 {
                common -= 1;
            }
            shared.push(u32::try_from(common).unwrap_or(0));
            rest.push_str(&path::escape(&path[usize::try_from(shared[shared.len() - 1]).unwrap_or(0)..]));
            rest.push('\n');
            previous = path;
        }
        rest.pop();
        Self { shared, rest }
    }
}

impl TryFrom<PathColumns> for Paths {
    type Error = String;
    fn try_from(columns: PathColumns) -> Result<Self, String> {
        let mut paths = Self::default();
        if columns.shared.is_empty() {
            return if columns.rest.is_empty() { Ok(paths) } else { Err("more paths than lengths".into()) };
        }
        paths.ends.reserve_exact(columns.shared.len());
        let mut lines = columns.rest.split('\n');
        let mut previous = 0..0;
        for shared in columns.shared {
            let line = lines.next().ok_or("fewer paths than lengths")?;
            let shared = shared as usize;
            if shared > previous.len() {
                return Err(format!("path {} shares more than the one before has", paths.len()));
            }
            // A few shared bytes more a path cost nothing in the file, and everything in memory.
            if paths.bytes.len() > MAX_PATH_BYTES {
                return Err(format!("the paths are longer than {MAX_PATH_BYTES} bytes"));
            }
            let start = paths.bytes.len();
            paths.bytes.extend_from_within(previous.start..previous.start + shared);
            if line.contains('\\') {
                let rest =
                    path::unescape(line).ok_or_else(|| format!("bad escape in path {}", paths.len()))?;
                paths.bytes.extend(rest);
            } else {
                paths.bytes.extend_from_slice(line.as_bytes());
            }
            previous = start..paths.bytes.len();
            if previous.len() > LONGEST_PATH {
                return Err(format!("path {} is longer than {LONGEST_PATH} bytes", paths.len()));
            }
            paths.ends.push(paths.bytes.len() as u64);
        }
        if lines.next().is_some() { Err("more paths than lengths".into()) } else { Ok(paths) }
    }
}
