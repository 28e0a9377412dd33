//! Every change of the schema, in order. One that has shipped is never edited: the next one is added below it.

use super::{
    Kind::{BigInteger, Boolean, Integer, Text, Uuid},
    Table,
    table::column,
};

/// One version of the schema.
#[derive(Debug)]
pub struct Migration {
    /// Counted from 1, without gaps.
    pub version: i32,
    /// What people call it.
    pub name: &'static str,
    /// What is done.
    pub steps: &'static [Step],
}

/// One statement of a migration; both engines have their own words for it.
#[derive(Debug)]
pub enum Step {
    /// A new table.
    Create(Table),
}

/// All of them.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        name: "facts",
        steps: &[
            Step::Create(LOADS),
            Step::Create(AD_SPEND),
            Step::Create(EVENTS),
            Step::Create(IDENTITIES),
            Step::Create(ORDERS),
            Step::Create(ORDER_ITEMS),
            Step::Create(PRODUCTS),
            Step::Create(REFUNDS),
            Step::Create(DEALS),
            Step::Create(CURRENCY_RATES),
            Step::Create(WEB_SESSIONS_DAILY),
        ],
    },
    Migration { version: 2, name: "hours of events", steps: &[Step::Create(EVENT_HOURS), Step::Create(ROLLUPS)] },
];

const LOADS: Table = Table {
    name: "loads",
    columns: &[
        column("project_id", Uuid),
        column("source", Text),
        column("account", Text),
        column("level", Integer),
        column("day", Integer),
        column("load_id", Uuid),
        column("seq", BigInteger),
        column("loaded_at_ms", BigInteger),
    ],
    order: &["project_id", "source", "account", "level", "day", "seq"],
    is_replacing: false,
};

const AD_SPEND: Table = Table {
    name: "ad_spend",
    columns: &[
        column("project_id", Uuid),
        column("source", Text),
        column("account", Text),
        column("level", Integer),
        column("day", Integer),
        column("campaign_id", Text),
        column("campaign_name", Text),
        column("campaign_key", Text),
        column("ad_group_id", Text),
        column("ad_group_name", Text),
        column("ad_id", Text),
        column("ad_name", Text),
        column("impressions", BigInteger),
        column("clicks", BigInteger),
        column("cost_micros", BigInteger),
        column("currency", Text),
        column("conversions_micros", BigInteger),
        column("account_time_zone", Text),
        column("channel", Text),
        column("load_id", Uuid),
        column("seq", BigInteger),
    ],
    order: &["project_id", "day", "source", "account", "level", "seq"],
    is_replacing: false,
};

const EVENTS: Table = Table {
    name: "events",
    columns: &[
        column("project_id", Uuid),
        column("utc_day", Integer),
        column("event_id", Text),
        column("event_type", Text),
        column("occurred_at_ms", BigInteger),
        column("received_at_ms", BigInteger),
        column("client_id", Text),
        column("user_key", Text),
        column("session_id", Text),
        column("source_type", Text),
        column("campaign_id", Text),
        column("campaign_name", Text),
        column("campaign_key", Text),
        column("ad_id", Text),
        column("ad_name", Text),
        column("page", Text),
        column("referrer", Text),
        column("utm_source", Text),
        column("utm_medium", Text),
        column("utm_campaign", Text),
        column("utm_content", Text),
        column("utm_term", Text),
        column("click_id_name", Text),
        column("click_id", Text),
        column("channel", Text),
        column("device", Text),
        column("country", Text),
        column("order_id", Text),
        column("value_micros", BigInteger),
        column("currency", Text),
        column("attributes", Text),
        column("seq", BigInteger),
    ],
    order: &["project_id", "utc_day", "event_id"],
    is_replacing: true,
};

const IDENTITIES: Table = Table {
    name: "identities",
    columns: &[
        column("project_id", Uuid),
        column("client_id", Text),
        column("user_key", Text),
        column("seen_at_ms", BigInteger),
        column("seq", BigInteger),
    ],
    order: &["project_id", "client_id", "user_key", "seen_at_ms"],
    is_replacing: true,
};

const ORDERS: Table = Table {
    name: "orders",
    columns: &[
        column("project_id", Uuid),
        column("source", Text),
        column("order_id", Text),
        column("updated_at_ms", BigInteger),
        column("occurred_at_ms", BigInteger),
        column("is_cancelled", Boolean),
        column("gross_micros", BigInteger),
        column("discount_micros", BigInteger),
        column("tax_micros", BigInteger),
        column("shipping_micros", BigInteger),
        column("net_micros", BigInteger),
        column("currency", Text),
        column("customer_key", Text),
        column("client_id", Text),
        column("utm_source", Text),
        column("utm_medium", Text),
        column("utm_campaign", Text),
        column("campaign_key", Text),
        column("click_id_name", Text),
        column("click_id", Text),
        column("channel", Text),
        column("seq", BigInteger),
    ],
    order: &["project_id", "source", "order_id", "updated_at_ms", "seq"],
    is_replacing: false,
};

