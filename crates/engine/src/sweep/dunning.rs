//! Messages for payers whose charges failed: the fact that one was written and the message itself, in one commit.

use billing::dunning::letter::Press;
use billing::dunning::{Dunning, Reminder, due};
use billing::options::Options;
use billing::timeline::Timeline;
use domain::fact::Fact;
use domain::machine::Instant;
use domain::preapproval::machine::Preapproval;
use domain::preapproval::{Command, Event};
use domain::stream::StreamId;
use store::commit::NewMessage;
use store::read::Cut;

use super::Broom;
use super::faults::{Faults, each_history_of};
use super::write::{Due, Standing, decided, write};
use crate::config::Config;
use crate::error::EngineError;
use crate::machines::Kind;
use crate::timelines::timeline_of;

/// Where messages for payers go: the word by which the outbox and its sender know them.
pub const DESTINATION: &str = "dunning";

/// What messages are made of.
struct Desk<'c> {
    config: &'c Config,
    steps: Dunning,
    options: Options,
    press: Press,
    as_of: Instant,
}

/// Writes every message that is due at an instant, once. Returns how many.
pub(super) async fn sweep(broom: Broom<'_>, faults: &mut Faults) -> Result<u64, EngineError> {
    let Broom { store, config, as_of, .. } = broom;
    let (steps, options, press) = (config.dunning.steps(), config.billing(), config.press());
    let desk = Desk { config, steps, options, press, as_of };
    let mut waiting: Vec<StreamId> = Vec::new();
    each_history_of(&**store, Preapproval::KIND, faults, |history| {
        let timeline = timeline_of(history, desk.cut())?;
        if timeline.is_some_and(|timeline| !desk.due(&timeline).is_empty()) {
            waiting.push(history[0].stream.clone());
        }
        Ok(())
    })
    .await?;
    let written = write(broom, faults, &waiting, |at| desk.write(at));
    Ok(written.await?.messages)
}

impl Desk<'_> {
    /// What had happened by the instant; the reminders written since are known all the same.
    fn cut(&self) -> Cut {
        Cut { as_of: Some(self.as_of), known_at: None }
    }

    fn due(&self, timeline: &Timeline) -> Vec<Reminder> {
        due(timeline, &self.steps, &self.options, self.as_of)
    }

    /// The facts and messages of one subscription. A message goes out only with its fact, and only while all that is
    /// known by now, whatever the clock, leaves it true: nobody who has paid is told that a charge failed.
    fn write(&self, at: &Standing<'_>) -> Result<Due, EngineError> {
        let mut written = Due::default();
        let Some(timeline) = timeline_of(at.history, self.cut())? else { return Ok(written) };
        let newest = timeline_of(at.history, Cut::default())?;
        let true_still = newest.map(|newest| self.due(&newest)).unwrap_or_default();
        for reminder in self.due(&timeline).into_iter().filter(|reminder| true_still.contains(reminder)) {
            let Some(message) = self.message(at.stream, &timeline, &reminder) else { continue };
            let Reminder { invoice, step } = reminder;
            let facts = decided::<Preapproval>(
                at.state,
                [Command::Remind { invoice, step }],
                self.config,
                self.as_of,
            );
            if matches!(&facts[..], [Fact::Preapproval(Event::Reminded(_))]) {
                written.facts.extend(facts);
                written.messages.push(message);
            }
        }
        Ok(written)
    }

    fn message(&self, stream: &StreamId, timeline: &Timeline, reminder: &Reminder) -> Option<NewMessage> {
        let (seller, id) = (stream.seller(), stream.id());
        let letter = self.press.letter(seller, id, timeline, reminder)?;
        let Reminder { invoice, step } = reminder;
        Some(NewMessage {
            key: format!("{DESTINATION}/{seller}/{id}/{invoice}/{step}").into(),
            destination: DESTINATION.into(),
            payload: serde_json::to_string(&letter).expect("texts and numbers are JSON"),
            caused_by: stream.clone(),
        })
    }
}
