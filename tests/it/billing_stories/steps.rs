//! The steps of a story.
//!
//! ```text
//! subscribe NAME AMOUNT every N days|months [until DATE]   a payer signs up with a card
//! clock TIME                                               virtual time passes
//! hear [payments|invoices|subscriptions]                   the program reads what it was told of, in the order of the notices
//! card NAME HOLDER                                         what the card does from now on
//! instalment NAME NUMBER HOLDER…                           what it does at the tries of one instalment
//! mistake NAME NUMBER missed|doubled|overcharged           what the provider does wrong
//! charge NAME                                              the provider charges now, wherever the subscription stands
//! refund NAME AMOUNT                                       the seller gives a part of a payment back
//! decide NAME approved|rejected                            the bank answers late
//! conciliar ARGS…                                          the program is run; with `--format csv` what it prints is told
//! conciliar ARGS… (two at once)                            two processes
//! ```

use std::process::Stdio;

use axum::http::Method;
use serde_json::Value;

use super::lines;
use super::scene::Scene;
use crate::bin::Ran;

/// Takes one step; tells all that followed.
pub fn take(scene: &mut Scene, step: &str) -> Vec<String> {
    let words: Vec<&str> = step.split_whitespace().collect();
    let mut said = Vec::new();
    match *words {
        ["subscribe", name, amount, "every", count, unit, ref rest @ ..] => {
            subscribe(scene, name, amount, (count, unit), rest);
        }
        ["clock", time] => {
            scene.ask(Method::POST, "/admin/advance", format!(r#"{{"to":"{time}"}}"#));
        }
        ["hear"] => hear(scene, ""),
        ["hear", what] => hear(scene, what),
        ["card", name, holder] => admin(scene, name, "card", &format!(r#"{{"holder":"{holder}"}}"#)),
        ["instalment", name, number, ref holders @ ..] => {
            let path = format!("instalments/{number}");
            admin(scene, name, &path, &format!(r#"{{"holders":["{}"]}}"#, holders.join("\",\"")));
        }
        ["mistake", name, number, word] => {
            admin(scene, name, &format!("instalments/{number}"), &format!(r#"{{"mistake":"{word}"}}"#));
        }
        ["refund", name, amount] => {
            let path = format!("/v1/payments/{}/refunds", scene.id(name));
            scene.ask_once(&path, format!(r#"{{"amount":{amount}}}"#));
        }
        ["charge", name] => admin(scene, name, "charge", ""),
        ["decide", name, status] => {
            let body = format!(r#"{{"payment":{},"status":"{status}"}}"#, scene.id(name));
            scene.ask(Method::POST, "/admin/decide", body);
        }
        ["conciliar", ref args @ .., "(two", "at", "once)"] => twice(scene, args),
        ["conciliar", ref args @ ..] => {
            let ran = scene.run(args, "");
            said = say(&ran, args.contains(&"csv"));
        }
        _ => panic!("`{step}` is no step of a story"),
    }
    let followed = lines::written(scene);
    said.into_iter().chain(followed).map(|line| scene.named(&line).trim_end().to_owned()).collect()
}

fn subscribe(scene: &mut Scene, name: &str, amount: &str, every: (&str, &str), rest: &[&str]) {
    let end = match rest {
        [] => String::new(),
        ["until", end] => format!(r#","end_date":"{end}""#),
        _ => panic!("`{}` cannot be read in a story", rest.join(" ")),
    };
    let (count, unit) = every;
    let body = format!(
        r#"{{"reason":"{name}","external_reference":"ref-{name}","payer_email":"payer@mail.example",
        "back_url":"https://shop.example","status":"authorized","card_token_id":"good","auto_recurring":
        {{"frequency":{count},"frequency_type":"{unit}","transaction_amount":{amount},"currency_id":"ARS"{end}}}}}"#
    );
    let made: Value =
        serde_json::from_slice(&scene.ask(Method::POST, "/preapproval", body)).expect("a subscription");
    scene.call(made["id"].as_str().expect("an id"), name);
}

fn admin(scene: &Scene, name: &str, path: &str, body: &str) {
    let path = format!("/admin/subscriptions/{}/{path}", scene.id(name));
    scene.ask(Method::POST, &path, body.to_owned());
}

/// Reads what the provider told of, and gives it to the program as one batch.
fn hear(scene: &mut Scene, what: &str) {
    scene.listen();
    let (mut deliveries, mut left) = (String::new(), Vec::new());
    for (topic, id) in std::mem::take(&mut scene.unheard) {
        let (kind, resource, path) = match topic.as_str() {
            "payment" => ("payments", "payment", format!("/v1/payments/{id}")),
            "subscription_preapproval" => ("subscriptions", "preapproval", format!("/preapproval/{id}")),
            "subscription_authorized_payment" => {
                ("invoices", "authorized_payment", format!("/authorized_payments/{id}"))
            }
            _ => continue,
        };
        if !(what.is_empty() || what == kind) {
            left.push((topic, id));
            continue;
        }
        match kind {
            "payments" => scene.number(&id, "payment"),
            "invoices" => scene.number(&id, "invoice"),
            _ => {}
        }
        let body = String::from_utf8(scene.ask(Method::GET, &path, String::new())).expect("JSON is text");
        for refund in refunds(&body) {
            scene.number(&refund, "refund");
        }
        let at = scene.now().to_rfc3339();
        deliveries += &format!(
            r#"{{"kind":"resource","topic":"{resource}","channel":"response","received_at":"{at}","seller":"1122334455","site":"MLA","body":{body}}}"#
        );
        deliveries.push('\n');
    }
    scene.unheard = left;
    let ran = scene.run(&["ingest", "-", "--strict", "--quiet"], &deliveries);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
}

/// Ids of the refunds of a payment.
fn refunds(body: &str) -> Vec<String> {
    let body: Value = serde_json::from_str(body).expect("JSON");
    let refunds = body["refunds"].as_array().map_or(&[][..], Vec::as_slice);
    refunds.iter().map(|refund| refund["id"].to_string()).collect()
}

/// How a run ended, as the person at the terminal sees it.
fn say(ran: &Ran, prints: bool) -> Vec<String> {
    let mut said = Vec::new();
    if ran.code != 0 {
        said.push(format!("exit     {}", ran.code));
    }
    said.extend(ran.err.lines().map(|line| format!("says     {line}")));
    if prints {
        said.extend(ran.out.lines().map(|line| format!("prints   {line}")));
    }
    said
}

/// Two processes at once; what they say depends on who is first, what they write does not.
fn twice(scene: &Scene, args: &[&str]) {
    let (args, variables) = (scene.args(args), scene.variables());
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    let start = || {
        let mut command = scene.desk.command(&args);
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        command.spawn().expect("the built binary starts")
    };
    for child in [start(), start()] {
        let ended = child.wait_with_output().expect("the program ends");
        assert!(ended.status.success(), "{args:?}: {}", String::from_utf8_lossy(&ended.stderr));
    }
}
