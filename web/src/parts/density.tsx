/** How high a person likes the rows of tables; kept in this browser. */
import { Button, Menu, MenuItemRadio, MenuList, MenuPopover, MenuTrigger } from "@fluentui/react-components";
import { TextLineSpacingRegular } from "@fluentui/react-icons";
import { useState } from "react";

/** Pixels. */
export const HEIGHTS = { compact: 32, normal: 40, roomy: 48 } as const;
export type Density = keyof typeof HEIGHTS;
const KEY = "nolapse-density";

/** A browser that keeps nothing has the normal ones. */
function kept(): Density {
  try {
    const value = localStorage.getItem(KEY);
    return value !== null && value in HEIGHTS ? (value as Density) : "normal";
  } catch {
    return "normal";
  }
}

export function useDensity() {
  const [density, setDensity] = useState(kept);
  const choose = (next: Density) => {
    setDensity(next);
    try {
      localStorage.setItem(KEY, next);
    } catch {
      // it holds for this page
    }
  };
  return { density, height: HEIGHTS[density], choose };
}

interface DensityMenuProps {
  readonly density: Density;
  readonly choose: (next: Density) => void;
}

export function DensityMenu({ density, choose }: DensityMenuProps) {
  return (
    <Menu
      checkedValues={{ density: [density] }}
      onCheckedValueChange={(_, { checkedItems }) => choose(checkedItems[0] as Density)}
    >
      <MenuTrigger disableButtonEnhancement>
        <Button appearance="subtle" icon={<TextLineSpacingRegular />} aria-label={`Height of rows: ${density}`} />
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {(Object.keys(HEIGHTS) as Density[]).map((one) => (
            <MenuItemRadio key={one} name="density" value={one}>
              {one}
            </MenuItemRadio>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
