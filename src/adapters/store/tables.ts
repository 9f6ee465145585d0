/** The tables as Kysely sees them; migrations/ is the truth, a test compares. */
import type { Generated } from "kysely";
import type { Over } from "../../core/pictures/gaps.ts";

export interface Tables {
  application_pauses: { tenant_id: string; app_id: string; paused_by: string; at: number; reason: string };
  answers: { tenant_id: string; who: string; answer_key: string; asked: string; answer: string; at: number };
  meta: { name: string; value: string };
  shown_secrets: {
    id: string;
    tenant_id: string;
    state: string;
    asked_at: number;
    body: string;
    sealed: string | null;
  };
  reveal_requests: { id: string; tenant_id: string; state: string; asked_at: number; body: string };
  scans: {
    tenant_id: string;
    scanned_at: number;
    applications: number;
    service_principals: number;
    complete: number;
    lost: number;
  };
  holders: {
    tenant_id: string;
    object_id: string;
    type: string;
    app_id: string;
    display_name: string;
    seen_at: number;
    key_ids: string | null;
    missing_since: number | null;
  };
  rotations: {
    id: string;
    tenant_id: string;
    object_id: string;
    app_id: string;
    slot: string;
    replaces: string;
    state: string;
    due_at: number | null;
    replaces_end: number | null;
    priority: number;
    verified_at: number | null;
    failures: number;
    planned_at: number;
    updated_at: number;
    lease_owner: string | null;
    lease_until: number | null;
    fence: Generated<number>;
    body: string;
  };
  sealed: { rotation: string; key_id: string; sealed: string };
  images: { rotation: string; image: string };
  ledger: {
    tenant_id: string;
    key_id: string;
    type: string;
    object_id: string;
    app_id: string;
    origin: string;
    rotation: string | null;
    entered_at: number;
    removed_at: number | null;
  };
  slots: { tenant_id: string; app_id: string; slot: string; kind: string; key_id: string; since: number };
  attempts: { tenant_id: string; attempt: string };
  switches: { tenant_id: string; name: string; value: string };
  outcomes: { sequence: Generated<number>; tenant_id: string; ok: number };
  audit: {
    sequence: Generated<number>;
    tenant_id: string;
    at: number;
    actor: string;
    action: string;
    rotation: string | null;
    app_id: string | null;
    key_id: string | null;
    reason: string | null;
    details: string;
    written: string | null;
  };
  links: { tenant_id: string; position: number; sequence: number; hash: string };
  drifts: {
    tenant_id: string;
    object_id: string;
    subject: string;
    what: string;
    app_id: string;
    at: number;
    body: string;
  };
  watches: { tenant_id: string; since: number };
  lapses: {
    tenant_id: string;
    app_id: string;
    began: number;
    ended: number | null;
    asked: number | null;
    over: Over | null;
  };
  notices: { tenant_id: string; channel: string; recipient: string; digest: string; sent_at: number };
  checkpoints: { tenant_id: string; position: number; hash: string; at: number; signature: string };
}
