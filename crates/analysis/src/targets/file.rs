//! `plimsoll.toml`: what is demanded of a stack. Documented in `docs/targets.md`.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_snapshot::{Bytes, Ecosystem};
use serde::Deserialize;

use super::ci::CiSettings;
use super::growth::Growth;
use super::values::{Count, Duration, Levels, MemorySize, Percent, Price, Size};
use crate::findings::{Acceptance, RULES, RuleId, Severity};
use crate::memory::cost::{CostModel, ServerSize};
use crate::memory::{Storage, Workload};
use crate::nearest::nearest;

/// The version of the file. Additions leave it.
pub const VERSION: u32 = 1;

/// What is demanded of a stack.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Targets {
    /// The version of the file: 1.
    pub version: Option<u32>,
    /// What the targets are called.
    pub name: Option<String>,
    /// Which size of images is meant.
    pub size_kind: SizeKind,
    /// Targets for all services together.
    pub stack: StackTargets,
    /// Of each service; `"*"` holds for every service that does not say otherwise.
    pub services: BTreeMap<String, ServiceTargets>,
    /// Of the price of the server.
    pub cost: Option<CostTargets>,
    /// What `plimsoll ci` measures.
    pub ci: CiSettings,
    /// Of the disk of the host.
    pub host: HostTargets,
    /// Of what no snapshot can show: probes that were run, and what a person attests.
    pub checks: Vec<Check>,
    /// Findings that need not be fixed, each for a reason.
    pub accepted: Vec<Acceptance>,
}

/// Which size of images is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum SizeKind {
    /// The bytes of the files of all layers, what `docker images` shows.
    #[default]
    Image,
    /// The bytes of the compressed layers, what is pushed and pulled.
    Compressed,
}

/// Targets for all services together.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct StackTargets {
    /// At most this size, every layer once.
    pub size: Option<Levels<Size>>,
    /// At most this size, the services added up.
    pub size_sum: Option<Levels<Size>>,
    /// At least this much smaller than before, every layer once.
    pub reduction: Option<Levels<Percent>>,
    /// At least this much smaller than before, the services added up.
    pub reduction_sum: Option<Levels<Percent>>,
    /// At most this much larger than before.
    pub growth: Option<Growth>,
    /// The limits of all containers add up to at most this.
    pub limits: Option<Levels<MemorySize>>,
    /// The limits of RAM and swap of all containers add up to at most this.
    pub limits_with_swap: Option<Levels<MemorySize>>,
    /// The reservations add up to at most this.
    pub reservations: Option<Levels<MemorySize>>,
    /// All limits together fit the memory of the host.
    pub fits_host: bool,
    /// The memory of all services at the same time, 95th percentile under load, is less than this.
    pub memory_under_load: Option<Levels<MemorySize>>,
    /// All services are healthy within this time of the first start.
    pub start_up: Option<Levels<Duration>>,
}

/// Targets for one service.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ServiceTargets {
    /// At most this size.
    pub size: Option<Levels<Size>>,
    /// At least this much smaller than before.
    pub reduction: Option<Levels<Percent>>,
    /// At most this much larger than before.
    pub growth: Option<Growth>,
    /// What the image adds to its base image is at most this much larger than before.
    pub own_growth: Option<Growth>,
    /// No layer is this much larger than the one it replaces.
    pub layer_growth: Option<Levels<Percent>>,
    /// The files that a build sends to the engine take at most this.
    pub context: Option<Levels<Size>>,
    /// At most this many hidden bytes.
    pub hidden: Option<Levels<Size>>,
    /// Hidden bytes are at most this share of what the image adds to its base image.
    pub hidden_share: Option<Levels<Percent>>,
    /// The efficiency that dive computes is at least this.
    pub dive_efficiency: Option<Levels<Percent>>,
    /// At most this many layers.
    pub layers: Option<Levels<Count>>,
    /// Findings that must not be in the image: rules, and severities with all above them.
    pub findings_not_allowed: Option<Vec<FindingKind>>,
    /// Packages that must not be in the image, as `torch` or `python:torch`.
    pub packages_not_allowed: Option<Vec<String>>,
    /// The image of the snapshot is the one that runs.
    pub image_built: Option<bool>,
    /// It runs, and was not restarted.
    pub runs: Option<bool>,
    /// Its health check passes.
    pub healthy: Option<bool>,
    /// Exactly this limit of memory.
    pub limit: Option<MemoryDemand>,
    /// Exactly this reservation.
    pub reservation: Option<MemoryDemand>,
    /// It has a limit, which is the one of its plan and was never exceeded.
    pub limit_respected: Option<bool>,
    /// It may not swap: RAM and swap together are limited to the RAM.
    pub no_swap: Option<bool>,
    /// Exactly this readiness of the kernel to kill it: −1000 to 1000, −1000 never.
    pub oom_score_adj: Option<OomScore>,
    /// What PostgreSQL runs with.
    pub postgres: Option<PostgresTargets>,
    /// It had no OOM kill under load.
    pub no_oom: Option<bool>,
    /// What it takes, 95th percentile under load, is less than this.
    pub memory_under_load: Option<Levels<MemorySize>>,
    /// It is healthy within this time of its start.
    pub start_up: Option<Levels<Duration>>,
    /// Its log can be read and is bounded.
    pub logs: Option<bool>,
    /// The log of one container takes at most this.
    pub log_size: Option<Levels<Size>>,
}

