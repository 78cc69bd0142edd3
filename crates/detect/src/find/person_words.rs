//! Words that introduce a name of a person, belong to it, or show that it is none.

/// Before a name, lower case as all words here, without the full stop.
#[rustfmt::skip] // Words in lines, not one a line.
pub(crate) const HONORIFICS: &[&str] = &[
    "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "lady", "herr", "herrn",
    "frau", "monsieur", "madame", "mme", "mlle", "señor", "señora", "señorita", "sr", "sra", "srta",
    "doña", "senhor", "senhora", "signor", "signora", "sig", "dott", "ing", "meneer", "mevrouw",
    "dhr", "mevr", "pan", "pani", "fru", "господин", "госпожа", "κύριος", "κυρία",
];

/// Before a name in letters, tickets and key-value text.
#[rustfmt::skip] // Words in lines, not one a line.
pub(crate) const LABELS: &[&str] = &[
    "dear", "hi", "hello", "hey", "hallo", "liebe", "lieber", "bonjour", "hola", "estimado",
    "estimada", "ciao", "caro", "cara", "olá", "prezado", "prezada", "beste", "hej", "cześć",
    "merhaba", "sayın", "name", "customer", "contact", "patient", "employee", "kunde", "kundin",
    "client", "cliente", "klient", "müşteri", "klant", "kund", "paciente", "patiënt", "pacjent",
    "hasta", "ansprechpartner", "mitarbeiter", "nom", "nombre", "nome", "naam", "namn",
    "здравствуйте", "клиент",
];

/// Small words inside surnames.
#[rustfmt::skip] // Words in lines, not one a line.
pub(crate) const PARTICLES: &[&str] = &[
    "von", "van", "der", "den", "de", "del", "della", "di", "da", "do", "dos", "das", "la", "le",
    "el", "al", "bin", "ibn", "zu", "zum", "zur", "af", "av", "ter", "ten", "y", "e",
];

/// Words that make the capitals around them an organisation, a place or a product.
#[rustfmt::skip] // Words in lines, not one a line.
pub(crate) const VETOES: &[&str] = &[
    "ltd", "limited", "llc", "llp", "plc", "inc", "incorporated", "corp", "corporation", "company",
    "co", "gmbh", "ag", "kg", "ohg", "ug", "sarl", "sas", "sa", "srl", "spa", "bv", "nv", "ab",
    "oy", "aps", "asa", "group", "holding", "holdings", "partners", "associates", "brothers", "sons",
    "bank", "insurance", "university", "college", "school", "institute", "hospital", "clinic",
    "hotel", "restaurant", "cafe", "café", "bar", "shop", "store", "market", "foundation", "museum",
    "airport", "station", "street", "st", "road", "rd", "avenue", "ave", "lane", "ln", "drive",
    "boulevard", "blvd", "square", "court", "terrace", "crescent", "bridge", "river", "lake", "island",
    "islands", "beach", "bay", "valley", "mountain", "mount", "county", "city", "town", "state",
    "falls", "springs", "heights", "republic", "straße", "strasse", "platz", "weg", "allee", "rue",
    "place", "calle", "avenida", "plaza", "via", "viale", "piazza", "rua", "praça", "ulica", "aleja",
    "edition", "series", "model", "pro", "plus", "ultra", "mini", "cup", "award", "prize", "theorem",
    "law", "act", "day", "software", "systems", "solutions", "technologies", "consulting", "studio",
    "studios", "records", "shoes", "jacket", "chair", "table", "sofa", "lamp", "bag", "watch",
    "collection", "edt", "edp", "release", "version", "album", "festival",
];

/// After a name in Chinese, Japanese and Korean.
pub(super) const CJK_HONORIFICS: &[&str] = &[
    "先生", "女士", "小姐", "老师", "様", "さん", "さま", "氏", "씨", "님",
];

/// Before a name in Chinese, Japanese and Korean.
#[rustfmt::skip] // Words in lines, not one a line.
pub(super) const CJK_LABELS: &[&str] = &[
    "姓名", "客户", "联系人", "收件人", "患者", "员工", "氏名", "名前", "お客様", "担当者", "担当",
    "이름", "고객", "성명", "담당자",
];
