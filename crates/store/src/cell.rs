//! The rule that all stores have for the names of cells.

use crate::commit::is_storable;
use crate::store::StoreError;

/// Refuses a name that some store could not keep.
///
/// # Errors
/// [`StoreError::Unstorable`].
pub(crate) fn refuse_unstorable(name: &str) -> Result<(), StoreError> {
    if is_storable(name) {
        return Ok(());
    }
    Err(StoreError::Unstorable { what: "the name of a cell is too long or holds the character U+0000" })
}
