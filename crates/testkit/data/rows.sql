-- Rows by rule: the same on every machine. `shop.customers` says how many customers, and
-- `shop.first` the number of the first, so that two databases share no person.
-- Nothing here may be equal to a planted value.

CREATE FUNCTION pg_temp.pick(words text, n bigint) RETURNS text LANGUAGE sql IMMUTABLE
AS $$ SELECT (string_to_array(words, ' '))[1 + n % cardinality(string_to_array(words, ' '))] $$;

-- The payload with its check digit by Luhn's formula.
CREATE FUNCTION pg_temp.luhn(payload text) RETURNS text LANGUAGE sql IMMUTABLE
AS $$
    SELECT payload || (10 - sum(CASE WHEN (length(payload) - i) % 2 = 0
                                     THEN d * 2 / 10 + d * 2 % 10 ELSE d END) % 10) % 10
    FROM generate_series(1, length(payload)) i, CAST(substr(payload, i, 1) AS integer) d
$$;

-- A German account number with its check digits (ISO 7064, MOD 97-10; DE is 1314).
CREATE FUNCTION pg_temp.iban(account text) RETURNS text LANGUAGE sql IMMUTABLE
AS $$ SELECT 'DE' || to_char(98 - (account || '131400')::numeric % 97, 'FM00') || account $$;

CREATE TEMP TABLE people AS
SELECT n,
       pg_temp.pick('Ada Bruno Chen Dalia Emil Farah Goran Hanna Ivo Jaya Kofi Lena Marco Nadia Omar Petra Quinn Rosa Sami Tara Umar Vera Wim Yara', n * 7)
           AS first,
       pg_temp.pick('Abara Berger Costa Dimitrov Eriksen Fischer Garcia Haddad Ito Jensen Kowalski Lindqvist Moreau Novak Okafor Petrov Rossi Singh Tanaka Ueda Varga Weiss Yilmaz', n * 11 + n / 24)
           AS last
FROM generate_series(current_setting('shop.first')::bigint,
                     current_setting('shop.first')::bigint + current_setting('shop.customers')::bigint - 1) n;

INSERT INTO customers
SELECT n, first || ' ' || last, lower(first || '.' || last) || n || '@mail.example',
       '+1-' || 203 + n % 600 || '-555-' || to_char(1000 + n * 37 % 9000, 'FM0000'),
       to_char(200 + n % 400, 'FM000') || '-' || to_char(10 + n * 37 % 89, 'FM00') || '-'
           || to_char(1000 + n % 9000, 'FM0000'),
       date '1945-03-01' + (n * 7919 % 21000)::integer,
       pg_temp.luhn('4539' || to_char(10000000000 + n * 7654321, 'FM00000000000')),
       10 + n % 180 || ' ' || pg_temp.pick('Harbour Mill Station Church Orchard Bridge Market Castle', n)
           || ' Street',
       pg_temp.pick('Lisbon Gdansk Lyon Turin Bergen Graz Porto Ghent', n * 3),
       to_char(10000 + n * 53 % 90000, 'FM00000'),
       CASE n % 5
           WHEN 0 THEN 'Prefers to be called after 5 pm at +1-' || 203 + n % 600 || '-555-0'
                       || to_char(100 + n % 900, 'FM000')
           WHEN 1 THEN 'Invoice copies to ' || lower(last) || n || '@office.example, please'
           WHEN 2 THEN 'Left the gate code with the neighbour'
       END,
       CASE n % 3 WHEN 0 THEN '{}' WHEN 1 THEN '{newsletter}' ELSE '{newsletter,vip}' END::text[],
       timestamptz '2024-01-01 08:00:00+00' + n * interval '7 hours',
       jsonb_build_object('language', pg_temp.pick('en de pt fr', n), 'loyalty', n % 4,
                          'recovery', jsonb_build_object('email', 'r' || n || '@backup.example'))
FROM people;

