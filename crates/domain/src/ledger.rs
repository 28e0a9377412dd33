//! The ledger: every movement of money as a posting with two entries that sum to zero. Nothing in it is ever changed.
//!
//! A positive entry is in favour of whom the book is about, as on a bank's statement: topping up adds to the advertiser's
//! book and takes from cash; spend takes from the advertiser's and adds to revenue.

use crate::{AdvertiserId, Day, FieldError, Micros, PostingId, account::MAX_AMOUNT, money::MICROS_PER_UNIT, text};

/// Longest note of a posting, in characters.
pub const MAX_NOTE_CHARS: usize = 1_000;
/// Longest idempotency key, in characters.
pub const MAX_KEY_CHARS: usize = 255;
/// Most clicks that are refunded at once.
pub const MAX_CLICKS_REFUNDED: usize = 10_000;

/// Why money moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PostingKind {
    /// The advertiser paid.
    TopUp,
    /// The advertiser's ads were shown and clicked.
    Spend,
    /// Spend is given back.
    Refund,
    /// Somebody sets something right, or pays out: of either sign.
    Adjustment,
}

impl PostingKind {
    /// Every kind there is.
    pub const ALL: [Self; 4] = [Self::TopUp, Self::Spend, Self::Refund, Self::Adjustment];

    /// The kind as it is stored and shown.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TopUp => "top_up",
            Self::Spend => "spend",
            Self::Refund => "refund",
            Self::Adjustment => "adjustment",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Where the money of such a posting comes from or goes to.
    #[must_use]
    pub fn counter_book(self) -> Book {
        match self {
            Self::TopUp => Book::Cash,
            Self::Spend | Self::Refund => Book::Revenue,
            Self::Adjustment => Book::Adjustments,
        }
    }
}

/// One side of a posting. Every advertiser has all of them, so that the books of each sum to zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Book {
    /// What the project owes the advertiser; below zero, what it is owed.
    Advertiser,
    /// What the advertiser has brought; below zero as money comes in.
    Cash,
    /// What was earned.
    Revenue,
    /// What was set right.
    Adjustments,
}

impl Book {
    /// Every book there is.
    pub const ALL: [Self; 4] = [Self::Advertiser, Self::Cash, Self::Revenue, Self::Adjustments];

    /// The book as it is stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Advertiser => "advertiser",
            Self::Cash => "cash",
            Self::Revenue => "revenue",
            Self::Adjustments => "adjustments",
        }
    }

    /// The book of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|book| book.as_str() == name)
    }
}

/// A movement of money that is to be written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPosting {
    /// Made by Barker.
    pub id: PostingId,
    /// Whose money.
    pub advertiser_id: AdvertiserId,
    /// Why.
    pub kind: PostingKind,
    /// What it adds to the advertiser's balance.
    pub amount: Micros,
    /// The project's day.
    pub day: Day,
    /// How many invalid clicks it gives back; 0 unless it is such a refund.
    pub clicks: i32,
    /// For people.
    pub note: Option<String>,
    /// What whoever asked calls it, and what they asked for: asking again changes nothing.
    pub idempotency: Option<Idempotency>,
}

/// What makes a request the same as an earlier one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idempotency {
    /// What the caller calls it, unique in the project.
    pub key: String,
    /// The digest of everything that was asked for under it.
    pub digest: String,
}

/// A movement of money as it is written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    /// What was posted.
    pub new: NewPosting,
    /// The advertiser's balance right after.
    pub balance: Micros,
    /// ISO 4217.
    pub currency: String,
    /// Milliseconds UTC.
    pub posted_at_ms: i64,
}

/// The two entries of a posting of that kind which adds `amount` to the advertiser's balance.
#[must_use]
pub fn entries(kind: PostingKind, amount: Micros) -> [(Book, Micros); 2] {
    [(Book::Advertiser, amount), (kind.counter_book(), Micros(-amount.0))]
}

/// What is wrong with an amount that somebody wants to post: nothing of either sign is too large, nothing is zero, and only an
/// adjustment may be negative.
#[must_use]
pub fn amount_fault(kind: PostingKind, amount: Micros) -> Option<FieldError> {
    let most = MAX_AMOUNT.0 / MICROS_PER_UNIT;
    let is_within = amount.0.unsigned_abs() <= MAX_AMOUNT.0.unsigned_abs();
    let message = match kind {
        _ if amount == Micros::ZERO => "must not be 0".to_owned(),
        PostingKind::Adjustment if !is_within => format!("must be within {most}"),
        PostingKind::Adjustment => return None,
        _ if amount.0 < 0 || !is_within => format!("must be above 0 and at most {most}"),
        _ => return None,
    };
    Some(FieldError::new("/amount", "range", message))
}

/// What is wrong with a note.
#[must_use]
pub fn note_fault(note: &str) -> Option<FieldError> {
    text::fault("/note", note, MAX_NOTE_CHARS)
}

