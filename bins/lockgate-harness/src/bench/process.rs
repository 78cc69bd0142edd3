//! What the operating system says of a process: its CPU time, its memory, where it may run.

use std::fs;

use rustix::process::{Pid, Resource, Rlimit, getrlimit, setrlimit};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use crate::HarnessError;

/// The CPUs that a bench uses.
#[derive(Debug, Clone)]
pub(super) struct Cpus(Vec<usize>);

impl Cpus {
    /// Those that this process may run on.
    pub(super) fn ours() -> Result<Self, HarnessError> {
        let set = sched_getaffinity(None).map_err(std::io::Error::from)?;
        Ok(Self(
            (0..CpuSet::MAX_CPU)
                .filter(|cpu| set.is_set(*cpu))
                .collect(),
        ))
    }

    /// The one at `index`, or the last.
    pub(super) fn only(&self, index: usize) -> Self {
        Self(
            self.0
                .get(index)
                .or(self.0.last())
                .copied()
                .into_iter()
                .collect(),
        )
    }

    fn set(&self) -> CpuSet {
        let mut set = CpuSet::new();
        self.0.iter().for_each(|cpu| set.set(*cpu));
        set
    }
}

impl std::fmt::Display for Cpus {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        out.write_str(&names.join(","))
    }
}

/// Lets the thread that calls, and what it starts, run on `cpus` only.
pub(super) fn pin_this_thread(cpus: &Cpus) -> Result<(), HarnessError> {
    Ok(sched_setaffinity(None, &cpus.set()).map_err(std::io::Error::from)?)
}

/// Lets all threads of a process and of its children run on `cpus` only. What ends meanwhile is
/// passed over; what begins later inherits.
pub(super) fn pin(process_id: u32, cpus: &Cpus) -> Result<(), HarnessError> {
    for thread in threads(process_id)? {
        let Some(pid) = i32::try_from(thread).ok().and_then(Pid::from_raw) else {
            continue;
        };
        match sched_setaffinity(Some(pid), &cpus.set()) {
            Ok(()) | Err(rustix::io::Errno::SRCH) => {}
            Err(error) => return Err(HarnessError::Pin(process_id, error.into())),
        }
        let children = fs::read_to_string(format!("/proc/{process_id}/task/{thread}/children"));
        for child in children.unwrap_or_default().split_whitespace() {
            if let Ok(child) = child.parse() {
                pin(child, cpus)?;
            }
        }
    }
    Ok(())
}

fn threads(process_id: u32) -> Result<Vec<u32>, HarnessError> {
    let Ok(tasks) = fs::read_dir(format!("/proc/{process_id}/task")) else {
        return Ok(Vec::new());
    };
    Ok(tasks
        .filter_map(|task| task.ok()?.file_name().to_str()?.parse().ok())
        .collect())
}

/// CPU seconds, user and system, of a process and all threads that it ever had. The kernel counts
/// them in ticks, of which a second has a hundred.
pub(super) fn cpu_seconds(process_id: u32) -> Result<f64, HarnessError> {
    let path = format!("/proc/{process_id}/stat");
    let text = fs::read_to_string(&path)?;
    // The name in parentheses may hold anything; `utime` and `stime` are fields 14 and 15, and the
    // first after the name is the third (proc(5)).
    let fields = text.rsplit(')').next().unwrap_or_default();
    let ticks = fields.split_whitespace().skip(11).take(2);
    let ticks = ticks.map(str::parse::<u64>).sum::<Result<u64, _>>();
    let ticks = ticks.map_err(|_| HarnessError::Proc(path))?;
    Ok(ticks as f64 / rustix::param::clock_ticks_per_second() as f64)
}

/// Resident memory of a process in KiB.
pub(super) fn resident_kib(process_id: u32) -> Result<u64, HarnessError> {
    let path = format!("/proc/{process_id}/status");
    let text = fs::read_to_string(&path)?;
    text.lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
        .ok_or(HarnessError::Proc(path))
}

/// Allows this process, and what it starts, as many open descriptors as it may allow itself, and
/// returns their number.
pub(super) fn descriptors() -> Result<u64, HarnessError> {
    let most = getrlimit(Resource::Nofile).maximum;
    let limit = Rlimit {
        current: most,
        maximum: most,
    };
    setrlimit(Resource::Nofile, limit).map_err(std::io::Error::from)?;
    Ok(most.unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_shows_in_a_process_s_time_and_memory() {
        let ours = std::process::id();
        let (time, memory) = (cpu_seconds(ours).unwrap(), resident_kib(ours).unwrap());
        let mut held = vec![1u8; 64 << 20];
        while cpu_seconds(ours).unwrap() < time + 0.05 {
            held.iter_mut()
                .for_each(|byte| *byte = byte.wrapping_mul(3));
        }
        assert!(resident_kib(ours).unwrap() > memory + 60 * 1024);
        assert!(held.iter().any(|byte| *byte != 0));
    }

    #[test]
    fn a_pinned_process_stays_where_it_is_put() {
        let mut child = std::process::Command::new("cat")
            .stdin(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let only = Cpus::ours().unwrap().only(0);
        pin(child.id(), &only).unwrap();
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
        let allowed = status
            .lines()
            .find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
        assert_eq!(allowed.map(str::trim), Some(only.to_string().as_str()));
        drop(child.stdin.take());
        child.wait().unwrap();
    }
}
