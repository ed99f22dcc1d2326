//! What a clerk is told of a charge, and what is said of nobody: payments that are over, charges without an answer, what
//! a wrong site would do, and no secrets anywhere.

use super::*;

/// What `sweep` says of charges without an answer, as `kind id reference`.
fn unanswered(shop: &Shop, at: &str) -> (i32, Vec<Value>, String) {
    let ran = shop.run(&["--at", at, "sweep", "--strict", "--format", "json"]);
    let told: Value =
        serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}{}", ran.out, ran.err));
    (ran.code, list(&told, "deadlines").to_vec(), ran.err)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_charge_without_an_answer_is_told_by_the_sweep_until_it_is_found() {
    let shop = Shop::open(83).await;
    shop.ask("POST", "/admin/obstacles", json!({"call": "POST /v1/payments", "meets": "lost_before"})).await;
    ends(&shop.create(NOON, &form("APRO", ""), &R17), 1, &["nobody knows what became of attempt"]);
    let (code, told, _) = unanswered(&shop, "2026-10-02T12:05:00Z");
    assert_eq!((code, told), (0, vec![]), "it may be under way");
    let (code, told, said) = unanswered(&shop, "2026-10-02T12:05:01Z");
    assert_eq!((code, told.len()), (3, 1), "{told:?}");
    let row = &told[0];
    let words = ["kind", "seller", "standing", "amount", "currency", "reference"].map(|key| text(row, key));
    assert_eq!(words, ["attempt", SELLER, "open", "100.50", "ARS", "till-4-0017"]);
    assert_eq!(text(row, "due_at"), "2026-10-02T12:05:00Z");
    assert!(said.contains("1 charges have no answer: the same `conciliar payment create` again"), "{said}");
    let report = shop.desk.json(&["--at", "2026-10-02T13:00:00Z", "report", "deadlines"]);
    assert_eq!(list(&report, "deadlines").len(), 1, "{report}");
    ends(&shop.create("2026-10-02T12:06:00Z", &form("APRO", ""), &R17), 0, &["approved"]);
    let (code, told, said) = unanswered(&shop, "2026-10-02T13:00:00Z");
    assert_eq!((code, told), (0, vec![]), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_cancelled_or_refunded_is_no_success_and_may_be_paid_again() {
    let shop = Shop::open(84).await;
    ends(&shop.create(NOON, &form("CONT", ""), &R17), 0, &["in_process"]);
    let id = shop.payments("till-4-0017").await[0];
    shop.ask("PUT", &format!("/v1/payments/{id}"), json!({"status": "cancelled"})).await;
    let over = format!("payment {id} is cancelled, and pays nothing; --key TEXT makes another attempt");
    ends(&shop.create(NEXT_NOON, &form("CONT", ""), &R17), 3, &["was made before", &over]);
    ends(&shop.create(NEXT_NOON, &form("APRO", ""), &R17), 0, &["approved"]);
    let paid = shop.payments("till-4-0017").await[1];
    shop.ask("POST", &format!("/v1/payments/{paid}/refunds"), json!({})).await;
    let over = format!("payment {paid} is refunded, and pays nothing");
    let later = "2026-10-04T12:00:00Z";
    ends(&shop.create(later, &form("APRO", ""), &R17), 3, &["was made before", &over]);
    ends(&shop.create(later, &form("APRO 2", ""), &R17), 0, &["approved"]);
    assert_eq!(shop.payments("till-4-0017").await.len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_site_than_the_account_s_is_a_mistake_and_one_that_nobody_configured_charges_nothing_twice() {
    let shop = Shop::open(85).await;
    let whole = |token: &str| form(token, "").replace("100.5", "32000.00");
    ends(&shop.create(NOON, &whole("APRO"), &R17), 0, &["approved"]);
    shop.desk.write("form.json", whole("APRO 2").replace("32000.00", "32000"));
    let args = Shop::args(NEXT_NOON, "form.json", &R17);
    let chile: Vec<&str> = args.iter().map(|arg| if *arg == "MLA" { "MLC" } else { *arg }).collect();
    ends(&shop.run(&chile), 1, &["not allowed (already_paid)"]);
    shop.desk.write("conciliar.toml", format!("[sellers]\n{SELLER} = {{ site = \"MLA\" }}\n"));
    let configured = [&chile[..], &["--config", "conciliar.toml"]].concat();
    ends(&shop.run(&configured), 2, &["sells on MLA, not on MLC"]);
    assert_eq!(shop.payments("till-4-0017").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_secret_or_personal_is_told_whatever_goes_wrong() {
    let shop = Shop::open(86).await;
    let secret =
        |more: &str| form("TOKEN-OF-A-CARD", more).replace("payer@mail.example", "someone@mail.example");
    let refusal = json!({"call": "POST /v1/payments", "meets": {"refusal": {"code": 2006}}});
    let mut told = Vec::new();
    let mut tell = |ran: Ran, code: i32| {
        assert_eq!(ran.code, code, "{}{}", ran.out, ran.err);
        told.push(format!("{}{}", ran.out, ran.err));
    };
    let as_json = [&R17[..], &["--format", "json"]].concat();
    tell(shop.create(NOON, &secret("").replace("someone@", "someone at "), &R17), 2);
    tell(shop.create(NOON, &secret("").replace("\"12345678\"", "[12345678]"), &R17), 2);
    tell(shop.create(NOON, &secret("").replace("\"TOKEN-OF-A-CARD\"", "{\"TOKEN-OF-A-CARD\":1}"), &R17), 2);
    tell(shop.create(NOON, &secret(r#","payerName":"someone""#), &R17), 2);
    tell(shop.create(NOON, &secret(""), &[]), 2);
    shop.ask("POST", "/admin/obstacles", refusal).await;
    tell(shop.create(NOON, &secret(""), &as_json), 1);
    shop.ask("POST", "/admin/obstacles", json!({"call": "POST /v1/payments", "meets": "lost_before"})).await;
    tell(shop.create(NEXT_NOON, &secret(""), &as_json), 1);
    tell(shop.create(NEXT_NOON, &secret("").replace("visa", "master"), &as_json), 1);
    tell(shop.run(&["--at", NEXT_NOON, "report", "deadlines"]), 0);
    for text in &told {
        for hidden in ["TOKEN-OF-A-CARD", "someone", "12345678", shop.token.as_str()] {
            assert!(!text.contains(hidden), "{hidden}: {text}");
        }
    }
    let quiet = shop.create(NOON, &secret(""), &[&R17[..], &["--dry-run", "--quiet"]].concat());
    assert!(!quiet.err.contains("more often"), "{}", quiet.err);
}
