//! Secrets with an inner structure: keys in armour, web tokens, verifiers, webhooks, seeds.

use super::parts;
use super::vendors::{alphanumeric, base_32, base_64, hexadecimal, url_safe};
use super::{FORMED, Follows, Found, Literal};
use crate::Entity;
use crate::placeholder::{entropy, is_placeholder};
use crate::text::Text;
use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use std::ops::Range;

const fn row(
    text: &'static str,
    entity: Entity,
    judge: fn(&Text<'_>, Range<usize>) -> Found,
) -> Literal {
    Literal {
        text,
        entity,
        follows: Follows::Structure(judge),
    }
}

/// One row per literal.
pub(super) const STRUCTURES: &[Literal] = &[
    row("-----BEGIN ", Entity::PrivateKey, private_key),
    row("eyJ", Entity::Jwt, web_token),
    row("sk-", Entity::OpenaiKey, openai),
    row("SG.", Entity::SendgridKey, sendgrid),
    row(":AA", Entity::TelegramBotToken, telegram),
    row("AccountKey=", Entity::AzureStorageKey, azure),
    row("hooks.slack.com/services/", Entity::SlackWebhook, webhook),
    row("hooks.slack.com/workflows/", Entity::SlackWebhook, webhook),
    row("hooks.slack.com/triggers/", Entity::SlackWebhook, webhook),
    row(
        "webhook.office.com/webhookb2/",
        Entity::Secret,
        office_webhook,
    ),
    row("-us", Entity::MailchimpKey, parts::mailchimp),
    row("pat", Entity::Secret, parts::airtable),
    row("Q~", Entity::Secret, parts::azure_client_secret),
    row(".atlasv1.", Entity::Secret, parts::terraform),
    row("AGE-SECRET-KEY-1", Entity::AgeSecretKey, parts::age),
    row("X-Amz-Signature=", Entity::Secret, parts::signature),
    row("X-Goog-Signature=", Entity::Secret, parts::signature),
    row("sig=", Entity::Secret, parts::signature),
    row("discord.com/api/webhooks/", Entity::DiscordWebhook, webhook),
    row(
        "discordapp.com/api/webhooks/",
        Entity::DiscordWebhook,
        webhook,
    ),
    row("otpauth://", Entity::TotpSecret, seed),
    row("$1$", Entity::PasswordHash, verifier),
    row("$2a$", Entity::PasswordHash, verifier),
    row("$2b$", Entity::PasswordHash, verifier),
    row("$2y$", Entity::PasswordHash, verifier),
    row("$5$", Entity::PasswordHash, verifier),
    row("$6$", Entity::PasswordHash, verifier),
    row("$y$", Entity::PasswordHash, verifier),
    row("$7$", Entity::PasswordHash, verifier),
    row("$P$", Entity::PasswordHash, verifier),
    row("$H$", Entity::PasswordHash, verifier),
    row("$S$", Entity::PasswordHash, verifier),
    row("$sha1$", Entity::PasswordHash, verifier),
    row("sha1$", Entity::PasswordHash, verifier),
    row("bcrypt$", Entity::PasswordHash, verifier),
    row("bcrypt_sha256$", Entity::PasswordHash, verifier),
    row("argon2$", Entity::PasswordHash, verifier),
    row("scrypt$", Entity::PasswordHash, verifier),
    row("scrypt:", Entity::PasswordHash, verifier),
    row("pbkdf2:sha256:", Entity::PasswordHash, verifier),
    row("pbkdf2:sha512:", Entity::PasswordHash, verifier),
    row("{SHA}", Entity::PasswordHash, verifier),
    row("{SMD5}", Entity::PasswordHash, verifier),
    row("{SSHA256}", Entity::PasswordHash, verifier),
    row("$apr1$", Entity::PasswordHash, verifier),
    row("$argon2", Entity::PasswordHash, verifier),
    row("$pbkdf2", Entity::PasswordHash, verifier),
    row("$scrypt$", Entity::PasswordHash, verifier),
    row("pbkdf2_sha1$", Entity::PasswordHash, verifier),
    row("pbkdf2_sha256$", Entity::PasswordHash, verifier),
    row("{SSHA}", Entity::PasswordHash, verifier),
    row("{SSHA512}", Entity::PasswordHash, verifier),
    row("SCRAM-SHA-256$", Entity::PasswordHash, verifier),
    row("md5", Entity::PasswordHash, postgres_md5),
];

/// PEM (RFC 7468) and PGP armour; a block that does not end is secret up to the end of the value.
fn private_key(text: &Text<'_>, at: Range<usize>) -> Found {
    const LONGEST_LABEL: usize = 48;
    let label = text.rest(at.end, LONGEST_LABEL);
    let label = label.get(..memchr::memmem::find(label, b"-----")?)?;
    if !label.ends_with(b"PRIVATE KEY") && !label.ends_with(b"PRIVATE KEY BLOCK") {
        return None;
    }
    let body = at.end + label.len() + "-----".len();
    let rest = text.rest(body, usize::MAX);
    let end = memchr::memmem::find(rest, b"-----END ").map_or(text.bytes.len(), |offset| {
        let label = body + offset + "-----END ".len();
        let closing = memchr::memmem::find(text.rest(label, LONGEST_LABEL), b"-----");
        closing.map_or(text.bytes.len(), |length| label + length + "-----".len())
    });
    Some((at.start..end, FORMED))
}

/// Compact JWS (three parts, RFC 7515) or JWE (five, RFC 7516) whose header names an algorithm.
fn web_token(text: &Text<'_>, at: Range<usize>) -> Found {
    let before = text.before(at.start);
    if !text.starts_word(at.start) || matches!(before, Some(b'.' | b'-')) {
        return None;
    }
    let header = at.start..text.run_end(at.end, url_safe);
    let mut end = header.end;
    let mut parts = 1;
    while parts < 5 && text.at(end) == Some(b'.') {
        end = text.run_end(end + 1, url_safe);
        parts += 1;
    }
    let named = names_algorithm(text.slice(header.start, header.end));
    // A full stop after the signature is not a part.
    let end = if text.before(end) == Some(b'.') && parts > 3 {
        end - 1
    } else {
        end
    };
    (parts >= 3 && named && text.ends_word(end)).then_some((at.start..end, FORMED - 1))
}

/// Unused bits and padding do not matter for a look into the header.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

fn names_algorithm(header: &[u8]) -> bool {
    const LONGEST_HEADER: usize = 2048;
    let mut decoded = [0; LONGEST_HEADER];
    let length = LENIENT.decode_slice(header, &mut decoded).unwrap_or(0);
    let json = decoded.get(..length).unwrap_or_default();
    memchr::memmem::find(json, b"\"alg\"").is_some()
}

/// The older OpenAI form: 20 characters, a fixed mark, 20 characters.
fn openai(text: &Text<'_>, at: Range<usize>) -> Found {
    let end = at.end + 48;
    let body = text.slice(at.end, end);
    let marked = body.get(20..28) == Some(b"T3BlbkFJ".as_slice());
    let formed = body.iter().all(|byte| alphanumeric(*byte)) && text.ends_word(end);
    (marked && formed && text.starts_word(at.start)).then_some((at.start..end, FORMED))
}

/// 22 and 43 characters with a dot between.
fn sendgrid(text: &Text<'_>, at: Range<usize>) -> Found {
    let end = at.end + 22 + 1 + 43;
    let body = text.slice(at.end, end);
    let (id, secret) = body.split_at_checked(22)?;
    let safe = |part: &[u8]| part.iter().all(|byte| url_safe(*byte));
    let formed = safe(id)
        && secret
            .split_first()
            .is_some_and(|(dot, rest)| *dot == b'.' && safe(rest));
    let free = text.starts_word(at.start) && text.ends_word(end);
    (formed && free && !is_placeholder(body)).then_some((at.start..end, FORMED))
}

/// Eight to ten digits before the colon, `AA` and 33 characters after.
fn telegram(text: &Text<'_>, at: Range<usize>) -> Found {
    let start = text.run_start(at.start, 11, |byte| byte.is_ascii_digit());
    let end = text.run_end(at.start + 1, url_safe);
    let sizes = (8..=10).contains(&(at.start - start)) && end - at.start == 1 + 35;
    // In URLs the token follows `/bot` directly.
    let free = text.starts_word(start) || text.slice(start.saturating_sub(3), start) == b"bot";
    let random = entropy(text.slice(at.end, end)) > 3.0 && !is_placeholder(text.slice(at.end, end));
    (sizes && free && random).then_some((start..end, FORMED))
}

/// 64 bytes in base 64; the name of the key stays.
fn azure(text: &Text<'_>, at: Range<usize>) -> Found {
    const LENGTH: usize = 88;
    let end = at.end
        + text
            .rest(at.end, LENGTH + 1)
            .iter()
            .take_while(|b| base_64(**b))
            .count();
    let key = text.slice(at.end, end);
    let formed = key.len() == LENGTH && key.ends_with(b"==") && entropy(key) > 3.5;
    formed.then_some((at.end..end, FORMED + 1))
}

/// The whole URL: its path is the secret.
fn webhook(text: &Text<'_>, at: Range<usize>) -> Found {
    let start = [b"https://".as_slice(), b"http://"]
        .iter()
        .find_map(|scheme| {
            let start = at.start.checked_sub(scheme.len())?;
            (text.slice(start, at.start) == *scheme).then_some(start)
        })
        .unwrap_or(at.start);
    let end = text.run_end(at.end, |byte| url_safe(byte) || byte == b'/');
    let path = text.slice(at.end, end);
    (path.len() >= 20 && path.contains(&b'/') && !is_placeholder(path))
        .then_some((start..end, FORMED))
}

/// As [`webhook`]; the tenant's subdomain comes before the literal.
fn office_webhook(text: &Text<'_>, at: Range<usize>) -> Found {
    const LONGEST_HOST: usize = 64;
    let start = text.run_start(at.start, LONGEST_HOST, |byte| {
        url_safe(byte) || matches!(byte, b'.' | b':' | b'/')
    });
    let end = text.run_end(at.end, |byte| url_safe(byte) || matches!(byte, b'/' | b'@'));
    let path = text.slice(at.end, end);
    (path.len() >= 40 && !is_placeholder(path)).then_some((start..end, FORMED))
}

/// Only the seed in an `otpauth` URL.
fn seed(text: &Text<'_>, at: Range<usize>) -> Found {
    const LONGEST_URL: usize = 1024;
    let window = text.rest(at.end, LONGEST_URL);
    let ends = |byte: &u8| *byte <= b' ' || b"\"'<>".contains(byte);
    let length = window.iter().position(ends).unwrap_or(window.len());
    let name = memchr::memmem::find(window.get(..length)?, b"secret=")?;
    let start = at.end + name + "secret=".len();
    let end = text.run_end(start, |byte| {
        base_32(byte.to_ascii_uppercase()) || byte == b'='
    });
    (end - start >= 8).then_some((start..end, FORMED))
}

/// A verifier in modular crypt form or a relative of it.
fn verifier(text: &Text<'_>, at: Range<usize>) -> Found {
    const SHORTEST_BODY: usize = 20;
    const LONGEST_BODY: usize = 1024;
    let of = |byte: u8| byte.is_ascii_alphanumeric() || b"./+=$:,_-".contains(&byte);
    let window = text.rest(at.end, LONGEST_BODY);
    let length = window
        .iter()
        .position(|byte| !of(*byte))
        .unwrap_or(window.len());
    let body = window.get(..length)?;
    let kept = body
        .iter()
        .rposition(|byte| !matches!(byte, b',' | b':' | b'.'))?
        + 1;
    let body = body.get(..kept)?;
    let formed = kept >= SHORTEST_BODY && entropy(body) > 3.0 && !is_placeholder(body);
    (formed && text.starts_word(at.start)).then_some((at.start..at.end + kept, FORMED))
}

/// PostgreSQL's `md5` verifier: 32 hexadecimal digits follow at once.
fn postgres_md5(text: &Text<'_>, at: Range<usize>) -> Found {
    let end = text.run_end(at.end, hexadecimal);
    let formed = end - at.end == 32 && entropy(text.slice(at.end, end)) > 2.6;
    (formed && text.starts_word(at.start) && text.ends_word(end))
        .then_some((at.start..end, FORMED - 1))
}
