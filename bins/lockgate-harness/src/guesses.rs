//! Guesses about a planted value: the answer must not tell a right one from a wrong one.

use crate::HarnessError;
use crate::client::Client;
use crate::stand::{CONNECTION, Stand};

/// The rows of the list of threats that are tried by guesses.
pub(crate) const ROWS: &[u32] = &[34, 39, 40, 41];

/// Who may see and search every column.
const KNOWING: &str = "dana";

/// What stands in a statement for the guess.
const GUESS: &str = "{}";

/// One statement, with a right guess and a wrong one of the same length.
struct Twin {
    row: u32,
    statement: &'static str,
    right: &'static str,
    wrong: &'static str,
    /// Why the answers differ, where that is not promised away.
    known: Option<&'static str>,
}

/// Whether an expression fails is seen.
const FAILS: &str =
    "whether an expression over a masked column fails is seen by whether an error comes";

/// How many rows a set-returning function gives is seen.
const ROWS_GIVEN: &str = "how many rows a set-returning function gives for a masked column is seen";

const fn twin(row: u32, statement: &'static str, right: &'static str, wrong: &'static str) -> Twin {
    Twin {
        row,
        statement,
        right,
        wrong,
        known: None,
    }
}

const fn known(reason: &'static str, twin: Twin) -> Twin {
    Twin {
        known: Some(reason),
        ..twin
    }
}

const TWINS: &[Twin] = &[
    twin(
        39,
        "select count(*) from customers where ssn like '{}%'",
        "111-22-33",
        "911-22-33",
    ),
    twin(
        39,
        "select id from customers where ssn = '{}'",
        "111-22-3333",
        "911-22-3333",
    ),
    twin(
        39,
        "select id from customers where ssn < '{}' and id = 4711",
        "5",
        "0",
    ),
    twin(
        39,
        "select id from customers where left(ssn, 3) in ('{}')",
        "111",
        "911",
    ),
    twin(
        39,
        "select c.id from customers c join (values ('{}')) g (v) on g.v = c.ssn",
        "111-22-3333",
        "911-22-3333",
    ),
    twin(
        39,
        "select count(*) filter (where ssn = '{}') from customers",
        "111-22-3333",
        "911-22-3333",
    ),
    twin(
        39,
        "select name from customers group by name having max(ssn) = '{}'",
        "111-22-3333",
        "911-22-3333",
    ),
    twin(
        39,
        "select ssn = '{}' from customers where id = 4711",
        "111-22-3333",
        "911-22-3333",
    ),
    twin(
        39,
        "select width_bucket(left(ssn, 1)::int, 0, {}, 5) from customers where id = 4711",
        "9",
        "2",
    ),
    twin(
        39,
        "select id from customers where (select ssn) = '{}'",
        "111-22-3333",
        "911-22-3333",
    ),
    twin(
        39,
        "select exists (select from customers where ssn = '{}')",
        "111-22-3333",
        "911-22-3333",
    ),
    twin(
        39,
        "select id from customers natural join (values ('{}')) g (ssn)",
        "111-22-3333",
        "911-22-3333",
    ),
    twin(
        34,
        "insert into customers (id, name, email, ssn, created_at) values (1000001, 'x', 'x@example.com', '{}', now())",
        "111-22-3333",
        "911-22-3333",
    ),
    known(
        FAILS,
        twin(
            40,
            "select 1 / (case when ssn like '{}%' then 0 else 1 end) from customers where id = 4711",
            "1",
            "9",
        ),
    ),
    twin(
        40,
        "select (ssn || (case when ssn ~ '^{}' then 'x' else '' end))::int from customers where id = 4711",
        "1",
        "9",
    ),
    known(
        FAILS,
        twin(
            40,
            "select (case when ssn ~ '^{}' then 'x' else '1' end)::int from customers where id = 4711",
            "1",
            "9",
        ),
    ),
    known(
        ROWS_GIVEN,
        twin(
            40,
            "select generate_series(1, position('{}' in ssn)) from customers where id = 4711",
            "1",
            "9",
        ),
    ),
    known(
        ROWS_GIVEN,
        twin(
            40,
            "select unnest(string_to_array(ssn, '{}')) from customers where id = 4711",
            "1",
            "9",
        ),
    ),
    known(
        ROWS_GIVEN,
        twin(
            40,
            "select regexp_matches(ssn, '^{}') from customers where id = 4711",
            "1",
            "9",
        ),
    ),
    twin(
        40,
        "select id from customers where id = 4711 limit (select case when ssn ~ '^{}' then 1 else 0 end from customers where id = 4711)",
        "1",
        "9",
    ),
    twin(
        40,
        "select id from customers where ssn like '{}%' for update skip locked",
        "1",
        "9",
    ),
    twin(
        40,
        "select pg_sleep(0) from customers where ssn like '{}%'",
        "1",
        "9",
    ),
    twin(
        41,
        "alter table customers add check (ssn not like '{}%')",
        "1",
        "9",
    ),
    twin(
        41,
        "create unique index i on customers ((1)) where ssn like '{}-22-3333' or id = 1",
        "111",
        "911",
    ),
    twin(
        41,
        "alter table customers add g int generated always as (1 / (case when ssn = '{}' then 0 else 1 end)) stored",
        "111-22-3333",
        "911-22-3333",
    ),
];

