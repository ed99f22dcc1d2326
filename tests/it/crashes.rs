//! Orders about payments while processes die at every boundary between them, the books and the provider: no refund is
//! made twice, none is lost, and the ledger is the provider's.
//!
//! A crash is a future that is dropped where it waits, with all that it had in memory. It is dropped before a call of
//! the store or of the provider, or after one that has taken effect. `CONCILIAR_FULL=1` runs the big sizes;
//! `CONCILIAR_SEED=N` runs one sequence alone.

mod answers;
mod charges;
mod each;
pub mod fuse;
pub mod gate;
mod judge;
pub mod provider;
mod scene;
mod sequence;
pub mod store;
mod tally;

/// No limit above which a second person is needed.
const NO_RULES: &str = "";
/// A second person is needed above 80.00.
const APPROVAL: &str = "[approval]\nabove = { ARS = \"80.00\" }\n";
