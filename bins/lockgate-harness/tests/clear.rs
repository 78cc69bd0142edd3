//! A principal who is allowed everything must not be able to tell the gate from PostgreSQL: real
//! programs say the same, byte for byte, directly and through the gate.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "what the tests share may fail as loudly as they do"
)]

mod clear {
    pub(crate) mod stand;
}

use std::path::Path;

use clear::stand::{Stand, Way};

/// Runs the script through psql on both ways and compares all that it says.
fn same(stand: &Stand, script: &str) {
    let [direct, gate] = Way::BOTH.map(|way| stand.script(way, script));
    if direct != gate {
        panic!("{script}\n--- direct\n{direct}\n--- gate\n{gate}");
    }
}

/// Names mean what they mean to the server, whatever changes them and takes the change back.
#[test]
fn names_follow_the_search_path() {
    let stand = Stand::start();
    stand.script(
        Way::Direct,
        "create schema a; create schema b; create table a.t as select 'a' as it; \
         create table b.t as select 'b' as it; create table public.t as select 'p' as it; \
         create role other; create schema other authorization other; \
         create table other.t as select 'o' as it; grant select on other.t to other; \
         create schema closed; create table closed.t as select 'c' as it; \
         create function to_b() returns void language sql as \
         $$ select pg_catalog.set_config('search_path', 'b', false) $$;",
    );
    let show = "select it from t;\nshow search_path;\n";
    for change in [
        "set search_path = a;",
        "set search_path to 'b', public;",
        "set search_path = nowhere, b;",
        "set search_path = '';",
        "set schema 'a';",
        "set session search_path = a; reset search_path;",
        "set search_path = a; reset all;",
        "set search_path = a; discard all;",
        "set local search_path = a;",
        "begin; set local search_path = a; select it from t; commit;",
        "begin; set search_path = a; select it from t; rollback;",
        "begin; set search_path = a; set local search_path = b; select it from t; commit;",
        "begin; set search_path = a; savepoint s; set search_path = b; select it from t; \
         rollback to s; select it from t; commit;",
        "begin; savepoint s; set local search_path = b; release s; select it from t; commit;",
        "set search_path = a; begin; set search_path = b; select 1/0; commit;",
        "set search_path = a \\; select it from t \\; select 1/0;",
        "begin \\; set local search_path = a \\; select it from t \\; commit \\; select it from t;",
        "set local search_path = a \\; select it from t;",
        "select set_config('search_path', 'a, b', false);",
        "begin; select set_config('search_path', 'b', true); select it from t; commit;",
        "select set_config('search_path', x, false) from (values ('a')) v(x);",
        "prepare p(text) as select set_config('search_path', $1, false); execute p('b');",
        "prepare p as select it from t; set search_path = a; execute p;",
        "update pg_settings set setting = 'b' where name = 'search_path';",
        "select to_b();",
        "begin; select to_b(); select it from t; rollback;",
        "do $$ begin perform set_config('search_path', 'a', false); end $$;",
        "do $$ begin perform set_config('search_path', 'a', true); end $$;",
        "begin; do $$ begin set local search_path = a; end $$; select it from t; commit;",
        "begin isolation level repeatable read; do $$ begin end $$; \
         set transaction isolation level serializable; commit;",
        "set role other;",
        "set role other; reset role;",
        "set role other; set role none;",
        "set session authorization other;",
        "begin; set local role other; select it from t; commit;",
        "set role other; set search_path = closed, a, other;",
        "create temp table t as select 'temporary' as it; drop table pg_temp.t;",
    ] {
        same(&stand, &format!("{change}\n{show}"));
    }
    stand.stop();
}

