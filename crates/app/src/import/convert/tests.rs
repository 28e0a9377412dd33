//! What rows of every kind become, and what they are refused for.

use barker_domain::Day;
use jiff::Timestamp;

use super::{
    super::{Wanted, table::Row},
    *,
};

/// 2026-11-22, noon.
const NOW: &str = "2026-11-22T12:00:00Z";

fn converted(kind: Kind, header: &str, row: &str) -> std::result::Result<Fact, Reject> {
    let header: Vec<_> = header.split(',').map(str::to_owned).collect();
    converted_cells(kind, &header, &row.split(',').collect::<Vec<_>>())
}

fn converted_cells(kind: Kind, header: &[String], row: &[&str]) -> std::result::Result<Fact, Reject> {
    let now_ms = NOW.parse::<Timestamp>().unwrap().as_millisecond();
    let conversion = Conversion {
        kind,
        mapping: Mapping::find(kind, header, &Wanted::default()).unwrap(),
        header: header.to_owned(),
        mark: DecimalMark::Point,
        order: DateOrder::DayFirst,
        time_zone: TimeZone::UTC,
        currency: "RUB".to_owned(),
        now_ms,
        newest_ms: event::newest_ms(false, now_ms),
    };
    let row = Row { line: 2, cells: row.iter().map(|cell| (*cell).to_owned()).collect() };
    conversion.convert(row).map(|fact| fact.unwrap())
}

fn refused(kind: Kind, header: &str, row: &str) -> String {
    let reject = converted(kind, header, row).unwrap_err();
    format!("{} {}", reject.field, reject.code.map_or("", RejectCode::as_str))
}

fn order(header: &str, row: &str) -> Order {
    let Ok(Fact::Order(order)) = converted(Kind::Orders, &format!("id,date,total,{header}"), &format!("7,2026-11-01,5,{row}")) else {
        panic!("{row} is no order")
    };
    *order
}

#[test]
fn every_click_id_of_platforms_tells_the_channel_of_an_order() {
    for (name, channel) in [
        ("bclid", "display"),
        ("gclid", "paid_search"),
        ("wbraid", "paid_search"),
        ("gbraid", "paid_search"),
        ("yclid", "paid_search"),
        ("fbclid", "social"),
        ("ttclid", "paid_social"),
        ("msclkid", "paid_search"),
        ("rb_clickid", "paid_social"),
        ("li_fat_id", "paid_social"),
        ("twclid", "paid_social"),
    ] {
        let order = order(name, "abc");
        assert_eq!((order.click_id, order.channel.as_str()), ((name.to_owned(), "abc".to_owned()), channel), "{name}");
    }
    let event = converted(Kind::Events, "id,event,time,wbraid", "1,session_start,2026-11-01T10:00:00Z,w").unwrap();
    let Fact::Event(event) = event else { panic!("{event:?}") };
    assert_eq!((event.channel.as_str(), event.attributes.as_str()), ("paid_search", ""));
}

