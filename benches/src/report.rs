//! What people read: a Markdown table to paste, and lines about how far the measurement is.

use comfy_table::{Table, presets::ASCII_MARKDOWN};

/// A table with a line for each figure.
#[derive(Debug)]
pub(crate) struct Report {
    title: String,
    table: Table,
}

impl Report {
    pub(crate) fn new(title: String, header: &[&str]) -> Self {
        let mut table = Table::new();
        table.load_style(ASCII_MARKDOWN).set_header(header.iter().copied());
        Self { title, table }
    }

    pub(crate) fn line<const N: usize>(&mut self, cells: [String; N]) {
        self.table.add_row(cells);
    }

    /// Prints everything to standard output.
    #[expect(clippy::print_stdout, reason = "the table is what the program is for")]
    pub(crate) fn print(&self) {
        println!("### {}\n\n{}\n", self.title, self.table);
    }
}

/// Says how far the measurement is, beside the report.
#[expect(clippy::print_stderr, reason = "the program speaks to people")]
pub(crate) fn tell(line: &str) {
    eprintln!("benches: {line}");
}

/// A figure's target: what it is and whether it was met.
pub(crate) fn verdict(target: &str, is_met: bool) -> String {
    format!("{target}: {}", if is_met { "met" } else { "MISSED" })
}
