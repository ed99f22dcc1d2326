//! One page of a search. What it found stays as the bytes that came, because they are what is kept.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::invalid::{Field, Invalid};

/// Where the rules of paging of payments stand.
const PAGE: &str = "https://www.mercadopago.com.ar/developers/en/reference/payments/_payments_search/get";

/// One page.
#[derive(Debug, Deserialize)]
pub struct Page {
    /// Where it lies.
    pub paging: Paging,
    /// What was found, each as it came.
    #[serde(default)]
    pub results: Vec<Box<RawValue>>,
}

/// Where a page lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Paging {
    /// How many there are in all.
    pub total: u64,
    /// How many a page holds.
    pub limit: u64,
    /// How many come before.
    pub offset: u64,
}

/// Which page is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// How many come before.
    pub offset: u32,
    /// How many a page may hold.
    pub limit: u32,
}

impl Wanted {
    /// Largest offset that is answered.
    pub const MOST_OFFSET: u32 = 10_000;

    /// The first page.
    #[must_use]
    pub fn first(limit: u32) -> Self {
        Self { offset: 0, limit }
    }

    pub(super) fn query(self) -> [(&'static str, String); 2] {
        [("offset", self.offset.to_string()), ("limit", self.limit.to_string())]
    }

    pub(super) fn check(self, most: u32) -> Result<(), Invalid> {
        Field::new("offset", PAGE).within(0, Self::MOST_OFFSET, self.offset)?;
        Field::new("limit", PAGE).within(1, most, self.limit)
    }
}
