//! The shop's data is what the tests that use it rely on.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the lint does not know the helpers of tests"
)]

use std::collections::BTreeSet;
use std::time::Instant;

use testkit::{Cluster, Options, PgBinaries, canary, shop};
use tokio_postgres::Client;

struct Loaded {
    prod: Client,
    staging: Client,
    // Last, so that the server outlives its clients.
    _cluster: Cluster,
}

async fn loaded() -> Loaded {
    let binaries = PgBinaries::find(&|name| std::env::var_os(name)).unwrap();
    let cluster = Cluster::start(&binaries, Options::default()).unwrap();
    let began = Instant::now();
    let shop = shop::load(&cluster).await.unwrap();
    println!("shop loaded in {:?}", began.elapsed());
    let prod = cluster
        .connect_as(shop::ROLE, &shop.password, shop::PROD)
        .await
        .unwrap();
    let staging = cluster
        .connect_as(shop::ROLE, &shop.password, shop::STAGING)
        .await
        .unwrap();
    Loaded {
        prod,
        staging,
        _cluster: cluster,
    }
}

async fn number(client: &Client, sql: &str) -> i64 {
    client
        .query_one(sql, &[])
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error}"))
        .get(0)
}

/// Everything that the database holds, as text.
async fn everything(client: &Client) -> String {
    let tables = client
        .query("SELECT relname::text FROM pg_class WHERE relkind IN ('r', 'm') AND relnamespace = 'public'::regnamespace", &[])
        .await
        .unwrap();
    let mut text = String::new();
    for table in tables {
        let table: &str = table.get(0);
        let rows = client
            .query(&format!("SELECT t::text FROM {table} t"), &[])
            .await
            .unwrap();
        for row in rows {
            text.push_str(row.get(0));
            text.push('\n');
        }
    }
    text
}

#[tokio::test]
async fn the_shop_is_as_described() {
    let shop = loaded().await;
    sizes(&shop).await;
    planted_values(&shop).await;
    role(&shop).await;
    valid_looking_values(&shop).await;
    routes_to_the_ssn(&shop).await;
}

async fn sizes(shop: &Loaded) {
    let cases = [
        ("SELECT count(*) FROM ONLY customers", 1001),
        ("SELECT count(*) FROM customers", 1021),
        ("SELECT count(*) FROM employees", 61),
        ("SELECT count(*) FROM api_keys", 41),
        ("SELECT count(*) FROM contacts", 101),
        ("SELECT count(*) FROM customer_spend", 1021),
        (
            "SELECT count(DISTINCT tableoid) FROM events WHERE tableoid <> 'events_other'::regclass",
            2,
        ),
    ];
    for (sql, expected) in cases {
        assert_eq!(number(&shop.prod, sql).await, expected, "{sql}");
    }
    assert_eq!(
        number(&shop.staging, "SELECT count(*) FROM ONLY customers").await,
        100
    );
    for table in ["orders", "order_items", "payments", "tickets", "events"] {
        let sql = format!("SELECT count(*) FROM {table}");
        assert!(number(&shop.prod, &sql).await > 300, "{table}");
        assert!(number(&shop.staging, &sql).await > 30, "{table}");
    }
}

/// Each canary is in production, where its place says, and none is in staging.
async fn planted_values(shop: &Loaded) {
    let names = |text: &str| -> BTreeSet<&str> {
        canary::leaks(text.as_bytes())
            .iter()
            .map(|leak| leak.canary.name)
            .collect()
    };
    let all: BTreeSet<&str> = canary::ALL.iter().map(|canary| canary.name).collect();
    assert_eq!(names(&everything(&shop.prod).await), all);
    assert_eq!(names(&everything(&shop.staging).await), BTreeSet::new());

    // Without the columns named as sensitive, no canary of a column is left.
    shop.prod.batch_execute("BEGIN").await.unwrap();
    for column in shop::SENSITIVE {
        let sql = match column.column {
            "emails" => "UPDATE contacts SET emails = '{}'".to_owned(),
            "name" | "email" | "work_email" => {
                format!(
                    "UPDATE {} SET {} = 'masked@x'",
                    column.relation, column.column
                )
            }
            "salary" => "UPDATE employees SET salary = 1".to_owned(),
            "key" => "UPDATE api_keys SET key = id".to_owned(),
            other => format!("UPDATE {} SET {other} = NULL", column.relation),
        };
        shop.prod
            .batch_execute(&sql)
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
    shop.prod
        .batch_execute("REFRESH MATERIALIZED VIEW customer_spend")
        .await
        .unwrap();
    assert_eq!(
        canary::column_leaks(everything(&shop.prod).await.as_bytes()),
        []
    );
    shop.prod.batch_execute("ROLLBACK").await.unwrap();

    let sql =
        "SELECT md5(name) || md5(email) || md5(phone) || md5(ssn) FROM customers WHERE id = $1";
    let row = shop.prod.query_one(sql, &[&shop::CANARY_ID]).await.unwrap();
    let digests = names(row.get(0)).len();
    assert_eq!(digests, 4, "the digests are those that PostgreSQL computes");
}

async fn role(shop: &Loaded) {
    let sql = "SELECT count(*) FROM pg_roles WHERE rolname = current_user AND NOT rolsuper
               AND NOT rolcreaterole AND NOT rolreplication AND NOT rolbypassrls AND NOT rolcreatedb";
    assert_eq!(number(&shop.prod, sql).await, 1);
    assert_eq!(
        number(
            &shop.prod,
            "SELECT count(*) FROM pg_auth_members WHERE member = 'lockgate'::regrole"
        )
        .await,
        0
    );
    shop.prod
        .batch_execute("CREATE TABLE t (id int); DROP TABLE t")
        .await
        .unwrap();
}

async fn valid_looking_values(shop: &Loaded) {
    let luhn = "SELECT count(*) FROM (SELECT card FROM customers UNION ALL SELECT card_number FROM payments) c (n)
                WHERE (SELECT sum(CASE WHEN (length(n) - i) % 2 = 1 THEN d * 2 / 10 + d * 2 % 10 ELSE d END)
                       FROM generate_series(1, length(n)) i, CAST(substr(n, i, 1) AS integer) d) % 10 <> 0";
    let iban = "SELECT count(*) FROM payments WHERE (substr(iban, 5) || '1314' || substr(iban, 3, 2))::numeric % 97 <> 1";
    let ssn = "SELECT count(*) FROM customers WHERE ssn !~ '^[0-8][0-9]{2}-[0-9]{2}-[0-9]{4}$'
               OR ssn ~ '^(000|666)' OR ssn ~ '-00-' OR ssn ~ '-0000$'";
    for sql in [luhn, iban, ssn] {
        assert_eq!(number(&shop.prod, sql).await, 0, "{sql}");
    }
    assert!(number(&shop.prod, "SELECT count(card_number) FROM payments").await > 1000);
    assert!(number(&shop.prod, "SELECT count(iban) FROM payments").await > 300);
}

/// Views, children and functions give what the table gives.
async fn routes_to_the_ssn(shop: &Loaded) {
    let routes = [
        "SELECT customer_ssn(4711)",
        "SELECT customer_field(4711, 'ssn')",
        "SELECT reference::text FROM customer_references WHERE id = 4711",
        "SELECT buyer::text FROM order_references WHERE order_id = 47110",
    ];
    for sql in routes {
        let row = shop.prod.query_one(sql, &[]).await.unwrap();
        assert_eq!(row.get::<_, &str>(0), canary::SSN, "{sql}");
    }
}
