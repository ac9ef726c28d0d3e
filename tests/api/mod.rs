//! The API, as producers, third parties and operators call it.

mod admission;
mod coverage;
mod files;
mod ingest;
mod ingest_headers;
mod life;
mod openapi;
mod ordering;
mod reading;
mod second_contract;
mod visibility;
