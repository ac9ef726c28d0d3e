//! Settings: one struct a concern, read once at start, each field naming its variable. Secrets do not print.

use domain::Provenance;
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::time::Duration;
use url::Url;

/// A setting that is missing or wrong; the start stops with this message.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("setting {name}: {fault}")]
pub struct SettingError {
    /// The variable.
    pub name: &'static str,
    /// What is wrong and what would be right; never the value.
    pub fault: String,
}

/// All settings.
pub struct Settings {
    /// Port the host tells the handler to listen on (`FUNCTIONS_CUSTOMHANDLER_PORT`).
    pub port: u16,
    /// Log filter (`LOG_LEVEL`).
    pub log_level: String,
    /// Functions switched off in this app (`AzureWebJobs.<name>.Disabled`).
    pub disabled: Vec<String>,
    /// Where the public reaches the service (`PUBLIC_BASE_URL`).
    pub public_base_url: Url,
    /// Stores.
    pub stores: Stores,
    /// Callers' identity.
    pub identity: Identity,
    /// GOV.UK Notify.
    pub notify: Notify,
    /// Key Vault.
    pub vault: Vault,
    /// What is owed and when.
    pub effects: Effects,
    /// Court screens.
    pub screen: Screen,
    /// Limits of what is taken in.
    pub limits: Limits,
}

/// Where things are kept.
pub struct Stores {
    /// The app's database login (`DATABASE_URL`).
    pub database_url: SecretString,
    /// Connections for pages and API (`DATABASE_CONNECTIONS`); uploads and triggers have half as many of their own each.
    pub connections: usize,
    /// Connection string of the storage account (`PiStorage`), or with an identity its two services' addresses
    /// (`PiStorage__blobServiceUri`, `PiStorage__queueServiceUri`).
    pub storage: Storage,
    /// The shared cache (`REDIS_URL`); the process's own memory if empty.
    pub redis_url: Option<SecretString>,
}

/// How the storage account is reached.
pub enum Storage {
    /// By connection string.
    ConnectionString(SecretString),
    /// By managed identity.
    Identity {
        /// Blob service.
        blobs: Url,
        /// Queue service.
        queues: Url,
    },
}

/// Whose tokens are accepted.
pub struct Identity {
    /// `ENTRA_TENANT_ID`.
    pub tenant: String,
    /// `ENTRA_AUDIENCES`, comma separated.
    pub audiences: Vec<String>,
    /// `ENTRA_ISSUER_V1`: the issuer of version 1 tokens, if they are accepted.
    pub issuer_v1: Option<String>,
    /// `ENTRA_ISSUER_V2`: the issuer of version 2 tokens, if they are accepted.
    pub issuer_v2: Option<String>,
    /// `ENTRA_JWKS_URL`: the tenant's signing keys.
    pub jwks_url: Url,
    /// `PUBLISHER_PROVENANCES`: JSON, client id to the provenances it may publish for.
    pub publishers: BTreeMap<String, Vec<Provenance>>,
}

/// GOV.UK Notify.
pub struct Notify {
    /// `NOTIFY_BASE_URL`.
    pub base_url: Url,
    /// `NOTIFY_API_KEY`, or the vault's secret `notify-api-key`.
    pub api_key: Option<SecretString>,
    /// `NOTIFY_TEMPLATE_LIST_WITH_FILE`.
    pub template_with_file: String,
    /// `NOTIFY_TEMPLATE_LIST_WITHOUT_FILE`.
    pub template_without_file: String,
    /// `NOTIFY_SENDS_PER_SECOND`.
    pub sends_per_second: u32,
}

/// Key Vault.
pub struct Vault {
    /// `KEY_VAULT_URL`.
    pub url: Option<Url>,
    /// `KEY_VAULT_STAND_IN`: local runs only.
    pub stand_in: Option<Url>,
    /// `AZURE_CLIENT_ID`: a user-assigned identity; the system's own if empty.
    pub client_id: Option<String>,
}

/// What is owed and when.
pub struct Effects {
    /// `SUBSCRIPTION_DISPATCH_HOUR`: London hour of the daily run; `any` plans at every firing (demonstrations).
    pub dispatch_hour: DispatchHour,
    /// `EFFECT_LEASE_SECONDS`: how long a claim holds.
    pub lease: Duration,
    /// `EFFECT_SETTLE_SECONDS`: how long an attempt without an answer is left before it is looked up.
    pub settle: Duration,
}

