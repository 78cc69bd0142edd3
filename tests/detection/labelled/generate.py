"""Writes a labelled set: `python -m labelled.generate --pool dev --seed 1 --cells 20000 --columns 2000 --out DIR`."""
import argparse
import json
import os
import random
import string

import phonenumbers
from faker import Faker

from . import credentials, identifiers, negatives
from .wording import ANONYMOUS, FREE, KEYED, NAMES, SECRET_NAMES, TOLD, UNTOLD

LOCALES = ["en_US", "en_GB", "de_DE", "fr_FR", "es_ES", "it_IT", "pt_BR", "nl_NL", "pl_PL", "sv_SE", "tr_TR", "ja_JP", "zh_CN", "ko_KR"]
NEGATIVE_SHARE = 0.25
COLUMN_VALUES = 24


class Maker:
    """Values of every type from one seed."""

    def __init__(self, seed, pool):
        self.r, self.pool = random.Random(f"{pool}/{seed}"), pool
        self.fakers = {locale: Faker(locale) for locale in LOCALES}
        for i, f in enumerate(self.fakers.values()):
            f.seed_instance(f"{pool}/{seed}/{i}")
        self.people = {"PERSON": lambda f, l: f.name(), "STREET_ADDRESS": lambda f, l: f.street_address(), "POSTAL_CODE": lambda f, l: f.postcode(),
                       "USERNAME": lambda f, l: self.username(), "EMAIL_ADDRESS": lambda f, l: self.email(), "PHONE_NUMBER": lambda f, l: self.phone(l),
                       "DATE_OF_BIRTH": lambda f, l: self.birth(), "GEO_COORDINATES": lambda f, l: f"{self.r.uniform(-60, 60):.5f}, {self.r.uniform(-170, 170):.5f}",
                       "IP_ADDRESS": lambda f, l: f.ipv4_public() if self.r.random() < 0.7 else f.ipv6(), "MAC_ADDRESS": lambda f, l: f.mac_address()}
        self.types = sorted([*self.people, *identifiers.TYPES, *credentials.TYPES, *credentials.NAMED])

    def username(self):
        f = self.fakers["en_US"]
        return f.user_name() + self.r.choice(["", "_x", ".dev", "99"])

    def email(self):
        f = self.fakers[self.r.choice(["en_US", "de_DE", "fr_FR", "pl_PL"])]
        return f"{f.user_name()}{self.r.choice(['', '+news', '.x'])}@{f.domain_name()}"

    def phone(self, locale):
        """A number with the prefix of a real one, its last digits drawn."""
        example = phonenumbers.example_number_for_type(locale[-2:], self.r.choice([phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE]))
        while True:
            tail = self.r.randrange(10000)
            number = phonenumbers.PhoneNumber(example.country_code, example.national_number // 10000 * 10000 + tail,
                                              italian_leading_zero=example.italian_leading_zero)
            if phonenumbers.is_valid_number(number):
                forms = phonenumbers.PhoneNumberFormat
                return phonenumbers.format_number(number, self.r.choice([forms.E164, forms.INTERNATIONAL, forms.NATIONAL]))

    def birth(self):
        y, m, d = self.r.randint(1935, 2008), self.r.randint(1, 12), self.r.randint(1, 28)
        return self.r.choice([f"{y}-{m:02}-{d:02}", f"{d:02}.{m:02}.{y}", f"{m:02}/{d:02}/{y}", f"{y}/{m:02}/{d:02}"])

    def value(self, kind):
        """`(text, start, end, self_telling)` of one value of a type."""
        if kind in credentials.TYPES:
            return *credentials.TYPES[kind](self.r), True
        if kind in credentials.NAMED:
            text, tells = credentials.NAMED[kind](self.r), False
        elif kind in identifiers.TYPES:
            make, forms, tells = identifiers.TYPES[kind]
            text = self.r.choice(forms)(make(self.r))
        else:
            locale = self.r.choice(LOCALES)
            text = self.people[kind](self.fakers[locale], locale).replace("\n", " ")
            tells = kind in ("EMAIL_ADDRESS", "IP_ADDRESS", "MAC_ADDRESS") or (kind == "PHONE_NUMBER" and text.startswith("+"))
        return text, 0, len(text), tells

    def names(self, kind):
        told, short, word = NAMES.get(kind, SECRET_NAMES).split("|")
        return told.split(), short.split(), word

    def cell(self, kind):
        text, start, end, tells = self.value(kind)
        told, short, word = self.names(kind)
        r = self.r
        where = r.choice(["told", "told", "short", "text", "keyed"] + (["anonymous", "untold"] if tells else []))
        if where in ("told", "short", "anonymous"):
            column = r.choice({"told": told, "short": short, "anonymous": ANONYMOUS}[where])
            return column, text, [[start, end, kind]]
        if where == "keyed":
            pattern = r.choice(KEYED)
            if not set(text) <= set(string.ascii_letters + string.digits + "._-+/=:@"):
                pattern = KEYED[0]
            escaped = text.replace("\\", "\\\\") if pattern == KEYED[0] else text
            start, end = (start, end + len(escaped) - len(text)) if escaped != text else (start, end)
            frame = pattern.format(k=r.choice(told), v="\0")
            text = escaped
        else:
            frame = r.choice(TOLD[self.pool] if where == "text" else UNTOLD[self.pool]).format(w=word, v="\0")
        at = frame.index("\0")
        return r.choice(FREE + ["payload"]), frame.replace("\0", text), [[at + start, at + end, kind]]

    def column(self, kind):
        told, short, _ = self.names(kind)
        values = [self.value(kind) for _ in range(COLUMN_VALUES)]
        pools = [told, short] + ([ANONYMOUS[1:]] if all(v[3] for v in values) else [])
        return self.r.choice(self.r.choice(pools)), [v[0] for v in values], kind


def write(path, rows):
    with open(path, "w", encoding="utf-8") as out:
        for i, row in enumerate(rows):
            out.write(json.dumps({"id": i, **row}, ensure_ascii=False) + "\n")


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--pool", choices=["dev", "held"], required=True)
    for name, default in (("seed", 1), ("cells", 20000), ("columns", 2000)):
        args.add_argument(f"--{name}", type=int, default=default)
    args.add_argument("--out", required=True)
    args = args.parse_args()
    maker, cells, columns = Maker(args.seed, args.pool), [], []
    for i in range(args.cells):
        negative = maker.r.random() < NEGATIVE_SHARE
        column, value, spans = (*negatives.cell(maker.r, maker.fakers, args.pool), []) if negative else maker.cell(maker.types[i % len(maker.types)])
        cells.append({"column": column, "value": value, "spans": spans})
    for i in range(args.columns):
        negative = maker.r.random() < NEGATIVE_SHARE
        column, values, label = negatives.column(maker.r, maker.fakers, COLUMN_VALUES) if negative else maker.column(maker.types[i % len(maker.types)])
        columns.append({"column": column, "values": values, "label": label})
    os.makedirs(args.out, exist_ok=True)
    write(f"{args.out}/{args.pool}-cells.jsonl", cells)
    write(f"{args.out}/{args.pool}-columns.jsonl", columns)


if __name__ == "__main__":
    main()
