//! Tables and lines for people at a terminal.

use comfy_table::{Table, presets::UTF8_FULL_CONDENSED};

/// Prints a table with a header.
pub(super) fn print<R: IntoIterator<Item = String>>(header: &[&str], rows: impl IntoIterator<Item = R>) {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header(header.iter().copied());
    for row in rows {
        table.add_row(row);
    }
    say(&table.to_string());
}

/// Prints a line.
#[expect(clippy::print_stdout, reason = "the command line speaks to people")]
pub(super) fn say(line: &str) {
    println!("{line}");
}
