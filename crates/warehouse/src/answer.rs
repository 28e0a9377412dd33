//! Puts together what statements answered: days into weeks and months, families side by side, totals, the limit.

use std::collections::BTreeMap;

use crate::{
    question::{Dimension, Family, Key, Measure, Question, Sums, SumsRow},
    sql::{Statement, Totals},
};

/// Days since the Monday before 1970-01-01, a Thursday.
const DAYS_SINCE_MONDAY: i64 = 3;

#[derive(Debug)]
pub(crate) struct Gathering<'question> {
    question: &'question Question,
    rows: BTreeMap<Vec<Key>, Vec<i128>>,
    /// Totals of measures whose rows do not add up.
    totals: BTreeMap<usize, i128>,
    /// Whether something could not be converted.
    lacks_rates: bool,
}

impl<'question> Gathering<'question> {
    pub(crate) fn new(question: &'question Question) -> Self {
        Self { question, rows: BTreeMap::new(), totals: BTreeMap::new(), lacks_rates: false }
    }

    /// One row of a statement: its keys, a sum for each of its measures, and how many rows were not converted. `is_total` where the
    /// statement marks it.
    pub(crate) fn add(&mut self, statement: &Statement, (mut keys, sums): (Vec<Key>, &[i128]), is_total: bool) {
        let places = self.question.measures.iter().enumerate();
        let found = places.filter_map(|(place, wanted)| Some((place, sums[statement.measures.iter().position(|it| it == wanted)?])));
        if is_total || statement.totals == Totals::All {
            self.totals.extend(found);
            return;
        }
        for (key, dimension) in keys.iter_mut().zip(&self.question.group_by) {
            if let Key::Number(day) = key {
                *day = bucket(dimension, *day);
            }
        }
        let row = self.rows.entry(keys).or_insert_with(|| vec![0; self.question.measures.len()]);
        found.for_each(|(place, sum)| row[place] += sum);
        self.lacks_rates |= sums.last().is_some_and(|rows| *rows > 0);
    }

    /// Whether [`crate::sql::unconverted`] has to be asked.
    pub(crate) fn lacks_rates(&self) -> bool {
        self.lacks_rates
    }

    /// With the number of facts that could not be converted.
    pub(crate) fn finish(mut self, unconverted: u64) -> Sums {
        if self.question.group_by.is_empty() {
            // Also where no facts were looked at, because none of them has parts of days.
            self.rows.entry(Vec::new()).or_insert_with(|| vec![0; self.question.measures.len()]);
        }
        let has_parts_of_days = self.question.has_parts_of_days();
        let is_known = |measure: &Measure| !(has_parts_of_days && measure.family() == Family::Spend);
        let known: Vec<_> = self.question.measures.iter().map(is_known).collect();
        let told = |sums: &[i128]| sums.iter().zip(&known).map(|(sum, is_known)| is_known.then_some(*sum)).collect::<Vec<_>>();
        let mut totals = vec![0; known.len()];
        let mut rows = Vec::new();
        for (keys, sums) in &self.rows {
            totals.iter_mut().zip(sums).for_each(|(total, sum)| *total += sum);
            // Where nothing happened there is no row, whichever facts were looked at: a residual of nothing, a sale of no money.
            if keys.is_empty() || sums.iter().any(|sum| *sum != 0) {
                rows.push(SumsRow { keys: keys.clone(), sums: told(sums) });
            }
        }
        self.totals.iter().for_each(|(place, total)| totals[*place] = *total);
        let limit = self.question.limit as usize;
        let is_cut = rows.len() > limit;
        rows.truncate(limit);
        Sums { rows, totals: told(&totals), is_cut, unconverted }
    }
}

/// Where the week or the month of a day begins.
pub(crate) fn bucket(dimension: &Dimension, day: i64) -> i64 {
    match dimension {
        Dimension::Week => day - (day + DAYS_SINCE_MONDAY).rem_euclid(7),
        Dimension::Month => {
            let epoch = jiff::civil::date(1970, 1, 1);
            let date = jiff::Span::new().try_days(day).and_then(|span| epoch.checked_add(span));
            date.map_or(day, |date| day - i64::from(date.day()) + 1)
        }
        _ => day,
    }
}
