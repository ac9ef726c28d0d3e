// The running system under test: its addresses, a publisher's token, and publishing through the real API.
import { readFile } from "node:fs/promises";

const root = new URL("../../", import.meta.url);
const DAY = 24 * 60 * 60 * 1000;

/** Today in London, as 2026-11-23; `days` later if given. */
export function londonDay(days = 0) {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/London" }).format(new Date(Date.now() + days * DAY));
}

/** A file of the project, as text. */
export function projectFile(path) {
  return readFile(new URL(path, root), "utf8");
}

/** The system whose addresses a file of endpoints tells, as `target/run/endpoints.json`. */
export class System {
  #endpoints;
  #token;

  constructor(endpoints) {
    this.#endpoints = endpoints;
  }

  get app() {
    return this.#endpoints.app;
  }

  /** What the host and the handler of `scripts/run` have logged. */
  log() {
    return projectFile("target/run/host.log");
  }

  /** The address of a path of the app. */
  address(path) {
    return new URL(path, this.app).href;
  }

  async #publisherToken() {
    this.#token ??= fetch(this.#endpoints.token_url, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: this.#endpoints.client_id,
        client_secret: this.#endpoints.client_secret,
        scope: this.#endpoints.scope,
      }),
    }).then(async (answer) => {
      if (!answer.ok) {
        throw new Error(`no token: ${answer.status} ${await answer.text()}`);
      }
      return (await answer.json()).access_token;
    });
    return this.#token;
  }

  async #post(headers, body) {
    const about = Object.fromEntries(Object.entries(headers).map(([name, value]) => [`x-${name}`, value]));
    const authorization = `Bearer ${await this.#publisherToken()}`;
    const answer = await fetch(this.address("/publication"), { method: "POST", headers: { authorization, ...about, ...body.headers }, body: body.content });
    if (answer.status !== 201) {
      throw new Error(`${about["x-list-type"] ?? about["x-type"]} was refused: ${answer.status} ${await answer.text()}`);
    }
    return answer.json();
  }

  /** The path of a court's screen. */
  async screenOf(court) {
    const screens = await (await fetch(this.#endpoints.screen_urls)).json();
    const screen = screens.find((screen) => screen.court === court);
    if (!screen) {
      throw new Error(`${court} has no screen`);
    }
    return new URL(screen.url).pathname;
  }

  /** Publishes a list as data, seen by anyone today; answers the publication. */
  publishList(listType, payload, headers = {}) {
    const content = typeof payload === "string" ? payload : JSON.stringify(payload);
    return this.#post({ ...about(listType), ...headers }, { headers: { "content-type": "application/json" }, content });
  }

  /** Publishes a file as a list. */
  publishFile(listType, { name, type, bytes }, headers = {}) {
    const content = new FormData();
    content.append("file", new Blob([bytes], { type }), name);
    return this.#post({ ...about(listType), ...headers }, { headers: {}, content });
  }

  /** Publishes what a court's rooms are doing now. */
  publishLiveStatus(rooms, { court = "101", lastUpdated = new Date() } = {}) {
    const payload = [{ locationId: 1, locationName: "Oxford Combined Court Centre", lastUpdated: lastUpdated.toISOString(), locationUpdates: rooms }];
    const headers = { ...about(undefined), provenance: "PDDA", type: "LCSU", "court-id": court };
    return this.#post(headers, { headers: { "content-type": "application/json" }, content: JSON.stringify(payload) });
  }
}

function about(listType) {
  const headers = {
    provenance: "SNL",
    type: "LIST",
    "court-id": "101",
    sensitivity: "PUBLIC",
    language: "ENGLISH",
    "content-date": `${londonDay()}T00:00:00Z`,
    "display-from": `${londonDay(-1)}T00:00:00Z`,
    "display-to": `${londonDay(7)}T23:59:00Z`,
  };
  return listType ? { ...headers, "list-type": listType } : headers;
}
