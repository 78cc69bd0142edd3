//! Statistics, monitoring and inference (37 to 43).

use super::{Attempt, each};

pub(crate) const INFERENCE: &[Attempt] = &[
    each(
        37,
        &["select most_common_vals, histogram_bounds from pg_stats where tablename = 'customers'"],
    ),
    each(37, &["select stavalues1 from pg_statistic"]),
    each(
        37,
        &["select e.* from (values (1)) v (x) left join pg_stats_ext e on true"],
    ),
    each(37, &["select * from pg_statistic_ext_data"]),
    each(
        37,
        &["select e.* from (values (1)) v (x) left join pg_stats_ext_exprs e on true"],
    ),
    each(38, &["select query from pg_stat_activity"]),
    each(
        38,
        &[
            "begin",
            "declare c cursor for select id from customers where ssn = $$x$$ or true",
            "select statement from pg_cursors",
        ],
    ),
    each(
        38,
        &[
            "begin",
            "declare c cursor for select id from customers",
            "select statement from pg_cursors",
        ],
    ),
    each(
        38,
        &[
            "prepare p as select 1",
            "select statement from pg_prepared_statements",
        ],
    ),
    each(38, &["select * from pg_shadow"]),
    each(38, &["select rolpassword from pg_authid"]),
    each(38, &["select subconninfo from pg_subscription"]),
    each(38, &["select pg_read_file('PG_VERSION')"]),
    each(38, &["select pg_ls_dir('.')"]),
    each(38, &["select * from pg_hba_file_rules"]),
    each(39, &["select id from customers order by ssn limit 1"]),
    each(39, &["select count(*) from customers group by ssn"]),
    each(39, &["select distinct ssn from customers"]),
    each(
        39,
        &["select row_number() over (order by ssn) from customers"],
    ),
    each(39, &["select min(ssn), max(ssn) from customers"]),
    each(
        39,
        &["select count(*) from customers group by name having max(ssn) > '1'"],
    ),
    each(
        39,
        &["select percentile_disc(0.5) within group (order by ssn) from customers"],
    ),
    each(
        40,
        &[
            "select pg_sleep(case when ssn like '1%' then 1 else 0 end) from customers where id = 4711",
        ],
    ),
    each(
        40,
        &["select generate_series(1, left(ssn, 1)::int) from customers where id = 4711"],
    ),
    each(41, &["create statistics st on ssn, name from customers"]),
    each(
        41,
        &["alter table customers alter column ssn type int using ssn::int"],
    ),
    each(41, &["create unique index i on customers (left(ssn, 3))"]),
    each(
        41,
        &["create index i on customers (id) where ssn like '1%'"],
    ),
    each(
        42,
        &["update customers set name = name where ssn = '000-00-0000'"],
    ),
    each(
        43,
        &["select length(ssn), octet_length(ssn) from customers where id = 4711"],
    ),
];
