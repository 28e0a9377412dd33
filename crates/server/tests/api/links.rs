//! Links of ads: followed, counted once by the rules of every click, and led on to the landing page.

use std::sync::Arc;

use barker_app::{import, outbox};
use barker_domain::Day;
use barker_testkit::Backend;
use barker_warehouse::question::{Attribution, Dimension, Key, Measure, Question, Sales};
use jiff::tz::TimeZone;
use reqwest::{Method, Response, StatusCode, redirect::Policy};
use rstest::rstest;
use rstest_reuse::apply;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    every_database,
    harness::{Answer, TestApp, TestCampaign, terms},
    people::Person,
};

const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0";
const LANDING: &str = "https://shop.example/bears?size=xl#reviews";
const HOUR_MS: i64 = 3_600_000;

/// A campaign whose ad leads somewhere, and whoever owns it.
struct Street {
    app: TestApp,
    anna: Person,
    campaign: TestCampaign,
    browser: reqwest::Client,
}

impl Street {
    async fn open(on: Backend, changes: Value) -> Self {
        let app = TestApp::start(on).await;
        let anna = app.person("anna").await;
        let campaign = app.campaign(changes).await;
        let browser = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
        let street = Self { app, anna, campaign, browser };
        street.change(json!({"creative": {"landing_url": LANDING}})).await;
        street
    }

    /// Changes the ad.
    async fn change(&self, changes: Value) {
        let path = format!("{}/ads/{}", self.project(), self.campaign.id);
        self.app.patch_as(&self.anna.access_token, &path, &changes).await.expect(200);
    }

    fn project(&self) -> String {
        format!("/api/v1/projects/{}", self.app.project.id())
    }

    /// The token of the link that a client is given.
    async fn token(&self, client: Uuid) -> String {
        let ad = self.app.get(&format!("/ads?client_id={client}")).await.expect(200);
        let url = ad["click_url"].as_str().unwrap_or_else(|| panic!("{ad}"));
        url.strip_prefix("https://ads.example.com/c/").unwrap_or_else(|| panic!("{url}")).to_owned()
    }

    async fn shown(&self) -> (Uuid, String) {
        let client = self.app.client().await;
        (client, self.token(client).await)
    }

    async fn follow_as(&self, method: Method, token: &str, headers: &[(&str, &str)]) -> Response {
        let request = self.browser.request(method, self.app.url(&format!("/c/{token}")));
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).send().await.unwrap()
    }

    /// Where a person is led to.
    async fn follow(&self, token: &str) -> String {
        led(&self.follow_as(Method::GET, token, &[("user-agent", BROWSER)]).await)
    }

    /// Clicks that are kept, by a new session: the clock may have been moved.
    async fn clicks(&self, query: &str) -> Vec<Value> {
        let (token, _) = self.app.log_in(&self.anna.email).await;
        let path = format!("{}/advertisers/{}/clicks?{query}", self.project(), self.campaign.advertiser_id);
        self.app.get_as(&token, &path).await.expect(200).as_array().unwrap().clone()
    }

    /// What clicks have come to, by name.
    async fn outcomes(&self) -> Vec<String> {
        let mut outcomes: Vec<_> = self.clicks("").await.iter().map(|row| row["outcome"].as_str().unwrap().to_owned()).collect();
        outcomes.sort();
        outcomes
    }
}

fn led(response: &Response) -> String {
    assert_eq!(response.status(), StatusCode::FOUND);
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert_eq!(response.headers()["referrer-policy"], "no-referrer");
    response.headers()["location"].to_str().unwrap().to_owned()
}

