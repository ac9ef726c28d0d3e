//! The one question that decides visibility: may this principal see this publication now?
//!
//! A principal's [`Access`] is computed once; [`Access::may_see`] is the rule, and the adapters spell the
//! same rule as one SQL predicate over the same `Access`. A property test holds the two together.

use crate::vocabulary::{Sensitivity, ThirdPartyRole, UserProvenance, UserRole};
use chrono::{DateTime, Utc};

/// Who is asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Principal {
    /// Anyone, not signed in.
    Public,
    /// A signed-in person.
    User {
        /// Where the account lives.
        provenance: UserProvenance,
        /// What the person is.
        role: UserRole,
    },
    /// A machine consumer such as Courtel.
    ThirdParty(ThirdPartyRole),
    /// An operator's or the service's own client: reads every sensitivity.
    System,
}

/// Which classified publications a principal may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Classified {
    /// None.
    None,
    /// All, whatever the list type.
    All,
    /// Those of the named list types.
    OfListTypes(Vec<String>),
}

/// What a principal may see, whatever the publication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// Sees PRIVATE publications.
    pub private: bool,
    /// Sees these CLASSIFIED publications.
    pub classified: Classified,
    /// Sees INTERNAL publications.
    pub internal: bool,
}

/// What of a publication decides its visibility.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Displayed<'a> {
    /// Its sensitivity.
    pub sensitivity: Sensitivity,
    /// Its list type, if it has one.
    pub list_type: Option<&'a str>,
    /// First instant at which it is shown.
    pub from: DateTime<Utc>,
    /// First instant at which it is no longer shown; never, if absent.
    pub to: Option<DateTime<Utc>>,
    /// Its court is known to the reference data.
    pub court_known: bool,
    /// It has been withdrawn, deleted or archived.
    pub withdrawn: bool,
}

impl Displayed<'_> {
    /// Inside its display window: from the first instant on, up to but not including the last.
    pub fn in_window(&self, now: DateTime<Utc>) -> bool {
        !self.withdrawn && self.court_known && self.from <= now && self.to.is_none_or(|to| now < to)
    }
}

/// What of a list type decides who may see its CLASSIFIED publications.
#[derive(Debug, Clone, Copy)]
pub struct Audience<'a> {
    /// The list type's name.
    pub list_type: &'a str,
    /// User provenances that may read it.
    pub provenances: &'a [UserProvenance],
    /// Third-party roles that may read it.
    pub third_parties: &'a [ThirdPartyRole],
}

impl Access {
    /// What anyone may see: PUBLIC only.
    pub const PUBLIC: Self = Self { private: false, classified: Classified::None, internal: false };

