//! Identifiers of Mexico and South America.

use super::checks::{date, digit, ends_in, repeated, three_pairs, two_digit_date, weighted};
use super::{Unit, form, named};
use crate::Entity;

#[rustfmt::skip] // Rows in lines, not one word a line.
pub(super) const UNITS: &[Unit] = &[
    Unit {
        entity: Entity::BrCpf,
        forms: &[
            form("999.999.999-99", 92), named("999999999-99"), named("999 999 999 99"),
            named("999.999.999/99"), named("99999999999"),
        ],
        check: cpf,
        chance: 0.01,
        words: &[
            "cpf", "brcpf", "cpfnumber", "numerocpf", "númerocpf", "nrcpf", "cpfcliente", "cpfcnpj",
            "cadastropessoafisica", "cadastropessoafísica", "cadastrodepessoasfísicas",
            "cadastrodepessoasfisicas", "contribuinte",
        ],
    },
    Unit {
        entity: Entity::BrCnpj,
        forms: &[form("##.###.###/####-99", 93), form("########/####-99", 85), named("############99")],
        check: cnpj,
        chance: 0.01,
        words: &[
            "cnpj", "brcnpj", "numerocnpj", "númerocnpj", "nrcnpj", "cnpjempresa", "cpfcnpj", "cgc",
            "cadastropessoajuridica", "cadastropessoajurídica",
        ],
    },
    Unit {
        entity: Entity::ArCuit,
        forms: &[form("99-99999999-9", 82), named("99 99999999 9"), named("99999999999")],
        check: cuit,
        chance: 0.008,
        words: &[
            "cuit", "cuil", "arcuit", "cuitcuil", "cuilcuit", "nrocuit", "nrocuil", "numerocuit",
            "númerocuit", "claveunica", "claveúnica", "identificaciontributaria",
            "identificacióntributaria", "clavefiscal",
        ],
    },
    Unit {
        entity: Entity::ClRut,
        forms: &[
            form("99.999.999-#", 90), form("9.999.999-#", 86), named("99999999-#"), named("9999999-#"),
            named("99999999#"), named("9999999#"),
        ],
        check: rut,
        chance: 0.09,
        words: &[
            "rut", "clrut", "rutcliente", "numerorut", "númerorut", "rutempresa", "runrut", "rutrun",
            "rolunico", "rolúnico", "rolunicotributario", "rolúnicotributario", "cedulachilena",
        ],
    },
    Unit {
        entity: Entity::CoNit,
        forms: &[
            form("999.999.999-9", 80), named("9.999.999.999-9"), named("99.999.999-9"),
            named("999999999-9"), named("99999999-9"), named("9999999999-9"), named("9999999999"), named("99999999999"),
        ],
        check: nit,
        chance: 0.09,
        words: &[
            "nit", "conit", "numeronit", "númeronit", "nitempresa", "nitcliente", "nrodenit",
            "identificaciontributaria", "identificacióntributaria",
        ],
    },
    Unit {
        entity: Entity::PeRuc,
        forms: &[named("99999999999"), named("99-99999999-9"), named("99 99999999 9")],
        check: ruc,
        chance: 0.005,
        words: &[
            "ruc", "peruc", "numeroruc", "númeroruc", "nroruc", "rucempresa", "ruccliente",
            "registrounico", "registroúnico", "registrounicocontribuyente", "contribuyentes",
        ],
    },
    Unit {
        entity: Entity::UyCi,
        forms: &[
            form("9.999.999-9", 80), named("9999999-9"), named("99999999"), named("999.999-9"),
            named("999999-9"), named("9999999"),
        ],
        check: uruguayan,
        chance: 0.1,
        words: &[
            "nroci", "numeroci", "uyci", "cedula", "cédula", "ceduladeidentidad", "céduladeidentidad", "cedulaidentidad",
            "cédulaidentidad", "documentodeidentidad", "documentouruguayo", "nrocedula", "numerocedula",
        ],
    },
    Unit {
        entity: Entity::MxCurp,
        forms: &[form("AAAA999999AAAAAA#9", 94)],
        check: curp,
        chance: 0.0001,
        words: &[
            "curp", "mxcurp", "numerocurp", "númerocurp", "claveunica", "claveúnica",
            "registrodepoblacion", "registrodepoblación", "claveunicaderegistro", "claveúnicaderegistro",
        ],
    },
    Unit {
        entity: Entity::MxRfc,
        forms: &[
            form("AAAA999999###", 82), named("AAA999999###"), named("AAAA-999999-###"),
            named("AAA-999999-###"), named("AAAA 999999 ###"), named("AAA 999999 ###"),
        ],
        check: rfc,
        chance: 0.03,
        words: &[
            "rfc", "mxrfc", "rfccliente", "rfcempresa", "rfcemisor", "rfcreceptor", "numerorfc",
            "registrofederal", "federaldecontribuyentes", "registrofederalcontribuyentes",
        ],
    },
];

