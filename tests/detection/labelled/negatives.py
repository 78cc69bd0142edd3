"""Harmless values that resemble sensitive ones, and columns whose names mislead."""
import base64

from .credentials import HEX, chars, uuid
from .identifiers import DIGITS, UPPER, grouped, pick

PRODUCTS = {"dev": ["Jordan Air Max", "Mercedes Vito", "Victoria Sponge 6x", "Martin Guitar D-28", "Acme Tools GmbH", "Rose & Sons Ltd", "Charlotte Sofa"],
            "held": ["Stella Artois Pack", "Morgan Stanley Fund", "Laura Ashley Curtain", "Bosch Siemens AG", "Harley Glide", "Henry Vacuum HVR160", "Dr. Oetker Pizza"]}


def ean(r):
    body = pick(r, DIGITS, 12)
    return body + str(-sum(int(c) * (3 if i % 2 else 1) for i, c in enumerate(body)) % 10)


def pem(r):
    kind = r.choice(["PUBLIC KEY", "CERTIFICATE"])
    body = base64.b64encode(r.randbytes(150)).decode()
    return f"-----BEGIN {kind}-----\n{body}\n-----END {kind}-----"


def placeholder(r):
    return r.choice(["AKIAIOSFODNN7EXAMPLE", "sk_live_xxxxxxxxxxxxxxxxxxxxxxxx", "<YOUR_API_KEY>", "${DB_PASSWORD}", "{{ api_token }}", "changeme-EXAMPLE", "ghp_" + "x" * 36, "********"])


# name of the kind -> (column names, generator)
KINDS = {
    "order": (["order_no", "order_number", "value"], lambda r: r.choice(["ORD-", "SO", "#", ""]) + pick(r, "123456789", 1) + pick(r, DIGITS, r.randint(5, 8))),
    "uuid": (["id", "request_id", None], uuid),
    "version": (["version", "app_version", "build"], lambda r: ".".join(str(r.randint(0, 40)) for _ in range(r.choice([3, 4])))),
    "netmask": (["netmask", "subnet_mask"], lambda r: r.choice(["255.255.255.0", "255.255.0.0", "255.255.255.240", "255.240.0.0"])),
    "ean": (["ean", "barcode", "gtin"], ean),
    "isbn": (["isbn", "isbn13"], lambda r: "978-" + grouped(pick(r, DIGITS, 10), 1, 4, 4, 1, sep="-")),
    "price": (["price", "amount", "total", "data"], lambda r: r.choice(["", "$", "€ "]) + f"{r.uniform(1, 9999):,.2f}"),
    "timestamp": (["created_at", "updated_at", "ts"], lambda r: r.choice([f"2026-0{r.randint(1, 9)}-1{r.randint(0, 9)} 12:{r.randint(10, 59)}:07", str(r.randint(1700000000, 1790000000)), f"2026-0{r.randint(1, 9)}-1{r.randint(0, 9)}T08:00:00Z"])),
    "tracking": (["tracking_number", "shipment", "awb"], lambda r: r.choice(["1Z" + pick(r, UPPER + DIGITS, 16), "JD" + pick(r, DIGITS, 18), pick(r, DIGITS, 12)])),
    "placeholder": (["api_key", "password", "config", "note"], placeholder),
    "public key": (["public_key", "certificate", "pem"], pem),
    "commit": (["commit", "sha", "git_rev", None], lambda r: chars(r, HEX, 40)),
    "digest": (["etag", "checksum", "sha256"], lambda r: chars(r, HEX, r.choice([32, 64]))),
    "flag": (["email_verified", "password_changed", "phone_verified", "ssn_present"], lambda r: r.choice(["true", "false", "t", "1"])),
    "count": (["email_count", "token_count", "address_count", "password_min_length"], lambda r: str(r.randint(0, 500))),
    "kind": (["address_type", "card_type", "phone_type", "iban_country"], lambda r: r.choice(["home", "work", "visa", "mobile", "DE", "billing"])),
    "time": (["password_expires_at", "email_sent_at", "token_created_at"], lambda r: f"2026-{r.randint(1, 12):02}-{r.randint(1, 28):02} 09:{r.randint(10, 59)}:00+00"),
    "key name": (["file_name", "host_name", "table_name", "event_name"], lambda r: r.choice(["report_", "db-", "orders_", "page_view_"]) + chars(r, "abcdef", 4)),
    "sku": (["sku", "part_no", "col3"], lambda r: pick(r, UPPER, 3) + "-" + pick(r, DIGITS, 5)),
    "image": (["icon", "path"], lambda r: f"assets/logo{r.randint(1, 99)}@2x.png"),
}
MISLEADING = ["flag", "count", "kind", "time", "key name"]
SENTENCES = {"dev": ["Order {v} is late.", "Deployed {v} this morning", "see {v} in the list"], "held": ["Item {v} came back.", "we rolled back to {v}", "Bestand für {v} fehlt"]}


def cell(r, fakers, pool):
    """A column name and a value in which nothing is to be found."""
    if r.random() < 0.2:
        column, text = r.choice([(r.choice(["product", "title", "brand", "value"]), r.choice(PRODUCTS[pool])),
                                 (r.choice(["city", "city_name", "ort"]), fakers[r.choice(["en_US", "de_DE", "it_IT"])].city()),
                                 ("company", fakers["en_GB"].company())])
        return column, text
    kind = r.choice([*KINDS])
    names, make = KINDS[kind]
    text = make(r)
    # In a sentence four numbers and dots are an address, unless the word stands beside them.
    told = f"version {text}" if kind == "version" else text
    if r.random() < 0.25 and "\n" not in text:
        return r.choice(["note", "body", "message"]), r.choice(SENTENCES[pool]).format(v=told)
    return r.choice(names), text


def column(r, fakers, n):
    """A harmless column; every other one has a name that misleads."""
    kinds = MISLEADING if r.random() < 0.5 else [k for k in KINDS if k not in MISLEADING and k != "placeholder"]
    names, make = KINDS[r.choice(kinds)]
    return r.choice([name for name in names if name]), [make(r) for _ in range(n)], None
