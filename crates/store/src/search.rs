//! Searching for a part of a text: in any case, wildcards standing for themselves.

use sea_orm::sea_query::LikeExpr;

/// A text as a search compares it: lower case, character by character. It never becomes longer, so that it fits its column,
/// and no letter depends on its neighbours, so that a part of a name is found in it.
pub(crate) fn folded(text: &str) -> String {
    let lower = |character: char| match character {
        'İ' => 'i',
        'ς' => 'σ',
        other => other.to_lowercase().next().unwrap_or(other),
    };
    text.chars().map(lower).collect()
}

/// A pattern for texts that contain `text`, whose wildcards stand for themselves.
pub(crate) fn containing(text: &str) -> LikeExpr {
    const ESCAPE: char = '!';
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for character in text.chars() {
        if matches!(character, '%' | '_' | ESCAPE) {
            pattern.push(ESCAPE);
        }
        pattern.push(character);
    }
    pattern.push('%');
    LikeExpr::new(pattern).escape(ESCAPE)
}
