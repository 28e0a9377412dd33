//! The dashboard that a new project opens on: what came in, what it cost, which channel and which campaign earned it.

use barker_domain::{sheet::SheetTerms, user::Locale};
use serde_json::{Value, json};

/// What it says, in the language of whoever made the project.
pub(crate) fn first_dashboard(locale: Locale) -> SheetTerms {
    let say = |russian: &'static str, english: &'static str| match locale {
        Locale::Ru => russian,
        Locale::En => english,
    };
    let numbers = ["cost", "revenue", "romi", "orders"].iter().zip(0..).map(|(metric, place)| {
        let label = barker_domain::metric::Metric::named(metric).map(|metric| metric.label);
        let title = label.map_or("", |label| say(label.russian, label.english));
        widget((metric, "number", title), (place * 3, 0, 3, 2), &json!({"metrics": [metric]}))
    });
    let trend = json!({"metrics": ["cost", "revenue"], "group_by": ["day"]});
    let channels = json!({"metrics": ["revenue"], "group_by": ["channel"], "limit": 12});
    let campaigns = json!({
        // As many as a screen of a laptop has room for.
        "metrics": ["clicks", "cost", "cpc", "orders", "revenue", "cpa", "romi"], "group_by": ["campaign_name"],
        "sort": ["-cost"], "limit": 50,
    });
    let rest = [
        widget(("trend", "line", say("Расход и выручка по дням", "Cost and revenue by day")), (0, 2, 8, 5), &trend),
        widget(("channels", "bar", say("Выручка по каналам", "Revenue by channel")), (8, 2, 4, 5), &channels),
        widget(("campaigns", "table", say("Кампании", "Campaigns")), (0, 7, 12, 8), &campaigns),
    ];
    let widgets: Vec<_> = numbers.chain(rest).collect();
    let content = json!({"period": {"window": "30d", "compare_to": "previous_period"}, "refresh_seconds": 900, "widgets": widgets});
    SheetTerms { name: say("Обзор", "Overview").to_owned(), content }
}

fn widget((id, kind, title): (&str, &str, &str), (x, y, width, height): (i32, i32, i32, i32), query: &Value) -> Value {
    json!({"id": id, "kind": kind, "title": title, "place": {"x": x, "y": y, "width": width, "height": height}, "query": query})
}
