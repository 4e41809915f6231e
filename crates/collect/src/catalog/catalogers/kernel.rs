//! Linux kernels and their modules, as virtual machines and images that boot have them.
//!
//! The formats: Linux, "The Linux/x86 Boot Protocol" (`kernel_version`); `.modinfo` of modules, texts `KEY=VALUE` between
//! zeros (Linux, `include/linux/module.h`).

use plimsoll_snapshot::{Ecosystem, Files, PackageFact, path};

use crate::catalog::cataloger::{Candidate, Cataloger, Read, Scan, nothing};
use crate::catalog::facts::Catalog;
use crate::catalog::passing::Search;
use crate::catalog::stated;

pub(crate) const CATALOGER: Cataloger = Cataloger {
    id: "kernel",
    wants: |file| file.name.ends_with(b".ko") || file.name.starts_with(b"vmlinuz"),
    read: Read::Pieces(|candidate| {
        if candidate.name.ends_with(b".ko") {
            Box::new(Module::new(candidate))
        } else {
            Box::new(Kernel::default())
        }
    }),
    complete: nothing,
};

/// The name of the package that a kernel is.
const NAME: &str = "linux-kernel";

/// How much of a kernel is kept: its header, and the version that this points to.
const HEAD: usize = 64 << 10;

/// The beginning of a kernel that passes by.
#[derive(Default)]
struct Kernel(Vec<u8>);

impl Scan for Kernel {
    fn feed(&mut self, bytes: &[u8]) {
        let left = HEAD - self.0.len();
        self.0.extend_from_slice(&bytes[..bytes.len().min(left)]);
    }

    fn finish(self: Box<Self>, entry: u32, catalog: &mut Catalog) {
        let Some(version) = version(&self.0) else { return };
        let places = ["lib/modules", "usr/lib/modules"].map(|modules| format!("{modules}/{version}"));
        let beside = ["boot/config-", "boot/System.map-", "boot/initrd.img-", "boot/vmlinuz-"];
        let beside = beside.iter().map(|name| format!("{name}{version}"));
        catalog.packages.push(PackageFact {
            version: version.to_owned(),
            license: Some("GPL-2.0-only".to_owned()),
            files: stated::below(places.into_iter().chain(beside).map(String::into_bytes)),
            ..PackageFact::new(entry, Ecosystem::Kernel, NAME)
        });
    }
}

/// The version of a kernel for x86, the first word of the text that its header points to.
fn version(head: &[u8]) -> Option<&str> {
    (head.get(0x202..0x206)? == b"HdrS").then_some(())?;
    let pointer: [u8; 2] = head.get(0x20e..0x210)?.try_into().ok()?;
    let text = head.get(usize::from(u16::from_le_bytes(pointer)) + 0x200..)?;
    let end = text.iter().position(|byte| byte.is_ascii_whitespace() || *byte == 0)?;
    stated::name_of_bytes(&text[..end])
}

/// The longest value that is kept of a module.
const LONGEST: usize = 256;

/// A module that passes by.
struct Module {
    name: Option<String>,
    is_module: Option<bool>,
    license: Value,
    version: Value,
}

/// A value of `.modinfo`, when it has passed by.
struct Value {
    key: usize,
    search: Search,
    found: Option<String>,
}

impl Value {
    fn of(key: &[u8]) -> Self {
        Self { key: key.len(), search: Search::new(key, 1 + key.len() + LONGEST), found: None }
    }

    fn feed(&mut self, bytes: &[u8]) {
        let (key, found) = (self.key, &mut self.found);
        self.search.feed(bytes, |hit| {
            if found.is_some() {
                return;
            }
            let (around, before) = hit.around(1, key + LONGEST);
            // `srcversion=` is another key.
            let is_key = !around[..before].iter().any(u8::is_ascii_alphanumeric);
            let text = &around[before + key..];
            if let Some(end) = text.iter().position(|&byte| byte == 0).filter(|_| is_key) {
                *found = str::from_utf8(&text[..end]).ok().and_then(stated::stated).map(str::to_owned);
            }
        });
    }
}

impl Module {
    fn new(candidate: &Candidate<'_>) -> Self {
        let stem = path::name(candidate.path).strip_suffix(b".ko").and_then(stated::name_of_bytes);
        Self {
            // The kernel calls it so, whatever its file is called.
            name: stem.map(|stem| stem.replace('-', "_")),
            is_module: None,
            license: Value::of(b"license="),
            version: Value::of(b"version="),
        }
    }
}

impl Scan for Module {
    fn feed(&mut self, bytes: &[u8]) {
        if *self.is_module.get_or_insert(bytes.starts_with(b"\x7fELF")) {
            self.license.feed(bytes);
            self.version.feed(bytes);
        }
    }

    fn finish(self: Box<Self>, entry: u32, catalog: &mut Catalog) {
        let Some(name) = self.name.filter(|_| self.is_module == Some(true)) else { return };
        catalog.packages.push(PackageFact {
            version: self.version.found.unwrap_or_default(),
            license: self.license.found,
            files: Files::Itself,
            ..PackageFact::new(entry, Ecosystem::Kernel, name)
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::testing::{below, catalogue, labels};

    #[test]
    fn kernels_and_modules_are_read() {
        let mut kernel = vec![0; 0x400];
        kernel[0x202..0x206].copy_from_slice(b"HdrS");
        kernel[0x20e..0x210].copy_from_slice(&0x100_u16.to_le_bytes());
        kernel[0x300..0x312].copy_from_slice(b"6.1.0-28-amd64 (x)");
        for before in 900..1010 {
            let module =
                [b"\x7fELF", &vec![0; before][..], b"license=GPL v2\0srcversion=A\0version=4.1\0"].concat();
            let (facts, warnings) = catalogue([
                ("boot/vmlinuz-6.1.0-28-amd64", &kernel[..]),
                ("lib/modules/6.1.0-28-amd64/kernel/drivers/e-1000.ko", &module),
                ("lib/modules/other.ko", b"text"),
            ]);
            assert_eq!(
                (labels(&facts), warnings),
                (vec!["linux-kernel 6.1.0-28-amd64".into(), "e_1000 4.1".into()], vec![])
            );
            assert_eq!(facts.packages[1].license.as_deref(), Some("GPL v2"));
            assert!(below(&facts.packages[0]).contains(&"lib/modules/6.1.0-28-amd64".to_owned()));
        }
    }

    #[test]
    fn damage_is_no_kernel() {
        let mut odd = vec![0xff; 0x300];
        odd[0x202..0x206].copy_from_slice(b"HdrS");
        for content in [&b""[..], b"HdrS", &odd] {
            assert_eq!(labels(&catalogue([("boot/vmlinuz", content), ("x.ko", content)]).0), [""; 0]);
        }
    }
}
