#!/usr/bin/env python3
"""Compiles names.txt: frequent given names and surnames of several locales.

Source: the name providers of Faker 40.63.0 (https://github.com/joke2k/faker), MIT licence,
copyright (c) 2012 Daniele Faraglia. Run: python3 compile.py > names.txt, where that version of
Faker is installed. Each line is a name in lower case, a tab, and `g` (given), `s` (surname) or
`gs`; lines are sorted by bytes.
"""

import importlib

LOCALES = (
    "en_US en_GB de_DE de_AT fr_FR es_ES es_MX it_IT pt_BR pt_PT nl_NL pl_PL sv_SE tr_TR da_DK fi_FI "
    "no_NO cs_CZ ru_RU el_GR ja_JP zh_CN zh_TW ko_KR"
).split()
# The lists are sorted by frequency or by letter; none is cut below this.
MOST_PER_LIST = 1500
GIVEN = (
    "first_names first_names_male first_names_female first_name_male first_name_female "
    "first_names_unisex"
).split()
SURNAMES = (
    "last_names last_names_male last_names_female last_name_male last_name_female "
    "last_names_unisex"
).split()


def names(provider, lists):
    for attribute in lists:
        found = getattr(provider, attribute, ())
        if callable(found):
            continue
        for name in list(found)[:MOST_PER_LIST]:
            # Pairs of spelling and reading, as Japanese lists have them.
            for spelling in name if isinstance(name, tuple) else (name,):
                if isinstance(spelling, str):
                    yield spelling.strip()


def main():
    kinds = {}
    for locale in LOCALES:
        provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        for kind, lists in (("g", GIVEN), ("s", SURNAMES)):
            for name in names(provider, lists):
                for part in name.replace("-", " ").split():
                    latin = part.isascii() or ord(part[0]) < 0x500
                    if len(part) > 2 or not latin:
                        kinds.setdefault(part.lower(), set()).add(kind)
    for name in sorted(kinds, key=lambda name: name.encode()):
        print(f"{name}\t{''.join(sorted(kinds[name]))}")


main()
