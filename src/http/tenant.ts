/** One tenant as the server has it: its engine, what the last scan showed, who owns what. */
import type { ResolvedConfig } from "../config/load.ts";
import type { OnDisk } from "../config/on-disk.ts";
import type { TrailAction } from "../core/audit/actions.ts";
import type { CertificateFacts } from "../core/credentials/certificate.ts";
import type { Holder, HolderType } from "../core/credentials/credential.ts";
import { NolapseError } from "../core/errors.ts";
import type { Rotation, RotationEvent } from "../core/rotation/rotation.ts";
import type { SecretValue } from "../core/secret-value.ts";
import { whileIt } from "../core/slices.ts";
import { DAY, type EpochMs, formatInstant, HOUR, plus } from "../core/time.ts";
import { askedLine } from "../engine/commands/noted.ts";
import type { Hand } from "../engine/commands/register.ts";
import type { ListLook } from "../engine/commands/upload-certificate.ts";
import type { Deps } from "../engine/deps.ts";
import type { Scan } from "../engine/scan/discover.ts";
import { type Ownership, type OwnersList, readOwnership, withOwner } from "../engine/scan/ownership.ts";
import type { TrailWatch } from "../engine/trail/check.ts";
import { inTurns, turnEvery } from "../engine/turns.ts";
import type { Consents } from "../engine/views/consent.ts";
import { Debts } from "../engine/views/debt.ts";
import type { Diagnosis, LocalCheck } from "../engine/views/doctor.ts";
import { SignInReport } from "../engine/views/last-sign-ins.ts";
import { introduce, type Picture, pictureOf, retouch } from "../engine/views/picture.ts";
import type { Tried } from "../engine/views/preflight-target.ts";
import { readOnce } from "../engine/views/read-once.ts";
import { Renewals } from "../engine/views/renewals.ts";
import { type Unread, unreadOf } from "../engine/views/unread.ts";
import type { Events } from "./events.ts";
import { KeptAnswers } from "./kept-answers.ts";
import { writeRows } from "./rows.ts";

export interface TenantParts {
  readonly deps: Deps;
  readonly diagnosis: Diagnosis;
  readonly owners: OwnersList;
  readonly consents: Consents;
  /** What is known of its audit trail. */
  readonly trail: TrailWatch;
  readonly localChecks: () => Promise<readonly LocalCheck[]>;
  /** Whether a recipient of notices is "owners", which takes a permission more. */
  readonly asksOwners: boolean;
  /** Where Microsoft Graph is in the tenant's cloud, an origin. */
  readonly graphEndpoint: string;
  /** The part of Graph's limits that Nolapse may spend, from 0 to 1. */
  readonly share: number;
  /** Acts in the directory with a person's own token; null where people sign in to another tenant. */
  readonly hand: ((token: SecretValue) => Hand) | null;
  /** Reads a certificate, PEM or DER; null where it is none. */
  readonly readCertificate: (certificate: string | Uint8Array) => CertificateFacts | null;
  /** The configuration that is in force. */
  readonly config: ResolvedConfig;
  /** Its file as it lies on disk now. */
  readonly onDisk: () => Promise<OnDisk>;
  /** Lets the loop look at once for what a person has just asked for. */
  readonly wake: () => void;
  /** Says what went wrong beside a request. */
  readonly say: (line: string) => void;
}

const NOTHING = { applications: 0, servicePrincipals: 0 };

/** After these the directory holds something else than before. */
const CHANGED: ReadonlySet<RotationEvent["type"]> = new Set([
  "issued",
  "removed",
  "absent-read",
  "orphan-removed",
  "withdrawn",
  "undone",
  "undo-swept",
]);

/** So many people add a certificate at once at most. */
const MOST_LOOKS = 100;

/** A look at the tenant that came to nothing. */
export interface Missed {
  readonly at: EpochMs;
  readonly error: NolapseError;
}

/** Applications that are painted anew before others have their turn: each asks the store a dozen things. */
const PAINTED = 5;

/** How far back what has come to the rotation debt, and left it, is told. */
export const DEBT_TOLD = 7 * DAY;

