/**
 * A new client secret: what it is called, how long it lasts, and where its value goes. Straight to its targets is what is chosen for one;
 * seeing it takes an Admin, a reason, and his own rights.
 */
import {
  Button,
  Checkbox,
  DialogActions,
  DialogContent,
  Field,
  Input,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
  Radio,
  RadioGroup,
  Textarea,
} from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { type Answer, ApiProblem, change } from "../api/client.ts";
import { client, useAnswer, useSend } from "../api/queries.ts";
import { ApplicationLink } from "../parts/application-link.tsx";
import { Failure, Shown } from "../parts/states.tsx";
import { Time } from "../parts/time.tsx";
import { useRefusal } from "../session/session.tsx";
import { useTenant } from "../session/tenant.tsx";
import { plainName } from "../text/names.ts";
import { policyBlock } from "./blocked.ts";
import { EndsAfter } from "./ends-after.tsx";
import { type Asked, askedFor, firstLasting, type Lasting, lastingUntil } from "./lasting.ts";
import { Description, NewCredentialFrame, type NewCredentialProps, NoForm, WhichSlot } from "./new-credential.tsx";
import { LendRights, useLent } from "./own-rights.tsx";
import { isStated } from "./say-no.tsx";
import { firstSlot, NO_TARGET, type Slot, targetNames } from "./secret-slots.ts";
import { type ShownSecret, ShownValue } from "./shown-value.tsx";
import { Blocked, Warnings } from "./warnings.tsx";

const OPTIONS = "GET /api/v1/t/{tenant}/applications/{id}/secret-options";
type Options = Answer<typeof OPTIONS>;

/** What was seen and is gone again: the next one takes its place where nobody sees it. */
interface Followed extends Pick<ShownSecret, "keyId" | "description" | "end"> {
  /** Not removed from the directory yet. */
  readonly lapsed: boolean;
}

interface Props extends NewCredentialProps {
  /** One that was made already, to begin with. */
  readonly shown?: ShownSecret;
}

export function NewSecretDialog({ shown, ...props }: Props) {
  const { tenant, application, close } = props;
  const asked = useAnswer(OPTIONS, { params: { tenant, id: application.objectId } });
  // held here alone: not in the cache, not in the address, gone with the dialog
  const [value, setValue] = useState<ShownSecret | null>(shown ?? null);
  const [follows, setFollows] = useState<Followed | null>(null);
  const block = asked.data === undefined ? null : policyBlock(asked.data);
  if (value !== null) {
    const { keyId, description, end } = value;
    return (
      <ShownValue
        tenant={tenant}
        name={application.displayName}
        shown={value}
        slots={asked.data?.slots}
        close={close}
        deliver={async (state) => {
          // the form begins with what is there, and one is there no more
          await asked.refetch();
          setFollows({ keyId, description, end, lapsed: state === "lapsed" });
          setValue(null);
        }}
      />
    );
  }
  return (
    <NewCredentialFrame what="New client secret" application={application} close={close}>
      {asked.data === undefined ? (
        <NoForm close={close}>
          <Shown asked={asked} rows={6}>
            {() => null}
          </Shown>
        </NoForm>
      ) : block !== null ? (
        <NoForm close={close}>
          <ByPolicy tenant={tenant} id={application.objectId} why={block} graph={asked.data.graphEndpoint} />
        </NoForm>
      ) : (
        <Form {...props} options={asked.data} follows={follows} show={setValue} />
      )}
    </NewCredentialFrame>
  );
}

interface ByPolicyProps {
  readonly tenant: string;
  readonly id: string;
  readonly why: string;
  /** Where Microsoft Graph is in the tenant's cloud. */
  readonly graph: string;
}

/** Said in place of a form that nothing could come of. */
function ByPolicy({ tenant, id, why, graph }: ByPolicyProps) {
  return (
    <div className="stack">
      <MessageBar intent="error" layout="multiline">
        <MessageBarBody>No client secret is possible here: {why}.</MessageBarBody>
        <MessageBarActions>
          <ApplicationLink tenant={tenant} application={{ objectId: id }} search={{ new: "certificate" }}>
            Create a certificate instead
          </ApplicationLink>
        </MessageBarActions>
      </MessageBar>
      <details>
        <summary>How to get an exception</summary>
        <p>
          Whoever looks after the app management policies of this tenant makes one that allows it, and assigns it to
          this application. It then holds in place of the tenant's own:
        </p>
        <code className="mono">
          {`az rest --method POST --url '${graph}/v1.0/applications/${id}/appManagementPolicies/$ref' --body '{"@odata.id":"${graph}/v1.0/policies/appManagementPolicies/POLICY-ID"}'`}
        </code>
      </details>
    </div>
  );
}

