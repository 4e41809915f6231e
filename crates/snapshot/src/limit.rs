//! The limits on what an input may make a program do: one row each.
//!
//! To add a limit:
//! 1. Add its row here.
//! 2. Enforce it where the input is read: `limits[Limit::Name]`.
//! 3. Add its texts in `report/src/language/*/limits.rs`; the compiler names the places.
//! 4. Run `cargo xtask docs` and renew the help texts.
//!
//! The flags of the program, their defaults and help, the hints of errors, the figures of the page and the table in
//! `docs/hostile-input.md` are made from these rows.

use crate::path_list::LONGEST_PATH;

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitUnit {
    /// Things.
    Count,
    /// Bytes.
    Bytes,
    /// Bytes per second.
    Rate,
    /// Seconds.
    Seconds,
    /// How many times more.
    Times,
}

/// Which inputs a limit is about. A command that reads such inputs has its flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitGroup {
    /// Images and snapshots.
    Source,
    /// Registries and engines.
    Server,
    /// Files about memory.
    Memory,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
struct Row {
    name: &'static str,
    unit: LimitUnit,
    group: LimitGroup,
    default: u64,
    in_page: u64,
    least: u64,
    most: u64,
    skips: bool,
}

const fn row(name: &'static str, unit: LimitUnit, default: u64) -> Row {
    Row {
        name,
        unit,
        group: LimitGroup::Source,
        default,
        in_page: default,
        least: 0,
        most: u64::MAX,
        skips: false,
    }
}

const fn count(name: &'static str, default: u64) -> Row {
    row(name, LimitUnit::Count, default)
}

const fn bytes(name: &'static str, default: u64) -> Row {
    row(name, LimitUnit::Bytes, default)
}

const fn seconds(name: &'static str, default: u64) -> Row {
    // A day is as good as no limit.
    Row { group: LimitGroup::Server, least: 1, most: 86_400, ..row(name, LimitUnit::Seconds, default) }
}

impl Row {
    /// What the page uses, which has to do with the 2 GiB that a browser gives a worker.
    const fn in_page(self, in_page: u64) -> Self {
        Self { in_page, ..self }
    }

    const fn of(self, group: LimitGroup) -> Self {
        Self { group, ..self }
    }

    const fn at_most(self, most: u64) -> Self {
        Self { most, ..self }
    }

    /// What exceeds it is skipped with a warning; everything else is refused.
    const fn skips(self) -> Self {
        Self { skips: true, ..self }
    }
}

/// Makes the enum, and the table beside it.
macro_rules! limits {
    ($($(#[$about:meta])* $limit:ident = $row:expr,)*) => {
        /// A limit. A program that lets its user change one names it by [`name`](Self::name).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Limit {
            $($(#[$about])* $limit,)*
        }

        const ROWS: &[Row] = &[$($row,)*];

        impl Limit {
            /// Every limit, in the order of the table.
            pub const ALL: [Self; ROWS.len()] = [$(Self::$limit,)*];
        }
    };
}

limits! {
    /// Entries of one layer, and members of one archive.
    Entries = count("entries", 5_000_000).in_page(1_000_000),
    /// Bytes of names and link targets of one layer.
    NameBytes = bytes("name-bytes", 1 << 30).in_page(128 << 20),
    // No system call of Linux takes a longer one (limits.h, PATH_MAX).
    /// Bytes of one path.
    PathBytes = bytes("path-bytes", 4096).at_most(LONGEST_PATH as u64),
    /// Bytes of one extended header, that is of one long name or of one file's attributes.
    HeaderBytes = bytes("header-bytes", 1 << 20),
    /// Bytes of one manifest, index or config.
    DocumentBytes = bytes("document-bytes", 16 << 20),
    /// Layers of one image.
    Layers = count("layers", 1000),
    /// Images of one source, and what its indexes refer to.
    Images = count("images", 1000),
    /// Levels of indexes inside indexes.
    IndexDepth = count("index-depth", 8),
    /// Bytes that one compressed stream, and all layers of one source, may inflate to.
    InflatedBytes = bytes("inflated-bytes", 256 << 30),
    // Layers inflate to twice to ten times their size, logs to fifty times.
    /// How many times its size a stream may inflate to, beyond what is free.
    Inflation = row("inflation", LimitUnit::Times, 200),
    // What zstd writes at most unless long windows are requested (RFC 8878, section 3.1.1.1.2).
    /// Bytes that a decoder may need for its window or dictionary.
    WindowBytes = bytes("window-bytes", 128 << 20).in_page(64 << 20),
    /// Bytes that are kept in memory of all layers of one source.
    RetainedBytes = bytes("retained-bytes", 4 << 30).in_page(512 << 20),
    /// Bytes of one file that a cataloger reads as a whole. With 0 no file is read.
    MetadataBytes = bytes("metadata-bytes", 64 << 20).skips(),
    /// Files of one layer that catalogers read.
    MetadataFiles = count("metadata-files", 250_000).skips(),
    /// Bytes of all such files of one layer.
    MetadataTotalBytes = bytes("metadata-total-bytes", 1 << 30).in_page(256 << 20).skips(),
    // Twenty times what the largest images have.
    /// Packages that the files of one layer describe.
    Packages = count("packages", 200_000).in_page(50_000).skips(),
    /// Services of one snapshot. Each is a row in every document, even where hundreds run one image.
    Services = count("services", 1000),
    /// Files and directories of the layers of all images that a service runs. A layer counts once for each time that an
    /// image names it: an image of a few bytes can name a layer of millions of files.
    StackedEntries = count("stacked-entries", 10_000_000).in_page(4_000_000),
    /// Containers, planned services, and series of samples of one snapshot: each has this limit.
    Containers = count("containers", 50_000).in_page(10_000),
    // Far above a million files, far below what hurts.
    /// Bytes of one snapshot, inflated.
    SnapshotBytes = bytes("snapshot-bytes", 1 << 30),
    // It is kept in memory as a whole.
    /// Bytes of one file about memory, or of the files of one compose project.
    MemoryBytes = bytes("memory-bytes", 128 << 20).of(LimitGroup::Memory),
    // A tenth of what many parallel downloads of a slow line still get.
    /// The lowest rate of a registry or an engine. With 0, any byte in time is enough.
    SlowRate = row("slow-rate", LimitUnit::Rate, 4096).of(LimitGroup::Server),
    /// How long a registry or an engine may be slower than that.
    SlowSeconds = seconds("slow-seconds", 30),
    /// How long an engine may take before it starts to send an image.
    EngineSeconds = seconds("engine-seconds", 600),
}

impl Limit {
    const fn row(self) -> &'static Row {
        &ROWS[self.index()]
    }

    pub(crate) const fn index(self) -> usize {
        self as usize
    }

    /// Its name, as hyphenated text: `inflated-bytes`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// What it counts.
    #[must_use]
    pub const fn unit(self) -> LimitUnit {
        self.row().unit
    }

    /// Which inputs it is about.
    #[must_use]
    pub const fn group(self) -> LimitGroup {
        self.row().group
    }

    /// Its value in the program, if the user does not change it.
    #[must_use]
    pub const fn default_value(self) -> u64 {
        self.row().default
    }

    /// Its value in the page.
    #[must_use]
    pub const fn page_value(self) -> u64 {
        self.row().in_page
    }

    /// The values that a user can give.
    #[must_use]
    pub const fn range(self) -> std::ops::RangeInclusive<u64> {
        self.row().least..=self.row().most
    }

    /// Whether what exceeds it is skipped with a warning, instead of being refused.
    #[must_use]
    pub const fn skips(self) -> bool {
        self.row().skips
    }
}
