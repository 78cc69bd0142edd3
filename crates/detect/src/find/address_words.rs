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
    "gade", "vej", "gata", "veien", "vegen", "katu", "hof", "dreef", "stigen", "steeg", "caddesi", "cad", "cd", "sokak", "sokağı", "sk",
    "bulvarı", "mahallesi",
];

/// Between the street and the number: `n. 12`, `No: 12`.
pub(super) const NUMBER_MARKS: &[&str] = &["n", "no", "nº", "nr", "num", "núm", "д", "дом"];

/// Before the number of a flat.
#[rustfmt::skip] // Words in lines, not one a line.
pub(super) const UNITS: &[&str] = &[
    "apt", "apartment", "suite", "ste", "unit", "flat", "floor", "room", "m", "lok",
];

/// As [`LAST`], but words of many other things: only where a line begins with the number and ends
/// after the word or a unit. From the street suffixes of the US Postal Service (publication 28).
#[rustfmt::skip] // Words in lines, not one a line.
pub(super) const LAST_OF_LINE: &[&str] = &[
    "bend", "bluff", "branch", "bridge", "brook", "burg", "bypass", "canyon", "causeway", "cliff",
    "cliffs", "common", "corner", "corners", "courts", "cove", "creek", "crest", "crossing",
    "crossroad", "curve", "dale", "dam", "divide", "drives", "estate", "estates", "expressway",
    "extension", "falls", "ferry", "field", "fields", "flat", "flats", "ford", "forest", "forge",
    "fork", "forks", "fort", "freeway", "garden", "gateway", "glen", "glens", "green", "greens",
    "groves", "harbor", "harbors", "haven", "heights", "hill", "hills", "hollow", "inlet", "island",
    "isle", "junction", "junctions", "knoll", "knolls", "lake", "lakes", "landing", "lights", "lock",
    "locks", "lodge", "manor", "manors", "meadow", "meadows", "mill", "mills", "mission", "motorway",
    "mount", "mountain", "mountains", "neck", "orchard", "oval", "park", "parks", "parkways", "pass",
    "passage", "path", "pike", "pine", "pines", "plain", "plains", "plazas", "point", "points",
    "port", "ports", "prairie", "radial", "ramp", "ranch", "rapid", "rapids", "ridge", "ridges",
    "river", "roads", "route", "run", "shoal", "shoals", "shore", "shores", "skyway", "spring",
    "springs", "spur", "spurs", "squares", "station", "stravenue", "stream", "streets", "summit",
    "throughway", "trace", "track", "trafficway", "trails", "tunnel", "underpass", "union", "valley",
    "valleys", "viaduct", "view", "views", "village", "villages", "vista", "walks", "wall", "ways",
    "well", "wells", "circles",
];
