//! Words of streets.

/// Before the name of a street: Romance and Slavic languages.
#[rustfmt::skip] // Words in lines, not one a line.
pub(super) const FIRST: &[&str] = &[
    "rue", "avenue", "boulevard", "chemin", "impasse", "allée", "allee", "quai", "route", "cours",
    "passage", "calle", "c/", "avenida", "avda", "av", "plaza", "paseo", "glorieta", "ronda",
    "camino", "carrer", "via", "viale", "piazza", "corso", "largo", "vicolo", "strada", "piazzale",
    "contrada", "borgo", "rua", "travessa", "alameda", "praça", "rodovia", "estrada", "ulica", "ul",
    "aleja", "al", "plac", "pl", "osiedle", "os", "ул", "улица", "пр", "проспект", "пер",
];

/// After the name of a street, with a house number before it: English.
#[rustfmt::skip] // Words in lines, not one a line.
pub(super) const LAST: &[&str] = &[
    "street", "st", "avenue", "ave", "road", "rd", "boulevard", "blvd", "lane", "ln", "drive", "dr",
    "court", "ct", "place", "pl", "square", "sq", "terrace", "ter", "close", "crescent", "cres",
    "way", "highway", "hwy", "parkway", "pkwy", "circle", "cir", "trail", "loop", "mews", "gardens",
    "grove", "row", "plaza", "broadway", "alley", "turnpike", "parade", "walk", "rise", "vale",
];

/// Endings of the word before a house number: Germanic, Turkish, Finnish.
#[rustfmt::skip] // Words in lines, not one a line.
pub(super) const SUFFIXES: &[&str] = &[
    "straße", "strasse", "str", "gasse", "platz", "allee", "damm", "ufer", "weg", "chaussee",
    "straat", "laan", "plein", "gracht", "kade", "dijk", "singel", "gatan", "vägen", "gränd",
    "gade", "vej", "gata", "veien", "vegen", "katu", "caddesi", "cad", "cd", "sokak", "sokağı", "sk",
    "bulvarı", "mahallesi",
];

/// Between the street and the number: `n. 12`, `No: 12`.
pub(super) const NUMBER_MARKS: &[&str] = &["n", "no", "nº", "nr", "num", "núm", "д", "дом"];

/// Before the number of a flat.
#[rustfmt::skip] // Words in lines, not one a line.
pub(super) const UNITS: &[&str] = &[
    "apt", "apartment", "suite", "ste", "unit", "flat", "floor", "room", "m", "lok",
];
