"""Numbers of persons, firms and things, each with the check digits its issuer defines.

Check digits come from python-stdnum where it knows the scheme, so that a set never
follows the habits of the detector that is scored with it.
"""
import importlib
import string

DIGITS, UPPER = string.digits, string.ascii_uppercase
ALNUM = DIGITS + UPPER


def pick(r, alphabet, n):
    """`n` characters of `alphabet`."""
    return "".join(r.choice(alphabet) for _ in range(n))


def luhn(body):
    """The digit that makes `body` pass Luhn (ISO/IEC 7812-1, annex B)."""
    total = 0
    for i, c in enumerate(reversed(body)):
        d = int(c) * (2 if i % 2 == 0 else 1)
        total += d - 9 if d > 9 else d
    return str(-total % 10)


def weighted(body, weights, mod):
    return sum(int(c) * w for c, w in zip(body, weights)) % mod


def grouped(text, *sizes, sep=" "):
    out, at = [], 0
    for size in sizes:
        out.append(text[at:at + size])
        at += size
    return sep.join(out)


def date(r, order="ymd", years=(1940, 2005)):
    parts = {"Y": str(r.randint(*years)), "m": f"{r.randint(1, 12):02}", "d": f"{r.randint(1, 28):02}"}
    parts["y"] = parts["Y"][2:]
    return "".join(parts[o] for o in order)


def completed(module, body, n=1, alphabet=DIGITS):
    """Makes a generator: a body plus the suffix of `n` characters that stdnum accepts."""
    check = importlib.import_module("stdnum." + module)

    def make(r):
        while True:
            start = body(r)
            for i in range(len(alphabet) ** n):
                tail, k = "", i
                for _ in range(n):
                    tail, k = alphabet[k % len(alphabet)] + tail, k // len(alphabet)
                if check.is_valid(start + tail):
                    return start + tail
    return make


def digits(n, first=None):
    return lambda r: (r.choice(first) if first else "") + pick(r, DIGITS, n - (1 if first else 0))


def card(r):
    prefix, length = r.choice([("4", 16), ("5" + r.choice("12345"), 16), ("2221", 16), ("2720", 16), ("37", 15), ("34", 15),
                               ("36", 14), ("6011", 16), ("3530", 16), ("62", 16), ("2200", 16), ("9792", 16)])
    body = prefix + pick(r, DIGITS, length - len(prefix) - 1)
    return body + luhn(body)


def iban(r):
    country, bban = r.choice([("DE", digits(18)), ("NL", lambda r: r.choice(["ABNA", "INGB", "RABO"]) + pick(r, DIGITS, 10)),
                              ("GB", lambda r: r.choice(["NWBK", "BARC", "MIDL"]) + pick(r, DIGITS, 14)), ("AT", digits(16)),
                              ("CH", digits(17)), ("DK", digits(14)), ("SE", digits(20)),
                              ("TR", lambda r: "00010" + "0" + pick(r, DIGITS, 16)),
                              ("ES", digits(20))])
    b = bban(r)
    if country == "ES":
        import stdnum.es.ccc as ccc
        raw = b[:8] + "00" + b[10:]
        b = b[:8] + ccc.calc_check_digits(raw) + b[10:]
    number = int("".join(str(int(c, 36)) for c in b + country + "00"))
    return f"{country}{98 - number % 97:02}{b}"


def vin(r):
    chars = "ABCDEFGHJKLMNPRSTUVWXYZ" + DIGITS
    value = dict(zip("ABCDEFGH", range(1, 9))) | dict(zip("JKLMN", range(1, 6))) | {"P": 7, "R": 9} | dict(zip("STUVWXYZ", range(2, 10)))
    value |= {d: int(d) for d in DIGITS}
    body = r.choice(["1HG", "1FT", "2HG", "5YJ", "1G1", "4T1"]) + pick(r, chars, 5) + "0" + pick(r, "ABCDEFGHJKLMNPRSTVWXY123456789", 1)
    body += pick(r, chars, 1) + pick(r, DIGITS, 6)
    rest = sum(value[c] * w for c, w in zip(body, [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2])) % 11
    return body[:8] + "0123456789X"[rest] + body[9:]


