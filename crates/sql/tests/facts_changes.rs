//! What is read of statements that change rows: actions, flows, restriction.

mod shop;

use shop::check;

#[test]
fn inserts_say_what_flows_where() {
    check(include_str!("cases/inserts_say_what_flows_where.txt"));
}

#[test]
fn updates_say_what_flows_where() {
    check(include_str!("cases/updates_say_what_flows_where.txt"));
}

#[test]
fn merges_say_all_that_they_may_do() {
    check(include_str!("cases/merges_say_all_that_they_may_do.txt"));
}

#[test]
fn deletes_read_what_they_use() {
    check(include_str!("cases/deletes_read_what_they_use.txt"));
}

/// The predicate, and whether it restricts.
#[test]
fn a_predicate_restricts_only_beyond_doubt() {
    use sql::facts::Restriction::{Restricted, Unrestricted};
    let cases = [
        ("id = 1", Restricted),
        ("id = $1 and name = 'x'", Restricted),
        ("(id = 1) and ((name like 'a%'))", Restricted),
        ("id between 1 and 2", Restricted),
        ("id in (1, 2)", Restricted),
        ("id = any ($1)", Restricted),
        ("name is null", Restricted),
        ("lower(name) = 'x'", Restricted),
        ("name = true", Restricted),
        ("customers.id = 1", Restricted),
        (
            "id = 1 and exists (select 1 from orders where customer_id = customers.id)",
            Restricted,
        ),
        (
            "exists (select 1 from orders where customer_id = customers.id)",
            Restricted,
        ),
        ("true", Unrestricted),
        ("1 = 1", Unrestricted),
        ("id = id", Unrestricted),
        ("id = customers.id", Unrestricted),
        ("id between id and id + 1", Unrestricted),
        ("id in (id, 1)", Unrestricted),
        ("id = 1 or true", Unrestricted),
        ("id between 1 and 2 or true", Unrestricted),
        ("id = 1 or name = 'x'", Unrestricted),
        ("not (id = 1)", Unrestricted),
        ("id is not null", Unrestricted),
        ("id notnull", Unrestricted),
        ("id not in (1)", Unrestricted),
        ("id = 1 and 1 = 1", Unrestricted),
        ("id = 1 and true", Unrestricted),
        ("(id = 1) = (1 = 1)", Unrestricted),
        ("case when id = 1 then true else true end", Unrestricted),
        ("coalesce(id = 1, true)", Unrestricted),
        ("now() > '2000-01-01'", Unrestricted),
        ("$1", Unrestricted),
        ("exists (select 1)", Unrestricted),
        (
            "exists (select 1 from orders where customer_id = 1)",
            Unrestricted,
        ),
        ("(select true)", Unrestricted),
        ("name = 'x' and $1", Unrestricted),
    ];
    for (predicate, expected) in cases {
        let facts = shop::facts(&format!("delete from customers where {predicate}"));
        assert_eq!(facts.restriction, expected, "{predicate}");
        let facts = shop::facts(&format!(
            "update customers set name = 'x' where {predicate}"
        ));
        assert_eq!(facts.restriction, expected, "{predicate}");
    }
}

#[test]
fn a_predicate_on_another_relation_does_not_restrict() {
    use sql::facts::Restriction::{Restricted, Unrestricted};
    let cases = [
        (
            "update customers set name = 'x' from customers c2 where c2.id = 1",
            Unrestricted,
        ),
        (
            "delete from customers using guesses g where g.v = 'x'",
            Unrestricted,
        ),
        (
            "delete from customers c using guesses g where g.ssn = c.ssn",
            Restricted,
        ),
        (
            "with d as (delete from dump returning x) delete from customers where id = 1",
            Unrestricted,
        ),
        (
            "with d as (delete from dump where x = '1' returning x) select 1",
            Restricted,
        ),
        ("explain analyze delete from customers", Unrestricted),
        ("prepare p as delete from customers", Unrestricted),
    ];
    for (text, expected) in cases {
        assert_eq!(shop::facts(text).restriction, expected, "{text}");
    }
}
