"""Writes zones_1_to_4.rs and zones_5_to_9.rs: which first digits and lengths national numbers have, by country code.

Source: the metadata of libphonenumber (Apache-2.0), as the Python package `phonenumbers` carries it:

    pip install phonenumbers && python compile.py

A pattern of the metadata is a regular expression over digits. It is run as an automaton over sets of
digits: two digits at the front are tried one by one, those that follow are all tried at once.
"""

import re._parser as parser

import phonenumbers
from phonenumbers import PhoneMetadata

PREFIX = 2
LONGEST = 15  # E.164, the country code included
KINDS = (
    "fixed_line mobile toll_free premium_rate shared_cost personal_number voip pager uan voicemail"
).split()
DIGITS = frozenset("0123456789")


def sequence(nodes, ends):
    """All states after reading `nodes`, as a function of a set of allowed digits per place."""
    for node in nodes:
        ends = step(node, ends)
    return ends


def step(node, ends):
    kind, value = node
    name = str(kind)
    if name == "LITERAL":
        return advance(ends, {chr(value)})
    if name == "IN":
        return advance(ends, members(value))
    if name == "BRANCH":
        return frozenset().union(*(sequence(branch, ends) for branch in value[1]))
    if name == "SUBPATTERN":
        return sequence(value[3], ends)
    if name == "MAX_REPEAT":
        least, most, body = value
        reached, ends = (ends if least == 0 else frozenset()), ends
        for count in range(1, int(most) + 1):
            ends = sequence(body, ends)
            if count >= least:
                reached |= ends
        return reached
    raise ValueError(name)


def members(items):
    digits = set()
    for kind, value in items:
        if str(kind) == "RANGE":
            digits |= {chr(code) for code in range(value[0], value[1] + 1)}
        elif str(kind) == "LITERAL":
            digits.add(chr(value))
        elif str(kind) == "CATEGORY":
            digits |= DIGITS
        else:
            raise ValueError(kind)
    return digits


def advance(ends, digits):
    after = set()
    for prefix, length in ends:
        if length < PREFIX:
            after |= {(prefix + digit, length + 1) for digit in digits}
        else:
            after.add((prefix, length + 1))
    return frozenset(after)


def numbers_of(metadata):
    """Pairs of the first three digits and the length of every number that some pattern allows."""
    found = set()
    for kind in KINDS:
        pattern = getattr(metadata, kind).national_number_pattern if getattr(metadata, kind) else None
        if pattern:
            for prefix, length in sequence(parser.parse(pattern), frozenset({("", 0)})):
                found.add((prefix, length))
    return found


def ranges(code, numbers):
    longest = LONGEST - len(str(code))
    masks = {}
    for prefix, length in numbers:
        if PREFIX <= length <= longest:
            masks[int(prefix)] = masks.get(int(prefix), 0) | 1 << length
    rows = []
    for prefix in sorted(masks):
        if rows and rows[-1][1] == prefix - 1 and rows[-1][2] == masks[prefix]:
            rows[-1][1] = prefix
        else:
            rows.append([prefix, prefix, masks[prefix]])
    return rows


def main():
    codes = {}
    for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items():
        for region in regions:
            metadata = (
                PhoneMetadata.metadata_for_nongeo_region(code, None)
                if region == "001"
                else PhoneMetadata.metadata_for_region(region, None)
            )
            codes.setdefault(code, set()).update(numbers_of(metadata))
    rows = {code: ranges(code, numbers) for code, numbers in sorted(codes.items())}
    for first, last in ((1, 4), (5, 9)):
        of_zone = {code: list_of for code, list_of in rows.items() if first <= int(str(code)[0]) <= last}
        with open(f"zones_{first}_to_{last}.rs", "w") as file:
            file.write("\n".join(table(of_zone, first, last)) + "\n")


def table(rows, first, last):
    """One row a country code: the code, then ranges of first digits with lengths as bits."""
    yield f"//! Country codes that begin with {first} to {last}: first two digits and lengths of national"
    yield "//! numbers; written by `compile.py` from the metadata of libphonenumber (Apache-2.0),"
    yield f"//! version {phonenumbers.__version__}."
    yield ""
    yield "use super::Country;"
    yield ""
    yield "#[rustfmt::skip] // Rows in lines, not one a line."
    yield "pub(super) const COUNTRIES: &[Country] = &["
    for code, list_of in rows.items():
        yield from filled(code, [f"({a}, {b}, {mask:#x})," for a, b, mask in list_of])
    yield "];"


def filled(code, cells):
    line = f"    ({code}, &["
    for cell in cells:
        if len(line) + len(cell) + 1 > 100:
            yield line.rstrip()
            line = "        "
        line += cell + " "
    yield line.rstrip(", ") + "]),"


if __name__ == "__main__":
    main()