def hkid(r):
    letter, body = r.choice(UPPER), pick(r, DIGITS, 6)
    total = 36 * 9 + (ord(letter) - 55) * 8 + sum(int(c) * w for c, w in zip(body, range(7, 1, -1)))
    return letter + body + "0123456789A"[-total % 11]


def nric(r):
    kind, body = r.choice("STFG"), pick(r, DIGITS, 7)
    total = weighted(body, [2, 7, 6, 5, 4, 3, 2], 11) + (4 if kind in "TG" else 0)
    return kind + body + ("JZIHGFEDCBA" if kind in "ST" else "XWUTRQPNMLK")[total % 11]


def taiwan(r):
    letter = r.choice(UPPER)
    code = 10 + "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(letter)
    body = r.choice("12") + pick(r, DIGITS, 7)
    total = code // 10 + code % 10 * 9 + sum(int(c) * w for c, w in zip(body, range(8, 0, -1)))
    return letter + body + str(-total % 10)


def my_number(r):
    body = pick(r, DIGITS, 11)
    rest = weighted(body, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2], 11)
    return body + str(0 if rest <= 1 else 11 - rest)


def medicare(r):
    body = r.choice("23456") + pick(r, DIGITS, 7)
    return body + str(weighted(body, [1, 3, 7, 9, 1, 3, 7, 9], 10)) + r.choice("12345")


def nino(r):
    while True:
        prefix = pick(r, "ABCEGHJKLMNPRSTWXYZ", 1) + pick(r, "ABCEGHJKLMNPRSTWXYZ", 1)
        if prefix not in ("BG", "GB", "KN", "NK", "NT", "TN", "ZZ"):
            return prefix + pick(r, DIGITS, 6) + r.choice("ABCD")


def dea(r):
    body = pick(r, DIGITS, 6)
    d = [int(c) for c in body]
    return r.choice("ABFM") + r.choice(UPPER) + body + str((d[0] + d[2] + d[4] + 2 * (d[1] + d[3] + d[5])) % 10)


def npi(r):
    body = r.choice("12") + pick(r, DIGITS, 8)
    return body + luhn("80840" + body)


def mbi(r):
    a, n, an = "ACDEFGHJKMNPQRTUVWXY", DIGITS, "ACDEFGHJKMNPQRTUVWXY" + DIGITS
    return "".join(r.choice(s) for s in ("123456789", a, an, n, a, an, n, a, a, n, n))


def tax_id_de(r):
    ten = r.sample(DIGITS, 9)
    ten.insert(r.randrange(1, 9), ten[r.randrange(9)])
    return "".join(ten)


def vat(r):
    return r.choice([lambda: "DE" + completed("de.vat", digits(8, "123456789"))(r), lambda: "IT" + completed("it.iva", lambda r: "0" + pick(r, DIGITS, 6) + "015")(r),
                     lambda: "PL" + completed("pl.nip", digits(9, "123456789"))(r), lambda: "AT" + completed("at.uid", lambda r: "U" + pick(r, DIGITS, 7))(r),
                     lambda: "DK" + completed("dk.cvr", digits(7, "123"))(r), lambda: "SE" + completed("se.orgnr", digits(9, "5"))(r) + "01",
                     lambda: "BE" + completed("be.vat", lambda r: "0" + pick(r, "456789", 1) + pick(r, DIGITS, 6), 2)(r)])()


def crypto(r):
    import hashlib
    if r.random() < 0.5:
        return "0x" + pick(r, "0123456789abcdef", 40)
    raw = bytes([r.choice([0, 5])]) + r.randbytes(20)
    raw += hashlib.sha256(hashlib.sha256(raw).digest()).digest()[:4]
    alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    n, out = int.from_bytes(raw, "big"), ""
    while n:
        n, rest = divmod(n, 58)
        out = alphabet[rest] + out
    return "1" * (len(raw) - len(raw.lstrip(b"\0"))) + out


