//! Columns of PostgreSQL's own catalogs that hold data of tables, secrets, or other people's
//! statements.

use sql::catalog::{Column, Relation};

use crate::tag::Tag;

/// Values that ANALYZE copied from tables, and others that the catalogs keep of them.
const STATISTICS: &str = "catalog.statistics";
/// Texts of statements, with the literals in them.
const STATEMENTS: &str = "catalog.statements";
/// Passwords, connection strings, paths and settings of the server.
const SECRET: &str = "secret.catalog";

/// Relation, column (a `*` at the end stands for any rest) and tag. PostgreSQL 14 to 18; the
/// extension `pg_stat_statements` can be in any schema.
const COLUMNS: &[(&str, &str, &str)] = &[
    ("pg_statistic", "stavalues*", STATISTICS),
    ("pg_statistic", "stanumbers*", STATISTICS),
    ("pg_statistic_ext_data", "stxd*", STATISTICS),
    ("pg_stats", "most_common_*", STATISTICS),
    ("pg_stats", "histogram_bounds", STATISTICS),
    ("pg_stats", "elem_count_histogram", STATISTICS),
    ("pg_stats", "range_*", STATISTICS),
    ("pg_stats_ext", "most_common_*", STATISTICS),
    ("pg_stats_ext_exprs", "most_common_*", STATISTICS),
    ("pg_stats_ext_exprs", "histogram_bounds", STATISTICS),
    ("pg_stats_ext_exprs", "elem_count_histogram", STATISTICS),
    ("pg_stats_ext_exprs", "range_*", STATISTICS),
    ("pg_attribute", "attmissingval", STATISTICS),
    ("pg_largeobject", "data", STATISTICS),
    ("pg_stat_activity", "query", STATEMENTS),
    ("pg_stat_statements", "query", STATEMENTS),
    ("pg_prepared_statements", "statement", STATEMENTS),
    ("pg_cursors", "statement", STATEMENTS),
    ("pg_prepared_xacts", "gid", STATEMENTS),
    ("pg_authid", "rolpassword", SECRET),
    ("pg_shadow", "passwd", SECRET),
    ("pg_user_mapping", "umoptions", SECRET),
    ("pg_user_mappings", "umoptions", SECRET),
    ("_pg_user_mappings", "umoptions", SECRET),
    ("user_mapping_options", "option_value", SECRET),
    ("pg_foreign_server", "srvoptions", SECRET),
    ("_pg_foreign_servers", "srvoptions", SECRET),
    ("foreign_server_options", "option_value", SECRET),
    ("pg_foreign_data_wrapper", "fdwoptions", SECRET),
    ("_pg_foreign_data_wrappers", "fdwoptions", SECRET),
    ("foreign_data_wrapper_options", "option_value", SECRET),
    ("pg_foreign_table", "ftoptions", SECRET),
    ("_pg_foreign_tables", "ftoptions", SECRET),
    ("foreign_table_options", "option_value", SECRET),
    ("pg_subscription", "subconninfo", SECRET),
    ("pg_stat_wal_receiver", "conninfo", SECRET),
    ("pg_db_role_setting", "setconfig", SECRET),
    ("pg_roles", "rolconfig", SECRET),
    ("pg_user", "useconfig", SECRET),
    ("pg_shadow", "useconfig", SECRET),
    ("pg_settings", "setting", SECRET),
    ("pg_settings", "boot_val", SECRET),
    ("pg_settings", "reset_val", SECRET),
    ("pg_settings", "sourcefile", SECRET),
    ("pg_file_settings", "sourcefile", SECRET),
    ("pg_file_settings", "setting", SECRET),
    ("pg_hba_file_rules", "options", SECRET),
    ("pg_hba_file_rules", "file_name", SECRET),
    ("pg_ident_file_mappings", "file_name", SECRET),
    ("pg_config", "setting", SECRET),
];

/// Relations of extensions, which can be in any schema.
const OF_EXTENSIONS: &[&str] = &["pg_stat_statements"];

/// Whether a schema is one of PostgreSQL's own.
pub(crate) fn is_system_schema(schema: &str) -> bool {
    matches!(schema, "pg_catalog" | "information_schema" | "pg_toast")
}

/// The tag that a column of the system catalogs has whatever anybody says.
pub(super) fn tag(relation: &Relation, column: &Column) -> Option<Tag> {
    if !is_system_schema(&relation.schema) && !OF_EXTENSIONS.contains(&relation.name.as_str()) {
        return None;
    }
    COLUMNS
        .iter()
        .find(|(name, pattern, _)| *name == relation.name && matches(pattern, &column.name))
        .map(|(_, _, tag)| Tag::known(tag))
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern
        .strip_suffix('*')
        .map_or(pattern == name, |start| name.starts_with(start))
}
