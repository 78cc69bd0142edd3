//! Tokens of vendors: a literal prefix, an alphabet, a length, sometimes a check sum.

use super::{Body, Check, Follows, Literal};
use crate::Entity;

const fn row(
    text: &'static str,
    entity: Entity,
    alphabet: fn(u8) -> bool,
    (shortest, longest): (usize, usize),
) -> Literal {
    let body = Body {
        alphabet,
        shortest,
        longest,
        check: Check::None,
    };
    Literal {
        text,
        entity,
        follows: Follows::Body(body),
    }
}

const fn checked(text: &'static str, entity: Entity, length: usize, check: Check) -> Literal {
    let alphabet = match check {
        Check::Hexadecimal => word,
        Check::None | Check::Base62 => alphanumeric,
    };
    let body = Body {
        alphabet,
        shortest: length,
        longest: length,
        check,
    };
    Literal {
        text,
        entity,
        follows: Follows::Body(body),
    }
}

/// One row per prefix; a new vendor is a new row.
pub(super) const VENDORS: &[Literal] = &[
    row("AKIA", Entity::AwsAccessKeyId, base_32, (16, 16)),
    row("ASIA", Entity::AwsAccessKeyId, base_32, (16, 16)),
    row("ABIA", Entity::AwsAccessKeyId, base_32, (16, 16)),
    row("ACCA", Entity::AwsAccessKeyId, base_32, (16, 16)),
    checked("ghp_", Entity::GithubToken, 36, Check::Base62),
    checked("gho_", Entity::GithubToken, 36, Check::Base62),
    checked("ghu_", Entity::GithubToken, 36, Check::Base62),
    checked("ghs_", Entity::GithubToken, 36, Check::Base62),
    checked("ghr_", Entity::GithubToken, 36, Check::Base62),
    row("github_pat_", Entity::GithubToken, word, (82, 82)),
    row("glpat-", Entity::GitlabToken, url_safe_or_dot, (20, 64)),
    row("gldt-", Entity::GitlabToken, url_safe, (20, 64)),
    row("glrt-", Entity::GitlabToken, url_safe_or_dot, (20, 64)),
    row("glcbt-", Entity::GitlabToken, url_safe, (20, 64)),
    row("glptt-", Entity::GitlabToken, url_safe, (40, 64)),
    row("glft-", Entity::GitlabToken, url_safe, (20, 64)),
    row("glsoat-", Entity::GitlabToken, url_safe, (20, 64)),
    row("glagent-", Entity::GitlabToken, url_safe, (40, 64)),
    row("gloas-", Entity::GitlabToken, url_safe, (40, 64)),
    row("xoxb-", Entity::SlackToken, url_safe, (20, 255)),
    row("xoxp-", Entity::SlackToken, url_safe, (20, 255)),
    row("xoxa-", Entity::SlackToken, url_safe, (20, 255)),
    row("xoxr-", Entity::SlackToken, url_safe, (20, 255)),
    row("xoxs-", Entity::SlackToken, url_safe, (20, 255)),
    row("xapp-", Entity::SlackToken, url_safe, (20, 255)),
    row("xoxe.", Entity::SlackToken, url_safe_or_dot, (20, 255)),
    row("sk_live_", Entity::StripeKey, alphanumeric, (16, 255)),
    row("sk_test_", Entity::StripeKey, alphanumeric, (16, 255)),
    row("rk_live_", Entity::StripeKey, alphanumeric, (16, 255)),
    row("rk_test_", Entity::StripeKey, alphanumeric, (16, 255)),
    row("whsec_", Entity::StripeKey, base_64, (24, 255)),
    row("AIza", Entity::GoogleApiKey, url_safe, (35, 35)),
    row("ya29.", Entity::GoogleApiKey, url_safe, (20, 2048)),
    row("GOCSPX-", Entity::GoogleApiKey, url_safe, (28, 28)),
    row("sk-proj-", Entity::OpenaiKey, url_safe, (20, 255)),
    row("sk-svcacct-", Entity::OpenaiKey, url_safe, (20, 255)),
    row("sk-admin-", Entity::OpenaiKey, url_safe, (20, 255)),
    row("sk-ant-api03-", Entity::AnthropicKey, url_safe, (80, 120)),
    row("sk-ant-admin01-", Entity::AnthropicKey, url_safe, (80, 120)),
    checked("npm_", Entity::NpmToken, 36, Check::Base62),
    row(
        "pypi-AgEIcHlwaS5vcmc",
        Entity::PypiToken,
        url_safe,
        (50, 1024),
    ),
    row(
        "pypi-AgENdGVzdC5weXBpLm9yZw",
        Entity::PypiToken,
        url_safe,
        (50, 1024),
    ),
    row("SK", Entity::TwilioKey, hexadecimal, (32, 32)),
    row("AC", Entity::TwilioKey, hexadecimal, (32, 32)),
    row("shpat_", Entity::ShopifyToken, hexadecimal, (32, 32)),
    row("shpss_", Entity::ShopifyToken, hexadecimal, (32, 32)),
    row("shpca_", Entity::ShopifyToken, hexadecimal, (32, 32)),
    row("shppa_", Entity::ShopifyToken, hexadecimal, (32, 32)),
    row("hf_", Entity::HuggingfaceToken, alphanumeric, (34, 40)),
    row("api_org_", Entity::HuggingfaceToken, alphanumeric, (34, 40)),
    row("dop_v1_", Entity::DigitaloceanToken, hexadecimal, (64, 64)),
    row("doo_v1_", Entity::DigitaloceanToken, hexadecimal, (64, 64)),
    row("dor_v1_", Entity::DigitaloceanToken, hexadecimal, (64, 64)),
    row(
        "dapi",
        Entity::DatabricksToken,
        hexadecimal_or_dash,
        (32, 34),
    ),
    row("hvs.", Entity::VaultToken, url_safe, (24, 255)),
    row("hvb.", Entity::VaultToken, url_safe, (24, 255)),
    row("hvr.", Entity::VaultToken, url_safe, (24, 255)),
    row("dp.pt.", Entity::DopplerToken, url_safe_or_dot, (40, 64)),
    row("dp.st.", Entity::DopplerToken, url_safe_or_dot, (40, 96)),
    checked("glsa_", Entity::GrafanaToken, 41, Check::Hexadecimal),
    row("glc_", Entity::GrafanaToken, base_64, (32, 400)),
    row("eyJrIjoi", Entity::GrafanaToken, base_64, (60, 400)),
    row("lin_api_", Entity::LinearKey, alphanumeric, (40, 40)),
    row("ntn_", Entity::NotionToken, alphanumeric, (40, 50)),
    row("secret_", Entity::NotionToken, alphanumeric, (43, 43)),
    row("PMAK-", Entity::PostmanKey, hexadecimal_or_dash, (59, 59)),
    row("glimt-", Entity::GitlabToken, url_safe, (20, 64)),
    row("ABSK", Entity::Secret, base_64, (100, 160)),
    row("sk-or-v1-", Entity::Secret, hexadecimal, (64, 64)),
    row("pplx-", Entity::Secret, alphanumeric, (40, 64)),
    row("gsk_", Entity::Secret, alphanumeric, (40, 64)),
    row("r8_", Entity::Secret, alphanumeric, (37, 40)),
    row("xai-", Entity::Secret, alphanumeric, (70, 90)),
    row("rubygems_", Entity::Secret, hexadecimal, (48, 48)),
    row("cio", Entity::Secret, alphanumeric, (32, 32)),
    row("oy2", Entity::Secret, lower_alphanumeric, (43, 43)),
    row("dckr_pat_", Entity::Secret, url_safe, (24, 40)),
    row("dckr_oat_", Entity::Secret, url_safe, (24, 40)),
    row("key-", Entity::Secret, hexadecimal, (32, 32)),
    row("xkeysib-", Entity::Secret, url_safe, (64, 90)),
    row("xsmtpsib-", Entity::Secret, url_safe, (64, 90)),
    row("sq0atp-", Entity::SquareToken, url_safe, (22, 22)),
    row("sq0csp-", Entity::SquareToken, url_safe, (43, 43)),
    row("sq0idp-", Entity::SquareToken, url_safe, (22, 22)),
    row("EAAA", Entity::SquareToken, url_safe, (22, 64)),
    row(
        "access_token$production$",
        Entity::Secret,
        alphanumeric_or_dollar,
        (40, 64),
    ),
    row(
        "access_token$sandbox$",
        Entity::Secret,
        alphanumeric_or_dollar,
        (40, 64),
    ),
    row(
        "access-production-",
        Entity::Secret,
        hexadecimal_or_dash,
        (36, 36),
    ),
    row(
        "access-sandbox-",
        Entity::Secret,
        hexadecimal_or_dash,
        (36, 36),
    ),
    row(
        "access-development-",
        Entity::Secret,
        hexadecimal_or_dash,
        (36, 36),
    ),
    row("FLWSECK", Entity::Secret, url_safe, (20, 64)),
    row("EZAK", Entity::Secret, alphanumeric, (54, 54)),
    row("EZTK", Entity::Secret, alphanumeric, (54, 54)),
    row("shippo_live_", Entity::Secret, hexadecimal, (40, 40)),
    row("shippo_test_", Entity::Secret, hexadecimal, (40, 40)),
    row("HRKU-", Entity::Secret, url_safe, (36, 70)),
    row("fm1a_", Entity::Secret, base_64, (100, 2048)),
    row("fm1r_", Entity::Secret, base_64, (100, 2048)),
    row("fm2_", Entity::Secret, base_64, (100, 2048)),
    row("fo1_", Entity::Secret, url_safe, (43, 43)),
    row("v1.0-", Entity::Secret, hexadecimal_or_dash, (171, 171)),
    row("nfp_", Entity::Secret, alphanumeric, (36, 40)),
    row("pscale_tkn_", Entity::Secret, url_safe_or_dot, (32, 64)),
    row("pscale_pw_", Entity::Secret, url_safe_or_dot, (32, 64)),
    row("pscale_oauth_", Entity::Secret, url_safe_or_dot, (32, 64)),
    row("sbp_", Entity::Secret, hexadecimal, (40, 40)),
    row("sb_secret_", Entity::Secret, url_safe, (30, 64)),
    row("napi_", Entity::Secret, alphanumeric, (60, 80)),
    row("pul-", Entity::Secret, hexadecimal, (40, 40)),
    row("NRAK-", Entity::Secret, alphanumeric, (27, 27)),
    row("NRII-", Entity::Secret, url_safe, (32, 32)),
    row("NRJS-", Entity::Secret, hexadecimal, (19, 19)),
    row("sntrys_", Entity::Secret, base_64, (60, 512)),
    row("sntryu_", Entity::Secret, hexadecimal, (64, 64)),
    row("dt0c01.", Entity::Secret, url_safe_or_dot, (89, 89)),
    row("ATATT3", Entity::Secret, base_64, (150, 255)),
    row("ATCTT3", Entity::Secret, base_64, (150, 255)),
    row("lin_oauth_", Entity::LinearKey, alphanumeric, (40, 64)),
    row("figd_", Entity::Secret, url_safe, (40, 48)),
    row(
        "pat-na1-",
        Entity::HubspotKey,
        hexadecimal_or_dash,
        (36, 36),
    ),
    row(
        "pat-na2-",
        Entity::HubspotKey,
        hexadecimal_or_dash,
        (36, 36),
    ),
    row(
        "pat-eu1-",
        Entity::HubspotKey,
        hexadecimal_or_dash,
        (36, 36),
    ),
    row("ops_eyJ", Entity::Secret, base_64, (200, 2048)),
    row("A3-", Entity::Secret, upper_or_dash, (31, 40)),
    row("tskey-", Entity::Secret, url_safe, (30, 80)),
    row("lgk_", Entity::Secret, url_safe, (20, 255)),
];

pub(super) const fn alphanumeric(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

const fn word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// RFC 4648, section 6.
pub(super) const fn base_32(byte: u8) -> bool {
    matches!(byte, b'A'..=b'Z' | b'2'..=b'7')
}

/// RFC 4648, section 4, with padding.
pub(super) const fn base_64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_')
}

/// RFC 4648, section 5.
pub(super) const fn url_safe(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

const fn url_safe_or_dot(byte: u8) -> bool {
    url_safe(byte) || byte == b'.'
}

pub(super) const fn hexadecimal(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'a'..=b'f')
}

const fn lower_alphanumeric(byte: u8) -> bool {
    byte.is_ascii_digit() || byte.is_ascii_lowercase()
}

const fn upper_or_dash(byte: u8) -> bool {
    byte.is_ascii_digit() || byte.is_ascii_uppercase() || byte == b'-'
}

const fn alphanumeric_or_dollar(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'$'
}

const fn hexadecimal_or_dash(byte: u8) -> bool {
    hexadecimal(byte) || byte == b'-'
}
