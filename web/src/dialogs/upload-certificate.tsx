/** A certificate that one brings: read from a file, whose private key never leaves this browser, looked at, and added half a minute later. */
import {
  Button,
  DialogActions,
  DialogContent,
  Field,
  Input,
  MessageBar,
  MessageBarBody,
  Textarea,
} from "@fluentui/react-components";
import { type ReactNode, useState } from "react";
import type { Answer } from "../api/client.ts";
import { useAnswer, useChange } from "../api/queries.ts";
import { Failure } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { LendRights, useLent } from "./own-rights.tsx";
import { Blocked } from "./warnings.tsx";

const CHECK = "POST /api/v1/t/{tenant}/applications/{id}/certificates/check";
type Checked = Answer<typeof CHECK>;

interface Props {
  readonly tenant: string;
  readonly application: { readonly objectId: string; readonly displayName: string };
  readonly close: () => void;
  /** What stands above the form. */
  readonly tabs: ReactNode;
}

/** The certificate of a file and nothing else of it. */
export function publicPart(text: string): { readonly certificate: string; readonly heldKey: boolean } {
  const pem = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/.exec(text)?.[0];
  return { certificate: pem ?? "", heldKey: /PRIVATE KEY-----/.test(text) };
}

async function read(file: File): Promise<{ readonly certificate: string; readonly heldKey: boolean }> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const text = new TextDecoder("latin1").decode(bytes);
  if (text.includes("-----BEGIN")) return publicPart(text);
  return { certificate: btoa(text), heldKey: false };
}

export function UploadCertificate({ tenant, application, close, tabs }: Props) {
  const params = { tenant, id: application.objectId };
  const [text, setText] = useState("");
  const [heldKey, setHeldKey] = useState(false);
  const [description, setDescription] = useState("");
  const [checked, setChecked] = useState<Checked | null>(null);
  const check = useChange(CHECK);
  const upload = useChange("POST /api/v1/t/{tenant}/applications/{id}/certificates/upload");
  const overview = useAnswer(
    "GET /api/v1/t/{tenant}/overview",
    { params: { tenant } },
    checked === null ? 60_000 : 1_000,
  );
  const now = overview.data?.now;
  const lent = useLent(now);
  const take = (given: string, key: boolean) => {
    setText(given);
    setHeldKey(key);
    setChecked(null);
    upload.reset();
  };
  const waits = checked !== null && now !== undefined && Date.parse(now) < Date.parse(checked.readyAt);
  const isReady = checked !== null && checked.blocked === null && !waits && description.trim() !== "";
  const act = () => {
    if (checked === null) {
      check.mutate({ params, body: { certificate: text } }, { onSuccess: setChecked });
      return;
    }
    upload.mutate(
      { params, body: { certificate: text, description: description.trim() } },
      {
        onSuccess: ({ seen, missing }) => (seen && missing.length === 0 ? close() : undefined),
        onError: () => setChecked(null),
      },
    );
  };
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!check.isPending && !upload.isPending && lent && text !== "") act();
      }}
    >
      <DialogContent className="stack">
        {tabs}
        <Field
          label="Certificate"
          required
          hint="A .cer, .crt or .pem file, or its text. Its private key stays where it is."
        >
          <input
            type="file"
            aria-label="Certificate file"
            accept=".cer,.crt,.pem,.der"
            onChange={({ target }) => {
              const [file] = target.files ?? [];
              if (file !== undefined) void read(file).then((found) => take(found.certificate, found.heldKey));
            }}
          />
        </Field>
        <Field label="Its text">
          <Textarea
            className="mono"
            rows={4}
            value={text}
            placeholder="-----BEGIN CERTIFICATE-----"
            spellCheck={false}
            onChange={(_, { value }) => {
              const found = publicPart(value);
              take(found.certificate === "" ? (found.heldKey ? "" : value) : found.certificate, found.heldKey);
            }}
          />
        </Field>
        {heldKey ? (
          <MessageBar intent="warning" layout="multiline">
            <MessageBarBody>
              This held a private key. Nolapse reads only the certificate and has forgotten the rest; it did not leave
              this browser.
            </MessageBarBody>
          </MessageBar>
        ) : null}
        <Field label="Description" required>
          <Input value={description} maxLength={64} onChange={(_, { value }) => setDescription(value)} />
        </Field>
        {checked === null ? null : <Facts checked={checked} waits={waits} />}
        {lent || now === undefined ? null : <LendRights what="Uploading a certificate" />}
        {upload.isPending ? (
          <p role="status">
            It is written, or about to be. Entra ID is read until it shows it, which may take minutes.
          </p>
        ) : null}
        {upload.data?.seen === false ? (
          <MessageBar intent="warning" layout="multiline">
            <MessageBarBody>
              It was added, and Entra ID has not shown it yet. Look at the application again later, before you rely on
              it.
            </MessageBarBody>
          </MessageBar>
        ) : null}
        {upload.data === undefined || upload.data.missing.length === 0 ? null : (
          <MessageBar intent="warning" layout="multiline">
            <MessageBarBody>
              It was added. Gone since then: <span className="mono">{upload.data.missing.join(", ")}</span>. The audit
              log does not tell whether somebody removed them on purpose, so nothing was put back. Ask who looks after
              this application; whoever still needs one uploads it again.
            </MessageBarBody>
          </MessageBar>
        )}
        {check.error === null ? null : <Failure problem={check.error} />}
        {upload.error === null ? null : <Failure problem={upload.error} />}
      </DialogContent>
      <DialogActions>
        <Button onClick={close}>Close</Button>
        <Button
          appearance="primary"
          type="submit"
          disabled={
            !lent ||
            text === "" ||
            check.isPending ||
            upload.isPending ||
            upload.data !== undefined ||
            (checked !== null && !isReady)
          }
        >
          {checked === null ? "Look at it" : "Upload"}
        </Button>
      </DialogActions>
    </form>
  );
}

function Facts({ checked, waits }: { readonly checked: Checked; readonly waits: boolean }) {
  return (
    <>
      <dl className="facts">
        <div>
          <dt>Subject</dt>
          <dd>{checked.subject}</dd>
        </div>
        <div>
          <dt>Thumbprint</dt>
          <dd className="mono">{checked.thumbprint}</dd>
        </div>
        <div>
          <dt>From, to</dt>
          <dd>
            <Time at={checked.start} /> to <Time at={checked.end} now={checked.now} />
          </dd>
        </div>
        <div>
          <dt>Key</dt>
          <dd>
            {checked.algorithm.toUpperCase()} {checked.bits}
          </dd>
        </div>
      </dl>
      {checked.remarks.length + checked.sharedWith.length === 0 ? null : (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>
            <ul className="plain">
              {checked.remarks.map(({ code, sentence }) => (
                <li key={code}>{sentence}</li>
              ))}
              {checked.sharedWith.length === 0 ? null : (
                <li>{checked.sharedWith.join(", ")} has it, too: whoever holds its key signs in as each of them</li>
              )}
            </ul>
          </MessageBarBody>
        </MessageBar>
      )}
      {checked.blocked === null ? (
        <p role="status">
          {waits
            ? "Entra ID replaces the whole list and knows no locks: the list must be still for half a minute first. You can upload in a moment."
            : "The list was still for half a minute. It can be uploaded now."}
        </p>
      ) : (
        <Blocked why={checked.blocked} />
      )}
    </>
  );
}
