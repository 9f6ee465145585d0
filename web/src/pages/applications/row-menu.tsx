/** What can be done with one row of a list, inside the landmark of that list: by a right click, Shift+F10 or the menu key. */
import { Menu, MenuItem, MenuList, MenuPopover } from "@fluentui/react-components";
import { copiedWords } from "../../parts/clipboard.ts";
import { MenuCommand } from "../../parts/menu-command.tsx";
import { useTenantCommand } from "../../session/tenant-command.ts";
import type { Item } from "./application-list.ts";

interface Props {
  readonly item: Pick<Item, "appId" | "managed">;
  /** Where it opens, in the window. */
  readonly x: number;
  readonly y: number;
  /** Leads to its page; `search` says what of it is opened. */
  readonly open: (search: Readonly<Record<string, string>>) => void;
  readonly say: (sentence: string) => void;
  readonly close: () => void;
}

export function RowMenu({ item: { appId, managed }, x, y, open, say, close }: Props) {
  const command = useTenantCommand(["explain", appId]);
  const copy = (text: string) => void copiedWords(text).then(say);
  const place = { getBoundingClientRect: () => new DOMRect(x, y, 0, 0) };
  return (
    <Menu inline open onOpenChange={(_, data) => (data.open ? undefined : close())} positioning={{ target: place }}>
      <MenuPopover>
        <MenuList aria-label="What can be done with it">
          <MenuItem onClick={() => open({})}>Open</MenuItem>
          {managed ? (
            <MenuCommand least="Operator" act={() => open({ new: "rotation" })}>
              Rotate now
            </MenuCommand>
          ) : null}
          <MenuItem onClick={() => copy(appId)}>Copy client id</MenuItem>
          <MenuItem onClick={() => copy(command)}>Copy as command</MenuItem>
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
