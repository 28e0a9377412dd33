//! Questions as SQL. Every engine is given the same statements; where its words differ from others', `Dialect` has them.
//!
//! Values are always bound. What stands in the text are names from this crate and numbers.

mod arrivals;
mod credit;
pub(crate) mod derived;
mod events;
mod hours;
mod keys;
mod local_time;
mod money;
mod people;
mod person;
mod place;
mod sales;
mod sources;
mod spend;

use std::sync::Arc;

use barker_domain::Result;

use crate::{
    cell::Cell,
    question::{Family, Measure, Question},
};
pub(crate) use hours::roll_up;
pub(crate) use sources::{EVENTS, sources};

/// Most rows that a question reads before they are put together: with a dozen columns some hundred megabytes.
pub(crate) const MAX_GROUPS: usize = 1_000_000;

/// The words that engines do not share. Each engine has one, beside its code.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dialect {
    /// What stands for the value that is bound at this place, counted from 1.
    pub(crate) placeholder: fn(usize, &Cell<'_>) -> String,
    /// As 128 bits: sums and products that 64 do not hold.
    pub(crate) wide: fn(&str) -> String,
    /// The sum of whole numbers of up to 64 bits, as 128 bits.
    pub(crate) sum: fn(&str) -> String,
    /// Whole division of what is not negative.
    pub(crate) divide: fn(&str, &str) -> String,
    /// The table without rows that are there twice.
    pub(crate) once: fn(&str) -> String,
    /// The day that the month of a day begins with.
    pub(crate) month: fn(&str) -> String,
    /// The value of an attribute, empty where there is none: the column, and what stands for its name.
    pub(crate) attribute: fn(&str, &str) -> String,
    /// Whether a common table expression is worked out once, however often it is named; else it stands for its text.
    pub(crate) keeps_tables: bool,
    /// How an attribute's name is bound.
    pub(crate) attribute_name: fn(&str) -> String,
}

/// A statement with what is bound to it. Its columns: the keys, one sum for each of `measures`, and how many of the rows that were summed
/// up could not be converted.
#[derive(Debug)]
pub(crate) struct Statement {
    pub(crate) text: String,
    pub(crate) cells: Vec<Cell<'static>>,
    pub(crate) measures: Vec<Measure>,
    pub(crate) keys: usize,
    pub(crate) totals: Totals,
}

/// Which rows of a statement are totals, of measures whose rows do not add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Totals {
    None,
    All,
    /// Those that say so in a last column.
    Marked,
}

/// What there is of a project, as far as statements differ by it. What is not known to be missing is looked for.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    /// Events are counted up through this `seq`; 0: none are.
    pub(crate) rolled_through: i64,
    /// Without any, nobody has to look for the rate of each fact's day.
    pub(crate) has_rates: bool,
    pub(crate) has_refunds: bool,
    pub(crate) has_deals: bool,
    /// No row of orders, refunds, deals and spend was replaced by another; none: some may be.
    pub(crate) swept: Option<Arc<Swept>>,
    /// What was worked out then is still there; only where rows are swept.
    pub(crate) derived: Option<Derived>,
}

/// What is known of a project's rows once those that were replaced are gone.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "what there is and what there is not, each by itself")]
pub(crate) struct Swept {
    /// Some account's day was loaded at several levels.
    pub(crate) has_levels: bool,
    /// Some order names no visitor.
    pub(crate) lacks_visitors: bool,
    /// Some order knows its channel.
    pub(crate) has_channels: bool,
    /// That of all money in orders, refunds, deals and spend; none: there are several, or no money.
    pub(crate) currency: Option<String>,
    /// Who visitors are is among what is derived: not if that depends on events, nor where it would take too much memory.
    pub(crate) keeps_people: bool,
}

/// Of which moment the tables of [`derived`] tell.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Derived {
    pub(crate) through: i64,
    /// Whether something was said of who a visitor is after it.
    pub(crate) is_somebody_later: bool,
}

/// Values on their way into a statement.
#[derive(Debug)]
pub(crate) struct Bound {
    pub(crate) dialect: Dialect,
    standing: Standing,
    cells: Vec<Cell<'static>>,
    /// Whether facts are told by their names instead of being summed up.
    names_facts: bool,
}

/// Asks for the greatest `seq` of a table in a project, which comes behind it; null where there are no rows. Of `rollups` it tells how far
/// events are counted up.
pub(crate) fn last_seq(table: &str) -> String {
    format!("SELECT max(seq) FROM {table} WHERE project_id = ")
}

