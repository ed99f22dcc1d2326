//! What an order about a plan and one about a subscription have in common.

use client::call::Call;
use client::calls::{plan as plans, preapproval as preapprovals};
use domain::changes::{Answer, Changes};
use domain::currency::Currency;
use domain::ids::{PlanId, PreapprovalId};
use domain::plan::{self, machine::Plan};
use domain::preapproval::{self, change as preapproval_change, machine::Preapproval, state::State};
use domain::text::Text;
use mercadopago::topics::Resource;

use crate::machines::Kind;

/// A machine that takes orders of people, and how its thing is made and read at the provider.
pub trait Orderly: Kind {
    /// What it is called in messages.
    const NOUN: &'static str;
    /// What the provider calls it.
    const RESOURCE: Resource;
    /// What can be ordered.
    type Change: Clone + PartialEq + Send + Sync;
    /// The fact of an order.
    type Asked: Clone + Send + Sync;
    /// The call that makes one.
    type Create: Call;
    /// The call that reads one.
    type Get: Call;

    /// Reads one.
    fn get(id: &str) -> Self::Get;
    /// The id of one that was made.
    fn id(made: <Self::Create as Call>::Answer) -> String;
    /// Orders a change.
    fn ask(request: Text, actor: Text, change: Self::Change) -> Self::Command;
    /// Settles an order.
    fn settle(request: Text, answer: Answer) -> Self::Command;
    /// All orders; none of something that nobody described yet.
    fn changes(state: &Self::State) -> Option<&Changes<Self::Asked>>;
    /// What an order orders.
    fn change(asked: &Self::Asked) -> &Self::Change;
    /// The word of what is ordered.
    fn name(change: &Self::Change) -> &'static str;
    /// The currency of its amounts.
    fn currency(state: &Self::State) -> Currency;
}

impl Orderly for Plan {
    const NOUN: &'static str = "plan";
    const RESOURCE: Resource = Resource::PreapprovalPlan;
    type Change = plan::Change;
    type Asked = plan::ChangeAsked;
    type Create = plans::Create;
    type Get = plans::Get;

    fn get(id: &str) -> plans::Get {
        plans::Get { id: PlanId::from(id) }
    }

    fn id(made: plans::Plan) -> String {
        made.id
    }

    fn ask(request: Text, actor: Text, change: plan::Change) -> plan::Command {
        plan::Command::Ask { request, actor, change }
    }

    fn settle(request: Text, answer: Answer) -> plan::Command {
        plan::Command::Settle { request, answer }
    }

    fn changes(state: &plan::machine::State) -> Option<&Changes<plan::ChangeAsked>> {
        Some(&state.changes)
    }

    fn change(asked: &plan::ChangeAsked) -> &plan::Change {
        &asked.change
    }

    fn name(change: &plan::Change) -> &'static str {
        change.name()
    }

    fn currency(state: &plan::machine::State) -> Currency {
        state.described.terms.currency
    }
}

impl Orderly for Preapproval {
    const NOUN: &'static str = "subscription";
    const RESOURCE: Resource = Resource::Preapproval;
    type Change = preapproval_change::Change;
    type Asked = preapproval_change::ChangeAsked;
    type Create = preapprovals::Create;
    type Get = preapprovals::Get;

    fn get(id: &str) -> preapprovals::Get {
        preapprovals::Get { id: PreapprovalId::from(id) }
    }

    fn id(made: preapprovals::Preapproval) -> String {
        made.id
    }

    fn ask(request: Text, actor: Text, change: Self::Change) -> preapproval::Command {
        preapproval::Command::Ask { request, actor, change }
    }

    fn settle(request: Text, answer: Answer) -> preapproval::Command {
        preapproval::Command::Settle { request, answer }
    }

    fn changes(state: &State) -> Option<&Changes<Self::Asked>> {
        state.known().map(|known| &known.changes)
    }

    fn change(asked: &Self::Asked) -> &Self::Change {
        &asked.change
    }

    fn name(change: &Self::Change) -> &'static str {
        change.name()
    }

    fn currency(state: &State) -> Currency {
        state.charges().currency
    }
}
