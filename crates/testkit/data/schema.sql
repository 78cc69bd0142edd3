-- The shop: what it keeps of its customers, its trade and its staff.

CREATE DOMAIN email_address AS varchar(120) CHECK (VALUE ~ '^[^@[:space:]]+@[^@[:space:]]+$');
CREATE TYPE order_status AS ENUM ('placed', 'paid', 'shipped', 'delivered', 'returned', 'cancelled');
CREATE TYPE postal_address AS (street text, city text, postal_code text);

CREATE TABLE customers (
    id          bigint PRIMARY KEY,
    name        text NOT NULL,
    email       varchar(120) NOT NULL,
    phone       text,
    ssn         char(11) UNIQUE,
    birth_date  date,
    card        text,
    address     text,
    city        text,
    postal_code text,
    notes       text,
    tags        text[] NOT NULL DEFAULT '{}',
    created_at  timestamptz NOT NULL,
    profile     jsonb NOT NULL DEFAULT '{}'
);

-- A child by inheritance: `SELECT … FROM customers` reads it too.
CREATE TABLE customers_archive (closed_at timestamptz NOT NULL) INHERITS (customers);

-- The types that a mask meets rarely: a domain, an array of a domain, a composite, a range.
CREATE TABLE contacts (
    id          bigint PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES customers (id),
    work_email  email_address,
    emails      email_address[] NOT NULL DEFAULT '{}',
    home        postal_address,
    valid       daterange NOT NULL
);

CREATE TABLE orders (
    id          bigint PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES customers (id),
    status      order_status NOT NULL,
    total       numeric(10, 2) NOT NULL CHECK (total >= 0),
    placed_at   timestamptz NOT NULL
);
CREATE INDEX orders_customer_id ON orders (customer_id);

CREATE TABLE order_items (
    order_id bigint NOT NULL REFERENCES orders (id),
    line     smallint NOT NULL,
    product  text NOT NULL,
    quantity integer NOT NULL CHECK (quantity > 0),
    price    numeric(10, 2) NOT NULL,
    PRIMARY KEY (order_id, line)
);

CREATE TABLE payments (
    id          bigint PRIMARY KEY,
    order_id    bigint NOT NULL REFERENCES orders (id),
    card_number text,
    iban        text,
    amount      numeric(10, 2) NOT NULL,
    paid_at     timestamptz NOT NULL
);

CREATE TABLE tickets (
    id          uuid PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES customers (id),
    subject     text NOT NULL,
    body        text NOT NULL,
    opened_at   timestamptz NOT NULL
);

CREATE TABLE employees (
    id         bigint PRIMARY KEY,
    name       text NOT NULL,
    email      email_address NOT NULL,
    department text NOT NULL,
    salary     numeric(12, 2) NOT NULL CHECK (salary > 0),
    manager_id bigint REFERENCES employees (id)
);

CREATE TABLE api_keys (
    id         bigint PRIMARY KEY,
    owner      text NOT NULL,
    key        text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL
);

CREATE TABLE events (
    id          bigint NOT NULL,
    customer_id bigint,
    kind        text NOT NULL,
    ip          inet,
    user_agent  text,
    happened_at timestamptz NOT NULL
) PARTITION BY RANGE (happened_at);
CREATE TABLE events_2026_q1 PARTITION OF events
    FOR VALUES FROM ('2026-01-01 00:00:00+00') TO ('2026-04-01 00:00:00+00');
CREATE TABLE events_2026_q2 PARTITION OF events
    FOR VALUES FROM ('2026-04-01 00:00:00+00') TO ('2026-07-01 00:00:00+00');
CREATE TABLE events_other PARTITION OF events DEFAULT;

CREATE VIEW customer_contacts AS SELECT id, name, email, phone FROM customers;
-- The protected column under another name, and once more through a view on the view.
CREATE VIEW customer_references AS SELECT id, ssn AS reference FROM customers;
CREATE VIEW order_references AS
    SELECT o.id AS order_id, r.reference AS buyer
    FROM orders o JOIN customer_references r ON r.id = o.customer_id;
-- Masked by the database: what a shop does that has no gate.
CREATE VIEW customers_masked AS
    SELECT id, left(name, 1) || '.' AS initial, 'XXX-XX-' || right(ssn, 4) AS ssn FROM customers;
CREATE MATERIALIZED VIEW customer_spend AS
    SELECT c.id AS customer_id, c.name, c.email, count(o.id) AS orders, coalesce(sum(o.total), 0) AS total
    FROM customers c LEFT JOIN orders o ON o.customer_id = c.id
    GROUP BY c.id, c.name, c.email
    WITH NO DATA;

CREATE FUNCTION customer_ssn(customer bigint) RETURNS text LANGUAGE sql STABLE
AS 'SELECT ssn FROM customers WHERE id = customer';

-- Which column it reads is not to be seen in any text but its argument's.
CREATE FUNCTION customer_field(customer bigint, field text) RETURNS text LANGUAGE plpgsql STABLE
AS $$
DECLARE
    found text;
BEGIN
    EXECUTE format('SELECT %I::text FROM customers WHERE id = $1', field) INTO found USING customer;
    RETURN found;
END
$$;
