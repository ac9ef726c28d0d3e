//! A handler for tests of the host: records what it receives and answers as a script tells it.
//!
//! All in the folder `ECHO_DIR`, so that it outlives the process. It writes `seen.jsonl` (requests) and
//! `starts.jsonl` (processes). It reads `startup.json`, what to do at start:
//! `{"print": [[stream, line]], "delay_ms": n, "exit": code, "hang_root": bool}`, and `script.json`, answers by path:
//! `{"/path": answer | [answer, …]}` with an answer
//! `{"status", "headers": [[name, value]], "body", "body_base64", "chunks": [text], "delay_ms", "chunk_delay_ms", "exit", "abort"}`.
//! The last answer of a list is given again and again; `"*"` stands for every other path.

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures::stream;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;

type Body = UnsyncBoxBody<Bytes, std::io::Error>;

struct Handler {
    folder: PathBuf,
    answered: Mutex<HashMap<String, usize>>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let folder = PathBuf::from(std::env::var("ECHO_DIR").context("ECHO_DIR names the test's folder")?);
    let handler = Arc::new(Handler { folder, answered: Mutex::default() });
    let variables: HashMap<String, String> = std::env::vars().collect();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    handler.append(
        "starts.jsonl",
        &json!({"pid": std::process::id(), "environment": variables, "arguments": arguments,
            "directory": std::env::current_dir()?}),
    )?;
    let startup = handler.read("startup.json");
    for line in startup["print"].as_array().into_iter().flatten() {
        let text = line[1].as_str().unwrap_or_default();
        if line[0] == "stderr" { eprintln!("{text}") } else { println!("{text}") }
    }
    pause(&startup["delay_ms"]).await;
    if let Some(code) = startup["exit"].as_i64() {
        std::process::exit(i32::try_from(code)?);
    }
    let port: u16 = std::env::var("FUNCTIONS_CUSTOMHANDLER_PORT")?.parse()?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        let handler = Arc::clone(&handler);
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let handler = Arc::clone(&handler);
                async move { handler.answer(request).await }
            });
            // The host may break off at any time.
            let _ended = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

impl Handler {
    fn read(&self, name: &str) -> Value {
        let text = std::fs::read_to_string(self.folder.join(name)).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    fn append(&self, name: &str, entry: &Value) -> Result<()> {
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(self.folder.join(name))?;
        file.write_all(format!("{entry}\n").as_bytes())?;
        Ok(())
    }

    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Body>> {
        let (head, body) = request.into_parts();
        let envelope = head.headers.contains_key("x-azure-functions-invocationid")
            && !head.headers.contains_key("x-ms-invocation-id")
            && head.method == "POST";
        let headers: Vec<_> = head
            .headers
            .iter()
            .map(|(k, v)| json!([k.as_str(), String::from_utf8_lossy(v.as_bytes())]))
            .collect();
        let read = body.collect().await;
        let whole = read.is_ok();
        let bytes = read.map(|read| read.to_bytes()).unwrap_or_default();
        let seen = json!({"method": head.method.as_str(), "target": head.uri.to_string(), "headers": headers,
            "body": String::from_utf8_lossy(&bytes), "length": bytes.len(), "whole": whole,
            "pid": std::process::id(), "at": chrono::Utc::now().timestamp_millis()});
        self.append("seen.jsonl", &seen)?;
        let script = self.next_answer(head.uri.path(), envelope);
        pause(&script["delay_ms"]).await;
        if let Some(code) = script["exit"].as_i64() {
            std::process::exit(i32::try_from(code)?);
        }
        anyhow::ensure!(script["abort"] != true, "the script says so");
        let done = json!({"done": head.uri.path(), "at": chrono::Utc::now().timestamp_millis()});
        self.append("done.jsonl", &done)?;
        respond(&script)
    }

    /// What the script says for a path; by default success for envelopes, and "ok" otherwise.
    fn next_answer(&self, path: &str, envelope: bool) -> Value {
        let script = self.read("script.json");
        let found = script.get(path).or_else(|| script.get("*").filter(|_| path != "/"));
        match found {
            Some(Value::Array(answers)) => {
                let mut answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
                let count = answered.entry(path.to_owned()).or_default();
                let answer = answers.get(*count).or(answers.last()).cloned().unwrap_or_default();
                *count += 1;
                answer
            }
            Some(answer) => answer.clone(),
            None if envelope => json!({"headers": [["content-type", "application/json"]],
                "body": "{\"Outputs\":{},\"Logs\":[],\"ReturnValue\":null}"}),
            None => json!({"body": "ok"}),
        }
    }
}

async fn pause(milliseconds: &Value) {
    if let Some(milliseconds) = milliseconds.as_u64() {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    }
}

fn respond(script: &Value) -> Result<Response<Body>> {
    let mut builder = Response::builder().status(u16::try_from(script["status"].as_u64().unwrap_or(200))?);
    for header in script["headers"].as_array().into_iter().flatten() {
        builder =
            builder.header(header[0].as_str().unwrap_or_default(), header[1].as_str().unwrap_or_default());
    }
    if let Some(chunks) = script["chunks"].as_array().cloned() {
        let delay = script["chunk_delay_ms"].clone();
        let frames = stream::unfold((chunks.into_iter(), delay), |(mut chunks, delay)| async move {
            let chunk = chunks.next()?;
            pause(&delay).await;
            let frame = Frame::data(Bytes::from(chunk.as_str().unwrap_or_default().to_owned()));
            Some((Ok(frame), (chunks, delay)))
        });
        return Ok(builder.body(StreamBody::new(frames).boxed_unsync())?);
    }
    let body = match script["body_base64"].as_str() {
        Some(encoded) => STANDARD.decode(encoded)?,
        None => script["body"].as_str().unwrap_or_default().as_bytes().to_vec(),
    };
    Ok(builder.body(Full::new(Bytes::from(body)).map_err(|never| match never {}).boxed_unsync())?)
}
