//! Every refusal a sender can meet, with Notify's own status, type and words.

use serde_json::{Value, json};
use stand_ins::notify::{KeyKind, Template, TemplateKind};
use uuid::Uuid;

use crate::support::{TEMPLATE, World, assert_refused, bearer, mail, mail_with, template};

const GENERAL: &str = "Invalid token: make sure your API token matches the example at \
                       https://docs.notifications.service.gov.uk/rest-api.html#authorisation-header";

#[tokio::test]
async fn an_accepted_mail_is_answered_in_full_and_kept() {
    let world = World::new().await;
    let answer = world.send(&mail()).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let sent = world.stand_ins.notify.sent();
    let [kept] = sent.as_slice() else { panic!("one mail") };
    let base = world.stand_ins.notify.url();
    assert_eq!(
        answer.json(),
        json!({
            "id": kept.id, "reference": "reference-1",
            "content": {
                "body": "Hello Amira, see no file.", "subject": "New list for Oxford",
                "from_email": "publishing.information@notifications.service.gov.uk",
                "one_click_unsubscribe_url": null,
            },
            "uri": format!("{base}/v2/notifications/{}", kept.id),
            "template": {
                "id": TEMPLATE, "version": 3, "uri": format!("{base}/v2/template/{TEMPLATE}/version/3"),
            },
            "scheduled_for": null, "sanitised_content": {},
        })
    );
    assert_eq!(
        (kept.address.as_str(), kept.reference.as_deref()),
        ("amira@example.com", Some("reference-1"))
    );
    assert_eq!(kept.personalisation["name"], "Amira");
    assert_eq!(kept.accepted_at, world.clock.now());
}

#[tokio::test]
async fn the_token_is_checked_as_notify_checks_it() {
    let world = World::new().await;
    let settings = world.stand_ins.notify.settings();
    let (service, secret) = (settings.service.id.to_string(), settings.api_keys[0].secret.clone());
    let now = world.clock.now().timestamp();
    let forbidden = |claims: Value, message: &'static str| (bearer(&claims, &secret), 403, message);
    let header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS512);
    let key = jsonwebtoken::EncodingKey::from_secret(secret.as_bytes());
    let hs512 = jsonwebtoken::encode(&header, &json!({ "iss": service, "iat": now }), &key).expect("a token");
    let stranger = Uuid::nil().to_string();
    let clock = "Error: Your system clock must be accurate to within 30 seconds";
    for (authorization, status, message) in [
        (String::new(), 401, "Unauthorized: authentication token must be provided"),
        ("Basic abc".to_owned(), 401, "Unauthorized: authentication bearer scheme must be used"),
        ("Bearer abc".to_owned(), 403, GENERAL),
        (format!("Bearer {hs512}"), 403, "Invalid token: algorithm used is not HS256"),
        (bearer(&json!({ "iss": service, "iat": now }), "wrong"), 403, "Invalid token: API key not found"),
        forbidden(json!({ "iat": now }), "Invalid token: iss field not provided"),
        forbidden(json!({ "iss": "me", "iat": now }), "Invalid token: service id is not the right data type"),
        forbidden(json!({ "iss": stranger, "iat": now }), "Invalid token: service not found"),
        forbidden(json!({ "iss": service }), "Invalid token: API key not found"),
        forbidden(json!({ "iss": service, "iat": now - 31 }), clock),
        forbidden(json!({ "iss": service, "iat": now + 31 }), clock),
        forbidden(json!({ "iss": service, "iat": now, "exp": now - 1 }), GENERAL),
    ] {
        let answer = world.try_send_as(&authorization, mail().to_string()).await.expect("an answer");
        assert_refused(&answer, status, "AuthError", message);
    }
    for issued in [json!(now - 30), json!(now + 30), json!(now as f64 - 29.5)] {
        let token = bearer(&json!({ "iss": service, "iat": issued }), &secret);
        let answer = world.try_send_as(&token, mail().to_string()).await.expect("an answer");
        assert_eq!(answer.status, 201, "issued at {issued}: {}", answer.text());
    }
}

