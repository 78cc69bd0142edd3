//! What the words around a candidate are about.
//!
//! A nine-digit number is a social security number after "ssn" and nothing after "order".

use crate::Entity;
use crate::column::Name;
use crate::find::identifier;
use crate::names::Fnv;
use crate::text::Text;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::ops::BitOr;
use std::sync::LazyLock;

/// The longest phrase in bytes: twenty letters of two bytes each, and some.
const LONGEST_PHRASE: usize = 64;

/// How far to look on either side, in bytes.
const REACH: usize = 40;

/// How much further where letters of two or three bytes begin there: forty letters have as many.
const FURTHER: usize = 80;

/// Bits below those of identifiers, of which there are at most 120: see the test.
const FIRST_IDENTIFIER: usize = 8;

/// A set of topics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Topics(u128);

impl Topics {
    pub(crate) const NONE: Topics = Topics(0);
    pub(crate) const PHONE: Topics = Topics(1);
    pub(crate) const SSN: Topics = Topics(1 << 1);
    pub(crate) const CARD: Topics = Topics(1 << 2);
    pub(crate) const IP: Topics = Topics(1 << 3);
    /// Versions of software.
    pub(crate) const VERSION: Topics = Topics(1 << 4);
    /// Numbers of orders, parcels, tickets and the like.
    pub(crate) const REFERENCE: Topics = Topics(1 << 5);
    /// Places by latitude and longitude.
    pub(crate) const PLACE: Topics = Topics(1 << 7);
    /// Identifiers in general: "tax id", "document number".
    pub(crate) const IDENTIFIER: Topics = Topics(1 << 6);

    /// The topic of the identifier in this place of the list of all.
    pub(crate) const fn of_identifier(place: usize) -> Topics {
        Topics(1 << (FIRST_IDENTIFIER + place))
    }

    /// Whether the sets share a topic.
    pub(crate) const fn touches(self, other: Topics) -> bool {
        self.0 & other.0 != 0
    }

    /// The set without the topics of `other`.
    pub(crate) const fn without(self, other: Topics) -> Topics {
        Topics(self.0 & !other.0)
    }

    /// The topics of a column's name.
    pub(crate) fn of_name(name: &Name) -> Topics {
        let mut phrases = Phrases::default();
        name.words()
            .fold(Topics::NONE, |topics, word| topics | phrases.take(word))
    }

    /// The topic of a column's tag.
    pub(crate) fn of_tag(tag: &str) -> Topics {
        match tag {
            "pii.phone" => Topics::PHONE,
            "pii.ssn" => Topics::SSN,
            "pii.card" => Topics::CARD,
            "pii.ip" => Topics::IP,
            _ => Topics::NONE,
        }
    }
}

impl BitOr for Topics {
    type Output = Topics;

    fn bitor(self, other: Topics) -> Topics {
        Topics(self.0 | other.0)
    }
}

/// The topics around a candidate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context {
    around: Topics,
    closest_before: Topics,
    label: Topics,
    next: Topics,
}

impl Context {
    /// Whether a word on either side or the column speaks of `topic`.
    pub(crate) fn mentions(&self, topic: Topics) -> bool {
        self.around.touches(topic)
    }

    /// Whether the closest telling word before the candidate (else the column) speaks of `topic`.
    pub(crate) fn introduces(&self, topic: Topics) -> bool {
        self.closest_before.touches(topic)
    }

    /// Whether a word between the candidate and the number before it, if there is one, speaks of
    /// `topic`; else the column.
    pub(crate) fn labels(&self, topic: Topics) -> bool {
        self.label.touches(topic)
    }

    /// Whether the very next word after the candidate speaks of `topic`.
    pub(crate) fn precedes(&self, topic: Topics) -> bool {
        self.next.touches(topic)
    }
}

