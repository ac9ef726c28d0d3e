// What the tests publish themselves, and the catalogue of all pages with it.
import { londonDay, projectFile } from "./system.mjs";

/** One list type of each shape: tables, tables under rooms that open and close, cards, rows with facts below. */
const LIST_TYPES = [
  "CIVIL_DAILY_CAUSE_LIST",
  "FAMILY_DAILY_CAUSE_LIST",
  "COP_DAILY_CAUSE_LIST",
  "SJP_PUBLIC_LIST",
  "SJP_PRESS_LIST",
  "CROWN_DAILY_PDDA_LIST",
  "CROWN_FIRM_PDDA_LIST",
  "CROWN_WARNED_PDDA_LIST",
  "MAGISTRATES_PUBLIC_LIST",
  "MAGISTRATES_STANDARD_LIST",
  "MAGISTRATES_ADULT_COURT_LIST_DAILY",
  "CST_WEEKLY_HEARING_LIST",
  "ET_DAILY_LIST",
  "ET_FORTNIGHTLY_PRESS_LIST",
  "IAC_DAILY_LIST",
  "SSCS_DAILY_LIST",
  "LONDON_ADMINISTRATIVE_COURT_DAILY_CAUSE_LIST",
];
/** The court the lists belong to: location 1, known to the producers as 101. */
export const COURT = { id: 1, name: "Oxford Combined Court Centre", welsh: "Canolfan Llysoedd Cyfun Rhydychen" };
/** A court that publishes nothing, and one whose live status has not changed for long. */
const EMPTY_COURT = 7;
export const SILENT_COURT = { id: 4, producers_id: "104", name: "Aylesbury Crown Court" };

/** Rooms of a live status, of which the first is at the given event. */
export function rooms(event = "Evidence in Chief") {
  const first = { eventId: "20", eventStatus: "In progress", eventName: event, eventTime: "10:42" };
  return [
    { courtRoom: "1", caseNumber: "T20260117", caseName: "Wetherfold", event: first },
    { courtRoom: "2", caseNumber: "", caseName: "", event: {} },
  ];
}

/** Publishes everything and answers where it is read: addresses by list type, of a file, of a list that is over. */
export async function publishAll(system) {
  const types = JSON.parse(await projectFile("schemas/list_types.json"));
  const lists = {};
  for (const name of LIST_TYPES) {
    const { artefactId } = await system.publishList(name, await projectFile(`schemas/examples/${name}.json`));
    lists[name] = `/${types.find((type) => type.name === name).path}?artefactId=${artefactId}`;
  }
  const over = { "display-from": `${londonDay(-9)}T00:00:00Z`, "display-to": `${londonDay(-2)}T00:00:00Z`, "content-date": `${londonDay(-9)}T00:00:00Z` };
  const past = await system.publishList("CIVIL_DAILY_CAUSE_LIST", await projectFile("schemas/examples/CIVIL_DAILY_CAUSE_LIST.json"), over);
  const page = `<!doctype html><title>A file</title><p>A list as a file</p><script>document.title = "script ran"</script>`;
  const file = await system.publishFile("CIVIL_AND_FAMILY_DAILY_CAUSE_LIST", { name: "list.html", type: "text/html", bytes: page });
  await system.publishLiveStatus(rooms());
  await system.publishLiveStatus(rooms(), { court: SILENT_COURT.producers_id, lastUpdated: new Date(Date.now() - 60 * 60 * 1000) });
  return {
    lists,
    over: `${lists.CIVIL_DAILY_CAUSE_LIST.split("=")[0]}=${past.artefactId}`,
    screens: { busy: await system.screenOf(COURT.name), silent: await system.screenOf(SILENT_COURT.name) },
    file: `/file-publication?artefactId=${file.artefactId}`,
  };
}

/** Every page: its name, address, status, and whether its title must be its own. */
export function allPages({ lists, over, screens }) {
  const page = (name, path, { status = 200, own = true } = {}) => ({ name, path, status, own });
  return [
    page("home", "/"),
    page("what do you want to do", "/view-option"),
    page("search", "/search"),
    page("search with several matches", "/search?court=crown+court", { own: false }),
    page("search with no match", "/search?court=zzzz", { status: 404 }),
    page("A to Z", "/courts-tribunals-list"),
    page("A to Z, filtered", "/courts-tribunals-list?jurisdiction=crime&region=wales", { own: false }),
    page("a court", `/summary-of-publications?locationId=${COURT.id}`),
    page("a court without lists", `/summary-of-publications?locationId=${EMPTY_COURT}`),
    page("live updates: choice of court", "/live-case-status"),
    page("live updates", `/live-case-status?locationId=${COURT.id}`),
    page("live updates, out of date", `/live-case-status?locationId=${SILENT_COURT.id}`),
    page("glossary", `/case-event-glossary?locationId=${COURT.id}`),
    page("screen", screens.busy),
    page("screen, out of date", screens.silent),
    page("cookies", "/cookie-policy"),
    page("accessibility statement", "/accessibility-statement"),
    page("no such page", "/no/such/page", { status: 404 }),
    page("no such court", "/summary-of-publications?locationId=99999", { status: 404, own: false }),
    page("a list that is over", over, { status: 410 }),
    page("SJP_PUBLIC_LIST, filtered", `${lists.SJP_PUBLIC_LIST}&postcode=se`, { own: false }),
    ...Object.entries(lists).map(([name, path]) => page(name, path, { own: !name.startsWith("MAGISTRATES_ADULT") })),
  ];
}
