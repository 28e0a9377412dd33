//! `barker play` against a small server of the published contract, honest and not: an honest one passes, a lie never does.

#[cfg(test)]
mod ledger;
#[cfg(test)]
mod theatre;

#[cfg(test)]
mod tests {
    use barker_server::{
        market::{Existing, MarketSize, generate},
        play::{self, Clicks, PlayArgs},
    };
    use serde_json::Value;
    use tempfile::TempDir;

    use super::theatre::{Flaw, Theatre};

    const SIZE: MarketSize = MarketSize { clients: 60, advertisers: 5, campaigns: 10, days: 6 };

    /// A market on disk and the scoreboards of the runs with it.
    struct Run {
        folder: TempDir,
        args: PlayArgs,
    }

    impl Run {
        fn against(theatre: &Theatre) -> Self {
            let folder = tempfile::tempdir().unwrap();
            generate(&SIZE, 4).write(folder.path(), Existing::Keep).unwrap();
            let args = PlayArgs {
                dir: folder.path().into(),
                url: theatre.url().parse().unwrap(),
                days: Some(6),
                seed: 1,
                clicks: Clicks::ByScore,
                concurrency: 16,
                views_per_client: 3,
                json: Some(folder.path().join("scoreboard.json")),
            };
            Self { folder, args }
        }

        /// The verdict and the scoreboard.
        async fn play(&self) -> (bool, Value) {
            let passed = play::run(self.args.clone()).await.unwrap();
            let text = std::fs::read(self.folder.path().join("scoreboard.json")).unwrap();
            let scoreboard: Value = serde_json::from_slice(&text).unwrap();
            assert_eq!(scoreboard["passed"], passed);
            (passed, scoreboard)
        }
    }

    async fn play_with(flaw: Flaw) -> (bool, Value) {
        Run::against(&Theatre::open(flaw).await).play().await
    }

