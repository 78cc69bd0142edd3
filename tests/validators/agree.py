"""Asks python-stdnum (and libphonenumber) and us about the same values, right ones and near misses.

A row of types.tsv is a type of ours, the module of stdnum, a column that names the type, and a
template. In a template `#` is any digit, `[AB]` one of the characters and `{ymd}` and the like are
parts of a date or a whole value (see `parts`); the last character (two, if they are `00`) is a check
character of the alphabet that `CHECKS` gives it. Everything else is itself. Where the last one is none
of these, the template makes values that are right, or nothing checks them.

Of each template filled in, the check characters are tried until the oracle takes one; then the value
is changed in one place, or two neighbours are swapped, a few times. Whatever the oracle was asked
about, we are asked about, so that no answer of the slower side is thrown away.
"""

import argparse
import calendar
import importlib
import itertools
import pathlib
import random
import re
import subprocess
import sys
import time

import phonenumbers

import differences
import numbers_of

QUICK, LONG = 3_000, 1_000_000
# How many values are held at a time.
PORTION = 50_000
# How many near misses are made of each right value.
NEIGHBOURS = 12
CHECKS = {
    "0": "0123456789",
    "X": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "Y": "0123456789ABCDEFHJKLMNPRSTUVWXY",
    "K": "0123456789K",
    "T": "0123456789X",
    "A": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
}
# The share of telephone numbers that we may miss: ours are told by two digits and the length.
ALLOWED = 0.02


def parts(template, chance):
    """A template with its dates and numbers filled in; some dates are to come, some of no calendar."""
    month = chance.randint(1, 12)
    year = chance.randint(1860, 2029)
    day = chance.randint(1, calendar.monthrange(year, month)[1])
    y, m, d = f"{year % 100:02}", f"{month:02}", f"{day:02}"
    woman = f"{month + 50:02}"
    known = {
        "ymd": y + m + d,
        "dmy": d + m + y,
        "yyyymmdd": f"{year}{m}{d}",
        "y": y,
        "mm": m,
        "d": d,
        "dm": d + m,
        "yyy": f"{year % 1000:03}",
        "ywd": y + woman + d,
    }
    if "{" in template:
        made = {name: make(chance) for name, make in numbers_of.MAKERS.items() if f"{{{name}}}" in template}
        template = template.format(**known, **made)
    return template


def filled(template, chance):
    value = parts(template, chance)
    value = re.sub(r"\[(.*?)\]", lambda found: one_of(found[1], chance), value)
    return "".join(chance.choice("0123456789") if mark == "#" else mark for mark in value)


def one_of(choices, chance):
    """One of the alternatives between `|`, else one of the characters, `A-F` being all from A to F."""
    if "|" in choices:
        return chance.choice(choices.split("|"))
    ranges = re.sub(r"(\w)-(\w)", lambda ends: "".join(map(chr, range(ord(ends[1]), ord(ends[2]) + 1))), choices)
    return chance.choice(ranges)


def check_length(template):
    """How many characters at the end are check characters."""
    if template.endswith(("}", "]")):
        return 0
    if template.endswith("00") and not template.endswith("000"):
        return 2
    return 1 if template[-1] in CHECKS else 0


def samples(template, is_valid, chance):
    """Values and what the oracle says about each, without end."""
    length = check_length(template)
    while True:
        value = filled(template, chance)
        right = None
        for value in completions(value, length, chance):
            valid = is_valid(value)
            yield value, valid
            if valid:
                right = value
                break
        for _ in range(NEIGHBOURS if right else 2):
            near = changed(right or value, chance)
            yield near, is_valid(near)


def completions(value, length, chance):
    if not length:
        return [value]
    body, last = value[:-length], value[-1]
    tries = ["".join(tail) for tail in itertools.product(CHECKS[last], repeat=length)]
    chance.shuffle(tries)
    return (body + tail for tail in tries)


