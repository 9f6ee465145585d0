/** Stands in place of the filters while something is chosen: how many, and what can be done with them. */
import { Button, Toolbar, Tooltip } from "@fluentui/react-components";
import { ArrowDownloadRegular, ArrowSyncRegular, DismissRegular } from "@fluentui/react-icons";
import { type ComponentProps, useState } from "react";
import { RotateManyDialog } from "../dialogs/rotate-many.tsx";
import { useRefusal } from "../frame/session.tsx";
import { grouped } from "../text/dates.ts";
import { type Filter, fileAddress } from "./application-list.ts";
import { countOf, MOST_AT_ONCE, MOST_IDS, NOTHING, type Selection } from "./selection.ts";

interface Props {
  readonly tenant: string;
  readonly filter: Filter;
  readonly total: number;
  readonly selection: Selection;
  readonly choose: (selection: Selection) => void;
}

type Rotating = Pick<ComponentProps<typeof RotateManyDialog>, "chosen" | "count">;

export function ChosenBar({ tenant, filter, total, selection, choose }: Props) {
  // as it was when the dialog opened: the list lives on behind it, and nobody means what he has not seen there
  const [rotating, setRotating] = useState<Rotating | null>(null);
  const count = countOf(selection, total);
  const tooMany = count > MOST_AT_ONCE ? `At most ${MOST_AT_ONCE} at once: narrow the list with its filters.` : null;
  const refusal = useRefusal("Operator") ?? tooMany;
  const rotate = (
    <Button
      icon={<ArrowSyncRegular />}
      disabledFocusable={refusal !== null}
      onClick={() => setRotating({ chosen: askedOf(selection, filter, total), count })}
    >
      Rotate…
    </Button>
  );
  return (
    <Toolbar className="filters chosen" aria-label="What is chosen">
      <strong role="status">{grouped(count)} selected</strong>
      {refusal === null ? (
        rotate
      ) : (
        <Tooltip content={refusal} relationship="description">
          {rotate}
        </Tooltip>
      )}
      <Button as="a" icon={<ArrowDownloadRegular />} href={fileAddress(tenant, filter, selection)}>
        Export
      </Button>
      <Button appearance="subtle" icon={<DismissRegular />} onClick={() => choose(NOTHING)}>
        Clear selection
      </Button>
      {selection.ids.length < MOST_IDS ? null : (
        <span className="faint">At most {MOST_IDS} one by one; all that match can be selected above the names.</span>
      )}
      {rotating === null ? null : <RotateManyDialog tenant={tenant} {...rotating} close={() => setRotating(null)} />}
    </Toolbar>
  );
}

/** As the server takes it: by the filter where all are chosen, and by ids where some are. */
function askedOf({ all, ids }: Selection, { sort: _, limit: __, cursor: ___, ...filter }: Filter, total: number) {
  if (!all) return { ids: [...ids] };
  return { query: { ...filter, total, ...(ids.length === 0 ? {} : { except: [...ids] }) } };
}
