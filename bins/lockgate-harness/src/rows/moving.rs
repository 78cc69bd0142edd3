//! Definitions, flows and effects (20 to 32).

use super::{Attempt, each};

pub(crate) const MOVING: &[Attempt] = &[
    each(
        20,
        &[
            "alter table customers rename column ssn to s",
            "select s from customers where id = 4711",
        ],
    ),
    each(
        20,
        &[
            "alter table customers rename to c2",
            "select ssn from c2 where id = 4711",
        ],
    ),
    each(
        20,
        &[
            "alter table customers alter column ssn type varchar(20)",
            "select ssn from customers where id = 4711",
        ],
    ),
    each(20, &["alter table customers set schema pg_temp"]),
    each(
        20,
        &[
            "create or replace view customers_masked as select ssn from customers",
            "select * from customers_masked",
        ],
    ),
    each(
        22,
        &[
            "create temp table customers as select * from public.customers",
            "select ssn from customers where id = 4711",
        ],
    ),
    each(
        22,
        &[
            "set search_path = pg_temp, public",
            "select ssn, lower(ssn) from customers where id = 4711",
        ],
    ),
    each(
        22,
        &[
            "create function lower(text) returns text language sql as 'select $1'",
            "select lower(ssn) from customers where id = 4711",
        ],
    ),
    each(23, &["create table dump as select * from customers"]),
    each(23, &["select * into dump from customers"]),
    each(
        23,
        &["create materialized view dump as select ssn from customers"],
    ),
    each(23, &["create temp table dump as select ssn from customers"]),
    each(23, &["insert into notes (body) select ssn from customers"]),
    each(23, &["insert into orders table customers"]),
    each(24, &["update customers set name = ssn where id = 4711"]),
    each(
        24,
        &["update orders o set status = c.ssn from customers c where o.customer_id = c.id"],
    ),
    each(
        24,
        &[
            "merge into orders o using customers c on o.customer_id = c.id when matched then update set status = c.ssn",
        ],
    ),
    each(
        24,
        &[
            "insert into orders (id) values (1) on conflict (id) do update set status = (select ssn from customers where id = 4711)",
        ],
    ),
    each(
        25,
        &["update customers set name = name where id = 4711 returning ssn"],
    ),
    each(
        25,
        &["update customers set name = name where id = 4711 returning *"],
    ),
    each(
        25,
        &["delete from customers where id = 4711 returning customers.*"],
    ),
    each(
        25,
        &["insert into customers select * from customers where id = 4711 returning ssn"],
    ),
    each(
        26,
        &["explain analyze update customers set name = 'x' where id = 4711"],
    ),
    each(
        26,
        &[
            "with d as (update customers set name = 'x' where id = 4711 returning ssn) select * from d",
        ],
    ),
    each(
        26,
        &["copy (delete from customers where id = 4711 returning *) to stdout"],
    ),
    each(
        26,
        &[
            "prepare d as delete from customers where id = 4711 returning ssn",
            "execute d",
        ],
    ),
    each(
        26,
        &["create rule r as on insert to orders do also select ssn from customers"],
    ),
    each(27, &["copy customers (ssn) to program 'cat'"]),
    each(27, &["copy customers to '/tmp/dump'"]),
    each(
        27,
        &["copy (select ssn from customers) to stdout (format binary)"],
    ),
    each(27, &["copy customers from program 'cat /etc/passwd'"]),
    each(
        28,
        &["select lo_from_bytea(0, string_agg(ssn, ',')::bytea) from customers where id = 4711"],
    ),
    each(28, &["select lo_get(1)"]),
    each(28, &["select lo_export(1, '/tmp/dump')"]),
    each(
        29,
        &[
            "select set_config('app.x', ssn, false) from customers where id = 4711",
            "select current_setting('app.x')",
        ],
    ),
    each(29, &["comment on table customers is '111'"]),
    each(
        29,
        &[
            "select setval('customers_id_seq', replace(ssn, '-', '')::bigint) from customers where id = 4711",
        ],
    ),
    each(
        29,
        &["select pg_advisory_lock(replace(ssn, '-', '')::bigint) from customers where id = 4711"],
    ),
    each(
        29,
        &["select pg_logical_emit_message(false, 'x', ssn) from customers where id = 4711"],
    ),
    each(
        30,
        &[
            "listen ch",
            "select pg_notify('ch', ssn) from customers where id = 4711",
        ],
    ),
    each(31, &["truncate customers"]),
    each(31, &["drop table customers"]),
    each(31, &["alter table customers drop column ssn"]),
    each(31, &["delete from customers"]),
    each(31, &["update customers set name = 'x' where true"]),
    each(31, &["delete from customers where id = id"]),
    each(32, &["begin read only", "commit", "delete from customers"]),
    each(
        32,
        &[
            "begin read only",
            "set transaction read write",
            "delete from customers",
        ],
    ),
    each(
        32,
        &[
            "begin",
            "savepoint s",
            "delete from customers",
            "rollback to s",
        ],
    ),
];
