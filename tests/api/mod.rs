//! The API, as producers, third parties and operators call it.

mod ingest_headers;