/// The limits that are known: row, what is seen, and the statement that shows it.
pub(crate) fn known_limits() -> impl Iterator<Item = (u32, &'static str, &'static str)> {
    TWINS
        .iter()
        .filter_map(|twin| twin.known.map(|reason| (twin.row, reason, twin.statement)))
}

/// Runs each statement with both guesses, and returns how many answers told them apart that should
/// not, or no longer do, or would tell nobody anything.
pub(crate) fn run(stand: &Stand, principals: &[&str]) -> Result<usize, HarnessError> {
    let mut told = proving_nothing(stand)?;
    for principal in principals {
        for twin in TWINS {
            let right = answers(stand, principal, twin, twin.right)?;
            let same = right == answers(stand, principal, twin, twin.wrong)?;
            let fault = match (same, twin.known) {
                (true, None) | (false, Some(_)) => None,
                (false, None) => Some("the answer tells a right guess from a wrong one"),
                (true, Some(_)) => Some("the answers are the same: it is no longer a known limit"),
            };
            println!(
                "{:>3}  {principal:<10}  guess   {:<13}  {}",
                twin.row,
                if same { "same answer" } else { "told apart" },
                twin.statement
            );
            if let Some(fault) = fault {
                println!("     BREACH: {fault}");
                told += 1;
            }
        }
    }
    Ok(told)
}

/// The answers in text and in binary, each of a session of its own.
fn answers(
    stand: &Stand,
    principal: &str,
    twin: &Twin,
    guess: &str,
) -> Result<[Vec<u8>; 2], HarnessError> {
    let text = twin.statement.replace(GUESS, guess);
    let connect = || Client::connect(stand.gate(), principal, CONNECTION, stand.key(principal));
    let (mut simple, mut binary) = (connect()?, connect()?);
    simple.simple(&text)?;
    binary.binary(&text)?;
    Ok([simple.received, binary.received])
}

/// How many statements do not even tell a right guess from a wrong one to who may see and search
/// everything.
fn proving_nothing(stand: &Stand) -> Result<usize, HarnessError> {
    let mut faults = 0;
    for twin in TWINS {
        let right = answer_in_clear(stand, twin, twin.right)?;
        if right == answer_in_clear(stand, twin, twin.wrong)? {
            println!("     BREACH: it proves nothing: {}", twin.statement);
            faults += 1;
        }
    }
    Ok(faults)
}

/// The answer in text; what was changed is taken back.
fn answer_in_clear(stand: &Stand, twin: &Twin, guess: &str) -> Result<Vec<u8>, HarnessError> {
    let mut client = Client::connect(stand.gate(), KNOWING, CONNECTION, stand.key(KNOWING))?;
    client.simple("begin")?;
    let before = client.received.len();
    client.simple(&twin.statement.replace(GUESS, guess))?;
    let answer = client.received.split_off(before);
    client.simple("rollback")?;
    Ok(answer)
}
