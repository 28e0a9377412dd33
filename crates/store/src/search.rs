//! Searching for a part of a text: in any case, wildcards standing for themselves.

use sea_orm::{
    DbBackend,
    sea_query::{Expr, ExprTrait, Func, IntoColumnRef, LikeExpr},
};

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

/// Whether a text contains another to the letter. A pattern would not do: SQLite takes no heed of the case of Latin letters in one.
pub(crate) fn contains_exactly(backend: DbBackend, column: impl IntoColumnRef, text: &str) -> Expr {
    let place = match backend {
        DbBackend::Postgres => "STRPOS",
        _ => "INSTR",
    };
    Expr::expr(Func::cust(place).arg(Expr::col(column)).arg(text)).gt(0)
}

/// Letter by letter on every database: PostgreSQL would ask the language of its operating system.
pub(crate) fn by_letters(backend: DbBackend, column: &'static str) -> Expr {
    match backend {
        DbBackend::Postgres => Expr::cust(format!("{column} COLLATE \"C\"")),
        _ => Expr::col(column),
    }
}
