//! Report files that nobody makes are ordered, each once, whatever dies or refuses meanwhile.

use super::scene::{Kept, Provider, seller};
use super::*;

const SETTLEMENT: &str = "/v1/account/settlement_report";
const RELEASE: &str = "/v1/account/release_report";
const LATER: &str = "2026-10-21T11:59:00Z";
const NEXT_DAY: &str = "2026-10-21T12:00:00Z";

/// A provider that lists no file and takes every order.
async fn provider() -> Provider {
    let provider = Provider::start().await;
    let bodies = [SETTLEMENT, RELEASE].into_iter().flat_map(|report| {
        [
            (report.to_owned(), r#"{"id":1,"status":"pending","file_name":null}"#.to_owned()),
            (format!("{report}/list"), "[]".to_owned()),
        ]
    });
    provider.world().bodies.extend(bodies);
    provider
}

/// What was ordered since the last look.
fn ordered(provider: &Provider) -> Vec<String> {
    let asked = std::mem::take(&mut provider.world().asked);
    asked.into_iter().filter(|path| [SETTLEMENT, RELEASE].contains(&path.as_str())).collect()
}

async fn round(provider: &Provider, store: &Arc<dyn Store>, at: &str) -> Result<Polled, PollError> {
    let poller = provider.poller(store, Arc::new(Kept::default()), &scene::config(""), at);
    poller.round(&seller(), Crawl::Reports).await
}

#[tokio::test]
async fn a_file_that_nobody_makes_is_ordered_once_a_day_by_all_pollers_together() {
    let (_folder, stores) = stores().await;
    for store in stores {
        let provider = provider().await;
        let rounds = tokio::join!(
            round(&provider, &store, NOW),
            round(&provider, &store, NOW),
            round(&provider, &store, NOW)
        );
        for ended in [rounds.0, rounds.1, rounds.2] {
            ended.expect("the provider answers");
        }
        let mut first = ordered(&provider);
        first.sort_unstable();
        assert_eq!(first, [RELEASE, SETTLEMENT]);
        round(&provider, &store, LATER).await.expect("the provider answers");
        assert_eq!(ordered(&provider), [] as [&str; 0], "a poller that is started again knows of it");
        round(&provider, &store, NEXT_DAY).await.expect("the provider answers");
        assert_eq!(ordered(&provider), [SETTLEMENT, RELEASE]);
    }
}

#[tokio::test]
async fn a_file_of_a_schedule_or_of_a_person_is_waited_for() {
    let (provider, store) = (provider().await, memory());
    let file = |made: &str| {
        format!(r#"[{{"id":1,"status":"processed","file_name":"r.csv","date_created":"{made}"}}]"#)
    };
    provider.world().bodies.extend([
        (format!("{SETTLEMENT}/config"), r#"{"scheduled":true}"#.to_owned()),
        (format!("{RELEASE}/config"), r#"{"scheduled":false}"#.to_owned()),
        (format!("{RELEASE}/list"), file("2026-10-19T12:01:00Z")),
        (format!("{RELEASE}/r.csv"), "DATE\n".to_owned()),
    ]);
    round(&provider, &store, NOW).await.expect("the provider answers");
    assert_eq!(ordered(&provider), [] as [&str; 0]);
    provider.world().bodies.insert(format!("{RELEASE}/list"), file("2026-10-19T12:00:00Z"));
    round(&provider, &store, NOW).await.expect("the provider answers");
    assert_eq!(ordered(&provider), [RELEASE], "it has become too old");
}

#[tokio::test]
async fn an_order_that_was_refused_is_made_again_and_one_that_nobody_knows_of_is_not() {
    let (provider, store) = (provider().await, memory());
    let release = provider.world().bodies.remove(RELEASE).expect("it was laid in");
    provider.world().broken.insert(SETTLEMENT.to_owned());
    let error = round(&provider, &store, NOW).await.expect_err("it has no answer");
    assert!(matches!(error, PollError::Order { report: "settlement", .. }), "{error:?}");
    assert!(error.is_transient() && !error.is_fatal());
    let error = round(&provider, &store, NOW).await.expect_err("it is refused");
    assert!(matches!(error, PollError::Order { report: "release", .. }), "{error:?}");
    assert!(!error.is_transient() && !error.is_fatal());
    assert_eq!(ordered(&provider), [SETTLEMENT, RELEASE]);
    provider.world().bodies.insert(RELEASE.to_owned(), release);
    provider.world().broken.clear();
    round(&provider, &store, LATER).await.expect("the provider answers");
    assert_eq!(ordered(&provider), [RELEASE]);
}

#[tokio::test]
async fn nothing_is_ordered_that_is_not_wanted() {
    let (provider, store) = (provider().await, memory());
    let config = scene::config("reports_order_days = 0");
    let poller = provider.poller(&store, Arc::new(Kept::default()), &config, NOW);
    poller.round(&seller(), Crawl::Reports).await.expect("the provider answers");
    assert_eq!(provider.world().asked, [format!("{SETTLEMENT}/list"), format!("{RELEASE}/list")]);
}
