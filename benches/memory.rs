//! The most memory that this process held, as Linux counts it.

/// Begins a new count.
pub fn forget_peak() {
    // 5 resets the high-water mark of resident memory: proc(5).
    std::fs::write("/proc/self/clear_refs", "5").expect("Linux lets a process reset its own peak");
}

/// The most since, in MB.
pub fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells a process its status");
    let peak =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the status tells the peak");
    let kib: u64 = peak.trim().trim_end_matches("kB").trim().parse().expect("the peak is a number of kB");
    kib * 1024 / 1_000_000
}
