//! The mail a subscriber gets: made once a version, language and template; only the address and the reference differ.

use super::is_list;
use crate::locations::courts;
use crate::publication_files::{self, Format};
use crate::publication_read::document;
use adapters::notify::{ApiKey, Attachment, AttachmentOptions, Email, Notify, NotifySettings, Pace};
use adapters::postgres::publications::Publication;
use adapters::postgres::subscribers::Subscriber;
use chrono::{DateTime, Utc};
use domain::civil::{Tongue, long_date};
use domain::{Language, Sensitivity};
use runtime::{App, Problem};
use secrecy::ExposeSecret;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::Mutex;
use uuid::Uuid;

/// Files above this are linked, not attached (decimal, stricter than the provider's own limit).
const LARGEST_FILE: usize = 2_000_000;
/// The placeholder that is the attached file.
const FILE: &str = "link_to_file";
/// Placeholders that hold text from producers.
const FROM_PRODUCERS: [&str; 2] = ["summary_of_cases", "locations"];
/// The most weeks the provider keeps an attached file: lists are read within days.
const MOST_KEPT_WEEKS: i64 = 4;
/// The vault's name of the provider's key.
const KEY_SECRET: &str = "notify-api-key";

/// The letters of one run.
#[derive(Default)]
pub(super) struct Letters(Mutex<HashMap<(Uuid, Tongue), Arc<Body>>>);

struct Body {
    personalisation: Map<String, Value>,
    file: Option<Attachment>,
}

/// One subscriber's mail.
pub(super) struct Letter {
    body: Arc<Body>,
    address: String,
    with_file: Uuid,
    without_file: Uuid,
    attachments: Vec<(&'static str, Attachment)>,
}

impl Letters {
    /// The mail about a publication for a subscriber.
    pub(super) async fn of(
        &self,
        app: &App,
        publication: &Publication,
        subscriber: &Subscriber,
    ) -> Result<Letter, Problem> {
        let tongue = if subscriber.tongue == "cy" { Tongue::Cy } else { Tongue::En };
        let mut kept = self.0.lock().await;
        let body = match kept.get(&(publication.version_id, tongue)) {
            Some(body) => Arc::clone(body),
            None => {
                let body = Arc::new(body(app, publication, tongue).await?);
                kept.insert((publication.version_id, tongue), Arc::clone(&body));
                body
            }
        };
        let template = |id: &str| id.parse::<Uuid>().map_err(|error| Problem::defect(&error));
        Ok(Letter {
            attachments: body.file.iter().map(|file| (FILE, file.clone())).collect(),
            body,
            address: subscriber.email.clone(),
            with_file: template(&app.settings.notify.template_with_file)?,
            without_file: template(&app.settings.notify.template_without_file)?,
        })
    }
}

impl Letter {
    /// As the provider takes it.
    pub(super) fn email<'a>(&'a self, reference: &'a str) -> Email<'a> {
        Email {
            template_id: if self.attachments.is_empty() { self.without_file } else { self.with_file },
            address: &self.address,
            reference,
            personalisation: &self.body.personalisation,
            attachments: &self.attachments,
            sanitise_content_for: &FROM_PRODUCERS,
            one_click_unsubscribe_url: None,
        }
    }

