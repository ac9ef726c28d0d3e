// Finds the system to test, or starts one of its own that is thrown away afterwards.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { System } from "./system.mjs";

const root = new URL("../../", import.meta.url);
const run = new URL("target/run/", root);
/** How long a system of our own may take to start. */
const PATIENCE = 120_000;
/** How long it may take to stop. */
const PATIENCE_AT_END = 20_000;
/** What a start tells when somebody took one of its ports in the meantime. */
const TAKEN = /is taken|in use/;
/** Ports below those the system gives to outgoing connections, which could take one in the meantime. */
const PORTS = { first: 20_000, count: 12_000 };
/** Where the search goes on: elsewhere in each process. */
let nextPort = process.pid * 97;
/** The demonstration's publisher, as the stand-ins know it. */
const PUBLISHER = { client_id: "hmi", client_secret: "hmi-demo-secret", scope: "api://publishing-information/.default" };
const TENANT = "11111111-2222-3333-4444-555555555555";

/** The system, and how to stop it if it was started here. */
export async function findSystem() {
  const { APP_URL, STANDINS_URL, ENDPOINTS } = process.env;
  if (ENDPOINTS) {
    return { system: new System(JSON.parse(await readFile(ENDPOINTS, "utf8"))), stop: async () => {} };
  }
  if (APP_URL && STANDINS_URL) {
    const addresses = { app: APP_URL, screen_urls: `${STANDINS_URL}/screens`, token_url: `${STANDINS_URL}/identity/${TENANT}/oauth2/v2.0/token` };
    return { system: new System({ ...PUBLISHER, ...addresses }), stop: async () => {} };
  }
  return startSystem();
}

/** `pi-dev run` on free ports, with a database and a storage account that vanish with it. */
async function startSystem(attempts = 3) {
  const target = process.env.CARGO_TARGET_DIR ? `${process.env.CARGO_TARGET_DIR}/` : fileURLToPath(new URL("target/", root));
  const program = `${target}x86_64-unknown-linux-gnu/debug/pi-dev`;
  if (existsSync(new URL("ready", run))) {
    throw new Error("scripts/run is running: stop it, or test it with ENDPOINTS=target/run/endpoints.json");
  }
  const env = { ...process.env, PI_APP_PORT: await freePort(), PI_STANDINS_PORT: await freePort() };
  const child = spawn(program, ["with-services", "--", program, "run"], { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  let told = "";
  child.stdout.on("data", (text) => (told += text));
  child.stderr.on("data", (text) => (told += text));
  const ended = new Promise((resolve) => child.once("close", resolve));
  const stop = async () => {
    child.kill("SIGTERM");
    // Its watchdog takes the rest down with it.
    const impatience = setTimeout(() => child.kill("SIGKILL"), PATIENCE_AT_END);
    await ended;
    clearTimeout(impatience);
  };
  let over = false;
  ended.then(() => (over = true));
  for (const start = Date.now(); !existsSync(new URL("ready", run)); ) {
    if (over || Date.now() - start > PATIENCE) {
      await stop();
      if (attempts > 1 && TAKEN.test(told)) return startSystem(attempts - 1);
      throw new Error(`the system did not start:\n${told}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return { system: new System(JSON.parse(await readFile(new URL("endpoints.json", run), "utf8"))), stop };
}

/** A port nobody uses at this moment, and another one at each call. */
async function freePort() {
  for (let tried = 0; tried < PORTS.count; tried++) {
    const port = PORTS.first + (nextPort++ % PORTS.count);
    if (await isFree(port)) return String(port);
  }
  throw new Error("there is no free port");
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer().once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
