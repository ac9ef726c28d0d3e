//! Who looks at the page, and the links the service navigation offers them.

/// The kinds of reader the shell tells apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Viewer {
    /// Not signed in.
    #[default]
    Anonymous,
    /// Signed in with a verified account (legal professionals, the media).
    Verified,
    /// Court staff.
    Admin,
    /// A system administrator.
    SystemAdmin,
}

/// A link of the service navigation: the key of its wording under `navigation`, and its address.
pub(crate) type Link = (&'static str, &'static str);

const SIGN_OUT: Link = ("sign_out", "/logout");

impl Viewer {
    /// The links, in order.
    pub(crate) fn links(self) -> &'static [Link] {
        match self {
            Self::Anonymous => &[],
            Self::Verified => {
                &[("dashboard", "/account-home"), ("subscriptions", "/subscription-management"), SIGN_OUT]
            }
            Self::Admin => &[("dashboard", "/admin-dashboard"), SIGN_OUT],
            Self::SystemAdmin => {
                &[("dashboard", "/system-admin-dashboard"), ("admin_dashboard", "/admin-dashboard"), SIGN_OUT]
            }
        }
    }

    /// Staff pages are English only, so staff are not offered a choice.
    pub(crate) fn chooses_language(self) -> bool {
        matches!(self, Self::Anonymous | Self::Verified)
    }

    /// Is what this viewer sees anybody else's business?
    pub(crate) fn is_signed_in(self) -> bool {
        self != Self::Anonymous
    }
}
