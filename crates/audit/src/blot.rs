//! Access keys do not get into the log.

use std::sync::LazyLock;

use memchr::memmem::Finder;

const KEY_PREFIX: &[u8] = b"lgk_";

/// Made once: every record is searched.
static KEY: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(KEY_PREFIX));

/// Length of the public part of an access key, `lgk_` and the id with its `_`.
const KEY_PUBLIC_LEN: usize = 13;

/// Overwrites the secret part of whatever looks like an access key (`lgk_<id>_<secret>_<check>`)
/// with stars. A client can put its key where a name belongs: as user, as application name, as an
/// identifier in a statement.
pub(crate) fn blot_access_keys(mut json: &mut [u8]) {
    let is_secret = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    while let Some(at) = KEY.find(json) {
        let rest = json.get_mut(at + KEY_PREFIX.len()..).unwrap_or_default();
        let id = KEY_PUBLIC_LEN - KEY_PREFIX.len();
        let run = rest.iter().take_while(|byte| is_secret(byte)).count();
        rest.iter_mut()
            .take(run)
            .skip(id)
            .for_each(|byte| *byte = b'*');
        json = rest;
    }
}
