//! Collects findings: one for each cause, so that two files that show the same fault give one break.

use domain::currency::Currency;
use domain::machine::Instant;
use domain::money::format_minor;
use domain::text::Text;
use rustc_hash::FxHashMap;

use super::row::Place;
use crate::code::{BreakCode, Severity, age_bucket};
use crate::outcome::Break;

/// A difference before it is given its age and severity.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub code: BreakCode,
    pub currency: Currency,
    pub internal: Option<i64>,
    pub external: Option<i64>,
    pub reference: Text,
    pub source: Text,
    pub place: Option<Place>,
    pub at: Instant,
    pub explanation: String,
}

/// The findings of a run.
#[derive(Default)]
pub(super) struct Findings {
    found: Vec<Finding>,
    causes: FxHashMap<(BreakCode, Text), usize>,
}

impl Findings {
    /// Adds a finding; of several for the same code and source the first place is kept.
    pub(super) fn add(&mut self, finding: Finding) {
        if finding.source.is_empty() {
            self.found.push(finding);
            return;
        }
        let cause = (finding.code, finding.source.clone());
        match self.causes.get(&cause) {
            Some(known) => {
                let known = &mut self.found[*known];
                if finding.place.is_some() && (known.place.is_none() || finding.place < known.place) {
                    *known = finding;
                }
            }
            None => {
                self.causes.insert(cause, self.found.len());
                self.found.push(finding);
            }
        }
    }

    /// The breaks, sorted.
    pub(super) fn finish(mut self, as_of: Instant, names: &[Text]) -> Vec<Break> {
        self.found.sort_by(|a, b| {
            (a.code, &a.source, a.place, a.currency, a.external)
                .cmp(&(b.code, &b.source, b.place, b.currency, b.external))
        });
        self.found.into_iter().map(|finding| aged(finding, as_of, names)).collect()
    }
}

/// Breaks of findings that no file has a place for, sorted; each is a cause of its own.
pub(crate) fn sorted(mut found: Vec<Finding>, as_of: Instant) -> Vec<Break> {
    found.sort_by(|a, b| {
        (a.code, &a.source, a.at, a.currency, &a.explanation).cmp(&(
            b.code,
            &b.source,
            b.at,
            b.currency,
            &b.explanation,
        ))
    });
    found.into_iter().map(|finding| aged(finding, as_of, &[])).collect()
}

fn aged(finding: Finding, as_of: Instant, names: &[Text]) -> Break {
    let age = (as_of - finding.at).max(chrono::TimeDelta::zero());
    let delta = finding.external.unwrap_or(0).saturating_sub(finding.internal.unwrap_or(0));
    Break {
        code: finding.code,
        severity: Severity::of(finding.code, delta, finding.currency, age.num_hours()),
        currency: finding.currency,
        internal_minor: finding.internal,
        external_minor: finding.external,
        delta_minor: delta,
        reference: finding.reference,
        source_id: finding.source,
        file: finding.place.and_then(|place| names.get(place.file as usize).cloned()),
        line: finding.place.map(|place| u64::from(place.line)),
        explanation: finding.explanation,
        age_days: age.num_days(),
        age_bucket: age_bucket(age.num_days()),
    }
}

/// An amount as a sentence has it: major units and the currency.
pub(crate) fn say(minor: i64, currency: Currency) -> String {
    format!("{} {currency}", format_minor(minor, currency))
}
