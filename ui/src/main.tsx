import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { client } from "./app/client";
import { preloadPage } from "./app/router";
import { statusQuery } from "./app/status";
import { FONT } from "./app/theme";
import { startI18n } from "./i18n";
import { takeTokenFromAddress } from "./lib/transport";
import "./app/tokens.css";
import "./components/controls.css";
import "./app/app.css";

/** A shop on this desk answers long before that; until then an empty window looks better than a turning wheel. */
const PATIENCE_MS = 300;

// Not awaited at the top of the module: the page's code imports from this file of the bundle, and would wait for its end.
async function start(): Promise<void> {
  takeTokenFromAddress();
  document.body.style.fontFamily = FONT;
  // The first picture is to be the shop's own: which shop it is, the code of its page and what that shows are asked for at once.
  const status = client.prefetchQuery(statusQuery);
  const page = preloadPage(status).catch(() => undefined);
  await startI18n();
  await Promise.race([Promise.all([status, page]), new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);

  const root = document.getElementById("root");
  if (!root) return;
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}

void start();
