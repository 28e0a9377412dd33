//! A workbook with one sheet: names above, numbers as numbers, days as dates.

use barker_domain::{Result, metric::Kind};
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::{Cells, Column, failed};
use crate::report::Report;

/// Longest text of a cell.
const MAX_CELL_CHARS: usize = 32_767;
/// Characters; in a narrower column spreadsheets show ####.
const DATE_WIDTH: f64 = 11.0;
/// 1970-01-01 as spreadsheets count days.
const EPOCH: i32 = 25_569;

pub(super) fn write(report: &Report, columns: &[Column]) -> Result<Vec<u8>> {
    let failed = failed("write the workbook");
    let (mut workbook, bold) = (Workbook::new(), Format::new().set_bold());
    let sheet = workbook.add_worksheet();
    sheet.set_freeze_panes(1, 0).map_err(&failed)?;
    for (place, column) in (0_u16..).zip(columns) {
        sheet.write_string_with_format(0, place, &column.name, &bold).map_err(&failed)?;
        write_column(sheet, place, (column, number_format(report, &column.name))).map_err(&failed)?;
    }
    workbook.save_to_buffer().map_err(&failed)
}

fn write_column(sheet: &mut Worksheet, place: u16, (column, shown): (&Column, &str)) -> Result<(), XlsxError> {
    let (shown, date) = (Format::new().set_num_format(shown), Format::new().set_num_format("yyyy-mm-dd"));
    match &column.cells {
        Cells::Texts(texts) => {
            for (row, text) in (1_u32..).zip(texts) {
                sheet.write_string(row, place, text.chars().take(MAX_CELL_CHARS).collect::<String>())?;
            }
        }
        Cells::Days(days) => {
            sheet.set_column_width(place, DATE_WIDTH)?;
            for (row, day) in (1_u32..).zip(days) {
                sheet.write_number_with_format(row, place, f64::from(day.0.saturating_add(EPOCH)), &date)?;
            }
        }
        Cells::Numbers(numbers) => {
            for (row, number) in (1_u32..).zip(numbers).filter_map(|(row, number)| Some((row, (*number)?))) {
                sheet.write_number_with_format(row, place, number, &shown)?;
            }
        }
    }
    Ok(())
}

/// How a spreadsheet shows a column; what is in the cell is exact.
fn number_format(report: &Report, name: &str) -> &'static str {
    if name.starts_with("change.") {
        return "0.0%";
    }
    let metric = name.strip_prefix("previous.").unwrap_or(name);
    match report.metrics.iter().find(|known| known.name == metric).map(|metric| metric.kind) {
        Some(Kind::Money) => "#,##0.00",
        Some(Kind::Percent) => "0.00%",
        Some(Kind::Ratio) => "0.00",
        Some(Kind::Count) | None => "#,##0.######",
    }
}
