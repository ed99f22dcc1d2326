//! `[dunning]`: what payers are told when a charge fails.

use std::collections::BTreeSet;

use ::billing::dunning::Dunning as Steps;
use ::billing::dunning::Step;
use ::billing::dunning::letter::Press;
use ::billing::dunning::template::{self, Templates};
use serde::Deserialize;

use super::{Config, ConfigError, Language};

/// What payers are told when a charge fails.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dunning {
    /// The language of payers.
    pub language: PayerLanguage,
    /// Days after which what happened is not told any more.
    pub most_days: u32,
    /// What is told, and when.
    pub steps: Vec<Step>,
    /// Templates in the place of those that are compiled in, by step and language.
    pub templates: Templates,
}

/// A language of payers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayerLanguage {
    /// That of reports.
    Reporting,
    /// Spanish.
    Es,
    /// Portuguese.
    Pt,
    /// English.
    En,
}

impl Dunning {
    /// The steps.
    #[must_use]
    pub fn steps(&self) -> Steps {
        Steps { steps: self.steps.clone(), most_days: self.most_days }
    }

    fn language(&self, reporting: Language) -> template::Language {
        match (self.language, reporting) {
            (PayerLanguage::Es, _) | (PayerLanguage::Reporting, Language::Es) => template::Language::Es,
            (PayerLanguage::Pt, _) | (PayerLanguage::Reporting, Language::Pt) => template::Language::Pt,
            (PayerLanguage::En, _) | (PayerLanguage::Reporting, Language::En) => template::Language::En,
        }
    }

    pub(super) fn check(&self, reporting: Language) -> Result<(), ConfigError> {
        let (language, templates) = (self.language(reporting), self.all_templates());
        let mut cues = BTreeSet::new();
        for step in &self.steps {
            if templates.get(&step.name, language).is_none() {
                return Err(ConfigError::NoTemplate { step: step.name.clone(), language: language.code() });
            }
            if !cues.insert((step.on, step.from)) {
                return Err(ConfigError::SameCue { step: step.name.clone() });
            }
        }
        Ok(())
    }

    fn all_templates(&self) -> Templates {
        Templates::builtin().with(self.templates.clone())
    }
}

impl Config {
    /// How what payers are told is written.
    #[must_use]
    pub fn press(&self) -> Press {
        Press {
            templates: self.dunning.all_templates(),
            language: self.dunning.language(self.reporting.language),
            zone: ::billing::days::Zone::Of(self.reporting.time_zone),
            rejections: (*self.rules().rejections).clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    fn read(text: &str) -> Result<Config, String> {
        Config::read(Some(("my.toml", text)), []).map_err(|error| crate::look::chain(&error))
    }

    #[test]
    fn the_defaults_tell_of_every_failure_once() {
        let config = read("").expect("the defaults fit");
        let steps = config.dunning.steps().steps;
        let names: Vec<&str> = steps.iter().map(|step| step.name.as_str()).collect();
        assert_eq!(names, ["retrying", "update_card", "warning", "ended"]);
    }

    #[test]
    fn a_step_of_ones_own_needs_words_in_the_language_of_payers() {
        let step = "[[dunning.steps]]\nname = \"farewell\"\non = \"ended\"\n";
        let refused = read(step).expect_err("nobody wrote it");
        assert_eq!(
            refused,
            "dunning step `farewell` has no template in en; write [dunning.templates.farewell.en]"
        );
        let words = "[dunning.templates.farewell.en]\nsubject = [\"Bye\"]\nbody = [\"Bye from {due}.\"]\n";
        let config = read(&format!("{step}{words}")).expect("it has words");
        assert_eq!(config.dunning.steps.len(), 1, "steps are replaced as a whole");
        let press = config.press();
        assert!(press.templates.get("farewell", press.language).is_some());
        assert!(press.templates.get("warning", press.language).is_some(), "the others stay");
    }

    #[test]
    fn words_and_steps_that_cannot_be_used_are_refused() {
        let wrong = "[dunning.templates.ended.es]\nsubject = [\"{name}\"]\nbody = [\"x\"]\n";
        assert!(read(wrong).expect_err("nobody is named").contains("`{name}` is none of the words"));
        let twice = "[[dunning.steps]]\nname = \"ended\"\non = \"ended\"\n[[dunning.steps]]\nname = \"warning\"\non = \"ended\"\n";
        assert_eq!(
            read(twice).expect_err("which?"),
            "dunning step `warning` has the cue and count of another"
        );
    }
}