type Goes = "targets" | "shown";

interface Wanted {
  readonly goes: Goes;
  readonly slot: string;
  readonly description: string;
  readonly lasting: Lasting;
  readonly removeOld: boolean;
  readonly reason: string;
  readonly ticket: string;
}

function firstWanted({ slots, shown }: Options, follows: Followed | null, zone: string): Wanted {
  const slot = firstSlot(slots);
  const presets = slot?.presets ?? shown.presets;
  return {
    goes: slot === undefined ? "shown" : "targets",
    slot: slot?.slot ?? "",
    description: follows?.description ?? slot?.description ?? "",
    lasting: follows === null ? firstLasting(presets) : lastingUntil(follows.end, presets, zone),
    removeOld: slot?.current?.ours === true,
    reason: "",
    ticket: "",
  };
}

interface FormProps extends NewCredentialProps {
  readonly options: Options;
  readonly follows: Followed | null;
  readonly show: (value: ShownSecret) => void;
}

/** Sends what is wanted: the answer is shown, or the page of its rotation comes. */
function useCreating({ tenant, application, show }: FormProps) {
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [busy, setBusy] = useState(false);
  const navigate = useNavigate();
  const send = useSend();
  const params = { tenant, id: application.objectId };
  const create = async ({ goes, reason, ticket, slot, removeOld, ...wanted }: Wanted, lasting: Asked) => {
    const body = { ...lasting, description: wanted.description.trim() };
    if (goes === "shown") {
      const why = { reason, ...(ticket === "" ? {} : { ticket }) };
      const made = "POST /api/v1/t/{tenant}/applications/{id}/shown-secrets";
      return show(await change(made, { params, body: { ...body, ...why } }));
    }
    const opened = "POST /api/v1/t/{tenant}/applications/{id}/secrets";
    const { rotation } = await send(opened, { params, body: { ...body, slot, keepOld: !removeOld } });
    return navigate({ to: "/t/$tenant/rotations/$id", params: { tenant, id: rotation } });
  };
  const act = async (wanted: Wanted, lasting: Asked) => {
    setBusy(true);
    setProblem(null);
    try {
      await create(wanted, lasting);
    } catch (thrown) {
      if (!(thrown instanceof ApiProblem)) throw thrown;
      setProblem(thrown);
    } finally {
      setBusy(false);
      void client.invalidateQueries();
    }
  };
  return { problem, busy, act };
}

function Form(props: FormProps) {
  const { options, follows, close } = props;
  const { zone } = useTenant();
  const [wanted, setWanted] = useState(() => firstWanted(options, follows, zone));
  const { problem, busy, act } = useCreating(props);
  const lent = useLent(options.now);
  const refusal = useRefusal("Admin");
  const slot = options.slots.find((one) => one.slot === wanted.slot);
  const isShown = wanted.goes === "shown";
  const { presets, custom } = (isShown ? null : slot) ?? options.shown;
  const blocked = isShown ? options.shown.blocked : (slot?.blocked?.why ?? null);
  const offered = { presets, custom, now: options.now, withStart: isShown };
  const asked = askedFor(wanted.lasting, offered, zone);
  const set = (more: Partial<Wanted>) => setWanted({ ...wanted, ...more });
  const maySee = lent && refusal === null && isStated(wanted.reason);
  const ready = wanted.description.trim() !== "" && asked !== null && blocked === null && (!isShown || maySee) && !busy;
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) void act(wanted, asked);
      }}
    >
      <DialogContent className="stack">
        {follows === null ? null : <Follows follows={follows} />}
        <Description
          description={wanted.description}
          set={(description) => set({ description })}
          hint="Seen in the Entra portal. Nolapse puts its mark behind it, by which it finds the secret again."
        />
        <EndsAfter offered={offered} lasting={wanted.lasting} set={(lasting) => set({ lasting })} />
        <WhereItGoes options={options} wanted={wanted} set={set} refusal={refusal} />
        {isShown ? (
          <ShownParts wanted={wanted} set={set} lent={lent || refusal !== null} />
        ) : (
          <OldOne slot={slot} wanted={wanted} set={set} />
        )}
        {isShown && options.shown.privileged ? (
          <NotHeld {...props} why={blocked} deliver={() => set({ goes: "targets" })} />
        ) : (
          <Blocked why={blocked} mend={isShown ? null : (slot?.blocked?.mend ?? null)} />
        )}
        <Warnings warnings={isShown ? options.shown.warnings : (slot?.warnings ?? [])} />
        {problem === null ? null : <Failure problem={problem} />}
      </DialogContent>
      <DialogActions>
        <Button onClick={close}>Close</Button>
        <Button appearance="primary" type="submit" disabled={!ready}>
          {isShown ? "Create and show" : "Create and deliver"}
        </Button>
      </DialogActions>
    </form>
  );
}

