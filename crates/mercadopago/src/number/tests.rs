use domain::currency::Currency;
use domain::money::Money;
use serde::{Deserialize, Serialize};

use super::{NotANumber, Number};

#[derive(Serialize, Deserialize)]
struct Body {
    amount: Number,
}

#[test]
fn digits_are_written_as_they_were_read() {
    for text in ["0", "10", "10.00", "10.105", "-0.07", "1.5e3", "12345678901234567890.123456789"] {
        let json = format!(r#"{{"amount":{text}}}"#);
        let body: Body = serde_json::from_str(&json).expect("a number");
        assert_eq!(body.amount.as_str(), text);
        assert_eq!(serde_json::to_string(&body).expect("JSON"), json);
    }
}

#[test]
fn what_json_does_not_call_a_number_is_refused() {
    for text in ["", " 1", "1 ", "01", "+1", "1.", ".5", "1,5", "\"1\"", "null", "true", "[1]", "NaN", "1}"] {
        assert_eq!(Number::parse(text), Err(NotANumber { text: text.to_owned() }), "{text}");
    }
    for json in [r#"{"amount":"10"}"#, r#"{"amount":null}"#, r#"{"amount":{}}"#] {
        assert!(serde_json::from_str::<Body>(json).is_err(), "{json}");
    }
}

#[test]
fn money_becomes_a_number_with_all_its_decimals_and_comes_back() {
    for (minor, currency, text) in
        [(1050, Currency::ARS, "10.50"), (7, Currency::BRL, "0.07"), (1500, Currency::CLP, "1500")]
    {
        let money = Money::new(minor, currency);
        let number = Number::from(money);
        assert_eq!(number.as_str(), text);
        assert_eq!(number.to_money(currency), Ok(money));
    }
    assert!(Number::parse("10.005").expect("a number").to_money(Currency::ARS).is_err());
}