    /// The same mail without its file, which is linked instead.
    pub(super) fn without_file(&self) -> Self {
        Self {
            body: Arc::clone(&self.body),
            address: self.address.clone(),
            with_file: self.with_file,
            without_file: self.without_file,
            attachments: Vec::new(),
        }
    }
}

async fn body(app: &App, publication: &Publication, tongue: Tongue) -> Result<Body, Problem> {
    let court = match publication.location_id {
        Some(court) => courts::find(app, court).await?,
        None => None,
    };
    let list_type = publication.list_type.as_deref().and_then(|name| lists::registry().get(name));
    let court_name = court.as_ref().map(|court| court.name(tongue).to_owned()).unwrap_or_default();
    let mut summary = String::new();
    if let Some(list_type) = list_type.filter(|_| is_list(publication)) {
        let document = document::of(app, publication, court.as_deref()).await?;
        summary = surfaces::text::summary(&document, lists::layout(list_type), tongue).unwrap_or_default();
    }
    let base = &app.settings.public_base_url;
    let link = |path: &str| base.join(path).map(String::from).unwrap_or_default();
    let personalisation = json!({
        "list_type": list_type.map_or("", |list_type| list_type.friendly.in_tongue(tongue)),
        "content_date": long_date(publication.content_date, tongue, true),
        "locations": court_name,
        "display_locations": "Yes",
        "display_summary": if summary.is_empty() { "no" } else { "yes" },
        "summary_of_cases": summary,
        "start_page_link": link("/"),
        "subscription_page_link": link("/"),
        "list_page_link": link(&crate::portal_court::address_of(publication)),
    });
    let Value::Object(personalisation) = personalisation else { return Err(Problem::not_found("letter")) };
    let file = file(app, publication, court.as_deref(), tongue).await?;
    Ok(Body { personalisation, file })
}

/// The file that goes with the mail, if the provider takes such files.
async fn file(
    app: &App,
    publication: &Publication,
    court: Option<&courts::Court>,
    tongue: Tongue,
) -> Result<Option<Attachment>, Problem> {
    let (bytes, name) = if publication.is_flat_file {
        (document::payload(app, publication).await?, publication.file_name.clone().unwrap_or_default())
    } else {
        let tongue = if publication.language == Language::Welsh { Tongue::Cy } else { tongue };
        let name = publication_files::file_name(publication, Format::Pdf, tongue);
        (publication_files::file(app, publication, court, Format::Pdf, tongue).await?, name)
    };
    if bytes.len() >= LARGEST_FILE {
        return Ok(None);
    }
    let options = AttachmentOptions {
        filename: Some(&name),
        retention_weeks: Some(kept_weeks(publication, app.now())),
        // A link that is passed on opens what anyone may read; anything else is for who was sent it.
        confirm_email: Some(publication.sensitivity != Sensitivity::Public),
    };
    // A kind of file the provider does not take, such as HTML, is linked instead.
    Ok(Attachment::prepare(&bytes, options).ok())
}

/// For how many weeks, which is how the provider counts, the file is still displayed; at least one.
fn kept_weeks(publication: &Publication, now: DateTime<Utc>) -> u8 {
    let weeks = publication.display_to.map_or(MOST_KEPT_WEEKS, |to| (to - now).num_days() / 7 + 1);
    u8::try_from(weeks.clamp(1, MOST_KEPT_WEEKS)).unwrap_or(1)
}

/// The provider's client; its key comes from the settings, or from the vault when first needed.
pub(super) async fn mailer(app: &App) -> Result<&Notify, Problem> {
    app.mailer
        .get_or_try_init(|| async {
            let settings = &app.settings.notify;
            let key = key(app).await?;
            let per_second = settings.sends_per_second;
            let pace =
                Pace { per_second: f64::from(per_second), burst: per_second, urgent_reserve: per_second / 4 };
            let settings =
                NotifySettings { base_url: settings.base_url.clone(), pace, ..NotifySettings::new(key) };
            Ok(Notify::new(settings, app.http.clone()))
        })
        .await
}

/// The provider's key, as it is now.
async fn key(app: &App) -> Result<ApiKey, Problem> {
    let key = match (&app.settings.notify.api_key, &app.vault) {
        (Some(key), _) => key.clone(),
        (None, Some(vault)) => {
            vault.resolve(KEY_SECRET).await.map_err(|error| Problem::unavailable(&error))?
        }
        (None, None) => {
            let missing = std::io::Error::other("neither NOTIFY_API_KEY nor KEY_VAULT_URL is set");
            return Err(Problem::unavailable(&missing));
        }
    };
    ApiKey::parse(key.expose_secret()).map_err(|error| Problem::unavailable(&error))
}

/// Looks whether the vault has another key by now, as after a rotation; whether sending may go on with it.
pub(super) async fn renew_key(app: &App, mailer: &Notify) -> bool {
    match key(app).await {
        Ok(key) => mailer.replace_key(key),
        Err(problem) => {
            tracing::warn!(class = problem.kind, "the mail provider's key could not be read again");
            false
        }
    }
}