/// When the daily dispatch is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DispatchHour {
    /// Once a London date, at or after this hour.
    At(u32),
    /// At every firing.
    Any,
}

/// Court screens.
pub struct Screen {
    /// `SCREEN_REFRESH_SECONDS`.
    pub refresh: Duration,
    /// `SCREEN_STALE_SECONDS`: after so long without an update the screen says so.
    pub stale: Duration,
}

/// Limits of what is taken in.
pub struct Limits {
    /// `JSON_LIMIT_BYTES`.
    pub json: usize,
    /// `FILE_LIMIT_BYTES`.
    pub file: usize,
}

impl Settings {
    /// Reads the process's environment.
    ///
    /// # Errors
    /// The first setting that is missing or wrong.
    pub fn from_environment() -> Result<Self, SettingError> {
        Self::read(&std::env::vars().collect())
    }

    /// Reads settings from a map, as [`Settings::from_environment`].
    ///
    /// # Errors
    /// The first setting that is missing or wrong.
    pub fn read(values: &BTreeMap<String, String>) -> Result<Self, SettingError> {
        let from = Source(values);
        Ok(Self {
            port: from.number("FUNCTIONS_CUSTOMHANDLER_PORT")?,
            log_level: from.optional("LOG_LEVEL")?.unwrap_or_else(|| "info".to_owned()),
            disabled: from.disabled(),
            public_base_url: from.url("PUBLIC_BASE_URL")?,
            stores: Stores::read(&from)?,
            identity: Identity::read(&from)?,
            notify: Notify::read(&from)?,
            vault: Vault {
                url: from.optional_url("KEY_VAULT_URL")?,
                stand_in: from.optional_url("KEY_VAULT_STAND_IN")?,
                client_id: from.optional("AZURE_CLIENT_ID")?,
            },
            effects: Effects {
                dispatch_hour: from.dispatch_hour()?,
                lease: from.seconds("EFFECT_LEASE_SECONDS")?,
                settle: from.seconds("EFFECT_SETTLE_SECONDS")?,
            },
            screen: Screen {
                refresh: from.seconds("SCREEN_REFRESH_SECONDS")?,
                stale: from.seconds("SCREEN_STALE_SECONDS")?,
            },
            limits: Limits { json: from.number("JSON_LIMIT_BYTES")?, file: from.number("FILE_LIMIT_BYTES")? },
        })
    }

    /// The service is reached over HTTPS.
    pub fn is_https(&self) -> bool {
        self.public_base_url.scheme() == "https"
    }
}

impl Stores {
    fn read(from: &Source<'_>) -> Result<Self, SettingError> {
        let identity = (
            from.optional_url("PiStorage__blobServiceUri")?,
            from.optional_url("PiStorage__queueServiceUri")?,
        );
        let storage = match identity {
            (Some(blobs), Some(queues)) => Storage::Identity { blobs, queues },
            _ => Storage::ConnectionString(from.secret("PiStorage")?),
        };
        Ok(Self {
            database_url: from.secret("DATABASE_URL")?,
            connections: from.number("DATABASE_CONNECTIONS")?,
            storage,
            redis_url: from.optional("REDIS_URL")?.map(SecretString::from),
        })
    }
}

impl Identity {
    fn read(from: &Source<'_>) -> Result<Self, SettingError> {
        let publishers = from.required("PUBLISHER_PROVENANCES")?;
        let publishers = serde_json::from_str(&publishers).map_err(|_| SettingError {
            name: "PUBLISHER_PROVENANCES",
            fault: "must be JSON, each client id with a list of provenances".to_owned(),
        })?;
        let read = Self {
            tenant: from.required("ENTRA_TENANT_ID")?,
            audiences: from
                .required("ENTRA_AUDIENCES")?
                .split(',')
                .map(|one| one.trim().to_owned())
                .collect(),
            issuer_v1: from.optional("ENTRA_ISSUER_V1")?,
            issuer_v2: from.optional("ENTRA_ISSUER_V2")?,
            jwks_url: from.url("ENTRA_JWKS_URL")?,
            publishers,
        };
        if read.issuer_v1.is_none() && read.issuer_v2.is_none() {
            let fault = "is missing, and so is ENTRA_ISSUER_V1: nobody could call".to_owned();
            return Err(SettingError { name: "ENTRA_ISSUER_V2", fault });
        }
        Ok(read)
    }
}

