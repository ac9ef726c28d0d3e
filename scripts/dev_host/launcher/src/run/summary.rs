//! What is printed once everything is up: where things are, and what to try.

use crate::demo;
use crate::endpoints::Endpoints;
use stand_ins::outside::CourtScreen;

/// The court the demonstration is about.
const COURT: &str = "Oxford Combined Court Centre";

/// The text.
#[must_use]
pub fn summary(endpoints: &Endpoints, screens: &[CourtScreen]) -> String {
    let Endpoints { app, standins, .. } = endpoints;
    let screen = screens.iter().find(|screen| screen.court == COURT).or(screens.first());
    let mut text = String::new();
    let mut line = |what: &str| {
        text.push_str(what);
        text.push('\n');
    };
    line("\nP&I is ready.\n");
    line(&format!("  The service                {app}"));
    line(&format!("  Dashboard and stand-ins    {standins}"));
    line(&format!("  A court's publications     {app}/summary-of-publications?locationId=1"));
    if let Some(CourtScreen { court, url }) = screen {
        line(&format!("  Screen of {court}\n                             {url}"));
    }
    line("\nA publisher's token (SNL, CP_CATH, COMMON_PLATFORM and PDDA; court 101 is Oxford):\n");
    line(&format!("  TOKEN=$({})", endpoints.token_command()));
    line("\nTo try:\n");
    line("  Publish a list again, as a new version:\n");
    line(&publish_command(app));
    line(&format!(
        "\n  Drop a file of courts into reference-data, fire subscription_dispatch and read the mail to\n  {} on {standins}",
        demo::SUBSCRIBER
    ));
    line(
        "\n  Addresses for scripts: target/run/endpoints.json.  Log: target/run/host.log.  Ctrl-C stops everything.\n",
    );
    text
}

fn publish_command(app: &str) -> String {
    let headers = [
        "content-type: application/json",
        "x-provenance: SNL",
        "x-type: LIST",
        "x-list-type: CIVIL_DAILY_CAUSE_LIST",
        "x-court-id: 101",
        "x-language: ENGLISH",
        "x-sensitivity: PUBLIC",
    ];
    let headers: Vec<_> = headers.iter().map(|header| format!("-H '{header}'")).collect();
    format!(
        "  curl -s -X POST {app}/publication -H \"Authorization: Bearer $TOKEN\" \\\n    {} \\\n    \
         -H \"x-content-date: $(date +%F)T00:00:00Z\" -H \"x-display-from: $(date +%F)T00:00:00Z\" \\\n    \
         -H \"x-display-to: $(date +%F -d '+7 days')T00:00:00Z\" \\\n    \
         --data-binary @target/run/demo/lists/civil-daily-cause-list.json",
        headers.join(" ")
    )
}