#[tokio::test]
async fn an_unsigned_token_is_refused() {
    use base64::Engine;
    let world = World::new().await;
    let part = |value: Value| base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let service = world.stand_ins.notify.settings().service.id;
    let claims = json!({ "iss": service, "iat": world.clock.now().timestamp() });
    let token = format!("Bearer {}.{}.", part(json!({ "alg": "none", "typ": "JWT" })), part(claims));
    let answer = world.try_send_as(&token, mail().to_string()).await.expect("an answer");
    assert_refused(&answer, 403, "AuthError", "Invalid token: algorithm used is not HS256");
}

#[tokio::test]
async fn revoked_keys_archived_services_and_services_without_keys_are_told_apart() {
    let world = World::with(|options| options.notify.api_keys[0].revoked = true).await;
    assert_refused(&world.send(&mail()).await, 403, "AuthError", "Invalid token: API key revoked");
    let world = World::with(|options| options.notify.service.archived = true).await;
    assert_refused(&world.send(&mail()).await, 403, "AuthError", "Invalid token: service is archived");
    let world = World::with(|options| options.notify.api_keys.clear()).await;
    let claims = json!({ "iss": world.stand_ins.notify.settings().service.id, "iat": 0 });
    let answer = world.try_send_as(&bearer(&claims, "any"), mail().to_string()).await.expect("an answer");
    assert_refused(&answer, 403, "AuthError", "Invalid token: service has no API keys");
}

#[tokio::test]
async fn the_schema_is_checked_in_notifys_words() {
    let world = World::new().await;
    let long = "x".repeat(1_001);
    let too_long = format!("reference {long} is too long");
    for (body, message) in [
        (json!({ "template_id": TEMPLATE }), "email_address is a required property"),
        (json!({ "email_address": "a@example.com" }), "template_id is a required property"),
        (mail_with("email_address", "amira"), "email_address Not a valid email address"),
        (mail_with("template_id", "welcome"), "template_id is not a valid UUID"),
        (mail_with("colour", "red"), "Additional properties are not allowed (colour was unexpected)"),
        (
            mail_with("one_click_unsubscribe_url", "http://a.example"),
            "one_click_unsubscribe_url is not a valid https url",
        ),
        (mail_with("email_reply_to_id", "me"), "email_reply_to_id is not a valid UUID"),
        (mail_with("reference", long.as_str()), too_long.as_str()),
        (mail_with("personalisation", "Amira"), "personalisation Amira is not of type object"),
    ] {
        assert_refused(&world.send(&body).await, 400, "ValidationError", message);
    }
    let answer = world.send(&json!({})).await;
    assert_eq!(answer.json()["errors"].as_array().map(Vec::len), Some(2), "every error at once");
    for body in ["{", "[]", ""] {
        let bearer = world.bearer(KeyKind::Live);
        let answer = world.try_send_as(&bearer, body.to_owned()).await.expect("an answer");
        assert_refused(&answer, 400, "BadRequestError", "Invalid JSON supplied in POST data");
    }
    assert_eq!(world.send(&mail_with("reference", "x".repeat(1_000))).await.status, 201);
}

#[tokio::test]
async fn templates_and_permissions_are_checked() {
    let other = |number, change: fn(&mut Template)| {
        let mut other = Template { id: Uuid::from_u128(number), ..template() };
        change(&mut other);
        other
    };
    let world = World::with(|options| {
        options.notify.templates.push(other(2, |template| template.deleted = true));
        options.notify.templates.push(other(3, |template| template.kind = TemplateKind::Sms));
        options.notify.templates.push(other(4, |template| template.body = "((name))".into()));
    })
    .await;
    let with_template = |number| mail_with("template_id", Uuid::from_u128(number).to_string());
    let reply_to = Uuid::from_u128(9);
    let service = world.stand_ins.notify.settings().service.id;
    let no_reply_to =
        format!("email_reply_to_id {reply_to} does not exist in database for service id {service}");
    let mut long = with_template(4);
    long["personalisation"]["name"] = json!("x".repeat(2_000_001));
    let mut empty = with_template(4);
    empty["personalisation"]["name"] = json!(" ");
    let too_long = "Your message is too long. Emails cannot be longer than 2000000 bytes. Your message is 2000001 bytes.";
    for (body, message) in [
        (with_template(1), "Template not found"),
        (with_template(2), "Template has been deleted"),
        (with_template(3), "sms template is not suitable for email notification"),
        (
            mail_with("personalisation", json!({ "court": "Oxford" })),
            "Missing personalisation: name, link_to_file",
        ),
        (mail_with("email_reply_to_id", reply_to.to_string()), no_reply_to.as_str()),
        (long, too_long),
        (empty, "Your message is empty."),
    ] {
        assert_refused(&world.send(&body).await, 400, "BadRequestError", message);
    }
    let world = World::with(|options| options.notify.service.may_send_emails = false).await;
    assert_refused(
        &world.send(&mail()).await,
        400,
        "BadRequestError",
        "Service is not allowed to send emails",
    );
}

