//! Links to the accounts of sellers, one a row. Holds no token.

use domain::machine::Instant;
use domain::text::Text;

use crate::listing::{Cell, Column, Listing, words, writers};
use crate::words::Word;

/// A link to the account of a seller.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LinkRow {
    /// Whose account.
    pub seller: Text,
    /// The application that it was made through.
    pub application: Option<Text>,
    /// How it was made.
    pub grant: Option<Text>,
    /// What the provider allows, in its words.
    pub scope: Text,
    /// How it stands, in our words.
    pub standing: Text,
    /// When the token runs out.
    pub expires_at: Option<Instant>,
    /// When the token was asked for.
    pub refreshed_at: Option<Instant>,
    /// The cause of the last failure, in our words.
    pub failure: Option<Text>,
    /// When that was.
    pub failed_at: Option<Instant>,
}

impl Listing for LinkRow {
    const NAME: &'static str = "links";
    const FILE: &'static str = "links.csv";
    const COLUMNS: &'static [Column] = &[
        words("seller", Word::Seller),
        words("application", Word::Application),
        words("grant", Word::Grant),
        words("scope", Word::Scope),
        words("standing", Word::Standing),
        words("expires_at", Word::Expires),
        words("refreshed_at", Word::Renewed),
        words("last_failure", Word::LastFailure),
        words("failed_at", Word::Failed),
    ];

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![
            Cell::text(&self.seller),
            Cell::maybe(self.application.as_ref()),
            Cell::maybe(self.grant.as_ref()),
            Cell::text(&self.scope),
            Cell::text(&self.standing),
            Cell::maybe_at(self.expires_at),
            Cell::maybe_at(self.refreshed_at),
            Cell::maybe(self.failure.as_ref()),
            Cell::maybe_at(self.failed_at),
        ]
    }
}

writers!(LinkRow);

#[cfg(test)]
mod tests;
