/**
 * `node scripts/alert-mail.ts`: what a person gets when the breaker opens, as a picture. The mail is sent by the program itself to a mail
 * server of this machine, and its HTML part shown by Chromium (NOLAPSE_CHROMIUM); writes docs/images/alert-mail.png.
 */
import { mkdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";
import { Site } from "../test/support/site.ts";
import { type SmtpServer, smtpServer } from "../test/support/smtp-server.ts";

const PICTURE = resolve(import.meta.dirname, "../docs/images/alert-mail.png");
const MOST = 150_000;
const MINUTE = 60_000;

/** A tenant in which no new secret is honoured any more, and some others end soon. */
async function openTenant(mails: SmtpServer): Promise<Site> {
  const site = await Site.open({ applications: 3 });
  await site.directory.seed([
    { name: "Payroll Export", secrets: [{ name: "export 2030", end: "P2D" }] },
    { name: "Warehouse Sync", secrets: [{ name: "sync", end: "P13D" }] },
  ]);
  site.environment.SMTP_URL = mails.url;
  const mail = {
    type: "email",
    to: ["identity@contoso.example"],
    from: "nolapse@contoso.example",
    smtp: "env:SMTP_URL",
  };
  site.configure({ ...site.config(), notify: [mail] });
  site.directory.faults.set({ seed: 1, rules: [{ on: "addPassword", fault: "token-lag", duration: "P2D" }] });
  return site;
}

/** The HTML part of a mail as it came over the wire. */
function htmlOf(message: string): string {
  const boundary = /boundary="?([^"\n;]+)/.exec(message)?.[1] ?? "";
  const part = message.split(`--${boundary}`).find((one) => /^Content-Type: text\/html/im.test(one)) ?? "";
  const [head = "", ...body] = part.trimStart().split("\n\n");
  const text = body.join("\n\n");
  if (/base64/i.test(head)) return Buffer.from(text, "base64").toString("utf8");
  if (!/quoted-printable/i.test(head)) return text;
  const bytes = text
    .replaceAll(/=\r?\n/g, "")
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}

async function take(html: string): Promise<void> {
  const browser = await chromium.launch({
    executablePath: process.env.NOLAPSE_CHROMIUM ?? "/usr/bin/chromium",
    args: ["--host-resolver-rules=MAP * ~NOTFOUND", "--no-sandbox"],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 760, height: 400 }, colorScheme: "light" });
    await page.setContent(html);
    mkdirSync(join(PICTURE, ".."), { recursive: true });
    await page.screenshot({ path: PICTURE, fullPage: true });
  } finally {
    await browser.close();
  }
}

async function main(): Promise<void> {
  const mails = await smtpServer();
  const site = await openTenant(mails);
  try {
    await site.nolapse(["run", "--once"]);
    site.directory.clock.advance(31 * MINUTE);
    await site.nolapse(["run", "--once"]);
    const last = mails.mails.at(-1);
    if (last === undefined) throw new Error("no mail came");
    await take(htmlOf(last.message));
  } finally {
    await site.close();
    await mails.close();
  }
  const { size } = statSync(PICTURE);
  process.stdout.write(`${PICTURE}: ${size} bytes\n`);
  if (size > MOST) throw new Error(`more than ${MOST} bytes`);
}

await main();
