/**
 * `npm run figures [-- --applications N]`: what a browser measures of the portal's first page and of its list of 100,000 applications, as
 * Lighthouse names it: first and largest paint, blocking time, layout shift, bytes of script; and the frames of scrolling through the
 * list, from the browser's own trace. Builds the pages first. Needs a Chromium, in NOLAPSE_CHROMIUM or in the path. Times are those of this
 * machine as busy as it is; the processor time of tasks is the browser's own.
 */
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Browser, type BrowserContext, type CDPSession, chromium, type Page } from "playwright-core";
import { Portal } from "../bench/portal.ts";
import { median, percentile } from "../bench/ratio.ts";
import { chromiumPath } from "./chromium-path.ts";

const ROOT = resolve(import.meta.dirname, "..");
const T = "/t/large";
const ROUNDS = 5;
/** What a task may take before it counts as blocking (web.dev/articles/tbt), milliseconds. */
const LONG = 50;

interface Figures {
  readonly firstPaint: number;
  readonly largestPaint: number;
  readonly blocking: number;
  readonly shift: number;
  readonly script: number;
  readonly styles: number;
  readonly requests: number;
}

/** Runs in the page before anything of it does, and keeps what the browser observes. */
const OBSERVER = `
  window.seen = { largest: 0, shift: 0, long: [] };
  new PerformanceObserver((list) => { for (const one of list.getEntries()) seen.largest = one.startTime; })
    .observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((list) => { for (const one of list.getEntries()) if (!one.hadRecentInput) seen.shift += one.value; })
    .observe({ type: "layout-shift", buffered: true });
  new PerformanceObserver((list) => { for (const one of list.getEntries()) seen.long.push([one.startTime, one.duration]); })
    .observe({ type: "longtask", buffered: true });
`;

const COLLECT = `(() => {
  const paint = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0;
  const all = performance.getEntriesByType("resource");
  const bytes = (end) => all.filter(({ name }) => new URL(name).pathname.endsWith(end)).reduce((so, { encodedBodySize }) => so + encodedBodySize, 0);
  return {
    firstPaint: paint, largestPaint: seen.largest, shift: seen.shift, script: bytes(".js"), styles: bytes(".css"), requests: all.length + 1,
    blocking: seen.long.filter(([at]) => at >= paint).reduce((so, [, lasts]) => so + lasts - ${LONG}, 0),
  };
})()`;

/** A page opened for the first time, by a browser that knows nothing of it. */
async function opened(browser: Browser, portal: Portal): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const [name = "", value = ""] = portal.ready.cookie.split("=");
  await context.addCookies([{ name, value, url: portal.ready.origin }]);
  const page = await context.newPage();
  await page.addInitScript(OBSERVER);
  return { context, page };
}

