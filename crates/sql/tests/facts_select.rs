//! What is read of queries: lineage, relations, clauses.

mod shop;

use shop::check;

#[test]
fn lineage_follows_the_column_and_not_the_name() {
    check(&[
        ("select ssn as name, name as ssn from customers", "select; out name=customers.ssn, ssn=customers.name; rel select:customers"),
        ("select ssn from customers", "select; out ssn=customers.ssn; rel select:customers"),
        ("select c.ssn, public.customers.id from customers c, customers", "select; out ssn=customers.ssn, id=customers.id; rel select:customers"),
        ("select (ssn), (c.ssn) from customers c", "select; out ssn=customers.ssn, ssn=customers.ssn; rel select:customers"),
        ("select 1, 'x', null, $1 from customers", "select; out ?column?~, ?column?~, ?column?~, ?column?~; rel select:customers"),
        ("table customers", "select; out id=customers.id, name=customers.name, ssn=customers.ssn, dob=customers.dob, card=customers.card, email=customers.email; rel select:customers"),
        ("select from customers", "select; rel select:customers"),
        ("select * from only customers *", "select; out id=customers.id, name=customers.name, ssn=customers.ssn, dob=customers.dob, card=customers.card, email=customers.email; rel select:customers"),
        ("select id, * from s, orders o", "select; out id=orders.id, a=s.a, b=s.b, id=orders.id, customer_id=orders.customer_id, total=orders.total, note=orders.note; rel select:orders, select:s"),
        ("select o.*, 1 from customers c, orders o", "select; out id=orders.id, customer_id=orders.customer_id, total=orders.total, note=orders.note, ?column?~; rel select:customers, select:orders"),
        ("select CUSTOMERS.\"ssn\", U&\"\\0073sn\" from Customers", "select; out ssn=customers.ssn, ssn=customers.ssn; rel select:customers"),
        ("select ctid, tableoid, ssn from customers", "select; out ctid~, tableoid~, ssn=customers.ssn; rel select:customers"),
        ("values ((select ssn from customers), 1), (name, 2)", "select; out column1?customers.ssn, column2~; rel select:customers; ! column `name` is in no relation in sight"),
        ("select current_date, current_user, session_user", "select; out current_date~, current_user~, session_user~"),
        ("select x.* from customers as x(a, b, c)", "select; out a=customers.id, b=customers.name, c=customers.ssn, dob=customers.dob, card=customers.card, email=customers.email; rel select:customers"),
        ("select c from customers x(a, b, c, d, e, f)", "select; out c=customers.ssn; rel select:customers"),
    ]);
}