/// Reads the whole words within [`REACH`] of `start..end`.
pub(crate) fn around(text: &Text<'_>, start: usize, end: usize) -> Context {
    let of_column = text.hint.map_or(Topics::NONE, |hint| hint.topics);
    let mut context = Context {
        around: of_column,
        closest_before: of_column,
        label: of_column,
        next: Topics::NONE,
    };
    if !text.has_letters {
        return context;
    }
    let near = start.saturating_sub(REACH);
    let first = text.run_start(near, FURTHER, |byte| byte >= 0x80);
    let before = text.slice(first, start);
    let cut = text.before(first).is_some_and(letter);
    let own = before.iter().rposition(u8::is_ascii_digit).unwrap_or(0);
    let mut phrases = Phrases::default();
    let mut place = 0;
    for word in before.split(|byte| !letter(*byte)) {
        let starts = place;
        place += word.len() + 1;
        let topics = phrases.take(word);
        if topics == Topics::NONE || (cut && starts == 0) {
            continue;
        }
        context.closest_before = topics;
        context.around = context.around | topics;
        if starts >= own {
            context.label = context.label | topics;
        }
    }
    let after = whole_words_after(text, end);
    let mut words = after
        .split(|byte| !letter(*byte))
        .filter(|word| !word.is_empty());
    let mut phrases = Phrases::default();
    context.next = words.next().map_or(Topics::NONE, |word| phrases.take(word));
    context.around = words.fold(context.around | context.next, |topics, word| {
        topics | phrases.take(word)
    });
    context
}

/// Words in a row, written together: what the last one, two or three of them are about.
struct Phrases {
    letters: [u8; LONGEST_PHRASE],
    length: usize,
    /// Where the last three words begin, the newest first.
    starts: [usize; 3],
}

impl Default for Phrases {
    fn default() -> Phrases {
        Phrases {
            letters: [0; LONGEST_PHRASE],
            length: 0,
            starts: [0; 3],
        }
    }
}

impl Phrases {
    /// Adds the letters of a word in lower case; `None` when they are too many.
    fn push(&mut self, word: &[u8]) -> Option<()> {
        let room = self.letters.get_mut(self.length..)?;
        if word.is_ascii() {
            let room = room.get_mut(..word.len())?;
            room.copy_from_slice(word);
            room.make_ascii_lowercase();
            self.length += word.len();
            return Some(());
        }
        let lower = str::from_utf8(word)
            .ok()?
            .chars()
            .flat_map(char::to_lowercase);
        let mut used = 0;
        for letter in lower {
            let room = room.get_mut(used..used + letter.len_utf8())?;
            letter.encode_utf8(room);
            used += letter.len_utf8();
        }
        self.length += used;
        Some(())
    }

    /// The topics of the longest phrase that ends with `word`.
    fn take(&mut self, word: &[u8]) -> Topics {
        if word.is_empty() {
            return Topics::NONE;
        }
        if self.length + word.len() > LONGEST_PHRASE {
            *self = Phrases::default();
        }
        let start = self.length;
        if self.push(word).is_none() {
            *self = Phrases::default();
            return Topics::NONE;
        }
        let [last, before, _] = self.starts;
        self.starts = [start, last, before];
        let end = self.length;
        let phrases = self.starts.iter().rev();
        phrases
            .filter_map(|start| WORDS.get(self.letters.get(*start..end)?))
            .next()
            .copied()
            .unwrap_or_default()
    }
}

/// The bytes within [`REACH`] after `end`, without a word that goes on beyond.
fn whole_words_after<'a>(text: &Text<'a>, end: usize) -> &'a [u8] {
    let after = text.rest(end, REACH);
    if !text.at(end + after.len()).is_some_and(letter) {
        return after;
    }
    let kept = after.iter().rposition(|byte| !letter(*byte)).unwrap_or(0);
    after.get(..kept).unwrap_or_default()
}

fn letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte >= 0x80
}

