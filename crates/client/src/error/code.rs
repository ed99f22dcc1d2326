//! The provider's error codes by name, each with what to do about it.
//!
//! Codes of payments and refunds are digits (pages `/developers/en/reference/payments/_payments/post` and
//! `/developers/en/reference/chargebacks/_payments_id_refunds/post`), those of tokens, reports and orders are words.
//! The list is open: a code that is not here is kept as [`ErrorCode::Unknown`].

use std::fmt;

macro_rules! codes {
    ($($code:literal $name:ident $advice:literal)*) => {
        /// What an error code of the provider means.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum ErrorCode {
            $(#[doc = concat!("`", $code, "`: ", $advice, ".")] $name,)*
            /// A code that is not listed, as it came; empty when the provider named none.
            Unknown(String),
        }

        impl ErrorCode {
            /// Every listed code.
            pub const LISTED: &'static [Self] = &[$(Self::$name),*];

            /// The name of a code.
            #[must_use]
            pub fn of(code: &str) -> Self {
                match code {
                    $($code => Self::$name,)*
                    _ => Self::Unknown(code.to_owned()),
                }
            }

            /// The code as the provider writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$name => $code,)*
                    Self::Unknown(code) => code,
                }
            }

            /// What it means and what to do, as a fragment; `None` when it is not known.
            #[must_use]
            pub fn advice(&self) -> Option<&'static str> {
                match self {
                    $(Self::$name => Some($advice),)*
                    Self::Unknown(_) => None,
                }
            }
        }
    };
}

