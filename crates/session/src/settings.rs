//! Which settings of PostgreSQL a client may change, and what a change means for the session.

use sql::Facts;
use sql::facts::SettingChange;

use crate::refusal::Refusal;

/// Settings that a client may set to any value, in lower case. Everything that is not listed here
/// or in [`PINNED`] is refused: a setting can change the role, the way text is read, or what
/// messages carry.
const FREE: &[&str] = &[
    "application_name",
    "bytea_output",
    "check_function_bodies",
    "constraint_exclusion",
    "cursor_tuple_fraction",
    "datestyle",
    "deadlock_timeout",
    "default_statistics_target",
    "default_table_access_method",
    "default_tablespace",
    "default_transaction_deferrable",
    "default_transaction_isolation",
    "default_transaction_read_only",
    "effective_cache_size",
    "enable_bitmapscan",
    "enable_hashagg",
    "enable_hashjoin",
    "enable_indexonlyscan",
    "enable_indexscan",
    "enable_material",
    "enable_mergejoin",
    "enable_nestloop",
    "enable_partition_pruning",
    "enable_seqscan",
    "enable_sort",
    "enable_tidscan",
    "extra_float_digits",
    "force_parallel_mode",
    "geqo",
    "idle_in_transaction_session_timeout",
    "idle_session_timeout",
    "intervalstyle",
    "jit",
    "lc_messages",
    "lc_monetary",
    "lc_numeric",
    "lc_time",
    "lock_timeout",
    "maintenance_work_mem",
    "max_parallel_workers_per_gather",
    "plan_cache_mode",
    "random_page_cost",
    // Off only turns a filtered result into an error.
    "row_security",
    "seq_page_cost",
    "statement_timeout",
    "synchronous_commit",
    "tcp_keepalives_count",
    "tcp_keepalives_idle",
    "tcp_keepalives_interval",
    "timezone",
    "transaction_isolation",
    "transaction_read_only",
    "work_mem",
];

/// Settings that keep their value: only this one may be given.
const PINNED: &[(&str, &str)] = &[
    // The statement is read as UTF-8; another encoding would let the server read other text.
    ("client_encoding", "utf8"),
    // With `off`, a backslash ends strings elsewhere than where the statement was read to end them.
    ("standard_conforming_strings", "on"),
    ("backslash_quote", "safe_encoding"),
    ("escape_string_warning", "on"),
];

/// Levels of `client_min_messages` that may be set: below NOTICE the server echoes plans, rewritten
/// queries and values.
const MESSAGE_LEVELS: &[&str] = &["notice", "warning", "error"];

/// The setting whose value decides what names mean.
const SEARCH_PATH: &str = "search_path";

/// What a permitted change means for the session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Nothing that the session follows.
    None,
    /// Names mean something else from now on; `None`: as at the start.
    SearchPath(Option<Vec<String>>),
}

/// Whether names may mean something else after the statement.
pub(crate) fn changes_path(facts: &Facts) -> bool {
    facts
        .settings
        .iter()
        .any(|change| matches!(effect(change), Ok(Effect::SearchPath(_))))
}

/// The effect of one change, or why it is refused.
pub(crate) fn effect(change: &SettingChange) -> Result<Effect, Refusal> {
    let Some(name) = change.name.as_deref() else {
        return Ok(Effect::SearchPath(None));
    };
    if name == SEARCH_PATH {
        return search_path(change);
    }
    // RESET returns to what the proxy set when it connected, so pins stay.
    let allowed = match change.values.as_deref() {
        Some(values) => value_allowed(name, values),
        None => !matches!(name, "role" | "session_authorization"),
    };
    if allowed {
        Ok(Effect::None)
    } else {
        Err(refused(name))
    }
}

fn search_path(change: &SettingChange) -> Result<Effect, Refusal> {
    if change.local {
        return Err(Refusal::rule(
            "0A000",
            "SET LOCAL search_path is not supported through this gate",
        )
        .with_hint("Set search_path outside of a transaction, or write schema-qualified names."));
    }
    Ok(Effect::SearchPath(change.values.clone()))
}

fn value_allowed(name: &str, values: &[String]) -> bool {
    let single = || match values {
        [value] => Some(value.to_ascii_lowercase()),
        _ => None,
    };
    if let Some((_, pinned)) = PINNED.iter().find(|(setting, _)| *setting == name) {
        return single().is_some_and(|value| same_setting(&value, pinned));
    }
    if name == "client_min_messages" {
        return single().is_some_and(|value| MESSAGE_LEVELS.contains(&value.as_str()));
    }
    FREE.binary_search(&name).is_ok()
}

/// Spellings that PostgreSQL takes for the same value.
fn same_setting(value: &str, pinned: &str) -> bool {
    match pinned {
        "utf8" => matches!(value, "utf8" | "utf-8" | "unicode"),
        "on" => matches!(value, "on" | "true" | "yes" | "1"),
        other => value == other,
    }
}

fn refused(name: &str) -> Refusal {
    Refusal::rule(crate::DENIED, format!("setting `{name}` cannot be changed to this value through this gate"))
        .with_hint("Settings that change the role, the encoding, how text is read or what messages carry are pinned.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(name: &str, value: &str) -> SettingChange {
        SettingChange {
            name: Some(name.to_owned()),
            local: false,
            values: Some(vec![value.to_owned()]),
        }
    }

    #[test]
    fn the_list_is_sorted_as_binary_search_needs() {
        assert!(FREE.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn what_may_be_set() {
        for (name, value) in [
            ("datestyle", "ISO, DMY"),
            ("client_encoding", "UTF8"),
            ("client_encoding", "'unicode'".trim_matches('\'')),
            ("standard_conforming_strings", "on"),
            ("client_min_messages", "WARNING"),
        ] {
            assert_eq!(
                effect(&set(name, value)),
                Ok(Effect::None),
                "{name}={value}"
            );
        }
    }

    #[test]
    fn what_may_not_be_set() {
        for (name, value) in [
            ("role", "postgres"),
            ("session_authorization", "postgres"),
            ("client_encoding", "SJIS"),
            ("standard_conforming_strings", "off"),
            ("backslash_quote", "on"),
            ("client_min_messages", "debug5"),
            ("debug_print_plan", "on"),
            ("session_preload_libraries", "x"),
            ("app.user", "bob"),
        ] {
            assert!(effect(&set(name, value)).is_err(), "{name}={value}");
        }
        let reset_role = SettingChange {
            name: Some("role".to_owned()),
            local: false,
            values: None,
        };
        assert!(effect(&reset_role).is_err());
    }

    #[test]
    fn a_search_path_is_followed() {
        let change = set("search_path", "app");
        assert_eq!(
            effect(&change),
            Ok(Effect::SearchPath(Some(vec!["app".to_owned()])))
        );
        assert!(
            effect(&SettingChange {
                local: true,
                ..change
            })
            .is_err()
        );
    }
}
