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

/// The words that engines do not share. Each engine has one, beside its code.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dialect {
    /// What stands for the value that is bound at this place, counted from 1.
    pub(crate) placeholder: fn(usize, &Cell) -> String,
    /// As 128 bits: sums and products that 64 do not hold.
    pub(crate) wide: fn(&str) -> String,
    /// Whole division of what is not negative.
    pub(crate) divide: fn(&str, &str) -> String,
    /// The table without rows that are there twice.
    pub(crate) once: fn(&str) -> String,
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
        let text = (self.dialect.placeholder)(self.cells.len() + 1, &cell);
        self.cells.push(cell);
        text
    }
}

impl Dialect {
    fn wide(self, expression: &str) -> String {
        (self.wide)(expression)
    }

    fn divide(self, dividend: &str, divisor: &str) -> String {
        (self.divide)(dividend, divisor)
    }

    fn once(self, table: &str) -> String {
        (self.once)(table)
    }
}
