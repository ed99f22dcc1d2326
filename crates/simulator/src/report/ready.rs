//! The message that a file is ready. No header signs it: its proof is a bcrypt hash inside the body.
//!
//! Sent to receivers that have a password for it, as the provider's panel asks for one. Field list and proof:
//! <https://www.mercadopago.com.ar/developers/en/docs/checkout-api/additional-content/reports/released-money/api>

use bcrypt::Version;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use super::{Kind, Made, Task};
use crate::draw::{Draw, Family};
use crate::notice::{Body, Notice, Query};
use crate::time::printed;
use crate::world::World;

/// The least work there is, as the power of two: what is proven here was invented.
const COST: u32 = 4;
/// The provider's host. Whoever follows the addresses of the message instead of asking for the file by its name does not come
/// back here.
const HOST: &str = "https://api.mercadopago.com";

#[derive(Serialize)]
struct Ready<'a> {
    transaction_id: &'a str,
    request_date: &'a str,
    generation_date: &'a str,
    files: [File<'a>; 1],
    status: &'static str,
    creation_type: &'static str,
    report_type: &'static str,
    is_test: bool,
    signature: &'a str,
}

#[derive(Serialize)]
struct File<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    url: &'a str,
    name: &'a str,
}

impl World {
    /// Tells that a file is ready, when its seller's receiver has a password for that.
    pub(super) fn tell_report(&mut self, id: u64) {
        let Some(task) = self.reports.tasks.iter().find(|task| task.id == id) else { return };
        let (Some(made), Some(hook)) = (&task.made, &self.seller(task.seller).hook) else { return };
        let Some(password) = &hook.report_password else { return };
        let notice = Notice {
            seller: task.seller,
            topic: "report",
            resource: id.to_string(),
            body: Body::Fixed(body(self.seed, task, made, password)),
            signed: false,
            target: None,
            query: Query::None,
            ipn: None,
        };
        self.notify(notice);
    }
}

/// The same in each delivery: nothing in it ages.
fn body(seed: u64, task: &Task, made: &Made, password: &SecretString) -> Vec<u8> {
    let mut draw = Draw::of(seed, Family::Report, task.id);
    let transaction = draw.uuid();
    let (requested, generated) = (printed(task.created, -4), printed(made.at, -4));
    let salt = (u128::from(draw.next()) << 64) | u128::from(draw.next());
    let signature = signature(&transaction, password, &generated, salt.to_be_bytes());
    let folder = match task.kind {
        Kind::Settlement => "settlement_report",
        Kind::Release => "release_report",
    };
    let url = format!("{HOST}/v1/account/{folder}/{}", made.name);
    let ready = Ready {
        transaction_id: &transaction,
        request_date: &requested,
        generation_date: &generated,
        files: [File { kind: "CSV", url: &url, name: &made.name }],
        status: "processed",
        creation_type: if task.scheduled { "scheduled" } else { "manual" },
        report_type: task.kind.word(),
        is_test: false,
        signature: &signature,
    };
    serde_json::to_vec(&ready).expect("a message has text keys")
}

/// The hash of `transaction-password-date`.
fn signature(transaction: &str, password: &SecretString, date: &str, salt: [u8; 16]) -> String {
    let text = format!("{transaction}-{}-{date}", password.expose_secret());
    let hashed = bcrypt::hash_with_salt(text, COST, salt).expect("the cost is one that bcrypt has");
    hashed.format_for_version(Version::TwoY)
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::alphabet::BCRYPT;
    use base64::engine::GeneralPurpose;
    use base64::engine::general_purpose::NO_PAD;

    use super::signature;

    #[test]
    fn the_hash_is_that_of_another_implementation() {
        // Made by crypt(3) with the salt that stands in it.
        let made = "$2y$04$abcdefghijklmnopqrstuuK9f1Nj10yBobFuf9yhM6hedwv3tOSYW";
        let salt = GeneralPurpose::new(&BCRYPT, NO_PAD).decode(&made[7..29]).expect("a salt");
        let salt = salt.try_into().expect("sixteen bytes");
        let date = "2024-07-09T03:01:12.000-04:00";
        let transaction = "b9f8a2c1-55d0-4f3e-9d0e-6f5a5d1c7f10";
        assert_eq!(signature(transaction, &"s3cret".into(), date, salt), made);
    }
}
