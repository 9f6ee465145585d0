/** Begins the pages: styles carry the nonce that the server put into the document. */
import { createDOMRenderer, RendererProvider } from "@fluentui/react-components";
import { QueryClientProvider } from "@tanstack/react-query";
import { createRoot } from "react-dom/client";
import { client } from "./api/queries.ts";
import { App } from "./app.tsx";
import "./frame/frame.css";
import "./parts/page.css";
import "./parts/parts.css";
import "./parts/tables.css";
import "./frame/demo.css";
import "./dialogs/dialogs.css";
import "./lines/lines.css";
import "./lines/life-line.css";
import "./lines/charts.css";

const place = document.getElementById("root");
if (place === null) throw new Error("the document has no place for the pages");
const nonce = document.querySelector<HTMLElement>("meta[property=csp-nonce]")?.nonce ?? "";
const renderer = createDOMRenderer(document, { styleElementAttributes: { nonce } });
createRoot(place).render(
  <RendererProvider renderer={renderer} targetDocument={document}>
    <QueryClientProvider client={client}>
      <App />
    </QueryClientProvider>
  </RendererProvider>,
);
