//! The courts' fixed vocabularies, spelled as producers and the production services spell them.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A word outside a fixed vocabulary; names the vocabulary and every word it accepts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be one of {accepted}")]
pub struct UnknownWord {
    /// The accepted words, joined with a comma.
    pub accepted: String,
}

macro_rules! vocabulary {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vmeta])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// Every word, in its documented order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word as producers send it and as it is stored.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;
            fn from_str(word: &str) -> Result<Self, UnknownWord> {
                Self::ALL.iter().copied().find(|known| known.as_str() == word).ok_or_else(|| UnknownWord {
                    accepted: Self::ALL.iter().map(|known| known.as_str()).collect::<Vec<_>>().join(", "),
                })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(self.as_str()) }
        }
    };
}

vocabulary! {
    /// The system a publication comes from (`x-provenance`).
    Provenance {
        /// Court staff, by hand.
        ManualUpload = "MANUAL_UPLOAD",
        /// List Assist (scheduling and listing).
        Snl = "SNL",
        /// Libra, through the crime path.
        CpCath = "CP_CATH",
        /// Common Platform.
        CommonPlatform = "COMMON_PLATFORM",
        /// Crown Court lists derived from XHIBIT.
        Pdda = "PDDA",
    }
}

impl Provenance {
    /// The name readers see as the data source of a list.
    pub const fn display_name(self) -> &'static str {
        match self {
            Self::ManualUpload => "Manual Upload",
            Self::Snl => "ListAssist",
            Self::CpCath => "Libra",
            Self::CommonPlatform => "Common Platform",
            Self::Pdda => "PDDA",
        }
    }
}

vocabulary! {
    /// What kind of artefact is published (`x-type`).
    ArtefactType {
        /// A court or tribunal list.
        List = "LIST",
        /// Judgments and outcomes.
        JudgementsAndOutcomes = "JUDGEMENTS_AND_OUTCOMES",
        /// A general publication; its display window is optional.
        GeneralPublication = "GENERAL_PUBLICATION",
        /// A live case status update for court screens.
        Lcsu = "LCSU",
    }
}

vocabulary! {
    /// Who may read a publication (`x-sensitivity`).
    Sensitivity {
        /// Anyone.
        Public = "PUBLIC",
        /// Any verified user and any third party.
        Private = "PRIVATE",
        /// Verified users and third parties whom the list type names.
        Classified = "CLASSIFIED",
        /// System administrators only.
        Internal = "INTERNAL",
    }
}

vocabulary! {
    /// The language of a publication (`x-language`).
    Language {
        /// English.
        English = "ENGLISH",
        /// Welsh.
        Welsh = "WELSH",
        /// Both in one publication.
        BiLingual = "BI_LINGUAL",
    }
}

vocabulary! {
    /// The level at which a list type's court ids are matched with reference data.
    LocationLevel {
        /// A court building.
        Venue = "VENUE",
        /// A region.
        Region = "REGION",
        /// The location that owns the hearing.
        OwningHearingLocation = "OWNING_HEARING_LOCATION",
        /// The whole country.
        National = "NATIONAL",
    }
}

vocabulary! {
    /// Where a user's account lives.
    UserProvenance {
        /// Press and media users (Azure B2C).
        PiAad = "PI_AAD",
        /// CFT IDAM.
        CftIdam = "CFT_IDAM",
        /// Crime IDAM.
        CrimeIdam = "CRIME_IDAM",
        /// HMCTS staff (Entra ID).
        Sso = "SSO",
    }
}

vocabulary! {
    /// What a signed-in user is.
    UserRole {
        /// A verified reader: media, legal professional, judiciary.
        Verified = "VERIFIED",
        /// Local court staff.
        InternalAdminLocal = "INTERNAL_ADMIN_LOCAL",
        /// Local court staff, senior.
        InternalSuperAdminLocal = "INTERNAL_SUPER_ADMIN_LOCAL",
        /// Courts and Tribunals Service Centre staff.
        InternalAdminCtsc = "INTERNAL_ADMIN_CTSC",
        /// Courts and Tribunals Service Centre staff, senior.
        InternalSuperAdminCtsc = "INTERNAL_SUPER_ADMIN_CTSC",
        /// System administrators.
        SystemAdmin = "SYSTEM_ADMIN",
    }
}

vocabulary! {
    /// What a machine consumer may read beyond public and private lists.
    ThirdPartyRole {
        /// Public and private lists only, and classified lists that name it.
        General = "GENERAL_THIRD_PARTY",
        /// Crime lists.
        Crime = "VERIFIED_THIRD_PARTY_CRIME",
        /// Civil, family and tribunal lists.
        Cft = "VERIFIED_THIRD_PARTY_CFT",
        /// Press lists.
        Press = "VERIFIED_THIRD_PARTY_PRESS",
        /// Crime and CFT lists.
        CrimeCft = "VERIFIED_THIRD_PARTY_CRIME_CFT",
        /// Crime and press lists.
        CrimePress = "VERIFIED_THIRD_PARTY_CRIME_PRESS",
        /// CFT and press lists.
        CftPress = "VERIFIED_THIRD_PARTY_CFT_PRESS",
        /// All lists.
        All = "VERIFIED_THIRD_PARTY_ALL",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back_as_itself() {
        for word in Provenance::ALL {
            assert_eq!(word.as_str().parse::<Provenance>(), Ok(*word));
        }
        for word in ThirdPartyRole::ALL {
            assert_eq!(word.as_str().parse::<ThirdPartyRole>(), Ok(*word));
        }
    }

    #[test]
    fn an_unknown_word_is_refused_with_the_words_that_are_accepted() {
        let refusal = "manual_upload".parse::<Provenance>().expect_err("spelling matters");
        assert_eq!(refusal.to_string(), "must be one of MANUAL_UPLOAD, SNL, CP_CATH, COMMON_PLATFORM, PDDA");
    }
}
