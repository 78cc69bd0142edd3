//! What PostgreSQL's settings change beyond the way in which a session works.
//!
//! The lists hold for servers 13 to 18. A setting that is not listed is one of the server or of an
//! extension: what it changes is not known.

/// What a change of a setting can change besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SettingClass {
    /// Nothing: neither how text is read, nor whose rights hold, nor what messages carry.
    Harmless,
    /// What unqualified names mean: `search_path`.
    SearchPath,
    /// How the server reads the text of statements. Only this value agrees with how it is read
    /// here, so no other can be let through.
    Pinned(&'static str),
    /// Whose rights hold: `role` and `session_authorization`.
    Identity,
    /// A name with a dot: an extension's, or an application's own, which row-level security may
    /// take for an identity.
    Custom,
    /// What the server logs, loads or sends in messages, or not known.
    Server,
}

/// The settings that may have one value only.
///
/// - `client_encoding`: another encoding would let the server read other text, because the second
///   byte of a character may look like a quote or a backslash.
/// - `standard_conforming_strings`: with `off`, a backslash ends strings elsewhere.
const PINNED: [(&str, &str); 2] = [
    ("client_encoding", "UTF8"),
    ("standard_conforming_strings", "on"),
];

/// Levels of `client_min_messages` that are harmless: below NOTICE the server echoes plans,
/// rewritten queries and values.
const MESSAGE_LEVELS: [&str; 3] = ["notice", "warning", "error"];

/// Settings that are harmless whatever their value, in lower case and sorted. Those that any user
/// may change, but for the pinned ones, the search path, what is written to the server's log and
/// what loads code; and the few of a superuser that drivers set.
const HARMLESS: &[&str] = &[
    "application_name",
    "array_nulls",
    "backend_flush_after",
    // In UTF8, all values but `off` mean the same, and `off` refuses what the others take.
    "backslash_quote",
    "bytea_output",
    "check_function_bodies",
    "client_connection_check_interval",
    "commit_delay",
    "commit_siblings",
    "constraint_exclusion",
    "cpu_index_tuple_cost",
    "cpu_operator_cost",
    "cpu_tuple_cost",
    "createrole_self_grant",
    "cursor_tuple_fraction",
    "datestyle",
    "deadlock_timeout",
    "debug_parallel_query",
    "default_statistics_target",
    "default_table_access_method",
    "default_tablespace",
    "default_text_search_config",
    "default_toast_compression",
    "default_transaction_deferrable",
    "default_transaction_isolation",
    "default_transaction_read_only",
    "effective_cache_size",
    "effective_io_concurrency",
    "enable_async_append",
    "enable_bitmapscan",
    "enable_distinct_reordering",
    "enable_eager_aggregate",
    "enable_gathermerge",
    "enable_group_by_reordering",
    "enable_hashagg",
    "enable_hashjoin",
    "enable_incremental_sort",
    "enable_indexonlyscan",
    "enable_indexscan",
    "enable_material",
    "enable_memoize",
    "enable_mergejoin",
    "enable_nestloop",
    "enable_parallel_append",
    "enable_parallel_hash",
    "enable_partition_pruning",
    "enable_partitionwise_aggregate",
    "enable_partitionwise_join",
    "enable_presorted_aggregate",
    "enable_self_join_elimination",
    "enable_seqscan",
    "enable_sort",
    "enable_tidscan",
    // Only whether a warning is given.
    "escape_string_warning",
    "exit_on_error",
    "extra_float_digits",
    "file_copy_method",
    "force_parallel_mode",
    "from_collapse_limit",
    "geqo",
    "geqo_effort",
    "geqo_generations",
    "geqo_pool_size",
    "geqo_seed",
    "geqo_selection_bias",
    "geqo_threshold",
    "gin_fuzzy_search_limit",
    "gin_pending_list_limit",
    "hash_mem_multiplier",
    "icu_validation_level",
    "idle_in_transaction_session_timeout",
    "idle_session_timeout",
    "intervalstyle",
    "io_combine_limit",
    "jit",
    "jit_above_cost",
    "jit_inline_above_cost",
    "jit_optimize_above_cost",
    "join_collapse_limit",
    "lc_messages",
    "lc_monetary",
    "lc_numeric",
    "lc_time",
    "lock_timeout",
    "logical_decoding_work_mem",
    "maintenance_io_concurrency",
    "maintenance_work_mem",
    "max_parallel_maintenance_workers",
    "max_parallel_workers",
    "max_parallel_workers_per_gather",
    "min_parallel_index_scan_size",
    "min_parallel_table_scan_size",
    "parallel_leader_participation",
    "parallel_setup_cost",
    "parallel_tuple_cost",
    "password_encryption",
    "plan_cache_mode",
    "quote_all_identifiers",
    "random_page_cost",
    "recursive_worktable_factor",
    "restrict_nonsystem_relation_kind",
    // Off only turns a filtered result into an error.
    "row_security",
    // Sets the random number generator, as `setseed` does.
    "seed",
    "seq_page_cost",
    "statement_timeout",
    "stats_fetch_consistency",
    "synchronize_seqscans",
    "synchronous_commit",
    "tcp_keepalives_count",
    "tcp_keepalives_idle",
    "tcp_keepalives_interval",
    "tcp_user_timeout",
    "temp_buffers",
    "temp_tablespaces",
    "timezone",
    "timezone_abbreviations",
    "transaction_deferrable",
    "transaction_isolation",
    "transaction_read_only",
    "transaction_timeout",
    // `= NULL` is the same use of the same columns, whatever it comes to.
    "transform_null_equals",
    "vacuum_buffer_usage_limit",
    "vacuum_cost_delay",
    "vacuum_cost_limit",
    "vacuum_cost_page_dirty",
    "vacuum_cost_page_hit",
    "vacuum_cost_page_miss",
    "vacuum_failsafe_age",
    "vacuum_freeze_min_age",
    "vacuum_freeze_table_age",
    "vacuum_max_eager_freeze_failure_rate",
    "vacuum_multixact_failsafe_age",
    "vacuum_multixact_freeze_min_age",
    "vacuum_multixact_freeze_table_age",
    "vacuum_truncate",
    "wal_sender_timeout",
    "wal_skip_threshold",
    "work_mem",
    "xmlbinary",
    "xmloption",
];

