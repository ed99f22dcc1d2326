//! The integration tests: one binary, so that the product is linked once.

mod tidy;