#[test]
fn an_event_of_a_file_is_written_like_one_of_a_batch() {
    let header = ["id", "event", "time", "attributes", "click_ids", "attributes.size", "color"].map(str::to_owned);
    let row =
        ["1", "session_start", "2026-11-01T10:00:00Z", r#"{"coupon": "A", "is_new": true, "no": null}"#, r#"{"yclid": "Y"}"#, "42", "red"];
    let Ok(Fact::Event(event)) = converted_cells(Kind::Events, &header, &row) else { panic!("{row:?} is no event") };
    assert_eq!((event.click_id.0.as_str(), event.channel.as_str()), ("yclid", "paid_search"));
    assert_eq!(event.attributes, r#"{"color":"red","coupon":"A","is_new":"true","size":"42"}"#);
    let row = ["1", "session_start", "2026-11-01T10:00:00Z", "plain", r#"{"mine": 1}"#];
    let Ok(Fact::Event(event)) = converted_cells(Kind::Events, &header, &row) else { panic!("{row:?} is no event") };
    assert_eq!(event.attributes, r#"{"attributes":"plain","click_ids":"{\"mine\": 1}"}"#, "nothing is left out");
}

#[test]
fn an_event_of_a_file_keeps_all_its_columns() {
    let mut header = ["event", "time"].map(str::to_owned).to_vec();
    header.extend((0..60).map(|place| format!("c{place}")));
    let row: Vec<_> = ["lead", "2026-11-01T10:00:00Z"].into_iter().chain(std::iter::repeat_n("x", 60)).collect();
    let Ok(Fact::Event(event)) = converted_cells(Kind::Events, &header, &row) else { panic!("{row:?} is no event") };
    assert_eq!(event.attributes.matches(":\"x\"").count(), 60);
}

#[test]
fn a_dash_is_nothing_and_a_cost_that_is_not_there_is_not_known() {
    let Ok(Fact::Spend(_, _, row)) = converted(Kind::Spend, "date,cost,impressions,conversions", "2026-11-01,--,7, -") else {
        panic!("a dash is nothing")
    };
    assert_eq!((row.cost, row.impressions, row.conversions_micros), (Micros::ZERO, 7, 0));
    assert_eq!(refused(Kind::Spend, "date,cost,impressions", "2026-11-01,,7"), "cost required");
}

#[test]
fn where_a_customer_came_from_is_not_the_shop() {
    assert_eq!(order("Источник", "Яндекс").source, "import");
    assert_eq!(order("Магазин", "Лавка").source, "Лавка");
    let spend = converted(Kind::Spend, "Источник,Дата,Расход,Impr.", "vk,2026-11-01,5,70").unwrap();
    let Fact::Spend(source, _, row) = spend else { panic!("{spend:?}") };
    assert_eq!((source.as_str(), row.impressions), ("vk", 70));
}

#[test]
fn rates_are_of_one_unit_whatever_they_are_quoted_for() {
    let rate = |row: &str| {
        let Fact::Rate(rate) = converted(Kind::Rates, "Номинал,Дата,Курс,Код", row).unwrap() else { panic!("{row}") };
        (rate.currency, rate.value_nanos)
    };
    assert_eq!(rate("100,2026-11-01,52.1234,JPY"), ("JPY".to_owned(), 521_234_000));
    assert_eq!(rate("1,2026-11-01,90.1234,USD"), ("USD".to_owned(), 90_123_400_000));
    assert_eq!(rate(",2026-11-01,0.0051234,IDR"), ("IDR".to_owned(), 5_123_400));
    assert_eq!(rate("3,2026-11-01,0.000000005,IDR"), ("IDR".to_owned(), 2), "rounded half up");
    let wrong = |row: &str| refused(Kind::Rates, "Номинал,Дата,Курс,Код", row);
    assert_eq!(wrong("0,2026-11-01,5,JPY"), "nominal positive");
    assert_eq!(wrong("1.5,2026-11-01,5,JPY"), "nominal whole_number");
    assert_eq!(wrong("100,2026-11-01,0.000000001,JPY"), "value positive");
    assert_eq!(wrong("1,2026-11-01,0.0000000001,JPY"), "value decimals");
    assert_eq!(wrong("1,2026-11-01,10000000000,JPY"), "value number");
}

#[test]
fn doubles_of_programs_are_amounts() {
    let net = |text: &str| converted(Kind::Orders, "id,date,total", &format!("7,2026-11-01,{text}"));
    for (text, expected) in [("0.30000000000000004", 300_000), ("1e+3", 1_000_000_000), ("19.990000000000002", 19_990_000)] {
        let Ok(Fact::Order(order)) = net(text) else { panic!("{text}") };
        assert_eq!(order.net, Micros(expected), "{text}");
    }
    assert_eq!(refused(Kind::Orders, "id,date,total", "7,2026-11-01,0.1234567"), "net decimals");
}

#[test]
fn every_kind_keeps_the_lengths_of_events() {
    let long = "a".repeat(201);
    assert_eq!(refused(Kind::Orders, "id,date,total", &format!("{long},2026-11-01,5")), "order_id length");
    assert_eq!(refused(Kind::Deals, "id,date,customer_key", &format!("7,2026-11-01,{long}")), "customer_key length");
    assert_eq!(refused(Kind::Spend, "date,cost,campaign", &format!("2026-11-01,5,{}", "a".repeat(2_001))), "campaign_name length");
    assert!(converted(Kind::Orders, "id,date,total", &format!("{},2026-11-01,5", "ж".repeat(200))).is_ok());
}

#[test]
fn every_kind_keeps_the_dates_of_events() {
    for (kind, header) in [(Kind::Orders, "date,id,total"), (Kind::Refunds, "date,id,total,order"), (Kind::Deals, "date,id,amount")] {
        for day in ["0001-01-01", "1999-12-31", "2026-11-24"] {
            let field = if kind == Kind::Deals { "created_at" } else { "occurred_at" };
            assert_eq!(refused(kind, header, &format!("{day},7,5,7")), format!("{field} time_range"), "{day}");
        }
        assert!(converted(kind, header, "2026-11-23,7,5,7").is_ok(), "clocks are not alike everywhere");
    }
}

#[test]
fn what_may_lie_ahead_is_kept() {
    assert!(converted(Kind::Deals, "id,date,won_at", "7,2026-11-01,2027-06-01").is_ok(), "closing may be a plan");
    assert_eq!(refused(Kind::Spend, "date,cost", "0001-01-01,5"), "day time_range");
    assert_eq!(refused(Kind::Rates, "date,currency,rate", "2027-01-01,USD,5"), "day time_range");
    let tomorrow = converted(Kind::Rates, "date,currency,rate", "2026-11-24,USD,5").unwrap();
    assert!(matches!(tomorrow, Fact::Rate(rate) if rate.day == Day::parse("2026-11-24").unwrap()), "known before it comes");
}

#[test]
fn nothing_is_shown_or_clicked_less_than_never() {
    assert_eq!(refused(Kind::Spend, "date,cost,clicks", "2026-11-01,5,-1"), "clicks negative");
    assert_eq!(refused(Kind::Spend, "date,cost,impressions", "2026-11-01,5,-1"), "impressions negative");
    assert!(converted(Kind::Spend, "date,cost", "2026-11-01,-5").is_ok(), "platforms give back");
}

#[test]
fn a_stage_of_a_pipeline_is_won_as_its_name_says() {
    for (stage, is_won) in [("C1:WON", true), ("Won", true), ("C1:LOSE", false), ("WON:C1", false)] {
        let Ok(Fact::Deal(deal)) = converted(Kind::Deals, "id,date,stage", &format!("7,2026-11-01,{stage}")) else { panic!("{stage}") };
        assert_eq!(deal.won_at_ms != 0, is_won, "{stage}");
    }
}
