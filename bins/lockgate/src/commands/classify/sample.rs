//! Some rows of a table, as text.

use sql::catalog::{Relation, RelationKind};
use tokio_postgres::{Client, Error};

/// Rows read of a table: enough for two hundred distinct values in most columns.
const ROWS_MAX: usize = 1000;
/// Cells read of a table, which bounds the rows of a wide one.
const CELLS_MAX: usize = 50_000;
/// Characters read of a cell: one more than the longest value that says something about its
/// column's type.
const CHARACTERS_MAX: usize = 257;
/// A table with more rows than this by the planner's estimate is sampled by pages: its first rows
/// would all be of one time.
const SAMPLED_FROM: i64 = 20_000;
/// Pages are drawn for so many times the rows wanted, since they are not equally full.
const SURPLUS: f64 = 4.0;
/// What keeps a table from holding up the rest.
const TIMEOUT: &str = "30s";

/// Reads a sample of the columns, and shows each value with the place of its column.
///
/// # Errors
/// What the server says, such as that the role may not read the table.
pub(super) async fn read(
    client: &Client,
    relation: &Relation,
    mut show: impl FnMut(usize, &[u8]),
) -> Result<(), Error> {
    if relation.columns.is_empty() {
        return Ok(());
    }
    let settings =
        format!("SET statement_timeout = '{TIMEOUT}'; SET default_transaction_read_only = on");
    client.batch_execute(&settings).await?;
    for row in client.query(&query(relation), &[]).await? {
        for column in 0..row.len() {
            if let Some(value) = row.try_get::<_, Option<&str>>(column)? {
                show(column, value.as_bytes());
            }
        }
    }
    Ok(())
}

fn query(relation: &Relation) -> String {
    let column = |name: &str| {
        format!(
            "pg_catalog.left({}::pg_catalog.text, {CHARACTERS_MAX})",
            quoted(name)
        )
    };
    let columns: Vec<_> = relation
        .columns
        .iter()
        .map(|found| column(&found.name))
        .collect();
    let rows = (CELLS_MAX / columns.len().max(1)).clamp(1, ROWS_MAX);
    format!(
        "SELECT {} FROM {}.{}{} LIMIT {rows}",
        columns.join(", "),
        quoted(&relation.schema),
        quoted(&relation.name),
        pages(relation, rows),
    )
}

/// Which pages of a large table are read; every one of another.
fn pages(relation: &Relation, rows: usize) -> String {
    let has_pages = match relation.kind {
        RelationKind::Table | RelationKind::PartitionedTable => true,
        RelationKind::ForeignTable
        | RelationKind::View
        | RelationKind::MaterializedView
        | RelationKind::Sequence
        | RelationKind::CompositeType => false,
    };
    if !has_pages || relation.estimated_rows < SAMPLED_FROM {
        return String::new();
    }
    let percent = 100.0 * SURPLUS * rows as f64 / relation.estimated_rows as f64;
    format!(" TABLESAMPLE SYSTEM ({:.6})", percent.min(100.0))
}

/// An identifier of SQL.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sql::catalog::{Column, ColumnOrigin};

    fn table(kind: RelationKind, estimated_rows: i64) -> Relation {
        Relation {
            oid: 1,
            schema: "public".to_owned(),
            name: "a\"b".to_owned(),
            kind,
            columns: vec![Column {
                number: 1,
                name: "c".to_owned(),
                type_oid: 25,
                type_modifier: -1,
                origin: ColumnOrigin::Given,
            }],
            definition: None,
            parents: Vec::new(),
            estimated_rows,
        }
    }

    #[test]
    fn large_tables_are_sampled_by_pages() {
        let all = "SELECT pg_catalog.left(\"c\"::pg_catalog.text, 257) FROM \"public\".\"a\"\"b\"";
        for (kind, rows, sample) in [
            (RelationKind::Table, -1, ""),
            (RelationKind::Table, 19_999, ""),
            (
                RelationKind::Table,
                20_000,
                " TABLESAMPLE SYSTEM (20.000000)",
            ),
            (
                RelationKind::PartitionedTable,
                4_000_000_000,
                " TABLESAMPLE SYSTEM (0.000100)",
            ),
            (RelationKind::ForeignTable, 4_000_000, ""),
        ] {
            let expected = format!("{all}{sample} LIMIT 1000");
            assert_eq!(query(&table(kind, rows)), expected);
        }
    }
}
