//! How this process proves to Azure who it is: a managed identity in the cloud, developer tools on a desk.

use azure_core::credentials::TokenCredential;
use azure_core::http::{ClientOptions, Transport};
use azure_identity::{
    DeveloperToolsCredential, ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId,
};
use std::sync::Arc;

/// Which proof to use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AzureIdentity {
    /// The app's managed identity: the system's own, or the user-assigned one with this client id.
    Managed {
        /// Client id of a user-assigned identity.
        client_id: Option<String>,
    },
    /// Whoever is signed in with the Azure command-line tools.
    DeveloperTools,
}

impl AzureIdentity {
    /// The credential, which keeps its tokens until shortly before they expire.
    ///
    /// # Errors
    /// When the surroundings offer a kind of managed identity that the client library does not know.
    pub fn credential(&self, http: &reqwest::Client) -> Result<Arc<dyn TokenCredential>, azure_core::Error> {
        match self {
            Self::DeveloperTools => Ok(DeveloperToolsCredential::new(None)?),
            Self::Managed { client_id } => {
                let transport = Some(Transport::new(Arc::new(http.clone())));
                Ok(ManagedIdentityCredential::new(Some(ManagedIdentityCredentialOptions {
                    user_assigned_id: client_id.clone().map(UserAssignedId::ClientId),
                    client_options: ClientOptions { transport, ..ClientOptions::default() },
                }))?)
            }
        }
    }
}
