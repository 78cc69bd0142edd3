//! What is read from a certificate besides whether to trust it.

use aws_lc_rs::digest::{self, Algorithm};
use rustls::pki_types::CertificateDer;
use x509_cert::Certificate;
use x509_cert::der::asn1::{Ia5String, ObjectIdentifier as Oid};
use x509_cert::der::{Decode, Tag, Tagged};
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

use config::CertificateName;

/// `id-at-commonName` (RFC 5280 appendix A.1).
const COMMON_NAME: Oid = Oid::new_unwrap("2.5.4.3");

/// Signature algorithms and the hash that a certificate signed with them is bound by. MD5 and SHA-1
/// count as SHA-256 (RFC 5929 section 4.1).
static HASHES: [(Oid, &Algorithm); 12] = [
    // md5, sha1, sha224, sha256, sha384 and sha512WithRSAEncryption (RFC 8017, RFC 4055).
    (Oid::new_unwrap("1.2.840.113549.1.1.4"), &digest::SHA256),
    (Oid::new_unwrap("1.2.840.113549.1.1.5"), &digest::SHA256),
    (Oid::new_unwrap("1.2.840.113549.1.1.14"), &digest::SHA224),
    (Oid::new_unwrap("1.2.840.113549.1.1.11"), &digest::SHA256),
    (Oid::new_unwrap("1.2.840.113549.1.1.12"), &digest::SHA384),
    (Oid::new_unwrap("1.2.840.113549.1.1.13"), &digest::SHA512),
    // ecdsa-with-SHA1, -SHA224, -SHA256, -SHA384 and -SHA512 (RFC 3279, RFC 5758).
    (Oid::new_unwrap("1.2.840.10045.4.1"), &digest::SHA256),
    (Oid::new_unwrap("1.2.840.10045.4.3.1"), &digest::SHA224),
    (Oid::new_unwrap("1.2.840.10045.4.3.2"), &digest::SHA256),
    (Oid::new_unwrap("1.2.840.10045.4.3.3"), &digest::SHA384),
    (Oid::new_unwrap("1.2.840.10045.4.3.4"), &digest::SHA512),
    // dsa-with-sha256 (RFC 5758).
    (Oid::new_unwrap("2.16.840.1.101.3.4.3.2"), &digest::SHA256),
];

/// The data of `tls-server-end-point` (RFC 5929 section 4.1): the certificate's hash, by the hash of
/// its signature algorithm. `None` for Ed25519, which has none, and for RSASSA-PSS, which keeps it
/// where libpq before 16 does not look: there, nothing is bound.
pub(crate) fn end_point(certificate: &CertificateDer<'_>) -> Option<Vec<u8>> {
    let parsed = Certificate::from_der(certificate).ok()?;
    let algorithm = parsed.signature_algorithm.oid;
    let (_, hash) = HASHES.iter().find(|(oid, _)| *oid == algorithm)?;
    Some(digest::digest(hash, certificate).as_ref().to_vec())
}

/// The names of this sort that a certificate carries. None for one that cannot be read, and none for
/// two common names: which one counts would be anybody's guess.
pub(crate) fn names(certificate: &CertificateDer<'_>, sort: CertificateName) -> Vec<String> {
    let Ok(certificate) = Certificate::from_der(certificate) else {
        return Vec::new();
    };
    match sort {
        CertificateName::CommonName => common_name(&certificate).into_iter().collect(),
        CertificateName::Email | CertificateName::Dns | CertificateName::Uri => {
            alternative_names(&certificate, sort)
        }
    }
}

fn common_name(certificate: &Certificate) -> Option<String> {
    let subject = &certificate.tbs_certificate.subject.0;
    let mut found = subject
        .iter()
        .flat_map(|relative| relative.0.iter())
        .filter(|attribute| attribute.oid == COMMON_NAME);
    let (Some(name), None) = (found.next(), found.next()) else {
        return None;
    };
    match name.value.tag() {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String => {
            String::from_utf8(name.value.value().to_vec()).ok()
        }
        _ => None,
    }
}

fn alternative_names(certificate: &Certificate, sort: CertificateName) -> Vec<String> {
    let found = certificate.tbs_certificate.get::<SubjectAltName>();
    let Ok(Some((_, SubjectAltName(names)))) = found else {
        return Vec::new();
    };
    let text = |name: &Ia5String| name.as_str().to_owned();
    let wanted = names.iter().filter_map(|name| match (name, sort) {
        (GeneralName::Rfc822Name(name), CertificateName::Email)
        | (GeneralName::DnsName(name), CertificateName::Dns)
        | (GeneralName::UniformResourceIdentifier(name), CertificateName::Uri) => Some(text(name)),
        _ => None,
    });
    wanted.collect()
}

/// The first hexadecimal digits of a certificate's SHA-256: enough to tell which one was shown.
pub(crate) fn fingerprint(certificate: &CertificateDer<'_>) -> String {
    let hash = digest::digest(&digest::SHA256, certificate);
    let digits = hash.as_ref().iter().take(FINGERPRINT_LEN);
    digits.map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes of a fingerprint: a collision by chance takes billions of certificates.
const FINGERPRINT_LEN: usize = 10;
