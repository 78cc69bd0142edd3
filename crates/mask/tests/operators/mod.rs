//! Every operator, with parameters as one would choose them.

#![allow(dead_code, reason = "each test file uses a part")]

use mask::{
    Alphabet, Characters, Charset, CheckDigit, DateShift, EmailPart, Fpe, Generalize, Hash, Label,
    Length, NetworkBits, Noise, Operator, ShiftOf,
};

pub(crate) fn operators() -> Vec<Operator> {
    let four = Characters {
        last: 4,
        ..Characters::default()
    };
    let fixed = Characters {
        first: 1,
        length: Length::Fixed(5),
        ..four
    };
    let hex = Hash {
        length: 32,
        alphabet: Alphabet::Hex,
    };
    let letters = Fpe {
        charset: Charset::Alphanumeric36,
        check: CheckDigit::None,
    };
    vec![
        Operator::Null,
        Operator::Default,
        Operator::Redact,
        Operator::Label(Label::new("[hidden]").expect("a label")),
        Operator::Partial(None),
        Operator::Pseudonym(None),
        Operator::Mask(four),
        Operator::Mask(fixed),
        Operator::MaskEmail(EmailPart::Local),
        Operator::MaskCard,
        Operator::MaskIp(NetworkBits::default()),
        Operator::MaskPhone,
        Operator::MaskUrl,
        Operator::MaskSecret,
        Operator::Hash(Hash::default()),
        Operator::Hash(hex),
        Operator::Token,
        Operator::Fpe(Fpe::default()),
        Operator::Fpe(letters),
        Operator::Noise(Noise::Ratio(100_000)),
        Operator::Noise(Noise::Absolute(1000)),
        Operator::DateShift(DateShift {
            days: 90,
            of: ShiftOf::Domain,
        }),
        Operator::DateShift(DateShift {
            days: 90,
            of: ShiftOf::Subject,
        }),
        Operator::Generalize(Generalize::Step(10)),
        Operator::Generalize(Generalize::Year),
        Operator::Generalize(Generalize::Month),
        Operator::Generalize(Generalize::PostalArea),
        Operator::Generalize(Generalize::Grid(1)),
        Operator::Encrypt,
    ]
}
