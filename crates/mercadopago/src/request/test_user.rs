//! The body that makes a test user.

use serde::{Deserialize, Serialize};

/// A test user to make. Reference: `/developers/en/reference/test_user/_users_test/post`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestUserRequest {
    /// Where it sells or buys: `MLA`, `MLB`, …
    pub site_id: String,
    /// What it is for. The older endpoint `/users/test_user` has no such field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}
