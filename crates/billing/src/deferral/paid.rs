//! What the books show of the payment of a charge, without the value added tax.

use domain::ids::RefundId;
use domain::money::{MoneyError, split_tax};
use domain::payment::Operation;
use domain::payment::state::Known;
use domain::preapproval::revenue::CHARGEBACK;
use domain::refund::machine::State as Refund;
use rust_decimal::Decimal;

use super::{GivenBack, Paid, Sold};

impl Paid {
    /// By the states of the payment and of its refunds, with the rate of the tax in percent. `None` when nothing was
    /// sold, or not as a charge of a subscription: then another account holds the sale.
    ///
    /// Refunds count once they are booked as such; one that nobody named yet waits in suspense.
    ///
    /// # Errors
    /// When the share of the tax cannot be computed: the rate is negative.
    pub fn of<'a>(
        payment: &Known,
        refunds: impl IntoIterator<Item = (&'a RefundId, &'a Refund)>,
        vat_percent: Decimal,
    ) -> Result<Option<Self>, MoneyError> {
        if payment.described.profile.operation != Operation::Subscription || payment.books.sale.made == 0 {
            return Ok(None);
        }
        let net_minor = |amount_minor| split_tax(amount_minor, vat_percent).map(|(net, _)| net);
        let sold = match &payment.books.sale.standing {
            Some(sale) => Sold::Booked {
                at: sale.at,
                currency: sale.terms.currency,
                net_minor: net_minor(sale.terms.gross_minor)?,
            },
            None => Sold::Withdrawn { at: payment.described.said.updated_at },
        };
        let mut given_back = Vec::new();
        for (id, refund) in refunds {
            if let Some(booked) = &refund.booked.standing {
                let (cause, at) = (format!("refund/{id}").into(), booked.made_at);
                given_back.push(GivenBack { cause, at, net_minor: net_minor(booked.amount_minor)? });
            }
        }
        if let Some(loss) = &payment.books.loss.standing {
            let (cause, at) = (CHARGEBACK.into(), loss.at);
            given_back.push(GivenBack { cause, at, net_minor: net_minor(loss.amount_minor)? });
        }
        Ok(Some(Self { sold, given_back }))
    }
}