/// Brazilian person: two digits modulo 11 (Receita Federal).
fn cpf(value: &[u8]) -> bool {
    value.len() == 11 && !repeated(value) && two_modulo_11(value, &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2])
}

/// Brazilian firm: two digits modulo 11; letters since 2026, with their ASCII code less 48 (Receita
/// Federal, Instrução Normativa 2.229/2024).
fn cnpj(value: &[u8]) -> bool {
    value.len() == 14
        && !repeated(value)
        && two_modulo_11(value, &[6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2])
}

/// Whether the last two are check digits: the second over all before it, the first with the weights
/// one place on.
fn two_modulo_11(value: &[u8], weights: &[u32]) -> bool {
    let Some((_, without_second)) = value.split_last() else {
        return false;
    };
    let fits = |characters: &[u8], weights: &[u32]| {
        let Some((_, body)) = characters.split_last() else {
            return false;
        };
        let product = |(byte, weight): (&u8, &u32)| u32::from(byte.wrapping_sub(b'0')) * weight;
        let rest = body.iter().zip(weights).map(product).sum::<u32>() % 11;
        ends_in(characters, if rest < 2 { 0 } else { 11 - rest })
    };
    fits(without_second, weights.get(1..).unwrap_or_default()) && fits(value, weights)
}

/// Argentine person or firm: a prefix in use, a digit modulo 11 (AFIP, Resolución General 10/97).
fn cuit(value: &[u8]) -> bool {
    let [kind @ .., _, _, _, _, _, _, _, _, _] = value else {
        return false;
    };
    let rest = weighted(value, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    let expected = match rest {
        0 => 0,
        1 => 9,
        _ => 11 - rest,
    };
    let kinds = [
        b"20", b"23", b"24", b"25", b"26", b"27", b"30", b"33", b"34",
    ];
    kinds.iter().any(|known| *known == kind) && ends_in(value, expected)
}

/// Chilean person or firm: modulo 11 with the weights 2 to 7 from the right, 10 as K (Registro Civil).
fn rut(value: &[u8]) -> bool {
    let [body @ .., check] = value else {
        return false;
    };
    let start = 9usize.saturating_sub(value.len());
    let weights = [3, 2, 7, 6, 5, 4, 3, 2];
    let sum = weighted(body, weights.get(start..).unwrap_or_default());
    let stated = if *check == b'K' {
        Some(10)
    } else {
        digit(*check)
    };
    matches!(body.len(), 7 | 8) && !repeated(body) && stated == Some((11 - sum % 11) % 11)
}

/// Colombian taxpayer: modulo 11 with primes as weights (DIAN, Orden Administrativa 4/1989).
fn nit(value: &[u8]) -> bool {
    const PRIMES: [u32; 10] = [43, 41, 37, 29, 23, 19, 17, 13, 7, 3];
    let body = value.split_last().map_or(value, |(_, body)| body);
    let start = PRIMES.len().saturating_sub(body.len());
    let rest = weighted(body, PRIMES.get(start..).unwrap_or_default()) % 11;
    let expected = if rest < 2 { rest } else { 11 - rest };
    (8..=10).contains(&body.len()) && !repeated(body) && ends_in(value, expected)
}

/// Peruvian taxpayer: a prefix in use, a digit modulo 11 (SUNAT).
fn ruc(value: &[u8]) -> bool {
    let [b'1' | b'2', kind, ..] = value else {
        return false;
    };
    let kinds: &[u8] = if value.starts_with(b"1") {
        b"0567"
    } else {
        b"0"
    };
    let rest = weighted(value, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    value.len() == 11 && kinds.contains(kind) && ends_in(value, (11 - rest) % 10)
}

/// Uruguayan person: modulo 10 with the weights 2987634; old numbers have one digit less (DNIC).
fn uruguayan(value: &[u8]) -> bool {
    let weights: &[u32] = match value.len() {
        8 => &[2, 9, 8, 7, 6, 3, 4],
        7 => &[9, 8, 7, 6, 3, 4],
        _ => return false,
    };
    !repeated(value) && ends_in(value, (10 - weighted(value, weights) % 10) % 10)
}

/// The states in a Mexican CURP, and NE for births abroad (RENAPO).
const STATES: &[u8; 66] = b"ASBCBSCCCLCMCSCHDFDGGTGRHGJCMCMNMSNTNLOCPLQTQRSPSLSRTCTSTLVZYNZSNE";

/// Mexican person: birthday, sex, state, inner consonants and a digit modulo 10 (RENAPO, Instructivo
/// normativo para la asignación de la CURP, 2008).
fn curp(value: &[u8]) -> bool {
    let [_, _, _, _, day @ .., sex, s1, s2, i1, i2, i3, century, _] = value else {
        return false;
    };
    let Some([year, month, day]) = three_pairs(day) else {
        return false;
    };
    let born = if century.is_ascii_digit() { 1900 } else { 2000 };
    let state = STATES.chunks_exact(2).any(|known| known == [*s1, *s2]);
    let inner = [i1, i2, i3].iter().all(|letter| !b"AEIOU".contains(letter));
    let sum: u32 = value
        .iter()
        .zip((2..=18).rev())
        .map(|(byte, weight)| mexican(*byte) * weight)
        .sum();
    value.len() == 18
        && date(born + year, month, day)
        && matches!(sex, b'H' | b'M' | b'X')
        && state
        && inner
        && ends_in(value, (10 - sum % 10) % 10)
}

/// The place of a character in the Mexican alphabet, which has one more letter after N.
fn mexican(byte: u8) -> u32 {
    char::from(byte).to_digit(36).unwrap_or(0) + u32::from(byte > b'N')
}

/// Mexican taxpayer, a person (four letters) or a firm (three): a date, and a digit modulo 11 over
/// all, with a blank (37) before a firm's (SAT, Instructivo del RFC).
fn rfc(value: &[u8]) -> bool {
    let [letters @ .., y1, y2, m1, m2, d1, d2, h1, h2, check] = value else {
        return false;
    };
    let blank = match letters.len() {
        4 => 0,
        3 => 37 * 13,
        _ => return false,
    };
    let day = three_pairs(&[*y1, *y2, *m1, *m2, *d1, *d2]);
    let weights = (2..=13).rev().skip(13 - value.len());
    let body = value.iter().zip(weights);
    let sum: u32 = body.map(|(byte, weight)| mexican(*byte) * weight).sum();
    let stated = if *check == b'A' {
        Some(10)
    } else {
        digit(*check)
    };
    let distinguishing = matches!(h1, b'1'..=b'9' | b'A'..=b'V') && *h2 != b'0';
    day.is_some_and(|[year, month, day]| two_digit_date(year, month, day))
        && distinguishing
        && stated == Some((11 - (sum + blank) % 11) % 11)
}

#[cfg(test)]
mod tests {
    use super::super::checks::{Check, assert_tells};
    use super::{cnpj, cpf, cuit, curp, nit, rfc, ruc, rut, uruguayan};

    /// What passes, and how many of its corruptions in one digit do: those of no check digit, and
    /// where rests share one.
    #[rustfmt::skip] // Rows in lines.
    const RIGHT: &[(Check, &str, usize)] = &[
        (cpf, "39053344705", 1),
        (cpf, "11144477735", 0),
        (cnpj, "16727230000197", 0),
        (cnpj, "12ABC34501DE35", 0),
        (cuit, "20055361682", 0),
        (rut, "125319092", 0),
        (rut, "760864285", 0),
        (rut, "9068826K", 0),
        (nit, "2131234321", 5),
        (nit, "8001972684", 0),
        (ruc, "20512333797", 0),
        (uruguayan, "12345672", 4),
        (curp, "BOXW310820HNERXN09", 4),
        (rfc, "GODE561231GR8", 0),
        (rfc, "MAB9307148T4", 0),
    ];

    #[rustfmt::skip] // Rows in lines.
    const WRONG: &[(Check, &str)] = &[
        (cpf, "11111111111"),
        (cpf, ""),
        (cnpj, "00000000000000"),
        (cuit, "99055361682"),
        (rut, "111111111"),
        (ruc, "30512333797"),
        (uruguayan, "123"),
        (curp, "BOXW310820HXXRXN09"),
        (curp, "BOXW319920HNERXN09"),
        (rfc, "GODE561331GR8"),
    ];

    #[test]
    fn checks_tell_right_from_wrong() {
        assert_tells(RIGHT, WRONG);
    }
}
