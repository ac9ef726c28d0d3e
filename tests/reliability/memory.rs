//! No disk, and little memory: nothing needs a writable disk, and hostile uploads by the dozen neither fill the memory nor
//! keep others from being served.

use super::system::{As, System, list};
use crate::support::Upload;
use crate::support::executable::deployed;
use rustix::process::{Pid, Resource, Rlimit, prlimit};
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use zip::write::SimpleFileOptions;

/// The smallest file that calls itself a PDF.
const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_needs_a_disk() {
    // The folder for temporary files cannot be written to by anyone, and any file the process writes is cut at nought bytes.
    let system =
        System::plan().by_hand().with_setting("TMPDIR", "/proc").with_setting("HOME", "/proc").start().await;
    let pid = system.pid();
    let process = Pid::from_raw(i32::try_from(pid.expect("a process")).expect("a process id"));
    let nothing = Rlimit { current: Some(0), maximum: Some(0) };
    prlimit(process, Resource::Fsize, nothing).expect("a limit may be set");

    system.subscribes("reader@example.com", 1).await.expect(201);
    let artefact = system.publishes(&list("101", 0, 1)).await.expect(201).json();
    let id = artefact["artefactId"].as_str().expect("an id");
    system.publishes(&list("101", 1, 1).file("list.pdf", PDF)).await.expect(201);
    let large = "x".repeat(1_900_000);
    system.publishes(&list("101", 2, 1).file("list.txt", large.as_bytes())).await.expect(201);
    assert!(system.runs("publication_files").await);
    for form in ["pdf", "xlsx", "payload"] {
        system.get(As::Operator, &format!("/publication/{id}/{form}")).await.expect(200);
    }
    system.get(As::Anyone, &format!("/daily-cause-list?artefactId={id}")).await.expect(200);
    assert!(system.runs("subscription_dispatch").await && system.runs("effect_send").await);
    assert!(!system.stand_ins.notify.sent_to("reader@example.com").is_empty());
    assert_eq!(system.pid(), pid, "a write would have ended the process");
    system.has_logged_no_defect();
}

/// Ten megabytes of arrays within arrays: valid JSON, no list, and many times its size once read.
fn swollen(bytes: usize) -> Vec<u8> {
    let row = format!("[{}]", vec!["0"; 2_000].join(","));
    let rows = vec![row.as_str(); bytes / row.len() - 1].join(",");
    format!("[{rows}]").into_bytes()
}

/// A list whose strings are too long for its schema, ten megabytes of them.
fn verbose(bytes: usize) -> Vec<u8> {
    let name = "n".repeat(60_000);
    let cases: Vec<_> =
        (0..bytes / 60_100).map(|number| format!(r#"{{"caseName{number}": "{name}"}}"#)).collect();
    format!(r#"{{"courtLists": [{}]}}"#, cases.join(",")).into_bytes()
}

/// A workbook of two megabytes that unpacks to two gigabytes.
fn bomb() -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options =
        SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated).large_file(true);
    let zeros = vec![b' '; 1024 * 1024];
    for (name, mebibytes) in
        [("[Content_Types].xml", 1), ("xl/workbook.xml", 1), ("xl/worksheets/sheet1.xml", 400)]
    {
        archive.start_file(name, options).expect("a part");
        for _ in 0..mebibytes {
            archive.write_all(&zeros).expect("packed");
        }
    }
    archive.finish().expect("an archive").into_inner()
}

/// Uploads none of which may be accepted.
fn hostile() -> Vec<Upload> {
    const LIMIT: usize = 10 * 1024 * 1024;
    let day = list("101", 300, 1);
    let bodies = [
        swollen(LIMIT - 1024),
        verbose(LIMIT - 1024),
        vec![b'['; LIMIT],
        vec![b' '; LIMIT + 1],
        swollen(LIMIT - 1024),
    ];
    let mut all: Vec<_> = bodies.into_iter().map(|body| day.clone().body(body)).collect();
    let bomb = bomb();
    all.push(day.clone().file("list.xlsx", &bomb));
    let monthly = day.clone().with("x-list-type", "CST_WEEKLY_HEARING_LIST").at("/publication/non-strategic");
    all.push(monthly.form_file("file", "list.xlsx", &bomb));
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_hostile_uploads_at_once_neither_fill_the_memory_nor_keep_others_from_being_served() {
    let system = Arc::new(System::plan().by_hand().alone().start().await);
    let artefact = system.publishes(&list("101", 0, 1)).await.expect(201).json();
    let page = format!("/daily-cause-list?artefactId={}", artefact["artefactId"].as_str().expect("an id"));
    system.get(As::Anyone, &page).await.expect(200);
    let before = system.memory("VmRSS");
    let (kinds, pid) = (hostile(), system.pid());
    let mut uploads = JoinSet::new();
    for number in 0..50 {
        let (system, upload) = (Arc::clone(&system), kinds[number % kinds.len()].clone());
        uploads.spawn(async move { (number, system.publishes(&upload).await) });
    }
    let mut took = Vec::new();
    while !uploads.is_empty() {
        while let Some(done) = uploads.try_join_next() {
            let (number, reply) = done.expect("an answer");
            let refused = [400, 413, 503].contains(&reply.status);
            assert!(
                refused,
                "upload {number}: {} {}",
                reply.status,
                reply.text().chars().take(200).collect::<String>()
            );
        }
        let shown = system.get(As::Anyone, &page).await.expect(200);
        let day = u32::try_from(took.len()).expect("not so many");
        let small = system.publishes(&list("102", day, 1)).await.expect(201);
        took.extend([shown.took, small.took]);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let peak = system.memory("VmHWM");
    took.sort();
    let slow = took[(took.len() * 99).div_ceil(100) - 1];
    println!(
        "resident: {before} MiB before, {peak} MiB at most; {} pages and lists served, 99 of 100 within {slow:?}",
        took.len()
    );
    assert_eq!(system.pid(), pid, "the process lives");
    assert!(peak <= 256, "{peak} MiB");
    let patience = if deployed().is_some() { Duration::from_millis(500) } else { Duration::from_secs(5) };
    assert!(slow < patience, "{slow:?}");
    assert_eq!(system.count("publication where content_date = '2030-10-28'").await, 0, "none was accepted");
    system.has_logged_no_defect();
}
