//! What the kernel says about a process: processor time and memory, from `/proc`.

use std::fs;

use crate::Fallible;

/// The unit of processor time in `/proc/PID/stat`, fixed at 100 a second for programs on Linux.
const MS_PER_TICK: u64 = 10;

/// Memory of a process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    /// Resident now.
    pub(crate) resident_bytes: u64,
    /// Resident at most, ever.
    pub(crate) peak_bytes: u64,
}

struct Stat {
    parent: u32,
    own_ms: u64,
    waited_children_ms: u64,
}

/// Processor time of the process, user and system, children not included.
pub(crate) fn cpu_ms(pid: u32) -> Fallible<u64> {
    Ok(stat(&pid.to_string())?.own_ms)
}

/// Processor time of this process's children that have ended and been waited for.
pub(crate) fn ended_children_cpu_ms() -> Fallible<u64> {
    Ok(stat("self")?.waited_children_ms)
}

/// Processor time of a process with all its descendants, those that have ended included.
pub(crate) fn tree_cpu_ms(root: u32) -> Fallible<u64> {
    let mut stats = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let pid: Option<u32> = entry?.file_name().to_str().and_then(|name| name.parse().ok());
        // One that ends meanwhile is counted with its parent.
        stats.extend(pid.and_then(|pid| stat(&pid.to_string()).ok().map(|stat| (pid, stat))));
    }
    let mut tree = vec![root];
    let mut next = 0;
    while let Some(parent) = tree.get(next).copied() {
        tree.extend(stats.iter().filter(|(_, stat)| stat.parent == parent).map(|(pid, _)| *pid));
        next += 1;
    }
    let in_tree = stats.iter().filter(|(pid, _)| tree.contains(pid));
    Ok(in_tree.map(|(_, stat)| stat.own_ms + stat.waited_children_ms).sum())
}

/// Memory of the process.
pub(crate) fn memory(pid: u32) -> Fallible<Memory> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    Ok(Memory { resident_bytes: status_bytes(&status, "VmRSS:")?, peak_bytes: status_bytes(&status, "VmHWM:")? })
}

fn status_bytes(status: &str, key: &str) -> Fallible<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(key)).ok_or_else(|| format!("no {key} in the status"))?;
    let kibibytes: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kibibytes * 1_024)
}

fn stat(process: &str) -> Fallible<Stat> {
    parse_stat(&fs::read_to_string(format!("/proc/{process}/stat"))?)
}

/// See `proc_pid_stat(5)`: after the name in brackets come state, parent and, as fields 14 to 17, the four times.
fn parse_stat(line: &str) -> Fallible<Stat> {
    let (_, fields) = line.rsplit_once(')').ok_or("no name in the stat")?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let number = |place: usize| -> Fallible<u64> { Ok(fields.get(place).ok_or("the stat is short")?.parse::<u64>()?) };
    Ok(Stat {
        parent: u32::try_from(number(1)?)?,
        own_ms: (number(11)? + number(12)?) * MS_PER_TICK,
        waited_children_ms: (number(13)? + number(14)?) * MS_PER_TICK,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stat_is_read_whatever_the_name() {
        let line = "42 (a (b) c) S 7 42 42 0 -1 4194304 9 9 0 0 150 30 4 6 20 0 1 0 100 0 0";
        let stat = parse_stat(line).unwrap();
        assert_eq!((stat.parent, stat.own_ms, stat.waited_children_ms), (7, 1_800, 100));
    }

    #[test]
    fn this_process_has_memory_and_is_in_its_own_tree() {
        let pid = std::process::id();
        let memory = memory(pid).unwrap();
        assert!(0 < memory.resident_bytes && memory.resident_bytes <= memory.peak_bytes);
        let alone = cpu_ms(pid).unwrap();
        assert!(tree_cpu_ms(pid).unwrap() >= alone, "time goes on between the two");
    }
}
