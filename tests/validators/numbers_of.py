"""Whole numbers whose check digits lie in front or in bytes, and oracles other than a module's own."""

import hashlib

import stdnum.iban
from stdnum import numdb
from stdnum.mx import rfc

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def bitcoin(chance):
    """An address of Base58Check: version, twenty bytes, four of a digest."""
    body = bytes([chance.choice((0, 5))]) + chance.randbytes(20)
    digest = hashlib.sha256(hashlib.sha256(body).digest()).digest()
    number = int.from_bytes(body + digest[:4], "big")
    letters = ""
    while number:
        number, place = divmod(number, 58)
        letters = BASE58[place] + letters
    return "1" * (len(body) - len(body.lstrip(b"\0"))) + letters


def structures():
    """The countries of the registry with the structure of their accounts: `8!n10!n`."""
    return {
        country: numdb.get("iban").info(country)[0][1]["bban"]
        for first in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        for second in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        if numdb.get("iban").info(country := first + second)[0][1]
    }


STRUCTURES = structures()
ALPHABETS = {"n": "0123456789", "a": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "c": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


def iban(chance):
    """An account of any country, its check digits right, one in six with a letter or digit out of place."""
    country = chance.choice(sorted(STRUCTURES))
    account, length = "", ""
    for mark in STRUCTURES[country]:
        if mark in ALPHABETS:
            account += "".join(chance.choice(ALPHABETS[mark]) for _ in range(int(length)))
            length = ""
        elif mark != "!":
            length += mark
    if chance.random() < 1 / 6:
        place = chance.randrange(len(account))
        account = account[:place] + chance.choice(ALPHABETS["c"]) + account[place + 1 :]
    return country + stdnum.iban.calc_check_digits(f"{country}00{account}") + account


MAKERS = {"bitcoin": bitcoin, "iban": iban}
# Checks that a module leaves out unless it is asked.
JUDGES = {
    "iban": lambda value: stdnum.iban.is_valid(value, check_country=False),
    "mx.rfc": lambda value: rfc.is_valid(value, validate_check_digits=True),
}
