/** Stands in place of the filters while something is chosen: how many, and what can be done with them. */
import { Button, Toolbar, Tooltip } from "@fluentui/react-components";
import {
  ArrowDownloadRegular,
  ArrowSyncRegular,
  DismissRegular,
  DocumentTextRegular,
  PersonAddRegular,
} from "@fluentui/react-icons";
import { type ReactElement, type ReactNode, useState } from "react";
import { AddOwnerDialog } from "../../dialogs/add-owner.tsx";
import { AssignPolicyDialog } from "../../dialogs/assign-policy.tsx";
import type { ChosenProps } from "../../dialogs/chosen.ts";
import { RotateManyDialog } from "../../dialogs/rotate-many.tsx";
import { useRefusal } from "../../session/session.tsx";
import { grouped } from "../../text/dates.ts";
import { type Filter, fileAddress } from "./application-list.ts";
import { countOf, MOST_AT_ONCE, MOST_IDS, NOTHING, type Selection } from "./selection.ts";

interface Props {
  readonly tenant: string;
  readonly filter: Filter;
  readonly total: number;
  readonly selection: Selection;
  readonly choose: (selection: Selection) => void;
}

/** What of it is open: with what was chosen when it was, since the list lives on behind it, and nobody means what he has not seen there. */
type Opened = { readonly what: "rotate" | "policy" | "owner" } & Pick<ChosenProps, "chosen" | "count">;

const DIALOGS = { rotate: RotateManyDialog, policy: AssignPolicyDialog, owner: AddOwnerDialog } as const;

export function ChosenBar({ tenant, filter, total, selection, choose }: Props) {
  const [opened, setOpened] = useState<Opened | null>(null);
  const count = countOf(selection, total);
  const tooMany = count > MOST_AT_ONCE ? `At most ${MOST_AT_ONCE} at once: narrow the list with its filters.` : null;
  const role = useRefusal("Operator");
  const open = (what: Opened["what"]) => setOpened({ what, chosen: askedOf(selection, filter, total), count });
  const Opened = opened === null ? null : DIALOGS[opened.what];
  return (
    <Toolbar className="filters chosen" aria-label="What is chosen">
      <strong role="status">{grouped(count)} selected</strong>
      <Act icon={<ArrowSyncRegular />} refusal={role ?? tooMany} act={() => open("rotate")}>
        Rotate…
      </Act>
      <Act icon={<DocumentTextRegular />} refusal={tooMany} act={() => open("policy")}>
        Policy…
      </Act>
      <Act icon={<PersonAddRegular />} refusal={tooMany} act={() => open("owner")}>
        Owner…
      </Act>
      <Button as="a" icon={<ArrowDownloadRegular />} href={fileAddress(tenant, filter, selection)}>
        Export
      </Button>
      <Button appearance="subtle" icon={<DismissRegular />} onClick={() => choose(NOTHING)}>
        Clear selection
      </Button>
      {selection.ids.length < MOST_IDS ? null : (
        <span className="faint">At most {MOST_IDS} one by one; all that match can be selected above the names.</span>
      )}
      {opened === null || Opened === null ? null : (
        <Opened tenant={tenant} chosen={opened.chosen} count={opened.count} close={() => setOpened(null)} />
      )}
    </Toolbar>
  );
}

interface ActProps {
  readonly icon: ReactElement;
  /** Why it does nothing; null where it does. */
  readonly refusal: string | null;
  readonly act: () => void;
  readonly children: ReactNode;
}

function Act({ icon, refusal, act, children }: ActProps) {
  const button = (
    <Button icon={icon} disabledFocusable={refusal !== null} onClick={act}>
      {children}
    </Button>
  );
  if (refusal === null) return button;
  return (
    <Tooltip content={refusal} relationship="description">
      {button}
    </Tooltip>
  );
}

/** As the server takes it: by the filter where all are chosen, and by ids where some are. */
function askedOf({ all, ids }: Selection, { sort: _, limit: __, cursor: ___, ...filter }: Filter, total: number) {
  if (!all) return { ids: [...ids] };
  return { query: { ...filter, total, ...(ids.length === 0 ? {} : { except: [...ids] }) } };
}
