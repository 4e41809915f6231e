//! Providers of Terraform and OpenTofu: `providers/HOST/NAMESPACE/NAME/VERSION/PLATFORM/terraform-provider-NAME_vVERSION`
//! (Terraform, "Provider Installation").

use plimsoll_snapshot::{Ecosystem, PackageFact, path};

use crate::catalog::cataloger::{Candidate, Cataloger, Read, Scan, nothing};
use crate::catalog::facts::Catalog;
use crate::catalog::stated::{self, above, parts_from_end};

pub(crate) const CATALOGER: Cataloger = Cataloger {
    id: "terraform",
    wants: |file| provider(file.path).is_some(),
    read: Read::Pieces(|candidate| Box::new(Provider::new(candidate))),
    complete: nothing,
};

/// The name, the version and the directory of a provider.
fn provider(file: &[u8]) -> Option<(String, String, &[u8])> {
    path::name(file).starts_with(b"terraform-provider-").then_some(())?;
    let directory = above(file, 1);
    let mut parts = parts_from_end(directory);
    let (_platform, version, name, namespace, host) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    host.contains(&b'.').then_some(())?;
    let name = format!("{}/{}", stated::name_of_bytes(namespace)?, stated::name_of_bytes(name)?);
    Some((name, stated::name_of_bytes(version)?.to_owned(), directory))
}

/// A provider, of which nothing is read but its place.
struct Provider(Option<PackageFact>);

impl Provider {
    fn new(candidate: &Candidate<'_>) -> Self {
        Self(provider(candidate.path).map(|(name, version, directory)| PackageFact {
            version,
            files: stated::below([directory]),
            ..PackageFact::new(0, Ecosystem::Terraform, name)
        }))
    }
}

impl Scan for Provider {
    fn feed(&mut self, _: &[u8]) {}

    fn finish(self: Box<Self>, entry: u32, catalog: &mut Catalog) {
        catalog.packages.extend(self.0.map(|package| PackageFact { entry, ..package }));
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::testing::{below, catalogue, labels};

    #[test]
    fn providers_are_known_by_their_place() {
        let place = "app/.terraform/providers/registry.terraform.io/hashicorp/aws/5.31.0/linux_amd64";
        let (facts, _) = catalogue([
            (&*format!("{place}/terraform-provider-aws_v5.31.0_x5"), &b"x"[..]),
            ("usr/bin/terraform-provider-x", b"x"),
        ]);
        assert_eq!(labels(&facts), ["hashicorp/aws 5.31.0"]);
        assert_eq!(below(&facts.packages[0]), [place]);
    }
}