/// What is pinned stays pinned, whatever way it is tried, and what is reset is still pinned.
#[test]
fn pins_hold() {
    let stand = Stand::start();
    for attempt in [
        "set client_encoding = 'SJIS'",
        "set names 'SJIS'",
        "set local client_encoding to 'LATIN1'",
        "set session client_encoding to sql_ascii",
        "set standard_conforming_strings = off",
        "select set_config('standard_conforming_strings', 'off', false)",
        "select set_config('standard_conforming_strings', x, false) from (values ('off')) v(x)",
        "select set_config(n, 'off', false) from (values ('standard_conforming_strings')) v(n)",
        "update pg_settings set setting = 'off' where name = 'standard_conforming_strings'",
        "do $$ begin set standard_conforming_strings = off; end $$",
    ] {
        let script =
            format!("{attempt};\nshow standard_conforming_strings;\nshow client_encoding;\n");
        let said = stand.script(Way::Gate, &script);
        let held = said.ends_with("on\nUTF8\n");
        // A change that could not be foreseen ends the session before another statement is read.
        let ended = said.contains("server closed the connection") || said.contains("FATAL");
        assert!(held || ended, "{attempt}: {said}");
        assert!(!said.contains("\noff\n") || ended, "{attempt}: {said}");
    }
    for undo in [
        "reset client_encoding",
        "reset all",
        "discard all",
        "set standard_conforming_strings to default",
        "set client_encoding = 'utf-8'",
    ] {
        let script = format!("{undo};\nshow standard_conforming_strings;\nshow client_encoding;\n");
        let said = stand.script(Way::Gate, &script);
        assert!(said.ends_with("on\nUTF8\n"), "{undo}: {said}");
    }
    // Defaults of the role and the database come behind what a session begins with.
    stand.script(
        Way::Direct,
        "alter role postgres set standard_conforming_strings = off; \
         alter database shop_prod set client_encoding = 'LATIN1';",
    );
    let said = stand.script(
        Way::Gate,
        "show standard_conforming_strings;\nshow client_encoding;\n",
    );
    assert_eq!(said, "on\nUTF8\n");
    stand.stop();
}

/// What clients set, at the start and later.
#[test]
fn settings_work() {
    let stand = Stand::start();
    let names = [
        "DateStyle",
        "TimeZone",
        "IntervalStyle",
        "extra_float_digits",
        "application_name",
        "statement_timeout",
        "lock_timeout",
        "idle_in_transaction_session_timeout",
        "bytea_output",
        "row_security",
        "default_transaction_isolation",
        "enable_seqscan",
        "work_mem",
        "app.user",
        "client_min_messages",
        "geqo",
        "jit",
    ];
    let show: String = names.iter().map(|name| format!("show {name};\n")).collect();
    let options = "-c DateStyle=SQL,DMY -c TimeZone=Asia/Tokyo -c IntervalStyle=postgres_verbose \
                   -c extra_float_digits=0 --statement-timeout=5s -c lock_timeout=1s \
                   -c bytea_output=escape -c row_security=off -c app.user=bob -c geqo=off \
                   -c enable_seqscan=off -c work_mem=1MB -c client_min_messages=debug1 \
                   -c default_transaction_isolation=serializable -c search_path=pg_catalog";
    let [direct, gate] = Way::BOTH.map(|way| stand.script_with(way, &show, options));
    assert_eq!(direct, gate);
    same(
        &stand,
        "set app.user = 'bob'; select current_setting('app.user');",
    );
    same(
        &stand,
        "set datestyle = 'SQL, DMY'; select date '2001-02-03', now() - now();",
    );
    same(&stand, "set nonsense = 1; set work_mem = 'many';");
    same(&stand, "set client_min_messages = debug1; select 1;");
    stand.stop();
}

/// Text that the gate cannot read is for the server to answer, with its own words and positions.
#[test]
fn what_cannot_be_read_is_the_servers_to_answer() {
    let stand = Stand::start();
    for script in [
        "selec 1;",
        "select 1 from;",
        "select 'a;",
        "select * from nowhere;",
        "select 1 \\; selec 2 \\; select 3;",
        "select 1 \\; select 2 \\; set names 'utf8' \\; select 3;",
        "execute nothing;",
        "fetch nowhere;",
        "begin; selec; commit;",
        "set names 'utf8'; select 1;",
        "create temp table x(a int) \\; copy x from stdin \\; set names 'utf8' \\; table x;\n1\n2\n\\.\n",
        "set names 'utf8' \\; copy (select 1) to stdout;",
        "\\bind 1 \\g",
    ] {
        same(&stand, script);
    }
    let denied = stand.script(Way::Limited, "selec 1;");
    assert!(denied.contains("42501"), "{denied}");
    let denied = stand.script(Way::Limited, "set names 'utf8';");
    assert!(denied.contains("42501"), "{denied}");
    stand.stop();
}