/// What PostgreSQL runs with.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct PostgresTargets {
    /// What its settings may take at once fits its limit.
    pub fits: Option<bool>,
    /// Exactly this `shared_buffers`.
    pub shared_buffers: Option<MemoryDemand>,
    /// Exactly this `work_mem`.
    pub work_mem: Option<MemoryDemand>,
    /// Exactly this `maintenance_work_mem`.
    pub maintenance_work_mem: Option<MemoryDemand>,
    /// Exactly this `max_connections`.
    pub max_connections: Option<u64>,
    /// What the database does most: `recommend` sets what fits it.
    pub workload: Option<Workload>,
    /// What its data lie on: `recommend` sets what fits it.
    pub storage: Option<Storage>,
}

/// How gladly the kernel kills a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "i64")]
#[cfg_attr(feature = "schema", schemars(extend("minimum" = -1000, "maximum" = 1000)))]
pub struct OomScore(pub i64);

impl TryFrom<i64> for OomScore {
    type Error = String;
    fn try_from(score: i64) -> Result<Self, String> {
        if (-1000..=1000).contains(&score) {
            Ok(Self(score))
        } else {
            Err(format!("`{score}` is not between −1000 and 1000"))
        }
    }
}

/// Findings that a target forbids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindingKind {
    /// Those of a rule.
    Rule(RuleId),
    /// Those of this severity and above, except the possibly intentional ones.
    Severity(Severity),
}

/// The severities by name.
const SEVERITIES: [(&str, Severity); 3] =
    [("low", Severity::Low), ("medium", Severity::Medium), ("high", Severity::High)];

impl std::str::FromStr for FindingKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some((_, severity)) = SEVERITIES.iter().find(|(name, _)| *name == text) {
            return Ok(Self::Severity(*severity));
        }
        if let Some(rule) = RULES.iter().find(|rule| rule.id.as_str() == text) {
            return Ok(Self::Rule(rule.id));
        }
        let known = || {
            let severities = SEVERITIES.iter().map(|(name, _)| *name);
            severities.chain(RULES.iter().map(|rule| rule.id.as_str()))
        };
        let meant = nearest(text, known()).map(|meant| format!(" (did you mean `{meant}`?)"));
        Err(format!(
            "`{text}` is neither a severity nor a rule{}: known are {}",
            meant.unwrap_or_default(),
            known().collect::<Vec<_>>().join(", ")
        ))
    }
}

impl FindingKind {
    /// The name that a target file writes.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rule(rule) => rule.as_str(),
            Self::Severity(severity) => {
                SEVERITIES.iter().find(|(_, known)| *known == severity).map_or("", |(name, _)| name)
            }
        }
    }
}

impl<'de> Deserialize<'de> for FindingKind {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for FindingKind {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "FindingKind".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let names = SEVERITIES.iter().map(|(name, _)| *name);
        let names: Vec<_> = names.chain(RULES.iter().map(|rule| rule.id.as_str())).collect();
        schemars::json_schema!({ "type": "string", "enum": names })
    }
}

/// An amount of memory that is meant exactly.
pub type MemoryDemand = super::values::Demand<MemorySize>;

