//! Rows of totals, as platforms write them below the others or above them: what they add up stands in the other rows.

/// What such a row begins with, in lower case.
const WORDS: [&str; 9] = ["итого", "всего", "итог", "итоги", "общий итог", "total", "totals", "grand total", "overall total"];
/// What may follow the word: what the totals are of.
const FOLLOWING: [&str; 7] = [":", " (", " -", " \u{2013}", " \u{2014}", " по ", " и средн"];

/// Whether the first thing that the row says is that it is totals.
pub(super) fn begins_with_totals(cells: &[String]) -> bool {
    cells.iter().find(|cell| !cell.trim().is_empty()).is_some_and(|cell| tells_totals(cell))
}

/// Whether a cell says that what stands beside it is totals. A word alone may begin a name, as in "Total War".
pub(super) fn tells_totals(cell: &str) -> bool {
    let text = cell.trim().to_lowercase();
    let follows = |rest: &str| rest.is_empty() || FOLLOWING.iter().any(|following| rest.starts_with(following));
    WORDS.iter().any(|word| text.strip_prefix(word).is_some_and(follows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_told_from_names_that_begin_alike() {
        for totals in ["Итого", " ВСЕГО ", "Total", "Total: Account", "Итого и средние", "Всего по аккаунту", "Grand Total", "Total (12)"]
        {
            assert!(tells_totals(totals), "{totals}");
        }
        for name in ["", "Total War", "Totally free", "Итоговая", "Всего лишь 99 рублей", "Total-123", "Spring"] {
            assert!(!tells_totals(name), "{name}");
        }
        let row = |cells: &[&str]| begins_with_totals(&cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>());
        assert!(row(&["", " ", "Итого", "7"]) && !row(&["Spring", "Итого"]) && !row(&[]));
    }
}
