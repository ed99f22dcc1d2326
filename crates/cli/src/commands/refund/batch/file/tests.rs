use super::*;

fn read(text: &str) -> Vec<Line> {
    lines("refunds.csv", text.as_bytes(), Some("recall")).expect("the header is known")
}

/// Lines as `number payment amount currency reason`, or with their fault.
fn told(lines: &[Line]) -> Vec<String> {
    let told = |line: &Line| match &line.wanted {
        Ok(wanted) => {
            let amount = wanted.amount.as_deref().unwrap_or("all");
            let currency = wanted.currency.map_or_else(|| "-".to_owned(), |currency| currency.to_string());
            format!("{} {} {amount} {currency} {}", line.number, wanted.payment, wanted.reason)
        }
        Err(Fault { column, why }) => {
            format!("{} {} ! {}: {why}", line.number, line.payment, column.unwrap_or("line"))
        }
    };
    lines.iter().map(told).collect()
}

#[test]
fn columns_stand_in_any_order_after_either_separator() {
    let text = "\u{feff}Reason;payment;KEY;amount\r\nbroken;11;;12.50\r\n;12;k-2;\r\n;;;\r\n\r\n\"late; lost\";13;;0.10";
    assert_eq!(told(&read(text)), ["2 11 12.50 - broken", "3 12 all - recall", "6 13 0.10 - late; lost"]);
    assert_eq!(told(&read("payment,amount,currency\n11,1.00,ARS\n")), ["2 11 1.00 ARS recall"]);
}

#[test]
fn a_line_has_the_key_that_it_gives_itself_or_none() {
    let lines = read("payment,amount,key\n11,1.00,\n11,1.00,mine\n");
    let keys: Vec<_> = lines.into_iter().map(|line| line.wanted.expect("a line").key).collect();
    assert_eq!(keys, [None, Some("mine".into())]);
}

#[test]
fn a_line_that_cannot_be_read_costs_itself() {
    let text = "payment,amount,currency\n1/2,1.00,\n12,1.00\n13,1.00,XYZ\n2E+10,,\n,5.00,\n14,,\n";
    assert_eq!(
        told(&read(text)),
        [
            "2 1/2 ! payment: `1/2` is no id of a payment",
            "3 12 ! line: the line has 2 cells and the header 3",
            "4 13 ! currency: `XYZ` is no code of a currency; one is ARS or BRL",
            "5 2E+10 ! payment: `2E+10` is no id of a payment",
            "6  ! payment: `` is no id of a payment",
            "7 14 all - recall",
        ]
    );
    let torn = told(&read("payment,amount,reason\n11,1.00,\"open\n12,2.00,fine\n"));
    assert_eq!(torn.len(), 1, "{torn:?}");
    assert!(torn[0].contains("a quote is not closed"), "{torn:?}");
    let mut bytes = b"payment,amount,reason\n11,1.00,".to_vec();
    bytes.extend([0xe9, b'\n']);
    let latin = lines("refunds.csv", &bytes, None).expect("the header is known");
    assert_eq!(told(&latin), ["2 11 ! reason: it is not UTF-8"]);
}

#[test]
fn a_header_that_may_be_meant_in_another_way_is_refused() {
    for (text, why) in [
        ("", "`refunds.csv` is empty"),
        ("payment,amout\n1,2\n", "column `amout` is none of payment, amount, currency, reason, key"),
        ("payment,amount,payment\n", "has column `payment` twice"),
        ("payment,key\n1,a\n", "has no column `amount`"),
        ("amount\n1\n", "has no column `payment`"),
        ("payment,amount\n1,2\n", "has no column `reason`, and there is no --reason"),
    ] {
        let refused = lines("refunds.csv", text.as_bytes(), None).expect_err(text);
        assert!(refused.to_string().contains(why), "{text:?}: {refused}");
    }
    let wide: Vec<u8> = "\u{feff}payment,amount\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let refused = lines("refunds.csv", &wide, None).expect_err("it is UTF-16");
    assert_eq!(refused.to_string(), "`refunds.csv` is UTF-16; save it as CSV in UTF-8");
    let refused = lines("refunds.csv", b"payment,am\x1bount\n", None).expect_err("a strange header");
    assert!(!refused.to_string().contains('\u{1b}'), "{refused:?}");
}
