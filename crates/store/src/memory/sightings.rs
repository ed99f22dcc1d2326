//! Who saw what first.

use std::collections::BTreeMap;

use domain::text::Text;

use super::State;
use crate::read::{Delivery, Sighting};

impl State {
    /// One for each seller, subject, channel and kind, in that order.
    pub(super) fn sightings(&self) -> Vec<Sighting> {
        let mut seen: BTreeMap<[&Text; 4], Sighting> = BTreeMap::new();
        for (delivery, _) in &self.deliveries {
            let Some(subject) = &delivery.subject else { continue };
            let Delivery { seller, channel, kind, received_at, .. } = delivery;
            let place = [seller, subject, channel, kind];
            let sighting = seen.entry(place).or_insert_with(|| {
                let [seller, subject, channel, kind] = place.map(Text::clone);
                Sighting { seller, subject, channel, kind, first_at: *received_at, count: 0 }
            });
            sighting.first_at = sighting.first_at.min(*received_at);
            sighting.count += 1;
        }
        seen.into_values().collect()
    }
}