impl Notify {
    fn read(from: &Source<'_>) -> Result<Self, SettingError> {
        Ok(Self {
            base_url: from.url("NOTIFY_BASE_URL")?,
            api_key: from.optional("NOTIFY_API_KEY")?.map(SecretString::from),
            template_with_file: from.required("NOTIFY_TEMPLATE_LIST_WITH_FILE")?,
            template_without_file: from.required("NOTIFY_TEMPLATE_LIST_WITHOUT_FILE")?,
            sends_per_second: from.number("NOTIFY_SENDS_PER_SECOND")?,
        })
    }
}

/// A setting of a command, from the process's environment.
///
/// # Errors
/// When it is missing, or a Key Vault reference that was not resolved.
pub fn required(name: &'static str) -> Result<String, SettingError> {
    Source(&std::env::vars().collect()).required(name)
}

/// A setting that a command can do without, as [`required`].
///
/// # Errors
/// When it is a Key Vault reference that was not resolved.
pub fn optional(name: &'static str) -> Result<Option<String>, SettingError> {
    Source(&std::env::vars().collect()).optional(name)
}

struct Source<'a>(&'a BTreeMap<String, String>);

impl Source<'_> {
    /// A value that is there and not empty. The platform replaces Key Vault references before the start; one that is
    /// still there was not resolved.
    fn optional(&self, name: &'static str) -> Result<Option<String>, SettingError> {
        let value = self.0.get(name).filter(|value| !value.is_empty());
        if value.is_some_and(|value| value.trim_start().starts_with("@Microsoft.KeyVault(")) {
            let fault = "is a Key Vault reference that the platform could not resolve; check that the secret \
                         exists and that the app's identity may read it";
            return Err(SettingError { name, fault: fault.to_owned() });
        }
        Ok(value.cloned())
    }

    fn required(&self, name: &'static str) -> Result<String, SettingError> {
        self.optional(name)?.ok_or_else(|| SettingError { name, fault: "is missing".to_owned() })
    }

    fn secret(&self, name: &'static str) -> Result<SecretString, SettingError> {
        self.required(name).map(SecretString::from)
    }

    fn number<N: std::str::FromStr>(&self, name: &'static str) -> Result<N, SettingError> {
        let wrong = |_| SettingError { name, fault: "must be a whole number in range".to_owned() };
        self.required(name)?.parse().map_err(wrong)
    }

    fn seconds(&self, name: &'static str) -> Result<Duration, SettingError> {
        match self.number::<u64>(name)? {
            0 => Err(SettingError { name, fault: "must be at least one second".to_owned() }),
            seconds => Ok(Duration::from_secs(seconds)),
        }
    }

    fn optional_url(&self, name: &'static str) -> Result<Option<Url>, SettingError> {
        let wrong = |_| SettingError { name, fault: "must be an absolute URL".to_owned() };
        self.optional(name)?.map(|text| text.parse().map_err(wrong)).transpose()
    }

    fn url(&self, name: &'static str) -> Result<Url, SettingError> {
        self.optional_url(name)?.ok_or_else(|| SettingError { name, fault: "is missing".to_owned() })
    }

    fn dispatch_hour(&self) -> Result<DispatchHour, SettingError> {
        const NAME: &str = "SUBSCRIPTION_DISPATCH_HOUR";
        match self.required(NAME)?.as_str() {
            "any" => Ok(DispatchHour::Any),
            hour => match hour.parse() {
                Ok(hour @ 0..24) => Ok(DispatchHour::At(hour)),
                _ => {
                    Err(SettingError { name: NAME, fault: "must be an hour from 0 to 23, or any".to_owned() })
                }
            },
        }
    }

    fn disabled(&self) -> Vec<String> {
        let switched_off = |(name, value): (&String, &String)| {
            let function = name.strip_prefix("AzureWebJobs.")?.strip_suffix(".Disabled")?;
            matches!(value.to_ascii_lowercase().as_str(), "true" | "1").then(|| function.to_owned())
        };
        self.0.iter().filter_map(switched_off).collect()
    }
}

#[cfg(test)]
mod tests;
