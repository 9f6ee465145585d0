/** On the page of an application: a value that its person has lost sight of waits for him, and can be had again. */
import { Button, MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import { useState } from "react";
import { ApiProblem, change } from "../api/client.ts";
import { useAnswer } from "../api/queries.ts";
import { hasRole, useSession } from "../session/session.tsx";
import { useTenant } from "../session/tenant.tsx";
import { distance } from "../text/dates.ts";
import type { NewCredentialProps } from "./new-credential.tsx";
import { NewSecretDialog } from "./new-secret.tsx";
import type { ShownSecret } from "./shown-value.tsx";

export function WaitingValue({ tenant, application }: Pick<NewCredentialProps, "tenant" | "application">) {
  const { me } = useSession();
  const { zone } = useTenant();
  const may = hasRole(me.role, "Admin") && tenant !== "";
  const { data } = useAnswer("GET /api/v1/t/{tenant}/shown-secrets", may ? { params: { tenant } } : null);
  const [shown, setShown] = useState<ShownSecret | null>(null);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const waits = data?.items.find((one) => one.application === application.objectId);
  if (shown !== null) {
    return <NewSecretDialog tenant={tenant} application={application} shown={shown} close={() => setShown(null)} />;
  }
  if (data === undefined || waits === undefined) return null;
  const show = () =>
    void change("POST /api/v1/t/{tenant}/shown-secrets/{id}/show", { params: { tenant, id: waits.secret } })
      .then(setShown)
      .catch((thrown: unknown) => setProblem(thrown instanceof ApiProblem ? thrown : null));
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody>
        <MessageBarTitle>A value waits for you.</MessageBarTitle> The secret {waits.keyId?.slice(0, 8)} is removed{" "}
        {distance(Date.parse(waits.until), Date.parse(data.now), zone)} unless you say that it is stored.
        {problem === null ? null : ` ${problem.message}`}
      </MessageBarBody>
      <MessageBarActions>
        <Button onClick={show}>Show it</Button>
      </MessageBarActions>
    </MessageBar>
  );
}
