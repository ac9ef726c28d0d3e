//! The client against the emulator: signing, names with spaces, conditions, queues, wrong keys.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::http::{RequestContent, StatusCode};
use azure_storage_blob::models::{BlobClientDownloadOptions, HttpRange};
use azure_storage_queue::models::QueueMessage;
use futures::TryStreamExt;
use std::sync::Arc;
use storage::Account;
use storage::azurite::Azurite;

async fn account_with(container: &str) -> Account {
    let account = Azurite::shared().account();
    account.blobs().blob_container_client(container).create(None).await.unwrap();
    account
}

#[tokio::test]
async fn a_blob_with_an_awkward_name_comes_back_whole_and_in_part() {
    let account = account_with("whole").await;
    let blob = account.blobs().blob_client("whole", "2026/Caerdydd – rhestr é.json");
    blob.upload(bytes::Bytes::from_static(b"0123456789").into(), None).await.unwrap();

    let whole = blob.download(None).await.unwrap().body.collect().await.unwrap();
    assert_eq!(&whole[..], b"0123456789");
    let options = BlobClientDownloadOptions { range: Some(HttpRange::new(2, 3)), ..Default::default() };
    let part = blob.download(Some(options)).await.unwrap().body.collect().await.unwrap();
    assert_eq!(&part[..], b"234");
}

#[tokio::test]
async fn listing_and_absence_are_told_apart() {
    let account = account_with("listing").await;
    for name in ["a", "b"] {
        let content = bytes::Bytes::from_static(b"x").into();
        account.blobs().blob_client("listing", name).upload(content, None).await.unwrap();
    }
    let names: Vec<_> = account
        .blobs()
        .blob_container_client("listing")
        .list_blobs(None)
        .unwrap()
        .map_ok(|blob| blob.name.unwrap())
        .try_collect()
        .await
        .unwrap();
    assert_eq!(names, ["a", "b"]);
    assert!(!account.blobs().blob_client("listing", "c").exists().await.unwrap());
}

#[tokio::test]
async fn a_message_is_sent_received_and_deleted() {
    let queue = Azurite::shared().account().queues().queue_client("messages").unwrap();
    queue.create(None).await.unwrap();
    let message = QueueMessage { message_text: Some("eyJpZCI6N30=".into()) };
    queue.send_message(RequestContent::try_from(message).unwrap(), None).await.unwrap();

    let received = queue.receive_messages(None).await.unwrap().into_model().unwrap();
    let message = received.items.unwrap().remove(0);
    assert_eq!(message.message_text.as_deref(), Some("eyJpZCI6N30="));
    queue.delete_message(&message.message_id.unwrap(), &message.pop_receipt.unwrap(), None).await.unwrap();
}

#[tokio::test]
async fn a_wrong_key_is_refused() {
    let wrong = Azurite::shared().connection_string().replace("AccountKey=Eby8", "AccountKey=Fby8");
    let account = Account::parse(&wrong).unwrap();
    let error = account.blobs().blob_container_client("refused").create(None).await.err().unwrap();
    assert_eq!(error.http_status(), Some(StatusCode::Forbidden));
}

/// An account signature for everything in blobs and queues, as the portal would issue it.
fn account_signature(account: &str, key: &str) -> String {
    let (version, services, types, permissions, until) =
        ("2021-06-08", "bq", "sco", "rwdlacup", "2035-01-01T00:00:00Z");
    let text =
        format!("{account}\n{permissions}\n{services}\n{types}\n\n{until}\n\nhttps,http\n{version}\n\n");
    let signature = azure_core::hmac::hmac_sha256(&text, &key.to_owned().into()).unwrap();
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("sv", version), ("ss", services), ("srt", types), ("sp", permissions)])
        .extend_pairs([("se", until), ("spr", "https,http"), ("sig", &signature)])
        .finish()
}

#[tokio::test]
async fn a_shared_access_signature_opens_the_same_account() {
    let with_key = Azurite::shared().connection_string();
    let part =
        |name: &str| with_key.split(';').find_map(|part| part.strip_prefix(&format!("{name}="))).unwrap();
    let signature = account_signature(part("AccountName"), part("AccountKey"));
    let (blob, queue) = (part("BlobEndpoint"), part("QueueEndpoint"));
    let text = format!("BlobEndpoint={blob}/;QueueEndpoint={queue};SharedAccessSignature={signature}");
    let account = Account::parse(&text).unwrap();
    account.blobs().blob_container_client("signed").create(None).await.unwrap();
    let blob = account.blobs().blob_client("signed", "a/b");
    blob.upload(bytes::Bytes::from_static(b"x").into(), None).await.unwrap();
    assert!(blob.exists().await.unwrap());
    account.queues().queue_client("signed").unwrap().create(None).await.unwrap();
}

#[derive(Debug)]
struct NoToken;

#[async_trait::async_trait]
impl TokenCredential for NoToken {
    async fn get_token(
        &self,
        _: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        Err(azure_core::Error::with_message(azure_core::error::ErrorKind::Credential, "no token here"))
    }
}

#[tokio::test]
async fn tokens_never_travel_in_clear_text() {
    let credential = || Arc::new(NoToken);
    let clear = Account::with_credential("http://pi.blob.local", "http://pi.queue.local", credential());
    assert!(matches!(clear, Err(storage::Error::Refused(_))));
    let secret = Account::with_credential("https://pi.blob.local/", "https://pi.queue.local/", credential());
    assert_eq!(secret.unwrap().blobs().url().as_str(), "https://pi.blob.local/");
    let nonsense = Account::with_credential("pi", "https://pi.queue.local/", credential());
    assert!(matches!(nonsense, Err(storage::Error::Address { .. })));
}
