//! Which of PostgreSQL's own functions do more than compute a value from their arguments.
//!
//! The lists hold for servers 13 to 18. A function of `pg_catalog` that is not listed is harmless:
//! its result depends on its arguments, on the catalogs and on the session alone.

use crate::facts::FunctionClass;

/// What is known about the function of `pg_catalog` with this name; `None`: it is harmless.
/// Overloads are not told apart.
pub(crate) fn class_of(name: &str) -> Option<FunctionClass> {
    if runs_sql(name) {
        Some(FunctionClass::RunsSql)
    } else if reaches_outside(name) {
        Some(FunctionClass::ReachesOutside)
    } else if changes_state(name) {
        Some(FunctionClass::ChangesState)
    } else {
        None
    }
}

/// Runs a query that is given as text, or reads a table that is given by name.
fn runs_sql(name: &str) -> bool {
    const PREFIXES: [&str; 5] = [
        "query_to_xml",
        "table_to_xml",
        "cursor_to_xml",
        "schema_to_xml",
        "database_to_xml",
    ];
    // `ts_rewrite(tsquery, text)` and `ts_stat(text)` run the text.
    starts_with_any(name, &PREFIXES) || matches!(name, "ts_stat" | "ts_rewrite")
}

/// Reads or writes files, large objects or other sessions' data, or shows the server's own
/// configuration.
fn reaches_outside(name: &str) -> bool {
    const PREFIXES: [&str; 8] = [
        "lo_",
        "pg_ls_",
        "pg_read_",
        "pg_file_",
        "pg_logdir_",
        "pg_stat_file",
        "pg_hba_file",
        "pg_ident_file",
    ];
    starts_with_any(name, &PREFIXES)
        || matches!(
            name,
            "loread"
                | "lowrite"
                | "pg_current_logfile"
                | "pg_config"
                | "pg_show_all_file_settings"
                | "pg_stat_get_activity"
                | "pg_stat_get_backend_activity"
                | "pg_stat_get_wal_receiver"
                | "pg_prepared_statement"
                | "pg_cursor"
                | "pg_relation_filepath"
                | "pg_tablespace_location"
                | "pg_get_backend_memory_contexts"
                | "pg_get_shmem_allocations"
        )
}

/// Changes the session, other sessions, the server, sequences, replication or statistics.
fn changes_state(name: &str) -> bool {
    const PREFIXES: [&str; 31] = [
        "pg_sleep",
        "pg_advisory_",
        "pg_try_advisory_",
        "pg_logical_",
        "pg_replication_",
        "pg_create_",
        "pg_drop_",
        "pg_copy_",
        "pg_sync_replication",
        "pg_switch_",
        "pg_rotate_",
        "pg_reload_",
        "pg_promote",
        "pg_backup_",
        "pg_start_backup",
        "pg_stop_backup",
        "pg_wal_replay_pause",
        "pg_wal_replay_resume",
        "pg_stat_reset",
        "pg_stat_force",
        "pg_stat_clear_snapshot",
        "pg_log_",
        "pg_import_",
        "pg_restore_",
        "pg_clear_",
        "pg_set_",
        "pg_terminate_",
        "pg_cancel_",
        "binary_upgrade_",
        "brin_summarize_",
        "brin_desummarize_",
    ];
    starts_with_any(name, &PREFIXES)
        || matches!(
            name,
            "set_config"
                | "setval"
                // Takes its sequence as text: an error repeats the text.
                | "nextval"
                | "setseed"
                | "pg_notify"
                | "pg_export_snapshot"
                | "pg_nextoid"
                | "pg_extension_config_dump"
                | "gin_clean_pending_list"
        )
}

fn starts_with_any(name: &str, prefixes: &[&str]) -> bool {
    prefixes.iter().any(|prefix| name.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_hold_the_functions_of_the_threat_list() {
        let cases = [
            ("query_to_xml_and_xmlschema", Some(FunctionClass::RunsSql)),
            ("database_to_xmlschema", Some(FunctionClass::RunsSql)),
            ("ts_stat", Some(FunctionClass::RunsSql)),
            ("lo_get", Some(FunctionClass::ReachesOutside)),
            ("pg_read_binary_file", Some(FunctionClass::ReachesOutside)),
            ("pg_ls_dir", Some(FunctionClass::ReachesOutside)),
            ("pg_sleep_for", Some(FunctionClass::ChangesState)),
            (
                "pg_try_advisory_xact_lock",
                Some(FunctionClass::ChangesState),
            ),
            ("nextval", Some(FunctionClass::ChangesState)),
            ("pg_logical_emit_message", Some(FunctionClass::ChangesState)),
            ("currval", None),
            ("current_setting", None),
            ("lower", None),
            ("log", None),
            ("lower_inc", None),
            ("pg_get_viewdef", None),
        ];
        for (name, class) in cases {
            assert_eq!(class_of(name), class, "{name}");
        }
    }
}
