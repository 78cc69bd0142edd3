//! The shop: two databases with people, trade and secrets in them.
//!
//! `shop_prod` has about a thousand customers and the planted values of [`canary`]; `shop_staging`
//! is smaller and has made-up people only. All rows follow from rules, so that every load gives the
//! same data.

use crate::cluster::data::random_password;
use crate::{Cluster, ClusterError, canary};

/// The database with the planted values.
pub const PROD: &str = "shop_prod";
/// The database for trying things out.
pub const STAGING: &str = "shop_staging";
/// The role that owns both databases: it may do anything within them and nothing outside, as the
/// upstream role of a gate should.
pub const ROLE: &str = "lockgate";

/// The customer and the employee whose values are all planted, and the key of an integration.
pub const CANARY_ID: i64 = 4711;

const SCHEMA: &str = include_str!("../data/schema.sql");
const ROWS: &str = include_str!("../data/rows.sql");
const CANARIES: &str = include_str!("../data/canaries.sql");

/// A column of the shop that holds what has to be protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sensitive {
    /// The relation in schema `public`.
    pub relation: &'static str,
    /// The column's name.
    pub column: &'static str,
    /// The tag that it deserves.
    pub tag: &'static str,
}

const fn sensitive(relation: &'static str, column: &'static str, tag: &'static str) -> Sensitive {
    Sensitive {
        relation,
        column,
        tag,
    }
}

/// Every column of a table in which a planted value stands by itself. Views and children are not
/// listed: their tags follow from these.
pub const SENSITIVE: [Sensitive; 16] = [
    sensitive("customers", "name", "pii.name"),
    sensitive("customers", "email", "pii.email"),
    sensitive("customers", "phone", "pii.phone"),
    sensitive("customers", "ssn", "pii.ssn"),
    sensitive("customers", "birth_date", "pii.birth_date"),
    sensitive("customers", "card", "pii.card"),
    sensitive("customers", "address", "pii.address"),
    sensitive("contacts", "work_email", "pii.email"),
    sensitive("contacts", "emails", "pii.email"),
    sensitive("contacts", "home", "pii.address"),
    sensitive("payments", "card_number", "pii.card"),
    sensitive("payments", "iban", "pii.iban"),
    sensitive("employees", "name", "pii.name"),
    sensitive("employees", "email", "pii.email"),
    sensitive("employees", "salary", "business.salary"),
    sensitive("api_keys", "key", "secret.key"),
];

/// A loaded shop.
#[derive(Clone)]
pub struct Shop {
    /// The password of [`ROLE`].
    pub password: String,
}

impl std::fmt::Debug for Shop {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Shop").finish_non_exhaustive()
    }
}

/// Whether the planted values are in a database.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Planted {
    Yes,
    No,
}

/// Makes the role and both databases and fills them. Needs a tokio runtime.
///
/// # Errors
/// [`ClusterError::Sql`], for example if the shop is loaded already.
pub async fn load(cluster: &Cluster) -> Result<Shop, ClusterError> {
    let shop = Shop {
        password: random_password()?,
    };
    let superuser = cluster.connect("postgres").await?;
    // The password is hexadecimal: nothing in it to be quoted.
    let role = format!(
        "CREATE ROLE {ROLE} LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS
         PASSWORD '{}'",
        shop.password
    );
    superuser
        .batch_execute(&role)
        .await
        .map_err(ClusterError::sql("creating the role"))?;
    for database in [PROD, STAGING] {
        let create = format!("CREATE DATABASE {database} OWNER {ROLE}");
        superuser
            .batch_execute(&create)
            .await
            .map_err(ClusterError::sql("creating a database"))?;
        let close = format!("REVOKE ALL ON DATABASE {database} FROM PUBLIC");
        superuser
            .batch_execute(&close)
            .await
            .map_err(ClusterError::sql("closing a database"))?;
    }
    tokio::try_join!(
        fill(
            cluster,
            &shop,
            PROD,
            "SET shop.first = 1; SET shop.customers = 1000",
            Planted::Yes
        ),
        fill(
            cluster,
            &shop,
            STAGING,
            "SET shop.first = 5001; SET shop.customers = 100",
            Planted::No
        ),
    )?;
    Ok(shop)
}

async fn fill(
    cluster: &Cluster,
    shop: &Shop,
    database: &str,
    size: &str,
    planted: Planted,
) -> Result<(), ClusterError> {
    own_public(cluster, database).await?;
    let owner = cluster.connect_as(ROLE, &shop.password, database).await?;
    let run = async |action, sql: &str| {
        owner
            .batch_execute(sql)
            .await
            .map_err(ClusterError::sql(action))
    };
    run("creating the tables", SCHEMA).await?;
    run("setting the size", size).await?;
    run("filling the tables", ROWS).await?;
    if planted == Planted::Yes {
        run("naming the canaries", &canary_settings()).await?;
        run("planting the canaries", CANARIES).await?;
    }
    run(
        "deriving",
        "REFRESH MATERIALIZED VIEW customer_spend; ANALYZE",
    )
    .await
}

/// Makes schema `public` the owner's alone, as it is since PostgreSQL 15.
async fn own_public(cluster: &Cluster, database: &str) -> Result<(), ClusterError> {
    let superuser = cluster.connect(database).await?;
    let statement =
        format!("ALTER SCHEMA public OWNER TO {ROLE}; REVOKE ALL ON SCHEMA public FROM PUBLIC");
    superuser
        .batch_execute(&statement)
        .await
        .map_err(ClusterError::sql("closing the schema"))
}

/// One `SET canary.name = 'value'` for each canary; none has a quote in it.
fn canary_settings() -> String {
    canary::ALL
        .iter()
        .map(|canary| format!("SET canary.{} = '{}';", canary.name, canary.value))
        .collect()
}