impl SettingClass {
    /// The class of a change of the setting `name`, compared without regard to case, to `value`;
    /// `None`: to a value that is not known. For a change back to the default, see
    /// [`SettingClass::of_reset`].
    pub fn of(name: &str, value: Option<&str>) -> Self {
        let name = name.to_ascii_lowercase();
        if let Some((_, only)) = PINNED.iter().find(|(pinned, _)| *pinned == name) {
            return Self::Pinned(only);
        }
        match name.as_str() {
            "search_path" => Self::SearchPath,
            "role" | "session_authorization" => Self::Identity,
            "client_min_messages" if value.is_some_and(is_quiet) => Self::Harmless,
            known if HARMLESS.binary_search(&known).is_ok() => Self::Harmless,
            custom if custom.contains('.') => Self::Custom,
            _ => Self::Server,
        }
    }

    /// The class of a change back to what the session began with. Pins are given when a session
    /// begins, and the role is then the one that logged in: only names can mean something else.
    pub fn of_reset(name: &str) -> Self {
        match Self::of(name, None) {
            Self::SearchPath => Self::SearchPath,
            Self::Identity => Self::Identity,
            Self::Harmless | Self::Pinned(_) | Self::Custom | Self::Server => Self::Harmless,
        }
    }
}

fn is_quiet(level: &str) -> bool {
    MESSAGE_LEVELS
        .iter()
        .any(|quiet| quiet.eq_ignore_ascii_case(level.trim()))
}

/// Whether PostgreSQL takes `value` for the only one that a pinned setting may have.
pub fn is_pinned_value(pinned: &str, value: &str) -> bool {
    match pinned {
        "UTF8" => {
            // As `clean_encoding_name`: letters and digits count.
            let letters = value.bytes().filter(u8::is_ascii_alphanumeric);
            let clean: Vec<u8> = letters.map(|byte| byte.to_ascii_lowercase()).collect();
            matches!(clean.as_slice(), b"utf8" | b"unicode")
        }
        // As `parse_bool`: any beginning of the words.
        "on" => {
            let value = value.to_ascii_lowercase();
            let begins = |word: &str| !value.is_empty() && word.starts_with(value.as_str());
            value == "on" || value == "1" || begins("true") || begins("yes")
        }
        other => value == other,
    }
}

