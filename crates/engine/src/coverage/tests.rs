//! Coverage of a hand-made inbox, exact.

use std::sync::Arc;

use domain::text::Text;
use mercadopago::observe::{Channel, DeliveryKind};
use report::coverage::Finding;
use store::inbox::{Body, InboxKey};

use super::*;
use crate::clock::Clock;
use crate::config::Config;
use crate::ingest::{Ingester, Tally};
use crate::item::{Item, Kind};
use crate::samples::{at, config, item, payment, stores};

const SETTLEMENT: &str = "EXTERNAL_REFERENCE,SOURCE_ID,USER_ID,PAYMENT_METHOD_TYPE,PAYMENT_METHOD,SITE,TRANSACTION_TYPE,\
TRANSACTION_AMOUNT,TRANSACTION_CURRENCY,TRANSACTION_DATE,FEE_AMOUNT,SETTLEMENT_NET_AMOUNT,SETTLEMENT_CURRENCY,SETTLEMENT_DATE\n";

fn settlement(rows: &[(u64, &str, &str)]) -> Vec<u8> {
    let mut text = SETTLEMENT.to_owned();
    for (id, word, amount) in rows {
        text.push_str(&format!(
            "ref,{id},7,credit_card,visa,MLA,{word},{amount},ARS,2026-03-02T10:00:00.000-04:00,0,{amount},ARS,\
             2026-03-02T10:00:00.000-04:00\n"
        ));
    }
    text.into_bytes()
}

/// A payment that came over a channel.
fn told(id: u64, channel: Channel, minute: u32) -> Item {
    let received_at = at(&format!("2026-03-02T15:{minute:02}:00Z"));
    let key = InboxKey(format!("{id}-{minute}").into());
    Item { channel, received_at, key, ..payment(id, "10") }
}

