//! One history that cannot be read holds up itself and nothing else.

use domain::stream::{StreamId, StreamKind};

use super::*;
use crate::samples::{stream, tamper, write_event};

fn history(kind: StreamKind, id: &str) -> StreamId {
    StreamId::from_stored(kind, &format!("{SELLER}/{id}")).expect("it has a seller")
}

/// A payment of which nobody heard again.
fn forgotten(id: u64) -> Item {
    let body = format!(
        r#"{{"id":{id},"collector_id":{SELLER},"currency_id":"ARS","status":"pending","status_detail":"",
        "transaction_amount":10,"transaction_details":{{"net_received_amount":10}},"charges_details":[],
        "date_created":"2026-09-01T07:00:00Z","date_last_updated":"2026-09-01T07:00:00Z"}}"#
    );
    item(DeliveryKind::Resource, "payment", &body)
}

#[tokio::test]
async fn all_others_are_swept_and_it_is_told_by_name_and_place() {
    let (_folder, stores) = stores().await;
    for store in &stores {
        tamper(&**store, stream(1)).await;
        write_event(&**store, history(StreamKind::Intent, "b:i-1"), "intent.requested", 1).await;
        write_event(&**store, history(StreamKind::Preapproval, "gym"), "preapproval.opened", 1).await;
        take(store, declined()).await;
        take(store, [forgotten(2)]).await;
        let (config, mut faults) = (config(), Faults::default());
        let broom = broom(store, &config, "2026-10-05T13:00:00Z");
        let swept = sweep(broom, Messages::Write, &mut faults, |_| {}).await.expect("the store answers");
        assert_eq!((swept.presumed, swept.told), (1, 1));
        let begin = at("2026-01-01T00:00:00Z");
        let found = each_finding(&**store, &config, begin, broom.as_of, &mut faults, |_, _| {}).await;
        found.expect("the store answers");
        let told: Vec<_> = faults.iter().map(ToString::to_string).collect();
        let expected = [
            "event 1 of intent/7/b:i-1 (position 2) cannot be read",
            "event 1 of payment/7/1 (position 1) cannot be read",
            "event 1 of preapproval/7/gym (position 3) cannot be read",
        ];
        let mut sorted = told.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, expected, "each once, though several walks met it");
        assert!(faults.none().is_err());
    }
}

#[tokio::test]
async fn what_a_newer_program_wrote_stops_it() {
    let (_folder, [store, _]) = stores().await;
    write_event(&*store, stream(1), "payment.teleported", 1).await;
    let (config, mut faults) = (config(), Faults::default());
    let broom = broom(&store, &config, "2026-10-05T13:00:00Z");
    let error =
        sweep(broom, Messages::Write, &mut faults, |_| {}).await.expect_err("it is not ours to judge");
    assert!(matches!(error, EngineError::Newer { .. }), "{error:?}");
    assert!(faults.is_empty());
}