/// The names of a search path as one text has it (`set_config`, the startup packet, `SHOW`): split
/// at commas, folded unless they are quoted (PostgreSQL's `SplitIdentifierString`). `"$user"` is
/// left as it is. `None`: the server takes no such text.
pub fn split_search_path(text: &str) -> Option<Vec<String>> {
    let mut names = Vec::new();
    let mut rest = text.trim_start_matches(is_space);
    if rest.is_empty() {
        return Some(names);
    }
    loop {
        let (name, behind) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_name(quoted)?,
            None => plain_name(rest)?,
        };
        names.push(crate::identifier::clip(name));
        rest = behind.trim_start_matches(is_space);
        if rest.is_empty() {
            return Some(names);
        }
        rest = rest.strip_prefix(',')?.trim_start_matches(is_space);
    }
}

fn plain_name(text: &str) -> Option<(String, &str)> {
    let end = text
        .find(|character| character == ',' || is_space(character))
        .unwrap_or(text.len());
    let (name, rest) = text.split_at_checked(end)?;
    // Letters beyond ASCII are folded by the server only in encodings of one byte.
    (!name.is_empty()).then(|| (name.to_ascii_lowercase(), rest))
}

fn quoted_name(text: &str) -> Option<(String, &str)> {
    let mut name = String::new();
    let mut rest = text;
    loop {
        let (part, behind) = rest.split_once('"')?;
        name.push_str(part);
        match behind.strip_prefix('"') {
            Some(more) => {
                name.push('"');
                rest = more;
            }
            None => return Some((name, behind)),
        }
    }
}

/// As PostgreSQL's `scanner_isspace`.
fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_as_binary_search_needs() {
        assert!(HARMLESS.windows(2).all(|pair| pair[0] < pair[1]));
        let class = |name: &&str| SettingClass::of(name, None);
        assert!(
            HARMLESS
                .iter()
                .all(|name| class(name) == SettingClass::Harmless)
        );
    }

    #[test]
    fn settings_are_told_apart() {
        for (name, value, class) in [
            ("DateStyle", None, SettingClass::Harmless),
            ("search_path", None, SettingClass::SearchPath),
            (
                "Client_Encoding",
                Some("UTF8"),
                SettingClass::Pinned("UTF8"),
            ),
            (
                "standard_conforming_strings",
                None,
                SettingClass::Pinned("on"),
            ),
            ("role", Some("postgres"), SettingClass::Identity),
            ("session_authorization", None, SettingClass::Identity),
            ("app.user", None, SettingClass::Custom),
            (
                "client_min_messages",
                Some("WARNING"),
                SettingClass::Harmless,
            ),
            ("client_min_messages", Some("debug5"), SettingClass::Server),
            ("client_min_messages", None, SettingClass::Server),
            ("debug_print_plan", None, SettingClass::Server),
            ("local_preload_libraries", None, SettingClass::Server),
            ("session_replication_role", None, SettingClass::Server),
            ("no_such_setting", None, SettingClass::Server),
        ] {
            assert_eq!(SettingClass::of(name, value), class, "{name}={value:?}");
        }
        assert_eq!(SettingClass::of_reset("app.user"), SettingClass::Harmless);
        assert_eq!(SettingClass::of_reset("role"), SettingClass::Identity);
    }

    #[test]
    fn pinned_values_have_the_spellings_of_the_server() {
        for (pinned, value, same) in [
            ("UTF8", "utf-8", true),
            ("UTF8", "Unicode", true),
            ("UTF8", "SQL_ASCII", false),
            ("UTF8", "UTF16", false),
            ("on", "TRUE", true),
            ("on", "y", true),
            ("on", "1", true),
            ("on", "o", false),
            ("on", "", false),
            ("on", "off", false),
        ] {
            assert_eq!(is_pinned_value(pinned, value), same, "{value}");
        }
    }

    #[test]
    fn a_search_path_is_split_as_the_server_splits_it() {
        let check = |text: &str, expected: Option<&[&str]>| {
            let expected =
                expected.map(|names| names.iter().map(|name| (*name).to_owned()).collect());
            assert_eq!(split_search_path(text), expected, "{text}");
        };
        check("", Some(&[]));
        check("  ", Some(&[]));
        check("\"$user\", public", Some(&["$user", "public"]));
        check("$user,PG_Catalog", Some(&["$user", "pg_catalog"]));
        check("\"Odd, \"\"name\"\"\" , b", Some(&["Odd, \"name\"", "b"]));
        check("\"\", public", Some(&["", "public"]));
        check("Ä", Some(&["Ä"]));
        check("a b", None);
        check("a,", None);
        check(",a", None);
        check("\"a", None);
    }
}
