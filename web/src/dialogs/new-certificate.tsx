/** A new certificate: its key pair is made here, and the private key goes to its targets alone. */
import { Button, Checkbox, DialogActions, DialogContent, Tab, TabList } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { Answer } from "../api/client.ts";
import { useAnswer, useChange } from "../api/queries.ts";
import { Empty, Failure, Shown } from "../parts/states.tsx";
import { useTenant } from "../session/tenant.tsx";
import { plainName } from "../text/names.ts";
import { EndsAfter } from "./ends-after.tsx";
import { askedFor, firstLasting } from "./lasting.ts";
import { Description, NewCredentialFrame, type NewCredentialProps, NoForm, WhichSlot } from "./new-credential.tsx";
import { UploadCertificate } from "./upload-certificate.tsx";
import { Blocked, Warnings } from "./warnings.tsx";

const OPTIONS = "GET /api/v1/t/{tenant}/applications/{id}/certificate-options";
type Options = Answer<typeof OPTIONS>;
type Slot = Options["slots"][number];

type Way = "create" | "upload";

export function NewCertificateDialog({ first: firstWay, ...props }: NewCredentialProps & { readonly first: Way }) {
  const { tenant, application, close } = props;
  const asked = useAnswer(OPTIONS, { params: { tenant, id: application.objectId } });
  const [way, setWay] = useState<Way>(firstWay);
  const first = asked.data?.slots.find(({ blocked }) => blocked === null) ?? asked.data?.slots[0];
  const tabs = (
    <TabList aria-label="Create or upload" selectedValue={way} onTabSelect={(_, { value }) => setWay(value as Way)}>
      <Tab value="create">Create</Tab>
      <Tab value="upload">Upload</Tab>
    </TabList>
  );
  return (
    <NewCredentialFrame what="New certificate" application={application} close={close}>
      {way === "upload" ? (
        <UploadCertificate {...props} tabs={tabs} />
      ) : asked.data === undefined || first === undefined ? (
        <NoForm close={close}>
          {tabs}
          <Shown asked={asked} rows={6}>
            {() => (
              <Empty>
                No target is known, so nothing could take the private key. Name one that holds certificates in
                nolapse.yaml, under applications, or upload a certificate whose key you have.
              </Empty>
            )}
          </Shown>
        </NoForm>
      ) : (
        <Form {...props} options={asked.data} first={first} tabs={tabs} />
      )}
    </NewCredentialFrame>
  );
}

function Form({
  tenant,
  application,
  close,
  options,
  first,
  tabs,
}: NewCredentialProps & { readonly options: Options; readonly first: Slot; readonly tabs: ReactNode }) {
  const [name, setName] = useState(first.slot);
  const slot = options.slots.find((one) => one.slot === name) ?? first;
  const [description, setDescription] = useState(slot.description);
  const [lasting, setLasting] = useState(() => firstLasting(slot.presets));
  const [removeOld, setRemoveOld] = useState(true);
  const navigate = useNavigate();
  const make = useChange("POST /api/v1/t/{tenant}/applications/{id}/certificates");
  const { zone } = useTenant();
  const offered = { presets: slot.presets, custom: slot.custom, now: options.now, withStart: false };
  const asked = askedFor(lasting, offered, zone);
  const ready = asked !== null && slot.blocked === null && description.trim() !== "";
  const act = () => {
    if (asked === null) return;
    make.mutate(
      {
        params: { tenant, id: application.objectId },
        body: { ...asked, description: description.trim(), slot: slot.slot, keepOld: !removeOld },
      },
      {
        onSuccess: ({ rotation }) =>
          void navigate({ to: "/t/$tenant/rotations/$id", params: { tenant, id: rotation } }),
      },
    );
  };
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && !make.isPending) act();
      }}
    >
      <DialogContent className="stack">
        {tabs}
        <p>
          Nolapse makes the key pair. The private key goes to {slot.targets.map((one) => one.name).join(" and ")} and is
          seen by nobody; Entra ID gets the certificate.
        </p>
        <Description
          description={description}
          set={setDescription}
          hint="Seen in the Entra portal, with Nolapse's mark behind it."
        />
        <EndsAfter offered={offered} lasting={lasting} set={setLasting} />
        <WhichSlot slots={options.slots} slot={name} choose={setName} />
        {slot.current === null ? null : (
          <Checkbox
            checked={removeOld}
            onChange={(_, { checked }) => setRemoveOld(checked === true)}
            label={`Remove the current one, ${plainName(slot.description)} (${slot.current.keyId.slice(0, 8)}), as its policy says, once every check holds`}
          />
        )}
        <Blocked why={slot.blocked?.why ?? null} mend={slot.blocked?.mend ?? null} />
        <Warnings warnings={slot.warnings} />
        {make.error === null ? null : <Failure problem={make.error} />}
      </DialogContent>
      <DialogActions>
        <Button onClick={close}>Close</Button>
        <Button appearance="primary" type="submit" disabled={!ready || make.isPending}>
          Create and deliver
        </Button>
      </DialogActions>
    </form>
  );
}