#[rustfmt::skip] // Words in lines, not one a line.
const BY_TOPIC: &[(Topics, &[&str])] = &[
    (Topics::PHONE, &[
        "phone", "phones", "phonenumber", "telephone", "tel", "mobile", "cell", "cellphone", "fax",
        "whatsapp", "sms", "msisdn", "call", "callback", "dial", "telefon", "telefonnummer",
        "handy", "mobil", "rufnummer", "telefono", "teléfono", "movil", "móvil", "celular",
        "telefone", "téléphone", "portable", "cellulare", "telefoon",
    ]),
    (Topics::SSN, &["ssn", "ssns", "social", "socialsecurity"]),
    (Topics::CARD, &[
        "card", "cards", "cardnumber", "credit", "debit", "visa", "mastercard", "amex", "maestro",
        "discover", "payment", "pan", "kreditkarte", "karte", "carte", "tarjeta", "cartao",
        "cartão",
    ]),
    (Topics::IDENTIFIER, &[
        "nationalid", "nationalidentity", "idnumber", "idno", "identitynumber", "identitycard",
        "idcard", "identification", "documentnumber", "documentno", "docnumber", "docno", "taxid",
        "taxnumber", "taxno", "tin", "taxpayerid", "fiscalnumber", "fiscalid", "personalid",
        "personalnumber", "governmentid", "govid", "govtid", "citizenid", "socialsecurity",
        "identifiant", "ausweis", "ausweisnummer", "documento", "cedula", "cédula",
        "identificacion", "identificación", "identificacao", "identificação", "identita",
        "numerofiscal", "personnummer", "kimlik", "natid", "nationalno", "nationalnumber",
    ]),
    (Topics::IP, &["ip", "ips", "ipaddress", "address", "addr", "host", "client", "peer", "login"]),
    (Topics::VERSION, &[
        "version", "versions", "ver", "v", "release", "released", "build", "firmware", "upgrade",
        "upgraded", "patch", "chrome", "safari", "firefox", "webkit", "kernel", "driver", "oid",
        "netmask", "mask", "subnet", "section", "chapter",
    ]),
    (Topics::REFERENCE, &[
        "order", "orders", "ordernumber", "tracking", "trackingnumber", "invoice", "ticket", "sku",
        "barcode", "ean", "upc", "gtin", "isbn", "issn", "asin", "serial", "ref", "reference",
        "case", "batch", "lot", "part", "item", "product", "article", "model", "timestamp", "epoch",
        "parcel", "shipment", "transaction", "txn", "trace", "request", "job", "id", "hash",
        "checksum", "bestellung", "bestellnummer", "rechnung", "commande", "facture", "pedido",
        "factura", "fatura", "rma", "po", "awb", "waybill", "consignment", "receipt", "voucher",
        "coupon", "sequence", "seq", "row", "port", "pid", "commit", "revision", "auftrag",
        "auftragsnummer", "rechnungsnummer", "lieferschein", "sendungsnummer", "artikel",
        "artikelnummer", "seriennummer", "vorgang", "colis", "suivi", "numcommande", "seguimiento",
        "albaran", "ordine", "fattura", "spedizione", "tracciamento", "bestelling",
        "bestelnummer", "factuur", "zending", "zamowienie", "zamówienie", "faktura", "przesylka",
        "przesyłka", "bestallning", "beställning", "ordernummer", "fakturanummer", "siparis",
        "sipariş", "kargo", "rastreio", "nfe", "barra", "barras", "strichcode",
        "streckkod", "注文番号", "追跡番号", "订单号", "快递单号", "주문번호", "운송장번호",
    ]),
    (Topics::PLACE, &[
        "coordinates", "coordinate", "coords", "coord", "latitude", "longitude", "lat", "lng", "lon",
        "latlng", "latlon", "latlong", "geo", "geolocation", "geopoint", "gps", "location", "position",
        "loc", "pos", "koordinaten", "standort", "coordonnees", "coordonnées",
        "coordenadas", "ubicacion", "ubicación", "posizione", "localizacao",
        "localização", "posicao", "posição", "wspolrzedne", "współrzędne", "koordinater",
        "konum", "koordinat", "coordinaten", "locatie", "座標", "坐标", "좌표",
    ]),
];