    /// What `principal` may see, given who may read each list type.
    pub fn of<'a>(principal: Principal, audiences: impl IntoIterator<Item = Audience<'a>>) -> Self {
        let beyond = |allowed: &dyn Fn(&Audience<'a>) -> bool,
                      audiences: &mut dyn Iterator<Item = Audience<'a>>| {
            let names = audiences.filter(allowed).map(|audience| audience.list_type.to_owned());
            Self { private: true, classified: Classified::OfListTypes(names.collect()), internal: false }
        };
        let mut audiences = audiences.into_iter();
        match principal {
            Principal::System | Principal::User { role: UserRole::SystemAdmin, .. } => {
                Self { private: true, classified: Classified::All, internal: true }
            }
            Principal::User { role: UserRole::Verified, provenance } => {
                beyond(&|audience| audience.provenances.contains(&provenance), &mut audiences)
            }
            Principal::ThirdParty(role) => {
                beyond(&|audience| audience.third_parties.contains(&role), &mut audiences)
            }
            Principal::Public | Principal::User { .. } => Self::PUBLIC,
        }
    }

    /// What either of two may see.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let classified = match (self.classified, other.classified) {
            (Classified::All, _) | (_, Classified::All) => Classified::All,
            (Classified::None, known) | (known, Classified::None) => known,
            (Classified::OfListTypes(mut names), Classified::OfListTypes(more)) => {
                names.extend(more);
                Classified::OfListTypes(names)
            }
        };
        Self { private: self.private || other.private, classified, internal: self.internal || other.internal }
    }

    /// The sensitivity alone, without the display window.
    pub fn may_read(&self, sensitivity: Sensitivity, list_type: Option<&str>) -> bool {
        match sensitivity {
            Sensitivity::Public => true,
            Sensitivity::Private => self.private,
            Sensitivity::Internal => self.internal,
            Sensitivity::Classified => match &self.classified {
                Classified::None => false,
                Classified::All => true,
                Classified::OfListTypes(names) => {
                    list_type.is_some_and(|list_type| names.iter().any(|name| name == list_type))
                }
            },
        }
    }

    /// The rule: inside the display window, of a known court, not withdrawn, and of a sensitivity this
    /// principal may read.
    pub fn may_see(&self, publication: &Displayed<'_>, now: DateTime<Utc>) -> bool {
        publication.in_window(now) && self.may_read(publication.sensitivity, publication.list_type)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use UserRole::{
        InternalAdminCtsc, InternalAdminLocal, InternalSuperAdminCtsc, InternalSuperAdminLocal, SystemAdmin,
        Verified,
    };

    const CROWN: Audience<'static> = Audience {
        list_type: "CROWN_FIRM_PDDA_LIST",
        provenances: &[UserProvenance::CrimeIdam, UserProvenance::PiAad],
        third_parties: &[ThirdPartyRole::Crime, ThirdPartyRole::All],
    };

    fn reads(principal: Principal) -> [bool; 4] {
        let access = Access::of(principal, [CROWN]);
        Sensitivity::ALL
            .iter()
            .map(|s| access.may_read(*s, Some(CROWN.list_type)))
            .collect::<Vec<_>>()
            .try_into()
            .expect("four")
    }

    #[test]
    fn the_visibility_matrix_of_sensitivity_and_role() {
        let user = |role, provenance| Principal::User { provenance, role };
        assert_eq!(reads(Principal::Public), [true, false, false, false]);
        assert_eq!(reads(user(Verified, UserProvenance::CrimeIdam)), [true, true, true, false]);
        assert_eq!(reads(user(Verified, UserProvenance::CftIdam)), [true, true, false, false]);
        for role in [InternalAdminLocal, InternalSuperAdminLocal, InternalAdminCtsc, InternalSuperAdminCtsc] {
            assert_eq!(reads(user(role, UserProvenance::Sso)), [true, false, false, false]);
        }
        assert_eq!(reads(user(SystemAdmin, UserProvenance::Sso)), [true, true, true, true]);
        assert_eq!(reads(Principal::ThirdParty(ThirdPartyRole::Crime)), [true, true, true, false]);
        assert_eq!(reads(Principal::ThirdParty(ThirdPartyRole::General)), [true, true, false, false]);
    }

    #[test]
    fn a_classified_publication_without_a_list_type_is_for_administrators_alone() {
        let verified = Principal::User { provenance: UserProvenance::PiAad, role: Verified };
        assert!(!Access::of(verified, [CROWN]).may_read(Sensitivity::Classified, None));
    }

    #[test]
    fn a_publication_is_shown_from_its_first_instant_and_gone_at_its_last() {
        let instant = |seconds| DateTime::from_timestamp(seconds, 0).expect("a fixed instant");
        let list = Displayed {
            sensitivity: Sensitivity::Public,
            list_type: None,
            from: instant(100),
            to: Some(instant(200)),
            court_known: true,
            withdrawn: false,
        };
        let seen = |seconds| Access::PUBLIC.may_see(&list, instant(seconds));
        assert_eq!([seen(99), seen(100), seen(199), seen(200)], [false, true, true, false]);
        assert!(!Access::PUBLIC.may_see(&Displayed { withdrawn: true, ..list }, instant(150)));
        assert!(!Access::PUBLIC.may_see(&Displayed { court_known: false, ..list }, instant(150)));
    }
}