/// Of the price of the server.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CostTargets {
    /// At least this much cheaper than before.
    pub reduction: Option<Levels<Percent>>,
    /// At most this price.
    pub price: Option<Levels<Price>>,
    /// The price of a GiB, where it is paid for by size; or else `sizes`.
    pub price_per_gib: Option<f64>,
    /// The sizes that can be had; the cheapest that fits is taken.
    #[serde(default)]
    pub sizes: Vec<Server>,
    /// The memory of the server before; without it the limits before count, or the memory of the host.
    pub before: Option<MemoryDemand>,
    /// What the host itself needs: 512 MiB unless it says otherwise.
    pub host_reserve: Option<MemoryDemand>,
    /// What is to stay free.
    pub headroom: Option<super::values::Demand<Percent>>,
}

/// Targets for the disk of the host, as `plimsoll df -o SNAPSHOT` reads it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct HostTargets {
    /// What the engine stores takes at most this.
    pub disk: Option<Levels<Size>>,
    /// What can go for certain takes at most this.
    pub reclaimable: Option<Levels<Size>>,
}

/// A server that can be had.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// The name of the size.
    pub name: String,
    /// The memory of the server.
    pub memory: MemoryDemand,
    /// The price of the server.
    pub price: f64,
}

/// Something that no snapshot can show.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// What `--probe ID=EXIT_CODE` names it by.
    pub id: String,
    /// The title, as reports show it.
    pub title: String,
    /// How the probe ended: 0 passes.
    pub exit_code: Option<i64>,
    /// Who attests it.
    pub attested: Option<Attestation>,
}

/// The attestation of a person.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Attestation {
    /// The name of the person.
    pub by: String,
    /// The date, such as `2025-12-15`.
    pub on: String,
    /// Whether the check passed.
    pub passed: bool,
    /// What they have to add.
    pub note: Option<String>,
}

/// Reads a target file. The error names line, key and value.
pub fn parse(text: &str) -> Result<Targets, String> {
    checked(toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?)
}

/// A target file as the document that a page carries along, read by [`read`].
pub fn document(text: &str) -> Result<serde_json::Value, String> {
    parse(text)?;
    toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())
}

/// Reads what [`document`] gave, or what became of it.
pub fn read(document: &serde_json::Value) -> Result<Targets, String> {
    checked(Targets::deserialize(document).map_err(|error| error.to_string())?)
}

/// What no type can say of a target file.
fn checked(targets: Targets) -> Result<Targets, String> {
    match targets.version {
        None | Some(VERSION) => {}
        Some(other) => return Err(format!("`version = {other}`: this plimsoll reads version {VERSION}")),
    }
    if let Some(cost) = &targets.cost
        && cost.price_per_gib.is_some() != cost.sizes.is_empty()
    {
        return Err("`cost`: either `price_per_gib` or `sizes` says what memory costs".to_owned());
    }
    if let Some(cost) = &targets.cost
        && cost.reduction.is_none()
        && cost.price.is_none()
    {
        return Err("`cost`: neither `reduction` nor `price` is demanded".to_owned());
    }
    for (service, own) in &targets.services {
        let mut denied = own.packages_not_allowed.iter().flatten();
        if let Some(reason) = denied.find_map(|wanted| never_found(wanted)) {
            return Err(format!("`services.{service}.packages_not_allowed`: {reason}"));
        }
    }
    let mut accepted = BTreeSet::new();
    for Acceptance { finding, reason, .. } in &targets.accepted {
        let finding = finding.as_str();
        if reason.trim().is_empty() {
            return Err(format!(
                "`accepted`: finding `{finding}` has no reason: write why it need not be fixed"
            ));
        }
        if !accepted.insert(finding) {
            return Err(format!("`accepted`: there are two entries for finding `{finding}`"));
        }
    }
    let mut ids = BTreeSet::new();
    if let Some(twice) = targets.checks.iter().find(|check| !ids.insert(check.id.as_str())) {
        return Err(format!("`checks`: there are two with the id `{}`", twice.id));
    }
    Ok(targets)
}

