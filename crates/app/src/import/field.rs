//! What files may hold: kinds of facts, their fields, and what columns are called that hold them, in Russian and English.

/// A kind of facts that files hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Events of sites.
    Events,
    /// Orders of a shop.
    Orders,
    /// Refunds of orders.
    Refunds,
    /// Deals of a CRM.
    Deals,
    /// What advertising platforms say by day.
    Spend,
    /// What currencies were worth by day.
    Rates,
}

/// A field of a fact.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Whether every row must have it.
    pub is_required: bool,
    /// What columns are called that hold it, cleaned to words, the most telling first.
    pub called: &'static [&'static str],
}

impl Kind {
    /// Every kind there is.
    pub const ALL: [Self; 6] = [Self::Events, Self::Orders, Self::Refunds, Self::Deals, Self::Spend, Self::Rates];

    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Orders => "orders",
            Self::Refunds => "refunds",
            Self::Deals => "deals",
            Self::Spend => "spend",
            Self::Rates => "rates",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// The field that tells when a fact was.
    pub(super) fn dated_by(self) -> &'static str {
        match self {
            Self::Events | Self::Orders | Self::Refunds => "occurred_at",
            Self::Deals => "created_at",
            Self::Spend | Self::Rates => "day",
        }
    }

    /// What its rows may have.
    #[must_use]
    pub fn fields(self) -> &'static [Field] {
        match self {
            Self::Events => EVENTS,
            Self::Orders => ORDERS,
            Self::Refunds => REFUNDS,
            Self::Deals => DEALS,
            Self::Spend => SPEND,
            Self::Rates => RATES,
        }
    }
}

