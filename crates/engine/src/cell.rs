//! Writing a cell once, also when the store's answer is lost on its way.

use domain::machine::Instant;
use store::store::{Store, StoreError};

/// Writes a value, of which no two are alike, over the version that is expected. Answers the new version; `None` when
/// somebody was faster.
///
/// # Errors
/// When the store fails.
pub(crate) async fn replace(
    store: &dyn Store,
    name: &str,
    expected: Option<u64>,
    value: &[u8],
    at: Instant,
) -> Result<Option<u64>, StoreError> {
    let written = expected.unwrap_or(0) + 1;
    if store.put_cell(name, expected, value, at).await? {
        return Ok(Some(written));
    }
    // The first try may have been written and its answer lost.
    let found = store.cell(name).await?;
    Ok(found.filter(|cell| cell.version == written && cell.value == value).map(|_| written))
}