/// Prefix of the names of a country's identifiers, and how columns call any of them.
#[rustfmt::skip] // Words in lines, not one a line.
const BY_COUNTRY: &[(&str, &[&str])] = &[
    ("AR_", &["arid", "arnationalid", "artaxid", "artin", "aridnumber", "nationalidar", "taxidar", "natidar", "arnatid"]),
    ("AU_", &["auid", "aunationalid", "autaxid", "autin", "auidnumber", "nationalidau", "taxidau", "natidau", "aunatid"]),
    ("BE_", &["beid", "benationalid", "betaxid", "betin", "beidnumber", "nationalidbe", "taxidbe", "natidbe", "benatid"]),
    ("BG_", &["bgid", "bgnationalid", "bgtaxid", "bgtin", "bgidnumber", "nationalidbg", "taxidbg", "natidbg", "bgnatid"]),
    ("BR_", &["brid", "brnationalid", "brtaxid", "brtin", "bridnumber", "nationalidbr", "taxidbr", "natidbr", "brnatid"]),
    ("CA_", &["caid", "canationalid", "cataxid", "catin", "caidnumber", "nationalidca", "taxidca", "natidca", "canatid"]),
    ("CH_", &["chid", "chnationalid", "chtaxid", "chtin", "chidnumber", "nationalidch", "taxidch", "natidch", "chnatid"]),
    ("CL_", &["clid", "clnationalid", "cltaxid", "cltin", "clidnumber", "nationalidcl", "taxidcl", "natidcl", "clnatid"]),
    ("CN_", &["cnid", "cnnationalid", "cntaxid", "cntin", "cnidnumber", "nationalidcn", "taxidcn", "natidcn", "cnnatid"]),
    ("CZ_", &["czid", "cznationalid", "cztaxid", "cztin", "czidnumber", "nationalidcz", "taxidcz", "natidcz", "cznatid"]),
    ("DE_", &["deid", "denationalid", "detaxid", "detin", "deidnumber", "nationalidde", "taxidde", "natidde", "denatid"]),
    ("DK_", &["dkid", "dknationalid", "dktaxid", "dktin", "dkidnumber", "nationaliddk", "taxiddk", "natiddk", "dknatid"]),
    ("EE_", &["eeid", "eenationalid", "eetaxid", "eetin", "eeidnumber", "nationalidee", "taxidee", "natidee", "eenatid"]),
    ("EG_", &["egid", "egnationalid", "egtaxid", "egtin", "egidnumber", "nationalideg", "taxideg", "natideg", "egnatid"]),
    ("ES_", &["esid", "esnationalid", "estaxid", "estin", "esidnumber", "nationalides", "taxides", "natides", "esnatid"]),
    ("FI_", &["fiid", "finationalid", "fitaxid", "fitin", "fiidnumber", "nationalidfi", "taxidfi", "natidfi", "finatid"]),
    ("FR_", &["frid", "frnationalid", "frtaxid", "frtin", "fridnumber", "nationalidfr", "taxidfr", "natidfr", "frnatid"]),
    ("GR_", &["grid", "grnationalid", "grtaxid", "grtin", "gridnumber", "nationalidgr", "taxidgr", "natidgr", "grnatid"]),
    ("HK_", &["hkid", "hknationalid", "hktaxid", "hktin", "hkidnumber", "nationalidhk", "taxidhk", "natidhk", "hknatid"]),
    ("HR_", &["hrid", "hrnationalid", "hrtaxid", "hrtin", "hridnumber", "nationalidhr", "taxidhr", "natidhr", "hrnatid"]),
    ("HU_", &["huid", "hunationalid", "hutaxid", "hutin", "huidnumber", "nationalidhu", "taxidhu", "natidhu", "hunatid"]),
    ("IE_", &["ieid", "ienationalid", "ietaxid", "ietin", "ieidnumber", "nationalidie", "taxidie", "natidie", "ienatid"]),
    ("IL_", &["ilid", "ilnationalid", "iltaxid", "iltin", "ilidnumber", "nationalidil", "taxidil", "natidil", "ilnatid"]),
    ("IN_", &["inid", "innationalid", "intaxid", "intin", "inidnumber", "nationalidin", "taxidin", "natidin", "innatid"]),
    ("IT_", &["itid", "itnationalid", "ittaxid", "ittin", "itidnumber", "nationalidit", "taxidit", "natidit", "itnatid"]),
    ("JP_", &["jpid", "jpnationalid", "jptaxid", "jptin", "jpidnumber", "nationalidjp", "taxidjp", "natidjp", "jpnatid"]),
    ("KR_", &["krid", "krnationalid", "krtaxid", "krtin", "kridnumber", "nationalidkr", "taxidkr", "natidkr", "krnatid"]),
    ("LT_", &["ltid", "ltnationalid", "lttaxid", "lttin", "ltidnumber", "nationalidlt", "taxidlt", "natidlt", "ltnatid"]),
    ("LV_", &["lvid", "lvnationalid", "lvtaxid", "lvtin", "lvidnumber", "nationalidlv", "taxidlv", "natidlv", "lvnatid"]),
    ("MX_", &["mxid", "mxnationalid", "mxtaxid", "mxtin", "mxidnumber", "nationalidmx", "taxidmx", "natidmx", "mxnatid"]),
    ("MY_", &["myid", "mynationalid", "mytaxid", "mytin", "myidnumber", "nationalidmy", "taxidmy", "natidmy", "mynatid"]),
    ("NG_", &["ngid", "ngnationalid", "ngtaxid", "ngtin", "ngidnumber", "nationalidng", "taxidng", "natidng", "ngnatid"]),
    ("NL_", &["nlid", "nlnationalid", "nltaxid", "nltin", "nlidnumber", "nationalidnl", "taxidnl", "natidnl", "nlnatid"]),
    ("NZ_", &["nzid", "nznationalid", "nztaxid", "nztin", "nzidnumber", "nationalidnz", "taxidnz", "natidnz", "nznatid"]),
    ("PE_", &["peid", "penationalid", "petaxid", "petin", "peidnumber", "nationalidpe", "taxidpe", "natidpe", "penatid"]),
    ("PH_", &["phid", "phnationalid", "phtaxid", "phtin", "phidnumber", "nationalidph", "taxidph", "natidph", "phnatid"]),
    ("PL_", &["plid", "plnationalid", "pltaxid", "pltin", "plidnumber", "nationalidpl", "taxidpl", "natidpl", "plnatid"]),
    ("PT_", &["ptid", "ptnationalid", "pttaxid", "pttin", "ptidnumber", "nationalidpt", "taxidpt", "natidpt", "ptnatid"]),
    ("RO_", &["roid", "ronationalid", "rotaxid", "rotin", "roidnumber", "nationalidro", "taxidro", "natidro", "ronatid"]),
    ("SA_", &["said", "sanationalid", "sataxid", "satin", "saidnumber", "nationalidsa", "taxidsa", "natidsa", "sanatid"]),
    ("SE_", &["seid", "senationalid", "setaxid", "setin", "seidnumber", "nationalidse", "taxidse", "natidse", "senatid"]),
    ("SG_", &["sgid", "sgnationalid", "sgtaxid", "sgtin", "sgidnumber", "nationalidsg", "taxidsg", "natidsg", "sgnatid"]),
    ("SI_", &["siid", "sinationalid", "sitaxid", "sitin", "siidnumber", "nationalidsi", "taxidsi", "natidsi", "sinatid"]),
    ("SK_", &["skid", "sknationalid", "sktaxid", "sktin", "skidnumber", "nationalidsk", "taxidsk", "natidsk", "sknatid"]),
    ("TH_", &["thid", "thnationalid", "thtaxid", "thtin", "thidnumber", "nationalidth", "taxidth", "natidth", "thnatid"]),
    ("TR_", &["trid", "trnationalid", "trtaxid", "trtin", "tridnumber", "nationalidtr", "taxidtr", "natidtr", "trnatid"]),
    ("TW_", &["twid", "twnationalid", "twtaxid", "twtin", "twidnumber", "nationalidtw", "taxidtw", "natidtw", "twnatid"]),
    ("UK_", &["ukid", "uknationalid", "uktaxid", "uktin", "ukidnumber", "nationaliduk", "taxiduk", "natiduk", "uknatid"]),
    ("US_", &["usid", "usnationalid", "ustaxid", "ustin", "usidnumber", "nationalidus", "taxidus", "natidus", "usnatid"]),
    ("UY_", &["uyid", "uynationalid", "uytaxid", "uytin", "uyidnumber", "nationaliduy", "taxiduy", "natiduy", "uynatid"]),
    ("VN_", &["vnid", "vnnationalid", "vntaxid", "vntin", "vnidnumber", "nationalidvn", "taxidvn", "natidvn", "vnnatid"]),
    ("ZA_", &["zaid", "zanationalid", "zataxid", "zatin", "zaidnumber", "nationalidza", "taxidza", "natidza", "zanatid"]),
];