#[test]
fn an_expression_is_derived_from_all_that_is_in_it() {
    check(&[
        ("select ssn::varchar, ssn collate \"C\", card::text, cast(ssn as text) from customers", "select; out ssn~customers.ssn, ssn~customers.ssn, card~customers.card, ssn~customers.ssn; rel select:customers"),
        ("select coalesce(ssn, ''), nullif(ssn, ''), greatest(ssn, name) from customers", "select; out coalesce~customers.ssn, nullif~customers.ssn, greatest~customers.name+customers.ssn; rel select:customers"),
        ("select case when ssn = '1' then name end from customers", "select; out case~customers.name+customers.ssn; rel select:customers"),
        ("select case when true then ssn end from customers", "select; out case~customers.ssn; rel select:customers"),
        ("select ssn || name, lower(ssn), substr from customers, (select substring(ssn from 1 for 3) substr from customers) q", "select; out ?column?~customers.name+customers.ssn, lower~customers.ssn, substr~customers.ssn; rel select:customers"),
        ("select id between 1 and 2 or ssn = 'x' from customers", "select; out ?column?~customers.id+customers.ssn; rel select:customers"),
        ("select not ssn like 'x', ssn is null, -id from customers", "select; out ?column?~customers.ssn, ?column?~customers.ssn, ?column?~customers.id; rel select:customers"),
        ("select array[ssn, name], row(ssn, id), (array[ssn])[1] from customers", "select; out array~customers.name+customers.ssn, row~customers.id+customers.ssn, array~customers.ssn; rel select:customers"),
        ("select array(select ssn from customers), (select max(ssn) from customers)", "select; out array~customers.ssn, max~customers.ssn; rel select:customers"),
        ("select ssn in (select v from guesses), exists (select ssn from customers) from customers", "select; out ?column?~customers.ssn+guesses.v, exists~; rel select:customers, select:guesses; use filter:guesses.v"),
        ("select ssn = any (select v from guesses) from customers", "select; out ?column?~customers.ssn+guesses.v; rel select:customers, select:guesses; use filter:guesses.v"),
        ("select max(ssn), string_agg(ssn, ',' order by name), array_agg(distinct ssn) from customers", "select; out max~customers.ssn, string_agg~customers.ssn, array_agg~customers.ssn; rel select:customers; use order:customers.name, distinct:customers.ssn"),
        ("select percentile_disc(0.5) within group (order by ssn) from customers", "select; out percentile_disc~customers.ssn; rel select:customers"),
        ("select extract(year from dob), trim(both 'x' from ssn), overlay(ssn placing name from 1) from customers", "select; out extract~customers.dob, btrim~customers.ssn, overlay~customers.name+customers.ssn; rel select:customers"),
        ("select xmlelement(name a, ssn), xmlforest(ssn as b) from customers", "select; out xmlelement~customers.ssn, xmlforest~customers.ssn; rel select:customers"),
        ("select dob at time zone name from customers", "select; out timezone~customers.name+customers.dob; rel select:customers"),
        ("select ssn operator(pg_catalog.||) name from customers", "select; out ?column?~customers.name+customers.ssn; rel select:customers"),
        ("select ssn operator(evil.||) name from customers", "select; out ?column??customers.name+customers.ssn; rel select:customers; ! operator of schema `evil` is not analysed"),
    ]);
}

#[test]
fn count_shows_how_many_and_nothing_else() {
    check(&[
        ("select count(*) from customers", "select; out count~; rel select:customers"),
        ("select count(ssn), count(distinct ssn) from customers", "select; out count~, count~; rel select:customers; use distinct:customers.ssn"),
        ("select count(c), pg_catalog.count(c.*) from customers c", "select; out count~, count~; rel select:customers"),
        ("select count(case when ssn like '1%' then 1 end) from customers", "select; out count~; rel select:customers; use filter:customers.ssn"),
        ("select count(*) filter (where ssn like '1%') from customers", "select; out count~; rel select:customers; use filter:customers.ssn"),
    ]);
}

#[test]
fn rows_are_values_too() {
    check(&[
        ("select c from customers c", "select; out c~customers.*; rel select:customers"),
        ("select customers from customers", "select; out customers~customers.*; rel select:customers"),
        ("select customers::text, row_to_json(c), to_jsonb(c)->>'ssn' from customers c, customers", "select; out customers~customers.*, row_to_json~customers.*, ?column?~customers.*; rel select:customers"),
        ("select (c).ssn, (c).* from customers c", "select; out ssn=customers.ssn, id=customers.id, name=customers.name, ssn=customers.ssn, dob=customers.dob, card=customers.card, email=customers.email; rel select:customers"),
        ("select ssn(c), c.lower from customers c", "select; out ssn=customers.ssn, lower~customers.*; rel select:customers"),
        ("select row(c.*), count(c.*) from customers c", "select; out row~customers.*, count~; rel select:customers"),
        ("select q.c from (select c from customers c) q", "select; out c~customers.*; rel select:customers"),
        ("select (q.c).ssn from (select c from customers c) q", "select; out ssn=customers.ssn; rel select:customers"),
        ("select (q.c).* from (select c from customers c) q", "select; out id=customers.id, name=customers.name, ssn=customers.ssn, dob=customers.dob, card=customers.card, email=customers.email; rel select:customers"),
        ("select (home).street, (home).*, home from places", "select; out street~places.home, street~places.home, city~places.home, home=places.home; rel select:places"),
        ("select (places.home).city from places", "select; out city~places.home; rel select:places"),
        ("select ('/etc/passwd').pg_read_file", "select; out pg_read_file?; fn reachesoutside:pg_catalog.pg_read_file"),
        ("select (customer_of(1)).ssn, (customer_of(1)).*", "select; out ssn?, id?, name?, ssn?, dob?, card?, email?; fn userdefined:public.customer_of"),
        ("select c.nothing from customers c", "select; out nothing?; rel select:customers; ! column `nothing` is not in this row"),
        ("select s from s", "select; out s~s.*; rel select:s"),
    ]);
}

