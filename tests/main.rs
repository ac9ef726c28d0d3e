//! The product under test: the real router, and the real executable behind the local Functions host, with real
//! Postgres and Azurite and stand-ins for GOV.UK Notify and Entra ID. One binary, so one link.

mod api;
mod events;
mod executable;
mod journeys;
mod list_types;
mod reliability;
mod schema;
mod support;
