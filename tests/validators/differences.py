"""Where we differ from python-stdnum on purpose: by type, on exactly which values, and why.

A rule takes a value and whether stdnum takes it, and says whether the difference is meant.
"""

import datetime
import importlib

from stdnum.exceptions import ValidationError

# Births are from 1850 to 2035 here (`checks.rs`): we read no clock.
EARLIEST, LATEST = 1850, 2035


def birth(module):
    return importlib.import_module(f"stdnum.{module}").get_birth_date


def is_born(module, value):
    """Whether stdnum reads a birthday in it."""
    try:
        birth(module)(value)
    except ValidationError:
        return False
    return True


def is_date(year, month, day):
    try:
        datetime.date(year, month, day)
    except ValueError:
        return False
    return True


def pairs(value, start=0):
    return [int(value[place : place + 2]) for place in range(start, start + 6, 2)]


def only_outside(module):
    """stdnum takes it, with a birth outside of our years."""

    def rule(value, wanted):
        return wanted and is_born(module, value) and not EARLIEST <= birth(module)(value).year <= LATEST

    return rule


def only_to_come(module):
    """We take it, with a birth that is to come before the end of our years; or as `only_outside`."""

    def rule(value, wanted):
        if not is_born(module, value):
            return False
        born = birth(module)(value)
        return only_outside(module)(value, wanted) or (not wanted and datetime.date.today() < born <= datetime.date(LATEST, 12, 31))

    return rule


def belgian(value, wanted):
    year, serial = int(value[:2]) + 2000, value[6:9]
    if wanted:
        return serial == "000" or (LATEST < year and year <= datetime.date.today().year)
    return datetime.date.today().year < year <= LATEST


def chinese(value, wanted):
    year = int(value[6:10])
    return year < EARLIEST or year > LATEST if wanted else True


def czech(value, wanted):
    return wanted and (int(value[2:4]) % 50 > 40 or only_outside("cz.rc")(value, wanted))


def spanish_firm(value, wanted):
    kind, last = value[0], value[-1]
    lettered = kind in "NPQRSW" and last.isdigit()
    figured = kind in "ABEH" and last.isalpha() and value[1:3] != "00"
    return wanted and (lettered or figured or value[1:8] == "0000000")


def french(value, wanted):
    unknown = value[0] in "034569" or not (1 <= int(value[3:5]) <= 12 or 20 <= int(value[3:5]) <= 42)
    return wanted and (unknown or value[5:7] == "00")


def indonesian(value, wanted):
    no_area = "00" in (value[2:4], value[4:6]) or value[12:] == "0000"
    return no_area or int(value[6:8]) > 71 if wanted else True


def italian(value, wanted):
    disguised = str.maketrans("LMNPQRSTUV", "0123456789")
    day = int(value[9:11].translate(disguised))
    return wanted and not (1 <= day <= 31 or 41 <= day <= 71)


def korean(value, wanted):
    year, month, _ = pairs(value)
    year += {"9": 1800, "0": 1800}.get(value[7], 1900 if value[7] in "1256" else 2000)
    if wanted:
        return not EARLIEST <= year <= LATEST
    foreigner = value[7] in "5678" and int(value[-1]) == (int(korean_digit(value)) + 2) % 10
    return (year, month) >= (2020, 10) or int(value[8:10]) > 96 or foreigner


def korean_digit(value):
    return importlib.import_module("stdnum.kr.rrn").calc_check_digit(value.replace("-", "")[:12])


def lithuanian(value, wanted):
    return value[0] != "9" and only_outside("lt.asmens")(value, wanted)


def latvian(value, wanted):
    return wanted and (value[0] > "3" or only_outside("lv.pvn")(value, wanted))


def romanian(value, wanted):
    year, month, day = pairs(value, 1)
    if value[0] in "789" and not wanted:
        return is_date(2000 + year, month, day) and year <= LATEST - 2000
    return only_outside("ro.cnp")(value, wanted)


def swedish(value, wanted):
    digits = value.replace("-", "").replace("+", "")
    year, month, day = pairs(digits, len(digits) - 10)
    if wanted:
        return len(digits) == 12 and not EARLIEST <= int(digits[:4]) <= LATEST
    leap = len(digits) == 10 and (month, day) == (2, 29) and year % 4 == 0
    return leap or 61 <= day <= 91


