import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { client } from "./app/client";
import { preloadPage } from "./app/router";
import { statusQuery } from "./app/status";
import { startI18n } from "./i18n";
import { takeTokenFromAddress } from "./lib/transport";
import "./app/app.css";

/** A shop on this desk answers long before that; until then an empty window looks better than a turning wheel. */
const PATIENCE_MS = 300;

takeTokenFromAddress();
// The first picture is to be the shop's own: which shop it is and the code of its page are asked for at once.
const status = client.prefetchQuery(statusQuery);
const page = preloadPage().catch(() => undefined);
await startI18n();
await Promise.race([Promise.all([status, page]), new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
