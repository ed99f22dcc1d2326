//! The id of a run: a hash of everything that decides its outcome, and of nothing else.

use domain::machine::Instant;
use domain::text::Text;
use rustc_hash::FxHashSet;
use sha2::{Digest, Sha256};

use super::{Books, Settings};
use crate::book::PaymentBook;

const DOMAIN: &[u8] = b"conciliar.reconciliation.v1";

/// Parts are preceded by their length, so that no two inputs read alike.
struct Parts {
    hasher: Sha256,
    buffer: Vec<u8>,
}

/// Hash of as-of, period, zone, rules, inputs and books. File names and the order of files do not matter.
pub(super) fn run_id(settings: &Settings, books: &Books, hashes: &FxHashSet<Text>) -> Text {
    let mut parts = Parts { hasher: Sha256::new(), buffer: Vec::with_capacity(1 << 16) };
    parts.bytes(DOMAIN);
    parts.instant(Some(settings.as_of));
    parts.instant(settings.from);
    parts.instant(settings.to);
    parts.bytes(settings.time_zone.name().as_bytes());
    parts.number(i64::from(settings.rules));
    let mut inputs: Vec<&Text> = hashes.iter().collect();
    inputs.sort();
    for input in inputs {
        parts.bytes(input.as_bytes());
    }
    parts.books(books);
    let digest = parts.finish();
    digest[..16].iter().map(|byte| format!("{byte:02x}")).collect::<String>().into()
}

impl Parts {
    fn books(&mut self, books: &Books) {
        let mut balances: Vec<_> = books.balances.iter().collect();
        balances.sort();
        for (account, currency, minor) in balances {
            self.number(i64::from(account.code()));
            self.bytes(currency.code().as_bytes());
            self.number(*minor);
        }
        let key = |book: &PaymentBook| (book.seller.clone(), book.payment.clone());
        if books.payments.is_sorted_by(|a, b| (&a.seller, &a.payment) <= (&b.seller, &b.payment)) {
            books.payments.iter().for_each(|book| self.book(book));
        } else {
            let mut order: Vec<&PaymentBook> = books.payments.iter().collect();
            order.sort_by_key(|book| key(book));
            order.into_iter().for_each(|book| self.book(book));
        }
    }

    fn book(&mut self, book: &PaymentBook) {
        self.bytes(book.seller.as_bytes());
        self.bytes(book.payment.as_bytes());
        self.bytes(book.reference.as_deref().unwrap_or_default().as_bytes());
        self.bytes(book.standing.name().as_bytes());
        self.bytes(book.currency.code().as_bytes());
        self.number(i64::from(book.described) * 2 + i64::from(book.booked));
        for minor in [
            book.gross_minor,
            book.fees_minor,
            book.taxes_minor,
            book.net_minor,
            book.loss_minor,
            book.charges_back_minor,
            book.unidentified_minor,
            book.moved_minor,
            book.held_minor,
        ] {
            self.number(minor);
        }
        self.instant(book.approved_at);
        self.instant(book.release_at);
        for refund in &book.refunds {
            self.bytes(refund.refund.as_bytes());
            self.number(refund.amount_minor);
            self.number(refund.fees_back_minor);
            self.number(refund.taxes_back_minor);
            self.instant(Some(refund.made_at));
        }
        if self.buffer.len() > 1 << 15 {
            self.hasher.update(&self.buffer);
            self.buffer.clear();
        }
    }

    fn bytes(&mut self, part: &[u8]) {
        self.buffer.extend_from_slice(&(part.len() as u64).to_be_bytes());
        self.buffer.extend_from_slice(part);
    }

    fn number(&mut self, part: i64) {
        self.buffer.extend_from_slice(&part.to_be_bytes());
    }

    fn instant(&mut self, at: Option<Instant>) {
        self.number(at.map_or(i64::MIN, |at| at.timestamp_micros()));
    }

    fn finish(mut self) -> [u8; 32] {
        self.hasher.update(&self.buffer);
        self.hasher.finalize().into()
    }
}
