"""Made-up secrets in their vendors' shapes, with the check sums that vendors embed.

Each generator gives the value and the part of it that is secret, as `(text, start, end)`.
"""
import base64
import json
import string
import zlib

HEX, LOWER = "0123456789abcdef", string.ascii_lowercase + string.digits
WORD = string.ascii_letters + string.digits
BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
URLSAFE = WORD + "-_"


def chars(r, alphabet, n):
    return "".join(r.choice(alphabet) for _ in range(n))


def shape(prefix, alphabet, n, suffix=""):
    """A prefix followed by `n` characters; `prefix` may offer several."""
    prefixes = prefix if isinstance(prefix, tuple) else (prefix,)
    return lambda r: r.choice(prefixes) + chars(r, alphabet, n) + suffix


def crc62(prefixes):
    """GitHub's and npm's shape: 30 characters and their CRC-32 in base 62, six wide."""
    def make(r):
        body = chars(r, WORD, 30)
        n, tail = zlib.crc32(body.encode()), ""
        for _ in range(6):
            n, rest = divmod(n, 62)
            tail = BASE62[rest] + tail
        return r.choice(prefixes) + body + tail
    return make


def grafana(r):
    start = "glsa_" + chars(r, WORD, 32)
    return f"{start}_{zlib.crc32(start.encode()):08x}"


