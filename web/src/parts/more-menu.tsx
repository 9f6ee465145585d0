/** What a page or a row can do beside its main commands, inside the landmark of it; last what it shows as a command line, to copy. */
import { Button, Menu, MenuItem, MenuList, MenuPopover, MenuTrigger } from "@fluentui/react-components";
import { MoreHorizontalRegular } from "@fluentui/react-icons";
import { type ReactNode, useState } from "react";
import { useTenantCommand } from "../session/tenant-command.ts";
import { copiedWords } from "./clipboard.ts";

interface MoreMenuProps {
  /** The command that shows what the page shows, without its first word and the tenant. */
  readonly command: readonly string[];
  /** Above it, and below it. */
  readonly children?: ReactNode;
  readonly after?: ReactNode;
  /** What one of them opens at an address of its own, so that the focus comes back. */
  readonly opens?: string;
  /** Of a row: which one it is of. */
  readonly of?: string;
}

export function MoreMenu({ command: words, children, after, opens, of }: MoreMenuProps) {
  const [said, setSaid] = useState("");
  const command = useTenantCommand(words);
  return (
    <>
      <Menu inline>
        <MenuTrigger disableButtonEnhancement>
          <Button
            icon={<MoreHorizontalRegular />}
            aria-label={of === undefined ? "More" : `More about ${of}`}
            data-opens={opens}
            {...(of === undefined ? {} : { appearance: "subtle", size: "small" })}
          />
        </MenuTrigger>
        <MenuPopover>
          <MenuList>
            {children}
            <MenuItem onClick={() => void copiedWords(command).then(setSaid)}>Copy as command</MenuItem>
            {after}
          </MenuList>
        </MenuPopover>
      </Menu>
      <span role="status" className="faint said">
        {said}
      </span>
    </>
  );
}