def curp(r):
    return pick(r, "BCDFGLMP", 1) + r.choice("AEIOU") + pick(r, "BCDFGHLMNPRSTZ", 2) + date(r, years=(1940, 1999)) + r.choice("HM") + r.choice(["DF", "JC", "NL", "MC"]) + pick(r, "BCDFGHLMNPRSTZ", 3)


def codice(r):
    return pick(r, "BCDFGLMNPRST", 6) + date(r, "y") + r.choice("ABCDEHLMPRST") + f"{r.choice([0, 40]) + r.randint(1, 28):02}" + r.choice(["H501", "F205", "L219", "F839"])


def pan(r):
    return pick(r, UPPER, 3) + r.choice("PCHF") + pick(r, UPPER, 1) + f"{r.randint(1, 9999):04}" + pick(r, UPPER, 1)


SG = lambda *sizes, sep=" ": lambda v: grouped(v, *sizes, sep=sep)
NBSP = lambda *sizes: SG(*sizes, sep="\u00a0")
PLAIN = lambda v: v

# type -> (generator, written forms, whether the bare value says what it is)
TYPES = {
    "AR_CUIT": (completed("ar.cuit", lambda r: r.choice(["20", "27", "30"]) + pick(r, DIGITS, 8)), [PLAIN, SG(2, 8, 1, sep="-")], False),
    "AU_ABN": (completed("au.abn", digits(9, "123456789"), 2), [PLAIN, SG(2, 3, 3, 3), NBSP(2, 3, 3, 3)], False),
    "AU_MEDICARE": (medicare, [PLAIN, SG(4, 5, 1)], False),
    "AU_TFN": (completed("au.tfn", digits(8, "123456789")), [PLAIN, SG(3, 3, 3)], False),
    "BANK_ACCOUNT": (lambda r: pick(r, "123456789", 1) + pick(r, DIGITS, r.randint(7, 11)), [PLAIN], False),
    "BE_NN": (completed("be.nn", lambda r: date(r, years=(1940, 1999)) + pick(r, DIGITS, 3), 2), [PLAIN, lambda v: f"{v[:2]}.{v[2:4]}.{v[4:6]}-{v[6:9]}.{v[9:]}"], False),
    "BG_EGN": (completed("bg.egn", lambda r: date(r, years=(1940, 1999)) + pick(r, DIGITS, 3)), [PLAIN], False),
    "BR_CNPJ": (completed("br.cnpj", lambda r: pick(r, DIGITS, 8) + "0001", 2), [PLAIN, lambda v: f"{v[:2]}.{v[2:5]}.{v[5:8]}/{v[8:12]}-{v[12:]}"], False),
    "BR_CPF": (completed("br.cpf", digits(9), 2), [PLAIN, lambda v: f"{v[:3]}.{v[3:6]}.{v[6:9]}-{v[9:]}"], False),
    "CA_SIN": (completed("ca.sin", digits(8, "1234567")), [PLAIN, SG(3, 3, 3), SG(3, 3, 3, sep="-")], False),
    "CH_AHV": (completed("ch.ssn", lambda r: "756" + pick(r, DIGITS, 9)), [SG(3, 4, 4, 2, sep="."), PLAIN], True),
    "CL_RUT": (completed("cl.rut", lambda r: str(r.randint(5000000, 24999999)), 1, DIGITS + "K"), [lambda v: f"{int(v[:-1]):,}".replace(",", ".") + "-" + v[-1], lambda v: v[:-1] + "-" + v[-1]], False),
    "CN_RESIDENT_ID": (completed("cn.ric", lambda r: r.choice(["110101", "310101", "440106", "330106", "510104"]) + date(r, "Ymd") + pick(r, DIGITS, 3), 1, DIGITS + "X"), [PLAIN], True),
    "CREDIT_CARD": (card, [PLAIN, lambda v: grouped(v, 4, 4, 4, 4), lambda v: grouped(v, 4, 4, 4, 4, sep="-") if len(v) == 16 else v, lambda v: grouped(v, 4, 6, 5) if len(v) == 15 else grouped(v, 4, 4, 4, 4, sep="\u00a0")], True),
    "CARD_CVV": (lambda r: pick(r, DIGITS, 3), [PLAIN], False),
    "CARD_EXPIRY": (lambda r: f"{r.randint(1, 12):02}/{r.randint(26, 32)}", [PLAIN, lambda v: v[:3] + "20" + v[3:]], False),
    "CRYPTO_ADDRESS": (crypto, [PLAIN], True),
    "CZ_RC": (completed("cz.rc", lambda r: date(r, "y", (1955, 1999)) + f"{r.choice([0, 50]) + r.randint(1, 12):02}{r.randint(1, 28):02}" + pick(r, DIGITS, 3)), [PLAIN, SG(6, 4, sep="/")], False),
    "DE_TAX_ID": (completed("de.idnr", tax_id_de), [PLAIN, SG(2, 3, 3, 3)], False),
    "DK_CPR": (completed("dk.cpr", lambda r: date(r, "dmy", (1940, 1999)) + r.choice("0123") + pick(r, DIGITS, 2)), [PLAIN, SG(6, 4, sep="-")], False),
    "ES_NIE": (completed("es.nie", lambda r: r.choice("XYZ") + pick(r, DIGITS, 7), 1, UPPER), [PLAIN, lambda v: f"{v[0]}-{v[1:8]}-{v[8]}", str.lower], True),
    "ES_NIF": (completed("es.dni", digits(8), 1, UPPER), [PLAIN, SG(8, 1, sep="-")], True),
    "EU_VAT": (vat, [PLAIN, lambda v: v[:2] + " " + v[2:]], True),
    "FI_HETU": (completed("fi.hetu", lambda r: date(r, "dmy", (1940, 1999)) + "-" + f"{r.randint(2, 899):03}", 1, ALNUM), [PLAIN], True),
    "FR_NIR": (completed("fr.nir", lambda r: r.choice("12") + date(r, "ym") + r.choice(["75", "13", "69", "33"]) + f"{r.randint(1, 300):03}" + f"{r.randint(1, 900):03}", 2), [PLAIN, SG(1, 2, 2, 2, 3, 3, 2)], False),
    "HK_HKID": (hkid, [lambda v: f"{v[:-1]}({v[-1]})"], True),
    "IBAN": (iban, [PLAIN, lambda v: grouped(v, *[4] * ((len(v) + 3) // 4)), lambda v: grouped(v, *[4] * ((len(v) + 3) // 4), sep="\u00a0"), str.lower], True),
    "IE_PPS": (completed("ie.pps", digits(7), 1, UPPER), [PLAIN], False),
    "IL_ID": (completed("il.idnr", digits(8, "0123")), [PLAIN], False),
    "IMEI": (completed("imei", lambda r: "35" + pick(r, DIGITS, 12)), [PLAIN, SG(2, 6, 6, 1, sep="-")], False),
    "IN_AADHAAR": (completed("in_.aadhaar", digits(11, "23456789")), [PLAIN, SG(4, 4, 4)], False),
    "IN_GSTIN": (completed("in_.gstin", lambda r: r.choice(["27", "29", "07", "33"]) + pan(r) + "1Z", 1, ALNUM), [PLAIN], True),
    "IN_PAN": (pan, [PLAIN, str.lower], False),
    "IT_FISCAL_CODE": (completed("it.codicefiscale", codice, 1, UPPER), [PLAIN, str.lower], True),
    "JP_MY_NUMBER": (my_number, [PLAIN, SG(4, 4, 4), SG(4, 4, 4, sep="-")], False),
    "KR_RRN": (completed("kr.rrn", lambda r: date(r, years=(1950, 1999)) + r.choice("12") + f"{r.randint(0, 94):02}" + pick(r, DIGITS, 3)), [SG(6, 7, sep="-")], True),
    "MX_CURP": (completed("mx.curp", lambda r: curp(r) + "0"), [PLAIN], True),
    "NL_BSN": (completed("nl.bsn", digits(8, "123456789")), [PLAIN, lambda v: f"{v[:4]}.{v[4:6]}.{v[6:]}"], False),
    "NO_FODSELSNUMMER": (completed("no.fodselsnummer", lambda r: date(r, "dmy", (1940, 1999)) + f"{r.randint(0, 499):03}", 2), [PLAIN, SG(6, 5)], False),
    "PL_PESEL": (completed("pl.pesel", lambda r: date(r, years=(1940, 1999)) + pick(r, DIGITS, 4)), [PLAIN], False),
    "PT_NIF": (completed("pt.nif", digits(8, "12")), [PLAIN, SG(3, 3, 3)], False),
    "RO_CNP": (completed("ro.cnp", lambda r: r.choice("12") + date(r, years=(1940, 1999)) + f"{r.randint(1, 40):02}" + pick(r, "123456789", 3)), [PLAIN], False),
    "SE_PERSONNUMMER": (completed("se.personnummer", lambda r: date(r, years=(1940, 1999)) + "-" + pick(r, DIGITS, 3)), [PLAIN], True),
    "SG_NRIC": (nric, [PLAIN, str.lower], True),
    "SWIFT_BIC": (lambda r: r.choice(["DEUT", "BNPA", "INGB", "NDEA", "UNCR", "BARC"]) + r.choice(["DE", "FR", "NL", "SE", "IT", "GB"]) + pick(r, "2345ABCD", 2) + r.choice(["", "XXX"]), [PLAIN], False),
    "TH_ID": (completed("th.pin", digits(12, "12345678")), [PLAIN, SG(1, 4, 5, 2, 1, sep="-")], False),
    "TR_TCKN": (completed("tr.tckimlik", digits(9, "123456789"), 2), [PLAIN], False),
    "TW_ID": (taiwan, [PLAIN], True),
    "UK_NHS": (completed("gb.nhs", digits(9, "4679")), [PLAIN, SG(3, 3, 4), NBSP(3, 3, 4)], False),
    "UK_NINO": (nino, [PLAIN, SG(2, 2, 2, 2, 1), str.lower], True),
    "UK_SORT_CODE": (lambda r: f"{r.randint(1, 99):02}{r.randint(0, 99):02}{r.randint(0, 99):02}", [SG(2, 2, 2, sep="-")], False),
    "US_BANK_ROUTING": (completed("us.rtn", lambda r: r.choice(["01", "02", "11", "12", "26", "31"]) + pick(r, DIGITS, 6)), [PLAIN], False),
    "US_DEA": (dea, [PLAIN], False),
    "US_DRIVER_LICENSE": (lambda r: r.choice(UPPER) + pick(r, DIGITS, r.choice([7, 12])), [PLAIN], False),
    "US_EIN": (lambda r: r.choice(["12", "20", "45", "83"]) + "-" + pick(r, DIGITS, 7), [PLAIN], False),
    "US_ITIN": (lambda r: "9" + pick(r, DIGITS, 2) + "-" + r.choice(["70", "78", "88", "90", "94"]) + "-" + pick(r, DIGITS, 4), [PLAIN], True),
    "US_MBI": (mbi, [PLAIN, SG(4, 3, 4, sep="-")], True),
    "US_NPI": (npi, [PLAIN], False),
    "US_PASSPORT": (lambda r: r.choice(["", "A"]) + pick(r, "123456789", 1) + pick(r, DIGITS, 7), [lambda v: v if v[0] == "A" else v + "4"], False),
    "US_SSN": (lambda r: f"{r.randint(100, 665)}-{r.randint(1, 99):02}-{r.randint(1000, 9999)}", [PLAIN], True),
    "VIN": (vin, [PLAIN, str.lower], True),
    "ZA_ID": (completed("za.idnr", lambda r: date(r, years=(1940, 1999)) + pick(r, DIGITS, 4) + "08"), [PLAIN], False),
}
