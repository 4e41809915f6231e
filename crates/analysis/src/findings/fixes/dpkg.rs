//! Files that dpkg does not unpack.

use super::{Action, Fix};
use crate::lines::{Line, Shell, dockerfile, line};

/// A fix by which dpkg leaves files out from then on (dpkg(1), `--path-exclude`).
pub(in crate::findings) fn excluded<const N: usize>(
    excluded: [Line<Shell>; N],
    included: &'static str,
    file: &'static str,
) -> Fix {
    let lines = line!(
        "printf '",
        Line::of(excluded),
        "path-include=",
        included,
        "\\n' > /etc/dpkg/dpkg.cfg.d/",
        file,
    );
    Fix::new(Action::ExcludeInDpkg, dockerfile::run(&[], &[lines]))
}
