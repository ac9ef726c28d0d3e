//! Types and rules of P&I. No I/O, no clock, no async: `now` is always handed in.

pub mod access;
pub mod civil;
pub mod live;
pub mod publication;
pub mod reference;
pub mod schedule;
pub mod screen;
pub mod vocabulary;

pub use access::{Access, Classified, Displayed, Principal};
pub use publication::{LocationId, PublicationId};
pub use vocabulary::{
    ArtefactType, Language, LocationLevel, Provenance, Sensitivity, ThirdPartyRole, UserProvenance, UserRole,
};
