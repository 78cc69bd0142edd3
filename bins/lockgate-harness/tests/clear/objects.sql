create schema kinds;
comment on schema kinds is 'objects of many kinds';
create type kinds.mood as enum ('sad', 'ok', 'it''s');
create type kinds.pair as (a int, b text);
create domain kinds.positive as int check (value > 0);
create type kinds.float_range as range (subtype = float8);
create sequence kinds.odd start 1 increment 2;
create collation kinds.german (provider = icu, locale = 'de');
create table kinds.people (
  id int generated always as identity primary key,
  name text not null collate "C",
  mood kinds.mood default 'ok',
  age kinds.positive,
  doubled int generated always as (age * 2) stored,
  "Odd name" kinds.pair,
  tags text[] default '{a,b}',
  data jsonb, raw bytea, span interval, at timestamptz default now(),
  constraint adult check (age < 200),
  exclude using btree (name with =)
);
comment on column kinds.people.name is E'back\\slash and ''quote''';
insert into kinds.people (name, age, "Odd name", data, raw, span)
  select 'person ' || n, n, row(n, 'x' || n), jsonb_build_object('n', n), decode(lpad(to_hex(n), 8, '0'), 'hex'), n * interval '1 hour'
  from generate_series(1, 20) n;
insert into kinds.people (name) values (E'tab\tline\nbackslash\\ "quoted" ünïcödé 🐘');
create index on kinds.people using gin (data);
create unique index people_lower on kinds.people (lower(name)) where age > 3;
create table kinds.notes (person int references kinds.people on delete cascade, note text) with (fillfactor = 70);
insert into kinds.notes select id, 'note' from kinds.people where id < 5;
create table kinds.events (at date not null, what text) partition by range (at);
create table kinds.events_2024 partition of kinds.events for values from ('2024-01-01') to ('2025-01-01');
create table kinds.events_rest partition of kinds.events default;
insert into kinds.events values ('2024-05-06', 'in'), ('1999-01-01', 'out');
create table kinds.parent (a int);
create table kinds.child (b int) inherits (kinds.parent);
create view kinds.adults with (security_barrier) as select id, name from kinds.people where age >= 18;
create materialized view kinds.counted as select mood, count(*) from kinds.people group by mood;
create function kinds.twice(n int, out result int) language sql immutable set search_path = pg_catalog as $$ select n * 2 $$;
create function kinds.touch() returns trigger language plpgsql as $f$ begin new.at := now(); return new; end $f$;
create procedure kinds.nothing() language plpgsql as $$ begin null; end $$;
create aggregate kinds.total(int) (sfunc = int4pl, stype = int, initcond = '0');
create operator kinds.=== (leftarg = int, rightarg = int, function = int4eq);
create trigger touch before update on kinds.people for each row execute function kinds.touch();
create rule ignore as on delete to kinds.notes do instead nothing;
create statistics kinds.related (dependencies) on name, age from kinds.people;
alter table kinds.people enable row level security;
create policy seen on kinds.people for select using (age > 0);
create role reader;
grant usage on schema kinds to reader;
grant select (name, mood) on kinds.people to reader;
alter default privileges in schema kinds grant select on tables to reader;
create text search dictionary kinds.plain (template = simple);
create text search configuration kinds.words (copy = simple);
create publication everything for table kinds.notes;
create foreign data wrapper nothing;
create server far foreign data wrapper nothing options (host 'x');
create foreign table kinds.remote (a int) server far;