/// Why a package that is not allowed could never be found. An unknown ecosystem would make the target pass whatever is
/// installed, so a colon belongs to a name only where names have one.
fn never_found(wanted: &str) -> Option<String> {
    let known = || Ecosystem::ALL.iter().map(|ecosystem| ecosystem.name());
    let (prefix, name) = wanted.split_once(':').unwrap_or(("", wanted));
    if name.trim().is_empty() {
        return Some(format!("`{wanted}` names no package"));
    }
    if prefix.is_empty() || known().any(|name| name == prefix) {
        return None;
    }
    let alias = ALIASES.iter().find(|(alias, _)| *alias == prefix).map(|(_, ecosystem)| *ecosystem);
    let meant = match alias.or_else(|| nearest(prefix, known())) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None if has_colon(prefix, name) => return None,
        None => format!("if it is the group of a Java package, write `java:{wanted}`."),
    };
    let known: Vec<_> = known().collect();
    Some(format!("`{wanted}`: `{prefix}` is not an ecosystem, {meant} Known are {}", known.join(", ")))
}

/// Whether `prefix:name` looks like the name of a package: `org.apache:commons-io` and `log4j:log4j` of Maven, where a
/// group is a domain or begins the artifact, and `libc6:amd64` of dpkg.
fn has_colon(prefix: &str, name: &str) -> bool {
    prefix.contains('.') || name.starts_with(prefix) || ARCHITECTURES.contains(&name)
}

/// Architectures as Debian names them, and `any`: deb-control(5) and its ports.
const ARCHITECTURES: [&str; 13] = [
    "all", "any", "amd64", "arm64", "armel", "armhf", "i386", "loong64", "mips64el", "ppc64el", "riscv64",
    "s390x", "sparc64",
];

/// What others call the ecosystems.
const ALIASES: [(&str, &str); 21] = [
    ("pypi", "python"),
    ("pip", "python"),
    ("deb", "dpkg"),
    ("apt", "dpkg"),
    ("debian", "dpkg"),
    ("ubuntu", "dpkg"),
    ("alpine", "apk"),
    ("dnf", "rpm"),
    ("yum", "rpm"),
    ("yarn", "npm"),
    ("pnpm", "npm"),
    ("js", "npm"),
    ("py", "python"),
    ("mvn", "java"),
    ("node", "npm"),
    ("maven", "java"),
    ("golang", "go"),
    ("cargo", "rust"),
    ("crate", "rust"),
    ("rubygems", "gem"),
    ("ruby", "gem"),
];

impl Targets {
    /// What is demanded of a service: its own targets, and those of `"*"` where it has none.
    #[must_use]
    pub fn service(&self, name: &str) -> ServiceTargets {
        let own = self.services.get(name).cloned().unwrap_or_default();
        let all = self.services.get("*").cloned().unwrap_or_default();
        ServiceTargets {
            size: own.size.or(all.size),
            reduction: own.reduction.or(all.reduction),
            growth: own.growth.or(all.growth),
            own_growth: own.own_growth.or(all.own_growth),
            layer_growth: own.layer_growth.or(all.layer_growth),
            context: own.context.or(all.context),
            hidden: own.hidden.or(all.hidden),
            hidden_share: own.hidden_share.or(all.hidden_share),
            dive_efficiency: own.dive_efficiency.or(all.dive_efficiency),
            layers: own.layers.or(all.layers),
            findings_not_allowed: own.findings_not_allowed.or(all.findings_not_allowed),
            packages_not_allowed: own.packages_not_allowed.or(all.packages_not_allowed),
            image_built: own.image_built.or(all.image_built),
            runs: own.runs.or(all.runs),
            healthy: own.healthy.or(all.healthy),
            limit: own.limit.or(all.limit),
            reservation: own.reservation.or(all.reservation),
            limit_respected: own.limit_respected.or(all.limit_respected),
            no_swap: own.no_swap.or(all.no_swap),
            oom_score_adj: own.oom_score_adj.or(all.oom_score_adj),
            postgres: own.postgres.or(all.postgres),
            no_oom: own.no_oom.or(all.no_oom),
            memory_under_load: own.memory_under_load.or(all.memory_under_load),
            start_up: own.start_up.or(all.start_up),
            logs: own.logs.or(all.logs),
            log_size: own.log_size.or(all.log_size),
        }
    }
}