#[test]
fn columns_that_decide_stand_with_their_clause() {
    check(&[
        ("select id from customers where ssn like '1%' order by card", "select; out id=customers.id; rel select:customers; use filter:customers.ssn, order:customers.card"),
        ("select name from customers group by name having max(ssn) > '5'", "select; out name=customers.name; rel select:customers; use group:customers.name, filter:customers.ssn"),
        ("select distinct ssn from customers", "select; out ssn=customers.ssn; rel select:customers; use distinct:customers.ssn"),
        ("select distinct on (ssn) name from customers", "select; out name=customers.name; rel select:customers; use distinct:customers.ssn"),
        ("select id from customers order by (select max(v) from guesses)", "select; out id=customers.id; rel select:customers, select:guesses; use order:guesses.v"),
        ("select id from customers limit (select length(ssn) from customers limit 1)", "select; out id=customers.id; rel select:customers; use filter:customers.ssn"),
        ("select ssn as n, name as x from customers order by n", "select; out n=customers.ssn, x=customers.name; rel select:customers; use order:customers.ssn"),
        ("select ssn as n, name as x from customers order by 1, x desc nulls last", "select; out n=customers.ssn, x=customers.name; rel select:customers; use order:customers.name, order:customers.ssn"),
        ("select upper(ssn) as name from customers group by name", "select; out name~customers.ssn; rel select:customers; use group:customers.name"),
        ("select 1 from customers group by rollup (ssn, (name, dob)), grouping sets ((card), ())", "select; out ?column?~; rel select:customers; use group:customers.name, group:customers.ssn, group:customers.dob, group:customers.card"),
        ("select row_number() over (partition by ssn order by card) from customers", "select; out row_number~; rel select:customers; use window:customers.ssn, window:customers.card"),
        ("select rank() over w from customers window w as (order by ssn rows between 1 preceding and current row)", "select; out rank~; rel select:customers; use window:customers.ssn"),
        ("select name from customers c join guesses g on g.v = c.ssn", "select; out name=customers.name; rel select:customers, select:guesses; use filter:customers.ssn, filter:guesses.v"),
        ("select 1 from customers join guesses using (ssn)", "select; out ?column?~; rel select:customers, select:guesses; use join:customers.ssn, join:guesses.ssn"),
        ("select id from customers where exists (select * from orders where customer_id = customers.id)", "select; out id=customers.id; rel select:customers, select:orders; use filter:customers.id, filter:orders.customer_id"),
        ("select id from customers where exists (select ssn || 'x' from customers)", "select; out id=customers.id; rel select:customers; use filter:customers.ssn"),
        ("select id from customers where id in (select customer_id from orders where note = 'x')", "select; out id=customers.id; rel select:customers, select:orders; use filter:customers.id, filter:orders.customer_id, filter:orders.note"),
        ("select id from customers for update", "select; out id=customers.id; rel select:customers, lock:customers"),
        ("select 1 from customers c, orders o for update of o skip locked", "select; out ?column?~; rel select:customers, select:orders, lock:orders"),
        ("select id from customers tablesample system (10)", "select; out id=customers.id; rel select:customers"),
    ]);
}

