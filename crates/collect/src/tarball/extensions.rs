//! What extended headers say of the next entry: pax records (POSIX.1-2001).

use plimsoll_snapshot::Order as _;

/// What extended headers say of the next entry.
#[derive(Default)]
pub(super) struct Extensions {
    pub(super) name: Option<Vec<u8>>,
    pub(super) link: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
    pub(super) uid: Option<u64>,
    pub(super) gid: Option<u64>,
    pub(super) sparse_size: Option<u64>,
    pub(super) sparse_name: Option<Vec<u8>>,
    pub(super) xattrs: Vec<String>,
}

impl Extensions {
    /// Reads records of the form `LENGTH KEY=VALUE\n`. A value may hold any byte, line ends included.
    pub(super) fn read_pax(&mut self, mut records: &[u8]) -> Result<(), String> {
        // Some writers pad the records with zeros.
        while records.first().is_some_and(|&byte| byte != 0) {
            let space =
                records.iter().position(|&byte| byte == b' ').ok_or("a pax record without a length")?;
            let length: usize = str::from_utf8(&records[..space])
                .ok()
                .and_then(|text| text.parse().ok())
                .filter(|&length| length > space + 1 && length <= records.len())
                .ok_or("a pax record with a wrong length")?;
            let record =
                records[space + 1..length].strip_suffix(b"\n").ok_or("a pax record without an end")?;
            let equals =
                record.iter().position(|&byte| byte == b'=').ok_or("a pax record without a value")?;
            self.read_record(&record[..equals], &record[equals + 1..])?;
            records = &records[length..];
        }
        self.xattrs.order();
        Ok(())
    }

    fn read_record(&mut self, key: &[u8], value: &[u8]) -> Result<(), String> {
        let number = || {
            let text = str::from_utf8(value).ok().and_then(|text| text.parse().ok());
            text.ok_or_else(|| format!("pax `{}` is not a number", String::from_utf8_lossy(key)))
        };
        match key {
            b"path" => self.name = Some(value.to_vec()),
            b"linkpath" => self.link = Some(value.to_vec()),
            b"size" => self.size = Some(number()?),
            b"uid" => self.uid = Some(number()?),
            b"gid" => self.gid = Some(number()?),
            b"GNU.sparse.name" => self.sparse_name = Some(value.to_vec()),
            b"GNU.sparse.realsize" | b"GNU.sparse.size" => self.sparse_size = Some(number()?),
            _ => {
                let xattr = [&b"SCHILY.xattr."[..], b"LIBARCHIVE.xattr."]
                    .iter()
                    .find_map(|prefix| key.strip_prefix(*prefix));
                self.xattrs.extend(xattr.map(|name| String::from_utf8_lossy(name).into_owned()));
            }
        }
        Ok(())
    }
}