/// Telling words and phrases, by their lower-case letters.
struct Words {
    topics: HashMap<&'static [u8], Topics, BuildHasherDefault<Fnv>>,
    /// By the low bits of the first byte the lengths that there are, a bit each: most words of a
    /// text are of no length that a telling one has with that letter.
    lengths: [u64; 32],
}

static WORDS: LazyLock<Words> = LazyLock::new(Words::new);

/// The place in [`Words::lengths`] of a phrase, and the bit of its length.
fn shape(phrase: &[u8]) -> (usize, u64) {
    let first = phrase.first().map_or(0, |first| usize::from(first % 32));
    (first, 1 << (phrase.len() % 64))
}

impl Words {
    fn new() -> Words {
        let mut words = Words {
            topics: HashMap::default(),
            lengths: [0; 32],
        };
        for (topics, list) in BY_TOPIC {
            words.add(list, *topics);
        }
        for (place, unit) in identifier::units().enumerate() {
            words.add(unit.words, Topics::of_identifier(place));
            words.add_country(unit.entity, Topics::of_identifier(place));
        }
        words
    }

    /// `sgid`, `idsg`: the country of an identifier with a word that any identifier has.
    fn add_country(&mut self, entity: Entity, topics: Topics) {
        let country = BY_COUNTRY
            .iter()
            .find(|(prefix, _)| entity.name().starts_with(prefix));
        for word in country.into_iter().flat_map(|(_, words)| *words) {
            let known = self.entry(word.as_bytes());
            *known = *known | topics;
        }
    }

