//! The calls that read one thing by its id, and the exact bytes of their answers.

use bytes::Bytes;
use client::call::Call;
use client::calls::{
    authorized_payment, chargeback, instore_intent, order, payment, payment_intent, plan, point_order,
    preapproval,
};
use client::client::Client;
use client::error::ClientError;
use domain::ids::{ChargebackId, InvoiceId, PaymentId, PlanId, PreapprovalId, SellerId};
use mercadopago::topics::Resource;

/// Reads a resource of a seller; `None` for one that its id alone does not name.
///
/// # Errors
/// See [`ClientError`].
pub async fn resource(
    client: &Client,
    seller: &SellerId,
    resource: Resource,
    id: &str,
) -> Result<Option<Bytes>, ClientError> {
    let text = || id.to_owned();
    let answer = match resource {
        Resource::Payment => one(client, seller, &payment::Get { id: PaymentId::from(id) }).await,
        Resource::Chargeback => one(client, seller, &chargeback::Get { id: ChargebackId::from(id) }).await,
        Resource::Order => one(client, seller, &order::Get { id: text() }).await,
        Resource::PaymentIntent => one(client, seller, &payment_intent::Get { id: text() }).await,
        Resource::PointOrder => one(client, seller, &point_order::Get { id: text() }).await,
        Resource::Preapproval => one(client, seller, &preapproval::Get { id: PreapprovalId::from(id) }).await,
        Resource::PreapprovalPlan => one(client, seller, &plan::Get { id: PlanId::from(id) }).await,
        Resource::AuthorizedPayment => {
            one(client, seller, &authorized_payment::Get { id: InvoiceId::from(id) }).await
        }
        Resource::InstoreIntent => instore(client, seller, id).await,
        Resource::Refund | Resource::Device => return Ok(None),
    };
    answer.map(Some)
}

/// The bytes of one answer.
pub(super) async fn one<C: Call>(client: &Client, seller: &SellerId, call: &C) -> Result<Bytes, ClientError> {
    metrics::counter!("conciliar_fetch_questions_total").increment(1);
    client.send(seller, call).await.map(|reply| reply.body)
}

/// Intents of the third generation have an address a kind of device, and neither their ids nor their announcements
/// tell which.
async fn instore(client: &Client, seller: &SellerId, id: &str) -> Result<Bytes, ClientError> {
    let on = |device| instore_intent::Get { id: id.to_owned(), device };
    match one(client, seller, &on(instore_intent::Device::Point)).await {
        Err(ClientError::NotFound(_)) => one(client, seller, &on(instore_intent::Device::Qr)).await,
        answered => answered,
    }
}