    fn rules(scoreboard: &Value) -> Vec<&str> {
        let mut rules: Vec<&str> = scoreboard["differences"].as_array().unwrap().iter().filter_map(|row| row["rule"].as_str()).collect();
        rules.sort_unstable();
        rules.dedup();
        rules
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_honest_server_passes_to_the_micro() {
        let (passed, scoreboard) = play_with(Flaw::None).await;
        assert!(passed, "{scoreboard:#}");
        assert!(scoreboard["total_unique_impressions"].as_i64().unwrap() > 100, "{scoreboard:#}");
        assert!(
            scoreboard["total_unique_clicks"].as_i64() > scoreboard["billable_clicks"].as_i64(),
            "clicks limits were met: {scoreboard:#}"
        );
        assert!(scoreboard["error_404_count"].as_i64().unwrap() > 0, "impressions limits were met: {scoreboard:#}");
        assert_eq!(scoreboard["revenue"], scoreboard["reported_revenue"]);
        assert_eq!(scoreboard["refused_changes_count"], 0);
        assert_eq!(scoreboard["impressions_count_mean_relative_error"], 0.0);
        assert_eq!(scoreboard["answered_ad_requests_count"], 60 * 3 * 6);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn one_request_at_a_time_and_equal_chances_pass_as_well() {
        let theatre = Theatre::open(Flaw::None).await;
        let mut run = Run::against(&theatre);
        run.args.concurrency = 1;
        run.args.clicks = Clicks::Uniform;
        run.args.days = None;
        let (passed, scoreboard) = run.play().await;
        assert!(passed, "{scoreboard:#}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_server_that_refuses_changes_after_the_start_passes_at_the_old_prices() {
        let (passed, scoreboard) = play_with(Flaw::RefusesChanges).await;
        assert!(passed, "{scoreboard:#}");
        assert!(scoreboard["refused_changes_count"].as_i64().unwrap() > 0);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_busy_server_is_waited_for() {
        let (passed, scoreboard) = play_with(Flaw::IsBusyAtTimes).await;
        assert!(passed, "{scoreboard:#}");
        assert!(scoreboard["busy_answers_count"].as_i64().unwrap() > 0);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_show_outside_the_targeting_is_noticed() {
        let (passed, scoreboard) = play_with(Flaw::IgnoresTargeting).await;
        assert!(!passed);
        assert!(scoreboard["not_matching_targeting_count"].as_i64().unwrap() > 0);
        assert!(scoreboard["mistargeted"][0]["reason"].is_string());
        assert_eq!(rules(&scoreboard), [""; 0]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn one_impression_counted_double_is_noticed() {
        let (passed, scoreboard) = play_with(Flaw::CountsOneImpressionTwice).await;
        assert!(!passed);
        assert_eq!(rules(&scoreboard), ["the campaign's day is what was seen", "the campaign's total is what was seen"]);
        assert!(scoreboard["impressions_count_mean_relative_error"].as_f64().unwrap() > 0.0);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn an_exceeded_limit_is_noticed() {
        let (passed, scoreboard) = play_with(Flaw::ExceedsImpressionsLimits).await;
        assert!(!passed);
        assert!(scoreboard["exceed_impressions_limit_count"].as_i64().unwrap() > 0);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_click_billed_above_its_limit_is_noticed() {
        let (passed, scoreboard) = play_with(Flaw::ExceedsClicksLimits).await;
        assert!(!passed);
        assert!(rules(&scoreboard).contains(&"the campaign's total is what was seen"));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn events_billed_at_the_first_price_are_noticed() {
        let (passed, scoreboard) = play_with(Flaw::BillsTheFirstPrice).await;
        assert!(!passed);
        let fields: Vec<_> = scoreboard["differences"].as_array().unwrap().iter().filter_map(|row| row["field"].as_str()).collect();
        assert!(fields.iter().all(|field| field.starts_with("spent_")), "{fields:?}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn errors_of_the_server_fail_the_run_and_do_not_end_it() {
        let (passed, scoreboard) = play_with(Flaw::FailsAtTimes).await;
        assert!(!passed);
        assert!(scoreboard["error_5xx_count"].as_i64().unwrap() > 0);
        assert_eq!(rules(&scoreboard), [""; 0]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn answers_that_are_cut_off_are_lost_and_not_asked_for_again() {
        let (passed, scoreboard) = play_with(Flaw::CutsAnswersOff).await;
        assert!(!passed, "the server counts impressions that nobody was told of");
        let lost = scoreboard["lost_answers_count"].as_u64().unwrap();
        assert!(lost > 0);
        assert_eq!(scoreboard["transport_errors_count"], lost);
        assert_eq!(scoreboard["answered_ad_requests_count"], 60 * 3 * 6 - lost);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn ads_of_an_earlier_run_are_foreign() {
        let theatre = Theatre::open(Flaw::None).await;
        let mut earlier = Run::against(&theatre);
        (earlier.args.days, earlier.args.views_per_client) = (Some(1), 1);
        earlier.play().await;
        let (_, scoreboard) = Run::against(&theatre).play().await;
        assert!(scoreboard["foreign_ads"].as_i64().unwrap() > 0, "{scoreboard:#}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_server_that_refuses_the_market_is_quoted() {
        let theatre = Theatre::open(Flaw::None).await;
        let mut run = Run::against(&theatre);
        run.args.url = format!("{}/elsewhere", theatre.url()).parse().unwrap();
        let error = play::run(run.args.clone()).await.unwrap_err();
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert_eq!(format!("{error}: {source}"), "the server would not set day 0: it answered 404 Not Found: nothing more");
    }

    #[test]
    fn a_run_may_be_spawned() {
        fn is_send(_: &impl Send) {}
        let url = "http://localhost".parse().unwrap();
        let args = PlayArgs {
            dir: "/".into(),
            url,
            days: None,
            seed: 1,
            clicks: Clicks::Uniform,
            concurrency: 1,
            views_per_client: 1,
            json: None,
        };
        is_send(&play::run(args));
    }
}
