"""psycopg 3 and asyncpg against a gate, as somebody who must see masked values.

Where to connect and as whom comes from PG* in the environment. Every value received is printed,
so that whoever started this can search for values that must not be seen. Exits with 0 only when
each step behaved.
"""

import asyncio
import os
import threading
import traceback

import asyncpg
import psycopg

LOOKUP = "select id, ssn, email from customers where id = "
# Runs for many seconds unless it is cancelled.
SLOW = "select count(*) from generate_series(1, 100000000) a"
ID = 4711
WAIT = 60

failed = []


def show(what, value):
    """Prints a received value, as it is and with its bytes."""
    print(f"  {what}: {value!r}", flush=True)


def check(what, truth):
    if not truth:
        raise AssertionError(what)


def check_row(row):
    """A row of LOOKUP: the key is there, the rest is masked, not missing."""
    show("row", tuple(row))
    check("the id is not masked", row[0] == ID)
    # The column is character(11): results are padded, copies are not.
    check("the ssn is masked", row[1].rstrip() == "[REDACTED]")
    check("the email is masked", row[2] == "z***@c***.example")


def run(step, *args):
    """Runs a step and goes on after its failure, so that one run shows all of them."""
    print(step.__name__, flush=True)
    try:
        result = step(*args)
        if asyncio.iscoroutine(result):
            asyncio.run(asyncio.wait_for(result, WAIT))
        print("  behaved", flush=True)
    except Exception:
        traceback.print_exc()
        failed.append(step.__name__)


def psycopg_text_and_binary():
    with psycopg.connect() as connection:
        for binary in (False, True):
            with connection.cursor(binary=binary) as cursor:
                check_row(cursor.execute(LOOKUP + "%s", (ID,)).fetchone())
                for column in range(3):
                    check("the format is as asked", cursor.pgresult.fformat(column) == binary)
                cursor.execute("select * from customers order by id")
                rows = cursor.fetchall()
                check("many rows", len(rows) > 1)
                for row in rows:
                    show("row", row)


def psycopg_prepared():
    with psycopg.connect() as connection:
        for binary in (False, True):
            for _ in range(10):
                cursor = connection.execute(LOOKUP + "%s", (ID,), prepare=True, binary=binary)
                check_row(cursor.fetchone())
        names = connection.execute("select name from pg_prepared_statements").fetchall()
        show("prepared", names)
        check("the server keeps one statement", len(names) == 1)


def psycopg_pipeline():
    with psycopg.connect() as connection:
        with connection.pipeline():
            cursors = [connection.execute(LOOKUP + "%s", (ID,)) for _ in range(5)]
            count = connection.execute("select count(*) from customers")
        for cursor in cursors:
            check_row(cursor.fetchone())
        check("the statement after them has its own result", count.fetchone()[0] > 1)


def psycopg_copy():
    with psycopg.connect() as connection, connection.cursor() as cursor:
        with cursor.copy(f"copy ({LOOKUP}{ID}) to stdout") as copy:
            data = b"".join(bytes(part) for part in copy)
        show("copied", data)
        key, ssn, email = data.decode().rstrip("\n").split("\t")
        check_row((int(key), ssn, email))


def psycopg_server_cursor():
    with psycopg.connect() as connection:
        for binary in (False, True):
            with connection.cursor(name="lookup", binary=binary) as cursor:
                cursor.execute(LOOKUP + "%s", (ID,))
                check_row(cursor.fetchone())
                check("one row alone", cursor.fetchone() is None)
        with connection.cursor(name="many") as cursor:
            cursor.itersize = 7
            cursor.execute("select id, ssn from customers order by id limit 30")
            rows = list(cursor)
            show("rows", rows)
            check("all rows in parts", len(rows) == 30)


def psycopg_cancel():
    with psycopg.connect(autocommit=True) as connection:
        done = threading.Event()

        def cancel():
            # A request that comes before the statement has no effect: again until it had one.
            while not done.wait(0.2):
                connection.cancel_safe(timeout=10)

        thread = threading.Thread(target=cancel)
        thread.start()
        try:
            connection.execute(SLOW)
            check("the statement is cancelled", False)
        except psycopg.errors.QueryCanceled as error:
            show("cancelled", str(error))
        finally:
            done.set()
            thread.join()
        check_row(connection.execute(LOOKUP + "%s", (ID,)).fetchone())


def psycopg_denied():
    with psycopg.connect(autocommit=True) as connection:
        try:
            connection.execute("drop table customers")
            check("the statement is denied", False)
        except psycopg.errors.InsufficientPrivilege as error:
            show("denied", (error.sqlstate, str(error)))
        check_row(connection.execute(LOOKUP + "%s", (ID,)).fetchone())


def asyncpg_connect():
    # With PGSSLMODE, asyncpg does what libpq does.
    return asyncpg.connect(timeout=20)


async def asyncpg_fetch():
    connection = await asyncpg_connect()
    check_row((await connection.fetch(LOOKUP + "$1", ID))[0])
    for row in await connection.fetch("select * from customers order by id"):
        show("row", tuple(row))
    await connection.close()


async def asyncpg_prepared():
    connection = await asyncpg_connect()
    statement = await connection.prepare(LOOKUP + "$1")
    for _ in range(10):
        check_row(await statement.fetchrow(ID))
    await connection.close()


async def asyncpg_cursor():
    connection = await asyncpg_connect()
    async with connection.transaction():
        rows = []
        async for row in connection.cursor(
            "select id, ssn from customers order by id limit 30", prefetch=7
        ):
            rows.append(tuple(row))
        show("rows", rows)
        check("all rows in parts", len(rows) == 30)
        cursor = await connection.cursor(LOOKUP + "$1", ID)
        check_row(await cursor.fetchrow())
    await connection.close()


async def asyncpg_copy():
    connection = await asyncpg_connect()
    data = bytearray()

    async def keep(part):
        data.extend(part)

    await connection.copy_from_query(LOOKUP + str(ID), output=keep)
    show("copied", bytes(data))
    key, ssn, email = data.decode().rstrip("\n").split("\t")
    check_row((int(key), ssn, email))
    await connection.close()


async def asyncpg_timeout():
    connection = await asyncpg_connect()
    try:
        await connection.fetchval(SLOW, timeout=1)
        check("the statement is cancelled", False)
    except TimeoutError as error:
        show("timed out", error)
    check_row(await connection.fetchrow(LOOKUP + "$1", ID))
    await connection.close()


STEPS = [
    psycopg_text_and_binary,
    psycopg_prepared,
    psycopg_pipeline,
    psycopg_copy,
    psycopg_server_cursor,
    psycopg_cancel,
    psycopg_denied,
    asyncpg_fetch,
    asyncpg_prepared,
    asyncpg_cursor,
    asyncpg_copy,
    asyncpg_timeout,
]

if __name__ == "__main__":
    for step in STEPS:
        run(step)
    print(f"failed: {failed}" if failed else "all steps behaved", flush=True)
    # Threads of a failed step must not keep the process.
    os._exit(1 if failed else 0)