/** Owners change seldom, and reading them takes a request for every hundred applications. */
const OWNERS_EVERY = 6 * HOUR;

export class Tenant {
  readonly name: string;
  readonly parts: TenantParts;
  /** Ends what only waits when the tenant is closed. */
  readonly leaving: AbortController = new AbortController();
  readonly #events: Events;
  /** Answers that may be given again. */
  readonly answers: KeptAnswers = new KeptAnswers();
  /** When its applications last signed in, as far as the directory's report has it. */
  readonly signIns: SignInReport = new SignInReport();
  readonly #tried = new Map<string, Tried>();
  #reading: Deps | null = null;
  #picture: Picture | null = null;
  #missed: Missed | null = null;
  #scan: "none" | "asked" | "running" = "none";
  /** What the scan under way has read. */
  #read = NOTHING;
  #renewals = new Renewals({ open: [], retired: [] });
  #debts: Debts | null = null;
  /** What was heard while a scan was taken in. */
  #meanwhile: Rotation[] | null = null;
  /** How often what lists show, and what pages show, has changed. */
  #changes = { listed: 0, painted: 0 };
  #unread: readonly Unread[] = [];
  #ownership: { readonly read: Ownership; readonly at: EpochMs } | null = null;
  #painting: Promise<void> = Promise.resolve();
  /** What lists of certificates were like when somebody wanted to add to them, by object id. */
  readonly #looks = new Map<string, ListLook>();
  /** Applications to paint anew, by client id; whether the directory is to be asked. */
  readonly #stale = new Map<string, boolean>();
  /** What was heard and when: a scan that began before has not seen it. */
  readonly #heard = new Map<string, { readonly at: EpochMs; readonly fresh: boolean }>();

  constructor(parts: TenantParts, events: Events) {
    this.name = parts.deps.settings.name;
    this.parts = parts;
    this.#events = events;
  }

  get deps(): Deps {
    return this.parts.deps;
  }

  /** The same for who reads alone: what is so of the whole tenant is read once until it changes. */
  get reading(): Deps {
    this.#reading ??= { ...this.deps, store: readOnce(this.deps.store, this.deps.own?.appId) };
    return this.#reading;
  }

  /** What the last scan showed; null before the first one of this process. */
  get picture(): Picture | null {
    return this.#picture;
  }

  /** The look after that, where it failed; it is tried again. */
  get missed(): Missed | null {
    return this.#missed;
  }

  /** Null where it could not be read, or not yet. */
  get ownership(): Ownership | null {
    return this.#ownership?.read ?? null;
  }

  /** Applications that the last scan did not get to see. */
  get unread(): readonly Unread[] {
    return this.#unread;
  }

  /** When successors were verified. */
  get renewed(): Renewals["instants"] {
    return this.#renewals.instants;
  }

  /** What came to the rotation debt and left it; null before the first scan. */
  get debts(): Debts | null {
    return this.#debts;
  }

  /**
   * A text that is another one after a change of what an answer is made of: the picture of the last scan alone (`listing`), or the store
   * as well. Null where that cannot be told.
   */
  async version(of: "listing" | "store"): Promise<string | null> {
    await this.painted();
    const { listed, painted } = this.#changes;
    if (of === "listing") return String(listed);
    const stored = await this.deps.store.version();
    if (stored === null) return null;
    // answers say what stops writing from outside, and that is in no store
    return `${listed} ${painted} ${stored} ${(await this.deps.brake.pulled()) ?? ""}`;
  }

  /** A person wants the tenant to be looked at now. @throws NolapseError `store-busy` where that is being done, or asked for, already. */
  askScan(): void {
    if (this.#scan !== "none") {
      const said = this.#scan === "asked" ? "a scan is asked for already" : "a scan is under way already";
      throw new NolapseError("store-busy", said, {
        next: "wait for it: the pages follow as soon as it is over",
      });
    }
    this.#scan = "asked";
    this.parts.wake();
  }

  scanAsked(): boolean {
    return this.#scan === "asked";
  }

  scanning(): void {
    this.#scan = "running";
  }

