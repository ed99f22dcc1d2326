//! What machine this is, in the few words that a reader of a measurement needs.

use std::fs;

/// Cores, memory, processor and system, in one line.
pub fn describe() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let system = fs::read_to_string("/etc/os-release").unwrap_or_default();
    format!(
        "{cores} cores, {}, {}, {}",
        gibibytes(&memory).unwrap_or_else(|| "memory unknown".to_owned()),
        value(&processor, "model name", ':').unwrap_or("processor unknown"),
        value(&system, "PRETTY_NAME", '=').unwrap_or("system unknown"),
    )
}

fn gibibytes(meminfo: &str) -> Option<String> {
    let kibibytes: u64 = value(meminfo, "MemTotal", ':')?.strip_suffix("kB")?.trim().parse().ok()?;
    Some(format!("{} GiB", (kibibytes + (1 << 19)) >> 20))
}

/// The value of a key in lines of `key<separator>value`, without quotes.
fn value<'a>(text: &'a str, key: &str, separator: char) -> Option<&'a str> {
    text.lines()
        .filter_map(|line| line.split_once(separator))
        .find(|(name, _)| name.trim() == key)
        .map(|(_, value)| value.trim().trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::{gibibytes, value};

    #[test]
    fn values_are_found_by_their_key() {
        let text = "NAME=\"Debian\"\nPRETTY_NAME=\"Debian 12\"\n";
        assert_eq!(value(text, "PRETTY_NAME", '='), Some("Debian 12"));
        assert_eq!(value(text, "ID", '='), None);
    }

    #[test]
    fn memory_is_rounded_to_whole_gibibytes() {
        assert_eq!(gibibytes("MemTotal:       25165824 kB\n").as_deref(), Some("24 GiB"));
        assert_eq!(gibibytes("MemFree: 1 kB\n"), None);
    }
}
