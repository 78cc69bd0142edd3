"""Asks python-stdnum (and libphonenumber) and us about the same values, right ones and corrupted ones.

A row of types.tsv is a type of ours, the module of stdnum, a column that names the type, and a
template. In a template `#` is any digit and `{ymd}` and the like are parts of a date; the last
character (two, if they are `00`) is a check character of the alphabet that `CHECKS` gives it, tried
until the oracle agrees. Everything else is itself.
"""

import argparse
import calendar
import importlib
import pathlib
import random
import re
import subprocess
import sys

import phonenumbers

QUICK, LONG = 3_000, 1_000_000
CHECKS = {
    "0": "0123456789",
    "X": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "Y": "0123456789ABCDEFHJKLMNPRSTUVWXY",
    "A": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "B": "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
}

# Types where we differ on purpose: on which values (`None`: on some, at most ALLOWED), and why.
CENTURY = "the century is tried, and a date may be to come: we read no clock"
DIFFERENCES = {
    "AR_CUIT": (
        lambda value: value[:2] in ("50", "51", "55", "25", "26"),
        "25 and 26 are given to persons (AFIP); 50 to 55 to international bodies, which are no persons",
    ),
    "BE_NN": (None, CENTURY + "; an unknown date of birth is one"),
    "BG_EGN": (None, CENTURY),
    "CN_RESIDENT_ID": (
        None,
        "we know provinces, not every county and when it existed; years before 1850 are no birth of a person",
    ),
    "CN_USCC": (None, "the district must be of a province"),
    "CZ_RC": (None, CENTURY),
    "DE_TAX_ID": (None, "the same digit three times in a row is not given out (BZSt)"),
    "DK_CPR": (None, CENTURY),
    "EE_IK": (None, CENTURY),
    "FI_HETU": (
        lambda value: value[7:8] == "9",
        "900 to 999 are temporary numbers of hospitals: personal all the same",
    ),
    "FR_NIR": (None, "stdnum does not look at the month of birth"),
    "IN_GSTIN": (lambda value: value[:2] == "97", "97 is the code of other territories"),
    "IN_VOTER": (lambda value: True, "older cards have no check digit"),
    "IT_FISCAL_CODE": (None, "stdnum takes days from 72 to 99"),
    "KR_RRN": (None, "digits after the seventh are random since October 2020; " + CENTURY),
    "LT_AK": (None, CENTURY),
    "LV_PK": (None, "more than 3 in front is a firm, which is no person; " + CENTURY),
    "NO_FODSELSNUMMER": (None, CENTURY),
    "PL_PESEL": (None, CENTURY),
    "PT_NIF": (
        lambda value: value.removeprefix("PT")[0] in "4",
        "of those that begin with 4 only 45 is given out (Portaria 386/98)",
    ),
    "RO_CNP": (None, CENTURY),
    "SE_PERSONNUMMER": (None, CENTURY),
    "SI_EMSO": (lambda value: value.endswith("0"), "a remainder of 10 is not given out (Uradni list 8/99)"),
    "UK_UTR": (None, "a leading K is not read"),
    "US_BANK_ROUTING": (
        lambda value: not re.match(r"0\d|1[0-2]|2[1-9]|3[0-2]|6[1-9]|7[0-2]|80", value),
        "the Federal Reserve gives out first digits 00 to 12, 21 to 32, 61 to 72, 80; stdnum takes all",
    ),
    "US_ITIN": (
        lambda value: 50 <= int(value[4:6]) <= 65,
        "the IRS gives out groups 50 to 65 too (Publication 1915)",
    ),
    "ZA_ID": (lambda value: value[10] == "2", "2 are refugees"),
}
VAT_DIFFERENCES = {
    "BE": (lambda value: value.endswith(("00", "98", "99")), "check digits are 1 to 97"),
    "PT": (lambda value: value[2] == "4", "of those that begin with 4 only 45 is given out"),
    "SE": (lambda value: not value.endswith("01"), "members of a group have other endings than 01"),
}
# The share of values on which a type without a rule for its differences may differ.
ALLOWED = 0.02


