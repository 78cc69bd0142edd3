//! The attempts, by row of the list of threats: how one gets values past a proxy that masks.

mod inference;
mod moving;
mod surroundings;

/// How the statements are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Query messages; results in text.
    Simple,
    /// Parse, Bind, Execute without Describe; results in binary, with a row limit in between.
    Binary,
    /// Parse, Bind, Execute for each statement in one write, and one Sync for all.
    Pipelined,
}

impl Way {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Simple => "text",
            Self::Binary => "binary",
            Self::Pipelined => "pipelined",
        }
    }
}

/// One attempt: statements of one session, in order.
pub(crate) struct Attempt {
    pub(crate) row: u32,
    pub(crate) ways: &'static [Way],
    pub(crate) statements: &'static [&'static str],
}

const fn text(row: u32, statements: &'static [&'static str]) -> Attempt {
    Attempt {
        row,
        ways: &[Way::Simple],
        statements,
    }
}

const fn binary(row: u32, statements: &'static [&'static str]) -> Attempt {
    Attempt {
        row,
        ways: &[Way::Binary],
        statements,
    }
}

/// By the simple protocol in text, and by the extended protocol in binary.
const fn each(row: u32, statements: &'static [&'static str]) -> Attempt {
    Attempt {
        row,
        ways: &[Way::Simple, Way::Binary],
        statements,
    }
}

const fn pipelined(row: u32, statements: &'static [&'static str]) -> Attempt {
    Attempt {
        row,
        ways: &[Way::Pipelined],
        statements,
    }
}

/// All attempts, each with one of its ways.
pub(crate) fn all() -> impl Iterator<Item = (&'static Attempt, Way)> {
    [
        STRUCTURE,
        moving::MOVING,
        inference::INFERENCE,
        surroundings::SURROUNDINGS,
    ]
    .into_iter()
    .flatten()
    .flat_map(|attempt| attempt.ways.iter().map(move |way| (attempt, *way)))
}

