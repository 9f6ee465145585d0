/** Words beside the tenant's name, only where they are true; each opens to its reason and the way out. */
import { Button, Popover, PopoverSurface, PopoverTrigger } from "@fluentui/react-components";
import { WarningFilled } from "@fluentui/react-icons";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Copy } from "../parts/fact.tsx";
import { useTenant } from "../session/tenant.tsx";
import { type Tag, tagsOf } from "../text/held.ts";

export function Tags() {
  const { overview, zone } = useTenant();
  if (overview === null) return null;
  return tagsOf(overview, zone).map((tag) => <OneTag key={tag.name} tag={tag} />);
}

function OneTag({ tag: { name, says, next, command } }: { readonly tag: Tag }) {
  const [open, setOpen] = useState(false);
  const { name: tenant } = useTenant();
  return (
    <Popover trapFocus open={open} onOpenChange={(_, { open: now }) => setOpen(now)}>
      <PopoverTrigger disableButtonEnhancement>
        <Button className="tag" size="small" appearance="subtle" icon={<WarningFilled className="urgent" />}>
          {name}
        </Button>
      </PopoverTrigger>
      <PopoverSurface aria-label={name} className="tag-surface">
        <h2>{name}</h2>
        {says.map((one) => (
          <p key={one}>{one}</p>
        ))}
        <p>
          {next}
          {command === null ? null : (
            <span className="two mono">
              {command} <Copy what="Command" text={command} />
            </span>
          )}
        </p>
        <Link className="link" to="/t/$tenant/health" params={{ tenant }} search={{}} onClick={() => setOpen(false)}>
          Open Health
        </Link>
      </PopoverSurface>
    </Popover>
  );
}