impl CostTargets {
    /// How the server is paid for.
    #[must_use]
    pub fn model(&self) -> CostModel {
        match self.price_per_gib {
            Some(price_per_gib) => CostModel::Linear { price_per_gib },
            None => CostModel::Ladder {
                sizes: self
                    .sizes
                    .iter()
                    .map(|size| ServerSize {
                        name: size.name.clone(),
                        memory: size.memory.value.bytes(),
                        price: size.price,
                    })
                    .collect(),
            },
        }
    }

    /// What the host itself needs.
    #[must_use]
    pub fn host_reserve(&self) -> Bytes {
        self.host_reserve.map_or(Bytes(512 << 20), |reserve| reserve.value.bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_point_at_line_key_and_value() {
        let check = |text: &str, parts: &[&str]| {
            let error = parse(text).unwrap_err();
            for part in parts {
                assert!(error.contains(part), "{error} has no {part}");
            }
        };
        check("[stack]\nsize = \"big\"", &["line 2", "size = \"big\"", "`big` is not a size as `1.5 GB`"]);
        check("[stack]\nsiz = 1", &["line 2", "unknown field `siz`", "expected one of `size`"]);
        check("[services.backend]\nsize = { least = 1 }", &["line 2", "unknown field `least`"]);
        check("[services.backend]\nlimit = true", &["line 2", "memory as `512 MB`"]);
        check("[stack]\nstart_up = -5", &["line 2", "`-5` is not a duration"]);
        check("version = 9", &["version = 9", "reads version 1"]);
        check("[stack\n", &["line 1"]);
        check("[cost]\nreduction = 40", &["either `price_per_gib` or `sizes`"]);
        check("[cost]\nprice_per_gib = 40", &["neither `reduction` nor `price`"]);
        check(
            "[services.app]\npackages_not_allowed = ['pyhton:torch']",
            &["services.app", "`pyhton` is not an ecosystem", "did you mean `python`"],
        );
        for unknown in ["foo", "linux"] {
            let text = format!("[services.app]\npackages_not_allowed = ['{unknown}:torch']");
            check(&text, &["is not an ecosystem", &format!("write `java:{unknown}:torch`")]);
        }
        check(
            "[services.app]\npackages_not_allowed = ['debian:torch']",
            &["`debian` is not an ecosystem, did you mean `dpkg`?"],
        );
        check("[services.app]\npackages_not_allowed = ['python:']", &["names no package"]);
        let accepted = |more: &str| format!("[[accepted]]\nfinding = '0123456789ab'\n{more}\n");
        check(&accepted(""), &["line 1", "missing field `reason`"]);
        check(&accepted("reason = ' '"), &["`0123456789ab` has no reason"]);
        check(&accepted("reason = 'x'\nuntil = '2026-02-30'"), &["line 4", "`2026-02-30` is not a day"]);
        check(&accepted("reason = 'x'").repeat(2), &["two entries for finding `0123456789ab`"]);
        check("[[accepted]]\nfinding = 'x'\nreason = 'x'", &["line 2", "`x` is not a fingerprint"]);
    }

    #[test]
    fn a_colon_in_the_name_of_a_package_is_no_ecosystem() {
        for name in ["python:torch", "org.apache:commons-io", "log4j:log4j", "libc6:amd64", "torch"] {
            assert!(parse(&format!("[services.'*']\npackages_not_allowed = ['{name}']")).is_ok(), "{name}");
        }
    }

    #[test]
    fn a_document_reads_as_the_file_it_was_made_of() {
        let text = "version = 1\n[stack]\nsize = 5\nfits_host = true\n[services.\"*\"]\nlimit = \"1 GB\"\n\
                    start_up = { minimum = 120, ideal = \"90 s\" }\n[[checks]]\nid = \"a\"\ntitle = \"b\"\nexit_code = 0\n";
        assert_eq!(read(&document(text).unwrap()), parse(text));
    }

    #[test]
    fn a_star_holds_for_those_that_do_not_say_otherwise() {
        let targets =
            parse("[services.\"*\"]\nruns = true\nsize = 5\n[services.db]\nsize = { ideal = \"2 GB\" }");
        let targets = targets.unwrap();
        let database = targets.service("db");
        assert_eq!(database.runs, Some(true));
        assert_eq!(
            (database.size.unwrap().minimum, database.size.unwrap().ideal.unwrap().value),
            (None, Size(2e9))
        );
        assert_eq!(targets.service("other").size.unwrap().minimum.unwrap().value, Size(5.0));
    }
}
