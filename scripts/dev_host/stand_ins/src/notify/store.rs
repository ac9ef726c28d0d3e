//! The mails that were accepted: in memory, and line by line on disk when there is a directory for them.

use std::fs;
use std::io::{self, BufRead, Write};
use std::path::Path;
use std::sync::Mutex;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::mail::{Mail, Status};
use crate::held;

/// The file's name within the data directory.
const JOURNAL: &str = "outbox.jsonl";

/// One line of the journal.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Accepted(Box<Mail>),
    Moved { id: Uuid, status: Status, at: DateTime<Utc> },
}

#[derive(Debug)]
pub(super) struct Store(Mutex<Kept>);

#[derive(Debug)]
struct Kept {
    mails: Vec<Mail>,
    journal: Option<fs::File>,
}

impl Store {
    /// A store that forgets everything when it is dropped.
    pub(super) fn in_memory() -> Self {
        Self(Mutex::new(Kept { mails: Vec::new(), journal: None }))
    }

    /// A store that begins with the mails in this directory; a last line that was cut short is left out.
    pub(super) fn on_disk(directory: &Path) -> io::Result<Self> {
        fs::create_dir_all(directory)?;
        let path = directory.join(JOURNAL);
        let mut mails = Vec::new();
        if path.exists() {
            for line in io::BufReader::new(fs::File::open(&path)?).lines() {
                let line = line?;
                if line.is_empty() {
                    continue;
                }
                match serde_json::from_str(&line) {
                    Ok(Line::Accepted(mail)) => mails.push(*mail),
                    Ok(Line::Moved { id, status, at }) => drop(moved(&mut mails, id, status, at)),
                    Err(error) => tracing::warn!(%error, "a line of the outbox could not be read"),
                }
            }
        }
        let mut journal = fs::OpenOptions::new().create(true).append(true).open(&path)?;
        // A line cut short must not swallow the next one.
        if journal.metadata()?.len() > 0 {
            journal.write_all(b"\n")?;
        }
        Ok(Self(Mutex::new(Kept { mails, journal: Some(journal) })))
    }

    /// Keeps a mail; on disk first, so that what was answered with 201 survives a crash.
    pub(super) fn accept(&self, mail: Mail) -> io::Result<()> {
        let mut kept = held(&self.0);
        kept.write(&Line::Accepted(Box::new(mail.clone())))?;
        kept.mails.push(mail);
        Ok(())
    }

    /// Moves a mail to a status; a final status stays. The mail as it is then, if it moved.
    pub(super) fn advance(&self, id: Uuid, status: Status, at: DateTime<Utc>) -> Option<Mail> {
        let mut kept = held(&self.0);
        let mail = moved(&mut kept.mails, id, status, at)?;
        if let Err(error) = kept.write(&Line::Moved { id, status, at }) {
            tracing::warn!(%error, "a status could not be written to the outbox");
        }
        Some(mail)
    }

    /// Every mail, oldest first.
    pub(super) fn all(&self) -> Vec<Mail> {
        held(&self.0).mails.clone()
    }

    /// One mail.
    pub(super) fn find(&self, id: Uuid) -> Option<Mail> {
        held(&self.0).mails.iter().find(|mail| mail.id == id).cloned()
    }

    /// Forgets every mail, on disk too.
    pub(super) fn clear(&self) -> io::Result<()> {
        let mut kept = held(&self.0);
        if let Some(journal) = &kept.journal {
            journal.set_len(0)?;
        }
        kept.mails.clear();
        Ok(())
    }
}

impl Kept {
    fn write(&mut self, line: &Line) -> io::Result<()> {
        let Some(journal) = &mut self.journal else { return Ok(()) };
        let mut text = serde_json::to_vec(line).map_err(io::Error::other)?;
        text.push(b'\n');
        journal.write_all(&text)?;
        journal.sync_data()
    }
}

fn moved(mails: &mut [Mail], id: Uuid, status: Status, at: DateTime<Utc>) -> Option<Mail> {
    let mail = mails.iter_mut().find(|mail| mail.id == id).filter(|mail| !mail.status.is_final())?;
    mail.status = status;
    mail.sent_at = mail.sent_at.or(Some(at));
    if status.is_final() {
        mail.completed_at = Some(at);
    }
    Some(mail.clone())
}