#[test]
fn joins_merge_columns_as_the_server_does() {
    check(&[
        ("select ssn, * from customers join guesses using (ssn)", "select; out ssn=customers.ssn, ssn=customers.ssn, id=customers.id, name=customers.name, dob=customers.dob, card=customers.card, email=customers.email, v=guesses.v; rel select:customers, select:guesses; use join:customers.ssn, join:guesses.ssn"),
        ("select ssn from customers right join guesses using (ssn)", "select; out ssn=guesses.ssn; rel select:customers, select:guesses; use join:customers.ssn, join:guesses.ssn"),
        ("select ssn from customers full join guesses using (ssn)", "select; out ssn~customers.ssn+guesses.ssn; rel select:customers, select:guesses; use join:customers.ssn, join:guesses.ssn"),
        ("select j.ssn, guesses.ssn from customers join guesses using (ssn) as j", "select; out ssn=customers.ssn, ssn=guesses.ssn; rel select:customers, select:guesses; use join:customers.ssn, join:guesses.ssn"),
        ("select * from guesses natural join child", "select; out ssn=guesses.ssn, v=guesses.v, id=child.id, parent=child.parent; rel select:child, select:guesses; use join:child.ssn, join:guesses.ssn"),
        ("select j.a, j.x from (s join dump on true) as j(a, b, x)", "select; out a=s.a, x=dump.x; rel select:dump, select:s"),
        ("select s.a from (s join dump on true) as j", "select; out a?; rel select:dump, select:s; ! `s` names no relation in sight"),
        ("select q.ssn from customers c, lateral (select c.ssn) q", "select; out ssn=customers.ssn; rel select:customers"),
        ("select q.ssn from customers c cross join lateral (select c.ssn) q", "select; out ssn=customers.ssn; rel select:customers"),
        ("select q.ssn from customers c, (select c.ssn) q", "select; out ssn?; rel select:customers; ! `c` names no relation in sight"),
        ("select (select q.x from guesses c, (select c.ssn as x) q) from customers c", "select; out x~customers.ssn; rel select:customers, select:guesses"),
        ("select 1 from s, customers c join guesses g on a = g.v", "select; out ?column?~; rel select:customers, select:s, select:guesses; use filter:guesses.v; ! column `a` is in no relation in sight"),
        ("select a from ((s join dump on a = x) join orders on total = y)", "select; out a=s.a; rel select:orders, select:dump, select:s; use filter:orders.total, filter:dump.x, filter:dump.y, filter:s.a"),
    ]);
}

#[test]
fn set_operations_union_their_arms() {
    check(&[
        ("select ssn from customers union all select 'x'", "select; out ssn~customers.ssn; rel select:customers"),
        ("select null union select ssn from customers", "select; out ?column?~customers.ssn; rel select:customers; use distinct:customers.ssn"),
        ("select name, id from customers intersect all select ssn, 1 from customers", "select; out name~customers.name+customers.ssn, id~customers.id; rel select:customers; use distinct:customers.id, distinct:customers.name, distinct:customers.ssn"),
        ("(select ssn from customers order by name limit 1) union all (select v from guesses) order by 1", "select; out ssn~customers.ssn+guesses.v; rel select:customers, select:guesses; use order:customers.name, order:customers.ssn, order:guesses.v"),
        ("select a from s union all select x from dump union all select v from guesses order by a", "select; out a~dump.x+s.a+guesses.v; rel select:dump, select:s, select:guesses; use order:dump.x, order:s.a, order:guesses.v"),
        ("select a from s except select b from s", "select; out a~s.*; rel select:s; use distinct:s.a, distinct:s.b"),
    ]);
}

