//! "Important information": the standing notices of each family, in both languages.

use super::envelope::Contact;
use crate::document::{Bilingual, Link, Notice};
use chrono::{Datelike, Days, NaiveDate};
use domain::civil::{Tongue, long_date};

const OBSERVE: &str = "https://www.gov.uk/guidance/observe-a-court-or-tribunal-hearing";
const MEDIA_PROTOCOL: &str = "https://www.gov.uk/government/publications/guidance-to-staff-on-supporting-media-access-to-courts-and-tribunals";
const RESTRICTIONS_TELEPHONE: &str = "0330 808 4407";

/// The fixed words for a case under a reporting restriction whose wording the list does not give.
pub fn restriction() -> Bilingual {
    Bilingual::new(
        "A reporting restriction applies to this case. Check with the court before you publish anything about it.",
        "Mae cyfyngiad riportio mewn grym yn yr achos hwn. Gofynnwch i’r llys cyn cyhoeddi unrhyw beth amdano.",
    )
}

/// Open justice: how anyone may watch, whom to ask, and who decides.
pub fn open_justice(court: &Bilingual, contact: &Contact<'_>) -> Vec<Notice> {
    let (en, cy) = (court.in_tongue(Tongue::En), court.in_tongue(Tongue::Cy));
    let reach = reach(contact);
    let mut notices = vec![
        plain(
            "Justice is done in public. Anyone may come to a hearing in this list or, where it is held by video \
             or telephone, ask to watch or listen to it.",
            "Gwneir cyfiawnder yn gyhoeddus. Caiff unrhyw un ddod i wrandawiad ar y rhestr hon neu, os cynhelir y \
             gwrandawiad dros fideo neu’r ffôn, ofyn am gael ei wylio neu wrando arno.",
        ),
        Notice {
            text: Bilingual::new(
                format!(
                    "To watch a hearing remotely, ask {en} before it begins{}. Give the case’s number.",
                    reach.en
                ),
                format!(
                    "I wylio gwrandawiad o bell, gofynnwch i {cy} cyn iddo ddechrau{}. Rhowch rif yr achos.",
                    reach.cy
                ),
            ),
            ..Notice::default()
        },
        plain(
            "The judge decides whether you may watch remotely, and may set conditions.",
            "Y barnwr sy’n penderfynu a gewch chi wylio o bell, a gall osod amodau.",
        ),
        plain(
            "Some hearings are held in private. Only people whom the court allows may attend them.",
            "Cynhelir rhai gwrandawiadau yn breifat. Dim ond y bobl y mae’r llys yn eu caniatáu a gaiff fod yno.",
        ),
    ];
    notices.push(observe());
    notices
}

/// ": by e-mail at a, by telephone on b", of what there is.
fn reach(contact: &Contact<'_>) -> Bilingual {
    let (email, telephone) = (contact.venue_email.trim(), contact.venue_telephone.trim());
    match (email.is_empty(), telephone.is_empty()) {
        (true, true) => Bilingual::default(),
        (false, true) => {
            Bilingual::new(format!(", by email at {email}"), format!(", drwy e-bost yn {email}"))
        }
        (true, false) => {
            Bilingual::new(format!(", by telephone on {telephone}"), format!(", dros y ffôn ar {telephone}"))
        }
        (false, false) => Bilingual::new(
            format!(", by email at {email} or by telephone on {telephone}"),
            format!(", drwy e-bost yn {email} neu dros y ffôn ar {telephone}"),
        ),
    }
}

fn observe() -> Notice {
    Notice {
        heading: None,
        text: Bilingual::new(
            "What to expect, and what you must not do, is explained on GOV.UK.",
            "Mae’r hyn i’w ddisgwyl, a’r hyn na chewch ei wneud, wedi’i egluro ar GOV.UK.",
        ),
        link: Some(Link {
            text: Bilingual::new(
                "Observe a court or tribunal hearing",
                "Arsylwi gwrandawiad llys neu dribiwnlys",
            ),
            href: OBSERVE.to_owned(),
        }),
    }
}

/// Social security and child support: more than one list may be published for a day.
pub fn two_sscs_lists() -> Notice {
    plain(
        "There may be a second list for this day with additional hearings. Look at both.",
        "Efallai bod ail restr ar gyfer y diwrnod hwn gyda gwrandawiadau ychwanegol. Edrychwch ar y ddwy.",
    )
}

/// Immigration and asylum: the list may change; how to watch; private hearings.
pub fn immigration() -> Vec<Notice> {
    vec![
        plain(
            "This list may change at short notice. Check it again shortly before the hearing.",
            "Gall y rhestr hon newid ar fyr rybudd. Edrychwch arni eto ychydig cyn y gwrandawiad.",
        ),
        plain(
            "Hearings are in public unless a judge directs otherwise. To watch one that is held remotely, ask the \
             hearing centre beforehand and give the case reference; the judge decides.",
            "Cynhelir gwrandawiadau yn gyhoeddus oni bai bod barnwr yn gorchymyn fel arall. I wylio un a gynhelir \
             o bell, gofynnwch i’r ganolfan wrandawiadau ymlaen llaw a rhowch gyfeirnod yr achos; y barnwr sy’n \
             penderfynu.",
        ),
        observe(),
    ]
}