def slovene(value, wanted):
    weights = (7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
    rest = sum(weight * int(digit) for weight, digit in zip(weights, value)) % 11
    return wanted and (rest == 1 or only_outside("si.emso")(value, wanted))


def austrian(value, wanted):
    day, month, year = pairs(value, 4)
    known = any(is_date(century + year, month, day) and century + year <= LATEST for century in (1900, 2000))
    return wanted and not (known or (13 <= month <= 15 and 1 <= day <= 31))


YEARS = f"births are from {EARLIEST} to {LATEST}: we read no clock"
RULES = {
    "AR_CUIT": (
        lambda value, wanted: value[:2] in (("50", "51", "55") if wanted else ("25", "26")),
        "25 and 26 are given to persons (AFIP); 50 to 55 to international bodies, which are no persons",
    ),
    "AT_SVNR": (austrian, "stdnum does not look at the birthday; months 13 to 15 are for days whose serials are used up"),
    "BE_NN": (belgian, YEARS + "; serials begin with 001"),
    "BG_EGN": (only_outside("bg.egn"), YEARS),
    "CN_RESIDENT_ID": (chinese, "we know provinces, not every county and when it existed; " + YEARS),
    "CN_USCC": (lambda value, wanted: wanted, "the district must be of a province"),
    "CZ_RC": (czech, YEARS + "; stdnum takes months from 41 to 49 and 91 to 99"),
    "DE_TAX_ID": (
        lambda value, wanted: wanted and any(digit * 3 in value[:10] for digit in "0123456789"),
        "the same digit three times in a row is not given out (BZSt)",
    ),
    "DK_CPR": (only_to_come("dk.cpr"), YEARS),
    "EE_IK": (only_outside("ee.ik"), YEARS),
    "ES_CIF": (spanish_firm, "N, P, Q, R, S and W have a letter at the end, A, B, E and H a digit (Orden EHA/451/2008)"),
    "ES_NIF": (lambda value, wanted: wanted and value[0] in "ABCDEFGHJNPQRSUVWXYZ", "firms and foreigners are types of their own"),
    "FI_HETU": (
        lambda value, wanted: value[7] == "9" if not wanted else value[6] in "ABCDEF" and int(value[4:6]) > LATEST - 2000,
        "900 to 999 are temporary numbers of hospitals: personal all the same; " + YEARS,
    ),
    "FR_NIR": (french, "stdnum does not look at sex, month and department of birth; 3 and 4 in front are those of cards"),
    "IBAN": (
        lambda value, wanted: wanted and sum(letter.isdigit() for letter in value) < 7,
        "no account that is given out has fewer than seven digits",
    ),
    "ID_NIK": (indonesian, "we know provinces, not every regency; stdnum takes days over 71 and areas and serials of zeros"),
    "IN_GSTIN": (
        lambda value, wanted: not wanted and value[:2] in ("38", "96", "97", "99"),
        "38 is Ladakh, 96 abroad, 97 other territories, 99 the centre",
    ),
    "IN_VOTER": (lambda value, wanted: not wanted, "older cards have no check digit"),
    "ISIN": (lambda value, wanted: wanted and value[:2] in ("CS", "QS", "QT"), "codes that firms use inside, and a state that was"),
    "IT_FISCAL_CODE": (italian, "stdnum takes days from 72 to 79"),
    "KR_RRN": (korean, "digits after the seventh are random since October 2020, foreigners may have two more; " + YEARS),
    "LT_AK": (lithuanian, YEARS),
    "LV_PK": (latvian, "more than 3 in front is a firm, which is no person; " + YEARS),
    "MX_CURP": (
        lambda value, wanted: only_outside("mx.curp")(value, wanted) or (wanted and any(letter in "AEIOU" for letter in value[13:16])),
        "the inner letters are consonants (RENAPO); " + YEARS,
    ),
    "NO_FODSELSNUMMER": (only_to_come("no.fodselsnummer"), YEARS),
    "PE_RUC": (lambda value, wanted: not wanted and value[:2] == "16", "16 is given out too (SUNAT)"),
    "PL_PESEL": (only_outside("pl.pesel"), YEARS),
    "PT_NIF": (
        lambda value, wanted: wanted and value[0] == "4" and value[1] != "5",
        "of those that begin with 4 only 45 is given out (Portaria 386/98)",
    ),
    "RO_CNP": (romanian, "for foreigners both centuries are tried; " + YEARS),
    "SE_PERSONNUMMER": (swedish, "day and 60 is a coordination number; both centuries are tried; " + YEARS),
    "SI_EMSO": (slovene, "a remainder of 10 is not given out (Uradni list 8/99); " + YEARS),
    "US_BANK_ROUTING": (
        lambda value, wanted: wanted and not any(low <= int(value[:2]) <= high for low, high in ((0, 12), (21, 32), (61, 72), (80, 80))),
        "the Federal Reserve gives out first digits 00 to 12, 21 to 32, 61 to 72, 80; stdnum takes all",
    ),
    "US_ITIN": (
        lambda value, wanted: not wanted and 50 <= int(value[4:6]) <= 65,
        "the IRS gives out groups 50 to 65 too (Publication 1915)",
    ),
    "ZA_ID": (lambda value, wanted: not wanted and value[10] == "2", "2 are refugees"),
}
VAT_RULES = {
    "BE": (lambda value, wanted: wanted and value.endswith(("00", "98", "99")), "check digits are 1 to 97"),
    "GB": (lambda value, wanted: not wanted, "stdnum asks for a member state; Great Britain was one"),
    "BG": (lambda value, wanted: wanted and len(value) == 12 and only_outside("bg.egn")(value[2:], wanted), YEARS),
    "CZ": (lambda value, wanted: czech(value[2:], wanted), "as the birth number"),
    "ES": (lambda value, wanted: spanish_firm(value[2:], wanted), "as the number of a firm"),
    "EU": (lambda value, wanted: wanted, "firms outside of the Union that use the one-stop shop: no state's number"),
    "LV": (lambda value, wanted: wanted and value[2] < "4" and only_outside("lv.pvn")(value[2:], wanted), YEARS),
    "PT": (lambda value, wanted: wanted and value[2] == "4" and value[3] != "5", "of those that begin with 4 only 45 is given out"),
    "SK": (lambda value, wanted: czech(value[2:], wanted), "as the birth number"),
    "SE": (lambda value, wanted: not wanted and not value.endswith("01"), "members of a group have other endings than 01"),
}
NOWHERE = (lambda value, wanted: False, "")


def of(kind, template):
    """The rule for a row of types.tsv, and its reason.

    A change of one letter makes a VAT number one of another state, so its own prefix chooses the rule.
    """
    if kind != "EU_VAT":
        return RULES.get(kind, NOWHERE)
    reason = VAT_RULES.get(template[:2], NOWHERE)[1]
    return lambda value, wanted: VAT_RULES.get(value[:2], NOWHERE)[0](value, wanted), reason
