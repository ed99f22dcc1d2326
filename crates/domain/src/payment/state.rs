//! What is known of a payment.

use super::books::Books;
use super::{Asked, Description, Order, RefundMention, Release, ReleaseWay, Stage};
use crate::currency::Currency;
use crate::ids::RefundId;
use crate::machine::Instant;
use crate::refund::RefundStanding;
use crate::rules::Rules;
use crate::text::Text;

/// What is known of a payment.
#[derive(Clone, PartialEq, Debug)]
pub enum State {
    /// Nobody described it yet, but a report row or a refund named it.
    Foretold(Keyed),
    /// The provider described it.
    Known(Box<Known>),
}

/// A described payment.
#[derive(Clone, PartialEq, Debug)]
pub struct Known {
    /// The newest statement of the provider.
    pub described: Description,
    /// Facts with keys of their own, merged from every statement.
    pub keyed: Keyed,
    /// What the journal shows of it.
    pub books: Books,
    /// What people and the clock asked for.
    pub asked: Asked,
}

/// Facts with keys of their own: they merge in any order of arrival.
#[derive(Clone, PartialEq, Debug)]
pub struct Keyed {
    /// Currency of every amount.
    pub currency: Currency,
    /// Greatest refunded total ever told, minor units.
    pub refunded_minor: i64,
    /// Refunds, by id.
    pub refunds: Vec<RefundMention>,
    /// Release rows, by identity.
    pub releases: Vec<Release>,
}

impl State {
    /// The keyed facts, which exist in every state.
    #[must_use]
    pub fn keyed(&self) -> &Keyed {
        match self {
            Self::Foretold(keyed) => keyed,
            Self::Known(known) => &known.keyed,
        }
    }

    /// The described payment, once it is.
    #[must_use]
    pub fn known(&self) -> Option<&Known> {
        match self {
            Self::Foretold(_) => None,
            Self::Known(known) => Some(known),
        }
    }

    /// The name of the state, as errors print it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Foretold(_) => "foretold",
            Self::Known(known) => known.described.standing.name(),
        }
    }
}

impl Keyed {
    /// Nothing but the currency.
    #[must_use]
    pub fn new(currency: Currency) -> Self {
        Self { currency, refunded_minor: 0, refunds: Vec::new(), releases: Vec::new() }
    }

    /// A refund by its id.
    #[must_use]
    pub fn refund(&self, id: &RefundId) -> Option<&RefundMention> {
        self.refunds.iter().find(|known| known.refund == *id)
    }

    /// Sum of the approved refunds that are known by id, minor units.
    #[must_use]
    pub fn approved_refunds_minor(&self) -> i64 {
        let approved = self.refunds.iter().filter(|r| r.standing == RefundStanding::Approved);
        approved.map(|r| r.amount_minor).sum()
    }

    /// What was returned to the payer by the best knowledge: the told total or the known refunds, minor units.
    #[must_use]
    pub fn returned_to_payer_minor(&self) -> i64 {
        self.refunded_minor.max(self.approved_refunds_minor())
    }

    /// Sum of the refunds the provider has not decided, minor units.
    #[must_use]
    pub fn undecided_refunds_minor(&self) -> i64 {
        let undecided = self.refunds.iter().filter(|r| r.standing == RefundStanding::InProcess);
        undecided.map(|r| r.amount_minor).sum()
    }

    /// What is known of a refund once it is told so; `None` when that is nothing new. The further standing wins, then the
    /// greater amount. The name of an order that was ever told stays: renderings without it do not take it back.
    pub(super) fn news_of(&self, told: &RefundMention) -> Option<RefundMention> {
        let Some(known) = self.refund(&told.refund) else { return Some(told.clone()) };
        let rank = |mention: &RefundMention| (mention.standing, mention.amount_minor);
        let furthest = if rank(told) > rank(known) { told } else { known };
        // No refund has two orders. If one is told with two names, the choice must not depend on which came first.
        let order = known.order.iter().chain(&told.order).min().cloned();
        let merged = RefundMention { order, ..furthest.clone() };
        (merged != *known).then_some(merged)
    }