    fn get(&self, phrase: &[u8]) -> Option<&Topics> {
        let (first, length) = shape(phrase);
        let lengths = self.lengths.get(first)?;
        (lengths & length != 0).then(|| self.topics.get(phrase))?
    }

    fn entry(&mut self, word: &'static [u8]) -> &mut Topics {
        let (first, length) = shape(word);
        if let Some(lengths) = self.lengths.get_mut(first) {
            *lengths |= length;
        }
        self.topics.entry(word).or_default()
    }

    fn add(&mut self, list: &[&'static str], topics: Topics) {
        for word in list {
            let known = self.entry(word.as_bytes());
            *known = *known | topics;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(before: &str, after: &str) -> Context {
        let whole = format!("{before}#{after}");
        let text = Text {
            bytes: whole.as_bytes(),
            hint: None,
            has_letters: true,
        };
        around(&text, before.len(), before.len() + 1)
    }

    #[test]
    fn whole_words_in_any_case_on_both_sides() {
        assert!(of("My PHONE is ", "").mentions(Topics::PHONE));
        assert!(of("", " (teléfono)").mentions(Topics::PHONE));
        assert!(!of("headphones ", "").mentions(Topics::PHONE));
        assert!(!of(&format!("phone{}", " ".repeat(40)), "").mentions(Topics::PHONE));
        assert!(!of(&format!("headphone{}", " ".repeat(35)), "").mentions(Topics::PHONE));
        let at_the_edge = format!("{}ipsum", " ".repeat(REACH - 2));
        assert!(!of("", &at_the_edge).mentions(Topics::IP));
        let up_to_the_edge = format!("{}ip sum", " ".repeat(REACH - 2));
        assert!(of("", &up_to_the_edge).mentions(Topics::IP));
    }

    #[test]
    fn the_closest_word_before_introduces() {
        let context = of("order 12, phone ", " order");
        assert!(context.introduces(Topics::PHONE) && !context.introduces(Topics::REFERENCE));
        assert!(of("phone order ", "").introduces(Topics::REFERENCE));
    }

    #[test]
    fn phrases_are_read_longest_first() {
        let context = of("tax id ", "");
        assert!(context.introduces(Topics::IDENTIFIER) && !context.introduces(Topics::REFERENCE));
        assert!(of("the id ", "").introduces(Topics::REFERENCE));
    }

    #[test]
    fn words_fit_the_reach_and_are_lower_case_and_identifiers_fit_the_bits() {
        for word in WORDS.topics.keys() {
            let text = str::from_utf8(word).expect("written as text");
            assert!(
                word.len() <= LONGEST_PHRASE && text.to_lowercase() == text,
                "{text}"
            );
        }
        assert!(identifier::units().count() + FIRST_IDENTIFIER <= 128);
    }
}
