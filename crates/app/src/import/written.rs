//! How a file writes its numbers and dates. Its rows are read until one of them tells, however many that are: a month may pass
//! before a date can be read in one way only.

use std::{path::Path, sync::Arc};

use barker_domain::{Result, decimal::DecimalMark};

use super::{
    Format, Mapping, Sample,
    date::DateOrder,
    table::{Row, Table},
};

/// Fields that hold amounts and counts.
const NUMBERS: &[&str] = &["net", "gross", "discount", "tax", "shipping", "amount", "value", "cost", "conversions"];
/// Fields that hold days and instants.
const DATES: &[&str] = &["occurred_at", "created_at", "updated_at", "won_at", "day"];
/// Dates that tell whether any of the file's could be read in two ways.
const TELLING_DATES: usize = 1_000;

/// A file as it is written.
pub(super) struct Written<'f> {
    pub(super) path: &'f Path,
    pub(super) sample: Sample,
    pub(super) header: &'f [String],
    pub(super) mapping: &'f Mapping,
}

impl Written<'_> {
    /// What stands between whole and fraction.
    pub(super) fn mark_of_numbers(&self) -> Result<DecimalMark> {
        if self.sample.format == Format::JsonLines { Ok(DecimalMark::Point) } else { Ok(DecimalMark::guess(self.cells(NUMBERS)?)) }
    }

    /// Whether days come before months where that can be read either way.
    pub(super) fn order_of_dates(&self, mark: DecimalMark) -> Result<DateOrder> {
        let is_russian = mark == DecimalMark::Comma || self.sample.format == (Format::Csv { delimiter: b';' });
        let usual = if is_russian { DateOrder::DayFirst } else { DateOrder::MonthFirst };
        let is_unclear = self.cells(DATES)?.take(TELLING_DATES).any(|date| date.contains('/'));
        if is_unclear { Ok(DateOrder::guess(self.cells(DATES)?, usual)) } else { Ok(usual) }
    }

    /// What its rows say in those fields, as far as somebody asks.
    fn cells(&self, names: &'static [&'static str]) -> Result<impl Iterator<Item = String>> {
        let table = Table::open_again(self.path, self.sample, self.header, Arc::default())?;
        let said = |row: Row| {
            let cells = names.iter().map(|name| self.mapping.cell(&row.cells, name)).filter(|cell| !cell.is_empty());
            cells.map(str::to_owned).collect::<Vec<_>>()
        };
        Ok(table.filter_map(std::result::Result::ok).flat_map(said))
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Kind, Wanted},
        *,
    };

    fn habits(text: &str) -> (DecimalMark, DateOrder) {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let sample = Sample::of(text.as_bytes()).unwrap();
        let header = Table::open(file.path(), sample).unwrap().header;
        let mapping = Mapping::find(Kind::Orders, &header, &Wanted::default()).unwrap();
        let written = Written { path: file.path(), sample, header: &header, mapping: &mapping };
        let mark = written.mark_of_numbers().unwrap();
        (mark, written.order_of_dates(mark).unwrap())
    }

    #[test]
    fn a_date_far_down_tells_how_all_of_them_are_written() {
        let early = "7,03/02/2026,5\n".repeat(5_000);
        assert_eq!(habits(&format!("id,date,total\n{early}")).1, DateOrder::MonthFirst, "nothing tells");
        assert_eq!(habits(&format!("id,date,total\n{early}8,13/02/2026,5\n")).1, DateOrder::DayFirst);
        let early = "7;03/02/2026;5\n".repeat(5_000);
        assert_eq!(habits(&format!("id;date;total\n{early}8;02/13/2026;5\n")).1, DateOrder::MonthFirst);
        let objects = "{\"id\": 7, \"date\": \"03/02/2026\", \"total\": 5}\n".repeat(5_000);
        assert_eq!(habits(&format!("{objects}{{\"id\": 8, \"date\": \"28/02/2026\", \"total\": 5}}\n")).1, DateOrder::DayFirst);
    }

    #[test]
    fn a_number_far_down_tells_how_all_of_them_are_written() {
        let early = "7;2026-02-03;1,250\n".repeat(5_000);
        assert_eq!(habits(&format!("id;date;total\n{early}")).0, DecimalMark::Point, "nothing tells");
        assert_eq!(habits(&format!("id;date;total\n{early}8;2026-02-03;0,5\n")).0, DecimalMark::Comma);
    }
}
