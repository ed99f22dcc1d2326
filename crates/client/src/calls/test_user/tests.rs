//! Test users are made on a site that exists; with a description the newer endpoint is asked.

use super::*;
use crate::call::Idempotency;

#[test]
fn the_endpoint_follows_from_the_description() {
    let old = Create { site: "MLA".to_owned(), description: None };
    assert_eq!(
        (old.path().as_str(), old.body().as_deref()),
        ("/users/test_user", Some(br#"{"site_id":"MLA"}"#.as_slice()))
    );
    let new = Create { description: Some("a seller".to_owned()), ..old };
    let body = br#"{"site_id":"MLA","description":"a seller"}"#;
    assert_eq!((new.path().as_str(), new.body().as_deref()), ("/users/test", Some(body.as_slice())));
    assert_eq!(new.idempotency(), Idempotency::Once);
}

#[test]
fn a_site_must_exist() {
    for (site, fits) in [("MLA", true), ("MPE", true), ("mla", false), ("MLX", false), ("", false)] {
        assert_eq!(Create { site: site.to_owned(), description: None }.check().is_ok(), fits, "{site}");
    }
}
