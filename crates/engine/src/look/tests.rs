//! What a delivery is about.

use mercadopago::observe::DeliveryKind::{Notification, Resource};

use super::*;
use crate::config::Config;
use crate::files::{Reading, read_download};
use crate::samples::{at, config, item, payment};

fn subject(item: &Item) -> Option<Text> {
    look(item, &config().sellers).subject()
}

#[test]
fn a_delivery_is_about_what_it_tells_or_points_at() {
    let notices = [
        ("payment", r#"{"type":"payment","user_id":7,"data":{"id":"100"}}"#, Some("payment/100")),
        (
            "subscription_preapproval",
            r#"{"type":"subscription_preapproval","data":{"id":"s"}}"#,
            Some("preapproval/s"),
        ),
        ("topic_merchant_order_wh", r#"{"id":"29","data":{"status":"closed"}}"#, Some("merchant_order/29")),
        ("subscription_authorized_payment", r#"{"data":{"id":"6"}}"#, Some("authorized_payment/6")),
        ("point_integration_wh", r#"{"id":"i-1"}"#, Some("intent/b:i-1")),
        ("stop_delivery_op_wh", r#"{"data":{"id":"1"}}"#, None),
        ("mp-connect", r#"{"action":"application.authorized","user_id":7}"#, None),
    ];
    for (topic, body, expected) in notices {
        assert_eq!(subject(&item(Notification, topic, body)).as_deref(), expected, "{topic}");
    }
    assert_eq!(subject(&payment(5, "1.00")).as_deref(), Some("payment/5"));
    assert_eq!(subject(&item(Resource, "payment", "{")), None);
}

#[test]
fn what_a_stranger_sold_is_named_all_the_same() {
    let ours =
        Config::read(Some(("c", "[sellers]\n\"8\" = { site = \"MLA\" }\n")), []).expect("a configuration");
    let looked = look(&payment(5, "1.00"), &ours.sellers);
    assert!(matches!(&looked, Looked::Settled { verdict: Verdict::Refused { .. }, .. }));
    assert_eq!(looked.subject().as_deref(), Some("payment/5"));
}

#[test]
fn a_release_row_is_about_the_payment_that_it_names() {
    let csv = "DATE,SOURCE_ID,EXTERNAL_REFERENCE,RECORD_TYPE,DESCRIPTION,NET_CREDIT_AMOUNT,NET_DEBIT_AMOUNT,GROSS_AMOUNT,\
               MP_FEE_AMOUNT,CURRENCY\n2026-10-18T10:00:00.000-04:00,5,ref,release,payment,10.00,0.00,10.00,0.00,ARS\n";
    let reading = Reading { sellers: config().sellers, now: at("2026-10-20T00:00:00Z") };
    let mut subjects = Vec::new();
    let mut keep = |item: Item| {
        subjects.push(subject(&item));
        Ok(())
    };
    read_download("r.csv", csv.as_bytes(), &"7".into(), &reading, &mut keep)
        .expect("nothing stops the reading");
    assert_eq!(subjects, [Some(Text::from("payment/5"))]);
}
