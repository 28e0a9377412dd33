//! A workbook with one sheet: names above, numbers as numbers.

use barker_domain::{Result, metric::Kind};
use rust_xlsxwriter::{Format, Workbook};

use super::{Cells, Column, failed};
use crate::report::Report;

/// Longest text of a cell.
const MAX_CELL_CHARS: usize = 32_767;

pub(super) fn write(report: &Report, columns: &[Column]) -> Result<Vec<u8>> {
    let failed = failed("write the workbook");
    let (mut workbook, bold) = (Workbook::new(), Format::new().set_bold());
    let sheet = workbook.add_worksheet();
    sheet.set_freeze_panes(1, 0).map_err(&failed)?;
    for (place, column) in (0_u16..).zip(columns) {
        sheet.write_string_with_format(0, place, &column.name, &bold).map_err(&failed)?;
        let shown = Format::new().set_num_format(number_format(report, &column.name));
        match &column.cells {
            Cells::Texts(texts) => {
                for (row, text) in (1_u32..).zip(texts) {
                    sheet.write_string(row, place, text.chars().take(MAX_CELL_CHARS).collect::<String>()).map_err(&failed)?;
                }
            }
            Cells::Numbers(numbers) => {
                for (row, number) in (1_u32..).zip(numbers) {
                    if let Some(number) = number {
                        sheet.write_number_with_format(row, place, *number, &shown).map_err(&failed)?;
                    }
                }
            }
        }
    }
    workbook.save_to_buffer().map_err(&failed)
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
