//! Small values that are replaced.

use domain::text::Text;

use super::State;
use crate::read::Cell;

impl State {
    /// The cells whose names begin so, in order.
    pub(super) fn cells_of(&self, prefix: &str) -> Vec<(Text, Cell)> {
        let of_prefix = self.cells.iter().filter(|(name, _)| name.starts_with(prefix));
        of_prefix.map(|(name, cell)| (name.clone(), cell.clone())).collect()
    }

    /// Replaces a cell of the expected version; false when it has another one.
    pub(super) fn put_cell(&mut self, name: &str, expected: Option<u64>, value: &[u8]) -> bool {
        let found = self.cells.get(name).map(|cell| cell.version);
        if found != expected {
            return false;
        }
        let cell = Cell { version: found.unwrap_or(0) + 1, value: value.to_vec() };
        self.cells.insert(name.into(), cell);
        true
    }
}