INSERT INTO customers_archive
SELECT 900000 + n, first || ' ' || last, 'closed' || n || '@mail.example', NULL,
       to_char(700 + n % 50, 'FM000') || '-' || to_char(10 + n % 89, 'FM00') || '-' || to_char(1000 + n % 9000, 'FM0000'),
       date '1940-01-01' + n::integer, NULL, NULL, NULL, NULL, NULL, '{}',
       timestamptz '2020-01-01 08:00:00+00', '{}', timestamptz '2023-06-30 00:00:00+00'
FROM people ORDER BY n LIMIT 20;

INSERT INTO contacts
SELECT n, n, lower(last) || n || '@office.example',
       ARRAY[lower(first) || n || '@home.example', lower(last) || n || '@office.example']::email_address[],
       ROW('Unit ' || n % 90, pg_temp.pick('Lisbon Gdansk Lyon Turin', n), to_char(10000 + n, 'FM00000'))::postal_address,
       daterange(date '2025-01-01', date '2026-12-31')
FROM people WHERE n % 10 = 0;

INSERT INTO orders
SELECT n * 10 + k, n,
       (enum_range(NULL::order_status))[1 + (n + k) % 6],
       round((19.9 + n * 31 % 480 + k * 7.25)::numeric, 2),
       timestamptz '2026-01-02 09:00:00+00' + (n * 3 + k * 11) % 4000 * interval '1 hour'
FROM people, generate_series(1, 1 + n % 4) k;

INSERT INTO order_items
SELECT id, line, pg_temp.pick('kettle lamp blanket teapot stool mirror basket notebook', id + line),
       1 + id % 3, round((5 + (id + line * 17) % 90)::numeric, 2)
FROM orders, generate_series(1, 2) line;

INSERT INTO payments
SELECT o.id, o.id,
       CASE WHEN o.id % 3 < 2 THEN pg_temp.luhn('5355' || to_char(10000000000 + o.id * 765432, 'FM00000000000')) END,
       CASE WHEN o.id % 3 = 2 THEN pg_temp.iban(to_char(500105170000000000 + o.id * 7919, 'FM000000000000000000')) END,
       o.total, o.placed_at + interval '5 minutes'
FROM orders o WHERE o.status <> 'cancelled';

INSERT INTO tickets
SELECT md5('ticket' || n)::uuid, n,
       pg_temp.pick('Refund Delivery Login Invoice Warranty', n),
       CASE n % 4
           WHEN 0 THEN 'My parcel ' || 7000000 + n || ' has not arrived. Please write to ' || c.email || '.'
           WHEN 1 THEN 'I was charged twice on card ' || c.card || '. Call me: ' || c.phone
           WHEN 2 THEN 'The form asks for my social security number, it is ' || c.ssn || '. Is that right?'
           ELSE 'Logged in from ' || host(inet '198.51.100.0' + n % 250) || ' and the page stayed white.'
       END,
       c.created_at + interval '40 days'
FROM people JOIN customers c ON c.id = n WHERE n % 3 = 0;

INSERT INTO employees
SELECT n, first || ' ' || last, lower(first) || n || '@shop.example',
       pg_temp.pick('support warehouse engineering finance', n),
       40000 + n * 1931 % 60000 + 0.5, NULL
FROM people ORDER BY people.n LIMIT 60;
UPDATE employees SET manager_id = (SELECT min(id) FROM employees) + id % 5
WHERE id >= (SELECT min(id) + 5 FROM employees);

INSERT INTO api_keys
SELECT n, pg_temp.pick('billing search warehouse mobile', n), 'shk_live_' || left(md5('key' || n), 30),
       timestamptz '2025-02-01 00:00:00+00' + n * interval '1 day'
FROM people ORDER BY n LIMIT 40;

INSERT INTO events
SELECT n * 3 + k, n, pg_temp.pick('login view basket checkout', n + k), inet '203.0.113.0' + n % 250,
       'Mozilla/5.0 (X11; Linux x86_64)',
       timestamptz '2026-01-01 00:00:00+00' + n * 5 % 4600 * interval '1 hour'
FROM people, generate_series(0, 2) k;
