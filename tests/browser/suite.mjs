// Runs tests and counts them: one after another those that change something, several at once those that only look.

/** How many of the tests that only look run at once. */
const AT_ONCE = 3;

/** Tests with names that are sentences. */
export class Suite {
  #tests = [];

  /** A test that needs the system to itself. */
  test(name, run) {
    this.#tests.push({ name, run, how: "alone" });
  }

  /** A test that changes nothing: several run at once. */
  looks(name, run) {
    this.#tests.push({ name, run, how: "looks" });
  }

  /** A test that mostly waits: it starts first, and its outcome is told last. */
  waits(name, run) {
    this.#tests.push({ name, run, how: "waits" });
  }

  /** A test that looks back on all the others. */
  ends(name, run) {
    this.#tests.push({ name, run, how: "ends" });
  }

  /** Runs those whose names hold `word`, prints each, then how many passed and failed. True when none failed. */
  async run(word = "") {
    const chosen = this.#tests.filter(({ name }) => name.toLowerCase().includes(word.toLowerCase()));
    const of = (how) => chosen.filter((test) => test.how === how);
    const waiting = of("waits").map(outcome);
    const outcomes = [];
    for (const test of of("alone")) {
      outcomes.push(tell(await outcome(test)));
    }
    const looking = of("looks");
    const worker = async () => {
      for (let test = looking.shift(); test; test = looking.shift()) {
        outcomes.push(tell(await outcome(test)));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    for (const test of waiting) {
      outcomes.push(tell(await test));
    }
    for (const test of of("ends")) {
      outcomes.push(tell(await outcome(test)));
    }
    const failed = outcomes.filter((good) => !good).length;
    console.log(`${outcomes.length - failed} passed, ${failed} failed`);
    return failed === 0 && outcomes.length > 0;
  }
}

async function outcome({ name, run }) {
  const start = performance.now();
  try {
    await run();
    return { name, seconds: (performance.now() - start) / 1000 };
  } catch (error) {
    return { name, seconds: (performance.now() - start) / 1000, error };
  }
}

function tell({ name, seconds, error }) {
  console.log(`${error ? "FAILED" : "ok"}  ${name} (${seconds.toFixed(1)} s)`);
  if (error) {
    console.log(String(error.stack ?? error).replace(/^/gm, "    "));
  }
  return !error;
}
