//! Operators as words of a configuration: `token`, `mask(first = 1, last = 4)`.

use super::{
    Alphabet, Characters, Charset, CheckDigit, DateShift, EmailPart, Fpe, Generalize, Hash, Label,
    Length, NetworkBits, Noise, Operator, Separators, ShiftOf,
};
use crate::MaskError;
use detect::Entity;
use smallvec::SmallVec;
use std::str::FromStr;

/// Settings between the parentheses that were not asked for yet.
struct Settings<'a>(SmallVec<[(&'a str, &'a str); 4]>);

impl FromStr for Operator {
    type Err = MaskError;

    /// Reads a name, and settings in parentheses where the operator has any:
    ///
    /// | operator | settings, each with its default |
    /// |---|---|
    /// | `null`, `default`, `token`, `encrypt` | |
    /// | `redact` | `label = [REDACTED]` |
    /// | `partial`, `pseudonym` | `entity`, such as `EMAIL_ADDRESS`; none |
    /// | `mask` | `char = *`, `first = 0`, `last = 0`, `separators = keep` or `hide`, `length`: as long as the text |
    /// | `mask_email` | `hide = both`, `local` or `domain` |
    /// | `mask_ip` | `v4 = 24`, `v6 = 48` |
    /// | `mask_card`, `mask_phone`, `mask_url`, `mask_secret` | |
    /// | `hash` | `length = 26`, `alphabet = base32` or `hex` |
    /// | `fpe` | `charset = digits`, `alphanumeric36` or `alphanumeric62`; `check = none` or `luhn` |
    /// | `noise` | `ratio = 0.05` or `amount = 10`; one of them |
    /// | `date_shift` | `days`; `of = domain` or `subject` |
    /// | `generalize` | `step = 10`, `places = 1`, or `to = year`, `month` or `postal_area`; one of them |
    ///
    /// # Errors
    /// [`MaskError::OperatorWord`] for another name or form, [`MaskError::OperatorSetting`] for a
    /// setting that is missing, unknown or not a value of its kind.
    fn from_str(word: &str) -> Result<Operator, MaskError> {
        let (name, settings) = match word.trim().split_once('(') {
            Some((name, rest)) => {
                let inner = rest.strip_suffix(')').ok_or(MaskError::OperatorWord)?;
                (name.trim_end(), Settings::parse(inner)?)
            }
            None => (word.trim(), Settings(SmallVec::new())),
        };
        let mut settings = settings;
        let operator = plain(name).map_or_else(|| set(name, &mut settings), Ok)?;
        match settings.0.first() {
            Some(_) => Err(MaskError::OperatorSetting {
                operator: operator.name(),
            }),
            None => Ok(operator),
        }
    }
}

/// The operators without settings.
fn plain(name: &str) -> Option<Operator> {
    Some(match name {
        "null" => Operator::Null,
        "default" => Operator::Default,
        "token" => Operator::Token,
        "encrypt" => Operator::Encrypt,
        "mask_card" => Operator::MaskCard,
        "mask_phone" => Operator::MaskPhone,
        "mask_url" => Operator::MaskUrl,
        "mask_secret" => Operator::MaskSecret,
        _ => return None,
    })
}

fn set(name: &str, settings: &mut Settings<'_>) -> Result<Operator, MaskError> {
    let (operator, made) = match name {
        "redact" => ("redact", settings.redact()),
        "partial" => ("partial", settings.entity().map(Operator::Partial)),
        "pseudonym" => ("pseudonym", settings.entity().map(Operator::Pseudonym)),
        "mask" => ("mask", settings.characters().map(Operator::Mask)),
        "mask_email" => ("mask_email", settings.email().map(Operator::MaskEmail)),
        "mask_ip" => ("mask_ip", settings.network().map(Operator::MaskIp)),
        "hash" => ("hash", settings.hash().map(Operator::Hash)),
        "fpe" => ("fpe", settings.fpe().map(Operator::Fpe)),
        "noise" => ("noise", settings.noise().map(Operator::Noise)),
        "date_shift" => ("date_shift", settings.shift().map(Operator::DateShift)),
        "generalize" => (
            "generalize",
            settings.generalize().map(Operator::Generalize),
        ),
        _ => return Err(MaskError::OperatorWord),
    };
    made.ok_or(MaskError::OperatorSetting { operator })
}