const ORDER_ITEMS: Table = Table {
    name: "order_items",
    columns: &[
        column("project_id", Uuid),
        column("source", Text),
        column("order_id", Text),
        column("updated_at_ms", BigInteger),
        column("item_id", Text),
        column("product_id", Text),
        column("sku", Text),
        column("name", Text),
        column("category", Text),
        column("quantity_millionths", BigInteger),
        column("price_micros", BigInteger),
        column("discount_micros", BigInteger),
        column("net_micros", BigInteger),
        column("currency", Text),
        column("seq", BigInteger),
    ],
    order: &["project_id", "source", "order_id", "updated_at_ms", "item_id", "seq"],
    is_replacing: false,
};

const PRODUCTS: Table = Table {
    name: "products",
    columns: &[
        column("project_id", Uuid),
        column("source", Text),
        column("product_id", Text),
        column("updated_at_ms", BigInteger),
        column("sku", Text),
        column("name", Text),
        column("category", Text),
        column("brand", Text),
        column("price_micros", BigInteger),
        column("cost_micros", BigInteger),
        column("currency", Text),
        column("is_deleted", Boolean),
        column("seq", BigInteger),
    ],
    order: &["project_id", "source", "product_id", "updated_at_ms", "seq"],
    is_replacing: false,
};

const REFUNDS: Table = Table {
    name: "refunds",
    columns: &[
        column("project_id", Uuid),
        column("source", Text),
        column("refund_id", Text),
        column("order_id", Text),
        column("updated_at_ms", BigInteger),
        column("occurred_at_ms", BigInteger),
        column("amount_micros", BigInteger),
        column("currency", Text),
        column("seq", BigInteger),
    ],
    order: &["project_id", "source", "refund_id", "updated_at_ms", "seq"],
    is_replacing: false,
};

const DEALS: Table = Table {
    name: "deals",
    columns: &[
        column("project_id", Uuid),
        column("source", Text),
        column("deal_id", Text),
        column("updated_at_ms", BigInteger),
        column("created_at_ms", BigInteger),
        column("won_at_ms", BigInteger),
        column("stage", Text),
        column("amount_micros", BigInteger),
        column("currency", Text),
        column("order_id", Text),
        column("customer_key", Text),
        column("client_id", Text),
        column("match_method", Text),
        column("match_confidence_millionths", BigInteger),
        column("seq", BigInteger),
    ],
    order: &["project_id", "source", "deal_id", "updated_at_ms", "seq"],
    is_replacing: false,
};

const CURRENCY_RATES: Table = Table {
    name: "currency_rates",
    columns: &[
        column("project_id", Uuid),
        column("day", Integer),
        column("currency", Text),
        column("value_nanos", BigInteger),
        column("seq", BigInteger),
    ],
    order: &["project_id", "currency", "day", "seq"],
    is_replacing: false,
};

const WEB_SESSIONS_DAILY: Table = Table {
    name: "web_sessions_daily",
    columns: &[
        column("project_id", Uuid),
        column("source", Text),
        column("account", Text),
        column("day", Integer),
        column("channel", Text),
        column("utm_source", Text),
        column("utm_medium", Text),
        column("utm_campaign", Text),
        column("campaign_key", Text),
        column("device", Text),
        column("country", Text),
        column("sessions", BigInteger),
        column("users", BigInteger),
        column("new_users", BigInteger),
        column("page_views", BigInteger),
        column("bounces", BigInteger),
        column("duration_ms", BigInteger),
        column("conversions_micros", BigInteger),
        column("revenue_micros", BigInteger),
        column("currency", Text),
        column("account_time_zone", Text),
        column("load_id", Uuid),
        column("seq", BigInteger),
    ],
    order: &["project_id", "day", "source", "account", "seq"],
    is_replacing: false,
};

const EVENT_HOURS: Table = Table {
    name: "event_hours",
    columns: &[
        column("project_id", Uuid),
        column("hour_ms", BigInteger),
        column("event_type", Text),
        column("channel", Text),
        column("device", Text),
        column("country", Text),
        column("times", BigInteger),
        column("load_id", Uuid),
        column("seq", BigInteger),
    ],
    order: &["project_id", "hour_ms", "event_type"],
    is_replacing: false,
};

const ROLLUPS: Table = Table {
    name: "rollups",
    columns: &[column("project_id", Uuid), column("load_id", Uuid), column("seq", BigInteger)],
    order: &["project_id", "seq"],
    is_replacing: false,
};

/// Every table as it stands after the last migration.
pub(crate) fn tables() -> Vec<Table> {
    let steps = MIGRATIONS.iter().flat_map(|migration| migration.steps);
    steps.map(|Step::Create(table)| *table).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_counted_without_gaps() {
        let versions: Vec<_> = MIGRATIONS.iter().map(|migration| migration.version).collect();
        assert_eq!(versions, (1..=versions.len().try_into().unwrap()).collect::<Vec<i32>>());
    }

    #[test]
    fn every_table_begins_with_the_project_and_is_ordered_by_columns_that_it_has() {
        for table in tables() {
            assert_eq!((table.columns[0].name, table.order[0]), ("project_id", "project_id"), "{}", table.name);
            for key in table.order {
                assert!(table.columns.iter().any(|column| column.name == *key), "{}.{key}", table.name);
            }
        }
    }
}
