//! A request as it may be shown: without the card's token and without the payer.

use mercadopago::request::payment::{AdditionalInfo, Payer, PaymentRequest};

/// In the place of what must not be shown.
const HIDDEN: &str = "(hidden)";

/// The same request with what is secret or personal hidden.
pub(super) fn hide(request: &PaymentRequest) -> PaymentRequest {
    let raw = || serde_json::value::to_raw_value(HIDDEN).expect("text becomes JSON");
    let info = request.additional_info.as_ref().map(|info| AdditionalInfo {
        ip_address: info.ip_address.as_ref().map(|_| HIDDEN.to_owned()),
        items: info.items.clone(),
        payer: info.payer.as_ref().map(|_| raw()),
        shipments: info.shipments.as_ref().map(|_| raw()),
    });
    PaymentRequest {
        payer: Payer { email: Some(HIDDEN.to_owned()), ..Payer::default() },
        token: request.token.as_ref().map(|_| HIDDEN.to_owned()),
        additional_info: info,
        metadata: request.metadata.as_ref().map(|_| raw()),
        point_of_interaction: request.point_of_interaction.as_ref().map(|_| raw()),
        ..request.clone()
    }
}
