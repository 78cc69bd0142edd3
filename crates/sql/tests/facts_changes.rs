//! What is read of statements that change rows: actions, flows, restriction.

mod shop;

use shop::check;

#[test]
fn inserts_say_what_flows_where() {
    check(&[
        ("insert into dump(x) select ssn from customers", "insert; rel select:customers, insert:dump; use source:customers.ssn, assigned:dump.x; flow dump.x<-=customers.ssn"),
        ("insert into dump values ('a', $1)", "insert; rel insert:dump; use assigned:dump.x, assigned:dump.y; flow dump.x<-~, dump.y<-~"),
        ("insert into dump select ssn, name from customers", "insert; rel select:customers, insert:dump; use source:customers.name, source:customers.ssn, assigned:dump.x, assigned:dump.y; flow dump.x<-=customers.ssn, dump.y<-=customers.name"),
        ("insert into dump table s", "insert; rel insert:dump, select:s; use assigned:dump.x, assigned:dump.y, source:s.a, source:s.b; flow dump.x<-=s.a, dump.y<-=s.b"),
        ("insert into dump(y, x) values ((select ssn from customers), 'k')", "insert; rel select:customers, insert:dump; use source:customers.ssn, assigned:dump.x, assigned:dump.y; flow dump.y<-~customers.ssn, dump.x<-~"),
        ("insert into dump default values", "insert; rel insert:dump"),
        ("insert into dump as d (x) values ('k') returning x, d.y, *", "insert; out x=dump.x, y=dump.y, x=dump.x, y=dump.y; rel select:dump, insert:dump; use assigned:dump.x; flow dump.x<-~"),
        ("insert into dump(nothing) values (1)", "insert; rel insert:dump; flow away<-~; ! column `nothing` is not in the relation that is written"),
        ("insert into nowhere select ssn from customers", "insert; rel select:customers; use source:customers.ssn; flow away<-=customers.ssn; ! relation `nowhere` is not on the search path"),
        ("insert into v(s) values ('k')", "insert; rel insert:v; use assigned:customers.ssn; flow customers.ssn<-~"),
        ("with dump as (select 1) insert into dump(x) select ssn from customers", "insert; rel select:customers, insert:dump; use source:customers.ssn, assigned:dump.x; flow dump.x<-=customers.ssn"),
        ("with c as (select ssn from customers) insert into dump(x) select * from c", "insert; rel select:customers, insert:dump; use source:customers.ssn, assigned:dump.x; flow dump.x<-=customers.ssn"),
        ("insert into dump select * from json_each('{}')", "insert; rel insert:dump; use assigned:dump.x, assigned:dump.y; flow dump.x<-~, dump.y<-~"),
        ("insert into dump(x) select ssn from customers on conflict (x) do nothing", "insert; rel select:customers, insert:dump; use source:customers.ssn, filter:dump.x, assigned:dump.x; flow dump.x<-=customers.ssn"),
        ("insert into dump(x) select ssn from customers on conflict (x) where y > 'a' do update set y = excluded.x, x = dump.y || (select max(v) from guesses) where dump.y = excluded.y returning y", "insert; out y=dump.y; rel select:customers, select:dump, insert:dump, update:dump, select:guesses; use source:customers.ssn, filter:dump.x, assigned:dump.x, filter:dump.y, assigned:dump.y, source:dump.y, source:guesses.v; flow dump.x<-=customers.ssn, dump.y<-=customers.ssn, dump.x<-~dump.y+guesses.v"),
    ]);
}

#[test]
fn updates_say_what_flows_where() {
    check(&[
        ("update customers set name = ssn where id = 1", "update; rel update:customers; use filter:customers.id, assigned:customers.name, source:customers.ssn; flow customers.name<-=customers.ssn; restricted"),
        ("update customers c set name = upper(c.ssn), card = default where c.id = $1 returning c.ssn, name", "update; out ssn=customers.ssn, name=customers.name; rel select:customers, update:customers; use filter:customers.id, assigned:customers.name, source:customers.ssn, assigned:customers.card; flow customers.name<-~customers.ssn, customers.card<-~; restricted"),
        ("update customers set (name, card) = (ssn, 'x') where id = 1", "update; rel update:customers; use filter:customers.id, assigned:customers.name, source:customers.ssn, assigned:customers.card; flow customers.name<-=customers.ssn, customers.card<-~; restricted"),
        ("update customers set (name, card) = (select v, ssn from guesses) where id = 1", "update; rel update:customers, select:guesses; use filter:customers.id, assigned:customers.name, assigned:customers.card, source:guesses.v, source:guesses.ssn; flow customers.name<-=guesses.v, customers.card<-=guesses.ssn; restricted"),
        ("update customers set name = g.v from guesses g where g.ssn = customers.ssn returning *", "update; out id=customers.id, name=customers.name, ssn=customers.ssn, dob=customers.dob, card=customers.card, email=customers.email, v=guesses.v, ssn=guesses.ssn; rel select:customers, update:customers, select:guesses; use assigned:customers.name, filter:customers.ssn, source:guesses.v, filter:guesses.ssn; flow customers.name<-=guesses.v; restricted"),
        ("update places set home.street = (select ssn from customers) where id = 2", "update; rel select:customers, update:places; use source:customers.ssn, filter:places.id, assigned:places.home; flow places.home<-~customers.ssn; restricted"),
        ("update v set s = 'x' where s = 'y'", "update; rel update:v; use filter:customers.ssn, assigned:customers.ssn; flow customers.ssn<-~; restricted"),
        ("update only customers set name = 'x' where current of c", "update; rel update:customers; use assigned:customers.name; flow customers.name<-~; restricted"),
        ("update customers set nothing = 1 where id = 1", "update; rel update:customers; use filter:customers.id; flow away<-~; restricted; ! column `nothing` is not in the relation that is written"),
        ("with customers as (select 1 as id) update customers set name = 'x' where id = 1", "update; rel update:customers; use filter:customers.id, assigned:customers.name; flow customers.name<-~; restricted"),
    ]);
}