#[test]
fn with_queries_are_seen_in_postgresqls_order() {
    check(&[
        ("with x as (select ssn from customers) select * from x", "select; out ssn=customers.ssn; rel select:customers"),
        ("with x as materialized (select ssn from customers) select ssn from x y", "select; out ssn=customers.ssn; rel select:customers"),
        ("with x(a, b) as (select ssn, name from customers) select b, a from x", "select; out b=customers.name, a=customers.ssn; rel select:customers"),
        // A qualified name never means a WITH query.
        ("with customers as (select 1 as ssn) select * from customers, public.customers", "select; out ssn~, id=customers.id, name=customers.name, ssn=customers.ssn, dob=customers.dob, card=customers.card, email=customers.email; rel select:customers"),
        // One sees those before it, not those after it, and not itself.
        ("with x as (select * from customers), customers as (select 1) select ssn from x", "select; out ssn=customers.ssn; rel select:customers"),
        ("with customers as (select * from customers) select ssn from customers", "select; out ssn=customers.ssn; rel select:customers"),
        ("with a as (select 1 as k), b as (select k from a) select k from b", "select; out k~"),
        // RECURSIVE sees all.
        ("with recursive x as (select ssn from y), y as (select 'k' as ssn) select ssn from x", "select; out ssn~"),
        ("with recursive r(v, n) as (select ssn, 1 from customers union all select v, n + 1 from r) select v, n from r", "select; out v~customers.ssn, n~; rel select:customers"),
        ("with recursive r(a, b) as (select ssn, name from customers union select b, a from r) select a from r", "select; out a~customers.name+customers.ssn; rel select:customers; use distinct:customers.name, distinct:customers.ssn"),
        ("with recursive r as (select id, parent from child union all select c.id, c.parent from child c join r on c.parent = r.id) search depth first by id set o cycle id set m using p select o, m, p from r", "select; out o~child.id, m~child.id, p~child.id; rel select:child; use filter:child.id, order:child.id, filter:child.parent"),
        // The WITH of the leftmost arm covers the whole compound; one in parentheses only its arm.
        ("with s as (select ssn as a from customers) select a from s union all select a from s", "select; out a~customers.ssn; rel select:customers"),
        ("(with s as (select ssn as a from customers) select a from s) union all select a from s", "select; out a~customers.ssn+s.a; rel select:customers, select:s"),
        ("with s as (select ssn as a from customers) (select a from s) union all select a from s", "select; out a~customers.ssn; rel select:customers"),
        ("select (with s as (select ssn as a from customers) select a from s), (select a from s)", "select; out a~customers.ssn, a~s.a; rel select:customers, select:s"),
        ("with d as (delete from customers where id = 1 returning *) select ssn from d", "select; out ssn=customers.ssn; rel select:customers, delete:customers; use filter:customers.id; restricted"),
        ("with i as (insert into dump(x) select ssn from customers returning x) select * from i", "select; out x=dump.x; rel select:customers, select:dump, insert:dump; use source:customers.ssn, assigned:dump.x; flow dump.x<-=customers.ssn"),
    ]);
}

#[test]
fn functions_in_from_hand_on_their_arguments() {
    check(&[
        ("select * from generate_series(1, 3) g", "select; out g~"),
        ("select g from customers, repeat(ssn, 2) g", "select; out g~customers.ssn; rel select:customers; use filter:customers.ssn"),
        ("select key, value from customers, json_each(ssn)", "select; out key~customers.ssn, value~customers.ssn; rel select:customers; use filter:customers.ssn"),
        ("select * from json_each('{}') with ordinality", "select; out *~"),
        ("select * from json_each('{}') as t(k text, v text)", "select; out k~, v~"),
        ("select * from unnest(array[1, 2]) u", "select; out u~"),
        ("select ssn from unnest(array(select c from customers c))", "select; out ssn~customers.*; rel select:customers; use filter:customers.id, filter:customers.name, filter:customers.ssn, filter:customers.dob, filter:customers.card, filter:customers.email"),
        ("select ssn from customer_of(1)", "select; out ssn?; fn userdefined:public.customer_of"),
        ("select * from rows from (generate_series(1, 2), json_each('{}') as (k text, v text)) with ordinality as r(a)", "select; out a~, k~, v~, ordinality~"),
        ("select b, a from customers, json_table(ssn, '$' columns (a int path '$.a', nested path '$' columns (b int))) jt", "select; out b~customers.ssn, a~customers.ssn; rel select:customers; use filter:customers.ssn"),
        ("select * from xmltable('/r' passing '<r/>' columns i for ordinality, v text path name) x, customers", "select; out i?, v?, id=customers.id, name=customers.name, ssn=customers.ssn, dob=customers.dob, card=customers.card, email=customers.email; rel select:customers; ! column `name` is in no relation in sight"),
        ("select v from customers, xmltable('/r' passing ssn columns v text path 'x') x", "select; out v~customers.ssn; rel select:customers; use filter:customers.ssn"),
    ]);
}

#[test]
fn views_are_traced_to_their_tables() {
    check(&[
        ("select s from v", "select; out s=customers.ssn; rel select:v"),
        ("select * from vv", "select; out s=customers.ssn, n~customers.ssn; rel select:vv"),
        ("select x from cycle_a", "select; out x?; rel select:cycle_a"),
        ("select x from broken", "select; out x?; rel select:broken"),
        ("select n from counted", "select; out n~; rel select:counted"),
        ("select * from unknown_view", "select; out x?, y?; rel select:unknown_view"),
        ("select a, b from called", "select; out a?customers.ssn, b=customers.id; rel select:called"),
        ("select most_common_vals from pg_stats where tablename = 'customers'", "select; out most_common_vals=pg_stats.most_common_vals; rel select:pg_stats; use filter:pg_stats.tablename"),
        ("select 1 from v where s = 'x'", "select; out ?column?~; rel select:v; use filter:customers.ssn"),
        ("select v from v", "select; out v~customers.ssn; rel select:v"),
        ("select ssn from child", "select; out ssn=child.ssn; rel select:child"),
        ("select message from log", "select; out message=log.message; rel select:log"),
    ]);
}

