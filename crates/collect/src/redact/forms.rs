//! The forms of tokens that services publish: one table, for what is taken out of texts and for what is found in files.
//!
//! Compared with the rules of gitleaks (`config/gitleaks.toml`), trufflehog (`pkg/detectors`) and detect-secrets
//! (`plugins`). Lengths are lower than the published ones, so that a token that was cut short is still taken out.

/// What a token is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alphabet {
    /// `0-9`
    Digits,
    /// `0-9 a-f A-F`
    Hex,
    /// `0-9 A-Z`
    Capitals,
    /// `0-9 a-z A-Z`
    Letters,
    /// The same with `_ -`.
    Url,
    /// The same with `_ - . ~`.
    Dotted,
    /// The same with `_ - . ~ + / = ,`.
    Base64,
    /// Anything but the end of a word or a quote: the rest of an address.
    Address,
}

impl Alphabet {
    pub(super) fn has(self, byte: u8) -> bool {
        match self {
            Self::Digits => byte.is_ascii_digit(),
            Self::Hex => byte.is_ascii_hexdigit(),
            Self::Capitals => byte.is_ascii_digit() || byte.is_ascii_uppercase(),
            Self::Letters => byte.is_ascii_alphanumeric(),
            Self::Url => byte.is_ascii_alphanumeric() || b"_-".contains(&byte),
            Self::Dotted => byte.is_ascii_alphanumeric() || b"_-.~".contains(&byte),
            Self::Base64 => byte.is_ascii_alphanumeric() || b"_-.~+/=,%".contains(&byte),
            Self::Address => byte.is_ascii_graphic() && !b"\"'`<>\\".contains(&byte),
        }
    }
}

/// One form of token: a piece of text that gives it away, what stands behind it, and what may stand in front of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    /// The piece of text that gives it away.
    pub(super) mark: &'static str,
    /// The alphabet and the minimum length of what follows the mark.
    pub(super) after: (Alphabet, usize),
    /// The same of what precedes it; most tokens begin with their mark.
    pub(super) before: Option<(Alphabet, usize)>,
    /// How surely it is a token.
    pub(super) kind: Kind,
}

/// How surely a text of a form is a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing else looks like it: a file that holds it is a finding.
    Sure,
    /// Words may begin like it. It is a token only if it mixes digits and letters, and never a finding.
    Likely,
    /// The rest of an address; the mark itself is public and stays.
    Address,
}

const fn form(mark: &'static str, alphabet: Alphabet, least: usize) -> Form {
    Form { mark, after: (alphabet, least), before: None, kind: Kind::Sure }
}

const fn weak(mark: &'static str, alphabet: Alphabet, least: usize) -> Form {
    Form { mark, after: (alphabet, least), before: None, kind: Kind::Likely }
}

const fn between(
    before: Alphabet,
    least_before: usize,
    mark: &'static str,
    alphabet: Alphabet,
    least: usize,
) -> Form {
    Form { mark, after: (alphabet, least), before: Some((before, least_before)), kind: Kind::Likely }
}

const fn address(mark: &'static str) -> Form {
    Form { mark, after: (Alphabet::Address, 6), before: None, kind: Kind::Address }
}

use Alphabet::{Base64, Capitals, Digits, Dotted, Hex, Letters, Url};

