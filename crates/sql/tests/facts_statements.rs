//! What is read of statements that are neither queries nor changes of rows.

mod shop;

use shop::check;
use sql::facts::{CopyFormat, CopyOptions, Kind};

#[test]
fn statements_inside_others_count() {
    check(&[
        ("explain select ssn from customers where card = 'x'", "explain { analyze: false }; out *~customers.ssn+customers.card; rel select:customers; use filter:customers.card"),
        ("explain (analyze, verbose) delete from customers where id = 1", "explain { analyze: true }; out *~customers.id; rel delete:customers; use filter:customers.id; restricted"),
        ("explain (analyze off, format json) select 1", "explain { analyze: false }; out *~"),
        ("explain analyze verbose insert into dump(x) select ssn from customers", "explain { analyze: true }; out *~customers.ssn+dump.x; rel select:customers, insert:dump; use source:customers.ssn, assigned:dump.x; flow dump.x<-=customers.ssn"),
        ("explain execute p", "explain { analyze: false }; out *?; ! the plan of a prepared statement is not analysed"),
        ("explain create table t as select ssn from customers", "explain { analyze: false }; out *~customers.ssn; rel select:customers; use source:customers.ssn; flow away<-=customers.ssn; schema create:public"),
        ("prepare p(text) as select ssn from customers where name = $1", "prepare { name: p }; out ssn=customers.ssn; rel select:customers; use filter:customers.name"),
        ("prepare p as insert into dump(x) select ssn from customers returning x", "prepare { name: p }; out x=dump.x; rel select:customers, select:dump, insert:dump; use source:customers.ssn, assigned:dump.x; flow dump.x<-=customers.ssn"),
        ("execute p(1, 'x')", "execute { name: p }; out named"),
        ("deallocate p", "deallocate { name: some(p) }"),
        ("deallocate all", "deallocate { name: none }"),
        ("declare c cursor with hold for select ssn from customers", "declare { cursor: c }; out ssn=customers.ssn; rel select:customers"),
        ("fetch all from c", "fetch { cursor: c }; out named"),
        ("move forward 3 in \"C\"", "move { cursor: c }"),
        ("close c", "close { cursor: some(c) }"),
        ("close all", "close { cursor: none }"),
    ]);
}

#[test]
fn copies_read_and_write_by_column() {
    check(&[
        ("copy customers to stdout", "copyout; out id=customers.id, name=customers.name, ssn=customers.ssn, dob=customers.dob, card=customers.card, email=customers.email; rel copyout:customers"),
        ("copy customers(ssn, id) to stdout with (format csv)", "copyout; out ssn=customers.ssn, id=customers.id; rel copyout:customers"),
        ("copy (select ssn as x from customers) to stdout", "copyout; out x=customers.ssn; rel select:customers"),
        ("copy (delete from customers where id = 1 returning ssn) to stdout", "copyout; out ssn=customers.ssn; rel select:customers, delete:customers; use filter:customers.id; restricted"),
        ("copy dump from stdin", "copyin; rel copyin:dump; use assigned:dump.x, assigned:dump.y"),
        ("copy dump(y) from stdin where y > 'a'", "copyin; rel copyin:dump; use filter:dump.y, assigned:dump.y"),
        ("copy customers to '/tmp/x'", "copyserver; rel copyout:customers"),
        ("copy customers(ssn) to program 'curl'", "copyserver; rel copyout:customers"),
        ("copy dump from program 'x'", "copyserver; rel copyin:dump; use assigned:dump.x, assigned:dump.y"),
        ("copy customers(nothing) to stdout", "copyout; rel copyout:customers; ! column `nothing` is not in the table copied"),
        ("copy customers to stdout (encoding 'latin1')", "copyout; out id=customers.id, name=customers.name, ssn=customers.ssn, dob=customers.dob, card=customers.card, email=customers.email; rel copyout:customers; ! option `encoding` of COPY is not analysed"),
        ("copy customers to stdout (delimiter ',,')", "copyout; out id=customers.id, name=customers.name, ssn=customers.ssn, dob=customers.dob, card=customers.card, email=customers.email; rel copyout:customers; ! a COPY option is longer than one byte"),
        ("copy customers to stdout (format xml)", "copyout; out id=customers.id, name=customers.name, ssn=customers.ssn, dob=customers.dob, card=customers.card, email=customers.email; rel copyout:customers; ! this format of COPY is not analysed"),
        ("copy customers to stdout (novelty 1)", "copyout; out id=customers.id, name=customers.name, ssn=customers.ssn, dob=customers.dob, card=customers.card, email=customers.email; rel copyout:customers; ! option `novelty` of COPY is not analysed"),
    ]);
}

