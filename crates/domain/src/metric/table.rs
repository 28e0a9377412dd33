//! The table of metrics. A line is added here and never renamed: saved reports speak of it.

use super::{
    Formula, Kind, Metric,
    Sign::{Minus, Plus},
    Sum, Words,
};

macro_rules! metrics {
    ($($name:literal $kind:ident = $formula:expr; $russian:literal $english:literal; $meaning_russian:literal $meaning_english:literal)+) => {
        /// Every metric there is, in the order in which they are shown.
        pub const METRICS: &[Metric] = &[$(Metric {
            name: $name,
            kind: Kind::$kind,
            formula: $formula,
            label: Words { russian: $russian, english: $english },
            definition: Words { russian: $meaning_russian, english: $meaning_english },
        },)+];
    };
}

const fn sum(of: Sum) -> Formula {
    Formula::Sum(of)
}

const fn ratio(over: &'static [(super::Sign, Sum)], under: Sum) -> Formula {
    Formula::Ratio { over, under, times: 1 }
}

metrics! {
    "impressions" Count = sum(Sum::Impressions);
        "Показы" "Impressions";
        "Показы рекламы по данным площадок." "Shows of ads, as platforms count them."
    "clicks" Count = sum(Sum::Clicks);
        "Клики" "Clicks";
        "Клики по рекламе по данным площадок." "Clicks on ads, as platforms count them."
    "cost" Money = sum(Sum::Cost);
        "Расход" "Cost";
        "Расход на рекламу по данным площадок." "What advertising cost, as platforms say."
    "platform_conversions" Count = sum(Sum::PlatformConversions);
        "Конверсии площадок" "Platform conversions";
        "Конверсии, которые засчитали себе площадки; бывают дробными." "Conversions that platforms credit themselves with; they come in fractions."
    "sessions" Count = sum(Sum::Sessions);
        "Визиты" "Sessions";
        "Начатые визиты: события session_start." "Visits that began: session_start events."
    "people" Count = sum(Sum::People);
        "Люди" "People";
        "Уникальные люди: визиты одного человека с разных устройств объединены." "Unique people: visitors known to be one person are one."
    "orders" Count = sum(Sum::Orders);
        "Заказы" "Orders";
        "Заказы без отменённых." "Orders that were not cancelled."
    "revenue" Money = sum(Sum::Revenue);
        "Выручка" "Revenue";
        "Выручка от заказов и выигранных сделок за вычетом возвратов." "What orders and won deals brought, net of refunds."
    "conversions" Count = sum(Sum::Conversions);
        "Конверсии" "Conversions";
        "Заказы или события тех типов, которые проект считает конверсиями." "Orders, or events of the types that the project calls conversions."
    "leads" Count = sum(Sum::Leads);
        "Лиды" "Leads";
        "События lead и новые сделки." "Lead events and new deals."
    "new_customers" Count = sum(Sum::NewCustomers);
        "Новые клиенты" "New customers";
        "Люди, чей первый заказ пришёлся на период." "People whose first order ever falls into the range."
    "ctr" Percent = ratio(&[(Plus, Sum::Clicks)], Sum::Impressions);
        "CTR" "CTR";
        "Доля показов, по которым кликнули." "The share of shows that were clicked."
    "cpc" Money = ratio(&[(Plus, Sum::Cost)], Sum::Clicks);
        "CPC" "CPC";
        "Цена клика." "What a click cost."
    "cpm" Money = Formula::Ratio { over: &[(Plus, Sum::Cost)], under: Sum::Impressions, times: 1_000 };
        "CPM" "CPM";
        "Цена тысячи показов." "What a thousand shows cost."
    "cr" Percent = ratio(&[(Plus, Sum::Orders)], Sum::Clicks);
        "CR" "CR";
        "Заказы на один клик." "Orders for each click."
    "cpl" Money = ratio(&[(Plus, Sum::Cost)], Sum::Leads);
        "CPL" "CPL";
        "Цена лида." "What a lead cost."
    "cpa" Money = ratio(&[(Plus, Sum::Cost)], Sum::Conversions);
        "CPA" "CPA";
        "Цена конверсии." "What a conversion cost."
    "cac" Money = ratio(&[(Plus, Sum::Cost)], Sum::NewCustomers);
        "CAC" "CAC";
        "Цена нового клиента." "What a new customer cost."
    "romi" Percent = ratio(&[(Plus, Sum::Revenue), (Minus, Sum::Cost)], Sum::Cost);
        "ROMI" "ROMI";
        "Возврат маркетинговых вложений: 0 — реклама окупилась ровно." "What came back beyond what was spent: 0 is breaking even."
    "roas" Ratio = ratio(&[(Plus, Sum::Revenue)], Sum::Cost);
        "ROAS" "ROAS";
        "Выручка на единицу расхода." "Revenue for each unit of cost."
    "drr" Percent = ratio(&[(Plus, Sum::Cost)], Sum::Revenue);
        "ДРР" "DRR";
        "Доля рекламных расходов в выручке." "The share of revenue that advertising cost."
    "aov" Money = ratio(&[(Plus, Sum::Revenue)], Sum::Orders);
        "Средний чек" "AOV";
        "Выручка на один заказ." "Revenue for each order."
    "ltv" Money = ratio(&[(Plus, Sum::LifetimeRevenue)], Sum::NewCustomers);
        "LTV" "LTV";
        "Выручка новых клиентов периода по сей день на одного такого клиента." "Revenue to date of the range's new customers, for each of them."
}