/// Once refused to everybody, now policy's to decide.
#[test]
fn policy_decides_over_messages_two_phase_commit_and_files() {
    let stand = Stand::start();
    for script in [
        "listen news; notify news, 'payload'; select 1; unlisten news; notify news, 'more';",
        "listen news; select pg_notify('news', 'called'); unlisten *;",
        "create table two(a int); begin; insert into two values (1); prepare transaction 'x'; \
         commit prepared 'x'; table two; begin; delete from two; prepare transaction 'y'; \
         rollback prepared 'y'; table two; drop table two;",
        "copy (select 1, 'x') to '/dev/null';",
        "copy (select 1) to program 'cat > /dev/null';",
        "create temp table lines(l text); copy lines from program 'echo line'; table lines;",
    ] {
        // The process that notifies is told in the message; it is another one on each way.
        let [direct, gate] = Way::BOTH.map(|way| without_process(&stand.script(way, script)));
        assert_eq!(direct, gate, "{script}");
    }
    for script in [
        "listen news;",
        "notify news;",
        "prepare transaction 'x';",
        "set role other;",
        "copy customers to '/dev/null';",
        "set app.user = 'bob';",
        "select set_config('app.user', 'bob', false);",
    ] {
        let denied = stand.script(Way::Limited, script);
        assert!(denied.contains("42501"), "{script}: {denied}");
    }
    let allowed = stand.script(
        Way::Limited,
        "select set_config('search_path', '', false); set extra_float_digits = 3; reset role;",
    );
    assert!(!allowed.contains("ERROR"), "{allowed}");
    stand.stop();
}

