//! Report files: configured, asked for, found, downloaded, scheduled. Their sums are tested with the month.

use serde::Deserialize;

use super::Scene;

const CONFIG: &str = r#"{"file_name_prefix":"mine","columns":[{"key":"SOURCE_ID"},{"key":"TRANSACTION_TYPE"},{"key":"SETTLEMENT_DATE"}],"frequency":{"hour":4,"type":"daily","value":1},"separator":"|","display_timezone":"GMT-03"}"#;

#[derive(Deserialize)]
struct Task {
    id: u64,
    status: String,
    created_from: String,
    begin_date: String,
    end_date: String,
    file_name: Option<String>,
}

#[derive(Deserialize)]
struct Found {
    results: Vec<Task>,
}

#[tokio::test]
async fn a_file_takes_a_quarter_of_an_hour() {
    let scene = Scene::start(1).await;
    scene.advance(3 * 86_400).await;
    let path = "/v1/account/release_report";
    let body = r#"{"begin_date":"2026-10-01T03:00:00Z","end_date":"2026-10-02T02:59:59Z"}"#;
    let task: Task = scene.post(path, body).await.read(202);
    assert_eq!((task.status.as_str(), task.created_from.as_str()), ("pending", "manual"));
    scene.advance(899).await;
    assert!(scene.get(&format!("{path}/task/{}", task.id)).await.read::<Task>(200).file_name.is_none());
    assert!(scene.get(&format!("{path}/list")).await.read::<Vec<Task>>(200).is_empty());
    scene.advance(1).await;
    let listed: Vec<Task> = scene.get(&format!("{path}/list")).await.read(200);
    let name = listed[0].file_name.clone().expect("a file");
    assert!(name.starts_with("release-report-1122334455-2026-10-04-"), "{name}");
    assert!(scene.get(&format!("{path}/{name}")).await.is(200).starts_with("DATE,SOURCE_ID,"));
    let found: Found = scene.get(&format!("{path}/search?file_name={name}&limit=500")).await.read(200);
    assert_eq!(found.results.iter().map(|task| task.id).collect::<Vec<_>>(), [task.id]);
    assert_eq!(scene.get(&format!("{path}/another.csv")).await.refused().0, 404);
    let other = scene.call(1, "GET", &format!("{path}/{name}"), None, "").await;
    assert_eq!(other.refused().0, 404);
}

#[tokio::test]
async fn periods_are_a_day_to_sixty_and_past() {
    let scene = Scene::start(1).await;
    scene.advance(70 * 86_400).await;
    for (begin, end) in [
        ("2026-10-01T03:00:00Z", "2026-10-02T02:00:00Z"),
        ("2026-10-01T03:00:00Z", "2026-12-01T03:00:00Z"),
        ("2026-12-09T03:00:00Z", "2026-12-20T03:00:00Z"),
        ("2026-10-02T03:00:00Z", "2026-10-01T03:00:00Z"),
        ("soon", "2026-10-01T03:00:00Z"),
    ] {
        let body = format!(r#"{{"begin_date":"{begin}","end_date":"{end}"}}"#);
        let told = scene.post("/v1/account/settlement_report", &body).await;
        assert_eq!(told.refused().0, 400, "{begin} {end}");
    }
}

#[tokio::test]
async fn a_configuration_is_made_once_and_shapes_the_files() {
    let scene = Scene::start(1).await;
    let path = "/v1/account/settlement_report";
    // The two reports answer differently when nothing is configured.
    assert_eq!(scene.get(&format!("{path}/config")).await.refused().0, 400);
    assert_eq!(scene.get("/v1/account/release_report/config").await.refused().0, 404);
    scene.post(&format!("{path}/config"), CONFIG).await.is(201);
    assert_eq!(scene.post(&format!("{path}/config"), CONFIG).await.refused().0, 409);
    assert!(scene.get(&format!("{path}/config")).await.is(200).ends_with(r#""scheduled":false}"#));
    let payment = scene.paid("k", "100").await;
    scene.advance(2 * 86_400).await;
    let body = r#"{"begin_date":"2026-10-01T03:00:00Z","end_date":"2026-10-02T02:59:59Z"}"#;
    let task: Task = scene.post(path, body).await.read(202);
    scene.advance(900).await;
    let task: Task = scene.get(&format!("{path}/task/{}", task.id)).await.read(200);
    let name = task.file_name.expect("a file");
    assert!(name.starts_with("mine-"), "{name}");
    let file = scene.get(&format!("{path}/{name}")).await.is(200);
    let row = format!("{}|SETTLEMENT|2026-10-01T00:00:00.001-03:00\n", payment.id);
    assert_eq!(file, format!("SOURCE_ID|TRANSACTION_TYPE|SETTLEMENT_DATE\n{row}"));
}

#[tokio::test]
async fn a_schedule_makes_a_file_each_day_until_it_is_stopped() {
    let scene = Scene::start(1).await;
    let path = "/v1/account/settlement_report";
    assert_eq!(scene.post(&format!("{path}/schedule"), "").await.refused().0, 400);
    scene.post(&format!("{path}/config"), CONFIG).await.is(201);
    let next: Task = scene.post(&format!("{path}/schedule"), "").await.read(200);
    assert_eq!(next.created_from, "schedule");
    scene.advance(3 * 86_400).await;
    let made: Vec<Task> = scene.get(&format!("{path}/list")).await.read(200);
    let periods: Vec<_> =
        made.iter().map(|task| (task.begin_date.as_str(), task.end_date.as_str())).collect();
    assert_eq!(
        periods,
        [
            ("2026-09-30T03:00:00Z", "2026-10-01T02:59:59Z"),
            ("2026-10-01T03:00:00Z", "2026-10-02T02:59:59Z"),
            ("2026-10-02T03:00:00Z", "2026-10-03T02:59:59Z"),
        ]
    );
    let changed = CONFIG.replace("daily", "weekly");
    let refused = scene.call(0, "PUT", &format!("{path}/config"), None, &changed).await;
    assert_eq!(refused.refused().0, 400);
    scene.call(0, "DELETE", &format!("{path}/schedule"), None, "").await.is(200);
    scene.call(0, "PUT", &format!("{path}/config"), None, &changed).await.is(200);
    scene.advance(10 * 86_400).await;
    assert_eq!(scene.get(&format!("{path}/list")).await.read::<Vec<Task>>(200).len(), 3);
}
