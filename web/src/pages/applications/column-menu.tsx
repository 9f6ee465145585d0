/** Which columns of a list a person wants to see; kept in this browser, as the height of its rows is. */
import { Button, Menu, MenuItemCheckbox, MenuList, MenuPopover, MenuTrigger } from "@fluentui/react-components";
import { ColumnTripleRegular } from "@fluentui/react-icons";
import { useState } from "react";
import { useMiddle } from "../../parts/narrow.ts";
import { shownOf } from "../../text/columns.ts";

const KEY = "nolapse-columns";

/** A browser that keeps nothing has those that are there at first. */
function kept(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/**
 * `all`: every column there is, in its place; `first`: those that are there before anybody has chosen. Null where the page has no room for all:
 * there the list leaves out what it can, and nothing is chosen.
 */
export function useColumns(all: readonly string[], first: readonly string[]) {
  const [text, setText] = useState(kept);
  const isMiddle = useMiddle();
  const choose = (next: readonly string[]) => {
    const written = JSON.stringify(all.filter((one) => next.includes(one)));
    setText(written);
    try {
      localStorage.setItem(KEY, written);
    } catch {
      // it holds for this page
    }
  };
  return isMiddle ? null : { shown: shownOf(text, all, first), choose };
}

interface Props {
  readonly all: readonly string[];
  readonly shown: readonly string[];
  readonly choose: (next: readonly string[]) => void;
}

/** It stays open, so that several are chosen at once, and inside the landmark of its list. */
export function ColumnMenu({ all, shown, choose }: Props) {
  return (
    <Menu
      inline
      persistOnItemClick
      checkedValues={{ columns: [...shown] }}
      onCheckedValueChange={(_, { checkedItems }) => choose(checkedItems)}
    >
      <MenuTrigger disableButtonEnhancement>
        <Button appearance="subtle" icon={<ColumnTripleRegular />} aria-label="Columns" />
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {all.map((one) => (
            <MenuItemCheckbox key={one} name="columns" value={one}>
              {one}
            </MenuItemCheckbox>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
