//! Bytes to labelled spans of sensitive data, and names of columns to tags.
//!
//! ```
//! use detect::{Detector, Entity, Hint, Spans, classify_column};
//!
//! let detector = Detector::new(); // once per process
//! let mut spans = Spans::new(); // once per task, used again for every value
//!
//! let note = b"write to anna@example.com, card 4111 1111 1111 1111";
//! detector.detect(note, None, &mut spans);
//! let found: Vec<_> = spans.iter().map(|span| (span.entity, &note[span.start..span.end])).collect();
//! assert_eq!(found, [
//!     (Entity::EmailAddress, b"anna@example.com".as_slice()),
//!     (Entity::CreditCard, b"4111 1111 1111 1111".as_slice()),
//! ]);
//!
//! // Nine digits are nothing in particular, unless the column says what they are.
//! detector.detect(b"536221234", Some(&Hint::for_column("customer_ssn")), &mut spans);
//! assert_eq!(spans[0].entity, Entity::UsSsn);
//!
//! let column = classify_column("date_of_birth", "date").expect("a telling name");
//! assert_eq!(column.tag, "pii.birth_date");
//! ```
//!
//! # What this crate never does
//!
//! It never reads a file, a clock, the environment or the network; never keeps a value; never
//! panics on any bytes, valid UTF-8 or not; never allocates for a value in which nothing is found;
//! never uses a model, and no regular expression but those that its user adds.
//!
//! # How a value is read
//!
//! One look at every byte counts digits and marks; most values have none and are done. Otherwise
//! the marks (`@`, runs of digits, `:`, `=`) and the literals of secrets (one automaton) give
//! candidates; each is checked by structure, length, check digits and the words around it.
//! Overlaps go to the higher score, then the longer span, then the more telling type.
//!
//! Names of persons and street addresses are looked for where a capital (or a letter of a script
//! without capitals) or a house number begins a word: by a list of given names and surnames, by
//! honorifics and labels, by the words of streets in a dozen countries.
//!
//! A value is sensitive either by its own form, by a name next to it (`password=…`, the key of a
//! JSON member), or by the name of its column (a [`Hint`]). Placeholders such as `${TOKEN}`,
//! `xxxx` and `…EXAMPLE` are not secrets; numbers introduced by words such as "order" or "version"
//! need a form that cannot be mistaken.
//!
//! A column is judged by its values as well ([`classify_column_values`], or [`ColumnEvidence`] fed
//! as values pass): log-odds of name, type and up to two hundred distinct values, with coverage,
//! confidence, alternates and the reasons in words.
//!
//! # Tags
//!
//! Of columns by name ([`classify_column`]) and of spans ([`Entity::tag`]); [`TAGS`] is this table
//! as data. Where no type is given, values have no form that could be checked.
//!
//! | tag | type that a column's values have | types found in values |
//! |---|---|---|
//! | `pii.email` | `EMAIL_ADDRESS` | `EMAIL_ADDRESS` |
//! | `pii.phone` | `PHONE_NUMBER` | `PHONE_NUMBER` |
//! | `pii.ssn` | `US_SSN` | `US_SSN` |
//! | `pii.national_id` | | numbers of citizens, taxpayers and firms of some fifty countries: `UK_NINO`, `DE_TAX_ID`, `PL_PESEL`, `EU_VAT`, …; `PASSPORT` (machine-readable zones) |
//! | `pii.name` | `PERSON` | `PERSON` |
//! | `pii.username` | `USERNAME` | `USERNAME` |
//! | `pii.address` | `STREET_ADDRESS` | `STREET_ADDRESS` |
//! | `pii.postal_code` | `POSTAL_CODE` | `POSTAL_CODE` |
//! | `pii.location` | `GEO_COORDINATES` | `GEO_COORDINATES` |
//! | `pii.birth_date` | `DATE_OF_BIRTH` | `DATE_OF_BIRTH` |
//! | `pii.gender` | | |
//! | `pii.demographic` | | |
//! | `pii.health` | | `UK_NHS`, `AU_MEDICARE`, `US_NPI`, `US_MBI`, `US_DEA`, `MEDICAL_RECORD`, `ICD10` |
//! | `pii.card` | `CREDIT_CARD` | `CREDIT_CARD` |
//! | `pii.card_security` | | `CARD_TRACK`, `CARD_CVV`, `CARD_EXPIRY`, `CARD_PIN` |
//! | `pii.iban` | `IBAN` | `IBAN` |
//! | `pii.bank_account` | | `US_BANK_ROUTING`, `UK_SORT_CODE`, `MX_CLABE`, `IN_IFSC`, `AU_BSB`, `ISIN`, `BANK_ACCOUNT`, `SWIFT_BIC` |
//! | `pii.crypto_address` | `CRYPTO_ADDRESS` | `CRYPTO_ADDRESS` |
//! | `pii.ip` | `IP_ADDRESS` | `IP_ADDRESS` |
//! | `pii.mac` | `MAC_ADDRESS` | `MAC_ADDRESS` |
//! | `pii.device` | | `IMEI`, `IMSI`, `ICCID` |
//! | `pii.vehicle` | | `VIN`, `LICENSE_PLATE` |
//! | `secret.password` | `PASSWORD` | `PASSWORD`, `CONNECTION_STRING` (only the password in it) |
//! | `secret.password_hash` | `PASSWORD_HASH` | `PASSWORD_HASH` |
//! | `secret.token` | `SECRET` | `SECRET`, `JWT`, tokens and webhooks of vendors |
//! | `secret.key` | `SECRET` | `PRIVATE_KEY`, `AWS_SECRET_KEY`, keys of vendors |
//! | `secret.totp` | `TOTP_SECRET` | `TOTP_SECRET` |
//! | `business.salary` | | |
//!
//! # Adding a type
//!
//! A row in `entity.rs`; then a row in `secret/vendors.rs` for a token with a prefix, a row in a file
//! under `find/identifier/` for a number with written forms, check digits and words that name it (and
//! a line in `tests/validators/types.tsv` where another program can be asked), or a function in a file
//! under `find/` and an entry in the table of `find/number.rs` (by length of the first
//! run of digits) or of `detector.rs` (by mark). Words of columns are rows in `column/phrases.rs`;
//! names of persons are compiled by `names/compile.py`, words of streets are rows in
//! `find/address_words.rs`.
//!
//! A user adds types without changing this crate: [`Detector::builder`] takes patterns and lists of
//! words, each with a name, a tag, the words that must be near, and a score.

mod builder;
mod column;
mod custom;
mod detector;
mod entity;
mod hint;
mod span;
mod tags;

mod checksum;
mod context;
mod find;
mod lookup;
mod names;
mod placeholder;
mod secret;
mod survey;
mod text;
mod whole;

pub use builder::Builder;
pub use column::{
    Classification, ColumnClass, ColumnEvidence, classify_column, classify_column_values,
};
pub use custom::{CustomError, CustomForm, CustomType};
pub use detector::Detector;
pub use entity::Entity;
pub use hint::Hint;
pub use span::{CustomId, Span, Spans};
pub use tags::{TAGS, TagRow};