#[test]
fn copy_options_are_filled_in_per_format() {
    let text = CopyOptions {
        delimiter: b'\t',
        null: b"\\N".to_vec(),
        header: false,
        quote: b'"',
        escape: b'"',
    };
    let csv = CopyOptions { delimiter: b',', null: Vec::new(), ..text.clone() };
    let cases = [
        ("copy customers to stdout", CopyFormat::Text(text.clone())),
        ("copy customers to stdout (format text)", CopyFormat::Text(text.clone())),
        ("copy customers to stdout (header)", CopyFormat::Text(CopyOptions { header: true, ..text })),
        ("copy customers to stdout csv", CopyFormat::Csv(csv.clone())),
        ("copy customers to stdout with (format 'CSV')", CopyFormat::Csv(csv.clone())),
        (
            "copy customers to stdout with csv header delimiter as ';' null as 'NIL' quote '''' escape E'\\\\'",
            CopyFormat::Csv(CopyOptions {
                delimiter: b';',
                null: b"NIL".to_vec(),
                header: true,
                quote: b'\'',
                escape: b'\\',
            }),
        ),
        (
            "copy customers to stdout (format csv, header off, quote '|', force_quote *, encoding 'UTF-8')",
            CopyFormat::Csv(CopyOptions { quote: b'|', escape: b'|', ..csv }),
        ),
        ("copy customers to stdout (format binary)", CopyFormat::Binary),
        ("copy binary customers to stdout", CopyFormat::Binary),
        ("copy customers to stdout binary", CopyFormat::Binary),
    ];
    for (statement, format) in cases {
        let facts = shop::facts(statement);
        assert_eq!(facts.kind, Kind::CopyOut(format), "{statement}");
        assert_eq!(facts.unresolved, [], "{statement}");
    }
}

#[test]
fn settings_are_named() {
    check(&[
        ("set search_path = evil, 'B'", "set; set search_path=evil+B"),
        ("set local App.X to 'a'", "set; set local app.x=a"),
        ("set session statement_timeout = -1", "set; set statement_timeout=-1"),
        ("set standard_conforming_strings = off", "set; set standard_conforming_strings=off"),
        ("set datestyle to default", "set; set datestyle=default"),
        ("set time zone 'UTC'", "set; set timezone=UTC"),
        ("set time zone local", "set; set timezone=default"),
        ("set schema 'x'", "set; set search_path=x"),
        ("set xml option document", "set; set xmloption=document"),
        ("set role none", "set; set role=none"),
        ("set local role bob", "set; set local role=bob"),
        ("set role 'Bob'", "set; set role=Bob"),
        ("set session authorization default", "set; set session_authorization=default"),
        ("set session authorization bob", "set; set session_authorization=bob"),
        ("reset role", "reset; set role=default"),
        ("reset session authorization", "reset; set session_authorization=default"),
        ("reset all", "reset; set *=default"),
        ("reset Client_Encoding", "reset; set client_encoding=default"),
        ("reset time zone", "reset; set timezone=default"),
        ("discard all", "discard; set *=default"),
        ("discard temp", "discard"),
        ("show search_path", "show { name: search_path }; out harmless"),
        ("show all", "show { name: all }; out harmless"),
        ("show time zone", "show { name: timezone }; out harmless"),
        ("show session authorization", "show { name: session_authorization }; out harmless"),
    ]);
}

#[test]
fn transactions_are_told_apart() {
    check(&[
        ("begin isolation level serializable read only", "x"),
        ("start transaction", "x"),
        ("commit and chain", "x"),
        ("end", "x"),
        ("rollback", "x"),
        ("abort", "x"),
        ("savepoint A", "x"),
        ("release a", "x"),
        ("rollback to savepoint a", "x"),
        ("prepare transaction 'x'", "x"),
        ("commit prepared 'x'", "x"),
        ("rollback prepared 'x'", "x"),
        ("set transaction read write", "x"),
        ("set session characteristics as transaction read only", "x"),
        ("set constraints all deferred", "x"),
    ]);
}