/// Expressions and structure (1 to 19), messages and plans (33 to 36).
const STRUCTURE: &[Attempt] = &[
    text(
        1,
        &["select ssn as name, name as ssn from customers where id = 4711"],
    ),
    binary(
        1,
        &["select ssn as name, name as ssn from customers where id = 4711"],
    ),
    text(
        2,
        &[
            "select ssn || '', substr(ssn, 1, 3), reverse(ssn), upper(ssn) from customers where id = 4711",
        ],
    ),
    text(
        2,
        &[
            "select md5(ssn), encode(ssn::bytea, 'hex'), translate(ssn, '-', ''), format('%s', ssn) from customers where id = 4711",
        ],
    ),
    binary(
        2,
        &[
            "select ssn || '', reverse(ssn), encode(convert_to(ssn, 'UTF8'), 'base64') from customers where id = 4711",
        ],
    ),
    text(
        3,
        &[
            "select ssn::varchar, ssn collate \"C\", card::text, coalesce(ssn, ''), nullif(ssn, '') from customers where id = 4711",
        ],
    ),
    text(
        3,
        &[
            "select case when true then ssn end, greatest(ssn, ''), birth_date::text from customers where id = 4711",
        ],
    ),
    binary(
        3,
        &[
            "select ssn::varchar, birth_date + 0, extract(year from birth_date) from customers where id = 4711",
        ],
    ),
    text(4, &["select c from customers c where id = 4711"]),
    text(4, &["select customers from customers where id = 4711"]),
    text(
        4,
        &["select customers::text from customers where id = 4711"],
    ),
    binary(4, &["select c from customers c where id = 4711"]),
    text(
        5,
        &[
            "select row(c.*), row_to_json(c), to_jsonb(c) ->> 'ssn' from customers c where id = 4711",
        ],
    ),
    text(
        5,
        &[
            "select json_agg(c), array_agg(ssn), string_agg(ssn, ',') from customers c where id = 4711",
        ],
    ),
    text(5, &["select xmlforest(ssn) from customers where id = 4711"]),
    text(
        5,
        &["select e.* from customers c, jsonb_each(to_jsonb(c)) e where c.id = 4711"],
    ),
    text(5, &["select (c).* from customers c where id = 4711"]),
    text(
        5,
        &["select (c).ssn, c.ssn from customers c where id = 4711"],
    ),
    text(5, &["select ssn(c) from customers c where id = 4711"]),
    text(5, &["select c.*::text from customers c where id = 4711"]),
    binary(
        5,
        &["select row_to_json(c), (c).ssn from customers c where id = 4711"],
    ),
    text(
        6,
        &["with x as (select ssn from customers where id = 4711) select * from x"],
    ),
    text(
        6,
        &["with x as materialized (select ssn s from customers where id = 4711) select s from x"],
    ),
    text(
        6,
        &[
            "with recursive x(v, n) as (select ssn::text, 1 from customers where id = 4711 union all select v, n + 1 from x where n < 2) select * from x",
        ],
    ),
    text(
        6,
        &["with d as (delete from customers where id = 4711 returning *) select * from d"],
    ),
    text(
        7,
        &[
            "with customers as (select 1 as ssn) select * from customers, public.customers p where p.id = 4711",
        ],
    ),
    text(
        7,
        &[
            "with x as (select * from customers where id = 4711), customers as (select 1) select ssn from x",
        ],
    ),
    text(
        8,
        &["select q.ssn from (select ssn from customers where id = 4711 offset 0) q"],
    ),
    text(
        8,
        &["select l.s from customers c, lateral (select c.ssn s) l where c.id = 4711"],
    ),
    text(
        8,
        &[
            "select (select ssn from customers where id = 4711), array(select ssn from customers where id = 4711)",
        ],
    ),
    text(8, &["values ((select ssn from customers where id = 4711))"]),
    text(
        8,
        &["select unnest(array(select ssn from customers where id = 4711))"],
    ),
    text(
        8,
        &["select 1 from orders order by (select ssn from customers where id = 4711) limit 1"],
    ),
    text(
        9,
        &["select ssn from customers where id = 4711 union all select 'x'"],
    ),
    text(
        9,
        &["select null union select ssn from customers where id = 4711"],
    ),
    text(
        9,
        &["select ssn from customers where id = 4711 except select 'x'"],
    ),
    binary(
        9,
        &["select ssn from customers where id = 4711 union all select 'x'"],
    ),
    text(
        10,
        &["select * from customers t(a, b, c, d, e, f, g, h) where a = 4711"],
    ),
    text(
        10,
        &["select t.e from customers t(a, b, c, d, e, f) where a = 4711"],
    ),
    text(
        10,
        &["select j.id, b.ssn from customers a join customers b using (id) as j where j.id = 4711"],
    ),
    text(
        10,
        &["select ssn from customers a natural join customer_contacts b where id = 4711"],
    ),
    text(11, &["table customers"]),
    text(11, &["select * from only customers where id = 4711"]),
    text(11, &["select * from customers * where id = 4711"]),
    text(
        11,
        &["select ssn from customers tablesample system (100) where id = 4711"],
    ),
    text(
        12,
        &["select reference from customer_references where id = 4711"],
    ),
    text(12, &["select buyer from order_references"]),
    text(12, &["select * from customer_contacts where id = 4711"]),
    text(
        12,
        &["select * from customer_spend where customer_id = 4711"],
    ),
    text(12, &["select * from customers_masked where id = 4711"]),
    text(13, &["select ssn from customers_archive"]),
    text(13, &["select * from customers_archive"]),
    text(14, &["select customer_ssn(4711)"]),
    text(14, &["select customer_field(4711, 'ssn')"]),
    text(
        15,
        &["do $$ begin raise notice '%', (select ssn from customers where id = 4711); end $$"],
    ),
    text(
        15,
        &[
            "create function f() returns text language sql as 'select ssn from customers where id = 4711'",
            "select f()",
        ],
    ),
    text(
        16,
        &[
            "prepare p as select ssn from customers where id = 4711",
            "execute p",
        ],
    ),
    text(
        16,
        &[
            "prepare p as select ssn || '' from customers where id = 4711",
            "execute p",
        ],
    ),
    text(
        16,
        &[
            "prepare p as select ssn from customers where id = 4711",
            "create table t as execute p",
        ],
    ),
    binary(
        16,
        &[
            "prepare p as select ssn from customers where id = 4711",
            "execute p",
        ],
    ),
    text(
        17,
        &[
            "begin",
            "declare c cursor for select ssn, reverse(ssn) from customers where id = 4711",
            "fetch all from c",
        ],
    ),
    text(
        17,
        &[
            "declare c cursor with hold for select ssn from customers where id = 4711",
            "fetch all from c",
        ],
    ),
    binary(
        17,
        &[
            "begin",
            "declare c cursor for select ssn, birth_date from customers where id = 4711",
            "fetch all from c",
        ],
    ),
    binary(
        18,
        &["select ssn, birth_date, name, email, phone from customers where id = 4711"],
    ),
    binary(
        18,
        &["select salary, name, email from employees where id = 4711"],
    ),
    binary(18, &["select card_number, iban from payments"]),
    text(
        19,
        &["select json_build_object('s', ssn) from customers where id = 4711"],
    ),
    text(
        19,
        &["select work_email, emails, home, valid from contacts"],
    ),
    binary(
        19,
        &["select work_email, emails, home, valid from contacts"],
    ),
    text(33, &["select ssn::int from customers where id = 4711"]),
    text(33, &["select ssn::date from customers where id = 4711"]),
    text(33, &["select ssn::json from customers where id = 4711"]),
    text(33, &["select ssn::regclass from customers where id = 4711"]),
    text(
        33,
        &["select xmlparse(document ssn) from customers where id = 4711"],
    ),
    text(
        33,
        &["select array[ssn]::int[] from customers where id = 4711"],
    ),
    binary(33, &["select ssn::int from customers where id = 4711"]),
    text(33, &["select nextval(ssn) from customers where id = 4711"]),
    text(
        34,
        &[
            "insert into customers (id, name, email, ssn, created_at) select 1000000, 'x', 'x@example.com', ssn, now() from customers where id = 4711",
        ],
    ),
    text(
        34,
        &["insert into customers select * from customers where id = 4711"],
    ),
    text(
        34,
        &["update customers set ssn = null, name = null where id = 4711"],
    ),
    text(
        35,
        &["do $$ begin raise exception '%', (select string_agg(ssn, ',') from customers); end $$"],
    ),
    text(
        35,
        &[
            "set client_min_messages = debug5",
            "select ssn from customers where id = 4711",
        ],
    ),
    text(
        36,
        &["explain verbose select ssn from customers where id = 4711"],
    ),
    text(
        36,
        &["explain (analyze, verbose) select * from customers where ssn = '111-22-3333'"],
    ),
    text(
        36,
        &["explain analyze delete from customers where id = 4711"],
    ),
    text(
        36,
        &["copy (select ssn, name, email from customers where id = 4711) to stdout"],
    ),
    text(
        36,
        &["copy customers (id, ssn, email) to stdout with (format csv, header)"],
    ),
    text(36, &["copy customers to stdout with (format binary)"]),
];