pub(super) const FORMS: &[Form] = &[
    // Hosts of source code.
    form("ghp_", Url, 16),
    form("gho_", Url, 16),
    form("ghs_", Url, 16),
    form("ghu_", Url, 16),
    form("ghr_", Url, 16),
    form("github_pat_", Url, 16),
    form("glpat-", Dotted, 16),
    form("glptt-", Url, 16),
    form("gldt-", Url, 16),
    form("glrt-", Dotted, 16),
    form("glrtr-", Url, 16),
    form("glcbt-", Url, 16),
    form("glft-", Url, 16),
    form("glimt-", Url, 16),
    form("glagent-", Url, 16),
    form("glsoat-", Url, 16),
    form("gloas-", Url, 16),
    form("glffct-", Url, 16),
    form("glwt-", Url, 16),
    form("GR1348941", Url, 16),
    weak("_gitlab_session=", Letters, 16),
    form("ATATT3", Base64, 16),
    form("ATCTT3", Base64, 16),
    weak("ATBB", Base64, 20),
    form("BBDC-", Base64, 20),
    form("sgp_", Url, 16),
    form("gta_", Hex, 32),
    form("CCIPAT_", Url, 16),
    form("bkua_", Letters, 16),
    form("sqp_", Letters, 20),
    form("squ_", Letters, 20),
    form("sqa_", Letters, 20),
    weak("API-", Capitals, 25),
    // Registries of packages and images.
    form("npm_", Letters, 16),
    form("pypi-", Url, 16),
    form("rubygems_", Letters, 16),
    weak("cio", Letters, 32),
    weak("oy2", Letters, 40),
    form("CLOJARS_", Letters, 16),
    form("AKCp", Letters, 16),
    weak("AKC", Letters, 40),
    form("cmVmdGtu", Letters, 16),
    weak("cmVmd", Letters, 50),
    form("dckr_pat_", Url, 16),
    form("dckr_oat_", Url, 16),
    form("jfrt@", Dotted, 16),
    // Clouds.
    form("AKIA", Capitals, 12),
    form("ASIA", Capitals, 12),
    form("ABIA", Capitals, 12),
    form("ACCA", Capitals, 12),
    weak("A3T", Capitals, 17),
    form("ABSK", Base64, 40),
    form("bedrock-api-key-", Base64, 16),
    form("AIza", Url, 16),
    form("GOCSPX-", Url, 16),
    form("ya29.", Dotted, 10),
    weak("1//0", Url, 30),
    between(Dotted, 3, "Q~", Dotted, 16),
    weak("LTAI", Letters, 12),
    weak("AKID", Letters, 16),
    weak("AQVN", Url, 30),
    weak("YCAJ", Url, 20),
    weak("YCM", Url, 30),
    form("t1.9euel", Base64, 16),
    form("y0_AgAAAA", Url, 16),
    form("dop_v1_", Letters, 16),
    form("doo_v1_", Letters, 16),
    form("dor_v1_", Letters, 16),
    form("cfut_", Letters, 16),
    form("cfat_", Letters, 16),
    form("cfk_", Letters, 16),
    weak("v1.0-", Url, 60),
    form("HRKU-", Url, 16),
    form("fo1_", Url, 16),
    form("fm1a_", Base64, 16),
    form("fm1r_", Base64, 16),
    form("fm2_", Base64, 16),
    form("nfp_", Letters, 16),
    weak("nfc_", Letters, 30),
    form("vcp_", Letters, 16),
    form("vck_", Letters, 16),
    weak("rnd_", Letters, 24),
    weak("tk-us-", Url, 16),
    weak("SCW", Capitals, 17),
    weak("exo", Letters, 40),
    weak("hcloud_", Letters, 32),
    form("ocid1.credential.", Dotted, 16),
    weak("sha256~", Url, 20),
    // Secrets and infrastructure.
    form("hvs.", Dotted, 16),
    form("hvb.", Dotted, 16),
    form("hvr.", Dotted, 16),
    weak("s.", Letters, 24),
    form("b.AAAAAQ", Base64, 16),
    between(Letters, 10, ".atlasv1.", Base64, 16),
    form("dp.pt.", Letters, 16),
    form("dp.st.", Dotted, 16),
    form("dp.ct.", Letters, 16),
    form("dp.sa.", Letters, 16),
    form("dp.scim.", Letters, 16),
    form("dp.audit.", Letters, 16),
    form("ops_eyJ", Base64, 16),
    weak("A3-", Url, 24),
    weak("pul-", Letters, 16),
    form("pnu_", Letters, 16),
    form("pnb_", Letters, 16),
    form("tskey-", Url, 10),
    form("dnkey-", Url, 16),
    weak("st.", Dotted, 60),
    weak("ico-", Letters, 24),
    weak("tfe_", Letters, 24),
    form("AGE-SECRET-KEY-", Letters, 16),
    weak("AGE-PLUGIN-", Url, 30),
    weak("LS0tLS1CRUdJTi", Base64, 16),
    // Models.
    weak("sk-", Url, 16),
    weak("sess-", Letters, 30),
    form("hf_", Letters, 16),
    form("api_org_", Letters, 16),
    form("gsk_", Letters, 16),
    form("r8_", Url, 16),
    form("xai-", Url, 16),
    form("pplx-", Url, 16),
    form("nvapi-", Url, 16),
    weak("co_", Letters, 36),
    form("lsv2_pt_", Url, 16),
    form("lsv2_sk_", Url, 16),
    weak("ls__", Letters, 24),
    form("pcsk_", Url, 16),
    weak("jina_", Url, 24),
    form("tvly-", Url, 16),
    weak("fw_", Letters, 20),
    weak("key_", Letters, 30),
    weak("dapi", Url, 24),
    weak("dose", Hex, 30),
    weak("dkea", Hex, 30),
    form("apify_api_", Letters, 16),
    // Chat and messages.
    form("xoxb-", Url, 16),
    form("xoxp-", Url, 16),
    form("xoxa-", Url, 16),
    form("xoxr-", Url, 16),
    form("xoxs-", Url, 16),
    form("xoxo-", Url, 16),
    form("xoxe-", Url, 16),
    form("xoxe.", Dotted, 16),
    form("xoxc-", Url, 16),
    form("xoxd-", Base64, 16),
    form("xapp-", Url, 16),
    between(Digits, 6, ":AA", Url, 20),
    form("SG.", Dotted, 16),
    weak("SK", Hex, 32),
    weak("AC", Hex, 32),
    weak("key-", Hex, 32),
    between(Hex, 32, "-us", Digits, 1),
    form("xkeysib-", Url, 16),
    form("xsmtpsib-", Url, 16),
    weak("EAAM", Letters, 60),
    weak("EAAC", Letters, 60),
    weak("mfa.", Url, 60),
    weak("re_", Url, 24),
    form("ntn_", Letters, 16),
    weak("secret_", Letters, 40),
    form("figd_", Url, 16),
    form("figp_", Url, 16),
    weak("figo", Url, 40),
    form("lin_api_", Letters, 16),
    form("lin_oauth_", Letters, 16),
    form("pat-na1-", Url, 20),
    form("pat-eu1-", Url, 20),
    weak("pat", Dotted, 70),
    form("CFPAT-", Url, 16),
    form("PMAK-", Url, 16),
    form("PMAT-", Url, 16),
    form("rdme_", Letters, 16),
    form("tfp_", Dotted, 16),
    form("fio-u-", Url, 16),
    form("shltm_", Url, 16),
    weak("trello_", Letters, 24),
    weak("ATTA", Hex, 40),
    weak("asana_", Dotted, 24),
    form("cal_live_", Letters, 16),
    form("flb_live_", Letters, 16),
    // Payment and trade.
    form("sk_live_", Url, 10),
    form("sk_test_", Url, 10),
    form("sk_prod_", Url, 10),
    form("rk_live_", Url, 10),
    form("rk_test_", Url, 10),
    form("rk_prod_", Url, 10),
    weak("sk_", Hex, 40),
    form("whsec_", Base64, 16),
    form("sq0atp-", Url, 16),
    form("sq0csp-", Url, 16),
    weak("sq0i", Url, 22),
    weak("EAAA", Url, 40),
    form("sqco_", Letters, 16),
    form("shpat_", Letters, 16),
    form("shpss_", Letters, 16),
    form("shpca_", Letters, 16),
    form("shppa_", Letters, 16),
    form("shprt_", Letters, 16),
    form("duffel_test_", Base64, 16),
    form("duffel_live_", Base64, 16),
    weak("EZAK", Letters, 24),
    weak("EZTK", Letters, 24),
    form("shippo_live_", Letters, 16),
    form("shippo_test_", Letters, 16),
    form("FLWSECK", Url, 12),
    form("access-sandbox-", Url, 20),
    form("access-development-", Url, 20),
    form("access-production-", Url, 20),
    weak("access_token$", Base64, 24),
    weak("rzp_live_", Letters, 14),
    form("ramp_sec_", Letters, 16),
    form("amzn.mws.", Url, 20),
    weak("live_", Hex, 30),
    weak("p8e-", Letters, 24),
    // Watching.
    form("sntrys_", Base64, 16),
    form("sntryu_", Letters, 16),
    form("sntrya_", Letters, 16),
    form("glc_", Base64, 16),
    form("glsa_", Url, 16),
    form("NRAK-", Url, 16),
    form("NRII-", Url, 16),
    form("NRIQ-", Url, 16),
    form("NRJS-", Url, 16),
    form("NRRA-", Url, 16),
    form("NRBR-", Url, 16),
    form("NRSP-", Url, 16),
    between(Hex, 26, "FFFFNRAL", Letters, 0),
    between(Letters, 36, "-NRMA", Letters, 0),
    form("dt0c01.", Dotted, 16),
    form("dt0s01.", Dotted, 16),
    form("dt0s16.", Dotted, 16),
    form("ddp_", Letters, 16),
    form("ddw_", Letters, 16),
    weak("pub_", Hex, 32),
    form("phx_", Url, 16),
    weak("phc_", Url, 24),
    form("rootly_", Letters, 16),
    weak("xaat-", Url, 20),
    weak("hcaik_", Letters, 20),
    weak("uptimerobot_", Letters, 16),
    weak("sub-c-", Url, 30),
    // Databases.
    form("sbp_", Letters, 16),
    form("sb_secret_", Url, 16),
    form("pscale_tkn_", Dotted, 16),
    form("pscale_pw_", Dotted, 16),
    form("pscale_oauth_", Dotted, 16),
    weak("napi_", Letters, 24),
    weak("aio_", Letters, 20),
    form("AVNS_", Url, 12),
    weak("4b1d", Letters, 38),
    weak("mmk_", Letters, 24),
    between(Url, 30, "_mmk", Letters, 0),
    weak("fnA", Url, 36),
    // Documents that are signed: JWT, macaroons, keys of Grafana, Supabase and others.
    weak("eyJ", Base64, 16),
    weak("MDAx", Base64, 60),
    weak("AgEIcHlwaS5vcmc", Base64, 16),
    // Addresses that are secrets themselves.
    address("hooks.slack.com/services/"),
    address("hooks.slack.com/workflows/"),
    address("hooks.slack.com/triggers/"),
    address("/api/webhooks/"),
    address("api.telegram.org/bot"),
    address("/webhookb2/"),
    address("hooks.zapier.com/hooks/catch/"),
    address("hook.integromat.com/"),
    address("/IncomingWebhook/"),
    address("chat.googleapis.com/v1/spaces/"),
    address(".tines.com/webhook/"),
    address(".logic.azure.com/workflows/"),
    address("discordapp.com/api/webhooks/"),
];
