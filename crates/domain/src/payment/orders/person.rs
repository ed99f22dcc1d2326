//! Who is who: names of people as they are typed. Nothing proves them; this only keeps one person from passing for two by
//! the way a name is written.

use crate::text::Text;

/// Characters that take no room, so that names with and without them read alike.
const UNSEEN: [std::ops::RangeInclusive<char>; 9] = [
    '\u{ad}'..='\u{ad}',
    '\u{34f}'..='\u{34f}',
    '\u{61c}'..='\u{61c}',
    '\u{180b}'..='\u{180f}',
    '\u{200b}'..='\u{200f}',
    '\u{202a}'..='\u{202e}',
    '\u{2060}'..='\u{206f}',
    '\u{fe00}'..='\u{fe0f}',
    '\u{feff}'..='\u{feff}',
];

/// How far the full-width forms of ASCII are from ASCII.
const FULL_WIDTH: u32 = 0xfee0;

/// Whether two names are one person's. A name of nothing that can be seen is nobody's: it is no second person.
pub(super) fn is_same_person(one: &Text, other: &Text) -> bool {
    let (one, other) = (folded(one), folded(other));
    one == other || one.is_empty() || other.is_empty()
}

/// A name as it reads: without capitals, wide letters, blanks around it or doubled, and what cannot be seen.
fn folded(name: &str) -> String {
    let seen = |letter: &char| {
        let is_blank = letter.is_whitespace();
        is_blank || !(letter.is_control() || UNSEEN.iter().any(|unseen| unseen.contains(letter)))
    };
    let read: String = name.chars().filter(seen).map(narrow).collect();
    let words: Vec<&str> = read.split_whitespace().collect();
    // Capitals first: some letters differ in small that are the same in capitals.
    words.join(" ").to_uppercase().to_lowercase()
}

fn narrow(letter: char) -> char {
    match letter {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - FULL_WIDTH).unwrap_or(letter),
        letter => letter,
    }
}