impl<'a> Settings<'a> {
    fn parse(inner: &'a str) -> Result<Settings<'a>, MaskError> {
        let setting = |part: &'a str| {
            let (key, value) = part.split_once('=').ok_or(MaskError::OperatorWord)?;
            Ok((key.trim(), value.trim()))
        };
        let parts = inner.split(',').filter(|part| !part.trim().is_empty());
        parts.map(setting).collect::<Result<_, _>>().map(Settings)
    }

    fn take(&mut self, key: &str) -> Option<&'a str> {
        let place = self.0.iter().position(|(known, _)| *known == key)?;
        Some(self.0.remove(place).1)
    }

    /// The value of a setting read by `read`, or `otherwise` without it; `None`: not such a value.
    fn read<T>(
        &mut self,
        key: &str,
        otherwise: T,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        self.take(key).map_or(Some(otherwise), read)
    }

    fn number<T: FromStr>(&mut self, key: &str, otherwise: T) -> Option<T> {
        self.read(key, otherwise, |text| text.parse().ok())
    }

    fn redact(&mut self) -> Option<Operator> {
        self.read("label", Operator::Redact, |text| {
            Label::new(text).map(Operator::Label)
        })
    }

    fn entity(&mut self) -> Option<Option<Entity>> {
        self.read("entity", None, |text| Entity::from_name(text).map(Some))
    }

    fn characters(&mut self) -> Option<Characters> {
        let otherwise = Characters::default();
        let one = |text: &str| {
            let mut characters = text.chars();
            characters.next().filter(|_| characters.next().is_none())
        };
        Some(Characters {
            with: self.read("char", otherwise.with, one)?,
            first: self.number("first", otherwise.first)?,
            last: self.number("last", otherwise.last)?,
            separators: self.read("separators", otherwise.separators, |text| match text {
                "keep" => Some(Separators::Keep),
                "hide" => Some(Separators::Hide),
                _ => None,
            })?,
            length: self.read("length", otherwise.length, |text| {
                text.parse().ok().map(Length::Fixed)
            })?,
        })
    }

    fn email(&mut self) -> Option<EmailPart> {
        self.read("hide", EmailPart::Both, |text| match text {
            "both" => Some(EmailPart::Both),
            "local" => Some(EmailPart::Local),
            "domain" => Some(EmailPart::Domain),
            _ => None,
        })
    }

    fn network(&mut self) -> Option<NetworkBits> {
        let otherwise = NetworkBits::default();
        Some(NetworkBits {
            v4: self.number("v4", otherwise.v4)?,
            v6: self.number("v6", otherwise.v6)?,
        })
    }

    fn hash(&mut self) -> Option<Hash> {
        let otherwise = Hash::default();
        Some(Hash {
            length: self.number("length", otherwise.length)?,
            alphabet: self.read("alphabet", otherwise.alphabet, |text| match text {
                "base32" => Some(Alphabet::Base32),
                "hex" => Some(Alphabet::Hex),
                _ => None,
            })?,
        })
    }

    fn fpe(&mut self) -> Option<Fpe> {
        let otherwise = Fpe::default();
        Some(Fpe {
            charset: self.read("charset", otherwise.charset, |text| match text {
                "digits" => Some(Charset::Digits),
                "alphanumeric36" => Some(Charset::Alphanumeric36),
                "alphanumeric62" => Some(Charset::Alphanumeric62),
                _ => None,
            })?,
            check: self.read("check", otherwise.check, |text| match text {
                "none" => Some(CheckDigit::None),
                "luhn" => Some(CheckDigit::Luhn),
                _ => None,
            })?,
        })
    }

    fn noise(&mut self) -> Option<Noise> {
        match (self.take("ratio"), self.take("amount")) {
            (Some(ratio), None) => millionths(ratio).map(Noise::Ratio),
            (None, Some(amount)) => amount.parse().ok().map(Noise::Absolute),
            (Some(_), Some(_)) | (None, None) => None,
        }
    }

    fn shift(&mut self) -> Option<DateShift> {
        Some(DateShift {
            days: self.take("days")?.parse().ok()?,
            of: self.read("of", ShiftOf::Domain, |text| match text {
                "domain" => Some(ShiftOf::Domain),
                "subject" => Some(ShiftOf::Subject),
                _ => None,
            })?,
        })
    }

    fn generalize(&mut self) -> Option<Generalize> {
        match (self.take("step"), self.take("places"), self.take("to")) {
            (Some(step), None, None) => step.parse().ok().map(Generalize::Step),
            (None, Some(places), None) => places.parse().ok().map(Generalize::Grid),
            (None, None, Some("year")) => Some(Generalize::Year),
            (None, None, Some("month")) => Some(Generalize::Month),
            (None, None, Some("postal_area")) => Some(Generalize::PostalArea),
            _ => None,
        }
    }
}

