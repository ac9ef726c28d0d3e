//! The courts, as everything that is asked about all of them needs them: read together, kept for two seconds, and
//! the last good copy while the database is away.

use adapters::postgres::location_messages::{self, Messages};
use adapters::postgres::locations::{self, Location};
use adapters::postgres::{Client, DbError};
use domain::LocationId;
use domain::civil::Tongue;
use lists::document::Bilingual;
use runtime::{App, Problem};
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::Arc;

/// A court, with what pages and lists ask of it.
#[derive(Debug, Clone, Hash)]
pub(crate) struct Court {
    /// As stored.
    pub location: Location,
    /// What its page says besides.
    pub messages: Messages,
}

impl Court {
    /// Its name.
    pub(crate) fn name(&self, tongue: Tongue) -> &str {
        tongue.pick(&self.location.name, &self.location.welsh_name)
    }

    /// Its name in both languages.
    pub(crate) fn bilingual_name(&self) -> Bilingual {
        Bilingual::new(self.location.name.as_str(), self.location.welsh_name.as_str())
    }

    /// Its first region in both languages.
    pub(crate) fn bilingual_region(&self) -> Bilingual {
        let first = |regions: &[String]| regions.first().cloned().unwrap_or_default();
        Bilingual::new(first(&self.location.regions), first(&self.location.welsh_regions))
    }
}

/// All courts.
#[derive(Debug, Default)]
pub(crate) struct Courts {
    by_name: Vec<Arc<Court>>,
    by_id: HashMap<LocationId, Arc<Court>>,
    /// Another one whenever a court is added or changed: what was made from the courts is good while it stands.
    pub stamp: String,
}

impl Deref for Courts {
    type Target = [Arc<Court>];
    /// By English name.
    fn deref(&self) -> &[Arc<Court>] {
        &self.by_name
    }
}

impl Courts {
    fn of(locations: Vec<Location>, mut messages: HashMap<LocationId, Messages>) -> Self {
        let updated = locations.iter().map(|location| location.date_updated.timestamp_micros()).max();
        let stamp = format!("{}-{}", locations.len(), updated.unwrap_or_default());
        let court = |location: Location| {
            let messages = messages.remove(&location.location_id).unwrap_or_default();
            Arc::new(Court { location, messages })
        };
        let by_name: Vec<_> = locations.into_iter().map(court).collect();
        let by_id = by_name.iter().map(|court| (court.location.location_id, Arc::clone(court))).collect();
        Self { by_name, by_id, stamp }
    }

    /// One court.
    pub(crate) fn find(&self, id: LocationId) -> Option<Arc<Court>> {
        self.by_id.get(&id).cloned()
    }
}

/// The courts as they are, or were up to two seconds ago.
///
/// # Errors
/// 503 when the database is away and was so for ten minutes.
pub(crate) async fn all(app: &App) -> Result<Arc<Courts>, Problem> {
    app.whole("courts", read).await
}

async fn read(db: &mut Client) -> Result<Courts, DbError> {
    Ok(Courts::of(locations::all(db).await?, location_messages::all(db).await?))
}

/// One court.
///
/// # Errors
/// As [`all`].
pub(crate) async fn find(app: &App, id: LocationId) -> Result<Option<Arc<Court>>, Problem> {
    Ok(all(app).await?.find(id))
}