codes! {
    // Any payment call.
    "1" BadParameters "a parameter is wrong, check the body"
    "3" TestTokenNeeded "the token must be one for tests"
    "4" CallerNotAuthorized "the token may not read this, use the seller's own"
    "5" TokenMissing "no token was sent"
    "8" UnknownParameter "the name of a parameter is wrong, the message says which"
    "23" BadDateFormat "write dates as 2026-01-31T23:59:59.000-04:00"
    "1000" TooManyRows "ask for fewer rows"
    "1001" BadDateTime "write dates as 2026-01-31T23:59:59.000-04:00"
    "1004" UpdateRefused1004 "listed for updates without a meaning, the message tells more"
    "2000" PaymentNotFound "there is no such payment, or it belongs to another seller than the token"
    "2001" SameRequestJustSent "the same was sent within the last minute, look for its payment before trying again"
    "2002" CustomerNotFound "check the payer's customer id"
    "2004" GatewayFailed "the processor did not answer, try again later with the same key"
    "2006" CardTokenNotFound "the card must be tokenised again"
    "2007" CardTokenServiceFailed "the token service did not answer, try again later with the same key"
    "2009" CardIssuerMissing "send the issuer of the card"
    "2017" InvalidAmountForUpdate "the amount is more than what remains"
    "2018" ActionInvalidForState "the payment's state does not allow it, read the payment first"
    "2034" InvalidUsers "payer and seller do not go together, test users pay only test users"
    "2060" PayerIsCollector "the payer cannot be the seller"
    "2062" InvalidCardToken "the card must be tokenised again"
    "2067" InvalidIdentification "check the payer's document number"
    "2072" InvalidTransactionAmount "check the amount and its decimals"
    "2077" DeferredCaptureUnsupported "this method cannot be reserved, send it without capture"
    "2078" CaptureRefused2078 "listed for updates without a meaning, the message tells more"
    "2079" CaptureRefused2079 "listed for updates without a meaning, the message tells more"
    "2123" InvalidOperators "the operators named in the request do not go together"
    "2131" MethodNotInferred "name the payment method"
    "3000" CardholderNameMissing "tokenise the card with its holder's name"
    "3001" CardIssuerIdMissing "send the issuer of the card"
    "3002" ActionNotAuthorized "the token may not do this"
    "3003" InvalidCardTokenId "the card must be tokenised again"
    "3004" InvalidSite "check the site"
    "3005" ResourceStateForbids "the resource's state does not allow it, read it first"
    "3006" InvalidCardTokenParameter "the card must be tokenised again"
    "3007" ClientIdMissing "send the application's id"
    "3008" CardTokenUnknown "the card must be tokenised again"
    "3009" ClientIdUnauthorized "the application may not do this"
    "3010" CardNotOnWhitelist "the card is not on the list of allowed cards"
    "3011" MethodNotFound "check the payment method"
    "3012" InvalidSecurityCodeLength "the security code has the wrong length"
    "3013" SecurityCodeMissing "ask the payer for the security code"
    "3014" InvalidMethodParameter "check the payment method"
    "3015" InvalidCardNumberLength "the card number has the wrong length"
    "3016" InvalidCardNumber "the card number is wrong"
    "3017" CardNumberMissing "tokenise the card with its number"
    "3018" ExpirationMonthMissing "tokenise the card with its month of expiry"
    "3019" ExpirationYearMissing "tokenise the card with its year of expiry"
    "3020" HolderNameMissing "tokenise the card with its holder's name"
    "3021" HolderDocumentNumberMissing "tokenise the card with its holder's document number"
    "3022" HolderDocumentTypeMissing "tokenise the card with the type of its holder's document"
    "3023" HolderDocumentSubtypeMissing "tokenise the card with the subtype of its holder's document"
    "3024" PartialRefundUnsupported "this payment can only be refunded whole"
    "3025" InvalidAuthCode "check the authorisation code"
    "3026" CardDoesNotFitMethod "the card is of another payment method"
    "3027" InvalidPaymentType "check the type of payment"
    "3028" InvalidPaymentMethod "check the payment method"
    "3029" InvalidExpirationMonth "the month of expiry is wrong"
    "3030" InvalidExpirationYear "the year of expiry is wrong"
    "3031" SecurityCodeIdMissing "ask the payer for the security code"
    "3032" SecurityCodeLengthInvalid "the security code has the wrong length"
    "4000" TokenMissingInBody "send the card's token"
    "4001" MethodMissing "name the payment method"
    "4002" AmountMissing "send the amount"
    "4003" AmountNotNumeric "send the amount as a number"
    "4004" InstallmentsMissing "send the number of instalments, 1 for one charge"
    "4005" InstallmentsNotNumeric "send the number of instalments as a number"
    "4006" PayerMalformed "check the payer"
    "4007" SiteMissing "send the site"
    "4012" PayerIdMissing "send the payer's id"
    "4020" NotificationUrlInvalid "the notification address is no address"
    "4021" NotificationUrlTooLong "shorten the notification address"
    "4037" AmountInvalid "check the amount, its limits depend on the account"
    "4038" ApplicationFeeTooLarge "the marketplace's fee is more than the amount"
    "4039" ApplicationFeeNegative "the marketplace's fee is negative"
    "4050" PayerEmailInvalid "the payer's e-mail is no address"
    "4051" PayerEmailTooLong "shorten the payer's e-mail"
    "7523" ExpirationDateInvalid "check when the payment expires"
    "9062" SearchWindowTooLong "search less than 365 days at once"
    "pa_unauthorized_result_from_policies" BlockedByPolicy "no token arrived, or it may not do this"
    // Refunds.
    "2022" TooManyRefunds "the payment admits no further refund"
    "2024" TooOldToRefund "the window for refunds has passed"
    "2025" OperationNotRefundable "payments of this operation are not refunded"
    "2027" MethodNotRefundable "payments of this method are not refunded"
    "2029" PaymentWithoutMovements "the payment moved no money yet"
    "2030" CollectorLacksMoney "the seller's account has too little money"
    "2031" CollectorLacksAvailableMoney "the seller has too little available money, wait for a release or add some"
    "2032" RefundNotFound "there is no such refund"
    "2063" RefundInvalidForState "the payment's state does not allow it, read the payment first"
    "2084" RefundUnsupported "the payment cannot be refunded now, try again later"
    "2085" InvalidGatewayOperation "the processor does not know the operation"
    "4040" RefundAmountNotPositive "refund more than zero"
    "4041" RefundAmountNotNumeric "send the amount as a number"
    "4211" ChargeDetailMissing "say which charge"
    "4248" ChargeNotFound "there is no such charge"
    "4291" ChargeIdMissing "say which charge"
    "4292" IdempotencyKeyMissing "send X-Idempotency-Key"
    "4293" ChargesInvalidForState "the payment's state does not allow charges to be refunded"
    "4294" ChargeNotRefundable "charges of this type are not refunded"
    "4295" PartialChargeRefundForbidden "this charge can only be refunded whole"
    "4296" ChargeAlreadyRefunded "the charge is refunded already"
    "4297" InvalidChargeId "check which charge"
    "15016" PaymentTooOld "the window for refunds has passed"
    // Subscriptions.
    "CC_VAL_433" CardValidationFailed "the card did not pass its verification charge, use another"
    // Tokens (`/oauth/token`).
    "invalid_client" InvalidClient "the application's id or secret is wrong"
    "invalid_grant" InvalidGrant "the code or token is used, expired or revoked: the seller must authorise again"
    "invalid_scope" InvalidScope "the application may not have this scope"
    "invalid_request" InvalidRequest "a parameter is missing or sent twice"
    "unsupported_grant_type" UnsupportedGrantType "check the grant"
    "unauthorized_client" UnauthorizedClient "the application may not use this grant"
    "forbidden" Forbidden "the token may not do this"
    "local_rate_limited" LocalRateLimited "wait before the next try"
    // Reports.
    "config_not_found_for_user" ReportConfigMissing "configure the report first"
    "task_not_found_for_user" ReportTaskMissing "there is no such report"
    "invalid_begin_date" InvalidBeginDate "check when the report begins"
    "invalid_end_date" InvalidEndDate "check when the report ends"
    "end_date_before_begin_date" DatesReversed "the report must end after it begins"
    // In person.
    "cannot_cancel_order" OrderNotCancellable "the order is at the terminal, cancel it there"
    "unsupported_properties" UnsupportedProperties "a field does not belong to this call, the message says which"
    "pos_not_found" PosNotFound "there is no such point of sale"
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests;