fn without_process(said: &str) -> String {
    let line = |line: &str| match line.split_once(" received from server process with PID ") {
        Some((before, _)) => before.to_owned(),
        None => line.to_owned(),
    };
    said.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Everything that psql looks up in the catalogs, and its own commands.
#[test]
fn psql_says_the_same() {
    let stand = Stand::start();
    stand.script(Way::Direct, OBJECTS);
    for command in DESCRIBES {
        same(&stand, command);
    }
    for script in SCRIPTS {
        same(&stand, script);
    }
    stand.stop();
}

/// A dump through the gate is the dump itself, and restores to the same.
#[test]
fn dumps_are_the_same() {
    let stand = Stand::start();
    stand.script(Way::Direct, OBJECTS);
    // A key that pg_dump makes up for each dump stands in its first and last lines.
    let unkeyed = |dump: String| {
        let keyed = |line: &str| line.starts_with("\\restrict") || line.starts_with("\\unrestrict");
        dump.lines()
            .filter(|line| !keyed(line))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let [direct, gate] = Way::BOTH.map(|way| unkeyed(stand.run(way, "pg_dump", &["--inserts"])));
    assert!(
        direct == gate,
        "dumps as INSERT differ: {}",
        first_difference(&direct, &gate)
    );
    let [direct, gate] = Way::BOTH.map(|way| unkeyed(stand.run(way, "pg_dump", &[])));
    assert!(direct.len() > 100_000, "{direct}");
    assert!(
        direct == gate,
        "plain dumps differ: {}",
        first_difference(&direct, &gate)
    );
    let file = |name: &str| stand.directory().join(name).display().to_string();
    let through = file("gate.dump");
    stand.run(Way::Gate, "pg_dump", &["-Fc", "-f", &through]);
    let listed = stand.run(Way::Gate, "pg_restore", &["-f", "-", &through]);
    let expected = stand.run(Way::Direct, "pg_dump", &[]);
    assert!(
        without_header(&listed) == without_header(&expected),
        "custom dump differs: {}",
        first_difference(&without_header(&listed), &without_header(&expected))
    );
    stand.script(Way::Direct, "create database copy template template0;");
    let restored = stand.run(
        Way::GateToCopy,
        "pg_restore",
        &["-d", "copy", "--exit-on-error", &through],
    );
    assert_eq!(restored, "", "{restored}");
    let copy = stand.run(Way::DirectToCopy, "pg_dump", &[]);
    assert!(
        without_header(&copy) == without_header(&expected),
        "restored database differs: {}",
        first_difference(&without_header(&copy), &without_header(&expected))
    );
    stand.stop();
}

/// What pg_restore writes at the top names its own version and the time.
fn without_header(dump: &str) -> String {
    dump.lines()
        .filter(|line| {
            !line.starts_with("--")
                && !line.starts_with("\\restrict")
                && !line.starts_with("\\unrestrict")
        })
        .collect::<Vec<_>>()
        .join("\n")
}

fn first_difference(one: &str, other: &str) -> String {
    let pair = one
        .lines()
        .zip(other.lines())
        .find(|(one, other)| one != other);
    pair.map_or_else(
        || format!("{} and {} bytes", one.len(), other.len()),
        |(one, other)| format!("`{one}` and `{other}`"),
    )
}

/// The three protocols of pgbench.
#[test]
fn pgbench_runs() {
    let stand = Stand::start();
    let run = |arguments: &[&str]| stand.run(Way::Gate, "pgbench", arguments);
    let made = run(&["-i", "-s", "1", "--foreign-keys"]);
    assert!(made.contains("done in"), "{made}");
    for protocol in ["simple", "extended", "prepared"] {
        let said = run(&["-M", protocol, "-c", "4", "-j", "2", "-t", "10"]);
        assert!(
            said.contains("number of transactions actually processed: 40/40"),
            "{said}"
        );
    }
    let script = stand.directory().join("pipeline.sql");
    write(
        &script,
        "\\startpipeline\nselect 1;\nselect 2;\n\\endpipeline\n",
    );
    let file = script.display().to_string();
    let said = run(&["-M", "prepared", "-f", &file, "-t", "5"]);
    assert!(said.contains("5/5"), "{said}");
    stand.stop();
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).expect("the file can be written");
}

/// Many kinds of objects.
const OBJECTS: &str = include_str!("clear/objects.sql");

/// What psql looks up in the catalogs. `\\dconfig` alone differs: the pins are given when a session
/// begins, so it lists `client_encoding` too.
const DESCRIBES: &[&str] = &[
    "\\d",
    "\\d+",
    "\\dS",
    "\\dt",
    "\\dt+",
    "\\dv",
    "\\dm",
    "\\di+",
    "\\ds",
    "\\dE",
    "\\da",
    "\\dA+",
    "\\dAc",
    "\\dAf",
    "\\dAo",
    "\\dAp",
    "\\db",
    "\\db+",
    "\\dc",
    "\\dconfig *_mem",
    "\\dC",
    "\\dd",
    "\\dD+",
    "\\ddp",
    "\\des",
    "\\det",
    "\\deu",
    "\\dew",
    "\\df+",
    "\\dF+",
    "\\dFd",
    "\\dFp",
    "\\dFt",
    "\\dg+",
    "\\dl",
    "\\dL+",
    "\\dn+",
    "\\do public.*",
    "\\dO",
    "\\dp",
    "\\drds",
    "\\dP+",
    "\\dRp+",
    "\\dRs",
    "\\dT+",
    "\\du",
    "\\dx+",
    "\\dX",
    "\\dy",
    "\\l",
    "\\sf kinds.twice",
    "\\sv kinds.adults",
    "\\z",
    "\\d kinds.people",
    "\\d+ kinds.people",
    "\\d+ kinds.adults",
    "\\d kinds.events",
    "\\d kinds.people_id_seq",
    "\\dt kinds.*",
    "\\d customers",
    "\\encoding",
    "\\timing off",
];

/// What psql does of its own.
const SCRIPTS: &[&str] = &[
    "\\copy (select id, total from orders order by id limit 5) to stdout csv header",
    "create temp table c(a int, b text);\n\\copy c from stdin\n1\tx\n2\t\\N\n\\.\ntable c;",
    "select count(*) from orders \\gset n_\n\\echo :n_count",
    "select 1 as a, 2 as b \\gdesc",
    "select 'select ' || n from generate_series(1, 2) n \\gexec",
    "\\set FETCH_COUNT 3\nselect id from orders order by id limit 10;",
    "\\set ON_ERROR_ROLLBACK on\nbegin;\nselect 1/0;\nselect 2;\ncommit;",
    "\\set AUTOCOMMIT off\nselect 1;\nselect 1/0;\nselect 2;\nrollback;",
    "begin; declare c cursor for select id from orders order by id; fetch 2 c; move 3 c; fetch c; close c; commit;",
    "\\crosstabview",
    "explain (costs off) select * from orders where id = 1;",
    "\\errverbose",
    "select 1/0;\n\\errverbose",
    "\\lo_list",
];
