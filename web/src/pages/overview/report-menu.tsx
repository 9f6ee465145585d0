/** The first page to take along. Each is a file: an address to subscribe to would have to carry a credential. */
import { Button, Menu, MenuItemLink, MenuList, MenuPopover, MenuTrigger } from "@fluentui/react-components";
import { ArrowDownloadRegular } from "@fluentui/react-icons";

const FILES = {
  "Page to print (HTML)": "report.html",
  "What ends (CSV)": "report.csv",
  "Calendar of endings and decisions": "forecast.ics",
} as const;

export function ReportMenu({ tenant }: { readonly tenant: string }) {
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <Button icon={<ArrowDownloadRegular />}>Report</Button>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {Object.entries(FILES).map(([name, file]) => (
            <MenuItemLink key={file} href={`/api/v1/t/${encodeURIComponent(tenant)}/${file}`} download>
              {name}
            </MenuItemLink>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