def changed(value, chance):
    """The value with one digit or letter exchanged for another of its kind, or two neighbours swapped."""
    place = chance.choice([place for place, letter in enumerate(value) if letter.isalnum()])
    if chance.random() < 0.2 and value[place + 1 : place + 2].isalnum():
        return value[:place] + value[place + 1] + value[place] + value[place + 2 :]
    kind = CHECKS["0"] if value[place].isdigit() else CHECKS["A"]
    return value[:place] + chance.choice(kind) + value[place + 1 :]


def ours(program, rows):
    """Our answers, in the order of the rows."""
    text = "".join(f"{kind}\t{column}\t{value}\n" for kind, column, value in rows)
    run = subprocess.run([program], input=text, capture_output=True, text=True, check=True)
    return [line == "1" for line in run.stdout.splitlines()]


def oracle(name):
    """The judgement of a module of stdnum; where its tables fail it, the value is not valid."""
    module = importlib.import_module(f"stdnum.{name}")
    judge = numbers_of.JUDGES.get(name, module.is_valid)

    def is_valid(value):
        try:
            return judge(value)
        except (KeyError, IndexError, ValueError):
            return False

    return is_valid


def compare(program, row, count, chance):
    """Whether we differ from the oracle only where it is said why."""
    kind, module, column, template = row
    started = time.monotonic()
    explained, reason = differences.of(kind, template)
    right = known = 0
    strange = []
    stream = itertools.islice(samples(template, oracle(module), chance), count)
    while portion := list(itertools.islice(stream, PORTION)):
        answers = ours(program, [(kind, column, value) for value, _ in portion])
        right += sum(wanted for _, wanted in portion)
        differ = [(value, wanted) for (value, wanted), answer in zip(portion, answers, strict=True) if wanted != answer]
        unexplained = [case for case in differ if not explained(*case)]
        known += len(differ) - len(unexplained)
        strange += unexplained
    took = time.monotonic() - started
    print(f"{kind:18} {template:32} {right:8} of {count} valid, {known:6} differ, {len(strange)} for no reason, {took:.0f} s", end="")
    print(f" ({reason})" if known else "", flush=True)
    for value, wanted in strange[:8]:
        print(f"    {value}: {'valid' if wanted else 'not valid'} by stdnum")
    return not strange


def phones(program, count, chance):
    """International numbers near the example of each country; ours look at two digits and length."""
    values = []
    codes = list(phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items())
    while len(values) < count:
        code, regions = chance.choice(codes)
        if regions[0] == "001":
            example = phonenumbers.example_number_for_non_geo_entity(code)
        else:
            example = phonenumbers.example_number(chance.choice(regions))
        national = str(example.national_number)
        kept = chance.randint(0, len(national))
        national = national[:kept] + "".join(chance.choice("0123456789") for _ in national[kept:])
        values.append(f"+{code}{national}")
    answers = ours(program, [("PHONE_NUMBER", "phone", value) for value in values])
    wanted = [phonenumbers.is_valid_number(phonenumbers.parse(value)) for value in values]
    missed = [v for v, w, a in zip(values, wanted, answers, strict=True) if w and not a]
    taken = sum(a and not w for w, a in zip(wanted, answers, strict=True))
    print(f"PHONE_NUMBER       {sum(wanted)} of {count} valid, {len(missed)} missed, {taken} taken beyond", missed[:5])
    return len(missed) <= ALLOWED * count


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--ours", required=True)
    arguments.add_argument("--long", action="store_true")
    arguments.add_argument("--count", type=int)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("types", nargs="*")
    given = arguments.parse_args()
    chance = random.Random(given.seed)
    count = given.count or (LONG if given.long else QUICK)
    table = pathlib.Path(__file__).with_name("types.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines()]
    wanted = [row for row in rows if not given.types or row[0] in given.types]
    # A million a type: a type with several templates has its share of each.
    templates = {kind: sum(row[0] == kind for row in wanted) for kind, *_ in wanted}
    results = [compare(given.ours, row, -(-count // templates[row[0]]), chance) for row in wanted]
    if not given.types or "PHONE_NUMBER" in given.types:
        results.append(phones(given.ours, count, chance))
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
