-- The planted values, given as settings `canary.…`; see `testkit::canary`.

CREATE FUNCTION pg_temp.canary(name text) RETURNS text LANGUAGE sql STABLE
AS $$ SELECT current_setting('canary.' || name) $$;

INSERT INTO customers VALUES (
    4711, pg_temp.canary('name'), pg_temp.canary('email'), pg_temp.canary('phone'),
    pg_temp.canary('ssn'), pg_temp.canary('birth_date')::date, pg_temp.canary('card'),
    pg_temp.canary('address'), 'Lisbon', '10999',
    'Second contact: ' || pg_temp.canary('text_email') || ', phone ' || pg_temp.canary('text_phone'),
    '{vip}', '2025-11-05 10:00:00+00',
    jsonb_build_object('language', 'en', 'recovery', jsonb_build_object('email', pg_temp.canary('text_email')))
);

INSERT INTO contacts VALUES (
    4711, 4711, pg_temp.canary('email'), ARRAY[pg_temp.canary('email')]::email_address[],
    ROW(pg_temp.canary('address'), 'Lisbon', '10999')::postal_address, '[2025-01-01,2027-01-01)'
);

INSERT INTO orders VALUES (47110, 4711, 'paid', 129.90, '2026-02-03 12:00:00+00'),
                          (47111, 4711, 'shipped', 64.50, '2026-03-09 15:30:00+00');
INSERT INTO payments VALUES
    (47110, 47110, pg_temp.canary('payment_card'), NULL, 129.90, '2026-02-03 12:05:00+00'),
    (47111, 47111, NULL, pg_temp.canary('iban'), 64.50, '2026-03-09 15:35:00+00');

INSERT INTO tickets VALUES
    (md5('canary1')::uuid, 4711, 'Payment',
     'Please charge ' || pg_temp.canary('text_card') || ' instead and confirm to '
         || pg_temp.canary('text_email') || ' or ' || pg_temp.canary('text_phone')
         || '. My SSN is ' || pg_temp.canary('text_ssn') || '.',
     '2026-02-04 09:00:00+00'),
    (md5('canary2')::uuid, 4711, 'Import fails',
     E'Here is our configuration:\nAWS_ACCESS_KEY_ID=' || pg_temp.canary('text_aws_key')
         || E'\nGITHUB_TOKEN=' || pg_temp.canary('text_github_token')
         || E'\nDATABASE_URL=postgres://reporting:' || pg_temp.canary('text_password')
         || E'@db.internal:5432/shop\nAuthorization: Bearer ' || pg_temp.canary('text_jwt'),
     '2026-02-05 09:00:00+00');

INSERT INTO employees VALUES (
    4711, pg_temp.canary('employee_name'), pg_temp.canary('employee_email'), 'engineering',
    pg_temp.canary('salary')::numeric, (SELECT min(id) FROM employees)
);

INSERT INTO api_keys VALUES (4711, 'partner', pg_temp.canary('api_key'), '2026-01-15 00:00:00+00');
