//! What a process takes, as Linux counts it.

use std::{fs, time::Duration};

use tokio::time::sleep;

use crate::fallible::Fallible;

/// Linux counts processor time in hundredths of a second, whatever the machine.
const TICKS_PER_SECOND: f64 = 100.0;
const KIB_PER_MIB: f64 = 1_024.0;

/// What a process takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Resources {
    /// Resident memory.
    pub(crate) memory_mib: f64,
    /// Processor time, in hundredths of one core.
    pub(crate) cpu_percent: f64,
}

impl Resources {
    /// Over so long.
    pub(crate) async fn over(pid: u32, duration: Duration) -> Fallible<Self> {
        let before = ticks(&fs::read_to_string(format!("/proc/{pid}/stat"))?)?;
        sleep(duration).await;
        let after = ticks(&fs::read_to_string(format!("/proc/{pid}/stat"))?)?;
        let memory_mib = kib(&fs::read_to_string(format!("/proc/{pid}/status"))?, "VmRSS:")? / KIB_PER_MIB;
        let cpu_percent = (after - before) / TICKS_PER_SECOND / duration.as_secs_f64() * 100.0;
        Ok(Self { memory_mib, cpu_percent })
    }
}

/// The most memory that a process has had at once, in MiB.
pub(crate) fn peak_of(pid: u32) -> Fallible<f64> {
    Ok(kib(&fs::read_to_string(format!("/proc/{pid}/status"))?, "VmHWM:")? / KIB_PER_MIB)
}

/// User and system time. The name before it may hold anything but ends with the last parenthesis.
fn ticks(stat: &str) -> Fallible<f64> {
    let (_, fields) = stat.rsplit_once(')').ok_or("/proc/…/stat has no name")?;
    let times = fields.split_whitespace().skip(11).take(2).map(str::parse::<f64>);
    Ok(times.sum::<Result<f64, _>>()?)
}

fn kib(status: &str, what: &str) -> Fallible<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix(what)).ok_or_else(|| format!("no {what}"))?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_found_behind_any_name() {
        let stat = "42 (a ) b) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20 0 9 0";
        assert_eq!(ticks(stat).unwrap().to_string(), "300");
    }

    #[test]
    fn memory_is_found() {
        let status = "Name:\tx\nVmHWM:\t  4096 kB\nVmRSS:\t  2048 kB\n";
        assert_eq!(kib(status, "VmRSS:").unwrap().to_string(), "2048");
        assert_eq!(kib(status, "VmHWM:").unwrap().to_string(), "4096");
    }
}
