//! Invocations as the Functions host sends them.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

fn sys(function: &str) -> Value {
    json!({"MethodName": function, "UtcNow": "2026-01-05T07:00:00.0123456Z", "RandGuid": "6f0c1e9e-7d0b-4d57-9c0e-2f3b1f6a9a11"})
}

/// A timer's firing.
pub fn timer(function: &str) -> Value {
    json!({
        "Data": {"tick": {
            "Schedule": {"AdjustForDST": true},
            "ScheduleStatus": {"Last": "2026-01-05T06:55:00.0005+00:00", "Next": "2026-01-05T07:00:00+00:00", "LastUpdated": "2026-01-05T06:55:00.0005+00:00"},
            "IsPastDue": false,
        }},
        "Metadata": {"sys": sys(function)},
    })
}

/// A queue message's delivery.
pub fn queue(function: &str, text: &str, dequeue_count: u32) -> Value {
    json!({
        "Data": {"message": BASE64_STANDARD.encode(text)},
        "Metadata": {
            "DequeueCount": dequeue_count.to_string(),
            "Id": "\"b5c1d0f2-0f7d-4c3a-8d6e-9f3f2f0f5a01\"",
            "PopReceipt": "\"AgAAAAMAAAA=\"",
            "InsertionTime": "2026-01-05T07:00:00+00:00",
            "ExpirationTime": "2026-01-12T07:00:00+00:00",
            "NextVisibleTime": "2026-01-05T07:10:00+00:00",
            "sys": sys(function),
        },
    })
}

/// A blob that appeared, stored at an instant.
pub fn blob(function: &str, name: &str, bytes: &[u8], modified: DateTime<Utc>) -> Value {
    json!({
        "Data": {"file": BASE64_STANDARD.encode(bytes)},
        "Metadata": {
            "Uri": format!("\"http://127.0.0.1:10000/devstoreaccount1/reference-data/{name}\""),
            "Properties": {"ContentLength": bytes.len(), "LastModified": modified.to_rfc3339()},
            "Metadata": {},
            "name": serde_json::to_string(name).expect("a name"),
            "sys": sys(function),
        },
    })
}