    pub(super) fn name_refund(&mut self, mention: &RefundMention) {
        let Some(news) = self.news_of(mention) else { return };
        match self.refunds.binary_search_by(|known| known.refund.cmp(&news.refund)) {
            Ok(at) => self.refunds[at] = news,
            Err(at) => self.refunds.insert(at, news),
        }
    }

    /// Whether money of the payment was released: what is given back is taken from the available balance then, and
    /// from what is pending before.
    #[must_use]
    pub fn is_released(&self) -> bool {
        self.releases.iter().any(|release| release.way == ReleaseWay::Moved && release.amount_minor > 0)
    }

    pub(super) fn release(&mut self, release: Release) {
        if let Err(at) = self.releases.binary_search_by(|known| known.row.cmp(&release.row)) {
            self.releases.insert(at, release);
        }
    }

    /// Whether a release row is known.
    #[must_use]
    pub fn has_row(&self, release: &Release) -> bool {
        self.releases.binary_search_by(|known| known.row.cmp(&release.row)).is_ok()
    }
}

impl Known {
    /// What can still be refunded: paid, less returned, less undecided, less ordered; minor units. Negative when the
    /// provider lowered the amount, or gave back more, after the refunds were ordered.
    #[must_use]
    pub fn refundable_minor(&self) -> i64 {
        let is_named = |refund: &RefundId| self.keyed.refund(refund).is_some();
        [
            self.keyed.returned_to_payer_minor(),
            self.keyed.undecided_refunds_minor(),
            self.asked.refunds_minor(),
            self.asked.answered_minor(is_named),
        ]
        .into_iter()
        .fold(self.described.terms.gross_minor, i64::saturating_sub)
    }

    /// How far an order is for people: one that became a refund which was not given is refused. Its own stage stays done,
    /// because the provider can still give that refund.
    #[must_use]
    pub fn stage_of(&self, request: &Text, order: &Order) -> Stage {
        let Stage::Done { refund: Some(refund) } = &order.stage else { return order.stage.clone() };
        let is_its = |told: &&RefundMention| told.refund == *refund || told.order.as_ref() == Some(request);
        let standings: Vec<_> = self.keyed.refunds.iter().filter(is_its).map(|told| told.standing).collect();
        let is_given = |standing: &RefundStanding| match standing {
            RefundStanding::InProcess | RefundStanding::Approved => true,
            RefundStanding::Cancelled | RefundStanding::Rejected => false,
        };
        match standings.first() {
            Some(standing) if !standings.iter().any(is_given) => {
                Stage::Refused { code: format!("refund_{}", standing.name()).into() }
            }
            Some(_) | None => order.stage.clone(),
        }
    }

    /// Last instant at which a refund may be asked for. Without the provider's date of approval, the date the sale is
    /// booked on is the best one known.
    #[must_use]
    pub fn refund_closes_at(&self, rules: &Rules) -> Option<Instant> {
        let (profile, currency) = (&self.described.profile, self.described.terms.currency);
        let booked_at = self.books.sale.standing.as_ref().map(|sale| sale.at);
        let approved_at = profile.approved_at.or(booked_at)?;
        approved_at.checked_add_signed(rules.refund_window_of(currency, profile))
    }

    /// Last instant at which a reservation may be captured; `None` where the provider names no time.
    #[must_use]
    pub fn capture_closes_at(&self, rules: &Rules) -> Option<Instant> {
        let window = rules.capture_window_of(self.described.terms.currency)?;
        self.described.profile.created_at?.checked_add_signed(window)
    }

    /// When it lapses if nobody confirms it: its own date, else its creation plus the window.
    #[must_use]
    pub fn lapses_at(&self, window: chrono::TimeDelta) -> Option<Instant> {
        let profile = &self.described.profile;
        profile.expires_at.or_else(|| profile.created_at.and_then(|at| at.checked_add_signed(window)))
    }
}
