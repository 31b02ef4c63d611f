// The second frame comes after the first one was painted.
requestAnimationFrame(() => requestAnimationFrame(() => (document.title = "usable")));
