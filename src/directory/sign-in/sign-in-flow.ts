/**
 * The steps between "somebody wants to sign in" and the answer to who asked: which account, may the application, then back. Each flow
 * is bound to the browser it began in, and everything about it is in here, not in the form: a form cannot be forged for another
 * browser, and two flows side by side cannot mix their states.
 */

import type { Request, Response } from "../http/message.ts";
import { type Html, html, page } from "../http/pages.ts";
import type { Services } from "../services.ts";
import type { ObjectRecord } from "../state/state.ts";
import { AadError, aadBody } from "./aadsts.ts";
import { peopleAadsts } from "./people-aadsts.ts";
import type { Flow, Question, Session } from "./sign-in-state.ts";

// cookies know no port: the web server signs people in with one of its own on the same localhost
const COOKIE = "nolapse-directory";
/** A flow nobody finishes in an hour of the directory's clock is over. */
const FLOW_MS = 3_600_000;
const SESSION_MS = 86_400_000;

/** The browser's name for itself, from its cookie. */
export function browserOf(request: Request): string | undefined {
  const pairs = (request.headers.cookie ?? "").split(";").map((one) => one.trim().split("="));
  return pairs.find(([name]) => name === COOKIE)?.[1];
}

const cookieOf = (value: string) => `${COOKIE}=${value}; Path=/; Secure; HttpOnly; SameSite=Lax`;
export const forgetCookie = `${COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0`;

/** The session of a browser, and its user if he is still there. */
export function sessionOf(
  services: Services,
  browser: string | undefined,
): { session: Session; user: ObjectRecord } | undefined {
  const session = services.signIn.sessions.get(browser ?? "");
  if (session === undefined || session.at + SESSION_MS < services.clock.now()) return undefined;
  const user = services.store.find("users", session.tenantId, session.userId);
  return user === undefined ? undefined : { session, user };
}

/** Begins a flow: on with who is signed in already, or the page that asks who it is. */
export async function beginFlow(
  services: Services,
  request: Request,
  given: Omit<Flow, "id" | "at" | "browser" | "question">,
): Promise<Response> {
  const before = browserOf(request);
  const known = sessionOf(services, before);
  // a browser keeps its name for flows side by side, if it is one that was given to it
  const named = known !== undefined || flowsOf(services, before).length > 0;
  const browser = named ? (before ?? "") : unguessable(services);
  const flow: Flow = { ...given, id: unguessable(services), at: services.clock.now(), browser };
  services.signIn.flows.set(flow.id, flow);
  const fits = known !== undefined && (flow.tenant === undefined || flow.tenant.id === known.user.tenantId);
  const hinted = flow.loginHint === null || nameOf(known?.user) === flow.loginHint.toLowerCase();
  const asks = flow.prompt.has("login") || flow.prompt.has("select_account");
  if (fits && hinted && !asks) return step(services, flow, known.user);
  if (flow.prompt.has("none")) return flow.refused(peopleAadsts.loginRequired());
  return whoPage(services, flow);
}

const unguessable = (services: Services) => services.noise.bytes(32).toString("base64url");
const nameOf = (user: ObjectRecord | undefined) => String(user?.entity.userPrincipalName ?? "").toLowerCase();

function flowsOf({ signIn }: Services, browser: string | undefined): Flow[] {
  return browser === undefined ? [] : [...signIn.flows.values()].filter((one) => one.browser === browser);
}

/** `POST …/login`: the person chose an account. */
export async function answerAccount(services: Services, request: Request): Promise<Response> {
  const form = new URLSearchParams(request.body);
  const flow = flowOf(services, request, form);
  if (flow === undefined) return lost();
  if (form.has("cancel")) return finish(services, flow, flow.refused(peopleAadsts.consentDeclined("access_denied")));
  const user = peopleOf(services, flow).find(({ entity }) => entity.id === form.get("user"));
  if (user === undefined) return lost();
  // a new name for the browser: one that somebody planted before must not become a session
  services.signIn.sessions.delete(flow.browser);
  const browser = unguessable(services);
  for (const one of flowsOf(services, flow.browser)) one.browser = browser;
  const session = {
    userId: user.entity.id,
    tenantId: user.tenantId,
    at: services.clock.now(),
    appIds: new Set<string>(),
  };
  services.signIn.sessions.set(browser, session);
  return step(services, flow, user);
}

/** `POST …/consent`: the person accepted or did not. */
export async function answerConsent(services: Services, request: Request): Promise<Response> {
  const form = new URLSearchParams(request.body);
  const flow = flowOf(services, request, form);
  const question = flow?.question;
  if (flow === undefined || question === undefined) return lost();
  const declined = peopleAadsts.consentDeclined("access_denied");
  if (form.get("decision") !== "accept") return finish(services, flow, flow.refused(declined));
  return finish(services, flow, await question.accept(question.forEverybody && form.has("everybody")));
}