/// The click's id in an address.
fn click_id(address: &str) -> Uuid {
    let (_, id) = address.split_once("bclid=").unwrap_or_else(|| panic!("{address}"));
    id[..36].parse().unwrap()
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_counts_once_whoever_follows_it_together_and_leads_to_the_landing_page(#[case] on: Backend) {
    let street = Street::open(on, json!({})).await;
    let client = street.app.client().await;
    let (token, again) = (street.token(client).await, street.token(client).await);
    assert_eq!(street.app.stats(street.campaign.id).await, (1, 0, 1.5));
    let all = tokio::join!(street.follow(&token), street.follow(&again), street.follow(&token), street.follow(&again));
    let (id, campaign) = (click_id(&all.0), street.campaign.id);
    let expected = format!(
        "https://shop.example/bears?size=xl&utm_source=barker&utm_medium=display&utm_campaign={campaign}&utm_content={campaign}&bclid={id}#reviews"
    );
    for address in [all.0, all.1, all.2, all.3, street.follow(&token).await] {
        assert_eq!(address, expected);
    }
    // What a site reports besides is the same click.
    street.app.click(campaign, client).await;
    assert_eq!(street.app.stats(campaign).await, (1, 1, 11.5));
    assert_eq!(street.outcomes().await, ["billed"]);
    assert_eq!(street.clicks("").await[0]["click_id"], json!(id), "what the page was told is the click");
    let street = Street { app: street.app.restart().await, ..street };
    assert_eq!(street.follow(&token).await, expected, "links outlive the server");
    street.app.assert_audit_is_clean().await;
}

#[apply(every_database)]
#[tokio::test]
async fn a_key_is_replaced_when_it_is_old_and_what_it_signed_leads_on(#[case] on: Backend) {
    let street = Street::open(on, json!({"end_date": 500})).await;
    let (_, first) = street.shown().await;
    let (_, late) = street.shown().await;
    street.app.app.keep_house().await.unwrap();
    let keys = async || street.app.app.store().list_link_keys().await.unwrap().len();
    assert_eq!(keys().await, 1, "it is new");
    street.app.clock.advance_ms(90 * 24 * HOUR_MS - 1);
    street.app.app.keep_house().await.unwrap();
    let (_, of_old) = street.shown().await;
    street.app.clock.advance_ms(1);
    street.app.app.keep_house().await.unwrap();
    assert_eq!(keys().await, 2);
    let (_, of_new) = street.shown().await;
    for token in [&first, &of_old, &of_new] {
        street.follow(token).await;
    }
    assert_eq!(street.outcomes().await, ["billed", "billed", "link_expired"], "the first is three months old");
    let street = Street { app: street.app.restart().await, ..street };
    assert!(street.follow(&late).await.starts_with("https://shop.example/bears"), "and leads on after a restart");
    street.app.assert_audit_is_clean().await;
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_click_is_led_on_and_kept_and_the_click_that_follows_counts(#[case] on: Backend) {
    let street = Street::open(on, json!({})).await;
    let (client, token) = street.shown().await;
    let browser = ("user-agent", BROWSER);
    let crawler = ("user-agent", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)");
    for _ in 0..2 {
        for (method, headers) in [
            (Method::GET, vec![crawler]),
            (Method::GET, vec![]),
            (Method::GET, vec![browser, ("sec-purpose", "prefetch;prerender")]),
            (Method::GET, vec![browser, ("x-moz", "prefetch")]),
            (Method::HEAD, vec![browser]),
        ] {
            let address = led(&street.follow_as(method, &token, &headers).await);
            assert!(address.starts_with("https://shop.example/bears?size=xl&utm_source=barker"), "{address}");
        }
    }
    street.app.clock.advance_ms(25 * HOUR_MS);
    let late = street.follow(&token).await;
    assert_eq!(street.follow(&token).await, late);
    let aside = ["bot", "link_expired", "prefetch"];
    assert_eq!(street.outcomes().await, aside);
    assert_eq!(street.app.stats(street.campaign.id).await, (1, 0, 1.5), "none of it is counted or paid for");
    // Memory is read anew, and knows them apart.
    let street = Street { app: street.app.restart().await, ..street };
    assert_eq!(street.follow(&token).await, late);
    street.follow_as(Method::GET, &token, &[crawler]).await;
    assert_eq!(street.outcomes().await, aside);
    assert_ne!(street.follow(&street.token(client).await).await, late, "the ad is given again, with a link of now");
    assert_eq!(street.outcomes().await, ["billed", "bot", "link_expired", "prefetch"]);
    assert_eq!(street.app.stats(street.campaign.id).await, (1, 1, 11.5));
    for outcome in aside {
        let listed = street.clicks(&format!("outcome={outcome}")).await;
        assert_eq!((listed.len(), &listed[0]["outcome"]), (1, &json!(outcome)));
    }
    street.app.assert_audit_is_clean().await;
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_hold_for_links_and_a_finished_campaign_leads_on(#[case] on: Backend) {
    let street = Street::open(on, json!({"impressions_limit": 4, "clicks_limit": 1})).await;
    let shown = [street.shown().await, street.shown().await, street.shown().await, street.shown().await];
    let [one, two, three, four] = shown.each_ref().map(|(_, token)| token.as_str());
    tokio::join!(street.follow(one), street.follow(two), street.follow(three));
    street.app.day(11).await;
    assert!(street.follow(four).await.starts_with("https://shop.example/"));
    assert_eq!(street.outcomes().await, ["billed", "clicks_limit", "clicks_limit", "clicks_limit"]);
    assert_eq!(street.app.stats(street.campaign.id).await, (4, 1, 16.0));
    street.app.assert_audit_is_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_leads_on_when_nothing_can_be_counted_any_more() {
    let street = Street::open(Backend::Sqlite, json!({})).await;
    let nobody = street.app.client().await;
    let preview = format!("{}/decisions/preview?client_id={nobody}", street.project());
    let preview = street.app.get_as(&street.anna.access_token, &preview).await.expect(200);
    let previewed = preview[0]["click_url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    assert!(street.follow(&previewed).await.contains("bclid="));
    assert_eq!(street.outcomes().await, ["no_impression"]);

    let [first, second, third, fourth] = [street.shown().await, street.shown().await, street.shown().await, street.shown().await];
    street.change(json!({"status": "paused", "creative": {"landing_url": "https://shop.example/winter?utm_source=own"}})).await;
    let address = street.follow(&first.1).await;
    assert_eq!(address, format!("https://shop.example/winter?utm_source=own&bclid={}", click_id(&address)), "where it leads now");
    street.app.send(Method::DELETE, &format!("/clients/{}", second.0), None).await.expect(204);
    let uncounted = "https://shop.example/winter?utm_source=own";
    assert_eq!(street.follow(&second.1).await, uncounted, "an erased client");
    street.app.send(Method::DELETE, &street.campaign.path(), None).await.expect(204);
    assert_eq!(street.follow(&third.1).await, uncounted, "a deleted campaign");
    let archive = format!("{}/archive", street.project());
    street.app.send_as(&street.anna.access_token, Method::POST, (&archive, None)).await.expect(200);
    assert_eq!(street.follow(&fourth.1).await, uncounted, "an archived project");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ad_without_a_landing_page_has_no_link_and_one_that_lost_it_leads_nowhere() {
    let street = Street::open(Backend::Sqlite, json!({})).await;
    let (_, token) = street.shown().await;
    let (client, shown) = (street.app.client().await, street.shown().await);
    street.change(json!({"creative": {"landing_url": null}})).await;
    let ad = street.app.get(&format!("/ads?client_id={client}")).await.expect(200);
    assert!(ad.get("click_url").is_none(), "{ad}");
    let refused = street.follow_as(Method::GET, &token, &[("user-agent", BROWSER)]).await;
    assert_eq!(Answer::read(refused).await.problem(404).0, "ad-link-not-found");
    let page = [("user-agent", BROWSER), ("accept", "text/html,application/xhtml+xml,*/*;q=0.8")];
    let page = street.follow_as(Method::GET, &shown.1, &page).await;
    assert_eq!((page.status().as_u16(), page.headers()["content-type"].to_str().unwrap()), (404, "text/html; charset=utf-8"));
    let page = page.text().await.unwrap();
    assert!(page.contains("leads nowhere") && page.contains("никуда не ведёт"), "{page}");
    assert_eq!(street.outcomes().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forged_link_counts_nothing_whatever_is_changed_in_it() {
    let street = Street::open(Backend::Sqlite, json!({})).await;
    let (_, token) = street.shown().await;
    for place in 0..token.len() {
        let letter = if &token[place..=place] == "A" { "B" } else { "A" };
        let mut forged = token.clone();
        forged.replace_range(place..=place, letter);
        let refused = street.follow_as(Method::GET, &forged, &[("user-agent", BROWSER)]).await;
        assert_eq!(refused.status(), 404, "{place}: {forged}");
    }
    for forged in ["x", &token[1..], &format!("{token}A"), &format!("{token}=="), "https:%2F%2Fevil.example"] {
        let refused = street.follow_as(Method::GET, forged, &[("user-agent", BROWSER)]).await;
        assert_eq!(Answer::read(refused).await.problem(404).0, "ad-link-not-found", "{forged}");
    }
    assert_eq!(street.outcomes().await, [""; 0]);
    assert!(street.follow(&token).await.contains("bclid="), "the true one counts all the same");
}

#[apply(every_database)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_counts_in_the_project_that_it_names_and_in_no_other(#[case] on: Backend) {
    let street = Street::open(on, json!({})).await;
    let other = street.app.project_of(&street.anna, "Other").await;
    let (_, key) = street.app.key(&street.anna, other, &["serve", "manage", "read"]).await;
    let (client, advertiser) = (street.app.client().await, street.campaign.advertiser_id);
    // The same client and the same advertiser, as far as their ids tell.
    let person = json!([{"client_id": client, "login": "anna", "age": 30, "location": "Moscow", "gender": "FEMALE"}]);
    street.app.post_as(&key, "/clients/bulk", &person).await.expect(201);
    street.app.post_as(&key, "/advertisers/bulk", &json!([{"advertiser_id": advertiser, "name": "Smart"}])).await.expect(201);
    let theirs = street.app.post_as(&key, &format!("/advertisers/{advertiser}/campaigns"), &terms()).await.expect(201);
    let ad = format!("/api/v1/projects/{other}/ads/{}", theirs["campaign_id"].as_str().unwrap());
    let landing = json!({"creative": {"landing_url": "https://other.example/"}});
    street.app.patch_as(&street.anna.access_token, &ad, &landing).await.expect(200);
    street.token(client).await;
    let shown = street.app.get_as(&key, &format!("/ads?client_id={client}")).await.expect(200);
    let token = shown["click_url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    assert!(street.follow(&token).await.starts_with("https://other.example/?utm_source=barker"));
    assert_eq!(street.outcomes().await, [""; 0], "nothing here");
    let clicks = format!("/api/v1/projects/{other}/advertisers/{advertiser}/clicks");
    let clicks = street.app.get_as(&street.anna.access_token, &clicks).await.expect(200);
    assert_eq!((clicks.as_array().unwrap().len(), &clicks[0]["outcome"]), (1, &json!("billed")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_that_knows_the_click_belongs_to_its_campaign() {
    let street = Street::open(Backend::Sqlite, json!({})).await;
    let (_, token) = street.shown().await;
    let id = click_id(&street.follow(&token).await);
    outbox::catch_up(&street.app.app).await.unwrap();
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("orders.csv");
    let stranger = Uuid::now_v7();
    let orders = format!(
        "order_id,date,total,currency,bclid,client_id\n1,2026-01-02,100,RUB,{id},\n2,2026-01-02,30,RUB,{stranger},\n\
         3,2026-01-02,7,RUB,,\n4,2026-01-02,400,RUB,{id},somebody-of-the-shop\n"
    );
    std::fs::write(&file, orders).unwrap();
    let plan = import::Plan {
        project_id: street.app.project.id(),
        kind: import::Kind::Orders,
        file,
        rejects: home.path().join("rejects.csv"),
        wanted: import::Wanted::default(),
        time_zone: None,
    };
    let summary = import::run(&street.app.app, plan, Arc::new(|_| ())).await.unwrap();
    assert_eq!((summary.taken, summary.rejected), (4, 0));
    let epoch = street.app.app.store().find_project(street.app.project.id()).await.unwrap().unwrap().epoch;
    let question = Question {
        project_id: street.app.project.id(),
        days: (epoch, Day(epoch.0 + 100)),
        between_ms: None,
        time_zone: TimeZone::UTC,
        currency: "RUB".to_owned(),
        measures: vec![Measure::Revenue, Measure::NewCustomers],
        group_by: vec![Dimension::Campaign, Dimension::Channel],
        filters: Vec::new(),
        sales: Sales::Orders,
        is_net_of_refunds: false,
        conversion_events: Vec::new(),
        attribution: Attribution::default(),
        limit: u32::MAX,
    };
    let answer = street.app.app.warehouse().sums(question).await.unwrap();
    let mut rows: Vec<_> = answer.rows.iter().map(|row| (format!("{:?}", row.keys), row.sums[0].unwrap() / 1_000_000)).collect();
    rows.sort_by_key(|(_, revenue)| *revenue);
    let campaign = format!("{:?}", [Key::Text(street.campaign.id.to_string()), Key::Text("display".to_owned())]);
    let [nobody, unknown, ours] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!(*ours, (campaign, 500), "both know the campaign: {rows:?}");
    assert_eq!((nobody.1, unknown.1), (7, 30), "a click that nobody knows lends it no campaign: {rows:?}");
}