const fn needed(name: &'static str, called: &'static [&'static str]) -> Field {
    Field { name, is_required: true, called }
}

const fn may(name: &'static str, called: &'static [&'static str]) -> Field {
    Field { name, is_required: false, called }
}

const CURRENCY: Field = may("currency", &["currency", "currency_code", "валюта", "код_валюты"]);
const CLIENT: Field =
    may("client_id", &["client_id", "clientid", "visitor_id", "ga_client_id", "ym_uid", "id_посетителя", "clientid_метрики"]);
const CUSTOMER: Field = may(
    "customer_key",
    &[
        "customer_key",
        "customer_id",
        "customer",
        "user_id",
        "email",
        "e_mail",
        "phone",
        "клиент",
        "id_клиента",
        "покупатель",
        "почта",
        "телефон",
    ],
);
const ORDER: &[&str] =
    &["order_id", "order_number", "order_no", "order", "transaction_id", "номер_заказа", "id_заказа", "заказ", "номер", "id"];
const UPDATED: Field = may(
    "updated_at",
    &["updated_at", "modified_at", "last_modified", "date_modified", "изменен", "изменён", "дата_изменения", "обновлен", "обновлён"],
);
/// Of a shop or a CRM. "Источник" there is where the customer came from, and would make another order of each.
const SOURCE: Field = may("source", &["source", "shop", "crm", "магазин", "система"]);

const EVENTS: &[Field] = &[
    may("event_id", &["event_id", "id", "hit_id", "id_события"]),
    needed("event_type", &["event_type", "event", "event_name", "type", "событие", "тип_события", "тип"]),
    needed(
        "occurred_at",
        &["occurred_at", "timestamp", "event_time", "time", "datetime", "date_time", "date", "дата_и_время", "время", "дата"],
    ),
    CLIENT,
    may("user_key", &["user_key", "user_id", "customer_id", "email", "пользователь", "id_пользователя"]),
    may("session_id", &["session_id", "visit_id", "session", "сессия", "id_визита", "визит"]),
    may("source_type", &["source_type", "тип_источника"]),
    may("campaign_id", &["campaign_id", "id_кампании"]),
    may("campaign_name", &["campaign_name", "campaign", "кампания", "название_кампании"]),
    may("ad_id", &["ad_id", "id_объявления"]),
    may("ad_name", &["ad_name", "ad", "объявление"]),
    may("page", &["page", "page_url", "url", "page_location", "страница", "адрес_страницы"]),
    may("referrer", &["referrer", "referer", "page_referrer", "реферер", "источник_перехода"]),
    may("utm_source", &["utm_source"]),
    may("utm_medium", &["utm_medium"]),
    may("utm_campaign", &["utm_campaign"]),
    may("utm_content", &["utm_content"]),
    may("utm_term", &["utm_term"]),
    may("bclid", &["bclid"]),
    may("gclid", &["gclid"]),
    may("wbraid", &["wbraid"]),
    may("gbraid", &["gbraid"]),
    may("yclid", &["yclid"]),
    may("fbclid", &["fbclid"]),
    may("ttclid", &["ttclid"]),
    may("msclkid", &["msclkid"]),
    may("rb_clickid", &["rb_clickid"]),
    may("li_fat_id", &["li_fat_id"]),
    may("twclid", &["twclid"]),
    may("device", &["device", "device_category", "устройство", "тип_устройства"]),
    may("country", &["country", "country_code", "страна"]),
    may("order_id", &["order_id", "transaction_id", "номер_заказа", "id_заказа"]),
    may("value", &["value", "revenue", "amount", "сумма", "ценность", "доход"]),
    CURRENCY,
];

const ORDERS: &[Field] = &[
    SOURCE,
    needed("order_id", ORDER),
    needed(
        "occurred_at",
        &[
            "occurred_at",
            "created_at",
            "order_date",
            "ordered_at",
            "date_created",
            "date",
            "дата_заказа",
            "создан",
            "дата_создания",
            "дата_и_время",
            "дата",
        ],
    ),
    UPDATED,
    may("status", &["status", "state", "financial_status", "статус", "статус_заказа", "состояние"]),
    may(
        "net",
        &["net", "total", "total_price", "grand_total", "revenue", "amount", "итого", "сумма", "сумма_заказа", "выручка", "к_оплате"],
    ),
    may("gross", &["gross", "subtotal", "sum_before_discount", "стоимость_товаров", "сумма_без_скидки"]),
    may("discount", &["discount", "total_discounts", "discount_amount", "скидка"]),
    may("tax", &["tax", "total_tax", "vat", "налог", "ндс"]),
    may("shipping", &["shipping", "shipping_cost", "delivery", "доставка", "стоимость_доставки"]),
    CURRENCY,
    CUSTOMER,
    CLIENT,
    may("utm_source", &["utm_source"]),
    may("utm_medium", &["utm_medium"]),
    may("utm_campaign", &["utm_campaign"]),
    may("bclid", &["bclid"]),
    may("gclid", &["gclid"]),
    may("wbraid", &["wbraid"]),
    may("gbraid", &["gbraid"]),
    may("yclid", &["yclid"]),
    may("fbclid", &["fbclid"]),
    may("ttclid", &["ttclid"]),
    may("msclkid", &["msclkid"]),
    may("rb_clickid", &["rb_clickid"]),
    may("li_fat_id", &["li_fat_id"]),
    may("twclid", &["twclid"]),
];

const REFUNDS: &[Field] = &[
    SOURCE,
    needed("refund_id", &["refund_id", "return_id", "номер_возврата", "id_возврата", "возврат", "id"]),
    needed("order_id", &["order_id", "order_number", "order", "transaction_id", "номер_заказа", "id_заказа", "заказ"]),
    needed("occurred_at", &["occurred_at", "refunded_at", "created_at", "date", "дата_возврата", "дата_и_время", "дата"]),
    UPDATED,
    needed("amount", &["amount", "refund_amount", "total", "value", "сумма_возврата", "сумма"]),
    CURRENCY,
];

const DEALS: &[Field] = &[
    SOURCE,
    needed("deal_id", &["deal_id", "lead_id", "номер_сделки", "id_сделки", "сделка", "id"]),
    needed("created_at", &["created_at", "date_create", "created", "date", "дата_создания", "создана", "создан", "дата"]),
    UPDATED,
    may("won_at", &["won_at", "closed_won_at", "close_date", "closed_at", "дата_закрытия", "закрыта", "выиграна"]),
    may("stage", &["stage", "status", "pipeline_stage", "этап", "этап_сделки", "стадия", "статус"]),
    may("amount", &["amount", "opportunity", "price", "value", "бюджет", "сумма"]),
    CURRENCY,
    may("order_id", &["order_id", "order_number", "номер_заказа", "id_заказа", "заказ"]),
    may("customer_key", &["customer_key", "contact_id", "customer_id", "email", "phone", "контакт", "клиент", "почта", "телефон"]),
    CLIENT,
];

const SPEND: &[Field] = &[
    may("source", &["source", "platform", "источник", "площадка", "система"]),
    may("account", &["account", "account_id", "customer_id", "login", "аккаунт", "кабинет", "логин"]),
    needed("day", &["day", "date", "segments_date", "день", "дата"]),
    may("campaign_id", &["campaign_id", "campaignid", "id_кампании", "номер_кампании"]),
    may("campaign_name", &["campaign_name", "campaign", "campaignname", "кампания", "название_кампании"]),
    may("ad_group_id", &["ad_group_id", "adgroup_id", "adset_id", "id_группы"]),
    may("ad_group_name", &["ad_group_name", "ad_group", "adgroup", "adset_name", "группа", "группа_объявлений"]),
    may("ad_id", &["ad_id", "id_объявления", "номер_объявления"]),
    may("ad_name", &["ad_name", "ad", "объявление", "заголовок_объявления"]),
    may("impressions", &["impressions", "impr", "shows", "views", "показы", "показов"]),
    may("clicks", &["clicks", "link_clicks", "клики", "кликов", "переходы"]),
    needed("cost", &["cost", "spend", "amount_spent", "spent", "расход", "расходы", "затраты", "потрачено", "стоимость", "расход_руб"]),
    CURRENCY,
    may("conversions", &["conversions", "results", "конверсии", "целевые_действия"]),
    may("channel", &["channel", "канал"]),
];

const RATES: &[Field] = &[
    needed("day", &["day", "date", "день", "дата"]),
    needed("currency", &["currency", "currency_code", "char_code", "code", "валюта", "код_валюты", "код"]),
    needed("value", &["value", "rate", "curs", "курс", "значение"]),
    // Of how many units the value is: central banks quote a hundred yen.
    may("nominal", &["nominal", "units", "номинал", "единиц"]),
];
