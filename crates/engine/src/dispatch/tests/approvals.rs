//! Orders that a second person let go: what came before that is not their doing.

use domain::payment::machine::Payment;
use domain::payment::{Command, Funds};
use mercadopago::topics::Resource;

use super::*;
use crate::clock::Clock;
use crate::config::Config;
use crate::execute::{By, Wrote};
use crate::response::{Response, Taken};
use crate::samples::SELLER;

/// Somebody does something at a time, above a limit of ten.
async fn order(scene: &Scene, now: &str, command: Command) {
    let text = "[approval]\nabove = { ARS = \"10.00\" }";
    let config = Config::read(Some(("test", text)), []).expect("it fits");
    let desk = Desk { config, clock: Clock::Fixed(at(now)), ..scene.desk() };
    let by = By { actor: "ana".into(), key: "key-r1".into(), errand: None };
    let wrote = desk.execute::<Payment>(&stream(57), command, by).await;
    assert_eq!(wrote.expect("the rules allow it"), Wrote::Facts);
}

async fn request(scene: &Scene) {
    let (request, actor, reason) = ("r1".into(), "ana".into(), "wrong size".into());
    let funds = Funds::Unchecked;
    let command = Command::RequestRefund { request, amount_minor: Some(1250), funds, actor, reason };
    order(scene, NOW, command).await;
    assert_eq!(scene.stage(57, "r1").await, Stage::Held);
}

async fn approve(scene: &Scene, now: &str) {
    let command =
        Command::ApproveOrder { request: "r1".into(), funds: Funds::Unchecked, actor: "ben".into() };
    order(scene, now, command).await;
}

#[tokio::test]
async fn a_refund_by_hand_before_the_approval_is_not_the_orders() {
    let scene = Scene::paid().await;
    scene.world().echoes = false;
    request(&scene).await;
    scene.world().refund_elsewhere("57", 1250, "collector");
    approve(&scene, "2026-03-08T10:05:00Z").await;
    let (status, body) = refusal(400, 2031);
    scene.world().next("POST", Fate::Answer(status, body));
    let ended = told(&scene.once_at("2026-03-08T10:05:00Z").await);
    assert_eq!(ended, ["57/r1 refused 2031"], "nothing was sent before it was approved");
}

#[tokio::test]
async fn a_refund_that_the_books_knew_at_the_approval_is_not_the_orders() {
    let scene = Scene::paid().await;
    scene.world().echoes = false;
    request(&scene).await;
    scene.world().refund_elsewhere("57", 1250, "collector");
    let body = scene.world().body("57").to_string();
    let seller = SellerId::from(SELLER);
    let response = Response { seller: &seller, resource: Resource::Payment, id: "57", body: body.as_bytes() };
    let taken = scene.desk().take(response).await.expect("the store answers");
    assert!(matches!(taken, Taken::Told(_)), "{taken:?}");
    approve(&scene, NOW).await;
    scene.world().next("POST", Fate::LoseAnswer);
    assert_eq!(scene.once().await.waiting.len(), 1);
    assert_eq!(told(&scene.once().await), ["57/r1 done"]);
    assert_eq!(scene.stage(57, "r1").await, Stage::Done { refund: Some("572".into()) });
}
