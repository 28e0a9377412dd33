//! Statements: what an advertiser's balance was, what was posted, and what it came to.

use std::fmt::Write;

use barker_domain::{AdvertiserId, Day, Error, FieldError, Micros, Result, ledger::Statement, money::MICROS_PER_UNIT, project::Project};

use super::refuse_unknown;
use crate::{App, ProjectHandle};

/// An advertiser's money over some days.
///
/// # Errors
/// [`Code::AdvertiserNotFound`]; [`Code::InvalidRequest`] when the last day comes before the first.
pub async fn statement(app: &App, project: &ProjectHandle, id: AdvertiserId, (first, last): (Day, Day)) -> Result<Statement> {
    if last < first {
        return Err(Error::invalid(vec![FieldError::new("/date_to", "order", "must not be before date_from")]));
    }
    refuse_unknown(app, project, id).await?;
    Ok(Statement::of((first, last), project.rows(app).list_ledger_days(id, last).await?))
}

/// A statement as CSV: opening balance, postings by day and kind, closing balance.
#[must_use]
pub fn statement_csv(statement: &Statement, project: &Project) -> String {
    let date = |day| project.civil_day(day).date();
    let mut csv = "date,kind,postings,amount,balance,currency\n".to_owned();
    let mut balance = statement.opening;
    let mut line = |day, kind: &str, (postings, amount): (i64, Option<Micros>), balance: Micros| {
        let amount = amount.map(exact).unwrap_or_default();
        // Writing to a text does not fail.
        let _written = writeln!(csv, "{},{kind},{postings},{amount},{},{}", date(day), exact(balance), project.currency);
    };
    line(statement.first, "opening", (0, None), balance);
    for row in &statement.rows {
        balance = balance.saturating_add(row.amount);
        line(row.day, row.kind.as_str(), (row.postings, Some(row.amount)), balance);
    }
    line(statement.last, "closing", (0, None), statement.closing);
    csv
}

/// An amount to the micro, without a float in between: at least two decimals, at most six.
pub(super) fn exact(amount: Micros) -> String {
    let (sign, size) = (if amount.0 < 0 { "-" } else { "" }, amount.0.unsigned_abs());
    let unit = MICROS_PER_UNIT.unsigned_abs();
    let fraction = format!("{:06}", size % unit);
    let kept = fraction.trim_end_matches('0').len().max(2);
    format!("{sign}{}.{}", size / unit, &fraction[..kept])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_to_the_micro() {
        for (micros, text) in [(0, "0.00"), (1, "0.000001"), (-1_500_000, "-1.50"), (i64::MAX, "9223372036854.775807"), (10, "0.00001")] {
            assert_eq!(exact(Micros(micros)), text);
        }
    }
}
