//! What lies around a statement: servers, settings, encodings, the protocol (45 to 56).

use super::{Attempt, binary, each, pipelined, text};

pub(crate) const SURROUNDINGS: &[Attempt] = &[
    each(
        45,
        &["select * from dblink('host=127.0.0.1', 'select ssn from customers') as t (x text)"],
    ),
    each(45, &["create server s foreign data wrapper postgres_fdw"]),
    each(
        45,
        &["import foreign schema public from server s into public"],
    ),
    each(
        45,
        &["create subscription s connection 'host=127.0.0.1' publication p"],
    ),
    each(45, &["load 'dblink'"]),
    each(45, &["create extension dblink"]),
    each(45, &["create language plpython3u"]),
    each(
        46,
        &["select query_to_xml('select ssn from customers', true, true, '')"],
    ),
    each(
        46,
        &["select query_to_xmlschema('select ssn from customers', true, true, '')"],
    ),
    each(46, &["select table_to_xml('customers', true, true, '')"]),
    each(46, &["select schema_to_xml('public', true, true, '')"]),
    each(46, &["select database_to_xml(true, true, '')"]),
    each(
        46,
        &["select * from ts_stat('select to_tsvector(ssn) from customers')"],
    ),
    each(
        46,
        &["select ts_rewrite('a'::tsquery, 'select ssn::tsquery, ssn::tsquery from customers')"],
    ),
    each(47, &["set role postgres"]),
    each(47, &["set session authorization postgres"]),
    each(
        47,
        &["reset role", "select ssn from customers where id = 4711"],
    ),
    each(47, &["set local role postgres"]),
    each(47, &["select set_config('role', 'postgres', false)"]),
    each(47, &["alter role current_user set role = 'postgres'"]),
    each(
        48,
        &[
            "set standard_conforming_strings = off",
            "select 'a\\\\' , ssn from customers --'",
        ],
    ),
    each(
        48,
        &[
            "set bytea_output = escape",
            "select ssn::bytea from customers where id = 4711",
        ],
    ),
    each(
        48,
        &[
            "set backslash_quote = on",
            "select ssn from customers where id = 4711",
        ],
    ),
    each(
        48,
        &[
            "set datestyle = 'sql, dmy'",
            "select birth_date from customers where id = 4711",
        ],
    ),
    each(
        49,
        &[
            "set client_encoding = 'SJIS'",
            "select ssn from customers where id = 4711",
        ],
    ),
    each(49, &["select set_config('client_encoding', 'BIG5', false)"]),
    each(49, &["set names 'GBK'"]),
    each(
        50,
        &["select U&\"\\0073sn\" from customers where id = 4711"],
    ),
    each(50, &["select \"ssn\" from customers where id = 4711"]),
    each(
        50,
        &["select /* /* */ */ ssn from customers where id = 4711"],
    ),
    each(
        50,
        &["select 1 -- x\rssn\n, ssn from customers where id = 4711"],
    ),
    each(
        50,
        &[
            "select ssn as aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa from customers where id = 4711",
        ],
    ),
    each(
        50,
        &["select U&'\\D800', ssn from customers where id = 4711"],
    ),
    each(
        51,
        &["select json_value(to_jsonb(c), '$.ssn') from customers c where id = 4711"],
    ),
    each(
        51,
        &["select json_scalar(ssn) from customers where id = 4711"],
    ),
    each(
        51,
        &[
            "select x.* from customers c, json_table(to_jsonb(c), '$' columns (s text path '$.ssn')) x where c.id = 4711",
        ],
    ),
    each(
        52,
        &["reset all", "select ssn from customers where id = 4711"],
    ),
    each(
        52,
        &[
            "reset client_encoding",
            "select ssn from customers where id = 4711",
        ],
    ),
    each(52, &["alter system set client_encoding = 'SJIS'"]),
    each(
        52,
        &["discard all", "select ssn from customers where id = 4711"],
    ),
    text(54, &["select 1; select ssn from customers where id = 4711"]),
    text(54, &[";; select ssn, name from customers where id = 4711"]),
    text(54, &["begin; select 1; commit; delete from customers"]),
    binary(55, &["select 1; select ssn from customers where id = 4711"]),
    pipelined(
        55,
        &["select 1", "select ssn from customers where id = 4711"],
    ),
    pipelined(
        55,
        &["select ssn from customers where id = 4711", "select 1"],
    ),
    pipelined(
        56,
        &[
            "select ssn from customers where id = 4711",
            "select no_such_column from customers",
            "select ssn || '' from customers where id = 4711",
        ],
    ),
    pipelined(
        56,
        &[
            "select ssn::int from customers where id = 4711",
            "select ssn from customers where id = 4711",
        ],
    ),
    pipelined(
        56,
        &[
            "delete from customers",
            "select ssn from customers where id = 4711",
        ],
    ),
];