/** The flow a form is of: of this browser, from our own page, and not over. */
function flowOf(services: Services, request: Request, form: URLSearchParams): Flow | undefined {
  const { origin, "sec-fetch-site": site } = request.headers;
  if ((origin !== undefined && origin !== request.origin) || site === "cross-site") return undefined;
  const flow = services.signIn.flows.get(form.get("flow") ?? "");
  if (flow === undefined || flow.at + FLOW_MS < services.clock.now()) return undefined;
  return flow.browser === browserOf(request) ? flow : undefined;
}

async function step(services: Services, flow: Flow, user: ObjectRecord): Promise<Response> {
  let next: Response | Question;
  try {
    next = await flow.signedIn(user);
  } catch (failure) {
    if (!(failure instanceof AadError)) throw failure;
    next = flow.refused(failure);
  }
  if ("status" in next) return finish(services, flow, next);
  flow.question = next;
  return consentPage(flow, next);
}

/** A flow ends once, and the browser keeps its name. */
function finish(services: Services, flow: Flow, response: Response): Response {
  services.signIn.flows.delete(flow.id);
  services.signIn.sessions.get(flow.browser)?.appIds.add(flow.appId);
  const cookies = [response.headers["Set-Cookie"] ?? []].flat();
  return { ...response, headers: { ...response.headers, "Set-Cookie": [...cookies, cookieOf(flow.browser)] } };
}

function peopleOf({ store }: Services, flow: Flow): ObjectRecord[] {
  const tenants = flow.tenant === undefined ? [...store.tenants.values()] : [flow.tenant];
  return tenants.flatMap(({ id }) => [...store.list("users", id)]);
}

function whoPage(services: Services, flow: Flow): Response {
  const hint = flow.loginHint?.toLowerCase();
  const everybody = peopleOf(services, flow);
  const people = everybody.toSorted((one, other) => Number(nameOf(other) === hint) - Number(nameOf(one) === hint));
  const account = ({ entity }: ObjectRecord) => html`
<li><button name="user" value="${entity.id}">${entity.displayName}<span>${entity.userPrincipalName}</span></button></li>`;
  const list =
    people.length === 0
      ? html`<p>This directory has no people in that tenant.</p>`
      : html`<ul class="people">${people.map(account)}</ul>`;
  return asking(
    flow,
    "Pick an account",
    html`<h1>Pick an account</h1>
<p>to continue to ${flow.name}</p>
<form method="post" action="/common/login">
<input type="hidden" name="flow" value="${flow.id}">${list}
<div class="actions"><button name="cancel" value="cancel">Cancel</button></div>
</form>`,
  );
}

function consentPage(flow: Flow, question: Question): Response {
  const { displayName, userPrincipalName } = question.user.entity;
  const everybody = question.forEverybody
    ? html`<p><label><input type="checkbox" name="everybody" value="yes"> Consent on behalf of your organization</label></p>`
    : html``;
  const lines = question.lines.map((line) => html`<li>${line}</li>`);
  return asking(
    flow,
    question.heading,
    html`<h1>${question.heading}</h1>
<p><strong>${flow.name}</strong></p>
<p>Signed in as ${displayName} (${userPrincipalName})</p>
${lines.length === 0 ? html`` : html`<p>This app would like to:</p><ul>${lines}</ul>`}
<p>${question.note}</p>
<form method="post" action="/common/consent">
<input type="hidden" name="flow" value="${flow.id}">${everybody}
<div class="actions"><button name="decision" value="accept">Accept</button>
<button name="decision" value="cancel">Cancel</button></div>
</form>`,
  );
}

function asking(flow: Flow, title: string, body: Html): Response {
  return page({ title, body, formTargets: flow.formTargets, cookies: [cookieOf(flow.browser)] });
}

const lost = () =>
  page({
    title: "Sign in again",
    status: 400,
    body: html`<h1>Sign in again</h1>
<p>This page belongs to a sign-in that is over, or to another browser. Go back to the application and begin again.</p>`,
  });

/** A failure that must not be sent anywhere: who asked is not known, or not to be trusted. */
export function failurePage(services: Services, failure: AadError): Response {
  const { error_description: description } = aadBody(
    failure,
    services.clock.now(),
    services.noise.guid(),
    services.noise.guid(),
  );
  return page({
    title: "Sorry, but we’re having trouble signing you in",
    status: 400,
    body: html`<h1>Sorry, but we’re having trouble signing you in</h1><p>${description}</p>`,
  });
}
