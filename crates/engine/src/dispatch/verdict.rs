//! What a call that failed says of the order that it was sent for: refused for good, or open.

use client::error::ClientError;
use client::error::code::ErrorCode;
use domain::text::Text;

use super::became::Why;

/// What is kept of an order that breaks a rule of the provider's requests, so that it was never sent.
const NOT_SENT: &str = "not_sent";

/// Statuses of a call that is put off and not refused: what it is about is busy, perhaps with the same.
const PUT_OFF: [u16; 3] = [409, 423, 425];

/// Whether a call about a payment is to be sent again, because the same may be under way. A code that is known says more
/// than the status.
pub(super) fn is_put_off(error: &ClientError) -> bool {
    error.refusal().is_some_and(|refusal| match refusal.code {
        ErrorCode::SameRequestJustSent => true,
        ErrorCode::Unknown(_) => PUT_OFF.contains(&refusal.status),
        _ => false,
    })
}

/// The code of a refusal; what else can become of a call leaves the order open.
///
/// # Errors
/// Why the order is open.
pub(super) fn verdict_of(error: ClientError) -> Result<Text, Why> {
    match &error {
        ClientError::Invalid { .. } => Ok(NOT_SENT.into()),
        ClientError::Refused(refusal) | ClientError::NotFound(refusal) if refusal.status >= 400 => {
            Ok(refusal.reason_code().into())
        }
        // The reference of refunds lists these two under 401; the token is not what is wrong.
        ClientError::Unauthorized(refusal)
            if matches!(
                refusal.code,
                ErrorCode::RefundAmountNotPositive | ErrorCode::RefundAmountNotNumeric
            ) =>
        {
            Ok(refusal.reason_code().into())
        }
        // A redirect is no answer: it comes from something between the provider and us.
        ClientError::Refused(_)
        | ClientError::NotFound(_)
        | ClientError::Unauthorized(_)
        | ClientError::Vault { .. }
        | ClientError::RateLimited { .. }
        | ClientError::Unavailable { .. }
        | ClientError::TooLarge { .. }
        | ClientError::Unreadable { .. } => Err(error.into()),
    }
}