#[tokio::test]
async fn team_keys_and_trial_mode_reach_the_guest_list_only() {
    let world =
        World::with(|options| options.notify.service.guest_list = vec!["guest@example.com".into()]).await;
    let message = "Can’t send to this recipient using a team-only API key";
    assert_refused(&world.send_as(KeyKind::Team, &mail()).await, 400, "BadRequestError", message);
    let to_guest = mail_with("email_address", "Guest@example.com");
    assert_eq!(world.send_as(KeyKind::Team, &to_guest).await.status, 201);
    let world = World::with(|options| options.notify.service.trial = true).await;
    let message = "Can’t send to this recipient when service is in trial mode – see \
                   https://www.notifications.service.gov.uk/trial-mode";
    assert_refused(&world.send(&mail()).await, 400, "BadRequestError", message);
    assert_eq!(world.send_as(KeyKind::Test, &mail()).await.status, 201);
}

#[tokio::test]
async fn what_was_to_be_made_harmless_is_echoed_and_kept() {
    let world = World::new().await;
    let answer = world.send(&mail_with("sanitise_content_for", json!(["name", "other"]))).await;
    assert_eq!(answer.json()["sanitised_content"], json!({ "name": "Amira" }));
    assert_eq!(world.stand_ins.notify.sent()[0].sanitised, ["name", "other"]);
    let message = "sanitise_content_for name is not of type array";
    let wrong = world.send(&mail_with("sanitise_content_for", "name")).await;
    assert_refused(&wrong, 400, "ValidationError", message);
}

#[tokio::test]
async fn the_demo_service_is_the_one_of_the_sample_settings() {
    let sample = include_str!("../../../../../local.settings.sample.json");
    let sample: Value = serde_json::from_str(sample).expect("JSON");
    let named = |name: &str| sample["Values"][name].as_str().expect("a setting").to_owned();
    let demo = stand_ins::notify::Settings::demo();
    assert_eq!(demo.api_key(KeyKind::Live), Some(named("NOTIFY_API_KEY")));
    let ids: Vec<String> = demo.templates.iter().map(|template| template.id.to_string()).collect();
    assert_eq!(ids, [named("NOTIFY_TEMPLATE_LIST_WITH_FILE"), named("NOTIFY_TEMPLATE_LIST_WITHOUT_FILE")]);
    assert_eq!(named("ENTRA_TENANT_ID"), stand_ins::issuer::TENANT);
}

#[tokio::test]
async fn unknown_addresses_and_ids_are_answered_differently() {
    let world = World::new().await;
    let answer = crate::support::get(&world.url("/notify/v3/anything")).await;
    assert_eq!((answer.status, answer.json()["result"].clone()), (404, json!("error")));
    let unknown = world.look_up(KeyKind::Live, &format!("/{}", Uuid::nil())).await;
    assert_refused(&unknown, 404, "NoResultFound", "No result found");
    let not_an_id = world.look_up(KeyKind::Live, "/email").await;
    assert_refused(&not_an_id, 400, "ValidationError", "notification_id is not a valid UUID");
    let stranger = world.look_up(KeyKind::Live, "?colour=red").await;
    let message = "Additional properties are not allowed (colour was unexpected)";
    assert_refused(&stranger, 400, "ValidationError", message);
    assert_eq!(crate::support::get(&world.url("/notify/_status")).await.json()["status"], "ok");
}