#[test]
fn definitions_name_what_they_touch() {
    check(&[
        ("create table t (a int primary key, b text default 'x' check (b > 'a'), c int generated always as (a + 1) stored)", "create(table); schema create:public"),
        ("create temp table t as select ssn from customers", "createas(temporarytable); rel select:customers; use source:customers.ssn; flow away<-=customers.ssn; schema create:pg_temp"),
        ("create table evil.t as table customers", "createas(table); rel select:customers; use source:customers.id, source:customers.name, source:customers.ssn, source:customers.dob, source:customers.card, source:customers.email; flow away<-=customers.id, away<-=customers.name, away<-=customers.ssn, away<-=customers.dob, away<-=customers.card, away<-=customers.email; schema create:evil"),
        ("create table t as execute p", "createas(table); flow away<-?; schema create:public; ! the rows of a prepared statement are not analysed here"),
        ("create table t (like customers including all)", "create(table); rel select:customers; schema create:public"),
        ("create table t partition of log for values from (minvalue) to ('2024-01-01')", "create(table); rel alter:log; schema create:public"),
        ("create table t (a int references customers(id)) inherits (orders)", "create(table); rel alter:customers, alter:orders; schema create:public"),
        ("create unlogged table if not exists t (a int) with (fillfactor = 70)", "create(table); schema create:public"),
        ("select ssn into dump2 from customers", "createas(table); rel select:customers; use source:customers.ssn; flow away<-=customers.ssn; schema create:public"),
        ("select ssn into temp dump2 from customers", "createas(temporarytable); rel select:customers; use source:customers.ssn; flow away<-=customers.ssn; schema create:pg_temp"),
        ("create view w as select ssn from customers where card = 'x'", "create(view); rel select:customers; use source:customers.ssn, filter:customers.card; flow away<-=customers.ssn; schema create:public"),
        ("create or replace view v as select ssn as s from customers", "create(view); rel select:customers, alter:v; use source:customers.ssn; flow away<-=customers.ssn; schema create:public"),
        ("create recursive view w(a) as select ssn from customers union all select a from w", "create(view); rel select:customers; use source:customers.ssn; flow away<-~customers.ssn; schema create:public"),
        ("create materialized view w as select ssn from customers", "createas(materializedview); rel select:customers; use source:customers.ssn; flow away<-=customers.ssn; schema create:public"),
        ("create index on customers (left(ssn, 3)) where card > 'x'", "create(index); rel alter:customers; use filter:customers.ssn, filter:customers.card"),
        ("create index i on nowhere (a)", "create(index); ! relation `nowhere` is not on the search path, column `a` is in no relation in sight"),
        ("create statistics st on ssn, card from customers", "create(statistics); rel alter:customers; use filter:customers.ssn, filter:customers.card; schema create:public"),
        ("create sequence evil.sq start with 5", "create(sequence); schema create:evil"),
        ("create schema evil", "create(schema); schema create:evil"),
        ("create schema authorization bob", "create(schema); schema create:bob"),
        ("create schema evil create table t (a int)", "create(schema); schema create:evil; ! objects made within CREATE SCHEMA are not analysed"),
        ("create policy p on customers using (ssn = current_user)", "create(policy); rel alter:customers; use filter:customers.ssn"),
        ("create function f() returns text language sql as 'select ssn from customers'", "create(function); schema create:public"),
        ("create procedure evil.p() begin atomic select ssn from customers; end", "create(procedure); schema create:evil"),
        ("create trigger t after insert on customers for each row execute function mystery()", "create(trigger); rel alter:customers"),
        ("create rule r as on insert to dump do also select ssn from customers", "create(rule); rel alter:dump"),
        ("create extension hstore schema evil", "create(extension); schema create:evil"),
        ("create role bob password 'secret'", "create(role)"),
        ("create type evil.pair as (a int, b text)", "create(type); schema create:evil"),
        ("create domain d as text check (value ~ 'x')", "create(domain); schema create:public; ! column `value` is in no relation in sight"),
        ("create server x foreign data wrapper y", "create(foreignobject)"),
        ("create publication p for table customers", "create(publication); rel alter:customers"),
    ]);
}

