//! Names of persons: version 1 of the lists. They are frozen: a changed list would give known
//! values other pseudonyms, so a change is a new version beside this one.

use super::{Canonical, push_lowercase};
use crate::key::{Draw, Prf};

#[rustfmt::skip]
const FIRST: [&str; 128] = [
    "Ada", "Agnes", "Aiko", "Alba", "Alma", "Amara", "Amir", "Anders", "Anika", "Anton", "Arlo",
    "Arun", "Asha", "Astrid", "Bela", "Benno", "Birgit", "Boris", "Bruno", "Carla", "Cecil",
    "Celia", "Cyril", "Dalia", "Damir", "Daria", "Delia", "Dmitri", "Dora", "Edda", "Edgar",
    "Elena", "Eliza", "Emil", "Enzo", "Erik", "Esme", "Etta", "Farid", "Felix", "Fiona",
    "Flora", "Franz", "Freya", "Gerda", "Gideon", "Gita", "Greta", "Gunnar", "Hana", "Hanno",
    "Hector", "Hedda", "Helga", "Henrik", "Hugo", "Ida", "Igor", "Ilse", "Imani", "Inga",
    "Irena", "Isolde", "Ivan", "Jago", "Jana", "Jasper", "Joana", "Jorge", "Judith", "Jules",
    "Kaito", "Karin", "Kasper", "Kenji", "Kira", "Klara", "Konrad", "Lars", "Leila", "Lena",
    "Leona", "Linus", "Liv", "Lorenz", "Lotte", "Lucia", "Luka", "Magnus", "Maia", "Malik",
    "Marek", "Mila", "Mina", "Nadia", "Nico", "Nils", "Nora", "Odile", "Olga", "Oscar", "Otto",
    "Paula", "Pavel", "Petra", "Philo", "Quentin", "Ralf", "Rania", "Remy", "Rosa", "Ruben",
    "Sami", "Selma", "Signe", "Silas", "Sonja", "Stella", "Sven", "Tamar", "Tessa", "Theo",
    "Tilda", "Tomas", "Ulla", "Ursula", "Vera", "Viktor",
];

#[rustfmt::skip]
const LAST: [&str; 128] = [
    "Abbott", "Acker", "Adler", "Alder", "Amsel", "Anker", "Arden", "Arnold", "Ashby", "Bader",
    "Barlow", "Barth", "Becker", "Bellamy", "Berger", "Birch", "Blum", "Bohr", "Brandt",
    "Brook", "Busch", "Calder", "Carver", "Clarke", "Colby", "Conrad", "Cooper", "Dahl",
    "Dalton", "Decker", "Dietz", "Dorsey", "Draper", "Eames", "Ebert", "Eckart", "Eklund",
    "Ellis", "Engel", "Ewald", "Faber", "Fabian", "Falk", "Farrow", "Fenn", "Fischer",
    "Fleming", "Forster", "Frost", "Garner", "Gerber", "Gibson", "Glover", "Graf", "Grant",
    "Hadley", "Hagen", "Hale", "Hansen", "Harlow", "Hartz", "Heller", "Holm", "Hooper", "Hoyer",
    "Huber", "Iverson", "Jansen", "Jarvis", "Jensen", "Joyner", "Kaplan", "Keller", "Kemper",
    "Kirsch", "Klein", "Knight", "Kramer", "Kuhn", "Lambert", "Landis", "Larsen", "Lehmann",
    "Lindt", "Lorimer", "Ludwig", "Marsh", "Mason", "Mercer", "Meyer", "Milner", "Moller",
    "Morgan", "Nagel", "Nash", "Neuman", "Nolan", "Norris", "Olsen", "Orton", "Osborn",
    "Palmer", "Parker", "Paulsen", "Peters", "Pohl", "Porter", "Quist", "Ramsey", "Reeve",
    "Richter", "Roth", "Sander", "Sawyer", "Schell", "Seidel", "Shaw", "Sommer", "Steele",
    "Stone", "Tanner", "Thorne", "Turner", "Vance", "Vogel", "Wagner", "Weaver", "Winter",
];

/// A first and a last name; a single word gives a single word.
///
/// Case and blanks do not matter: `ADA  Lovelace` and `ada lovelace` have the same pseudonym.
pub(super) fn name(text: &str, prf: &Prf, out: &mut Vec<u8>) -> Option<()> {
    let mut canonical = Canonical::new();
    let mut words = 0;
    for word in text.split_whitespace() {
        if words > 0 {
            canonical.push(b' ');
        }
        push_lowercase(word, &mut canonical);
        words += 1;
    }
    out.extend_from_slice(pick(&FIRST, Draw::FirstName, &canonical, prf).as_bytes());
    if words > 1 {
        out.push(b' ');
        out.extend_from_slice(pick(&LAST, Draw::LastName, &canonical, prf).as_bytes());
    }
    Some(())
}

fn pick(names: &[&'static str], draw: Draw, canonical: &[u8], prf: &Prf) -> &'static str {
    let count = u16::try_from(names.len()).unwrap_or(u16::MAX);
    let place = usize::from(prf.draw(draw, canonical).below(count));
    names.get(place).copied().unwrap_or("Anonymous")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MaskKey;
    use std::collections::BTreeSet;

    fn name(text: &str, prf: &Prf) -> String {
        let mut out = Vec::new();
        super::name(text, prf, &mut out).expect("every text is a name");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn lists_have_no_name_twice_and_ten_thousand_pairs() {
        let first: BTreeSet<_> = FIRST.iter().collect();
        let last: BTreeSet<_> = LAST.iter().collect();
        assert_eq!((first.len(), last.len()), (FIRST.len(), LAST.len()));
        assert!(first.len() * last.len() >= 10_000);
    }

    #[test]
    fn case_and_blanks_do_not_matter() {
        let prf = MaskKey::new([5; 32]).prf();
        assert_eq!(name("ADA  Lovelace", &prf), name("ada lovelace", &prf));
        assert_eq!(name("Ada", &prf).split(' ').count(), 1);
    }

    #[test]
    fn version_1_is_frozen() {
        let prf = MaskKey::new([5; 32]).prf();
        assert_eq!(name("Grace Hopper", &prf), "Nadia Decker");
    }
}