  /** Takes in that a scan has read a page, so that who waits for the first one sees that it goes on. */
  pageRead(list: HolderType, objects: number, scannedAt: EpochMs): void {
    const read = { ...this.#read };
    read[list === "application" ? "applications" : "servicePrincipals"] += objects;
    this.#read = read;
    this.#tell({ type: "scanning", read }, formatInstant(scannedAt));
  }

  /** Takes a scan in. */
  async seen(scan: Scan): Promise<void> {
    this.#scan = "none";
    this.#read = NOTHING;
    this.#meanwhile = [];
    const picture = await pictureOf(this.deps, scan);
    const renewals = new Renewals(await this.deps.store.renewals(scan.tenantId));
    const unread = await unreadOf(this.deps, scan);
    const debts = await Debts.of(this.deps, plus(scan.scannedAt, -DEBT_TOLD));
    for (const one of this.#meanwhile) {
      renewals.heard(one);
      debts.heard(one);
    }
    this.#meanwhile = null;
    this.#picture = picture;
    this.#unread = unread;
    this.#missed = null;
    this.#renewals = renewals;
    this.#debts = debts;
    this.#changes.listed += 1;
    for (const [appId, { at, fresh }] of this.#heard) {
      if (at < scan.scannedAt) this.#heard.delete(appId);
      else this.#soil(appId, fresh);
    }
    await this.#repaint();
    await this.#readOwners();
    // lists by owner were made without them
    picture.forget();
    this.#changes.listed += 1;
    this.#tell({ type: "scan" }, formatInstant(scan.scannedAt));
    // what cannot be written says so to who asks for it
    void this.#writeAhead(picture).catch(() => undefined);
  }

  /** Writes the rows of the list before somebody asks for them, a few at a time and only as long as this picture is shown. */
  async #writeAhead(picture: Picture): Promise<void> {
    const rows = writeRows(picture.listing, this.ownership, await this.deps.clock.now());
    const isShown = () => this.#picture === picture && !this.leaving.signal.aborted;
    await inTurns(this.deps, whileIt(rows, isShown));
  }

  /** Takes in that a scan failed: what is shown stays, and says so. */
  async failed(error: NolapseError): Promise<void> {
    this.#scan = "none";
    this.#read = NOTHING;
    const at = await this.deps.clock.now();
    this.#missed = { at, error };
    this.#changes.listed += 1;
    this.#tell({ type: "scan" }, formatInstant(at));
  }

