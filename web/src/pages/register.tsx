/** Register an application, with one's own rights: its name, who may sign in, where they come back to. */
import { Button, Checkbox, Dropdown, Field, Input, Option, Radio, RadioGroup } from "@fluentui/react-components";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useAnswer, useChange } from "../api/queries.ts";
import { LendRights, useLent } from "../dialogs/own-rights.tsx";
import { Empty, Failure, Loading } from "../parts/states.tsx";
import { useRefusal } from "../session/session.tsx";
import { useTenant } from "../session/tenant.tsx";
import { foreseenWords } from "../text/assigning.ts";
import { AUDIENCES } from "../text/catalogue.ts";
import { plainName } from "../text/names.ts";
import { redirectFault } from "../text/redirect.ts";

const PLATFORMS = { web: "Web", spa: "Single-page application", publicClient: "Mobile and desktop" } as const;
type Platform = keyof typeof PLATFORMS;
type Audience = keyof typeof AUDIENCES;

/** Applications of this very name: names are not unique. */
function useNamesakes(tenant: string, name: string): number {
  const wanted = name.trim();
  const { data } = useAnswer(
    "GET /api/v1/t/{tenant}/applications",
    tenant === "" || wanted.length < 2 ? null : { params: { tenant }, query: { q: wanted, limit: 50 } },
  );
  if (wanted.length < 2) return 0;
  return (data?.items ?? []).filter(({ displayName }) => displayName.toLowerCase() === wanted.toLowerCase()).length;
}

export function Register() {
  const { name: tenant, overview } = useTenant();
  const refusal = useRefusal("Operator");
  return (
    <div className="page">
      <p className="faint">
        <Link className="link" to="/t/$tenant/applications" params={{ tenant }} search={{}}>
          App registrations
        </Link>
      </p>
      <h1>Register an application</h1>
      {refusal !== null ? (
        <Empty>{refusal}</Empty>
      ) : overview === null ? (
        <Loading rows={6} />
      ) : (
        <Form tenant={tenant} now={overview.now} />
      )}
    </div>
  );
}

function Form({ tenant, now }: { readonly tenant: string; readonly now: string }) {
  const [name, setName] = useState("");
  const [audience, setAudience] = useState<Audience>("AzureADMyOrg");
  const [platform, setPlatform] = useState<Platform>("web");
  const [uri, setUri] = useState("");
  const [principal, setPrincipal] = useState(true);
  const [policy, setPolicy] = useState<string | null>(null);
  const register = useChange("POST /api/v1/t/{tenant}/applications");
  const navigate = useNavigate();
  const lent = useLent(now);
  const namesakes = useNamesakes(tenant, name);
  const foreseen = useAnswer("GET /api/v1/t/{tenant}/policies/foreseen", {
    params: { tenant },
    query: { displayName: name.trim() },
  }).data;
  // what no tag gives to a registration of this name is no choice any more
  const chosen = foreseen?.others.find((one) => one.policy === policy)?.policy ?? null;
  const fault = uri.trim() === "" ? null : redirectFault(uri.trim(), platform);
  const ready = name.trim() !== "" && fault === null && lent && !register.isPending;
  const act = () =>
    register.mutate(
      {
        params: { tenant },
        body: {
          displayName: name.trim(),
          signInAudience: audience,
          principal,
          ...(chosen === null ? {} : { policy: chosen }),
          ...(uri.trim() === "" ? {} : { redirect: { platform, uri: uri.trim() } }),
        },
      },
      {
        onSuccess: ({ objectId }) =>
          void navigate({
            to: "/t/$tenant/applications/$id",
            params: { tenant, id: objectId },
            search: { born: "yes" },
          }),
      },
    );
  return (
    <form
      className="card stack narrow"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) act();
      }}
    >
      <Field
        label="Name"
        required
        hint="Seen by whoever signs in. It can be changed later."
        validationState={namesakes > 0 ? "warning" : "none"}
        validationMessage={
          namesakes > 0
            ? `${namesakes === 1 ? "One is" : `${namesakes} are`} called so already: names are not unique.`
            : null
        }
      >
        <Input value={name} maxLength={120} onChange={(_, { value }) => setName(value)} />
      </Field>
      <Field label="Supported account types">
        <RadioGroup value={audience} onChange={(_, { value }) => setAudience(value as Audience)}>
          {(Object.keys(AUDIENCES) as Audience[]).map((one) => (
            <Radio key={one} value={one} label={AUDIENCES[one]} />
          ))}
        </RadioGroup>
      </Field>
      {audience.includes("Personal") ? (
        <p className="faint">Graph allows 60 writes a minute for these, and two client secrets at most.</p>
      ) : null}
      <div className="side">
        <Field label="Redirect URI (optional): platform">
          <Dropdown
            value={PLATFORMS[platform]}
            selectedOptions={[platform]}
            onOptionSelect={(_, { optionValue }) => setPlatform((optionValue ?? "web") as Platform)}
          >
            {(Object.keys(PLATFORMS) as Platform[]).map((one) => (
              <Option key={one} value={one}>
                {PLATFORMS[one]}
              </Option>
            ))}
          </Dropdown>
        </Field>
        <Field
          label="Redirect URI (optional): address"
          hint="https, but for localhost; none of * # ! $ ' ( ) , ; and case matters"
          validationState={fault === null ? "none" : "error"}
          validationMessage={fault}
        >
          <Input
            value={uri}
            maxLength={256}
            placeholder="https://app.contoso.example/signin"
            onChange={(_, { value }) => setUri(value)}
          />
        </Field>
      </div>
      {foreseen === undefined ? null : <PolicyField foreseen={foreseen} chosen={chosen} choose={setPolicy} />}
      <Checkbox
        checked={principal}
        onChange={(_, { checked }) => setPrincipal(checked === true)}
        label="Make its enterprise application, too: without one nobody signs in to it"
      />
      {lent ? null : <LendRights what="Registering an application" />}
      {register.error === null ? null : <Failure problem={register.error} />}
      <div className="actions">
        <Button appearance="primary" type="submit" disabled={!ready}>
          Register
        </Button>
      </div>
    </form>
  );
}

interface PolicyFieldProps {
  readonly foreseen: Parameters<typeof foreseenWords>[0];
  /** Null: as its name has it. */
  readonly chosen: string | null;
  readonly choose: (policy: string | null) => void;
}

/** Which policy will hold for it; to be chosen only where the configuration looks for a tag that it can be made with. */
function PolicyField({ foreseen, chosen, choose }: PolicyFieldProps) {
  const { now, others } = foreseen;
  const words = foreseenWords(foreseen, chosen);
  const after = "It renews nothing before the application has a target.";
  if (others.length === 0)
    return (
      <p>
        Policy
        <span className="two" role="status">
          {words}
        </span>
        <span className="two faint">{after}</span>
      </p>
    );
  return (
    <Field label="Policy" hint={`${words} ${after}`}>
      <Dropdown
        value={plainName(chosen ?? now.policy)}
        selectedOptions={[chosen ?? now.policy]}
        onOptionSelect={(_, { optionValue }) => choose(optionValue ?? null)}
      >
        {[now, ...others].map((one) => (
          <Option key={one.policy} value={one.policy} text={plainName(one.policy)}>
            {plainName(one.policy)}
          </Option>
        ))}
      </Dropdown>
    </Field>
  );
}
