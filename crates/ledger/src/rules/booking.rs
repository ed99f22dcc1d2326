//! What the API tells: sales, refunds, charges and losses, all against the pending balance.

use domain::money::split_tax;
use domain::payment::{self, Booking, ChargeKind, Operation};
use domain::refund;

use super::draft::Draft;
use super::{Books, Posting, Unpostable};
use crate::account::Account;
use crate::journal::Evidence;
use crate::policy::Recognition;

impl Books<'_> {
    /// A sale: the net is pending, each charge goes to its account, the gross is credited. What the provider's
    /// own numbers leave over goes to suspense, where it is seen.
    pub(super) fn sale(&self, sale: &Booking) -> Result<Posting, Unpostable> {
        let terms = &sale.terms;
        let mut draft = Draft::new();
        let mut remainder = i128::from(terms.gross_minor) - i128::from(terms.net_minor);
        draft.debit(Account::Pending, terms.net_minor);
        for charge in &terms.charges {
            self.charge(&mut draft, charge.kind, charge.amount_minor)?;
            remainder -= i128::from(charge.amount_minor);
        }
        draft.debit(Account::Suspense, remainder);
        self.income(&mut draft, sale.operation, terms.gross_minor)?;
        Ok(Posting {
            cause: format!("sale:{}", sale.ordinal),
            at: sale.at,
            currency: terms.currency,
            evidence: Evidence::Api,
            draft,
        })
    }

    /// What the gross of an operation credits.
    ///
    /// A transfer is nobody's sale until a person says whose it is (R §6.2 M), and which account of ours a
    /// top-up came from is not told either: both wait in suspense. A card check is booked by no machine; if
    /// one ever were, its money would wait there too.
    fn income(&self, draft: &mut Draft, operation: Operation, gross_minor: i64) -> Result<(), Unpostable> {
        let revenue = match operation {
            Operation::Transfer | Operation::TopUp | Operation::CardValidation => {
                draft.credit(Account::Suspense, gross_minor);
                return Ok(());
            }
            Operation::Sale => Account::Sales,
            Operation::Subscription => Account::SubscriptionSales,
        };
        match self.policy.recognition() {
            Recognition::Payment => {
                let (net, vat) = self.split(gross_minor)?;
                draft.credit(revenue, net);
                draft.credit(Account::OutputVat, vat);
            }
            // The invoice recognised revenue and VAT already; the payment only settles it.
            Recognition::Order => draft.credit(Account::Receivable, gross_minor),
        }
        Ok(())
    }

    /// A charge of the collector: debits its account, and the input VAT inside the provider's own fees.
    fn charge(&self, draft: &mut Draft, kind: ChargeKind, amount_minor: i64) -> Result<(), Unpostable> {
        let (net, vat) = match kind {
            ChargeKind::Processing | ChargeKind::Financing | ChargeKind::Marketplace => {
                self.split(amount_minor)?
            }
            ChargeKind::Shipping
            | ChargeKind::Coupon
            | ChargeKind::Withholding
            | ChargeKind::TransactionTax
            | ChargeKind::Other => (amount_minor, 0),
        };
        draft.debit(self.policy.charges().of(kind), net);
        draft.debit(Account::InputVat, vat);
        Ok(())
    }

    /// Charges that came back without a refund that names them.
    pub(super) fn charges_returned(
        &self,
        returned: &payment::ChargesReturned,
    ) -> Result<Posting, Unpostable> {
        let mut draft = Draft::new();
        for charge in &returned.charges {
            draft.credit(Account::Pending, charge.amount_minor);
            self.charge(&mut draft, charge.kind, charge.amount_minor)?;
        }
        Ok(Posting {
            cause: format!("charges:{}", returned.ordinal),
            at: returned.at,
            currency: returned.currency,
            evidence: Evidence::Api,
            draft: draft.reversed(),
        })
    }

    /// Money given back to a payer: less revenue and less output VAT, out of the pending balance.
    pub(super) fn refunded(&self, stood: &refund::Stood) -> Result<Posting, Unpostable> {
        let terms = &stood.terms;
        let (net, vat) = self.split(terms.amount_minor)?;
        let mut draft = Draft::new();
        draft.debit(Account::Refunds, net);
        draft.debit(Account::OutputVat, vat);
        draft.credit(Account::Pending, terms.amount_minor);
        Ok(Posting {
            cause: format!("refund:{}", stood.ordinal),
            at: terms.made_at,
            currency: terms.currency,
            evidence: Evidence::Api,
            draft,
        })
    }

    /// A charge that came back with a refund.
    pub(super) fn charge_returned(&self, fact: &refund::ChargeReturned) -> Result<Posting, Unpostable> {
        let returned = &fact.returned;
        let mut draft = Draft::new();
        draft.credit(Account::Pending, returned.amount_minor);
        self.charge(&mut draft, returned.kind, returned.amount_minor)?;
        Ok(Posting {
            cause: format!("charge:{}:{}", returned.charge, fact.ordinal),
            at: returned.returned_at,
            currency: returned.currency,
            evidence: Evidence::Api,
            draft: draft.reversed(),
        })
    }

    fn split(&self, amount_minor: i64) -> Result<(i64, i64), Unpostable> {
        split_tax(amount_minor, self.vat).map_err(|source| Unpostable::Tax { amount_minor, source })
    }
}

/// The loss of a lost chargeback. Its VAT stays owed until a credit note says otherwise (R §6.2 F2).
pub(super) fn loss(loss: &payment::Amount) -> Posting {
    amount("loss", loss, Draft::transfer(Account::Pending, Account::ChargebackLosses, loss.amount_minor))
}

/// Money refunded by a refund that nobody named yet.
pub(super) fn unidentified(refunded: &payment::Amount) -> Posting {
    let draft = Draft::transfer(Account::Pending, Account::Suspense, refunded.amount_minor);
    amount("unidentified", refunded, draft)
}

fn amount(kind: &str, told: &payment::Amount, draft: Draft) -> Posting {
    Posting {
        cause: format!("{kind}:{}", told.ordinal),
        at: told.at,
        currency: told.currency,
        evidence: Evidence::Api,
        draft,
    }
}