  /** Takes in what was stored of a rotation; the page's picture of its application follows. */
  heard(rotation: Rotation, event: RotationEvent): void {
    const { id, holder, state } = rotation;
    const about = { rotation: id, application: holder.objectId, state, what: event.type };
    if (this.#renewals.heard(rotation)) this.#changes.listed += 1;
    this.#debts?.heard(rotation);
    this.#meanwhile?.push(rotation);
    const fresh = CHANGED.has(event.type) || this.#heard.get(holder.appId)?.fresh === true;
    this.#heard.set(holder.appId, { at: event.at, fresh });
    this.#soil(holder.appId, CHANGED.has(event.type));
    void this.#repaint();
    this.#tell({ type: "rotation", ...about }, formatInstant(event.at));
  }

  /** The same of what a person's word has changed, on which the loop looks at once. */
  async changed(rotation: Rotation, what: RotationEvent["type"] | "opened" | "reveal"): Promise<void> {
    const { id, holder, state } = rotation;
    this.#soil(holder.appId, false);
    void this.#repaint();
    const at = formatInstant(await this.deps.clock.now());
    this.#tell({ type: "rotation", rotation: id, application: holder.objectId, state, what }, at);
    this.parts.wake();
  }

  /** The same of an application that a person holds or lets go on. */
  async held(appId: string, objectId: string, what: "paused" | "continued"): Promise<void> {
    this.#soil(appId, false);
    void this.#repaint();
    this.#tell({ type: "application", application: objectId, what }, formatInstant(await this.deps.clock.now()));
    this.parts.wake();
  }

  /** Tells that writing was stopped or goes on, and lets the loop look. */
  async turned(): Promise<void> {
    this.#tell({ type: "switches" }, formatInstant(await this.deps.clock.now()));
    this.parts.wake();
  }

  /** Tells that a rehearsal has come further, or is over. */
  async rehearsed(): Promise<void> {
    this.#tell({ type: "rehearsal" }, formatInstant(await this.deps.clock.now()));
  }

  /** Takes in what a person has changed on an application beside every rotation. */
  async touched(appId: string, objectId: string, what: string): Promise<void> {
    this.#heard.set(appId, { at: await this.deps.clock.now(), fresh: true });
    this.#soil(appId, true);
    void this.#repaint();
    this.#tell({ type: "application", application: objectId, what }, formatInstant(await this.deps.clock.now()));
  }

  /** Keeps how a target was found when somebody asked, and tells it. */
  tried(target: string, how: Tried): void {
    this.#tried.set(target, how);
    this.#changes.painted += 1;
    this.#tell({ type: "target" }, formatInstant(how.at));
  }

  /** Null where nobody has asked since the server was started. */
  triedLast(target: string): Tried | null {
    return this.#tried.get(target) ?? null;
  }

  /** Keeps what a list of certificates was like; the oldest gives way. */
  looked(objectId: string, look: ListLook): void {
    this.#looks.delete(objectId);
    this.#looks.set(objectId, look);
    const [oldest] = this.#looks.keys();
    if (this.#looks.size > MOST_LOOKS && oldest !== undefined) this.#looks.delete(oldest);
  }

  lookAt(objectId: string): ListLook | null {
    return this.#looks.get(objectId) ?? null;
  }

  /** Takes in an application that was made since the last scan. */
  async born(holders: readonly Holder[], owner: string): Promise<void> {
    const [first] = holders;
    if (this.#picture === null || first === undefined) return;
    await introduce(this.deps, this.#picture, holders);
    // who registers it owns it; the list of owners is read again in hours only
    const owns = this.#ownership;
    if (owns !== null) this.#ownership = { ...owns, read: withOwner(owns.read, first.objectId, owner) };
    this.#tell(
      { type: "application", application: first.objectId, what: "registered" },
      formatInstant(await this.deps.clock.now()),
    );
  }

  /** A line of the trail that is about no rotation. */
  async note(actor: string, action: TrailAction, details: Readonly<Record<string, string | null>>): Promise<void> {
    await this.deps.store.audit(askedLine(this.deps, actor, action, await this.deps.clock.now(), {}, details));
  }

  /** Settles once the picture shows all that was heard. */
  painted(): Promise<void> {
    return this.#painting;
  }

  #soil(appId: string, fresh: boolean): void {
    this.#stale.set(appId, fresh || this.#stale.get(appId) === true);
  }

  #repaint(): Promise<void> {
    this.#painting = this.#painting.then(() => this.#paint()).catch(() => undefined);
    return this.#painting;
  }

  async #paint(): Promise<void> {
    const picture = this.#picture;
    if (picture === null) return;
    const turn = turnEvery(this.deps, PAINTED);
    for (const [appId, fresh] of this.#stale) {
      await turn();
      this.#stale.delete(appId);
      const before = picture.changes;
      // what cannot be read now stays as it was: the next scan sees it
      await retouch(this.deps, picture, appId, fresh).catch(() => undefined);
      this.#changes.painted += 1;
      if (picture.changes !== before) this.#changes.listed += 1;
    }
  }

  async #readOwners(): Promise<void> {
    const now = await this.deps.clock.now();
    if (this.#ownership !== null && now < plus(this.#ownership.at, OWNERS_EVERY)) return;
    try {
      this.#ownership = { read: await readOwnership(this.parts.owners), at: now };
    } catch (thrown) {
      this.parts.say(`owners of applications in ${this.name} are not known: ${String((thrown as Error).message)}`);
    }
  }

  #tell(about: Omit<Parameters<Events["tell"]>[0], "tenant" | "at">, at: string): void {
    this.#events.tell({ ...about, tenant: this.name, at });
  }
}