#[test]
fn what_is_not_known_is_said() {
    check(&[
        ("select ssn from nowhere", "select; out ssn?; ! relation `nowhere` is not on the search path"),
        ("select nothing from customers", "select; out nothing?; rel select:customers; ! column `nothing` is in no relation in sight"),
        ("select x.ssn from customers", "select; out ssn?; rel select:customers; ! `x` names no relation in sight"),
        ("select customers.ssn from customers c", "select; out ssn?; rel select:customers; ! `customers` names no relation in sight"),
        ("select a.b.c.d from customers", "select; out d?; rel select:customers; ! name `a.b.c.d` has too many parts"),
        ("select * from a.b.customers", "select; out *?; ! relation name `a.b.customers` has too many parts"),
        ("select * from pg_temp.customers", "select; out *?; ! temporary relation `pg_temp.customers` is not known"),
        ("select * from shadowed", "select; out *?; ! a temporary relation may stand for `shadowed`; qualify the name"),
        ("select * from public.shadowed", "select; out a=shadowed.a; rel select:shadowed"),
        ("select id from customers, orders", "select; out id~customers.id+orders.id; rel select:customers, select:orders"),
        ("select id from customers where (select other from dump) = 1", "select; out id=customers.id; rel select:customers, select:dump; ! column `other` is in no relation in sight"),
        ("select (select x from customers) from dump", "select; out x~dump.x; rel select:customers, select:dump"),
        ("select \"Weird\" from \"MixedCase\"", "select; out Weird=MixedCase.Weird; rel select:MixedCase"),
        ("select weird from mixedcase", "select; out weird?; ! relation `mixedcase` is not on the search path"),
    ]);
}

#[test]
fn functions_are_told_apart() {
    check(&[
        ("select mystery(ssn) from customers", "select; out mystery?customers.ssn; rel select:customers; fn userdefined:public.mystery"),
        ("select public.mystery(1), nobody_knows(2)", "select; out mystery?, nobody_knows?; fn unknown:nobody_knows, userdefined:public.mystery"),
        ("select query_to_xml('select ssn from customers', true, true, '')", "select; out query_to_xml?; fn runssql:pg_catalog.query_to_xml"),
        ("select pg_read_file('PG_VERSION')", "select; out pg_read_file?; fn reachesoutside:pg_catalog.pg_read_file"),
        ("select set_config('app.x', ssn, false) from customers", "select; out set_config~customers.ssn; rel select:customers; fn changesstate:pg_catalog.set_config; flow away<-~customers.ssn"),
        ("select current_setting('app.x')", "select; out current_setting~"),
        ("select pg_notify('ch', ssn) from customers", "select; out pg_notify~customers.ssn; rel select:customers; fn changesstate:pg_catalog.pg_notify; flow away<-~customers.ssn"),
        ("select pg_sleep(1)", "select; out pg_sleep~; fn changesstate:pg_catalog.pg_sleep"),
        ("select lower('x'), text('y'), int4('1')", "select; out lower~, text~, int4~"),
        ("select evil.lower('x')", "select; out lower?; fn userdefined:evil.lower"),
        ("select 1 from customers where pg_sleep(1) is null", "select; out ?column?~; rel select:customers; fn changesstate:pg_catalog.pg_sleep"),
        ("select lo_get(1), nextval(ssn) from customers", "select; out lo_get?, nextval~customers.ssn; rel select:customers; fn reachesoutside:pg_catalog.lo_get, changesstate:pg_catalog.nextval; flow away<-~customers.ssn"),
        ("select f.x from customers, lateral (select mystery(ssn) as x) f", "select; out x?customers.ssn; rel select:customers; fn userdefined:public.mystery"),
    ]);
}