async function figuresOf(browser: Browser, portal: Portal, path: string, there: RegExp): Promise<Figures> {
  const all: Figures[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { context, page } = await opened(browser, portal);
    await page.goto(portal.ready.origin + path);
    await page.getByText(there).first().waitFor();
    await page.waitForLoadState("networkidle").catch(() => undefined);
    all.push((await page.evaluate(COLLECT)) as Figures);
    await context.close();
  }
  const middle = (of: (one: Figures) => number) => median(all.map(of));
  return {
    firstPaint: middle((one) => one.firstPaint),
    largestPaint: middle((one) => one.largestPaint),
    blocking: middle((one) => one.blocking),
    shift: middle((one) => one.shift),
    script: middle((one) => one.script),
    styles: middle((one) => one.styles),
    requests: middle((one) => one.requests),
  };
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ph: string;
  /** Microseconds: by the clock, and of the processor. */
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

interface Scroll {
  readonly rows: number;
  /** Milliseconds between frames. */
  readonly frames: readonly number[];
  /** Processor milliseconds of the page's own tasks. */
  readonly tasks: readonly number[];
}

async function traced(session: CDPSession, work: () => Promise<void>): Promise<readonly TraceEvent[]> {
  const events: TraceEvent[] = [];
  session.on("Tracing.dataCollected", ({ value }) => void events.push(...(value as unknown as TraceEvent[])));
  const categories = "toplevel,devtools.timeline,disabled-by-default-devtools.timeline,__metadata";
  await session.send("Tracing.start", { categories, transferMode: "ReportEvents" });
  await work();
  const complete = new Promise<void>((done) => session.once("Tracing.tracingComplete", () => done()));
  await session.send("Tracing.end");
  await complete;
  return events;
}

/** Through the list by the wheel, as a person would, and to its end. */
async function scrolled(browser: Browser, portal: Portal): Promise<Scroll> {
  const { context, page } = await opened(browser, portal);
  await page.goto(`${portal.ready.origin}${T}/applications`);
  await page.getByRole("row").nth(20).waitFor();
  const list = page.getByRole("region", { name: "Applications" });
  await list.hover();
  await page.evaluate(`(() => {
    window.frames_ = []; let before = performance.now();
    const frame = (now) => { frames_.push(now - before); before = now; window.going = requestAnimationFrame(frame); };
    window.going = requestAnimationFrame(frame);
  })()`);
  const session = await context.newCDPSession(page);
  const events = await traced(session, async () => {
    for (let turn = 0; turn < 120; turn += 1) await page.mouse.wheel(0, 400);
    await list.evaluate((element) => {
      (element as unknown as { scrollTop: number }).scrollTop = 1e9;
    });
    await page.getByRole("row").last().waitFor();
    for (let turn = 0; turn < 40; turn += 1) await page.mouse.wheel(0, -400);
  });
  const frames = (await page.evaluate("frames_.slice(2)")) as number[];
  const rows = (await page.getByRole("grid").getAttribute("aria-rowcount")) ?? "0";
  await context.close();
  const main = events.find(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain");
  const tasks = events.filter((one) => one.name === "ThreadControllerImpl::RunTask" || one.name === "RunTask");
  const own = tasks.filter(({ pid, tid }) => pid === main?.pid && tid === main.tid);
  return { rows: Number(rows) - 1, frames, tasks: own.map(({ tdur, dur = 0 }) => (tdur ?? dur) / 1000) };
}

const ms = (value: number) => `${Math.round(value).toLocaleString("en-GB")} ms`;
const kb = (value: number) => `${(value / 1000).toFixed(0)} kB`;

function print(names: readonly string[], all: readonly Figures[], scroll: Scroll): void {
  const line = (what: string, of: (one: Figures) => string, goal: string) =>
    `${what.padEnd(34)}${all.map((one) => of(one).padStart(16)).join("")}   ${goal}\n`;
  process.stdout.write(`${" ".repeat(34)}${names.map((name) => name.padStart(16)).join("")}   goal\n`);
  process.stdout.write(line("first contentful paint", ({ firstPaint }) => ms(firstPaint), "under 1 s"));
  process.stdout.write(line("largest contentful paint", ({ largestPaint }) => ms(largestPaint), "under 2.5 s"));
  process.stdout.write(line("total blocking time", ({ blocking }) => ms(blocking), "under 200 ms"));
  process.stdout.write(line("cumulative layout shift", ({ shift }) => shift.toFixed(3), "under 0.1"));
  process.stdout.write(line("script, as sent (gzip)", ({ script }) => kb(script), "first page under 300 kB"));
  process.stdout.write(line("styles, as sent (gzip)", ({ styles }) => kb(styles), ""));
  process.stdout.write(line("requests", ({ requests }) => String(requests), ""));
  const { frames, tasks, rows } = scroll;
  const long = tasks.filter((one) => one > LONG).length;
  process.stdout.write(
    `\nscrolling through ${rows.toLocaleString("en-GB")} rows, and to the last: ${frames.length} frames, ` +
      `${percentile(frames, 0.5).toFixed(1)} ms in the middle, ${percentile(frames, 0.95).toFixed(1)} ms at p95, ${Math.max(...frames).toFixed(0)} ms at most\n` +
      `the page's own tasks meanwhile: ${tasks.length}, ${percentile(tasks, 0.99).toFixed(1)} ms of processor at p99, ` +
      `${Math.max(0, ...tasks).toFixed(1)} ms at most; longer than ${LONG} ms: ${long} (goal 0)\n`,
  );
}

const { values } = parseArgs({ options: { applications: { type: "string", default: "100000" } } });
const vite = [
  join(ROOT, "node_modules/vite/bin/vite.js"),
  "build",
  "--config",
  "web/vite.config.ts",
  "--logLevel",
  "warn",
];
const built = spawnSync(process.execPath, vite, { cwd: ROOT, stdio: "inherit" });
if (built.status !== 0) process.exit(1);
const portal = await Portal.open(Number(values.applications));
const browser = await chromium.launch({
  executablePath: chromiumPath(),
  args: ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost", "--no-sandbox"],
});
try {
  const pages = [
    await figuresOf(browser, portal, T, /Now and next/),
    await figuresOf(browser, portal, `${T}/applications`, /\d applications$/),
  ];
  print(["first page", "applications"], pages, await scrolled(browser, portal));
} finally {
  await browser.close();
  await portal.close();
}