def segment(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def jwt(r):
    head = json.dumps({"alg": r.choice(["HS256", "RS256"]), "typ": "JWT"}).encode()
    body = json.dumps({"sub": chars(r, LOWER, 12), "iat": r.randint(1600000000, 1790000000)}).encode()
    return ".".join(segment(part) for part in (head, body, r.randbytes(32)))


def private_key(r):
    kind = r.choice(["RSA PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY", "OPENSSH PRIVATE KEY"])
    body = base64.b64encode(r.randbytes(240)).decode()
    end = r.choice(["\n", "\\n"])
    lines = [body[i:i + 64] for i in range(0, len(body), 64)]
    return end.join([f"-----BEGIN {kind}-----", *lines, f"-----END {kind}-----"])


def password_hash(r):
    b64 = lambda n: base64.b64encode(r.randbytes(n)).decode()
    return r.choice([
        lambda: f"$2{r.choice('aby')}$12$" + chars(r, WORD + "./", 53),
        lambda: "$argon2id$v=19$m=65536,t=3,p=4$" + b64(16).rstrip("=") + "$" + b64(32).rstrip("="),
        lambda: "$6$" + chars(r, WORD, 16) + "$" + chars(r, WORD + "./", 86),
        lambda: "pbkdf2_sha256$600000$" + chars(r, WORD, 22) + "$" + b64(32),
        lambda: "SCRAM-SHA-256$4096:" + b64(16) + "$" + b64(32) + ":" + b64(32),
        lambda: "md5" + chars(r, HEX, 32),
    ])()


def bech32_key(r):
    """An age identity: 32 bytes in upper-case Bech32 (BIP 173)."""
    alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    bits = int.from_bytes(r.randbytes(32), "big") << 4
    data = [bits >> 5 * i & 31 for i in range(51, -1, -1)]
    part = "age-secret-key-"
    check = 1
    for value in [ord(c) >> 5 for c in part] + [0] + [ord(c) & 31 for c in part] + data + [0] * 6:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
        for i, g in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= g if top >> i & 1 else 0
    check ^= 1
    data += [check >> 5 * (5 - i) & 31 for i in range(6)]
    return (part + "1" + "".join(alphabet[d] for d in data)).upper()


def pypi(r):
    return "pypi-AgEIcHlwaS5vcmc" + chars(r, URLSAFE, r.randint(120, 160))


def password(r):
    word = r.choice(["Sommer", "correct", "Tr0ub4dor", "dragon", "Wintern", "blue-Horse", "qwerty", "Manchester"])
    return word + chars(r, WORD + "!#%*_-", r.randint(4, 9)) + r.choice("!?#7")


def connection(r):
    secret = chars(r, WORD + "_-", r.randint(10, 18))
    head = r.choice(["postgres://app:", "postgresql://svc_billing:", "mysql://root:", "redis://default:", "mongodb+srv://reader:", "amqp://worker:"])
    if r.random() < 0.3:
        head = f"Server=db{r.randint(1, 9)};Database=shop;User Id=app;Password="
        return head + secret + ";", len(head), len(head) + len(secret)
    return f"{head}{secret}@db{r.randint(1, 9)}.internal:5432/shop", len(head), len(head) + len(secret)


def totp(r):
    secret = chars(r, string.ascii_uppercase + "234567", 32)
    head = f"otpauth://totp/Shop:u{r.randint(10, 99)}?secret="
    return head + secret + "&issuer=Shop", len(head), len(head) + len(secret)


def azure(r):
    key = base64.b64encode(r.randbytes(64)).decode()
    head = f"DefaultEndpointsProtocol=https;AccountName=st{r.randint(10, 99)};AccountKey="
    return head + key + ";EndpointSuffix=core.windows.net", len(head), len(head) + len(key)


def uuid(r):
    h = chars(r, HEX, 32)
    return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-a{h[17:20]}-{h[20:]}"


def whole(make):
    def spanned(r):
        text = make(r)
        return (text, 0, len(text)) if isinstance(text, str) else text
    return spanned


TYPES = {name: whole(make) for name, make in {
    "AGE_SECRET_KEY": bech32_key,
    "ANTHROPIC_KEY": shape(("sk-ant-api03-", "sk-ant-admin01-"), URLSAFE, 93, "AA"),
    "AWS_ACCESS_KEY_ID": shape(("AKIA", "ASIA"), string.ascii_uppercase + "234567", 16),
    "AZURE_STORAGE_KEY": azure,
    "CONNECTION_STRING": connection,
    "DATABRICKS_TOKEN": shape("dapi", HEX, 32),
    "DIGITALOCEAN_TOKEN": shape(("dop_v1_", "doo_v1_", "dor_v1_"), HEX, 64),
    "DISCORD_WEBHOOK": lambda r: f"https://discord.com/api/webhooks/{r.randint(10**17, 10**18)}/" + chars(r, URLSAFE, 68),
    "DOPPLER_TOKEN": shape("dp.pt.", WORD, 43),
    "GITHUB_TOKEN": crc62(["ghp_", "gho_", "ghs_", "ghu_"]),
    "GITLAB_TOKEN": shape(("glpat-", "gldt-"), WORD, 20),
    "GOOGLE_API_KEY": shape("AIza", URLSAFE, 35),
    "GRAFANA_TOKEN": grafana,
    "HUBSPOT_KEY": lambda r: f"pat-{r.choice(['na1', 'eu1'])}-" + uuid(r),
    "HUGGINGFACE_TOKEN": shape("hf_", string.ascii_letters, 34),
    "JWT": jwt,
    "LINEAR_KEY": shape("lin_api_", WORD, 40),
    "MAILCHIMP_KEY": lambda r: chars(r, HEX, 32) + f"-us{r.randint(1, 21)}",
    "NOTION_TOKEN": lambda r: "ntn_" + chars(r, string.digits, 11) + chars(r, WORD, 35),
    "NPM_TOKEN": crc62(["npm_"]),
    "OPENAI_KEY": lambda r: r.choice([lambda: "sk-" + chars(r, WORD, 20) + "T3BlbkFJ" + chars(r, WORD, 20),
                                      lambda: "sk-proj-" + chars(r, URLSAFE, 74) + "T3BlbkFJ" + chars(r, URLSAFE, 74)])(),
    "PASSWORD_HASH": password_hash,
    "POSTMAN_KEY": lambda r: "PMAK-" + chars(r, HEX, 24) + "-" + chars(r, HEX, 34),
    "PRIVATE_KEY": private_key,
    "PYPI_TOKEN": pypi,
    "SENDGRID_KEY": lambda r: "SG." + chars(r, URLSAFE, 22) + "." + chars(r, URLSAFE, 43),
    "SHOPIFY_TOKEN": shape(("shpat_", "shpss_", "shpca_"), HEX, 32),
    "SLACK_TOKEN": lambda r: f"xox{r.choice('bp')}-{r.randint(10**11, 10**12)}-{r.randint(10**11, 10**12)}-" + chars(r, WORD, 24),
    "SLACK_WEBHOOK": lambda r: "https://hooks.slack.com/services/T" + chars(r, string.ascii_uppercase + string.digits, 8) + "/B" + chars(r, string.ascii_uppercase + string.digits, 8) + "/" + chars(r, WORD, 24),
    "SQUARE_TOKEN": shape(("sq0atp-", "EAAAE"), URLSAFE, 22),
    "STRIPE_KEY": shape(("sk_live_", "rk_live_", "sk_test_"), WORD, 24),
    "TELEGRAM_BOT_TOKEN": lambda r: f"{r.randint(10**8, 10**10 - 1)}:AA" + chars(r, URLSAFE, 33),
    "TOTP_SECRET": totp,
    "TWILIO_KEY": shape("SK", HEX, 32),
    "VAULT_TOKEN": shape("hvs.", WORD, 92),
}.items()}

# Secrets that only their name tells.
NAMED = {"AWS_SECRET_KEY": shape("", WORD + "/+", 40), "PASSWORD": password, "SECRET": shape("", WORD, 32)}
