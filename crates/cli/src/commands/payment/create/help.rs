//! What helps a payment to be approved and is missing, as a short list.

/// Paths that are missing, those of one object on one line.
pub(super) fn list(missing: &[&str]) -> String {
    let mut list = String::from("it is approved more often with:");
    let mut last = None;
    for path in missing {
        let (parent, name) =
            path.rsplit_once('.').map_or((None, *path), |(parent, name)| (Some(parent), name));
        match parent {
            Some(parent) if last == Some(parent) => list.push_str(", "),
            Some(parent) => list.extend(["\n  ", parent, ": "]),
            None => list.push_str("\n  "),
        }
        list.push_str(name);
        last = parent;
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_of_one_object_share_a_line() {
        let missing = ["device_id", "info.ip", "info.items", "info.payer.phone", "info.payer.address"];
        let list = list(&missing);
        let lines: Vec<&str> = list.lines().collect();
        let expect = [
            "it is approved more often with:",
            "  device_id",
            "  info: ip, items",
            "  info.payer: phone, address",
        ];
        assert_eq!(lines, expect);
    }
}