/// `0.05` as 50 000 parts of a million; from 0 to 1, at most six digits after the point.
fn millionths(ratio: &str) -> Option<u32> {
    let (whole, fraction) = ratio.split_once('.').unwrap_or((ratio, ""));
    let digits = fraction.len() <= 6 && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let fraction: u32 = format!("{fraction:0<6}").parse().ok().filter(|_| digits)?;
    let parts = whole.parse::<u32>().ok()?.checked_mul(1_000_000)?;
    parts
        .checked_add(fraction)
        .filter(|parts| *parts <= 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_with_their_settings() {
        let last_four = Characters {
            last: 4,
            with: '#',
            ..Characters::default()
        };
        let subject = DateShift {
            days: 30,
            of: ShiftOf::Subject,
        };
        for (word, operator) in [
            ("null", Operator::Null),
            (" token ", Operator::Token),
            ("redact", Operator::Redact),
            (
                "redact(label = [gone])",
                Operator::Label(Label::new("[gone]").expect("a label")),
            ),
            (
                "partial(entity = EMAIL_ADDRESS)",
                Operator::Partial(Some(Entity::EmailAddress)),
            ),
            ("mask(last = 4, char=#)", Operator::Mask(last_four)),
            ("hash()", Operator::Hash(Hash::default())),
            ("noise(ratio = 0.05)", Operator::Noise(Noise::Ratio(50_000))),
            ("noise(amount = 10)", Operator::Noise(Noise::Absolute(10))),
            (
                "date_shift(days = 30, of = subject)",
                Operator::DateShift(subject),
            ),
            (
                "generalize(to = postal_area)",
                Operator::Generalize(Generalize::PostalArea),
            ),
        ] {
            assert_eq!(word.parse(), Ok(operator), "{word}");
        }
        let setting = |operator| MaskError::OperatorSetting { operator };
        for (word, error) in [
            ("", MaskError::OperatorWord),
            ("shuffle", MaskError::OperatorWord),
            ("mask(last = 4", MaskError::OperatorWord),
            ("mask(last)", MaskError::OperatorWord),
            ("mask(last = x)", setting("mask")),
            ("mask(lst = 4)", setting("mask")),
            ("token(last = 4)", setting("token")),
            ("noise", setting("noise")),
            ("noise(ratio = 2)", setting("noise")),
            ("date_shift(of = domain)", setting("date_shift")),
            ("generalize(step = 5, to = year)", setting("generalize")),
        ] {
            assert_eq!(word.parse::<Operator>(), Err(error), "{word}");
        }
    }
}
