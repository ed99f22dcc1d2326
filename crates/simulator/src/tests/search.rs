//! The search of payments: windows, order, pages, filters.

use serde::Deserialize;

use super::{Payment, Scene};

#[derive(Deserialize)]
struct Found {
    paging: Paging,
    results: Vec<Payment>,
}

#[derive(Deserialize)]
struct Paging {
    total: usize,
    limit: usize,
    offset: usize,
}

async fn sold(count: u64) -> Scene {
    let scene = Scene::start(3).await;
    scene.post("/admin/sell", &format!(r#"{{"count":{count},"days":10}}"#)).await.is(201);
    scene.advance(10 * 86_400).await;
    scene
}

async fn found(scene: &Scene, query: &str) -> Found {
    scene.get(&format!("/v1/payments/search?{query}")).await.read(200)
}

#[tokio::test]
async fn pages_show_every_payment_once_in_order() {
    let scene = sold(130).await;
    let mut seen = Vec::new();
    for offset in [0, 50, 100] {
        let query =
            format!("sort=date_last_updated&criteria=asc&range=date_last_updated&limit=50&offset={offset}");
        let page = found(&scene, &query).await;
        assert_eq!((page.paging.total, page.paging.limit, page.paging.offset), (130, 50, offset));
        seen.extend(page.results.into_iter().map(|payment| (payment.date_last_updated, payment.id)));
    }
    assert_eq!(seen.len(), 130);
    assert!(seen.is_sorted_by(|a, b| a < b));
    let usual = found(&scene, "").await;
    assert_eq!((usual.paging.limit, usual.results.len()), (30, 30));
}

#[tokio::test]
async fn windows_hold_both_ends_and_cut_between_two_payments() {
    let scene = sold(20).await;
    let all = found(&scene, "sort=date_last_updated&criteria=asc&limit=50").await.results;
    let at = |place: usize| all[place].date_last_updated.clone();
    let window = format!(
        "range=date_last_updated&begin_date={}&end_date={}&sort=date_last_updated&criteria=asc",
        at(5),
        at(9)
    );
    let ids: Vec<u64> = found(&scene, &window).await.results.iter().map(|payment| payment.id).collect();
    assert_eq!(ids, all[5..=9].iter().map(|payment| payment.id).collect::<Vec<_>>());
    assert_eq!(found(&scene, "begin_date=NOW-1MINUTES&end_date=NOW").await.paging.total, 0);
}

#[tokio::test]
async fn filters_and_sellers_narrow_the_search() {
    let scene = sold(300).await;
    let all = found(&scene, "limit=50").await.paging.total;
    let approved = found(&scene, "status=approved").await;
    let rest = found(&scene, "status=rejected").await;
    assert!(approved.paging.total > 0 && rest.paging.total > 0 && approved.paging.total < all);
    assert!(rest.results.iter().all(|payment| payment.status == "rejected"));
    assert_eq!(found(&scene, "external_reference=pedido-000007").await.paging.total, 1);
    let other = scene.call(1, "GET", "/v1/payments/search", None, "").await;
    assert_eq!(other.read::<Found>(200).paging.total, 0);
}

#[tokio::test]
async fn pages_offsets_and_windows_have_limits() {
    let scene = Scene::start(1).await;
    for (query, code) in [
        ("limit=51", 8),
        ("offset=10001", 8),
        ("begin_date=NOW-365DAYS&end_date=NOW", 9062),
        ("begin_date=soon", 23),
        ("range=date_of_birth", 8),
    ] {
        let told = scene.get(&format!("/v1/payments/search?{query}")).await;
        assert_eq!(told.refused().2, Some(code), "{query}");
    }
    scene.get("/v1/payments/search?limit=50&offset=10000&begin_date=NOW-364DAYS").await.is(200);
}