/// One statement for each family of facts that the question speaks of.
pub(crate) fn statements(question: &Question, standing: &Standing, dialect: Dialect) -> Result<Vec<Statement>> {
    let mut statements = Vec::new();
    for family in [Family::Spend, Family::Sales, Family::Lifetime, Family::Conversions, Family::Leads, Family::Events, Family::People] {
        let measures: Vec<_> = question.measures.iter().filter(|measure| question.family_of(measure) == family).cloned().collect();
        if measures.is_empty() || (family == Family::Spend && question.has_parts_of_days()) {
            continue;
        }
        let found = statement(question, (family, measures.clone()), standing, dialect)?;
        if family == Family::People && !question.group_by.is_empty() && found.totals == Totals::None {
            let whole = Question { group_by: Vec::new(), ..question.clone() };
            statements.push(Statement { totals: Totals::All, ..statement(&whole, (family, measures), standing, dialect)? });
        }
        statements.push(found);
    }
    Ok(statements)
}

/// Asks how many facts with an amount could not be converted: each once, however many sums read it and however many touches share it.
pub(crate) fn unconverted(question: &Question, standing: &Standing, dialect: Dialect) -> Result<(String, Vec<Cell<'static>>)> {
    let mut bound = Bound { standing: standing.clone(), names_facts: true, ..Bound::new(dialect) };
    let mut parts = Vec::new();
    for measure in [Measure::Cost, Measure::Revenue, Measure::LifetimeRevenue] {
        if question.measures.contains(&measure) && !(measure == Measure::Cost && question.has_parts_of_days()) {
            let text = text(question, (measure.family(), std::slice::from_ref(&measure)), &mut bound)?;
            parts.push(format!("SELECT fact_id FROM ({text}) part{}", parts.len()));
        }
    }
    Ok((format!("SELECT count(DISTINCT fact_id) FROM ({}) facts", parts.join(" UNION ALL ")), bound.cells))
}

fn statement(question: &Question, (family, measures): (Family, Vec<Measure>), standing: &Standing, dialect: Dialect) -> Result<Statement> {
    let mut bound = Bound { standing: standing.clone(), ..Bound::new(dialect) };
    let text = text(question, (family, &measures), &mut bound)?;
    let keys = question.group_by.len();
    let totals = if family == Family::People && dialect.keeps_tables && keys > 0 { Totals::Marked } else { Totals::None };
    Ok(Statement { text, cells: bound.cells, measures, keys, totals })
}

fn text(question: &Question, (family, measures): (Family, &[Measure]), bound: &mut Bound) -> Result<String> {
    match family {
        Family::Spend => Ok(spend::text(question, measures, bound)),
        Family::Sales => sales::text(question, measures, bound),
        Family::Lifetime => sales::lifetime(question, measures, bound),
        Family::Conversions => arrivals::conversions(question, measures, bound),
        Family::Leads => arrivals::leads(question, measures, bound),
        Family::Events => events::text(question, measures, bound.standing.rolled_through, bound),
        Family::People => people::text(question, measures, bound),
    }
}

impl Standing {
    /// Anything may be there.
    pub(crate) const fn unknown(rolled_through: i64) -> Self {
        Self { rolled_through, has_rates: true, has_refunds: true, has_deals: true, swept: None, derived: None }
    }
}

impl Bound {
    pub(crate) fn new(dialect: Dialect) -> Self {
        Self { dialect, standing: Standing::unknown(0), cells: Vec::new(), names_facts: false }
    }

    /// What stands for the value in the text.
    pub(crate) fn bind(&mut self, cell: Cell<'static>) -> String {
        let text = (self.dialect.placeholder)(self.cells.len() + 1, &cell);
        self.cells.push(cell);
        text
    }

    /// A column more that says which fact a row is of, where that is asked.
    fn naming(&self, fact: &str) -> String {
        if self.names_facts { format!(", {fact} AS fact_id") } else { String::new() }
    }

    /// What that column is called.
    fn named(&self) -> Option<&'static str> {
        self.names_facts.then_some("fact_id")
    }

    /// What takes the latest version of each `key`, where there may be others.
    fn latest(&self, key: &str) -> String {
        if self.standing.swept.is_some() {
            return String::new();
        }
        format!("QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY updated_at_ms DESC, seq DESC) = 1")
    }

    fn bind_texts(&mut self, texts: &[String]) -> String {
        texts.iter().map(|text| self.bind(Cell::Text(text.clone().into()))).collect::<Vec<_>>().join(", ")
    }
}

impl Dialect {
    fn wide(self, expression: &str) -> String {
        (self.wide)(expression)
    }

    fn sum(self, whole: &str) -> String {
        (self.sum)(whole)
    }

    fn divide(self, dividend: &str, divisor: &str) -> String {
        (self.divide)(dividend, divisor)
    }

    fn once(self, table: &str) -> String {
        (self.once)(table)
    }

    fn month(self, day: &str) -> String {
        (self.month)(day)
    }

    fn attribute(self, column: &str, name: &str) -> String {
        (self.attribute)(column, name)
    }
}