#[test]
fn merges_say_all_that_they_may_do() {
    check(&[
        ("merge into customers t using guesses g on t.ssn = g.ssn when matched and g.v > 'x' then update set name = g.v when not matched then insert (ssn, card) values (g.ssn, g.v) when matched then delete", "merge; rel insert:customers, update:customers, delete:customers, merge:customers, select:guesses; use assigned:customers.name, filter:customers.ssn, assigned:customers.ssn, assigned:customers.card, filter:guesses.v, source:guesses.v, filter:guesses.ssn, source:guesses.ssn; flow customers.name<-=guesses.v, customers.ssn<-~guesses.ssn, customers.card<-~guesses.v; restricted"),
        ("merge into dump using (select ssn as k from customers) q on x = q.k when not matched then do nothing", "merge; rel select:customers, merge:dump; use filter:customers.ssn, filter:dump.x"),
        ("merge into dump using s on x = a when not matched by source then delete", "merge; rel delete:dump, merge:dump, select:s; use filter:dump.x, filter:s.a; unrestricted"),
        ("merge into dump using s on true when matched then delete", "merge; rel delete:dump, merge:dump, select:s; unrestricted"),
    ]);
}

#[test]
fn deletes_read_what_they_use() {
    check(&[
        ("delete from customers where id = 1", "delete; rel delete:customers; use filter:customers.id; restricted"),
        ("delete from customers c using orders o where o.customer_id = c.id returning c.ssn", "delete; out ssn=customers.ssn; rel select:customers, delete:customers, select:orders; use filter:customers.id, filter:orders.customer_id; restricted"),
        ("delete from customers", "delete; rel delete:customers; unrestricted"),
        ("delete from only customers where ctid in (select ctid from customers limit 1)", "delete; rel select:customers, delete:customers; restricted"),
        ("delete from customers where id in (select customer_id from orders)", "delete; rel delete:customers, select:orders; use filter:customers.id, filter:orders.customer_id; restricted"),
    ]);
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
        ("id = 1 and exists (select 1 from orders where customer_id = customers.id)", Restricted),
        ("exists (select 1 from orders where customer_id = customers.id)", Restricted),
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
        ("exists (select 1 from orders where customer_id = 1)", Unrestricted),
        ("(select true)", Unrestricted),
        ("name = 'x' and $1", Unrestricted),
    ];
    for (predicate, expected) in cases {
        let facts = shop::facts(&format!("delete from customers where {predicate}"));
        assert_eq!(facts.restriction, expected, "{predicate}");
        let facts = shop::facts(&format!("update customers set name = 'x' where {predicate}"));
        assert_eq!(facts.restriction, expected, "{predicate}");
    }
}

#[test]
fn a_predicate_on_another_relation_does_not_restrict() {
    use sql::facts::Restriction::{Restricted, Unrestricted};
    let cases = [
        ("update customers set name = 'x' from customers c2 where c2.id = 1", Unrestricted),
        ("delete from customers using guesses g where g.v = 'x'", Unrestricted),
        ("delete from customers c using guesses g where g.ssn = c.ssn", Restricted),
        ("with d as (delete from dump returning x) delete from customers where id = 1", Unrestricted),
        ("with d as (delete from dump where x = '1' returning x) select 1", Restricted),
        ("explain analyze delete from customers", Unrestricted),
        ("prepare p as delete from customers", Unrestricted),
    ];
    for (text, expected) in cases {
        assert_eq!(shop::facts(text).restriction, expected, "{text}");
    }
}