/// Employment tribunals: what press and public may ask for, and how to write the message.
pub fn employment(venue: &str, contact: &Contact<'_>) -> Vec<Notice> {
    let venue = venue.trim();
    let (en, cy) = if venue.is_empty() { ("the tribunal", "y tribiwnlys") } else { (venue, venue) };
    let reach = reach(contact);
    vec![
        plain(
            "Employment tribunals sit in public unless a judge orders otherwise. Members of the press and public \
             may attend in person and may ask to watch a hearing that is held by video.",
            "Mae tribiwnlysoedd cyflogaeth yn eistedd yn gyhoeddus oni bai bod barnwr yn gorchymyn fel arall. Caiff \
             y wasg a’r cyhoedd fod yno a gofyn am gael gwylio gwrandawiad a gynhelir dros fideo.",
        ),
        Notice {
            text: Bilingual::new(
                format!(
                    "To watch a hearing by video, write to {en}{}. Put the case number, the date of the hearing and \
                     the words ‘Request to observe’ in the subject of your message.",
                    reach.en
                ),
                format!(
                    "I wylio gwrandawiad dros fideo, ysgrifennwch at {cy}{}. Rhowch rif yr achos, dyddiad y \
                     gwrandawiad a’r geiriau ‘Cais i arsylwi’ yn nhestun pwnc eich neges.",
                    reach.cy
                ),
            ),
            ..Notice::default()
        },
        observe(),
    ]
}

/// Criminal courts: the law limits what may be published.
pub fn restrictions() -> Notice {
    let number = RESTRICTIONS_TELEPHONE;
    Notice {
        heading: Some(Bilingual::new(
            "Restrictions on publishing or writing about these cases",
            "Cyfyngiadau ar gyhoeddi neu ysgrifennu am yr achosion hyn",
        )),
        text: Bilingual::new(
            format!(
                "The law limits what may be published about some cases, and a name that is missing here may be \
                 protected. Check before you publish, on paper or online: breaking a restriction may be contempt of \
                 court. If you are unsure, call HM Courts and Tribunals Service on {number}."
            ),
            format!(
                "Mae’r gyfraith yn cyfyngu ar yr hyn y gellir ei gyhoeddi am rai achosion, a gall enw sydd ar goll \
                 yma fod wedi’i warchod. Gwiriwch cyn cyhoeddi, ar bapur neu ar-lein: gall torri cyfyngiad fod yn \
                 ddirmyg llys. Os ydych yn ansicr, ffoniwch Wasanaeth Llysoedd a Thribiwnlysoedd EF ar {number}."
            ),
        ),
        link: None,
    }
}

/// The Crown Court's warned list: which week, and what an asterisk means.
pub fn warned(content_date: NaiveDate) -> Vec<Notice> {
    let monday = content_date - Days::new(u64::from(content_date.weekday().num_days_from_monday()));
    let day = |tongue| long_date(monday, tongue, true);
    vec![
        plain(
            &format!("These cases may be heard in the week that starts on {}.", day(Tongue::En)),
            &format!(
                "Gall yr achosion hyn gael eu gwrando yn yr wythnos sy’n dechrau ar {}.",
                day(Tongue::Cy)
            ),
        ),
        plain(
            "A case without a fixed date may be listed on any day of that week, and dates may change.",
            "Gellir rhestru achos heb ddyddiad penodedig ar unrhyw ddiwrnod o’r wythnos honno, a gall dyddiadau newid.",
        ),
        plain(
            "Tell the court at once if a date or a name is wrong.",
            "Dywedwch wrth y llys ar unwaith os yw dyddiad neu enw yn anghywir.",
        ),
        plain("* denotes a defendant in custody.", "Mae * yn dynodi diffynnydd yn y ddalfa."),
    ]
}

/// The Crown Court's own instructions on a warned list.
pub fn instruction(text: &str) -> Notice {
    Notice {
        heading: Some(Bilingual::new("Listing instruction", "Cyfarwyddyd rhestru")),
        text: Bilingual::same(text),
        link: None,
    }
}

/// Single justice procedure, press list: what the press may use it for.
pub fn media_protocol() -> Notice {
    Notice {
        heading: None,
        text: Bilingual::new(
            "This list is for the media. What you may do with it is set out in the media protocol.",
            "Mae’r rhestr hon ar gyfer y cyfryngau. Mae’r hyn y cewch ei wneud â hi wedi’i nodi ym mhrotocol y cyfryngau.",
        ),
        link: Some(Link {
            text: Bilingual::new(
                "Supporting media access to courts and tribunals",
                "Cefnogi mynediad y cyfryngau i lysoedd a thribiwnlysoedd",
            ),
            href: MEDIA_PROTOCOL.to_owned(),
        }),
    }
}

fn plain(en: &str, cy: &str) -> Notice {
    Notice { text: Bilingual::new(en, cy), ..Notice::default() }
}
