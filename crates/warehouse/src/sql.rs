//! Questions as SQL. Every engine is given the same statements; where its words differ from others', `Dialect` has them.
//!
//! Values are always bound. What stands in the text are names from this crate and numbers.

mod leads;
mod local_time;
mod money;
mod sales;
mod spend;

use barker_domain::Result;

use crate::{
    cell::Cell,
    question::{Family, Measure, Question},
};

/// Most rows that a question reads before they are put together: with a dozen columns some hundred megabytes.
pub(crate) const MAX_GROUPS: usize = 1_000_000;

/// Whose words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    DuckDb,
}

/// A statement with what is bound to it. Its columns: one key for each of `group_by`, one sum for each of `measures`, and how many facts
/// could not be converted.
#[derive(Debug)]
pub(crate) struct Statement {
    pub(crate) text: String,
    pub(crate) cells: Vec<Cell>,
    pub(crate) measures: Vec<Measure>,
}

/// Values on their way into a statement.
#[derive(Debug)]
pub(crate) struct Bound {
    pub(crate) dialect: Dialect,
    cells: Vec<Cell>,
}

/// One statement for each family of facts that the question speaks of.
pub(crate) fn statements(question: &Question, dialect: Dialect) -> Result<Vec<Statement>> {
    let mut statements = Vec::new();
    for family in [Family::Spend, Family::Sales, Family::Leads] {
        let measures: Vec<_> = question.measures.iter().copied().filter(|measure| measure.family() == family).collect();
        if measures.is_empty() || (family == Family::Spend && question.has_hours()) {
            continue;
        }
        let mut bound = Bound { dialect, cells: Vec::new() };
        let text = match family {
            Family::Spend => spend::text(question, &measures, &mut bound),
            Family::Sales => sales::text(question, &measures, &mut bound)?,
            Family::Leads => leads::text(question, &measures, &mut bound)?,
        };
        statements.push(Statement { text, cells: bound.cells, measures });
    }
    Ok(statements)
}

impl Bound {
    /// What stands for the value in the text.
    pub(crate) fn bind(&mut self, cell: Cell) -> String {
        self.cells.push(cell);
        let place = self.cells.len();
        match (self.dialect, &self.cells[place - 1]) {
            // Bound as text; compared as text it would be with every row.
            (Dialect::DuckDb, Cell::Uuid(_)) => format!("CAST(${place} AS UUID)"),
            (Dialect::DuckDb, _) => format!("${place}"),
        }
    }
}

impl Dialect {
    /// As 128 bits: sums and products that 64 do not hold.
    fn wide(self, expression: &str) -> String {
        match self {
            Self::DuckDb => format!("CAST({expression} AS HUGEINT)"),
        }
    }

    /// Whole division of what is not negative.
    fn divide(self, dividend: &str, divisor: &str) -> String {
        match self {
            Self::DuckDb => format!("({dividend} // {divisor})"),
        }
    }

    /// The table without rows that are there twice. DuckDB never holds any: they are found when they come.
    fn once(self, table: &str) -> String {
        match self {
            Self::DuckDb => table.to_owned(),
        }
    }
}