#[test]
fn alterations_name_what_they_touch() {
    check(&[
        ("alter table customers rename column ssn to s", "alter(table); rel alter:customers"),
        ("alter table only customers add column x int check (x > id), alter column id type text using ssn::text", "alter(table); rel alter:customers; use filter:customers.id, filter:customers.ssn"),
        ("alter table customers add check (ssn not like '1%')", "alter(table); rel alter:customers; use filter:customers.ssn"),
        ("alter table customers set schema evil", "alter(table); rel alter:customers; schema create:evil"),
        ("alter table log attach partition dump for values in (1, 2)", "alter(table); rel alter:dump, alter:log"),
        ("alter table nowhere add column x int", "alter(table); ! relation `nowhere` is not on the search path"),
        ("alter view v set schema evil", "alter(view); rel alter:v; schema create:evil"),
        ("alter sequence numbers restart with 4", "alter(sequence); rel alter:numbers"),
        ("alter schema evil rename to good", "alter(schema); schema alter:evil"),
        ("alter function mystery(text) owner to bob", "alter(function)"),
        ("alter role bob set search_path = evil", "alter(role)"),
        ("alter policy p on customers using (ssn = 'x')", "alter(policy); rel alter:customers; use filter:customers.ssn"),
        ("alter default privileges in schema evil grant select on tables to bob", "grant; schema grant:evil"),
        ("alter system set work_mem = '1GB'", "administer(alter system)"),
        ("alter database d set x = 1", "alter(database)"),
        ("drop table customers, orders cascade", "drop(table); rel drop:customers, drop:orders"),
        ("drop table if exists nowhere", "drop(table); ! relation `nowhere` is not on the search path"),
        ("drop view v", "drop(view); rel drop:v"),
        ("drop materialized view if exists v", "drop(materializedview); rel drop:v"),
        ("drop sequence numbers", "drop(sequence); rel drop:numbers"),
        ("drop schema evil cascade", "drop(schema); schema drop:evil"),
        ("drop index i", "drop(index)"),
        ("drop trigger t on customers", "drop(trigger); rel alter:customers"),
        ("drop function f(int)", "drop(function)"),
        ("drop owned by bob", "administer(drop owned)"),
        ("truncate customers, only orders restart identity cascade", "truncate; rel truncate:customers, truncate:orders"),
        ("lock table customers in share mode", "lock; rel lock:customers"),
        ("comment on column customers.ssn is 'x'", "comment; rel alter:customers"),
        ("comment on table customers is 'x'", "comment; rel alter:customers"),
        ("grant select (ssn), update on customers, public.orders to bob", "grant; rel grant:customers, grant:orders"),
        ("grant all on all tables in schema hidden to bob", "grant; rel grant:customers; schema grant:hidden"),
        ("grant admin_role to bob", "grant"),
        ("revoke usage on schema evil from bob", "grant; schema grant:evil"),
    ]);
}

#[test]
fn upkeep_names_its_relations() {
    check(&[
        ("vacuum (full) customers (ssn)", "administer(vacuum); rel administer:customers"),
        ("vacuum", "administer(vacuum)"),
        ("analyze customers", "administer(analyze); rel administer:customers"),
        ("cluster customers using i", "administer(cluster); rel administer:customers"),
        ("reindex table customers", "administer(reindex); rel administer:customers"),
        ("refresh materialized view v", "administer(refresh materialized view); rel administer:v"),
        ("checkpoint", "administer(checkpoint)"),
        ("load 'lib'", "administer(load)"),
        ("security label on column customers.ssn is 'x'", "administer(security label); rel administer:customers"),
        ("reassign owned by a to b", "administer(reassign owned)"),
        ("import foreign schema a from server b into evil", "administer(import foreign schema); schema create:a, create:evil"),
        ("call make_report((select ssn from customers))", "call; out *?; rel select:customers; use source:customers.ssn; fn userdefined:public.make_report; flow away<-~customers.ssn"),
        ("call nobody_knows(1)", "call; out *?; fn unknown:nobody_knows"),
        ("do $$ begin end $$", "do"),
        ("listen ch", "listen"),
        ("unlisten *", "unlisten"),
        ("notify ch, 'payload'", "notify"),
    ]);
}
