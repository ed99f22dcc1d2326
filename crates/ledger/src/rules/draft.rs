//! Lines being collected: one amount for each account, wide enough that no sum overflows.

use crate::account::Account;
use crate::journal::{InvalidEntry, Line};

/// Amounts by account, debit positive, minor units. Every posting touches few accounts, so they are a list.
pub(super) struct Draft {
    amounts: Vec<(Account, i128)>,
}

impl Draft {
    pub(super) fn new() -> Self {
        Self { amounts: Vec::with_capacity(8) }
    }

    /// Money that leaves one account for another: a debit of `to` and a credit of `from`.
    pub(super) fn transfer(from: Account, to: Account, amount_minor: i64) -> Self {
        let mut draft = Self::new();
        draft.debit(to, amount_minor);
        draft.credit(from, amount_minor);
        draft
    }

    /// Adds to an account; a negative amount is a credit.
    pub(super) fn debit(&mut self, account: Account, amount_minor: impl Into<i128>) {
        let amount = amount_minor.into();
        match self.amounts.iter_mut().find(|(known, _)| *known == account) {
            Some((_, sum)) => *sum += amount,
            None => self.amounts.push((account, amount)),
        }
    }

    /// Takes from an account; a negative amount is a debit.
    pub(super) fn credit(&mut self, account: Account, amount_minor: impl Into<i128>) {
        self.debit(account, -amount_minor.into());
    }

    /// Every line negated.
    pub(super) fn reversed(mut self) -> Self {
        for (_, amount) in &mut self.amounts {
            *amount = -*amount;
        }
        self
    }

    /// The lines of the accounts whose amount is not zero.
    pub(super) fn into_lines(self) -> Result<Vec<Line>, InvalidEntry> {
        let moved = self.amounts.into_iter().filter(|(_, amount)| *amount != 0);
        let line = |(account, amount)| match i64::try_from(amount) {
            Ok(amount_minor) => Ok(Line { account, amount_minor }),
            Err(_) => Err(InvalidEntry::OutOfRange { account }),
        };
        moved.map(line).collect()
    }
}
