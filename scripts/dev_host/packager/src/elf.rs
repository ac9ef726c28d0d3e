//! Reads as much of an ELF file as tells whether it starts on any Linux: the machine, and no dynamic loader.

/// The program header that names a dynamic loader.
const PT_INTERP: u32 = 3;
/// 64 bits, least significant byte first.
const CLASS_AND_ORDER: [u8; 2] = [2, 1];
/// The number of x86-64 among machines.
const X86_64: u16 = 62;

/// What stands in the way of starting this file on every x86-64 Linux.
#[must_use]
pub fn faults(file: &[u8]) -> Vec<String> {
    let Some(header) = Header::read(file) else { return vec!["it is not a 64-bit ELF executable".into()] };
    let mut faults = Vec::new();
    if header.machine != X86_64 {
        faults.push(format!("it is made for machine {}, not for x86-64", header.machine));
    }
    match header.has_interpreter(file) {
        Some(false) => {}
        Some(true) => faults.push("it asks for a dynamic loader: build it with +crt-static".into()),
        None => faults.push("its program headers are cut off".into()),
    }
    faults
}

struct Header {
    machine: u16,
    table: usize,
    entry_size: usize,
    entries: usize,
}

impl Header {
    fn read(file: &[u8]) -> Option<Self> {
        if !file.starts_with(b"\x7fELF") || file.get(4..6)? != CLASS_AND_ORDER {
            return None;
        }
        let short = |at: usize| Some(u16::from_le_bytes(file.get(at..at + 2)?.try_into().ok()?));
        let table = u64::from_le_bytes(file.get(32..40)?.try_into().ok()?);
        Some(Self {
            machine: short(18)?,
            table: usize::try_from(table).ok()?,
            entry_size: short(54)?.into(),
            entries: short(56)?.into(),
        })
    }

    fn has_interpreter(&self, file: &[u8]) -> Option<bool> {
        for index in 0..self.entries {
            let start = self.table.checked_add(index * self.entry_size)?;
            let entry = file.get(start..start.checked_add(self.entry_size)?)?;
            if u32::from_le_bytes(entry.get(..4)?.try_into().ok()?) == PT_INTERP {
                return Some(true);
            }
        }
        Some(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with an ELF header and program headers of the given kinds.
    fn executable(machine: u16, kinds: &[u32]) -> Vec<u8> {
        let mut file = b"\x7fELF\x02\x01\x01".to_vec();
        file.resize(64, 0);
        file[18..20].copy_from_slice(&machine.to_le_bytes());
        file[32] = 64;
        file[54] = 56;
        file[56] = u8::try_from(kinds.len()).expect("a few");
        for kind in kinds {
            file.extend(kind.to_le_bytes());
            file.resize(file.len() + 52, 0);
        }
        file
    }

    #[test]
    fn a_static_executable_has_no_faults() {
        assert!(faults(&executable(X86_64, &[6, 1, 1])).is_empty());
    }

    #[test]
    fn a_dynamic_one_another_machine_s_and_a_script_are_refused() {
        assert!(faults(&executable(X86_64, &[6, PT_INTERP]))[0].contains("dynamic loader"));
        assert!(faults(&executable(183, &[1]))[0].contains("machine 183"));
        assert!(faults(b"#!/bin/sh\n")[0].contains("not a 64-bit ELF"));
        assert!(faults(&executable(X86_64, &[1])[..70])[0].contains("cut off"));
    }

    #[test]
    fn the_test_s_own_executable_is_read() {
        let file = std::fs::read(std::env::current_exe().expect("a test runs")).expect("readable");
        assert!(Header::read(&file).and_then(|header| header.has_interpreter(&file)).is_some());
    }
}
