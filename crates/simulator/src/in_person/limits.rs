//! The least and the most that a terminal charges, by site.
//!
//! Source: "Payment processing" of the integrations API and "Create intents on Point devices" of the in-store API,
//! which name the same money in two units.

use crate::site::Site;

/// Least and most in minor units; `None` where nothing is said.
pub(super) fn of_integrations(site: Site) -> Option<(i64, i64)> {
    match site {
        Site::Mla => Some((500, 400_000_000)),
        Site::Mlb => Some((100, 7_000_000)),
        Site::Mlm => Some((500, 35_000_000)),
        Site::Mlc | Site::Mco | Site::Mlu | Site::Mpe => None,
    }
}

/// The same for in-store intents, which say nothing of Mexico.
pub(super) fn of_instore(site: Site) -> Option<(i64, i64)> {
    match site {
        Site::Mlm => None,
        site => of_integrations(site),
    }
}

/// Whether an amount is positive and within them.
pub(super) fn allow(limits: Option<(i64, i64)>, amount_minor: i64) -> bool {
    limits.map_or(amount_minor > 0, |(least, most)| (least..=most).contains(&amount_minor))
}

#[cfg(test)]
mod tests {
    use super::{allow, of_instore, of_integrations};
    use crate::site::Site;

    #[test]
    fn the_bounds_themselves_are_allowed() {
        let allowed = |site, minor| allow(of_integrations(site), minor);
        for (site, least, most) in
            [(Site::Mla, 500, 400_000_000), (Site::Mlb, 100, 7_000_000), (Site::Mlm, 500, 35_000_000)]
        {
            assert!(allowed(site, least) && allowed(site, most), "{site:?}");
            assert!(!allowed(site, least - 1) && !allowed(site, most + 1), "{site:?}");
        }
        assert!(allowed(Site::Mlc, 1) && !allowed(Site::Mlc, 0));
        assert!(allow(of_instore(Site::Mlm), 1));
    }
}
