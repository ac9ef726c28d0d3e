//! The templates of a developer's machine, under the ids that the sample settings name.

use uuid::Uuid;

use super::templates::Template;

/// The id of the template for a list with a file.
const WITH_FILE: Uuid = Uuid::from_u128(0x3333_3333_3333_4333_8333_3333_3333_3331);

/// The id of the template for a list without one.
const WITHOUT_FILE: Uuid = Uuid::from_u128(0x3333_3333_3333_4333_8333_3333_3333_3332);

/// What both say before the file.
const OPENING: &str = "\
A list you subscribe to is available.

((list_type))
((content_date))
((locations))

Read it online: ((list_page_link))
";

/// What both say after it.
const CLOSING: &str = "
((display_summary??The cases in it:))

((summary_of_cases))

Change your subscriptions: ((subscription_page_link))
Court and tribunal hearings: ((start_page_link))
";

/// The two templates a subscriber's mail is made from.
pub(super) fn templates() -> Vec<Template> {
    let template = |id, name: &str, file: &str| Template {
        id,
        name: name.to_owned(),
        version: 1,
        subject: "((list_type)), ((content_date))".to_owned(),
        body: format!("{OPENING}{file}{CLOSING}"),
        ..Template::default()
    };
    vec![
        template(WITH_FILE, "List with a file", "Download it: ((link_to_file))\n"),
        template(WITHOUT_FILE, "List without a file", ""),
    ]
}
