//! Templates of what payers are told: alternatives of a subject and sentences of a body, with a few known words.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use domain::text::Text;
use serde::Deserialize;

/// The templates that are compiled in: `config/dunning.toml`.
const BUILTIN: &str = include_str!("../../../../config/dunning.toml");

/// A language of payers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Spanish.
    Es,
    /// Portuguese.
    Pt,
    /// English.
    En,
}

/// Templates by step and language.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Templates(BTreeMap<Text, BTreeMap<Language, Template>>);

/// The words of one step in one language.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "Raw")]
pub struct Template {
    subject: Vec<Phrase>,
    body: Vec<Phrase>,
}

/// A word that a charge fills in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Blank {
    /// What is sold.
    Title,
    /// What is charged, with its currency.
    Amount,
    /// The day on which it is charged.
    Due,
    /// The day of the next try.
    Retry,
    /// What the payer can do about the last refusal.
    Advice,
}

/// A text with blanks.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Phrase(Vec<Piece>);

#[derive(Clone, PartialEq, Eq, Debug)]
enum Piece {
    Said(Text),
    Blank(Blank),
}

/// A template as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    subject: Vec<Text>,
    body: Vec<Text>,
}

/// A template that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// A word that no charge fills in.
    #[error("`{{{word}}}` is none of the words {{title}}, {{amount}}, {{due}}, {{retry}} and {{advice}}")]
    UnknownWord {
        /// As it was written.
        word: Text,
    },
    /// A brace without its other one.
    #[error("a brace in `{phrase}` has no other one")]
    Unbalanced {
        /// Where.
        phrase: Text,
    },
    /// A subject that may not be there.
    #[error(
        "a template needs a subject with no other word than {{amount}} and {{due}}, as the last alternative"
    )]
    NoSubject,
    /// A body of nothing, or of sentences that may all be left out.
    #[error("a template needs a sentence with no other word than {{amount}} and {{due}}")]
    NoBody,
}

impl Templates {
    /// The templates that are compiled in.
    #[must_use]
    pub fn builtin() -> Self {
        static PARSED: LazyLock<Templates> =
            LazyLock::new(|| toml::from_str(BUILTIN).expect("the compiled-in templates are read by a test"));
        PARSED.clone()
    }

    /// These, with others in the place of those of the same step and language.
    #[must_use]
    pub fn with(mut self, others: Self) -> Self {
        for (step, languages) in others.0 {
            self.0.entry(step).or_default().extend(languages);
        }
        self
    }

    /// The template of a step in a language.
    #[must_use]
    pub fn get(&self, step: &str, language: Language) -> Option<&Template> {
        self.0.get(step)?.get(&language)
    }
}

impl Language {
    /// All languages.
    pub const ALL: [Self; 3] = [Self::Es, Self::Pt, Self::En];

    /// The two-letter code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Es => "es",
            Self::Pt => "pt",
            Self::En => "en",
        }
    }
}

impl Template {
    /// The subject: the first alternative that can be filled in.
    #[must_use]
    pub fn subject(&self, fill: impl Fn(Blank) -> Option<String>) -> String {
        self.subject.iter().find_map(|phrase| phrase.fill(&fill)).unwrap_or_default()
    }

    /// The body: the sentences that can be filled in.
    #[must_use]
    pub fn body(&self, fill: impl Fn(Blank) -> Option<String>) -> String {
        let sentences: Vec<String> = self.body.iter().filter_map(|phrase| phrase.fill(&fill)).collect();
        sentences.join(" ")
    }
}

impl TryFrom<Raw> for Template {
    type Error = TemplateError;

    fn try_from(Raw { subject, body }: Raw) -> Result<Self, TemplateError> {
        let phrases = |texts: Vec<Text>| {
            texts.iter().map(Phrase::parse).collect::<Result<Vec<Phrase>, TemplateError>>()
        };
        let (subject, body) = (phrases(subject)?, phrases(body)?);
        if !subject.last().is_some_and(Phrase::is_certain) {
            return Err(TemplateError::NoSubject);
        }
        if !body.iter().any(Phrase::is_certain) {
            return Err(TemplateError::NoBody);
        }
        Ok(Self { subject, body })
    }
}

impl Phrase {
    fn parse(text: &Text) -> Result<Self, TemplateError> {
        let unbalanced = || TemplateError::Unbalanced { phrase: text.clone() };
        let mut pieces = Vec::new();
        let mut rest: &str = text;
        while let Some(open) = rest.find(['{', '}']) {
            let inside = rest[open..].strip_prefix('{').ok_or_else(unbalanced)?;
            let close = inside.find(['{', '}']).ok_or_else(unbalanced)?;
            let after = inside[close..].strip_prefix('}').ok_or_else(unbalanced)?;
            if open > 0 {
                pieces.push(Piece::Said(rest[..open].into()));
            }
            pieces.push(Piece::Blank(Blank::of(&inside[..close])?));
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Said(rest.into()));
        }
        Ok(Self(pieces))
    }

    /// Whether every charge fills it in.
    fn is_certain(&self) -> bool {
        self.0.iter().all(|piece| matches!(piece, Piece::Said(_) | Piece::Blank(Blank::Amount | Blank::Due)))
    }

    /// The text; `None` when a word is not known.
    fn fill(&self, fill: &impl Fn(Blank) -> Option<String>) -> Option<String> {
        let words = self.0.iter().map(|piece| match piece {
            Piece::Said(text) => Some(text.to_string()),
            Piece::Blank(blank) => fill(*blank),
        });
        words.collect()
    }
}

impl Blank {
    fn of(word: &str) -> Result<Self, TemplateError> {
        match word {
            "title" => Ok(Self::Title),
            "amount" => Ok(Self::Amount),
            "due" => Ok(Self::Due),
            "retry" => Ok(Self::Retry),
            "advice" => Ok(Self::Advice),
            _ => Err(TemplateError::UnknownWord { word: word.into() }),
        }
    }
}

#[cfg(test)]
mod tests;