def date_parts(chance):
    month = chance.randint(1, 12)
    year = chance.randint(1955, 2005)
    day = chance.randint(1, calendar.monthrange(year, month)[1])
    y, m, d = f"{year % 100:02}", f"{month:02}", f"{day:02}"
    return {"ymd": y + m + d, "dmy": d + m + y, "yyyymmdd": f"{year}{m}{d}", "mm": m, "d": d, "dm": d + m}


def check_length(template):
    """How many characters at the end are check characters."""
    if template.endswith("00") and not template.endswith("000"):
        return 2
    return 1 if template[-1] in CHECKS else 0


def filled(template, chance):
    value = template.format(**date_parts(chance)) if "{" in template else template
    return "".join(chance.choice("0123456789") if mark == "#" else mark for mark in value)


def samples(template, is_valid, count, chance):
    """Values of the template: about half right, half with something wrong."""
    length = check_length(template)
    for number in range(count):
        value = filled(template, chance)
        if number % 2 == 0 and length:
            value = completed(value, length, is_valid, chance)
        elif chance.random() < 0.5:
            value = corrupted(value, chance)
        yield value


def completed(value, length, is_valid, chance):
    body, last = value[:-length], value[-1]
    tries = [""]
    for _ in range(length):
        tries = [head + tail for head in tries for tail in CHECKS[last]]
    chance.shuffle(tries)
    return next((body + tail for tail in tries if is_valid(body + tail)), value)


def corrupted(value, chance):
    places = [place for place, letter in enumerate(value) if letter.isdigit()]
    place = chance.choice(places)
    return value[:place] + chance.choice("0123456789") + value[place + 1 :]


def ours(program, rows):
    """Our answers, in the order of the rows."""
    text = "".join(f"{kind}\t{column}\t{value}\n" for kind, column, value in rows)
    run = subprocess.run([program], input=text, capture_output=True, text=True, check=True)
    return [line == "1" for line in run.stdout.splitlines()]


def oracle(module):
    """The judgement of a module of stdnum; where its tables fail it, the value is not valid."""
    judge = importlib.import_module(f"stdnum.{module}").is_valid

    def is_valid(value):
        try:
            return judge(value)
        except (KeyError, IndexError, ValueError):
            return False

    return is_valid


def difference(kind, template):
    if kind == "EU_VAT":
        return VAT_DIFFERENCES.get(template[:2], (lambda value: False, ""))
    return DIFFERENCES.get(kind, (lambda value: False, ""))


def compare(program, row, count, chance):
    kind, module, column, template = row
    is_valid = oracle(module)
    values = list(samples(template, is_valid, count, chance))
    answers = ours(program, [(kind, column, value) for value in values])
    wanted = [is_valid(value) for value in values]
    differ = [(v, w, a) for v, w, a in zip(values, wanted, answers, strict=True) if w != a]
    explained, reason = difference(kind, template)
    strange = [case for case in differ if explained and not explained(case[0])]
    fine = not strange and (explained is not None or len(differ) <= ALLOWED * count)
    print(f"{kind:18} {template:24} {sum(wanted):8} of {count} valid, {len(differ):6} differ", end="")
    print(f" ({reason})" if differ and not strange else "")
    for value, want, _ in (strange or ([] if fine else differ))[:5]:
        print(f"    {value}: {'valid' if want else 'not valid'} by stdnum")
    return fine


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
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("types", nargs="*")
    given = arguments.parse_args()
    chance = random.Random(given.seed)
    count = LONG if given.long else QUICK
    table = pathlib.Path(__file__).with_name("types.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines()]
    wanted = [row for row in rows if not given.types or row[0] in given.types]
    results = [compare(given.ours, row, count, chance) for row in wanted]
    if not given.types or "PHONE_NUMBER" in given.types:
        results.append(phones(given.ours, count, chance))
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
