//! The order in which the pages of a search are read.

use client::calls::page::Paging;

/// Offsets of the further pages of a search, from the last to the first, which is read once more at the end. None for
/// a single page.
///
/// What changes while a search is read leaves its window, and everything behind it moves up. Read backwards, only rows
/// that were read already move into pages that were read already, so none is passed over.
pub(super) fn backwards(paging: Paging) -> impl Iterator<Item = u32> {
    let pages = paging.total.div_ceil(paging.limit.max(1));
    let offsets = (0..if pages > 1 { pages } else { 0 }).rev().map(move |page| page * paging.limit.max(1));
    // A search shows nothing behind the largest offset, which fits.
    offsets.filter_map(|offset| u32::try_from(offset).ok())
}