/** What is done and what is not, until it is. */
function Follows({ follows: { keyId, lapsed } }: { readonly follows: Followed }) {
  const name = `The secret you have seen (${keyId?.slice(0, 8)})`;
  return (
    <MessageBar intent="info" layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>The new one is not made yet.</MessageBarTitle>{" "}
        {lapsed
          ? `${name} is erased here and could not be removed from Entra ID yet: Nolapse goes on trying.`
          : `${name} is removed.`}
      </MessageBarBody>
    </MessageBar>
  );
}

interface NotHeldProps extends FormProps {
  readonly why: string | null;
  readonly deliver: () => void;
}

/** Of a privileged application nobody is handed a secret; both ways that work are one step away. */
function NotHeld({ options, tenant, application, why, deliver }: NotHeldProps) {
  const isBound = options.slots.some(({ blocked }) => blocked === null);
  return (
    <MessageBar intent="error" layout="multiline">
      <MessageBarBody>
        Not possible: {why}. Two persons let Nolapse deliver one where nobody sees it; where only a person gets to, a
        key that is made there never has to be carried.
      </MessageBarBody>
      <MessageBarActions>
        {isBound ? (
          <Button size="small" onClick={deliver}>
            Straight to its targets
          </Button>
        ) : null}
        <ApplicationLink tenant={tenant} application={application} search={{ new: "upload" }}>
          Upload a certificate
        </ApplicationLink>
      </MessageBarActions>
    </MessageBar>
  );
}

interface PartProps {
  readonly wanted: Wanted;
  readonly set: (more: Partial<Wanted>) => void;
}

function WhereItGoes({
  options,
  wanted,
  set,
  refusal,
}: PartProps & { readonly options: Options; readonly refusal: string | null }) {
  const { slots } = options;
  const slot = slots.find((one) => one.slot === wanted.slot);
  const choose = (name: string) => {
    const found = slots.find((one) => one.slot === name);
    set({ slot: name, description: found?.description ?? "", removeOld: found?.current?.ours === true });
  };
  return (
    <>
      <Field label="Where the value goes">
        <RadioGroup className="ways" value={wanted.goes} onChange={(_, data) => set({ goes: data.value as Goes })}>
          <Radio
            className="way"
            value="targets"
            disabled={slots.length === 0}
            label={
              <>
                <strong>Straight to its targets</strong> <span className="faint">nobody sees it</span>
                <span className="two">
                  {slot === undefined
                    ? NO_TARGET
                    : `Nolapse signs in with it, writes it to ${targetNames(slot)}, reads each copy back and signs in with it.`}
                </span>
              </>
            }
          />
          <Radio
            className="way"
            value="shown"
            label={
              <>
                <strong>Show it to me once</strong>
                <span className="two">
                  {refusal ??
                    "For what Nolapse cannot reach, which it does not renew either. Takes a reason, and is recorded."}
                </span>
              </>
            }
          />
        </RadioGroup>
      </Field>
      {wanted.goes === "targets" ? <WhichSlot slots={slots} slot={wanted.slot} choose={choose} /> : null}
    </>
  );
}

function ShownParts({ wanted, set, lent }: PartProps & { readonly lent: boolean }) {
  return (
    <>
      <Field label="Reason" required hint="At least 10 characters. It goes to the audit trail with your name.">
        <Textarea value={wanted.reason} maxLength={500} onChange={(_, data) => set({ reason: data.value })} />
      </Field>
      <Field label="Ticket (optional)">
        <Input value={wanted.ticket} maxLength={100} onChange={(_, data) => set({ ticket: data.value })} />
      </Field>
      {lent ? null : <LendRights what="A secret by hand" />}
    </>
  );
}

/** What becomes of the one it follows. */
function OldOne({ slot, wanted, set }: PartProps & { readonly slot: Slot | undefined }) {
  const current = slot?.current ?? null;
  if (current === null) return null;
  const name = `${plainName(slot?.description ?? null)} (${current.keyId.slice(0, 8)})`;
  if (!current.ours) {
    return (
      <p className="faint">
        The current secret, {name}, was not made by Nolapse and stays
        {current.end === null ? "" : " until "}
        {current.end === null ? null : <Time at={current.end} />}.
      </p>
    );
  }
  return (
    <Checkbox
      checked={wanted.removeOld}
      onChange={(_, { checked }) => set({ removeOld: checked === true })}
      label={`Remove the current secret, ${name}, after the overlap, once every check holds`}
    />
  );
}
