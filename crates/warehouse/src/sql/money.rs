//! Sums over facts, money among them: each fact is converted at the rate of its own day and rounded to the micro, half
//! away from zero, so that sums of whole numbers agree in every breakdown.

use std::borrow::Cow;

use super::{Bound, Cell, Dialect, MAX_GROUPS, credit};
use crate::question::{Family, Measure, Question, Sales};

/// What a fact's currency was worth on its day, and what the report's was.
const RATES: &str = "ASOF LEFT JOIN rate a ON f.currency = a.currency AND f.rate_day >= a.day
    ASOF LEFT JOIN goal b ON f.one = b.one AND f.rate_day >= b.day";

/// The end of every statement; of one that names facts, those which could not be converted. `facts` are common table expressions, the last of which is `fact` with the columns
/// `k0`, `k1`, ..., `sign`, `amount`, `currency`, `rate_day`, and one for each measure that is not money.
pub(super) fn sums(question: &Question, measures: &[Measure], facts: &str, bound: &mut Bound) -> String {
    let dialect = bound.dialect;
    let is_money = measures.iter().any(|measure| column(0, measure).is_none());
    let is_credited = measures.iter().any(|measure| matches!(question.family_of(measure), Family::Sales | Family::Lifetime));
    let is_shared = is_credited && credit::is_shared(question);
    let is_converted = is_money && (is_shared || !is_all_in_currency(question, bound));
    let currency = if is_converted { bound.bind(Cell::Text(question.currency.clone().into())) } else { String::new() };
    let has_rates = is_converted && bound.standing.has_rates;
    let money = converted(bound, &currency, is_shared);
    if bound.names_facts {
        let (rates, joins) = if has_rates { (rates(question, &currency, bound), RATES) } else { (String::new(), "") };
        return format!(
            "WITH {rates}{facts} SELECT f.fact_id AS fact_id FROM (SELECT 1 AS one, * FROM fact) f {joins} WHERE ({money}) IS NULL"
        );
    }
    let unconverted = dialect.wide(&format!("CASE WHEN {money} IS NULL THEN 1 ELSE 0 END"));
    let keys: Vec<_> = (0..question.group_by.len()).map(|place| format!("f.k{place}")).collect();
    let mut columns = keys.clone();
    columns.extend(measures.iter().enumerate().map(|(place, measure)| match column(place, measure) {
        Some(name) => dialect.sum(&format!("f.{name}")),
        None if is_converted => format!("sum({money})"),
        None => dialect.sum("f.amount"),
    }));
    columns.push(if is_converted { format!("sum({unconverted})") } else { dialect.wide("0") });
    let rates = if has_rates { rates(question, &currency, bound) } else { String::new() };
    let group = if keys.is_empty() { String::new() } else { format!("GROUP BY {}", keys.join(", ")) };
    format!(
        "WITH {rates}{facts}
         SELECT {columns} FROM (SELECT 1 AS one, * FROM fact) f {joins} {group} LIMIT {limit}",
        columns = columns.join(", "),
        joins = if has_rates { RATES } else { "" },
        limit = MAX_GROUPS + 1,
    )
}

/// Whether all that is counted as money is in the report's currency.
fn is_all_in_currency(question: &Question, bound: &Bound) -> bool {
    let swept = bound.standing.swept.as_ref();
    question.sales == Sales::Orders && swept.is_some_and(|swept| swept.currency.as_ref() == Some(&question.currency))
}

/// `rate`, the last one said for each day, and `goal`, those of the report's currency.
fn rates(question: &Question, currency: &str, bound: &mut Bound) -> String {
    let project = bound.bind(Cell::Uuid(question.project_id.0));
    format!(
        "rate AS (
            SELECT currency, day, value_nanos FROM currency_rates WHERE project_id = {project}
            QUALIFY row_number() OVER (PARTITION BY currency, day ORDER BY seq DESC) = 1),
         goal AS (SELECT 1 AS one, day, value_nanos FROM rate WHERE currency = {currency}),
         "
    )
}

/// The column that a measure sums up, unless it is money.
fn column(place: usize, measure: &Measure) -> Option<Cow<'static, str>> {
    let name = match measure {
        Measure::Cost | Measure::Revenue | Measure::LifetimeRevenue => return None,
        Measure::Sessions | Measure::Events(_) => return Some(format!("e{place}").into()),
        Measure::Impressions => "impressions",
        Measure::Clicks => "clicks",
        Measure::PlatformConversions => "conversions",
        Measure::Orders => "orders",
        Measure::NewCustomers => "new_customers",
        Measure::Conversions | Measure::Leads => "arrivals",
        Measure::People => "people",
    };
    Some(name.into())
}

/// Null where a rate is missing. Where touches share the money, their part of it.
fn converted(bound: &Bound, currency: &str, is_shared: bool) -> String {
    let dialect = bound.dialect;
    let product = format!("{} * {} * 2 + {}", dialect.wide("abs(f.amount)"), dialect.wide("a.value_nanos"), dialect.wide("b.value_nanos"));
    let quotient = dialect.divide(&format!("({product})"), &format!("({} * 2)", dialect.wide("b.value_nanos")));
    let quotient = if bound.standing.has_rates { quotient } else { "NULL".to_owned() };
    let amount = format!("CASE WHEN f.currency = {currency} OR f.amount = 0 THEN {} ELSE {quotient} END", dialect.wide("abs(f.amount)"));
    let amount = if is_shared { part(dialect, &format!("({amount})"), "f.") } else { amount };
    format!("CASE WHEN f.amount < 0 THEN -({amount}) ELSE {amount} END")
}

/// One of `parts` equal parts of what is not negative; what is left over by dividing is spread over the first ones. Both columns are
/// those of `table`.
pub(super) fn part(dialect: Dialect, whole: &str, table: &str) -> String {
    let (whole, parts) = (dialect.wide(whole), dialect.wide(&format!("{table}parts")));
    let least = dialect.divide(&whole, &parts);
    format!("({least} + CASE WHEN {} <= {whole} - {least} * {parts} THEN 1 ELSE 0 END)", dialect.wide(&format!("{table}part")))
}