/// What is wrong with an idempotency key: it is printable ASCII, as a header carries it.
#[must_use]
pub fn key_fault(key: &str) -> Option<FieldError> {
    let is_fine = (1..=MAX_KEY_CHARS).contains(&key.len()) && key.bytes().all(|byte| (0x21..=0x7e).contains(&byte));
    let message = || format!("must be 1 to {MAX_KEY_CHARS} printable characters without blanks");
    (!is_fine).then(|| FieldError::new("/Idempotency-Key", "format", message()))
}

/// What was posted on a day, of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LedgerDay {
    /// The project's day.
    pub day: Day,
    /// Why.
    pub kind: PostingKind,
    /// How many postings.
    pub postings: i64,
    /// What they add to the balance.
    pub amount: Micros,
}

/// An advertiser's money over some days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The first day.
    pub first: Day,
    /// The last day.
    pub last: Day,
    /// The balance before the first day.
    pub opening: Micros,
    /// What was posted, by day and kind.
    pub rows: Vec<LedgerDay>,
    /// The balance after the last day.
    pub closing: Micros,
}

impl Statement {
    /// The statement of these days, from everything that was posted up to the last of them, in order.
    #[must_use]
    pub fn of((first, last): (Day, Day), days: Vec<LedgerDay>) -> Self {
        let (before, rows): (Vec<_>, Vec<_>) = days.into_iter().filter(|row| row.day <= last).partition(|row| row.day < first);
        let opening = before.iter().map(|row| row.amount).sum();
        let closing = rows.iter().map(|row| row.amount).fold(opening, Micros::saturating_add);
        Self { first, last, opening, rows, closing }
    }

    /// What was posted of that kind.
    #[must_use]
    pub fn total(&self, kind: PostingKind) -> Micros {
        self.rows.iter().filter(|row| row.kind == kind).map(|row| row.amount).sum()
    }
}

/// Why a click that was billed is not valid after all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InvalidReason {
    /// Made by a program.
    Bot,
    /// The same person again and again.
    Duplicate,
    /// Made in order to cost money.
    Fraud,
    /// Not meant, as on a telephone.
    Accidental,
    /// Anything else; the note says what.
    Other,
}

impl InvalidReason {
    /// Every reason there is.
    pub const ALL: [Self; 5] = [Self::Bot, Self::Duplicate, Self::Fraud, Self::Accidental, Self::Other];

    /// The reason as it is stored and shown.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bot => "bot",
            Self::Duplicate => "duplicate",
            Self::Fraud => "fraud",
            Self::Accidental => "accidental",
            Self::Other => "other",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_every_kind_sum_to_zero() {
        for kind in PostingKind::ALL {
            for amount in [1, -1, MAX_AMOUNT.0, i64::MAX] {
                assert_eq!(entries(kind, Micros(amount)).iter().map(|(_, amount)| amount.0).sum::<i64>(), 0, "{kind:?}");
            }
        }
    }

    #[test]
    fn only_an_adjustment_may_be_negative_and_nothing_is_zero() {
        let code = |kind, amount| amount_fault(kind, Micros(amount)).map(|fault| fault.code);
        for kind in [PostingKind::TopUp, PostingKind::Refund] {
            assert_eq!(code(kind, 1), None);
            assert_eq!(code(kind, -1), Some("range"));
        }
        for kind in PostingKind::ALL {
            assert_eq!(code(kind, 0), Some("range"));
            assert_eq!(code(kind, MAX_AMOUNT.0 + 1), Some("range"));
        }
        assert_eq!(code(PostingKind::Adjustment, -MAX_AMOUNT.0), None);
        assert_eq!(code(PostingKind::Adjustment, i64::MIN), Some("range"));
    }

    #[test]
    fn a_key_is_what_a_header_can_carry() {
        for (key, is_fine) in [("a", true), ("top-up:2026-11-21/7", true), ("", false), ("a b", false), ("ключ", false)] {
            assert_eq!(key_fault(key).is_none(), is_fine, "{key:?}");
        }
        assert!(key_fault(&"k".repeat(MAX_KEY_CHARS)).is_none() && key_fault(&"k".repeat(MAX_KEY_CHARS + 1)).is_some());
    }

    proptest::proptest! {
        #[test]
        fn statements_of_neighbouring_periods_meet(amounts in proptest::collection::vec((0..20_i32, -50..50_i64), 0..40), parts in proptest::array::uniform2(0..20_i32)) {
            let mut days: Vec<_> = amounts.into_iter().map(|(day, amount)| LedgerDay { day: Day(day), kind: PostingKind::Adjustment, postings: 1, amount: Micros(amount) }).collect();
            days.sort_by_key(|row| row.day);
            let (first, middle) = (Day(parts[0].min(parts[1])), Day(parts[0].max(parts[1])));
            let one = Statement::of((first, middle), days.clone());
            let next = Statement::of((middle.plus(1), Day(30)), days.clone());
            proptest::prop_assert_eq!(one.closing, next.opening);
            proptest::prop_assert_eq!(next.closing, days.iter().map(|row| row.amount).sum());
            proptest::prop_assert_eq!(one.closing.0 - one.opening.0, one.rows.iter().map(|row| row.amount.0).sum::<i64>());
        }
    }
}