/// A notification that points at a payment.
fn announced(id: u64, channel: Channel, minute: u32) -> Item {
    let body = format!(r#"{{"type":"payment","user_id":7,"data":{{"id":"{id}"}}}}"#);
    let received_at = at(&format!("2026-03-02T15:{minute:02}:00Z"));
    Item { channel, received_at, ..item(DeliveryKind::Notification, "payment", &body) }
}

fn file(name: &str, bytes: Vec<u8>, minute: u32) -> Item {
    let received_at = at(&format!("2026-03-02T15:{minute:02}:00Z"));
    Item {
        kind: Kind::File,
        key: InboxKey(format!("file:{name}").into()),
        topic: "settlement_report".into(),
        channel: Channel::Import,
        origin: name.into(),
        received_at,
        body: Body::whole(bytes),
        ..item(DeliveryKind::Resource, "settlement_report", "")
    }
}

/// The rows of a release report, as files give them.
fn released(ids: &[u64], minute: u32) -> Vec<Item> {
    let mut text = "DATE,SOURCE_ID,EXTERNAL_REFERENCE,RECORD_TYPE,DESCRIPTION,NET_CREDIT_AMOUNT,NET_DEBIT_AMOUNT,GROSS_AMOUNT,\
                    MP_FEE_AMOUNT,CURRENCY\n"
        .to_owned();
    for id in ids {
        text.push_str(&format!(
            "2026-03-02T10:00:00.000-04:00,{id},ref,release,payment,10.00,0.00,10.00,0.00,ARS\n"
        ));
    }
    let now = at(&format!("2026-03-02T15:{minute:02}:00Z"));
    let reading = Reading { sellers: config().sellers, now };
    let mut items = Vec::new();
    crate::files::read_download("release.csv", text.as_bytes(), &"7".into(), &reading, &mut |item| {
        items.push(item);
        Ok(())
    })
    .expect("nothing stops the reading");
    items
}

async fn take(store: &Arc<dyn Store>, config: &Config, items: Vec<Item>) -> Tally {
    let clock = Clock::Fixed(at("2026-03-02T16:00:00Z"));
    let ingester = Ingester::new(Arc::clone(store), config.clone(), clock);
    let mut tally = Tally::default();
    ingester.take(&Ingester::look(config, items), &mut tally).await.expect("the store takes them");
    tally
}

/// Id, sources by their first minute (w, p, r, i, f), finding, overdue.
fn shown(row: &Row) -> (String, String, Option<Finding>, bool) {
    let minutes =
        |(word, first_at): (char, &Option<Instant>)| first_at.map(|at| format!("{word}{}", at.format("%M")));
    let seen: Vec<String> = "wprif".chars().zip(&row.first_at).filter_map(minutes).collect();
    (format!("{}/{}", row.kind, row.id), seen.join(" "), row.finding, row.is_overdue)
}

async fn rows(store: &dyn Store, asked: &Asked<'_>) -> (Vec<Row>, Summary) {
    let mut rows = Vec::new();
    let summary = coverage(store, asked, |row| rows.push(row)).await.expect("the store answers");
    (rows, summary)
}

#[tokio::test]
async fn who_told_of_a_payment_and_what_nobody_told_is_exact() {
    let (_folder, stores) = stores().await;
    let config = config();
    let asked = Asked {
        period: Period::default(),
        now: at("2026-03-02T15:59:00Z"),
        lag: TimeDelta::minutes(30),
        sellers: &config.sellers,
    };
    for store in stores {
        let mut items = vec![
            announced(1, Channel::Webhook, 1),
            told(1, Channel::Response, 2),
            told(2, Channel::Poll, 3),
            announced(3, Channel::Ipn, 4),
            announced(9, Channel::Webhook, 50),
            told(4, Channel::Import, 5),
            file("one.csv", settlement(&[(5, "SETTLEMENT", "10.00"), (1, "SETTLEMENT", "10.00")]), 6),
            file("two.csv", settlement(&[(5, "SETTLEMENT", "10.00"), (8, "PAYOUTS", "-5.00")]), 7),
            file("odd.csv", b"no report".to_vec(), 8),
        ];
        items.extend(released(&[6, 2], 9));
        let tally = take(&store, &config, items).await;
        assert_eq!((tally.refused, tally.undecodable), (0, 0), "{tally:?}");
        let (rows, summary) = rows(&*store, &asked).await;
        let lost = Some(Finding::LostWebhook);
        let missing = Some(Finding::MissingSale);
        let expected = [
            ("payment/1", "w01 r02 f06", None, false),
            ("payment/2", "p03 f09", lost, true),
            ("payment/3", "w04", Some(Finding::Unread), true),
            ("payment/4", "i05", None, false),
            ("payment/5", "f06", missing, true),
            ("payment/6", "f09", missing, true),
            ("payment/9", "w50", Some(Finding::Unread), false),
        ];
        let expected =
            expected.map(|(id, seen, finding, overdue)| (id.to_owned(), seen.to_owned(), finding, overdue));
        assert_eq!(rows.iter().map(shown).collect::<Vec<_>>(), expected);
        let [counted] = &summary.types[..] else { panic!("{:?}", summary.types) };
        assert_eq!((&*counted.seller, &*counted.kind, counted.ids), ("7", "payment", 7));
        assert_eq!(counted.by_source, [3, 1, 1, 1, 4]);
        assert_eq!(
            (counted.lost_webhooks, counted.unread, counted.missing_sales, counted.gaps),
            (1, 2, 2, 3)
        );
        assert_eq!(summary.files_not_read, [Text::from("odd.csv")]);
    }
}

#[tokio::test]
async fn what_was_read_later_is_no_gap_any_more() {
    let (_folder, stores) = stores().await;
    let config = config();
    let asked = Asked {
        period: Period::default(),
        now: at("2026-04-02T15:59:00Z"),
        lag: TimeDelta::zero(),
        sellers: &config.sellers,
    };
    for store in stores {
        let notice = announced(3, Channel::Webhook, 4);
        take(&store, &config, vec![notice.clone()]).await;
        let (_, summary) = rows(&*store, &asked).await;
        assert_eq!(summary.types[0].gaps, 1);
        let answer = Item { caused_by: Some(notice.key.clone()), ..told(3, Channel::Response, 5) };
        take(&store, &config, vec![answer]).await;
        let (_, summary) = rows(&*store, &asked).await;
        assert_eq!((summary.types[0].gaps, summary.types[0].unread), (0, 0));
    }
}

#[tokio::test]
async fn strangers_and_other_times_are_left_out() {
    let (_folder, [store, _]) = stores().await;
    let ours =
        Config::read(Some(("c", "[sellers]\n\"8\" = { site = \"MLA\" }\n")), []).expect("a configuration");
    let everybody = config();
    take(&store, &everybody, vec![told(2, Channel::Poll, 3), told(4, Channel::Poll, 30)]).await;
    let count = async |sellers: &Sellers, period: Period| {
        let asked = Asked { period, now: at("2026-03-03T00:00:00Z"), lag: TimeDelta::zero(), sellers };
        rows(&*store, &asked).await.0.len()
    };
    assert_eq!(count(&everybody.sellers, Period::default()).await, 2);
    assert_eq!(count(&ours.sellers, Period::default()).await, 0);
    let late = Period { from: Some(at("2026-03-02T15:10:00Z")), to: None };
    assert_eq!(count(&everybody.sellers, late).await, 1);
}

#[tokio::test]
async fn rows_of_a_downloaded_file_are_of_the_seller_who_was_asked() {
    let (_folder, [store, _]) = stores().await;
    let config = config();
    // Settlement files can be without the seller's column.
    let text = String::from_utf8(settlement(&[(5, "SETTLEMENT", "10.00")])).expect("text");
    let nameless = text.replace("USER_ID,", "").replace(",7,", ",");
    let reading = Reading { sellers: config.sellers.clone(), now: at("2026-03-02T15:06:00Z") };
    let mut items = Vec::new();
    crate::files::read_download("one.csv", nameless.as_bytes(), &"7".into(), &reading, &mut |item| {
        items.push(item);
        Ok(())
    })
    .expect("nothing stops the reading");
    take(&store, &config, items).await;
    let asked = Asked {
        period: Period::default(),
        now: at("2026-03-02T15:59:00Z"),
        lag: TimeDelta::zero(),
        sellers: &config.sellers,
    };
    let (rows, summary) = rows(&*store, &asked).await;
    assert_eq!(summary.files_not_read, [] as [Text; 0]);
    let found: Vec<_> = rows.iter().map(|row| (&*row.seller, &*row.id, row.finding)).collect();
    assert_eq!(found, [("7", "5", Some(Finding::MissingSale))]);
}

#[tokio::test]
async fn what_is_open_is_counted_beyond_a_page() {
    let (_folder, [store, _]) = stores().await;
    let config = config();
    let notices = (1..=PAGE + 2).map(|id| announced(id, Channel::Webhook, 1)).collect();
    take(&store, &config, notices).await;
    let asked = Asked {
        period: Period::default(),
        now: at("2026-03-02T15:59:00Z"),
        lag: TimeDelta::zero(),
        sellers: &config.sellers,
    };
    let (_, summary) = rows(&*store, &asked).await;
    assert_eq!((summary.types[0].unread, summary.types[0].gaps), (PAGE + 2, PAGE + 2));
}
